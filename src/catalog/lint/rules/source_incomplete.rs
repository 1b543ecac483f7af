//! `source-incomplete`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "source-incomplete",
    severity: Severity::Error,
    summary: "A source has a title, a citation and an address.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let source = &draft.revision.source;
    let fields = [("title", &source.title), ("citation", &source.citation), ("url", &source.url)];
    let empty = fields.into_iter().filter(|(_, it)| it.trim().is_empty());
    let mark = |(key, _)| {
        let mark = Mark::new(format!("the `{key}` of the source is empty"));
        mark.at(draft.written.span(&["source", key])).hint("say where anybody can read it")
    };
    empty.map(mark).collect()
}
