//! The catalog of data categories, one release of it.

use std::collections::{BTreeMap, BTreeSet};

use semver::Version;

use crate::model::date::Published;
use crate::model::former::{Fate, Former, meaning, place};
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
/// category is below itself. What became of a former id is in it, or was
/// removed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Categories {
    version: Version,
    published: Published,
    categories: BTreeMap<CategoryId, Category>,
    former: BTreeMap<CategoryId, Former>,
    /// For each former id what it means now.
    meanings: BTreeMap<CategoryId, BTreeSet<CategoryId>>,
    /// For each category everything broader, itself not included. Former ids
    /// stand there too: one that was moved is above and below what it is now,
    /// one that was split is above its parts.
    ancestors: BTreeMap<CategoryId, BTreeSet<CategoryId>>,
    /// For each category those in it that have broader links, or are parts of
    /// what was split: only there do branches of the tree meet. Most have none.
    linked: BTreeMap<CategoryId, BTreeSet<CategoryId>>,
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
    /// An id is said to be gone, and is there.
    #[error("category `{0}` is there, and also said to be moved, split, merged or removed")]
    StillThere(CategoryId),
    /// It is said twice what became of an id.
    #[error("what became of category `{0}` stands there twice")]
    FormerTwice(CategoryId),
    /// An id became one that is not there.
    #[error("category `{former}` became `{missing}`, which is not in the catalog")]
    BecameMissing {
        /// The id that is gone.
        former: CategoryId,
        /// What is not there.
        missing: CategoryId,
    },
    /// What became of an id leads back to it.
    #[error("category `{0}` became itself again")]
    FormerCircle(CategoryId),
    /// Something was split into fewer than two parts.
    #[error("category `{0}` is said to be split: expected two parts or more")]
    NoParts(CategoryId),
    /// An id is gone from a release that is still to come.
    #[error("category `{id}` is gone since release {release}: expected {version} or an earlier one")]
    GoneLater {
        /// The id.
        id: CategoryId,
        /// The release from which it is said to be gone.
        release: Version,
        /// This release.
        version: Version,
    },
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
        let linked = linked(&ancestors, with_links(&categories));
        let (former, meanings) = (BTreeMap::new(), BTreeMap::new());
        Ok(Categories { version, published, categories, former, meanings, ancestors, linked })
    }

    /// Says what became of ids that the release no longer has.
    pub fn with_former(mut self, all: impl IntoIterator<Item = Former>) -> Result<Categories, InvalidCatalog> {
        for it in all {
            if self.categories.contains_key(&it.id) {
                return Err(InvalidCatalog::StillThere(it.id));
            }
            if self.version < it.release {
                return Err(InvalidCatalog::GoneLater { id: it.id, release: it.release, version: self.version });
            }
            if matches!(&it.fate, Fate::Split(parts) if parts.len() < 2) {
                return Err(InvalidCatalog::NoParts(it.id));
            }
            if let Some(twice) = self.former.insert(it.id.clone(), it) {
                return Err(InvalidCatalog::FormerTwice(twice.id));
            }
        }
        for id in self.former.keys() {
            let meaning = meaning(&self.former, |it| self.categories.contains_key(it), id)?;
            self.meanings.insert(id.clone(), meaning);
        }
        place(&self.former, &self.meanings, &mut self.ancestors);
        let parts = self.meanings.values().filter(|it| 1 < it.len()).flatten();
        self.linked = linked(&self.ancestors, with_links(&self.categories).chain(parts));
        Ok(self)
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

    /// Returns what became of an id that is gone.
    pub fn former(&self, id: &CategoryId) -> Option<&Former> {
        self.former.get(id)
    }

    /// Returns all ids that are gone.
    pub fn all_former(&self) -> impl Iterator<Item = &Former> {
        self.former.values()
    }

    /// Returns what an id means now: itself, or of a former one what became of
    /// it, through several releases. Ids that were removed are among it, and
    /// nothing is of an id that never was.
    pub fn meaning(&self, id: &CategoryId) -> Vec<&CategoryId> {
        match self.categories.get_key_value(id) {
            Some((id, _)) => vec![id],
            None => self.meanings.get(id).into_iter().flatten().collect(),
        }
    }

    /// Returns whether a question may name this id: it is there, or something
    /// of what became of it is.
    pub fn is_askable(&self, id: &CategoryId) -> bool {
        self.meaning(id).into_iter().any(|it| self.categories.contains_key(it))
    }

    /// Returns everything broader than a category, itself not included. Former
    /// ids are among it, since lists may name them.
    pub fn broader(&self, id: &CategoryId) -> impl Iterator<Item = &CategoryId> {
        self.ancestors.get(id).into_iter().flatten()
    }

    /// Returns whether everything in `narrower` is also in `broader`: it is
    /// the same category, or below it by dots or by a broader link.
    pub fn covers(&self, broader: &CategoryId, narrower: &CategoryId) -> bool {
        broader == narrower || self.ancestors.get(narrower).is_some_and(|it| it.contains(broader))
    }

    /// Returns whether two categories have something in common: one covers the
    /// other, or something lies in both.
    pub fn touch(&self, one: &CategoryId, other: &CategoryId) -> bool {
        let have_common = || match (self.linked.get(one), self.linked.get(other)) {
            (Some(one), Some(other)) => !one.is_disjoint(other),
            _ => false,
        };
        self.covers(one, other) || self.covers(other, one) || have_common()
    }

    /// Returns the categories in which branches of the tree meet: those with
    /// broader links, and the parts of what was split.
    pub fn crossings(&self) -> BTreeSet<&CategoryId> {
        self.linked.values().flatten().collect()
    }

    /// Returns what a category has in common with another: the other itself
    /// where that lies in it, and else the broadest categories that lie in
    /// both.
    ///
    /// Where neither lies in the other, each way down to something in both
    /// takes a broader link.
    pub fn shared<'a>(&'a self, one: &CategoryId, other: &'a CategoryId) -> Vec<&'a CategoryId> {
        if self.covers(one, other) {
            // People are told of it by the id that it has.
            return if self.former.contains_key(other) { self.meaning(other) } else { vec![other] };
        }
        let (Some(one), Some(other)) = (self.linked.get(one), self.linked.get(other)) else { return Vec::new() };
        let in_both = || one.intersection(other);
        in_both().filter(|it| !in_both().any(|above| above != *it && self.covers(above, it))).collect()
    }
}

fn with_links(categories: &BTreeMap<CategoryId, Category>) -> impl Iterator<Item = &CategoryId> {
    categories.values().filter(|it| !it.broader.is_empty()).map(|it| &it.id)
}

/// Returns for each category which of some lie in it, itself included.
fn linked<'a>(
    ancestors: &BTreeMap<CategoryId, BTreeSet<CategoryId>>,
    ids: impl Iterator<Item = &'a CategoryId>,
) -> BTreeMap<CategoryId, BTreeSet<CategoryId>> {
    let mut linked: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for id in ids {
        for covering in ancestors.get(id).into_iter().flatten().chain([id]) {
            linked.entry(covering.clone()).or_default().insert(id.clone());
        }
    }
    linked
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
            assert_eq!(
                catalog.touch(&one, &other),
                !catalog.shared(&one, &other).is_empty() || catalog.covers(&other, &one)
            );
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

    fn former(id: &str, fate: Fate) -> Former {
        Former { id: id.parse().unwrap(), release: Version::new(1, 0, 0), fate }
    }

    fn ids(all: &[&str]) -> BTreeSet<CategoryId> {
        all.iter().map(|it| it.parse().unwrap()).collect()
    }

    fn moved(id: &str, to: &str) -> Former {
        former(id, Fate::Moved(to.parse().unwrap()))
    }

    fn split(id: &str, parts: &[&str]) -> Former {
        former(id, Fate::Split(ids(parts)))
    }

    fn removed(id: &str) -> Former {
        former(id, Fate::Removed(Text::default()))
    }

    #[test]
    fn former_ids_mean_what_became_of_them() {
        let nodes: [(&str, &[&str]); 7] =
            [("a", &[]), ("a.b", &[]), ("a.c", &[]), ("a.c.d", &[]), ("x", &[]), ("x.y", &["a.b"]), ("z", &[])];
        let former = [
            moved("old", "older.still"),
            moved("older.still", "a.c"),
            split("a.parts", &["a.c", "x.y", "late"]),
            split("late", &["z", "a.gone"]),
            removed("a.gone"),
            removed("a.gone.below"),
            removed("root"),
            // Two ways to the same id.
            split("both", &["left", "right"]),
            moved("left", "late"),
            moved("right", "late"),
            split("mixed", &["a.b", "z"]),
        ];
        let catalog = catalog(&nodes).unwrap().with_former(former).unwrap();
        let meaning = |id: &str| {
            let id: CategoryId = id.parse().unwrap();
            catalog.meaning(&id).into_iter().map(|it| it.as_str().to_owned()).collect::<Vec<_>>().join(" ")
        };
        for (id, expected) in [
            ("a", "a"),
            ("old", "a.c"),
            ("a.parts", "a.c a.gone x.y z"),
            ("both", "a.gone z"),
            ("a.gone", "a.gone"),
            ("never", ""),
        ] {
            assert_eq!(meaning(id), expected, "{id}");
        }
        let id = |text: &str| text.parse::<CategoryId>().unwrap();
        for (broader, narrower, expected) in [
            ("old", "a.c", true),
            ("a.c", "old", true),
            ("old", "older.still", true),
            ("old", "a.c.d", true),
            ("a", "old", true),
            ("a.c.d", "old", false),
            // What was split covers its parts, and lies where all of them lie.
            ("a.parts", "z", true),
            ("a.parts", "x.y", true),
            ("a.parts", "old", true),
            ("a.parts", "late", true),
            ("late", "a.parts", false),
            ("a", "a.parts", false),
            ("a.parts", "a", false),
            // What was removed is below what its parent is.
            ("a", "a.gone", true),
            ("a", "a.gone.below", true),
            ("a.b", "a.gone", false),
            ("z", "root", false),
        ] {
            assert_eq!(catalog.covers(&id(broader), &id(narrower)), expected, "{broader} covers {narrower}");
        }
        for (it, expected) in [("old", true), ("late", true), ("a.gone", false), ("root", false), ("never", false)] {
            assert_eq!(catalog.is_askable(&id(it)), expected, "{it}");
        }
        let shared = |one: &str, other: &str| {
            let (one, other) = (id(one), id(other));
            catalog.shared(&one, &other).into_iter().map(|it| it.as_str().to_owned()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(shared("a", "old"), "a.c");
        assert_eq!(shared("a.parts", "a"), "a.c a.gone x.y");
        assert_eq!(shared("x", "a.parts"), "x.y");
        assert_eq!(shared("a", "mixed"), "a.b");
    }

    #[test]
    fn what_became_of_an_id_is_in_the_catalog() {
        let id = |text: &str| text.parse::<CategoryId>().unwrap();
        let version = Version::new(1, 0, 0);
        let later = Former { release: Version::new(1, 0, 1), ..moved("b", "a") };
        let release = later.release.clone();
        for (former, expected) in [
            (vec![moved("a", "c")], InvalidCatalog::StillThere(id("a"))),
            (vec![moved("b", "a"), removed("b")], InvalidCatalog::FormerTwice(id("b"))),
            (vec![moved("b", "c")], InvalidCatalog::BecameMissing { former: id("b"), missing: id("c") }),
            (vec![moved("b", "c"), moved("c", "b")], InvalidCatalog::FormerCircle(id("b"))),
            // A circle beside something that is there is one all the same.
            (vec![split("b", &["a", "c"]), moved("c", "b")], InvalidCatalog::FormerCircle(id("b"))),
            (vec![split("b", &["a"])], InvalidCatalog::NoParts(id("b"))),
            (vec![later], InvalidCatalog::GoneLater { id: id("b"), release, version }),
        ] {
            assert_eq!(catalog(&[("a", &[])]).unwrap().with_former(former), Err(expected));
        }
    }

    #[test]
    fn a_catalog_is_whole() {
        let id = |text: &str| text.parse::<CategoryId>().unwrap();
        assert_eq!(catalog(&[("a.b", &[])]), Err(InvalidCatalog::Missing { category: id("a.b"), missing: id("a") }));
        assert_eq!(catalog(&[("a", &["b"]), ("b", &["a"])]), Err(InvalidCatalog::Circle(id("a"))));
        assert_eq!(catalog(&[("a", &[]), ("a", &[])]), Err(InvalidCatalog::Twice(id("a"))));
    }
}
