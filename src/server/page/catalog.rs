//! `/catalog`: the words of questions, as a tree, by search, and one by one.

use axum::extract::Path;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

use crate::document::{Found, broader, fact_kind, fact_values, mentioned, term};
use crate::model::near::did_you_mean;
use crate::model::{Category, CategoryId, Entry, Fact, InForce, Issued};
use crate::server::page::Shared;
use crate::server::page::list::effect;
use crate::server::page::parts::{field, kept_language, labelled};
use crate::server::page::visit::Visit;
use crate::server::problem::Problem;

/// So many of what mentions a word are shown.
const MOST: usize = 300;

/// `GET /catalog`
pub(super) async fn get(service: Shared, uri: Uri, headers: HeaderMap) -> Response {
    let visit = Visit::new(&service, &uri, &headers);
    visit.or_trouble(page(&visit))
}

fn page(visit: &Visit) -> Result<Response, Problem> {
    let query = visit.query(&["q", "show"])?;
    let state = visit.state();
    let word = query.one("q")?.unwrap_or_default();
    let show = query.one("show")?.unwrap_or("categories");
    let title = visit.say("Catalog", "数据类别目录");
    let shown = match (word, show) {
        ("", "categories") => tree(visit),
        ("", "facts") => found(&state.vocabulary.iter().map(Found::Fact).collect::<Vec<_>>(), visit),
        ("", "places") => found(&state.places.iter().map(Found::Place).collect::<Vec<_>>(), visit),
        ("", other) => {
            return Err(Problem::request(format!("`show` is `categories`, `facts` or `places`, and not `{other}`")));
        }
        (word, _) => hits(word, visit),
    };
    let tabs = [("categories", "Categories", "数据类别"), ("facts", "Facts", "事实"), ("places", "Places", "法域")];
    let body = html! {
        h1 { (title) }
        p { (visit.say("Releases", "发布版")) ": " (visit.say("categories", "数据类别")) " " (state.categories.version()) ", "
            (visit.say("facts", "事实")) " " (state.vocabulary.version()) ", " (visit.say("places", "法域")) " " (state.places.version()) " · "
            a href="/v1/catalog" { "JSON" } }
        form.filter method="get" action="/catalog" role="search" {
            (kept_language(visit))
            (field(visit.say("Search", "搜索"), &html! { input type="search" name="q" value=(word); }))
            button { (visit.say("Search", "搜索")) }
        }
        nav.tabs aria-label=(visit.say("Parts of the catalog", "目录各部分")) {
            @for (name, en, zh) in tabs {
                @let is_here = word.is_empty() && name == show;
                a href=(visit.link("/catalog", &[("show", name)])) aria-current=[is_here.then_some("true")] { (visit.say(en, zh)) }
            }
        }
        (shown)
    };
    Ok(visit.page(title, &[], &body))
}

fn tree(visit: &Visit) -> Markup {
    let categories: Vec<_> = visit.state().categories.iter().collect();
    let below = |id: Option<&CategoryId>| -> Vec<&Category> {
        categories.iter().copied().filter(|it| it.id.parent().as_ref() == id).collect()
    };
    html! { div.branches { @for top in below(None) { (branch(top, &below, visit)) } } }
}

fn branch<'c>(
    category: &'c Category,
    below: &impl Fn(Option<&CategoryId>) -> Vec<&'c Category>,
    visit: &Visit,
) -> Markup {
    let parts = below(Some(&category.id));
    let item = html! { (catalog_link(category.id.as_str(), category.name.in_language(visit.language), visit)) };
    html! {
        @if parts.is_empty() {
            div.leaf { (item) }
        } @else {
            details open[category.id.parent().is_none()] {
                summary { (item) " " span.soft { (parts.len()) } }
                @for part in parts { (branch(part, below, visit)) }
            }
        }
    }
}

fn hits(word: &str, visit: &Visit) -> Markup {
    let hits = mentioned(visit.state(), word);
    html! {
        p { (hits.len()) " " (visit.say("found", "条结果")) ": " strong { (word) }
            @if MOST < hits.len() { ". " (visit.say("The first are shown:", "显示前")) " " (MOST) } }
        (found(hits.get(..MOST).unwrap_or(&hits), visit))
    }
}

fn found(all: &[Found<'_>], visit: &Visit) -> Markup {
    html! {
        div.wide { table {
            thead { tr { th { (visit.say("Id", "标识")) } th { (visit.say("What", "种类")) } th { (visit.say("Name", "名称")) } } }
            tbody { @for it in all { tr {
                @let path = match it { Found::Place(_) => "places", Found::Category(_) | Found::Fact(_) => "catalog" };
                td { a href=(visit.link(&format!("/{path}/{}", it.id()), &[])) { code { (it.id()) } } }
                td { (what(it, visit)) }
                td { (it.name().in_language(visit.language)) }
            } } }
        } }
    }
}

fn what(found: &Found<'_>, visit: &Visit) -> &'static str {
    match found {
        Found::Category(_) => visit.language.say("category", "数据类别"),
        Found::Fact(it) => term::role(it.role, visit.language),
        Found::Place(it) => term::place_kind(it.kind, visit.language),
    }
}

fn catalog_link(id: &str, name: &str, visit: &Visit) -> Markup {
    html! { a href=(visit.link(&format!("/catalog/{id}"), &[])) { (name) } " " code.soft { (id) } }
}

/// `GET /catalog/{id}`
pub(super) async fn item(service: Shared, Path(id): Path<String>, uri: Uri, headers: HeaderMap) -> Response {
    let visit = Visit::new(&service, &uri, &headers);
    visit.or_trouble(item_page(&visit, &id))
}

fn item_page(visit: &Visit, written: &str) -> Result<Response, Problem> {
    let query = visit.query(&["at"])?;
    let state = visit.state();
    let id: Option<CategoryId> = written.parse().ok();
    if let Some(category) = id.as_ref().and_then(|it| state.categories.find(it)) {
        let at = visit.day(&query)?;
        let title = category.name.in_language(visit.language);
        return Ok(visit.page(title, &[], &category_body(category, title, at, visit)));
    }
    if let Some(fact) = written.parse().ok().and_then(|it| state.vocabulary.find(&it)) {
        let title = fact.name.in_language(visit.language);
        return Ok(visit.page(title, &[], &fact_body(fact, title, visit)));
    }
    // What has another id by now leads on to that; of several, they are named.
    let former = id.as_ref().filter(|it| state.categories.former(it).is_some());
    let now = former.map(|it| state.categories.meaning(it)).unwrap_or_default();
    let now: Vec<_> = now.into_iter().filter(|it| state.categories.find(it).is_some()).collect();
    if let [one] = now.as_slice() {
        return Ok(Redirect::to(&visit.link(&format!("/catalog/{one}"), &[])).into_response());
    }
    let ids = state.categories.iter().map(|it| it.id.as_str()).chain(state.vocabulary.iter().map(|it| it.id.as_str()));
    let near = if now.is_empty() {
        did_you_mean(written, ids)
    } else {
        Some(format!("now it is {}", now.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")))
    };
    let message = format!("nothing in the catalog is called `{written}`");
    Err(Problem::missing(&message).with(message, near))
}

fn category_body(category: &Category, title: &str, at: crate::model::At, visit: &Visit) -> Markup {
    let state = visit.state();
    let id = category.id.as_str();
    let name =
        |it: &CategoryId| state.categories.find(it).map(|it| it.name.in_language(visit.language)).unwrap_or_default();
    let links = |ids: &[&CategoryId]| html! { @for it in ids { (catalog_link(it.as_str(), name(it), visit)) br; } };
    let above: Vec<_> = broader(state, &category.id).filter(|it| **it != category.id).collect();
    let is_below = |it: &&Category| it.id.parent().as_ref() == Some(&category.id) || it.broader.contains(&category.id);
    let below: Vec<_> = state.categories.iter().filter(is_below).map(|it| &it.id).collect();
    html! {
        h1 { (title) }
        p { code { (id) } " · "
            a href=(visit.link("/map", &[("category", id)])) { (visit.say("Map", "地图")) } " · "
            a href=(visit.link("/matrix", &[("category", id)])) { (visit.say("Matrix", "矩阵")) } }
        dl {
            (labelled(visit.language.say("中文", "English"), &html! { (visit.language.say(&category.name.zh, &category.name.en)) }))
            @if !above.is_empty() { (labelled(visit.say("Below", "上位类别"), &links(&above))) }
            @if !below.is_empty() { (labelled(visit.say("Above", "下位类别"), &links(&below))) }
            @if let Some(note) = &category.note { (labelled(visit.say("Note", "说明"), &html! { (note) })) }
            @if !category.dpv.is_empty() { (labelled("DPV", &html! { (category.dpv.join("; ")) })) }
        }
        h2 { (visit.say("Entries in force that name it, or what it is part of", "现行条目：载明本类别或其上位类别")) " (" (at) ")" }
        (restrictions(&category.id, at, visit))
    }
}

fn restrictions(id: &CategoryId, at: crate::model::At, visit: &Visit) -> Markup {
    let categories = &visit.state().categories;
    let names = |it: &&Entry| {
        it.categories.iter().any(|it| categories.covers(it, id))
            && !it.except.iter().any(|it| categories.covers(it, id))
    };
    let in_force = visit.state().lists.values().filter_map(|it| match it.in_force(at, None) {
        InForce::Yes(issued) => Some(issued),
        InForce::NotYet | InForce::Lapsed(_) => None,
    });
    let entries = |issued: &Issued| -> Vec<Entry> {
        issued.revision.entries.values().map(|it| &**it).filter(names).cloned().collect()
    };
    html! {
        div.wide { table {
            thead { tr { th { (visit.say("List", "清单")) } th { (visit.say("Entry", "条目")) } th { (visit.say("Effect", "效力")) } } }
            tbody { @for issued in in_force { @for entry in entries(issued) {
                @let (list, version) = (&issued.revision.list, &issued.revision.version);
                tr {
                    td { code { (list) } }
                    td { a href={ (visit.link(&format!("/lists/{list}/{version}"), &[])) "#" (entry.id) } { (entry.id) } }
                    td { (effect(&entry, visit)) }
                }
            } } }
        } }
    }
}

fn fact_body(fact: &Fact, title: &str, visit: &Visit) -> Markup {
    html! {
        h1 { (title) }
        p { code { (fact.id) } " · " (term::role(fact.role, visit.language)) }
        dl {
            (labelled(visit.language.say("中文", "English"), &html! { (visit.language.say(&fact.name.zh, &fact.name.en)) }))
            (labelled(visit.say("Kind", "类型"), &html! { (fact_kind(fact)) }))
            @if !fact_values(fact).is_empty() { (labelled(visit.say("Values", "取值"), &html! { (fact_values(fact).join(", ")) })) }
        }
    }
}
