//! What is asked about: categories, with numbers of people or a range of them.

use std::collections::BTreeMap;

use crate::cli::args::AskedArgs;
use crate::cli::ask::{count, parse};
use crate::cli::failure::Failure;
use crate::model::{Count, Item, Subjects};
use crate::registry::Range;

/// Reads the items, and the range for one of them where there is one. The item
/// itself then has no number.
pub(super) fn read(args: &AskedArgs) -> Result<(Vec<Item>, Option<Range>), Failure> {
    let mut items = Vec::new();
    let mut ranges = Vec::new();
    let mut take = |category: &str, option: &'static str, number: Option<&str>| {
        let (subjects, range) = match number {
            None => (None, None),
            Some(number) => people(number)?,
        };
        ranges.extend(range.map(|(from, until)| Range { item: items.len(), from, until }));
        items.push(Item { category: parse(option, category)?, subjects });
        Ok::<(), Failure>(())
    };
    for category in &args.category {
        take(category, "--category", args.subjects.as_deref())?;
    }
    for written in &args.item {
        match written.split_once(',') {
            None => take(written, "--item", None)?,
            Some((category, rest)) => {
                let number = rest.strip_prefix("subjects=").ok_or_else(|| {
                    Failure::input(format!("--item: `{rest}` is not understood"))
                        .hint("write it as `personal.contact,subjects=500`")
                })?;
                take(category, "--item", Some(number))?;
            }
        }
    }
    let ([] | [_]) = ranges.as_slice() else {
        let several = ranges.iter().filter_map(|it| items.get(it.item)).map(|it| format!("`{}`", it.category));
        let several: Vec<_> = several.collect();
        return Err(Failure::input(format!("a range for {}: only one item may vary", several.join(" and for ")))
            .hint("give the others one number each, as in `--item personal.contact,subjects=500`"));
    };
    Ok((items, ranges.pop()))
}

/// Returns what is wrong with a range where one number is expected.
pub(super) fn no_range(range: Option<Range>, what: &str) -> Result<(), Failure> {
    match range {
        None => Ok(()),
        Some(_) => Err(Failure::input(format!("--subjects: a range goes with `ask` alone, and not with {what}"))
            .hint("give one number")),
    }
}

/// A range of numbers, half-open.
type Between = (Count, Option<Count>);

/// Reads a number, `WINDOW=NUMBER,WINDOW=NUMBER`, or a range `FROM..UNTIL`.
fn people(text: &str) -> Result<(Option<Subjects>, Option<Between>), Failure> {
    match text.split_once("..") {
        Some((from, until)) => Ok((None, Some(between(text, from, until)?))),
        None => Ok((Some(subjects(text)?), None)),
    }
}

fn between(text: &str, from: &str, until: &str) -> Result<Between, Failure> {
    if text.contains('=') {
        return Err(Failure::input(format!("--subjects: `{text}` is a range over a window"))
            .hint("a range is of the number for every window, as in `1000..2000000`"));
    }
    let hint = "the first number counts and the last does not, as in `1000..2000000`; either may be left out";
    let read = |it: &str| (!it.is_empty()).then(|| count(it)).transpose();
    let (from, until) = (read(from)?, read(until)?);
    if from.is_none() && until.is_none() {
        return Err(Failure::input(format!("--subjects: `{text}` names no number")).hint(hint));
    }
    let from = from.unwrap_or(Count::ZERO);
    match until {
        Some(until) if until <= from => {
            Err(Failure::input(format!("--subjects: no number is at least {from} and below {until}")).hint(hint))
        }
        _ => Ok((from, until)),
    }
}

fn subjects(text: &str) -> Result<Subjects, Failure> {
    if !text.contains('=') {
        return Ok(Subjects::Each(count(text)?));
    }
    let mut counts = BTreeMap::new();
    for part in text.split(',') {
        let (window, number) = part.split_once('=').unwrap_or((part, ""));
        if counts.insert(parse("--subjects", window)?, count(number)?).is_some() {
            return Err(Failure::input(format!("--subjects: window `{window}` is given twice")));
        }
    }
    Ok(Subjects::In(counts))
}
