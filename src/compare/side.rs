//! One revision, read for comparing: which of its entries meet which data,
//! and what they come to there.

use std::collections::{BTreeMap, BTreeSet};

use crate::compare::axes::{Axes, Conditions, both};
use crate::compare::bits::Bits;
use crate::compare::geography::{Geography, Meets};
use crate::compare::rule::{Book, Rule};
use crate::compare::tree::Tree;
use crate::model::{CategoryId, CombineId, Count, Destinations, Entry, Revision, Scope};

/// A revision, or silence.
#[derive(Debug)]
pub(super) struct Side<'a> {
    pub(super) revision: Option<&'a Revision>,
    pub(super) entries: Vec<Bound<'a>>,
    scope: Bits,
    /// The places outside the border; all where it binds within too.
    outside: usize,
    applies_to: usize,
    groups: BTreeMap<&'a CombineId, Combine<'a>>,
    /// The rules that were looked up: entry, item, lowest threshold.
    known: BTreeMap<(usize, usize, Option<Count>), Option<usize>>,
}

/// What a revision says of some data that goes to some place.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Said {
    /// The numbers of its rules, sorted, each once.
    pub(super) rules: Vec<usize>,
    /// When the list speaks; `None` where it is silent whatever the facts.
    pub(super) speaks: Option<Conditions>,
}

/// What two revisions are compared in.
#[derive(Debug)]
pub(super) struct Scene<'a> {
    pub(super) tree: Tree<'a>,
    pub(super) geography: Geography<'a>,
    pub(super) axes: Axes,
    pub(super) book: Book,
}

/// An entry, with the categories and destinations that it binds.
#[derive(Debug)]
pub(super) struct Bound<'a> {
    pub(super) entry: &'a Entry,
    pub(super) categories: Bits,
    /// Those that it binds by itself, and not only within its group.
    itself: Bits,
    to: usize,
}

/// A combine group of a revision.
#[derive(Debug)]
struct Combine<'a> {
    entries: Vec<&'a Entry>,
    /// The categories of its entries, in the order of the entries.
    categories: Vec<usize>,
    /// The categories that join it.
    joins: Vec<usize>,
}

impl<'a> Side<'a> {
    /// Reads a revision; of none, and of one that ends its list, nothing is
    /// left.
    pub(super) fn new(revision: Option<&'a Revision>, tree: &Tree<'_>, geography: &mut Geography<'_>) -> Side<'a> {
        let mut side = Side {
            revision: revision.filter(|it| !it.repeals),
            entries: Vec::new(),
            scope: Bits::none(tree.len()),
            outside: 0,
            applies_to: 0,
            groups: BTreeMap::new(),
            known: BTreeMap::new(),
        };
        let Some(revision) = side.revision else { return side };
        side.scope = match &revision.scope {
            Scope::All => Bits::all(tree.len()),
            Scope::Only(categories) => tree.all_below(categories),
        };
        side.outside = if revision.within {
            geography.destinations(&Destinations::Any, revision)
        } else {
            geography.outside(revision.border())
        };
        side.applies_to = geography.destinations(&revision.applies_to, revision);
        side.groups = revision.combine.iter().map(|(id, joins)| (id, combine(revision, id, joins, tree))).collect();
        for entry in revision.entries.values() {
            let itself = tree.bound(entry);
            let mut categories = itself.clone();
            if let Some(group) = entry.combine.as_ref().and_then(|it| side.groups.get(it)) {
                // Whatever may join the group may be bound.
                let joins = |it: &usize| group.joins.iter().any(|joins| tree.may_include(*it, *joins));
                let left_out = tree.all_below(&entry.except);
                let joining = (0..tree.len()).filter(|it| !left_out.contains(*it)).filter(joins);
                joining.for_each(|it| categories.insert(it));
            }
            side.entries.push(Bound { entry, categories, itself, to: geography.destinations(&entry.to, revision) });
        }
        side
    }

    /// Returns whether thresholds are shared between items.
    pub(super) fn combines(&self) -> bool {
        !self.groups.is_empty()
    }

    pub(super) fn is_in_scope(&self, category: usize) -> bool {
        self.scope.contains(category)
    }

    /// Returns the categories of combine groups that are present in an item,
    /// or may be: what decides which thresholds are shared.
    pub(super) fn presence(&self, tree: &Tree<'_>, items: &[usize]) -> Presence {
        let mut presence = Presence::new();
        for (number, group) in self.groups.values().enumerate() {
            for item in items {
                let covering = group.categories.iter().filter(|it| tree.is_covered(*item, **it));
                let deepest = covering.max_by_key(|it| tree.id(**it).map(CategoryId::depth));
                let possible = group.categories.iter().filter(|it| !tree.is_covered(*item, **it));
                let possible = possible.filter(|it| tree.may_include(*item, **it));
                presence.extend(deepest.into_iter().chain(possible).map(|it| (number, *it)));
            }
        }
        presence
    }

    /// Returns what an entry comes to for an item, among all items that are
    /// present; `None` where it binds nothing of it.
    fn rule(&mut self, index: usize, item: Item<'_>, tree: &Tree<'_>, axes: &Axes, book: &mut Book) -> Option<usize> {
        let bound = self.entries.get(index)?;
        let mut lowest = None;
        if let Some((number, group)) = bound.entry.combine.as_ref().and_then(|it| self.group(it)) {
            let is_present = |it: &CategoryId| tree.number(it).is_some_and(|it| item.presence.contains(&(number, it)));
            if !bound.itself.contains(item.category) && !bound.entry.categories.iter().any(is_present) {
                return None;
            }
            if 2 <= item.presence.iter().filter(|(it, _)| *it == number).count() {
                let among = group.entries.iter().filter(|it| it.categories.iter().any(is_present));
                lowest = among.filter_map(|it| it.threshold()).min();
            }
        }
        if let Some(known) = self.known.get(&(index, item.number, lowest)) {
            return *known;
        }
        let applies_when = self.revision.and_then(|it| axes.conditions(&it.applies_when, None, item.number));
        let when = axes.conditions(&bound.entry.when, lowest, item.number).zip(applies_when);
        let when = when.and_then(|(one, other)| both(&one, &other));
        let rule = when.and_then(|it| Rule::of(bound.entry, it, axes, item.number)).map(|it| book.number(it));
        self.known.insert((index, item.number, lowest), rule);
        rule
    }

    fn group(&self, id: &CombineId) -> Option<(usize, &Combine<'a>)> {
        self.groups.iter().enumerate().find(|(_, (it, _))| **it == id).map(|(number, (_, group))| (number, group))
    }

    /// Returns the rules that bind an item, of the entries that may, each with
    /// its destinations. Sorted, each once.
    pub(super) fn rules(
        &mut self,
        entries: &[usize],
        item: Item<'_>,
        tree: &Tree<'_>,
        axes: &Axes,
        book: &mut Book,
    ) -> Vec<(usize, usize)> {
        let mut rules = Vec::new();
        for index in entries {
            let rule = self.rule(*index, item, tree, axes, book);
            let to = self.entries.get(*index).map_or(0, |it| it.to);
            rules.extend(rule.map(|it| (it, to)));
        }
        rules.sort_unstable();
        rules.dedup();
        rules
    }

    /// Returns what the revision says of items whose rules these are; `None`
    /// where the place leaves something open.
    pub(super) fn says(
        &self,
        rules: &[(usize, usize)],
        items: &[usize],
        place: usize,
        geography: &Geography<'_>,
        axes: &Axes,
    ) -> Option<Said> {
        let Some(revision) = self.revision else { return Some(Said::default()) };
        let leaves = geography.meets(self.outside, place);
        let towards = if leaves == Meets::No { Meets::Yes } else { geography.meets(self.applies_to, place) };
        if leaves == Meets::Open || towards == Meets::Open {
            return None;
        }
        let mut speaks = Some(Conditions::new()).filter(|_| towards == Meets::Yes);
        for (number, item) in items.iter().enumerate() {
            let applies = axes.conditions(&revision.applies_when, None, number).filter(|_| self.is_in_scope(*item));
            speaks = speaks.zip(applies).and_then(|(one, other)| both(&one, &other));
        }
        let mut said = Said { rules: Vec::new(), speaks };
        if leaves == Meets::No || towards == Meets::No {
            return Some(said);
        }
        for (rule, to) in rules {
            match geography.meets(*to, place) {
                Meets::No => {}
                Meets::Open => return None,
                Meets::Yes => said.rules.push(*rule),
            }
        }
        said.rules.sort_unstable();
        said.rules.dedup();
        Some(said)
    }
}

/// Which categories of which combine groups are present.
pub(super) type Presence = BTreeSet<(usize, usize)>;

/// An item of a question: which one, its category, and what is present in the
/// whole question.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'p> {
    pub(super) number: usize,
    pub(super) category: usize,
    pub(super) presence: &'p Presence,
}

fn combine<'a>(revision: &'a Revision, id: &CombineId, joins: &BTreeSet<CategoryId>, tree: &Tree<'_>) -> Combine<'a> {
    let entries: Vec<_> = revision.entries_in(id).collect();
    let categories = entries.iter().flat_map(|it| &it.categories).filter_map(|it| tree.number(it)).collect();
    Combine { entries, categories, joins: joins.iter().filter_map(|it| tree.number(it)).collect() }
}
