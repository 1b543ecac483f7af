//! Making receipts.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

use crate::canon::{
    BindingForm, CategoriesForm, CategoryItem, Chains, EntryForm, EntryLeafForm, FactItem, HashForm, IssuedForm,
    PlaceItem, PlacesForm, RecordHead, ReleaseForm, Sparse, StateLeafForm, TermsForm, VocabularyForm, WordsForm,
    answer_json, moments_before,
};
use crate::evaluate::Index;
use crate::log::{Checkpoint, InclusionProof, LogTree};
use crate::model::{
    Answer, Entries, Entry, EntryId, Hash, Issued, List, ListId, Question, QuestionMistake, Revision, State,
};
use crate::receipt::InvalidReceipt;
use crate::receipt::form::{
    FORMAT, ItemsForm, ListForm, ReceiptForm, ReleasesForm, answered, raw, text_of, without_validity,
};
use crate::receipt::ground::{Evidence, ListEvidence, ground};
use crate::receipt::leaf::{DatedForm, NamedLeafForm};
use crate::receipt::shown::shown;
use crate::receipt::tree::{Looked, Pruned, Shelf, Whole};
use crate::receipt::words::ReleaseId;

/// Everything that receipts of one head are made of. Trees are made when they
/// are first needed, and kept.
#[derive(Debug)]
pub struct Prover {
    state: Arc<State>,
    index: Index,
    record: RecordHead,
    /// The signed checkpoint of the log at this head.
    checkpoint: String,
    log: LogTree,
    heads: Whole<StateLeafForm>,
    categories: (ReleaseForm, Whole<CategoryItem>),
    facts: (ReleaseForm, Whole<FactItem>),
    places: (ReleaseForm, Whole<PlaceItem>),
    lists: BTreeMap<ListId, ListTrees>,
}

#[derive(Debug)]
struct ListTrees {
    list: Arc<List>,
    earlier: OnceLock<Whole<DatedForm>>,
    /// By sequence.
    revisions: Vec<OnceLock<RevisionTrees>>,
}

#[derive(Debug)]
struct RevisionTrees {
    form: IssuedForm,
    entries: Whole<EntryLeafForm>,
    /// Each entry by its hash.
    by_hash: BTreeMap<Hash, WholeEntry>,
}

#[derive(Debug)]
struct WholeEntry {
    entry: Arc<Entry>,
    binding: BindingForm,
    words: WordsForm,
}

/// The entries that apply or may apply, by list.
type Matched<'a> = BTreeMap<&'a ListId, BTreeSet<&'a EntryId>>;

/// Why no receipt can be made.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ProveError {
    /// The registry has no releases to ask in.
    #[error("the registry has no releases of categories, facts and jurisdictions")]
    NoWords,
    /// The checkpoint is of another head.
    #[error("the signed checkpoint is of {signed} records, and the registry has {found}")]
    Stale {
        /// How many records the checkpoint covers.
        signed: u64,
        /// How many there are.
        found: u64,
    },
    /// The checkpoint is of another journal.
    #[error("the signed checkpoint is of another journal: its root is not that of these records")]
    Forked,
    /// The checkpoint cannot be read.
    #[error(transparent)]
    Checkpoint(#[from] crate::log::InvalidCheckpoint),
    /// Something in the question is not understood.
    #[error("the question is not understood")]
    Mistakes(Vec<QuestionMistake>),
    /// What the receipt would show does not lead to the answer. This is a
    /// fault of the program, and no receipt is made.
    #[error("what the receipt would show does not lead to the answer: {0}")]
    Differs(InvalidReceipt),
}

impl Prover {
    /// Takes the records of a registry and the signed checkpoint of its head.
    pub fn new(chains: &Chains, checkpoint: &str) -> Result<Prover, ProveError> {
        let (Some(state), Some(record)) = (chains.state(), chains.last().cloned()) else {
            return Err(ProveError::NoWords);
        };
        let log = LogTree::new(chains.log());
        let signed = Checkpoint::read_unverified(checkpoint)?;
        if signed.size != log.size() {
            return Err(ProveError::Stale { signed: signed.size, found: log.size() });
        }
        if signed.root != log.root() || signed.origin != state.head.origin {
            return Err(ProveError::Forked);
        }
        let release = |kind: &str| chains.released(kind).cloned().ok_or(ProveError::NoWords);
        let (categories, facts, places) = (release("categories")?, release("facts")?, release("jurisdictions")?);
        let releases = [&categories, &facts, &places].map(|it| StateLeafForm::of_release(&it.kind, it.hash()));
        let heads = state
            .lists
            .values()
            .filter_map(|it| Some(StateLeafForm::of_list(&it.id, it.head()?.hash, chains.scope_of(&it.id)?)));
        let heads = Whole::new(releases.into_iter().chain(heads).collect());
        let state = Arc::new(state);
        let lists = state.lists.values().map(|it| (it.id.clone(), ListTrees::new(it))).collect();
        Ok(Prover {
            categories: (categories, Whole::new(CategoriesForm::items(&state.categories))),
            facts: (facts, Whole::new(VocabularyForm::items(&state.vocabulary))),
            places: (places, Whole::new(PlacesForm::items(&state.places))),
            checkpoint: checkpoint.to_owned(),
            index: Index::new(Arc::clone(&state)),
            state,
            record,
            log,
            heads,
            lists,
        })
    }

    /// Returns the state that answers come from.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Makes the receipt of the answer to a question: one line.
    pub fn prove(&self, question: &Question) -> Result<Vec<u8>, ProveError> {
        let mistakes = self.state.mistakes(question);
        if !mistakes.is_empty() {
            return Err(ProveError::Mistakes(mistakes));
        }
        let shown = Shown::of(self);
        let ground = ground(&shown, question, self.state.head.clone()).map_err(ProveError::Differs)?;
        let found = answered(&ground.state, question).map_err(ProveError::Differs)?;
        let answer = without_validity(answer_json(&found, &self.state.head));
        // The index looked at everything: what is left out makes no difference.
        if answer != without_validity(answer_json(&self.index.answer(question), &self.state.head)) {
            return Err(ProveError::Differs(InvalidReceipt::Answer));
        }
        let size = self.log.size();
        let proof = InclusionProof::new(&self.log, size, size - 1, &self.checkpoint);
        let receipt = ReceiptForm {
            answer: raw(text_of(answer)),
            digest: HashForm::default(),
            format: FORMAT.to_owned(),
            lists: shown.lists(&matched(&found)),
            proof: proof.map(|it| it.write()).unwrap_or_default(),
            record: self.record.clone(),
            releases: ReleasesForm {
                categories: ItemsForm::new(&self.categories.0, shown.categories.pruned()),
                facts: ItemsForm::new(&self.facts.0, shown.facts.pruned()),
                jurisdictions: ItemsForm::new(&self.places.0, shown.places.pruned()),
            },
            state: shown.state(),
            unchanged: ground.unchanged.into(),
        };
        Ok(receipt.write_signed())
    }
}

fn matched<'a>(answer: &Answer<'a>) -> Matched<'a> {
    let mut matched = Matched::new();
    for it in &answer.matches {
        matched.entry(&it.revision.list).or_default().insert(&it.entry.id);
    }
    matched
}

impl ListTrees {
    fn new(list: &Arc<List>) -> ListTrees {
        let revisions = list.revisions.iter().map(|_| OnceLock::new()).collect();
        ListTrees { list: Arc::clone(list), earlier: OnceLock::new(), revisions }
    }

    fn earlier(&self) -> &Whole<DatedForm> {
        self.earlier.get_or_init(|| {
            let last = self.list.revisions.len().saturating_sub(1) as u64;
            Whole::new(moments_before(&self.list, last).iter().map(|it| DatedForm(it.form())).collect())
        })
    }

    fn revision(&self, issued: &Issued) -> Option<&RevisionTrees> {
        let place = usize::try_from(issued.sequence).ok()?;
        let (kept, issued) = (self.revisions.get(place)?, self.list.revisions.get(place)?);
        Some(kept.get_or_init(|| RevisionTrees::new(&self.list, issued)))
    }
}

impl RevisionTrees {
    fn new(list: &List, issued: &Issued) -> RevisionTrees {
        let mut by_hash = BTreeMap::new();
        let mut leaves = Vec::new();
        for entry in issued.revision.entries.values() {
            let (binding, words) = EntryForm::from(entry.as_ref()).apart();
            let hash = binding.hash();
            let leaf = |category: &crate::model::CategoryId| EntryLeafForm {
                category: category.to_string(),
                entry: hash.into(),
            };
            leaves.extend(entry.categories.iter().map(|it| (it.clone(), entry.id.clone(), leaf(it))));
            by_hash.insert(hash, WholeEntry { entry: Arc::clone(entry), binding, words });
        }
        leaves.sort_by(|a, b| (a.0.as_str(), a.1.as_str()).cmp(&(b.0.as_str(), b.1.as_str())));
        let entries = Whole::new(leaves.into_iter().map(|(_, _, leaf)| leaf).collect());
        RevisionTrees { form: IssuedForm::of(list, issued), entries, by_hash }
    }
}

/// What one receipt shows.
struct Shown<'p> {
    prover: &'p Prover,
    heads: Looked<'p, StateLeafForm>,
    categories: Looked<'p, CategoryItem>,
    facts: Looked<'p, FactItem>,
    places: Looked<'p, PlaceItem>,
    lists: RefCell<BTreeMap<String, Rc<ShownList<'p>>>>,
}

struct ShownList<'p> {
    trees: &'p ListTrees,
    last: &'p Issued,
    earlier: Looked<'p, DatedForm>,
    /// A revision before the last that was asked for.
    before: Cell<Option<&'p Issued>>,
    /// The revision in force with what was looked up of its entries.
    in_force: OnceCell<(&'p RevisionTrees, Looked<'p, EntryLeafForm>)>,
    has_terms: Cell<bool>,
    entries: RefCell<BTreeMap<Hash, &'p WholeEntry>>,
}

impl<'p> Shown<'p> {
    fn of(prover: &'p Prover) -> Shown<'p> {
        Shown {
            prover,
            heads: prover.heads.look(),
            categories: prover.categories.1.look(),
            facts: prover.facts.1.look(),
            places: prover.places.1.look(),
            lists: RefCell::default(),
        }
    }

    fn lists(&self, matched: &Matched<'_>) -> BTreeMap<String, ListForm> {
        let none = BTreeSet::new();
        let lists = self.lists.borrow();
        let form = |(id, it): (&String, &Rc<ShownList<'_>>)| {
            (id.clone(), it.form(matched.get(&it.trees.list.id).unwrap_or(&none)))
        };
        lists.iter().map(form).collect()
    }

    /// Returns the tree of the state. Heads that follow from the rest are not
    /// said in it.
    fn state(&self) -> Option<Pruned<StateLeafForm>> {
        let lists = self.lists.borrow();
        let mut leaf = |leaf| {
            Ok(match leaf {
                StateLeafForm::Release { release, .. } => StateLeafForm::Release { head: HashForm::default(), release },
                StateLeafForm::List { list, scope, .. } if lists.contains_key(&list) => {
                    StateLeafForm::List { head: HashForm::default(), list, scope }
                }
                StateLeafForm::List { .. } => leaf,
            })
        };
        self.heads.pruned().and_then(|it| it.map(&mut leaf).ok())
    }
}

impl Evidence for Shown<'_> {
    fn state(&self) -> &dyn Shelf<StateLeafForm> {
        &self.heads
    }

    fn categories(&self) -> &dyn Shelf<CategoryItem> {
        &self.categories
    }

    fn facts(&self) -> &dyn Shelf<FactItem> {
        &self.facts
    }

    fn places(&self) -> &dyn Shelf<PlaceItem> {
        &self.places
    }

    fn release(&self, kind: &str) -> Result<ReleaseId<'_>, InvalidReceipt> {
        let release = match kind {
            "categories" => &self.prover.categories.0,
            "facts" => &self.prover.facts.0,
            _ => &self.prover.places.0,
        };
        Ok((&release.version, &release.published))
    }

    fn list(&self, list: &str) -> Result<Rc<dyn ListEvidence + '_>, InvalidReceipt> {
        let missing = || InvalidReceipt::Missing(format!("the list {list}"));
        let id: ListId = list.parse().map_err(InvalidReceipt::value)?;
        let trees = self.prover.lists.get(&id).ok_or_else(missing)?;
        let list_shown = Rc::new(ShownList {
            trees,
            last: trees.list.head().ok_or_else(missing)?,
            earlier: trees.earlier().look(),
            before: Cell::new(None),
            in_force: OnceCell::new(),
            has_terms: Cell::new(false),
            entries: RefCell::default(),
        });
        self.lists.borrow_mut().insert(list.to_owned(), Rc::clone(&list_shown));
        Ok(list_shown)
    }
}

impl ShownList<'_> {
    fn form(&self, matched: &BTreeSet<&EntryId>) -> ListForm {
        let whole = |it: &Issued| self.trees.revision(it).map(|it| &it.form);
        let mut form = ListForm {
            details: None,
            earlier: self.earlier.pruned(),
            entries: self.in_force.get().and_then(|(_, it)| self.named(it)),
            head: whole(self.last).expect("because a list keeps its revisions").header.clone(),
            in_force: self.before.get().and_then(whole).map(|it| it.header.clone()),
            notes: BTreeMap::new(),
            shown: Vec::new(),
            terms: TermsForm::default(),
        };
        form.head.earlier_root = HashForm::default();
        let no_terms = TermsForm::default().hash();
        for header in form.in_force.iter_mut().chain([&mut form.head]) {
            if header.terms.said() == Some(no_terms) {
                header.terms = HashForm::default();
            }
        }
        let standing = self.before.get().unwrap_or(self.last);
        let header = form.in_force.as_mut().unwrap_or(&mut form.head);
        if let Some(IssuedForm { details, terms, .. }) = whole(standing) {
            if self.in_force.get().is_some() {
                header.entries_root = HashForm::default();
            }
            if self.has_terms.get() && !terms.is_left_out() {
                header.terms = HashForm::default();
                form.terms = terms.clone();
            }
            if !matched.is_empty() {
                header.details = HashForm::default();
                form.details = Some(details.clone());
            }
        }
        self.add_entries(&mut form, matched);
        form
    }

    /// Adds the entries that were asked for. The words of those that matched
    /// follow from the answer and their notes.
    fn add_entries(&self, form: &mut ListForm, matched: &BTreeSet<&EntryId>) {
        let mut entries = Vec::new();
        for whole in self.entries.borrow().values() {
            let mut binding = whole.binding.clone();
            if matched.contains(&whole.entry.id) {
                binding.words = HashForm::default();
                if !whole.words.notes.is_empty() {
                    form.notes.insert(binding.id.clone(), whole.words.notes.clone());
                }
            }
            entries.push(binding);
        }
        entries.sort_by(|a, b| a.id.cmp(&b.id));
        form.shown = shown(entries);
    }

    /// Returns the tree of entries, those that are shown by their ids.
    fn named(&self, looked: &Looked<'_, EntryLeafForm>) -> Option<Pruned<NamedLeafForm>> {
        let entries = self.entries.borrow();
        let mut leaf = |EntryLeafForm { category, entry }: EntryLeafForm| {
            let shown = entry.said().and_then(|it| entries.get(&it));
            Ok(match shown {
                Some(it) if it.binding.category.len() == 1 => {
                    NamedLeafForm { category: String::new(), entry: it.binding.id.clone() }
                }
                Some(it) => NamedLeafForm { category, entry: it.binding.id.clone() },
                None => {
                    let hash = entry.said().as_ref().map(HashForm::base64).unwrap_or_default();
                    NamedLeafForm { category, entry: hash }
                }
            })
        };
        looked.pruned().and_then(|it| it.map(&mut leaf).ok())
    }
}

/// Returns a revision as evidence gives it: without entries and terms.
fn stripped(issued: &Issued) -> Issued {
    let mut issued = issued.clone();
    issued.revision.entries = Entries::new();
    issued.revision.groups.clear();
    issued.revision.combine.clear();
    issued
}

impl ListEvidence for ShownList<'_> {
    fn last(&self) -> Result<Issued, InvalidReceipt> {
        Ok(stripped(self.last))
    }

    fn earlier(&self) -> &dyn Shelf<DatedForm> {
        &self.earlier
    }

    fn before(&self, digest: Hash) -> Result<Issued, InvalidReceipt> {
        let found = self.trees.list.revisions.iter().find(|it| it.hash == digest);
        let issued = found.ok_or_else(|| InvalidReceipt::Missing("a revision".to_owned()))?;
        self.before.set(Some(issued));
        Ok(stripped(issued))
    }

    fn entries(&self, standing: &Issued) -> Result<&dyn Shelf<EntryLeafForm>, InvalidReceipt> {
        let list = &self.trees.list;
        let trees = self.trees.revision(standing);
        let trees = trees.ok_or_else(|| InvalidReceipt::Missing(format!("a revision of {}", list.id)))?;
        Ok(&self.in_force.get_or_init(|| (trees, trees.entries.look())).1)
    }

    fn entry(&self, leaf: &EntryLeafForm) -> Result<Arc<Entry>, InvalidReceipt> {
        let missing = || InvalidReceipt::Missing(format!("an entry of {}", self.trees.list.id));
        let (trees, _) = self.in_force.get().ok_or_else(missing)?;
        let hash = leaf.entry.said().ok_or_else(missing)?;
        let whole = trees.by_hash.get(&hash).ok_or_else(missing)?;
        self.entries.borrow_mut().insert(hash, whole);
        Ok(Arc::clone(&whole.entry))
    }

    fn add_terms(&self, standing: &mut Revision) -> Result<(), InvalidReceipt> {
        let missing = || InvalidReceipt::Missing(format!("a revision of {}", self.trees.list.id));
        let whole = self.before.get().unwrap_or(self.last);
        if whole.revision.version != standing.version {
            return Err(missing());
        }
        standing.groups.clone_from(&whole.revision.groups);
        standing.combine.clone_from(&whole.revision.combine);
        self.has_terms.set(true);
        Ok(())
    }
}
