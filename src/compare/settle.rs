//! What is said throughout a piece of the question space: the fewest claims
//! that show what changed there, and what both revisions answer to them.
//!
//! A piece is cut further until one set of claims gets the same two answers
//! everywhere in it, so that what is said of a region holds for all of it and
//! not only for an example.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::rc::Rc;

use crate::compare::axes::Axes;
use crate::compare::bits::Bits;
use crate::compare::cells::{self, Half, Piece, Shift};
use crate::compare::rule::{Rule, left_open};
use crate::model::Outcome;

/// Some claims, and what the two revisions answer to whoever makes them.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Step {
    pub(super) claims: Bits,
    pub(super) before: Saying,
    pub(super) after: Saying,
}

/// What a revision answers where everything is stated.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Saying {
    pub(super) outcome: Outcome,
    /// What it requires where it is conditional, without what follows from the
    /// rest.
    requires: BTreeSet<Ways>,
}

/// Sets of mechanisms, one of which is needed.
type Ways = BTreeSet<Bits>;

/// Returns parts of a piece in each of which one step holds throughout, or
/// two where the piece is tighter for some claims and looser for others.
pub(super) fn settled(piece: Piece, before: &Half, after: &Half, axes: &Axes) -> Vec<Piece> {
    let directions: &[Shift] = match piece.shift {
        Shift::Different => &[Shift::Tighter, Shift::Looser],
        Shift::Tighter => &[Shift::Tighter],
        Shift::Looser => &[Shift::Looser],
    };
    let mut pieces = vec![piece];
    for direction in directions {
        let mut parts = Vec::new();
        for piece in pieces {
            let settling = Settling { direction: *direction, axes };
            let (before, after) = (before.within(&piece.cells), after.within(&piece.cells));
            settling.claim(&piece, &Bits::default(), &before, &after, &mut parts);
        }
        pieces = parts;
    }
    pieces
}

struct Settling<'a> {
    direction: Shift,
    axes: &'a Axes,
}

impl Settling<'_> {
    /// Cuts a piece until both answers to some claims are settled; where these
    /// claims do not show the change, others are tried. The halves are those
    /// within the piece.
    fn claim(&self, piece: &Piece, claims: &Bits, before: &Half, after: &Half, parts: &mut Vec<Piece>) {
        let open = open(before, claims).or_else(|| open(after, claims));
        let Some((axis, some)) = open else {
            let step = Step { claims: claims.clone(), before: before.says(claims), after: after.says(claims) };
            let is_shown = match self.direction {
                Shift::Tighter | Shift::Different => step.before.outcome < step.after.outcome,
                Shift::Looser => step.after.outcome < step.before.outcome,
            };
            if is_shown {
                let steps = piece.steps.iter().cloned().chain([step]).collect();
                parts.push(Piece { steps, ..piece.clone() });
                return;
            }
            match self.others(&piece.cells, before, after).filter(|it| it != claims) {
                Some(others) => self.claim(piece, &others, before, after, parts),
                // Something always shows it. Were it not so, an example would be
                // missing, and never the change.
                None => parts.push(piece.clone()),
            }
            return;
        };
        for cells in cells::parts(&piece.cells, axis, &some, self.axes) {
            let (before, after) = (before.narrowed(&cells, axis), after.narrowed(&cells, axis));
            self.claim(&Piece { cells, ..piece.clone() }, claims, &before, &after, parts);
        }
    }

    /// Returns the fewest claims that show the change at some point.
    fn others(&self, cells: &[Bits], before: &Half, after: &Half) -> Option<Bits> {
        let point = self.axes.point(cells);
        let (before, after) = (before.within(&point), after.within(&point));
        match self.direction {
            Shift::Tighter | Shift::Different => fewest_claims(&after, &before),
            Shift::Looser => fewest_claims(&before, &after),
        }
    }
}

/// Returns what the answer to some claims still hangs on.
fn open(half: &Half, claims: &Bits) -> Option<(usize, Bits)> {
    let bound = || half.rules.iter().filter(|it| !it.lifts.meets(claims));
    let certain: Vec<_> = bound().filter(|it| it.is_settled() && !it.is_met_by(claims)).collect();
    let silence = half.speaks.is_none().then_some(Outcome::Unknown);
    let severest = certain.iter().map(|it| it.severity).chain(silence).max().unwrap_or(Outcome::Permitted);
    let may_matter = |it: &&Rc<Rule>| {
        if it.is_settled() {
            return false;
        }
        let may_close = it.severity == Outcome::Conditional && it.ways.iter().all(|it| !it.when.is_empty());
        let most = if may_close { Outcome::Prohibited } else { it.severity };
        // Among conditions, what follows from one that is certain adds nothing.
        let adds = || !certain.iter().any(|sure| follows(it, sure));
        severest < most || (severest == most && most == Outcome::Conditional && adds())
    };
    let open = bound().filter(may_matter).find_map(|it| it.open());
    let speaks = half.speaks.iter().filter(|_| severest < Outcome::Unknown).find_map(|it| it.first());
    open.or(speaks).cloned()
}

/// Returns whether a rule asks for nothing that another does not ask for:
/// whatever satisfies the other satisfies it.
fn follows(rule: &Rule, from: &Rule) -> bool {
    let certain = || rule.ways.iter().filter(|it| it.when.is_empty());
    from.ways.iter().all(|needed| certain().any(|it| it.all.is_within(&needed.all)))
}

impl Half {
    fn within(&self, cells: &[Bits]) -> Half {
        let mut rules: Vec<_> = self.rules.iter().filter_map(|it| it.within(cells)).map(Rc::new).collect();
        rules.sort();
        rules.dedup();
        Half { rules, speaks: self.speaks.as_ref().and_then(|it| left_open(it, cells)) }
    }

    /// Returns what is said to whoever makes some claims. Nothing is open.
    fn says(&self, claims: &Bits) -> Saying {
        let bound: Vec<_> = self.rules.iter().filter(|it| it.is_certain() && !it.is_met_by(claims)).collect();
        let silence = self.speaks.is_none().then_some(Outcome::Unknown);
        let outcome = bound.iter().map(|it| it.severity).chain(silence).max().unwrap_or(Outcome::Permitted);
        let mut requires = BTreeSet::new();
        if outcome == Outcome::Conditional {
            let is_more = |one: &Ways, other: &Ways| one.iter().all(|it| other.iter().any(|all| all.is_within(it)));
            let ways: Vec<Ways> = bound.iter().map(|it| it.ways.iter().map(|it| it.all.clone()).collect()).collect();
            let adds = |it: &&Ways| !ways.iter().any(|other| other != *it && is_more(other, it));
            requires = ways.iter().filter(adds).cloned().collect();
        }
        Saying { outcome, requires }
    }
}

/// Returns the fewest claims that leave one severer than the other. Nothing is
/// open in either.
fn fewest_claims(severer: &Half, milder: &Half) -> Option<Bits> {
    let of_rules = severer.rules.iter().flat_map(|rule| rule.left_out().into_iter().map(|it| (rule.severity, it)));
    let silence = severer.speaks.is_none().then(|| (Outcome::Unknown, Bits::default()));
    let found = of_rules.chain(silence).filter_map(|(severity, without)| {
        let claims = taking_care(milder, severity, &without)?;
        Some((claims.len(), Reverse(severity), claims))
    });
    found.min().map(|(_, _, claims)| claims)
}

/// Returns claims, none of which is among some, that leave nothing at a
/// severity or above.
fn taking_care(of: &Half, severity: Outcome, without: &Bits) -> Option<Bits> {
    if of.speaks.is_none() && severity <= Outcome::Unknown {
        return None;
    }
    let mut claims = Bits::default();
    for rule in of.rules.iter().filter(|it| severity <= it.severity) {
        if rule.is_met_by(&claims) {
            continue;
        }
        let ways = rule.ways.iter().map(|it| it.all.clone()).filter(|it| !it.meets(without));
        let way = ways.min_by_key(Bits::len);
        let lifted = || {
            let first = rule.lifts.without(without).iter().next()?;
            let mut only = rule.lifts.without(&rule.lifts);
            only.insert(first);
            Some(only)
        };
        let more = way.or_else(lifted)?;
        claims = more.or(&claims);
    }
    Some(claims)
}
