//! Answers, in tables that a lawyer can read.
//!
//! Each folder of `tests/answers/` is one topic: a `questions.txt`, beside it
//! small invented lists in the words of `tests/answers/words/`. A
//! `questions.txt` that begins with the line `catalog` asks the real lists.
//!
//! ```text
//! # A comment. A line that begins with a space goes on with the one before.
//! FROM > TO  ITEM…  AT  STATED…  ->  OUTCOME CLAUSE…
//! ```
//!
//! - `TO` is a place, or `anywhere` where the question names none.
//! - `ITEM` is a category, with `subjects=N` or `subjects.WINDOW=N` after it.
//! - `STATED` is `fact=yes`, `fact=no`, `fact=N`, `fact=choice`, a bare `fact`
//!   for yes, `ordinary`, `known-on=DATE`.
//! - `OUTCOME` is `permitted`, `conditional`, `prohibited`, or `unknown` with
//!   its reason. Without `or` the answer must be decided.
//!
//! A clause is only compared where it stands. Its words are sets, separated by
//! commas; `none` is the empty one.
//!
//! - `or FLOOR`, and `depends on FACT, CATEGORY, to`: what outcome or
//!   requirements hang on
//! - `if NAME=VALUE OUTCOME`: what a case of an open fact would lead to; a
//!   count is `A..B` or `A..`, a place is `to=CODE` or `to=elsewhere`
//! - `by ENTRY, ENTRY@VERSION, ENTRY?`: every entry that applies but for
//!   notices, of which only those are compared that are named; `?` means that
//!   it may apply
//! - `requires A | B+C & D`: one of A, or B with C; and D
//! - `relied on`, `exemptions`, `duties`: facts; `notes`: kinds
//! - `asked LIST@VERSION`: the lists consulted about data that leaves their
//!   border; `inside`: those that only say that it stays inside
//! - `valid FROM..UNTIL`, either side may be missing, and `ends with
//!   LIST@VERSION`, `LIST@VERSION expiry`, or `BLOC PLACE` for a membership

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use neglist::canon::Chains;
use neglist::catalog::{Sources, Words, read_categories, read_folder, read_places, read_revision, read_vocabulary};
use neglist::evaluate::answer;
use neglist::model::{
    Answer, Applies, At, CaseValue, Count, Effect, End, Item, Jurisdiction, Open, Outcome, Question, Revision, State,
    Subjects, Value,
};
use neglist::registry::records_of;

#[test]
fn every_answer_is_as_the_tables_say() {
    let root = here();
    let law = state_of(&read_folder(&root.join("../../catalog")).unwrap());
    let mut asked = 0;
    let mut wrong = Vec::new();
    for folder in folders(&root) {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(folder.join("questions.txt")).unwrap();
        let (state, text) = match text.strip_prefix("catalog\n") {
            Some(rest) => (law.clone(), format!("\n{rest}")),
            None => (invented(&folder), text),
        };
        let rows = rows(&text);
        assert!(!rows.is_empty(), "{name} asks nothing");
        asked += rows.len();
        for (line, row) in rows {
            if let Err(error) = check(&state, &row) {
                wrong.push(format!("tests/answers/{name}/questions.txt:{line}: {row}\n{error}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {asked} are wrong\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn a_line_that_cannot_be_read_is_refused() {
    let state = invented(&here().join("counts"));
    for (row, expected) in [
        ("", "expected `->`"),
        ("XA > XB personal 2020-01-01", "expected `->`"),
        ("XA XB personal 2020-01-01 -> permitted", "expected `FROM > TO`"),
        ("XA > XB personal -> permitted", "expected a date"),
        ("XA > XB 2020-01-01 -> permitted", "a question has at least one item"),
        ("XA > XB subjects=5 2020-01-01 -> permitted", "`subjects` comes after its category"),
        ("XA > XB personal 2020-01-01 critcal -> permitted", "unknown fact `critcal`"),
        ("XA > XB personal subjects=many 2020-01-01 -> permitted", "expected a number, found `many`"),
        ("XA > XB personal 2020-01-01 -> ", "expected an outcome"),
        ("XA > XB personal 2020-01-01 -> allowed", "expected an outcome, found `allowed`"),
        ("XA > XB personal 2020-01-01 -> unknown", "expected a reason"),
        ("XA > XB personal 2020-01-01 -> unknown whatever", "expected a reason, found `whatever`"),
        ("XA > XB personal 2020-01-01 -> permitted perhaps", "expected a clause, found `perhaps`"),
        ("XA > XB personal 2020-01-01 -> prohibited or permitted", "`or` needs `depends on`"),
        ("XA > XB personal 2020-01-01 -> prohibited depends subjects", "expected `depends on`"),
        ("XA > XB personal 2020-01-01 -> permitted by", "`by` says nothing"),
        ("XA > XB personal 2020-01-01 -> permitted by a by b", "`by` stands there twice"),
        ("XA > XB personal 2020-01-01 -> permitted duties a b", "expected a comma before `b`"),
    ] {
        let error = check(&state, row).unwrap_err();
        assert!(error.contains(expected), "{row}\nexpected: {expected}\nfound: {error}");
    }
}

#[test]
fn a_wrong_expectation_is_reported_with_what_was_found() {
    let state = invented(&here().join("mechanisms"));
    let question = "XA > XB personal.health 2020-06-01 assessment";
    for (expected, clause) in [
        ("prohibited", "outcome"),
        ("permitted or permitted depends on critical", "depends"),
        ("permitted by health", "by"),
        ("permitted by health-routes@9.0.0", "by"),
        ("permitted by health-routes?", "by"),
        ("permitted by none", "by"),
        ("permitted requires assessment", "requires"),
        ("permitted relied on consent", "relied"),
        ("permitted exemptions emergency", "exemptions"),
        ("permitted duties report", "duties"),
        ("permitted notes conflict", "notes"),
        ("permitted valid 2020-01-02..", "valid"),
        ("permitted ends with XA/routes@2.0.0", "ends"),
        ("permitted asked none", "asked"),
        ("permitted inside XA/routes", "inside"),
        ("permitted if critical=yes permitted", "if"),
    ] {
        let error = check(&state, &format!("{question} -> {expected}")).unwrap_err();
        let line = format!("  {clause}: expected ");
        assert!(error.contains(&line) && error.contains(", found "), "{expected}\n{error}");
    }
}

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/answers")
}

/// Returns the folders with questions, by name.
fn folders(root: &Path) -> Vec<PathBuf> {
    let all = fs::read_dir(root).unwrap().map(|it| it.unwrap().path());
    let mut folders: Vec<_> = all.filter(|it| !it.ends_with("words")).collect();
    folders.sort();
    folders
}

/// Returns the state that holds the lists of a folder.
fn invented(folder: &Path) -> State {
    let words = |name: &str| fs::read_to_string(here().join("words").join(name)).unwrap();
    let categories = read_categories(&words("categories.toml")).unwrap();
    let vocabulary = read_vocabulary(&words("facts.toml")).unwrap();
    let places = read_places(&words("jurisdictions.toml")).unwrap();
    let files = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    let files: BTreeSet<_> = files.filter(|it| it.extension().is_some_and(|it| it == "toml")).collect();
    let mut revisions: Vec<Revision> = Vec::new();
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let list = text.lines().find_map(|it| it.strip_prefix("list = ")).unwrap_or_default().trim_matches('"');
        let base =
            |version: &_| revisions.iter().rfind(|it| it.list.as_str() == list && it.version == *version).cloned();
        let revision = read_revision(&text, &vocabulary, base);
        revisions.push(revision.unwrap_or_else(|it| panic!("{}: {it:#?}", path.display())));
    }
    let lists = revisions.iter().map(|it| it.list.clone()).collect();
    let words = Words { categories: &categories, vocabulary: &vocabulary, places: &places, lists: &lists };
    for revision in &revisions {
        assert_eq!(words.unknown(revision), [], "{}: {} {}", folder.display(), revision.list, revision.version);
    }
    revisions.sort_by(|a, b| (a.published, &a.list, &a.version).cmp(&(b.published, &b.list, &b.version)));
    state_of(&Sources {
        origin: "neglist/answers".to_owned(),
        recorded: "2026-01-01T00:00:00Z".to_owned(),
        categories: vec![categories],
        vocabularies: vec![vocabulary],
        places,
        revisions,
    })
}

fn state_of(sources: &Sources) -> State {
    let (_, records) = records_of(sources).unwrap();
    records.into_iter().fold(Chains::default(), Chains::append).state().unwrap()
}

/// Returns the rows of a table, each with the number of its first line.
fn rows(text: &str) -> Vec<(usize, String)> {
    let mut rows: Vec<(usize, String)> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        match rows.last_mut() {
            Some((_, row)) if line.starts_with(' ') => *row = format!("{row} {}", line.trim()),
            _ => rows.push((index + 1, line.trim().to_owned())),
        }
    }
    rows
}

/// Asks the question of a row, and compares the answer with what it expects.
fn check(state: &State, row: &str) -> Result<(), String> {
    let (asked, expected) = row.split_once("->").ok_or("expected `->`")?;
    let question = read_question(asked)?;
    let expected = Expected::read(expected)?;
    if let Some(mistake) = state.mistakes(&question).into_iter().next() {
        return Err(mistake.message);
    }
    let answer = answer(state, &question);
    let mut wrong = Vec::new();
    for (clause, expected) in &expected.clauses {
        let found = found(&answer, clause, expected);
        if found != *expected {
            wrong.push(format!("  {clause}: expected {expected}, found {found}"));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(format!("{}\n  {}", wrong.join("\n"), summary(&answer))) }
}

fn read_question(asked: &str) -> Result<Question, String> {
    let mut words = asked.split_whitespace();
    let (Some(from), Some(">"), Some(to)) = (words.next(), words.next(), words.next()) else {
        return Err("expected `FROM > TO`".to_owned());
    };
    let to: Option<Jurisdiction> = if to == "anywhere" { None } else { Some(parse(to)?) };
    let mut items: Vec<Item> = Vec::new();
    let at: At = loop {
        let word = words.next().ok_or("expected a date")?;
        if let Ok(at) = word.parse() {
            break at;
        }
        match word.split_once('=') {
            None => items.push(Item { category: parse(word)?, subjects: None }),
            Some((name, number)) => {
                let item = items.last_mut().ok_or("`subjects` comes after its category")?;
                item.subjects = Some(read_subjects(item.subjects.take(), name, number)?);
            }
        }
    };
    let (from, id) = (parse(from)?, None);
    let mut question = Question { id, from, to, items, at, known_on: None, facts: BTreeMap::new(), ordinary: false };
    for word in words {
        match word.split_once('=') {
            None if word == "ordinary" => question.ordinary = true,
            None => drop(question.facts.insert(parse(word)?, Value::Flag(true))),
            Some(("known-on", day)) => question.known_on = Some(parse(day)?),
            Some((fact, value)) => drop(question.facts.insert(parse(fact)?, read_value(value)?)),
        }
    }
    Ok(question)
}

fn read_subjects(before: Option<Subjects>, name: &str, number: &str) -> Result<Subjects, String> {
    let count = read_count(number)?;
    match (name.split_once('.'), before) {
        (None, None) if name == "subjects" => Ok(Subjects::Each(count)),
        (Some(("subjects", window)), None) => Ok(Subjects::In(BTreeMap::from([(parse(window)?, count)]))),
        (Some(("subjects", window)), Some(Subjects::In(mut counts))) => {
            counts.insert(parse(window)?, count);
            Ok(Subjects::In(counts))
        }
        _ => Err(format!("expected `subjects=N` or `subjects.WINDOW=N`, found `{name}`")),
    }
}

fn read_value(value: &str) -> Result<Value, String> {
    match value {
        "yes" => Ok(Value::Flag(true)),
        "no" => Ok(Value::Flag(false)),
        _ if value.starts_with(|it: char| it.is_ascii_digit()) => read_count(value).map(Value::Count),
        _ => parse(value).map(Value::Choice),
    }
}

fn read_count(number: &str) -> Result<Count, String> {
    let number = number.parse().map_err(|_| format!("expected a number, found `{number}`"))?;
    Count::new(number).map_err(|it| it.to_string())
}

fn parse<T: std::str::FromStr>(text: &str) -> Result<T, String>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|it: T::Err| it.to_string())
}

/// What a row expects: for each clause its one spelling.
struct Expected {
    clauses: BTreeMap<&'static str, String>,
}

/// The words that begin a clause, with the second one where there are two.
const CLAUSES: [(&str, &str); 13] = [
    ("or", ""),
    ("depends", "on"),
    ("if", ""),
    ("by", ""),
    ("requires", ""),
    ("relied", "on"),
    ("exemptions", ""),
    ("duties", ""),
    ("notes", ""),
    ("asked", ""),
    ("inside", ""),
    ("valid", ""),
    ("ends", "with"),
];

impl Expected {
    fn read(text: &str) -> Result<Expected, String> {
        let mut words = text.split_whitespace().peekable();
        let outcome = words.next().ok_or("expected an outcome")?;
        if !Outcome::ALL.iter().any(|it| it.word() == outcome) {
            return Err(format!("expected an outcome, found `{outcome}`"));
        }
        let mut outcome = outcome.to_owned();
        if outcome == "unknown" {
            let reason = words.next().ok_or("expected a reason")?;
            if !["no-list", "outside-scope", "undetermined"].contains(&reason) {
                return Err(format!("expected a reason, found `{reason}`"));
            }
            outcome = format!("unknown {reason}");
        }
        let mut said: BTreeMap<&'static str, Vec<&str>> = BTreeMap::new();
        let mut clause = None;
        while let Some(word) = words.next() {
            if let Some((name, second)) = CLAUSES.into_iter().find(|(it, _)| *it == word) {
                if !second.is_empty() && words.next() != Some(second) {
                    return Err(format!("expected `{name} {second}`"));
                }
                if said.insert(name, Vec::new()).is_some() {
                    return Err(format!("`{name}` stands there twice"));
                }
                clause = Some(name);
            } else {
                let name = clause.ok_or_else(|| format!("expected a clause, found `{word}`"))?;
                said.entry(name).or_default().push(word);
            }
        }
        if said.contains_key("or") && !said.contains_key("depends") {
            return Err("`or` needs `depends on`".to_owned());
        }
        let mut clauses = BTreeMap::from([("outcome", outcome)]);
        for (name, words) in said {
            if words.is_empty() {
                return Err(format!("`{name}` says nothing"));
            }
            clauses.insert(name, spelled(name, &words)?);
        }
        let outcome = clauses.get("outcome").map_or("", |it| it.split(' ').next().unwrap_or_default()).to_owned();
        clauses.entry("or").or_insert(outcome);
        Ok(Expected { clauses })
    }
}

/// Returns the one spelling of a clause.
fn spelled(clause: &str, words: &[&str]) -> Result<String, String> {
    let text = words.join(" ");
    if ["or", "valid", "ends"].contains(&clause) {
        return Ok(text);
    }
    if clause == "requires" {
        let part = |text: &str, by: char| text.split(by).map(|it| it.trim().to_owned()).collect::<BTreeSet<_>>();
        let ways = |text: String| part(&text, '|').into_iter().map(|way| part(&way, '+')).collect();
        return Ok(requirements(&part(&text, '&').into_iter().map(ways).collect()));
    }
    let parts: BTreeSet<String> = text.split(", ").map(str::to_owned).collect();
    // A case of an open fact is two words.
    let most = if clause == "if" { 2 } else { 1 };
    match parts.iter().find(|it| most < it.split(' ').count()) {
        Some(part) => Err(format!("expected a comma before `{}`", part.split(' ').next_back().unwrap_or_default())),
        None => Ok(set(parts)),
    }
}

fn set(words: impl IntoIterator<Item = String>) -> String {
    let words: BTreeSet<_> = words.into_iter().collect();
    if words.is_empty() { "none".to_owned() } else { words.into_iter().collect::<Vec<_>>().join(", ") }
}

fn requirements(all: &BTreeSet<BTreeSet<BTreeSet<String>>>) -> String {
    let together = |way: &BTreeSet<String>| way.iter().cloned().collect::<Vec<_>>().join("+");
    let ways = |one: &BTreeSet<BTreeSet<String>>| one.iter().map(together).collect::<Vec<_>>().join(" | ");
    if all.is_empty() { "none".to_owned() } else { all.iter().map(ways).collect::<Vec<_>>().join(" & ") }
}

/// Returns what an answer has for a clause, as far as the clause asks.
fn found(answer: &Answer<'_>, clause: &str, expected: &str) -> String {
    match clause {
        "outcome" => match answer.unknown_reason {
            Some(reason) => format!("unknown {}", reason.word()),
            None => answer.outcome.word().to_owned(),
        },
        "or" => answer.floor.word().to_owned(),
        "depends" => set(answer.depends_on.iter().map(|it| open(&it.on))),
        "if" => {
            let named: BTreeSet<_> = expected.split(", ").map(|it| it.split(' ').next().unwrap_or_default()).collect();
            set(cases(answer).into_iter().filter(|it| named.contains(it.split(' ').next().unwrap_or_default())))
        }
        "by" => {
            let named: BTreeSet<_> = expected.split(", ").collect();
            set(entries(answer, &named))
        }
        "requires" => {
            let words = |it: &BTreeSet<_>| it.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
            let all = answer.requires.iter().map(|any| any.iter().map(words).collect()).collect();
            requirements(&all)
        }
        "relied" => set(answer.relied_on.iter().map(ToString::to_string)),
        "exemptions" => set(answer.exemptions.iter().map(ToString::to_string)),
        "duties" => set(answer.duties.iter().map(ToString::to_string)),
        "notes" => set(answer.notes.iter().map(|it| it.kind.word().to_owned())),
        "asked" | "inside" => {
            let of_kind = answer.consulted.iter().filter(|it| it.stays_inside == (clause == "inside"));
            set(of_kind.map(|it| {
                let (list, version) = (&it.issued.revision.list, &it.issued.revision.version);
                let with_version = format!("{list}@{version}");
                if expected.contains(&with_version) { with_version } else { list.to_string() }
            }))
        }
        "valid" => {
            let day = |it: Option<neglist::model::date::Date>| it.map_or_else(String::new, |it| it.to_string());
            format!("{}..{}", day(answer.valid.from), day(answer.valid.until))
        }
        "ends" => match &answer.valid.ends_with {
            None => "none".to_owned(),
            Some(End::Revision { list, version }) => format!("{list}@{version}"),
            Some(End::Expiry { list, version }) => format!("{list}@{version} expiry"),
            Some(End::Membership { bloc, place }) => format!("{bloc} {place}"),
        },
        other => panic!("no clause is named {other}"),
    }
}

fn open(open: &Open) -> String {
    match open {
        Open::Fact(fact) => fact.to_string(),
        Open::Category(category) => category.to_string(),
        Open::Destination => "to".to_owned(),
    }
}

fn cases(answer: &Answer<'_>) -> Vec<String> {
    let mut cases = Vec::new();
    for dependence in &answer.depends_on {
        for case in &dependence.cases {
            let value = match &case.value {
                CaseValue::Flag(true) => "yes".to_owned(),
                CaseValue::Flag(false) => "no".to_owned(),
                CaseValue::Choice(choice) => choice.to_string(),
                CaseValue::Count(from, None) => format!("{from}.."),
                CaseValue::Count(from, Some(below)) => format!("{from}..{below}"),
                CaseValue::To(place) => place.to_string(),
                CaseValue::Elsewhere => "elsewhere".to_owned(),
            };
            cases.push(format!("{}={value} {}", open(&dependence.on), case.outcome.word()));
        }
    }
    cases
}

/// Returns the entries behind an answer, each spelled as it is named. Notices
/// are left out unless they are named.
fn entries(answer: &Answer<'_>, named: &BTreeSet<&str>) -> Vec<String> {
    let mut entries = Vec::new();
    for found in &answer.matches {
        let mark = if found.applies == Applies::Yes { "" } else { "?" };
        let plain = format!("{}{mark}", found.entry.id);
        let with_version = format!("{}@{}{mark}", found.entry.id, found.revision.version);
        if named.contains(with_version.as_str()) {
            entries.push(with_version);
        } else if found.entry.effect != Effect::Notice || named.contains(plain.as_str()) {
            entries.push(plain);
        }
    }
    entries
}

/// Returns an answer in the grammar of the tables, for whoever writes one.
fn summary(answer: &Answer<'_>) -> String {
    let versions = answer.matches.iter().map(|it| format!("{}@{}", it.entry.id, it.revision.version));
    let mut named: BTreeSet<String> = versions.collect();
    named.extend(named.clone().iter().map(|it| format!("{it}?")));
    let entries = set(entries(answer, &named.iter().map(String::as_str).collect()));
    let mut said = vec![found(answer, "outcome", "")];
    if !answer.is_decided() {
        said.push(format!("or {} depends on {}", found(answer, "or", ""), found(answer, "depends", "")));
        said.push(format!("if {}", set(cases(answer))));
    }
    said.push(format!("by {entries}"));
    for (clause, second) in CLAUSES.into_iter().skip(4) {
        let clause_name = if second.is_empty() { clause.to_owned() } else { format!("{clause} {second}") };
        let found = found(answer, clause, "");
        if found != "none" && found != ".." {
            said.push(format!("{clause_name} {found}"));
        }
    }
    said.join(" ")
}
