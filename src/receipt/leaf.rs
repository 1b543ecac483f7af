//! The leaves of the trees that a receipt shows parts of, and their order.

use serde::{Deserialize, Serialize};

use crate::canon::{
    CategoryItem, EntryLeafForm, FactItem, Moment, MomentForm, PlaceItem, Sparse, StateLeafForm, write_json,
    write_member,
};
use crate::model::{Effective, Published};
use crate::receipt::InvalidReceipt;
use crate::receipt::tree::{Leaf, ShownLeaf};

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

impl ShownLeaf for StateLeafForm {}
impl ShownLeaf for CategoryItem {}
impl ShownLeaf for FactItem {}
impl ShownLeaf for PlaceItem {}
impl ShownLeaf for DatedForm {}

/// A leaf of a revision as a receipt shows it: that an entry stands under a
/// category. The entry is named by its id where it is shown, and by its hash
/// where it is not. Of one that is shown and stands under one category only,
/// the id alone says both.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub(super) struct NamedLeafForm {
    /// Empty where the id says it.
    pub(super) category: String,
    pub(super) entry: String,
}

impl ShownLeaf for NamedLeafForm {
    fn named(id: &str) -> Option<NamedLeafForm> {
        Some(NamedLeafForm { category: String::new(), entry: id.to_owned() })
    }
}

impl Sparse for NamedLeafForm {
    fn write(&self, out: &mut Vec<u8>) {
        if self.category.is_empty() {
            return write_json(&self.entry, out);
        }
        out.push(b'{');
        write_member("category", &self.category, out);
        write_member("entry", &self.entry, out);
        out.push(b'}');
    }
}

/// A moment, written as its form.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(transparent)]
pub(super) struct DatedForm(pub(super) MomentForm);

impl Sparse for DatedForm {
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }
}

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
