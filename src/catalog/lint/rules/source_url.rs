//! `source-url`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "source-url",
    severity: Severity::Error,
    summary: "The address of a source is a web address.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let url = &draft.revision.source.url;
    if url.trim().is_empty() || is_web_address(url) {
        return Vec::new();
    }
    let mark = Mark::new(format!("`{url}` is not a web address"));
    let hint = "expected such as `https://www.example.org/act-7`: a scheme, a host with a dot, no spaces";
    vec![mark.at(draft.written.span(&["source", "url"])).hint(hint)]
}

fn is_web_address(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let host = rest.map(|it| it.split(['/', '?', '#']).next().unwrap_or_default());
    let is_label = |it: &str| !it.is_empty() && it.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    let is_host = |host: &str| {
        let name = host.split(':').next().unwrap_or_default();
        name.contains('.') && name.split('.').all(is_label)
    };
    host.is_some_and(is_host) && !url.contains(char::is_whitespace)
}
