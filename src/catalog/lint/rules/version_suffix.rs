//! `version-suffix`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "version-suffix",
    severity: Severity::Error,
    summary: "A version is three numbers, without build metadata and without a pre-release.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let version = &draft.revision.version;
    if version.build.is_empty() && version.pre.is_empty() {
        return Vec::new();
    }
    let mark = Mark::new(format!("version `{version}` is more than three numbers"));
    let hint =
        "write such as `1.2.0`: what is published is final, and two spellings of one version would be two versions";
    vec![mark.at(draft.written.span(&["version"])).hint(hint)]
}
