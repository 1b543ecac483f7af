//! What must hold, as constraints and their combinations.

use std::collections::BTreeSet;

use oxrdf::{NamedNode, NamedNodeRef};

use crate::export::linked::graph::{Description, Graph};
use crate::export::linked::name::{Names, below};
use crate::export::linked::namespace::{ODRL, RDF, Term};
use crate::export::linked::odrl::Named;
use crate::model::{
    Alternative, ChoiceId, Condition, Count, Destinations, FactId, Jurisdiction, Revision, When, WindowId,
};

const RIGHT: Term = Term(ODRL, "rightOperand");

/// What must hold.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Formula {
    /// A fact, over a time where it is counted, stands in a relation to a value.
    Fact(FactId, Option<WindowId>, Operator, Operand),
    /// The destination lies in one of these, or in none.
    To(Operator, BTreeSet<Jurisdiction>),
    /// One of these holds.
    Any(Vec<Formula>),
    /// All of these hold.
    All(Vec<Formula>),
}

/// A relation to a value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Operator {
    Is,
    IsNot,
    IsAnyOf,
    IsNoneOf,
    AtLeast,
    Below,
}

/// A value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Operand {
    Flag(bool),
    Choice(BTreeSet<ChoiceId>),
    Count(Count),
}

impl Operator {
    fn opposite(self) -> Operator {
        match self {
            Operator::Is => Operator::IsNot,
            Operator::IsNot => Operator::Is,
            Operator::IsAnyOf => Operator::IsNoneOf,
            Operator::IsNoneOf => Operator::IsAnyOf,
            Operator::AtLeast => Operator::Below,
            Operator::Below => Operator::AtLeast,
        }
    }

    fn term(self) -> Term {
        let word = match self {
            Operator::Is => "eq",
            Operator::IsNot => "neq",
            Operator::IsAnyOf => "isAnyOf",
            Operator::IsNoneOf => "isNoneOf",
            Operator::AtLeast => "gteq",
            Operator::Below => "lt",
        };
        Term(ODRL, word)
    }
}

impl Formula {
    /// Of a mechanism, that it is in place; of an exemption, that it is claimed.
    pub(super) fn stated(fact: &FactId) -> Formula {
        Formula::Fact(fact.clone(), None, Operator::Is, Operand::Flag(true))
    }

    /// Destinations of a list; nothing where every destination is meant.
    pub(super) fn to(to: &Destinations, revision: &Revision) -> Option<Formula> {
        match to {
            Destinations::Any => None,
            Destinations::Only(members) => Some(Formula::To(Operator::IsAnyOf, revision.codes(members))),
            Destinations::Except(members) => Some(Formula::To(Operator::IsNoneOf, revision.codes(members))),
        }
    }

    /// Conditions, all of which must hold.
    pub(super) fn when(when: &When) -> impl Iterator<Item = Formula> {
        when.iter().flat_map(|(fact, condition)| {
            let (window, bounds) = match condition {
                Condition::Flag(expected) => (None, vec![(Operator::Is, Operand::Flag(*expected))]),
                Condition::Choice(among) => (None, vec![(Operator::IsAnyOf, Operand::Choice(among.clone()))]),
                Condition::Count(bounds, window) => {
                    let least = Some(bounds.at_least()).filter(|it| *it != Count::ZERO);
                    let least = least.map(|it| (Operator::AtLeast, Operand::Count(it)));
                    let below = bounds.below().map(|it| (Operator::Below, Operand::Count(it)));
                    (window.clone(), least.into_iter().chain(below).collect())
                }
            };
            let formula = move |(operator, operand)| Formula::Fact(fact.clone(), window.clone(), operator, operand);
            bounds.into_iter().map(formula)
        })
    }

    /// That a way is in place.
    pub(super) fn way(way: &Alternative) -> Formula {
        let mut parts: Vec<_> = way.all.iter().map(Formula::stated).chain(Formula::when(&way.when)).collect();
        match parts.pop() {
            Some(alone) if parts.is_empty() => alone,
            last => Formula::All(parts.into_iter().chain(last).collect()),
        }
    }

    /// That it does not hold.
    pub(super) fn not(&self) -> Formula {
        match self {
            Formula::Fact(fact, window, operator, operand) => {
                Formula::Fact(fact.clone(), window.clone(), operator.opposite(), operand.clone())
            }
            Formula::To(operator, codes) => Formula::To(operator.opposite(), codes.clone()),
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
            Formula::Fact(fact, window, operator, operand) => {
                named.facts.insert((fact.clone(), window.clone()));
                let left = match window {
                    Some(window) => names.counted(fact, window),
                    None => names.fact(fact),
                };
                return graph.add(operand.said(constraint(node, &left, *operator)));
            }
            Formula::To(operator, codes) => {
                let places: Vec<_> = codes.iter().map(|it| names.place(it)).collect();
                let constraint = constraint(node, &Term(ODRL, "spatial").node(), *operator);
                return graph.add(constraint.links(RIGHT, &places));
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

impl Operand {
    fn said(&self, constraint: Description) -> Description {
        match self {
            Operand::Flag(is_so) => constraint.flag(RIGHT, *is_so),
            Operand::Choice(among) => among.iter().fold(constraint, |it, value| it.plain(RIGHT, value.as_str())),
            Operand::Count(count) => constraint.number(RIGHT, count.number()),
        }
    }
}

fn constraint(node: &NamedNode, left: &NamedNode, operator: Operator) -> Description {
    Description::of(node, &[Term(ODRL, "Constraint")])
        .link(Term(ODRL, "leftOperand"), left)
        .term(Term(ODRL, "operator"), operator.term())
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
    use crate::model::Bounds;

    #[test]
    fn what_does_not_hold_is_said_without_a_word_for_not() {
        let fact = |id: &str| id.parse::<FactId>().unwrap();
        let count = |it| Count::new(it).unwrap();
        let (consent, often, people) = (fact("consent"), fact("transfer.systematic"), fact("subjects"));
        let bounds = Bounds::new(Some(count(10)), Some(count(20))).unwrap();
        let sector = fact("sector");
        let retail: BTreeSet<ChoiceId> = ["retail".parse().unwrap()].into();
        let when = When::from([
            (sector.clone(), Condition::Choice(retail.clone())),
            (often.clone(), Condition::Flag(false)),
            (people.clone(), Condition::Count(bounds, Some("calendar-year".parse().unwrap()))),
        ]);
        let way = Alternative { all: [consent.clone()].into(), when };
        let is = |fact: &FactId, operator, operand| Formula::Fact(fact.clone(), None, operator, operand);
        let counted = |operator, number| {
            let window = Some("calendar-year".parse().unwrap());
            Formula::Fact(people.clone(), window, operator, Operand::Count(count(number)))
        };
        let no_consent = is(&consent, Operator::IsNot, Operand::Flag(true));
        let not = Formula::way(&way).not();
        assert_eq!(
            not,
            Formula::Any(vec![
                no_consent.clone(),
                is(&sector, Operator::IsNoneOf, Operand::Choice(retail)),
                counted(Operator::Below, 10),
                counted(Operator::AtLeast, 20),
                is(&often, Operator::IsNot, Operand::Flag(false)),
            ])
        );
        assert_eq!(not.not(), Formula::way(&way));
        // One mechanism alone needs no combination.
        let alone = Alternative { all: [consent.clone()].into(), when: When::new() };
        assert_eq!(Formula::way(&alone), Formula::stated(&consent));
        assert_eq!(Formula::way(&alone).not().parts(), [no_consent]);
    }
}
