//! The words of the registry as values.
//!
//! No I/O, no clock, no serialisation: what is hashed, stored, written by
//! people or sent has a form of its own in the module that owns that format.
//! Ids, dates, counts and hashes are types of their own, parsed once at the
//! edge. Read [`question`] and [`answer`] first, then [`revision`].

pub mod answer;
pub mod authority;
pub mod category;
pub mod check;
pub mod condition;
pub mod date;
pub mod destination;
pub mod entry;
pub mod fact;
pub mod flow;
pub mod former;
pub mod hash;
pub mod id;
pub mod list;
pub mod lock;
pub mod near;
pub mod place;
pub mod question;
pub mod revision;
pub mod state;
pub mod text;

pub use answer::{
    Answer, Applies, Brief, Case, CaseValue, Consulted, Dependence, End, Match, Note, NoteKind, Open, Outcome,
    Requirements, UnknownReason, Validity,
};
pub use authority::{Authority, Entitlement, MalformedPublicKey, PublicKey};
pub use category::{Categories, Category};
pub use check::QuestionMistake;
pub use condition::{Bounds, Condition, Count, When, in_words};
pub use date::{At, Effective, KnownOn, Published};
pub use destination::{Destinations, Member};
pub use entry::{Alternative, Effect, Entry, EntryNote, EntryNoteKind, Objective};
pub use fact::{Fact, FactKind, Role, Value, Vocabulary, Window};
pub use flow::Flow;
pub use former::{Fate, Former};
pub use hash::Hash;
pub use id::{AuthorityId, CategoryId, ChoiceId, CombineId, EntryId, FactId, GroupId, Jurisdiction, ListId, WindowId};
pub use list::{InForce, Issued, List, Standing};
pub use lock::{Lock, Pin, Releases};
pub use place::{Membership, Place, PlaceKind, Places};
pub use question::{Item, Question, Subjects};
pub use revision::{Confidence, Entries, Revision, Scope, Source, Status, sharing};
pub use state::{Head, Lists, State};
pub use text::{Language, Text};
