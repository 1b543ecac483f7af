//! `/places/{code}`: a place, its lists, and what it belongs to on a day.

use axum::extract::Path;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use maud::{Markup, html};

use crate::document::term;
use crate::model::{At, Jurisdiction, List, Membership, Place};
use crate::server::page::Shared;
use crate::server::page::coverage::standing;
use crate::server::page::lists::table;
use crate::server::page::parts::{field, kept_language, labelled, place as named};
use crate::server::page::visit::Visit;
use crate::server::problem::Problem;

/// `GET /places/{code}`
pub(super) async fn get(service: Shared, Path(code): Path<String>, uri: Uri, headers: HeaderMap) -> Response {
    let visit = Visit::new(&service, &uri, &headers);
    visit.or_trouble(page(&visit, &code))
}

fn page(visit: &Visit, written: &str) -> Result<Response, Problem> {
    let query = visit.query(&["at"])?;
    let (place, at) = (find(visit, written)?, visit.day(&query)?);
    let state = visit.state();
    let code = place.code.as_str();
    let title = place.name.in_language(visit.language);
    let own: Vec<&List> = state.lists.values().map(|it| &**it).filter(|it| it.id.is_of(&place.code)).collect();
    let above: Vec<&List> =
        state.lists_over(&place.code, at).map(|it| &**it).filter(|it| !it.id.is_of(&place.code)).collect();
    let body = html! {
        h1 { (title) " " code { (code) } }
        p { (term::place_kind(place.kind, visit.language)) " · "
            a href=(visit.link("/map", &[("place", code), ("way", "from")])) { (visit.say("Map from here", "自此出境地图")) } " · "
            a href=(visit.link("/matrix", &[("rows", "categories"), ("from", code)])) { (visit.say("Matrix from here", "自此出境矩阵")) } " · "
            a href=(visit.link("/feed.atom", &[("place", code)])) { (visit.say("Feed", "订阅源")) } }
        form.filter method="get" action=(format!("/places/{code}")) {
            (kept_language(visit))
            (field(visit.say("On", "日期"), &html! { input type="date" name="at" value=(at); }))
            button { (visit.say("Show", "显示")) }
        }
        (belonging(place, at, visit))
        @let held = visit.coverage(at);
        @if let Some(held) = held.iter().find(|it| it.place == place.code) { (standing(held, visit)) }
        h2 { (visit.say("Lists of this place", "本地清单")) }
        @if own.is_empty() { p { (visit.say("None is in the registry. That is not a yes.", "登记处未收录。这并不表示可以出境。")) } } @else { (table(&own, at, visit)) }
        @if !above.is_empty() {
            h2 { (visit.say("Lists of what it is part of", "上级及所属集团的清单")) }
            (table(&above, at, visit))
        }
        (members(place, at, visit))
    };
    Ok(visit.page(title, &[], &body))
}

fn find<'v>(visit: &'v Visit, written: &str) -> Result<&'v Place, Problem> {
    let places = &visit.state().places;
    let code: Option<Jurisdiction> = written.parse().ok();
    if let Some(place) = code.as_ref().and_then(|it| places.find(it)) {
        return Ok(place);
    }
    let message = format!("there is no place `{written}`");
    let hint = match code.and_then(|it| visit.state().place_mistake(&it)) {
        Some(mistake) => mistake.hint,
        None => Some("places are ISO 3166 codes such as `CN`, `US-TX`, or blocs such as `EEA`".to_owned()),
    };
    Err(Problem::missing(&message).with(message, hint))
}

/// Returns what a place is part of, and the blocs that it belongs to.
fn belonging(place: &Place, at: At, visit: &Visit) -> Markup {
    let places = &visit.state().places;
    let parents = places.with_parents(&place.code);
    let parts: Vec<_> = places.iter().filter(|it| it.parent.as_ref() == Some(&place.code)).collect();
    let blocs: Vec<_> = parents.iter().flat_map(|it| places.blocs_of(it)).collect();
    html! { dl {
        @for parent in parents.iter().skip(1) { (labelled(visit.say("Part of", "上级"), &named(parent.as_str(), visit))) }
        @for (bloc, membership) in blocs {
            (labelled(visit.say("Bloc", "所属集团"), &html! { (named(bloc.as_str(), visit)) " " (since(membership, at, visit)) }))
        }
        @if !parts.is_empty() {
            (labelled(visit.say("Parts", "下级"), &html! { @for part in parts { (named(part.code.as_str(), visit)) " " } }))
        }
    } }
}

fn since(membership: &Membership, at: At, visit: &Visit) -> Markup {
    html! {
        span.soft { (visit.say("from", "自")) " " (membership.from)
            @if let Some(until) = membership.until { " " (visit.say("until", "至")) " " (until) } }
        @if !membership.holds(at) { " " span.badge { (visit.say("not on this day", "该日不在其中")) } }
    }
}

fn members(place: &Place, at: At, visit: &Visit) -> Markup {
    html! {
        @if !place.members.is_empty() {
            h2 { (visit.say("Members", "成员")) }
            ul.columns { @for member in &place.members { li { (named(member.place.as_str(), visit)) " " (since(member, at, visit)) } } }
        }
    }
}
