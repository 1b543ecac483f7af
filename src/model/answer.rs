//! What is answered, and why.

use std::collections::BTreeSet;

use jiff::civil::Date;
use semver::Version;

use crate::model::condition::Count;
use crate::model::entry::{Alternative, Entry, EntryNoteKind};
use crate::model::id::{CategoryId, ChoiceId, FactId, Jurisdiction, ListId};
use crate::model::list::Issued;
use crate::model::question::Question;
use crate::model::revision::Revision;
use crate::model::text::Text;

/// What a question comes to, from the mildest to the severest, so that the
/// severest of several is their maximum.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Outcome {
    /// The data may leave with no further step.
    Permitted,
    /// It may leave with the mechanisms that the answer names.
    Conditional,
    /// The registry cannot say. This is never a yes.
    Unknown,
    /// It may not leave.
    Prohibited,
}

impl Outcome {
    /// Every outcome, from the mildest.
    pub const ALL: [Outcome; 4] = [Outcome::Permitted, Outcome::Conditional, Outcome::Unknown, Outcome::Prohibited];

    /// Returns whether the data may leave with no further step.
    pub fn permits(self) -> bool {
        match self {
            Outcome::Permitted => true,
            Outcome::Conditional | Outcome::Unknown | Outcome::Prohibited => false,
        }
    }

    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Permitted => "permitted",
            Outcome::Conditional => "conditional",
            Outcome::Unknown => "unknown",
            Outcome::Prohibited => "prohibited",
        }
    }
}

/// Why the registry cannot say.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum UnknownReason {
    /// No list of the places asked was in force.
    NoList,
    /// Lists were in force, and none of them speaks for the category.
    OutsideScope,
    /// A list governs this, and its numbers or terms are not known here.
    Undetermined,
}

impl UnknownReason {
    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            UnknownReason::NoList => "no-list",
            UnknownReason::OutsideScope => "outside-scope",
            UnknownReason::Undetermined => "undetermined",
        }
    }
}

/// All of these sets of alternatives have to be satisfied, each by one of its
/// sets of mechanisms.
pub type Requirements = BTreeSet<BTreeSet<BTreeSet<FactId>>>;

/// Something that a question left open.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Open {
    /// A fact that was not stated; of `subjects` for some item and window.
    Fact(FactId),
    /// Whether the data includes this narrower category.
    Category(CategoryId),
    /// Where the data goes.
    Destination,
}

/// Whether an entry, or a list, applies.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Applies {
    /// It does not.
    No,
    /// What the question leaves open decides. Never empty.
    Maybe(BTreeSet<Open>),
    /// It does.
    Yes,
}

impl Applies {
    /// Returns a maybe that hangs on one thing.
    pub fn maybe(open: Open) -> Applies {
        Applies::Maybe(BTreeSet::from([open]))
    }

    /// Returns whether both apply.
    #[must_use]
    pub fn and(self, other: Applies) -> Applies {
        match (self, other) {
            (Applies::No, _) | (_, Applies::No) => Applies::No,
            (Applies::Yes, other) => other,
            (one, Applies::Yes) => one,
            (Applies::Maybe(one), Applies::Maybe(other)) => Applies::Maybe(&one | &other),
        }
    }

    /// Returns whether one of them applies, or both.
    #[must_use]
    pub fn or(self, other: Applies) -> Applies {
        match (self, other) {
            (Applies::Yes, _) | (_, Applies::Yes) => Applies::Yes,
            (Applies::No, other) => other,
            (one, Applies::No) => one,
            (Applies::Maybe(one), Applies::Maybe(other)) => Applies::Maybe(&one | &other),
        }
    }

    /// Returns what it hangs on; nothing where it is certain.
    pub fn open(&self) -> BTreeSet<Open> {
        match self {
            Applies::Maybe(open) => open.clone(),
            Applies::No | Applies::Yes => BTreeSet::new(),
        }
    }
}

impl std::ops::Not for Applies {
    type Output = Applies;

    fn not(self) -> Applies {
        match self {
            Applies::No => Applies::Yes,
            Applies::Maybe(open) => Applies::Maybe(open),
            Applies::Yes => Applies::No,
        }
    }
}

/// An answer, with its reasons. It borrows them from the state.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Answer<'a> {
    /// What was asked.
    pub question: Question,
    /// The severest of what applies or may apply.
    pub outcome: Outcome,
    /// The severest of what applies for certain.
    pub floor: Outcome,
    /// Why the registry cannot say, where the outcome is that.
    pub unknown_reason: Option<UnknownReason>,
    /// What outcome and requirements hang on, and what each case would lead
    /// to.
    pub depends_on: Vec<Dependence>,
    /// What is required and not in place: of each entry that applies or may
    /// apply.
    pub requires: Requirements,
    /// The mechanisms in place that the answer rests on.
    pub relied_on: BTreeSet<FactId>,
    /// Exemptions that would lift an entry.
    pub exemptions: BTreeSet<FactId>,
    /// What remains to be done whatever the outcome.
    pub duties: BTreeSet<FactId>,
    /// The entries that apply or may apply.
    pub matches: Vec<Match<'a>>,
    /// The lists that were consulted.
    pub consulted: Vec<Consulted<'a>>,
    /// How long the answer stays the same.
    pub valid: Validity,
    /// What else a reader should know.
    pub notes: Vec<Note>,
}

impl Answer<'_> {
    /// Returns whether nothing that was left open could change the outcome.
    pub fn is_decided(&self) -> bool {
        self.outcome == self.floor
    }

    /// Returns what it comes to, without its reasons.
    pub fn brief(&self) -> Brief {
        Brief { outcome: self.outcome, floor: self.floor, unknown_reason: self.unknown_reason }
    }
}

/// What an answer comes to, without its reasons: for those who ask by the
/// million.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Brief {
    /// The severest of what applies or may apply.
    pub outcome: Outcome,
    /// The severest of what applies for certain.
    pub floor: Outcome,
    /// Why the registry cannot say, where the outcome is that.
    pub unknown_reason: Option<UnknownReason>,
}

impl Brief {
    /// Returns whether nothing that was left open could change the outcome.
    pub fn is_decided(self) -> bool {
        self.outcome == self.floor
    }
}

/// Something that the outcome hangs on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Dependence {
    /// What was left open.
    pub on: Open,
    /// What each case would lead to, everything else being as in the question.
    pub cases: Vec<Case>,
}

/// One case of something that was left open.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Case {
    /// What would be stated.
    pub value: CaseValue,
    /// The outcome then.
    pub outcome: Outcome,
    /// What would be certain then.
    pub floor: Outcome,
    /// What would be required then.
    pub requires: Requirements,
}

/// A value, or a range of values, that a case stands for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum CaseValue {
    /// The flag is this, or the data includes the category or not.
    Flag(bool),
    /// The choice is this one.
    Choice(ChoiceId),
    /// The count is in this range: at least, and below.
    Count(Count, Option<Count>),
    /// The data goes to this place.
    To(Jurisdiction),
    /// The data goes to any place that no entry names.
    Elsewhere,
}

/// An entry that applies or may apply to an item.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Match<'a> {
    /// The revision that it stands in.
    pub revision: &'a Revision,
    /// The entry.
    pub entry: &'a Entry,
    /// The item's category.
    pub item: CategoryId,
    /// The category of the entry through which it applies.
    pub category: CategoryId,
    /// Whether it applies. Never no.
    pub applies: Applies,
    /// Of a conditional entry, the ways that are open or may be.
    pub requires: Vec<&'a Alternative>,
    /// Of a conditional entry, whether one of its ways is in place.
    pub satisfied: Applies,
    /// Of a conditional entry, whether none of its ways is open, so that
    /// nothing makes it lawful.
    pub closed: Applies,
}

/// A list that was consulted, in the revision that was in force.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Consulted<'a> {
    /// The revision.
    pub issued: &'a Issued,
    /// Whether the data stays inside the list's border, so that the list only
    /// says that it is not leaving.
    pub stays_inside: bool,
}

/// The interval of `at` over which an answer stays the same, as published so
/// far.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Validity {
    /// The first day; `None` if it was never otherwise.
    pub from: Option<Date>,
    /// The first day on which it is no longer so; `None` if nothing published
    /// ends it.
    pub until: Option<Date>,
    /// What ends it.
    pub ends_with: Option<End>,
}

/// What ends an answer.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum End {
    /// A revision takes effect.
    Revision {
        /// Its list.
        list: ListId,
        /// Its version.
        version: Version,
    },
    /// A revision runs out.
    Expiry {
        /// Its list.
        list: ListId,
        /// Its version.
        version: Version,
    },
    /// A place joins or leaves a bloc.
    Membership {
        /// The bloc.
        bloc: Jurisdiction,
        /// The place.
        place: Jurisdiction,
    },
}

/// Something else that a reader should know.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Note {
    /// What kind of thing it is.
    pub kind: NoteKind,
    /// The sentence.
    pub text: Text,
}

/// The kinds of notes of an answer.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum NoteKind {
    /// Two lists differ.
    Conflict,
    /// What is in force was published later.
    Retroactive,
    /// A list has run out or was ended.
    Lapsed,
    /// The note of an entry or a revision.
    Written(EntryNoteKind),
}

impl NoteKind {
    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            NoteKind::Conflict => "conflict",
            NoteKind::Retroactive => "retroactive",
            NoteKind::Lapsed => "lapsed",
            NoteKind::Written(kind) => kind.word(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_permitted_permits() {
        let permitting: Vec<_> = Outcome::ALL.into_iter().filter(|it| it.permits()).collect();
        assert_eq!(permitting, [Outcome::Permitted]);
    }

    #[test]
    fn the_severest_is_the_maximum() {
        assert_eq!(Outcome::ALL.into_iter().max(), Some(Outcome::Prohibited));
        assert!(Outcome::Conditional < Outcome::Unknown && Outcome::Unknown < Outcome::Prohibited);
    }
}
