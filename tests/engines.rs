//! Two engines, held together to the byte: the index answers as the reference
//! does, reasons, horizon and all.
//!
//! `NEGLIST_ENGINES_ROUNDS=100 cargo test --release --test engines` asks a
//! hundred times as much.

#![expect(clippy::disallowed_methods, reason = "tests")]

#[path = "common/worlds.rs"]
mod worlds;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use neglist::canon::{Chains, Origin, Publication, answer_json, exam_from_json};
use neglist::evaluate::{Cells, Current, Index, answer};
use neglist::journal::snapshot;
use neglist::model::{
    At, Destinations, Effect, Effective, Entry, FactId, Jurisdiction, KnownOn, Member, Outcome, Published, Question,
    Revision, State, Subjects, Value,
};
use neglist::registry::{Glance, Publisher};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestCaseError;
use semver::Version;
use worlds::{PLACES, any_membership, any_question, any_revisions, any_state, categories, places, run, vocabulary};

/// So many questions are asked of each world, and of so many worlds.
const QUESTIONS: usize = 40;
const WORLDS: u32 = 2_500;

/// Asks both engines, and compares all that others read. Returns what came.
fn check(index: &Index, question: &Question) -> Result<(Outcome, Outcome), TestCaseError> {
    let state = index.state();
    let expected = answer(state, question);
    let found = index.answer(question);
    let json = |it| answer_json(it, &state.head).to_string();
    prop_assert_eq!(json(&found), json(&expected), "{:?}", question);
    let only = index.brief(question);
    prop_assert_eq!(
        (only.outcome, only.floor, only.unknown_reason),
        (expected.outcome, expected.floor, expected.unknown_reason),
        "{:?}",
        question
    );
    if let Some((outcome, reason)) = index.look_up(question).and_then(|it| index.decided_outcome(&it)) {
        prop_assert_eq!((outcome, outcome, reason), (expected.floor, expected.outcome, expected.unknown_reason));
    }
    Ok((expected.floor, expected.outcome))
}

/// Asks for outcomes alone, as batches do: questions that are looked up, that
/// share what they state, that are taken together, or asked of another day.
fn check_in_bulk(index: &Index, questions: &[Question]) -> Result<(), TestCaseError> {
    let looked_up: Vec<_> = questions.iter().filter_map(|it| Some((it, index.look_up(it)?))).collect();
    let Some((_, first)) = looked_up.first() else { return Ok(()) };
    let alone: Vec<_> = looked_up.iter().map(|(_, it)| index.decided_outcome(it)).collect();
    let shared: Vec<_> = looked_up.iter().map(|(_, it)| it.clone().sharing(first)).collect();
    prop_assert_eq!(&shared.iter().map(|it| index.decided_outcome(it)).collect::<Vec<_>>(), &alone);
    let mut together = Vec::new();
    index.decided_outcomes(&shared, |position, it| {
        assert_eq!(position, together.len(), "in order");
        together.push(it);
    });
    prop_assert_eq!(&together, &alone);
    for ((question, asked), (other, _)) in looked_up.iter().zip(looked_up.iter().rev()) {
        let on_its_day = Question { at: other.at, known_on: other.known_on, ..(*question).clone() };
        let expected = index.look_up(&on_its_day).map(|it| index.decided_outcome(&it));
        prop_assert_eq!(Some(index.decided_outcome(&asked.on(other.at, other.known_on))), expected, "{:?}", on_its_day);
    }
    Ok(())
}

fn is_decided(index: &Index, question: &Question) -> bool {
    index.look_up(question).and_then(|it| index.decided_outcome(&it)).is_some()
}

/// Asks as a row of a table does: what is decided is read from the cells alone,
/// with no question made of them. Returns whether it was.
fn check_cells(index: &Index, question: &Question) -> Result<bool, TestCaseError> {
    let [item] = question.items.as_slice() else { return Ok(false) };
    let people = match &item.subjects {
        None => None,
        Some(Subjects::Each(people)) => Some(*people),
        Some(Subjects::In(_)) => return Ok(false),
    };
    let cells = Cells {
        from: question.from.as_str(),
        to: question.to.as_ref().map(Jurisdiction::as_str),
        category: item.category.as_str(),
        people,
        at: question.at,
        known_on: question.known_on,
        ordinary: question.ordinary,
    };
    let spelled = |value: &Value| match value {
        Value::Flag(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        Value::Choice(choice) => choice.as_str().to_owned(),
        Value::Count(count) => count.number().to_string(),
    };
    let facts: Vec<_> = question.facts.iter().map(|(fact, value)| (index.fact_column(fact), spelled(value))).collect();
    let ask =
        |cells: &Cells<'_>| index.brief_of_cells(cells, facts.iter().map(|(column, cell)| (*column, cell.as_str())));
    let found = ask(&cells);
    let is_plain = index.state().categories.is_askable(&item.category) && is_decided(index, question);
    prop_assert_eq!(found.is_some(), is_plain, "{:?}", question);
    if let Some(found) = found {
        prop_assert_eq!(found, index.brief(question), "{:?}", question);
    }
    // Words that there are not, or that no question may state, are left to
    // those who say so.
    let unknown = [
        Cells { from: "XZ", ..cells },
        Cells { to: Some("XZ"), ..cells },
        Cells { category: "weather", ..cells },
        Cells { category: "research.notes", ..cells },
    ];
    for cells in unknown {
        prop_assert!(ask(&cells).is_none(), "{:?}", cells);
    }
    for (fact, cell) in
        [("report", "yes"), ("subjects", "7"), ("weather", "yes"), ("critical", "maybe"), ("held", "a few")]
    {
        let fact: FactId = worlds::id(fact);
        prop_assert!(index.brief_of_cells(&cells, [(index.fact_column(&fact), cell)]).is_none(), "{} {}", fact, cell);
    }
    Ok(true)
}

#[test]
fn both_engines_give_the_same_answer() {
    let rounds = std::env::var("NEGLIST_ENGINES_ROUNDS").ok().map_or(1, |it| it.parse::<u32>().unwrap());
    let seen = RefCell::new(BTreeMap::<(Outcome, Outcome), u64>::new());
    let decided = Cell::new(0_u64);
    run(WORLDS * rounds, &(any_state(), vec(any_question(), QUESTIONS)), |(state, questions)| {
        let index = Index::new(Arc::new(state));
        for question in &questions {
            *seen.borrow_mut().entry(check(&index, question)?).or_default() += 1;
            decided.set(decided.get() + u64::from(is_decided(&index, question)));
        }
        check_in_bulk(&index, &questions)?;
        Ok(())
    });
    let seen = seen.into_inner();
    let asked: u64 = seen.values().sum();
    assert!(100_000 <= asked, "{asked}");
    // The index must have decided half by itself, since that is what makes it
    // fast, and not all.
    assert!((asked * 49 / 100..asked).contains(&decided.get()), "{} of {asked}", decided.get());
    let mut expected = BTreeSet::new();
    for floor in Outcome::ALL {
        expected.extend(Outcome::ALL.into_iter().filter(|it| floor <= *it).map(|it| (floor, it)));
    }
    assert_eq!(seen.keys().copied().collect::<BTreeSet<_>>(), expected, "{seen:?}");
}

// What begins or ends after a place joined a bloc, or before it left, is seen
// from the time when it was not in it.

#[test]
fn what_happens_behind_a_change_of_members_is_seen() {
    let to_bloc = Destinations::Only(BTreeSet::from([Member::Place(worlds::id("XU"))]));
    let entry = Entry { to: to_bloc, ..worlds::plain("entry", &["personal"], Effect::Prohibited) };
    let revision = |minor, day, entries: &[&Entry]| {
        let entries = entries.iter().map(|it| (*it).clone()).collect();
        Revision { version: Version::new(1, minor, 0), ..worlds::blank("XA/list", day, entries) }
    };
    // XB is in the bloc from the fourth to the sixth.
    let places = || worlds::world(4, 7);
    let ends_within = worlds::state(places(), vec![revision(0, 2, &[&entry]), revision(1, 5, &[])]);
    let begins_within = worlds::state(places(), vec![revision(0, 2, &[]), revision(1, 5, &[&entry])]);
    for state in [ends_within, begins_within] {
        let index = Index::new(Arc::new(state));
        for day in worlds::ASKED {
            check(&index, &worlds::ask("XA", Some("XB"), "personal", None, day)).unwrap();
        }
    }
}

// A long list in disorder stands as it would if each revision was looked at.

#[test]
fn a_long_list_in_disorder_is_asked_as_it_was_known() {
    let entry = worlds::plain("entry", &["personal"], Effect::Prohibited);
    let day = |number: i32| worlds::date(1).checked_add(jiff::Span::new().days(number)).unwrap();
    // One is published each day, and begins up to seven weeks later, a few of
    // them never; every other has an entry.
    let revision = |number: i32| Revision {
        version: Version::new(1, number.unsigned_abs().into(), 0),
        published: Published(day(number)),
        effective: (number % 11 != 10).then(|| Effective(day(number + number * 37 % 50))),
        ..worlds::blank("XA/list", 1, if number % 2 == 0 { Vec::new() } else { vec![entry.clone()] })
    };
    let state = worlds::state(worlds::world(2, 8), (0..150).map(revision).collect());
    let index = Index::new(Arc::new(state));
    for at in (0..210).step_by(7) {
        for known_on in (0..160).step_by(13).map(Some).chain([None]) {
            let known_on = known_on.map(|it| KnownOn(day(it)));
            let question = worlds::ask("XA", Some("XC"), "personal", None, 1);
            check(&index, &Question { at: At(day(at)), known_on, ..question }).unwrap();
        }
    }
}

// A row of a table is answered as the question that it stands for.

#[test]
fn a_row_is_answered_as_its_question() {
    let rows = Cell::new(0);
    run(400, &(any_state(), vec(any_question(), 10)), |(state, questions)| {
        let index = Index::new(Arc::new(state));
        for question in &questions {
            rows.set(rows.get() + u64::from(check_cells(&index, question)?));
        }
        Ok(())
    });
    assert!(1_000 <= rows.get(), "{}", rows.get());
}

// An index that was made from the one before is the one made anew.

#[test]
fn an_index_made_from_another_answers_like_one_made_anew() {
    run(150, &(any_state(), vec(any_question(), 10)), |(state, questions)| {
        // Revision by revision, as they land.
        let mut index = Index::new(Arc::new(State { lists: BTreeMap::new(), ..state.clone() }));
        for (id, list) in &state.lists {
            for known in 1..=list.revisions.len() {
                let revisions = list.revisions.iter().take(known).cloned().collect();
                let mut lists = index.state().lists.clone();
                lists.insert(id.clone(), Arc::new(neglist::model::List { id: id.clone(), revisions }));
                index = index.after(Arc::new(State { lists, ..state.clone() }));
                for question in &questions {
                    check(&index, question)?;
                }
            }
        }
        prop_assert_eq!(index.state(), &state);
        Ok(())
    });
}

// An index for one question answers that one, and every other, like the whole.

#[test]
fn an_index_for_one_question_answers_every_question_alike() {
    run(100, &(any_state(), vec(any_question(), 6)), |(state, questions)| {
        let state = Arc::new(state);
        for question in &questions {
            let index = Index::for_question(Arc::clone(&state), question);
            for other in &questions {
                check(&index, other)?;
            }
            prop_assert_eq!(is_decided(&index, question), is_decided(&Index::new(Arc::clone(&state)), question));
        }
        Ok(())
    });
}

// Whoever asks while revisions land gets an answer of one state or the next.

#[test]
fn asking_goes_on_while_revisions_land() {
    run(10, &(any_state(), vec(any_question(), 10)), |(state, questions)| {
        let empty = State { lists: BTreeMap::new(), ..state.clone() };
        let current = Current::new(Index::new(Arc::new(empty)));
        let is_done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let asker = scope.spawn(|| {
                let mut lists = 0;
                while !is_done.load(Ordering::Acquire) {
                    let index = current.get();
                    assert!(lists <= index.state().lists.len(), "it never goes back");
                    lists = index.state().lists.len();
                    for question in &questions {
                        check(&index, question).unwrap();
                    }
                }
                drop(current.get());
            });
            for (id, list) in &state.lists {
                let mut lists = current.get().state().lists.clone();
                lists.insert(id.clone(), Arc::clone(list));
                current.advance(Arc::new(State { lists, ..state.clone() }));
            }
            is_done.store(true, Ordering::Release);
            asker.join().unwrap();
        });
        let last = current.get();
        prop_assert_eq!(last.state(), &state);
        Ok(())
    });
}

// What is read of an index file for one question is enough to answer it.

#[test]
fn a_glance_at_the_index_file_is_enough() {
    let folder = tempfile::tempdir().unwrap();
    let number = Cell::new(0);
    let world = (any_revisions(), btree_map(select(&PLACES[..]), any_membership(), 0..=4), vec(any_question(), 12));
    run(60, &world, |(revisions, members, questions)| {
        let publications = [
            Publication::Origin(Origin { name: "neglist/engines".to_owned(), root_key: None }),
            Publication::Categories(categories()),
            Publication::Facts(vocabulary()),
            Publication::Jurisdictions(places(members)),
        ];
        let revisions = revisions.into_iter().flatten().map(|it| Publication::Revision(Box::new(it)));
        let (mut chains, mut records) = (Chains::default(), Vec::new());
        for publication in publications.into_iter().chain(revisions) {
            let record = chains.prepare(publication, "2020-01-01T00:00:00Z").unwrap();
            records.push(record.clone());
            chains = chains.append(record);
        }
        number.set(number.get() + 1);
        let root = folder.path().join(number.get().to_string());
        drop(Publisher::create(&root, &records, "neglist/engines").unwrap());
        let state = chains.state().unwrap();
        for question in questions {
            let registry = Glance::at(&root).unwrap().registry_for(&question).unwrap();
            let found = answer_json(&registry.index().answer(&question), &state.head).to_string();
            prop_assert_eq!(found, answer_json(&answer(&state, &question), &state.head).to_string(), "{:?}", question);
        }
        Ok(())
    });
}

// The same of the law as it is.

#[test]
fn both_engines_give_the_same_answers_to_the_exam() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("bundled");
    let bundled = snapshot::read(&std::fs::read("snapshots/bundled.jsonl.zst").unwrap()).unwrap();
    drop(Publisher::create(&root, &bundled.records, &bundled.head.origin).unwrap());
    let index = Index::new(Arc::new(bundled.chains.state().unwrap()));
    let (mut asked_all, mut decided) = (0, 0);
    for line in std::fs::read_to_string("tests/exam/open.jsonl").unwrap().lines() {
        let asked = exam_from_json(line).unwrap().question;
        let anywhere = Question { to: None, ..asked.clone() };
        let open = Question { facts: BTreeMap::new(), ordinary: false, ..asked.clone() };
        for question in [asked, anywhere, open] {
            check(&index, &question).unwrap();
            asked_all += 1;
            decided += usize::from(is_decided(&index, &question));
            let registry = Glance::at(&root).unwrap().registry_for(&question).unwrap();
            let json = |it| answer_json(it, &bundled.head).to_string();
            assert_eq!(json(&registry.index().answer(&question)), json(&index.answer(&question)), "{question:?}");
        }
    }
    // Of what the law leaves open in the exam, the reference has most to say.
    assert!(asked_all * 44 <= decided * 100, "{decided} of {asked_all}");
}
