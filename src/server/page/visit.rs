//! Somebody's look at a page: what it is made from, for whom, and how what is
//! wrong is said to people.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use maud::{Markup, html};

use crate::model::{At, Language, State};
use crate::registry::Coverage;
use crate::server::Service;
use crate::server::edition::Edition;
use crate::server::page::layout::{Page, language, word};
use crate::server::page::parts::link;
use crate::server::problem::Problem;
use crate::server::query::Query;

/// Somebody's look at a page.
pub(super) struct Visit {
    pub(super) edition: Arc<Edition>,
    pub(super) language: Language,
    pub(super) uri: Uri,
    pub(super) today: At,
}

impl Visit {
    /// Begins a look at a page.
    pub(super) fn new(service: &Service, uri: &Uri, headers: &HeaderMap) -> Visit {
        // What is wrong has to be said in some language too.
        let written = uri.query().unwrap_or_default().split('&').find(|it| it.starts_with("lang="));
        let query = Query::of_text(written.unwrap_or_default(), &["lang"]);
        let unheeded = |query: Query| language(&query, headers).ok();
        let language = query.ok().and_then(unheeded).unwrap_or(Language::En);
        Visit { edition: service.editions.current(), language, uri: uri.clone(), today: service.today() }
    }

    /// Reads the query: its language, and the parameters that the page knows.
    pub(super) fn query(&self, known: &[&str]) -> Result<Query, Problem> {
        let query = Query::read(&self.uri, &[known, &["lang"]].concat())?;
        language(&query, &HeaderMap::new())?;
        Ok(query)
    }

    pub(super) fn state(&self) -> &State {
        self.edition.registry.state()
    }

    /// Returns what the registry holds on a day, by jurisdiction.
    pub(super) fn coverage(&self, at: At) -> Vec<Coverage<'_>> {
        self.edition.registry.coverage(at)
    }

    pub(super) fn say<'t>(&self, en: &'t str, zh: &'t str) -> &'t str {
        self.language.say(en, zh)
    }

    /// Returns an address in the language of this look.
    pub(super) fn link(&self, path: &str, query: &[(&str, &str)]) -> String {
        link(path, &[query, &[("lang", word(self.language))]].concat())
    }

    /// Returns the day that a page is about: today, which it then names, if none
    /// is asked for.
    pub(super) fn day(&self, query: &Query) -> Result<At, Problem> {
        Ok(query.parsed("at")?.unwrap_or(self.today))
    }

    /// Returns the page.
    pub(super) fn page(&self, title: &str, scripts: &[&str], body: &Markup) -> Response {
        self.respond(StatusCode::OK, title, scripts, body)
    }

    fn respond(&self, status: StatusCode, title: &str, scripts: &[&str], body: &Markup) -> Response {
        let page = Page { language: self.language, uri: &self.uri, head: self.edition.head(), title, scripts };
        page.respond(status, &html! { div.registry { (body) } })
    }

    /// Returns the page that was made, or one that says why there is none.
    pub(super) fn or_trouble(&self, made: Result<Response, Problem>) -> Response {
        made.unwrap_or_else(|problem| self.trouble(&problem))
    }

    fn trouble(&self, problem: &Problem) -> Response {
        let title = match problem.status() {
            StatusCode::NOT_FOUND => self.say("There is nothing of this name", "没有此名称的内容"),
            StatusCode::BAD_REQUEST => self.say("The request is not understood", "无法理解该请求"),
            _ => self.say("The registry cannot answer now", "登记处目前无法答复"),
        };
        let body = html! {
            h1 { (title) }
            p.wrong lang="en" { (problem.detail()) }
            @for (message, hint) in problem.mistakes() {
                @if message != problem.detail() { p lang="en" { (message) } }
                @if let Some(hint) = hint { p.hint lang="en" { (hint) } }
            }
            p {
                a href=(self.link("/lists", &[])) { (self.say("All lists", "全部清单")) } " · "
                a href=(self.link("/catalog", &[])) { (self.say("The catalog", "数据类别目录")) }
            }
        };
        self.respond(problem.status(), title, &[], &body)
    }
}
