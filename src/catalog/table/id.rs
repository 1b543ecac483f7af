//! Ids for rows that have none: made from what the row says, so that they are
//! the same each time and in any order.

use crate::catalog::table::cells::cell;
use crate::catalog::table::column::Column;
use crate::model::{Entry, EntryId, Language, Vocabulary};

/// The columns that say which restriction it is, and not what is asked or said
/// of it.
const SUBJECT: [Column; 6] =
    [Column::Category, Column::Except, Column::To, Column::Sector, Column::Threshold, Column::When];

/// Returns which restriction an entry is: what it is about.
pub(super) fn subject(entry: &Entry, vocabulary: &Vocabulary) -> String {
    said(entry, &SUBJECT, vocabulary)
}

/// Returns all that an entry says but its id.
pub(super) fn content(entry: &Entry, vocabulary: &Vocabulary) -> String {
    let columns: Vec<_> = Column::ALL.into_iter().filter(|it| *it != Column::Id).collect();
    said(entry, &columns, vocabulary)
}

fn said(entry: &Entry, columns: &[Column], vocabulary: &Vocabulary) -> String {
    let cells = columns.iter().map(|it| cell(entry, *it, vocabulary, Language::En));
    // No cell holds the separator of units.
    cells.map(|it| it.replace('\u{1f}', " ")).collect::<Vec<_>>().join("\u{1f}")
}

/// Makes an id from what a row says: the last part of its first category and
/// its effect, for people; the beginning of a hash, so that it is its own.
pub(super) fn made(entry: &Entry, from: &str) -> EntryId {
    let category = entry.categories.first().map_or("entry", |it| it.as_str());
    let last = category.rsplit('.').next().unwrap_or(category);
    let hash: String = blake3::hash(from.as_bytes()).to_hex().chars().take(8).collect();
    let short: String = last.chars().take(60).collect();
    let id = format!("{}-{}-{hash}", short.trim_end_matches('-'), entry.effect.word());
    id.parse().expect("because a part of a category, a word and hexadecimal digits are a name")
}
