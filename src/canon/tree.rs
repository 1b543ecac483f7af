//! The trees: RFC 6962 shape with BLAKE3.
//!
//! A leaf is `BLAKE3(0x00 ‖ bytes)`, a node `BLAKE3(0x01 ‖ left ‖ right)`, and
//! the root of nothing is `BLAKE3` of the empty string.

use serde::{Deserialize, Serialize};

use crate::canon::bytes::canonical_form;
use crate::canon::digest::HashForm;
use crate::canon::form::entry_hash;
use crate::canon::header::scope_words;
use crate::canon::sparse::{Sparse, write_member};
use crate::model::{CategoryId, Hash, ListId, Revision, Scope};

/// A root with the count of leaves below it: a root alone does not commit to
/// a size.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Root {
    /// The hash of the tree.
    pub hash: Hash,
    /// How many leaves it has.
    pub leaves: u64,
}

/// Returns the root over leaves, in the order given.
pub(crate) fn root(leaves: impl IntoIterator<Item = Vec<u8>>) -> Root {
    // Whole trees, from the largest; never two of one height.
    let mut whole: Vec<(u32, Hash)> = Vec::new();
    let mut count = 0;
    for bytes in leaves {
        count += 1;
        let (mut height, mut hash) = (0, leaf_hash(&[&bytes]));
        while let Some((_, left)) = whole.pop_if(|it| it.0 == height) {
            (height, hash) = (height + 1, node(left, hash));
        }
        whole.push((height, hash));
    }
    let root = whole.into_iter().map(|(_, hash)| hash).rev().reduce(|right, left| node(left, right));
    Root { hash: root.unwrap_or_else(empty_root), leaves: count }
}

/// Returns the root over nothing.
pub(crate) fn empty_root() -> Hash {
    hash_of(&[])
}

/// Returns the hash of a leaf, given in parts.
pub(crate) fn leaf_hash(parts: &[&[u8]]) -> Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&[0]);
    for part in parts {
        hasher.update(part);
    }
    Hash(hasher.finalize().into())
}

/// Returns the node over two.
pub(crate) fn node(left: Hash, right: Hash) -> Hash {
    hash_of(&[&[1], &left.0, &right.0])
}

fn hash_of(parts: &[&[u8]]) -> Hash {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part);
    }
    Hash(hasher.finalize().into())
}

/// A leaf of a revision: that an entry stands under a category. The category
/// stands in the leaf, so that of an entry under two categories one leaf
/// cannot pose as the other; the entry by its hash, so that a neighbour that
/// only shows an absence need not be told in full.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntryLeafForm {
    pub(crate) category: String,
    pub(crate) entry: HashForm,
}

/// Returns the root over the entries of a revision: one leaf for each pair of
/// a category and an entry, sorted by category, then by entry, bytewise.
pub fn entries_root(revision: &Revision) -> Root {
    let entries = revision.entries.values().map(|it| (it, entry_hash(it)));
    let pairs = entries.flat_map(|(entry, hash)| entry.categories.iter().map(move |it| (it, &entry.id, hash)));
    let mut pairs: Vec<_> = pairs.collect();
    pairs.sort_by(|(one, a, _), (other, b, _)| (one.as_str(), a.as_str()).cmp(&(other.as_str(), b.as_str())));
    root(pairs.into_iter().map(|(category, _, hash)| entry_leaf_bytes(category, hash)))
}

/// Returns the hash of a leaf of a revision.
pub(crate) fn entry_leaf(category: &CategoryId, entry: Hash) -> Hash {
    leaf_hash(&[&entry_leaf_bytes(category, entry)])
}

fn entry_leaf_bytes(category: &CategoryId, entry: Hash) -> Vec<u8> {
    canonical_form(&EntryLeafForm { category: category.to_string(), entry: entry.into() })
}

/// A leaf of the state of a registry: the latest release of a kind, or the
/// head of a list with everything that it ever claimed to speak for.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, untagged)]
pub(crate) enum StateLeafForm {
    Release {
        #[serde(default)]
        head: HashForm,
        release: String,
    },
    List {
        #[serde(default)]
        head: HashForm,
        list: String,
        #[serde(default)]
        scope: Vec<String>,
    },
}

impl Sparse for StateLeafForm {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'{');
        match self {
            StateLeafForm::Release { head, release } => {
                write_member("head", head, out);
                write_member("release", release, out);
            }
            StateLeafForm::List { head, list, scope } => {
                write_member("head", head, out);
                write_member("list", list, out);
                write_member("scope", scope, out);
            }
        }
        out.push(b'}');
    }
}

impl StateLeafForm {
    pub(crate) fn of_release(kind: &str, head: Hash) -> StateLeafForm {
        StateLeafForm::Release { head: head.into(), release: kind.to_owned() }
    }

    pub(crate) fn of_list(list: &ListId, head: Hash, scope: &Scope) -> StateLeafForm {
        StateLeafForm::List { head: head.into(), list: list.to_string(), scope: scope_words(scope) }
    }

    pub(crate) fn hash(&self) -> Hash {
        leaf_hash(&[&canonical_form(self)])
    }
}

#[cfg(test)]
mod tests {
    use ct_merkle::mem_backed_tree::MemoryBackedTree;

    use super::*;

    /// RFC 6962 section 2.1, written out once more.
    fn definition(leaves: &[Vec<u8>]) -> [u8; 32] {
        match leaves {
            [] => *blake3::hash(b"").as_bytes(),
            [leaf] => *blake3::hash(&[&[0], leaf.as_slice()].concat()).as_bytes(),
            _ => {
                let half = leaves.len().next_power_of_two() / 2;
                let (left, right) = leaves.split_at(half);
                let node = [&[1], definition(left).as_slice(), definition(right).as_slice()].concat();
                *blake3::hash(&node).as_bytes()
            }
        }
    }

    #[test]
    fn roots_are_those_of_the_definition() {
        for size in 0..40 {
            let leaves: Vec<Vec<u8>> = (0..size).map(|it: u8| vec![it; usize::from(it)]).collect();
            let root = root(leaves.clone());
            assert_eq!((root.hash.0, root.leaves), (definition(&leaves), u64::from(size)), "{size} leaves");
            // And another's.
            let mut other: MemoryBackedTree<blake3::Hasher, Vec<u8>> = MemoryBackedTree::new();
            leaves.into_iter().for_each(|it| other.push(it));
            assert_eq!(root.hash.0, <[u8; 32]>::from(*other.root().as_bytes()), "{size} leaves");
        }
    }
}
