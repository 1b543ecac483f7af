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

use crate::canon::{CategoryItem, EntryLeafForm, FactItem, Moment, PlaceItem, StateLeafForm};
use crate::evaluate::{facts_that_may_decide, may_concern, memberships};
use crate::model::place::Inside;
use crate::model::{
    Destinations, Effective, Entries, Entry, FactId, Hash, Head, InForce, Issued, Jurisdiction, List, ListId, Lists,
    Member, Places, Published, Question, Revision, State,
};
use crate::receipt::InvalidReceipt;
use crate::receipt::leaf::{DatedForm, stands};
use crate::receipt::tree::Shelf;
use crate::receipt::words::{PlaceNodes, ReleaseId, gather_categories, gather_facts};

type Found<T> = Result<T, InvalidReceipt>;

/// What is known of a registry: all of it, or what a receipt shows.
pub(super) trait Evidence {
    fn state(&self) -> &dyn Shelf<StateLeafForm>;
    fn categories(&self) -> &dyn Shelf<CategoryItem>;
    fn facts(&self) -> &dyn Shelf<FactItem>;
    fn places(&self) -> &dyn Shelf<PlaceItem>;
    /// Returns version and day of publication of the release of a kind.
    fn release(&self, kind: &str) -> Found<ReleaseId<'_>>;
    fn list(&self, list: &str) -> Found<Rc<dyn ListEvidence + '_>>;
}

/// What is known of a list. Revisions come without entries and terms, which
/// are asked for by themselves.
pub(super) trait ListEvidence {
    /// Returns the last revision.
    fn last(&self) -> Found<Issued>;
    /// Returns the dates of the revisions before the last.
    fn earlier(&self) -> &dyn Shelf<DatedForm>;
    /// Returns the revision before the last that has a digest.
    fn before(&self, digest: Hash) -> Found<Issued>;
    /// Returns the leaves of the revision that stands.
    fn entries(&self, standing: &Issued) -> Found<&dyn Shelf<EntryLeafForm>>;
    /// Returns the entry of a leaf.
    fn entry(&self, leaf: &EntryLeafForm) -> Found<Arc<Entry>>;
    /// Adds what entries refer to by name.
    fn add_terms(&self, standing: &mut Revision) -> Found<()>;
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
    check_releases(evidence)?;
    let (words, places_id) = (evidence.release("categories")?, evidence.release("jurisdictions")?);
    let (categories, bound) = gather_categories(evidence.categories(), question, words)?;
    let mut places = PlaceNodes::default();
    let reach = places.around(evidence.places(), &question.from)?;
    if let Some(to) = &question.to {
        places.around(evidence.places(), to)?;
    }
    let mut gathering =
        Gathering { evidence, question, bound, unchanged: Unchanged::default(), taken: BTreeMap::new() };
    gathering.take_lists(&reach, &places.read(places_id)?)?;
    // Whether a list concerns the question at all is known before its entries.
    let (facts, facts_id) = (evidence.facts(), evidence.release("facts")?);
    let vocabulary = gather_facts(facts, question, &gathering.facts_of_lists(), facts_id)?;
    let (read, lists) = (places.read(places_id)?, gathering.lists());
    let mut state = State { head, categories, vocabulary, places: read, lists };
    gathering.take_entries(&state)?;
    if question.to.is_none() {
        for place in gathering.taken.values().flat_map(|it| named(&it.standing.revision)) {
            places.around(evidence.places(), &place)?;
        }
        state.places = places.read(places_id)?;
    }
    state.lists = gathering.lists();
    state.vocabulary = gather_facts(facts, question, &facts_that_may_decide(&state, question), facts_id)?;
    let mut unchanged = gathering.unchanged;
    for (day, _) in memberships(&state, question) {
        unchanged.turn(day, question.at.0);
    }
    Ok(Ground { state, unchanged })
}

/// Finds that there is a release of each kind.
fn check_releases(evidence: &dyn Evidence) -> Found<()> {
    let heads = evidence.state().between(&(0, String::new()), &(1, String::new()))?;
    for kind in ["categories", "facts", "jurisdictions"] {
        let is_of_kind = |it: &StateLeafForm| matches!(it, StateLeafForm::Release { release, .. } if release == kind);
        if !heads.iter().any(is_of_kind) {
            return Err(InvalidReceipt::Missing(format!("the release of {kind}")));
        }
    }
    Ok(())
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
    standing: Issued,
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
                let head = head.said().ok_or_else(|| InvalidReceipt::Missing(format!("the head of {list}")))?;
                if self.is_touched_by(&scope) { self.take(&list, head)? } else { others.push((list, head)) }
            }
        }
        let whereabouts = places.whereabouts(&self.question.from, self.question.at);
        let is_inside = |it: &List| whereabouts.inside(|place| it.id.is_of(place)) == Inside::All;
        let at = self.question.at;
        let is_in_force = |it: &List| matches!(it.in_force(at, self.question.known_on), InForce::Yes(_));
        if !self.lists().values().any(|it| is_inside(it) && is_in_force(it)) {
            others.iter().try_for_each(|(list, head)| self.take(list, *head))?;
        }
        Ok(())
    }

    fn lists(&self) -> Lists {
        let list = |(id, it): (&ListId, &Taken<'_>)| {
            (id.clone(), Arc::new(List { id: id.clone(), revisions: vec![it.standing.clone()] }))
        };
        self.taken.iter().map(list).collect()
    }

    /// Returns the facts that say whom lists concern.
    fn facts_of_lists(&self) -> BTreeSet<FactId> {
        self.taken.values().flat_map(|it| it.standing.revision.applies_when.keys().cloned()).collect()
    }

    /// Returns whether a list ever had to do with what is asked.
    fn is_touched_by(&self, scope: &[String]) -> bool {
        scope.iter().any(|it| it == "*" || self.bound.contains(it))
    }

    fn is_known(&self, published: Published) -> bool {
        self.question.known_on.is_none_or(|day| published.is_known_on(day))
    }

    /// Takes in a list as it stands on the day asked.
    fn take(&mut self, list: &str, head: Hash) -> Found<()> {
        let evidence = self.evidence.list(list)?;
        let last = evidence.last()?;
        if last.hash != head {
            return Err(InvalidReceipt::Altered(format!("the head of {list}")));
        }
        let at = self.question.at;
        let day = Effective(at.0);
        let is_passed = |it: &DatedForm| !it.read().is_ok_and(|it| stands(&it, |day| self.is_known(day)));
        let earlier = evidence.earlier().around(&(day, u64::MAX), &is_passed)?;
        // Nothing that comes later takes the last one back.
        let own = Moment::of_issued(&last, None).filter(|it| self.is_known(it.published));
        let (until, after) = (read(earlier.until.as_ref())?, read(earlier.after.as_ref())?);
        let mut moments: Vec<Moment> = until.into_iter().chain(after).chain(own).collect();
        moments.sort_by_key(|it| (it.effective, it.sequence));
        if let Some(next) = moments.iter().find(|it| !it.effective.binds_at(at)) {
            self.unchanged.turn(next.effective.0, at.0);
        }
        let Some(chosen) = moments.into_iter().rfind(|it| it.effective.binds_at(at)) else { return Ok(()) };
        let standing = if chosen.revision == head { last } else { evidence.before(chosen.revision)? };
        if standing.hash != chosen.revision || standing.sequence != chosen.sequence {
            return Err(InvalidReceipt::Altered(format!("the revision of {list} in force")));
        }
        self.put(evidence, standing, chosen.effective);
        Ok(())
    }

    fn put(&mut self, evidence: Rc<dyn ListEvidence + 'e>, standing: Issued, effective: Effective) {
        let at = self.question.at;
        self.unchanged.turn(effective.0, at.0);
        if let Some(expires) = standing.revision.expires {
            self.unchanged.turn(expires, at.0);
        }
        self.taken.insert(standing.revision.list.clone(), Taken { evidence, standing });
    }

    /// Takes in the entries that may bind, of the lists in force that may
    /// concern what is asked.
    fn take_entries(&mut self, state: &State) -> Found<()> {
        let mut found = BTreeMap::new();
        for (id, taken) in &self.taken {
            let revision = &taken.standing.revision;
            let is_in_force = !revision.repeals && !revision.has_expired(self.question.at);
            if is_in_force && may_concern(state, self.question, revision) {
                found.insert(id.clone(), self.entries(taken.evidence.as_ref(), &taken.standing)?);
            }
        }
        for (id, entries) in found {
            let Some(Taken { evidence, standing }) = self.taken.get_mut(&id) else { continue };
            let revision = &mut standing.revision;
            if has_group(&revision.applies_to) || entries.values().any(|it| has_group(&it.to) || it.combine.is_some()) {
                evidence.add_terms(revision)?;
            }
            revision.entries = entries;
        }
        Ok(())
    }

    fn entries(&self, evidence: &dyn ListEvidence, standing: &Issued) -> Found<Entries> {
        let shelf = evidence.entries(standing)?;
        let mut leaves = Vec::new();
        if self.question.to.is_none() {
            // Whatever place an entry names is a case of its own.
            leaves = shelf.all()?;
        } else {
            for category in &self.bound {
                leaves.extend(shelf.between(category, category)?);
            }
        }
        let mut entries = Entries::new();
        for leaf in leaves {
            let entry = evidence.entry(&leaf)?;
            if !entry.categories.contains(leaf.category.as_str()) {
                return Err(InvalidReceipt::Altered(format!("an entry of {}", standing.revision.list)));
            }
            entries.insert(entry.id.clone(), entry);
        }
        Ok(entries)
    }
}

fn has_group(destinations: &Destinations) -> bool {
    match destinations {
        Destinations::Any => false,
        Destinations::Only(to) | Destinations::Except(to) => to.iter().any(|it| matches!(it, Member::Group(_))),
    }
}

fn read(moment: Option<&DatedForm>) -> Found<Option<Moment>> {
    moment.map(DatedForm::read).transpose()
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
