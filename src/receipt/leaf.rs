//! The leaves of the trees that a receipt shows parts of, and their order.

use serde::{Deserialize, Serialize};

use crate::canon::{CategoryItem, EntryLeafForm, FactItem, Moment, MomentForm, PlaceItem, StateLeafForm};
use crate::model::{Effective, Published};
use crate::receipt::InvalidReceipt;
use crate::receipt::tree::Leaf;

/// Releases come before lists, categories before former ids, facts before
/// windows.
pub(super) type Key = (u8, String);

impl Leaf for StateLeafForm {
    type Key = Key;
    const IS_UNIQUE: bool = true;

    fn key(&self) -> Result<Key, InvalidReceipt> {
        Ok(match self {
            StateLeafForm::Release { release, .. } => (0, release.clone()),
            StateLeafForm::List { list, .. } => (1, list.clone()),
        })
    }
}

impl Leaf for CategoryItem {
    type Key = Key;
    const IS_UNIQUE: bool = true;

    fn key(&self) -> Result<Key, InvalidReceipt> {
        Ok((u8::from(self.is_former()), self.id().to_owned()))
    }
}

impl Leaf for FactItem {
    type Key = Key;
    const IS_UNIQUE: bool = true;

    fn key(&self) -> Result<Key, InvalidReceipt> {
        Ok((u8::from(self.is_window()), self.id().to_owned()))
    }
}

impl Leaf for PlaceItem {
    type Key = String;
    const IS_UNIQUE: bool = true;

    fn key(&self) -> Result<String, InvalidReceipt> {
        Ok(self.code.clone())
    }
}

/// An entry stands under each of its categories; by entry id within one, which
/// the leaf does not show.
impl Leaf for EntryLeafForm {
    type Key = String;
    const IS_UNIQUE: bool = false;

    fn key(&self) -> Result<String, InvalidReceipt> {
        Ok(self.category.clone())
    }
}

/// A moment, written as its form.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(transparent)]
pub(super) struct DatedForm(pub(super) MomentForm);

impl DatedForm {
    pub(super) fn read(&self) -> Result<Moment, InvalidReceipt> {
        self.0.read().map_err(InvalidReceipt::value)
    }
}

impl Leaf for DatedForm {
    type Key = (Effective, u64);
    const IS_UNIQUE: bool = true;

    fn key(&self) -> Result<(Effective, u64), InvalidReceipt> {
        self.read().map(|it| (it.effective, it.sequence))
    }
}

/// Returns whether anybody could know of a moment by a day, and that it still
/// stands by then.
pub(super) fn stands(moment: &Moment, is_known: impl Fn(Published) -> bool) -> bool {
    is_known(moment.published) && !moment.withdrawn.is_some_and(is_known)
}
