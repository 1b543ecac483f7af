//! The catalog of data categories, one release of it.

use std::collections::{BTreeMap, BTreeSet};

use semver::Version;

use crate::model::date::Published;
use crate::model::id::CategoryId;
use crate::model::text::Text;

/// A node of the catalog.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Category {
    /// Its dotted id; the parent is one dot up.
    pub id: CategoryId,
    /// What people call it.
    pub name: Text,
    /// Further categories that it is below, where the tree is not enough.
    pub broader: BTreeSet<CategoryId>,
    /// How it maps to the W3C Data Privacy Vocabulary, such as
    /// `exactMatch pd:Contact`.
    pub dpv: Vec<String>,
    /// What belongs to it and what does not.
    pub note: Option<String>,
}

/// A release of the category catalog.
///
/// Invariant: every parent and every broader category is in it, and no
/// category is below itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Categories {
    version: Version,
    published: Published,
    categories: BTreeMap<CategoryId, Category>,
    /// For each category everything broader, itself not included.
    ancestors: BTreeMap<CategoryId, BTreeSet<CategoryId>>,
    /// The categories with broader links: only there do branches of the tree
    /// meet.
    linked: Vec<CategoryId>,
}

/// Why categories do not make a catalog.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InvalidCatalog {
    /// Two categories have the same id.
    #[error("category `{0}` stands there twice")]
    Twice(CategoryId),
    /// A category is below one that is not there.
    #[error("category `{category}` is below `{missing}`, which is not in the catalog")]
    Missing {
        /// The category below.
        category: CategoryId,
        /// The category that is not there.
        missing: CategoryId,
    },
    /// A category is below itself.
    #[error("category `{0}` is below itself")]
    Circle(CategoryId),
}

impl Categories {
    /// Makes a release from its categories.
    pub fn new(
        version: Version,
        published: Published,
        nodes: impl IntoIterator<Item = Category>,
    ) -> Result<Categories, InvalidCatalog> {
        let mut categories = BTreeMap::new();
        for node in nodes {
            if let Some(twice) = categories.insert(node.id.clone(), node) {
                return Err(InvalidCatalog::Twice(twice.id));
            }
        }
        let mut ancestors = BTreeMap::new();
        for id in categories.keys() {
            ancestors.insert(id.clone(), everything_broader(&categories, id)?);
        }
        let linked = categories.values().filter(|it| !it.broader.is_empty()).map(|it| it.id.clone()).collect();
        Ok(Categories { version, published, categories, ancestors, linked })
    }

    /// Returns the version of the release.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// Returns the day on which the release was published.
    pub fn published(&self) -> Published {
        self.published
    }

    /// Returns a category.
    pub fn find(&self, id: &CategoryId) -> Option<&Category> {
        self.categories.get(id)
    }

    /// Returns all categories, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Category> {
        self.categories.values()
    }

    /// Returns everything broader than a category, itself not included.
    pub fn broader(&self, id: &CategoryId) -> impl Iterator<Item = &CategoryId> {
        self.ancestors.get(id).into_iter().flatten()
    }

    /// Returns whether everything in `narrower` is also in `broader`: it is
    /// the same category, or below it by dots or by a broader link.
    pub fn covers(&self, broader: &CategoryId, narrower: &CategoryId) -> bool {
        broader == narrower || self.ancestors.get(narrower).is_some_and(|it| it.contains(broader))
    }

    /// Returns what a category has in common with another: the other itself
    /// where that lies in it, and else the broadest categories that lie in
    /// both.
    ///
    /// Where neither lies in the other, each way down to something in both
    /// takes a broader link.
    pub fn shared<'a>(&'a self, one: &CategoryId, other: &'a CategoryId) -> Vec<&'a CategoryId> {
        if self.covers(one, other) {
            return vec![other];
        }
        let in_both = || self.linked.iter().filter(|it| self.covers(one, it) && self.covers(other, it));
        in_both().filter(|it| !in_both().any(|above| above != *it && self.covers(above, it))).collect()
    }
}

fn everything_broader(
    categories: &BTreeMap<CategoryId, Category>,
    id: &CategoryId,
) -> Result<BTreeSet<CategoryId>, InvalidCatalog> {
    let mut found = BTreeSet::new();
    let mut open = vec![id.clone()];
    while let Some(next) = open.pop() {
        let missing = || InvalidCatalog::Missing { category: id.clone(), missing: next.clone() };
        let category = categories.get(&next).ok_or_else(missing)?;
        for above in category.broader.iter().cloned().chain(next.parent()) {
            if above == *id {
                return Err(InvalidCatalog::Circle(above));
            }
            if found.insert(above.clone()) {
                open.push(above);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(id: &str, broader: &[&str]) -> Category {
        Category {
            id: id.parse().unwrap(),
            name: Text::default(),
            broader: broader.iter().map(|it| it.parse().unwrap()).collect(),
            dpv: Vec::new(),
            note: None,
        }
    }

    fn catalog(nodes: &[(&str, &[&str])]) -> Result<Categories, InvalidCatalog> {
        let nodes = nodes.iter().map(|(id, broader)| node(id, broader));
        Categories::new(Version::new(1, 0, 0), "2026-01-01".parse().unwrap(), nodes)
    }

    #[test]
    fn covering_goes_by_dots_and_by_links() {
        let catalog =
            catalog(&[("a", &[]), ("a.b", &[]), ("a.b.c", &["x.y"]), ("x", &[]), ("x.y", &[]), ("ab", &[])]).unwrap();
        let covers = |one: &str, other: &str| catalog.covers(&one.parse().unwrap(), &other.parse().unwrap());
        assert!(covers("a", "a") && covers("a", "a.b.c") && covers("x.y", "a.b.c") && covers("x", "a.b.c"));
        assert!(!covers("a.b", "a") && !covers("x", "a.b") && !covers("a", "ab"));
    }

    #[test]
    fn branches_meet_where_a_link_leads() {
        let nodes: [(&str, &[&str]); 8] = [
            ("a", &[]),
            ("a.b", &[]),
            ("a.b.c", &["x.y"]),
            ("a.b.c.d", &["x.y"]),
            ("a.e", &["x"]),
            ("x", &[]),
            ("x.y", &[]),
            ("z", &[]),
        ];
        let catalog = catalog(&nodes).unwrap();
        let shared = |one: &str, other: &str| {
            let (one, other) = (one.parse().unwrap(), other.parse().unwrap());
            catalog.shared(&one, &other).into_iter().map(|it| it.as_str().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(shared("a", "a"), ["a"]);
        assert_eq!(shared("a", "a.b"), ["a.b"]);
        assert_eq!(shared("a.b", "x"), ["a.b.c"]);
        assert_eq!(shared("a", "x"), ["a.b.c", "a.e"]);
        assert_eq!(shared("x", "a.b"), ["a.b.c"]);
        assert_eq!(shared("a.b", "a.e"), [""; 0]);
        assert_eq!(shared("a", "z"), [""; 0]);
    }

    #[test]
    fn a_catalog_is_whole() {
        let id = |text: &str| text.parse::<CategoryId>().unwrap();
        assert_eq!(catalog(&[("a.b", &[])]), Err(InvalidCatalog::Missing { category: id("a.b"), missing: id("a") }));
        assert_eq!(catalog(&[("a", &["b"]), ("b", &["a"])]), Err(InvalidCatalog::Circle(id("a"))));
        assert_eq!(catalog(&[("a", &[]), ("a", &[])]), Err(InvalidCatalog::Twice(id("a"))));
    }
}
