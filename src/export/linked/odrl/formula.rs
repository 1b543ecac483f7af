//! What must hold, as constraints and their combinations.

use std::collections::BTreeSet;

use oxrdf::{NamedNode, NamedNodeRef};

use crate::export::linked::graph::{Description, Graph};
use crate::export::linked::name::{Names, below};
use crate::export::linked::namespace::{ODRL, RDF, Term};
use crate::export::linked::odrl::Named;
use crate::model::{Alternative, Condition, Destinations, FactId, Jurisdiction, Revision, When, WindowId};

/// What must hold.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Formula {
    /// A fact stands in a relation to a value.
    Fact(FactId, Option<WindowId>, Relation),
    /// The destination lies in one of these, or in none.
    To(&'static str, BTreeSet<Jurisdiction>),
    /// One of these holds.
    Any(Vec<Formula>),
    /// All of these hold.
    All(Vec<Formula>),
}

/// A relation to a value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Relation {
    Flag(&'static str, bool),
    Choice(&'static str, BTreeSet<String>),
    Count(&'static str, u64),
}

impl Formula {
    /// A flag is so, or is not.
    pub(super) fn flag(fact: &FactId, is_so: bool) -> Formula {
        Formula::Fact(fact.clone(), None, Relation::Flag("eq", is_so))
    }

    /// Destinations of a list; nothing where every destination is meant.
    pub(super) fn to(to: &Destinations, revision: &Revision) -> Option<Formula> {
        match to {
            Destinations::Any => None,
            Destinations::Only(members) => Some(Formula::To("isAnyOf", revision.codes(members))),
            Destinations::Except(members) => Some(Formula::To("isNoneOf", revision.codes(members))),
        }
    }

    /// Conditions, all of which must hold.
    pub(super) fn when(when: &When) -> impl Iterator<Item = Formula> {
        when.iter().flat_map(|(fact, condition)| match condition {
            Condition::Flag(expected) => vec![Formula::flag(fact, *expected)],
            Condition::Choice(among) => {
                let among = among.iter().map(ToString::to_string).collect();
                vec![Formula::Fact(fact.clone(), None, Relation::Choice("isAnyOf", among))]
            }
            Condition::Count(bounds, window) => {
                let least = Some(bounds.at_least().number()).filter(|it| 0 < *it).map(|it| ("gteq", it));
                let below = bounds.below().map(|it| ("lt", it.number()));
                let count =
                    |(operator, number)| Formula::Fact(fact.clone(), window.clone(), Relation::Count(operator, number));
                least.into_iter().chain(below).map(count).collect()
            }
        })
    }

    /// That a way is in place.
    pub(super) fn way(way: &Alternative) -> Formula {
        let mut parts: Vec<_> =
            way.all.iter().map(|it| Formula::flag(it, true)).chain(Formula::when(&way.when)).collect();
        match parts.pop() {
            Some(alone) if parts.is_empty() => alone,
            last => Formula::All(parts.into_iter().chain(last).collect()),
        }
    }

    /// That it does not hold.
    pub(super) fn not(&self) -> Formula {
        match self {
            Formula::Fact(fact, window, relation) => Formula::Fact(fact.clone(), window.clone(), relation.not()),
            Formula::To("isAnyOf", codes) => Formula::To("isNoneOf", codes.clone()),
            Formula::To(_, codes) => Formula::To("isAnyOf", codes.clone()),
            Formula::Any(parts) => Formula::All(parts.iter().map(Formula::not).collect()),
            Formula::All(parts) => Formula::Any(parts.iter().map(Formula::not).collect()),
        }
    }

    /// Returns the parts that must all hold, so that none of them is itself a
    /// conjunction, and what combines one part alone is that part.
    pub(super) fn parts(self) -> Vec<Formula> {
        match self {
            Formula::All(parts) => parts.into_iter().flat_map(Formula::parts).collect(),
            Formula::Any(mut parts) if parts.len() == 1 => parts.pop().map(Formula::parts).unwrap_or_default(),
            Formula::Fact(..) | Formula::To(..) | Formula::Any(_) => vec![self],
        }
    }

    /// Adds it to a graph under a name.
    pub(super) fn add(&self, node: &NamedNode, names: &Names, graph: &mut Graph, named: &mut Named) {
        let (key, parts) = match self {
            Formula::Any(parts) => ("or", parts),
            Formula::All(parts) => ("and", parts),
            Formula::Fact(fact, window, relation) => {
                named.facts.insert((fact.clone(), window.clone()));
                let left = match window {
                    Some(window) => names.counted(fact, window),
                    None => names.fact(fact),
                };
                return graph.add(relation.said(constraint(node, &left)));
            }
            Formula::To(operator, codes) => {
                let places: Vec<_> = codes.iter().map(|it| names.place(it)).collect();
                let constraint = constraint(node, &Term(ODRL, "spatial").node());
                let constraint = constraint.term(Term(ODRL, "operator"), Term(ODRL, operator));
                return graph.add(constraint.links(Term(ODRL, "rightOperand"), &places));
            }
        };
        let whole: Vec<_> = (1..=parts.len()).map(|number| below(node, &number.to_string())).collect();
        let first = sequence(node, &whole, graph);
        graph.add(Description::of(node, &[Term(ODRL, "LogicalConstraint")]).link(Term(ODRL, key), &first));
        for (part, name) in parts.iter().zip(&whole) {
            part.add(name, names, graph, named);
        }
    }
}

impl Relation {
    fn not(&self) -> Relation {
        match self {
            Relation::Flag(operator, is_so) => Relation::Flag(if *operator == "eq" { "neq" } else { "eq" }, *is_so),
            Relation::Choice(operator, among) => {
                Relation::Choice(if *operator == "isAnyOf" { "isNoneOf" } else { "isAnyOf" }, among.clone())
            }
            Relation::Count(operator, number) => {
                Relation::Count(if *operator == "lt" { "gteq" } else { "lt" }, *number)
            }
        }
    }

    fn said(&self, constraint: Description) -> Description {
        let operator = match self {
            Relation::Flag(operator, _) | Relation::Choice(operator, _) | Relation::Count(operator, _) => operator,
        };
        let constraint = constraint.term(Term(ODRL, "operator"), Term(ODRL, operator));
        let right = Term(ODRL, "rightOperand");
        match self {
            Relation::Flag(_, is_so) => constraint.flag(right, *is_so),
            Relation::Choice(_, among) => among.iter().fold(constraint, |it, value| it.plain(right, value)),
            Relation::Count(_, number) => constraint.number(right, *number),
        }
    }
}

fn constraint(node: &NamedNode, left: &NamedNode) -> Description {
    Description::of(node, &[Term(ODRL, "Constraint")]).link(Term(ODRL, "leftOperand"), left)
}

/// Adds a list of nodes, and returns where it begins.
fn sequence(node: &NamedNode, parts: &[NamedNode], graph: &mut Graph) -> NamedNode {
    let nothing = NamedNodeRef::new_unchecked("http://www.w3.org/1999/02/22-rdf-syntax-ns#nil").into_owned();
    let cell = |number: usize| below(node, &format!("cell/{number}"));
    for (number, part) in parts.iter().enumerate() {
        let rest = if number + 1 < parts.len() { cell(number + 1) } else { nothing.clone() };
        let description = Description::of(&cell(number), &[]).link(Term(RDF, "first"), part);
        graph.add(description.link(Term(RDF, "rest"), &rest));
    }
    if parts.is_empty() { nothing } else { cell(0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_hold_is_said_without_a_word_for_not() {
        let fact = |id: &str| id.parse::<FactId>().unwrap();
        let (consent, often) = (fact("consent"), fact("transfer.systematic"));
        let when = When::from([(often.clone(), Condition::Flag(false))]);
        let way = Alternative { all: [consent.clone()].into(), when };
        let not = Formula::way(&way).not();
        let neq = |fact: &FactId, is_so| Formula::Fact(fact.clone(), None, Relation::Flag("neq", is_so));
        assert_eq!(not, Formula::Any(vec![neq(&consent, true), neq(&often, false)]));
        assert_eq!(not.not(), Formula::way(&way));
        // One mechanism alone needs no combination.
        let alone = Alternative { all: [consent.clone()].into(), when: When::new() };
        assert_eq!(Formula::way(&alone), Formula::flag(&consent, true));
        assert_eq!(Formula::way(&alone).not().parts(), [neq(&consent, true)]);
    }
}
