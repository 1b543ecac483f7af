//! Which lists are asked, and which entries apply.

use std::collections::{BTreeMap, BTreeSet};

use crate::evaluate::region::{Region, Stated, Values, both, region};
use crate::model::fact::SUBJECTS;
use crate::model::place::{Inside, Whereabouts};
use crate::model::{
    Applies, CategoryId, CombineId, Count, Destinations, Entry, FactId, InForce, Issued, Item, ListId, Member, Open,
    Question, Revision, Scope, State, Value,
};

/// One asking: the state, a question, and what is assumed beyond it.
#[derive(Debug)]
pub(crate) struct Inquiry<'s, 'q> {
    pub(crate) state: &'s State,
    pub(crate) question: &'q Question,
    assumed: &'q Assumed,
    /// Where the data goes; `None` for any destination.
    to: Option<Whereabouts>,
}

/// What is assumed beyond a question, to see what it would lead to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Assumed {
    /// Whether the data includes narrower categories.
    pub(crate) includes: BTreeMap<CategoryId, bool>,
    /// Whether it goes to a place that no entry names.
    pub(crate) elsewhere: bool,
}

/// The lists that a question reaches.
#[derive(Debug)]
pub(crate) struct Reach<'s> {
    pub(crate) lists: Vec<Reaching<'s>>,
    /// The last revisions of lists that have run out or were ended.
    pub(crate) lapsed: Vec<&'s Issued>,
}

/// A list that is in force, and whether the data leaves its border.
#[derive(Debug)]
pub(crate) struct Reaching<'s> {
    pub(crate) issued: &'s Issued,
    pub(crate) leaves: Applies,
    applies_when: Region,
    combined: BTreeMap<CombineId, Combined>,
}

/// What a combine group comes to for one question.
#[derive(Debug)]
struct Combined {
    /// The categories of the group that are present.
    present: BTreeSet<CategoryId>,
    /// The categories of the group that an item may include, with what it
    /// would have to include.
    possible: BTreeMap<CategoryId, CategoryId>,
    /// The lowest threshold that counts for each, where several are present.
    lowest: Option<Count>,
    /// The same, with those that may be present.
    lowest_possible: Option<Count>,
}

impl<'s, 'q> Inquiry<'s, 'q> {
    pub(crate) fn new(state: &'s State, question: &'q Question, assumed: &'q Assumed) -> Inquiry<'s, 'q> {
        let to = question.to.as_ref().map(|to| state.places.whereabouts(to, question.at));
        Inquiry { state, question, assumed, to }
    }

    /// Sorts out how the lists stand that the question reaches.
    pub(crate) fn reach(&self, standing: impl IntoIterator<Item = InForce<'s>>) -> Reach<'s> {
        let mut reach = Reach { lists: Vec::new(), lapsed: Vec::new() };
        for list in standing {
            match list {
                InForce::NotYet => {}
                InForce::Lapsed(issued) => reach.lapsed.push(issued),
                InForce::Yes(issued) => reach.lists.push(self.reaching(issued)),
            }
        }
        reach
    }

    fn reaching(&self, issued: &'s Issued) -> Reaching<'s> {
        let revision = &issued.revision;
        let border = revision.border();
        let leaves = match &self.to {
            // Any destination is any outside the border.
            None => Applies::Yes,
            Some(_) if revision.within => Applies::Yes,
            Some(to) => match to.inside(|it| *it == border) {
                Inside::All => Applies::No,
                Inside::Some => Applies::maybe(Open::Destination),
                Inside::None => Applies::Yes,
            },
        };
        let combined = revision.combine.keys().map(|id| (id.clone(), self.combined(revision, id))).collect();
        Reaching { issued, leaves, applies_when: region(&revision.applies_when), combined }
    }

    fn combined(&self, revision: &Revision, group: &CombineId) -> Combined {
        let entries = || revision.entries_in(group);
        let categories = || entries().flat_map(|it| &it.categories);
        let mut present = BTreeSet::new();
        let mut possible = BTreeMap::new();
        for item in &self.question.items {
            let covering = categories().filter(|it| self.covers(it, &item.category));
            present.extend(covering.max_by_key(|it| it.depth()).cloned());
            for category in categories().filter(|it| !self.covers(it, &item.category)) {
                for part in self.state.categories.shared(&item.category, category) {
                    match self.assumed.includes.get(part) {
                        Some(false) => {}
                        Some(true) => drop(present.insert(category.clone())),
                        None => drop(possible.insert(category.clone(), part.clone())),
                    }
                }
            }
        }
        let lowest_of = |present: &BTreeSet<CategoryId>| {
            let among_present = entries().filter(|it| !it.categories.is_disjoint(present));
            let lowest = among_present.filter_map(Entry::threshold).min();
            // What joins the only one present meets that one's own.
            lowest.filter(|_| 2 <= present.len())
        };
        let lowest = lowest_of(&present);
        let lowest_possible = lowest_of(&present.iter().chain(possible.keys()).cloned().collect());
        Combined { present, possible, lowest, lowest_possible }
    }

    fn covers(&self, broader: &CategoryId, narrower: &CategoryId) -> bool {
        self.state.categories.covers(broader, narrower)
    }

    pub(crate) fn stated<'a>(&'a self, item: &'a Item) -> Stated<'a> {
        Stated { state: self.state, question: self.question, item }
    }

    /// Returns whether the data goes to these destinations.
    pub(crate) fn goes_to(&self, destinations: &Destinations, revision: &Revision) -> Applies {
        match destinations {
            Destinations::Any => Applies::Yes,
            Destinations::Only(members) => self.goes_to_one_of(members, revision),
            Destinations::Except(members) => !self.goes_to_one_of(members, revision),
        }
    }

    fn goes_to_one_of(&self, members: &BTreeSet<Member>, revision: &Revision) -> Applies {
        let Some(to) = &self.to else {
            return if self.assumed.elsewhere { Applies::No } else { Applies::maybe(Open::Destination) };
        };
        let is_member = |place: &_| {
            members.iter().any(|member| match member {
                Member::Place(code) => code == place,
                Member::Group(group) => revision.groups.get(group).is_some_and(|it| it.contains(place)),
            })
        };
        match to.inside(is_member) {
            Inside::All => Applies::Yes,
            Inside::Some => Applies::maybe(Open::Destination),
            Inside::None => Applies::No,
        }
    }

    /// Returns whether a list speaks for an item: whether what none of its
    /// entries restricts is permitted by it.
    pub(crate) fn speaks(&self, reaching: &Reaching<'_>, item: &Item) -> Applies {
        let revision = &reaching.issued.revision;
        if !self.is_in_scope(revision, &item.category) {
            return Applies::No;
        }
        let towards = match reaching.leaves {
            // Of data that stays inside, the list says just that.
            Applies::No => Applies::Yes,
            Applies::Maybe(_) | Applies::Yes => self.goes_to(&revision.applies_to, revision),
        };
        towards.and(self.stated(item).lies_in(&reaching.applies_when))
    }

    /// Returns whether the list's scope meets the category at all: it covers
    /// it, or something narrower.
    pub(crate) fn scope_meets(&self, revision: &Revision, category: &CategoryId) -> bool {
        match &revision.scope {
            Scope::All => true,
            Scope::Only(scope) => scope.iter().any(|it| self.covers(it, category) || self.covers(category, it)),
        }
    }

    fn is_in_scope(&self, revision: &Revision, category: &CategoryId) -> bool {
        match &revision.scope {
            Scope::All => true,
            Scope::Only(scope) => scope.iter().any(|it| self.covers(it, category)),
        }
    }

    /// Returns the regions in which other lists displace this one for an
    /// item, and whether it hangs on the destination that they do.
    pub(crate) fn displacement(&self, reach: &Reach<'_>, list: &ListId, item: &Item) -> (Vec<Region>, bool) {
        let mut regions = Vec::new();
        let mut hangs_on_destination = false;
        // Of two lists that displace each other neither goes: else nothing would
        // be left to restrict what both of them restrict.
        let is_mutual = |other: &Reaching<'_>| {
            let own = reach.lists.iter().find(|it| it.issued.revision.list == *list);
            own.is_some_and(|it| it.issued.revision.displaces.contains(&other.issued.revision.list))
        };
        for other in reach.lists.iter().filter(|it| it.issued.revision.displaces.contains(list)) {
            if is_mutual(other) {
                continue;
            }
            let revision = &other.issued.revision;
            if !self.is_in_scope(revision, &item.category) {
                continue;
            }
            match other.leaves.clone().and(self.goes_to(&revision.applies_to, revision)) {
                Applies::No => {}
                Applies::Yes => regions.push(other.applies_when.clone()),
                Applies::Maybe(_) => {
                    hangs_on_destination |= self.stated(item).lies_in(&other.applies_when) != Applies::No;
                }
            }
        }
        (regions, hangs_on_destination)
    }

    /// Returns whether an entry of a list applies to an item, and through
    /// which of its categories.
    pub(crate) fn applies(
        &self,
        reaching: &Reaching<'_>,
        entry: &Entry,
        item: &Item,
        displacement: &(Vec<Region>, bool),
    ) -> Option<(CategoryId, Applies)> {
        let revision = &reaching.issued.revision;
        if entry.exemptions.iter().any(|it| self.is_stated_true(it)) {
            return None;
        }
        let (category, is_bound) = self.binds(reaching, entry, item)?;
        let towards = self.goes_to(&entry.to, revision).and(self.goes_to(&revision.applies_to, revision));
        let without_facts = reaching.leaves.clone().and(is_bound).and(towards);
        if without_facts == Applies::No {
            return None;
        }
        let (displacing, hangs_on_destination) = displacement;
        let combined = entry.combine.as_ref().and_then(|it| reaching.combined.get(it));
        let in_region = |lowest| {
            let region = both(&lowered(region(&entry.when), lowest), &reaching.applies_when);
            self.stated(item).lies_in_but_not_in(&region, displacing)
        };
        let mut facts = in_region(combined.and_then(|it| it.lowest));
        if let Some(combined) = combined.filter(|it| it.lowest != it.lowest_possible) {
            // Only what an item may include would lower the threshold so far.
            let parts = combined.possible.values().map(|it| Open::Category(it.clone())).collect();
            facts = facts.or(in_region(combined.lowest_possible).and(Applies::Maybe(parts)));
        }
        let displaced = if *hangs_on_destination { Applies::maybe(Open::Destination) } else { Applies::Yes };
        match without_facts.and(facts).and(displaced) {
            Applies::No => None,
            applies @ (Applies::Maybe(_) | Applies::Yes) => Some((category, applies)),
        }
    }

    /// Returns whether an entry binds an item by its category: it covers it,
    /// or the item may include something that it covers.
    fn binds(&self, reaching: &Reaching<'_>, entry: &Entry, item: &Item) -> Option<(CategoryId, Applies)> {
        if entry.except.iter().any(|it| self.covers(it, &item.category)) {
            return None;
        }
        let covering = entry.categories.iter().filter(|it| self.covers(it, &item.category));
        if let Some(category) = covering.max_by_key(|it| it.depth()) {
            return Some((category.clone(), self.is_not_left_out(entry, &item.category)));
        }
        let shared = |it| self.state.categories.shared(&item.category, it).into_iter().map(move |part| (it, part));
        let shared = entry.categories.iter().flat_map(shared);
        let bound = shared.filter(|(_, part)| !entry.except.iter().any(|it| self.covers(it, part)));
        let included = bound.filter_map(|(category, part)| match self.assumed.includes.get(part) {
            Some(false) => None,
            Some(true) => Some((category.clone(), self.is_not_left_out(entry, part))),
            None => Some((category.clone(), Applies::maybe(Open::Category(part.clone())))),
        });
        let included = included.reduce(|(first, one), (_, other)| (first, one.or(other)));
        included.or_else(|| self.joins(reaching, entry, item))
    }

    /// Returns whether data of a category is bound by an entry that covers it.
    /// What the entry leaves out may be all that there is.
    fn is_not_left_out(&self, entry: &Entry, category: &CategoryId) -> Applies {
        let left_out = entry.except.iter().flat_map(|it| self.state.categories.shared(category, it));
        let left_out = left_out.filter(|it| self.assumed.includes.get(*it) != Some(&false));
        left_out.map(|it| Applies::maybe(Open::Category(it.clone()))).fold(Applies::Yes, Applies::and)
    }

    /// Returns the category as which an item counts that joins a combine
    /// group, or may include what joins it.
    fn joins(&self, reaching: &Reaching<'_>, entry: &Entry, item: &Item) -> Option<(CategoryId, Applies)> {
        let group = entry.combine.as_ref()?;
        let joining = reaching.issued.revision.combine.get(group)?;
        let joins = joining.iter().map(|it| self.includes(&item.category, it)).fold(Applies::No, Applies::or);
        if joins == Applies::No {
            return None;
        }
        let Combined { present, possible, .. } = reaching.combined.get(group)?;
        if let Some(category) = entry.categories.intersection(present).next() {
            return Some((category.clone(), joins));
        }
        let is_possible =
            |it: &CategoryId| Some((it.clone(), Applies::maybe(Open::Category(possible.get(it)?.clone()))));
        let (category, is_present) = entry.categories.iter().find_map(is_possible)?;
        Some((category, joins.and(is_present)))
    }

    /// Returns whether data of a category includes some of another: it lies in
    /// it, or may have something in common with it.
    fn includes(&self, category: &CategoryId, other: &CategoryId) -> Applies {
        if self.covers(other, category) {
            return Applies::Yes;
        }
        let shared = self.state.categories.shared(category, other).into_iter();
        let shared = shared.map(|part| match self.assumed.includes.get(part) {
            Some(false) => Applies::No,
            Some(true) => Applies::Yes,
            None => Applies::maybe(Open::Category(part.clone())),
        });
        shared.fold(Applies::No, Applies::or)
    }

    pub(crate) fn is_stated_true(&self, fact: &FactId) -> bool {
        self.question.facts.get(fact) == Some(&Value::Flag(true))
    }
}

impl Reaching<'_> {
    /// Returns the region in which the facts may meet an entry and its list.
    pub(crate) fn conditions(&self, entry: &Entry) -> Region {
        let combined = entry.combine.as_ref().and_then(|it| self.combined.get(it));
        let lowest = combined.and_then(|it| it.lowest_possible);
        both(&lowered(region(&entry.when), lowest), &self.applies_when)
    }
}

/// Lowers the count of people from which a region begins.
fn lowered(mut region: Region, lowest: Option<Count>) -> Region {
    let Some(lowest) = lowest else { return region };
    for ((fact, _), values) in &mut region {
        if fact.as_str() == SUBJECTS
            && let Values::Counts(ranges) = values
            && let Some(first) = ranges.first_mut()
        {
            first.0 = first.0.min(lowest);
        }
    }
    region
}
