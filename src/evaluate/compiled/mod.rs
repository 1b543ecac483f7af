//! The compiled index: the same answers as the reference's, without looking at
//! what does not matter.
//!
//! Words are numbers. Of each list the index keeps, for each category, which
//! entries stood there from which revision until which; a question walks up
//! the categories that cover its own. Entries that bind in the same way are
//! one rule, decided once for all places and categories. Where nothing is left
//! open a question is decided by numbers alone; else it is asked as the
//! reference asks it, of the entries that the index names.

mod asked;
mod cells;
mod conditions;
mod current;
mod day;
mod findings;
mod gist;
mod horizon;
mod list;
mod numbers;
mod postings;
mod rows;
mod rules;
mod sets;
mod timeline;
mod together;
mod walk;
mod words;

pub use asked::Asked;
pub use cells::{Cells, FactColumn, plain_count};
pub use current::Current;

use std::sync::Arc;

use crate::evaluate::applies::Assumed;
use crate::evaluate::compiled::asked::AskedOnce;
use crate::evaluate::compiled::list::ListIndex;
use crate::evaluate::compiled::rows::{Rows, number};
use crate::evaluate::compiled::rules::Parts;
use crate::evaluate::compiled::words::Words;
use crate::evaluate::dependence::depends_on;
use crate::evaluate::reference::{self, Findings, find};
use crate::evaluate::source::Source;
use crate::model::{
    Answer, At, Brief, CategoryId, Entry, InForce, Issued, Jurisdiction, KnownOn, ListId, Outcome, Question, State,
    UnknownReason, Validity,
};

/// The index of one state. Immutable: what lands later makes another one.
#[derive(Debug)]
pub struct Index {
    state: Arc<State>,
    words: Arc<Words>,
    parts: Parts,
    /// By id, as in the state.
    lists: Vec<Arc<ListIndex>>,
    /// For each time of each place the lists to which it is subject.
    lists_over: Rows<u32>,
    /// For each place the lists to which it is subject on some day.
    lists_ever: Rows<u32>,
}

/// How large an index is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct IndexSize {
    /// How many versions of entries it has.
    pub entries: usize,
    /// How many different rules these are.
    pub rules: usize,
    /// How many bytes it takes, beside the texts of the state.
    pub bytes: usize,
}

impl Index {
    /// Compiles a state.
    pub fn new(state: Arc<State>) -> Index {
        let words = Arc::new(Words::of(&state));
        let parts = Parts::new(&words);
        Index::compile(state, words, parts, &[])
    }

    /// Compiles only what one question can touch, for those who ask one and
    /// would wait for the rest. Others are answered the same, as slowly as by
    /// the reference.
    pub fn for_question(state: Arc<State>, question: &Question) -> Index {
        let words = match &question.to {
            Some(_) => Words::of_question(&state, question),
            // Towards anywhere, every place that an entry names is a case.
            None => Words::of(&state),
        };
        let parts = Parts::new(&words);
        Index::compile(state, Arc::new(words), parts, &[])
    }

    /// Compiles the state that comes after this one's, looking only at lists
    /// that changed.
    #[must_use]
    pub fn after(&self, state: Arc<State>) -> Index {
        let has_same_words = self.state.categories == state.categories
            && self.state.vocabulary == state.vocabulary
            && self.state.places == state.places;
        if !has_same_words {
            return Index::new(state);
        }
        Index::compile(state, Arc::clone(&self.words), self.parts.clone(), &self.lists)
    }

    fn compile(state: Arc<State>, words: Arc<Words>, mut parts: Parts, known: &[Arc<ListIndex>]) -> Index {
        let mut lists = Vec::with_capacity(state.lists.len());
        for list in state.lists.values() {
            let known = known.binary_search_by(|it| it.list.id.cmp(&list.id)).ok().and_then(|it| known.get(it));
            lists.push(match known.filter(|it| Arc::ptr_eq(&it.list, list)) {
                Some(unchanged) => Arc::clone(unchanged),
                None => Arc::new(ListIndex::of(list, &words, &mut parts)),
            });
        }
        let (lists_over, lists_ever) = subjection(&state, &words);
        Index { state, words, parts, lists, lists_over, lists_ever }
    }

    /// Returns the state that it is the index of.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Returns how large it is.
    pub fn size(&self) -> IndexSize {
        let lists = self.lists.iter().map(|it| it.bytes() + size_of::<Arc<ListIndex>>()).sum::<usize>();
        IndexSize {
            entries: self.lists.iter().map(|it| it.versions()).sum(),
            rules: self.lists.iter().map(|it| it.rules()).sum(),
            bytes: lists + self.parts.bytes() + self.words.bytes() + self.lists_over.bytes() + self.lists_ever.bytes(),
        }
    }

    /// Looks the words of a question up, to ask it more than once; `None`
    /// where one is not known.
    pub fn look_up(&self, question: &Question) -> Option<Asked> {
        AskedOnce::of(question, &self.words).map(Asked::of)
    }

    /// Returns the outcome of a question that was looked up, where nothing
    /// that it leaves open could matter; else it has to be asked whole.
    pub fn decided_outcome(&self, asked: &Asked) -> Option<(Outcome, Option<UnknownReason>)> {
        self.walk(&asked.ask()).ok()
    }

    /// Returns the outcome of a question and nothing else.
    ///
    /// As in [`answer`](crate::evaluate::answer), the question must speak the
    /// state's words.
    pub fn brief(&self, question: &Question) -> Brief {
        let decided = AskedOnce::of(question, &self.words).and_then(|it| self.walk(&it.ask()).ok());
        if let Some((outcome, unknown_reason)) = decided {
            return Brief { outcome, floor: outcome, unknown_reason };
        }
        let verdict = find(self, question, &Assumed::default()).verdict();
        let (outcome, floor, unknown_reason) = (verdict.outcome, verdict.floor, verdict.unknown_reason);
        Brief { outcome, floor, unknown_reason }
    }

    /// Answers a question: the same as [`answer`](crate::evaluate::answer)
    /// from the state.
    pub fn answer(&self, question: &Question) -> Answer<'_> {
        let Some(once) = AskedOnce::of(question, &self.words) else { return reference::answer(&self.state, question) };
        let asked = once.ask();
        let decided = self.findings(&asked, question.at);
        let findings = decided.unwrap_or_else(|_| find(self, question, &Assumed::default()));
        let verdict = findings.verdict();
        let depends_on = if verdict.open.is_empty() { Vec::new() } else { depends_on(self, question, &findings) };
        let valid = self.horizon(question, &asked, &findings, &verdict);
        findings.into_answer(question.clone(), depends_on, valid, verdict)
    }

    /// Answers a question for its own day alone: `valid`, for which other days
    /// would have to be asked, says nothing.
    pub(crate) fn answer_on_its_day(&self, question: &Question) -> Answer<'_> {
        let findings = self.findings_on_its_day(question);
        let depends_on = depends_on(self, question, &findings);
        let valid = Validity { from: None, until: None, ends_with: None };
        let verdict = findings.verdict();
        findings.into_answer(question.clone(), depends_on, valid, verdict)
    }

    /// Asks what a question comes to on its day, and no more.
    pub(crate) fn findings_on_its_day(&self, question: &Question) -> Findings<'_> {
        self.ask(question, &Assumed::default())
    }

    fn list(&self, id: &ListId) -> Option<&Arc<ListIndex>> {
        let found = self.lists.binary_search_by(|it| it.list.id.cmp(id)).ok()?;
        self.lists.get(found)
    }
}

impl<'i> Source<'i> for &'i Index {
    fn state(self) -> &'i State {
        &self.state
    }

    fn standing(self, place: &Jurisdiction, at: At, known_on: Option<KnownOn>) -> Vec<InForce<'i>> {
        let Some(place) = self.words.asked_place(place.as_str()) else {
            return self.state.as_ref().standing(place, at, known_on);
        };
        let (at, known_on) = (at.0.into(), known_on.map(|it| it.0.into()));
        let numbers = self.lists_over.row(self.words.time(place, at)).iter();
        let lists = numbers.filter_map(|it| self.lists.get(*it as usize));
        lists.map(|it| it.timeline.in_force(&it.list, at, known_on)).collect()
    }

    fn entries(self, issued: &'i Issued, category: &CategoryId) -> Vec<&'i Entry> {
        let revision = &issued.revision;
        let everything = || revision.entries.values().map(AsRef::as_ref).collect();
        // What joins a group may do so by the category of another item.
        if !revision.combine.is_empty() {
            return everything();
        }
        let found = self.list(&revision.list).zip(self.words.asked_category(category.as_str()));
        let Some((list, category)) = found else { return everything() };
        let covering = self.words.covering.row(category).iter();
        let categories = covering.chain(self.words.touching.row(category)).copied();
        list.entries_at(categories, number(usize::try_from(issued.sequence).unwrap_or(usize::MAX)))
    }

    fn ask(self, question: &Question, assumed: &Assumed) -> Findings<'i> {
        let is_plain = assumed.includes.is_empty() && !assumed.elsewhere;
        let once = AskedOnce::of(question, &self.words).filter(|_| is_plain);
        let decided = once.and_then(|it| self.findings(&it.ask(), question.at).ok());
        decided.unwrap_or_else(|| find(self, question, assumed))
    }
}

/// Returns for each time of each place, and for each place, the lists to which
/// it is subject.
fn subjection(state: &State, words: &Words) -> (Rows<u32>, Rows<u32>) {
    let mut by_place: Vec<Vec<u32>> = vec![Vec::new(); words.places.len()];
    for (list, position) in state.lists.keys().zip(0..) {
        let place = words.places.find(list.jurisdiction().as_str());
        if let Some(lists) = place.and_then(|it| by_place.get_mut(it as usize)) {
            lists.push(position);
        }
    }
    let of = |places: &[u32]| {
        places.iter().filter_map(|it| by_place.get(*it as usize)).flatten().copied().collect::<Vec<_>>()
    };
    let sorted = |mut lists: Vec<u32>| {
        lists.sort_unstable();
        lists.dedup();
        lists
    };
    let over = words.whereabouts.iter().map(|it| {
        // A bloc is subject to what all its members are.
        let own = of(&it.chain);
        let mut shared = it.members.iter().map(|it| sorted(of(it)));
        let first = shared.next().unwrap_or_default();
        let shared = shared.fold(first, |all, one| all.into_iter().filter(|it| one.contains(it)).collect());
        sorted([own, shared].concat())
    });
    let ever = words.places.iter().map(|it| {
        let places = state.places.in_reach(it);
        sorted(of(&places.iter().filter_map(|it| words.places.find(it.as_str())).collect::<Vec<_>>()))
    });
    (over.collect(), ever.collect())
}

#[cfg(test)]
mod tests {
    use semver::Version;

    use super::*;
    use crate::model::fact::SUBJECTS;
    use crate::model::{Categories, Fact, FactKind, Hash, Head, List, Places, Published, Role, Text, Vocabulary};

    fn release(version: u64) -> (Version, Published) {
        (Version::new(version, 0, 0), Published("2020-01-01".parse().unwrap()))
    }

    fn state(releases: [u64; 3], lists: &[&Arc<List>]) -> Arc<State> {
        let people = Fact {
            id: SUBJECTS.parse().unwrap(),
            kind: FactKind::Count,
            role: Role::Circumstance,
            name: Text::default(),
        };
        let [categories, facts, places] = releases.map(release);
        Arc::new(State {
            head: Head { origin: "neglist/index".to_owned(), size: 1, hash: Hash([0; 32]) },
            categories: Categories::new(categories.0, categories.1, []).unwrap(),
            vocabulary: Vocabulary::new(facts.0, facts.1, [people], []).unwrap(),
            places: Places::new(places.0, places.1, []).unwrap(),
            lists: lists.iter().map(|it| (it.id.clone(), Arc::clone(it))).collect(),
        })
    }

    fn list(id: &str) -> Arc<List> {
        Arc::new(List { id: id.parse().unwrap(), revisions: Vec::new() })
    }

    #[test]
    fn what_did_not_change_is_not_compiled_again() {
        let (stays, grows, grown) = (list("XA/stays"), list("XA/grows"), list("XA/grows"));
        let before = Index::new(state([1, 1, 1], &[&grows, &stays]));
        let after = before.after(state([1, 1, 1], &[&grown, &stays]));
        assert!(Arc::ptr_eq(&before.words, &after.words));
        let is_kept: Vec<_> = before.lists.iter().zip(&after.lists).map(|(old, new)| Arc::ptr_eq(old, new)).collect();
        assert_eq!(is_kept, [false, true]);
        // Other words of any kind mean that everything is looked at anew.
        for releases in [[2, 1, 1], [1, 2, 1], [1, 1, 2]] {
            let after = before.after(state(releases, &[&grows, &stays]));
            assert!(!Arc::ptr_eq(&before.words, &after.words), "{releases:?}");
            assert!(!before.lists.iter().zip(&after.lists).any(|(old, new)| Arc::ptr_eq(old, new)), "{releases:?}");
        }
    }
}
