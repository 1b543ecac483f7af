//! The form of a revision: its header, which is hashed, and its terms and
//! details, to which the header commits by their hash.
//!
//! The header has what decides whether and whom a revision binds, the terms what
//! its entries refer to by name, the details what people read beside it. So the
//! proof that a list says nothing of a category need not carry its title in two
//! languages. The names are frozen with format v1.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::canon::bytes::{DETAILS, NotCanonical, REVISION, TERMS, canonical_form, hash_in};
use crate::canon::digest::HashForm;
use crate::canon::form::{
    ConditionForm, NoteForm, TextForm, ToForm, parse, parse_all, read_map, read_when, strings, word, write_when,
};
use crate::canon::sparse::sparse;
use crate::canon::timeline::earlier;
use crate::canon::tree::{Root, entries_root};
use crate::model::{Confidence, Entries, Hash, Issued, List, Revision, Scope, Source, Status, Text, date};

type Read<T> = Result<T, NotCanonical>;

/// What is hashed of a revision: everything but its details and its entries,
/// to which it commits, and the dates of the revisions before it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct HeaderForm {
    #[serde(default)]
    pub(crate) applies_to: ToForm,
    #[serde(default)]
    applies_when: BTreeMap<String, ConditionForm>,
    border: Option<String>,
    catalog: String,
    confidence: String,
    #[serde(default)]
    pub(crate) details: HashForm,
    #[serde(default)]
    displaces: Vec<String>,
    pub(crate) earlier: u64,
    #[serde(default)]
    pub(crate) earlier_root: HashForm,
    effective: Option<String>,
    pub(crate) entries: u64,
    #[serde(default)]
    pub(crate) entries_root: HashForm,
    expires: Option<String>,
    pub(crate) list: String,
    previous: Option<HashForm>,
    published: String,
    #[serde(default)]
    repeals: bool,
    #[serde(default)]
    scope: Vec<String>,
    pub(crate) sequence: u64,
    status: String,
    #[serde(default)]
    pub(crate) terms: HashForm,
    version: String,
    #[serde(default)]
    withdraws: Vec<String>,
    #[serde(default)]
    within: bool,
}

/// What a reader of a revision needs beside its header.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DetailsForm {
    authority: String,
    #[serde(default)]
    doubts: Vec<TextForm>,
    #[serde(default)]
    notes: Vec<NoteForm>,
    retroactive: Option<TextForm>,
    source: SourceForm,
    summary: TextForm,
    title: TextForm,
}

/// What the entries of a revision refer to by name.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TermsForm {
    #[serde(default)]
    combine: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    groups: BTreeMap<String, Vec<String>>,
}

sparse! {
    HeaderForm {
        applies_to, applies_when, border, catalog, confidence, details, displaces, earlier, earlier_root, effective,
        entries, entries_root, expires, list, previous, published, repeals, scope, sequence, status, terms, version,
        withdraws, within
    }
    DetailsForm { authority, doubts, notes, retroactive, source, summary, title }
    TermsForm { combine, groups }
    SourceForm { checked, citation, title, url }
}

/// Where a revision can be read. How far it can be trusted is in the header.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
struct SourceForm {
    checked: String,
    citation: String,
    title: String,
    url: String,
}

/// A revision without its entries.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct IssuedForm {
    /// Its header.
    pub header: HeaderForm,
    /// Its details.
    pub details: DetailsForm,
    /// Its terms.
    pub terms: TermsForm,
}

impl HeaderForm {
    /// Returns the hash of the revision.
    pub(crate) fn hash(&self) -> Hash {
        hash_in(REVISION, &canonical_form(self))
    }
}

impl DetailsForm {
    /// Returns the hash by which a header commits to the details.
    pub(crate) fn hash(&self) -> Hash {
        hash_in(DETAILS, &canonical_form(self))
    }

    /// Returns the details of a revision of which they are not known.
    pub(crate) fn unknown() -> DetailsForm {
        let nothing = || TextForm { en: String::new(), zh: String::new() };
        let source = SourceForm {
            checked: "1970-01-01".to_owned(),
            citation: String::new(),
            title: String::new(),
            url: String::new(),
        };
        DetailsForm {
            authority: String::new(),
            doubts: Vec::new(),
            notes: Vec::new(),
            retroactive: None,
            source,
            summary: nothing(),
            title: nothing(),
        }
    }
}

impl TermsForm {
    /// Returns the hash by which a header commits to the terms.
    pub(crate) fn hash(&self) -> Hash {
        hash_in(TERMS, &canonical_form(self))
    }

    /// Gives a revision its terms.
    pub(crate) fn read_into(&self, revision: &mut Revision) -> Read<()> {
        revision.groups = read_map(&self.groups)?;
        revision.combine = read_map(&self.combine)?;
        Ok(())
    }
}

impl From<&Revision> for TermsForm {
    fn from(revision: &Revision) -> TermsForm {
        TermsForm {
            combine: revision.combine.iter().map(|(id, it)| (id.to_string(), strings(it))).collect(),
            groups: revision.groups.iter().map(|(id, it)| (id.to_string(), strings(it))).collect(),
        }
    }
}

impl From<&Revision> for DetailsForm {
    fn from(revision: &Revision) -> DetailsForm {
        let source = &revision.source;
        DetailsForm {
            authority: revision.authority.clone(),
            doubts: revision.doubts.iter().map(TextForm::from).collect(),
            notes: revision.notes.iter().map(NoteForm::from).collect(),
            retroactive: revision.retroactive.as_ref().map(TextForm::from),
            source: SourceForm {
                checked: source.checked.to_string(),
                citation: source.citation.clone(),
                title: source.title.clone(),
                url: source.url.clone(),
            },
            summary: (&revision.summary).into(),
            title: (&revision.title).into(),
        }
    }
}

impl IssuedForm {
    /// Writes a revision at its place in the chain, without what it commits
    /// to: for views, which commit to nothing.
    pub fn bare(revision: &Revision, sequence: u64, previous: Option<Hash>) -> IssuedForm {
        let header = HeaderForm {
            list: revision.list.to_string(),
            sequence,
            previous: previous.map(HashForm::from),
            version: revision.version.to_string(),
            published: revision.published.to_string(),
            effective: revision.effective.map(|it| it.to_string()),
            expires: revision.expires.map(|it| it.to_string()),
            repeals: revision.repeals,
            withdraws: strings(&revision.withdraws),
            catalog: revision.catalog.to_string(),
            status: revision.status.word().to_owned(),
            scope: scope_words(&revision.scope),
            border: revision.border.as_ref().map(ToString::to_string),
            within: revision.within,
            displaces: strings(&revision.displaces),
            applies_when: write_when(&revision.applies_when),
            applies_to: (&revision.applies_to).into(),
            confidence: revision.source.confidence.word().to_owned(),
            details: HashForm::default(),
            earlier: 0,
            earlier_root: HashForm::default(),
            entries: 0,
            entries_root: HashForm::default(),
            terms: HashForm::default(),
        };
        IssuedForm { header, details: revision.into(), terms: revision.into() }
    }

    /// Writes a revision of a list with what it commits to.
    pub fn of(list: &List, issued: &Issued) -> IssuedForm {
        let (revision, sequence) = (&issued.revision, issued.sequence);
        IssuedForm::committing(revision, sequence, issued.previous, entries_root(revision), earlier(list, sequence))
    }

    /// Writes a revision with what it commits to: the tree over its entries,
    /// and that over the dates of the revisions before it.
    pub(crate) fn committing(
        revision: &Revision,
        sequence: u64,
        previous: Option<Hash>,
        entries: Root,
        earlier: Root,
    ) -> IssuedForm {
        let IssuedForm { header, details, terms } = IssuedForm::bare(revision, sequence, previous);
        let header = HeaderForm {
            details: details.hash().into(),
            earlier: earlier.leaves,
            earlier_root: earlier.hash.into(),
            entries: entries.leaves,
            entries_root: entries.hash.into(),
            terms: terms.hash().into(),
            ..header
        };
        IssuedForm { header, details, terms }
    }

    /// Reads a revision from its form and its entries. What the header commits
    /// to is not checked here.
    pub fn read(self, entries: Entries) -> Read<Revision> {
        let IssuedForm { header, details, terms } = self;
        let source = Source {
            title: details.source.title,
            citation: details.source.citation,
            url: details.source.url,
            checked: date::read(&details.source.checked).map_err(NotCanonical::value)?,
            confidence: word(&Confidence::ALL, Confidence::word, &header.confidence)?,
        };
        Ok(Revision {
            list: parse(&header.list)?,
            version: parse(&header.version)?,
            title: details.title.into(),
            authority: details.authority,
            published: parse(&header.published)?,
            effective: header.effective.map(|it| parse(&it)).transpose()?,
            expires: header.expires.map(|it| date::read(&it)).transpose().map_err(NotCanonical::value)?,
            repeals: header.repeals,
            withdraws: parse_all(&header.withdraws)?,
            retroactive: details.retroactive.map(Text::from),
            catalog: parse(&header.catalog)?,
            status: word(&Status::ALL, Status::word, &header.status)?,
            scope: read_scope(&header.scope)?,
            border: header.border.map(|it| parse(&it)).transpose()?,
            within: header.within,
            displaces: parse_all(&header.displaces)?,
            applies_when: read_when(&header.applies_when)?,
            applies_to: header.applies_to.read()?,
            summary: details.summary.into(),
            source,
            groups: read_map(&terms.groups)?,
            combine: read_map(&terms.combine)?,
            entries,
            doubts: details.doubts.into_iter().map(Text::from).collect(),
            notes: details.notes.into_iter().map(NoteForm::read).collect::<Read<_>>()?,
        })
    }

    /// Returns whether thresholds are shared between entries.
    pub fn has_combine_groups(&self) -> bool {
        !self.terms.combine.is_empty()
    }

    /// Reads a revision that was verified before, with its place in the chain
    /// and without its entries.
    pub fn read_issued(self, hash: Hash) -> Read<Issued> {
        let sequence = self.header.sequence;
        let previous = self.header.previous.and_then(HashForm::said);
        Ok(Issued { sequence, previous, hash, revision: self.read(Entries::new())? })
    }
}

/// Returns a scope as it is written: `*` for all data.
pub(crate) fn scope_words(scope: &Scope) -> Vec<String> {
    match scope {
        Scope::All => vec!["*".to_owned()],
        Scope::Only(categories) => strings(categories),
    }
}

pub(crate) fn read_scope(words: &[String]) -> Read<Scope> {
    if words.iter().any(|it| it == "*") { Ok(Scope::All) } else { Ok(Scope::Only(parse_all(words)?)) }
}
