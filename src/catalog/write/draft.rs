//! A draft of the next revision of a list.

use jiff::civil::Date;
use semver::{Prerelease, Version};

use crate::catalog::write::revision::{Comments, write_commented};
use crate::model::{At, Effective, Issued, Language, List, Published, Revision, Standing, Text, Vocabulary};

/// A draft: what it says, and how that is written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Drafted {
    /// The revision as it stands before anybody edits it.
    pub revision: Revision,
    /// The file.
    pub text: String,
}

/// Drafts the next revision of a list from one of its revisions: the whole
/// file, with comments on what has to be decided.
pub fn draft(list: &List, from: &Issued, today: Date, vocabulary: &Vocabulary, language: Language) -> Drafted {
    let revision = next(list, from, today);
    // A draft is refused where another revision came meanwhile.
    let last = list.head().map(|it| &it.revision.version);
    let text = write_commented(&revision, last, vocabulary, &comments(list, from, today, language));
    Drafted { revision, text }
}

/// Returns a revision anew, as the next one of its list.
fn next(list: &List, from: &Issued, today: Date) -> Revision {
    let highest = list.revisions.iter().map(|it| &it.revision.version).max();
    // Publication never goes back, not even where a clock does.
    let last = list.head().map_or(today, |it| it.revision.published.0);
    let published = today.max(last);
    Revision {
        version: next_patch(highest.unwrap_or(&from.revision.version)),
        published: Published(published),
        effective: Some(Effective(published)),
        expires: from.revision.expires.filter(|it| published < *it),
        // What the earlier revision did once is done.
        repeals: false,
        withdraws: std::collections::BTreeSet::new(),
        retroactive: None,
        // A draft with this word is refused until somebody has filled it in.
        summary: Text {
            en: "TODO: what this revision changes".to_owned(), zh: "TODO：本次修订的内容".to_owned()
        },
        source: crate::model::Source { checked: today, ..from.revision.source.clone() },
        ..from.revision.clone()
    }
}

fn next_patch(version: &Version) -> Version {
    let is_ahead_of_its_release = version.pre != Prerelease::EMPTY;
    let patch = if is_ahead_of_its_release { version.patch } else { version.patch.saturating_add(1) };
    Version::new(version.major, version.minor, patch)
}

fn comments(list: &List, from: &Issued, today: Date, language: Language) -> Comments {
    let say = |en: &str, zh: &str| match language {
        Language::En => en.to_owned(),
        Language::Zh => zh.to_owned(),
    };
    let version = &from.revision.version;
    let mut comments = vec![
        (
            "",
            say(
                &format!(
                    "A draft of the next revision of {}, made from {version}.\n\
                 The file is the whole state of the list from `effective` on: what is taken out here is gone then.\n\
                 docs/lists.md explains every key; `neglist lint` checks the file, `neglist publish` shows what it changes.",
                    list.id
                ),
                &format!(
                    "{}下一修订版的草案，依据{version}生成。\n\
                 本文件是清单自生效日（effective）起的完整内容：删去的条目自该日起不再有效。\n\
                 各字段说明见docs/lists.md；`neglist lint`检查本文件，`neglist publish`显示其带来的变化。",
                    list.id
                ),
            ),
        ),
        (
            "version",
            say(
                "Suggested: the next patch. Right only if no answer changes. A new minor version (x.Y.0) if something only got\n\
             looser, a new major version (X.0.0) if any question gets a severer outcome, a further requirement, or loses\n\
             an exemption. Publishing computes it from the answers, and refuses a version that says too little.",
                "建议值：下一个补丁版本，仅在任何询问的答复均不变时适用。只放宽时升次版本（x.Y.0）；\n\
             任一询问的结论变严、增加要求或失去豁免时升主版本（X.0.0）。发布时按答复自动核算，版本过低将被拒绝。",
            ),
        ),
        (
            "published",
            say(
                "The day from which everybody can read it, and the first day on which it binds. Leave time between them where it\n\
             gets stricter; without `effective` the revision is dormant.",
                "published为公布日，effective为生效日。变严时两者之间应留出时间；不写effective则该修订版不生效。",
            ),
        ),
        (
            "status",
            say(
                "\"official\" only where the authority itself publishes here; \"transcribed\" where somebody wrote the law down.",
                "仅当发布机关自行在此发布时写\"official\"（官方发布）；由他人转录时写\"transcribed\"。",
            ),
        ),
        (
            "summary",
            say(
                "One or two sentences: what this revision changes, in both languages.",
                "用一两句话说明本次修订的内容，中英文各一。",
            ),
        ),
        (
            "checked",
            say("The day on which somebody last compared this file with the source.", "最近一次与来源核对的日期。"),
        ),
        (
            "entry",
            say(
                "Entries. The same restriction keeps its `id` from revision to revision.",
                "条目。同一限制在各修订版中保持同一id。",
            ),
        ),
    ];
    comments.extend(waiting(list, today).map(|it| ("", warning(it, language))));
    comments
}

/// Warns of a revision that will undo what is drafted now.
fn warning(waiting: &Revision, language: Language) -> String {
    let (version, day) = (&waiting.version, waiting.effective.map(|it| it.to_string()).unwrap_or_default());
    match language {
        Language::En => format!(
            "WAITING: {version} takes effect on {day}, as a whole state of the list. What changes here and is to hold\n\
             then too must be published anew for that day."
        ),
        Language::Zh => {
            format!("注意：{version}将于{day}以清单的完整内容生效。此处的变化如需在该日后继续有效，须为该日重新发布。")
        }
    }
}

/// Returns the revisions that wait for their day.
fn waiting(list: &List, today: Date) -> impl Iterator<Item = &Revision> {
    let waits = move |it: &&Issued| list.standing(it, At(today)) == Standing::Scheduled;
    list.revisions.iter().filter(waits).map(|it| &it.revision)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_patch_is_above() {
        for (version, expected) in [("1.0.0", "1.0.1"), ("2.3.9", "2.3.10"), ("2.0.0-rc.1", "2.0.0")] {
            let version: Version = version.parse().unwrap();
            let next = next_patch(&version);
            assert_eq!(next.to_string(), expected);
            assert!(version < next);
        }
    }
}
