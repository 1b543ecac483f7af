//! Conditions in Cedar's words.
//!
//! What a request leaves open may be so or not: `possible` holds where it may
//! be so, `certain` where nothing that is open could change that. Every look at
//! an attribute is guarded, since Cedar leaves out a policy that errs.

use std::collections::BTreeSet;

use crate::model::place::{Inside, Whereabouts};
use crate::model::{
    At, CategoryId, Condition, Count, Destinations, FactId, FactKind, Jurisdiction, Revision, State, When, WindowId,
};

/// What expressions are made from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scene<'s> {
    pub(super) state: &'s State,
    /// Where each bloc lies on the day, by where its members lie.
    blocs: &'s [(Jurisdiction, Whereabouts)],
}

/// Returns where each bloc lies on a day.
pub(super) fn blocs(state: &State, at: At) -> Vec<(Jurisdiction, Whereabouts)> {
    let blocs = state.places.iter().filter(|it| !it.members.is_empty()).map(|it| &it.code);
    blocs.map(|it| (it.clone(), state.places.whereabouts(it, at))).collect()
}

/// An expression for what may be so, and one for what is so for certain.
#[derive(Clone, Debug)]
pub(super) struct Sides {
    pub(super) possible: String,
    pub(super) certain: String,
}

impl Sides {
    fn both(text: &str) -> Sides {
        Sides { possible: text.to_owned(), certain: text.to_owned() }
    }

    fn not(self) -> Sides {
        Sides { possible: not(&self.certain), certain: not(&self.possible) }
    }
}

impl<'s> Scene<'s> {
    pub(super) fn new(state: &'s State, blocs: &'s [(Jurisdiction, Whereabouts)]) -> Scene<'s> {
        Scene { state, blocs }
    }

    /// Returns whether conditions hold.
    pub(super) fn holds(self, when: &When) -> Sides {
        let all: Vec<_> = when.iter().map(|(fact, it)| self.meets(fact, it, None)).collect();
        Sides { possible: and(all.iter().map(|it| &it.possible)), certain: and(all.iter().map(|it| &it.certain)) }
    }

    /// Returns whether a fact meets a condition, where counts may begin lower.
    pub(super) fn meets(self, fact: &FactId, condition: &Condition, lower: Option<&Lower>) -> Sides {
        let attribute = attribute(fact, window(condition));
        let value = format!("context[{attribute}]");
        let is_any = match (condition, self.state.vocabulary.find(fact).map(|it| &it.kind)) {
            (Condition::Choice(among), Some(FactKind::Choice(all))) => all.is_subset(among),
            _ => false,
        };
        let test = match condition {
            Condition::Flag(true) => value,
            Condition::Flag(false) => not(&value),
            Condition::Choice(among) if among.is_empty() => return Sides::both("false"),
            Condition::Choice(among) => {
                let among: Vec<_> = among.iter().map(|it| format!("\"{it}\"")).collect();
                format!("[{}].contains({value})", among.join(", "))
            }
            Condition::Count(bounds, _) => {
                let from = bounds.at_least();
                let begin = match lower.filter(|it| it.from < from) {
                    Some(lower) => format!("({value} >= {from} || ({} && {value} >= {}))", lower.when, lower.from),
                    None => format!("{value} >= {from}"),
                };
                let end = bounds.below().map(|below| format!("{value} < {below}"));
                and([begin].into_iter().chain(end))
            }
        };
        let certain = if is_any { "true".to_owned() } else { format!("(context has {attribute} && {test})") };
        Sides { possible: format!("(if context has {attribute} then {test} else true)"), certain }
    }

    /// Returns whether the data goes to some destinations.
    pub(super) fn goes_to(self, destinations: &Destinations, revision: &Revision) -> Sides {
        match destinations {
            Destinations::Any => Sides::both("true"),
            Destinations::Only(members) => self.is_inside(&revision.codes(members).into_iter().collect::<Vec<_>>()),
            Destinations::Except(members) => {
                self.is_inside(&revision.codes(members).into_iter().collect::<Vec<_>>()).not()
            }
        }
    }

    fn is_inside(self, outer: &[Jurisdiction]) -> Sides {
        let (all, some) = self.inside("context[\"to\"]", outer);
        let some = or([&all, &some]);
        Sides {
            possible: format!("(if context has \"to\" then {some} else true)"),
            certain: format!("(context has \"to\" && {all})"),
        }
    }

    /// Returns whether the data leaves the border that counts for a revision.
    pub(super) fn leaves(self, revision: &Revision) -> Sides {
        if revision.within {
            return Sides::both("true");
        }
        let (all, some) = self.inside("context[\"to\"]", &[revision.border()]);
        let leaving = |inside: &str| format!("(if context has \"to\" then {} else true)", not(inside));
        Sides { possible: leaving(&all), certain: leaving(&or([&all, &some])) }
    }

    /// Returns expressions for whether all of a place lies inside others, and
    /// whether only a part does. A bloc lies where its members lie.
    pub(super) fn inside(self, place: &str, outer: &[Jurisdiction]) -> (String, String) {
        let (mut whole, mut parts) = (Vec::new(), Vec::new());
        for (bloc, whereabouts) in self.blocs {
            let is_by_itself = whereabouts.chain.iter().any(|it| outer.contains(it));
            match whereabouts.inside(|it| outer.contains(it)) {
                Inside::All if !is_by_itself => whole.push(format!("Place::\"{bloc}\"")),
                Inside::Some => parts.push(format!("Place::\"{bloc}\"")),
                Inside::All | Inside::None => {}
            }
        }
        let outer: Vec<_> = outer.iter().map(|it| format!("Area::\"{it}\"")).collect();
        let by_chain = is_in(place, &outer);
        let by_members = contains(&whole, place);
        (or([&by_chain, &by_members]), contains(&parts, place))
    }

    /// Returns whether the data may include some of these categories without
    /// lying in one.
    pub(super) fn may_include(self, categories: &[&CategoryId], except: &[&CategoryId]) -> String {
        let known = &self.state.categories;
        let covers = |all: &[&CategoryId], it: &CategoryId| all.iter().any(|broader| known.covers(broader, it));
        self.is_one(|id| {
            let shared = || categories.iter().flat_map(|it| known.shared(id, it));
            !covers(categories, id) && shared().any(|part| !covers(except, part))
        })
    }

    /// Returns whether the data may be several of these categories by itself:
    /// it lies in one, or may include one, and may include another.
    pub(super) fn may_be_several(self, categories: &BTreeSet<&CategoryId>) -> String {
        let known = &self.state.categories;
        self.is_one(|id| {
            let (covering, others): (Vec<&CategoryId>, Vec<&CategoryId>) =
                categories.iter().partition(|it| known.covers(it, id));
            let included = others.iter().filter(|it| !known.shared(id, it).is_empty()).count();
            2 <= included + usize::from(!covering.is_empty())
        })
    }

    /// Returns whether the data is one of the categories, former ones among
    /// them, of which something is so.
    fn is_one(self, is_meant: impl Fn(&CategoryId) -> bool) -> String {
        let known = &self.state.categories;
        let ids = known.iter().map(|it| &it.id).chain(known.all_former().map(|it| &it.id));
        let all: Vec<_> = ids.filter(|it| is_meant(it)).map(|it| format!("Category::\"{it}\"")).collect();
        contains(&all, "resource")
    }
}

/// Where a count may begin lower, and when it does.
#[derive(Debug)]
pub(super) struct Lower {
    pub(super) from: Count,
    pub(super) when: String,
}

/// Returns whether the data is some of these categories, for certain.
pub(super) fn is_covered<'c>(categories: impl IntoIterator<Item = &'c CategoryId>) -> String {
    let all: Vec<_> = categories.into_iter().map(|it| format!("Branch::\"{it}\"")).collect();
    is_in("resource", &all)
}

/// Whether it is certain that nothing else goes with the data.
pub(super) const ALONE: &str = "(context has \"alone\" && context[\"alone\"])";

/// Returns the names under which a request states a fact: a count of people has
/// one for each window, and one for all.
pub(super) fn variables(state: &State, fact: &FactId) -> Vec<String> {
    let is_counted = fact.as_str() == crate::model::fact::SUBJECTS;
    let windows = state.vocabulary.windows().filter(|_| is_counted).map(|it| format!("{fact}@{}", it.id));
    std::iter::once(fact.to_string()).chain(windows).collect()
}

fn attribute(fact: &FactId, window: Option<&WindowId>) -> String {
    window.map_or_else(|| format!("\"{fact}\""), |window| format!("\"{fact}@{window}\""))
}

fn window(condition: &Condition) -> Option<&WindowId> {
    match condition {
        Condition::Count(_, window) => window.as_ref(),
        Condition::Flag(_) | Condition::Choice(_) => None,
    }
}

fn is_in(what: &str, all: &[String]) -> String {
    match all {
        [] => "false".to_owned(),
        [one] => format!("{what} in {one}"),
        several => format!("{what} in [{}]", several.join(", ")),
    }
}

fn contains(all: &[String], what: &str) -> String {
    if all.is_empty() { "false".to_owned() } else { format!("[{}].contains({what})", all.join(", ")) }
}

/// Returns the opposite of an expression.
pub(super) fn not(text: &str) -> String {
    match text {
        "true" => "false".to_owned(),
        "false" => "true".to_owned(),
        _ => format!("!({text})"),
    }
}

/// Returns that all hold.
pub(super) fn and<T: AsRef<str>>(all: impl IntoIterator<Item = T>) -> String {
    join(all, "true", "false", " && ")
}

/// Returns that one holds, or several.
pub(super) fn or<T: AsRef<str>>(all: impl IntoIterator<Item = T>) -> String {
    join(all, "false", "true", " || ")
}

/// Joins expressions, without those that change nothing.
fn join<T: AsRef<str>>(all: impl IntoIterator<Item = T>, neutral: &str, decisive: &str, by: &str) -> String {
    let all: Vec<_> = all.into_iter().collect();
    let all: Vec<_> = all.iter().map(AsRef::as_ref).filter(|it| *it != neutral).collect();
    match all.as_slice() {
        [] => neutral.to_owned(),
        several if several.contains(&decisive) => decisive.to_owned(),
        [one] => (*one).to_owned(),
        several => format!("({})", several.join(by)),
    }
}
