//! `/lists/{jurisdiction}/{name}/{version}`: a revision, and what changed
//! between two of them.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, PreEscaped, html};

use crate::document::note::{Block, Speaker, html_part, note, of_entry, of_revision, words};
use crate::document::term;
use crate::model::{Entry, Issued, List};
use crate::registry::Depth;
use crate::server::page::Shared;
use crate::server::page::list::effect;
use crate::server::page::lists::revision_link;
use crate::server::page::parts::{facts, labelled, line};
use crate::server::page::visit::Visit;
use crate::server::problem::Problem;
use crate::server::reading::{find_list, find_revision};

/// `GET /lists/{jurisdiction}/{name}/{version}`
pub(super) async fn get(
    service: Shared,
    path: Path<(String, String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let visit = Visit::new(&service, &uri, &headers);
    visit.or_trouble(page(&visit, &path.0))
}

fn page(visit: &Visit, (jurisdiction, name, version): &(String, String, String)) -> Result<Response, Problem> {
    visit.query(&[])?;
    let list = find_list(visit.state(), jurisdiction, name)?;
    let issued = find_revision(list, version)?;
    let revision = &issued.revision;
    let title = format!("{} {}", revision.title.in_language(visit.language), revision.version);
    let body = html! {
        h1 { (title) }
        p { a href=(visit.link(&format!("/lists/{}", list.id), &[])) { (list.id) } " · "
            span.badge { (term::standing(list.standing(issued, visit.today), visit.language)) } " · "
            a href=(format!("/v1/lists/{}/revisions/{}", list.id, revision.version)) { "JSON" } (neighbours(list, issued, visit)) }
        (facts(&of_revision(issued, visit.language)))
        h2 id="entries" { (visit.say("Entries", "条目")) " (" (revision.entries.len()) ")" }
        @if revision.entries.is_empty() { p { (visit.say("None: what the list speaks for is free.", "无：清单适用范围内的数据均可自由流动。")) } }
        @for entry in revision.entries.values() { (article(entry, visit)) }
    };
    Ok(visit.page(&title, &[], &body))
}

fn neighbours(list: &List, issued: &Issued, visit: &Visit) -> Markup {
    let at = list.revisions.iter().position(|it| it.sequence == issued.sequence).unwrap_or_default();
    let before = at.checked_sub(1).and_then(|it| list.revisions.get(it));
    let after = list.revisions.get(at + 1);
    html! {
        @if let Some(before) = before {
            " · " (visit.say("before it", "前一版")) " " (revision_link(before, visit)) " ("
            a href=(visit.link(&format!("/diff/{}/{}/{}", list.id, before.revision.version, issued.revision.version), &[])) { (visit.say("what changed", "比较")) } ")"
        }
        @if let Some(after) = after { " · " (visit.say("after it", "后一版")) " " (revision_link(after, visit)) }
    }
}

fn article(entry: &Entry, visit: &Visit) -> Markup {
    html! {
        article.entry id=(entry.id) {
            h3 { (entry.id) " " (effect(entry, visit)) }
            dl {
                (labelled(visit.say("Rests on", "依据"), &html! { (entry.cite) }))
                @for (label, text) in of_entry(entry, visit.language) { (labelled(&label, &line(&text))) }
            }
        }
    }
}

/// `GET /diff/{jurisdiction}/{name}`: a form cannot fill in an address, so this
/// leads on to it.
pub(super) async fn chosen(service: Shared, path: Path<(String, String)>, uri: Uri, headers: HeaderMap) -> Response {
    let visit = Visit::new(&service, &uri, &headers);
    let Path((jurisdiction, name)) = path;
    let led_on = || {
        let query = visit.query(&["before", "after"])?;
        let list = find_list(visit.state(), &jurisdiction, &name)?;
        let version = |name: &str| {
            let written = query.one(name)?.ok_or_else(|| Problem::request(format!("`{name}` is missing")))?;
            find_revision(list, written).map(|it| &it.revision.version)
        };
        let to = format!("/diff/{}/{}/{}", list.id, version("before")?, version("after")?);
        Ok(Redirect::to(&visit.link(&to, &[])).into_response())
    };
    visit.or_trouble(led_on())
}

/// `GET /diff/{jurisdiction}/{name}/{before}/{after}`
///
/// To compare answers may take a second: so that runs where nobody else waits.
pub(super) async fn diff(
    service: Shared,
    Path(path): Path<(String, String, String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let visit = Arc::new(Visit::new(&service, &uri, &headers));
    let own = Arc::clone(&visit);
    let made = service.aside(move || diff_page(&own, &path)).await;
    visit.or_trouble(made)
}

fn diff_page(visit: &Visit, path: &(String, String, String, String)) -> Result<Response, Problem> {
    visit.query(&[])?;
    let (jurisdiction, name, before, after) = path;
    let state = visit.state();
    let list = find_list(state, jurisdiction, name)?;
    let (before, after) = (find_revision(list, before)?, find_revision(list, after)?);
    let comparison = visit.edition.registry.compare(before, after, Depth::Answers);
    let revision = &after.revision;
    let speaker = Speaker { state, language: visit.language, border: revision.border(), at: revision.first_day() };
    let blocks = note(&comparison, &speaker);
    let title = blocks.iter().find_map(|it| if let Block::Title(line) = it { Some(words(line)) } else { None });
    let data = format!("/v1/diff/{}/{}/{}?verdicts=true", list.id, before.revision.version, revision.version);
    let body = html! {
        // The blocks are escaped where they are written.
        div.note { (PreEscaped(html_part(&blocks))) }
        p { a href=(visit.link(&format!("/lists/{}", list.id), &[])) { (list.id) } " · " (revision_link(before, visit)) " · " (revision_link(after, visit)) " · " a href=(data) { "JSON" } }
    };
    Ok(visit.page(&title.unwrap_or_default(), &[], &body))
}
