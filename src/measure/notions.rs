//! What is said of a text, an entry or a revision by itself: the notions that
//! measures and lint rules have in common.

use crate::model::{Categories, CategoryId, Destinations, Effect, Entry, Member, Places, Revision, Text};

/// The root of personal data in the catalog.
const PERSONAL: &str = "personal";

/// Returns whether an entry stands in the way of data.
pub fn is_gate(entry: &Entry) -> bool {
    match entry.effect {
        Effect::Notice => false,
        Effect::Conditional(_) | Effect::Undetermined | Effect::Prohibited => true,
    }
}

/// Returns whether a category is personal data.
pub fn is_personal(categories: &Categories, category: &CategoryId) -> bool {
    PERSONAL.parse().is_ok_and(|personal| categories.covers(&personal, category))
}

/// Returns whether an entry binds whatever it names without exception: no
/// threshold, no condition, no destination, neither its own nor its list's.
pub fn is_bare(revision: &Revision, entry: &Entry) -> bool {
    let is_bounded_by_list = !revision.applies_when.is_empty() || revision.applies_to != Destinations::Any;
    let is_bounded = !entry.when.is_empty() || !entry.except.is_empty() || entry.to != Destinations::Any;
    !is_bounded_by_list && !is_bounded
}

/// Returns the days from publication until a revision takes effect: fewer than
/// none where it is retroactive, `None` while it is dormant.
pub fn notice(revision: &Revision) -> Option<i32> {
    revision.effective.map(|it| (it.0 - revision.published.0).get_days())
}

/// Returns whether a text of an entry or of its revision names a destination:
/// by its code or name, or a group by its id read as words.
pub fn is_grounded(revision: &Revision, entry: &Entry, member: &Member, places: &Places) -> bool {
    let doubts = revision.doubts.iter().flat_map(|it| [&it.en, &it.zh]);
    let own = [&entry.note.en, &entry.note.zh, &entry.cite, &revision.summary.en, &revision.summary.zh];
    let said: Vec<&String> = own.into_iter().chain(doubts).collect();
    let texts: Vec<String> = said.iter().map(|it| it.to_lowercase()).collect();
    let names: Vec<String> = match member {
        Member::Group(group) => vec![group.as_str().replace('-', " ")],
        Member::Place(code) => {
            let name = places.find(code).map(|it| [it.name.en.clone(), it.name.zh.clone()]);
            name.into_iter().flatten().map(|it| it.to_lowercase()).collect()
        }
    };
    // A code is a word of its own, in capitals.
    let is_code = |it: &str| matches!(member, Member::Place(code) if it == code.as_str());
    let is_coded = |it: &&&String| it.split(|it: char| !it.is_ascii_alphanumeric()).any(is_code);
    let is_named = |name: &String| texts.iter().any(|it| it.contains(name.as_str()));
    names.iter().filter(|it| !it.is_empty()).any(is_named) || said.iter().find(is_coded).is_some()
}

/// Returns whether a text says the same in both languages, to the letter.
pub fn is_copied(text: &Text) -> bool {
    !text.en.trim().is_empty() && text.en.trim() == text.zh.trim()
}

/// Returns whether a text stands in both languages, and is no copy.
pub fn is_translated(text: &Text) -> bool {
    !text.en.trim().is_empty() && !text.zh.trim().is_empty() && !is_copied(text)
}
