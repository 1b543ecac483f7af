//! `/lists`: which lists there are, and how each stands on a day.

use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use maud::{Markup, html};

use crate::model::{At, InForce, Issued, Jurisdiction, List, Standing};
use crate::server::page::Shared;
use crate::server::page::parts::{field, kept_language, place, place_choices};
use crate::server::page::visit::Visit;
use crate::server::problem::Problem;

/// `GET /lists`
pub(super) async fn get(service: Shared, uri: Uri, headers: HeaderMap) -> Response {
    let visit = Visit::new(&service, &uri, &headers);
    visit.or_trouble(page(&visit))
}

fn page(visit: &Visit) -> Result<Response, Problem> {
    let query = visit.query(&["place", "at"])?;
    let (state, at) = (visit.state(), visit.day(&query)?);
    let of: Option<Jurisdiction> = query.parsed("place")?;
    if let Some(mistake) = of.as_ref().and_then(|it| state.place_mistake(it)) {
        return Err(vec![mistake].into());
    }
    let chain = of.as_ref().map(|it| state.places.chain(it, at));
    let is_shown = |it: &&List| chain.as_ref().is_none_or(|chain| chain.contains(&it.id.jurisdiction()));
    let lists: Vec<_> = state.lists.values().map(|it| &**it).filter(is_shown).collect();
    let revisions: usize = lists.iter().map(|it| it.revisions.len()).sum();
    let title = visit.say("Lists", "清单");
    let written = of.as_ref().map(ToString::to_string).unwrap_or_default();
    let about: Vec<_> = of.iter().map(|it| ("place", it.as_str())).collect();
    let feed = visit.link("/feed.atom", &about);
    let body = html! {
        h1 { (title) }
        form.filter method="get" action="/lists" {
            (kept_language(visit))
            (field(visit.say("Binding in", "适用地"), &html! { input name="place" value=(written) list="places" placeholder="CN-TJ-FTZ" size="12"; }))
            (field(visit.say("On", "日期"), &html! { input type="date" name="at" value=(at); }))
            button { (visit.say("Show", "显示")) }
            (place_choices("places", visit))
        }
        p { (visit.say("Lists", "清单")) ": " (lists.len()) " / " (state.lists.len()) "; "
            (visit.say("revisions", "修订版")) ": " (revisions) "; " (visit.say("as of", "截至")) " " (at) ". "
            a href=(feed) { (visit.say("Feed of what is published", "发布内容订阅源")) } " · "
            a href=(visit.link("/coverage", &[])) { (visit.say("What is held, and what is missing", "收录范围与缺漏")) } }
        (table(&lists, at, visit))
    };
    Ok(visit.page(title, &[], &body))
}

/// Returns a table of lists as they stand on a day.
pub(super) fn table(lists: &[&List], at: At, visit: &Visit) -> Markup {
    html! {
        div.wide { table.lists {
            thead { tr {
                th { (visit.say("List", "清单")) } th { (visit.say("Place", "法域")) }
                th { (visit.say("In force", "现行")) } th { (visit.say("Since", "生效日")) }
                th.number { (visit.say("Entries", "条目")) } th.number { (visit.say("Revisions", "修订")) }
                th { (visit.say("Scheduled", "待生效")) }
            } }
            tbody { @for list in lists { (row(list, at, visit)) } }
        } }
    }
}

fn row(list: &List, at: At, visit: &Visit) -> Markup {
    let title = list.head().map(|it| it.revision.title.in_language(visit.language)).unwrap_or_default();
    html! { tr {
        td { a href=(visit.link(&format!("/lists/{}", list.id), &[])) { (title) } br; code { (list.id) } }
        td { (place(list.id.jurisdiction().as_str(), visit)) }
        @match list.in_force(at, None) {
            InForce::Yes(issued) => {
                td { (revision_link(issued, visit)) }
                td.day { (issued.revision.effective.map(|it| it.to_string()).unwrap_or_default()) }
                td.number { (issued.revision.entries.len()) }
            },
            InForce::Lapsed(_) => td colspan="3" { (visit.say("lapsed", "已失效")) },
            InForce::NotYet => td colspan="3" { (visit.say("not yet", "尚未生效")) },
        }
        td.number { (list.revisions.len()) }
        td.day { @for issued in scheduled(list, at) { (revision_link(issued, visit)) " " (issued.revision.effective.map(|it| it.to_string()).unwrap_or_default()) br; } }
    } }
}

/// Returns the revisions whose day is still to come.
pub(super) fn scheduled(list: &List, at: At) -> impl Iterator<Item = &Issued> {
    list.revisions.iter().filter(move |it| list.standing(it, at) == Standing::Scheduled)
}

/// Returns a version that leads to its revision.
pub(super) fn revision_link(issued: &Issued, visit: &Visit) -> Markup {
    let revision = &issued.revision;
    html! { a href=(visit.link(&format!("/lists/{}/{}", revision.list, revision.version), &[])) { (revision.version) } }
}
