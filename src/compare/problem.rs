//! One comparison: what two revisions say of some items that go to some
//! place.

use std::rc::Rc;

use crate::compare::axes::Conditions;
use crate::compare::bits::Bits;
use crate::compare::cells::{Half, Piece, split};
use crate::compare::rule::{Rule, regardless_of_window};
use crate::compare::settle::settled;
use crate::compare::side::{Said, Scene};

/// What two revisions say of some data that goes to some place.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Problem {
    pub(super) before: Said,
    pub(super) after: Said,
    /// How many items the question has.
    pub(super) items: usize,
}

impl Problem {
    /// Returns whether a question must state one number of people for all
    /// windows, since some condition counts them whatever the window.
    pub(super) fn is_tied(&self, scene: &Scene<'_>) -> bool {
        self.axes(scene).iter().any(|it| scene.axes.is_each(it))
    }

    /// Returns everything that the answers hang on.
    pub(super) fn axes(&self, scene: &Scene<'_>) -> Bits {
        let mut axes = Bits::none(scene.axes.everything(self.items).len());
        for said in [&self.before, &self.after] {
            scene.book.rules(&said.rules).flat_map(|it| it.axes()).for_each(|it| axes.insert(it));
            said.speaks.iter().flatten().for_each(|(it, _)| axes.insert(*it));
        }
        axes
    }

    /// Returns the pieces in which the answers differ, with neighbours that
    /// differ in the same way in one.
    pub(super) fn pieces(&self, scene: &Scene<'_>) -> Vec<Piece> {
        if self.before == self.after {
            return Vec::new();
        }
        let is_tied = self.is_tied(scene);
        let tied = |rule: &Rc<Rule>| {
            if is_tied { rule.regardless_of_window(&scene.axes).map(Rc::new) } else { Some(Rc::clone(rule)) }
        };
        let (mut common, mut gone, mut new) = (Vec::new(), Vec::new(), Vec::new());
        for number in &self.before.rules {
            let list = if self.after.rules.binary_search(number).is_ok() { &mut common } else { &mut gone };
            list.push(*number);
        }
        new.extend(self.after.rules.iter().copied().filter(|it| self.before.rules.binary_search(it).is_err()));
        let rules = |numbers: &[usize]| scene.book.rules(numbers).filter_map(tied).collect::<Vec<_>>();
        let speaks = |said: &Said| {
            let tied = |it: &Conditions| if is_tied { regardless_of_window(it, &scene.axes) } else { Some(it.clone()) };
            said.speaks.as_ref().and_then(tied)
        };
        let before = Half { rules: rules(&gone), speaks: speaks(&self.before) };
        let after = Half { rules: rules(&new), speaks: speaks(&self.after) };
        let (everything, common) = (scene.axes.everything(self.items), rules(&common));
        let with_common = |half: &Half| {
            let rules = half.rules.iter().chain(&common).cloned().collect();
            Half { rules, speaks: half.speaks.clone() }
        };
        let (whole_before, whole_after) = (with_common(&before), with_common(&after));
        let pieces = split(common, before, after, everything, &scene.axes).into_iter();
        let pieces = pieces.flat_map(|it| settled(it, &whole_before, &whole_after, &scene.axes));
        let widened = |it: Piece| Piece { cells: scene.axes.widened(it.cells), ..it };
        // What was merged may be widened further, and what was widened merged.
        let pieces = merged(pieces.map(widened).collect());
        merged(pieces.into_iter().map(widened).collect())
    }
}

/// Returns pieces, with those that differ on one axis only in one.
fn merged(mut pieces: Vec<Piece>) -> Vec<Piece> {
    let mut merged: Vec<Piece> = Vec::new();
    while let Some(mut piece) = pieces.pop() {
        let found = merged.iter().position(|it| union(it, &piece).is_some());
        match found {
            None => merged.push(piece),
            Some(index) => {
                let other = merged.swap_remove(index);
                if let Some(cells) = union(&other, &piece) {
                    piece.cells = cells;
                }
                // What is larger now may meet others anew.
                pieces.push(piece);
            }
        }
    }
    merged.sort_by(|one, other| (one.shift, &one.steps, &one.cells).cmp(&(other.shift, &other.steps, &other.cells)));
    merged
}

fn union(one: &Piece, other: &Piece) -> Option<Vec<Bits>> {
    if one.shift != other.shift || one.steps != other.steps {
        return None;
    }
    let differing = one.cells.iter().zip(&other.cells).filter(|(one, other)| one != other).count();
    if 1 < differing {
        return None;
    }
    Some(one.cells.iter().zip(&other.cells).map(|(one, other)| one.or(other)).collect())
}
