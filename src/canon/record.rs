//! One record of the journal: one line of canonical JSON.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::canon::LogLeaf;
use crate::canon::bytes::{AUTHORITY, NotCanonical, ORIGIN, RECORD, canonical_form, hash_in};
use crate::canon::change::Written;
use crate::canon::form::{EntryForm, TextForm, entry_from, parse, parse_all, strings};
use crate::canon::header::{DetailsForm, HeaderForm, IssuedForm, TermsForm};
use crate::canon::release::{CategoriesForm, PlacesForm, VocabularyForm};
use crate::canon::signature::{Signature, SignatureForm};
use crate::model::{Authority, Categories, Entries, Hash, ListId, Places, PublicKey, Revision, Vocabulary};

/// Something that is published.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Publication {
    /// The registry is made, and has a name from then on.
    Origin(Origin),
    /// An authority is admitted, or its keys or entitlements change.
    Authority(Authority),
    /// A release of the category catalog.
    Categories(Categories),
    /// A release of the fact vocabulary.
    Facts(Vocabulary),
    /// A release of the places.
    Jurisdictions(Places),
    /// A revision of a list.
    Revision(Box<Revision>),
}

/// How a registry begins.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Origin {
    /// Its name from then on.
    pub name: String,
    /// The key that admits authorities. Without one nothing in the registry is
    /// signed, and its lists are only transcribed.
    pub root_key: Option<PublicKey>,
}

/// The kinds of records.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// [`Publication::Origin`].
    Origin,
    /// [`Publication::Authority`].
    Authority,
    /// [`Publication::Categories`].
    Categories,
    /// [`Publication::Facts`].
    Facts,
    /// [`Publication::Jurisdictions`].
    Jurisdictions,
    /// [`Publication::Revision`].
    Revision,
}

impl RecordKind {
    /// Returns the word for a kind of release; nothing else is one.
    pub(crate) fn released(self) -> Option<&'static str> {
        match self {
            RecordKind::Categories => Some("categories"),
            RecordKind::Facts => Some("facts"),
            RecordKind::Jurisdictions => Some("jurisdictions"),
            RecordKind::Origin | RecordKind::Authority | RecordKind::Revision => None,
        }
    }
}

impl Publication {
    /// Returns which kind of record it makes.
    pub fn kind(&self) -> RecordKind {
        match self {
            Publication::Origin(_) => RecordKind::Origin,
            Publication::Authority(_) => RecordKind::Authority,
            Publication::Categories(_) => RecordKind::Categories,
            Publication::Facts(_) => RecordKind::Facts,
            Publication::Jurisdictions(_) => RecordKind::Jurisdictions,
            Publication::Revision(_) => RecordKind::Revision,
        }
    }
}

/// A record at its place, with its one spelling.
///
/// Invariant: made by [`crate::canon::Chains`], so that it fits where it
/// stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Record {
    pub(crate) head: RecordHead,
    pub(crate) index: u64,
    pub(crate) hash: Hash,
    pub(crate) digest: Hash,
    pub(crate) publication: Publication,
    pub(crate) signatures: Vec<Signature>,
    pub(crate) line: Vec<u8>,
}

impl Record {
    /// Returns its number, from 0.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// Returns its hash, which commits to all records before it.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// Returns the hash of what it publishes.
    pub fn digest(&self) -> Hash {
        self.digest
    }

    /// Returns what it publishes.
    pub fn publication(&self) -> &Publication {
        &self.publication
    }

    /// Returns the signatures of those who published it, by key.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Returns it without what it publishes.
    pub fn head(&self) -> &RecordHead {
        &self.head
    }

    /// Returns its bytes, without a line break.
    pub fn line(&self) -> &[u8] {
        &self.line
    }
}

/// Why a line is not the record that belongs at its place.
#[derive(Debug, thiserror::Error)]
pub enum InvalidRecord {
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(#[source] NotCanonical),
    /// It does not fit what stands before it.
    #[error(transparent)]
    Broken(#[from] crate::canon::chains::BrokenChain),
    /// It reads well, but its bytes are not those of what it says.
    #[error("its bytes are not those of what it says")]
    Altered,
}

/// A line of the journal, as it is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "what is not read is compared with the line that is written anew")]
pub(crate) struct LineForm {
    pub(crate) body: BodyForm,
    pub(crate) digest: String,
    pub(crate) hash: String,
    pub(crate) index: u64,
    pub(crate) kind: RecordKind,
    pub(crate) lists_root: String,
    pub(crate) previous: Option<String>,
    pub(crate) recorded: String,
    pub(crate) signatures: Vec<SignatureForm>,
}

/// What stands behind the body in a line.
#[derive(Serialize)]
pub(crate) struct EndForm<'a> {
    pub(crate) digest: &'a str,
    pub(crate) hash: String,
    pub(crate) index: u64,
    pub(crate) kind: RecordKind,
    pub(crate) lists_root: &'a str,
    pub(crate) previous: Option<&'a str>,
    pub(crate) recorded: &'a str,
    pub(crate) signatures: &'a [SignatureForm],
}

impl EndForm<'_> {
    /// Returns the line, with the body before this.
    pub(crate) fn line(&self, body: &[u8]) -> Vec<u8> {
        let end = canonical_form(self);
        [b"{\"body\":", body, b",", end.strip_prefix(b"{").unwrap_or_default()].concat()
    }
}

/// A record without what it publishes: what its hash is taken over.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RecordHead {
    pub(crate) digest: String,
    pub(crate) index: u64,
    pub(crate) kind: RecordKind,
    pub(crate) lists_root: String,
    pub(crate) previous: Option<String>,
    pub(crate) recorded: String,
    pub(crate) signatures: Vec<SignatureForm>,
}

/// What stands in the log for a record.
#[derive(Serialize)]
struct LogEntryForm<'a> {
    digest: &'a str,
    index: u64,
    kind: RecordKind,
    lists_root: &'a str,
    recorded: &'a str,
}

impl RecordHead {
    /// Reads it from the line of a record that was verified.
    pub fn of_line(line: &[u8]) -> Result<RecordHead, NotCanonical> {
        let form: LineForm = serde_json::from_slice(line).map_err(|it| NotCanonical::Json(it.to_string()))?;
        let LineForm { digest, index, kind, lists_root, previous, recorded, signatures, .. } = form;
        Ok(RecordHead { digest, index, kind, lists_root, previous, recorded, signatures })
    }

    /// Returns the hash of the record.
    pub fn hash(&self) -> Hash {
        hash_in(RECORD, &canonical_form(self))
    }

    /// Returns the entry of the log that stands for the record.
    pub fn log_entry(&self) -> Vec<u8> {
        let RecordHead { digest, index, kind, lists_root, recorded, .. } = self;
        canonical_form(&LogEntryForm { digest, index: *index, kind: *kind, lists_root, recorded })
    }

    /// Returns the leaf of the record in the log.
    pub fn log_leaf(&self) -> LogLeaf {
        tlog_tiles::record_hash(&self.log_entry()).0
    }

    /// Returns the hash of the record before; the first has none.
    pub fn previous(&self) -> Option<&str> {
        self.previous.as_deref()
    }

    /// Returns when a machine took the record in.
    pub fn recorded(&self) -> &str {
        &self.recorded
    }
}

/// What a record publishes. A revision comes as what changed against the one
/// before it, so that a thousand revisions of a long list which each touch one
/// entry cost a thousand entries; [`crate::canon::change::Change`] writes it.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(crate) enum BodyForm {
    Origin(OriginForm),
    Authority(AuthorityForm),
    Categories(CategoriesForm),
    Facts(VocabularyForm),
    Jurisdictions(PlacesForm),
    #[serde(skip_serializing)]
    Revision(Box<RevisionForm>),
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OriginForm {
    origin: String,
    root_key: Option<String>,
}

impl From<&Origin> for OriginForm {
    fn from(origin: &Origin) -> OriginForm {
        OriginForm { origin: origin.name.clone(), root_key: origin.root_key.map(|it| it.to_string()) }
    }
}

/// What is hashed of an authority, with the digest of the record that stated
/// it before.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuthorityForm {
    id: String,
    keys: Vec<String>,
    lists: Vec<String>,
    name: TextForm,
    previous: Option<String>,
    reason: String,
    threshold: u64,
}

impl AuthorityForm {
    pub(crate) fn write(authority: &Authority, previous: Option<Hash>) -> AuthorityForm {
        AuthorityForm {
            id: authority.id.to_string(),
            name: (&authority.name).into(),
            lists: strings(&authority.lists),
            keys: strings(&authority.keys),
            threshold: authority.threshold,
            reason: authority.reason.clone(),
            previous: previous.map(|it| it.to_string()),
        }
    }

    /// Returns the digest of the record.
    pub(crate) fn hash(&self) -> Hash {
        hash_in(AUTHORITY, &canonical_form(self))
    }

    fn read(self) -> Result<Authority, NotCanonical> {
        Ok(Authority {
            id: parse(&self.id)?,
            name: self.name.into(),
            lists: parse_all(&self.lists)?,
            keys: parse_all(&self.keys)?,
            threshold: self.threshold,
            reason: self.reason,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RevisionForm {
    details: DetailsForm,
    header: HeaderForm,
    terms: TermsForm,
    /// Entries that are new or say something else than before, by id.
    put: Vec<EntryForm>,
    /// Entries that are gone.
    removed: Vec<String>,
}

/// What is published, as far as it can be read without what stands before it.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    Whole(Publication),
    /// A revision without its entries, and what becomes of those before it.
    Revision(Box<Revision>, Vec<Written>, Vec<String>),
}

impl Body {
    /// Puts a revision onto the entries before it; nothing else needs any.
    pub(crate) fn onto<'a>(self, before: impl FnOnce(&ListId) -> Option<&'a Revision>) -> (Publication, Vec<Written>) {
        let (mut revision, put, removed) = match self {
            Body::Whole(publication) => return (publication, Vec::new()),
            Body::Revision(revision, put, removed) => (revision, put, removed),
        };
        let mut entries: Entries = before(&revision.list).map(|it| it.entries.clone()).unwrap_or_default();
        for id in &removed {
            entries.remove(id.as_str());
        }
        for Written { entry, .. } in &put {
            entries.insert(entry.id.clone(), Arc::clone(entry));
        }
        revision.entries = entries;
        (Publication::Revision(revision), put)
    }
}

impl RevisionForm {
    fn read(self) -> Result<Body, NotCanonical> {
        let put = self.put.into_iter().map(|it| Ok(Written::new(Arc::new(entry_from(it)?))));
        let put = put.collect::<Result<_, NotCanonical>>()?;
        let issued = IssuedForm { header: self.header, details: self.details, terms: self.terms };
        Ok(Body::Revision(Box::new(issued.read(Entries::new())?), put, self.removed))
    }
}

impl BodyForm {
    /// Reads what is published.
    pub(crate) fn read(self) -> Result<Body, NotCanonical> {
        Ok(Body::Whole(match self {
            BodyForm::Origin(form) => {
                let root_key = form.root_key.as_deref().map(parse).transpose()?;
                Publication::Origin(Origin { name: form.origin, root_key })
            }
            BodyForm::Authority(form) => Publication::Authority(form.read()?),
            BodyForm::Categories(form) => Publication::Categories(form.read()?),
            BodyForm::Facts(form) => Publication::Facts(form.read()?),
            BodyForm::Jurisdictions(form) => Publication::Jurisdictions(form.read()?),
            BodyForm::Revision(form) => return form.read(),
        }))
    }
}

/// Returns the digest of how a registry begins.
pub(crate) fn origin_hash(origin: &Origin) -> Hash {
    hash_in(ORIGIN, &canonical_form(&OriginForm::from(origin)))
}
