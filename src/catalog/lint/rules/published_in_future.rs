//! `published-in-future`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::Status;

pub(super) static RULE: Rule = Rule {
    id: "published-in-future",
    severity: Severity::Note,
    summary: "A file that counts as published can be read by now.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let (published, today) = (draft.revision.published, draft.setting.today);
    if published.0 <= today || draft.revision.status == Status::Official {
        return Vec::new();
    }
    let mark = Mark::new(format!("it is transcribed from what is published on `{published}`, and today is {today}"));
    vec![mark.at(draft.written.span(&["published"])).hint("a transcription follows the publication")]
}
