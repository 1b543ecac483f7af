//! Whether a revision speaks the words of the catalog.

use std::collections::BTreeSet;

use semver::{Op, Version, VersionReq};

use crate::model::near::did_you_mean;
use crate::model::{
    Alternative, Categories, CategoryId, Condition, Destinations, Effect, Entry, EntryId, FactId, FactKind,
    Jurisdiction, ListId, Member, Places, Revision, Role, Scope, Vocabulary, When,
};

/// The words that a revision may use.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    /// The categories.
    pub categories: &'a Categories,
    /// The facts.
    pub vocabulary: &'a Vocabulary,
    /// The places.
    pub places: &'a Places,
    /// The lists that there are, or will be.
    pub lists: &'a BTreeSet<ListId>,
}

/// A word of a revision that means nothing, or not what it is used for.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct UnknownWord {
    /// The entry in which it stands; `None` for the revision itself.
    pub entry: Option<EntryId>,
    /// The word.
    pub word: String,
    /// What is wrong with it.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
}

impl Words<'_> {
    /// Returns every word of a revision that is wrong.
    pub fn unknown(&self, revision: &Revision) -> Vec<UnknownWord> {
        let mut checker = Checker { words: *self, revision, entry: None, found: Vec::new() };
        checker.check_revision();
        for entry in revision.entries.values() {
            checker.entry = Some(entry.id.clone());
            checker.check_entry(entry);
        }
        checker.found
    }
}

struct Checker<'a> {
    words: Words<'a>,
    revision: &'a Revision,
    entry: Option<EntryId>,
    found: Vec<UnknownWord>,
}

impl Checker<'_> {
    fn report(&mut self, word: &dyn ToString, message: String, help: Option<String>) {
        self.found.push(UnknownWord { entry: self.entry.clone(), word: word.to_string(), message, help });
    }

    fn check_revision(&mut self) {
        let revision = self.revision;
        self.place(&revision.list.jurisdiction());
        revision.border.iter().for_each(|it| self.place(it));
        revision.groups.values().flatten().for_each(|it| self.place(it));
        if let Scope::Only(categories) = &revision.scope {
            categories.iter().for_each(|it| self.category(it));
        }
        revision.combine.values().flatten().for_each(|it| self.category(it));
        for list in &revision.displaces {
            if !self.words.lists.contains(list) {
                let help = did_you_mean(list.as_str(), self.words.lists.iter().map(ListId::as_str));
                self.report(list, format!("unknown list `{list}`"), help);
            }
        }
        self.destinations(&revision.applies_to);
        self.conditions(&revision.applies_when);
        let version = self.words.categories.version();
        // What is written for an earlier release still means what it meant.
        if !revision.catalog.matches(version) && !is_for_earlier(&revision.catalog, version) {
            let message = format!("it is written for catalog `{}`, and the catalog is at {version}", revision.catalog);
            self.report(&revision.catalog, message, None);
        }
    }

    fn check_entry(&mut self, entry: &Entry) {
        entry.categories.iter().chain(&entry.except).for_each(|it| self.category(it));
        if entry.categories.is_empty() {
            self.report(&entry.id, format!("entry `{}` binds no category", entry.id), None);
        }
        self.destinations(&entry.to);
        self.conditions(&entry.when);
        entry.exemptions.iter().for_each(|it| self.fact(it, Role::Exemption));
        entry.duties.iter().for_each(|it| self.fact(it, Role::Duty));
        if let Effect::Conditional(ways) = &entry.effect {
            for Alternative { all, when } in ways {
                all.iter().for_each(|it| self.fact(it, Role::Mechanism));
                self.conditions(when);
            }
        }
        if let Some(group) = entry.combine.as_ref().filter(|it| !self.revision.combine.contains_key(*it)) {
            let help = did_you_mean(group.as_str(), self.revision.combine.keys().map(crate::model::CombineId::as_str));
            self.report(group, format!("unknown combine group `{group}`"), help);
        }
    }

    fn category(&mut self, id: &CategoryId) {
        if let Some(former) = self.words.categories.former(id) {
            if is_for_earlier(&self.revision.catalog, &former.release) {
                return;
            }
            let (word, release) = (former.fate.word(), &former.release);
            let now: Vec<_> = former.fate.became().into_iter().map(|it| format!("`{it}`")).collect();
            let help = (!now.is_empty()).then(|| format!("write {}", now.join(", ")));
            self.report(id, format!("category `{id}` was {word} in release {release}"), help);
        } else if self.words.categories.find(id).is_none() {
            let help = did_you_mean(id.as_str(), self.words.categories.iter().map(|it| it.id.as_str()));
            self.report(id, format!("unknown category `{id}`"), help);
        }
    }

    fn place(&mut self, code: &Jurisdiction) {
        if self.words.places.find(code).is_none() {
            let help = did_you_mean(code.as_str(), self.words.places.iter().map(|it| it.code.as_str()));
            self.report(code, format!("unknown place `{code}`"), help);
        }
    }

    fn destinations(&mut self, to: &Destinations) {
        let members = match to {
            Destinations::Any => return,
            Destinations::Only(members) | Destinations::Except(members) => members,
        };
        for member in members {
            match member {
                Member::Place(code) => self.place(code),
                Member::Group(group) if self.revision.groups.contains_key(group) => {}
                Member::Group(group) => {
                    let groups = self.revision.groups.keys().map(crate::model::GroupId::as_str);
                    let help = did_you_mean(group.as_str(), groups);
                    self.report(group, format!("unknown group `{group}`"), help);
                }
            }
        }
    }

    fn fact(&mut self, id: &FactId, role: Role) {
        let vocabulary = self.words.vocabulary;
        match vocabulary.find(id) {
            Some(fact) if fact.role == role => {}
            Some(fact) => {
                let message = format!("`{id}` is a {} and not a {}", fact.role.word(), role.word());
                self.report(id, message, None);
            }
            None => {
                let with_role = vocabulary.iter().filter(|it| it.role == role).map(|it| it.id.as_str());
                let help = did_you_mean(id.as_str(), with_role);
                self.report(id, format!("unknown {} `{id}`", role.word()), help);
            }
        }
    }

    fn conditions(&mut self, when: &When) {
        for (id, condition) in when {
            self.fact(id, Role::Circumstance);
            let Some(fact) = self.words.vocabulary.find(id) else { continue };
            match (&fact.kind, condition) {
                (FactKind::Flag, Condition::Flag(_)) => {}
                (FactKind::Choice(among), Condition::Choice(some)) => {
                    for choice in some.iter().filter(|it| !among.contains(*it)) {
                        let help = did_you_mean(choice.as_str(), among.iter().map(crate::model::ChoiceId::as_str));
                        self.report(choice, format!("unknown value `{choice}` of `{id}`"), help);
                    }
                }
                (FactKind::Count, Condition::Count(_, window)) => {
                    if let Some(window) = window.as_ref().filter(|it| self.words.vocabulary.window(it).is_none()) {
                        let windows = self.words.vocabulary.windows().map(|it| it.id.as_str());
                        let help = did_you_mean(window.as_str(), windows);
                        self.report(window, format!("unknown window `{window}`"), help);
                    }
                }
                (FactKind::Flag, _) => self.report(id, format!("`{id}` is a flag: expected true or false"), None),
                (FactKind::Choice(_), _) => self.report(id, format!("`{id}` is a choice: expected its values"), None),
                (FactKind::Count, _) => {
                    let message = format!("`{id}` is a count: expected `at-least`, `below` or both");
                    self.report(id, message, None);
                }
            }
        }
    }
}

/// Returns whether a revision may have been written for a release before this
/// one: nothing in its requirement asks for this one or a later one.
fn is_for_earlier(requirement: &VersionReq, release: &Version) -> bool {
    requirement.comparators.iter().all(|it| match it.op {
        Op::Less | Op::LessEq => true,
        // A bound from below; what is left out of it is zero.
        Op::Exact | Op::Greater | Op::GreaterEq | Op::Tilde | Op::Caret | Op::Wildcard | _ => {
            Version::new(it.major, it.minor.unwrap_or(0), it.patch.unwrap_or(0)) < *release
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_for_an_earlier_release_asks_for_none_since() {
        let release = Version::new(2, 0, 0);
        for (requirement, expected) in [
            ("^1.0", true),
            ("1.2.3", true),
            (">=1.0", true),
            (">=1.0, <2.0", true),
            ("<1.0", true),
            ("*", true),
            ("^2.0", false),
            ("2", false),
            (">=1.0, >=2.1", false),
            (">2.0.0", false),
            ("~2.0.1", false),
        ] {
            assert_eq!(is_for_earlier(&requirement.parse().unwrap(), &release), expected, "{requirement}");
        }
    }
}
