//! Everything that the sources leave open, as a page in Markdown.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::model::{At, EntryNoteKind, Language, List, State, Text};
use crate::registry::Coverage;

/// Returns the doubts and gaps of all lists, by place and list, each with the
/// versions that state it.
pub(crate) fn doubts(covered: &[Coverage<'_>], at: At, state: &State, language: Language) -> String {
    let say = |en: &'static str, zh: &'static str| language.say(en, zh);
    let mut page = format!(
        "# {}\n\n{}\n",
        say("Doubts", "存疑"),
        say(
            "What the sources of the lists leave open, in the words of each revision, and what is known to be missing. Where an answer\n\
             turns on one of them, it says so or is `unknown`. Made by `neglist coverage --doubts`.",
            "各修订版所依来源的未决之处，以及已知的缺漏。答复取决于此者，会予以说明，或为“无法判定”。由 `neglist coverage --doubts` 生成。"
        )
    );
    for coverage in covered {
        let parts: Vec<String> = coverage.lists.iter().filter_map(|it| of_list(it.list, language)).collect();
        let gaps = coverage.gaps();
        if parts.is_empty() && gaps.is_empty() {
            continue;
        }
        let name = state.places.find(&coverage.place).map_or("", |it| it.name.in_language(language));
        let _ = write!(page, "\n## {} {name}\n", coverage.place);
        for (_, gap) in gaps {
            let _ = write!(page, "\n{}{}\n", say("**Not held.** ", "**未收录。**"), gap.in_language(language));
        }
        page.extend(parts);
    }
    let _ = writeln!(page, "\n{} {at}", say("Gaps as of", "缺漏截至"));
    page
}

/// Returns the doubts of a list, in the order in which they were first stated.
fn of_list(list: &List, language: Language) -> Option<String> {
    let mut stated: Vec<(&Text, Vec<String>)> = Vec::new();
    let mut place: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for issued in &list.revisions {
        let revision = &issued.revision;
        let notes = revision.notes.iter().filter(|it| it.kind == EntryNoteKind::LowConfidence).map(|it| &it.text);
        for text in revision.doubts.iter().chain(notes) {
            let at = *place.entry((&text.en, &text.zh)).or_insert(stated.len());
            if at == stated.len() {
                stated.push((text, Vec::new()));
            }
            if let Some((_, versions)) = stated.get_mut(at) {
                versions.push(revision.version.to_string());
            }
        }
    }
    if stated.is_empty() {
        return None;
    }
    let title = list.head().map_or("", |it| it.revision.title.in_language(language));
    let mut part = format!("\n### `{}` {title}\n\n", list.id);
    for (text, versions) in stated {
        let versions = match versions.as_slice() {
            [first, .., last] => format!("{first} – {last}"),
            _ => versions.concat(),
        };
        let _ = writeln!(part, "- {} ({versions})", text.in_language(language));
    }
    Some(part)
}
