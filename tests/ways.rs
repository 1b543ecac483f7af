//! Asking the other way round: what is found is what asking everything finds.

#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "common/worlds.rs"]
mod worlds;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::Arc;

use neglist::canon::exam_from_json;
use neglist::evaluate::{Index, answer};
use neglist::journal::snapshot;
use neglist::model::{
    Count, Destinations, Effect, Entry, FactId, Jurisdiction, Member, Outcome, Question, Revision, State, Subjects,
    Value,
};
use neglist::seek::{Claims, Range, Route, destinations, headroom, prospects, routes, segments};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value as Json;
use worlds::{MECHANISMS, PLACES, any_question, any_state, count, id, run};

fn stating(question: &Question, stated: &BTreeSet<FactId>) -> Question {
    let mut question = question.clone();
    question.facts.extend(stated.iter().map(|it| (it.clone(), Value::Flag(true))));
    question
}

/// Returns all smallest sets of what may be stated that make all of some
/// questions lawful, by asking with every set there is.
fn smallest(state: &State, questions: &[Question], claimable: &[&str]) -> BTreeSet<BTreeSet<FactId>> {
    let is_open = |it: &&FactId| questions.iter().all(|question| !question.facts.contains_key(*it));
    let facts: Vec<FactId> = MECHANISMS.iter().chain(claimable).map(|it| id(it)).collect();
    let facts: Vec<_> = facts.iter().filter(is_open).collect();
    let sets = (0..1_usize << facts.len()).map(|bits| {
        let is_in = |(place, _): &(usize, &&FactId)| bits >> place & 1 == 1;
        facts.iter().enumerate().filter(is_in).map(|(_, it)| (*it).clone()).collect::<BTreeSet<_>>()
    });
    let permits =
        |set: &BTreeSet<FactId>| questions.iter().all(|it| answer(state, &stating(it, set)).outcome.permits());
    let all: Vec<_> = sets.filter(permits).collect();
    all.iter().filter(|set| !all.iter().any(|it| it != *set && it.is_subset(set))).cloned().collect()
}

#[test]
fn routes_are_all_that_suffices_and_nothing_more() {
    let seen = RefCell::new(BTreeMap::<(Outcome, usize), u64>::new());
    let questions = vec((any_question(), any_question()), 10);
    run(300, &(any_state(), questions), |(state, questions)| {
        let index = Index::new(Arc::new(state.clone()));
        for (one, other) in questions {
            // What goes from two places has the same facts and the same day.
            let other = Question { facts: one.facts.clone(), at: one.at, ..other };
            for (asked, claims, claimable) in [
                (vec![one.clone()], Claims::Any, &["emergency"][..]),
                (vec![one.clone()], Claims::Only(BTreeSet::new()), &[]),
                (vec![one, other], Claims::Any, &["emergency"]),
            ] {
                let found = routes(&index, &asked, &claims);
                prop_assert!(found.is_complete);
                let suffice: Vec<_> = found.routes.iter().filter(|it| it.suffices()).map(Route::stated).collect();
                let sets: BTreeSet<_> = suffice.iter().cloned().collect();
                prop_assert_eq!(sets.len(), suffice.len());
                prop_assert_eq!(&sets, &smallest(&state, &asked, claimable), "{:?}", asked);
                // What hangs on something was asked, too.
                for route in &found.routes {
                    let answers = || asked.iter().map(|it| answer(&state, &stating(it, &route.stated())));
                    prop_assert_eq!(Some(route.outcome), answers().map(|it| it.outcome).max());
                    prop_assert_eq!(Some(route.floor), answers().map(|it| it.floor).max());
                }
                let outcome = asked.iter().map(|it| answer(&state, it).outcome).max().unwrap();
                *seen.borrow_mut().entry((outcome, suffice.len().min(2))).or_default() += 1;
            }
        }
        Ok(())
    });
    let seen = seen.into_inner();
    // A question that cannot be answered has routes, too: an exemption may lift
    // what is undetermined.
    for expected in [
        (Outcome::Permitted, 1),
        (Outcome::Conditional, 0),
        (Outcome::Conditional, 1),
        (Outcome::Conditional, 2),
        (Outcome::Unknown, 0),
        (Outcome::Unknown, 1),
        (Outcome::Prohibited, 0),
        (Outcome::Prohibited, 1),
    ] {
        assert!(3 < seen.get(&expected).copied().unwrap_or_default(), "{expected:?}: {seen:?}");
    }
}

#[test]
fn each_place_gets_what_asking_for_it_alone_finds() {
    let seen = RefCell::new(BTreeMap::<(bool, Outcome), u64>::new());
    run(150, &(any_state(), vec((any_question(), any_question()), 6)), |(state, questions)| {
        let index = Index::new(Arc::new(state.clone()));
        let to: BTreeSet<Jurisdiction> = PLACES.iter().map(|it| id(it)).collect();
        for (one, other) in questions {
            let other = Question { from: other.from, ..one.clone() };
            let asked = if one.from == other.from { vec![one] } else { vec![one, other] };
            let claims = Claims::Only(BTreeSet::from([id("emergency")]));
            let found = prospects(&index, &asked, &to, &claims);
            let all: Vec<_> = found.iter().flat_map(|it| it.places.iter().cloned()).collect();
            prop_assert_eq!(all.len(), to.len());
            prop_assert_eq!(all.into_iter().collect::<BTreeSet<_>>(), to.clone());
            prop_assert!(found.is_sorted_by_key(|it| it.outcome));
            for (prospect, place) in found.iter().flat_map(|it| it.places.iter().map(move |place| (it, place))) {
                let alone: Vec<_> = asked.iter().map(|it| Question { to: Some(place.clone()), ..it.clone() }).collect();
                let answers: Vec<_> = alone.iter().map(|it| answer(&state, it)).collect();
                let home = answers.iter().find(|it| it.question.from == *place);
                if let Some(home) = home.filter(|it| it.outcome == Outcome::Unknown) {
                    // What no list speaks of is free to stay where it is.
                    if home.matches.is_empty() && answers.len() == 1 {
                        prop_assert_eq!(prospect.outcome, Outcome::Permitted);
                        *seen.borrow_mut().entry((true, Outcome::Unknown)).or_default() += 1;
                    }
                    continue;
                }
                let severest = answers.iter().map(|it| it.outcome).max().unwrap();
                prop_assert_eq!(prospect.outcome, severest);
                prop_assert_eq!(Some(prospect.floor), answers.iter().map(|it| it.floor).max());
                prop_assert_eq!(&prospect.route, &routes(&index, &alone, &claims).routes.into_iter().next());
                *seen.borrow_mut().entry((prospect.is_home, severest)).or_default() += 1;
            }
        }
        Ok(())
    });
    let seen = seen.into_inner();
    for outcome in Outcome::ALL {
        assert!(20 < seen.get(&(false, outcome)).copied().unwrap_or_default(), "{seen:?}");
    }
    for outcome in [Outcome::Permitted, Outcome::Unknown] {
        assert!(20 < seen.get(&(true, outcome)).copied().unwrap_or_default(), "{seen:?}");
    }
}

/// Returns all of an answer that may differ between two numbers of people.
fn gets(state: &State, question: &Question, item: usize, people: u64) -> String {
    let mut question = question.clone();
    question.items.get_mut(item).unwrap().subjects = Some(Subjects::Each(count(people)));
    let answer = answer(state, &question);
    let certain = (answer.floor, answer.unknown_reason);
    format!("{:?}", (answer.outcome, certain, answer.requires, answer.exemptions))
}

#[test]
fn segments_are_what_asking_for_each_number_finds() {
    let seen = RefCell::new(BTreeMap::<usize, u64>::new());
    let range = (0..130_u64, prop::option::of(1..200_u64));
    let asked = vec((any_question(), range, vec(0..400_u64, 5)), 8);
    run(200, &(any_state(), asked), |(state, asked)| {
        let index = Index::new(Arc::new(state.clone()));
        for (question, (from, length), points) in asked {
            let item = question.items.len() - 1;
            let until = length.map(|it| from + it);
            let range = Range { item, from: count(from), until: until.map(count) };
            let found = segments(&index, &question, &range);
            let starts: Vec<_> = found.iter().map(|it| it.from.number()).collect();
            let ends: Vec<_> = found.iter().map(|it| it.until.map(Count::number)).collect();
            // They follow each other from the first number to the last.
            prop_assert_eq!(starts[0], from);
            prop_assert_eq!(ends[ends.len() - 1], until);
            let inner: Vec<_> = ends[..ends.len() - 1].iter().map(|it| it.unwrap()).collect();
            prop_assert_eq!(&inner, &starts[1..]);
            prop_assert!(starts.is_sorted());
            let said = |people: u64| gets(&state, &question, item, people);
            // Each begins where something changes, and is the same throughout.
            for start in &inner {
                prop_assert_ne!(said(start - 1), said(*start));
            }
            for segment in &found {
                let of_segment = gets(&state, &segment.answer.question, item, segment.from.number());
                let end = segment.until.map_or(1_000, Count::number);
                let inside = points.iter().map(|it| segment.from.number() + it).filter(|it| *it < end);
                for people in inside.chain([end - 1]) {
                    prop_assert_eq!(&said(people), &of_segment);
                }
            }
            *seen.borrow_mut().entry(found.len()).or_default() += 1;
        }
        Ok(())
    });
    let seen = seen.into_inner();
    assert!(seen.len() == 3 && seen.get(&2).is_some_and(|it| 50 < *it), "{seen:?}");
}

#[test]
fn headroom_ends_where_the_answer_is_another() {
    let seen = RefCell::new([0, 0]);
    run(150, &(any_state(), vec(any_question(), 8)), |(state, asked)| {
        let index = Index::new(Arc::new(state.clone()));
        for question in asked {
            let found = headroom(&index, &question);
            for (item, asked) in question.items.iter().enumerate() {
                let Some(Subjects::Each(stated)) = asked.subjects else { continue };
                let said = |people: u64| gets(&state, &question, item, people);
                let now = said(stated.number());
                // Nothing in these worlds begins at another number than 10 or 100.
                let mut near = (8..=12).chain(98..=102).filter(|it| stated.number() < *it);
                let change = near.find(|it| said(*it) != now);
                let headroom = found.iter().find(|it| it.item == item);
                prop_assert_eq!(headroom.map(|it| it.threshold.number()), change);
                prop_assert_eq!(headroom.map(|it| stated.number() + it.room() + 1), change);
                seen.borrow_mut()[usize::from(change.is_some())] += 1;
            }
        }
        Ok(())
    });
    assert!(seen.into_inner().into_iter().all(|it| 30 < it));
}

// The same of the law as it is.

#[test]
fn routes_hold_in_the_law_as_it_is() {
    let bundled = snapshot::read(&std::fs::read("snapshots/bundled.jsonl.zst").unwrap()).unwrap();
    let state = bundled.chains.state().unwrap();
    let index = Index::new(Arc::new(state.clone()));
    let questions = std::fs::read_to_string("tests/exam/open.jsonl").unwrap();
    let (mut found, mut combined) = (0, 0);
    for line in questions.lines() {
        let question = exam_from_json(line).unwrap().question;
        let routes = routes(&index, std::slice::from_ref(&question), &Claims::Any);
        assert!(routes.is_complete, "{question:?}");
        for route in &routes.routes {
            let outcome = |stated: &BTreeSet<FactId>| answer(&state, &stating(&question, stated)).outcome;
            let stated = route.stated();
            assert_eq!(outcome(&stated), route.outcome, "{question:?}: {stated:?}");
            // Without any of its parts it does not suffice.
            for part in stated.iter().filter(|_| route.suffices()) {
                let less = stated.iter().filter(|it| *it != part).cloned().collect();
                assert!(!outcome(&less).permits(), "{question:?}: {stated:?} without {part}");
            }
            found += 1;
            combined += usize::from(1 < stated.len() && route.suffices());
        }
    }
    assert!(200 < found && 20 < combined, "{found}, {combined}");
}

// Where nobody says where data might go, it might go to every country, and to
// whatever else a list speaks of.

#[test]
fn data_might_go_wherever_a_list_speaks_of() {
    let found = |revision: Revision, from: &str, day: i8| {
        let index = Index::new(Arc::new(worlds::state(worlds::world(2, 8), vec![revision])));
        let found = destinations(&index, &[worlds::ask(from, None, "personal", None, day)]);
        found.into_iter().map(|it| it.to_string()).collect::<Vec<_>>().join(" ")
    };
    let to = |place: &str| Destinations::Only(BTreeSet::from([Member::Place(id(place))]));
    let friends = || Destinations::Except(BTreeSet::from([Member::Group(id("friends"))]));
    let binding = |to: Destinations| {
        let entry = worlds::plain("entry", &["personal"], Effect::Prohibited);
        worlds::blank("XA/list", 4, vec![Entry { to, ..entry }])
    };
    let (countries, with_part) = ("XA XB XC XD XE", "XA XA-N XB XC XD XE");
    let grouped = |members: &[&str]| Revision {
        groups: BTreeMap::from([(id("friends"), worlds::ids(members))]),
        ..binding(friends())
    };
    for (revision, from, day, expected) in [
        (binding(Destinations::Any), "XA", 5, countries),
        (binding(Destinations::Any), "XA-N", 5, with_part),
        (binding(to("XA-N")), "XA", 5, with_part),
        // A bloc is no single place, and what does not bind yet says nothing.
        (binding(to("XU")), "XA", 5, countries),
        (binding(to("XA-N")), "XA", 3, countries),
        (binding(to("XA-N")), "XB", 5, countries),
        (grouped(&["XC"]), "XA", 5, countries),
        (grouped(&["XC", "XA-N"]), "XA", 5, with_part),
        (Revision { applies_to: to("XA-N"), ..binding(Destinations::Any) }, "XA", 5, with_part),
    ] {
        assert_eq!(found(revision, from, day), expected, "from {from} on day {day}");
    }
}

// What a document of routes says in passing is what answers say at length.

fn document(arguments: &[&str]) -> Json {
    let output =
        Command::new(env!("CARGO_BIN_EXE_neglist")).args(arguments).args(["--format", "json"]).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_document_of_routes_says_what_answers_say() {
    // Where nothing is stated, this would be lawful but for one entry.
    let asked = ["--from", "UZ", "--to", "DE", "--category", "personal.contact", "--at", "2023-01-01", "--ordinary"];
    let found = document(&[&["routes"], &asked[..]].concat());
    let blocked_by = found["blocked_by"].as_array().unwrap();
    assert_eq!(blocked_by.len(), 1);
    assert_eq!(blocked_by[0]["entry"], "stays-in-the-country");
    assert!(found["answer"]["matches"].as_array().unwrap().contains(&blocked_by[0]));
    // A route that suffices in one case, and in another does not.
    let asked = ["--from", "DE", "--to", "US", "--category", "personal.contact.email", "--at", "2020-07-15"];
    let found = document(&[&["routes"], &asked[..]].concat());
    let hanging = |it: &&Json| it["mechanisms"] == serde_json::json!(["international-agreement"]);
    let route = found["routes"].as_array().unwrap().iter().find(hanging).unwrap();
    let stating = ["--fact", "international-agreement=yes"];
    let answer = document(&[&["ask"], &asked[..], &stating[..]].concat());
    assert_eq!(route["depends_on"], answer["depends_on"]);
    assert_eq!(route["depends_on"].as_array().unwrap().len(), 1);
}
