//! The catalog as SKOS: categories, facts and places, a concept scheme each.

use std::collections::BTreeMap;

use oxrdf::{NamedNode, NamedNodeRef};
use semver::Version;

use crate::export::linked::graph::{Description, Graph};
use crate::export::linked::mapping::{DPV_RELEASE, mapped};
use crate::export::linked::name::Names;
use crate::export::linked::namespace::{DCAT, DCT, OWL, SKOS, Term};
use crate::export::linked::term::{FATE, GONE_SINCE, INCLUDES, KIND, MEMBER, MEMBERSHIP, PLACE, VALUE};
use crate::model::{Category, CategoryId, Fact, FactKind, Fate, Former, Place, Published, Role, State, Text, Window};

const CONCEPT: Term = Term(SKOS, "Concept");
const LABEL: Term = Term(SKOS, "prefLabel");
const NOTATION: Term = Term(SKOS, "notation");
const BROADER: Term = Term(SKOS, "broader");
const NARROWER: Term = Term(SKOS, "narrower");

/// Returns the latest release of each part of the catalog.
pub(crate) fn skos(state: &State, names: &Names) -> Graph {
    let mut graph = Graph::default();
    for (short, name) in names.short() {
        graph.prefix(short, name);
    }
    categories(state, names, &mut graph);
    facts(state, names, &mut graph);
    places(state, names, &mut graph);
    graph
}

/// A release, whose concepts hang below those that are at the top.
struct Scheme {
    node: NamedNode,
    top: Vec<NamedNode>,
}

impl Scheme {
    fn new(names: &Names, part: &str, version: &Version, top: Vec<NamedNode>) -> Scheme {
        Scheme { node: names.release(part, version), top }
    }

    fn description(&self, name: [&str; 2], version: &Version, published: Published) -> Description {
        let [en, zh] = name;
        let name = Text { en: format!("{en} {version}"), zh: format!("{zh} {version}") };
        Description::of(&self.node, &[Term(SKOS, "ConceptScheme")])
            .text(LABEL, &name)
            .text(Term(DCT, "title"), &name)
            .plain(Term(OWL, "versionInfo"), version.to_string())
            .day(Term(DCT, "issued"), published.0)
            .links(Term(SKOS, "hasTopConcept"), &self.top)
    }

    fn concept(&self, node: &NamedNode, name: &Text, notation: &str) -> Description {
        let concept = Description::of(node, &[CONCEPT]).text(LABEL, name).plain(NOTATION, notation);
        let concept = concept.link(Term(SKOS, "inScheme"), &self.node);
        if self.top.contains(node) { concept.link(Term(SKOS, "topConceptOf"), &self.node) } else { concept }
    }
}

fn categories(state: &State, names: &Names, graph: &mut Graph) {
    let categories = &state.categories;
    let above = |it: &Category| it.id.parent().into_iter().chain(it.broader.iter().cloned()).collect::<Vec<_>>();
    let roots = categories.iter().filter(|it| above(it).is_empty());
    let scheme =
        Scheme::new(names, "categories", categories.version(), roots.map(|it| names.category(&it.id)).collect());
    let dpv = NamedNodeRef::new_unchecked(DPV_RELEASE).into_owned();
    let described =
        scheme.description(["Data categories", "数据类别目录"], categories.version(), categories.published());
    graph.add(described.link(Term(DCT, "references"), &dpv));
    let mut narrower: BTreeMap<CategoryId, Vec<NamedNode>> = BTreeMap::new();
    for category in categories.iter() {
        for id in above(category) {
            narrower.entry(id).or_default().push(names.category(&category.id));
        }
    }
    for category in categories.iter() {
        let above: Vec<_> = above(category).iter().map(|it| names.category(it)).collect();
        let concept = scheme
            .concept(&names.category(&category.id), &category.name, category.id.as_str())
            .links(BROADER, &above)
            .links(NARROWER, narrower.get(&category.id).into_iter().flatten())
            .in_language(Term(SKOS, "scopeNote"), "en", category.note.as_deref().unwrap_or_default());
        graph.add(mapped(concept, category));
    }
    for it in categories.all_former() {
        graph.add(former(it, names, &scheme.node));
    }
}

/// What became of an id that is gone. It has no name any more.
fn former(former: &Former, names: &Names, scheme: &NamedNode) -> Description {
    let became: Vec<_> = former.fate.became().into_iter().map(|it| names.category(it)).collect();
    let gone = Description::of(&names.category(&former.id), &[CONCEPT])
        .plain(NOTATION, former.id.as_str())
        .link(Term(SKOS, "inScheme"), scheme)
        .flag(Term(OWL, "deprecated"), true)
        .plain(GONE_SINCE, former.release.to_string())
        .plain(FATE, former.fate.word())
        .links(Term(DCT, "isReplacedBy"), &became);
    match &former.fate {
        Fate::Removed(why) => gone.text(Term(SKOS, "historyNote"), why),
        Fate::Moved(_) | Fate::Merged(_) | Fate::Split(_) => gone,
    }
}

fn facts(state: &State, names: &Names, graph: &mut Graph) {
    let vocabulary = &state.vocabulary;
    let roles = Role::ALL.map(|it| names.role(it.word()));
    let top = roles.iter().cloned().chain(vocabulary.windows().map(|it| names.window(&it.id))).collect();
    let scheme = Scheme::new(names, "facts", vocabulary.version(), top);
    graph.add(scheme.description(["Facts", "事实"], vocabulary.version(), vocabulary.published()));
    for role in Role::ALL {
        let below: Vec<_> = vocabulary.iter().filter(|it| it.role == role).map(|it| names.fact(&it.id)).collect();
        let concept = scheme.concept(&names.role(role.word()), &role_name(role), role.word());
        graph.add(concept.links(NARROWER, &below));
    }
    for fact in vocabulary.iter() {
        graph.add(fact_concept(fact, names, &scheme));
    }
    for window in vocabulary.windows() {
        let Window { id, name, includes } = window;
        let includes: Vec<_> = includes.iter().map(|it| names.window(it)).collect();
        graph.add(scheme.concept(&names.window(id), name, id.as_str()).links(INCLUDES, &includes));
    }
}

fn fact_concept(fact: &Fact, names: &Names, scheme: &Scheme) -> Description {
    let (kind, values) = match &fact.kind {
        FactKind::Count => ("count", None),
        FactKind::Flag => ("flag", None),
        FactKind::Choice(among) => ("choice", Some(among)),
    };
    let concept = scheme
        .concept(&names.fact(&fact.id), &fact.name, fact.id.as_str())
        .link(BROADER, &names.role(fact.role.word()))
        .plain(KIND, kind);
    values.into_iter().flatten().fold(concept, |it, value| it.plain(VALUE, value.as_str()))
}

fn role_name(role: Role) -> Text {
    let (en, zh) = match role {
        Role::Circumstance => ("circumstance", "情形"),
        Role::Exemption => ("exemption", "豁免"),
        Role::Mechanism => ("mechanism", "机制"),
        Role::Duty => ("duty", "义务"),
    };
    Text { en: en.to_owned(), zh: zh.to_owned() }
}

fn places(state: &State, names: &Names, graph: &mut Graph) {
    let places = &state.places;
    let top = places.iter().filter(|it| it.parent.is_none()).map(|it| names.place(&it.code)).collect();
    let scheme = Scheme::new(names, "places", places.version(), top);
    graph.add(scheme.description(["Places", "法域"], places.version(), places.published()));
    for place in places.iter() {
        let parent = place.parent.as_ref().map(|it| names.place(it));
        let parts = places.iter().filter(|it| it.parent.as_ref() == Some(&place.code));
        let parts: Vec<_> = parts.map(|it| names.place(&it.code)).collect();
        let memberships: Vec<_> =
            place.members.iter().map(|it| names.membership(&place.code, &it.place, it.from)).collect();
        graph.add(
            scheme
                .concept(&names.place(&place.code), &place.name, place.code.as_str())
                .links(BROADER, &parent)
                .links(NARROWER, &parts)
                .plain(KIND, place.kind.word())
                .links(MEMBER, &memberships),
        );
        members(place, names, graph);
    }
}

/// Who belonged to a bloc. The last day of vocabularies is still inside.
fn members(place: &Place, names: &Names, graph: &mut Graph) {
    for it in &place.members {
        let node = names.membership(&place.code, &it.place, it.from);
        let member = Description::of(&node, &[MEMBERSHIP, Term(DCT, "PeriodOfTime")])
            .link(PLACE, &names.place(&it.place))
            .day(Term(DCAT, "startDate"), it.from);
        graph.add(match it.until.and_then(|it| it.yesterday().ok()) {
            Some(last) => member.day(Term(DCAT, "endDate"), last),
            None => member,
        });
    }
}
