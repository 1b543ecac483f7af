//! The form of a receipt: one line of JSON.
//!
//! But for the answer and the record it is sparse: what says nothing is left
//! out, and so is what follows from the rest.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::value::RawValue;

use crate::canon::{
    CategoryItem, DetailsForm, FactItem, HashForm, HeaderForm, NoteForm, PlaceItem, RECEIPT, RecordHead, ReleaseForm,
    Sparse, StateLeafForm, TermsForm, TextForm, answer_json, canonical, hash_in_parts, question_from_json, sparse,
    write_json, write_member,
};
use crate::evaluate::answer_on_its_day;
use crate::log::{Checkpoint, InclusionProof};
use crate::model::{Answer, Hash, Head, Question, State};
use crate::receipt::InvalidReceipt;
use crate::receipt::ground::Unchanged;
use crate::receipt::leaf::{DatedForm, NamedLeafForm};
use crate::receipt::shown::ShownForm;
use crate::receipt::tree::{Leaf, Pruned, ShownLeaf};

pub(super) const FORMAT: &str = "neglist receipt v2";

/// A receipt.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReceiptForm {
    /// The answer without `valid`.
    pub(super) answer: Box<RawValue>,
    /// Over all the rest, so that a bit that went bad is seen. It proves
    /// nothing.
    #[serde(default)]
    pub(super) digest: HashForm,
    pub(super) format: String,
    #[serde(default)]
    pub(super) lists: BTreeMap<String, ListForm>,
    /// C2SP tlog-proof: that the last entry of the log stands for the record.
    pub(super) proof: String,
    pub(super) record: RecordHead,
    pub(super) releases: ReleasesForm,
    /// Heads are said of the lists that are not among `lists`.
    pub(super) state: Option<Pruned<StateLeafForm>>,
    #[serde(default)]
    pub(super) unchanged: UnchangedForm,
}

#[derive(Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub(super) struct UnchangedForm {
    from: Option<String>,
    until: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReleasesForm {
    pub(super) categories: ItemsForm<CategoryItem>,
    pub(super) facts: ItemsForm<FactItem>,
    pub(super) jurisdictions: ItemsForm<PlaceItem>,
}

/// A release, with some of its items.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, bound = "L: Deserialize<'de> + ShownLeaf")]
pub(super) struct ItemsForm<L> {
    items: u64,
    previous: Option<HashForm>,
    pub(super) published: String,
    pub(super) tree: Option<Pruned<L>>,
    pub(super) version: String,
}

/// A list as it stands on the day asked. Headers do not say what follows from
/// the rest.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListForm {
    /// Of the revision in force, where an entry of it applies or may apply.
    pub(super) details: Option<DetailsForm>,
    /// The dates of the revisions before the last.
    pub(super) earlier: Option<Pruned<DatedForm>>,
    /// Of the revision in force, if one is.
    pub(super) entries: Option<Pruned<NamedLeafForm>>,
    pub(super) head: HeaderForm,
    /// The revision in force, where that is not the last.
    pub(super) in_force: Option<HeaderForm>,
    /// The notes of the entries that apply or may apply and have some. Their
    /// other words are in the answer.
    #[serde(default)]
    pub(super) notes: BTreeMap<String, Vec<NoteForm>>,
    /// What the entries bind that stand under what is asked, by id.
    #[serde(default)]
    pub(super) shown: Vec<ShownForm>,
    /// What those refer to by name, where they do.
    #[serde(default)]
    pub(super) terms: TermsForm,
}

sparse! {
    ReceiptForm { answer, digest, format, lists, proof, record, releases, state, unchanged }
    UnchangedForm { from, until }
    ReleasesForm { categories, facts, jurisdictions }
    ListForm { details, earlier, entries, head, in_force, notes, shown, terms }
}

impl<L: Sparse> Sparse for ItemsForm<L> {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'{');
        write_member("items", &self.items, out);
        write_member("previous", &self.previous, out);
        write_member("published", &self.published, out);
        write_member("tree", &self.tree, out);
        write_member("version", &self.version, out);
        out.push(b'}');
    }
}

impl Sparse for Box<RawValue> {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.get().as_bytes());
    }
}

/// A record stands as it is hashed.
impl Sparse for RecordHead {
    fn write(&self, out: &mut Vec<u8>) {
        write_json(self, out);
    }
}

impl<L: Leaf> ItemsForm<L> {
    pub(super) fn new(release: &ReleaseForm, tree: Option<Pruned<L>>) -> ItemsForm<L> {
        ItemsForm {
            items: release.items,
            previous: release.previous,
            published: release.published.clone(),
            tree,
            version: release.version.clone(),
        }
    }

    /// Returns the digest of the release.
    pub(super) fn hash(&self, root: Hash, kind: &str) -> Hash {
        let form = ReleaseForm {
            items: self.items,
            items_root: root.into(),
            kind: kind.to_owned(),
            previous: self.previous,
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

/// Returns an answer as its canonical text. Its keys are in ASCII and its
/// numbers whole, so that sorting makes it canonical; to write it by the general
/// rules costs ten times as much.
pub(super) fn text_of(mut answer: Json) -> String {
    answer.sort_all_objects();
    let text = answer.to_string();
    debug_assert!(canonical(&answer) == text.as_bytes(), "because it has been sorted");
    text
}

pub(super) fn raw(text: String) -> Box<RawValue> {
    RawValue::from_string(text).expect("because what was written is JSON")
}

impl ReceiptForm {
    /// Writes it, which has no digest yet.
    pub(super) fn write_signed(mut self) -> Vec<u8> {
        self.digest = self.digest_of(&self.bytes()).unwrap_or_default();
        [self.bytes().as_slice(), b"\n"].concat()
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write(&mut bytes);
        bytes
    }

    /// Reads it from its one spelling. Whether the answer is spelled rightly is
    /// seen when another is derived.
    pub(super) fn read(bytes: &[u8]) -> Result<ReceiptForm, InvalidReceipt> {
        let form: ReceiptForm =
            serde_json::from_slice(bytes).map_err(|it| InvalidReceipt::Malformed(it.to_string()))?;
        if form.format != FORMAT {
            return Err(InvalidReceipt::Malformed(format!("its format is `{}`", form.format)));
        }
        let written = form.bytes();
        if bytes.strip_suffix(b"\n") != Some(written.as_slice()) {
            return Err(InvalidReceipt::Spelling);
        }
        let is_right = form.digest.said().is_some() && form.digest_of(&written) == Some(form.digest);
        if is_right { Ok(form) } else { Err(InvalidReceipt::Digest) }
    }

    /// Returns the digest over all but itself, which stands behind the answer.
    fn digest_of(&self, written: &[u8]) -> Option<HashForm> {
        let mut member = Vec::new();
        write_member("digest", &self.digest, &mut member);
        let (answer, rest) = written.split_at_checked(br#"{"answer":"#.len() + self.answer.get().len())?;
        Some(hash_in_parts(RECEIPT, &[answer, rest.strip_prefix(member.as_slice())?]).into())
    }
}

/// Reads what was asked and answered in a receipt, and at which head, without
/// verifying any of it.
pub fn read_unverified(receipt: &[u8]) -> Result<(Question, Json, Head), InvalidReceipt> {
    let form = ReceiptForm::read(receipt)?;
    let question = Claims::of(&form.answer)?.question()?;
    let answer = serde_json::from_str(form.answer.get()).map_err(|it| InvalidReceipt::Malformed(it.to_string()))?;
    let proof = InclusionProof::read(&form.proof).map_err(|it| InvalidReceipt::Malformed(it.to_string()))?;
    let checkpoint = Checkpoint::read_unverified(&proof.checkpoint);
    let checkpoint = checkpoint.map_err(|it| InvalidReceipt::Malformed(it.to_string()))?;
    let head = Head { origin: checkpoint.origin, size: checkpoint.size, hash: form.record.hash() };
    Ok((question, answer, head))
}

/// What is taken from the answer of a receipt: what was asked, and the words of
/// what matched. Both are proven in the end: the first by deriving the answer
/// anew, the second because entries commit to their words.
#[derive(Debug, Deserialize)]
pub(super) struct Claims<'t> {
    #[serde(borrow)]
    question: &'t RawValue,
    pub(super) matches: Vec<MatchForm>,
}

/// The words of an entry that is said to apply, or that it may.
#[derive(Debug, Deserialize)]
pub(super) struct MatchForm {
    pub(super) list: String,
    pub(super) entry: String,
    pub(super) cite: String,
    pub(super) note: TextForm,
}

impl Claims<'_> {
    pub(super) fn of(answer: &RawValue) -> Result<Claims<'_>, InvalidReceipt> {
        serde_json::from_str(answer.get()).map_err(|it| InvalidReceipt::Malformed(it.to_string()))
    }

    /// Returns what was asked.
    pub(super) fn question(&self) -> Result<Question, InvalidReceipt> {
        question_from_json(self.question.get()).map_err(|it| InvalidReceipt::Malformed(it.message))
    }
}

/// Answers from a state, for the day asked alone.
pub(super) fn answered<'s>(state: &'s State, question: &Question) -> Result<Answer<'s>, InvalidReceipt> {
    match state.mistakes(question).into_iter().next() {
        Some(mistake) => Err(InvalidReceipt::Question(mistake.message)),
        None => Ok(answer_on_its_day(state, question)),
    }
}

/// Answers from a state: all but `valid`, which hangs on other days too.
pub fn answer_to(state: &State, question: &Question) -> Result<Json, InvalidReceipt> {
    Ok(without_validity(answer_json(&answered(state, question)?, &state.head)))
}

/// Returns an answer without `valid`.
pub(super) fn without_validity(mut answer: Json) -> Json {
    if let Some(keys) = answer.as_object_mut() {
        keys.shift_remove("valid");
    }
    answer
}
