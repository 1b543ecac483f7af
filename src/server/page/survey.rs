//! One question put to many places: what a map and a matrix are made of.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use maud::{Markup, html};

use crate::model::{At, Brief, CategoryId, FactId, Item, Jurisdiction, Outcome, Question, State, Subjects, Value};
use crate::registry::Registry;
use crate::server::ask::{facts, subjects};
use crate::server::page::parts::field;
use crate::server::page::visit::Visit;
use crate::server::problem::Problem;
use crate::server::query::Query;

/// The parameters that say of what is asked all that is not where and what.
pub(super) const PARAMETERS: [&str; 5] = ["at", "facts", "subjects", "fact", "with"];

/// What is asked of every place alike.
#[derive(Debug)]
pub(super) struct Survey {
    pub(super) at: At,
    /// Whether every flag that is not stated is not the case.
    pub(super) ordinary: bool,
    subjects: Option<Subjects>,
    facts: BTreeMap<FactId, Value>,
    /// The parameters as they came, for links.
    written: Vec<(&'static str, String)>,
}

impl Survey {
    /// Reads what is asked. What is not stated of flags is ordinary, unless
    /// `facts` is `open`.
    pub(super) fn read(query: &Query, state: &State, at: At) -> Result<Survey, Problem> {
        let ordinary = match query.one("facts")? {
            None | Some("ordinary") => true,
            Some("open") => false,
            Some(other) => return Err(Problem::request(format!("`facts` is `ordinary` or `open`, and not `{other}`"))),
        };
        let mut written = vec![("at", at.to_string())];
        for name in ["facts", "subjects", "fact", "with"] {
            written.extend(query.all(name).map(|it| (name, it.to_owned())));
        }
        let subjects = query.one("subjects")?.map(subjects).transpose()?;
        Ok(Survey { at, ordinary, subjects, facts: facts(query, state)?, written })
    }

    /// Returns the question from one place to another.
    pub(super) fn question(&self, from: &Jurisdiction, to: &Jurisdiction, category: &CategoryId) -> Question {
        self.question_on(self.at, from, to, category)
    }

    /// Returns the question from one place to another on some day.
    pub(super) fn question_on(
        &self,
        at: At,
        from: &Jurisdiction,
        to: &Jurisdiction,
        category: &CategoryId,
    ) -> Question {
        Question {
            id: None,
            from: from.clone(),
            to: Some(to.clone()),
            items: vec![Item { category: category.clone(), subjects: self.subjects.clone() }],
            at,
            known_on: None,
            facts: self.facts.clone(),
            ordinary: self.ordinary,
        }
    }

    /// Returns the parameters, for a link to the same elsewhere.
    pub(super) fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.written.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// Returns the address where one of the questions is answered with reasons.
    pub(super) fn ask_link(&self, from: &str, to: &str, category: &str, visit: &Visit) -> String {
        let mut query = vec![("from", from), ("to", to), ("category", category)];
        query.extend(self.parameters().filter(|(name, _)| *name != "facts"));
        if self.ordinary {
            query.push(("ordinary", "true"));
        }
        visit.link("/", &query)
    }

    /// Returns the fields of a form for what is asked.
    pub(super) fn fields(&self, visit: &Visit) -> Markup {
        let subjects = self.written.iter().find(|(name, _)| *name == "subjects").map(|(_, it)| it.as_str());
        html! {
            (field(visit.say("On", "日期"), &html! { input type="date" name="at" value=(self.at); }))
            (field(visit.say("People", "人数"), &html! { input name="subjects" inputmode="numeric" size="9" value=[subjects]; }))
            (field(visit.say("Facts not stated", "未陈述的事实"), &html! { select name="facts" {
                option value="ordinary" selected[self.ordinary] { (visit.say("ordinary", "一般情形")) }
                option value="open" selected[!self.ordinary] { (visit.say("open", "待定")) }
            } }))
            @for (name, value) in self.written.iter().filter(|(name, _)| ["fact", "with"].contains(name)) {
                input type="hidden" name=(name) value=(value);
            }
        }
    }
}

/// Returns what a question comes to. What it is made of was looked up.
pub(super) fn brief(registry: &Registry, question: &Question) -> Result<Brief, Problem> {
    registry.brief(question).map_err(Problem::from)
}

/// Returns a letter for what a question comes to: small where nothing is open.
pub(super) fn letter(brief: Brief) -> char {
    let letter = match brief.outcome {
        Outcome::Permitted => 'p',
        Outcome::Conditional => 'c',
        Outcome::Unknown => 'u',
        Outcome::Prohibited => 'x',
    };
    if brief.is_decided() { letter } else { letter.to_ascii_uppercase() }
}

/// Returns the days on which the answer to a question about data that leaves
/// some place may change; of any place, where none is named.
pub(super) fn days_of_change(state: &State, from: Option<&Jurisdiction>) -> BTreeSet<Date> {
    let reach = from.map(|it| state.places.in_reach(it));
    let is_in_reach = |it: &Jurisdiction| reach.as_ref().is_none_or(|reach| reach.contains(it));
    let lists = state.lists.values().filter(|it| is_in_reach(&it.id.jurisdiction()));
    let revisions = lists.flat_map(|it| &it.revisions).map(|it| &it.revision);
    let dates = revisions.flat_map(|it| it.effective.map(|it| it.0).into_iter().chain(it.expires));
    let memberships = state.places.iter().flat_map(|it| &it.members);
    dates.chain(memberships.flat_map(|it| [Some(it.from), it.until]).flatten()).collect()
}

/// Reads a category that is known; the first of some that are, where none is
/// named.
pub(super) fn category(query: &Query, state: &State, usual: &str) -> Result<CategoryId, Problem> {
    let Some(category) = query.parsed::<CategoryId>("category")? else {
        let usual = usual.parse().ok().filter(|it| state.categories.find(it).is_some());
        let first = || state.categories.iter().next().map(|it| it.id.clone());
        return usual.or_else(first).ok_or_else(|| Problem::missing("the catalog has no category"));
    };
    match state.category_mistake(&category) {
        Some(mistake) => Err(vec![mistake].into()),
        None => Ok(category),
    }
}

/// Returns a place that is known.
pub(super) fn known_place(written: &str, state: &State) -> Result<Jurisdiction, Problem> {
    let place: Jurisdiction = written.parse().map_err(Problem::request)?;
    match state.place_mistake(&place) {
        Some(mistake) => Err(vec![mistake].into()),
        None => Ok(place),
    }
}
