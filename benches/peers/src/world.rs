//! A registry and questions as numbers: what every engine is loaded from.
//!
//! It is for the others' benefit: entries live from one sequence number to
//! another, conditions are masks and ranges, groups are spelled out. None of
//! it is timed.

use std::collections::BTreeMap;
use std::sync::Arc;

use neglist::model::{
    Condition, Destinations, Effect, Entry, EntryId, FactId, FactKind, List, Question, Role, State, When,
};

use crate::words::{Asked, Names, day};

/// Everything that is measured.
#[derive(Debug)]
pub struct World {
    pub state: State,
    pub names: Names,
    pub questions: Vec<Question>,
    /// The same questions as numbers.
    pub asked: Vec<Asked>,
    /// For each place the revisions of its list that have a day, by it.
    pub issues: Vec<Vec<Issue>>,
    pub rows: Vec<Row>,
    /// The sets of places that rows name.
    pub sets: Vec<Vec<u16>>,
    /// For each category itself and what is above it.
    pub above: Vec<Vec<u16>>,
    /// For each category itself and what is below it.
    pub below: Vec<Vec<u16>>,
}

/// When a revision is in force.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Issue {
    pub effective: u32,
    pub sequence: u32,
    pub published: u32,
    /// The day on which it was known to be withdrawn; the largest number if
    /// it never was.
    pub withdrawn: u32,
}

/// An entry, in the revisions that have it alike.
#[derive(Debug)]
pub struct Row {
    pub list: u16,
    /// The first revision that has it, and the first that has not.
    pub first: u32,
    pub last: u32,
    pub categories: Vec<u16>,
    pub except: Vec<u16>,
    pub to: Towards,
    pub when: Conditions,
    /// As outcomes are numbered; of a conditional one 1.
    pub effect: u8,
    pub ways: Vec<Way>,
    pub exemptions: u8,
}

/// Where an entry binds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Towards {
    Any,
    Only(u32),
    Except(u32),
}

/// Conditions over stated facts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Conditions {
    pub flags: u8,
    pub values: u8,
    /// Of each choice the values that are allowed.
    pub choices: [u8; 2],
    /// Of people and of devices: at least, and below.
    pub subjects: (u64, u64),
    pub devices: (u64, u64),
}

/// One alternative of a conditional entry.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Way {
    pub all: u8,
    pub flags: u8,
    pub values: u8,
}

/// No count reaches it, and SQL can still hold it.
pub const NO_END: u64 = 1 << 60;

impl World {
    pub fn new(state: State, questions: Vec<Question>, has_rows: bool) -> World {
        let names = Names::of(&state);
        let asked = questions.iter().map(|it| names.asked(it)).collect();
        let mut issues = vec![Vec::new(); names.places.len()];
        for list in state.lists.values() {
            issues[names.place(list.id.jurisdiction().as_str()) as usize] = issues_of(list);
        }
        let (above, below) = names.tree(&state);
        let mut world =
            World { state, names, questions, asked, issues, rows: Vec::new(), sets: Vec::new(), above, below };
        if has_rows {
            world.read_rows();
        }
        world
    }

    /// Returns the revision in force of the list that a question is put to.
    pub fn in_force(&self, asked: &Asked) -> Option<u32> {
        let issues = &self.issues[asked.from as usize];
        let bound = issues.partition_point(|it| it.effective <= asked.at);
        let known = issues[..bound].iter().rev();
        known.into_iter().find(|it| it.published <= asked.known && asked.known < it.withdrawn).map(|it| it.sequence)
    }

    /// Returns the number of a category's own rows, or of those of what it
    /// covers: the two ways to lay entries out.
    pub fn covered(&self, row: &Row) -> Vec<u16> {
        let mut covered: Vec<u16> = row.categories.iter().flat_map(|it| &self.below[*it as usize]).copied().collect();
        covered.sort_unstable();
        covered.dedup();
        covered.retain(|it| !self.above[*it as usize].iter().any(|above| row.except.contains(above)));
        covered
    }

    fn read_rows(&mut self) {
        let mut sets = BTreeMap::new();
        let mut rows = Vec::new();
        for list in self.state.lists.values() {
            let place = self.names.place(list.id.jurisdiction().as_str());
            let mut living: BTreeMap<&EntryId, (*const Entry, usize)> = BTreeMap::new();
            for issued in &list.revisions {
                let sequence = u32::try_from(issued.sequence).unwrap();
                let entries = &issued.revision.entries;
                living.retain(|id, (same, row)| {
                    let lives = entries.get(*id).is_some_and(|it| std::ptr::eq(Arc::as_ptr(it), *same));
                    if !lives {
                        let row: &mut Row = &mut rows[*row];
                        row.last = sequence;
                    }
                    lives
                });
                for (id, entry) in entries {
                    living.entry(id).or_insert_with(|| {
                        rows.push(self.row(place, sequence, list.revisions.len(), issued, entry, &mut sets));
                        (Arc::as_ptr(entry), rows.len() - 1)
                    });
                }
            }
        }
        self.sets = vec![Vec::new(); sets.len()];
        for (set, number) in sets {
            self.sets[number as usize] = set;
        }
        self.rows = rows;
    }

    fn row(
        &self,
        list: u16,
        first: u32,
        last: usize,
        issued: &neglist::model::Issued,
        entry: &Entry,
        sets: &mut BTreeMap<Vec<u16>, u32>,
    ) -> Row {
        let categories = |it: &std::collections::BTreeSet<_>| it.iter().map(|it| self.names.category(it)).collect();
        let mut set = |members| {
            let codes = issued.revision.codes(members);
            let codes: Vec<u16> = codes.iter().map(|it| self.names.place(it.as_str())).collect();
            let next = u32::try_from(sets.len()).unwrap();
            *sets.entry(codes).or_insert(next)
        };
        let to = match &entry.to {
            Destinations::Any => Towards::Any,
            Destinations::Only(members) => Towards::Only(set(members)),
            Destinations::Except(members) => Towards::Except(set(members)),
        };
        let way = |it: &neglist::model::Alternative| {
            let when = self.names.conditions(&it.when);
            Way { all: self.names.mechanisms(&it.all), flags: when.flags, values: when.values }
        };
        let (effect, ways) = match &entry.effect {
            Effect::Notice => (0, Vec::new()),
            Effect::Conditional(ways) => (1, ways.iter().map(way).collect()),
            Effect::Undetermined => (2, Vec::new()),
            Effect::Prohibited => (3, Vec::new()),
        };
        Row {
            list,
            first,
            last: u32::try_from(last).unwrap(),
            categories: categories(&entry.categories),
            except: categories(&entry.except),
            to,
            when: self.names.conditions(&entry.when),
            effect,
            ways,
            exemptions: self.names.exemptions(&entry.exemptions),
        }
    }
}

fn issues_of(list: &List) -> Vec<Issue> {
    let withdrawn = |version: &semver::Version| {
        let by = list.revisions.iter().find(|it| it.revision.withdraws.contains(version));
        by.map_or(u32::MAX, |it| day(it.revision.published.0))
    };
    let issue = |it: &neglist::model::Issued| {
        Some(Issue {
            effective: day(it.revision.effective?.0),
            sequence: u32::try_from(it.sequence).unwrap(),
            published: day(it.revision.published.0),
            withdrawn: withdrawn(&it.revision.version),
        })
    };
    let mut issues: Vec<Issue> = list.revisions.iter().filter_map(issue).collect();
    issues.sort_unstable();
    issues
}

impl Names {
    fn conditions(&self, when: &When) -> Conditions {
        let mut all =
            Conditions { flags: 0, values: 0, choices: [u8::MAX; 2], subjects: (0, NO_END), devices: (0, NO_END) };
        for (fact, condition) in when {
            match condition {
                Condition::Flag(expected) => {
                    all.flags |= self.flag(fact);
                    all.values |= if *expected { self.flag(fact) } else { 0 };
                }
                Condition::Choice(among) => {
                    let number = self.choice(fact);
                    all.choices[number] = among.iter().map(|it| self.choice_value(number, it.as_str())).sum();
                }
                Condition::Count(bounds, _) => {
                    let range = (bounds.at_least().number(), bounds.below().map_or(NO_END, |it| it.number()));
                    if fact.as_str() == "subjects" { all.subjects = range } else { all.devices = range }
                }
            }
        }
        all
    }
}

/// Returns the facts of one kind and role, by name.
pub fn facts_of(state: &State, role: Role, is_kind: impl Fn(&FactKind) -> bool) -> Vec<FactId> {
    state.vocabulary.iter().filter(|it| it.role == role && is_kind(&it.kind)).map(|it| it.id.clone()).collect()
}
