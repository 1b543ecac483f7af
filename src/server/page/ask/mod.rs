//! `/`: one question, and its answer. Every step is a link, so that each
//! question has an address.

mod address;
mod answer;
mod form;
mod read;
mod shape;
mod timeline;

use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use maud::{Markup, html};

use crate::model::{Language, Question};
use crate::registry::AskError;
use crate::server::ask::PARAMETERS;
use crate::server::edition::Edition;
use crate::server::page::Shared;
use crate::server::page::ask::address::Address;
use crate::server::page::ask::answer::Shown;
use crate::server::page::ask::form::Form;
use crate::server::page::ask::read::{Asked, Field, Mistake, read};
use crate::server::page::layout::{Page, language, word};
use crate::server::query::Query;

pub(super) use shape::{shape, shapes};

/// Questions to begin with, in both languages.
const EXAMPLES: &[(&str, &str, &str)] = &[
    (
        "from=CN&to=US&category=personal.contact&subjects=50000&ordinary=true&at=2024-04-01",
        "Contact details of 50,000 people, from China to the United States, in April 2024",
        "2024年4月，5万人的联系方式，自中国至美国",
    ),
    (
        "from=US&to=CN&category=personal.health.genomic&subjects=500&at=2025-06-01",
        "Genomes of 500 people, from the United States to China, in June 2025",
        "2025年6月，500人的基因信息，自美国至中国",
    ),
    (
        "from=DE&to=KR&category=personal&at=2025-01-01",
        "Personal data, from Germany to Korea, in January 2025",
        "2025年1月，个人信息，自德国至韩国",
    ),
];

/// `GET /`
pub(super) async fn get(service: Shared, uri: Uri, headers: HeaderMap) -> Response {
    let edition = service.editions.current();
    let today = service.today().to_string();
    let known: Vec<_> = PARAMETERS.iter().copied().chain(["lang"]).collect();
    let read = Query::read(&uri, &known);
    let query = read.as_ref().map_or_else(|_| Query::understood(&uri, &known), Clone::clone).or("at", &today);
    let spoken = language(&query, &headers);
    let language = spoken.as_ref().copied().unwrap_or_default();
    // What is wrong with the address as a whole has no field to stand beside.
    let trouble = read.err().or(spoken.err()).map(|it| it.detail().to_owned());
    let body = AskPage { edition: &edition, query: &query, address: Address::of(&query), language };
    let (status, body) = body.body(trouble.as_deref());
    let title = language.say("Ask", "询问");
    let page = Page { language, uri: &uri, head: edition.head(), title, scripts: &["ask.js"] };
    page.respond(status, &body)
}

struct AskPage<'p> {
    edition: &'p Edition,
    query: &'p Query,
    address: Address,
    language: Language,
}

impl AskPage<'_> {
    fn body(&self, trouble: Option<&str>) -> (StatusCode, Markup) {
        if let Some(trouble) = trouble {
            return (StatusCode::BAD_REQUEST, self.markup(Some(trouble), &[], &html! {}));
        }
        match read(self.query, self.edition.registry.state(), self.language) {
            Asked::Nothing => (StatusCode::OK, self.markup(None, &[], &self.examples())),
            Asked::Mistakes(mistakes) => (StatusCode::BAD_REQUEST, self.markup(None, &mistakes, &html! {})),
            Asked::Question(question) => self.answered(&question),
        }
    }

    fn answered(&self, question: &Question) -> (StatusCode, Markup) {
        let registry = &self.edition.registry;
        match registry.ask(question) {
            Ok(answer) => {
                let is_signed = self.edition.signed_size() == Some(self.edition.head().size);
                let (state, language, address) = (registry.state(), self.language, &self.address);
                let shown = Shown { answer: &answer, state, language, address, is_signed };
                (StatusCode::OK, self.markup(None, &[], &shown.markup()))
            }
            // Places, categories and facts were looked at before: what is left is
            // about numbers, and about categories of `item`.
            Err(AskError::Mistakes(mistakes)) => {
                let field = if self.query.all("item").next().is_some() { Field::Category } else { Field::Subjects };
                let beside = |message| Mistake { field, message, written: String::new(), near: Vec::new() };
                let mistakes: Vec<_> = mistakes.into_iter().map(|it| beside(it.message)).collect();
                (StatusCode::BAD_REQUEST, self.markup(None, &mistakes, &html! {}))
            }
            Err(error @ AskError::Disagreement) => {
                (StatusCode::SERVICE_UNAVAILABLE, self.markup(Some(&error.to_string()), &[], &html! {}))
            }
        }
    }

    fn markup(&self, trouble: Option<&str>, mistakes: &[Mistake], below: &Markup) -> Markup {
        let (state, language) = (self.edition.registry.state(), self.language);
        let form = Form { query: self.query, address: &self.address, state, language, mistakes };
        html! {
            h1 { (language.say("May this data leave?", "数据可否出境？")) }
            @if let Some(trouble) = trouble {
                div.trouble role="alert" { p { (language.say("The question is not understood: ", "无法理解该询问：")) (trouble) } }
            } @else if !mistakes.is_empty() {
                div.trouble role="alert" {
                    p { (language.say("The question is not understood yet: see the fields that are marked.", "尚无法理解该询问：请查看标出的栏目。")) }
                }
            }
            (form.markup())
            (below)
            (shapes())
        }
    }

    fn examples(&self) -> Markup {
        html! {
            section.examples {
                h2 { (self.language.say("For example", "例如")) }
                ul {
                    @for (query, en, zh) in EXAMPLES {
                        li { a href=(format!("/?lang={}&{query}", word(self.language))) { (self.language.say(en, zh)) } }
                    }
                }
            }
        }
    }
}
