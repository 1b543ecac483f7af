//! An answer on the page: the outcome first, then what it hangs on, what would
//! make it lawful, why, for how long, and how to keep it.

use std::collections::BTreeSet;

use maud::{Markup, html};

use crate::document::{command, phrase, wording};
use crate::model::fact::SUBJECTS;
use crate::model::{
    Answer, Case, CaseValue, CategoryId, Dependence, EntryId, FactId, Jurisdiction, Language, Match, Open, Outcome,
    Revision, Source, State,
};
use crate::server::page::ask::address::Address;
use crate::server::page::ask::shape::shape;
use crate::server::page::ask::timeline::timeline;
use crate::server::page::layout::word;

/// More values than these that come to the same are folded away.
const MOST_VALUES: usize = 12;

/// What asks again.
enum Step {
    /// The form, with a parameter more.
    Stating(&'static str, String),
    /// Another question.
    Asking(Address),
    /// Nothing does.
    None,
}

/// An answer, and what the page knows around it.
pub(super) struct Shown<'s> {
    pub(super) answer: &'s Answer<'s>,
    pub(super) state: &'s State,
    pub(super) language: Language,
    /// The address of the question on the page.
    pub(super) address: &'s Address,
    /// Whether the head that answers is signed, so that there are receipts.
    pub(super) is_signed: bool,
}

impl Shown<'_> {
    pub(super) fn markup(&self) -> Markup {
        html! {
            section.answer id="answer" aria-labelledby="outcome" {
                (self.outcome())
                (self.dependences())
                (self.needs())
                (self.reasons())
                (self.validity())
                (self.notes())
                (self.consulted())
                (self.keeping())
            }
        }
    }

    fn say<'t>(&self, en: &'t str, zh: &'t str) -> &'t str {
        self.language.say(en, zh)
    }

    fn outcome(&self) -> Markup {
        let (answer, question) = (self.answer, &self.answer.question);
        let word = phrase::outcome(answer.outcome, self.language);
        let place = |it: &Jurisdiction| self.state.places.find(it).map(|it| it.name.in_language(self.language));
        html! {
            div.outcome.(answer.outcome.word()) {
                (shape(answer.outcome))
                div {
                    h2 id="outcome" { (word) @if !answer.is_decided() { " " small { (self.say("(at most)", "（最严）")) } } }
                    p.way {
                        (place(&question.from).unwrap_or_default()) " " code { (question.from) } " → "
                        @match &question.to {
                            Some(to) => { (place(to).unwrap_or_default()) " " code { (to) } }
                            None => { (self.say("any destination", "任何目的地")) }
                        }
                        " · " time datetime=(question.at) { (question.at) }
                        @if let Some(known_on) = question.known_on { " " (self.say("as known on", "按当时已公布：")) " " (known_on) }
                    }
                    ul.items { @for it in &question.items { li { (self.category(&it.category)) " " code { (phrase::item(it, self.language)) } } } }
                    p.meaning { (wording::meaning(answer, self.language)) }
                }
            }
        }
    }

    fn category(&self, id: &CategoryId) -> &str {
        self.state.categories.find(id).map_or("", |it| it.name.in_language(self.language))
    }

    // What it hangs on

    fn dependences(&self) -> Markup {
        html! {
            @if !self.answer.depends_on.is_empty() {
                h3 id="depends" { (self.say("It depends on", "取决于")) }
                p.hint { (self.say("Settle what you know: each of these asks again.", "请逐项陈述已知事实；点选即按该事实重新询问。")) }
                ul.dependences aria-labelledby="depends" { @for it in &self.answer.depends_on { (self.dependence(it)) } }
            }
        }
    }

    fn dependence(&self, dependence: &Dependence) -> Markup {
        html! {
            li {
                p.on {
                    @match &dependence.on {
                        Open::Fact(fact) => { (self.fact(fact)) }
                        Open::Category(category) => {
                            (self.say("Whether the data includes: ", "数据是否包含：")) (self.category(category)) " " code { (category) }
                        }
                        Open::Destination => { (self.say("Where it goes", "目的地")) }
                    }
                }
                ul.cases {
                    @for alike in wording::alike(dependence, self.language) {
                        li {
                            span.result { (shape(alike.outcome)) " " (alike.result(self.language)) }
                            @if alike.cases.len() <= MOST_VALUES {
                                (self.values(&dependence.on, &alike.cases))
                            } @else {
                                details {
                                    summary { (alike.cases.len()) " " (self.say("values", "个取值")) }
                                    (self.values(&dependence.on, &alike.cases))
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn values(&self, on: &Open, cases: &[&Case]) -> Markup {
        html! {
            span.values {
                @for case in cases {
                    @let text = wording::case(&case.value, self.language);
                    (chip(self.stating(on, &case.value), &html! { (text) })) " "
                }
            }
        }
    }

    /// Returns what states a case, where a question can say it: that data does
    /// not include something is not said.
    fn stating(&self, on: &Open, value: &CaseValue) -> Step {
        let fact = |fact: &FactId, value: &str| Step::Stating("fact", format!("{fact}={value}"));
        match (on, value) {
            (Open::Fact(id), CaseValue::Flag(true)) => fact(id, "yes"),
            (Open::Fact(id), CaseValue::Flag(false)) => fact(id, "no"),
            (Open::Fact(id), CaseValue::Choice(choice)) => fact(id, choice.as_str()),
            // All numbers of a range come to the same: its lowest stands for them.
            (Open::Fact(id), CaseValue::Count(at_least, _)) if id.as_str() == SUBJECTS => {
                Step::Asking(self.address.setting(SUBJECTS, &at_least.number().to_string()))
            }
            (Open::Fact(id), CaseValue::Count(at_least, _)) => fact(id, &at_least.number().to_string()),
            (Open::Category(category), CaseValue::Flag(true)) => Step::Stating("category", category.to_string()),
            (Open::Destination, CaseValue::To(place)) => Step::Asking(self.address.setting("to", place.as_str())),
            (Open::Fact(_) | Open::Category(_) | Open::Destination, _) => Step::None,
        }
    }

    fn fact(&self, id: &FactId) -> Markup {
        html! {
            @if let Some(fact) = self.state.vocabulary.find(id) { (fact.name.in_language(self.language)) " " }
            code { (id) }
        }
    }

    // What would make it lawful

    fn needs(&self) -> Markup {
        let (answer, needs) = (self.answer, wording::needs(self.answer));
        let is_empty =
            needs.is_empty() && answer.relied_on.is_empty() && answer.exemptions.is_empty() && answer.duties.is_empty();
        html! {
            @if !is_empty {
                h3 { (self.say("What it takes", "所需条件")) }
                dl {
                    @for need in &needs {
                        dt { (need.label(self.language)) }
                        @for way in &need.ways { dd.values { (self.claim(way)) } }
                    }
                    (self.named(self.say("Relies on", "所依机制"), &answer.relied_on))
                    @if !answer.exemptions.is_empty() {
                        dt { (self.say("Exempt if", "可豁免情形")) }
                        @for it in &answer.exemptions { dd.values { (self.claim(&BTreeSet::from([it.clone()]))) } }
                    }
                    (self.named(self.say("Still to do", "仍须履行"), &answer.duties))
                }
            }
        }
    }

    /// What asks again with mechanisms in place, or an exemption claimed.
    fn claim(&self, facts: &BTreeSet<FactId>) -> Markup {
        let claimed = |address: Address, it: &FactId| address.with("with", it.as_str());
        let step = match facts.first() {
            Some(one) if facts.len() == 1 => Step::Stating("with", one.to_string()),
            Some(_) | None => Step::Asking(facts.iter().fold(self.address.clone(), claimed)),
        };
        let text = html! {
            @for (number, it) in facts.iter().enumerate() {
                @if number != 0 { (self.say(" and ", " 并 ")) }
                (self.fact(it))
            }
        };
        chip(step, &text)
    }

    fn named(&self, label: &str, facts: &BTreeSet<FactId>) -> Markup {
        html! { @if !facts.is_empty() { dt { (label) } @for it in facts { dd { (self.fact(it)) } } } }
    }

    // Why

    fn reasons(&self) -> Markup {
        let (reasons, silent) = (wording::reasons(self.answer), wording::silent(self.answer));
        html! {
            @if !reasons.is_empty() || !silent.is_empty() {
                h3 { (self.say("Because", "依据")) }
                ol.reasons {
                    @for it in reasons { li { (self.reason(it)) } }
                    @for it in silent {
                        @let revision = &it.issued.revision;
                        li { p { (revision.title.in_language(self.language)) " " (self.revision(revision, None)) } p { (wording::silence(it, self.language)) } }
                    }
                }
            }
        }
    }

    fn reason(&self, found: &Match<'_>) -> Markup {
        let (revision, entry) = (found.revision, found.entry);
        html! {
            p { strong { (entry.cite) } (wording::doubt(found, self.language)) " " (self.revision(revision, Some(&entry.id))) }
            p { (entry.note.in_language(self.language)) }
            p { (source(&revision.source)) ", " (revision.source.citation) }
        }
    }

    /// A revision, or an entry of it, with where it can be read here.
    fn revision(&self, revision: &Revision, entry: Option<&EntryId>) -> Markup {
        let (list, version) = (&revision.list, &revision.version);
        let place = entry.map(|it| format!("#{it}")).unwrap_or_default();
        html! {
            a href=(format!("/lists/{list}/{version}?lang={}{place}", word(self.language))) {
                code { (list) " " (version) @if let Some(entry) = entry { ", " (entry) } }
            }
        }
    }

    // For how long

    fn validity(&self) -> Markup {
        let (valid, at) = (&self.answer.valid, self.answer.question.at);
        let text = wording::validity(valid, self.language);
        let ask_on = |day: jiff::civil::Date| self.address.setting("at", &day.to_string()).below("/");
        html! {
            h3 { (self.say("Holds", "有效期间")) }
            p { (text) }
            (timeline(valid, at, &text, self.language))
            p.steps {
                @if let Some(before) = valid.from.and_then(|it| it.yesterday().ok()) {
                    a href=(ask_on(before)) rel="prev" { (self.say("The day before it began: ", "其开始前一日：")) (before) } " "
                }
                @if let Some(until) = valid.until {
                    a href=(ask_on(until)) rel="next" { (self.say("The day it ends: ", "其终止之日：")) (until) }
                }
            }
        }
    }

    fn notes(&self) -> Markup {
        let missing = wording::missing(self.answer);
        html! {
            @if !self.answer.notes.is_empty() || !missing.is_empty() {
                h3 { (self.say("Notes", "提示")) }
                ul.notes {
                    @for it in &self.answer.notes { li { span.kind { (it.kind.word()) } " " (it.text.in_language(self.language)) } }
                    @for it in missing { li { span.kind { "gap" } " " (it.in_language(self.language)) } }
                }
            }
        }
    }

    fn consulted(&self) -> Markup {
        html! {
            h3 { (self.say("Consulted", "所查清单")) }
            @if self.answer.consulted.is_empty() {
                p { (self.say("No list: none was in force there that speaks of this.", "无：当地无就此作出规定的生效清单。")) }
            } @else {
                ul.consulted {
                    @for it in &self.answer.consulted {
                        li { (it.issued.revision.title.in_language(self.language)) ": " (wording::consulted(it, self.language)) }
                    }
                }
            }
        }
    }

    // To keep it

    fn keeping(&self) -> Markup {
        let plain = self.address.without_all("lang");
        let page = self.address.setting("lang", word(self.language)).below("/");
        html! {
            h3 { (self.say("To keep", "留存")) }
            ul.keep {
                li { a id="permalink" href=(page) { (self.say("Link to this question", "本询问的链接")) } }
                @if self.is_signed {
                    li {
                        a href=(plain.below("/v1/receipt")) download="receipt.json" { (self.say("Receipt of this answer", "本答复的凭证")) }
                        (self.say(": anybody can ", "：任何人均可")) a href=(format!("/verify?lang={}", word(self.language))) { (self.say("verify", "验证")) }
                        (self.say(" it, offline", "，且无需联网"))
                    }
                } @else {
                    li { (self.say("There is no receipt: the head of this registry is not signed yet.", "暂无凭证：登记处当前链头尚未签名。")) }
                }
                li { a href=(plain.below("/v1/ask")) { (self.say("The same as JSON", "JSON 格式")) } }
            }
            p.hint { (self.say("The same question on the command line:", "在命令行中询问：")) }
            pre.command tabindex="0" { code { (command(&self.answer.question)) } }
            @if self.answer.outcome == Outcome::Unknown {
                p.hint { (self.say("Unknown is not a yes: ask the authority, or a lawyer.", "“未知”并不表示可以出境：请咨询主管机关或律师。")) }
            }
        }
    }
}

/// Where a revision can be read, as a link if it is one of the web.
fn source(source: &Source) -> Markup {
    let is_web = ["https://", "http://"].iter().any(|it| source.url.starts_with(it));
    html! { @if is_web { a href=(source.url) { (source.title) } } @else { (source.title) } }
}

fn chip(step: Step, text: &Markup) -> Markup {
    html! {
        @match step {
            Step::Stating(name, value) => button form="ask" name=(name) value=(value) { (text) },
            Step::Asking(address) => a href=(address.below("/")) { (text) },
            Step::None => span { (text) },
        }
    }
}
