//! The exact comparison of two revisions, against asking everything.
//!
//! Random pairs of small lists, in a world in which everything collides: every
//! stated question is asked of both, with every set of mechanisms in place and
//! exemptions claimed, through the reference evaluator. The class, and each
//! region with its way of changing, must come out the same.

#![expect(clippy::disallowed_methods, clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use neglist::compare::{Class, FlowFate, Ground, Region, Shift, Values, alone, impact, verdicts};
use neglist::evaluate::answer;
use neglist::model::{
    Alternative, At, Bounds, Categories, Category, CategoryId, Condition, Confidence, Count, Destinations, Effect,
    Effective, Entry, Fact, FactId, FactKind, Fate, Flow, Former, Hash, Head, Item, Member, Membership, Objective,
    Outcome, Place, PlaceKind, Places, Published, Question, Revision, Role, Scope, Source, State, Status, Subjects,
    Text, Value, Vocabulary, When, Window, WindowId,
};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use semver::{Version, VersionReq};

const CATEGORIES: [&str; 6] =
    ["personal", "personal.contact", "personal.health", "personal.health.genomic", "research", "research.genome"];
/// Ids of earlier releases, which lists go on naming.
const FORMER: [&str; 3] = ["personal.phone", "medical", "research.notes"];
/// Where several items are asked about, fewer categories, with the same link.
const BULK_CATEGORIES: [&str; 4] = ["personal", "personal.contact", "research", "research.genome"];
const PLACES: [&str; 4] = ["XA", "XB", "XC", "XU"];
const SECTORS: [&str; 3] = ["banking", "mining", "retail"];
const MECHANISMS: [&str; 2] = ["assessment", "clauses"];
const EXEMPTIONS: [&str; 2] = ["emergency", "public"];
const WINDOWS: [&str; 2] = ["calendar-year", "rolling-12-months"];
/// Counts between which no condition begins or ends, and so one of each kind.
const COUNTS: [u64; 3] = [0, 10, 100];

/// `NEGLIST_COMPARE_ROUNDS` makes so many times the cases.
fn run<S: Strategy>(cases: u32, strategy: &S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let rounds = std::env::var("NEGLIST_COMPARE_ROUNDS").map_or(1, |it| it.parse().unwrap());
    let config = Config { cases: cases * rounds, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    if let Err(error) = runner.run(strategy, test) {
        panic!("{error}");
    }
}

// The comparison says what asking everything says.

#[test]
fn regions_are_those_of_asking_everything() {
    let state = world();
    let seen = RefCell::new(BTreeMap::<(Class, BTreeSet<Shift>), u32>::new());
    run(32, &any_pair(any_entry().boxed(), Kind::Plain), |(before, after)| {
        let found = verdicts(Ground::of(&state, at()), Some(&before), &after);
        let states = [alone(&state, Some(&before), at()), alone(&state, Some(&after), at())];
        let mut shifts = BTreeSet::new();
        for question in questions(&states, [&before, &after]) {
            let Some(shift) = shift(&states, &question, [&before, &after]) else { continue };
            shifts.extend(shift);
            // A bloc that lies partly in a destination is left to its members.
            if question.to == Some(id("XU")) && (names_a_member(&before) || names_a_member(&after)) {
                continue;
            }
            let regions: Vec<_> = found.regions.iter().filter(|it| holds(it, &question)).collect();
            let shown: Vec<_> = regions.iter().map(|it| it.shift).collect();
            prop_assert_eq!(shown, shift.into_iter().collect::<Vec<_>>(), "{:?}\n{:?}", question, found);
            // What a witness claims gets its two answers all over the region.
            for witness in regions.iter().flat_map(|it| &it.witnesses) {
                let mut question = question.clone();
                question.facts.extend(claimed(&state, &witness.question));
                let [before, after] = states.each_ref().map(|it| answer(it, &question).outcome);
                prop_assert_eq!((before, after), (witness.before, witness.after), "{:?}\n{:?}", question, found);
            }
        }
        prop_assert_eq!(found.regions.iter().map(|it| it.shift).collect::<BTreeSet<_>>(), shifts.clone());
        prop_assert_eq!(found.class, class(&shifts));
        *seen.borrow_mut().entry((found.class, shifts)).or_default() += 1;
        witnesses_differ(&states, &found.regions)
    });
    let classes: BTreeSet<_> = seen.borrow().iter().filter(|(_, it)| 5 < **it).map(|((class, _), _)| *class).collect();
    assert_eq!(classes.len(), 3, "{seen:?}");
    assert!(seen.borrow().keys().any(|(_, it)| it.contains(&Shift::Different)), "{seen:?}");
}

#[test]
fn a_revision_compared_with_itself_changes_nothing() {
    let state = world();
    run(32, &any_pair(any_entry().boxed(), Kind::Plain), |(before, _)| {
        let copy = Revision {
            entries: before.entries.iter().map(|(id, it)| (id.clone(), Arc::new(Entry::clone(it)))).collect(),
            title: text("another title"),
            ..before.clone()
        };
        for after in [&before, &copy] {
            let found = verdicts(Ground::of(&state, at()), Some(&before), after);
            prop_assert_eq!((found.class, found.regions), (Class::Patch, Vec::new()));
        }
        Ok(())
    });
}

#[test]
fn a_first_publication_is_compared_with_silence() {
    let state = world();
    let entry = |effect| Entry { effect, ..plain("entry", &["personal.contact"]) };
    for (effect, expected) in
        [(Effect::Notice, Class::Minor), (Effect::Undetermined, Class::Minor), (Effect::Prohibited, Class::Major)]
    {
        let first = revision(Scope::Only(ids(&["personal"])), vec![entry(effect)]);
        let found = verdicts(Ground::of(&state, at()), None, &first);
        assert_eq!(found.class, expected);
        let states = [alone(&state, None, at()), alone(&state, Some(&first), at())];
        witnesses_differ(&states, &found.regions).unwrap();
        // What ends the list is the same the other way round.
        let end = Revision { repeals: true, ..first.clone() };
        let found = verdicts(Ground::of(&state, at()), Some(&first), &end);
        assert_eq!(found.class, Class::Major, "what was permitted is unknown");
    }
}

/// A list that applies by one window and an entry that counts whatever the
/// window: a question states one number for both. The witness once took the
/// list for speaking wherever the window alone was open.
#[test]
fn one_number_for_all_windows_decides_whether_a_list_speaks() {
    let state = world();
    let from_ten = |window: Option<&str>| {
        let bounds = Bounds::new(Some(count(10)), None).unwrap();
        When::from([(id("subjects"), Condition::Count(bounds, window.map(id)))])
    };
    let clauses = Effect::Conditional(vec![Alternative { all: ids(&["clauses"]), when: When::new() }]);
    let entry = Entry { when: from_ten(None), effect: clauses, ..plain("entry", &["personal"]) };
    let after = revision(Scope::All, vec![entry]);
    let before = Revision { applies_when: from_ten(Some(WINDOWS[0])), ..after.clone() };
    let found = verdicts(Ground::of(&state, at()), Some(&before), &after);
    assert_eq!(found.class, Class::Minor, "below ten it was silent");
    let states = [alone(&state, Some(&before), at()), alone(&state, Some(&after), at())];
    witnesses_differ(&states, &found.regions).unwrap();
    assert!(!found.regions.is_empty());
}

/// From 100,000 people in two years to a million in one: whoever has the
/// million now had the 100,000 before, and nobody got a severer answer.
#[test]
fn numbers_that_nobody_has_change_nothing() {
    let state = world();
    let clauses = Effect::Conditional(vec![Alternative { all: ids(&["clauses"]), when: When::new() }]);
    let from = |least: u64, window: &str| {
        let bounds = Bounds::new(Some(count(least)), None).unwrap();
        let when = When::from([(id("subjects"), Condition::Count(bounds, Some(id(window))))]);
        revision(Scope::All, vec![Entry { when, effect: clauses.clone(), ..plain("entry", &["personal"]) }])
    };
    let (shorter, longer) = (WINDOWS[0], WINDOWS[1]);
    for (before, after, expected) in [
        (from(10, longer), from(100, shorter), Class::Minor),
        (from(10, longer), from(10, shorter), Class::Minor),
        (from(100, shorter), from(10, longer), Class::Major),
        // Many in the longer one may be few in the shorter.
        (from(100, longer), from(10, shorter), Class::Major),
    ] {
        let found = verdicts(Ground::of(&state, at()), Some(&before), &after);
        assert_eq!(found.class, expected, "{:?}", found.regions);
        let states = [alone(&state, Some(&before), at()), alone(&state, Some(&after), at())];
        witnesses_differ(&states, &found.regions).unwrap();
    }
}

#[test]
fn what_is_displaced_no_more_binds_again() {
    let state = world();
    let plain = revision(Scope::All, Vec::new());
    let displacing = Revision { displaces: ids(&["XA/other"]), ..plain.clone() };
    let class = |before, after| verdicts(Ground::of(&state, at()), Some(before), after).class;
    assert_eq!(class(&displacing, &plain), Class::Major);
    assert_eq!(class(&plain, &displacing), Class::Minor);
    assert_eq!(class(&displacing, &displacing.clone()), Class::Patch);
}

// What becomes of flows is what asking about each says.

/// Of flows that state everything and of flows that leave much open, with
/// claims made: the outcome first, and where it stays whatever further claims
/// would lead to.
#[test]
fn impact_is_that_of_asking_about_every_flow() {
    let state = world();
    let seen = RefCell::new(BTreeMap::<Option<Shift>, u32>::new());
    let open = vec((select(&CATEGORIES[..]), prop::option::of(select(&PLACES[..])), any::<bool>()), 12);
    run(24, &(any_pair(any_entry().boxed(), Kind::Plain), open), |((before, after), open)| {
        let states = [alone(&state, Some(&before), at()), alone(&state, Some(&after), at())];
        let every = questions(&states, [&before, &after]).into_iter().step_by(7);
        let with_claims = every.enumerate().map(|(number, mut question)| {
            let claims = claims([&before, &after]);
            let made = claims.get(number % (2 * claims.len())).into_iter().flatten();
            question.facts.extend(made.map(|it| (it.clone(), Value::Flag(true))));
            question
        });
        let open = open.into_iter().map(|(category, to, ordinary)| {
            let question = ask("XC", &[(category, None)]);
            Question { to: to.map(id), ordinary, ..question }
        });
        let all: Vec<_> = with_claims.chain(open).map(|it| Flow::from(&it)).collect();
        let found = impact(&state, &before, &after, &all);
        for (flow, fate) in all.iter().zip(&found.fates) {
            let question = flow.on(at());
            let [one, other] = states.each_ref().map(|it| answer(it, &question));
            let shift_shown = match fate {
                FlowFate::Elsewhere => return Err(TestCaseError::fail("a flow from home is not concerned")),
                FlowFate::Same => None,
                FlowFate::Changed(number) => {
                    let change = &found.changes[*number];
                    let gets = &change.steps.last().unwrap().gets;
                    for (it, gets) in [(&one, &change.before), (&other, gets)] {
                        let said = (&it.outcome, &it.floor, &it.requires, &it.exemptions, &it.duties);
                        let shown = (&gets.outcome, &gets.floor, &gets.requires, &gets.exemptions, &gets.duties);
                        prop_assert_eq!(said, shown, "{:?}", flow);
                    }
                    Some(change.shift)
                }
            };
            let expected = match one.outcome.cmp(&other.outcome) {
                std::cmp::Ordering::Less => Some(Shift::Tighter),
                std::cmp::Ordering::Greater => Some(Shift::Looser),
                std::cmp::Ordering::Equal => match shift(&states, &question, [&before, &after]) {
                    Some(expected) => expected,
                    // What leaves something open gets its strictest case.
                    None => continue,
                },
            };
            prop_assert_eq!(shift_shown, expected, "{:?}\n{:?}\n{:?}", flow, one, other);
            *seen.borrow_mut().entry(expected).or_default() += 1;
        }
        Ok(())
    });
    let expected = [None, Some(Shift::Tighter), Some(Shift::Looser)];
    assert!(expected.iter().all(|it| seen.borrow().contains_key(it)), "{seen:?}");
}

/// Another mechanism in the place of the one that did: rare at random.
#[test]
fn a_flow_takes_a_different_route() {
    let state = world();
    let needing = |mechanism: &str| {
        let way = Alternative { all: ids(&[mechanism]), when: When::new() };
        let effect = Effect::Conditional(vec![way]);
        revision(Scope::All, vec![Entry { effect, ..plain("entry", &["personal"]) }])
    };
    let flow = Flow::from(&ask("XC", &[("personal.contact", Some(1))]));
    let found = impact(&state, &needing("assessment"), &needing("clauses"), &[flow]);
    assert_eq!(found.changes.iter().map(|it| it.shift).collect::<Vec<_>>(), [Shift::Different]);
}

/// Grouping makes no difference: flows that go together in groups get what
/// each gets by itself, also where thresholds are shared between items.
#[test]
fn flows_in_groups_get_what_each_gets_by_itself() {
    let state = world_of(&BULK_CATEGORIES);
    run(12, &any_pair(any_bulk_entry().boxed(), Kind::Bulk), |(before, after)| {
        let all: Vec<_> = companies([&before, &after]).iter().step_by(5).map(Flow::from).collect();
        let states = [alone(&state, Some(&before), at()), alone(&state, Some(&after), at())];
        let together = impact(&state, &before, &after, &all);
        for (flow, fate) in all.iter().zip(&together.fates) {
            let [one, other] = states.each_ref().map(|it| answer(it, &flow.on(at())));
            match fate {
                FlowFate::Changed(number) => {
                    let change = &together.changes[*number];
                    let outcomes = (change.before.outcome, change.steps[0].gets.outcome);
                    prop_assert_eq!(outcomes, (one.outcome, other.outcome));
                    prop_assert_eq!(&change.steps[0].gets.requires, &other.requires);
                }
                FlowFate::Elsewhere | FlowFate::Same => prop_assert_eq!(one.outcome, other.outcome, "{:?}", flow),
            }
        }
        Ok(())
    });
}

// Where thresholds are shared, a change may take several items together.

#[test]
fn shared_thresholds_are_compared_over_several_items() {
    let state = world_of(&BULK_CATEGORIES);
    let seen = RefCell::new(BTreeMap::<Class, u32>::new());
    run(24, &any_pair(any_bulk_entry().boxed(), Kind::Bulk), |(before, after)| {
        let found = verdicts(Ground::of(&state, at()), Some(&before), &after);
        let states = [alone(&state, Some(&before), at()), alone(&state, Some(&after), at())];
        let mut shifts = BTreeSet::new();
        for question in companies([&before, &after]) {
            shifts.extend(shift(&states, &question, [&before, &after]).flatten());
        }
        prop_assert_eq!(found.class, class(&shifts), "{:?}\n{:?}\n{:?}", before, after, found);
        *seen.borrow_mut().entry(found.class).or_default() += 1;
        witnesses_differ(&states, &found.regions)
    });
    assert_eq!(seen.borrow().len(), 3, "{seen:?}");
}

#[test]
fn what_only_changes_in_company_is_found() {
    let state = world_of(&["personal", "trade"]);
    let from = |number: u64| {
        let bounds = Bounds::new(Some(count(number)), None).unwrap();
        When::from([(id("subjects"), Condition::Count(bounds, Some(id(WINDOWS[0]))))])
    };
    let bulk = |name: &str, category: &str, number, effect| Entry {
        when: from(number),
        effect,
        combine: Some(id("bulk")),
        ..plain(name, &[category])
    };
    let contact = bulk("contact", "personal", 100, Effect::Prohibited);
    let goods = bulk("goods", "trade", 10, Effect::Notice);
    let before = revision(Scope::All, vec![contact.clone(), Entry { combine: None, ..goods.clone() }]);
    let after = revision(Scope::All, vec![contact, goods]);
    let found = verdicts(Ground::of(&state, at()), Some(&before), &after);
    let states = [alone(&state, Some(&before), at()), alone(&state, Some(&after), at())];
    witnesses_differ(&states, &found.regions).unwrap();
    // No category has something of both: it takes two items.
    let region = found.regions.first().unwrap();
    assert_eq!((found.class, region.items.len()), (Class::Major, 2), "{found:?}");
}

/// Returns whether some members of the bloc are named, and so maybe not all.
fn names_a_member(revision: &Revision) -> bool {
    let mut all = revision.entries.values().map(|it| &it.to).chain([&revision.applies_to]);
    all.any(|it| match it {
        Destinations::Any => false,
        Destinations::Only(some) | Destinations::Except(some) => {
            some.iter().any(|it| *it != Member::Place(id("XA")) && *it != Member::Place(id("XU")))
        }
    })
}

/// Returns what became of the answers to a question over all claims; `None`
/// where it leaves something open.
#[expect(clippy::option_option, reason = "nothing to say, and nothing changed")]
fn shift(states: &[State; 2], question: &Question, revisions: [&Revision; 2]) -> Option<Option<Shift>> {
    let (mut is_tighter, mut is_looser) = (false, false);
    for claims in claims(revisions) {
        let mut question = question.clone();
        question.facts.extend(claims.into_iter().map(|it| (it, Value::Flag(true))));
        let [before, after] = states.each_ref().map(|it| answer(it, &question));
        let open = [&before, &after].into_iter().flat_map(|it| &it.depends_on).map(|it| &it.on);
        if open.clone().any(|it| !matches!(it, neglist::model::Open::Category(_))) {
            return None;
        }
        is_tighter |= before.outcome < after.outcome;
        is_looser |= after.outcome < before.outcome;
    }
    Some(match (is_tighter, is_looser) {
        (false, false) => None,
        (true, false) => Some(Shift::Tighter),
        (true, true) => Some(Shift::Different),
        (false, true) => Some(Shift::Looser),
    })
}

fn claimed(state: &State, question: &Question) -> BTreeMap<FactId, Value> {
    let role = |it: &FactId| state.vocabulary.find(it).unwrap().role;
    question.facts.iter().filter(|it| role(it.0) != Role::Circumstance).map(|it| (it.0.clone(), it.1.clone())).collect()
}

fn class(shifts: &BTreeSet<Shift>) -> Class {
    if shifts.iter().any(|it| *it != Shift::Looser) {
        Class::Major
    } else if shifts.is_empty() {
        Class::Patch
    } else {
        Class::Minor
    }
}

/// Every witness is answered as it says, by the reference evaluator.
fn witnesses_differ(states: &[State; 2], regions: &[Region]) -> Result<(), TestCaseError> {
    for region in regions {
        let expected = if region.shift == Shift::Different { 2 } else { 1 };
        prop_assert_eq!(region.witnesses.len(), expected, "{:?}", region);
        for (number, witness) in region.witnesses.iter().enumerate() {
            let [before, after] = states.each_ref().map(|it| answer(it, &witness.question));
            prop_assert_eq!(states[1].mistakes(&witness.question), []);
            prop_assert_eq!((before.outcome, after.outcome), (witness.before, witness.after), "{:?}", region);
            let is_tighter = region.shift != Shift::Looser && number == 0;
            let (milder, severer) =
                if is_tighter { (witness.before, witness.after) } else { (witness.after, witness.before) };
            prop_assert!(milder < severer, "{:?}", region);
            if let ([item], [categories]) = (witness.question.items.as_slice(), region.items.as_slice()) {
                prop_assert!(categories.contains(&item.category));
                prop_assert!(holds(region, &witness.question), "{:?}", region);
            }
        }
    }
    Ok(())
}

fn holds(region: &Region, question: &Question) -> bool {
    let [item] = question.items.as_slice() else { return false };
    let [categories] = region.items.as_slice() else { return false };
    let is_met = |it: &neglist::compare::Restriction| match (&it.values, question.facts.get(&it.fact)) {
        (Values::Flag(flag), Some(Value::Flag(stated))) => flag == stated,
        (Values::Choices(among), Some(Value::Choice(stated))) => among.contains(stated),
        (Values::Counts(ranges), stated) => {
            let count = match stated {
                Some(Value::Count(count)) => Some(*count),
                Some(_) | None => item.subjects.as_ref().and_then(|people| people.over(it.window.as_ref())),
            };
            count.is_some_and(|it| ranges.iter().any(|(from, below)| *from <= it && below.is_none_or(|end| it < end)))
        }
        (Values::Flag(_) | Values::Choices(_), _) => false,
    };
    categories.contains(&item.category)
        && question.to.as_ref().is_some_and(|it| region.to.contains(it))
        && region.when.iter().all(is_met)
}

// Every question.

/// Returns every question with one item that states all that occurs in some
/// revisions.
fn questions(states: &[State; 2], revisions: [&Revision; 2]) -> Vec<Question> {
    let used = used(revisions);
    let is_used = |fact: &str| used.contains(&(id(fact), None));
    let mut all = Vec::new();
    for category in CATEGORIES {
        for place in PLACES {
            all.push(ask(place, &[(category, None)]));
        }
    }
    let flags = vec![Value::Flag(true), Value::Flag(false)];
    let sectors = SECTORS.iter().map(|it| Value::Choice(id(it))).collect();
    for (fact, values) in [("critical", flags), ("sector", sectors)] {
        if is_used(fact) {
            let with = |it: &Question, value: &Value| {
                let mut it = it.clone();
                it.facts.insert(id(fact), value.clone());
                it
            };
            all = all.iter().flat_map(|it| values.iter().map(|value| with(it, value)).collect::<Vec<_>>()).collect();
        }
    }
    all.iter().flat_map(|it| with_people(states, it, &used)).collect()
}

/// Returns a question with people stated in every way. Where one condition
/// that may meet it counts them whatever the window, one number for all is the
/// only way to state everything.
fn with_people(states: &[State; 2], question: &Question, used: &Used) -> Vec<Question> {
    let each: FactId = id("subjects");
    let is_each = |when: &When| matches!(when.get(&each), Some(Condition::Count(_, None)));
    let is_tied = states.iter().any(|state| {
        // What may meet it, whatever the facts.
        let open = answer(state, &Question { facts: BTreeMap::new(), ..question.clone() });
        let of_entries = open.matches.iter().any(|it| {
            let ways = if let Effect::Conditional(ways) = &it.entry.effect { ways.as_slice() } else { &[] };
            is_each(&it.entry.when) || ways.iter().any(|it| is_each(&it.when))
        });
        of_entries || open.consulted.iter().any(|it| is_each(&it.issued.revision.applies_when))
    });
    let mut people = Vec::new();
    if is_tied {
        people.extend(COUNTS.map(|it| Subjects::Each(count(it))));
    } else {
        let numbers = WINDOWS.map(|it| {
            let is_used = used.contains(&(each.clone(), Some(id(it))));
            if is_used { COUNTS.to_vec() } else { vec![0] }
        });
        for one in &numbers[0] {
            // Nobody has more people in the shorter window.
            let longer = if numbers[1].len() == 1 { vec![*one] } else { numbers[1].clone() };
            for other in longer.iter().filter(|it| one <= *it) {
                let counts = WINDOWS.into_iter().zip([one, other]).map(|(window, it)| (id(window), count(*it)));
                people.push(Subjects::In(counts.collect()));
            }
        }
    }
    let with = |people| {
        let mut question = question.clone();
        question.items.iter_mut().for_each(|it| it.subjects = Some(Subjects::clone(&people)));
        question
    };
    people.into_iter().map(with).collect()
}

/// Returns every question with up to three items, towards one place.
fn companies(revisions: [&Revision; 2]) -> Vec<Question> {
    let used = used(revisions);
    assert!(used.iter().all(|(fact, window)| fact.as_str() == "subjects" && *window == Some(id(WINDOWS[0]))));
    let items: Vec<_> = BULK_CATEGORIES.iter().flat_map(|it| COUNTS.map(|number| (*it, Some(number)))).collect();
    let mut all: Vec<Vec<(&str, Option<u64>)>> = items.iter().map(|it| vec![*it]).collect();
    for (index, one) in items.iter().enumerate() {
        for (second, other) in items.iter().enumerate().skip(index) {
            all.push(vec![*one, *other]);
            all.extend(items.iter().skip(second).map(|it| vec![*one, *other, *it]));
        }
    }
    all.iter().map(|it| ask("XC", it)).collect()
}

/// Facts, each with the window over which it is counted.
type Used = BTreeSet<(FactId, Option<WindowId>)>;

fn used(revisions: [&Revision; 2]) -> Used {
    let mut used = BTreeSet::new();
    let mut add = |when: &When| {
        for (fact, condition) in when {
            let window = if let Condition::Count(_, window) = condition { window.clone() } else { None };
            used.insert((fact.clone(), window));
        }
    };
    for revision in revisions {
        add(&revision.applies_when);
        for entry in revision.entries.values() {
            add(&entry.when);
            if let Effect::Conditional(ways) = &entry.effect {
                ways.iter().for_each(|it| add(&it.when));
            }
        }
    }
    used
}

/// Returns every set of claims that occur in some revisions.
fn claims(revisions: [&Revision; 2]) -> Vec<Vec<FactId>> {
    let mut used: BTreeSet<FactId> = BTreeSet::new();
    for entry in revisions.iter().flat_map(|it| it.entries.values()) {
        used.extend(entry.exemptions.iter().cloned());
        if let Effect::Conditional(ways) = &entry.effect {
            used.extend(ways.iter().flat_map(|it| it.all.iter().cloned()));
        }
    }
    let mut all = vec![Vec::new()];
    for fact in used {
        let with: Vec<Vec<FactId>> =
            all.iter().map(|it: &Vec<FactId>| [it.as_slice(), std::slice::from_ref(&fact)].concat()).collect();
        all.extend(with);
    }
    all
}

fn ask(to: &str, items: &[(&str, Option<u64>)]) -> Question {
    let subjects = |number: Option<u64>| number.map(|it| Subjects::Each(count(it)));
    Question {
        id: None,
        from: id("XA"),
        to: Some(id(to)),
        items: items.iter().map(|(it, number)| Item { category: id(it), subjects: subjects(*number) }).collect(),
        at: at(),
        known_on: None,
        facts: BTreeMap::new(),
        ordinary: false,
    }
}

// The world.

fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().unwrap()
}

fn ids<T: std::str::FromStr + Ord>(texts: &[&str]) -> BTreeSet<T>
where
    T::Err: std::fmt::Debug,
{
    texts.iter().map(|it| id(it)).collect()
}

fn count(number: u64) -> Count {
    Count::new(number).unwrap()
}

fn text(text: &str) -> Text {
    Text { en: text.to_owned(), zh: "文".to_owned() }
}

fn at() -> At {
    id("2020-01-05")
}

fn world() -> State {
    let world = world_of(&CATEGORIES);
    State { categories: with_former(world.categories), ..world }
}

fn world_of(categories: &[&str]) -> State {
    let published: Published = id("2020-01-01");
    let link = ["personal.health.genomic", "personal.contact"].into_iter().find(|it| categories.contains(it));
    let link = link.unwrap_or("personal");
    let version = || Version::new(1, 0, 0);
    let node = |it: &str| Category {
        id: id(it),
        name: text(it),
        broader: if it == "research.genome" { ids(&[link]) } else { BTreeSet::new() },
        dpv: Vec::new(),
        note: None,
    };
    let fact = |it: &str, kind, role| Fact { id: id(it), kind, role, name: text(it) };
    let mut facts = vec![
        fact("subjects", FactKind::Count, Role::Circumstance),
        fact("sector", FactKind::Choice(ids(&SECTORS)), Role::Circumstance),
        fact("critical", FactKind::Flag, Role::Circumstance),
    ];
    facts.extend(EXEMPTIONS.map(|it| fact(it, FactKind::Flag, Role::Exemption)));
    facts.extend(MECHANISMS.map(|it| fact(it, FactKind::Flag, Role::Mechanism)));
    let window = |it, includes: &[&str]| Window { id: id(it), name: text(it), includes: ids(includes) };
    let windows = [window(WINDOWS[0], &[]), window(WINDOWS[1], &WINDOWS[..1])];
    let member = |it: &str| Membership { place: id(it), from: id::<At>("2000-01-01").0, until: None };
    let place = |code: &str| Place {
        code: id(code),
        kind: if code == "XU" { PlaceKind::Bloc } else { PlaceKind::Country },
        parent: None,
        // XB and XC are in the bloc.
        members: if code == "XU" { vec![member("XB"), member("XC")] } else { Vec::new() },
        name: text(code),
    };
    State {
        head: Head { origin: "neglist/compare".to_owned(), size: 1, hash: Hash([0; 32]) },
        categories: Categories::new(version(), published, categories.iter().map(|it| node(it))).unwrap(),
        vocabulary: Vocabulary::new(version(), published, facts, windows).unwrap(),
        places: Places::new(version(), published, PLACES.map(place)).unwrap(),
        lists: BTreeMap::new(),
    }
}

fn with_former(categories: Categories) -> Categories {
    let fates = [
        Fate::Moved(id("personal.contact")),
        Fate::Split(ids(&["personal.contact", "research.genome"])),
        Fate::Removed(text("nobody speaks of it")),
    ];
    let former = |(it, fate): (&str, Fate)| Former { id: id(it), release: Version::new(1, 0, 0), fate };
    categories.with_former(FORMER.into_iter().zip(fates).map(former)).unwrap()
}

fn plain(name: &str, categories: &[&str]) -> Entry {
    Entry {
        id: id(name),
        categories: ids(categories),
        except: BTreeSet::new(),
        to: Destinations::Any,
        when: When::new(),
        effect: Effect::Notice,
        exemptions: BTreeSet::new(),
        duties: BTreeSet::new(),
        objective: Objective::Other,
        cite: "s. 1".to_owned(),
        note: text("note"),
        combine: None,
        notes: Vec::new(),
    }
}

fn revision(scope: Scope, entries: Vec<Entry>) -> Revision {
    Revision {
        list: id("XA/list"),
        version: Version::new(1, 0, 0),
        title: text("title"),
        authority: "Nobody".to_owned(),
        published: id("2020-01-02"),
        effective: Some(id::<Effective>("2020-01-02")),
        expires: None,
        repeals: false,
        withdraws: BTreeSet::new(),
        retroactive: None,
        catalog: VersionReq::parse("^1.0").unwrap(),
        status: Status::Transcribed,
        scope,
        border: None,
        within: false,
        displaces: BTreeSet::new(),
        applies_when: When::new(),
        applies_to: Destinations::Any,
        summary: text("summary"),
        source: Source {
            title: "Act".to_owned(),
            citation: "Act 1".to_owned(),
            url: "https://example.org/".to_owned(),
            checked: id::<At>("2020-01-01").0,
            confidence: Confidence::High,
        },
        groups: BTreeMap::from([(id("friends"), ids(&["XC"]))]),
        combine: BTreeMap::from([(id("bulk"), ids(&["research"]))]),
        entries: entries.into_iter().map(|it| (it.id.clone(), Arc::new(it))).collect(),
        doubts: Vec::new(),
        notes: Vec::new(),
    }
}

// The generators.

fn any_when() -> impl Strategy<Value = When> {
    vec(any_condition(), 0..=2).prop_map(|it| it.into_iter().collect())
}

fn any_condition() -> impl Strategy<Value = (FactId, Condition)> {
    prop_oneof![
        2 => any::<bool>().prop_map(|it| (id("critical"), Condition::Flag(it))),
        2 => subsequence(SECTORS.to_vec(), 1..=2).prop_map(|it| (id("sector"), Condition::Choice(ids(&it)))),
        3 => (any_bounds(), select(&WINDOWS[..]))
            .prop_map(|(it, window)| (id("subjects"), Condition::Count(it, Some(id(window))))),
        1 => any_bounds().prop_map(|it| (id("subjects"), Condition::Count(it, None))),
    ]
}

fn any_bounds() -> impl Strategy<Value = Bounds> {
    let bounds = |from: Option<u64>, below: Option<u64>| Bounds::new(from.map(count), below.map(count)).unwrap();
    let all = [(Some(10), None), (Some(100), None), (Some(10), Some(100)), (None, Some(10)), (None, Some(100))];
    select(all.map(|(from, below)| bounds(from, below)).to_vec())
}

fn any_category() -> impl Strategy<Value = CategoryId> {
    prop_oneof![6 => select(&CATEGORIES[..]), 1 => select(&FORMER[..])].prop_map(id)
}

fn any_destinations() -> impl Strategy<Value = Destinations> {
    let member =
        || prop_oneof![select(&PLACES[..]).prop_map(|it| Member::Place(id(it))), Just(Member::Group(id("friends")))];
    prop_oneof![
        4 => Just(Destinations::Any),
        1 => btree_set(member(), 1..=2).prop_map(Destinations::Only),
        1 => btree_set(member(), 1..=2).prop_map(Destinations::Except),
    ]
}

fn any_effect() -> impl Strategy<Value = Effect> {
    let when = prop_oneof![3 => Just(When::new()), 1 => any_when()];
    let way =
        (subsequence(MECHANISMS.to_vec(), 1..=2), when).prop_map(|(all, when)| Alternative { all: ids(&all), when });
    prop_oneof![
        1 => Just(Effect::Notice),
        6 => vec(way, 1..=2).prop_map(Effect::Conditional),
        1 => Just(Effect::Undetermined),
        2 => Just(Effect::Prohibited),
    ]
}

fn any_entry() -> impl Strategy<Value = Entry> {
    let what = (btree_set(any_category(), 1..=2), btree_set(any_category(), 0..=1));
    let exemptions = subsequence(EXEMPTIONS.to_vec(), 0..=2);
    (what, any_destinations(), any_when(), any_effect(), exemptions).prop_map(
        |((categories, except), to, when, effect, exemptions)| Entry {
            categories,
            except,
            to,
            when,
            effect,
            exemptions: ids(&exemptions),
            ..plain("entry", &[])
        },
    )
}

/// Entries whose thresholds are mostly shared, and which hang on little else.
fn any_bulk_entry() -> impl Strategy<Value = Entry> {
    let effect = select(vec![
        Effect::Prohibited,
        Effect::Conditional(vec![Alternative { all: ids(&["clauses"]), when: When::new() }]),
    ]);
    let category = || select(&BULK_CATEGORIES[..]).prop_map(id::<CategoryId>);
    let what = (btree_set(category(), 1..=2), select(&COUNTS[1..]), effect, prop::bool::weighted(0.8));
    what.prop_map(|(categories, from, effect, is_combined)| {
        let bounds = Bounds::new(Some(count(from)), None).unwrap();
        let when = When::from([(id("subjects"), Condition::Count(bounds, Some(id(WINDOWS[0]))))]);
        Entry { categories, when, effect, combine: is_combined.then(|| id("bulk")), ..plain("entry", &[]) }
    })
}

/// What kind of revisions are compared.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    /// All kinds of conditions, and questions with one item.
    Plain,
    /// Shared thresholds, and questions with several items.
    Bulk,
}

/// What becomes of a revision in the next.
#[derive(Clone, Debug)]
enum Change {
    Add(Entry),
    Remove(Index),
    Replace(Index, Entry),
    /// One entry takes one part of another.
    When(Index, When),
    To(Index, Destinations),
    Effect(Index, Effect),
    Exemptions(Index, Vec<&'static str>),
    Cite(Index),
    Scope(Scope),
    Reach(When, Destinations, bool),
}

fn any_change(entry: BoxedStrategy<Entry>, kind: Kind) -> BoxedStrategy<Change> {
    let index = any::<Index>;
    let plain = prop_oneof![
        2 => entry.clone().prop_map(Change::Add),
        3 => index().prop_map(Change::Remove),
        1 => (index(), entry).prop_map(|(index, it)| Change::Replace(index, it)),
        1 => index().prop_map(Change::Cite),
    ];
    if kind == Kind::Bulk {
        return plain.boxed();
    }
    prop_oneof![
        7 => plain,
        3 => (index(), any_when()).prop_map(|(index, it)| Change::When(index, it)),
        2 => (index(), any_destinations()).prop_map(|(index, it)| Change::To(index, it)),
        4 => (index(), any_effect()).prop_map(|(index, it)| Change::Effect(index, it)),
        2 => (index(), subsequence(EXEMPTIONS.to_vec(), 0..=2)).prop_map(|(index, it)| Change::Exemptions(index, it)),
        1 => any_scope().prop_map(Change::Scope),
        1 => (any_when(), any_destinations(), any::<bool>()).prop_map(|(when, to, it)| Change::Reach(when, to, it)),
    ]
    .boxed()
}

fn any_scope() -> impl Strategy<Value = Scope> {
    prop_oneof![2 => Just(Scope::All), 1 => btree_set(any_category(), 1..=2).prop_map(Scope::Only)]
}

/// A revision, and what one or two changes make of it.
fn any_pair(entry: BoxedStrategy<Entry>, kind: Kind) -> impl Strategy<Value = (Revision, Revision)> {
    let reach = (any_when(), any_destinations(), any::<bool>()).prop_map(Some);
    let reach = match kind {
        Kind::Plain => prop_oneof![4 => Just(None), 1 => reach].boxed(),
        Kind::Bulk => Just(None).boxed(),
    };
    let scope = match kind {
        Kind::Plain => any_scope().boxed(),
        Kind::Bulk => Just(Scope::All).boxed(),
    };
    (vec(entry.clone(), 1..=4), scope, reach, vec(any_change(entry, kind), 1..=2)).prop_map(
        |(entries, scope, reach, changes)| {
            let entries = entries.into_iter().enumerate();
            let entries = entries.map(|(number, it)| Entry { id: id(&format!("entry-{number}")), ..it }).collect();
            let mut before = revision(scope, entries);
            if let Some((when, to, within)) = reach {
                before = changed(before, Change::Reach(when, to, within));
            }
            let after = changes.into_iter().fold(before.clone(), changed);
            (before, after)
        },
    )
}

fn changed(mut revision: Revision, change: Change) -> Revision {
    let mut edit = |index: Index, edit: &dyn Fn(&mut Entry)| {
        let all: Vec<_> = revision.entries.keys().cloned().collect();
        if !all.is_empty() {
            let entry = revision.entries.get_mut(index.get(&all)).unwrap();
            edit(Arc::make_mut(entry));
        }
    };
    match change {
        Change::Add(entry) => drop(revision.entries.insert(id("new"), Arc::new(Entry { id: id("new"), ..entry }))),
        Change::Remove(index) => {
            let all: Vec<_> = revision.entries.keys().cloned().collect();
            if !all.is_empty() {
                revision.entries.remove(index.get(&all));
            }
        }
        Change::Replace(index, entry) => edit(index, &|it| *it = Entry { id: it.id.clone(), ..entry.clone() }),
        Change::When(index, when) => edit(index, &|it| it.when.clone_from(&when)),
        Change::To(index, to) => edit(index, &|it| it.to.clone_from(&to)),
        Change::Effect(index, effect) => edit(index, &|it| it.effect.clone_from(&effect)),
        Change::Exemptions(index, exemptions) => edit(index, &|it| it.exemptions = ids(&exemptions)),
        Change::Cite(index) => edit(index, &|it| "s. 2".clone_into(&mut it.cite)),
        Change::Scope(scope) => revision.scope = scope,
        Change::Reach(when, to, within) => {
            (revision.applies_when, revision.applies_to, revision.within) = (when, to, within);
        }
    }
    revision
}

/// The outcomes are in the order of severity, which the comparison rests on.
#[test]
fn severity_is_the_order_of_outcomes() {
    assert!(Outcome::Permitted < Outcome::Conditional && Outcome::Conditional < Outcome::Unknown);
    assert!(Outcome::Unknown < Outcome::Prohibited);
}
