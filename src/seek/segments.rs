//! What another number of people would change.
//!
//! A number matters only where a condition of a list in force begins or ends.
//! So a range is cut there, and each piece is asked once: between two cuts
//! nothing that reads the number can tell one from another.

use std::collections::BTreeSet;

use crate::evaluate::{Index, thresholds};
use crate::model::{Answer, Count, FactId, Outcome, Question, Requirements, Subjects, UnknownReason};

/// A range of numbers of people for one item of a question, half-open.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Range {
    /// The number of the item, from 0.
    pub item: usize,
    /// The first number.
    pub from: Count,
    /// The first number that is beyond it; `None` if it has no end.
    pub until: Option<Count>,
}

/// A part of a range in which the answer is the same, half-open.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Segment<'a> {
    /// The first number.
    pub from: Count,
    /// The first number that is beyond it; `None` if it has no end.
    pub until: Option<Count>,
    /// The answer for the first number, and its verdict for all. It says
    /// nothing of other days.
    pub answer: Answer<'a>,
}

/// How far a number of people may grow before the answer is another.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Headroom<'a> {
    /// The number of the item, from 0.
    pub item: usize,
    /// The number that was stated.
    pub stated: Count,
    /// The lowest greater number that changes the answer.
    pub threshold: Count,
    /// The answer for that number. It says nothing of other days.
    pub answer: Answer<'a>,
}

impl Headroom<'_> {
    /// Returns how many more people change nothing.
    pub fn room(&self) -> u64 {
        self.threshold.number() - self.stated.number() - 1
    }
}

/// Returns the parts of a range in which a question gets the same, each as
/// long as it can be. The question must speak the index's words.
pub fn segments<'i>(index: &'i Index, question: &Question, range: &Range) -> Vec<Segment<'i>> {
    let is_inside = |it: &Count| range.from < *it && range.until.is_none_or(|until| *it < until);
    let cuts = thresholds(index, question).into_iter().filter(is_inside);
    let starts: Vec<_> = std::iter::once(range.from).chain(cuts).collect();
    let ends = starts.iter().skip(1).copied().map(Some).chain([range.until]);
    let mut segments: Vec<Segment<'i>> = Vec::new();
    for (from, until) in starts.iter().copied().zip(ends) {
        let answer = index.answer_on_its_day(&with_people(question, range.item, from));
        match segments.last_mut() {
            Some(before) if gets(&before.answer) == gets(&answer) => before.until = until,
            _ => segments.push(Segment { from, until, answer }),
        }
    }
    segments
}

/// Returns for each item with a number that holds for every window how far it
/// may grow, where it may not grow for ever; the others stay as they are.
pub fn headroom<'i>(index: &'i Index, question: &Question) -> Vec<Headroom<'i>> {
    let thresholds = thresholds(index, question);
    let answer = index.answer_on_its_day(question);
    let numbers = question.items.iter().enumerate().filter_map(|(item, it)| match it.subjects {
        Some(Subjects::Each(stated)) => Some((item, stated)),
        Some(Subjects::In(_)) | None => None,
    });
    let found = numbers.filter_map(|(item, stated)| {
        let greater = thresholds.iter().copied().filter(|it| stated < *it);
        let mut changes = greater.map(|it| (it, index.answer_on_its_day(&with_people(question, item, it))));
        let (threshold, answer) = changes.find(|(_, it)| gets(it) != gets(&answer))?;
        Some(Headroom { item, stated, threshold, answer })
    });
    found.collect()
}

/// Returns a question in which one item has another number of people.
pub(crate) fn with_people(question: &Question, item: usize, count: Count) -> Question {
    let mut question = question.clone();
    if let Some(item) = question.items.get_mut(item) {
        item.subjects = Some(Subjects::Each(count));
    }
    question
}

/// What can tell one segment from the next: a verdict, and what of it is
/// certain.
type Gets<'a> = (Outcome, Outcome, Option<UnknownReason>, &'a Requirements, &'a BTreeSet<FactId>);

fn gets<'a>(answer: &'a Answer<'_>) -> Gets<'a> {
    (answer.outcome, answer.floor, answer.unknown_reason, &answer.requires, &answer.exemptions)
}
