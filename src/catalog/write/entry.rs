//! An entry, as people write it.

use crate::catalog::write::value::{array, destinations, names, notes, string, text, when};
use crate::model::{Alternative, Effect, Entry, Vocabulary};

/// Writes an entry with its heading.
pub(super) fn entry(entry: &Entry, vocabulary: &Vocabulary) -> String {
    let mut lines = vec!["[[entry]]".to_owned()];
    let mut say = |key: &str, value: String| lines.push(format!("{key} = {value}"));
    say("id", string(entry.id.as_str()));
    say("category", names(&entry.categories));
    if !entry.except.is_empty() {
        say("except", names(&entry.except));
    }
    if let Some(to) = destinations(&entry.to) {
        say("to", to);
    }
    if !entry.when.is_empty() {
        say("when", when(&entry.when, vocabulary));
    }
    say("effect", string(entry.effect.word()));
    if let Effect::Conditional(ways) = &entry.effect {
        say("requires", requires(ways, vocabulary));
    }
    for (key, facts) in [("exemptions", &entry.exemptions), ("duties", &entry.duties)] {
        if !facts.is_empty() {
            say(key, names(facts));
        }
    }
    say("objective", string(entry.objective.word()));
    say("cite", string(&entry.cite));
    say("note", text(&entry.note));
    if let Some(combine) = &entry.combine {
        say("combine", string(combine.as_str()));
    }
    if !entry.notes.is_empty() {
        say("notes", notes(&entry.notes));
    }
    lines.join("\n") + "\n"
}

fn requires(ways: &[Alternative], vocabulary: &Vocabulary) -> String {
    let way = |it: &Alternative| {
        if !it.when.is_empty() {
            return format!("{{ all = {}, when = {} }}", names(&it.all), when(&it.when, vocabulary));
        }
        match it.all.first() {
            Some(only) if it.all.len() == 1 => string(only.as_str()),
            Some(_) | None => names(&it.all),
        }
    };
    array(&ways.iter().map(way).collect::<Vec<_>>())
}
