//! Questions that two revisions answer differently.

use std::collections::{BTreeMap, BTreeSet};

use crate::compare::axes::Cell;
use crate::compare::bits::Bits;
use crate::compare::problem::Problem;
use crate::compare::settle::Step;
use crate::compare::side::Scene;
use crate::model::fact::SUBJECTS;
use crate::model::{CategoryId, Count, FactId, Item, Outcome, Question, Subjects, Value, WindowId};

/// A question that two revisions answer differently.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Witness {
    /// The question. Everything that the two answers hang on is stated.
    pub question: Question,
    /// The outcome by the earlier revision alone.
    pub before: Outcome,
    /// The outcome by the later revision alone.
    pub after: Outcome,
}

/// Returns a question within some cells that makes the claims of a step;
/// `template` says everything but items and facts.
pub(super) fn witness(
    scene: &Scene<'_>,
    problem: &Problem,
    categories: &[&CategoryId],
    cells: &[Bits],
    step: &Step,
    template: &Question,
) -> Witness {
    let point = point(scene, problem, cells);
    let question = question(scene, categories, &point, problem.is_tied(scene), &step.claims, template);
    Witness { question, before: step.before.outcome, after: step.after.outcome }
}

/// For each axis that matters one of its cells, and a number in it.
type Point = BTreeMap<usize, (usize, Count)>;

/// Returns the plainest point within some cells.
fn point(scene: &Scene<'_>, problem: &Problem, cells: &[Bits]) -> Point {
    let mut matters: BTreeSet<usize> = problem.axes(scene).iter().collect();
    let everything = scene.axes.everything(problem.items);
    matters
        .extend(cells.iter().zip(&everything).enumerate().filter(|(_, (one, all))| one != all).map(|(axis, _)| axis));
    if problem.is_tied(scene) {
        matters = matters.into_iter().map(|it| scene.axes.regardless_of_window(it)).collect();
    }
    let cell_of = |axis: usize, cell: usize| scene.axes.axis(axis).and_then(|it| it.cells.get(cell));
    let first = |axis: usize| {
        let cell = cells.get(axis)?.iter().next()?;
        // One person is plainer than nobody.
        let number = |least| cell_of(axis, cell)?.fewest(least);
        let plainest = Count::new(1).ok().and_then(number).or_else(|| number(Count::ZERO));
        Some((axis, (cell, plainest.unwrap_or(Count::ZERO))))
    };
    let mut point: Point = matters.iter().filter_map(|it| first(*it)).collect();
    // One number of people for all windows is the plainest, where it may be.
    for item in 0..problem.items {
        let is_of_item = |it: &&usize| {
            let is_subjects = scene.axes.axis(**it).is_some_and(|it| it.variable.0.as_str() == SUBJECTS);
            is_subjects && scene.axes.item_of(**it) == item
        };
        let axes: Vec<usize> = matters.iter().filter(is_of_item).copied().collect();
        let Some(most) = axes.iter().filter_map(|it| point.get(it).map(|it| it.1)).max() else { continue };
        let with = |axis: usize, number: Count| {
            let cell = scene.axes.axis(axis)?.cells.iter().position(|it| it.fewest(number) == Some(number))?;
            cells.get(axis)?.contains(cell).then_some((axis, (cell, number)))
        };
        let same: Vec<_> = axes.iter().filter_map(|it| with(*it, most)).collect();
        if same.len() == axes.len() {
            point.extend(same);
        } else if let Some(fewest) = scene.axes.fewest(cells, item) {
            let matter = fewest.into_iter().filter(|(axis, _)| matters.contains(axis));
            point.extend(matter.filter_map(|(axis, number)| with(axis, number)));
        }
    }
    point
}

fn question(
    scene: &Scene<'_>,
    categories: &[&CategoryId],
    point: &Point,
    is_tied: bool,
    claims: &Bits,
    template: &Question,
) -> Question {
    let mut facts: BTreeMap<FactId, Value> =
        scene.axes.claimed(claims).map(|it| (it.clone(), Value::Flag(true))).collect();
    let mut people: BTreeMap<usize, BTreeMap<Option<WindowId>, Count>> = BTreeMap::new();
    for (number_of_axis, (cell, number)) in point {
        let Some(axis) = scene.axes.axis(*number_of_axis) else { continue };
        let Some(cell) = axis.cells.get(*cell) else { continue };
        let (fact, window) = &axis.variable;
        match cell {
            Cell::Count(..) if fact.as_str() == SUBJECTS => {
                let of_item = people.entry(scene.axes.item_of(*number_of_axis)).or_default();
                of_item.insert(window.clone(), *number);
            }
            Cell::Count(..) => drop(facts.insert(fact.clone(), Value::Count(*number))),
            Cell::Flag(flag) => drop(facts.insert(fact.clone(), Value::Flag(*flag))),
            Cell::Choice(choice) => drop(facts.insert(fact.clone(), Value::Choice(choice.clone()))),
        }
    }
    let items = categories.iter().enumerate().map(|(item, category)| {
        let subjects = people.get(&item).and_then(|it| subjects(it, is_tied));
        Item { category: (*category).clone(), subjects }
    });
    Question { items: items.collect(), facts, ..template.clone() }
}

fn subjects(people: &BTreeMap<Option<WindowId>, Count>, is_tied: bool) -> Option<Subjects> {
    let first = people.values().next()?;
    let is_each = is_tied || people.values().all(|it| first == it);
    if is_each {
        return people.values().max().copied().map(Subjects::Each);
    }
    Some(Subjects::In(people.iter().filter_map(|(window, it)| Some((window.clone()?, *it))).collect()))
}
