//! `/coverage`: of whose law there are lists, how well each is held, and what is
//! known to be missing.

use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use maud::{Markup, html};

use crate::document::term;
use crate::registry::{Coverage, Total, without_a_list};
use crate::server::page::Shared;
use crate::server::page::parts::{field, kept_language, labelled, place};
use crate::server::page::visit::Visit;
use crate::server::problem::Problem;

/// `GET /coverage`
pub(super) async fn get(service: Shared, uri: Uri, headers: HeaderMap) -> Response {
    let visit = Visit::new(&service, &uri, &headers);
    visit.or_trouble(page(&visit))
}

fn page(visit: &Visit) -> Result<Response, Problem> {
    let query = visit.query(&["at"])?;
    let at = visit.day(&query)?;
    let covered = visit.coverage(at);
    let without = without_a_list(&covered, at, visit.state());
    let Total { jurisdictions, lists, revisions, entries } = Total::of(&covered);
    let title = visit.say("What is held", "收录范围");
    let body = html! {
        h1 { (title) }
        form.filter method="get" action="/coverage" {
            (kept_language(visit))
            (field(visit.say("On", "日期"), &html! { input type="date" name="at" value=(at); }))
            button { (visit.say("Show", "显示")) }
        }
        p { (visit.say("Jurisdictions", "法域")) ": " (jurisdictions) "; " (visit.say("lists", "清单")) ": " (lists) "; "
            (visit.say("revisions", "修订版")) ": " (revisions) "; " (visit.say("entries", "条目")) ": " (entries) ". "
            a href=(format!("/v1/coverage?at={at}")) { "JSON" } }
        p { (visit.say(
            "Checked is the oldest comparison with a source, confidence the lowest, of what holds on that day.",
            "“核对”为当日有效内容中最早的来源核对日，“可信度”为其中最低者。",
        )) }
        (table(&covered, visit))
        h2 id="without" { (visit.say("No list speaks for", "无清单涉及")) }
        p { (visit.say("Whatever leaves these is answered “unknown”. That is not a yes.", "自下列地区出境的数据一律答复“无法判定”。这并不表示可以出境。")) }
        ul.columns { @for it in without { li { (place(it.code.as_str(), visit)) } } }
    };
    Ok(visit.page(title, &[], &body))
}

fn table(covered: &[Coverage<'_>], visit: &Visit) -> Markup {
    html! {
        div.wide { table {
            thead { tr {
                th { (visit.say("Place", "法域")) } th.number { (visit.say("Lists", "清单")) }
                th.number { (visit.say("Revisions", "修订")) } th.number { (visit.say("Entries", "条目")) }
                th { (visit.say("Since", "最早生效")) } th { (visit.say("Checked", "核对")) }
                th { (visit.say("Confidence", "可信度")) } th.number { (visit.say("Gaps", "缺漏")) }
            } }
            tbody { @for it in covered {
                tr {
                    td { (place(it.place.as_str(), visit)) }
                    td.number { (it.lists.len()) }
                    td.number { (it.revisions()) }
                    td.number { (it.entries()) }
                    td.day { (it.since().map(|it| it.to_string()).unwrap_or_default()) }
                    td.day { (it.oldest_check().map(|it| it.to_string()).unwrap_or_default()) }
                    td { (it.confidence().map_or("", |it| term::confidence(it, visit.language))) }
                    td.number { (it.gaps().len()) }
                }
            } }
        } }
    }
}

/// Returns how well the lists of a place are held, and what is missing beside
/// them.
pub(super) fn standing(coverage: &Coverage<'_>, visit: &Visit) -> Markup {
    let checked = coverage.oldest_check().map(|it| it.to_string()).unwrap_or_default();
    let confidence = coverage.confidence().map_or("", |it| term::confidence(it, visit.language));
    html! { dl {
        (labelled(visit.say("Oldest check of a source", "最早的来源核对"), &html! { (checked) }))
        (labelled(visit.say("Lowest confidence", "最低可信度"), &html! { (confidence) }))
        @for (_, gap) in coverage.gaps() {
            (labelled(visit.say("Not held", "未收录"), &html! { (gap.in_language(visit.language)) }))
        }
    } }
}
