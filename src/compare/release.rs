//! What a release of categories, facts or places changes against the one
//! before it, and what it is by semantic versioning.
//!
//! A release changes what lists that are already published mean, so its class
//! goes by the ids that were there before: *patch* if only words for people
//! changed, *minor* if something came that changes no verdict of an old id,
//! *major* if an old id is gone, or means or meets something else.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use crate::compare::class::Class;
use crate::model::{Categories, CategoryId, Fact, Former, Place, Places, Vocabulary};

/// What became of one id between two releases.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Alteration {
    /// What happened.
    pub what: Happened,
    /// The id.
    pub id: String,
    /// The other ids that it is about: what a gone one became, what it covers
    /// otherwise.
    pub others: Vec<String>,
}

/// What may happen to an id, from the mildest.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Happened {
    /// Its texts or its mappings say something else.
    Reworded,
    /// It is new.
    Added,
    /// It covers, or is covered by, other old ids than before, or has something
    /// else in common with them.
    Covers,
    /// A fact has another kind or role.
    Kind,
    /// A choice has other values.
    Values,
    /// A place is part of another one, or is of another kind.
    Parent,
    /// Others belong to a bloc, or at other times.
    Members,
    /// It is gone.
    Gone,
}

impl Happened {
    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            Happened::Reworded => "reworded",
            Happened::Added => "added",
            Happened::Covers => "covers",
            Happened::Kind => "kind",
            Happened::Values => "values",
            Happened::Parent => "parent",
            Happened::Members => "members",
            Happened::Gone => "gone",
        }
    }

    /// Returns what a release is by semantic versioning in which this happens.
    pub fn class(self) -> Class {
        match self {
            Happened::Reworded => Class::Patch,
            Happened::Added => Class::Minor,
            Happened::Covers
            | Happened::Kind
            | Happened::Values
            | Happened::Parent
            | Happened::Members
            | Happened::Gone => Class::Major,
        }
    }
}

/// Returns what a release with these alterations is by semantic versioning.
pub fn class_of(alterations: &[Alteration]) -> Class {
    alterations.iter().map(|it| it.what.class()).max().unwrap_or(Class::Patch)
}

/// Returns the ids of which a release says nothing any more: neither are they
/// there, nor is it said what became of them.
pub fn vanished(before: &Categories, after: &Categories) -> Vec<CategoryId> {
    let current = before.iter().map(|it| &it.id);
    let all = current.chain(before.all_former().map(|it| &it.id));
    all.filter(|it| after.meaning(it).is_empty()).cloned().collect()
}

/// Compares two releases of the categories, of which the later one says what
/// became of all ids of the earlier one.
pub fn categories(before: &Categories, after: &Categories) -> Vec<Alteration> {
    let mut found = Vec::new();
    let mut kept = Vec::new();
    for category in before.iter() {
        match after.find(&category.id) {
            None => {
                let became = after.former(&category.id).map(|it| it.fate.became()).unwrap_or_default();
                found.push(altered(Happened::Gone, &category.id, became));
            }
            Some(now) => {
                kept.push(&category.id);
                if (&category.name, &category.dpv, &category.note) != (&now.name, &now.dpv, &now.note) {
                    found.push(altered(Happened::Reworded, &category.id, []));
                }
            }
        }
    }
    for former in before.all_former() {
        found.extend(former_altered(former, before, after));
    }
    let is_new = |it: &&CategoryId| before.meaning(it).is_empty();
    found.extend(after.iter().map(|it| &it.id).filter(is_new).map(|it| altered(Happened::Added, it, [])));
    found.extend(covers_altered(&kept, before, after));
    found.sort();
    found
}

fn former_altered(former: &Former, before: &Categories, after: &Categories) -> Option<Alteration> {
    let meaning: BTreeSet<_> = after.meaning(&former.id).into_iter().collect();
    if meaning != now(before.meaning(&former.id), after) {
        return Some(altered(Happened::Covers, &former.id, meaning));
    }
    (after.former(&former.id) != Some(former)).then(|| altered(Happened::Reworded, &former.id, []))
}

/// Returns what ids of an earlier release mean in a later one.
fn now<'a>(ids: Vec<&CategoryId>, after: &'a Categories) -> BTreeSet<&'a CategoryId> {
    ids.into_iter().flat_map(|it| after.meaning(it)).collect()
}

/// Compares how ids that are in both releases lie to each other: that is all
/// that an answer takes from them.
fn covers_altered(kept: &[&CategoryId], before: &Categories, after: &Categories) -> Vec<Alteration> {
    let mut found: BTreeMap<&CategoryId, BTreeSet<&CategoryId>> = BTreeMap::new();
    for one in kept {
        for other in kept {
            // What lies in the other has all of itself in common with it.
            let is_same_shared = || {
                let shared: BTreeSet<_> = after.shared(one, other).into_iter().collect();
                before.covers(other, one) || now(before.shared(one, other), after) == shared
            };
            let is_same = before.covers(one, other) == after.covers(one, other) && is_same_shared();
            if !is_same {
                found.entry(one).or_default().insert(other);
            }
        }
    }
    found.into_iter().map(|(id, others)| altered(Happened::Covers, id, others)).collect()
}

/// Compares two releases of the facts.
pub fn facts(before: &Vocabulary, after: &Vocabulary) -> Vec<Alteration> {
    let happened = |was: &Fact, is: &Fact| {
        let is_kind = was.role != is.role || std::mem::discriminant(&was.kind) != std::mem::discriminant(&is.kind);
        let kind = is_kind.then_some(Happened::Kind);
        let values = (!is_kind && was.kind != is.kind).then_some(Happened::Values);
        let reworded = (was.name != is.name).then_some(Happened::Reworded);
        kind.into_iter().chain(values).chain(reworded).collect()
    };
    let mut found = each(before.iter(), after.iter(), |it| &it.id, happened);
    found.extend(each(
        before.windows(),
        after.windows(),
        |it| &it.id,
        |was, is| {
            let includes = (was.includes != is.includes).then_some(Happened::Values);
            includes.into_iter().chain((was.name != is.name).then_some(Happened::Reworded)).collect()
        },
    ));
    found.sort();
    found
}

/// Compares two releases of the places.
pub fn places(before: &Places, after: &Places) -> Vec<Alteration> {
    let happened = |was: &Place, is: &Place| {
        let parent = ((&was.parent, was.kind) != (&is.parent, is.kind)).then_some(Happened::Parent);
        let members = (was.members != is.members).then_some(Happened::Members);
        let reworded = (was.name != is.name).then_some(Happened::Reworded);
        parent.into_iter().chain(members).chain(reworded).collect()
    };
    let mut found = each(before.iter(), after.iter(), |it| &it.code, happened);
    found.sort();
    found
}

/// Compares things with ids one by one.
fn each<'a, T: 'a, I: Display + Ord + 'a>(
    before: impl Iterator<Item = &'a T>,
    after: impl Iterator<Item = &'a T>,
    id: impl Fn(&'a T) -> &'a I,
    happened: impl Fn(&T, &T) -> Vec<Happened>,
) -> Vec<Alteration> {
    let mut left: BTreeMap<&I, &T> = after.map(|it| (id(it), it)).collect();
    let mut found = Vec::new();
    for was in before {
        match left.remove(id(was)) {
            None => found.push(altered(Happened::Gone, id(was), [])),
            Some(is) => found.extend(happened(was, is).into_iter().map(|it| altered(it, id(was), []))),
        }
    }
    found.extend(left.into_keys().map(|it| altered(Happened::Added, it, [])));
    found
}

fn altered<'a>(what: Happened, id: &impl Display, others: impl IntoIterator<Item = &'a CategoryId>) -> Alteration {
    Alteration { what, id: id.to_string(), others: others.into_iter().map(ToString::to_string).collect() }
}
