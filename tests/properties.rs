//! Properties of answers, over small worlds in which everything collides: six
//! categories with a link across, seven places with a bloc whose members come
//! and go, a few facts of each kind, lists with random revisions, seven days.
//!
//! The generator is seeded, so that every run asks the same, and afterwards
//! every pair of floor and outcome must have been seen.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

use neglist::canon::{
    Chains, EntryForm, HeaderForm, Origin, Publication, entry_from, question_from_json, question_json,
};
use neglist::evaluate::answer;
use neglist::journal::snapshot;
use neglist::model::date::Date;
use neglist::model::place::Inside;
use neglist::model::{
    Alternative, Answer, Applies, At, Bounds, CaseValue, Categories, Category, CategoryId, Condition, Confidence,
    Count, Destinations, Effect, Effective, Entry, Fact, FactId, FactKind, Fate, Former, Hash, Head, Issued, Item,
    Jurisdiction, KnownOn, List, ListId, Member, Membership, Objective, Open, Outcome, Place, PlaceKind, Places,
    Published, Question, Revision, Role, Scope, Source, State, Status, Subjects, Text, Value, Vocabulary, When, Window,
    WindowId,
};
use neglist::store::index;
use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use semver::{Version, VersionReq};

/// What happens, happens on one of these days; it is asked from the day
/// before the first to the day after the last.
const DAYS: RangeInclusive<i8> = 2..=8;
const ASKED: RangeInclusive<i8> = 1..=9;

const FLAGS: [&str; 2] = ["critical", "registered"];
const SECTORS: [&str; 3] = ["banking", "mining", "retail"];
const MECHANISMS: [&str; 2] = ["assessment", "clauses"];
const WINDOWS: [&str; 2] = ["calendar-year", "rolling-12-months"];
const CATEGORIES: [&str; 6] =
    ["personal", "personal.contact", "personal.health", "personal.health.genomic", "research", "research.genome"];
/// Ids of earlier releases, which lists and questions go on naming.
const FORMER: [&str; 3] = ["personal.phone", "medical", "research.notes"];
const LEAVES: [&str; 3] = ["personal.contact", "personal.health.genomic", "research.genome"];
const PLACES: [&str; 7] = ["XA", "XA-N", "XB", "XC", "XD", "XE", "XU"];
/// Counts between which no condition begins or ends, and so one of each kind.
const COUNTS: [u64; 3] = [0, 10, 100];

fn run<S: Strategy>(cases: u32, strategy: &S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    if let Err(error) = runner.run(strategy, test) {
        panic!("{error}");
    }
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
            let header = HeaderForm::write(&issued.revision, issued.sequence, issued.previous);
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

// The worlds.

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

fn date(day: i8) -> Date {
    Date::new(2020, 1, day).unwrap()
}

fn text(text: &str) -> Text {
    Text { en: text.to_owned(), zh: "文".to_owned() }
}

fn categories() -> Categories {
    let node = |it: &str| Category {
        id: id(it),
        name: text(it),
        broader: if it == "research.genome" { ids(&["personal.health.genomic"]) } else { BTreeSet::new() },
        dpv: Vec::new(),
        note: None,
    };
    let categories = Categories::new(Version::new(1, 0, 0), Published(date(1)), CATEGORIES.map(node)).unwrap();
    let fates = [
        Fate::Moved(id("personal.contact")),
        Fate::Split(ids(&["personal.health", "research.genome"])),
        Fate::Removed(text("nobody speaks of it")),
    ];
    let former = |(it, fate): (&str, Fate)| Former { id: id(it), release: Version::new(1, 0, 0), fate };
    categories.with_former(FORMER.into_iter().zip(fates).map(former)).unwrap()
}

fn vocabulary() -> Vocabulary {
    let fact = |it: &str, kind, role| Fact { id: id(it), kind, role, name: text(it) };
    let mut facts = vec![
        fact("subjects", FactKind::Count, Role::Circumstance),
        fact("held", FactKind::Count, Role::Circumstance),
        fact("sector", FactKind::Choice(ids(&SECTORS)), Role::Circumstance),
        fact("emergency", FactKind::Flag, Role::Exemption),
        fact("report", FactKind::Flag, Role::Duty),
    ];
    facts.extend(FLAGS.map(|it| fact(it, FactKind::Flag, Role::Circumstance)));
    facts.extend(MECHANISMS.map(|it| fact(it, FactKind::Flag, Role::Mechanism)));
    let windows = WINDOWS.map(|it| Window { id: id(it), name: text(it), includes: BTreeSet::new() });
    Vocabulary::new(Version::new(1, 0, 0), Published(date(1)), facts, windows).unwrap()
}

/// Returns the places: XA with its part XA-N, XB to XE, and the bloc XU.
fn places(members: BTreeMap<&str, (Option<Date>, Option<Date>)>) -> Places {
    let members: Vec<_> = members
        .into_iter()
        .filter(|(place, _)| *place != "XU")
        .map(|(place, (from, until))| {
            let from = from.unwrap_or(Date::new(2000, 1, 1).unwrap());
            Membership { place: id(place), from, until: until.filter(|it| from < *it) }
        })
        .collect();
    let place = |code: &str| Place {
        code: id(code),
        kind: match code {
            "XU" => PlaceKind::Bloc,
            "XA-N" => PlaceKind::Subdivision,
            _ => PlaceKind::Country,
        },
        parent: (code == "XA-N").then(|| id("XA")),
        members: if code == "XU" { members.clone() } else { Vec::new() },
        name: text(code),
    };
    Places::new(Version::new(1, 0, 0), Published(date(1)), PLACES.map(place)).unwrap()
}

/// Returns places of which XA and XB are in the bloc, the latter for some days.
fn world(from: i8, until: i8) -> Places {
    places(BTreeMap::from([("XA", (None, None)), ("XB", (Some(date(from)), Some(date(until))))]))
}

fn state(places: Places, revisions: Vec<Revision>) -> State {
    let mut lists: BTreeMap<ListId, List> = BTreeMap::new();
    for revision in revisions {
        let id = revision.list.clone();
        let list = lists.entry(id.clone()).or_insert_with(|| List { id, revisions: Vec::new() });
        let sequence = list.revisions.len() as u64;
        list.revisions.push(Issued { sequence, previous: None, hash: Hash([0; 32]), revision });
    }
    let head = Head { origin: "neglist/properties".to_owned(), size: 1, hash: Hash([0; 32]) };
    State { head, categories: categories(), vocabulary: vocabulary(), places, lists }
}

fn plain(name: &str, categories: &[&str], effect: Effect) -> Entry {
    Entry {
        id: id(name),
        categories: ids(categories),
        except: BTreeSet::new(),
        to: Destinations::Any,
        when: When::new(),
        effect,
        exemptions: BTreeSet::new(),
        duties: BTreeSet::new(),
        objective: Objective::Other,
        cite: "s. 1".to_owned(),
        note: text("note"),
        combine: None,
        notes: Vec::new(),
    }
}

fn blank(list: &str, day: i8, entries: Vec<Entry>) -> Revision {
    Revision {
        list: id(list),
        version: Version::new(1, 0, 0),
        title: text("title"),
        authority: "Nobody".to_owned(),
        published: Published(date(day)),
        effective: Some(Effective(date(day))),
        expires: None,
        repeals: false,
        withdraws: BTreeSet::new(),
        retroactive: None,
        catalog: VersionReq::parse("^1.0").unwrap(),
        status: Status::Transcribed,
        scope: Scope::All,
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
            checked: date(1),
            confidence: Confidence::High,
        },
        groups: BTreeMap::from([(id("friends"), ids(&["XC", "XU"]))]),
        combine: BTreeMap::from([(id("bulk"), ids(&["personal.contact"]))]),
        entries: entries.into_iter().map(|it| (it.id.clone(), Arc::new(it))).collect(),
        doubts: Vec::new(),
        notes: Vec::new(),
    }
}

fn ask(from: &str, to: Option<&str>, category: &str, subjects: Option<Subjects>, day: i8) -> Question {
    Question {
        id: None,
        from: id(from),
        to: to.map(id),
        items: vec![Item { category: id(category), subjects }],
        at: At(date(day)),
        known_on: None,
        facts: BTreeMap::new(),
        ordinary: false,
    }
}

// The generators.

fn any_when() -> impl Strategy<Value = When> {
    // Seldom many conditions, and often one.
    vec(any_condition(), 0..=2).prop_map(|it| it.into_iter().collect())
}

fn any_condition() -> impl Strategy<Value = (FactId, Condition)> {
    prop_oneof![
        (select(&FLAGS[..]), any::<bool>()).prop_map(|(fact, it)| (id(fact), Condition::Flag(it))),
        subsequence(SECTORS.to_vec(), 1..=2).prop_map(|it| (id("sector"), Condition::Choice(ids(&it)))),
        any_bounds().prop_map(|it| (id("held"), Condition::Count(it, None))),
        // People are always counted over some window: of an entry without one
        // the number for every window would have to be stated beside them.
        (any_bounds(), select(&WINDOWS[..]))
            .prop_map(|(it, window)| (id("subjects"), Condition::Count(it, Some(id(window))))),
    ]
}

fn any_bounds() -> impl Strategy<Value = Bounds> {
    let bounds = |from: Option<u64>, below: Option<u64>| Bounds::new(from.map(count), below.map(count)).unwrap();
    select(vec![
        bounds(Some(10), None),
        bounds(Some(100), None),
        bounds(Some(10), Some(100)),
        bounds(None, Some(10)),
        bounds(None, Some(100)),
    ])
}

fn any_facts() -> impl Strategy<Value = BTreeMap<FactId, Value>> {
    let fact = prop_oneof![
        (select(&FLAGS[..]), any::<bool>()).prop_map(|(fact, it)| (id(fact), Value::Flag(it))),
        select(&SECTORS[..]).prop_map(|it| (id("sector"), Value::Choice(id(it)))),
        select(&COUNTS[..]).prop_map(|it| (id("held"), Value::Count(count(it)))),
        select(&MECHANISMS[..]).prop_map(|it| (id(it), Value::Flag(true))),
        any::<bool>().prop_map(|it| (id("emergency"), Value::Flag(it))),
    ];
    vec(fact, 0..=3).prop_map(|it| it.into_iter().collect())
}

fn any_subjects() -> impl Strategy<Value = Option<Subjects>> {
    let number = || select(vec![0, 9, 10, 99, 100]).prop_map(count);
    let windows = (select(&WINDOWS[..]), number()).prop_map(|(it, number)| Subjects::In([(id(it), number)].into()));
    prop_oneof![Just(None), number().prop_map(|it| Some(Subjects::Each(it))), windows.prop_map(Some)]
}

fn any_scope() -> impl Strategy<Value = Scope> {
    prop_oneof![
        4 => Just(Scope::All),
        1 => btree_set(any_category(), 1..=2).prop_map(Scope::Only),
    ]
}

fn any_category() -> impl Strategy<Value = CategoryId> {
    prop_oneof![6 => select(&CATEGORIES[..]), 1 => select(&FORMER[..])].prop_map(id)
}

fn any_destinations() -> impl Strategy<Value = Destinations> {
    let member =
        prop_oneof![select(&PLACES[..]).prop_map(|it| Member::Place(id(it))), Just(Member::Group(id("friends"))),];
    let members = || btree_set(member.clone(), 1..=2);
    prop_oneof![
        4 => Just(Destinations::Any),
        1 => members().prop_map(Destinations::Only),
        1 => members().prop_map(Destinations::Except),
    ]
}

fn any_effect() -> impl Strategy<Value = Effect> {
    let way = (subsequence(MECHANISMS.to_vec(), 1..=2), any_when());
    let way = way.prop_map(|(all, when)| Alternative { all: ids(&all), when });
    prop_oneof![
        1 => Just(Effect::Notice),
        5 => vec(way, 1..=2).prop_map(Effect::Conditional),
        3 => Just(Effect::Undetermined),
        1 => Just(Effect::Prohibited),
    ]
}

fn any_entry() -> impl Strategy<Value = Entry> {
    let what = (btree_set(any_category(), 1..=2), btree_set(any_category(), 0..=1));
    let extras = (any::<bool>(), any::<bool>(), any::<bool>());
    (what, any_destinations(), any_when(), any_effect(), extras).prop_map(
        |((categories, except), to, when, effect, (is_exempt, has_duty, is_combined))| Entry {
            categories,
            except,
            to,
            when,
            exemptions: if is_exempt { ids(&["emergency"]) } else { BTreeSet::new() },
            duties: if has_duty { ids(&["report"]) } else { BTreeSet::new() },
            combine: is_combined.then(|| id("bulk")),
            ..plain("entry", &[], effect)
        },
    )
}

fn any_day() -> impl Strategy<Value = Date> {
    DAYS.prop_map(date)
}

/// Most begins early, so that it is in force when it is asked.
fn any_early_day() -> impl Strategy<Value = Date> {
    prop_oneof![2 => Just(date(2)), 1 => any_day()]
}

fn any_membership() -> impl Strategy<Value = (Option<Date>, Option<Date>)> {
    (prop::option::of(any_day()), prop::option::of(any_day()))
}

const LISTS: [&str; 5] = ["XA/one", "XA/two", "XA-N/zone", "XB/one", "XU/union"];

/// A revision without list and version, and what it does with those before.
#[derive(Clone, Debug)]
struct Draft {
    revision: Revision,
    withdraws: Option<prop::sample::Index>,
}

fn any_draft() -> impl Strategy<Value = Draft> {
    let when = (any_early_day(), prop::option::weighted(0.9, any_early_day()), prop::option::weighted(0.15, any_day()));
    let kind = (
        prop::bool::weighted(0.05),
        prop::bool::weighted(0.15),
        prop::option::weighted(0.3, any::<prop::sample::Index>()),
    );
    let reach = (any_scope(), any_applicability(), prop::option::weighted(0.4, select(&LISTS[..])));
    (when, kind, reach, vec(any_entry(), 0..=4)).prop_map(
        |(
            (published, effective, expires),
            (repeals, within, withdraws),
            (scope, (applies_when, applies_to), displaced),
            entries,
        )| {
            let named = |(number, it): (usize, Entry)| Entry { id: id(&format!("entry-{number}")), ..it };
            let entries = entries.into_iter().enumerate().map(named).collect();
            let revision = Revision {
                published: Published(published),
                effective: effective.map(Effective),
                expires: expires.filter(|it| effective.is_some_and(|day| day < *it)),
                repeals: repeals && effective.is_some(),
                scope,
                within,
                displaces: displaced.map(id).into_iter().collect(),
                applies_when,
                applies_to,
                ..blank("XA/one", 2, entries)
            };
            Draft { revision, withdraws }
        },
    )
}

fn any_applicability() -> impl Strategy<Value = (When, Destinations)> {
    prop_oneof![
        3 => Just((When::new(), Destinations::Any)),
        1 => (any_when(), any_destinations()),
    ]
}

/// Some lists, each with its revisions in their order.
fn any_revisions() -> impl Strategy<Value = Vec<Vec<Revision>>> {
    let lists = subsequence(LISTS.to_vec(), 2..=4);
    lists.prop_flat_map(|lists| {
        let of_list = |list: &'static str| vec(any_draft(), 1..=3).prop_map(move |it| in_order(list, it));
        lists.into_iter().map(of_list).collect::<Vec<_>>()
    })
}

/// Makes a chain of drafts: published in order, versions rise, and only what
/// waits is withdrawn.
fn in_order(list: &str, mut drafts: Vec<Draft>) -> Vec<Revision> {
    drafts.sort_by_key(|it| it.revision.published);
    let mut revisions: Vec<Revision> = Vec::new();
    for Draft { mut revision, withdraws } in drafts {
        revision.list = id(list);
        // No list displaces itself.
        revision.displaces.remove(list);
        revision.version = Version::new(revisions.len() as u64 + 1, 0, 0);
        let published = revision.published;
        let waits = |it: &&Revision| it.effective.is_none_or(|day| published.0 < day.0);
        let waiting: Vec<_> = revisions.iter().filter(waits).map(|it| it.version.clone()).collect();
        if let Some(index) = withdraws.filter(|_| !waiting.is_empty()) {
            revision.withdraws = BTreeSet::from([index.get(&waiting).clone()]);
        }
        revisions.push(revision);
    }
    revisions
}

fn any_state() -> impl Strategy<Value = State> {
    let members = btree_map(select(&PLACES[..]), any_membership(), 0..=4);
    (any_revisions(), members)
        .prop_map(|(revisions, members)| state(places(members), revisions.into_iter().flatten().collect()))
}

fn any_question() -> impl Strategy<Value = Question> {
    let way = (select(vec!["XA", "XA", "XA-N", "XA-N", "XB", "XU"]), prop::option::weighted(0.8, select(&PLACES[..])));
    let items = vec((any_category(), any_subjects()), 1..=2);
    let day = prop_oneof![1 => ASKED, 2 => 4..=9_i8];
    let when = (day, prop::option::weighted(0.1, any_day()));
    (way, items, when, any_facts(), any::<bool>()).prop_map(|((from, to), items, (day, known_on), facts, ordinary)| {
        let items = items.into_iter().map(|(category, subjects)| Item { category, subjects }).collect();
        let known_on = known_on.map(KnownOn);
        Question { items, facts, ordinary, known_on, ..ask(from, to, "personal", None, day) }
    })
}
