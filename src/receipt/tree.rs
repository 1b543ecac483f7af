//! Trees of which some leaves are shown and the rest is hidden behind hashes.
//!
//! A pruned tree shows its own shape: a hash stands for a part that is hidden,
//! and it cannot be mistaken for a leaf or a node, whose hashes begin with
//! another byte. So it needs no count, and what is not there can be proven: two
//! neighbours with nothing hidden between them.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{self, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer, Serialize};

use crate::canon::{HashForm, Sparse, canonical_form, empty_root, leaf_hash, node, write_json};
use crate::model::Hash;
use crate::receipt::InvalidReceipt;

/// A leaf with the key by which the leaves of its tree are sorted.
pub(crate) trait Leaf: Clone + Serialize {
    type Key: Ord + Clone + fmt::Debug;
    /// Whether no two leaves have one key.
    const IS_UNIQUE: bool;

    fn key(&self) -> Result<Self::Key, InvalidReceipt>;
}

/// A leaf as a receipt shows it.
pub(crate) trait ShownLeaf: Sized {
    /// Returns the leaf for which a name stands, where names stand for leaves.
    fn named(_: &str) -> Option<Self> {
        None
    }
}

/// Leaves that can be looked up. What is answered is everything that there is.
pub(crate) trait Shelf<L: Leaf> {
    /// Returns the leaves whose keys lie in a range, both ends included.
    fn between(&self, first: &L::Key, last: &L::Key) -> Result<Vec<L>, InvalidReceipt>;

    /// Returns all leaves.
    fn all(&self) -> Result<Vec<L>, InvalidReceipt>;

    /// Returns the last leaf up to a key that is not passed over, and the first
    /// one behind it.
    fn around(&self, key: &L::Key, is_passed: &dyn Fn(&L) -> bool) -> Result<Around<L>, InvalidReceipt>;

    /// Returns the leaf with a key.
    fn get(&self, key: &L::Key) -> Result<Option<L>, InvalidReceipt> {
        Ok(self.between(key, key)?.into_iter().next())
    }
}

/// The leaves on both sides of a key.
#[derive(Clone, Debug)]
pub(crate) struct Around<L> {
    pub(crate) until: Option<L>,
    pub(crate) after: Option<L>,
}

/// A tree with all its leaves, which remembers what was looked up.
#[derive(Debug)]
pub(crate) struct Whole<L> {
    leaves: Vec<L>,
    levels: Vec<Vec<Hash>>,
}

/// What was looked up of a tree.
#[derive(Debug)]
pub(crate) struct Looked<'t, L> {
    tree: &'t Whole<L>,
    shown: RefCell<BTreeSet<usize>>,
}

/// A tree of which only some leaves are shown.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Pruned<L> {
    Hidden(Hash),
    Leaf(L),
    Node(Box<Pruned<L>>, Box<Pruned<L>>),
}

impl<L: Leaf> Whole<L> {
    /// Makes a tree of leaves in the order of their keys.
    pub(crate) fn new(leaves: Vec<L>) -> Whole<L> {
        let mut levels = vec![leaves.iter().map(hash_of).collect::<Vec<_>>()];
        while let Some(below) = levels.last().filter(|it| 1 < it.len()) {
            let pair = |pair: &[Hash]| match pair {
                [left, right] => node(*left, *right),
                [alone] => *alone,
                _ => unreachable!("because chunks have one or two"),
            };
            let above = below.chunks(2).map(pair).collect();
            levels.push(above);
        }
        Whole { leaves, levels }
    }

    pub(crate) fn look(&self) -> Looked<'_, L> {
        Looked { tree: self, shown: RefCell::default() }
    }

    fn prune(&self, level: usize, place: usize, shown: &BTreeSet<usize>) -> Pruned<L> {
        let hash = self.levels.get(level).and_then(|it| it.get(place)).copied();
        let hidden = Pruned::Hidden(hash.unwrap_or(Hash([0; 32])));
        if shown.range(place << level..(place + 1) << level).next().is_none() {
            return hidden;
        }
        let Some(below) = level.checked_sub(1) else {
            return self.leaves.get(place).cloned().map_or(hidden, Pruned::Leaf);
        };
        let left = self.prune(below, 2 * place, shown);
        let has_right = self.levels.get(below).is_some_and(|it| 2 * place + 1 < it.len());
        if !has_right {
            return left;
        }
        Pruned::Node(Box::new(left), Box::new(self.prune(below, 2 * place + 1, shown)))
    }

    fn start(&self, key: &L::Key) -> usize {
        self.leaves.partition_point(|it| it.key().is_ok_and(|it| it < *key))
    }

    fn end(&self, key: &L::Key) -> usize {
        self.leaves.partition_point(|it| it.key().is_ok_and(|it| it <= *key))
    }
}

impl<L: Leaf> Looked<'_, L> {
    /// Returns the tree with what was looked up, and the neighbours that show
    /// that it was everything; `None` of a tree without leaves.
    pub(crate) fn pruned(&self) -> Option<Pruned<L>> {
        let top = self.tree.levels.len() - 1;
        (!self.tree.leaves.is_empty()).then(|| self.tree.prune(top, 0, &self.shown.borrow()))
    }

    fn show(&self, places: std::ops::Range<usize>) {
        let last = self.tree.leaves.len();
        self.shown.borrow_mut().extend(places.filter(|it| *it < last));
    }

    fn at(&self, place: usize) -> Option<&L> {
        self.tree.leaves.get(place)
    }
}

impl<L: Leaf> Shelf<L> for Looked<'_, L> {
    fn between(&self, first: &L::Key, last: &L::Key) -> Result<Vec<L>, InvalidReceipt> {
        let (start, end) = (self.tree.start(first), self.tree.end(last));
        let is_at = |place: usize, key: &L::Key| self.at(place).is_some_and(|it| it.key().as_ref() == Ok(key));
        // Where keys are unique, a leaf at the end of the range is the border.
        let before = if L::IS_UNIQUE && is_at(start, first) { start } else { start.saturating_sub(1) };
        let behind = if L::IS_UNIQUE && start < end && is_at(end - 1, last) { end } else { end + 1 };
        self.show(before..behind);
        Ok(self.tree.leaves.get(start..end).unwrap_or_default().to_vec())
    }

    fn all(&self) -> Result<Vec<L>, InvalidReceipt> {
        self.show(0..self.tree.leaves.len());
        Ok(self.tree.leaves.clone())
    }

    fn around(&self, key: &L::Key, is_passed: &dyn Fn(&L) -> bool) -> Result<Around<L>, InvalidReceipt> {
        let end = self.tree.end(key);
        let is_wanted = |place: &usize| self.at(*place).is_some_and(|it| !is_passed(it));
        let until = (0..end).rev().find(is_wanted);
        let after = (end..self.tree.leaves.len()).find(is_wanted);
        self.show(until.unwrap_or(0)..after.unwrap_or(self.tree.leaves.len()).saturating_add(1));
        let leaf = |place: usize| self.at(place).cloned();
        Ok(Around { until: until.and_then(leaf), after: after.and_then(leaf) })
    }
}

/// A pruned tree that was read: its root, and what is shown, in order.
#[derive(Debug)]
pub(crate) struct Opened<L: Leaf> {
    root: Hash,
    shown: Vec<(L::Key, L)>,
    /// Before which of the leaves something is hidden; one more, for what is
    /// behind the last.
    hidden: Vec<bool>,
}

impl<L: Leaf> Opened<L> {
    /// Reads a tree; `None` is one without leaves.
    pub(crate) fn new(tree: Option<Pruned<L>>) -> Result<Opened<L>, InvalidReceipt> {
        let mut opened = Opened { root: empty_root(), shown: Vec::new(), hidden: vec![false] };
        if let Some(tree) = tree {
            opened.root = opened.collect(tree)?;
        }
        let keys = || opened.shown.iter().map(|(key, _)| key);
        let is_sorted = if L::IS_UNIQUE { keys().is_sorted_by(|a, b| a < b) } else { keys().is_sorted() };
        if is_sorted { Ok(opened) } else { Err(InvalidReceipt::Unsorted) }
    }

    /// Returns the root.
    pub(crate) fn root(&self) -> Hash {
        self.root
    }

    /// Collects what is shown of a tree, and returns its root.
    fn collect(&mut self, tree: Pruned<L>) -> Result<Hash, InvalidReceipt> {
        Ok(match tree {
            Pruned::Hidden(hash) => {
                if let Some(is_hidden) = self.hidden.last_mut() {
                    *is_hidden = true;
                }
                hash
            }
            Pruned::Leaf(leaf) => {
                let hash = hash_of(&leaf);
                self.shown.push((leaf.key()?, leaf));
                self.hidden.push(false);
                hash
            }
            Pruned::Node(left, right) => node(self.collect(*left)?, self.collect(*right)?),
        })
    }

    fn key(&self, place: usize) -> Option<&L::Key> {
        self.shown.get(place).map(|(key, _)| key)
    }

    /// Returns whether something is hidden before the leaf at a place.
    fn is_hidden_before(&self, place: usize) -> bool {
        self.hidden.get(place) == Some(&true)
    }

    /// Returns the leaf at a place unless it is passed over, in which case the
    /// next one does, in a direction; nothing may be hidden on the way.
    fn wanted(
        &self,
        places: impl Iterator<Item = usize>,
        gap: impl Fn(usize) -> usize,
        is_passed: &dyn Fn(&L) -> bool,
    ) -> Result<Option<L>, InvalidReceipt> {
        for place in places {
            let Some((_, leaf)) = self.shown.get(place) else { break };
            if !is_passed(leaf) {
                return Ok(Some(leaf.clone()));
            }
            if self.is_hidden_before(gap(place)) {
                return Err(InvalidReceipt::Hidden);
            }
        }
        Ok(None)
    }
}

impl<L: Leaf> Shelf<L> for Opened<L> {
    fn between(&self, first: &L::Key, last: &L::Key) -> Result<Vec<L>, InvalidReceipt> {
        let start = self.shown.partition_point(|(key, _)| key < first);
        let end = self.shown.partition_point(|(key, _)| key <= last);
        // Where keys are unique, a leaf at the end of the range is its border.
        let is_bounded = |place: usize| {
            let (before, behind) = (place.checked_sub(1).and_then(|it| self.key(it)), self.key(place));
            L::IS_UNIQUE && (before.is_some_and(|it| it >= last) || behind.is_some_and(|it| it <= first))
        };
        if (start..=end).any(|place| self.is_hidden_before(place) && !is_bounded(place)) {
            return Err(InvalidReceipt::Hidden);
        }
        Ok(self.shown.get(start..end).unwrap_or_default().iter().map(|(_, leaf)| leaf.clone()).collect())
    }

    fn all(&self) -> Result<Vec<L>, InvalidReceipt> {
        if self.hidden.contains(&true) {
            return Err(InvalidReceipt::Hidden);
        }
        Ok(self.shown.iter().map(|(_, leaf)| leaf.clone()).collect())
    }

    fn around(&self, key: &L::Key, is_passed: &dyn Fn(&L) -> bool) -> Result<Around<L>, InvalidReceipt> {
        let middle = self.shown.partition_point(|(found, _)| found <= key);
        // What is hidden there may lie on either side.
        if self.is_hidden_before(middle) {
            return Err(InvalidReceipt::Hidden);
        }
        let until = self.wanted((0..middle).rev(), |place| place, is_passed)?;
        let after = self.wanted(middle..self.shown.len(), |place| place + 1, is_passed)?;
        Ok(Around { until, after })
    }
}

fn hash_of(leaf: &impl Serialize) -> Hash {
    leaf_hash(&[&canonical_form(leaf)])
}

impl<L> Pruned<L> {
    /// Puts another leaf in the place of each.
    pub(crate) fn map<M>(
        self,
        leaf: &mut impl FnMut(L) -> Result<M, InvalidReceipt>,
    ) -> Result<Pruned<M>, InvalidReceipt> {
        Ok(match self {
            Pruned::Hidden(hash) => Pruned::Hidden(hash),
            Pruned::Leaf(it) => Pruned::Leaf(leaf(it)?),
            Pruned::Node(left, right) => Pruned::Node(Box::new(left.map(leaf)?), Box::new(right.map(leaf)?)),
        })
    }
}

/// A hash is hidden, an array of two is a node, all else is a leaf.
impl<L: Sparse> Sparse for Pruned<L> {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Pruned::Hidden(hash) => write_json(&HashForm::base64(hash), out),
            Pruned::Leaf(leaf) => leaf.write(out),
            Pruned::Node(left, right) => {
                out.push(b'[');
                left.write(out);
                out.push(b',');
                right.write(out);
                out.push(b']');
            }
        }
    }
}

impl<'de, L: Deserialize<'de> + ShownLeaf> Deserialize<'de> for Pruned<L> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Pruned<L>, D::Error> {
        deserializer.deserialize_any(PrunedVisitor(std::marker::PhantomData))
    }
}

struct PrunedVisitor<L>(std::marker::PhantomData<L>);

impl<'de, L: Deserialize<'de> + ShownLeaf> Visitor<'de> for PrunedVisitor<L> {
    type Value = Pruned<L>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a hash, a leaf, or an array of two trees")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Pruned<L>, E> {
        let hidden = HashForm::of_base64(text).map(Pruned::Hidden);
        let shown = hidden.or_else(|| L::named(text).map(Pruned::Leaf));
        shown.ok_or_else(|| E::custom(format!("`{text}` is neither a hash nor a leaf")))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Pruned<L>, A::Error> {
        L::deserialize(MapAccessDeserializer::new(map)).map(Pruned::Leaf)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Pruned<L>, A::Error> {
        let (left, right) = (seq.next_element()?, seq.next_element()?);
        let (Some(left), Some(right), None) = (left, right, seq.next_element::<de::IgnoredAny>()?) else {
            return Err(de::Error::custom("a node has two parts"));
        };
        Ok(Pruned::Node(Box::new(left), Box::new(right)))
    }
}
