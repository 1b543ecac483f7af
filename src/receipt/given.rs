//! What a receipt gives: its trees opened, and what follows from the rest
//! filled in again. Whatever is there must have been asked for in the end.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use crate::canon::{
    CategoryItem, DetailsForm, EntryLeafForm, FactItem, HashForm, HeaderForm, IssuedForm, NoteForm, PlaceItem, Sparse,
    StateLeafForm, TermsForm, WordsForm, entry_from,
};
use crate::model::{Entry, Hash, Issued, Revision};
use crate::receipt::InvalidReceipt;
use crate::receipt::form::{Claims, ItemsForm, ListForm, MatchForm, ReleasesForm};
use crate::receipt::ground::{Evidence, ListEvidence};
use crate::receipt::leaf::{DatedForm, NamedLeafForm};
use crate::receipt::shown::{ShownForm, read_shown};
use crate::receipt::tree::{Leaf, Opened, Pruned, Shelf};
use crate::receipt::words::ReleaseId;

type Found<T> = Result<T, InvalidReceipt>;

/// What a receipt gives.
pub(super) struct Given {
    state: Opened<StateLeafForm>,
    categories: GivenRelease<CategoryItem>,
    facts: GivenRelease<FactItem>,
    places: GivenRelease<PlaceItem>,
    lists: BTreeMap<String, Rc<GivenList>>,
}

struct GivenRelease<L: Leaf> {
    version: String,
    published: String,
    digest: Hash,
    items: Opened<L>,
}

impl<L: Leaf> GivenRelease<L> {
    fn new(mut form: ItemsForm<L>, kind: &str) -> Found<GivenRelease<L>> {
        let items = Opened::new(form.tree.take())?;
        let digest = form.hash(items.root(), kind);
        Ok(GivenRelease { digest, items, version: form.version, published: form.published })
    }

    fn id(&self) -> ReleaseId<'_> {
        (&self.version, &self.published)
    }
}

impl Given {
    pub(super) fn new(
        releases: ReleasesForm,
        state: Option<Pruned<StateLeafForm>>,
        lists: BTreeMap<String, ListForm>,
        claims: &Claims<'_>,
    ) -> Found<Given> {
        let categories = GivenRelease::new(releases.categories, "categories")?;
        let facts = GivenRelease::new(releases.facts, "facts")?;
        let places = GivenRelease::new(releases.jurisdictions, "jurisdictions")?;
        let mut given = BTreeMap::new();
        for (id, form) in lists {
            let matches = claims.matches.iter().filter(|it| it.list == id);
            let list = GivenList::new(&id, form, matches)?;
            given.insert(id, Rc::new(list));
        }
        let mut leaf = |leaf| {
            let (said, follows) = match &leaf {
                StateLeafForm::Release { head, release } => {
                    let digests =
                        [("categories", categories.digest), ("facts", facts.digest), ("jurisdictions", places.digest)];
                    (*head, digests.into_iter().find(|(kind, _)| kind == release).map(|(_, digest)| digest))
                }
                StateLeafForm::List { head, list, .. } => (*head, given.get(list).map(|it| it.last.hash)),
            };
            let filled = filled(said, follows, "a head of the state")?;
            Ok(match leaf {
                StateLeafForm::Release { release, .. } => StateLeafForm::Release { head: filled, release },
                StateLeafForm::List { list, scope, .. } => StateLeafForm::List { head: filled, list, scope },
            })
        };
        let state = Opened::new(state.map(|it| it.map(&mut leaf)).transpose()?)?;
        Ok(Given { state, categories, facts, places, lists: given })
    }

    /// Returns the root over the state of the registry.
    pub(super) fn root(&self) -> Hash {
        self.state.root()
    }

    /// Returns the lists, by id.
    pub(super) fn lists(&self) -> Vec<String> {
        self.lists.keys().cloned().collect()
    }

    /// Refuses what is there and was not needed: nobody has looked at it.
    pub(super) fn check_needed(&self) -> Found<()> {
        self.lists.values().try_for_each(|it| it.check_needed())
    }
}

/// Returns a hash that must be said exactly where it does not follow from the
/// rest.
fn filled(said: HashForm, follows: Option<Hash>, what: &str) -> Found<HashForm> {
    match (said.said(), follows) {
        (None, Some(hash)) => Ok(hash.into()),
        (Some(_), None) => Ok(said),
        (None, None) => Err(InvalidReceipt::Missing(what.to_owned())),
        (Some(_), Some(_)) => Err(InvalidReceipt::Needless(what.to_owned())),
    }
}

impl Evidence for Given {
    fn state(&self) -> &dyn Shelf<StateLeafForm> {
        &self.state
    }

    fn categories(&self) -> &dyn Shelf<CategoryItem> {
        &self.categories.items
    }

    fn facts(&self) -> &dyn Shelf<FactItem> {
        &self.facts.items
    }

    fn places(&self) -> &dyn Shelf<PlaceItem> {
        &self.places.items
    }

    fn release(&self, kind: &str) -> Found<ReleaseId<'_>> {
        Ok(match kind {
            "categories" => self.categories.id(),
            "facts" => self.facts.id(),
            _ => self.places.id(),
        })
    }

    fn list(&self, list: &str) -> Found<Rc<dyn ListEvidence + '_>> {
        let given = self.lists.get(list).ok_or_else(|| InvalidReceipt::Missing(format!("the list {list}")))?;
        given.is_asked.set(true);
        let given: Rc<GivenList> = Rc::clone(given);
        Ok(given)
    }
}

/// What a receipt gives of a list.
struct GivenList {
    id: String,
    last: Issued,
    earlier: Opened<DatedForm>,
    /// The revision in force, where that is not the last.
    before: Option<Issued>,
    entries: Opened<EntryLeafForm>,
    shown: ShownEntries,
    /// Of the revision that stands, where they are known.
    terms: Option<TermsForm>,
    gives_entries: bool,
    is_asked: Cell<bool>,
    was_before_asked: Cell<bool>,
    were_entries_asked: Cell<bool>,
    were_terms_asked: Cell<bool>,
    asked: RefCell<BTreeSet<Hash>>,
}

impl GivenList {
    fn new<'m>(id: &str, form: ListForm, matches: impl Iterator<Item = &'m MatchForm>) -> Found<GivenList> {
        let ListForm { mut details, earlier, entries, mut head, mut in_force, notes, shown, terms } = form;
        let shown = ShownEntries::new(id, shown, matches.map(|it| (it.entry.as_str(), it)).collect(), notes)?;
        if details.is_some() != shown.has_matches {
            return Err(InvalidReceipt::Needless(format!("the details of {id}, or a match without them,")));
        }
        let earlier = Opened::new(earlier)?;
        let entries = Opened::new(entries.map(|it| it.map(&mut |leaf| shown.leaf(leaf))).transpose()?)?;
        head.earlier_root = filled(head.earlier_root, Some(earlier.root()), "the root of dates")?;
        let standing = in_force.as_mut().unwrap_or(&mut head);
        let gives_entries = standing.entries_root.said().is_none();
        standing.entries_root =
            filled(standing.entries_root, gives_entries.then(|| entries.root()), "the root of entries")?;
        standing.details = filled(standing.details, details.as_ref().map(DetailsForm::hash), "the hash of details")?;
        let are_known = fill_terms(standing, &terms)?;
        if in_force.is_some() {
            fill_terms(&mut head, &TermsForm::default())?;
        }
        let before = in_force.map(|it| issued(it, details.take())).transpose()?;
        Ok(GivenList {
            id: id.to_owned(),
            last: issued(head, details)?,
            earlier,
            before,
            entries,
            shown,
            terms: are_known.then_some(terms),
            gives_entries,
            is_asked: Cell::default(),
            was_before_asked: Cell::default(),
            were_entries_asked: Cell::default(),
            were_terms_asked: Cell::default(),
            asked: RefCell::default(),
        })
    }

    fn check_needed(&self) -> Found<()> {
        let needless = |what: &str| Err(InvalidReceipt::Needless(format!("{what} of {}", self.id)));
        if !self.is_asked.get() {
            return needless("what is shown");
        }
        if self.before.is_some() && !self.was_before_asked.get() {
            return needless("another revision");
        }
        if self.gives_entries && !self.were_entries_asked.get() {
            return needless("the tree of entries");
        }
        if self.terms.as_ref().is_some_and(|it| !it.is_left_out()) && !self.were_terms_asked.get() {
            return needless("the terms");
        }
        if self.shown.by_hash.len() != self.asked.borrow().len() {
            return needless("an entry");
        }
        Ok(())
    }
}

/// Fills in the hash of terms that are shown, or that say nothing; returns
/// whether they are known so.
fn fill_terms(header: &mut HeaderForm, terms: &TermsForm) -> Found<bool> {
    let hash = terms.hash();
    let are_known = !terms.is_left_out() || header.terms.said().is_none_or(|it| it == hash);
    header.terms = filled(header.terms, are_known.then_some(hash), "the hash of terms")?;
    Ok(are_known)
}

/// Reads a revision from its header, and from its details where they are
/// known.
fn issued(header: HeaderForm, details: Option<DetailsForm>) -> Found<Issued> {
    let hash = header.hash();
    let details = details.unwrap_or_else(DetailsForm::unknown);
    let form = IssuedForm { header, details, terms: TermsForm::default() };
    form.read_issued(hash).map_err(InvalidReceipt::value)
}

impl ListEvidence for GivenList {
    fn last(&self) -> Found<Issued> {
        if self.last.revision.list.as_str() != self.id {
            return Err(InvalidReceipt::Altered(format!("the head of {}", self.id)));
        }
        Ok(self.last.clone())
    }

    fn earlier(&self) -> &dyn Shelf<DatedForm> {
        &self.earlier
    }

    fn before(&self, digest: Hash) -> Found<Issued> {
        let missing = || InvalidReceipt::Missing(format!("the revision of {} in force", self.id));
        let before = self.before.as_ref().ok_or_else(missing)?;
        if before.hash != digest || before.revision.list != self.last.revision.list {
            return Err(InvalidReceipt::Altered(format!("a revision of {}", self.id)));
        }
        self.was_before_asked.set(true);
        Ok(before.clone())
    }

    fn entries(&self, standing: &Issued) -> Found<&dyn Shelf<EntryLeafForm>> {
        // What is given is of the one that stands: the other one, if there is one.
        let of = self.before.as_ref().unwrap_or(&self.last);
        if !self.gives_entries || of.hash != standing.hash {
            return Err(InvalidReceipt::Missing(format!("the tree of entries of {}", self.id)));
        }
        self.were_entries_asked.set(true);
        Ok(&self.entries)
    }

    fn entry(&self, leaf: &EntryLeafForm) -> Found<Arc<Entry>> {
        let found = leaf.entry.said().and_then(|it| Some((it, self.shown.by_hash.get(&it)?)));
        let (hash, entry) = found.ok_or_else(|| InvalidReceipt::Missing(format!("an entry of {}", self.id)))?;
        self.asked.borrow_mut().insert(hash);
        Ok(Arc::clone(entry))
    }

    fn add_terms(&self, standing: &mut Revision) -> Found<()> {
        let terms = self.terms.as_ref();
        let terms = terms.ok_or_else(|| InvalidReceipt::Missing(format!("the terms of {}", self.id)))?;
        self.were_terms_asked.set(true);
        terms.read_into(standing).map_err(InvalidReceipt::value)
    }
}

/// The entries of a list that are shown.
struct ShownEntries {
    by_hash: BTreeMap<Hash, Arc<Entry>>,
    by_id: BTreeMap<String, Hash>,
    has_matches: bool,
}

impl ShownEntries {
    /// Reads entries. Of those that are said to match the words are known: from
    /// the answer, and from their notes.
    fn new(
        list: &str,
        shown: Vec<ShownForm>,
        mut matches: BTreeMap<&str, &MatchForm>,
        mut notes: BTreeMap<String, Vec<NoteForm>>,
    ) -> Found<ShownEntries> {
        let has_matches = !matches.is_empty();
        let (mut by_hash, mut by_id) = (BTreeMap::new(), BTreeMap::new());
        for mut binding in read_shown(shown)? {
            let words = matches.remove(binding.id.as_str()).map(|it| WordsForm {
                cite: it.cite.clone(),
                note: it.note.clone(),
                notes: notes.remove(&binding.id).unwrap_or_default(),
            });
            binding.words = filled(binding.words, words.as_ref().map(WordsForm::hash), "the words of an entry")?;
            let (hash, id) = (binding.hash(), binding.id.clone());
            let entry = entry_from(binding.with(words.unwrap_or_else(WordsForm::unknown)));
            by_hash.insert(hash, Arc::new(entry.map_err(InvalidReceipt::value)?));
            by_id.insert(id, hash);
        }
        if !matches.is_empty() {
            return Err(InvalidReceipt::Missing(format!("an entry of {list} that matches")));
        }
        // An entry without notes says nothing of them.
        if !notes.is_empty() {
            return Err(InvalidReceipt::Needless(format!("the notes of an entry of {list}")));
        }
        Ok(ShownEntries { by_hash, by_id, has_matches })
    }

    /// Returns the leaf for which a name stands.
    fn leaf(&self, form: NamedLeafForm) -> Found<EntryLeafForm> {
        let needless = || InvalidReceipt::Needless(format!("more than the name of the entry {}", form.entry));
        if let Some(hash) = HashForm::of_base64(&form.entry) {
            let is_shown = self.by_hash.contains_key(&hash);
            return if is_shown {
                Err(needless())
            } else {
                Ok(EntryLeafForm { category: form.category, entry: hash.into() })
            };
        }
        let missing = || InvalidReceipt::Missing(format!("the entry {}", form.entry));
        let hash = *self.by_id.get(&form.entry).ok_or_else(missing)?;
        let entry = self.by_hash.get(&hash).ok_or_else(missing)?;
        let only = entry.categories.first().filter(|_| entry.categories.len() == 1);
        let category = match (only, form.category.is_empty()) {
            (Some(only), true) => only.to_string(),
            (None, false) => form.category,
            (Some(_), false) => return Err(needless()),
            (None, true) => return Err(InvalidReceipt::Missing(format!("the category of the entry {}", form.entry))),
        };
        Ok(EntryLeafForm { category, entry: hash.into() })
    }
}
