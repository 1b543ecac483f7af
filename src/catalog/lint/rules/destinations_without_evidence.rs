//! `destinations-without-evidence`

use std::collections::BTreeSet;

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::logic::is_gate;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::{Destinations, Entry, Member};

pub(super) static RULE: Rule = Rule {
    id: "destinations-without-evidence",
    severity: Severity::Warning,
    summary: "Where destinations are singled out, something says on what ground.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let mut seen = BTreeSet::new();
    let mut marks = Vec::new();
    for entry in draft.own_entries().filter(|it| is_gate(it)) {
        let Destinations::Only(members) = &entry.to else { continue };
        for member in members {
            if is_grounded(draft, entry, member) || !seen.insert(member.clone()) {
                continue;
            }
            let mark = Mark::new(format!("`{}` singles out `{member}`, and nothing says on what ground", entry.id));
            let hint = "name the destination or its group, and the instrument that designates it, in the `note` or `cite`, \
                        in `summary`, or in a doubt";
            let span = draft.written.word(draft.in_entry(entry, &["to"]), &member.to_string());
            marks.push(mark.at(span).hint(hint).witness(draft.witness(entry)));
        }
    }
    marks
}

/// Returns whether a text of the entry or of its revision names the
/// destination: by its code or name, or a group by its id read as words.
fn is_grounded(draft: &Draft<'_>, entry: &Entry, member: &Member) -> bool {
    let revision = draft.revision;
    let doubts = revision.doubts.iter().flat_map(|it| [&it.en, &it.zh]);
    let own = [&entry.note.en, &entry.note.zh, &entry.cite, &revision.summary.en, &revision.summary.zh];
    let said: Vec<&String> = own.into_iter().chain(doubts).collect();
    let texts: Vec<String> = said.iter().map(|it| it.to_lowercase()).collect();
    let names: Vec<String> = match member {
        Member::Group(group) => vec![group.as_str().replace('-', " ")],
        Member::Place(code) => {
            let name = draft.setting.words.places.find(code).map(|it| [it.name.en.clone(), it.name.zh.clone()]);
            name.into_iter().flatten().map(|it| it.to_lowercase()).collect()
        }
    };
    // A code is a word of its own, in capitals.
    let is_code = |it: &str| matches!(member, Member::Place(code) if it == code.as_str());
    let is_coded = |it: &&&String| it.split(|it: char| !it.is_ascii_alphanumeric()).any(is_code);
    let is_named = |name: &String| texts.iter().any(|it| it.contains(name.as_str()));
    names.iter().filter(|it| !it.is_empty()).any(is_named) || said.iter().find(is_coded).is_some()
}
