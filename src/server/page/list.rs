//! `/lists/{jurisdiction}/{name}`: one list with its revisions, the entries in
//! force, its chain of hashes, and where it was taken from.

use std::collections::BTreeSet;

use axum::extract::Path;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use maud::{Markup, html};

use crate::document::note::{checked, plain};
use crate::document::term;
use crate::model::{At, CategoryId, Effect, Entry, InForce, Issued, List};
use crate::server::page::Shared;
use crate::server::page::lists::{revision_link, scheduled};
use crate::server::page::parts::{facts, field, hash, kept_language, outward, place};
use crate::server::page::visit::Visit;
use crate::server::problem::Problem;
use crate::server::query::Query;
use crate::server::reading::find_list;

/// The effects that entries are chosen by, and sorted in this order.
const EFFECTS: [&str; 4] = ["prohibited", "conditional", "undetermined", "notice"];

/// `GET /lists/{jurisdiction}/{name}`
pub(super) async fn get(service: Shared, path: Path<(String, String)>, uri: Uri, headers: HeaderMap) -> Response {
    let visit = Visit::new(&service, &uri, &headers);
    visit.or_trouble(page(&visit, &path.0))
}

fn page(visit: &Visit, (jurisdiction, name): &(String, String)) -> Result<Response, Problem> {
    let query = visit.query(&["at", "effect", "category", "sort"])?;
    let list = find_list(visit.state(), jurisdiction, name)?;
    let at = visit.day(&query)?;
    let choice = Choice::read(&query)?;
    let title = list.head().map(|it| it.revision.title.in_language(visit.language)).unwrap_or_default();
    let id = list.id.as_str();
    let body = html! {
        h1 { (title) }
        p { code { (id) } " · " (place(list.id.jurisdiction().as_str(), visit)) " · "
            a href=(visit.link("/feed.atom", &[("list", id)])) { (visit.say("Feed", "订阅源")) } " · "
            a href=(format!("/v1/lists/{id}?at={at}")) { "JSON" } }
        (standing(list, at, visit))
        h2 id="revisions" { (visit.say("Revisions", "修订版")) }
        (time_line(list, at, visit))
        (comparison(list, visit))
        @if let InForce::Yes(issued) = list.in_force(at, None) {
            h2 id="entries" { (visit.say("Entries in force", "现行条目")) }
            (entries(issued, at, &choice, visit))
        }
        h2 id="chain" { (visit.say("Chain of hashes", "哈希链")) }
        (chain(list, visit))
        h2 id="sources" { (visit.say("Sources", "来源")) }
        (sources(list, visit))
    };
    Ok(visit.page(title, &[], &body))
}

/// Which entries are shown, and in which order.
struct Choice {
    effect: Option<String>,
    category: Option<CategoryId>,
    sort: Option<String>,
}

impl Choice {
    fn read(query: &Query) -> Result<Choice, Problem> {
        let among = |name: &str, known: &[&str]| match query.one(name)? {
            Some(it) if !known.contains(&it) => {
                Err(Problem::request(format!("`{name}` is one of {}, and not `{it}`", known.join(", "))))
            }
            chosen => Ok(chosen.map(str::to_owned)),
        };
        let (effect, sort) = (among("effect", &EFFECTS)?, among("sort", &["id", "effect", "category"])?);
        Ok(Choice { effect, category: query.parsed("category")?, sort })
    }

    fn of<'e>(&self, issued: &'e Issued, visit: &Visit) -> Vec<&'e Entry> {
        let categories = &visit.state().categories;
        // An entry concerns a category that it names, what is below that, and
        // what it is a part of.
        let concerns =
            |it: &CategoryId, asked: &CategoryId| categories.covers(it, asked) || categories.covers(asked, it);
        let is_chosen = |it: &&Entry| {
            self.effect.as_ref().is_none_or(|effect| it.effect.word() == effect)
                && self.category.as_ref().is_none_or(|asked| it.categories.iter().any(|it| concerns(it, asked)))
        };
        let mut entries: Vec<_> = issued.revision.entries.values().map(|it| &**it).filter(is_chosen).collect();
        match self.sort.as_deref() {
            Some("effect") => entries.sort_by_key(|it| EFFECTS.iter().position(|word| *word == it.effect.word())),
            Some("category") => entries.sort_by_key(|it| it.categories.first().cloned()),
            _ => {}
        }
        entries
    }
}

fn standing(list: &List, at: At, visit: &Visit) -> Markup {
    let in_force = list.in_force(at, None);
    html! {
        @match in_force {
            InForce::Yes(issued) => {
                p.lead { (visit.say("In force on", "现行版本，截至")) " " (at) ": " (revision_link(issued, visit)) ", "
                    (visit.say("since", "生效于")) " " (issued.revision.effective.map(|it| it.to_string()).unwrap_or_default())
                    @if let Some(expires) = issued.revision.expires { ", " (visit.say("until", "失效于")) " " (expires) } }
                (facts(&about(issued, visit)))
            },
            InForce::Lapsed(issued) => p.lead { (visit.say("Lapsed: nothing is in force on", "已失效：无现行版本，截至")) " " (at) "; "
                (visit.say("the last was", "最后一版")) " " (revision_link(issued, visit)) },
            InForce::NotYet => p.lead { (visit.say("Nothing is in force yet on", "尚无现行版本，截至")) " " (at) },
        }
        @for issued in scheduled(list, at) {
            p.lead { (visit.say("Scheduled", "待生效")) ": " (revision_link(issued, visit)) ", "
                (visit.say("from", "自")) " " (issued.revision.effective.map(|it| it.to_string()).unwrap_or_default()) }
        }
    }
}

fn about(issued: &Issued, visit: &Visit) -> Vec<(String, crate::document::note::Line)> {
    let revision = &issued.revision;
    let mut about = vec![
        (visit.say("Authority", "发布机关").to_owned(), plain(revision.authority.clone())),
        (visit.say("Speaks for", "适用类别").to_owned(), plain(term::scope(&revision.scope, visit.language))),
        (visit.say("Standing", "状态").to_owned(), plain(checked(issued, visit.language))),
    ];
    for doubt in &revision.doubts {
        about.push((visit.say("Doubt", "存疑").to_owned(), plain(doubt.in_language(visit.language))));
    }
    about
}

fn time_line(list: &List, at: At, visit: &Visit) -> Markup {
    let before = |issued: &Issued| list.revisions.iter().rev().find(|it| it.sequence < issued.sequence);
    html! {
        ol.course {
            @for issued in list.revisions.iter().rev() {
                @let (revision, standing) = (&issued.revision, list.standing(issued, at));
                li class=(standing.word()) {
                    strong { (revision.effective.map_or_else(|| "–".to_owned(), |it| it.to_string())) } " "
                    (revision_link(issued, visit)) " "
                    span.badge { (term::standing(standing, visit.language)) } " "
                    span.soft { (visit.say("published", "公布于")) " " (revision.published)
                        @if let Some(expires) = revision.expires { ", " (visit.say("expires", "失效于")) " " (expires) }
                        ", " (revision.entries.len()) " " (visit.say("entries", "个条目")) }
                    br; (revision.summary.in_language(visit.language)) " "
                    @if let Some(before) = before(issued) {
                        a href=(visit.link(&format!("/diff/{}/{}/{}", list.id, before.revision.version, revision.version), &[])) {
                            (visit.say("What changed since", "与前版比较：")) " " (before.revision.version)
                        }
                    }
                }
            }
        }
    }
}

/// Returns a form that leads to what changed between any two.
fn comparison(list: &List, visit: &Visit) -> Markup {
    let versions = |name: &str, chosen: Option<&Issued>| {
        html! {
            select name=(name) {
                @for issued in &list.revisions {
                    @let is_chosen = chosen.is_some_and(|it| it.sequence == issued.sequence);
                    option value=(issued.revision.version) selected[is_chosen] { (issued.revision.version) }
                }
            }
        }
    };
    html! {
        @if 1 < list.revisions.len() {
            form.filter method="get" action=(format!("/diff/{}", list.id)) {
                (kept_language(visit))
                (field(visit.say("Compare", "比较"), &versions("before", list.revisions.first())))
                (field(visit.say("with", "与"), &versions("after", list.revisions.last())))
                button { (visit.say("Compare", "比较")) }
            }
        }
    }
}

fn entries(issued: &Issued, at: At, choice: &Choice, visit: &Visit) -> Markup {
    let entries = choice.of(issued, visit);
    let category = choice.category.as_ref().map(ToString::to_string).unwrap_or_default();
    let revision = &issued.revision;
    let option = |value: &str, chosen: Option<&String>, text: &str| {
        html! {
            option value=(value) selected[chosen.is_some_and(|it| it == value)] { (text) }
        }
    };
    html! {
        form.filter method="get" action={ (format!("/lists/{}", revision.list)) "#entries" } {
            (kept_language(visit))
            input type="hidden" name="at" value=(at);
            (field(visit.say("Effect", "效力"), &html! { select name="effect" {
                option value="" { (visit.say("any", "不限")) }
                @for effect in EFFECTS { (option(effect, choice.effect.as_ref(), effect_word(effect, visit))) }
            } }))
            (field(visit.say("Category", "类别"), &html! { input name="category" value=(category) list="categories"; }))
            (field(visit.say("Sort by", "排序"), &html! { select name="sort" {
                (option("id", choice.sort.as_ref(), visit.say("id", "标识")))
                (option("effect", choice.sort.as_ref(), visit.say("effect", "效力")))
                (option("category", choice.sort.as_ref(), visit.say("category", "类别")))
            } }))
            button { (visit.say("Show", "显示")) }
            datalist id="categories" { @for category in named(issued) { option value=(category) {} } }
        }
        p.soft { (entries.len()) " / " (revision.entries.len()) }
        div.wide { table.entries {
            thead { tr { th { (visit.say("Entry", "条目")) } th { (visit.say("Effect", "效力")) } th { (visit.say("Categories", "类别")) } th { (visit.say("Says", "内容")) } } }
            tbody { @for entry in entries { tr {
                td { a href=(format!("{}#{}", visit.link(&format!("/lists/{}/{}", revision.list, revision.version), &[]), entry.id)) { (entry.id) } br; span.soft { (entry.cite) } }
                td { (effect(entry, visit)) }
                td { @for category in &entry.categories { code { (category) } " " } }
                td { (entry.note.in_language(visit.language)) }
            } } }
        } }
    }
}

/// Returns the categories that a revision's entries name.
fn named(issued: &Issued) -> BTreeSet<&CategoryId> {
    issued.revision.entries.values().flat_map(|it| &it.categories).collect()
}

fn effect_word(word: &str, visit: &Visit) -> &'static str {
    let effects = [Effect::Prohibited, Effect::Conditional(Vec::new()), Effect::Undetermined, Effect::Notice];
    let effect = effects.iter().find(|it| it.word() == word);
    effect.map(|it| term::effect(it, visit.language)).unwrap_or_default()
}

/// Returns what an entry does.
pub(super) fn effect(entry: &Entry, visit: &Visit) -> Markup {
    html! { span class={ "word " (entry.effect.word()) } { (term::effect(&entry.effect, visit.language)) } }
}

fn chain(list: &List, visit: &Visit) -> Markup {
    html! {
        p { (visit.say(
            "Each revision names the hash of the one before, so that none can be changed or left out without all that follow.",
            "每个修订版都载明前一版的哈希；改动或删去任何一版，其后各版都会随之不符。",
        )) }
        ol.chain {
            @for (place, issued) in list.revisions.iter().enumerate() {
                @let before = place.checked_sub(1).and_then(|it| list.revisions.get(it)).map(|it| it.hash);
                li {
                    (revision_link(issued, visit)) " " (hash(&issued.hash)) br;
                    span.soft {
                        @match (&issued.previous, before == issued.previous) {
                            (None, true) => (visit.say("✓ the first", "✓ 首版")),
                            (Some(previous), true) => { (visit.say("✓ previous, the hash of the one before:", "✓ 前一版哈希，与前一版相符：")) " " (hash(previous)) },
                            (_, false) => (visit.say("✕ does not name the one before", "✕ 与前一版不符")),
                        }
                    }
                }
            }
        }
    }
}

fn sources(list: &List, visit: &Visit) -> Markup {
    html! {
        div.wide { table {
            thead { tr {
                th { (visit.say("Version", "版本")) } th { (visit.say("Source", "来源")) } th { (visit.say("Checked", "核对日")) }
                th { (visit.say("Confidence", "可信度")) } th.number { (visit.say("Doubts", "存疑")) }
            } }
            tbody { @for issued in list.revisions.iter().rev() {
                @let source = &issued.revision.source;
                tr {
                    td { (revision_link(issued, visit)) }
                    td { (outward(&source.title, &source.url)) br; span.soft { (source.citation) } }
                    td.day { (source.checked) }
                    td { (term::confidence(source.confidence, visit.language)) }
                    td.number { (issued.revision.doubts.len()) }
                }
            } }
        } }
    }
}
