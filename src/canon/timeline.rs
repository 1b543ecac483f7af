//! The dates of a list's revisions, as a tree: so that which one is in force
//! on a day can be shown by one leaf of it, and not by the whole chain.
//!
//! The chain does not show it: in force is the one with the greatest effective
//! date, and an earlier revision can have a later one.

use serde::{Deserialize, Serialize};

use crate::canon::bytes::{NotCanonical, canonical_form};
use crate::canon::digest::HashForm;
use crate::canon::form::parse;
use crate::canon::ledger::{Ledger, Turn};
use crate::canon::sparse::sparse;
use crate::canon::tree::{Root, leaf_hash, root};
use crate::model::{Effective, Hash, Issued, List, Published, Revision};

/// A tree over the moments of a list, by effective date, then by sequence.
/// Dormant revisions have none.
pub(crate) type Timeline = Ledger<(Effective, u64)>;

/// A leaf: when a revision takes effect, and whether it was taken back.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MomentForm {
    effective: String,
    published: String,
    revision: HashForm,
    sequence: u64,
    withdrawn: Option<String>,
}

sparse! {
    MomentForm { effective, published, revision, sequence, withdrawn }
}

/// When a revision takes effect, and whether it was taken back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Moment {
    pub(crate) effective: Effective,
    pub(crate) published: Published,
    pub(crate) revision: Hash,
    pub(crate) sequence: u64,
    /// The day from which anybody could know that it was taken back.
    pub(crate) withdrawn: Option<Published>,
}

impl Moment {
    /// Returns the moment of a revision; `None` while it is dormant.
    pub(crate) fn of(revision: &Revision, sequence: u64, hash: Hash, withdrawn: Option<Published>) -> Option<Moment> {
        let (effective, published) = (revision.effective?, revision.published);
        Some(Moment { effective, published, revision: hash, sequence, withdrawn })
    }

    /// Returns the moment of a revision in its chain.
    pub(crate) fn of_issued(issued: &Issued, withdrawn: Option<Published>) -> Option<Moment> {
        Moment::of(&issued.revision, issued.sequence, issued.hash, withdrawn)
    }

    pub(crate) fn form(&self) -> MomentForm {
        MomentForm {
            effective: self.effective.to_string(),
            published: self.published.to_string(),
            revision: self.revision.into(),
            sequence: self.sequence,
            withdrawn: self.withdrawn.map(|it| it.to_string()),
        }
    }

    pub(crate) fn turn(&self) -> Turn<(Effective, u64)> {
        let leaf = leaf_hash(&[&canonical_form(&self.form())]);
        Turn { key: (self.effective, self.sequence), leaf: Some(leaf) }
    }
}

impl MomentForm {
    pub(crate) fn read(&self) -> Result<Moment, NotCanonical> {
        Ok(Moment {
            effective: parse(&self.effective)?,
            published: parse(&self.published)?,
            revision: self.revision.said().ok_or_else(|| NotCanonical::Value("a leaf has no revision".to_owned()))?,
            sequence: self.sequence,
            withdrawn: self.withdrawn.as_deref().map(parse).transpose()?,
        })
    }
}

/// Returns the root over the moments of the revisions before one in its list.
pub(crate) fn earlier(list: &List, sequence: u64) -> Root {
    root(before(list, sequence).iter().map(|it| canonical_form(&it.form())))
}

/// Returns the moments of the revisions before one in its list, as that one
/// commits to them: what it takes back is taken back.
pub(crate) fn before(list: &List, sequence: u64) -> Vec<Moment> {
    let known = usize::try_from(sequence).unwrap_or(usize::MAX);
    let withdrawn = list.withdrawn_by(known.saturating_add(1));
    let moments = list.revisions.iter().take(known);
    let mut moments: Vec<_> =
        moments.filter_map(|it| Moment::of_issued(it, withdrawn.get(&it.sequence).copied())).collect();
    moments.sort_by_key(|it| (it.effective, it.sequence));
    moments
}
