//! Entries put into a file that somebody has edited: what did not change
//! stays as it was written, comments and all.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::catalog::write::entry::entry;
use crate::model::{Entries, Revision, Vocabulary};

/// Why entries cannot be put into a file.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SpliceError {
    /// The file builds on another revision, and does not hold every entry.
    #[error("the draft builds on {0} with `base`, and a table holds every entry")]
    HasBase(String),
    /// The entries are not written as `[[entry]]`.
    #[error("the entries of the draft are not written as `[[entry]]`")]
    NotTables,
}

/// Returns a file with other entries: those that did not change as they stand
/// there, those that did written anew in their places, new ones after the
/// last, and no trace of those that are gone. Everything else stays.
///
/// `before` is what the file says now.
pub fn splice(
    text: &str,
    before: &Revision,
    entries: &Entries,
    vocabulary: &Vocabulary,
) -> Result<String, SpliceError> {
    let pieces = pieces(text)?;
    let mut parts: Vec<String> = Vec::new();
    // Where the new ones go: after the last entry, or before what may only
    // stand at the end.
    let mut place = None;
    for piece in &pieces {
        let written = text.get(piece.span.clone()).unwrap_or_default();
        let Some(id) = &piece.entry else {
            parts.push(written.to_owned());
            continue;
        };
        let now = entries.get(id.as_str());
        let same = now.is_some_and(|it| before.entries.get(&it.id) == Some(it));
        match now {
            Some(_) if same => parts.push(written.to_owned()),
            Some(it) => parts.push(format!("{}{}\n", comments_above(written), entry(it, vocabulary))),
            None => parts.push(String::new()),
        }
        place = Some(parts.len());
    }
    let kept: BTreeSet<&str> = pieces.iter().filter_map(|it| it.entry.as_deref()).collect();
    let new = entries.values().filter(|it| !kept.contains(it.id.as_str()));
    let new: Vec<String> = new.map(|it| format!("{}\n", entry(it, vocabulary))).collect();
    // Expectations are about entries, and are read after them.
    let default = pieces.iter().position(|it| it.is_expectation).unwrap_or(parts.len());
    let place = place.unwrap_or(default);
    let (head, tail) = (parts.iter().take(place), parts.iter().skip(place));
    let mut out = String::new();
    head.for_each(|it| out.push_str(it));
    if !new.is_empty() {
        set_apart(&mut out);
    }
    new.iter().for_each(|it| out.push_str(it));
    tail.for_each(|it| out.push_str(it));
    Ok(out.trim_end().to_owned() + "\n")
}

/// A part of a file, with the comments above it.
struct Piece {
    span: Range<usize>,
    /// The id, where it is an entry.
    entry: Option<String>,
    is_expectation: bool,
}

/// Cuts a file in front of its headings.
fn pieces(text: &str) -> Result<Vec<Piece>, SpliceError> {
    // A draft that cannot be read never comes here.
    let root = DeTable::parse(text).map_err(|_| SpliceError::NotTables)?.into_inner();
    if let Some(base) = root.get("base").and_then(|it| it.get_ref().as_str()) {
        return Err(SpliceError::HasBase(base.to_owned()));
    }
    let mut headings: Vec<(usize, &str, Option<String>)> = Vec::new();
    for (key, value) in &root {
        let key: &str = key.get_ref();
        let tables: Vec<&Spanned<DeValue<'_>>> = match value.get_ref().as_array() {
            Some(all) if all.iter().all(|it| it.get_ref().is_table()) => all.iter().collect(),
            Some(_) | None => vec![value],
        };
        for it in tables {
            // An inline table stands behind its key, and is no heading.
            if !text.get(it.span()).is_some_and(|it| it.starts_with('[')) {
                if key == "entry" {
                    return Err(SpliceError::NotTables);
                }
                continue;
            }
            if it.get_ref().as_array().is_some() {
                continue;
            }
            let id = it.get_ref().as_table().and_then(|it| it.get("id")).and_then(|it| it.get_ref().as_str());
            headings.push((it.span().start, key, id.map(str::to_owned)));
        }
    }
    headings.sort();
    let mut pieces = vec![Piece { span: 0..text.len(), entry: None, is_expectation: false }];
    for (heading, key, id) in headings {
        let start = above(text, heading);
        if let Some(last) = pieces.last_mut() {
            last.span.end = start.max(last.span.start);
        }
        let entry = id.filter(|_| key == "entry");
        pieces.push(Piece { span: start..text.len(), entry, is_expectation: key == "expect" });
    }
    Ok(pieces)
}

/// Returns where the comments directly above a heading begin.
fn above(text: &str, heading: usize) -> usize {
    let mut start = text.get(..heading).and_then(|it| it.rfind('\n')).map_or(0, |it| it + 1);
    while let Some(before) = start.checked_sub(1).and_then(|it| text.get(..it)) {
        let line = before.rfind('\n').map_or(0, |it| it + 1);
        if !before.get(line..).is_some_and(|it| it.trim_start().starts_with('#')) {
            break;
        }
        start = line;
    }
    start
}

fn comments_above(written: &str) -> String {
    written.split_inclusive('\n').take_while(|it| it.trim_start().starts_with('#')).collect()
}

/// Ends a text with one blank line.
fn set_apart(out: &mut String) {
    let length = out.trim_end().len();
    out.truncate(length);
    if !out.is_empty() {
        out.push_str("\n\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        pieces(text).unwrap_or_default().into_iter().filter_map(|it| text.get(it.span)).collect()
    }

    #[test]
    fn comments_go_with_the_heading_below_them() {
        let text = "list = \"X/y\"\ndoubts = [\n  { en = \"[[entry]]\", zh = \"\" },\n]\n\n# a\n[[entry]]\nid = \"a\"\n\n# b\n# b\n[[entry]]\nid = \"b\"\n[entry.note]\nen = \"\"\n\n# golden\n[[expect]]\n";
        assert_eq!(
            cut(text),
            [
                "list = \"X/y\"\ndoubts = [\n  { en = \"[[entry]]\", zh = \"\" },\n]\n\n",
                "# a\n[[entry]]\nid = \"a\"\n\n",
                "# b\n# b\n[[entry]]\nid = \"b\"\n[entry.note]\nen = \"\"\n\n",
                "# golden\n[[expect]]\n",
            ]
        );
    }

    #[test]
    fn what_cannot_be_cut_is_said() {
        assert_eq!(pieces("base = \"1.0.0\"\n").err(), Some(SpliceError::HasBase("1.0.0".to_owned())));
        assert_eq!(pieces("entry = [{ id = \"a\" }]\n").err(), Some(SpliceError::NotTables));
    }
}
