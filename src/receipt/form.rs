//! The form of a receipt: one line of canonical JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use serde_json::value::RawValue;

use crate::canon::{
    BindingForm, CategoryItem, DetailsForm, EntryLeafForm, FactItem, HeaderForm, PlaceItem, RECEIPT, RecordHead,
    ReleaseForm, StateLeafForm, TermsForm, WordsForm, answer_json, canonical, hash_in, question_from_json,
};
use crate::evaluate::answer_on_its_day;
use crate::log::{Checkpoint, InclusionProof};
use crate::model::{Hash, Head, Question, State};
use crate::receipt::InvalidReceipt;
use crate::receipt::ground::Unchanged;
use crate::receipt::leaf::DatedForm;
use crate::receipt::tree::{Leaf, Pruned};

pub(super) const FORMAT: &str = "neglist receipt v1";

/// A receipt.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReceiptForm {
    /// The answer without `valid`.
    pub(super) answer: Box<RawValue>,
    /// Over all the rest, so that a bit that went bad is seen. It proves
    /// nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) digest: Option<String>,
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
    pub(super) fn hash(&self, root: Hash, kind: &str) -> Hash {
        let form = ReleaseForm {
            items: self.items,
            items_root: root.to_string(),
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

/// Returns an answer as its canonical text.
pub(super) fn raw(answer: &Json) -> Box<RawValue> {
    let text = String::from_utf8(canonical(answer)).expect("because JSON is text");
    RawValue::from_string(text).expect("because what was written is JSON")
}

impl ReceiptForm {
    /// Writes it, which has no digest yet: one line. Forms declare their fields in the order of their
    /// names, and the answer is canonical already.
    pub(super) fn write(mut self) -> Vec<u8> {
        self.digest = Some(hash_in(RECEIPT, &self.bytes()).to_string());
        [self.bytes().as_slice(), b"\n"].concat()
    }

    fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("because a receipt has text keys")
    }

    /// Reads it from its one spelling. Whether the answer is spelled rightly is
    /// seen when another is derived.
    pub(super) fn read(bytes: &[u8]) -> Result<ReceiptForm, InvalidReceipt> {
        let form: ReceiptForm =
            serde_json::from_slice(bytes).map_err(|it| InvalidReceipt::Malformed(it.to_string()))?;
        if form.format != FORMAT {
            return Err(InvalidReceipt::Malformed(format!("its format is `{}`", form.format)));
        }
        if bytes.strip_suffix(b"\n") != Some(form.bytes().as_slice()) {
            return Err(InvalidReceipt::Spelling);
        }
        let mut form = form;
        let stated = form.digest.take();
        let is_right = stated.is_some_and(|it| it == hash_in(RECEIPT, &form.bytes()).to_string());
        if is_right { Ok(form) } else { Err(InvalidReceipt::Digest) }
    }
}

/// Reads what was asked and answered in a receipt, and at which head, without
/// verifying any of it.
pub fn read_unverified(receipt: &[u8]) -> Result<(Question, Json, Head), InvalidReceipt> {
    let form = ReceiptForm::read(receipt)?;
    let question = question_of(&form.answer)?;
    let answer = serde_json::from_str(form.answer.get()).map_err(|it| InvalidReceipt::Malformed(it.to_string()))?;
    let proof = InclusionProof::read(&form.proof).map_err(|it| InvalidReceipt::Malformed(it.to_string()))?;
    let checkpoint = Checkpoint::read_unverified(&proof.checkpoint);
    let checkpoint = checkpoint.map_err(|it| InvalidReceipt::Malformed(it.to_string()))?;
    let head = Head { origin: checkpoint.origin, size: checkpoint.size, hash: form.record.hash() };
    Ok((question, answer, head))
}

/// The part of an answer that says what was asked.
#[derive(Deserialize)]
struct AskedForm<'t> {
    #[serde(borrow)]
    question: &'t RawValue,
}

/// Returns what was asked.
pub(super) fn question_of(answer: &RawValue) -> Result<Question, InvalidReceipt> {
    let asked: AskedForm<'_> =
        serde_json::from_str(answer.get()).map_err(|it| InvalidReceipt::Malformed(it.to_string()))?;
    question_from_json(asked.question.get()).map_err(|it| InvalidReceipt::Malformed(it.message))
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
