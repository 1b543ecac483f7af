//! What would make it lawful.
//!
//! A route is a set of mechanisms, and perhaps of exemptions, with which the
//! data may leave, and without any part of which it may not. What stands in the
//! way is met one entry at a time: with each of its alternatives stated the
//! evaluator is asked again, until nothing is left that stands in the way. So
//! no route is shown that was not asked.

use std::collections::BTreeSet;

use crate::evaluate::{Index, severity};
use crate::model::{Answer, Applies, Dependence, FactId, Match, Outcome, Question, Role, Value};
use crate::seek::burden::Burden;

/// So often it is asked at most to find the routes of one question.
const MOST_ASKED: usize = 4_000;

/// Which exemptions a route may rest on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Claims {
    /// Any that would lift an entry.
    Any,
    /// These alone.
    Only(BTreeSet<FactId>),
}

impl Claims {
    fn allow(&self, exemption: &FactId) -> bool {
        match self {
            Claims::Any => true,
            Claims::Only(some) => some.contains(exemption),
        }
    }
}

/// Something that would make it lawful.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Route {
    /// The mechanisms that have to be in place, beside those stated.
    pub mechanisms: BTreeSet<FactId>,
    /// The exemptions that have to be claimed, beside those stated.
    pub exemptions: BTreeSet<FactId>,
    /// How much the mechanisms ask.
    pub burden: Burden,
    /// What it comes to with all of them: permitted, or what remains because
    /// of something that is left open.
    pub outcome: Outcome,
    /// The severest of what applies for certain then.
    pub floor: Outcome,
    /// What remains to be done then.
    pub duties: BTreeSet<FactId>,
    /// What the outcome hangs on then.
    pub depends_on: Vec<Dependence>,
}

impl Route {
    /// Returns whether it suffices, whatever was left open.
    pub fn suffices(&self) -> bool {
        self.outcome.permits()
    }

    /// Returns what is stated by who takes it.
    pub fn stated(&self) -> BTreeSet<FactId> {
        &self.mechanisms | &self.exemptions
    }

    /// The lightest first: what suffices before what hangs on something, what
    /// can be put in place before what has to be so, then by what it asks, by
    /// how many mechanisms, by their names.
    pub(super) fn weight(&self) -> impl Ord + use<> {
        let is_claimed = !self.exemptions.is_empty();
        let size = self.mechanisms.len() + self.exemptions.len();
        (!self.suffices(), is_claimed, self.burden, size, self.mechanisms.clone(), self.exemptions.clone())
    }
}

/// What would make some questions lawful, all at once.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Routes<'a> {
    /// The routes, the lightest first. One that asks nothing where it is lawful
    /// already.
    pub routes: Vec<Route>,
    /// Where no route of mechanisms alone suffices, the entries that no
    /// mechanism gets past.
    pub blocked_by: Vec<Match<'a>>,
    /// Whether all routes were found. Beyond some thousand questions the search
    /// ends with those that it has.
    pub is_complete: bool,
}

impl Routes<'_> {
    /// Returns whether a route suffices, whatever was left open.
    pub fn suffice(&self) -> bool {
        self.routes.first().is_some_and(Route::suffices)
    }
}

/// Returns a question in which some facts are stated to be the case.
pub(crate) fn with(question: &Question, stated: &BTreeSet<FactId>) -> Question {
    let mut question = question.clone();
    question.facts.extend(stated.iter().map(|it| (it.clone(), Value::Flag(true))));
    question
}

/// Returns the routes that make all of some questions lawful.
///
/// They must speak the index's words.
pub fn routes<'i>(index: &'i Index, questions: &[Question], claims: &Claims) -> Routes<'i> {
    let mut search = Search { index, questions, claims, suffice: Vec::new(), hang: Vec::new() };
    let is_complete = search.run();
    let found = search.suffice.iter().chain(search.least_hanging());
    let mut routes: Vec<_> = found.map(|it| search.route(it)).collect();
    routes.sort_by_cached_key(Route::weight);
    let has_mechanisms = routes.iter().any(|it| it.suffices() && it.exemptions.is_empty());
    let blocked_by = if has_mechanisms { Vec::new() } else { search.blocking() };
    Routes { routes, blocked_by, is_complete }
}

/// A search for all sets of facts that suffice, the smallest first.
struct Search<'i, 'q> {
    index: &'i Index,
    questions: &'q [Question],
    claims: &'q Claims,
    /// The sets that suffice. None is part of another.
    suffice: Vec<BTreeSet<FactId>>,
    /// The sets with which all hangs on what is left open.
    hang: Vec<BTreeSet<FactId>>,
}

/// What stands in the way with some facts stated.
enum Way {
    /// Nothing.
    Open,
    /// Something that hangs on what is left open; with more ways to meet it.
    Hangs(Vec<BTreeSet<FactId>>),
    /// Something that has to be met in one of these ways. Without any, nothing
    /// meets it.
    Closed(Vec<BTreeSet<FactId>>),
}

impl<'i> Search<'i, '_> {
    /// Returns whether all was looked at.
    fn run(&mut self) -> bool {
        // By size, so that what is found is no part of what was found.
        let mut open = BTreeSet::from([(0, BTreeSet::new())]);
        let mut asked = 0;
        let mut seen = BTreeSet::new();
        while let Some((_, stated)) = open.pop_first() {
            if self.suffice.iter().any(|it| it.is_subset(&stated)) {
                continue;
            }
            asked += 1;
            if MOST_ASKED < asked {
                return false;
            }
            let alternatives = match self.way(&stated) {
                Way::Open => {
                    self.suffice.push(stated);
                    continue;
                }
                Way::Hangs(alternatives) => {
                    self.hang.push(stated.clone());
                    alternatives
                }
                Way::Closed(alternatives) => alternatives,
            };
            for alternative in alternatives {
                let more = &stated | &alternative;
                if seen.insert(more.clone()) {
                    open.insert((more.len(), more));
                }
            }
        }
        true
    }

    fn way(&self, stated: &BTreeSet<FactId>) -> Way {
        let mut hangs = false;
        // Where several ways to meet something are left, the fewest are tried.
        let mut fewest: Option<Vec<BTreeSet<FactId>>> = None;
        let mut more: Option<Vec<BTreeSet<FactId>>> = None;
        for question in self.questions {
            let findings = self.index.findings_on_its_day(&with(question, stated));
            if findings.is_silent() {
                return Way::Closed(Vec::new());
            }
            for found in findings.matches.iter().filter(|it| stands(it)) {
                let alternatives = self.alternatives(found, stated);
                let is_hanging = is_hanging(found);
                hangs |= is_hanging;
                let kept = if is_hanging { &mut more } else { &mut fewest };
                let is_fewer = kept.as_ref().is_none_or(|it| alternatives.len() < it.len());
                if is_fewer && !(is_hanging && alternatives.is_empty()) {
                    *kept = Some(alternatives);
                }
            }
        }
        match (fewest, hangs) {
            (Some(alternatives), _) => Way::Closed(alternatives),
            (None, true) => Way::Hangs(more.unwrap_or_default()),
            (None, false) => Way::Open,
        }
    }

    /// Returns what may still be stated to meet an entry.
    fn alternatives(&self, found: &Match<'_>, stated: &BTreeSet<FactId>) -> Vec<BTreeSet<FactId>> {
        let is_denied =
            |it: &FactId| self.questions.iter().any(|question| question.facts.get(it) == Some(&Value::Flag(false)));
        let is_in_place =
            |it: &FactId| self.questions.iter().all(|question| question.facts.get(it) == Some(&Value::Flag(true)));
        let ways = found.requires.iter().map(|it| it.all.clone());
        let exemptions = found.entry.exemptions.iter().filter(|it| self.claims.allow(it));
        let all = ways.chain(exemptions.map(|it| BTreeSet::from([it.clone()])));
        let new = all
            .filter(|it| !it.iter().any(is_denied))
            .map(|it| it.into_iter().filter(|it| !stated.contains(it) && !is_in_place(it)).collect::<BTreeSet<_>>());
        new.filter(|it| !it.is_empty()).collect()
    }

    /// Returns the sets that hang on something, without those of which a part
    /// does or suffices.
    fn least_hanging(&self) -> impl Iterator<Item = &BTreeSet<FactId>> {
        self.hang.iter().filter(|it| {
            let parts = self.hang.iter().chain(&self.suffice);
            !parts.filter(|part| part != it).any(|part| part.is_subset(it))
        })
    }

    fn route(&self, stated: &BTreeSet<FactId>) -> Route {
        let vocabulary = &self.index.state().vocabulary;
        let is_exemption = |it: &FactId| vocabulary.find(it).is_some_and(|it| it.role == Role::Exemption);
        let (exemptions, mechanisms): (BTreeSet<_>, BTreeSet<_>) = stated.iter().cloned().partition(is_exemption);
        let answers: Vec<_> = self.questions.iter().map(|it| self.index.answer_on_its_day(&with(it, stated))).collect();
        let severest = |of: fn(&Answer<'_>) -> Outcome| answers.iter().map(of).max().unwrap_or(Outcome::Permitted);
        Route {
            burden: Burden::of_all(&mechanisms),
            outcome: severest(|it| it.outcome),
            floor: severest(|it| it.floor),
            duties: answers.iter().flat_map(|it| it.duties.iter().cloned()).collect(),
            depends_on: answers.iter().flat_map(|it| it.depends_on.iter().cloned()).collect(),
            mechanisms,
            exemptions,
        }
    }

    /// Returns the entries that no mechanism meets; where each could be met and
    /// not all of them together, those that are more than a condition.
    fn blocking(&self) -> Vec<Match<'i>> {
        let findings = self.questions.iter().map(|it| self.index.findings_on_its_day(it));
        let matches: Vec<_> = findings.flat_map(|it| it.matches).filter(stands).collect();
        let mechanisms =
            Search { claims: &Claims::Only(BTreeSet::new()), suffice: Vec::new(), hang: Vec::new(), ..*self };
        let is_beyond = |it: &Match<'_>| !is_hanging(it) && mechanisms.alternatives(it, &BTreeSet::new()).is_empty();
        let is_severe = |it: &Match<'_>| Outcome::Conditional < severity(it).1;
        let beyond: Vec<_> = matches.iter().filter(|it| is_beyond(it)).cloned().collect();
        if beyond.is_empty() { matches.into_iter().filter(is_severe).collect() } else { beyond }
    }
}

/// Returns whether an entry stands in the way.
fn stands(found: &Match<'_>) -> bool {
    !severity(found).1.permits()
}

/// Returns whether what is stated meets an entry, if what is left open is so.
fn is_hanging(found: &Match<'_>) -> bool {
    matches!(found.satisfied, Applies::Maybe(_))
}
