//! The facts on which two revisions depend, each cut into the cells that no
//! condition tells apart.

use std::collections::{BTreeMap, BTreeSet};

use crate::compare::bits::Bits;
use crate::model::fact::SUBJECTS;
use crate::model::{
    Bounds, ChoiceId, Condition, Count, Effect, Entry, FactId, FactKind, Revision, Vocabulary, When, WindowId,
};

/// A fact, with the window over which it is counted.
pub(super) type Variable = (FactId, Option<WindowId>);

/// Conditions that must all hold: for each axis the cells that are allowed.
/// Sorted by axis; an axis of which all is allowed is left out.
pub(super) type Conditions = Vec<(usize, Bits)>;

/// Values of a fact that no condition tells apart.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Cell {
    /// The flag is this.
    Flag(bool),
    /// The choice is this.
    Choice(ChoiceId),
    /// The count is in this range: at least, and below.
    Count(Count, Option<Count>),
}

/// A fact and its cells.
#[derive(Debug)]
pub(super) struct Axis {
    pub(super) variable: Variable,
    pub(super) cells: Vec<Cell>,
}

/// All facts that matter, and the mechanisms and exemptions that may be
/// claimed. The people of each item of a question are an axis of their own:
/// those of the second item follow after all axes of the first, and so on.
#[derive(Debug, Default)]
pub(super) struct Axes {
    axes: Vec<Axis>,
    numbers: BTreeMap<Variable, usize>,
    claims: Vec<FactId>,
    claim_numbers: BTreeMap<FactId, usize>,
    /// People over a window, and over those that it includes; the shorter first.
    nested: Vec<(usize, Vec<usize>)>,
}

impl Axes {
    /// Cuts every fact that occurs in some revisions.
    pub(super) fn new(vocabulary: &Vocabulary, revisions: &[&Revision]) -> Axes {
        let mut seen = Seen::default();
        for revision in revisions {
            seen.revision(revision);
        }
        let cuts = seen.cuts();
        let mut axes = Axes::default();
        for (variable, kind) in seen.kinds {
            let cells = match kind {
                Kind::Flag => [false, true].map(Cell::Flag).to_vec(),
                Kind::Choice(named) => {
                    let known = match vocabulary.find(&variable.0).map(|it| &it.kind) {
                        Some(FactKind::Choice(among)) => among.clone(),
                        Some(FactKind::Count | FactKind::Flag) | None => BTreeSet::new(),
                    };
                    known.union(&named).cloned().map(Cell::Choice).collect()
                }
                Kind::Count => ranges(cuts.get(&variable)),
            };
            axes.numbers.insert(variable.clone(), axes.axes.len());
            axes.axes.push(Axis { variable, cells });
        }
        axes.nested = nested(vocabulary, &axes.numbers);
        axes.claims = seen.claims.into_iter().collect();
        axes.claim_numbers = axes.claims.iter().cloned().enumerate().map(|(number, it)| (it, number)).collect();
        axes
    }

    /// Returns everything that is possible where a question has so many items.
    pub(super) fn everything(&self, items: usize) -> Vec<Bits> {
        (0..self.axes.len() * items.max(1)).filter_map(|it| self.axis(it)).map(|it| Bits::all(it.cells.len())).collect()
    }

    /// Returns the fewest people of an item over each window that are possible
    /// within some cells; `None` where there would be more over one window than
    /// over another that includes it.
    pub(super) fn fewest(&self, cells: &[Bits], item: usize) -> Option<BTreeMap<usize, Count>> {
        let first = item * self.axes.len();
        let mut fewest = BTreeMap::new();
        for (number, shorter) in &self.nested {
            let (axis, allowed) = (self.axes.get(*number)?, cells.get(first + number)?);
            let least = shorter.iter().filter_map(|it| fewest.get(&(first + it))).max().copied();
            let of_cell = |it: usize| axis.cells.get(it).and_then(|it| it.fewest(least.unwrap_or(Count::ZERO)));
            fewest.insert(first + number, allowed.iter().find_map(of_cell)?);
        }
        Some(fewest)
    }

    /// Returns whether some question lies within some cells.
    pub(super) fn is_possible(&self, cells: &[Bits]) -> bool {
        let items = cells.len() / self.axes.len().max(1);
        self.nested.is_empty() || (0..items).all(|it| self.fewest(cells, it).is_some())
    }

    /// Returns a point within some cells: for each axis the first cell that is
    /// possible.
    pub(super) fn point(&self, cells: &[Bits]) -> Vec<Bits> {
        let items = cells.len() / self.axes.len().max(1);
        let people: BTreeMap<usize, Count> = (0..items).filter_map(|it| self.fewest(cells, it)).flatten().collect();
        let holds = |axis: usize, cell: usize, count: Count| {
            self.axis(axis).and_then(|it| it.cells.get(cell)).is_some_and(|it| it.fewest(count) == Some(count))
        };
        let point = cells.iter().enumerate().map(|(axis, allowed)| {
            let mut only = allowed.without(allowed);
            let is_meant = |cell: &usize| people.get(&axis).is_none_or(|it| holds(axis, *cell, *it));
            allowed.iter().find(is_meant).into_iter().for_each(|it| only.insert(it));
            only
        });
        point.collect()
    }

    /// Returns cells without the restrictions that exclude nothing but
    /// questions that nobody can ask.
    pub(super) fn widened(&self, mut cells: Vec<Bits>) -> Vec<Bits> {
        let axes = (0..cells.len()).filter(|it| self.nested.iter().any(|(axis, _)| *axis == it % self.axes.len()));
        for number in axes {
            let Some(all) = self.axis(number).map(|it| Bits::all(it.cells.len())) else { continue };
            let mut excluded = cells.clone();
            let Some(here) = excluded.get_mut(number) else { continue };
            *here = all.without(here);
            if !here.is_empty()
                && !self.is_possible(&excluded)
                && let Some(it) = cells.get_mut(number)
            {
                *it = all;
            }
        }
        cells
    }

    /// Returns an axis, and the item that it is about.
    pub(super) fn axis(&self, number: usize) -> Option<&Axis> {
        self.axes.get(number % self.axes.len().max(1))
    }

    pub(super) fn item_of(&self, number: usize) -> usize {
        number / self.axes.len().max(1)
    }

    /// Returns the axis of the people of the same item, whatever the window.
    pub(super) fn regardless_of_window(&self, number: usize) -> usize {
        let is_subjects = self.axis(number).is_some_and(|it| it.variable.0.as_str() == SUBJECTS);
        let anywhere =
            is_subjects.then(|| self.numbers.iter().find(|((fact, window), _)| is_each(fact, window.as_ref())));
        anywhere.flatten().map_or(number, |(_, it)| it + self.item_of(number) * self.axes.len())
    }

    /// Returns whether an axis counts people whatever the window.
    pub(super) fn is_each(&self, number: usize) -> bool {
        self.axis(number).is_some_and(|it| is_each(&it.variable.0, it.variable.1.as_ref()))
    }

    /// Returns conditions about an item of a question; `None` where nothing
    /// meets them. People are counted from `lowest` on, where that is lower.
    pub(super) fn conditions(&self, when: &When, lowest: Option<Count>, item: usize) -> Option<Conditions> {
        let mut conditions = Conditions::new();
        for (fact, condition) in when {
            let window = match condition {
                Condition::Count(_, window) => window.clone(),
                Condition::Flag(_) | Condition::Choice(_) => None,
            };
            let Some(&number) = self.numbers.get(&(fact.clone(), window)) else { continue };
            let Some(axis) = self.axes.get(number) else { continue };
            let is_subjects = fact.as_str() == SUBJECTS;
            let mut allowed = Bits::none(axis.cells.len());
            for (cell, values) in axis.cells.iter().enumerate() {
                if holds(condition, values, lowest.filter(|_| is_subjects)) {
                    allowed.insert(cell);
                }
            }
            if allowed.is_empty() {
                return None;
            }
            let item = if is_subjects { item } else { 0 };
            if allowed.len() < axis.cells.len() {
                conditions.push((number + item * self.axes.len(), allowed));
            }
        }
        conditions.sort();
        Some(conditions)
    }

    pub(super) fn claims<'f>(&self, facts: impl IntoIterator<Item = &'f FactId>) -> Bits {
        let mut bits = Bits::none(self.claims.len());
        facts.into_iter().filter_map(|it| self.claim_numbers.get(it)).for_each(|it| bits.insert(*it));
        bits
    }

    pub(super) fn claimed<'b>(&'b self, bits: &'b Bits) -> impl Iterator<Item = &'b FactId> {
        bits.iter().filter_map(|it| self.claims.get(it))
    }
}

/// Returns the conditions that hold where both do; `None` where nothing does.
pub(super) fn both(one: &Conditions, other: &Conditions) -> Option<Conditions> {
    let mut both: BTreeMap<usize, Bits> = one.iter().cloned().collect();
    for (axis, allowed) in other {
        let narrowed = both.get(axis).map_or_else(|| allowed.clone(), |it| it.and(allowed));
        if narrowed.is_empty() {
            return None;
        }
        both.insert(*axis, narrowed);
    }
    Some(both.into_iter().collect())
}

impl Cell {
    /// Returns the smallest count in it that is not below another.
    pub(super) fn fewest(&self, least: Count) -> Option<Count> {
        let Cell::Count(from, below) = self else { return None };
        Some(least.max(*from)).filter(|it| below.is_none_or(|below| *it < below))
    }
}

/// Returns the axes that count people over windows of which one includes
/// another, each after those that it includes.
fn nested(vocabulary: &Vocabulary, numbers: &BTreeMap<Variable, usize>) -> Vec<(usize, Vec<usize>)> {
    let windows = || numbers.iter().filter_map(|((fact, window), it)| Some((window.as_ref()?, it, fact)));
    let windows = || windows().filter(|(.., fact)| fact.as_str() == SUBJECTS);
    let shorter = |longer| windows().filter(move |(it, ..)| vocabulary.includes(longer, it)).map(|(_, it, _)| *it);
    let mut nested: Vec<_> = windows().map(|(window, it, _)| (*it, shorter(window).collect::<Vec<_>>())).collect();
    if nested.iter().all(|(_, shorter)| shorter.is_empty()) {
        return Vec::new();
    }
    // Whatever a window includes, includes less than it.
    nested.sort_by_key(|(_, shorter)| shorter.len());
    nested
}

fn holds(condition: &Condition, values: &Cell, lowest: Option<Count>) -> bool {
    match (condition, values) {
        (Condition::Flag(expected), Cell::Flag(flag)) => expected == flag,
        (Condition::Choice(among), Cell::Choice(choice)) => among.contains(choice),
        (Condition::Count(bounds, _), Cell::Count(from, _)) => {
            let at_least = lowest.map_or(bounds.at_least(), |it| it.min(bounds.at_least()));
            at_least <= *from && bounds.below().is_none_or(|below| *from < below)
        }
        // A fact has one kind; conditions were checked against it.
        (Condition::Flag(_) | Condition::Choice(_) | Condition::Count(..), _) => false,
    }
}

fn is_each(fact: &FactId, window: Option<&WindowId>) -> bool {
    fact.as_str() == SUBJECTS && window.is_none()
}

fn ranges(cuts: Option<&BTreeSet<Count>>) -> Vec<Cell> {
    let starts: BTreeSet<Count> = cuts.into_iter().flatten().copied().chain([Count::ZERO]).collect();
    let ends = starts.iter().skip(1).copied().map(Some).chain([None]);
    starts.iter().copied().zip(ends).map(|(from, below)| Cell::Count(from, below)).collect()
}

#[derive(Debug)]
enum Kind {
    Flag,
    Choice(BTreeSet<ChoiceId>),
    Count,
}

/// What occurs in some revisions.
#[derive(Debug, Default)]
struct Seen {
    kinds: BTreeMap<Variable, Kind>,
    cuts: BTreeMap<Variable, BTreeSet<Count>>,
    /// Thresholds that count for whole combine groups, and so over any window.
    shared: BTreeSet<Count>,
    claims: BTreeSet<FactId>,
}

impl Seen {
    fn revision(&mut self, revision: &Revision) {
        self.conditions(&revision.applies_when);
        for entry in revision.entries.values() {
            self.entry(entry);
        }
    }

    fn entry(&mut self, entry: &Entry) {
        self.conditions(&entry.when);
        self.claims.extend(entry.exemptions.iter().cloned());
        if let Some(Condition::Count(bounds, _)) = entry.when.get(SUBJECTS).filter(|_| entry.combine.is_some()) {
            self.shared.insert(bounds.at_least());
        }
        if let Effect::Conditional(ways) = &entry.effect {
            for way in ways {
                self.conditions(&way.when);
                self.claims.extend(way.all.iter().cloned());
            }
        }
    }

    fn conditions(&mut self, when: &When) {
        for (fact, condition) in when {
            match condition {
                Condition::Flag(_) => drop(self.kinds.entry((fact.clone(), None)).or_insert(Kind::Flag)),
                Condition::Choice(among) => {
                    let kind = self.kinds.entry((fact.clone(), None)).or_insert(Kind::Choice(BTreeSet::new()));
                    if let Kind::Choice(named) = kind {
                        named.extend(among.iter().cloned());
                    }
                }
                Condition::Count(bounds, window) => self.bounds((fact.clone(), window.clone()), *bounds),
            }
        }
    }

    fn bounds(&mut self, variable: Variable, bounds: Bounds) {
        self.kinds.entry(variable.clone()).or_insert(Kind::Count);
        self.cuts.entry(variable).or_default().extend([bounds.at_least()].into_iter().chain(bounds.below()));
    }

    /// Returns where each count is cut. Where people are also counted whatever
    /// the window, a question states one number for all windows, and so the
    /// cuts of one are those of all.
    fn cuts(&self) -> BTreeMap<Variable, BTreeSet<Count>> {
        let mut cuts = self.cuts.clone();
        let is_subjects = |it: &&Variable| it.0.as_str() == SUBJECTS;
        let mut common = self.shared.clone();
        if cuts.keys().any(|(fact, window)| is_each(fact, window.as_ref())) {
            common.extend(cuts.iter().filter(|(it, _)| is_subjects(it)).flat_map(|(_, it)| it).copied());
        }
        cuts.iter_mut().filter(|(it, _)| is_subjects(it)).for_each(|(_, it)| it.extend(&common));
        cuts
    }
}
