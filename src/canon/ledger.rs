//! Trees that are kept while a chain grows, so that a record costs what it
//! changes: of a list of five hundred entries, one of which changes, nine
//! nodes are hashed and not a thousand.

use std::sync::Arc;

use crate::canon::tree::{Root, StateLeafForm, empty_root, node};
use crate::model::{CategoryId, EntryId, Hash, ListId, Scope};

/// A tree over leaves with keys, in the order of the keys.
///
/// Invariant: the keys are sorted, as many as there are hashes in the lowest
/// level; each level above has the nodes over pairs of the one below, and a
/// last one without a partner as it is; the highest has at most one.
#[derive(Clone, Debug)]
pub(crate) struct Ledger<K> {
    /// Shared with the tree before, where no leaf came or went.
    keys: Arc<Vec<K>>,
    levels: Vec<Vec<Hash>>,
}

/// The leaves of a revision, by category, then entry.
pub(crate) type EntryLedger = Ledger<(CategoryId, EntryId)>;

/// The state of a registry: the latest releases, then the heads of all lists.
pub(crate) type StateLedger = Ledger<StateKey>;

/// Of what a leaf of the state has the head.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum StateKey {
    /// A kind of release.
    Release(&'static str),
    /// A list.
    List(ListId),
}

/// What becomes of a leaf.
pub(crate) struct Turn<K> {
    /// Which leaf.
    pub(crate) key: K,
    /// Its hash from now on; `None` where it goes.
    pub(crate) leaf: Option<Hash>,
}

impl<K> Default for Ledger<K> {
    fn default() -> Ledger<K> {
        Ledger { keys: Arc::default(), levels: vec![Vec::new()] }
    }
}

impl<K: Ord> Ledger<K> {
    /// Returns the root over the leaves.
    pub(crate) fn root(&self) -> Root {
        let top = self.levels.last().and_then(|it| it.first());
        Root { hash: top.copied().unwrap_or_else(empty_root), leaves: self.keys.len() as u64 }
    }

    /// Changes some leaves. Of two turns of one key the later counts.
    pub(crate) fn turn(&mut self, mut turns: Vec<Turn<K>>)
    where
        K: Clone,
    {
        turns.sort_by(|one, other| one.key.cmp(&other.key));
        // From here on every leaf is at another place than before.
        let mut moved = usize::MAX;
        let mut touched = Vec::new();
        let Some(leaves) = self.levels.first_mut() else { return };
        for Turn { key, leaf } in turns {
            match (self.keys.binary_search(&key), leaf) {
                (Ok(place), Some(leaf)) => {
                    leaves.iter_mut().skip(place).take(1).for_each(|it| *it = leaf);
                    touched.push(key);
                }
                (Ok(place), None) => {
                    Arc::make_mut(&mut self.keys).remove(place);
                    leaves.remove(place);
                    moved = moved.min(place);
                }
                (Err(place), Some(leaf)) => {
                    Arc::make_mut(&mut self.keys).insert(place, key);
                    leaves.insert(place, leaf);
                    moved = moved.min(place);
                }
                (Err(_), None) => {}
            }
        }
        let touched = touched.iter().filter_map(|it| self.keys.binary_search(it).ok()).collect();
        self.refresh(touched, moved);
    }

    /// Computes the nodes anew that stand over leaves that were touched, by
    /// place, or that moved, from a place on.
    fn refresh(&mut self, mut touched: Vec<usize>, mut moved: usize) {
        let mut level = 0;
        while let Some(width) = self.levels.get(level).map(Vec::len).filter(|it| 1 < *it) {
            let parents = width.div_ceil(2);
            if self.levels.len() == level + 1 {
                self.levels.push(Vec::new());
            }
            (moved, touched) = (moved / 2, touched.into_iter().map(|it| it / 2).collect());
            touched.dedup();
            let (below, above) = self.levels.split_at_mut(level + 1);
            let (Some(below), Some(above)) = (below.last(), above.first_mut()) else { return };
            above.resize(parents, Hash([0; 32]));
            let stale = touched.iter().copied().filter(|it| *it < moved).chain(moved..parents);
            for place in stale {
                let (left, right) = (below.get(2 * place), below.get(2 * place + 1));
                if let (Some(left), Some(to)) = (left, above.get_mut(place)) {
                    *to = right.map_or(*left, |right| node(*left, *right));
                }
            }
            level += 1;
        }
        self.levels.truncate(level + 1);
    }
}

impl StateLedger {
    /// Puts the head of a list there, in place of the one before.
    pub(crate) fn put_list(&mut self, list: &ListId, head: Hash, scope: &Scope) {
        let leaf = StateLeafForm::of_list(list, head, scope).hash();
        self.turn(vec![Turn { key: StateKey::List(list.clone()), leaf: Some(leaf) }]);
    }

    /// Puts a release there, in place of the one before.
    pub(crate) fn put_release(&mut self, kind: &'static str, head: Hash) {
        let leaf = StateLeafForm::of_release(kind, head).hash();
        self.turn(vec![Turn { key: StateKey::Release(kind), leaf: Some(leaf) }]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canon::tree::root;

    #[test]
    fn a_tree_that_grows_has_the_root_of_one_made_at_once() {
        // Leaves come, change and go at every place of trees of every size.
        let leaf = |key: u8, turn: u8| vec![key, turn];
        let hash = |key: u8, turn: u8| crate::canon::tree::leaf_hash(&[&leaf(key, turn)]);
        let mut ledger = Ledger::default();
        let mut expected = std::collections::BTreeMap::new();
        let mut seed: u32 = 1;
        for turn in 0..=255_u8 {
            let mut turns = Vec::new();
            let many = 1 + usize::from(turn) % 4;
            for _ in 0..many {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let key = u8::try_from(seed >> 24).unwrap() % 40;
                // Two in three come or change, later two in three go.
                let stays = !(seed >> 16).is_multiple_of(3);
                if stays == (turn < 160) {
                    expected.insert(key, leaf(key, turn));
                    turns.push(Turn { key, leaf: Some(hash(key, turn)) });
                } else {
                    expected.remove(&key);
                    turns.push(Turn { key, leaf: None });
                }
            }
            ledger.turn(turns);
            assert_eq!(ledger.root(), root(expected.values().cloned()), "turn {turn}");
        }
        assert!(expected.len() < 20, "and it shrank");
    }
}
