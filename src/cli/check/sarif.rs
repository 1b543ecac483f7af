//! A check as SARIF: each flow that changed, at its line.

use serde_json::{Value, json};

use crate::cli::check::Report;
use crate::cli::impact::{Told, sentence};
use crate::cli::sarif::{log, uri};
use crate::model::Language;
use crate::registry::{FlowChange, Shift};

/// Each kind of finding: its id, what it says, how grave it is.
const RULES: [(&str, &str, &str); 4] = [
    ("flow-tighter", "A flow needs more than when the lock was made, or may not go any more.", "error"),
    ("flow-different", "What a flow needs is not what it needed when the lock was made.", "error"),
    ("flow-looser", "A flow needs less than when the lock was made.", "note"),
    ("flow-tighter-ahead", "What is published already will make a flow tighter.", "warning"),
];

const AHEAD: usize = 3;

pub(super) fn document(report: &Report<'_>) -> Value {
    let rules = RULES.map(|(id, text, level)| {
        json!({
            "id": id,
            "shortDescription": {"text": text},
            "help": {"text": format!("{text} See docs/impact.md.")},
            "defaultConfiguration": {"level": level},
        })
    });
    let now = results(&report.now(), |it| match it.shift {
        Shift::Tighter => (0, "error"),
        Shift::Different => (1, "error"),
        Shift::Looser => (2, "note"),
    });
    let ahead = results(&report.ahead(), |it| (AHEAD, if report.counts(it) { "error" } else { "warning" }));
    log(&rules, &[now, ahead].concat())
}

fn results(told: &Told<'_>, rule: impl Fn(&FlowChange) -> (usize, &'static str)) -> Vec<Value> {
    let results = told.changed().map(|(index, _, change)| {
        let (number, level) = rule(change);
        let name = told.flows.name(index);
        json!({
            "ruleId": RULES.get(number).map(|it| it.0),
            "ruleIndex": number,
            "level": level,
            "message": {"text": format!("{name}: {}", sentence(change, Language::En))},
            "locations": [{"physicalLocation": {
                "artifactLocation": {"uri": uri(&told.flows.path.display().to_string())},
                "region": {"startLine": told.flows.line(index)},
            }}],
        })
    });
    results.collect()
}
