//! One question: `GET /v1/ask` and `POST /v1/ask`.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::canon::{question_from_json, write_answer};
use crate::model::{Count, FactId, FactKind, Item, Question, Role, State, Subjects, Value};
use crate::registry::AskError;
use crate::server::Service;
use crate::server::edition::Edition;
use crate::server::problem::Problem;
use crate::server::query::Query;

/// The parameters of a question.
pub(super) const PARAMETERS: &[&str] =
    &["from", "to", "category", "subjects", "item", "at", "known_on", "fact", "with", "ordinary"];

/// So many items a question has over HTTP: it is answered in one go. Who has more
/// asks in a batch.
const MOST_ITEMS: usize = 100;

/// Nobody keeps an answer for longer than this, in seconds: a regulator may
/// publish at any time.
const LONGEST: i64 = 60;

/// `GET /v1/ask`
pub(super) async fn get(Shared(service): Shared<Arc<Service>>, uri: Uri, headers: HeaderMap) -> Response {
    let edition = service.editions.current();
    let answered = Query::read(&uri, PARAMETERS)
        .and_then(Query::filled)
        .and_then(|query| question_of(&query, edition.registry.state()))
        .and_then(|question| answer(&edition, &question, &headers, service.second()));
    answered.unwrap_or_else(Problem::into_response)
}

/// `POST /v1/ask`
pub(super) async fn post(Shared(service): Shared<Arc<Service>>, headers: HeaderMap, body: Bytes) -> Response {
    let edition = service.editions.current();
    let answered = question_in(&body).and_then(|it| answer(&edition, &it, &headers, service.second()));
    answered.unwrap_or_else(Problem::into_response)
}

/// Reads a question from a body.
pub(super) fn question_in(body: &[u8]) -> Result<Question, Problem> {
    let text = std::str::from_utf8(body).map_err(|_| Problem::request("the body is not UTF-8"))?;
    bounded(question_from_json(text).map_err(|it| Problem::request(it.message))?)
}

fn bounded(question: Question) -> Result<Question, Problem> {
    let many = question.items.len();
    if many <= MOST_ITEMS {
        return Ok(question);
    }
    Err(Problem::request(format!("a question has at most {MOST_ITEMS} items here, and this one has {many}")))
}

fn answer(edition: &Edition, question: &Question, headers: &HeaderMap, second: i64) -> Result<Response, Problem> {
    let answer = edition.registry.ask(question).map_err(Problem::from)?;
    if is_known(headers, &edition.etag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, edition.etag.clone())]).into_response());
    }
    let mut body = Vec::with_capacity(2048);
    write_answer(&mut body, &answer, edition.head());
    body.push(b'\n');
    let mut response = body.into_response();
    let to = response.headers_mut();
    to.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    to.insert(header::ETAG, edition.etag.clone());
    let age = seconds_valid(answer.valid.until, second);
    to.insert(header::CACHE_CONTROL, HeaderValue::try_from(format!("public, max-age={age}")).unwrap_or(NO_CACHE));
    Ok(response)
}

/// What is kept has to be compared with the head before it is used.
pub(super) const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache");

/// Returns for how many seconds an answer may be kept: until it ends, and not
/// for longer than somebody may rest on what was published before.
fn seconds_valid(until: Option<Date>, second: i64) -> i64 {
    let end = until.and_then(|it| it.to_zoned_datetime(TimeZone::UTC).ok()).map(|it| it.timestamp().as_second());
    // An answer about days gone by ended before now, and stays what it is.
    end.map(|it| it - second).filter(|it| 0 < *it).map_or(LONGEST, |it| it.min(LONGEST))
}

/// Returns whether whoever asks has what would be answered.
pub(super) fn is_known(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|it| it.to_str().ok());
    let etag = etag.to_str().unwrap_or_default();
    known.is_some_and(|it| it.split(',').any(|it| it.trim().trim_start_matches("W/") == etag))
}

impl From<AskError> for Problem {
    fn from(error: AskError) -> Problem {
        match error {
            AskError::Mistakes(mistakes) => mistakes.into(),
            AskError::Disagreement => Problem::unavailable(error),
        }
    }
}

/// Reads a question from parameters, in the words of a state. There is no
/// default for the day: an answer depends on what was asked alone.
pub(super) fn question_of(query: &Query, state: &State) -> Result<Question, Problem> {
    let missing = |name: &str| Problem::request(format!("`{name}` is missing"));
    bounded(Question {
        id: None,
        from: query.parsed("from")?.ok_or_else(|| missing("from"))?,
        to: query.parsed("to")?,
        items: items(query)?,
        at: query.parsed("at")?.ok_or_else(|| missing("at"))?,
        known_on: query.parsed("known_on")?,
        facts: facts(query, state)?,
        ordinary: query.flag("ordinary")?,
    })
}

/// Reads what would go.
pub(super) fn items(query: &Query) -> Result<Vec<Item>, Problem> {
    let subjects = query.one("subjects")?.map(subjects).transpose()?;
    let mut items = Vec::new();
    for category in query.all("category") {
        items.push(Item { category: parse("category", category)?, subjects: subjects.clone() });
    }
    for written in query.all("item") {
        let (category, rest) = written.split_once(',').map_or((written, None), |(it, rest)| (it, Some(rest)));
        let malformed = || Problem::request(format!("item: `{written}` is not `CATEGORY[,subjects=NUMBER]`"));
        let counted = rest.map(|it| it.strip_prefix("subjects=").ok_or_else(malformed)).transpose()?;
        let counted = counted.map(self::subjects).transpose()?;
        items.push(Item { category: parse("item", category)?, subjects: counted });
    }
    if items.is_empty() { Err(Problem::request("`category` is missing")) } else { Ok(items) }
}

/// Reads a number, or `WINDOW=NUMBER,WINDOW=NUMBER`.
pub(super) fn subjects(text: &str) -> Result<Subjects, Problem> {
    if !text.contains('=') {
        return Ok(Subjects::Each(count(text)?));
    }
    let mut counts = BTreeMap::new();
    for part in text.split(',') {
        let (window, number) = part.split_once('=').unwrap_or((part, ""));
        if counts.insert(parse("subjects", window)?, count(number)?).is_some() {
            return Err(Problem::request(format!("subjects: window `{window}` is given twice")));
        }
    }
    Ok(Subjects::In(counts))
}

fn count(text: &str) -> Result<Count, Problem> {
    let is_digits = !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    let number = is_digits.then(|| text.parse().ok()).flatten();
    let number = number.ok_or_else(|| {
        Problem::request(format!("`{text}` is not a number of people: expected digits, such as 50000"))
    })?;
    Count::new(number).map_err(Problem::request)
}

/// Reads what is stated.
pub(super) fn facts(query: &Query, state: &State) -> Result<BTreeMap<FactId, Value>, Problem> {
    let mut facts = BTreeMap::new();
    for stated in query.all("fact") {
        let Some((id, written)) = stated.split_once('=') else {
            return Err(Problem::request(format!("fact: `{stated}` has no value: write it as `{stated}=yes`")));
        };
        let id: FactId = parse("fact", id)?;
        let value = value(state, &id, written)?;
        state_fact(&mut facts, id, value)?;
    }
    for claimed in query.all("with") {
        let id: FactId = parse("with", claimed)?;
        let role = state.vocabulary.find(&id).map(|it| it.role);
        if !matches!(role, Some(Role::Mechanism | Role::Exemption)) {
            return Err(Problem::request(format!("with: `{claimed}` is no mechanism and no exemption")));
        }
        state_fact(&mut facts, id, Value::Flag(true))?;
    }
    Ok(facts)
}

fn state_fact(facts: &mut BTreeMap<FactId, Value>, id: FactId, value: Value) -> Result<(), Problem> {
    match facts.get(&id) {
        Some(before) if *before != value => Err(Problem::request(format!("`{id}` is stated twice, and differently"))),
        _ => {
            facts.insert(id, value);
            Ok(())
        }
    }
}

/// Reads a value as the fact's kind has it. A fact that is not known is said
/// when the question is looked at as a whole.
fn value(state: &State, id: &FactId, text: &str) -> Result<Value, Problem> {
    let kind = state.vocabulary.find(id).map(|it| &it.kind);
    match (kind, text) {
        (Some(FactKind::Flag), "yes" | "true") | (None, _) => Ok(Value::Flag(true)),
        (Some(FactKind::Flag), "no" | "false") => Ok(Value::Flag(false)),
        (Some(FactKind::Flag), _) => {
            Err(Problem::request(format!("`{id}` is a flag: expected `yes` or `no`, found `{text}`")))
        }
        (Some(FactKind::Count), _) => Ok(Value::Count(count(text)?)),
        (Some(FactKind::Choice(_)), _) => Ok(Value::Choice(parse("fact", text)?)),
    }
}

/// Reads a text as what a parameter is.
fn parse<T: std::str::FromStr>(name: &str, text: &str) -> Result<T, Problem>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error: T::Err| Problem::request(format!("{name}: {error}")))
}
