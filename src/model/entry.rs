//! One restriction in a revision.

use std::collections::BTreeSet;
use std::fmt;

use crate::model::condition::{Condition, Count, When, in_words};
use crate::model::destination::Destinations;
use crate::model::fact::SUBJECTS;
use crate::model::id::{CategoryId, CombineId, EntryId, FactId};
use crate::model::text::Text;

/// One restriction, or one thing to know.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// Its name, which it keeps from revision to revision.
    pub id: EntryId,
    /// The categories that it binds, with everything below them.
    pub categories: BTreeSet<CategoryId>,
    /// Categories below those that it does not bind.
    pub except: BTreeSet<CategoryId>,
    /// The destinations that it binds.
    pub to: Destinations,
    /// The conditions under which it binds.
    pub when: When,
    /// What it does.
    pub effect: Effect,
    /// Claimed exemptions that lift it.
    pub exemptions: BTreeSet<FactId>,
    /// What remains to be done whatever the outcome.
    pub duties: BTreeSet<FactId>,
    /// What it is for.
    pub objective: Objective,
    /// The article, section or clause.
    pub cite: String,
    /// A sentence for people.
    pub note: Text,
    /// The combine group that it belongs to.
    pub combine: Option<CombineId>,
    /// Circumstances that a reader of an answer should know.
    pub notes: Vec<EntryNote>,
}

/// What an entry does to data that it binds, from the mildest to the severest.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Effect {
    /// There is no gate, but something to know.
    Notice,
    /// One of these makes it lawful.
    Conditional(Vec<Alternative>),
    /// The list governs this, and its numbers or terms are not in the
    /// registry.
    Undetermined,
    /// Nothing makes it lawful.
    Prohibited,
}

impl Effect {
    /// Returns the word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Effect::Notice => "notice",
            Effect::Conditional(_) => "conditional",
            Effect::Undetermined => "undetermined",
            Effect::Prohibited => "prohibited",
        }
    }
}

/// One way to satisfy a conditional entry.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Alternative {
    /// The mechanisms that are needed, together.
    pub all: BTreeSet<FactId>,
    /// When this way is open.
    pub when: When,
}

impl Entry {
    /// Returns the number of people from which it binds. Where only `below` is
    /// said there is none.
    pub fn threshold(&self) -> Option<Count> {
        match self.when.get(SUBJECTS) {
            Some(Condition::Count(bounds, _)) => Some(bounds.at_least()).filter(|it| *it != Count::ZERO),
            Some(Condition::Flag(_) | Condition::Choice(_)) | None => None,
        }
    }
}

impl fmt::Display for Alternative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" + "))?;
        if self.when.is_empty() {
            return Ok(());
        }
        write!(f, " (when {})", in_words(&self.when).collect::<Vec<_>>().join("; "))
    }
}

/// What an entry is for: the aims that the Initiative of 2024-11-20 accepts,
/// and the rest.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Objective {
    /// National security.
    NationalSecurity,
    /// Another public interest.
    PublicInterest,
    /// Privacy of individuals.
    Privacy,
    /// Intellectual property.
    Ip,
    /// Something else.
    Other,
}

impl Objective {
    /// Every objective.
    pub const ALL: [Objective; 5] =
        [Objective::NationalSecurity, Objective::PublicInterest, Objective::Privacy, Objective::Ip, Objective::Other];

    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            Objective::NationalSecurity => "national-security",
            Objective::PublicInterest => "public-interest",
            Objective::Privacy => "privacy",
            Objective::Ip => "ip",
            Objective::Other => "other",
        }
    }
}

/// Something that goes with the answer wherever the entry applies.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EntryNote {
    /// What kind of thing it is.
    pub kind: EntryNoteKind,
    /// The sentence.
    pub text: Text,
}

/// The kinds of notes that people write. The other kinds of an answer's notes
/// are found by the evaluator.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum EntryNoteKind {
    /// Those who began before have time left.
    Grace,
    /// A court has since undone what was in force that day.
    AnnulledLater,
    /// The duty exists, its procedure not yet.
    NotOperational,
    /// The registry is not sure of this.
    LowConfidence,
    /// The registry lacks something that belongs beside this.
    Gap,
}

impl EntryNoteKind {
    /// Every kind.
    pub const ALL: [EntryNoteKind; 5] = [
        EntryNoteKind::Grace,
        EntryNoteKind::AnnulledLater,
        EntryNoteKind::NotOperational,
        EntryNoteKind::LowConfidence,
        EntryNoteKind::Gap,
    ];

    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            EntryNoteKind::Grace => "grace",
            EntryNoteKind::AnnulledLater => "annulled-later",
            EntryNoteKind::NotOperational => "not-operational",
            EntryNoteKind::LowConfidence => "low-confidence",
            EntryNoteKind::Gap => "gap",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_is_shown_with_when_it_is_open() {
        let all = BTreeSet::from(["consent".parse().unwrap(), "clauses".parse().unwrap()]);
        let plain = Alternative { all, when: When::new() };
        assert_eq!(plain.to_string(), "clauses + consent");
        let flags = [("critical", false), ("registered", true)];
        let when = flags.map(|(fact, is_stated)| (fact.parse().unwrap(), Condition::Flag(is_stated)));
        let when = Alternative { when: when.into(), ..plain };
        assert_eq!(when.to_string(), "clauses + consent (when not critical; registered)");
    }
}
