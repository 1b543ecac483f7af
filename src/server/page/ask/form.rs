//! The form that asks, filled in with what was asked.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::model::{Category, CategoryId, Jurisdiction, Language, State};
use crate::server::page::ask::address::Address;
use crate::server::page::ask::read::{Field, Mistake};
use crate::server::page::layout::word;
use crate::server::query::Query;

/// A form: for whom, with what in it, and what is wrong with that.
pub(super) struct Form<'f> {
    pub(super) query: &'f Query,
    pub(super) address: &'f Address,
    pub(super) state: &'f State,
    pub(super) language: Language,
    pub(super) mistakes: &'f [Mistake],
}

/// What lies directly in each category, and in none.
type Below<'s> = BTreeMap<Option<CategoryId>, Vec<&'s Category>>;

/// A field of the form with one line.
struct Line<'l> {
    field: Field,
    name: &'static str,
    label: &'l str,
    hint: &'l str,
    kind: &'static str,
    list: Option<&'static str>,
    is_required: bool,
    value: &'l str,
}

impl Form<'_> {
    pub(super) fn markup(&self) -> Markup {
        html! {
            form.ask id="ask" method="get" action="/" {
                input type="hidden" name="lang" value=(word(self.language));
                div.fields {
                    (self.place(Field::From, "from", self.say("From", "数据所在地")))
                    (self.place(Field::To, "to", self.say("To", "目的地")))
                    (self.category())
                    (self.day())
                    (self.people())
                }
                (self.tree())
                p.ordinary {
                    label {
                        input type="checkbox" name="ordinary" value="true" checked[self.is_ordinary()];
                        " " (self.say("Ordinary case: no flag holds that is not stated", "一般情形：未陈述的是否类事实一律视为否"))
                    }
                }
                (self.facts())
                p { button.primary type="submit" { (self.say("Ask", "询问")) } }
                (self.lists())
            }
        }
    }

    fn say<'t>(&self, en: &'t str, zh: &'t str) -> &'t str {
        self.language.say(en, zh)
    }

    fn is_ordinary(&self) -> bool {
        self.query.flag("ordinary").unwrap_or(false)
    }

    /// Returns what stands in a field, as it was written.
    fn written(&self, name: &str) -> &str {
        self.query.all(name).next().unwrap_or_default()
    }

    fn place(&self, field: Field, name: &'static str, label: &str) -> Markup {
        let value = self.written(name);
        let place = value.parse::<Jurisdiction>().ok().and_then(|it| self.state.places.find(&it));
        let anywhere = if name == "to" {
            self.say("Empty: any destination", "留空：任何目的地")
        } else {
            self.say("A code, such as CN, US-TX, CN-BJ-FTZ", "代码，如 CN、US-TX、CN-BJ-FTZ")
        };
        let hint = place.map_or(anywhere, |it| it.name.in_language(self.language));
        let is_required = field == Field::From;
        self.line(&Line { field, name, label, hint, kind: "text", list: Some("places"), is_required, value })
    }

    fn category(&self) -> Markup {
        let value = self.written("category");
        let category = value.parse::<CategoryId>().ok().and_then(|it| self.state.categories.find(&it));
        let hint = self.say("An id, or a name from the list", "标识，或列表中的名称");
        let hint = category.map_or(hint, |it| it.name.in_language(self.language));
        let label = self.say("Data", "数据类别");
        let list = Some("categories");
        let line = Line {
            field: Field::Category,
            name: "category",
            label,
            hint,
            kind: "search",
            list,
            is_required: false,
            value,
        };
        let more: Vec<_> = self.query.all("category").skip(1).map(|it| ("category", it)).collect();
        let more: Vec<_> = more.into_iter().chain(self.query.all("item").map(|it| ("item", it))).collect();
        html! {
            div.category {
                (self.line(&line))
                @if !more.is_empty() {
                    ul.chips aria-label=(self.say("And also", "另包括")) { @for (name, value) in more { li { (self.taken_in(name, value)) } } }
                }
            }
        }
    }

    fn day(&self) -> Markup {
        let label = self.say("On", "日期");
        let hint = self.say("The day on which it would leave", "拟出境之日");
        let (kind, value) = ("date", self.written("at"));
        let at = Line { field: Field::At, name: "at", label, hint, kind, list: None, is_required: true, value };
        let known = Line {
            field: Field::KnownOn,
            name: "known_on",
            label: self.say("As known on", "按何日已公布的内容"),
            hint: self.say("Empty: all that is published", "留空：迄今公布的全部内容"),
            value: self.written("known_on"),
            is_required: false,
            ..at
        };
        let is_open = !known.value.is_empty() || self.mistakes.iter().any(|it| it.field == Field::KnownOn);
        html! {
            div {
                (self.line(&at))
                details.more open[is_open] {
                    summary { (self.say("What was known earlier", "以往已公布的内容")) }
                    (self.line(&known))
                }
            }
        }
    }

    fn people(&self) -> Markup {
        self.line(&Line {
            field: Field::Subjects,
            name: "subjects",
            label: self.say("People", "涉及人数"),
            hint: self.say("How many the data is about, if known", "数据所涉人数，如已知"),
            kind: "text",
            list: None,
            is_required: false,
            value: self.written("subjects"),
        })
    }

    fn line(&self, line: &Line<'_>) -> Markup {
        let wrong: Vec<_> = self.mistakes.iter().filter(|it| it.field == line.field).collect();
        let (name, hint, mistake) = (line.name, format!("{}-hint", line.name), format!("{}-mistake", line.name));
        let described = if wrong.is_empty() { hint.clone() } else { format!("{mistake} {hint}") };
        html! {
            div.field {
                label for=(name) { (line.label) }
                input id=(name) name=(name) type=(line.kind) value=(line.value) list=[line.list] required[line.is_required]
                    autocomplete="off" spellcheck="false" aria-describedby=(described) aria-invalid=[(!wrong.is_empty()).then_some("true")];
                @if !wrong.is_empty() { div.mistake id=(mistake) { @for it in wrong { (self.mistake(name, it)) } } }
                p.hint id=(hint) { (line.hint) }
            }
        }
    }

    /// What is wrong, with a link to each thing that may have been meant.
    fn mistake(&self, name: &str, mistake: &Mistake) -> Markup {
        let meant = |id: &str| self.address.replacing(name, &mistake.written, id).below("/");
        html! {
            p {
                (mistake.message)
                @if !mistake.near.is_empty() {
                    (self.say(". Did you mean ", "。是否指："))
                    @for (number, (id, name)) in mistake.near.iter().enumerate() {
                        @if number != 0 { (self.say(", ", "、")) }
                        a href=(meant(id)) { (id) " " (name) }
                    }
                    (self.say("?", "？"))
                } @else { (self.say(".", "。")) }
            }
        }
    }

    /// What is settled: each can be taken off again.
    fn facts(&self) -> Markup {
        let wrong: Vec<_> = self.mistakes.iter().filter(|it| it.field == Field::Facts).collect();
        let settled: Vec<_> =
            ["fact", "with"].iter().flat_map(|name| self.query.all(name).map(|it| (*name, it))).collect();
        html! {
            @if !settled.is_empty() || !wrong.is_empty() {
                div.settled {
                    h2 id="settled" { (self.say("Settled", "已陈述的事实")) }
                    @for it in wrong { p.mistake { (it.message) } }
                    ul.chips aria-labelledby="settled" { @for (name, value) in settled { li { (self.taken_in(name, value)) } } }
                }
            }
        }
    }

    fn taken_in(&self, name: &str, value: &str) -> Markup {
        let off = format!("{} {value}", self.say("Take off:", "移除："));
        html! {
            input type="hidden" name=(name) value=(value);
            a.chip.taken href=(self.address.without(name, value).below("/")) aria-label=(off) {
                (value) " " span aria-hidden="true" { "×" }
            }
        }
    }

    /// All categories, by what lies in what. Those that are taken in already are
    /// marked.
    fn tree(&self) -> Markup {
        let mut below: Below<'_> = BTreeMap::new();
        for category in self.state.categories.iter() {
            below.entry(category.id.parent()).or_default().push(category);
        }
        html! {
            details.categories {
                summary { (self.say("All categories", "全部类别")) }
                p hidden { label { (self.say("Show those with ", "筛选：")) input type="search" id="filter" autocomplete="off"; } }
                ul.tree { (self.branches(None, &below)) }
            }
        }
    }

    fn branches(&self, parent: Option<&CategoryId>, below: &Below<'_>) -> Markup {
        html! {
            @for category in below.get(&parent.cloned()).into_iter().flatten() {
                @let (id, name) = (&category.id, category.name.in_language(self.language));
                li {
                    @if self.query.all("category").any(|it| it == id.as_str()) {
                        span { "✓ " (name) }
                    } @else {
                        label { input type="checkbox" name="category" value=(id); " " (name) }
                    }
                    @if below.contains_key(&Some(id.clone())) { ul { (self.branches(Some(id), below)) } }
                }
            }
        }
    }

    fn lists(&self) -> Markup {
        html! {
            datalist id="places" {
                @for it in self.state.places.iter() { option value=(it.code) { (it.name.in_language(self.language)) } }
            }
            // Filled from the tree, so that no page carries all names twice.
            datalist id="categories" {}
        }
    }
}
