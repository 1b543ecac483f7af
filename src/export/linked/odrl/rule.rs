//! The rules that say what an entry says.

use oxrdf::NamedNode;

use crate::export::linked::graph::{Description, Graph};
use crate::export::linked::name::{Names, below, meaning};
use crate::export::linked::namespace::{DCT, ODRL, Term};
use crate::export::linked::odrl::Named;
use crate::export::linked::odrl::formula::Formula;
use crate::export::linked::term::{CATEGORY, EFFECT, ENTRY, LEAVE, OBJECTIVE, RULE, UNDETERMINED, UNDETERMINED_RULE};
use crate::model::{CategoryId, Effect, Entry, FactId, Issued, State};

const CONSTRAINT: Term = Term(ODRL, "constraint");
const DUTY: Term = Term(ODRL, "duty");
const PERMISSION: Term = Term(ODRL, "permission");
const PROHIBITION: Term = Term(ODRL, "prohibition");

/// Writes the rules of one revision.
pub(super) struct Writer<'a> {
    pub(super) issued: &'a Issued,
    pub(super) state: &'a State,
    pub(super) names: &'a Names,
    pub(super) graph: &'a mut Graph,
    pub(super) named: &'a mut Named,
}

impl Writer<'_> {
    /// Adds what must hold for the whole list to apply, under the name of its
    /// policy.
    pub(super) fn add_conditions_of_list(&mut self, policy: &NamedNode) -> Vec<NamedNode> {
        let revision = &self.issued.revision;
        let to = Formula::to(&revision.applies_to, revision).into_iter();
        self.add_all(policy, "condition", to.chain(Formula::when(&revision.applies_when)).collect())
    }

    /// Adds the rules of an entry, and returns them with what they are to the
    /// policy. `shared` is what must hold for the whole list to apply.
    pub(super) fn add(&mut self, entry: &Entry, shared: &[NamedNode]) -> Vec<(Term, NamedNode)> {
        let node = self.names.entry(self.issued, &entry.id);
        let own = self.add_all(&node, "condition", self.applies(entry));
        let targets = self.targets(&node, entry);
        let assigner = self.names.authority(&self.issued.revision.authority);
        let rule = |what: &str, kind: Term, more: &[NamedNode]| {
            Description::of(&below(&node, what), &[kind])
                .term(Term(ODRL, "action"), LEAVE)
                .links(Term(ODRL, "target"), &targets)
                .link(Term(ODRL, "assigner"), &assigner)
                .links(CONSTRAINT, shared.iter().chain(&own).chain(more))
                .plain(Term(DCT, "bibliographicCitation"), &entry.cite)
        };
        let (prohibition, permission) = (Term(ODRL, "Prohibition"), Term(ODRL, "Permission"));
        let rules = match &entry.effect {
            Effect::Prohibited => {
                self.graph.add(rule("prohibition", prohibition, &[]));
                vec![(PROHIBITION, below(&node, "prohibition"))]
            }
            Effect::Conditional(ways) => {
                let ways: Vec<_> = ways.iter().map(Formula::way).collect();
                let missing = self.add_all(&node, "missing", ways.iter().map(Formula::not).collect());
                let in_place = self.add_all(&node, "way", vec![Formula::Any(ways)]);
                let duties = self.duties(&node, entry);
                self.graph.add(rule("prohibition", prohibition, &missing));
                self.graph.add(rule("permission", permission, &in_place).links(DUTY, &duties));
                vec![(PROHIBITION, below(&node, "prohibition")), (PERMISSION, below(&node, "permission"))]
            }
            Effect::Undetermined => {
                self.graph.add(rule("undetermined", UNDETERMINED, &[]));
                vec![(UNDETERMINED_RULE, below(&node, "undetermined"))]
            }
            Effect::Notice => {
                let duties = self.duties(&node, entry);
                self.graph.add(rule("permission", permission, &[]).links(DUTY, &duties));
                vec![(PERMISSION, below(&node, "permission"))]
            }
        };
        self.add_entry(&node, entry, &rules);
        rules
    }

    /// Returns what must hold for an entry to apply: its own conditions, and
    /// that no exemption is claimed.
    fn applies(&self, entry: &Entry) -> Vec<Formula> {
        let to = Formula::to(&entry.to, &self.issued.revision).into_iter();
        let lifted = entry.exemptions.iter().map(|it| Formula::stated(it).not());
        to.chain(Formula::when(&entry.when)).chain(lifted).collect()
    }

    /// Adds what must all hold, and returns the names of its parts.
    fn add_all(&mut self, node: &NamedNode, what: &str, formulas: Vec<Formula>) -> Vec<NamedNode> {
        let mut added = Vec::new();
        for formula in formulas.into_iter().flat_map(Formula::parts) {
            let name = below(node, &format!("{what}/{}", added.len() + 1));
            formula.add(&name, self.names, self.graph, self.named);
            added.push(name);
        }
        added
    }

    /// Returns the data that an entry binds: its categories, or what is left of
    /// them without those that it excepts.
    fn targets(&mut self, node: &NamedNode, entry: &Entry) -> Vec<NamedNode> {
        let all: Vec<_> = entry.categories.iter().flat_map(|it| self.categories(it)).collect();
        if entry.except.is_empty() {
            return all;
        }
        let (rest, refinement) = (below(node, "target"), below(node, "target/except"));
        let except: Vec<_> = entry.except.iter().flat_map(|it| self.categories(it)).collect();
        self.graph.add(
            Description::of(&rest, &[Term(ODRL, "AssetCollection")])
                .links(Term(ODRL, "source"), &all)
                .link(Term(ODRL, "refinement"), &refinement),
        );
        self.graph.add(
            Description::of(&refinement, &[Term(ODRL, "Constraint")])
                .term(Term(ODRL, "leftOperand"), CATEGORY)
                .term(Term(ODRL, "operator"), Term(ODRL, "isNoneOf"))
                .links(Term(ODRL, "rightOperand"), &except),
        );
        vec![rest]
    }

    fn categories(&self, id: &CategoryId) -> Vec<NamedNode> {
        meaning(self.names, self.state, id)
    }

    fn duties(&mut self, node: &NamedNode, entry: &Entry) -> Vec<NamedNode> {
        let mut add = |id: &FactId| {
            self.named.duties.insert(id.clone());
            let duty = below(node, &format!("duty/{id}"));
            let action = self.names.fact(id);
            self.graph.add(Description::of(&duty, &[Term(ODRL, "Duty")]).link(Term(ODRL, "action"), &action));
            duty
        };
        entry.duties.iter().map(&mut add).collect()
    }

    fn add_entry(&mut self, node: &NamedNode, entry: &Entry, rules: &[(Term, NamedNode)]) {
        let duties: Vec<_> = entry.duties.iter().map(|it| self.names.fact(it)).collect();
        self.graph.add(
            Description::of(node, &[ENTRY])
                .plain(Term(DCT, "identifier"), entry.id.as_str())
                .plain(EFFECT, entry.effect.word())
                .plain(OBJECTIVE, entry.objective.word())
                .plain(Term(DCT, "bibliographicCitation"), &entry.cite)
                .text(Term(DCT, "description"), &entry.note)
                .links(Term(DCT, "requires"), &duties)
                .links(RULE, rules.iter().map(|(_, it)| it)),
        );
    }
}
