//! The measures of a list on a day.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::measure::citation::names_a_part;
use crate::measure::notions::{is_bare, is_gate, is_grounded, is_personal, is_translated, notice};
use crate::measure::share::Share;
use crate::model::{
    At, Categories, CategoryId, Condition, Effect, Effective, Entry, InForce, Issued, Jurisdiction, List, Member,
    Objective, Places, Revision, Standing, State, Text,
};

/// The measures of a list, of the revision that is in force on a day.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Scorecard<'a> {
    /// The revision.
    pub issued: &'a Issued,
    /// The days from its publication until it took effect.
    pub notice: Option<i32>,
    /// What can be added up over lists.
    pub measures: Measures,
    /// How long before the day its source was compared; `None` where that was
    /// after it.
    pub checked_days_ago: Option<i32>,
    /// What is published and still to come.
    pub ahead: Vec<&'a Issued>,
    /// The day on which it runs out, where it does.
    pub expires: Option<Date>,
}

/// What a list is measured by and a jurisdiction too.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Measures {
    /// The days of notice of every revision that took effect.
    pub notices: Notices,
    /// Entries, and how many of them stand in the way of data.
    pub gates: Share,
    /// What the entries say for themselves.
    pub texts: Texts,
    /// Of those that stand in the way, how many have a threshold or another
    /// condition, their own or their list's.
    pub bounded: Share,
    /// Of those that stand in the way of personal data, how many give a
    /// mechanism or an exemption.
    pub routes: Share,
    /// How much of the catalog is bound.
    pub breadth: Breadth,
    /// Where they bind some destinations only.
    pub destinations: Destinations,
}

/// The days of notice over a history.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Notices {
    /// Of each revision, from the fewest.
    pub days: Vec<i32>,
}

/// What the entries of a revision say for themselves.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Texts {
    /// Entries whose objective is one of the four that the Initiative accepts.
    pub objective: Share,
    /// Entries that cite an article, a section, a clause.
    pub citation: Share,
    /// Texts of the revision that stand in both languages.
    pub translation: Share,
}

/// How much of the catalog is bound.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Breadth {
    /// How many categories the catalog has.
    pub catalog: usize,
    /// Those that some entry binds.
    pub bound: BTreeSet<CategoryId>,
    /// Those that a whole root binds without threshold, condition or
    /// destination.
    pub bare: BTreeSet<CategoryId>,
}

/// Where entries bind some destinations only.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Destinations {
    /// How many entries name the destinations that they bind.
    pub only: usize,
    /// How many name those that they do not bind.
    pub except: usize,
    /// The places that are named as bound, groups spelled out.
    pub places: BTreeSet<Jurisdiction>,
    /// Of the places and groups that are named as bound, how many some text
    /// says the ground of.
    pub grounded: Share,
}

impl<'a> Scorecard<'a> {
    /// Measures a list; `None` where no revision of it is in force on the day.
    pub fn of(state: &'a State, list: &'a List, at: At) -> Option<Scorecard<'a>> {
        let InForce::Yes(issued) = list.in_force(at, None) else { return None };
        let revision = &issued.revision;
        let gates: Vec<&Entry> = revision.entries.values().map(AsRef::as_ref).filter(|it| is_gate(it)).collect();
        let on_personal = gates.iter().filter(|it| it.categories.iter().any(|it| is_personal(&state.categories, it)));
        let checked = (at.0 - revision.source.checked).get_days();
        let is_ahead = |it: &&Issued| list.standing(it, at) == Standing::Scheduled;
        Some(Scorecard {
            issued,
            notice: notice(revision),
            measures: Measures {
                notices: Notices::of(list, at),
                gates: Share { have: gates.len(), of: revision.entries.len() },
                texts: Texts::of(revision),
                bounded: Share::count(&gates, |it| !it.when.is_empty() || !revision.applies_when.is_empty()),
                routes: Share::count(on_personal, |it| has_route(it)),
                breadth: Breadth::of(revision, &gates, &state.categories),
                destinations: Destinations::of(revision, &gates, &state.places),
            },
            checked_days_ago: Some(checked).filter(|it| 0 <= *it),
            ahead: list.revisions.iter().filter(is_ahead).collect(),
            expires: revision.expires,
        })
    }

    /// Returns the revision that is measured.
    pub fn revision(&self) -> &'a Revision {
        &self.issued.revision
    }

    /// Returns how many entries have a threshold: a condition on a count.
    pub fn thresholds(&self) -> usize {
        let is_threshold = |it: &Condition| matches!(it, Condition::Count(..));
        let entries = self.revision().entries.values().filter(|it| is_gate(it));
        entries.filter(|it| it.when.values().any(is_threshold)).count()
    }
}

/// What prohibits or is undetermined names no mechanism, and only an exemption
/// can be its route.
fn has_route(entry: &Entry) -> bool {
    matches!(entry.effect, Effect::Conditional(_)) || !entry.exemptions.is_empty()
}

impl Notices {
    fn of(list: &List, at: At) -> Notices {
        let took_effect = |it: &&Issued| {
            it.revision.effective.is_some_and(|day: Effective| day.binds_at(at))
                && list.standing(it, at) != Standing::Withdrawn
        };
        let took_effect = list.revisions.iter().filter(took_effect);
        took_effect.filter_map(|it| notice(&it.revision)).collect()
    }

    /// Returns the fewest days.
    pub fn least(&self) -> Option<i32> {
        self.days.first().copied()
    }

    /// Returns the days in the middle; of two there the fewer.
    pub fn median(&self) -> Option<i32> {
        self.days.get(self.days.len().checked_sub(1)? / 2).copied()
    }

    /// Returns how many took effect before they were published.
    pub fn retroactive(&self) -> usize {
        self.days.iter().filter(|it| **it < 0).count()
    }
}

impl FromIterator<i32> for Notices {
    fn from_iter<I: IntoIterator<Item = i32>>(days: I) -> Notices {
        let mut days: Vec<_> = days.into_iter().collect();
        days.sort_unstable();
        Notices { days }
    }
}

impl Texts {
    fn of(revision: &Revision) -> Texts {
        let entries = || revision.entries.values();
        let own = [&revision.title, &revision.summary].into_iter().chain(&revision.retroactive).chain(&revision.doubts);
        let of_entries = entries().flat_map(|it| std::iter::once(&it.note).chain(it.notes.iter().map(|it| &it.text)));
        let texts = own.chain(revision.notes.iter().map(|it| &it.text)).chain(of_entries);
        let is_said = |it: &&Text| !it.en.trim().is_empty() || !it.zh.trim().is_empty();
        Texts {
            objective: Share::count(entries(), |it| it.objective != Objective::Other),
            citation: Share::count(entries(), |it| names_a_part(&it.cite)),
            translation: Share::count(texts.filter(is_said), |it| is_translated(it)),
        }
    }
}

impl Breadth {
    fn of(revision: &Revision, gates: &[&Entry], categories: &Categories) -> Breadth {
        let covers = |set: &BTreeSet<CategoryId>, it: &CategoryId| set.iter().any(|above| categories.covers(above, it));
        let whole: BTreeSet<CategoryId> = gates
            .iter()
            .filter(|it| is_bare(revision, it))
            .flat_map(|it| &it.categories)
            .filter(|it| it.depth() == 0)
            .cloned()
            .collect();
        let mut breadth = Breadth::default();
        for id in categories.iter().map(|it| &it.id) {
            breadth.catalog += 1;
            if gates.iter().any(|it| covers(&it.categories, id) && !covers(&it.except, id)) {
                breadth.bound.insert(id.clone());
            }
            if covers(&whole, id) {
                breadth.bare.insert(id.clone());
            }
        }
        breadth
    }
}

impl Destinations {
    fn of(revision: &Revision, gates: &[&Entry], places: &Places) -> Destinations {
        let mut found = Destinations::default();
        let mut members: BTreeSet<(&Member, bool)> = BTreeSet::new();
        for entry in gates {
            match &entry.to {
                crate::model::Destinations::Any => {}
                crate::model::Destinations::Except(_) => found.except += 1,
                crate::model::Destinations::Only(named) => {
                    found.only += 1;
                    found.places.extend(revision.codes(named));
                    members.extend(named.iter().map(|it| (it, is_grounded(revision, entry, it, places))));
                }
            }
        }
        // One text that says the ground is enough for all entries.
        let named: BTreeSet<_> = members.iter().map(|(member, _)| *member).collect();
        found.grounded = Share::count(named, |it| members.contains(&(*it, true)));
        found
    }
}
