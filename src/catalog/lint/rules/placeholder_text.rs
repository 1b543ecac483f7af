//! `placeholder-text`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "placeholder-text",
    severity: Severity::Error,
    summary: "Nothing in a draft is still to be filled in.",
    check: Check::Draft(check),
};

/// What people write where something is still missing, in lower case.
const PLACEHOLDERS: [&str; 6] = ["todo", "tbd", "fixme", "xxx", "lorem", "待定稿"];

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let source = &draft.revision.source;
    let mark = |what: &str, word: &str, span| {
        let mark = Mark::new(format!("{what} still says `{word}`"));
        mark.at(span).hint("fill it in: what is published stays")
    };
    let mut marks = Vec::new();
    for said in draft.texts() {
        let word = placeholder(&said.text.en).or_else(|| placeholder(&said.text.zh));
        marks.extend(word.map(|word| mark(&said.what, word, said.span)));
    }
    for (key, value) in [("title", &source.title), ("citation", &source.citation)] {
        let word = placeholder(value);
        marks.extend(
            word.map(|word| mark(&format!("the {key} of the source"), word, draft.written.span(&["source", key]))),
        );
    }
    for entry in draft.own_entries() {
        let word = placeholder(&entry.cite);
        marks.extend(
            word.map(|word| mark(&format!("the citation of `{}`", entry.id), word, draft.in_entry(entry, &["cite"]))),
        );
    }
    marks
}

fn placeholder(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    let words: Vec<_> = lower.split(|it: char| !it.is_alphanumeric()).collect();
    PLACEHOLDERS.into_iter().find(|it| words.contains(it))
}
