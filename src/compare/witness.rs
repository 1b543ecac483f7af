//! Questions that two revisions answer differently.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::compare::axes::{Cell, Conditions};
use crate::compare::bits::Bits;
use crate::compare::problem::Problem;
use crate::compare::rule::{Rule, left_open, regardless_of_window};
use crate::compare::side::{Said, Scene};
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

/// In which direction a witness is looked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Direction {
    Tighter,
    Looser,
}

/// Returns a question within some cells whose answer changed in a direction;
/// `template` says everything but items and facts.
pub(super) fn witness(
    scene: &Scene<'_>,
    problem: &Problem,
    categories: &[&CategoryId],
    cells: &[Bits],
    direction: Direction,
    template: &Question,
) -> Option<Witness> {
    let point = point(scene, problem, cells);
    let at = exactly(scene, problem, &point);
    let is_tied = problem.is_tied(scene);
    let resolve = |said: &Said| {
        let tied = |it: &Rc<Rule>| if is_tied { it.regardless_of_window(&scene.axes) } else { Some(Rule::clone(it)) };
        let rules = scene.book.rules(&said.rules).filter_map(tied).filter_map(|it| it.within(&at));
        let speaks = |it: &Conditions| {
            let it = if is_tied { regardless_of_window(it, &scene.axes)? } else { it.clone() };
            left_open(&it, &at)
        };
        let is_silent = said.speaks.as_ref().and_then(speaks).is_none();
        Resolved { rules: rules.collect(), is_silent }
    };
    let (before, after) = (resolve(&problem.before), resolve(&problem.after));
    let claims = match direction {
        Direction::Tighter => claims(&after, &before)?,
        Direction::Looser => claims(&before, &after)?,
    };
    let question = question(scene, categories, &point, is_tied, &claims, template);
    Some(Witness { question, before: before.outcome(&claims), after: after.outcome(&claims) })
}

/// What a revision says where all facts are stated.
#[derive(Debug)]
struct Resolved {
    rules: Vec<Rule>,
    is_silent: bool,
}

impl Resolved {
    fn outcome(&self, claims: &Bits) -> Outcome {
        let silence = self.is_silent.then_some(Outcome::Unknown);
        let bound = self.rules.iter().filter(|it| !it.is_met_by(claims)).map(|it| it.severity);
        bound.chain(silence).max().unwrap_or(Outcome::Permitted)
    }
}

/// Returns the fewest claims that leave one severer than the other.
fn claims(severer: &Resolved, milder: &Resolved) -> Option<Bits> {
    let of_rules = severer.rules.iter().flat_map(|rule| rule.left_out().into_iter().map(|it| (rule.severity, it)));
    let silence = severer.is_silent.then(|| (Outcome::Unknown, Bits::default()));
    let found = of_rules.chain(silence).filter_map(|(severity, without)| {
        let claims = taking_care(milder, severity, &without)?;
        Some((claims.len(), std::cmp::Reverse(severity), claims))
    });
    found.min().map(|(_, _, claims)| claims)
}

/// Returns claims, none of which is among some, that leave nothing at a
/// severity or above.
fn taking_care(of: &Resolved, severity: Outcome, without: &Bits) -> Option<Bits> {
    if of.is_silent && severity <= Outcome::Unknown {
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

/// Returns for each axis that matters one of its cells: the plainest that is
/// possible.
fn point(scene: &Scene<'_>, problem: &Problem, cells: &[Bits]) -> BTreeMap<usize, usize> {
    let mut matters: BTreeSet<usize> = problem.axes(scene).iter().collect();
    let everything = scene.axes.everything(problem.items);
    matters
        .extend(cells.iter().zip(&everything).enumerate().filter(|(_, (one, all))| one != all).map(|(axis, _)| axis));
    if problem.is_tied(scene) {
        matters = matters.into_iter().map(|it| scene.axes.regardless_of_window(it)).collect();
    }
    let first = |axis: usize| cells.get(axis).and_then(|it| it.iter().next()).map(|it| (axis, it));
    let mut point: BTreeMap<usize, usize> = matters.iter().filter_map(|it| first(*it)).collect();
    // One number of people for all windows is the plainest, where it may be.
    for item in 0..problem.items {
        let is_of_item = |it: &&usize| {
            let is_subjects = scene.axes.axis(**it).is_some_and(|it| it.variable.0.as_str() == SUBJECTS);
            is_subjects && scene.axes.item_of(**it) == item
        };
        let axes: Vec<usize> = matters.iter().filter(is_of_item).copied().collect();
        let people = |axis: usize, cell: usize| scene.axes.axis(axis).and_then(|it| it.cells.get(cell)).map(number);
        let Some(most) = axes.iter().filter_map(|it| people(*it, *point.get(it)?)).max() else { continue };
        let same = axes.iter().filter_map(|axis| {
            let cell = scene.axes.axis(*axis)?.cells.iter().position(|it| holds(it, most))?;
            cells.get(*axis)?.contains(cell).then_some((*axis, cell))
        });
        let same: Vec<_> = same.collect();
        if same.len() == axes.len() {
            point.extend(same);
        }
    }
    point
}

fn exactly(scene: &Scene<'_>, problem: &Problem, point: &BTreeMap<usize, usize>) -> Vec<Bits> {
    let mut cells = scene.axes.everything(problem.items);
    for (axis, cell) in point {
        if let Some(it) = cells.get_mut(*axis) {
            *it = it.without(it);
            it.insert(*cell);
        }
    }
    cells
}

fn question(
    scene: &Scene<'_>,
    categories: &[&CategoryId],
    point: &BTreeMap<usize, usize>,
    is_tied: bool,
    claims: &Bits,
    template: &Question,
) -> Question {
    let mut facts: BTreeMap<FactId, Value> =
        scene.axes.claimed(claims).map(|it| (it.clone(), Value::Flag(true))).collect();
    let mut people: BTreeMap<usize, BTreeMap<Option<WindowId>, Count>> = BTreeMap::new();
    for (number_of_axis, cell) in point {
        let Some(axis) = scene.axes.axis(*number_of_axis) else { continue };
        let Some(cell) = axis.cells.get(*cell) else { continue };
        let (fact, window) = &axis.variable;
        match cell {
            Cell::Count(..) if fact.as_str() == SUBJECTS => {
                let of_item = people.entry(scene.axes.item_of(*number_of_axis)).or_default();
                of_item.insert(window.clone(), number(cell));
            }
            Cell::Count(..) => drop(facts.insert(fact.clone(), Value::Count(number(cell)))),
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

/// Returns the plainest number of a cell: one person rather than nobody.
fn number(cell: &Cell) -> Count {
    match cell {
        Cell::Count(from, below) => match Count::new(1) {
            Ok(one) if *from < one && below.is_none_or(|it| one < it) => one,
            Ok(_) | Err(_) => *from,
        },
        Cell::Flag(_) | Cell::Choice(_) => Count::ZERO,
    }
}

fn holds(cell: &Cell, count: Count) -> bool {
    match cell {
        Cell::Count(from, below) => *from <= count && below.is_none_or(|it| count < it),
        Cell::Flag(_) | Cell::Choice(_) => false,
    }
}
