//! What was to be reached, and what was found.

use crate::measure::Measured;
use crate::report::Report;

/// The tables of one size.
#[derive(Clone, Copy, Debug)]
pub struct Tables<'t> {
    /// The index, from what was published by any day.
    pub both: &'t [Measured],
    /// The index, from all that was ever published.
    pub now: &'t [Measured],
    /// Everything else.
    pub others: &'t [Measured],
}

/// Writes goals with the figures beside them. None of them is a test.
pub fn write(size: &str, tables: Tables<'_>, report: &mut Report) {
    report.line("| goal | at most, or at least | found | |\n| --- | ---: | ---: | --- |");
    let at_most = [("S", 1.5), ("M", 4.0), ("L", 12.0)].into_iter().find(|(it, _)| *it == size).map_or(0.0, |it| it.1);
    let mut rows = vec![most("outcome, interned, × floor", at_most, ratio(tables.both, INTERNED))];
    if size == "M" {
        rows.push(most("the same, known now, × floor", 2.0, ratio(tables.now, INTERNED)));
        rows.push(most("the same in a batch, × floor", 2.0, ratio(tables.both, BATCH)));
        let strings = ratio(tables.both, STRINGS);
        let beside = |other: &str| ratio(tables.others, other).zip(strings).map(|(it, ours)| it / ours);
        rows.push(least("SQLite from strings ÷ ours from strings", 8.0, beside("SQLite, closure, from strings")));
        rows.push(least("regorus bytecode ÷ ours from strings", 40.0, beside("regorus, RVM bytecode")));
        rows.push(least("regorus interpreter ÷ ours from strings", 100.0, beside("regorus, interpreter")));
        rows.push(most("whole answer as a value, µs", 1.5, median(tables.both, VALUE)));
        rows.push(most("whole answer as JSON, µs", 10.0, median(tables.both, JSON)));
    }
    if size == "S" {
        let cedar = tables.others.iter().find(|it| it.name.starts_with("Cedar") && it.name.contains("place"));
        let beside = cedar.map(|it| it.ratios[1]).zip(ratio(tables.both, STRINGS)).map(|(it, ours)| it / ours);
        rows.push(least("Cedar, a set a place ÷ ours from strings", 1_000.0, beside));
    }
    if let Some(goal) = [("M", 10.0), ("L", 60.0)].into_iter().find(|(it, _)| *it == size).map(|it| it.1) {
        let memory = find(tables.both, INTERNED).and_then(|it| it.memory).map(|it| it as f64 / 1e6);
        rows.push(most("memory of the index, MB beside the texts", goal, memory));
    }
    for row in rows {
        report.row(&row);
    }
}

const INTERNED: &str = "ours: outcome, interned";
const BATCH: &str = "ours: outcome, interned, in a batch";
const STRINGS: &str = "ours: outcome, from strings";
const VALUE: &str = "ours: whole answer, as a value";
const JSON: &str = "ours: whole answer, as JSON";

fn find<'t>(table: &'t [Measured], name: &str) -> Option<&'t Measured> {
    table.iter().find(|it| it.name == name)
}

fn ratio(table: &[Measured], name: &str) -> Option<f64> {
    find(table, name).map(|it| it.ratios[1])
}

/// In microseconds.
fn median(table: &[Measured], name: &str) -> Option<f64> {
    find(table, name).map(|it| it.median / 1e3)
}

fn most(what: &str, goal: f64, found: Option<f64>) -> String {
    row(what, &format!("≤ {goal}"), found, |it| it <= goal)
}

fn least(what: &str, goal: f64, found: Option<f64>) -> String {
    row(what, &format!("≥ {goal}"), found, |it| goal <= it)
}

fn row(what: &str, goal: &str, found: Option<f64>, is_reached: impl Fn(f64) -> bool) -> String {
    match found {
        None => format!("| {what} | {goal} | not measured | |"),
        Some(it) => {
            format!("| {what} | {goal} | {it:.2} | {} |", if is_reached(it) { "reached" } else { "**missed**" })
        }
    }
}
