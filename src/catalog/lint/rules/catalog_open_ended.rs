//! `catalog-open-ended`

use semver::Version;

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "catalog-open-ended",
    severity: Severity::Warning,
    summary: "The requirement on the catalog does not reach into releases that may mean something else.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let next = Version::new(draft.setting.words.categories.version().major + 1, 0, 0);
    let requirement = &draft.revision.catalog;
    if !requirement.matches(&next) || !draft.written.has(&["catalog"]) {
        return Vec::new();
    }
    let mark = Mark::new(format!("`{requirement}` admits catalog {next}, in which categories may be other ones"));
    let hint = format!("say `^{}.0`", next.major - 1);
    vec![mark.at(draft.written.span(&["catalog"])).hint(hint)]
}
