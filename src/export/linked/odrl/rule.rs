//! The rules that say what an entry says.

use oxrdf::NamedNode;

use crate::export::linked::graph::{Description, Graph};
use crate::export::linked::name::{Names, below, meaning};
use crate::export::linked::namespace::{DCT, ODRL, Term};
use crate::export::linked::odrl::Named;
use crate::export::linked::odrl::formula::Formula;
use crate::export::linked::vocabulary::{
    CATEGORY, EFFECT, ENTRY, LEAVE, OBJECTIVE, RULE, UNDETERMINED, UNDETERMINED_RULE,
};
use crate::model::{CategoryId, Effect, Entry, FactId, Issued, State};

const PERMISSION: Term = Term(ODRL, "permission");
const PROHIBITION: Term = Term(ODRL, "prohibition");

/// Adds the rules of an entry, and returns them with what they are to the
/// policy.
pub(super) fn add(
    entry: &Entry,
    issued: &Issued,
    state: &State,
    names: &Names,
    graph: &mut Graph,
    named: &mut Named,
) -> Vec<(Term, NamedNode)> {
    let node = names.entry(issued, &entry.id);
    let shared: Vec<_> = applies(entry, issued).into_iter().flat_map(Formula::parts).collect();
    let conditions = add_all(&node, "condition", &shared, names, graph, named);
    let targets = targets(&node, entry, state, names, graph);
    let assigner = names.authority(&issued.revision.authority);
    let rule = |what: &str, kind: Term, more: &[NamedNode]| {
        Description::of(&below(&node, what), &[kind])
            .term(Term(ODRL, "action"), LEAVE)
            .links(Term(ODRL, "target"), &targets)
            .link(Term(ODRL, "assigner"), &assigner)
            .links(Term(ODRL, "constraint"), conditions.iter().chain(more))
            .plain(Term(DCT, "bibliographicCitation"), &entry.cite)
    };
    let mut rules = Vec::new();
    match &entry.effect {
        Effect::Prohibited => {
            graph.add(rule("prohibition", Term(ODRL, "Prohibition"), &[]));
            rules.push((PROHIBITION, below(&node, "prohibition")));
        }
        Effect::Conditional(ways) => {
            let ways: Vec<_> = ways.iter().map(Formula::way).collect();
            let missing = ways.iter().map(Formula::not).flat_map(Formula::parts).collect::<Vec<_>>();
            let missing = add_all(&node, "missing", &missing, names, graph, named);
            let in_place = add_all(&node, "way", &Formula::Any(ways).parts(), names, graph, named);
            graph.add(rule("prohibition", Term(ODRL, "Prohibition"), &missing));
            let duties = duties(&node, entry, names, graph, named);
            graph.add(rule("permission", Term(ODRL, "Permission"), &in_place).links(Term(ODRL, "duty"), &duties));
            rules.push((PROHIBITION, below(&node, "prohibition")));
            rules.push((PERMISSION, below(&node, "permission")));
        }
        Effect::Undetermined => {
            graph.add(rule("undetermined", UNDETERMINED, &[]));
            rules.push((UNDETERMINED_RULE, below(&node, "undetermined")));
        }
        Effect::Notice => {
            let duties = duties(&node, entry, names, graph, named);
            graph.add(rule("permission", Term(ODRL, "Permission"), &[]).links(Term(ODRL, "duty"), &duties));
            rules.push((PERMISSION, below(&node, "permission")));
        }
    }
    graph.add(described(&node, entry, names, rules.iter().map(|(_, it)| it)));
    rules
}

/// Returns the categories that an id means now.
pub(super) fn categories(id: &CategoryId, state: &State, names: &Names) -> Vec<NamedNode> {
    meaning(names, state, id)
}

/// Returns what must hold for an entry to apply: its own conditions, those of
/// its list, and that no exemption is claimed.
fn applies(entry: &Entry, issued: &Issued) -> Vec<Formula> {
    let revision = &issued.revision;
    let to = [&revision.applies_to, &entry.to].into_iter().filter_map(|it| Formula::to(it, revision));
    let when = Formula::when(&revision.applies_when).chain(Formula::when(&entry.when));
    let lifted = entry.exemptions.iter().map(|it| Formula::flag(it, true).not());
    to.chain(when).chain(lifted).collect()
}

fn add_all(
    node: &NamedNode,
    what: &str,
    formulas: &[Formula],
    names: &Names,
    graph: &mut Graph,
    named: &mut Named,
) -> Vec<NamedNode> {
    let mut added = Vec::new();
    for (number, formula) in formulas.iter().enumerate() {
        let name = below(node, &format!("{what}/{}", number + 1));
        formula.add(&name, names, graph, named);
        added.push(name);
    }
    added
}

/// Returns the data that an entry binds: its categories, or what is left of
/// them without those that it excepts.
fn targets(node: &NamedNode, entry: &Entry, state: &State, names: &Names, graph: &mut Graph) -> Vec<NamedNode> {
    let all: Vec<_> = entry.categories.iter().flat_map(|it| categories(it, state, names)).collect();
    if entry.except.is_empty() {
        return all;
    }
    let (rest, refinement) = (below(node, "target"), below(node, "target/except"));
    let except: Vec<_> = entry.except.iter().flat_map(|it| categories(it, state, names)).collect();
    graph.add(
        Description::of(&rest, &[Term(ODRL, "AssetCollection")])
            .links(Term(ODRL, "source"), &all)
            .link(Term(ODRL, "refinement"), &refinement),
    );
    graph.add(
        Description::of(&refinement, &[Term(ODRL, "Constraint")])
            .term(Term(ODRL, "leftOperand"), CATEGORY)
            .term(Term(ODRL, "operator"), Term(ODRL, "isNoneOf"))
            .links(Term(ODRL, "rightOperand"), &except),
    );
    vec![rest]
}

fn duties(node: &NamedNode, entry: &Entry, names: &Names, graph: &mut Graph, named: &mut Named) -> Vec<NamedNode> {
    let add = |id: &FactId| {
        named.duties.insert(id.clone());
        let duty = below(node, &format!("duty/{id}"));
        graph.add(Description::of(&duty, &[Term(ODRL, "Duty")]).link(Term(ODRL, "action"), &names.fact(id)));
        duty
    };
    entry.duties.iter().map(add).collect()
}

fn described<'r>(
    node: &NamedNode,
    entry: &Entry,
    names: &Names,
    rules: impl Iterator<Item = &'r NamedNode>,
) -> Description {
    let duties: Vec<_> = entry.duties.iter().map(|it| names.fact(it)).collect();
    Description::of(node, &[ENTRY])
        .plain(Term(DCT, "identifier"), entry.id.as_str())
        .plain(EFFECT, entry.effect.word())
        .plain(OBJECTIVE, entry.objective.word())
        .plain(Term(DCT, "bibliographicCitation"), &entry.cite)
        .text(Term(DCT, "description"), &entry.note)
        .links(Term(DCT, "requires"), &duties)
        .links(RULE, rules)
}
