//! From our categories to those of others.

use oxrdf::{NamedNode, NamedNodeRef};

use crate::export::linked::graph::Description;
use crate::export::linked::namespace::{DPV, DPV_HEALTH, DPV_PERSONAL, SKOS, Term};
use crate::export::linked::term::{FIDES_CLOSE, FIDES_EXACT, FIDES_NARROW};
use crate::model::{Category, CategoryId};

/// The vocabulary that the catalog's `dpv` maps to, as a whole.
pub(super) const DPV_RELEASE: &str = "https://w3id.org/dpv/2.3";

/// The mapping to the data categories of fideslang, which have keys and no
/// names of the web. Compared with the default taxonomy of fideslang 3.1.4
/// (`src/fideslang/default_taxonomy/data_categories.py`, Apache-2.0) on
/// 2026-11-30; what is close and what is exact is our judgement.
const FIDESLANG: &str = include_str!("fideslang.csv");

/// Says what a category is in the vocabularies of others.
pub(super) fn mapped(mut description: Description, category: &Category) -> Description {
    for written in &category.dpv {
        description = match dpv(written) {
            Some((relation, node)) => description.link(relation, &node),
            // Somebody else's catalog may map to what is not known here: it is
            // shown as it is written.
            None => description.plain(Term(SKOS, "editorialNote"), format!("DPV: {written}")),
        };
    }
    for (relation, key) in fideslang(&category.id) {
        description = description.plain(relation, key);
    }
    description
}

/// Reads a mapping such as `exactMatch pd:Contact`.
fn dpv(written: &str) -> Option<(Term, NamedNode)> {
    let (relation, term) = written.split_once(' ')?;
    let (short, name) = term.split_once(':')?;
    let relation = ["exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch"]
        .into_iter()
        .find(|it| *it == relation)?;
    let (_, vocabulary) =
        [("dpv", DPV), ("pd", DPV_PERSONAL), ("sector-health", DPV_HEALTH)].into_iter().find(|(it, _)| *it == short)?;
    let is_name = !name.is_empty() && name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-');
    is_name.then(|| (Term(SKOS, relation), NamedNodeRef::new_unchecked(&format!("{vocabulary}{name}")).into_owned()))
}

fn fideslang(id: &CategoryId) -> impl Iterator<Item = (Term, &'static str)> {
    rows().filter(move |(category, ..)| *category == id.as_str()).filter_map(|(_, relation, key)| {
        let relations = [("exact", FIDES_EXACT), ("close", FIDES_CLOSE), ("narrow", FIDES_NARROW)];
        relations.into_iter().find(|(word, _)| *word == relation).map(|(_, term)| (term, key))
    })
}

fn rows() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    FIDESLANG.lines().skip(1).filter_map(|line| {
        let (category, rest) = line.split_once(',')?;
        let (relation, key) = rest.split_once(',')?;
        Some((category, relation, key))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::read_categories;

    #[test]
    fn mappings_are_read_whole_or_not_at_all() {
        let (relation, node) = dpv("exactMatch pd:Contact").unwrap();
        assert_eq!((relation.1, node.as_str()), ("exactMatch", "https://w3id.org/dpv/pd#Contact"));
        for other in ["exactMatch", "sameAs pd:Contact", "exactMatch ex:Contact", "exactMatch pd:", "exactMatch pd:a b"]
        {
            assert_eq!(dpv(other), None, "{other}");
        }
    }

    #[test]
    fn the_bundled_catalog_is_mapped_without_a_rest() {
        let categories = read_categories(include_str!("../../../catalog/categories/1.0.0.toml")).unwrap();
        let unread: Vec<_> = categories.iter().flat_map(|it| &it.dpv).filter(|it| dpv(it).is_none()).collect();
        assert!(unread.is_empty(), "{unread:?}");
        for (category, relation, key) in rows() {
            assert!(categories.find(&category.parse().unwrap()).is_some(), "{category}");
            assert!(["exact", "close", "narrow"].contains(&relation) && key.starts_with("user"), "{category}");
        }
        assert_eq!(rows().count(), FIDESLANG.lines().count() - 1);
    }
}
