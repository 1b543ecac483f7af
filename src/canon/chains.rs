//! The chains of a registry: its records, its releases, its lists.
//!
//! Chains that exist are verified: [`Chains::append`] is the only way to grow
//! them, it takes only records that [`Chains::prepare`] or [`Chains::read`]
//! made for this very place, and everything goes through here: publishing,
//! replay, import, mirrors.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use semver::Version;

use crate::canon::bytes::canonical_form;
use crate::canon::change::{Change, Written};
use crate::canon::growth::{Grown, Growth};
use crate::canon::header::IssuedForm;
use crate::canon::ledger::StateLedger;
use crate::canon::read_ahead::ReadAhead;
use crate::canon::record::{
    AuthorityForm, BodyForm, EndForm, InvalidRecord, Origin, Publication, Record, RecordHead, origin_hash,
};
use crate::canon::release::{CategoriesForm, PlacesForm, ReleaseForm, VocabularyForm};
use crate::canon::signature::{Signature, SignatureForm, Statement};
use crate::canon::timeline::Moment;
use crate::model::{
    Authority, AuthorityId, Categories, Entries, Hash, Head, Issued, List, ListId, Lists, Places, PublicKey, Published,
    Revision, Scope, State, Vocabulary,
};

/// Everything that was published, verified.
#[derive(Clone, Debug, Default)]
pub struct Chains {
    origin: Option<Origin>,
    authorities: BTreeMap<AuthorityId, (Authority, Hash)>,
    /// The hashes of all records.
    hashes: Vec<Hash>,
    /// The leaves of the log, one for each record.
    log: Vec<LogLeaf>,
    /// The last record, without what it publishes.
    last: Option<RecordHead>,
    categories: Option<(Categories, Hash)>,
    vocabulary: Option<(Vocabulary, Hash)>,
    places: Option<(Places, Hash)>,
    lists: Lists,
    /// What grows with each list, and the tree over the state: the next record
    /// changes little in them.
    growth: BTreeMap<ListId, Growth>,
    state: StateLedger,
    /// What is hashed of the latest releases, by kind.
    released: BTreeMap<String, ReleaseForm>,
}

/// The hash of a leaf of the log: RFC 6962, with SHA-256.
pub type LogLeaf = [u8; 32];

/// A publication at its place, about to become a record.
struct Place {
    digest: Hash,
    body: Vec<u8>,
    lists_root: Hash,
    grown: Grown,
}

/// Why a publication does not fit what stands before it.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum BrokenChain {
    /// A journal begins with the name of its registry, and has no second.
    #[error("a journal begins with its origin, and only begins with it")]
    Origin,
    /// The name of a registry has characters that it must not have.
    #[error(
        "`{0}` is not a name for a registry: expected letters, digits, `.`, `-`, `_` and `/`, such as `registry.example/lists`"
    )]
    Name(String),
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
    /// Those who sign may not publish this.
    #[error(transparent)]
    Unentitled(#[from] Unentitled),
}

/// Why those who sign may not publish something.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unentitled {
    /// The registry has no root key, and so nothing in it is signed.
    #[error("the registry has no root key: nothing in it is signed, and it has no authorities")]
    NoRootKey,
    /// A signature is not over this, or stands there twice.
    #[error("the signature of key {0} is not over this publication at this head")]
    BadSignature(PublicKey),
    /// The root key has to sign, alone.
    #[error("this has to be signed by the root key {0}, and by it alone")]
    NotRoot(PublicKey),
    /// No authority has a key that signed.
    #[error("no authority with a key that signed may publish `{list}`{}", named(.entitled))]
    Nobody {
        /// The list.
        list: ListId,
        /// The authorities that may publish it.
        entitled: Vec<String>,
    },
    /// The authority may not publish this list.
    #[error("the authority `{authority}` may not publish `{list}`, or not with these keys together")]
    List {
        /// The authority.
        authority: AuthorityId,
        /// The list.
        list: ListId,
    },
    /// Not enough of an authority's keys signed.
    #[error("`{authority}` publishes with {needed} of its keys, and {found} signed")]
    TooFew {
        /// The authority.
        authority: AuthorityId,
        /// How many keys have to sign.
        needed: u64,
        /// How many signed.
        found: u64,
    },
    /// An authority's own keys may only change its keys.
    #[error("the keys of `{0}` may change its keys and nothing else: the rest is for the root key")]
    OnlyKeys(AuthorityId),
    /// So many keys can never sign.
    #[error("`{authority}` would publish with {threshold} of {keys} keys")]
    Threshold {
        /// The authority.
        authority: AuthorityId,
        /// How many would have to sign.
        threshold: u64,
        /// How many there would be.
        keys: u64,
    },
}

fn named(entitled: &[String]) -> String {
    if entitled.is_empty() {
        return ", and no authority may".to_owned();
    }
    format!(": `{}` may", entitled.join("`, `"))
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

    /// Returns the last record, without what it publishes.
    pub fn last(&self) -> Option<&RecordHead> {
        self.last.as_ref()
    }

    /// Returns the leaves of the log, one for each record.
    pub fn log(&self) -> &[LogLeaf] {
        &self.log
    }

    /// Returns what is hashed of the latest release of a kind.
    pub(crate) fn released(&self, kind: &str) -> Option<&ReleaseForm> {
        self.released.get(kind)
    }

    /// Returns everything that any revision of a list claimed to speak for, or
    /// bound.
    pub(crate) fn scope_of(&self, list: &ListId) -> Option<&Scope> {
        self.growth.get(list).map(|it| &it.scope)
    }

    /// Returns the hash of a record.
    pub fn hash_of(&self, index: u64) -> Option<Hash> {
        self.hashes.get(usize::try_from(index).ok()?).copied()
    }

    /// Returns the name of the registry.
    pub fn origin(&self) -> Option<&str> {
        self.origin.as_ref().map(|it| it.name.as_str())
    }

    /// Returns the key that admits authorities, if there is one.
    pub fn root_key(&self) -> Option<PublicKey> {
        self.origin.as_ref().and_then(|it| it.root_key)
    }

    /// Returns the authorities, as they stand.
    pub fn authorities(&self) -> impl Iterator<Item = &Authority> {
        self.authorities.values().map(|(authority, _)| authority)
    }

    /// Returns an authority, as it stands.
    pub fn authority(&self, id: &AuthorityId) -> Option<&Authority> {
        self.authorities.get(id).map(|(authority, _)| authority)
    }

    /// Returns the lists, by id.
    pub fn lists(&self) -> &Lists {
        &self.lists
    }

    /// Makes the record of a publication that nobody signs, in a registry
    /// without a root key.
    pub fn prepare(&self, publication: Publication, recorded: &str) -> Result<Record, BrokenChain> {
        self.prepare_signed(publication, recorded, |_| Vec::new())
    }

    /// Makes the record of a publication, for the place after the last, if
    /// those who sign may publish it: `sign` is asked once it is known what
    /// there is to sign. `recorded` is when a machine took it in, as RFC 3339.
    pub fn prepare_signed(
        &self,
        publication: Publication,
        recorded: &str,
        sign: impl FnOnce(&Statement) -> Vec<Signature>,
    ) -> Result<Record, BrokenChain> {
        let is_valid = |signature: &Signature, statement: &Statement| signature.verifies(statement);
        self.record(publication, Vec::new(), recorded, sign, is_valid).map(|(record, _)| record)
    }

    /// Makes the record of a publication. `known` are entries in it that were
    /// written already, by id; the tree over the entries of a revision comes
    /// with it.
    pub(crate) fn record(
        &self,
        publication: Publication,
        known: Vec<Written>,
        recorded: &str,
        sign: impl FnOnce(&Statement) -> Vec<Signature>,
        is_valid: impl Fn(&Signature, &Statement) -> bool,
    ) -> Result<(Record, Grown), BrokenChain> {
        let Place { digest, body, lists_root, grown } = self.place(&publication, known)?;
        let statement = self.statement_of(&publication, digest);
        let mut signatures = sign(&statement);
        signatures.sort();
        self.check_signatures(&publication, &statement, &signatures, is_valid)?;
        let head = RecordHead {
            digest: digest.to_string(),
            index: self.size(),
            kind: publication.kind(),
            lists_root: lists_root.to_string(),
            previous: self.head().map(|it| it.to_string()),
            recorded: recorded.to_owned(),
            signatures: signatures.iter().map(SignatureForm::from).collect(),
        };
        let (index, hash) = (head.index, head.hash());
        let end = EndForm {
            digest: &head.digest,
            hash: hash.to_string(),
            index,
            kind: head.kind,
            lists_root: &head.lists_root,
            previous: head.previous.as_deref(),
            recorded,
            signatures: &head.signatures,
        };
        let line = end.line(&body);
        Ok((Record { head, index, hash, digest, publication, signatures, line }, grown))
    }

    /// Reads the record after the last from its line: parses, builds, writes
    /// again, compares. One comparison refuses any byte that was changed.
    pub fn read(&self, line: &[u8]) -> Result<Record, InvalidRecord> {
        ReadAhead::of(line).and_then(|it| it.at(self, line)).map(|(record, _)| record)
    }

    /// Appends a record, and consumes the chains, so that nobody can go on
    /// with some that failed.
    #[must_use]
    pub fn append(mut self, record: Record) -> Chains {
        let place = self.place(&record.publication, Vec::new()).expect("because the record was made for this place");
        self.grow(record, place.grown);
        self
    }

    /// Appends a record, with what it makes of the trees.
    pub(crate) fn grow(&mut self, record: Record, grown: Grown) {
        assert!(record.index == self.size(), "because a record is made for one place");
        match record.publication {
            Publication::Origin(origin) => self.origin = Some(origin),
            Publication::Authority(authority) => {
                self.authorities.insert(authority.id.clone(), (authority, record.digest));
            }
            Publication::Categories(release) => self.categories = Some((release, record.digest)),
            Publication::Facts(release) => self.vocabulary = Some((release, record.digest)),
            Publication::Jurisdictions(release) => self.places = Some((release, record.digest)),
            Publication::Revision(revision) => {
                let id = revision.list.clone();
                self.growth.extend(grown.list.map(|it| (id.clone(), it)));
                let list = self.lists.entry(id.clone()).or_insert_with(|| Arc::new(List { id, revisions: Vec::new() }));
                let previous = list.head().map(|it| it.hash);
                let sequence = list.revisions.len() as u64;
                Arc::make_mut(list).revisions.push(Issued {
                    sequence,
                    previous,
                    hash: record.digest,
                    revision: *revision,
                });
            }
        }
        self.released.extend(grown.released.map(|it| (it.kind.clone(), it)));
        self.state = grown.state;
        self.log.push(record.head.log_leaf());
        self.last = Some(record.head);
        self.hashes.push(record.hash);
    }

    /// Returns which registry it is, and how far it goes.
    pub fn position(&self) -> Option<Head> {
        Some(Head { origin: self.origin()?.to_owned(), size: self.size(), hash: self.head()? })
    }

    /// Returns the words to publish and ask in, once they are there.
    pub fn words(&self) -> Option<(&Categories, &Vocabulary, &Places)> {
        Some((&self.categories.as_ref()?.0, &self.vocabulary.as_ref()?.0, &self.places.as_ref()?.0))
    }

    /// Returns the state at the head, once there are words to ask in.
    pub fn state(&self) -> Option<State> {
        Some(State {
            head: self.position()?,
            categories: self.categories.as_ref()?.0.clone(),
            vocabulary: self.vocabulary.as_ref()?.0.clone(),
            places: self.places.as_ref()?.0.clone(),
            lists: self.lists.clone(),
        })
    }

    fn place(&self, publication: &Publication, known: Vec<Written>) -> Result<Place, BrokenChain> {
        if self.origin.is_some() == matches!(publication, Publication::Origin(_)) {
            return Err(BrokenChain::Origin);
        }
        let mut released = None;
        let mut of = |form: ReleaseForm| released.insert(form).hash();
        let (digest, body) = match publication {
            Publication::Origin(origin) if !is_name(&origin.name) => {
                return Err(BrokenChain::Name(origin.name.clone()));
            }
            Publication::Origin(origin) => (origin_hash(origin), BodyForm::Origin(origin.into())),
            Publication::Authority(authority) => {
                let form = AuthorityForm::write(authority, self.authorities.get(&authority.id).map(|it| it.1));
                (form.hash(), BodyForm::Authority(form))
            }
            Publication::Categories(release) => {
                let last = self.categories.as_ref();
                rises("categories", last.map(|it| it.0.version()), release.version())?;
                (of(CategoriesForm::release(release, last.map(|it| it.1))), BodyForm::Categories(release.into()))
            }
            Publication::Facts(release) => {
                let last = self.vocabulary.as_ref();
                rises("facts", last.map(|it| it.0.version()), release.version())?;
                (of(VocabularyForm::release(release, last.map(|it| it.1))), BodyForm::Facts(release.into()))
            }
            Publication::Jurisdictions(release) => {
                let last = self.places.as_ref();
                rises("jurisdictions", last.map(|it| it.0.version()), release.version())?;
                (of(PlacesForm::release(release, last.map(|it| it.1))), BodyForm::Jurisdictions(release.into()))
            }
            Publication::Revision(revision) => return self.place_of_revision(revision, known),
        };
        let mut state = self.state.clone();
        if let Some(kind) = publication.kind().released() {
            state.put_release(kind, digest);
        }
        let (body, lists_root) = (canonical_form(&body), state.root().hash);
        Ok(Place { digest, body, lists_root, grown: Grown { list: None, released, state } })
    }

    fn place_of_revision(&self, revision: &Revision, known: Vec<Written>) -> Result<Place, BrokenChain> {
        if self.categories.is_none() || self.vocabulary.is_none() || self.places.is_none() {
            return Err(BrokenChain::NoWords);
        }
        let list = self.lists.get(&revision.list);
        let head = list.and_then(|it| it.head());
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
        let mut growth = self.growth.get(&revision.list).cloned().unwrap_or_default();
        let nothing = Entries::new();
        let before = head.map_or(&nothing, |it| &it.revision.entries);
        let change = Change::between(before, &revision.entries, &mut growth.entries, known);
        growth.take_back(list.map(AsRef::as_ref), revision);
        let (entries, earlier) = (growth.entries.root(), growth.timeline.root());
        let issued = IssuedForm::committing(revision, sequence, head.map(|it| it.hash), entries, earlier);
        let digest = issued.header.hash();
        growth.timeline.turn(Moment::of(revision, sequence, digest, None).iter().map(Moment::turn).collect());
        growth.scope = growth.scope.and(&revision.scope).and(&change.bound()).without_repetition();
        let mut state = self.state.clone();
        state.put_list(&revision.list, digest, &growth.scope);
        let (body, lists_root) = (change.body(&issued), state.root().hash);
        Ok(Place { digest, body, lists_root, grown: Grown { list: Some(growth), released: None, state } })
    }

    fn statement_of(&self, publication: &Publication, digest: Hash) -> Statement {
        let origin = match publication {
            Publication::Origin(origin) => &origin.name,
            Publication::Authority(_)
            | Publication::Categories(_)
            | Publication::Facts(_)
            | Publication::Jurisdictions(_)
            | Publication::Revision(_) => self.origin().unwrap_or_default(),
        };
        Statement::new(digest, publication.kind(), origin, self.head())
    }

    /// Checks that those who sign may publish this, and that nobody else
    /// signed.
    fn check_signatures(
        &self,
        publication: &Publication,
        statement: &Statement,
        signatures: &[Signature],
        is_valid: impl Fn(&Signature, &Statement) -> bool,
    ) -> Result<(), Unentitled> {
        for (position, it) in signatures.iter().enumerate() {
            if !is_valid(it, statement) || signatures.iter().take(position).any(|before| before.key == it.key) {
                return Err(Unentitled::BadSignature(it.key));
            }
        }
        let signers: BTreeSet<PublicKey> = signatures.iter().map(|it| it.key).collect();
        let root = match publication {
            Publication::Origin(origin) => origin.root_key,
            Publication::Authority(_)
            | Publication::Categories(_)
            | Publication::Facts(_)
            | Publication::Jurisdictions(_)
            | Publication::Revision(_) => self.root_key(),
        };
        match (publication, root) {
            (Publication::Authority(_), None) => Err(Unentitled::NoRootKey),
            (_, None) if signers.is_empty() => Ok(()),
            (_, None) => Err(Unentitled::NoRootKey),
            (Publication::Revision(revision), Some(_)) => self.check_entitled(&revision.list, &signers),
            (Publication::Authority(authority), Some(root)) => self.check_admission(authority, root, &signers),
            (_, Some(root)) if signers == BTreeSet::from([root]) => Ok(()),
            (_, Some(root)) => Err(Unentitled::NotRoot(root)),
        }
    }

    fn check_entitled(&self, list: &ListId, signers: &BTreeSet<PublicKey>) -> Result<(), Unentitled> {
        let by = self.authorities().filter(|it| !signers.is_disjoint(&it.keys));
        let by: Vec<_> = by.collect();
        let Some(first) = by.first() else {
            let entitled = self.authorities().filter(|it| it.is_entitled_to(list) && !it.keys.is_empty());
            let entitled = entitled.map(|it| it.id.to_string()).collect();
            return Err(Unentitled::Nobody { list: list.clone(), entitled });
        };
        let Some(authority) = by.iter().find(|it| it.is_entitled_to(list) && signers.is_subset(&it.keys)) else {
            return Err(Unentitled::List { authority: first.id.clone(), list: list.clone() });
        };
        enough(authority, signers)
    }

    /// An authority is stated by the root key; its own keys may change its
    /// keys, and nothing else.
    fn check_admission(
        &self,
        stated: &Authority,
        root: PublicKey,
        signers: &BTreeSet<PublicKey>,
    ) -> Result<(), Unentitled> {
        let most = stated.keys.len() as u64;
        if stated.threshold == 0 || (most != 0 && most < stated.threshold) {
            return Err(Unentitled::Threshold {
                authority: stated.id.clone(),
                threshold: stated.threshold,
                keys: most,
            });
        }
        if *signers == BTreeSet::from([root]) {
            return Ok(());
        }
        let before = self.authority(&stated.id).filter(|it| signers.is_subset(&it.keys) && !signers.is_empty());
        let Some(before) = before else { return Err(Unentitled::NotRoot(root)) };
        if before.lists != stated.lists || before.threshold != stated.threshold || before.name != stated.name {
            return Err(Unentitled::OnlyKeys(stated.id.clone()));
        }
        enough(before, signers)
    }
}

/// The name stands on a line of its own in the checkpoint, and will in signed
/// ones.
fn is_name(name: &str) -> bool {
    let is_allowed = |it: char| it.is_ascii_alphanumeric() || "./-_".contains(it);
    !name.is_empty() && name.len() <= 200 && name.chars().all(is_allowed)
}

fn enough(authority: &Authority, signers: &BTreeSet<PublicKey>) -> Result<(), Unentitled> {
    let found = signers.len() as u64;
    if authority.threshold <= found {
        return Ok(());
    }
    Err(Unentitled::TooFew { authority: authority.id.clone(), needed: authority.threshold, found })
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
