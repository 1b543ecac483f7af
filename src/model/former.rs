//! Ids that the catalog of categories no longer has, and what became of them.
//!
//! What is published is never changed, so a list goes on naming a category by
//! the id that it had. A release says of every such id what became of it, and
//! later releases go on saying so.

use std::collections::{BTreeMap, BTreeSet};

use semver::Version;

use crate::model::category::InvalidCatalog;
use crate::model::id::CategoryId;
use crate::model::text::Text;

/// An id that the catalog no longer has.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Former {
    /// The id.
    pub id: CategoryId,
    /// The release from which on it is gone.
    pub release: Version,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a category.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Fate {
    /// It has another id, and perhaps another place.
    Moved(CategoryId),
    /// It is part of another category.
    Merged(CategoryId),
    /// It is these, two or more.
    Split(BTreeSet<CategoryId>),
    /// There is no word for it any more, for this reason. What names it still
    /// binds what it was: some of what its parent is.
    Removed(Text),
}

impl Fate {
    /// Returns the word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Fate::Moved(_) => "moved",
            Fate::Merged(_) => "merged",
            Fate::Split(_) => "split",
            Fate::Removed(_) => "removed",
        }
    }

    /// Returns what it became. Of what was removed, nothing.
    pub fn became(&self) -> Vec<&CategoryId> {
        match self {
            Fate::Moved(to) | Fate::Merged(to) => vec![to],
            Fate::Split(parts) => parts.iter().collect(),
            Fate::Removed(_) => Vec::new(),
        }
    }
}

/// Returns what a former id means now, through all that became of it: ids that
/// are there, and itself or others where those were removed.
pub(crate) fn meaning(
    former: &BTreeMap<CategoryId, Former>,
    is_there: impl Fn(&CategoryId) -> bool,
    id: &CategoryId,
) -> Result<BTreeSet<CategoryId>, InvalidCatalog> {
    let mut meaning = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut open = vec![(id, id)];
    while let Some((from, next)) = open.pop() {
        match former.get(next) {
            Some(Former { fate: Fate::Removed(_), .. }) => drop(meaning.insert(next.clone())),
            Some(Former { fate, .. }) if seen.insert(next) => {
                open.extend(fate.became().into_iter().map(|it| (next, it)));
            }
            // Two ways may lead to the same id, and none leads back.
            Some(_) if next != id => {}
            Some(_) => return Err(InvalidCatalog::FormerCircle(id.clone())),
            None if is_there(next) => drop(meaning.insert(next.clone())),
            None => return Err(InvalidCatalog::BecameMissing { former: from.clone(), missing: next.clone() }),
        }
    }
    if meaning.is_empty() { Err(InvalidCatalog::FormerCircle(id.clone())) } else { Ok(meaning) }
}

/// For each category everything broader.
type Ancestors = BTreeMap<CategoryId, BTreeSet<CategoryId>>;

/// Gives former ids their place among what is broader than what, by what they
/// mean.
pub(crate) fn place(
    former: &BTreeMap<CategoryId, Former>,
    meanings: &BTreeMap<CategoryId, BTreeSet<CategoryId>>,
    ancestors: &mut Ancestors,
) {
    // What was removed is some of what its parent is.
    let current = ancestors.clone();
    for removed in former.values().filter(|it| matches!(it.fate, Fate::Removed(_))) {
        let mut parents = std::iter::successors(removed.id.parent(), CategoryId::parent);
        let above = parents.find(|it| current.contains_key(it)).map(|it| up(&current, &it)).unwrap_or_default();
        ancestors.insert(removed.id.clone(), above);
    }
    let current = ancestors.clone();
    let others: Vec<_> = meanings.iter().filter(|(id, _)| !current.contains_key(*id)).collect();
    for (id, meaning) in &others {
        // It lies in what all that it means lies in, and covers what lies in
        // something of that.
        let above = meaning.iter().map(|it| up(&current, it)).reduce(|one, other| &one & &other);
        ancestors.insert((*id).clone(), above.unwrap_or_default());
        for (narrower, above) in &current {
            if meaning.contains(narrower) || !meaning.is_disjoint(above) {
                ancestors.entry(narrower.clone()).or_default().insert((*id).clone());
            }
        }
    }
    for (broader, wide) in &others {
        let is_in_wide = |it: &CategoryId| !up(&current, it).is_disjoint(wide);
        for (id, _) in others.iter().filter(|(id, narrow)| id != broader && narrow.iter().all(is_in_wide)) {
            ancestors.entry((*id).clone()).or_default().insert((*broader).clone());
        }
    }
}

/// Returns a category with everything broader.
fn up(ancestors: &Ancestors, id: &CategoryId) -> BTreeSet<CategoryId> {
    let mut up = ancestors.get(id).cloned().unwrap_or_default();
    up.insert(id.clone());
    up
}
