//! Key-value stores, read directly: keys that sort, values in bincode.
//!
//! Two layouts: an entry under each of its own categories, with a scan for
//! each category from the one asked up to its root (small), or under every
//! category that it covers, with one scan (quick, and four times as large).
//! Keys are big-endian numbers, so that a question reads one range a scan, up
//! to the revision in force. Reading includes decoding into owned values.

use serde::{Deserialize, Serialize};

use crate::engine::Engine;
use crate::scan::{UNKNOWN, binds, severity};
use crate::words::Asked;
use crate::world::{Conditions, Row, Towards, Way, World};

/// How entries are laid out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Layout {
    /// Under their own categories.
    Ancestors,
    /// Under all categories that they cover.
    Closure,
}

/// A store that reads ranges of keys.
pub trait Ranges {
    /// Calls with each value of the entries from one key to another, both
    /// included.
    fn entries(&self, from: &[u8], to: &[u8], each: impl FnMut(&[u8]));

    /// Returns the last revision from one key to another that is known.
    fn last_issue(&self, from: &[u8], to: &[u8], is_known: impl FnMut(&[u8]) -> bool) -> Option<u32>;
}

/// An entry as it is stored.
#[derive(Debug, Deserialize, Serialize)]
struct Stored {
    last: u32,
    exemptions: u8,
    flags: u8,
    values: u8,
    choices: [u8; 2],
    subjects: (u64, u64),
    devices: (u64, u64),
    /// The places, and whether it is only these.
    places: Option<(bool, Vec<u16>)>,
    effect: u8,
    ways: Vec<(u8, u8, u8)>,
    except: Vec<u16>,
}

impl Stored {
    fn of(world: &World, row: &Row) -> Stored {
        let set = |number: u32| world.sets[number as usize].clone();
        Stored {
            last: row.last,
            exemptions: row.exemptions,
            flags: row.when.flags,
            values: row.when.values,
            choices: row.when.choices,
            subjects: row.when.subjects,
            devices: row.when.devices,
            places: match row.to {
                Towards::Any => None,
                Towards::Only(it) => Some((true, set(it))),
                Towards::Except(it) => Some((false, set(it))),
            },
            effect: row.effect,
            ways: row.ways.iter().map(|it| (it.all, it.flags, it.values)).collect(),
            except: row.except.clone(),
        }
    }

    fn severity(&self, asked: &Asked, above: &[u16]) -> u8 {
        let when = Conditions {
            flags: self.flags,
            values: self.values,
            choices: self.choices,
            subjects: self.subjects,
            devices: self.devices,
        };
        let is_bound = binds(self.exemptions, &when, asked)
            && self.places.as_ref().is_none_or(|(is_only, places)| places.contains(&asked.to) == *is_only)
            && !self.except.iter().any(|it| above.contains(it));
        if !is_bound {
            return 0;
        }
        let ways: Vec<Way> =
            self.ways.iter().map(|(all, flags, values)| Way { all: *all, flags: *flags, values: *values }).collect();
        severity(self.effect, &ways, asked)
    }
}

/// Returns keys and values of all entries, sorted.
pub fn entries(world: &World, layout: Layout) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut all = Vec::new();
    for (number, row) in (0..).zip(&world.rows) {
        let value = encoded(&Stored::of(world, row));
        let categories = if layout == Layout::Closure { world.covered(row) } else { row.categories.clone() };
        all.extend(categories.into_iter().map(|it| (entry_key(row.list, it, row.first, number), value.clone())));
    }
    all.sort_unstable();
    all
}

/// Returns keys and values of when revisions are in force.
pub fn issues(world: &World) -> Vec<(Vec<u8>, Vec<u8>)> {
    let of_list = |(list, issues): (u16, &Vec<crate::world::Issue>)| {
        let key_and_value = move |it: &crate::world::Issue| {
            (issue_key(list, it.effective, it.sequence), encoded(&(it.published, it.withdrawn)))
        };
        issues.iter().map(key_and_value).collect::<Vec<_>>()
    };
    (0..).zip(&world.issues).flat_map(of_list).collect()
}

fn encoded(value: &impl Serialize) -> Vec<u8> {
    bincode::serde::encode_to_vec(value, bincode::config::standard()).unwrap()
}

fn decoded<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> T {
    bincode::serde::decode_from_slice(bytes, bincode::config::standard()).unwrap().0
}

fn entry_key(list: u16, category: u16, first: u32, number: u32) -> Vec<u8> {
    [&list.to_be_bytes()[..], &category.to_be_bytes(), &first.to_be_bytes(), &number.to_be_bytes()].concat()
}

fn issue_key(list: u16, effective: u32, sequence: u32) -> Vec<u8> {
    [&list.to_be_bytes()[..], &effective.to_be_bytes(), &sequence.to_be_bytes()].concat()
}

/// Asks a store.
#[derive(Debug)]
pub struct Store<'w, R> {
    world: &'w World,
    ranges: R,
    layout: Layout,
    name: String,
    bytes: u64,
}

impl<'w, R> Store<'w, R> {
    pub fn new(world: &'w World, ranges: R, layout: Layout, what: &str, bytes: u64) -> Store<'w, R> {
        let name = match layout {
            Layout::Ancestors => format!("{what}, ancestor scans"),
            Layout::Closure => format!("{what}, closure"),
        };
        Store { world, ranges, layout, name, bytes }
    }
}

impl<R: Ranges> Engine for Store<'_, R> {
    fn name(&self) -> &str {
        &self.name
    }

    fn outcome(&mut self, question: usize) -> u8 {
        let asked = &self.world.asked[question];
        let (from, to) = (issue_key(asked.from, 0, 0), issue_key(asked.from, asked.at, u32::MAX));
        let revision = self.ranges.last_issue(&from, &to, |value| {
            let (published, withdrawn): (u32, u32) = decoded(value);
            published <= asked.known && asked.known < withdrawn
        });
        let Some(revision) = revision else { return UNKNOWN };
        if asked.from == asked.to {
            return 0;
        }
        let above = &self.world.above[asked.category as usize];
        let scanned = match self.layout {
            Layout::Ancestors => above.as_slice(),
            Layout::Closure => &[asked.category],
        };
        let mut outcome = 0;
        for category in scanned {
            let from = entry_key(asked.from, *category, 0, 0);
            let to = entry_key(asked.from, *category, revision, u32::MAX);
            self.ranges.entries(&from, &to, |value| {
                let stored: Stored = decoded(value);
                if revision < stored.last {
                    outcome = outcome.max(stored.severity(asked, above));
                }
            });
        }
        outcome
    }

    fn disk(&self) -> Option<u64> {
        Some(self.bytes)
    }
}

/// Returns the sequence number at the end of a key.
pub fn sequence(key: &[u8]) -> u32 {
    u32::from_be_bytes(key[key.len() - 4..].try_into().unwrap())
}

/// Returns how many bytes a folder or a file takes.
pub fn size(path: &std::path::Path) -> u64 {
    if path.is_file() {
        return std::fs::metadata(path).unwrap().len();
    }
    std::fs::read_dir(path).unwrap().map(|it| size(&it.unwrap().path())).sum()
}
