//! The form of a receipt: one line of canonical JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::canon::{
    BindingForm, CategoryItem, DetailsForm, EntryLeafForm, FactItem, HeaderForm, PlaceItem, RECEIPT, RecordHead,
    ReleaseForm, StateLeafForm, TermsForm, WordsForm, answer_json, canonical, empty_root, hash_in, question_from_json,
};
use crate::evaluate::answer_on_its_day;
use crate::log::{Checkpoint, InclusionProof};
use crate::model::{Hash, Head, Question, State};
use crate::receipt::InvalidReceipt;
use crate::receipt::ground::Unchanged;
use crate::receipt::leaf::DatedForm;
use crate::receipt::tree::{Leaf, Pruned};

const FORMAT: &str = "neglist receipt v1";

/// A receipt.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReceiptForm {
    /// The answer without `valid`.
    pub(super) answer: Json,
    /// Over all the rest, so that a bit that went bad is seen. It proves
    /// nothing.
    digest: Option<String>,
    pub(super) format: String,
    pub(super) lists: BTreeMap<String, ListForm>,
    /// C2SP tlog-proof: that the last entry of the log stands for the record.
    pub(super) proof: String,
    pub(super) record: RecordHead,
    pub(super) releases: ReleasesForm,
    pub(super) state: Option<Pruned<StateLeafForm>>,
    pub(super) unchanged: UnchangedForm,
}

#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UnchangedForm {
    from: Option<String>,
    until: Option<String>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReleasesForm {
    pub(super) categories: ItemsForm<CategoryItem>,
    pub(super) facts: ItemsForm<FactItem>,
    pub(super) jurisdictions: ItemsForm<PlaceItem>,
}

/// A release, with some of its items.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ItemsForm<L> {
    items: u64,
    previous: Option<String>,
    pub(super) published: String,
    pub(super) tree: Option<Pruned<L>>,
    pub(super) version: String,
}

/// A list as it stands on the day asked.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListForm {
    /// Of the revision in force, where an entry of it applies or may apply.
    pub(super) details: Option<DetailsForm>,
    /// The dates of the revisions before the last.
    pub(super) earlier: Option<Pruned<DatedForm>>,
    /// Of the revision in force, if one is.
    pub(super) entries: Option<Pruned<EntryLeafForm>>,
    pub(super) head: HeaderForm,
    /// The revision in force, where that is not the last.
    pub(super) in_force: Option<HeaderForm>,
    /// What the entries bind that stand under what is asked, by id.
    pub(super) shown: Vec<BindingForm>,
    /// What those refer to by name, where they do.
    pub(super) terms: Option<TermsForm>,
    /// The words of those that apply or may apply, by entry.
    pub(super) words: BTreeMap<String, WordsForm>,
}

impl<L: Leaf> ItemsForm<L> {
    pub(super) fn new(release: &ReleaseForm, tree: Option<Pruned<L>>) -> ItemsForm<L> {
        ItemsForm {
            items: release.items,
            previous: release.previous.clone(),
            published: release.published.clone(),
            tree,
            version: release.version.clone(),
        }
    }

    /// Returns the digest of the release.
    pub(super) fn hash(&self, kind: &str) -> Hash {
        let form = ReleaseForm {
            items: self.items,
            items_root: root_of(self.tree.as_ref()).to_string(),
            kind: kind.to_owned(),
            previous: self.previous.clone(),
            published: self.published.clone(),
            version: self.version.clone(),
        };
        form.hash()
    }
}

impl From<Unchanged> for UnchangedForm {
    fn from(unchanged: Unchanged) -> UnchangedForm {
        UnchangedForm { from: unchanged.from.map(|it| it.to_string()), until: unchanged.until.map(|it| it.to_string()) }
    }
}

/// What a receipt is made of.
pub(super) struct Parts {
    pub(super) answer: Json,
    pub(super) lists: BTreeMap<String, ListForm>,
    pub(super) proof: String,
    pub(super) record: RecordHead,
    pub(super) releases: ReleasesForm,
    pub(super) state: Option<Pruned<StateLeafForm>>,
    pub(super) unchanged: Unchanged,
}

impl From<Parts> for ReceiptForm {
    fn from(parts: Parts) -> ReceiptForm {
        let Parts { answer, lists, proof, record, releases, state, unchanged } = parts;
        let (format, unchanged) = (FORMAT.to_owned(), unchanged.into());
        ReceiptForm { answer, digest: None, format, lists, proof, record, releases, state, unchanged }
    }
}

impl ReceiptForm {
    /// Writes it: one line.
    pub(super) fn write(mut self) -> Vec<u8> {
        self.digest = Some(self.hash().to_string());
        let mut bytes = canonical(&self);
        bytes.push(b'\n');
        bytes
    }

    /// Returns the hash of all but the digest.
    fn hash(&self) -> Hash {
        let mut document = serde_json::to_value(self).expect("because a receipt has text keys");
        if let Some(keys) = document.as_object_mut() {
            keys.shift_remove("digest");
        }
        hash_in(RECEIPT, &canonical(&document))
    }

    /// Reads it from its one spelling.
    pub(super) fn read(bytes: &[u8]) -> Result<ReceiptForm, InvalidReceipt> {
        let form: ReceiptForm =
            serde_json::from_slice(bytes).map_err(|it| InvalidReceipt::Malformed(it.to_string()))?;
        if form.format != FORMAT {
            return Err(InvalidReceipt::Malformed(format!("its format is `{}`", form.format)));
        }
        let mut spelled = canonical(&form);
        spelled.push(b'\n');
        if spelled != bytes {
            return Err(InvalidReceipt::Spelling);
        }
        if form.digest.as_deref() == Some(form.hash().to_string().as_str()) {
            Ok(form)
        } else {
            Err(InvalidReceipt::Digest)
        }
    }
}

/// Reads what was asked and answered in a receipt, and at which head, without
/// verifying any of it.
pub fn read_unverified(receipt: &[u8]) -> Result<(Question, Json, Head), InvalidReceipt> {
    let form = ReceiptForm::read(receipt)?;
    let question = question_of(&form.answer)?;
    let proof = InclusionProof::read(&form.proof).map_err(|it| InvalidReceipt::Malformed(it.to_string()))?;
    let checkpoint = Checkpoint::read_unverified(&proof.checkpoint);
    let checkpoint = checkpoint.map_err(|it| InvalidReceipt::Malformed(it.to_string()))?;
    let head = Head { origin: checkpoint.origin, size: checkpoint.size, hash: form.record.hash() };
    Ok((question, form.answer, head))
}

pub(super) fn question_of(answer: &Json) -> Result<Question, InvalidReceipt> {
    let question = answer.get("question").ok_or_else(|| InvalidReceipt::Malformed("it has no question".to_owned()))?;
    question_from_json(&question.to_string()).map_err(|it| InvalidReceipt::Malformed(it.message))
}

/// Returns the root of a tree, which may have no leaves.
pub(super) fn root_of<L: Leaf>(tree: Option<&Pruned<L>>) -> Hash {
    tree.map_or_else(empty_root, Pruned::root)
}

/// Answers from a state: all but `valid`, which hangs on other days too.
pub fn answer_to(state: &State, question: &Question) -> Result<Json, InvalidReceipt> {
    if let Some(mistake) = state.mistakes(question).into_iter().next() {
        return Err(InvalidReceipt::Question(mistake.message));
    }
    Ok(without_validity(answer_json(&answer_on_its_day(state, question), &state.head)))
}

/// Returns an answer without `valid`.
pub(super) fn without_validity(mut answer: Json) -> Json {
    if let Some(keys) = answer.as_object_mut() {
        keys.shift_remove("valid");
    }
    answer
}
