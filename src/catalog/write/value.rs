//! Values of TOML, as they stand in a list.

use std::collections::BTreeSet;
use std::fmt::{Display, Write};

use crate::model::{
    Bounds, ChoiceId, Condition, Destinations, EntryNote, FactId, FactKind, Member, Text, Vocabulary, When, WindowId,
};

/// A line may be this wide before its array is written over several.
const WIDTH: usize = 110;

/// Writes a text in quotes.
pub(in crate::catalog) fn string(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            it if it.is_control() => {
                // Writing to a string cannot fail.
                let _ = write!(quoted, "\\u{:04x}", u32::from(it));
            }
            it => quoted.push(it),
        }
    }
    quoted.push('"');
    quoted
}

/// Writes a key: bare where it may be.
pub(super) fn key(key: &str) -> String {
    let is_bare = !key.is_empty() && key.chars().all(|it| it.is_ascii_alphanumeric() || it == '-' || it == '_');
    if is_bare { key.to_owned() } else { string(key) }
}

/// Writes a text in both languages.
pub(super) fn text(text: &Text) -> String {
    format!("{{ en = {}, zh = {} }}", string(&text.en), string(&text.zh))
}

/// Writes values that stand written already: in one line where that is short
/// enough, else one a line.
pub(super) fn array(values: &[String]) -> String {
    let line = format!("[{}]", values.join(", "));
    if line.chars().count() <= WIDTH { line } else { lines(values) }
}

/// Writes values one a line.
pub(super) fn lines(values: &[String]) -> String {
    let mut text = "[\n".to_owned();
    for value in values {
        text.push_str("  ");
        text.push_str(value);
        text.push_str(",\n");
    }
    text.push(']');
    text
}

/// Writes names.
pub(in crate::catalog) fn names(names: impl IntoIterator<Item = impl Display>) -> String {
    let names: Vec<_> = names.into_iter().map(|it| string(&it.to_string())).collect();
    array(&names)
}

/// Writes destinations; there is nothing to write where all are meant.
pub(super) fn destinations(to: &Destinations) -> Option<String> {
    let (word, members): (_, &BTreeSet<Member>) = match to {
        Destinations::Any => return None,
        Destinations::Only(members) => ("only", members),
        Destinations::Except(members) => ("except", members),
    };
    Some(format!("{{ {word} = {} }}", names(members)))
}

/// Writes notes for readers of answers, one a line.
pub(super) fn notes(notes: &[EntryNote]) -> String {
    lines(&notes.iter().map(note).collect::<Vec<_>>())
}

/// Writes notes for readers of answers in one line.
pub(in crate::catalog) fn notes_inline(notes: &[EntryNote]) -> String {
    format!("[{}]", notes.iter().map(note).collect::<Vec<_>>().join(", "))
}

fn note(note: &EntryNote) -> String {
    let (kind, en, zh) = (note.kind.word(), string(&note.text.en), string(&note.text.zh));
    format!("{{ kind = \"{kind}\", en = {en}, zh = {zh} }}")
}

/// Writes conditions.
pub(super) fn when(when: &When, vocabulary: &Vocabulary) -> String {
    let one =
        |(fact, it): (&FactId, &Condition)| format!("{} = {}", key(fact.as_str()), condition(fact, it, vocabulary));
    format!("{{ {} }}", when.iter().map(one).collect::<Vec<_>>().join(", "))
}

fn condition(fact: &FactId, condition: &Condition, vocabulary: &Vocabulary) -> String {
    match condition {
        Condition::Flag(expected) => expected.to_string(),
        Condition::Choice(among) => match left_out(fact, among, vocabulary) {
            Some(except) => format!("{{ except = {} }}", names(except)),
            None => names(among),
        },
        Condition::Count(bounds, window) => count(*bounds, window.as_ref()),
    }
}

/// Returns the values that a choice leaves out, where that is shorter to say.
pub(in crate::catalog) fn left_out<'a>(
    fact: &FactId,
    among: &'a BTreeSet<ChoiceId>,
    vocabulary: &'a Vocabulary,
) -> Option<BTreeSet<&'a ChoiceId>> {
    let Some(FactKind::Choice(all)) = vocabulary.find(fact).map(|it| &it.kind) else { return None };
    let left_out: BTreeSet<_> = all.difference(among).collect();
    // Only what the vocabulary knows can be said by what is left out.
    let is_known = among.is_subset(all);
    (is_known && !left_out.is_empty() && left_out.len() < among.len()).then_some(left_out)
}

fn count(bounds: Bounds, window: Option<&WindowId>) -> String {
    let mut parts = Vec::new();
    if bounds.at_least().number() != 0 {
        parts.push(format!("at-least = {}", bounds.at_least()));
    }
    if let Some(below) = bounds.below() {
        parts.push(format!("below = {below}"));
    }
    if let Some(window) = window {
        parts.push(format!("window = {}", string(window.as_str())));
    }
    format!("{{ {} }}", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_in_quotes_reads_back() {
        for text in ["", "plain", "\"", "\\", "a\nb\tc\r", "中文“引号”", "\u{7f}\u{0}\u{85}", "'''", "\"\"\""] {
            let written = format!("x = {}", string(text));
            let read: toml::Table = toml::from_str(&written).unwrap();
            assert_eq!(read.get("x").and_then(toml::Value::as_str), Some(text), "{written}");
        }
        assert_eq!([key("sector"), key("exporter.ciio"), key("")], ["sector", "\"exporter.ciio\"", "\"\""]);
    }

    #[test]
    fn a_long_array_stands_over_several_lines() {
        let short: Vec<_> = ["a", "b"].map(string).into();
        assert_eq!(array(&short), "[\"a\", \"b\"]");
        let long = vec![string(&"x".repeat(60)), string(&"y".repeat(60))];
        assert_eq!(array(&long).lines().count(), 4);
    }
}
