//! What readers ask: questions of the exam and variations of them, and
//! everything else that a server has.

use std::collections::BTreeMap;
use std::fmt::Write;

use neglist::canon::{exam_from_json, question_json};
use neglist::model::{Count, Item, ListId, Question, State, Subjects, Value};

/// A question, as it is asked in either way.
#[derive(Debug)]
pub struct Asked {
    pub question: Question,
    /// Its body for `POST`, a line.
    pub json: String,
    /// Its parameters for `GET`.
    pub query: String,
}

/// Returns the questions of the exam, each as it stands, with nothing stated,
/// towards anywhere, as known long before, and about more people.
pub fn questions(state: &State) -> Vec<Asked> {
    let exam = include_str!("../exam/open.jsonl").lines().filter(|it| !it.trim().is_empty());
    let mut questions = Vec::new();
    for question in exam.map(|it| exam_from_json(it).unwrap().question) {
        let more = |it: &Item| Item { subjects: Some(Subjects::Each(Count::new(1_000_001).unwrap())), ..it.clone() };
        let variations = [
            Question { facts: BTreeMap::new(), ordinary: false, ..question.clone() },
            Question { to: None, ..question.clone() },
            Question { known_on: Some("2024-01-01".parse().unwrap()), ..question.clone() },
            Question { items: question.items.iter().map(more).collect(), ..question.clone() },
        ];
        questions.extend([question].into_iter().chain(variations));
    }
    assert!(questions.iter().all(|it| state.mistakes(it).is_empty()));
    questions.into_iter().map(asked).collect()
}

fn asked(question: Question) -> Asked {
    let mut query = format!("from={}&at={}&ordinary={}", question.from, question.at, question.ordinary);
    if let Some(to) = &question.to {
        write!(query, "&to={to}").unwrap();
    }
    if let Some(day) = question.known_on {
        write!(query, "&known_on={day}").unwrap();
    }
    for Item { category, subjects } in &question.items {
        let counted = match subjects {
            None => String::new(),
            Some(Subjects::Each(count)) => format!(",subjects={count}"),
            Some(Subjects::In(counts)) => {
                let counts: Vec<_> = counts.iter().map(|(window, count)| format!("{window}={count}")).collect();
                format!(",subjects={}", counts.join(","))
            }
        };
        write!(query, "&item={}", encoded(&format!("{category}{counted}"))).unwrap();
    }
    for (fact, value) in &question.facts {
        let value = match value {
            Value::Flag(true) => "yes".to_owned(),
            Value::Flag(false) => "no".to_owned(),
            Value::Choice(choice) => choice.to_string(),
            Value::Count(count) => count.to_string(),
        };
        write!(query, "&fact={}", encoded(&format!("{fact}={value}"))).unwrap();
    }
    let json = question_json(&question).to_string();
    Asked { question, json, query }
}

fn encoded(text: &str) -> String {
    text.replace('=', "%3D").replace(',', "%2C").replace('/', "%2F")
}

/// Documents and pages that are the same wherever they are asked at one head;
/// `{list}` is a list, and `{version}` one of its versions.
pub const DOCUMENTS: &[&str] = &[
    "/v1/lists?at=2025-01-01",
    "/v1/lists?at=2024-06-01&place=CN-TJ-FTZ",
    "/v1/coverage?at=2025-01-01",
    "/v1/lists/{list}?at=2025-01-01",
    "/v1/lists/{list}/revisions/{version}",
    "/v1/lists/{list}/revisions/{last}",
    "/v1/diff/{list}/{version}/{last}",
    "/v1/diff/CN/cross-border-transfer/4.0.2/5.0.0",
    "/v1/catalog",
    "/feed.atom",
    "/feed.atom?list={list}&lang=zh",
    "/feed.atom?place=CN",
    "/v1/changes?since={since}",
    "/lists?lang=en",
    "/lists?place=CN-TJ-FTZ&at=2024-06-01&lang=zh",
    "/lists/{list}?at=2025-01-01&lang=en",
    "/lists/{list}/{last}?lang=zh",
    "/diff/{list}/{version}/{last}?lang=en",
    "/coverage?at=2025-01-01&lang=en",
    "/places/CN?at=2025-01-01&lang=en",
    "/catalog?q=genomic&lang=zh",
    "/catalog/personal.health.genomic?lang=en",
    "/?from=CN&to=US&category=personal.contact&subjects=50000&fact=sector%3Dretail&at=2024-04-01&lang=en",
    "/matrix?category=personal&from=CN,EEA&to=US,GB,SG&at=2026-01-01&subjects=5000&lang=en",
];

/// What takes longer than a moment, and so is asked for rarely.
pub const HEAVY: &[&str] = &[
    "/v1/diff/CN/cross-border-transfer/4.0.2/5.0.0?verdicts=true",
    "/feed.atom?from=CN&to=US&category=personal.contact&at=2024-04-01&ordinary=true",
    "/map?category=personal&place=CN&way=to&at=2026-01-01&facts=open&lang=en",
    "/openapi.json",
];

/// What is refused, and how.
pub const MISTAKES: &[(&str, u16)] = &[
    ("/v1/ask?from=UK&category=personal&at=2024-04-01", 400),
    ("/v1/ask?from=CN&category=personal", 400),
    ("/v1/lists/CN/cross-border-transfre", 404),
    ("/v1/nothing", 404),
    ("/lists/CN/cross-border-transfre", 404),
    ("/log/records/9999", 404),
];

/// Fills in what a document is of.
pub fn filled(template: &str, list: &ListId, state: &State, since: u64) -> String {
    let revisions = &state.lists[list].revisions;
    let version =
        |it: Option<&neglist::model::Issued>| it.map(|it| it.revision.version.to_string()).unwrap_or_default();
    template
        .replace("{list}", list.as_str())
        .replace("{version}", &version(revisions.first()))
        .replace("{last}", &version(revisions.last()))
        .replace("{since}", &since.to_string())
}
