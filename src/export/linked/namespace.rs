//! The vocabularies of others, and ours.

use oxrdf::{NamedNode, NamedNodeRef};

pub(super) const ADMS: &str = "http://www.w3.org/ns/adms#";
pub(super) const DCAT: &str = "http://www.w3.org/ns/dcat#";
pub(super) const DCT: &str = "http://purl.org/dc/terms/";
/// The terms of the Data Privacy Vocabulary keep their names from version to
/// version; only the vocabulary as a whole has a name for each.
pub(super) const DPV: &str = "https://w3id.org/dpv#";
pub(super) const DPV_HEALTH: &str = "https://w3id.org/dpv/sector/health#";
pub(super) const DPV_PERSONAL: &str = "https://w3id.org/dpv/pd#";
pub(super) const ELI: &str = "http://data.europa.eu/eli/ontology#";
pub(super) const FOAF: &str = "http://xmlns.com/foaf/0.1/";
/// Ours are the same in every registry. No host is claimed for them.
pub(super) const NEGLIST: &str = "urn:x-neglist:term:";
pub(super) const ODRL: &str = "http://www.w3.org/ns/odrl/2/";
pub(super) const OWL: &str = "http://www.w3.org/2002/07/owl#";
pub(super) const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
pub(super) const RDFS: &str = "http://www.w3.org/2000/01/rdf-schema#";
pub(super) const SKOS: &str = "http://www.w3.org/2004/02/skos/core#";
pub(super) const XSD: &str = "http://www.w3.org/2001/XMLSchema#";

/// The short names under which Turtle shows them.
pub(super) const PREFIXES: [(&str, &str); 15] = [
    ("adms", ADMS),
    ("dcat", DCAT),
    ("dct", DCT),
    ("dpv", DPV),
    ("eli", ELI),
    ("foaf", FOAF),
    ("neglist", NEGLIST),
    ("odrl", ODRL),
    ("owl", OWL),
    ("pd", DPV_PERSONAL),
    ("rdf", RDF),
    ("rdfs", RDFS),
    ("sector-health", DPV_HEALTH),
    ("skos", SKOS),
    ("xsd", XSD),
];

/// A term of a vocabulary.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Term(pub(super) &'static str, pub(super) &'static str);

impl Term {
    pub(super) fn node(self) -> NamedNode {
        NamedNodeRef::new_unchecked(&format!("{}{}", self.0, self.1)).into_owned()
    }
}
