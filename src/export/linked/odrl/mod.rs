//! What is in force on a day as policies of ODRL 2.2.
//!
//! A list is a policy. What an entry makes conditional is forbidden where its
//! conditions hold and no way is in place, and permitted where one is: two
//! permissions would be an alternative, and two entries that apply bind both.

mod formula;
mod rule;

use std::collections::{BTreeMap, BTreeSet};

use oxrdf::NamedNode;

use crate::export::linked::graph::{Description, Graph};
use crate::export::linked::name::{Names, meaning};
use crate::export::linked::namespace::{DCT, FOAF, ODRL, SKOS, Term};
use crate::export::linked::odrl::rule::Writer;
use crate::export::linked::term::{
    APPLIES_WHEN, BORDER, DISPLACES, ENTRY_OF, HEAD, PROFILE, SCOPE, STATUS, WINDOW, WITHIN,
};
use crate::export::linked::vocabulary::vocabulary;
use crate::model::{At, FactId, InForce, Issued, Role, Scope, State, WindowId};

/// The parts of one policy that are named elsewhere in the graph.
#[derive(Default)]
struct Named {
    authorities: BTreeSet<String>,
    /// Facts that constraints are about, over which time.
    facts: BTreeSet<(FactId, Option<WindowId>)>,
    /// Duties, as something to be done.
    duties: BTreeSet<FactId>,
}

/// Returns a policy for each list that is in force on a day.
pub(crate) fn odrl(state: &State, names: &Names, at: At) -> Graph {
    let mut graph = vocabulary();
    for (short, name) in names.short() {
        graph.prefix(short, name);
    }
    let mut named = Named::default();
    for list in state.lists.values() {
        if let InForce::Yes(issued) = list.in_force(at, None) {
            add_policy(issued, state, names, at, &mut graph, &mut named);
        }
    }
    add_named(&named, state, names, &mut graph);
    graph
}

fn add_policy(issued: &Issued, state: &State, names: &Names, at: At, graph: &mut Graph, named: &mut Named) {
    let revision = &issued.revision;
    let node = names.of_revision(issued, "policy");
    let displaced: Vec<_> = revision.displaces.iter().map(|it| names.list(it)).collect();
    let entries: Vec<_> = revision.entries.keys().map(|it| names.entry(issued, it)).collect();
    let mut policy = Description::of(&node, &[Term(ODRL, "Policy"), Term(ODRL, "Set")])
        .link(Term(ODRL, "uid"), &node)
        .term(Term(ODRL, "profile"), PROFILE)
        .term(Term(ODRL, "conflict"), Term(ODRL, "prohibit"))
        .text(Term(DCT, "title"), &revision.title)
        .link(Term(DCT, "isVersionOf"), &names.list(&revision.list))
        .link(Term(DCT, "isFormatOf"), &names.revision(issued))
        .plain(Term(DCT, "identifier"), issued.hash.to_string())
        .plain(HEAD, state.head.hash.to_string())
        .day(Term(DCT, "valid"), at.0)
        .day(Term(DCT, "issued"), revision.published.0)
        .plain(STATUS, revision.status.word())
        .link(Term(DCT, "spatial"), &names.place(&revision.list.jurisdiction()))
        .link(BORDER, &names.place(&revision.border()))
        .flag(WITHIN, revision.within)
        .links(DISPLACES, &displaced)
        .links(ENTRY_OF, &entries);
    policy = match NamedNode::new(&revision.source.url) {
        Ok(address) => policy.link(Term(DCT, "source"), &address),
        Err(_) => policy.plain(Term(DCT, "source"), &revision.source.url),
    };
    policy = match &revision.scope {
        Scope::All => policy.plain(SCOPE, "*"),
        Scope::Only(categories) => {
            let scope: Vec<_> = categories.iter().flat_map(|it| meaning(names, state, it)).collect();
            policy.links(SCOPE, &scope)
        }
    };
    named.authorities.insert(revision.authority.clone());
    let mut writer = Writer { issued, state, names, graph, named };
    let shared = writer.add_conditions_of_list(&node);
    let mut rules = Vec::new();
    for entry in revision.entries.values() {
        rules.extend(writer.add(entry, &shared));
    }
    policy = policy.links(APPLIES_WHEN, &shared);
    graph.add(rules.iter().fold(policy, |it, (key, rule)| it.link(*key, rule)));
}

/// Says what the parts are that policies name.
fn add_named(named: &Named, state: &State, names: &Names, graph: &mut Graph) {
    for name in &named.authorities {
        let party = Description::of(&names.authority(name), &[Term(ODRL, "Party"), Term(FOAF, "Agent")]);
        graph.add(party.plain(Term(FOAF, "name"), name));
    }
    let windows: BTreeMap<_, _> = state.vocabulary.windows().map(|it| (&it.id, &it.name)).collect();
    for (fact, window) in &named.facts {
        let Some(found) = state.vocabulary.find(fact) else { continue };
        let kinds = [Term(ODRL, "LeftOperand"), Term(SKOS, "Concept")];
        let label = Term(SKOS, "prefLabel");
        graph.add(match window {
            None => Description::of(&names.fact(fact), &kinds).text(label, &found.name),
            Some(window) => {
                let counted = |fact: &str, window: &str| format!("{fact} ({window})");
                let name = crate::model::Text {
                    en: counted(&found.name.en, windows.get(window).map_or("", |it| &it.en)),
                    zh: counted(&found.name.zh, windows.get(window).map_or("", |it| &it.zh)),
                };
                Description::of(&names.counted(fact, window), &kinds)
                    .text(label, &name)
                    .link(Term(SKOS, "broader"), &names.fact(fact))
                    .link(WINDOW, &names.window(window))
            }
        });
    }
    for duty in state.vocabulary.iter().filter(|it| it.role == Role::Duty && named.duties.contains(&it.id)) {
        graph.add(
            Description::of(&names.fact(&duty.id), &[Term(ODRL, "Action"), Term(SKOS, "Concept")])
                .text(Term(SKOS, "prefLabel"), &duty.name)
                .term(Term(ODRL, "includedIn"), Term(ODRL, "use")),
        );
    }
}
