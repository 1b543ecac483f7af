//! The law that somebody pinned, against the law that is there.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use semver::Version;

use crate::canon::{CategoriesForm, PlacesForm, VocabularyForm};
use crate::compare::{FlowChange, FlowFate, Impact, impact_between, impact_of_states, pinned};
use crate::model::{At, Flow, Hash, InForce, Issued, Jurisdiction, ListId, Lock, Pin, Releases, State};
use crate::registry::{Registry, Shift};

/// What became of the law since it was pinned, and of the flows that rest on
/// it.
#[derive(Debug)]
pub struct Check {
    /// What became of the flows: what the pinned revisions say on the day
    /// against what the registry says.
    pub impact: Impact,
    /// The lists of which another revision is in force.
    pub moved: Vec<Moved>,
    /// The releases of the words that are others, with the pinned version and
    /// the one that is there.
    pub words: Vec<(&'static str, Version, Version)>,
    /// The flows that will get tighter by what is published already.
    pub ahead: Impact,
}

/// A list of which another revision is in force than was pinned.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Moved {
    /// The list.
    pub list: ListId,
    /// The revision that was pinned; `None` where none was in force.
    pub before: Option<Version>,
    /// The revision in force; `None` where none is.
    pub after: Option<Version>,
}

/// Why a lock cannot be compared with a registry.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum LockError {
    /// The lock is of another registry.
    #[error("the lock is of the registry `{lock}`, and this is `{registry}`")]
    Origin {
        /// The registry of the lock.
        lock: String,
        /// The registry that is there.
        registry: String,
    },
    /// The registry does not go as far as when the lock was made.
    #[error("the lock was made when the registry had {lock} records, and this one has {registry}")]
    Behind {
        /// How many records there were.
        lock: u64,
        /// How many there are.
        registry: u64,
    },
    /// The lock was made after the day.
    #[error("the lock was made on {made}, after {at}")]
    Later {
        /// The day of the lock.
        made: At,
        /// The day asked about.
        at: At,
    },
    /// Flows go from places that the lock does not cover.
    #[error("the lock does not cover flows from {}", named(.0))]
    NotCovered(BTreeSet<Jurisdiction>),
    /// What was pinned is not what the registry has under that name: history
    /// was rewritten, here or there.
    #[error("{what} {version} is not what was pinned: {}", found_text(*.pinned, *.found))]
    Rewritten {
        /// The list, or the kind of release.
        what: String,
        /// The version.
        version: Version,
        /// The hash that was pinned.
        pinned: Hash,
        /// The hash that is there, if that version is.
        found: Option<Hash>,
    },
}

fn named(places: &BTreeSet<Jurisdiction>) -> String {
    places.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
}

fn found_text(pinned: Hash, found: Option<Hash>) -> String {
    let found = found.map_or_else(|| "nothing".to_owned(), |it| it.to_string());
    format!("expected {pinned}, found {found}")
}

impl Registry {
    /// Pins the law in force on a day for those who send data from some
    /// places.
    pub fn lock(&self, flows: &[Flow], at: At) -> Lock {
        let from: BTreeSet<_> = flows.iter().map(|it| it.from.clone()).collect();
        let in_force = in_force(self.state(), &from, at);
        let pin = |it: &Issued| Pin { version: it.revision.version.clone(), hash: it.hash };
        Lock {
            head: self.state().head.clone(),
            made: at,
            releases: releases(self.state()),
            lists: in_force.into_iter().map(|(id, it)| (id.clone(), pin(it))).collect(),
            from,
        }
    }

    /// Compares a lock with what is there on a day.
    pub fn check(&self, lock: &Lock, flows: &[Flow], at: At) -> Result<Check, LockError> {
        let state = self.state();
        let revisions = self.resolve(lock, flows, at)?;
        let before = pinned(state, revisions.values().map(|it| &it.revision), at);
        let impact = impact_of_states([&before, state], at, None, flows);
        let mut ahead = impact_between(state, at, At(Date::MAX), flows);
        for fate in &mut ahead.fates {
            let change = if let FlowFate::Changed(number) = fate { ahead.changes.get(*number) } else { None };
            if change.is_some_and(|it| tighter_from(it).is_none()) {
                *fate = FlowFate::Same;
            }
        }
        let found = releases(state);
        let words = lock.releases.all().into_iter().zip(found.all());
        let words = words.filter(|((_, one), (_, other))| one.version != other.version);
        Ok(Check {
            impact,
            moved: self.moved(lock, &revisions, at),
            words: words.map(|((name, one), (_, other))| (name, one.version.clone(), other.version.clone())).collect(),
            ahead,
        })
    }

    /// Finds what was pinned, each by its version and hash.
    fn resolve(&self, lock: &Lock, flows: &[Flow], at: At) -> Result<BTreeMap<ListId, &Issued>, LockError> {
        let state = self.state();
        let (head, made) = (&state.head, lock.made);
        if lock.head.origin != head.origin {
            return Err(LockError::Origin { lock: lock.head.origin.clone(), registry: head.origin.clone() });
        }
        if head.size < lock.head.size {
            return Err(LockError::Behind { lock: lock.head.size, registry: head.size });
        }
        for ((what, pin), (_, found)) in lock.releases.all().into_iter().zip(releases(state).all()) {
            if pin.version == found.version && pin.hash != found.hash {
                return Err(rewritten(what, pin, Some(found.hash)));
            }
        }
        let mut revisions = BTreeMap::new();
        for (id, pin) in &lock.lists {
            match state.lists.get(id).and_then(|it| it.issued(&pin.version)) {
                Some(found) if found.hash == pin.hash => drop(revisions.insert(id.clone(), found)),
                found => return Err(rewritten(id.as_str(), pin, found.map(|it| it.hash))),
            }
        }
        if at < made {
            return Err(LockError::Later { made, at });
        }
        let missing: BTreeSet<_> = flows.iter().map(|it| &it.from).filter(|it| !lock.from.contains(*it)).collect();
        if missing.is_empty() {
            Ok(revisions)
        } else {
            Err(LockError::NotCovered(missing.into_iter().cloned().collect()))
        }
    }

    fn moved(&self, lock: &Lock, pinned: &BTreeMap<ListId, &Issued>, at: At) -> Vec<Moved> {
        let now = in_force(self.state(), &lock.from, at);
        let ids: BTreeSet<&ListId> = pinned.keys().chain(now.keys().copied()).collect();
        let version = |it: Option<&&Issued>| it.map(|it| it.revision.version.clone());
        let moved = ids.into_iter().map(|list| Moved {
            list: list.clone(),
            before: version(pinned.get(list)),
            after: version(now.get(list)),
        });
        moved.filter(|it| it.before != it.after).collect()
    }
}

/// Returns the first day from which what was enough is no longer.
pub fn tighter_from(change: &FlowChange) -> Option<At> {
    change.steps.iter().find(|it| it.shift != Shift::Looser).map(|it| it.from)
}

fn rewritten(what: &str, pin: &Pin, found: Option<Hash>) -> LockError {
    LockError::Rewritten { what: what.to_owned(), version: pin.version.clone(), pinned: pin.hash, found }
}

/// Returns the revisions in force of all lists to which some places are
/// subject.
fn in_force<'s>(state: &'s State, from: &BTreeSet<Jurisdiction>, at: At) -> BTreeMap<&'s ListId, &'s Issued> {
    let lists = from.iter().flat_map(|it| state.lists_over(it, at));
    let in_force = lists.filter_map(|it| match it.in_force(at, None) {
        InForce::Yes(issued) => Some((&it.id, issued)),
        InForce::NotYet | InForce::Lapsed(_) => None,
    });
    in_force.collect()
}

/// Returns the releases of a state's words. The hash is that of the release as
/// if it were the first: a state does not know those before it.
fn releases(state: &State) -> Releases {
    Releases {
        categories: Pin {
            version: state.categories.version().clone(),
            hash: CategoriesForm::hash(&state.categories, None),
        },
        facts: Pin { version: state.vocabulary.version().clone(), hash: VocabularyForm::hash(&state.vocabulary, None) },
        jurisdictions: Pin { version: state.places.version().clone(), hash: PlacesForm::hash(&state.places, None) },
    }
}
