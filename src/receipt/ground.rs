//! What an answer rests on, gathered from evidence.
//!
//! One walk for both sides. It ends with a state that holds what the question
//! can touch, and nothing else: the categories asked with all that is broader
//! or narrower, the places in which both ends lie, the lists of these, and of
//! each the revision in force with the entries under one of those categories.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use jiff::civil::Date;

use crate::canon::{
    BindingForm, CategoryItem, DetailsForm, EntryLeafForm, FactItem, HeaderForm, IssuedForm, Moment, PlaceItem,
    StateLeafForm, TermsForm, WordsForm, entry_from,
};
use crate::evaluate::{findings, memberships};
use crate::model::place::Inside;
use crate::model::{
    Destinations, Effective, Entries, EntryId, Head, InForce, Issued, Jurisdiction, List, ListId, Lists, Member,
    Places, Published, Question, Revision, State,
};
use crate::receipt::InvalidReceipt;
use crate::receipt::leaf::{DatedForm, stands};
use crate::receipt::tree::Shelf;
use crate::receipt::words::{PlaceNodes, gather_categories, gather_facts};

type Found<T> = Result<T, InvalidReceipt>;

/// What is known of a registry: all of it, or what a receipt shows.
pub(super) trait Evidence {
    fn state(&self) -> &dyn Shelf<StateLeafForm>;
    fn categories(&self) -> &dyn Shelf<CategoryItem>;
    fn facts(&self) -> &dyn Shelf<FactItem>;
    fn places(&self) -> &dyn Shelf<PlaceItem>;
    /// Returns version and day of publication of the release with a digest.
    fn release(&self, kind: &str, digest: &str) -> Found<(String, String)>;
    fn list(&self, list: &str) -> Found<Rc<dyn ListEvidence + '_>>;
}

/// What is known of a list.
pub(super) trait ListEvidence {
    /// Returns the dates of the revisions before the last.
    fn earlier(&self, head: &HeaderForm) -> Found<&dyn Shelf<DatedForm>>;
    /// Returns the header of the revision with a digest.
    fn header(&self, digest: &str) -> Found<HeaderForm>;
    /// Returns the details of a revision.
    fn details(&self, header: &HeaderForm) -> Found<DetailsForm>;
    /// Returns the leaves of a revision.
    fn entries(&self, header: &HeaderForm) -> Found<&dyn Shelf<EntryLeafForm>>;
    /// Returns what its entries refer to by name.
    fn terms(&self, header: &HeaderForm) -> Found<TermsForm>;
    /// Returns what the entry of a leaf binds.
    fn entry(&self, header: &HeaderForm, leaf: &EntryLeafForm) -> Found<BindingForm>;
    /// Returns the words of an entry.
    fn words(&self, header: &HeaderForm, binding: &BindingForm) -> Found<WordsForm>;
}

/// What an answer rests on.
#[derive(Debug)]
pub(super) struct Ground {
    pub(super) state: State,
    pub(super) unchanged: Unchanged,
}

/// The days around the one asked on which nothing that the answer rests on
/// begins or ends, half-open, by what was published so far. The answer's own
/// `valid` is at least as long: the next revision may say the same.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Unchanged {
    /// The first day; `None` where nothing began before.
    pub from: Option<Date>,
    /// The first day on which something is otherwise; `None` where nothing
    /// ends it.
    pub until: Option<Date>,
}

impl Unchanged {
    /// Takes in a day on which something begins or ends.
    fn turn(&mut self, day: Date, at: Date) {
        if day <= at {
            self.from = self.from.max(Some(day));
        } else {
            self.until = Some(self.until.map_or(day, |it| it.min(day)));
        }
    }
}

/// Gathers what the answer to a question rests on.
pub(super) fn ground(evidence: &dyn Evidence, question: &Question, head: Head) -> Found<Ground> {
    let releases = Releases::of(evidence)?;
    let (categories, bound) = gather_categories(evidence.categories(), question, &releases.categories)?;
    let mut places = PlaceNodes::default();
    let reach = places.around(evidence.places(), &question.from)?;
    if let Some(to) = &question.to {
        places.around(evidence.places(), to)?;
    }
    let mut gathering =
        Gathering { evidence, question, bound, unchanged: Unchanged::default(), taken: BTreeMap::new() };
    gathering.take_lists(&reach, &places.read(&releases.places)?)?;
    if question.to.is_none() {
        for place in gathering.taken.values().flat_map(|it| named(&it.issued.revision)) {
            places.around(evidence.places(), &place)?;
        }
    }
    let vocabulary = gather_facts(evidence.facts(), question, &gathering.lists(), &releases.facts)?;
    let (places, lists) = (places.read(&releases.places)?, gathering.lists());
    let mut state = State { head, categories, vocabulary, places, lists };
    gathering.add_words(&findings(&state, question).entries())?;
    state.lists = gathering.lists();
    let mut unchanged = gathering.unchanged;
    for (day, _) in memberships(&state, question) {
        unchanged.turn(day, question.at.0);
    }
    Ok(Ground { state, unchanged })
}

/// Version and day of publication of each release.
struct Releases {
    categories: (String, String),
    facts: (String, String),
    places: (String, String),
}

impl Releases {
    fn of(evidence: &dyn Evidence) -> Found<Releases> {
        let heads = evidence.state().between(&(0, String::new()), &(1, String::new()))?;
        let release = |kind: &str| {
            let digest = heads.iter().find_map(|it| match it {
                StateLeafForm::Release { head, release } if release == kind => Some(head),
                StateLeafForm::Release { .. } | StateLeafForm::List { .. } => None,
            });
            let digest = digest.ok_or_else(|| InvalidReceipt::Missing(format!("the release of {kind}")))?;
            evidence.release(kind, digest)
        };
        Ok(Releases { categories: release("categories")?, facts: release("facts")?, places: release("jurisdictions")? })
    }
}

struct Gathering<'e> {
    evidence: &'e dyn Evidence,
    question: &'e Question,
    /// The categories under which an entry may bind what is asked.
    bound: BTreeSet<String>,
    unchanged: Unchanged,
    taken: BTreeMap<ListId, Taken<'e>>,
}

/// A list with the revision that stands on the day asked.
struct Taken<'e> {
    evidence: Rc<dyn ListEvidence + 'e>,
    header: HeaderForm,
    terms: TermsForm,
    /// The entries that may bind.
    entries: BTreeMap<EntryId, BindingForm>,
    issued: Issued,
}

impl<'e> Gathering<'e> {
    /// Takes in the lists of some places that may have to do with what is
    /// asked; the others too where none of these is in force, since that there
    /// is any tells two kinds of silence apart.
    fn take_lists(&mut self, reach: &BTreeSet<Jurisdiction>, places: &Places) -> Found<()> {
        let mut others = Vec::new();
        for place in reach {
            let (first, last) = ((1, format!("{place}/")), (1, format!("{place}0")));
            for leaf in self.evidence.state().between(&first, &last)? {
                let StateLeafForm::List { head, list, scope } = leaf else { continue };
                if self.is_touched_by(&scope) { self.take(&list, &head)? } else { others.push((list, head)) }
            }
        }
        let whereabouts = places.whereabouts(&self.question.from, self.question.at);
        let is_inside = |it: &List| whereabouts.inside(|place| it.id.is_of(place)) == Inside::All;
        let at = self.question.at;
        let is_in_force = |it: &List| matches!(it.in_force(at, self.question.known_on), InForce::Yes(_));
        if !self.lists().values().any(|it| is_inside(it) && is_in_force(it)) {
            others.iter().try_for_each(|(list, head)| self.take(list, head))?;
        }
        Ok(())
    }

    fn lists(&self) -> Lists {
        let list = |(id, it): (&ListId, &Taken<'_>)| {
            (id.clone(), Arc::new(List { id: id.clone(), revisions: vec![it.issued.clone()] }))
        };
        self.taken.iter().map(list).collect()
    }

    /// Adds what people read of the entries that apply or may apply, and of
    /// their revisions. Nothing is decided by it.
    fn add_words(&mut self, matched: &BTreeSet<(&ListId, &EntryId)>) -> Found<()> {
        for (id, taken) in &mut self.taken {
            let matched: BTreeSet<_> = matched.iter().filter(|(list, _)| *list == id).map(|(_, it)| *it).collect();
            if matched.is_empty() {
                continue;
            }
            let mut entries = taken.issued.revision.entries.clone();
            for (id, binding) in taken.entries.iter().filter(|(id, _)| matched.contains(id)) {
                let words = taken.evidence.words(&taken.header, binding)?;
                let entry = entry_from(binding.clone().with(words)).map_err(InvalidReceipt::value)?;
                entries.insert(id.clone(), Arc::new(entry));
            }
            let (header, terms) = (taken.header.clone(), taken.terms.clone());
            let details = taken.evidence.details(&header)?;
            let issued = IssuedForm { header, details, terms };
            taken.issued.revision = issued.read(entries).map_err(InvalidReceipt::value)?;
        }
        Ok(())
    }

    /// Returns whether a list ever had to do with what is asked.
    fn is_touched_by(&self, scope: &[String]) -> bool {
        scope.iter().any(|it| it == "*" || self.bound.contains(it))
    }

    fn is_known(&self, published: Published) -> bool {
        self.question.known_on.is_none_or(|day| published.is_known_on(day))
    }

    /// Takes in a list as it stands on the day asked.
    fn take(&mut self, list: &str, head: &str) -> Found<()> {
        let evidence = self.evidence.list(list)?;
        let last = evidence.header(head)?;
        if last.list != list {
            return Err(InvalidReceipt::Altered(format!("the head of {list}")));
        }
        let at = self.question.at;
        let day = Effective(at.0);
        let is_passed = |it: &DatedForm| !it.read().is_ok_and(|it| stands(&it, |day| self.is_known(day)));
        let earlier = evidence.earlier(&last)?.around(&(day, u64::MAX), &is_passed)?;
        let own = own_moment(&last, head)?.filter(|it| self.is_known(it.published));
        let (until, after) = (read(earlier.until.as_ref())?, read(earlier.after.as_ref())?);
        let mut moments: Vec<Moment> = until.into_iter().chain(after).chain(own).collect();
        moments.sort_by_key(|it| (it.effective, it.sequence));
        if let Some(next) = moments.iter().find(|it| !it.effective.binds_at(at)) {
            self.unchanged.turn(next.effective.0, at.0);
        }
        let Some(chosen) = moments.into_iter().rfind(|it| it.effective.binds_at(at)) else { return Ok(()) };
        let digest = chosen.revision.to_string();
        let header = if digest == *head { last } else { evidence.header(&digest)? };
        if header.list != list || header.sequence != chosen.sequence {
            return Err(InvalidReceipt::Altered(format!("the revision of {list} in force")));
        }
        self.put(evidence, header, &chosen)
    }

    /// Takes in a revision, with the entries that may bind.
    fn put(&mut self, evidence: Rc<dyn ListEvidence + 'e>, header: HeaderForm, chosen: &Moment) -> Found<()> {
        let bare = bare(&header)?;
        let at = self.question.at;
        self.unchanged.turn(chosen.effective.0, at.0);
        if let Some(expires) = bare.expires {
            self.unchanged.turn(expires, at.0);
        }
        let (mut terms, mut entries, mut read) = (TermsForm::default(), BTreeMap::new(), Entries::new());
        if !bare.repeals && !bare.has_expired(at) {
            for binding in self.entries(evidence.as_ref(), &header)? {
                let entry = entry_from(binding.clone().with(WordsForm::unknown())).map_err(InvalidReceipt::value)?;
                entries.insert(entry.id.clone(), binding);
                read.insert(entry.id.clone(), Arc::new(entry));
            }
            let refers = |it: &Destinations| match it {
                Destinations::Any => false,
                Destinations::Only(to) | Destinations::Except(to) => to.iter().any(|it| matches!(it, Member::Group(_))),
            };
            if refers(&bare.applies_to) || read.values().any(|it| refers(&it.to) || it.combine.is_some()) {
                terms = evidence.terms(&header)?;
            }
        }
        let issued = IssuedForm { header: header.clone(), details: DetailsForm::unknown(), terms: terms.clone() };
        let revision = issued.read(read).map_err(InvalidReceipt::value)?;
        let id = revision.list.clone();
        let issued = Issued { sequence: chosen.sequence, previous: None, hash: chosen.revision, revision };
        self.taken.insert(id, Taken { evidence, header, terms, entries, issued });
        Ok(())
    }

    fn entries(&self, evidence: &dyn ListEvidence, header: &HeaderForm) -> Found<Vec<BindingForm>> {
        let shelf = evidence.entries(header)?;
        let mut leaves = Vec::new();
        if self.question.to.is_none() {
            // Whatever place an entry names is a case of its own.
            leaves = shelf.all()?;
        } else {
            for category in &self.bound {
                leaves.extend(shelf.between(category, category)?);
            }
        }
        let mut entries = BTreeMap::new();
        for leaf in leaves {
            let binding = evidence.entry(header, &leaf)?;
            if !binding.category.contains(&leaf.category) {
                return Err(InvalidReceipt::Altered(format!("an entry of {}", header.list)));
            }
            entries.insert(binding.id.clone(), binding);
        }
        Ok(entries.into_values().collect())
    }
}

fn read(moment: Option<&DatedForm>) -> Found<Option<Moment>> {
    moment.map(DatedForm::read).transpose()
}

/// Returns a revision as its header alone has it.
fn bare(header: &HeaderForm) -> Found<Revision> {
    let (header, details, terms) = (header.clone(), DetailsForm::unknown(), TermsForm::default());
    IssuedForm { header, details, terms }.read(Entries::new()).map_err(InvalidReceipt::value)
}

/// Returns when the last revision of a list takes effect. Nothing that comes
/// later takes it back.
fn own_moment(header: &HeaderForm, digest: &str) -> Found<Option<Moment>> {
    let hash = digest.parse().map_err(InvalidReceipt::value)?;
    Ok(Moment::of(&bare(header)?, header.sequence, hash, None))
}

/// Returns every place that a revision names as a destination.
fn named(revision: &Revision) -> BTreeSet<Jurisdiction> {
    let destinations = revision.entries.values().map(|it| &it.to).chain([&revision.applies_to]);
    let codes = destinations.flat_map(|it| match it {
        Destinations::Any => BTreeSet::new(),
        Destinations::Only(members) | Destinations::Except(members) => revision.codes(members),
    });
    codes.collect()
}
