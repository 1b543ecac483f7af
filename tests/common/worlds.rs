//! Small worlds in which everything collides: six categories with a link
//! across, seven places with a bloc whose members come and go, a few facts of
//! each kind, lists with random revisions, seven days.

#![allow(dead_code, unreachable_pub, reason = "each test file uses its own part of them")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

use neglist::model::date::Date;
use neglist::model::{
    Alternative, At, Bounds, Categories, Category, CategoryId, Condition, Confidence, Count, Destinations, Effect,
    Effective, Entry, EntryId, EntryNote, EntryNoteKind, Fact, FactId, FactKind, Fate, Former, Hash, Head, Issued,
    Item, KnownOn, List, Lists, Member, Membership, Objective, Place, PlaceKind, Places, Published, Question, Revision,
    Role, Scope, Source, State, Status, Subjects, Text, Value, Vocabulary, When, Window,
};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use semver::{Version, VersionReq};

/// What happens, happens on one of these days; it is asked from the day
/// before the first to the day after the last.
pub const DAYS: RangeInclusive<i8> = 2..=8;
pub const ASKED: RangeInclusive<i8> = 1..=9;

pub const FLAGS: [&str; 2] = ["critical", "registered"];
pub const SECTORS: [&str; 3] = ["banking", "mining", "retail"];
pub const MECHANISMS: [&str; 2] = ["assessment", "clauses"];
pub const WINDOWS: [&str; 2] = ["calendar-year", "rolling-12-months"];
pub const CATEGORIES: [&str; 6] =
    ["personal", "personal.contact", "personal.health", "personal.health.genomic", "research", "research.genome"];
/// Ids of earlier releases, which lists and questions go on naming.
pub const FORMER: [&str; 3] = ["personal.phone", "medical", "research.notes"];
pub const LEAVES: [&str; 3] = ["personal.contact", "personal.health.genomic", "research.genome"];
pub const PLACES: [&str; 7] = ["XA", "XA-N", "XB", "XC", "XD", "XE", "XU"];
/// Counts between which no condition begins or ends, and so one of each kind.
pub const COUNTS: [u64; 3] = [0, 10, 100];

pub fn run<S: Strategy>(cases: u32, strategy: &S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    if let Err(error) = runner.run(strategy, test) {
        panic!("{error}");
    }
}

pub fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().unwrap()
}

pub fn ids<T: std::str::FromStr + Ord>(texts: &[&str]) -> BTreeSet<T>
where
    T::Err: std::fmt::Debug,
{
    texts.iter().map(|it| id(it)).collect()
}

pub fn count(number: u64) -> Count {
    Count::new(number).unwrap()
}

pub fn date(day: i8) -> Date {
    Date::new(2020, 1, day).unwrap()
}

pub fn text(text: &str) -> Text {
    Text { en: text.to_owned(), zh: "文".to_owned() }
}

pub fn categories() -> Categories {
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

pub fn vocabulary() -> Vocabulary {
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
pub fn places(members: BTreeMap<&str, (Option<Date>, Option<Date>)>) -> Places {
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
pub fn world(from: i8, until: i8) -> Places {
    places(BTreeMap::from([("XA", (None, None)), ("XB", (Some(date(from)), Some(date(until))))]))
}

pub fn state(places: Places, revisions: Vec<Revision>) -> State {
    let mut lists: Lists = BTreeMap::new();
    for revision in revisions {
        let id = revision.list.clone();
        let list = lists.entry(id.clone()).or_insert_with(|| Arc::new(List { id, revisions: Vec::new() }));
        let sequence = list.revisions.len() as u64;
        Arc::make_mut(list).revisions.push(Issued { sequence, previous: None, hash: Hash([0; 32]), revision });
    }
    let head = Head { origin: "neglist/properties".to_owned(), size: 1, hash: Hash([0; 32]) };
    State { head, categories: categories(), vocabulary: vocabulary(), places, lists }
}

pub fn plain(name: &str, categories: &[&str], effect: Effect) -> Entry {
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

pub fn blank(list: &str, day: i8, entries: Vec<Entry>) -> Revision {
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

pub fn ask(from: &str, to: Option<&str>, category: &str, subjects: Option<Subjects>, day: i8) -> Question {
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

pub fn any_when() -> impl Strategy<Value = When> {
    // Seldom many conditions, and often one.
    vec(any_condition(), 0..=2).prop_map(|it| it.into_iter().collect())
}

pub fn any_condition() -> impl Strategy<Value = (FactId, Condition)> {
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

pub fn any_bounds() -> impl Strategy<Value = Bounds> {
    let bounds = |from: Option<u64>, below: Option<u64>| Bounds::new(from.map(count), below.map(count)).unwrap();
    select(vec![
        bounds(Some(10), None),
        bounds(Some(100), None),
        bounds(Some(10), Some(100)),
        bounds(None, Some(10)),
        bounds(None, Some(100)),
    ])
}

pub fn any_facts() -> impl Strategy<Value = BTreeMap<FactId, Value>> {
    let fact = prop_oneof![
        (select(&FLAGS[..]), any::<bool>()).prop_map(|(fact, it)| (id(fact), Value::Flag(it))),
        select(&SECTORS[..]).prop_map(|it| (id("sector"), Value::Choice(id(it)))),
        select(&COUNTS[..]).prop_map(|it| (id("held"), Value::Count(count(it)))),
        select(&MECHANISMS[..]).prop_map(|it| (id(it), Value::Flag(true))),
        any::<bool>().prop_map(|it| (id("emergency"), Value::Flag(it))),
    ];
    vec(fact, 0..=3).prop_map(|it| it.into_iter().collect())
}

pub fn any_subjects() -> impl Strategy<Value = Option<Subjects>> {
    let number = || select(vec![0, 9, 10, 99, 100]).prop_map(count);
    let windows = (select(&WINDOWS[..]), number()).prop_map(|(it, number)| Subjects::In([(id(it), number)].into()));
    prop_oneof![Just(None), number().prop_map(|it| Some(Subjects::Each(it))), windows.prop_map(Some)]
}

pub fn any_scope() -> impl Strategy<Value = Scope> {
    prop_oneof![
        4 => Just(Scope::All),
        1 => btree_set(any_category(), 1..=2).prop_map(Scope::Only),
    ]
}

pub fn any_category() -> impl Strategy<Value = CategoryId> {
    prop_oneof![6 => select(&CATEGORIES[..]), 1 => select(&FORMER[..])].prop_map(id)
}

pub fn any_destinations() -> impl Strategy<Value = Destinations> {
    let member =
        prop_oneof![select(&PLACES[..]).prop_map(|it| Member::Place(id(it))), Just(Member::Group(id("friends"))),];
    let members = || btree_set(member.clone(), 1..=2);
    prop_oneof![
        4 => Just(Destinations::Any),
        1 => members().prop_map(Destinations::Only),
        1 => members().prop_map(Destinations::Except),
    ]
}

pub fn any_effect() -> impl Strategy<Value = Effect> {
    let way = (subsequence(MECHANISMS.to_vec(), 1..=2), any_when());
    let way = way.prop_map(|(all, when)| Alternative { all: ids(&all), when });
    prop_oneof![
        1 => Just(Effect::Notice),
        5 => vec(way, 1..=2).prop_map(Effect::Conditional),
        3 => Just(Effect::Undetermined),
        1 => Just(Effect::Prohibited),
    ]
}

pub fn any_entry() -> impl Strategy<Value = Entry> {
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

pub fn any_day() -> impl Strategy<Value = Date> {
    DAYS.prop_map(date)
}

/// Most begins early, so that it is in force when it is asked.
pub fn any_early_day() -> impl Strategy<Value = Date> {
    prop_oneof![2 => Just(date(2)), 1 => any_day()]
}

pub fn any_membership() -> impl Strategy<Value = (Option<Date>, Option<Date>)> {
    (prop::option::of(any_day()), prop::option::of(any_day()))
}

pub const LISTS: [&str; 5] = ["XA/one", "XA/two", "XA-N/zone", "XB/one", "XU/union"];

/// A revision without list and version, and what it does with those before.
#[derive(Clone, Debug)]
pub struct Draft {
    revision: Revision,
    withdraws: Option<prop::sample::Index>,
    has_border: bool,
    /// Whether it has the terms of the one before, and which of its entries: as
    /// most amendments do.
    amends: Option<[bool; 5]>,
}

pub fn any_draft() -> impl Strategy<Value = Draft> {
    let when = (any_early_day(), prop::option::weighted(0.9, any_early_day()), prop::option::weighted(0.15, any_day()));
    let kind = (
        prop::bool::weighted(0.05),
        prop::bool::weighted(0.15),
        prop::option::weighted(0.3, any::<prop::sample::Index>()),
    );
    let reach = (any_scope(), any_applicability(), prop::option::weighted(0.4, select(&LISTS[..])));
    let amends = prop::option::of(any::<[bool; 5]>());
    let remarks =
        (prop::bool::weighted(0.2), prop::bool::weighted(0.2), prop::bool::weighted(0.3), any::<bool>(), amends);
    (when, kind, reach, remarks, vec(any_entry(), 0..=4)).prop_map(
        |(
            (published, effective, expires),
            (repeals, within, withdraws),
            (scope, (applies_when, applies_to), displaced),
            (has_note, is_weak, has_other_friends, has_border, amends),
            entries,
        )| {
            let named = |(number, it): (usize, Entry)| Entry { id: id(&format!("entry-{number}")), ..it };
            let entries = entries.into_iter().enumerate().map(named).collect();
            let plain = blank("XA/one", 2, entries);
            let confidence = if is_weak { Confidence::Low } else { Confidence::High };
            // A group may be another one in each revision.
            let friends = if has_other_friends { &["XD", "XA-N"] } else { &["XC", "XU"] };
            let note = EntryNote { kind: EntryNoteKind::Grace, text: text("there is time left") };
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
                groups: BTreeMap::from([(id("friends"), ids(friends))]),
                source: Source { confidence, ..plain.source.clone() },
                notes: has_note.then_some(note).into_iter().collect(),
                ..plain
            };
            Draft { revision, withdraws, has_border, amends }
        },
    )
}

pub fn any_applicability() -> impl Strategy<Value = (When, Destinations)> {
    prop_oneof![
        3 => Just((When::new(), Destinations::Any)),
        1 => (any_when(), any_destinations()),
    ]
}

/// Some lists, each with its revisions in their order.
pub fn any_revisions() -> impl Strategy<Value = Vec<Vec<Revision>>> {
    let lists = subsequence(LISTS.to_vec(), 2..=4);
    lists.prop_flat_map(|lists| {
        let of_list = |list: &'static str| vec(any_draft(), 1..=3).prop_map(move |it| in_order(list, it));
        lists.into_iter().map(of_list).collect::<Vec<_>>()
    })
}

/// Makes a chain of drafts: published in order, versions rise, and only what
/// waits is withdrawn.
pub fn in_order(list: &str, mut drafts: Vec<Draft>) -> Vec<Revision> {
    drafts.sort_by_key(|it| it.revision.published);
    let mut revisions: Vec<Revision> = Vec::new();
    for Draft { mut revision, withdraws, has_border, amends } in drafts {
        revision.list = id(list);
        // A zone's list may be about leaving the country.
        revision.border = (has_border && list == "XA-N/zone").then(|| id("XA"));
        if let (Some(amends), Some(before)) = (amends, revisions.last()) {
            revision = amending(before, revision, amends);
        }
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

/// Keeps what is kept of the revision before: its terms, or some of its entries,
/// or both.
fn amending(before: &Revision, mut new: Revision, [has_same_terms, kept @ ..]: [bool; 5]) -> Revision {
    for (name, _) in (0..).map(|it| format!("entry-{it}")).zip(kept).filter(|(_, is_kept)| *is_kept) {
        let kept = before.entries.get_key_value(&id::<EntryId>(&name));
        new.entries.extend(kept.map(|(id, it)| (id.clone(), Arc::clone(it))));
    }
    if !has_same_terms {
        return new;
    }
    Revision {
        scope: before.scope.clone(),
        within: before.within,
        displaces: before.displaces.clone(),
        applies_when: before.applies_when.clone(),
        applies_to: before.applies_to.clone(),
        groups: before.groups.clone(),
        border: before.border.clone(),
        ..new
    }
}

pub fn any_state() -> impl Strategy<Value = State> {
    let members = btree_map(select(&PLACES[..]), any_membership(), 0..=4);
    (any_revisions(), members)
        .prop_map(|(revisions, members)| state(places(members), revisions.into_iter().flatten().collect()))
}

pub fn any_question() -> impl Strategy<Value = Question> {
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
