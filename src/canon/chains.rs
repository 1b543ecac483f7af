//! The chains of a registry: its records, its releases, its lists.
//!
//! Chains that exist are verified: [`Chains::append`] is the only way to grow
//! them, it takes only records that [`Chains::prepare`] or [`Chains::read`]
//! made for this very place, and everything goes through here: publishing,
//! replay, import, mirrors.

use std::collections::BTreeMap;

use semver::Version;

use crate::canon::bytes::{NotCanonical, REVISION, canonical, hash_in};
use crate::canon::form::HeaderForm;
use crate::canon::record::{
    BodyForm, HashedForm, InvalidRecord, LineForm, Publication, Record, RevisionForm, origin_hash,
};
use crate::canon::release::{CategoriesForm, PlacesForm, VocabularyForm};
use crate::canon::tree::lists_root;
use crate::model::{Categories, Hash, Head, Issued, List, ListId, Places, Published, Revision, State, Vocabulary};

/// Everything that was published, verified.
#[derive(Clone, Debug, Default)]
pub struct Chains {
    origin: Option<String>,
    /// The hashes of all records.
    hashes: Vec<Hash>,
    categories: Option<(Categories, Hash)>,
    vocabulary: Option<(Vocabulary, Hash)>,
    places: Option<(Places, Hash)>,
    lists: BTreeMap<ListId, List>,
}

/// Why a publication does not fit what stands before it.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum BrokenChain {
    /// A journal begins with the name of its registry, and has no second.
    #[error("a journal begins with its origin, and only begins with it")]
    Origin,
    /// A version does not rise.
    #[error("`{what}` is at version {last}: expected a higher one, found {found}")]
    Version {
        /// The list, or the kind of release.
        what: String,
        /// The version before.
        last: Version,
        /// The version that came.
        found: Version,
    },
    /// A version has build metadata, which has no order.
    #[error("version {0} has build metadata: expected none, as in `1.0.0`")]
    BuildMetadata(Version),
    /// A publication date goes back.
    #[error("`{list}` was last published on {last}: expected that day or a later one, found {found}")]
    Published {
        /// The list.
        list: ListId,
        /// The date before.
        last: Published,
        /// The date that came.
        found: Published,
    },
    /// A version is withdrawn that does not exist or had taken effect.
    #[error("`{list}` {version} cannot be withdrawn: expected an earlier version that has not taken effect by {day}")]
    Withdraws {
        /// The list.
        list: ListId,
        /// The version that would be withdrawn.
        version: Version,
        /// The day of publication.
        day: Published,
    },
    /// A revision comes before the words that it is written in.
    #[error("a revision needs releases of categories, facts and jurisdictions before it")]
    NoWords,
}

impl Chains {
    /// Returns how many records there are.
    pub fn size(&self) -> u64 {
        self.hashes.len() as u64
    }

    /// Returns the hash of the last record.
    pub fn head(&self) -> Option<Hash> {
        self.hashes.last().copied()
    }

    /// Returns the hash of a record.
    pub fn hash_of(&self, index: u64) -> Option<Hash> {
        self.hashes.get(usize::try_from(index).ok()?).copied()
    }

    /// Returns the name of the registry.
    pub fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }

    /// Returns the lists, by id.
    pub fn lists(&self) -> &BTreeMap<ListId, List> {
        &self.lists
    }

    /// Makes the record of a publication, for the place after the last.
    /// `recorded` is when a machine took it in, as RFC 3339.
    pub fn prepare(&self, publication: Publication, recorded: &str) -> Result<Record, BrokenChain> {
        if self.origin.is_some() == matches!(publication, Publication::Origin(_)) {
            return Err(BrokenChain::Origin);
        }
        let (digest, body, lists_root) = self.digest(&publication)?;
        let kind = publication.kind();
        let hashed = HashedForm {
            digest: digest.to_string(),
            index: self.size(),
            kind,
            lists_root: lists_root.to_string(),
            previous: self.head().map(|it| it.to_string()),
            recorded,
        };
        let hash = hashed.hash();
        let HashedForm { digest: digest_text, index, kind, lists_root, previous, .. } = hashed;
        let (hash_text, recorded) = (hash.to_string(), recorded.to_owned());
        let line = LineForm { body, digest: digest_text, hash: hash_text, index, kind, lists_root, previous, recorded };
        Ok(Record { index, hash, digest, publication, line: canonical(&line) })
    }

    /// Reads the record after the last from its line: parses, builds, writes
    /// again, compares. One comparison refuses any byte that was changed.
    pub fn read(&self, line: &[u8]) -> Result<Record, InvalidRecord> {
        let unreadable = |it: NotCanonical| InvalidRecord::Unreadable(it);
        let form: LineForm =
            serde_json::from_slice(line).map_err(|it| unreadable(NotCanonical::Json(it.to_string())))?;
        let LineForm { body, recorded, .. } = form;
        let publication = body.read(|list| self.lists.get(list).and_then(List::head).map(|it| &it.revision));
        let record = self.prepare(publication.map_err(unreadable)?, &recorded)?;
        if record.line == line { Ok(record) } else { Err(InvalidRecord::Altered) }
    }

    /// Appends a record, and consumes the chains, so that nobody can go on
    /// with some that failed.
    #[must_use]
    pub fn append(mut self, record: Record) -> Chains {
        assert!(record.index == self.size(), "because a record is made for one place");
        match record.publication {
            Publication::Origin(origin) => self.origin = Some(origin),
            Publication::Categories(release) => self.categories = Some((release, record.digest)),
            Publication::Facts(release) => self.vocabulary = Some((release, record.digest)),
            Publication::Jurisdictions(release) => self.places = Some((release, record.digest)),
            Publication::Revision(revision) => {
                let id = revision.list.clone();
                let list = self.lists.entry(id.clone()).or_insert_with(|| List { id, revisions: Vec::new() });
                let previous = list.head().map(|it| it.hash);
                let sequence = list.revisions.len() as u64;
                list.revisions.push(Issued { sequence, previous, hash: record.digest, revision: *revision });
            }
        }
        self.hashes.push(record.hash);
        self
    }

    /// Returns the state at the head, once there are words to ask in.
    pub fn state(&self) -> Option<State> {
        Some(State {
            head: Head { origin: self.origin.clone()?, size: self.size(), hash: self.head()? },
            categories: self.categories.as_ref()?.0.clone(),
            vocabulary: self.vocabulary.as_ref()?.0.clone(),
            places: self.places.as_ref()?.0.clone(),
            lists: self.lists.clone(),
        })
    }

    fn digest(&self, publication: &Publication) -> Result<(Hash, BodyForm, Hash), BrokenChain> {
        let (digest, body) = match publication {
            Publication::Origin(origin) => (origin_hash(origin), BodyForm::origin(origin)),
            Publication::Categories(release) => {
                let last = self.categories.as_ref();
                rises("categories", last.map(|it| it.0.version()), release.version())?;
                (CategoriesForm::hash(release, last.map(|it| it.1)), BodyForm::Categories(release.into()))
            }
            Publication::Facts(release) => {
                let last = self.vocabulary.as_ref();
                rises("facts", last.map(|it| it.0.version()), release.version())?;
                (VocabularyForm::hash(release, last.map(|it| it.1)), BodyForm::Facts(release.into()))
            }
            Publication::Jurisdictions(release) => {
                let last = self.places.as_ref();
                rises("jurisdictions", last.map(|it| it.0.version()), release.version())?;
                (PlacesForm::hash(release, last.map(|it| it.1)), BodyForm::Jurisdictions(release.into()))
            }
            Publication::Revision(revision) => return self.revision_digest(revision),
        };
        Ok((digest, body, self.lists_root_with(None)))
    }

    fn revision_digest(&self, revision: &Revision) -> Result<(Hash, BodyForm, Hash), BrokenChain> {
        if self.categories.is_none() || self.vocabulary.is_none() || self.places.is_none() {
            return Err(BrokenChain::NoWords);
        }
        let list = self.lists.get(&revision.list);
        let head = list.and_then(List::head);
        rises(revision.list.as_str(), head.map(|it| &it.revision.version), &revision.version)?;
        if let Some(last) = head.map(|it| it.revision.published).filter(|last| revision.published < *last) {
            return Err(BrokenChain::Published { list: revision.list.clone(), last, found: revision.published });
        }
        for version in &revision.withdraws {
            let mut earlier = list.into_iter().flat_map(|it| &it.revisions).map(|it| &it.revision);
            let is_waiting = |it: &Revision| it.effective.is_none_or(|day| revision.published.0 < day.0);
            if !earlier.any(|it| it.version == *version && is_waiting(it)) {
                let (list, version, day) = (revision.list.clone(), version.clone(), revision.published);
                return Err(BrokenChain::Withdraws { list, version, day });
            }
        }
        let sequence = list.map_or(0, |it| it.revisions.len() as u64);
        let header = HeaderForm::write(revision, sequence, head.map(|it| it.hash));
        let digest = hash_in(REVISION, &canonical(&header));
        let lists_root = self.lists_root_with(Some((&revision.list, digest)));
        let body = RevisionForm::write(revision, header, head.map(|it| &it.revision));
        Ok((digest, BodyForm::Revision(Box::new(body)), lists_root))
    }

    fn lists_root_with(&self, new: Option<(&ListId, Hash)>) -> Hash {
        let heads = self.lists.iter().filter_map(|(id, list)| Some((id, list.head()?.hash)));
        let others = heads.filter(|(id, _)| new.is_none_or(|(it, _)| it != *id));
        lists_root(others.chain(new))
    }
}

fn rises(what: &str, last: Option<&Version>, found: &Version) -> Result<(), BrokenChain> {
    if !found.build.is_empty() {
        return Err(BrokenChain::BuildMetadata(found.clone()));
    }
    match last {
        Some(last) if found <= last => {
            Err(BrokenChain::Version { what: what.to_owned(), last: last.clone(), found: found.clone() })
        }
        Some(_) | None => Ok(()),
    }
}
