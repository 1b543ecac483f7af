//! The names of things: what no two of them share.

use oxrdf::{NamedNode, NamedNodeRef};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::model::{CategoryId, EntryId, FactId, Head, Issued, Jurisdiction, ListId, State, WindowId};

/// What stands in a name as it is.
const SPELLED_OUT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// What all names of a registry begin with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Names(String);

/// A text that names cannot begin with.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is not what names can begin with: expected an absolute IRI that ends with `/`, `#` or `:`")]
pub(crate) struct InvalidBase(String);

impl Names {
    /// Returns names that claim no host: `urn:x-neglist:` and what the
    /// registry is called.
    pub(crate) fn of_registry(head: &Head) -> Names {
        Names(format!("urn:x-neglist:{}/", utf8_percent_encode(&head.origin, SPELLED_OUT)))
    }

    /// Returns names under a place that is one's own.
    pub(crate) fn under(base: &str) -> Result<Names, InvalidBase> {
        let is_open = base.ends_with(['/', '#', ':']) && NamedNode::new(base).is_ok();
        if is_open { Ok(Names(base.to_owned())) } else { Err(InvalidBase(base.to_owned())) }
    }

    /// Returns what the names of one kind of thing begin with.
    pub(super) fn all(&self, kind: &str) -> String {
        format!("{}{kind}/", self.0)
    }

    fn node(&self, kind: &str, name: &str) -> NamedNode {
        NamedNodeRef::new_unchecked(&format!("{}{kind}/{name}", self.0)).into_owned()
    }

    pub(super) fn registry(&self) -> NamedNode {
        NamedNodeRef::new_unchecked(&format!("{}registry", self.0)).into_owned()
    }

    /// The release of a part of the catalog: `categories`, `facts`, `places`.
    pub(super) fn release(&self, part: &str, version: &semver::Version) -> NamedNode {
        self.node("release", &format!("{part}/{version}"))
    }

    pub(super) fn category(&self, id: &CategoryId) -> NamedNode {
        self.node("category", id.as_str())
    }

    pub(super) fn fact(&self, id: &FactId) -> NamedNode {
        self.node("fact", id.as_str())
    }

    pub(super) fn role(&self, word: &str) -> NamedNode {
        self.node("role", word)
    }

    pub(super) fn window(&self, id: &WindowId) -> NamedNode {
        self.node("window", id.as_str())
    }

    /// A count of people or things over a time.
    pub(super) fn counted(&self, fact: &FactId, window: &WindowId) -> NamedNode {
        self.node("fact", &format!("{fact}/{window}"))
    }

    pub(super) fn place(&self, code: &Jurisdiction) -> NamedNode {
        self.node("place", code.as_str())
    }

    /// That a place belongs to a bloc, by the day on which that began.
    pub(super) fn membership(&self, bloc: &Jurisdiction, place: &Jurisdiction, from: jiff::civil::Date) -> NamedNode {
        self.node("membership", &format!("{bloc}/{place}/{from}"))
    }

    pub(super) fn list(&self, id: &ListId) -> NamedNode {
        self.node("list", id.as_str())
    }

    pub(super) fn revision(&self, issued: &Issued) -> NamedNode {
        let revision = &issued.revision;
        self.node(
            "list",
            &format!("{}/{}", revision.list, utf8_percent_encode(&revision.version.to_string(), SPELLED_OUT)),
        )
    }

    /// Something that belongs to a revision.
    pub(super) fn of_revision(&self, issued: &Issued, what: &str) -> NamedNode {
        below(&self.revision(issued), what)
    }

    pub(super) fn entry(&self, issued: &Issued, id: &EntryId) -> NamedNode {
        below(&self.revision(issued), &format!("entry/{id}"))
    }

    /// Whoever made a rule, by what they are called.
    pub(super) fn authority(&self, name: &str) -> NamedNode {
        self.node("authority", &utf8_percent_encode(name, SPELLED_OUT).to_string())
    }

    /// Returns the kinds of things that are named most, with what their names
    /// begin with.
    pub(super) fn short(&self) -> [(&'static str, String); 5] {
        ["category", "fact", "place", "role", "window"].map(|it| (it, self.all(it)))
    }
}

/// Returns the name of something that belongs to a node.
pub(super) fn below(node: &NamedNode, what: &str) -> NamedNode {
    NamedNodeRef::new_unchecked(&format!("{}/{what}", node.as_str())).into_owned()
}

/// Returns the categories that an id of a list means now.
pub(super) fn meaning(names: &Names, state: &State, id: &CategoryId) -> Vec<NamedNode> {
    state.categories.meaning(id).into_iter().map(|it| names.category(it)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Hash;

    #[test]
    fn names_begin_with_what_is_open_at_its_end() {
        for good in
            ["https://example.org/lists/", "https://example.org/lists#", "urn:x-neglist:a:", "tag:a@example.org,2026:"]
        {
            assert!(Names::under(good).is_ok(), "{good}");
        }
        for bad in ["", "lists/", "https://example.org", "https://exa mple.org/", "<https://example.org/>"] {
            assert!(Names::under(bad).is_err(), "{bad}");
        }
        let head = Head { origin: "a b/ü".to_owned(), size: 1, hash: Hash([0; 32]) };
        let names = Names::of_registry(&head);
        assert_eq!(names.registry().as_str(), "urn:x-neglist:a%20b/%C3%BC/registry");
        assert_eq!(names.authority("Ministry (A)").as_str(), "urn:x-neglist:a%20b/%C3%BC/authority/Ministry%20%28A%29");
        assert!(NamedNode::new(names.place(&"org:EPO".parse().unwrap()).as_str()).is_ok());
    }
}
