//! Parts that several pages have.

use std::collections::BTreeSet;
use std::fmt::Write;

use maud::{Markup, html};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::document::note::{Line, Span};
use crate::document::phrase;
use crate::model::{Brief, Hash, Language, ListId, Outcome, State};
use crate::server::page::visit::Visit;

/// What is written otherwise in a query: all that could mean something there.
const RESERVED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/').remove(b':').remove(b'@');

/// Returns an address with a query.
pub(super) fn link(path: &str, query: &[(&str, &str)]) -> String {
    let mut link = utf8_percent_encode(path, RESERVED).to_string();
    let mut between = '?';
    for (name, value) in query {
        let _ = write!(link, "{between}{name}={}", utf8_percent_encode(value, RESERVED));
        between = '&';
    }
    link
}

/// Returns the shape that an outcome has beside its word, so that nobody needs
/// its colour.
pub(super) fn shape(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Permitted => "●",
        Outcome::Conditional => "◐",
        Outcome::Unknown => "?",
        Outcome::Prohibited => "✕",
    }
}

/// Returns an outcome in a word and a shape.
pub(super) fn outcome(outcome: Outcome, language: Language) -> Markup {
    html! {
        span class={ "word " (outcome.word()) } {
            span aria-hidden="true" { (shape(outcome)) } " " (phrase::outcome(outcome, language))
        }
    }
}

/// Returns what a question comes to in words: where something that is not
/// stated decides, that is the strictest that is possible.
pub(super) fn said(brief: Brief, language: Language) -> String {
    let word = phrase::outcome(brief.outcome, language);
    if brief.is_decided() { word.to_owned() } else { format!("≤ {word}") }
}

/// Returns a hash that can be read and copied whole.
pub(super) fn hash(hash: &Hash) -> Markup {
    html! { code.hash { (hash) } }
}

/// Returns a label and what stands beside it.
pub(super) fn labelled(label: &str, text: &Markup) -> Markup {
    html! { dt { (label) } dd { (text) } }
}

/// Returns labels and lines; of several under one label, the label once.
pub(super) fn facts(facts: &[(String, Line)]) -> Markup {
    let groups: Vec<_> = facts.chunk_by(|one, next| one.0 == next.0).collect();
    html! {
        dl { @for group in groups {
            @for (label, _) in group.iter().take(1) { dt { (label) } }
            @for (_, text) in group { dd { (line(text)) } }
        } }
    }
}

/// Returns a line of a note.
pub(super) fn line(line: &Line) -> Markup {
    html! {
        @for span in line {
            @match span {
                Span::Plain(text) => (text),
                Span::Code(text) => code { (text) },
                Span::Strong(text) => strong { (text) },
                Span::Link(text, url) => (outward(text, url)),
                Span::Address(url) => (outward(url, url)),
            }
        }
    }
}

/// Returns a link that leads out of here. Only addresses of the web are links.
pub(super) fn outward(text: &str, url: &str) -> Markup {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    html! {
        @if is_web { a href=(url) rel="external noreferrer" { (text) } }
        @else { (text) @if text != url { " (" (url) ")" } }
    }
}

/// Returns the places that have lists, to choose from while writing.
pub(super) fn place_choices(id: &str, visit: &Visit) -> Markup {
    let state = visit.state();
    let with_lists: BTreeSet<_> = state.lists.keys().map(ListId::jurisdiction).collect();
    html! {
        datalist id=(id) {
            @for place in &with_lists {
                option value=(place) { (place_name(place.as_str(), state, visit.language)) }
            }
        }
    }
}

/// Returns all categories, to choose from while writing.
pub(super) fn category_choices(id: &str, visit: &Visit) -> Markup {
    html! {
        datalist id=(id) {
            @for category in visit.state().categories.iter() {
                option value=(category.id) { (category.name.in_language(visit.language)) }
            }
        }
    }
}

/// Returns what people call a place.
pub(super) fn place_name<'s>(code: &str, state: &'s State, language: Language) -> &'s str {
    let code = code.parse().ok();
    let place = code.and_then(|it| state.places.find(&it));
    place.map(|it| it.name.in_language(language)).unwrap_or_default()
}

/// Returns a place, by name, with a link.
pub(super) fn place(code: &str, visit: &Visit) -> Markup {
    let name = place_name(code, visit.state(), visit.language);
    html! { a href=(visit.link(&format!("/places/{code}"), &[])) { (name) } " " code { (code) } }
}

/// Returns a field of a form, with its label.
pub(super) fn field(label: &str, input: &Markup) -> Markup {
    html! { label.box { span { (label) } (input) } }
}

/// Returns the field that keeps the language of a form's page.
pub(super) fn kept_language(visit: &Visit) -> Markup {
    html! { input type="hidden" name="lang" value=(crate::server::page::layout::word(visit.language)); }
}
