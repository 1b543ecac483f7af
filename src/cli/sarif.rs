//! Findings as SARIF 2.1.0, which code hosts and editors show in place.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::catalog::lint::{RULES, Remark, Severity};
use crate::cli::lint::{Judged, position};
use crate::document;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Returns the log of one run, from its rules and results.
pub(super) fn log(rules: &[Value], results: &[Value]) -> Value {
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "neglist",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

/// Returns the log of judged files: the rules that found something, and what
/// they found.
pub(super) fn document(judged: &[Judged]) -> Value {
    let remarks = || judged.iter().flat_map(|file| file.remarks.iter().map(move |it| (file, it)));
    let found = RULES.iter().filter(|rule| remarks().any(|(_, it)| it.diagnostic.rule == rule.id));
    let found: Vec<_> = found.collect();
    let places: BTreeMap<_, _> = found.iter().enumerate().map(|(place, rule)| (rule.id, place)).collect();
    let rules = found.iter().map(|rule| {
        json!({
            "id": rule.id,
            "shortDescription": {"text": rule.summary},
            "help": {"text": format!("{} See docs/lint/{}.md.", rule.summary, rule.id)},
            "defaultConfiguration": {"level": level(rule.severity)},
        })
    });
    let results = remarks().map(|(file, it)| result(file, it, &places));
    log(&rules.collect::<Vec<_>>(), &results.collect::<Vec<_>>())
}

fn result(file: &Judged, remark: &Remark, places: &BTreeMap<&str, usize>) -> Value {
    let it = &remark.diagnostic;
    let mut message = it.message.clone();
    if let Some(help) = &it.help {
        message = format!("{message}; {help}");
    }
    if let Some(question) = &remark.witness {
        message = format!("{message}; it shows in `{}`", document::command(question));
    }
    let mut location = json!({"artifactLocation": {"uri": uri(&file.path.display().to_string())}});
    if let (Some(span), Some(place)) = (&it.span, location.as_object_mut()) {
        let (line, column) = position(&file.text, span.start);
        let (end_line, end_column) = position(&file.text, span.end);
        let region = json!({"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column});
        place.insert("region".to_owned(), region);
    }
    json!({
        "ruleId": it.rule,
        "ruleIndex": places.get(it.rule),
        "level": level(remark.severity),
        "message": {"text": message},
        "locations": [{"physicalLocation": location}],
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

/// Returns a path as a relative or file URI: slashes, and what a URI may not
/// have as percent escapes.
pub(super) fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let escape = |byte: u8| match byte {
        b'/' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        it if it.is_ascii_alphanumeric() => char::from(it).to_string(),
        it => format!("%{it:02X}"),
    };
    let escaped: String = path.bytes().map(escape).collect();
    if escaped.starts_with('/') { format!("file://{escaped}") } else { escaped }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Diagnostic;
    use crate::model::{Item, Question};

    fn remark(severity: Severity, rule: &'static str, span: Option<std::ops::Range<usize>>) -> Remark {
        let (message, help) = ("something is wrong".to_owned(), Some("mend it".to_owned()));
        Remark { severity, diagnostic: Diagnostic { rule, message, span, help }, witness: None }
    }

    /// What others read: a file, compared to the letter.
    #[test]
    fn the_log_is_the_golden_one() {
        let question = Question {
            id: None,
            from: "CN".parse().unwrap(),
            to: None,
            items: vec![Item { category: "personal".parse().unwrap(), subjects: None }],
            at: "2026-01-01".parse().unwrap(),
            known_on: None,
            facts: std::collections::BTreeMap::new(),
            ordinary: false,
        };
        let judged = [
            Judged {
                path: "lists/CN/清单/1.0.0.toml".into(),
                text: "# 清单\nlist = \"CN/x\"\n".into(),
                remarks: vec![
                    remark(Severity::Error, "unknown-word", Some(16..22)),
                    Remark { witness: Some(question), ..remark(Severity::Warning, "whole-root", Some(9..13)) },
                ],
            },
            Judged {
                path: "/b c.toml".into(),
                text: "".into(),
                remarks: vec![remark(Severity::Note, "unreadable", None)],
            },
            Judged { path: "clean.toml".into(), text: "".into(), remarks: Vec::new() },
        ];
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/lint.sarif.json");
        let golden = std::fs::read_to_string(path).unwrap().replace("[VERSION]", env!("CARGO_PKG_VERSION"));
        let found = format!("{:#}\n", document(&judged));
        assert!(found == golden, "tests/golden/lint.sarif.json is another:\n{found}");
    }
}
