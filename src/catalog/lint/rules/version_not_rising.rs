//! `version-not-rising`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "version-not-rising",
    severity: Severity::Error,
    summary: "A version is higher than every version of the list that was published before it.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let revision = draft.revision;
    let earlier = draft.history.iter().flatten().filter(|it| it.published < revision.published);
    let highest = earlier.filter(|it| revision.version <= it.version).max_by_key(|it| &it.version);
    let mark = |highest: &&crate::model::Revision| {
        let (version, published) = (&highest.version, highest.published);
        Mark::new(format!("version {} is not above {version}, which was published on {published}", revision.version))
            .at(draft.written.span(&["version"]))
            .hint("versions follow publication: take the next one above")
    };
    highest.map(mark).into_iter().collect()
}
