//! One list, compiled: when its revisions are in force, and for each category
//! which entries stood there from which revision until which.

use std::collections::BTreeMap;
use std::sync::Arc;

use imbl::ordmap::DiffItem;

use crate::evaluate::compiled::rows::number;
use crate::evaluate::compiled::rules::{Conditions, Rules};
use crate::evaluate::compiled::timeline::Timeline;
use crate::evaluate::compiled::words::Words;
use crate::model::{Destinations, Entries, Entry, EntryId, List, ListId, Member, Revision, Scope};

/// The sequences from which on and until which something stood in a list.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Span {
    pub(super) from: u32,
    pub(super) until: u32,
}

/// What has not ended ends here.
const OPEN_END: u32 = u32::MAX;

impl Span {
    #[inline]
    pub(super) fn has(self, sequence: u32) -> bool {
        // One comparison: what is before the beginning wraps around.
        sequence.wrapping_sub(self.from) < self.until - self.from
    }
}

/// What stands at a category over a span.
#[derive(Clone, Copy, Debug)]
pub(super) struct Posting {
    pub(super) rule: u32,
    /// The number of the entry among those of the list.
    pub(super) entry: u32,
}

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
    pub(super) when: Conditions,
    /// The categories that it speaks for; all where there is none.
    pub(super) scope: Option<u32>,
    /// The lists that are not asked where this one applies.
    pub(super) displaces: Vec<ListId>,
    /// Whether thresholds are shared between entries.
    pub(super) combines: bool,
}

/// A list, compiled.
#[derive(Debug)]
pub(super) struct ListIndex {
    pub(super) list: Arc<List>,
    pub(super) timeline: Timeline,
    /// By sequence, which of the terms.
    terms_of: Vec<u32>,
    terms: Vec<Terms>,
    /// Where each category's postings begin, and where the last one's end.
    starts: Vec<u32>,
    spans: Vec<Span>,
    postings: Vec<Posting>,
    /// Every version of every entry once, by id.
    entries: Vec<Arc<Entry>>,
}

impl ListIndex {
    pub(super) fn of(list: &Arc<List>, words: &Words, rules: &mut Rules) -> ListIndex {
        let (terms, terms_of) = terms(list, words, rules);
        let versions = Versions::of(list, words, rules);
        let (entries, starts, spans, postings) = versions.into_postings(words);
        ListIndex {
            list: Arc::clone(list),
            timeline: Timeline::of(list),
            terms_of,
            terms,
            starts,
            spans,
            postings,
            entries,
        }
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

    /// Returns the spans and postings at a category.
    #[inline]
    pub(super) fn at(&self, category: u32) -> (&[Span], &[Posting]) {
        let category = category as usize;
        let Some(&[start, end]) = self.starts.get(category..category + 2) else { return (&[], &[]) };
        let range = start as usize..end as usize;
        match (self.spans.get(range.clone()), self.postings.get(range)) {
            (Some(spans), Some(postings)) => (spans, postings),
            _ => (&[], &[]),
        }
    }

    pub(super) fn entry(&self, number: u32) -> Option<&Entry> {
        self.entries.get(number as usize).map(AsRef::as_ref)
    }

    /// Returns the entries of a revision at some categories, by id.
    pub(super) fn entries_at(&self, categories: impl Iterator<Item = u32>, sequence: u32) -> Vec<&Entry> {
        let mut found = Vec::new();
        for category in categories {
            let (spans, postings) = self.at(category);
            let standing = spans.iter().zip(postings).filter(|(span, _)| span.has(sequence));
            found.extend(standing.map(|(_, posting)| posting.entry));
        }
        // Entries are numbered by their ids; one may stand at several.
        found.sort_unstable();
        found.dedup();
        found.into_iter().filter_map(|it| self.entry(it)).collect()
    }

    /// Returns how many bytes it takes, beside the texts.
    pub(super) fn bytes(&self) -> usize {
        size_of::<ListIndex>()
            + self.timeline.bytes()
            + self.terms_of.len() * 4
            + self.terms.len() * size_of::<Terms>()
            + self.starts.len() * 4
            + self.spans.len() * size_of::<Span>()
            + self.postings.len() * size_of::<Posting>()
            + self.entries.len() * size_of::<Arc<Entry>>()
    }

    pub(super) fn versions(&self) -> usize {
        self.entries.len()
    }
}

fn terms(list: &List, words: &Words, rules: &mut Rules) -> (Vec<Terms>, Vec<u32>) {
    let mut keys: Vec<TermsKey> = Vec::new();
    let (mut terms, mut terms_of) = (Vec::new(), Vec::new());
    for issued in &list.revisions {
        let revision = &issued.revision;
        let key = TermsKey {
            outside: rules.destinations.outside(&revision.border(), words),
            within: revision.within,
            towards: rules.destinations.number(&revision.applies_to, revision, words),
            when: revision.applies_when.clone(),
            scope: revision.scope.clone(),
            displaces: revision.displaces.clone(),
            combine: revision.combine.clone(),
        };
        let known = keys.iter().rposition(|it| *it == key);
        let known = known.unwrap_or_else(|| {
            terms.push(Terms {
                outside: key.outside,
                within: key.within,
                towards: key.towards,
                when: rules.conditions(&key.when, words),
                scope: match &key.scope {
                    Scope::All => None,
                    Scope::Only(categories) => Some(rules.categories.number(categories, words)),
                },
                displaces: key.displaces.iter().cloned().collect(),
                combines: !key.combine.is_empty(),
            });
            keys.push(key);
            keys.len() - 1
        });
        terms_of.push(number(known));
    }
    (terms, terms_of)
}

/// The versions of a list's entries while they are gathered.
struct Versions {
    versions: Vec<Version>,
    /// Those that stand, by the id of the entry.
    standing: BTreeMap<EntryId, usize>,
    key: Vec<u64>,
}

/// A version of an entry, and where it stood.
struct Version {
    entry: Arc<Entry>,
    rule: u32,
    span: Span,
}

impl Versions {
    /// Gathers them revision by revision, looking at what changed only.
    fn of(list: &List, words: &Words, rules: &mut Rules) -> Versions {
        let mut all = Versions { versions: Vec::new(), standing: BTreeMap::new(), key: Vec::new() };
        let nothing = Entries::new();
        let mut before: Option<&Revision> = None;
        for (issued, sequence) in list.revisions.iter().zip(0..) {
            let revision = &issued.revision;
            for change in before.map_or(&nothing, |it| &it.entries).diff(&revision.entries) {
                match change {
                    DiffItem::Add(_, entry) => all.begin(entry, revision, sequence, words, rules),
                    DiffItem::Update { old: (id, _), new: (_, entry) } => {
                        all.end(id, sequence);
                        all.begin(entry, revision, sequence, words, rules);
                    }
                    DiffItem::Remove(id, _) => all.end(id, sequence),
                }
            }
            // An entry that did not change may mean other places.
            if before.is_some_and(|it| it.groups != revision.groups) {
                for entry in revision.entries.values().filter(|it| names_group(&it.to)) {
                    all.begin_anew(entry, revision, sequence, words, rules);
                }
            }
            before = Some(revision);
        }
        all
    }

    fn begin(&mut self, entry: &Arc<Entry>, revision: &Revision, sequence: u32, words: &Words, rules: &mut Rules) {
        let rule = rules.number(entry, revision, words, &mut self.key);
        let span = Span { from: sequence, until: OPEN_END };
        self.standing.insert(entry.id.clone(), self.versions.len());
        self.versions.push(Version { entry: Arc::clone(entry), rule, span });
    }

    fn begin_anew(&mut self, entry: &Arc<Entry>, revision: &Revision, sequence: u32, words: &Words, rules: &mut Rules) {
        let rule = rules.number(entry, revision, words, &mut self.key);
        let standing = self.standing.get(&entry.id).and_then(|it| self.versions.get(*it));
        if standing.is_some_and(|it| it.rule != rule && it.span.from != sequence) {
            self.end(&entry.id, sequence);
            self.begin(entry, revision, sequence, words, rules);
        }
    }

    fn end(&mut self, id: &EntryId, sequence: u32) {
        if let Some(version) = self.standing.remove(id).and_then(|it| self.versions.get_mut(it)) {
            version.span.until = sequence;
        }
    }

    /// Sorts the versions by the ids of their entries, and lays them out by
    /// category.
    fn into_postings(mut self, words: &Words) -> (Vec<Arc<Entry>>, Vec<u32>, Vec<Span>, Vec<Posting>) {
        self.versions.sort_by(|one, other| one.entry.id.cmp(&other.entry.id).then(one.span.from.cmp(&other.span.from)));
        let mut at: Vec<(u32, u32)> = Vec::new();
        for (version, entry) in self.versions.iter().zip(0..) {
            let categories = version.entry.categories.iter();
            at.extend(categories.filter_map(|it| words.categories.find(it.as_str())).map(|it| (it, entry)));
        }
        at.sort_unstable();
        let mut starts = vec![0; words.categories.len() + 1];
        let (mut spans, mut postings) = (Vec::with_capacity(at.len()), Vec::with_capacity(at.len()));
        for (category, entry) in at {
            let Some(version) = self.versions.get(entry as usize) else { continue };
            spans.push(version.span);
            postings.push(Posting { rule: version.rule, entry });
            if let Some(end) = starts.get_mut(category as usize + 1) {
                *end = number(postings.len());
            }
        }
        // A category without postings begins where the one before it ends.
        let mut end = 0;
        for start in &mut starts {
            end = end.max(*start);
            *start = end;
        }
        let entries = self.versions.into_iter().map(|it| it.entry).collect();
        (entries, starts, spans, postings)
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
