//! Lists: one revision after another, each a little other than the last.

use std::collections::BTreeSet;
use std::sync::Arc;

use neglist::model::date::Date;
use neglist::model::{
    Confidence, Destinations, Effective, Entries, Entry, EntryId, ListId, Published, Revision, Scope, Source, Status,
    Text, When, sharing,
};
use semver::{Version, VersionReq};

use super::Size;
use super::entries::Law;
use super::random::Random;
use super::words::{Words, id, text};

/// The first day on which anything is published, and over how many days.
pub const BEGIN: Date = Date::constant(2005, 1, 1);
pub const DAYS: usize = 20 * 365;
/// Of a thousand lists, in so many something is out of order.
const DISORDERLY: usize = 100;
/// Of a thousand changes, how many add an entry, and how many remove one.
const ADDED: usize = 100;
const REMOVED: usize = 100;
/// So many entries in a row are changed at once: an article of a law.
const IN_A_ROW: usize = 10;

/// The days of one revision.
#[derive(Clone, Debug)]
struct Days {
    published: usize,
    /// In days from the beginning; none of a dormant one.
    effective: Option<i64>,
    withdraws_last: bool,
}

/// Who writes one list: an iterator over its revisions.
#[derive(Debug)]
pub struct Author {
    words: Arc<Words>,
    list: ListId,
    law: Law,
    random: Random,
    changes: usize,
    days: Vec<Days>,
    sequence: usize,
    entries: Vec<Arc<Entry>>,
    map: Entries,
    named: usize,
    title: Text,
    doubt: Text,
}

impl Author {
    /// Begins the list of one place.
    pub fn new(words: &Arc<Words>, size: Size, seed: u64, number: usize) -> Author {
        let mut random = Random::new(seed, 100 + number as u64);
        let law = Law::new(words, seed, &mut random);
        let days = days(size.revisions, &mut random);
        let list = id(&format!("{}/export-control", words.codes[number]));
        let (title, doubt) = (text("Rules on data abroad"), law.text(&mut random));
        let mut author = Author {
            words: Arc::clone(words),
            list,
            law,
            random,
            changes: (size.entries * size.changed_per_mille / 1000).max(1),
            days,
            sequence: 0,
            entries: Vec::with_capacity(size.entries),
            map: Entries::new(),
            named: 0,
            title,
            doubt,
        };
        for _ in 0..size.entries {
            let entry = author.draft();
            author.entries.push(entry);
        }
        author.entries.sort_by(|one, other| one.id.cmp(&other.id));
        author
    }

    pub fn list(&self) -> &ListId {
        &self.list
    }

    /// Returns the days of publication, in their order.
    pub fn days(&self) -> impl Iterator<Item = usize> {
        self.days.iter().map(|it| it.published)
    }

    fn draft(&mut self) -> Arc<Entry> {
        let name = name(self.named, &mut self.random);
        self.named += 1;
        Arc::new(self.law.entry(&self.words, name, &mut self.random))
    }

    fn revise(&mut self) {
        let mut left = self.changes;
        while left != 0 {
            let first = self.random.below(self.entries.len());
            let in_a_row = left.min(IN_A_ROW);
            for position in first..first + in_a_row {
                self.change(position % self.entries.len());
            }
            left -= in_a_row;
        }
    }

    fn change(&mut self, position: usize) {
        match self.random.below(1000) {
            it if it < ADDED => {
                let entry = self.draft();
                let place = self.entries.partition_point(|it| it.id < entry.id);
                self.entries.insert(place, entry);
            }
            it if it < ADDED + REMOVED && 1 < self.entries.len() => drop(self.entries.remove(position)),
            _ => {
                let amended = self.law.amended(&self.entries[position], &mut self.random);
                self.entries[position] = Arc::new(amended);
            }
        }
    }

    fn version(sequence: usize) -> Version {
        Version::new(sequence as u64 + 1, 0, 0)
    }
}

impl Iterator for Author {
    type Item = Revision;

    fn next(&mut self) -> Option<Revision> {
        let days = self.days.get(self.sequence)?.clone();
        if self.sequence != 0 {
            self.revise();
        }
        self.map = sharing(&self.map, &self.entries);
        let withdraws = days.withdraws_last.then(|| Author::version(self.sequence - 1));
        let is_retroactive = days.effective.is_some_and(|it| it < days.published as i64);
        let revision = Revision {
            list: self.list.clone(),
            version: Author::version(self.sequence),
            title: self.title.clone(),
            authority: "Ministry of Data".to_owned(),
            published: Published(date(days.published as i64)),
            effective: days.effective.map(|it| Effective(date(it))),
            expires: None,
            repeals: false,
            withdraws: BTreeSet::from_iter(withdraws),
            retroactive: is_retroactive.then(|| text("as the court found")),
            catalog: VersionReq::parse("^1.0").unwrap(),
            status: Status::Transcribed,
            scope: Scope::All,
            border: None,
            within: false,
            displaces: BTreeSet::new(),
            applies_when: When::new(),
            applies_to: Destinations::Any,
            summary: self.law.text(&mut self.random),
            source: Source {
                title: "Data Act".to_owned(),
                citation: "Act 1".to_owned(),
                url: "https://example.org/".to_owned(),
                checked: BEGIN,
                confidence: Confidence::High,
            },
            groups: self.law.groups.clone(),
            combine: std::collections::BTreeMap::new(),
            entries: self.map.clone(),
            doubts: vec![self.doubt.clone()],
            notes: Vec::new(),
        };
        self.sequence += 1;
        Some(revision)
    }
}

/// Returns a name for an entry; none is like it that has another number.
pub fn name(number: usize, random: &mut Random) -> EntryId {
    let words = ["blood", "cloud", "drone", "genome", "ledger", "map", "payroll", "sensor", "vessel", "voice"];
    id(&format!("{}-{}-{number:05}", random.pick(&words), random.pick(&words)))
}

/// Returns a day, counted from the beginning.
pub fn date(day: i64) -> Date {
    BEGIN.checked_add(jiff::Span::new().days(day)).unwrap()
}

fn days(revisions: usize, random: &mut Random) -> Vec<Days> {
    let usual_delay = if random.is_one_of_thousand(450) { 0 } else { random.between(1, 170) };
    let is_disorderly = random.is_one_of_thousand(DISORDERLY);
    let gap = (2 * (DAYS - 400) / revisions).max(2);
    let mut published = random.below(400);
    let mut all: Vec<Days> = Vec::with_capacity(revisions);
    let mut last_effective = i64::MIN;
    for _ in 0..revisions {
        let delay = if usual_delay == 0 { 0 } else { usual_delay + random.below(10) };
        let mut effective = Some(((published + delay) as i64).max(last_effective.saturating_add(1)));
        let mut withdraws_last = false;
        if let Some(last) = all.last().filter(|_| is_disorderly) {
            match random.below(100) {
                0..10 => effective = Some(published as i64 - random.between(1, 60) as i64),
                10..15 => effective = None,
                15..30 => withdraws_last = last.effective.is_none_or(|it| (published as i64) < it),
                _ => {}
            }
        }
        last_effective = effective.unwrap_or(last_effective).max(last_effective);
        all.push(Days { published, effective, withdraws_last });
        published += random.between(1, gap);
    }
    all
}
