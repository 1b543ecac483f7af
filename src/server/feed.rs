//! `GET /feed.atom`: what is published, as feeds have it (RFC 4287): all of it,
//! of a list, of a place, or what changed the answer to one question.
//!
//! Ids are made of the hashes of records, and times are those of records: of
//! one edition, a feed is always the same bytes.

use std::sync::Arc;

use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::canon::{RecordKind, canonical, hash_in, question_json};
use crate::document::note::{Speaker, words};
use crate::document::phrase;
use crate::model::{Issued, Jurisdiction, Language, List, ListId, Outcome, Question, State, UnknownReason};
use crate::registry::{Turn, Verdict};
use crate::server::Service;
use crate::server::ask::{NO_CACHE, PARAMETERS, is_known, question_of};
use crate::server::atom::{Entry, Feed};
use crate::server::chronicle::Event;
use crate::server::edition::Edition;
use crate::server::problem::Problem;
use crate::server::query::Query;
use crate::server::reading::find_list;

/// So many entries a feed has, the newest first.
const MOST: usize = 100;

/// So many items a question has in a feed, where it is asked anew after each
/// revision that may bind it.
const MOST_ITEMS: usize = 10;

/// What a feed is about.
enum About {
    Everything,
    List(ListId),
    Place(Jurisdiction),
    Question(Box<Question>),
}

/// `GET /feed.atom`
pub(super) async fn get(
    Shared(service): Shared<Arc<Service>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let edition = service.editions.current();
    let (about, language) = read(&uri, edition.registry.state())?;
    let tag = [(header::ETAG, edition.etag.clone()), (header::CACHE_CONTROL, NO_CACHE)];
    if is_known(&headers, &edition.etag) {
        return Ok((StatusCode::NOT_MODIFIED, tag).into_response());
    }
    let own = Arc::clone(&service);
    let feed = service
        .aside(move || {
            let events = own.chronicle.of(&edition)?;
            let feed = feed(&about, &edition, &events, language)?;
            Ok(feed.write(&uri.path_and_query().map(ToString::to_string).unwrap_or_default()))
        })
        .await?;
    Ok((tag, [(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")], feed).into_response())
}

fn read(uri: &Uri, state: &State) -> Result<(About, Language), Problem> {
    let query = Query::read(uri, &[PARAMETERS, &["list", "place", "lang"]].concat())?.filled()?;
    let language = match query.one("lang")? {
        None | Some("en") => Language::En,
        Some("zh") => Language::Zh,
        Some(other) => return Err(Problem::request(format!("`lang` is `en` or `zh`, and not `{other}`"))),
    };
    let is_asked = PARAMETERS.iter().any(|it| query.all(it).next().is_some());
    let about = match (query.one("list")?, query.parsed::<Jurisdiction>("place")?, is_asked) {
        (None, None, false) => About::Everything,
        (None, None, true) => {
            let question = question_of(&query, state)?;
            let many = question.items.len();
            if MOST_ITEMS < many {
                let most = format!("a question has at most {MOST_ITEMS} items in a feed, and this one has {many}");
                return Err(Problem::request(most));
            }
            match state.mistakes(&question) {
                mistakes if mistakes.is_empty() => About::Question(Box::new(question)),
                mistakes => return Err(mistakes.into()),
            }
        }
        (Some(list), None, false) => {
            let (jurisdiction, name) = list.split_once('/').unwrap_or((list, ""));
            About::List(find_list(state, jurisdiction, name)?.id.clone())
        }
        (None, Some(place), false) => match state.place_mistake(&place) {
            Some(mistake) => return Err(vec![mistake].into()),
            None => About::Place(place),
        },
        _ => return Err(Problem::request("a feed is of a list, of a place, or of a question")),
    };
    Ok((about, language))
}

fn feed(about: &About, edition: &Edition, events: &[Event], language: Language) -> Result<Feed, Problem> {
    let state = edition.registry.state();
    let origin = &edition.head().origin;
    let (id, title, mut entries) = match about {
        About::Everything => {
            let title = language.say("everything that is published", "全部发布内容").to_owned();
            ("all".to_owned(), title, published(events, |_| true, state, language))
        }
        About::List(list) => {
            let is_of = |event: &Event| event.revision.as_ref().is_some_and(|(it, _)| it == list);
            (format!("list:{list}"), list.to_string(), published(events, is_of, state, language))
        }
        About::Place(place) => {
            let reach = state.places.in_reach(place);
            let is_of =
                |event: &Event| event.revision.as_ref().is_some_and(|(it, _)| reach.contains(&it.jurisdiction()));
            (format!("place:{place}"), place.to_string(), published(events, is_of, state, language))
        }
        About::Question(question) => of_question(question, edition, events, language)?,
    };
    // Newest first: what a reader fetches again begins with what is new.
    entries.reverse();
    entries.truncate(MOST);
    let first = events.first().map(|it| it.recorded.clone()).unwrap_or_default();
    let updated = entries.first().map_or(first, |it| it.updated.clone());
    Ok(Feed {
        id: format!("urn:x-neglist:feed:{origin}:{id}"),
        title: format!("{origin}: {title}"),
        author: origin.clone(),
        updated,
        entries,
    })
}

/// Returns an entry a record, of those that are chosen.
fn published(events: &[Event], is_chosen: impl Fn(&Event) -> bool, state: &State, language: Language) -> Vec<Entry> {
    let chosen: Vec<_> = events.iter().filter(|it| is_chosen(it)).collect();
    let newest = chosen.get(chosen.len().saturating_sub(MOST)..).unwrap_or_default();
    newest.iter().map(|it| entry(it, state, language)).collect()
}

fn entry(event: &Event, state: &State, language: Language) -> Entry {
    let id = format!("urn:x-neglist:record:{}", event.hash);
    let updated = event.recorded.clone();
    match revision_of(event, state) {
        Some((list, issued)) => {
            let revision = &issued.revision;
            let title = format!("{} {}: {}", list.id, revision.version, revision.title.in_language(language));
            let summary = format!("{} {}", revision.summary.in_language(language), dates(issued, language));
            let link = Some(format!("/lists/{}/{}", list.id, revision.version));
            Entry { id, title, updated, link, summary }
        }
        None => Entry { id, title: kind(event.kind, language).to_owned(), updated, link: None, summary: String::new() },
    }
}

/// Returns the list and the revision that a record publishes.
pub(super) fn revision_of<'s>(event: &Event, state: &'s State) -> Option<(&'s List, &'s Issued)> {
    let (list, sequence) = event.revision.as_ref()?;
    let list = state.lists.get(list)?;
    Some((list, list.revisions.iter().find(|it| it.sequence == *sequence)?))
}

fn kind(kind: RecordKind, language: Language) -> &'static str {
    match kind {
        RecordKind::Origin => language.say("The registry is made", "登记处成立"),
        RecordKind::Authority => language.say("An authority is admitted, or changed", "发布机关获准或变更"),
        RecordKind::Categories => language.say("A release of the categories", "数据类别发布版"),
        RecordKind::Facts => language.say("A release of the facts", "事实发布版"),
        RecordKind::Jurisdictions => language.say("A release of the places", "法域发布版"),
        RecordKind::Revision => language.say("A revision of a list", "清单修订版"),
    }
}

fn dates(issued: &Issued, language: Language) -> String {
    let revision = &issued.revision;
    let published = revision.published;
    match (revision.effective, language) {
        (Some(effective), Language::En) => format!("(published {published}, effective {effective})"),
        (Some(effective), Language::Zh) => format!("（{published}公布，{effective}生效）"),
        (None, Language::En) => format!("(published {published}, dormant)"),
        (None, Language::Zh) => format!("（{published}公布，未生效）"),
    }
}

/// Returns an entry for each record that changed what a question gets.
fn of_question(
    question: &Question,
    edition: &Edition,
    events: &[Event],
    language: Language,
) -> Result<(String, String, Vec<Entry>), Problem> {
    let revisions: Vec<_> = events.iter().filter(|it| it.revision.is_some()).collect();
    let order: Vec<_> = revisions.iter().filter_map(|it| it.revision.as_ref()).map(|(list, it)| (list, *it)).collect();
    let turns = edition.registry.course(question, &order).map_err(Problem::from)?;
    let hash = hash_in("neglist v1 question of a feed", &canonical(&question_json(question)));
    let state = edition.registry.state();
    let speaker = Speaker { state, language, border: question.from.clone(), at: question.at };
    let entries = turns.iter().filter_map(|turn| {
        let event = revisions.get(turn.number)?;
        Some(changed(turn, event, &hash.to_string(), &speaker))
    });
    let items: Vec<_> = question.items.iter().map(|it| it.category.to_string()).collect();
    let to = question.to.as_ref().map_or("*", Jurisdiction::as_str);
    let title = format!("{}, {} → {to}, {}", items.join(" + "), question.from, question.at);
    Ok((format!("question:{hash}"), title, entries.collect()))
}

fn changed(turn: &Turn<'_>, event: &Event, question: &str, speaker: &Speaker<'_>) -> Entry {
    let language = speaker.language;
    let revision = &turn.issued.revision;
    let (before, after) = (word(&turn.before, speaker), word(&turn.after, speaker));
    let by = language.say("by", "依据");
    let summary = revision.summary.in_language(language);
    Entry {
        id: format!("urn:x-neglist:record:{}:question:{question}", event.hash),
        title: format!("{before} → {after} ({by} {} {})", revision.list, revision.version),
        updated: event.recorded.clone(),
        link: Some(format!("/lists/{}/{}", revision.list, revision.version)),
        summary: format!("{summary} {}", dates(turn.issued, language)),
    }
}

/// Returns what a question got, with what it needs or why nobody can say.
fn word(verdict: &Verdict, speaker: &Speaker<'_>) -> String {
    let language = speaker.language;
    let outcome = match (verdict.outcome, verdict.unknown_reason) {
        (Outcome::Unknown, Some(reason)) => {
            let why = match reason {
                UnknownReason::NoList => language.say("no list", "无清单"),
                UnknownReason::OutsideScope => {
                    language.say("outside the scope of every list", "未列入任何清单的适用范围")
                }
                UnknownReason::Undetermined => language.say("terms not known", "条件不明"),
            };
            format!("{} ({why})", phrase::outcome(Outcome::Unknown, language))
        }
        (Outcome::Conditional, _) => words(&speaker.outcome(Outcome::Conditional, &verdict.requires)),
        (outcome, _) => phrase::outcome(outcome, language).to_owned(),
    };
    if verdict.floor == verdict.outcome { outcome } else { format!("≤ {outcome}") }
}
