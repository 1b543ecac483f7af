//! What is written behind the columns that were read.
//!
//! Nothing here needs quotes: words, ids, versions and days have alphabets
//! without a comma.

use std::collections::BTreeSet;
use std::io::Write;

use crate::canon::open_text;
use crate::model::{Answer, Brief, FactId, UnknownReason};

/// The names of the columns. The first four are written of every answer, the
/// last where there is none.
pub(super) const NAMES: [&str; 9] =
    ["outcome", "floor", "decided", "unknown_reason", "requires", "depends_on", "entries", "valid_until", "error"];

/// Writes the first four columns, each behind a comma.
pub(super) fn write_brief(out: &mut Vec<u8>, brief: Brief) {
    let decided = if brief.is_decided() { "yes" } else { "no" };
    let reason = brief.unknown_reason.map(UnknownReason::word).unwrap_or_default();
    for word in [brief.outcome.word(), brief.floor.word(), decided, reason] {
        out.push(b',');
        out.extend_from_slice(word.as_bytes());
    }
}

/// Writes all columns but the last, each behind a comma.
pub(super) fn write_full(out: &mut Vec<u8>, answer: &Answer<'_>) {
    write_brief(out, answer.brief());
    out.push(b',');
    write_requires(out, answer);
    out.push(b',');
    write_each(out, "; ", &answer.depends_on, |out, it| out.extend_from_slice(open_text(&it.on).as_bytes()));
    out.push(b',');
    write_each(out, "; ", &answer.matches, |out, it| {
        write_shown(out, format_args!("{} {} {}", it.revision.list, it.revision.version, it.entry.id));
    });
    out.push(b',');
    if let Some(until) = answer.valid.until {
        write_shown(out, format_args!("{until}"));
    }
}

/// Writes requirements as `a | b + c & d`: all of any of all of.
fn write_requires(out: &mut Vec<u8>, answer: &Answer<'_>) {
    let together = |out: &mut Vec<u8>, all: &BTreeSet<FactId>| {
        write_each(out, " + ", all, |out, it| out.extend_from_slice(it.as_str().as_bytes()));
    };
    write_each(out, " & ", &answer.requires, |out, any| write_each(out, " | ", any, together));
}

fn write_each<T>(
    out: &mut Vec<u8>,
    between: &str,
    items: impl IntoIterator<Item = T>,
    mut write: impl FnMut(&mut Vec<u8>, T),
) {
    for (position, item) in items.into_iter().enumerate() {
        if position != 0 {
            out.extend_from_slice(between.as_bytes());
        }
        write(out, item);
    }
}

fn write_shown(out: &mut Vec<u8>, shown: std::fmt::Arguments<'_>) {
    out.write_fmt(shown).expect("because a vector takes every byte");
}
