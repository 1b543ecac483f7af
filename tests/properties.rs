//! Properties of answers, over small worlds in which everything collides: six
//! categories with a link across, seven places with a bloc whose members come
//! and go, a few facts of each kind, lists with random revisions, seven days.
//!
//! The generator is seeded, so that every run asks the same, and afterwards
//! every pair of floor and outcome must have been seen.

#![expect(clippy::indexing_slicing, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use neglist::canon::{
    Chains, EntryForm, IssuedForm, Origin, Publication, entry_from, exam_from_json, question_from_json, question_json,
};
use neglist::evaluate::answer;
use neglist::journal::snapshot;
use neglist::model::date::Date;
use neglist::model::place::Inside;
use neglist::model::{
    Alternative, Answer, Applies, At, Bounds, CaseValue, CategoryId, Condition, Count, Effect, Entries, Entry, FactId,
    Item, Jurisdiction, ListId, Open, Outcome, PlaceKind, Question, Revision, Scope, State, Subjects, Value, When,
    WindowId, sharing,
};
use neglist::store::index;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestCaseError;

#[path = "common/worlds.rs"]
mod worlds;

use worlds::*;

// An exam is as strict as it says.

#[test]
fn an_expectation_is_met_by_all_that_it_says() {
    let way = Alternative { all: ids(&["clauses"]), when: When::new() };
    let entry = plain("entry", &["personal"], Effect::Conditional(vec![way]));
    let state = state(world(2, 8), vec![blank("XA/list", 2, vec![entry])]);
    let is_met = |expect: &str| {
        let question = r#"{"from":"XA","to":"XE","items":[{"category":"personal"}],"at":"2020-01-05"}"#;
        let line = format!(r#"{{"id":"XA-7","question":{question},"expect":{expect},"basis":"s. 1"}}"#);
        let exam = exam_from_json(&line).unwrap();
        assert_eq!(exam.place(), "XA");
        exam.expect.is_met_by(&answer(&state, &exam.question))
    };
    for (expect, expected) in [
        (r#"{"outcome":"conditional"}"#, true),
        (r#"{"outcome":"permitted"}"#, false),
        (r#"{"outcome":"conditional","mechanisms":["assessment","clauses"],"decided":true}"#, true),
        (r#"{"outcome":"conditional","mechanisms":["assessment"]}"#, false),
        (r#"{"outcome":"prohibited","mechanisms":["clauses"],"decided":true}"#, false),
        (r#"{"outcome":"conditional","mechanisms":["clauses"],"decided":false}"#, false),
    ] {
        assert_eq!(is_met(expect), expected, "{expect}");
    }
}

// No way is closed where the entry does not apply anyway.

#[test]
fn what_an_entry_asks_for_opens_the_ways_that_ask_for_the_same() {
    let banking = || When::from([(id("sector"), Condition::Choice(ids(&["banking"])))]);
    let way = Alternative { all: ids(&["clauses"]), when: banking() };
    let entry = |when| Entry { when, ..plain("entry", &["personal"], Effect::Conditional(vec![way.clone()])) };
    let found = |when, has_clauses: bool| {
        let state = state(world(2, 8), vec![blank("XA/list", 2, vec![entry(when)])]);
        let facts = has_clauses.then(|| (id("clauses"), Value::Flag(true))).into_iter().collect();
        let question = Question { facts, ..ask("XA", Some("XE"), "personal", None, 5) };
        let answer = answer(&state, &question);
        (answer.outcome, answer.depends_on.iter().map(|it| it.on.clone()).collect::<Vec<_>>())
    };
    let on_sector = || vec![Open::Fact(id("sector"))];
    assert_eq!(found(banking(), false), (Outcome::Conditional, on_sector()));
    // Where it applies to all, some have no way.
    assert_eq!(found(When::new(), false), (Outcome::Prohibited, on_sector()));
    // Whether it applies, and whether the way is open that is in place, hang on
    // the same.
    let more = When::from([(id("sector"), Condition::Choice(ids(&["banking", "mining"])))]);
    assert_eq!(found(more, true), (Outcome::Prohibited, on_sector()));
}

// What cannot change the outcome is not asked for.

#[test]
fn an_outcome_hangs_on_nothing_that_leaves_it_as_it_is() {
    let critical = || When::from([(id("critical"), Condition::Flag(true))]);
    let entry = |name, when, effect| Entry { when, ..plain(name, &["personal.contact"], effect) };
    let hangs_on = |revisions: Vec<Revision>, categories: &[&str]| {
        let item = |it: &&str| Item { category: id(it), subjects: None };
        let question = ask("XA", Some("XE"), "personal.contact", None, 5);
        let question = Question { items: categories.iter().map(item).collect(), ..question };
        let state = state(world(2, 8), revisions);
        let answer = answer(&state, &question);
        (answer.floor, answer.outcome, answer.depends_on.iter().map(|it| it.on.clone()).collect::<Vec<_>>())
    };
    // What is prohibited anyway is so under another entry, too, or not.
    let entries = |always| vec![entry("always", When::new(), always), entry("maybe", critical(), Effect::Prohibited)];
    let of_entries = |always| hangs_on(vec![blank("XA/list", 2, entries(always))], &["personal.contact"]);
    assert_eq!(of_entries(Effect::Prohibited), (Outcome::Prohibited, Outcome::Prohibited, vec![]));
    let on_critical = vec![Open::Fact(id("critical"))];
    assert_eq!(of_entries(Effect::Undetermined), (Outcome::Unknown, Outcome::Prohibited, on_critical.clone()));
    // Nor does it matter whether a list is silent where another does not know.
    let of_silence = |always| {
        let scope = |category: &str| Scope::Only(ids(&[category]));
        let knows_not = blank("XA/one", 2, vec![entry("always", When::new(), always)]);
        let may_speak = blank("XA/two", 2, Vec::new());
        let lists = vec![
            Revision { scope: scope("personal.contact"), ..knows_not },
            Revision { scope: scope("research"), applies_when: critical(), ..may_speak },
        ];
        hangs_on(lists, &["personal.contact", "research"])
    };
    assert_eq!(of_silence(Effect::Undetermined), (Outcome::Unknown, Outcome::Unknown, vec![]));
    assert_eq!(of_silence(Effect::Notice), (Outcome::Permitted, Outcome::Unknown, on_critical));
}

// A list that gives way to another can still make one give way to itself.

#[test]
fn an_outcome_hangs_on_lists_that_displace_and_are_displaced() {
    let held = Condition::Count(Bounds::new(Some(count(100)), None).unwrap(), None);
    let displacing = |list: &str, other: &str| Revision { displaces: ids(&[other]), ..blank(list, 2, Vec::new()) };
    let middle = displacing("XA/middle", "XA/last");
    let revisions = vec![
        displacing("XA/first", "XA/middle"),
        Revision { applies_when: When::from([(id("held"), held)]), ..middle },
        blank("XA/last", 2, vec![plain("entry", &["personal"], Effect::Prohibited)]),
    ];
    let answer_of = |facts: &[(&str, Value)]| {
        let facts = facts.iter().map(|(fact, value)| (id(fact), value.clone())).collect();
        let question = Question { facts, ..ask("XA", Some("XE"), "personal", None, 5) };
        let state = state(world(2, 8), revisions.clone());
        let answer = answer(&state, &question);
        let cases = answer.depends_on.iter().flat_map(|it| &it.cases).map(|it| it.outcome).collect::<Vec<_>>();
        (answer.outcome, cases)
    };
    assert_eq!(answer_of(&[("held", Value::Count(count(99)))]), (Outcome::Prohibited, vec![]));
    assert_eq!(answer_of(&[("held", Value::Count(count(100)))]), (Outcome::Permitted, vec![]));
    assert_eq!(answer_of(&[]), (Outcome::Prohibited, vec![Outcome::Prohibited, Outcome::Permitted]));
}

// What has ended says how.

#[test]
fn what_has_ended_says_how() {
    let notes = |expires: Option<i8>, repeals: bool| {
        let revision = Revision { expires: expires.map(date), repeals, ..blank("XA/list", 2, Vec::new()) };
        let state = state(world(2, 8), vec![revision]);
        let question = ask("XA", Some("XE"), "personal", None, 6);
        answer(&state, &question).notes.iter().map(|it| it.text.en.clone()).collect::<Vec<_>>().join("\n")
    };
    let (ran_out, was_ended) = ("XA/list 1.0.0 ran out on 2020-01-05", "XA/list was ended by its version 1.0.0");
    for (expires, repeals, expected) in [
        (None, false, None),
        (Some(7), false, None),
        (Some(5), false, Some(ran_out)),
        (None, true, Some(was_ended)),
        // What ends a list does so from its first day.
        (Some(5), true, Some(was_ended)),
    ] {
        let found = notes(expires, repeals);
        for text in [ran_out, was_ended] {
            assert_eq!(found.contains(text), expected == Some(text), "{expires:?} {repeals}: {found}");
        }
    }
}

// Entries that share what they can with those before are no others.

#[test]
fn entries_that_share_with_those_before_are_the_same() {
    let entries = |kept: Vec<Option<Entry>>| -> Vec<Arc<Entry>> {
        let numbered = kept.into_iter().enumerate();
        let named =
            |(number, it): (usize, Option<Entry>)| Some(Arc::new(Entry { id: id(&format!("e{number}")), ..it? }));
        numbered.filter_map(named).collect()
    };
    let some = || vec(proptest::option::of(any_entry()), 0..=8);
    run(300, &(some(), some(), vec(any::<bool>(), 8)), |(before, after, is_kept)| {
        let (before, mut after) = (entries(before), entries(after));
        let kept = is_kept.iter().zip(&before).filter(|(is_kept, _)| **is_kept).map(|(_, it)| it);
        for kept in kept {
            match after.binary_search_by(|it| it.id.cmp(&kept.id)) {
                Ok(position) => after[position] = Arc::clone(kept),
                Err(position) => after.insert(position, Arc::clone(kept)),
            }
        }
        let anew =
            |entries: &[Arc<Entry>]| -> Entries { entries.iter().map(|it| (it.id.clone(), Arc::clone(it))).collect() };
        let first = anew(&before);
        prop_assert_eq!(&sharing(&first, &after), &anew(&after));
        // What did not change is not written again.
        prop_assert!(sharing(&first, &before).ptr_eq(&first));
        Ok(())
    });
}

// An entry applies where stating what is open, in every possible way, says so.

#[test]
fn maybe_means_that_some_completions_apply_and_some_do_not() {
    let seen = std::cell::RefCell::new([0; 3]);
    let lists = (any_when(), any_when(), vec((any_when(), any_scope()), 0..=2), any_destinations());
    run(250, &(lists, any_facts(), any_subjects()), |((when, applies_when, displacing, to), facts, subjects)| {
        // The entry and its list; the lists that displace it.
        let entry = Entry { when, ..plain("entry", &["personal.contact"], Effect::Prohibited) };
        let mut revision = Revision { applies_when, ..blank("XA/list", 2, vec![entry]) };
        revision.applies_to = to;
        let mut revisions = vec![revision];
        for (number, (applies_when, scope)) in displacing.into_iter().enumerate() {
            let displaces = BTreeSet::from([id::<ListId>("XA/list")]);
            let list = format!("XA/displacing-{number}");
            revisions.push(Revision { applies_when, scope, displaces, ..blank(&list, 2, Vec::new()) });
        }
        let state = state(world(2, 8), revisions);
        let question = Question { facts, ..ask("XA", Some("XE"), "personal.contact", subjects, 5) };
        let applies = how_it_applies(&state, &question);
        let completions: Vec<_> = completions(&question).iter().map(|it| how_it_applies(&state, it)).collect();
        let all = completions.iter().all(|it| *it == Applies::Yes);
        let none = completions.iter().all(|it| *it == Applies::No);
        let decided = completions.iter().all(|it| !matches!(it, Applies::Maybe(_)));
        prop_assert!(decided, "a fully stated question leaves the entry open: {:?}", completions);
        let (number, is_right) = match &applies {
            Applies::No => (0, none),
            Applies::Maybe(open) => (1, !all && !none && !open.is_empty()),
            Applies::Yes => (2, all),
        };
        seen.borrow_mut()[number] += 1;
        prop_assert!(is_right, "{applies:?}, and the completions are {completions:?}");
        Ok(())
    });
    assert!(seen.borrow().iter().all(|it| 10 < *it), "no, maybe, yes: {:?}", seen.borrow());
}

/// Returns how the one entry of a state applies.
fn how_it_applies(state: &State, question: &Question) -> Applies {
    match answer(state, question).matches.as_slice() {
        [] => Applies::No,
        [found] => found.applies.clone(),
        more => unreachable!("there is one entry: {more:?}"),
    }
}

// The outcome is the strictest that is still possible.

#[test]
fn the_outcome_is_never_milder_than_that_of_a_completion() {
    let seen = std::cell::RefCell::new(BTreeMap::<(Outcome, Outcome), u32>::new());
    run(150, &(any_state(), vec(any_question(), 3)), |(state, questions)| {
        for question in questions {
            let open = answer(&state, &question);
            *seen.borrow_mut().entry((open.floor, open.outcome)).or_default() += 1;
            prop_assert!(open.floor <= open.outcome);
            let is_definite = is_definite(&state, &question);
            for completion in completions(&question) {
                let stated = answer(&state, &completion);
                prop_assert!(
                    stated.outcome <= open.outcome,
                    "{} above {}: {completion:?}",
                    stated.outcome.word(),
                    open.outcome.word()
                );
                prop_assert!(
                    open.floor <= stated.outcome,
                    "{} below {}: {completion:?}",
                    stated.outcome.word(),
                    open.floor.word()
                );
                if is_definite {
                    prop_assert!(stated.is_decided(), "undecided, and everything is stated: {completion:?}");
                    prop_assert_eq!(&stated.depends_on, &Vec::new());
                }
            }
            narrower_and_farther(&state, &question, &open)?;
            cases_are_what_stating_them_leads_to(&state, &question, &open)?;
        }
        Ok(())
    });
    let mut expected = BTreeSet::new();
    for floor in Outcome::ALL {
        expected.extend(Outcome::ALL.into_iter().filter(|it| floor <= *it).map(|it| (floor, it)));
    }
    let seen: BTreeMap<_, _> = seen.into_inner();
    assert_eq!(seen.keys().copied().collect::<BTreeSet<_>>(), expected, "{seen:?}");
}

// What names a category by a former id means what became of it.

#[test]
fn a_former_id_is_another_name_for_what_became_of_it() {
    let seen = std::cell::Cell::new(0);
    let question = (any_question(), select(&CATEGORIES[..]));
    run(150, &(any_revisions(), vec(question, 3)), |(revisions, questions)| {
        let rewritten = revisions.iter().map(|it| it.iter().map(in_words_of_today).collect()).collect::<Vec<_>>();
        seen.set(seen.get() + usize::from(rewritten != revisions));
        let flat = |it: Vec<Vec<Revision>>| it.into_iter().flatten().collect();
        let (former, today) = (state(world(2, 8), flat(revisions)), state(world(2, 8), flat(rewritten)));
        for (question, category) in questions {
            // Whoever asks by the id of today gets the same of both.
            let mut asked = question.clone();
            asked.items.iter_mut().for_each(|it| it.category = id(category));
            let (one, other) = (answer(&former, &asked), answer(&today, &asked));
            prop_assert_eq!((one.outcome, one.floor, one.requires), (other.outcome, other.floor, other.requires));
            // And whoever asks by a former one gets what one of today would get.
            let moved = with_category(&question, "personal.phone");
            let (one, other) =
                (answer(&former, &moved), answer(&former, &with_category(&question, "personal.contact")));
            prop_assert_eq!((one.outcome, one.floor, one.requires), (other.outcome, other.floor, other.requires));
            // What was split may be any of its parts.
            let split = answer(&former, &with_category(&question, "medical")).outcome;
            for part in ["personal.health", "research.genome"] {
                let part = answer(&former, &with_category(&question, part)).outcome;
                prop_assert!(part <= split, "{} above {}", part.word(), split.word());
            }
        }
        Ok(())
    });
    assert!(50 < seen.get());
}

fn with_category(question: &Question, category: &str) -> Question {
    let mut question = question.clone();
    question.items.iter_mut().for_each(|it| it.category = id(category));
    question
}

/// Returns a revision that says the same without the ids that were moved or
/// split.
fn in_words_of_today(revision: &Revision) -> Revision {
    let today = |it: &BTreeSet<CategoryId>| {
        let became = |it: &CategoryId| match it.as_str() {
            "personal.phone" => ids(&["personal.contact"]),
            "medical" => ids(&["personal.health", "research.genome"]),
            _ => BTreeSet::from([it.clone()]),
        };
        it.iter().flat_map(became).collect::<BTreeSet<CategoryId>>()
    };
    let mut revision = revision.clone();
    if let Scope::Only(scope) = &mut revision.scope {
        *scope = today(scope);
    }
    let renamed = revision.entries.iter().map(|(id, entry)| {
        let (categories, except) = (today(&entry.categories), today(&entry.except));
        (id.clone(), Arc::new(Entry { categories, except, ..entry.as_ref().clone() }))
    });
    revision.entries = renamed.collect();
    revision
}

// So it is where thresholds are shared, and naming something narrower would
// lower one.

#[test]
fn what_an_item_may_include_may_lower_the_thresholds_of_others() {
    let seen = std::cell::Cell::new(0);
    let entry = (any_category(), select(&COUNTS[1..]), any::<bool>()).prop_map(|(category, from, is_combined)| {
        let bounds = Bounds::new(Some(count(from)), None).unwrap();
        let when = When::from([(id("subjects"), Condition::Count(bounds, Some(id(WINDOWS[0]))))]);
        let combine = is_combined.then(|| id("bulk"));
        Entry { when, combine, ..plain("entry", &[category.as_str()], Effect::Prohibited) }
    });
    let item = (any_category(), prop::option::weighted(0.8, select(vec![0, 9, 10, 99, 100])));
    run(80, &(vec(entry, 2..=3), vec(item, 2..=3)), |(entries, items)| {
        let entries = entries.into_iter().enumerate();
        let entries = entries.map(|(number, it)| Entry { id: id(&format!("entry-{number}")), ..it }).collect();
        let state = state(world(2, 8), vec![blank("XA/one", 2, entries)]);
        let item = |(category, number): (CategoryId, Option<u64>)| {
            let subjects = number.map(|it| Subjects::Each(count(it)));
            Item { category, subjects }
        };
        let items = items.into_iter().map(item).collect();
        let question = Question { items, ..ask("XA", Some("XE"), "personal", None, 5) };
        let open = answer(&state, &question);
        seen.set(seen.get() + usize::from(!open.is_decided()));
        for completion in completions(&question) {
            let stated = answer(&state, &completion);
            prop_assert!(stated.outcome <= open.outcome && open.floor <= stated.outcome, "{completion:?}");
        }
        narrower_and_farther(&state, &question, &open)
    });
    assert!(10 < seen.get());
}

/// Returns whether nothing but facts can be open: the categories have nothing
/// below them, and the destination is no bloc that lies partly somewhere.
fn is_definite(state: &State, question: &Question) -> bool {
    let is_leaf =
        |it: &Item| LEAVES.contains(&it.category.as_str()) && it.category.as_str() != "personal.health.genomic";
    let is_place = |it: &Jurisdiction| state.places.find(it).is_some_and(|it| it.kind != PlaceKind::Bloc);
    question.items.iter().all(is_leaf) && question.to.as_ref().is_some_and(is_place)
}

/// Naming something narrower, or a destination outside every border, leads to
/// nothing severer.
fn narrower_and_farther(state: &State, question: &Question, open: &Answer<'_>) -> Result<(), TestCaseError> {
    for (index, item) in question.items.iter().enumerate() {
        for leaf in LEAVES.map(id::<CategoryId>).into_iter().filter(|it| state.categories.covers(&item.category, it)) {
            let mut narrower = question.clone();
            narrower.items[index].category = leaf;
            let stated = answer(state, &narrower).outcome;
            prop_assert!(stated <= open.outcome, "{} above {}: {narrower:?}", stated.word(), open.outcome.word());
        }
    }
    if question.to.is_none() {
        let from = state.places.whereabouts(&question.from, question.at);
        let is_around = |outer: &Jurisdiction| from.inside(|it| it == outer) == Inside::All;
        for place in PLACES.map(id::<Jurisdiction>) {
            if state.places.whereabouts(&place, question.at).inside(is_around) == Inside::None {
                let there = answer(state, &Question { to: Some(place), ..question.clone() });
                prop_assert!(there.outcome <= open.outcome && open.floor <= there.outcome);
            }
        }
    }
    Ok(())
}

/// What an answer says a case would lead to, stating it does lead to.
fn cases_are_what_stating_them_leads_to(
    state: &State,
    question: &Question,
    open: &Answer<'_>,
) -> Result<(), TestCaseError> {
    for dependence in &open.depends_on {
        prop_assert!(!dependence.cases.is_empty());
        for case in &dependence.cases {
            let mut stated = question.clone();
            let mut ends = Vec::new();
            match (&dependence.on, &case.value) {
                (Open::Fact(fact), CaseValue::Flag(value)) => {
                    stated.facts.insert(fact.clone(), Value::Flag(*value));
                }
                (Open::Fact(fact), CaseValue::Choice(choice)) => {
                    stated.facts.insert(fact.clone(), Value::Choice(choice.clone()));
                }
                (Open::Fact(fact), CaseValue::Count(from, below)) => {
                    // The first and the last of the range lead to the same.
                    ends = vec![*from];
                    ends.extend(below.and_then(|it| Count::new(it.number() - 1).ok()));
                    if fact.as_str() != "subjects" {
                        stated.facts.insert(fact.clone(), Value::Count(*from));
                        ends.clear();
                    }
                }
                (Open::Destination, CaseValue::To(place)) => stated.to = Some(place.clone()),
                (Open::Category(_), _) | (Open::Destination, CaseValue::Elsewhere) => continue,
                (on, value) => prop_assert!(false, "{value:?} is no case of {on:?}"),
            }
            let mut all = vec![stated];
            if !ends.is_empty() {
                all = ends.iter().map(|it| with_open_subjects(question, *it)).collect();
            }
            for stated in all {
                let found = answer(state, &stated);
                prop_assert_eq!(
                    (found.outcome, found.floor, &found.requires),
                    (case.outcome, case.floor, &case.requires),
                    "{:?} {:?}",
                    dependence.on,
                    case.value
                );
            }
        }
    }
    Ok(())
}

fn with_open_subjects(question: &Question, count: Count) -> Question {
    let mut question = question.clone();
    for item in question.items.iter_mut().filter(|it| !matches!(it.subjects, Some(Subjects::Each(_)))) {
        item.subjects = Some(Subjects::Each(count));
    }
    question
}

// An answer holds as long as it says, and no longer.

#[test]
fn within_its_interval_an_answer_stays_the_same() {
    let ended = std::cell::RefCell::new(0);
    run(250, &(any_state(), vec(any_question(), 3)), |(state, questions)| {
        for question in questions {
            let on = |day: i8| answer(&state, &Question { at: At(date(day)), ..question.clone() });
            let found = answer(&state, &question);
            let valid = &found.valid;
            prop_assert!(valid.from.is_none_or(|it| it <= question.at.0));
            prop_assert!(valid.until.is_none_or(|it| question.at.0 < it));
            prop_assert_eq!(valid.until.is_some(), valid.ends_with.is_some());
            for day in ASKED {
                let it = date(day);
                if valid.from.is_none_or(|from| from <= it) && valid.until.is_none_or(|until| it < until) {
                    prop_assert_eq!(verdict(&on(day)), verdict(&found), "on {}", it);
                }
            }
            for day in valid.from.map(|it| it.day() - 1).into_iter().chain(valid.until.map(Date::day)) {
                *ended.borrow_mut() += 1;
                let there = on(day);
                let differs = verdict(&there) != verdict(&found) || opens(&there) != opens(&found);
                prop_assert!(differs, "nothing differs on {}", date(day));
            }
        }
        Ok(())
    });
    assert!(200 < ended.into_inner());
}

/// What a question gets, as far as a reader sees it.
fn verdict(answer: &Answer<'_>) -> impl PartialEq + std::fmt::Debug + use<> {
    (
        (answer.outcome, answer.floor, answer.unknown_reason),
        (answer.requires.clone(), answer.relied_on.clone()),
        (answer.exemptions.clone(), answer.duties.clone()),
    )
}

/// What it hangs on. Where the silence of a list is open, only the lists that
/// were asked show it.
fn opens(answer: &Answer<'_>) -> impl PartialEq + use<> {
    let of_matches: Vec<_> = answer.matches.iter().map(|it| (it.applies.clone(), it.satisfied.clone())).collect();
    let lists: Vec<_> = answer.consulted.iter().map(|it| it.issued.revision.list.clone()).collect();
    (answer.depends_on.clone(), of_matches, lists)
}

// What is written is read back the same.

#[test]
fn what_is_written_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    let strategy = (any_revisions(), btree_map(select(&PLACES[..]), any_membership(), 0..=3), vec(any_question(), 3));
    run(40, &strategy, |(revisions, members, questions)| {
        let places = places(members);
        let world = (categories(), vocabulary(), places.clone());
        let mut chains = Chains::default();
        let mut lines = Vec::new();
        let publications = [
            Publication::Origin(Origin { name: "neglist/properties".to_owned(), root_key: None }),
            Publication::Categories(world.0),
            Publication::Facts(world.1),
            Publication::Jurisdictions(world.2),
        ];
        let revisions = revisions.into_iter().flatten().map(|it| Publication::Revision(Box::new(it)));
        for publication in publications.into_iter().chain(revisions) {
            let record = chains.prepare(publication, "2020-01-01T00:00:00Z").unwrap();
            prop_assert_eq!(&chains.read(record.line()).unwrap(), &record);
            lines.push(record.line().to_vec());
            chains = chains.append(record);
        }
        let state = chains.state().unwrap();

        for issued in state.lists.values().flat_map(|it| &it.revisions) {
            let header = IssuedForm::bare(&issued.revision, issued.sequence, issued.previous);
            let entries =
                issued.revision.entries.values().map(|it| Arc::new(entry_from(EntryForm::from(it.as_ref())).unwrap()));
            let read = header.read(entries.map(|it| (it.id.clone(), it)).collect()).unwrap();
            prop_assert_eq!(&read, &issued.revision);
        }
        index::write(&path, &state).unwrap();
        prop_assert_eq!(&index::read(&path, &state.head).unwrap(), &state);

        let bytes = snapshot::write(&state.head, &lines).unwrap();
        prop_assert_eq!(&snapshot::read_head(&bytes).unwrap(), &state.head);
        let unpacked = snapshot::read(&bytes).unwrap();
        prop_assert_eq!(unpacked.head, state.head.clone());
        prop_assert_eq!(unpacked.records.iter().map(|it| it.line().to_vec()).collect::<Vec<_>>(), lines);
        prop_assert_eq!(unpacked.chains.state().unwrap(), state);

        for question in questions {
            prop_assert_eq!(&question_from_json(&question_json(&question).to_string()).unwrap(), &question);
        }
        Ok(())
    });
}

// Completions.

/// Returns a question with everything stated that its facts leave open, in
/// every way that a condition of these worlds can tell apart.
fn completions(question: &Question) -> Vec<Question> {
    let mut all = vec![Question { ordinary: false, ..question.clone() }];
    let flags = FLAGS.map(|it| (it, vec![Value::Flag(true), Value::Flag(false)]));
    let sectors = SECTORS.iter().map(|it| Value::Choice(id(it))).collect();
    let held = COUNTS.iter().map(|it| Value::Count(count(*it))).collect();
    for (fact, values) in flags.into_iter().chain([("sector", sectors), ("held", held)]) {
        let fact: FactId = id(fact);
        if question.facts.contains_key(&fact) {
            continue;
        }
        let is_flag = matches!(values.first(), Some(Value::Flag(_)));
        let values = if question.ordinary && is_flag { vec![Value::Flag(false)] } else { values };
        let with = |it: Question| {
            let state = |value: &Value| {
                let mut it = it.clone();
                it.facts.insert(fact.clone(), value.clone());
                it
            };
            values.iter().map(state).collect::<Vec<_>>()
        };
        all = all.into_iter().flat_map(with).collect();
    }
    for index in 0..question.items.len() {
        all = all.into_iter().flat_map(|it| with_subjects(&it, index)).collect();
    }
    all
}

/// Returns a question with the people of one item stated for every window.
fn with_subjects(question: &Question, index: usize) -> Vec<Question> {
    let stated = |window: &str| match question.items.get(index).and_then(|it| it.subjects.clone()) {
        Some(Subjects::Each(count)) => vec![count],
        Some(Subjects::In(counts)) => counts.get(window).map_or_else(any_count, |it| vec![*it]),
        None => any_count(),
    };
    let any = WINDOWS.map(stated);
    let mut all = Vec::new();
    for one in &any[0] {
        for other in &any[1] {
            let mut question = question.clone();
            let counts = WINDOWS.map(id::<WindowId>).into_iter().zip([*one, *other]);
            question.items[index].subjects = Some(Subjects::In(counts.collect()));
            all.push(question);
        }
    }
    all
}

fn any_count() -> Vec<Count> {
    COUNTS.map(count).to_vec()
}
