//! A graph, written.

use std::io;

use jiff::civil::Date;
use oxjsonld::JsonLdSerializer;
use oxrdf::{GraphNameRef, Literal, NamedNode, NamedOrBlankNodeRef, TripleRef};
use oxttl::TurtleSerializer;

use crate::export::linked::namespace::{PREFIXES, RDF, Term, XSD};
use crate::model::Text;

/// How a graph is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Syntax {
    /// Turtle 1.1.
    Turtle,
    /// JSON-LD 1.1, expanded.
    JsonLd,
}

/// A graph: what is said of each of its nodes, in the order in which it was
/// said.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    prefixes: Vec<(&'static str, String)>,
    nodes: Vec<Description>,
}

/// What is said of a node.
#[derive(Debug)]
pub(super) struct Description {
    node: NamedNode,
    said: Vec<(NamedNode, oxrdf::Term)>,
}

impl Graph {
    /// Gives a part of the names a short name.
    pub(super) fn prefix(&mut self, short: &'static str, name: impl Into<String>) {
        self.prefixes.push((short, name.into()));
    }

    /// Adds what is said of a node.
    pub(super) fn add(&mut self, description: Description) {
        self.nodes.push(description);
    }

    /// Writes the graph.
    pub(crate) fn write(&self, syntax: Syntax) -> Vec<u8> {
        let written = match syntax {
            Syntax::Turtle => self.turtle(),
            Syntax::JsonLd => self.json_ld(),
        };
        written.expect("because memory takes what is written, and RDF 1.2 is not")
    }

    fn turtle(&self) -> io::Result<Vec<u8>> {
        let mut serializer = TurtleSerializer::new();
        let ours = self.prefixes.iter().map(|(short, name)| (*short, name.as_str()));
        for (short, name) in PREFIXES.into_iter().chain(ours).filter(|(_, name)| self.is_used(name)) {
            serializer = serializer.with_prefix(short, name).map_err(io::Error::other)?;
        }
        let mut writer = serializer.for_writer(Vec::new());
        self.triples().try_for_each(|it| writer.serialize_triple(it))?;
        Ok(with_prefixes_in_order(&writer.finish()?))
    }

    fn json_ld(&self) -> io::Result<Vec<u8>> {
        let mut writer = JsonLdSerializer::new().for_writer(Vec::new());
        self.triples().try_for_each(|it| writer.serialize_quad(it.in_graph(GraphNameRef::DefaultGraph)))?;
        let mut bytes = writer.finish()?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    fn is_used(&self, name: &str) -> bool {
        self.triples().any(|it| {
            let object = match it.object {
                oxrdf::TermRef::NamedNode(node) => node.as_str().starts_with(name),
                oxrdf::TermRef::Literal(literal) => literal.datatype().as_str().starts_with(name),
                oxrdf::TermRef::BlankNode(_) => false,
            };
            let subject = match it.subject {
                NamedOrBlankNodeRef::NamedNode(node) => node.as_str().starts_with(name),
                NamedOrBlankNodeRef::BlankNode(_) => false,
            };
            object || subject || it.predicate.as_str().starts_with(name)
        })
    }

    fn triples(&self) -> impl Iterator<Item = TripleRef<'_>> {
        self.nodes.iter().flat_map(|it| it.said.iter().map(move |(key, value)| TripleRef::new(&it.node, key, value)))
    }
}

/// Returns Turtle with its prefixes, which come in a random order, in one.
fn with_prefixes_in_order(turtle: &[u8]) -> Vec<u8> {
    let lines: Vec<_> = turtle.split_inclusive(|it| *it == b'\n').collect();
    let prefixes = lines.iter().take_while(|it| it.starts_with(b"@prefix ")).count();
    let (head, body) = lines.split_at(prefixes);
    let mut head = head.to_vec();
    head.sort_unstable();
    [head, body.to_vec()].concat().concat()
}

impl Description {
    /// Begins to say something of a node: what it is.
    pub(super) fn of(node: &NamedNode, kinds: &[Term]) -> Description {
        let kinds = kinds.iter().map(|it| (Term(RDF, "type").node(), it.node().into()));
        Description { node: node.clone(), said: kinds.collect() }
    }

    /// Says that another node stands in some relation to it.
    pub(super) fn link(mut self, key: Term, to: &NamedNode) -> Description {
        self.said.push((key.node(), to.clone().into()));
        self
    }

    /// The same for several nodes.
    pub(super) fn links<'n>(self, key: Term, to: impl IntoIterator<Item = &'n NamedNode>) -> Description {
        to.into_iter().fold(self, |it, to| it.link(key, to))
    }

    /// Says that a term of a vocabulary stands in some relation to it.
    pub(super) fn term(self, key: Term, to: Term) -> Description {
        self.link(key, &to.node())
    }

    /// Says a text in both languages; where one is empty, in the other alone.
    pub(super) fn text(self, key: Term, text: &Text) -> Description {
        self.in_language(key, "en", &text.en).in_language(key, "zh-Hans", &text.zh)
    }

    /// Says a text in one language.
    pub(super) fn in_language(self, key: Term, language: &str, text: &str) -> Description {
        if text.is_empty() {
            return self;
        }
        // Tags are compared in small letters.
        self.literal(key, Literal::new_language_tagged_literal_unchecked(text, language.to_ascii_lowercase()))
    }

    /// Says a word or a name that belongs to no language.
    pub(super) fn plain(self, key: Term, text: impl Into<String>) -> Description {
        self.literal(key, Literal::new_simple_literal(text))
    }

    /// Says a day.
    pub(super) fn day(self, key: Term, day: Date) -> Description {
        self.literal(key, Literal::new_typed_literal(day.to_string(), Term(XSD, "date").node()))
    }

    /// Says whether something is so.
    pub(super) fn flag(self, key: Term, is_so: bool) -> Description {
        self.literal(key, Literal::from(is_so))
    }

    /// Says a number.
    pub(super) fn number(self, key: Term, number: u64) -> Description {
        self.literal(key, Literal::new_typed_literal(number.to_string(), Term(XSD, "integer").node()))
    }

    fn literal(mut self, key: Term, literal: Literal) -> Description {
        self.said.push((key.node(), literal.into()));
        self
    }
}
