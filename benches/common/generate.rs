//! Registries of any size with the shapes of real lists, the same for the same
//! seed.
//!
//! The shares were measured on the 825 entries that the 337 bundled revisions
//! state, and are followed unless said otherwise:
//!
//! | what | measured |
//! | --- | --- |
//! | effect | conditional 57 %, notice 25 %, prohibited 12 %, undetermined 6 % |
//! | categories an entry | one 82 %, two 8 %, seven 6 %, else 4 %; with `except` 16 % |
//! | destinations | any 59 %, a few codes 24 % (four of five times one), all but a group 9.5 %, a group 7 % |
//! | groups | of about 11 places, one or two a list that has any |
//! | conditions | none 44 %, one 29 %, two 18 %, three 7 %, four 2 % |
//! | of what | flags (a "no" in 35 % of entries, a "yes" in 23 %), people 17 %, a choice 19 %, another count 1 % |
//! | people | nine thresholds of 100 to 10,000,000; at least 58 %, below 27 %, both 15 %; without a window 17 % |
//! | alternatives of a conditional | one 38 %, two 16 %, three 6 %, four 11 %, five 7 %, eight or more 22 %; under a condition 12 % |
//! | mechanisms an alternative | one 62 %, two 35 %, three 3 % |
//! | exemptions an entry | none 47 %, one 11 %, two 2 %, three 6 %, four or more 33 % (here four) |
//! | duties an entry | none 89 %, one 6 %, two 2 %, three 3 %; with a note to the answer 11 % |
//! | texts | notes 116 letters in English and 36 in Chinese, citations 36, ids 18 |
//! | dates | effective on the day of publication 45 %, else up to half a year later |
//!
//! Few sets of conditions, of destinations and of effects are distinct, since
//! a list repeats itself: a list uses 16 sets of conditions and 24 rules out of
//! 150 each, and its own dozen of destinations.
//!
//! Otherwise than in real lists: an entry names the narrower of two categories
//! drawn from a tree of 1,000, so that at size M a question meets 0.8 entries
//! on average (a third of the real ones name a root, and a list of 2,000 such
//! entries would always meet hundreds); a place has one list, over all data,
//! with its own border. Nothing displaces, combines, lapses, or applies to some
//! exporters only, no category is below two others, and no place is in a bloc.
//! The bundled lists have all that, and the tests of both evaluators cover it.

#![allow(dead_code, unused_imports, unreachable_pub, missing_docs, reason = "each program uses its own part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "a program that measures makes what it measures"
)]

#[path = "generate/entries.rs"]
mod entries;
#[path = "generate/lists.rs"]
mod lists;
#[path = "generate/questions.rs"]
mod questions;
#[path = "generate/random.rs"]
mod random;
#[path = "generate/words.rs"]
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use neglist::canon::{Origin, Publication};
use neglist::model::{Hash, Head, Issued, List, Lists, State};

use lists::Author;
pub use questions::{Kind, questions};
use words::Words;

/// How large a registry is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Size {
    /// How many places have a list; at most 200.
    pub jurisdictions: usize,
    /// How many revisions a list has.
    pub revisions: usize,
    /// About how many entries a revision has.
    pub entries: usize,
    /// Of a thousand entries, how many each revision changes.
    pub changed_per_mille: usize,
}

impl Size {
    pub const S: Size = Size { jurisdictions: 50, revisions: 20, entries: 100, changed_per_mille: 20 };
    pub const M: Size = Size { jurisdictions: 200, revisions: 100, entries: 500, changed_per_mille: 20 };
    pub const L: Size = Size { jurisdictions: 200, revisions: 500, entries: 2_000, changed_per_mille: 10 };

    pub fn from_name(name: &str) -> Option<Size> {
        match name {
            "S" => Some(Size::S),
            "M" => Some(Size::M),
            "L" => Some(Size::L),
            _ => None,
        }
    }
}

/// The name of every generated registry.
pub const ORIGIN: &str = "example/generated";

/// Returns a registry's state. The hashes tell revisions apart, and are of
/// nothing.
pub fn state(size: Size, seed: u64) -> State {
    let words = Arc::new(Words::new(seed));
    let mut lists: Lists = BTreeMap::new();
    for number in 0..size.jurisdictions {
        let author = Author::new(&words, size, seed, number);
        let list = author.list().clone();
        let hash = |sequence: u64| hash(number as u64, sequence);
        let issued = (0..).zip(author).map(|(sequence, revision)| Issued {
            sequence,
            previous: sequence.checked_sub(1).map(hash),
            hash: hash(sequence),
            revision,
        });
        let revisions = issued.collect();
        lists.insert(list.clone(), Arc::new(List { id: list, revisions }));
    }
    let size = 4 + (size.jurisdictions * size.revisions) as u64;
    let head = Head { origin: ORIGIN.to_owned(), size, hash: hash(u64::MAX, size) };
    let Words { categories, vocabulary, places, .. } = words.as_ref();
    State { head, categories: categories.clone(), vocabulary: vocabulary.clone(), places: places.clone(), lists }
}

/// Returns what makes the same registry when it is published one by one, in
/// the order of the days of publication.
pub fn publications(size: Size, seed: u64) -> impl Iterator<Item = Publication> {
    let words = Arc::new(Words::new(seed));
    let begin = [
        Publication::Origin(Origin { name: ORIGIN.to_owned(), root_key: None }),
        Publication::Categories(words.categories.clone()),
        Publication::Facts(words.vocabulary.clone()),
        Publication::Jurisdictions(words.places.clone()),
    ];
    let mut authors: Vec<_> = (0..size.jurisdictions).map(|it| Author::new(&words, size, seed, it)).collect();
    let mut order = Vec::new();
    for (number, author) in authors.iter().enumerate() {
        order.extend(author.days().map(|day| (day, number)));
    }
    order.sort_unstable();
    let revisions = order.into_iter().filter_map(move |(_, number)| authors.get_mut(number)?.next());
    begin.into_iter().chain(revisions.map(|it| Publication::Revision(Box::new(it))))
}

fn hash(list: u64, sequence: u64) -> Hash {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&list.to_be_bytes());
    bytes[8..16].copy_from_slice(&sequence.to_be_bytes());
    Hash(bytes)
}
