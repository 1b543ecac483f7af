//! Splitting the facts into the cells in which two sets of rules compare in
//! one way.
//!
//! A cell is split only on conditions of rules that may still make a
//! difference, and no further once what applies for certain settles it: so
//! thousands of rules that both revisions share cost little.

use std::rc::Rc;

use crate::compare::axes::{Axes, Conditions};
use crate::compare::bits::Bits;
use crate::compare::rule::{Rule, left_open};
use crate::compare::settle::Step;
use crate::model::Outcome;

/// What one revision says of some data that goes to some place.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Half {
    pub(super) rules: Vec<Rc<Rule>>,
    /// When the list speaks; `None` where it is silent whatever the facts.
    pub(super) speaks: Option<Conditions>,
}

/// What became of the answers in a piece of the question space.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Shift {
    /// Severer for some claims, and milder for none.
    Tighter,
    /// Severer for some claims, and milder for others: another route.
    Different,
    /// Milder for some claims, and severer for none.
    Looser,
}

impl Shift {
    /// Every shift, the tighter first.
    pub const ALL: [Shift; 3] = [Shift::Tighter, Shift::Different, Shift::Looser];

    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            Shift::Tighter => "tighter",
            Shift::Different => "different",
            Shift::Looser => "looser",
        }
    }
}

/// Some cells in which the answer changed in one way.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Piece {
    /// For each axis the cells; all where an axis is not restricted.
    pub(super) cells: Vec<Bits>,
    pub(super) shift: Shift,
    /// Claims that show it throughout, once that is settled: one step, or two
    /// where it is different.
    pub(super) steps: Vec<Step>,
}

/// Returns the pieces of the question space in which the answers of two
/// revisions differ. No question lies in two of them, and outside of them
/// nothing changed. What the two share is `common`.
pub(super) fn split(
    mut common: Vec<Rc<Rule>>,
    before: Half,
    after: Half,
    everything: Vec<Bits>,
    axes: &Axes,
) -> Vec<Piece> {
    let all = || before.rules.iter().chain(&after.rules).flat_map(|it| it.left_out());
    let mut left_out: Vec<_> = all().chain([Bits::default()]).collect();
    left_out.sort();
    left_out.dedup();
    // What both share counts only where it may hide a difference.
    common.retain(|it| left_out.iter().any(|without| it.might_stay(without)));
    let mut pieces = Vec::new();
    descend(everything, &common, before, after, axes, &mut pieces);
    pieces
}

fn descend(cells: Vec<Bits>, common: &[Rc<Rule>], before: Half, after: Half, axes: &Axes, pieces: &mut Vec<Piece>) {
    let (shared, gone): (Vec<_>, Vec<_>) = before.rules.into_iter().partition(|it| after.rules.contains(it));
    let new = after.rules.into_iter().filter(|it| !shared.contains(it)).collect();
    let (before, after) = (Half { rules: gone, speaks: before.speaks }, Half { rules: new, speaks: after.speaks });
    let common: Vec<_> = common.iter().cloned().chain(shared).collect();

    let gained = survivors(&after, &before, &common);
    let lost = survivors(&before, &after, &common);
    if gained.is_empty() && lost.is_empty() {
        return;
    }
    let open = gained.iter().chain(&lost).find_map(|it| it.open);
    let open = open.or_else(|| gained.iter().find_map(|it| hiding(it, &before, &common)));
    let open = open.or_else(|| lost.iter().find_map(|it| hiding(it, &after, &common)));
    let Some((axis, some)) = open.cloned() else {
        let shift = match (gained.is_empty(), lost.is_empty()) {
            (false, true) => Shift::Tighter,
            (false, false) => Shift::Different,
            (true, _) => Shift::Looser,
        };
        pieces.push(Piece { cells, shift, steps: Vec::new() });
        return;
    };
    for cells in parts(&cells, axis, &some, axes) {
        let common = within(&common, &cells, axis);
        let (before, after) = (before.narrowed(&cells, axis), after.narrowed(&cells, axis));
        descend(cells, &common, before, after, axes, pieces);
    }
}

/// Returns the two parts of some cells, on one axis among some and not, as far
/// as questions lie in them.
pub(super) fn parts(cells: &[Bits], axis: usize, some: &Bits, axes: &Axes) -> impl Iterator<Item = Vec<Bits>> {
    let part = |of: Bits| {
        let mut cells = cells.to_vec();
        *cells.get_mut(axis)? = of;
        Some(cells).filter(|it| axes.is_possible(it))
    };
    let possible = cells.get(axis);
    let parts = possible.map(|it| [part(it.and(some)), part(it.without(some))]);
    parts.into_iter().flatten().flatten()
}

impl Half {
    /// Returns what is left once the cells of one axis were narrowed.
    pub(super) fn narrowed(&self, cells: &[Bits], axis: usize) -> Half {
        let speaks = self.speaks.as_ref().and_then(|it| left_open(it, cells));
        Half { rules: within(&self.rules, cells, axis), speaks }
    }
}

/// Returns what is left of rules once the cells of one axis were narrowed.
fn within(rules: &[Rc<Rule>], cells: &[Bits], axis: usize) -> Vec<Rc<Rule>> {
    let narrowed = |it: &Rc<Rule>| {
        if it.hangs_on(axis) { it.within(cells).map(Rc::new) } else { Some(Rc::clone(it)) }
    };
    let mut rules: Vec<_> = rules.iter().filter_map(narrowed).collect();
    rules.sort();
    rules.dedup();
    rules
}

/// A severity that one revision has and the other, as far as it is settled,
/// has not, where everything but some claims is made.
#[derive(Debug)]
struct Survivor<'r> {
    severity: Outcome,
    without: Bits,
    /// What it still hangs on.
    open: Option<&'r (usize, Bits)>,
}

fn survivors<'r>(one: &'r Half, other: &Half, common: &[Rc<Rule>]) -> Vec<Survivor<'r>> {
    let mut survivors = Vec::new();
    for rule in &one.rules {
        // Taken for as severe as it may be: ways that may be closed are.
        let ways: Vec<_> = rule.ways.iter().filter(|it| it.when.is_empty()).cloned().collect();
        let is_closed = rule.severity == Outcome::Conditional && ways.is_empty();
        let severity = if is_closed { Outcome::Prohibited } else { rule.severity };
        let severest = Rule { when: Conditions::new(), severity, ways, lifts: rule.lifts.clone() };
        for without in severest.left_out() {
            survivors.push(Survivor { severity, without, open: rule.open() });
        }
    }
    let is_silent = |half: &Half| half.speaks.as_ref().is_none_or(|it| !it.is_empty());
    if is_silent(one) && one.speaks != other.speaks {
        let open = one.speaks.as_ref().and_then(|it| it.first());
        survivors.push(Survivor { severity: Outcome::Unknown, without: Bits::default(), open });
    }
    survivors.retain(|it| {
        let is_hidden = |rule: &Rc<Rule>| rule.is_certain() && rule.stays(&it.without, it.severity);
        let is_silent = other.speaks.is_none() && it.severity <= Outcome::Unknown;
        !is_silent && !other.rules.iter().chain(common).any(is_hidden)
    });
    survivors
}

/// Returns what has to be settled to know whether the other revision is as
/// severe as this.
fn hiding<'r>(survivor: &Survivor<'_>, other: &'r Half, common: &'r [Rc<Rule>]) -> Option<&'r (usize, Bits)> {
    let may_hide = |rule: &&'r Rc<Rule>| {
        let is_closable = rule.severity == Outcome::Conditional && rule.ways.iter().all(|it| !it.when.is_empty());
        let severest = if is_closable { Outcome::Prohibited } else { rule.severity };
        !rule.is_settled() && survivor.severity <= severest.max(rule.severity) && rule.might_stay(&survivor.without)
    };
    let rules = other.rules.iter().chain(common).filter(may_hide);
    let silence = other.speaks.iter().filter(|_| survivor.severity <= Outcome::Unknown).filter_map(|it| it.first());
    rules.filter_map(|it| it.open()).chain(silence).next()
}
