//! One list, compiled: when its revisions are in force, and for each category
//! which entries stood there from which revision until which.

use std::collections::BTreeMap;
use std::sync::Arc;

use imbl::ordmap::DiffItem;
use rustc_hash::FxHashMap;

use crate::evaluate::compiled::conditions::ALWAYS;
use crate::evaluate::compiled::postings::{OPEN_END, Posting, Postings, Span};
use crate::evaluate::compiled::rows::number;
use crate::evaluate::compiled::rules::{Parts, Rule};
use crate::evaluate::compiled::sets::ANYWHERE;
use crate::evaluate::compiled::timeline::Timeline;
use crate::evaluate::compiled::words::Words;
use crate::model::{Destinations, Entries, Entry, EntryId, List, ListId, Member, Revision, Scope};

/// What a revision says besides its entries, as far as verdicts depend on it.
#[derive(Clone, Debug, Eq, PartialEq)]
struct TermsKey {
    outside: u32,
    within: bool,
    towards: u32,
    when: crate::model::When,
    scope: Scope,
    displaces: std::collections::BTreeSet<ListId>,
    combine: BTreeMap<crate::model::CombineId, std::collections::BTreeSet<crate::model::CategoryId>>,
}

/// The same, compiled.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    /// The destinations that are outside of the border.
    pub(super) outside: u32,
    /// Whether it also binds handing data to somebody inside.
    pub(super) within: bool,
    /// The destinations towards which the whole list applies.
    pub(super) towards: u32,
    /// Whom the whole list concerns.
    pub(super) when: u32,
    /// The categories that it speaks for; all where there is none.
    pub(super) scope: Option<u32>,
    /// The lists that are not asked where this one applies.
    pub(super) displaces: Vec<ListId>,
    /// Whether thresholds are shared between entries.
    pub(super) combines: bool,
    /// Whether it speaks for everything, towards everywhere, whoever exports.
    pub(super) is_plain: bool,
}

/// A list, compiled.
#[derive(Debug)]
pub(super) struct ListIndex {
    pub(super) list: Arc<List>,
    pub(super) timeline: Timeline,
    /// By sequence, which of the terms.
    terms_of: Vec<u32>,
    terms: Vec<Terms>,
    pub(super) postings: Postings,
    rules: Vec<Rule>,
}

impl ListIndex {
    pub(super) fn of(list: &Arc<List>, words: &Words, parts: &mut Parts) -> ListIndex {
        let (terms, terms_of) = terms(list, words, parts);
        let versions = Versions::of(list, words, parts);
        let mut rules: Vec<_> = versions.rules.keys().copied().zip(versions.rules.values().copied()).collect();
        rules.sort_unstable_by_key(|(_, number)| *number);
        ListIndex {
            list: Arc::clone(list),
            timeline: Timeline::of(list),
            terms_of,
            terms,
            rules: rules.into_iter().map(|(rule, _)| rule).collect(),
            postings: versions.into_postings(words, list.revisions.len()),
        }
    }

    /// Returns a rule by its number.
    #[inline]
    pub(super) fn rule(&self, number: u32) -> Option<&Rule> {
        self.rules.get(number as usize)
    }

    #[inline]
    pub(super) fn terms(&self, sequence: u32) -> Option<&Terms> {
        // Most lists never change their terms.
        match self.terms.as_slice() {
            [only] => Some(only),
            several => several.get(*self.terms_of.get(sequence as usize)? as usize),
        }
    }

    /// Returns whether two revisions have the same terms.
    pub(super) fn has_same_terms(&self, one: u32, other: u32) -> bool {
        self.terms_of.get(one as usize) == self.terms_of.get(other as usize)
    }

    /// Returns the next sequence after another, or the last one before, at
    /// which the terms begin to be others.
    pub(super) fn terms_change(&self, sequence: u32) -> (Option<u32>, Option<u32>) {
        if self.terms.len() <= 1 {
            return (None, None);
        }
        let of = |it: u32| self.terms_of.get(it as usize);
        let own = of(sequence);
        let after = (sequence + 1..number(self.terms_of.len())).find(|it| of(*it) != own);
        let before = (0..=sequence).rev().find(|it| it.checked_sub(1).is_some_and(|last| of(last) != own));
        (after, before)
    }

    /// Returns the entries of a revision at some categories, by id.
    pub(super) fn entries_at(&self, categories: impl Iterator<Item = u32>, sequence: u32) -> Vec<&Entry> {
        let mut found = Vec::new();
        for category in categories {
            let take = |position, _| {
                found.extend(self.postings.entry(position));
                Ok::<_, std::convert::Infallible>(())
            };
            let Ok(()) = self.postings.each_alive(category, sequence, take);
        }
        // One entry may stand at several.
        found.sort_unstable_by(|one, other| one.id.cmp(&other.id));
        found.dedup_by(|one, other| one.id == other.id);
        found
    }

    /// Returns how many bytes it takes, beside the texts.
    pub(super) fn bytes(&self) -> usize {
        size_of::<ListIndex>()
            + self.timeline.bytes()
            + self.terms_of.len() * 4
            + self.terms.len() * size_of::<Terms>()
            + self.postings.bytes()
            + self.rules.len() * size_of::<Rule>()
    }

    pub(super) fn versions(&self) -> usize {
        self.postings.versions()
    }

    pub(super) fn rules(&self) -> usize {
        self.rules.len()
    }
}

fn terms(list: &List, words: &Words, parts: &mut Parts) -> (Vec<Terms>, Vec<u32>) {
    let mut keys: Vec<TermsKey> = Vec::new();
    let (mut terms, mut terms_of) = (Vec::new(), Vec::new());
    for issued in &list.revisions {
        let revision = &issued.revision;
        let key = TermsKey {
            outside: parts.destinations.outside(&revision.border(), words),
            within: revision.within,
            towards: parts.destinations.number(&revision.applies_to, revision, words),
            when: revision.applies_when.clone(),
            scope: revision.scope.clone(),
            displaces: revision.displaces.clone(),
            combine: revision.combine.clone(),
        };
        let known = keys.iter().rposition(|it| *it == key);
        let known = known.unwrap_or_else(|| {
            let when = parts.conditions.number(&key.when, words);
            terms.push(Terms {
                outside: key.outside,
                within: key.within,
                towards: key.towards,
                when,
                scope: match &key.scope {
                    Scope::All => None,
                    Scope::Only(categories) => Some(parts.categories.number(categories, words)),
                },
                displaces: key.displaces.iter().cloned().collect(),
                combines: !key.combine.is_empty(),
                is_plain: key.towards == ANYWHERE && when == ALWAYS && key.scope == Scope::All,
            });
            keys.push(key);
            keys.len() - 1
        });
        terms_of.push(number(known));
    }
    (terms, terms_of)
}

/// The versions of a list's entries while they are gathered.
#[derive(Default)]
struct Versions {
    versions: Vec<Version>,
    /// Those that stand, by the id of the entry.
    standing: BTreeMap<EntryId, usize>,
    /// The numbers of the rules that they are.
    rules: FxHashMap<Rule, u32>,
}

/// A version of an entry, and where it stood.
struct Version {
    entry: Arc<Entry>,
    rule: u32,
    span: Span,
}

impl Versions {
    /// Gathers them revision by revision, looking at what changed only.
    fn of(list: &List, words: &Words, parts: &mut Parts) -> Versions {
        let mut all = Versions::default();
        let nothing = Entries::new();
        let mut before: Option<&Revision> = None;
        for (issued, sequence) in list.revisions.iter().zip(0..) {
            let revision = &issued.revision;
            for change in before.map_or(&nothing, |it| &it.entries).diff(&revision.entries) {
                match change {
                    DiffItem::Add(_, entry) => all.begin(entry, revision, sequence, words, parts),
                    DiffItem::Update { old: (id, _), new: (_, entry) } => {
                        all.end(id, sequence);
                        all.begin(entry, revision, sequence, words, parts);
                    }
                    DiffItem::Remove(id, _) => all.end(id, sequence),
                }
            }
            // An entry that did not change may mean other places.
            if before.is_some_and(|it| it.groups != revision.groups) {
                for entry in revision.entries.values().filter(|it| names_group(&it.to)) {
                    all.begin_anew(entry, revision, sequence, words, parts);
                }
            }
            before = Some(revision);
        }
        all
    }

    fn begin(&mut self, entry: &Arc<Entry>, revision: &Revision, sequence: u32, words: &Words, parts: &mut Parts) {
        let rule = self.rule(parts.rule(entry, revision, words));
        let span = Span { from: sequence, until: OPEN_END };
        self.standing.insert(entry.id.clone(), self.versions.len());
        self.versions.push(Version { entry: Arc::clone(entry), rule, span });
    }

    fn begin_anew(&mut self, entry: &Arc<Entry>, revision: &Revision, sequence: u32, words: &Words, parts: &mut Parts) {
        let rule = self.rule(parts.rule(entry, revision, words));
        let standing = self.standing.get(&entry.id).and_then(|it| self.versions.get(*it));
        if standing.is_some_and(|it| it.rule != rule && it.span.from != sequence) {
            self.end(&entry.id, sequence);
            self.begin(entry, revision, sequence, words, parts);
        }
    }

    fn rule(&mut self, rule: Rule) -> u32 {
        let next = number(self.rules.len());
        *self.rules.entry(rule).or_insert(next)
    }

    fn end(&mut self, id: &EntryId, sequence: u32) {
        if let Some(version) = self.standing.remove(id).and_then(|it| self.versions.get_mut(it)) {
            version.span.until = sequence;
        }
    }

    /// Lays the versions out by category.
    fn into_postings(self, words: &Words, revisions: usize) -> Postings {
        let mut postings = Vec::new();
        for (Version { entry, rule, span }, version) in self.versions.iter().zip(0..) {
            let categories = entry.categories.iter().filter_map(|it| words.categories.find(it.as_str()));
            postings.extend(categories.map(|category| Posting { category, span: *span, rule: *rule, version }));
        }
        postings.sort_by_key(|it| it.category);
        let versions = self.versions.into_iter().map(|it| it.entry).collect();
        Postings::of(&postings, versions, &words.covering, &words.touching, revisions)
    }
}

fn names_group(destinations: &Destinations) -> bool {
    match destinations {
        Destinations::Any => false,
        Destinations::Only(members) | Destinations::Except(members) => {
            members.iter().any(|it| matches!(it, Member::Group(_)))
        }
    }
}
