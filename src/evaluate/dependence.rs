//! What an outcome hangs on, and what each case would lead to.

use std::collections::{BTreeMap, BTreeSet};

use crate::evaluate::applies::{Assumed, Inquiry};
use crate::evaluate::reference::Findings;
use crate::evaluate::region::{Stated, region};
use crate::evaluate::source::Source;
use crate::model::fact::SUBJECTS;
use crate::model::{
    Applies, Case, CaseValue, ChoiceId, Condition, Count, Dependence, Destinations, Effect, Entry, FactId, FactKind,
    InForce, Jurisdiction, Member, Open, Outcome, Question, Requirements, Revision, State, Subjects, Value, When,
};

/// Returns what the question left open that matters, with the outcome of each
/// case, everything else staying as it is.
pub(crate) fn depends_on<'s>(source: impl Source<'s>, question: &Question, findings: &Findings<'_>) -> Vec<Dependence> {
    // A list without a match matters too: it may speak, or displace another.
    let revisions = || findings.decisive.iter().copied();
    let dependences = findings.open().into_iter().map(|on| {
        let cases = match &on {
            Open::Category(category) => category_cases(source, question, category),
            Open::Destination => destination_cases(source, question, revisions()),
            Open::Fact(fact) => fact_cases(source, question, fact, revisions()),
        };
        Dependence { on, cases }
    });
    let (matter, others): (Vec<_>, Vec<_>) = dependences.partition(makes_a_difference);
    // Where only several facts together make a difference, all are named.
    if matter.is_empty() { others } else { matter }
}

fn makes_a_difference(dependence: &Dependence) -> bool {
    let results: BTreeSet<_> = dependence.cases.iter().map(|it| (it.outcome, it.floor, &it.requires)).collect();
    1 < results.len()
}

/// Outcome, floor and requirements.
type Found = (Outcome, Outcome, Requirements);

fn ask<'s>(source: impl Source<'s>, question: &Question, assumed: &Assumed) -> Found {
    let findings = source.ask(question, assumed);
    (findings.outcome(), findings.floor(), findings.requires())
}

fn case(value: CaseValue, (outcome, floor, requires): Found) -> Case {
    Case { value, outcome, floor, requires }
}

fn category_cases<'s>(source: impl Source<'s>, question: &Question, category: &crate::model::CategoryId) -> Vec<Case> {
    let with = |includes| {
        let assumed = Assumed { includes: BTreeMap::from([(category.clone(), includes)]), elsewhere: false };
        case(CaseValue::Flag(includes), ask(source, question, &assumed))
    };
    vec![with(true), with(false)]
}

fn destination_cases<'s, 'a>(
    source: impl Source<'s>,
    question: &Question,
    revisions: impl Iterator<Item = &'a Revision>,
) -> Vec<Case> {
    if question.to.is_some() {
        // A bloc that lies only partly inside: its members are the cases.
        let members = question.to.iter().filter_map(|it| source.state().places.find(it)).flat_map(|it| &it.members);
        let places = members.filter(|it| it.holds(question.at)).map(|it| it.place.clone()).collect();
        return place_cases(source, question, places);
    }
    let mut places = BTreeSet::new();
    for revision in revisions {
        let named = revision.entries.values().map(|it| &it.to).chain([&revision.applies_to]);
        places.extend(named.flat_map(|it| places_named(it, revision)));
    }
    let mut cases = place_cases(source, question, places);
    let assumed = Assumed { includes: BTreeMap::new(), elsewhere: true };
    cases.push(case(CaseValue::Elsewhere, ask(source, question, &assumed)));
    cases
}

fn place_cases<'s>(source: impl Source<'s>, question: &Question, places: BTreeSet<Jurisdiction>) -> Vec<Case> {
    let cases = places.into_iter().map(|place| {
        let question = Question { to: Some(place.clone()), ..question.clone() };
        case(CaseValue::To(place), ask(source, &question, &Assumed::default()))
    });
    cases.collect()
}

/// Returns the places that destinations name.
pub(super) fn places_named(destinations: &Destinations, revision: &Revision) -> Vec<Jurisdiction> {
    let members = match destinations {
        Destinations::Any => return Vec::new(),
        Destinations::Only(members) | Destinations::Except(members) => members,
    };
    let mut places = Vec::new();
    for member in members {
        match member {
            Member::Place(place) => places.push(place.clone()),
            Member::Group(group) => places.extend(revision.groups.get(group).into_iter().flatten().cloned()),
        }
    }
    places
}

fn fact_cases<'s, 'a>(
    source: impl Source<'s>,
    question: &Question,
    fact: &FactId,
    revisions: impl Iterator<Item = &'a Revision>,
) -> Vec<Case> {
    let conditions: BTreeSet<_> =
        revisions.flat_map(conditions).filter(|(it, _)| *it == fact).map(|(_, it)| it).collect();
    let with = |value: Value| {
        let question = stating(question, fact, value);
        ask(source, &question, &Assumed::default())
    };
    match source.state().vocabulary.find(fact).map(|it| &it.kind) {
        Some(FactKind::Flag) | None => {
            let cases = [true, false].map(|it| case(CaseValue::Flag(it), with(Value::Flag(it))));
            cases.to_vec()
        }
        Some(FactKind::Choice(among)) => choice_cases(among, &conditions, with),
        Some(FactKind::Count) => count_cases(&conditions, with),
    }
}

/// Choices that no condition tells apart lead to the same: one of them is
/// asked for all.
fn choice_cases(
    among: &BTreeSet<ChoiceId>,
    conditions: &BTreeSet<&Condition>,
    with: impl Fn(Value) -> Found,
) -> Vec<Case> {
    let mut known: BTreeMap<Vec<bool>, Found> = BTreeMap::new();
    let cases = among.iter().map(|choice| {
        let is_among = |it: &&Condition| matches!(it, Condition::Choice(some) if some.contains(choice));
        let alike: Vec<_> = conditions.iter().map(is_among).collect();
        let result = known.entry(alike).or_insert_with(|| with(Value::Choice(choice.clone()))).clone();
        case(CaseValue::Choice(choice.clone()), result)
    });
    cases.collect()
}

/// Counts are cut where a condition begins or ends; neighbours that lead to
/// the same are one case.
fn count_cases(conditions: &BTreeSet<&Condition>, with: impl Fn(Value) -> Found) -> Vec<Case> {
    let mut cuts = BTreeSet::from([Count::ZERO]);
    for condition in conditions {
        if let Condition::Count(bounds, _) = condition {
            cuts.insert(bounds.at_least());
            cuts.extend(bounds.below());
        }
    }
    let mut cases: Vec<Case> = Vec::new();
    let ends = cuts.iter().skip(1).copied().map(Some).chain([None]);
    for (&at_least, below) in cuts.iter().zip(ends) {
        let result = with(Value::Count(at_least));
        match cases.last_mut() {
            Some(Case { value: CaseValue::Count(_, end), outcome, floor, requires })
                if (*outcome, *floor, &*requires) == (result.0, result.1, &result.2) =>
            {
                *end = below;
            }
            _ => cases.push(case(CaseValue::Count(at_least, below), result)),
        }
    }
    cases
}

fn stating(question: &Question, fact: &FactId, value: Value) -> Question {
    let mut question = question.clone();
    match value {
        // What was stated for one window stays; only what is open is filled.
        Value::Count(count) if fact.as_str() == SUBJECTS => {
            for item in question.items.iter_mut().filter(|it| !matches!(it.subjects, Some(Subjects::Each(_)))) {
                item.subjects = Some(Subjects::Each(count));
            }
        }
        value @ (Value::Flag(_) | Value::Choice(_) | Value::Count(_)) => {
            question.facts.insert(fact.clone(), value);
        }
    }
    question
}

/// Returns whether a revision may have to do with a question by whom it
/// concerns. Where it does not, no case of the question makes it: a case fills
/// what is open, and only counts of people may take the place of others.
pub(crate) fn may_concern(state: &State, question: &Question, revision: &Revision) -> bool {
    let concerns = region(&revision.applies_when);
    !revision.displaces.is_empty()
        || revision.applies_when.contains_key(SUBJECTS)
        || question.items.iter().any(|item| Stated { state, question, item }.lies_in(&concerns) != Applies::No)
}

/// Returns the facts on which an answer from a state can hang by the conditions
/// of its lists: those of entries that bind other destinations decide nothing.
/// Of a bloc, whose members may be told apart, all are returned.
pub(crate) fn facts_that_may_decide(state: &State, question: &Question) -> BTreeSet<FactId> {
    let assumed = Assumed::default();
    let inquiry = Inquiry::new(state, question, &assumed);
    let is_bloc = question.to.as_ref().and_then(|it| state.places.find(it)).is_some_and(|it| !it.members.is_empty());
    let mut facts = BTreeSet::new();
    for revision in state.lists.values().flat_map(|it| &it.revisions).map(|it| &it.revision) {
        facts.extend(revision.applies_when.keys().cloned());
        let may_go = |it: &Entry| is_bloc || inquiry.goes_to(&it.to, revision) != Applies::No;
        for entry in revision.entries.values().filter(|it| may_go(it)) {
            facts.extend(whens(entry).flat_map(When::keys).cloned());
        }
    }
    facts
}

/// Returns the numbers of people at which some condition begins or ends of the
/// lists in force that a question reaches. No others can tell two numbers
/// apart.
pub(crate) fn thresholds<'s>(source: impl Source<'s>, question: &Question) -> BTreeSet<Count> {
    let standing = source.standing(&question.from, question.at, question.known_on);
    let revisions = standing.into_iter().filter_map(|it| match it {
        InForce::Yes(issued) => Some(&issued.revision),
        InForce::NotYet | InForce::Lapsed(_) => None,
    });
    let conditions = revisions.flat_map(conditions).filter(|(fact, _)| fact.as_str() == SUBJECTS);
    let bounds = conditions.filter_map(|(_, it)| match it {
        Condition::Count(bounds, _) => Some(*bounds),
        Condition::Flag(_) | Condition::Choice(_) => None,
    });
    bounds.flat_map(|it| [it.at_least()].into_iter().chain(it.below())).collect()
}

/// Returns every condition of a revision, with the fact that it is about.
pub(crate) fn conditions(revision: &Revision) -> Vec<(&FactId, &Condition)> {
    let all = std::iter::once(&revision.applies_when).chain(revision.entries.values().flat_map(|it| whens(it)));
    all.flatten().collect()
}

/// Returns the conditions of an entry and of its ways.
fn whens(entry: &Entry) -> impl Iterator<Item = &When> {
    let ways = match &entry.effect {
        Effect::Conditional(ways) => ways.as_slice(),
        Effect::Notice | Effect::Undetermined | Effect::Prohibited => &[],
    };
    std::iter::once(&entry.when).chain(ways.iter().map(|it| &it.when))
}
