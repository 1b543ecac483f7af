//! Comparing revisions of a list.

use crate::compare::{Alone, EntryDiff, Ground, Happening, Region, Spoken, Verdicts, entries, history, verdicts};
use crate::model::{EntryId, Issued, List, State};
use crate::registry::Registry;

/// Two revisions of a list, compared.
#[derive(Debug)]
pub struct Comparison<'a> {
    /// The earlier one.
    pub before: &'a Issued,
    /// The later one.
    pub after: &'a Issued,
    /// What changed in the text.
    pub entries: EntryDiff<'a>,
    /// What became of the answers, where that was asked for.
    pub answers: Option<Answers>,
}

/// What became of the answers.
#[derive(Debug)]
pub struct Answers {
    /// The regions and the class.
    pub verdicts: Verdicts,
    /// For each region, what each revision says by itself to its witnesses.
    pub spoken: Vec<Vec<[Spoken; 2]>>,
}

/// How deep a comparison goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Depth {
    /// Entries and their fields.
    Text,
    /// What questions get, too.
    Answers,
}

impl Registry {
    /// Compares two revisions of a list.
    pub fn compare<'a>(&'a self, before: &'a Issued, after: &'a Issued, depth: Depth) -> Comparison<'a> {
        let entries = entries(&before.revision, &after.revision);
        let answers = match depth {
            Depth::Text => None,
            Depth::Answers => Some(compare_answers(self.state(), before, after)),
        };
        Comparison { before, after, entries, answers }
    }

    /// Returns where an entry of a list appeared, changed and vanished.
    pub fn entry_history<'a>(&'a self, list: &'a List, id: &EntryId) -> Vec<Happening<'a>> {
        history(list, id)
    }
}

fn compare_answers(state: &State, before: &Issued, after: &Issued) -> Answers {
    let revision = &after.revision;
    let at = revision.first_day();
    let verdicts = verdicts(Ground::of(state, at), Some(&before.revision), revision);
    let one = Alone::new(state, Some(&before.revision), at);
    let other = Alone::new(state, Some(revision), at);
    let of_region =
        |region: &Region| region.witnesses.iter().map(|it| [one.ask(&it.question), other.ask(&it.question)]).collect();
    let spoken = verdicts.regions.iter().map(of_region).collect();
    Answers { verdicts, spoken }
}
