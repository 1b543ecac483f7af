//! The words of a state by number.

use std::hash::Hash;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::evaluate::compiled::day::Day;
use crate::evaluate::compiled::rows::{Rows, number};
use crate::model::{
    At, Categories, CategoryId, ChoiceId, FactId, FactKind, Jurisdiction, Places, State, Vocabulary, WindowId,
};

/// Ids by number, in the order of the ids.
#[derive(Clone, Debug)]
pub(super) struct Numbers<T> {
    ids: Vec<T>,
    by_id: FxHashMap<T, u32>,
}

impl<T: Clone + Eq + Hash + std::borrow::Borrow<str>> Numbers<T> {
    fn of<'a>(sorted: impl IntoIterator<Item = &'a T>) -> Numbers<T>
    where
        T: 'a,
    {
        let ids: Vec<T> = sorted.into_iter().cloned().collect();
        let by_id = ids.iter().enumerate().map(|(position, id)| (id.clone(), number(position))).collect();
        Numbers { ids, by_id }
    }

    #[inline]
    pub(super) fn find(&self, id: &str) -> Option<u32> {
        self.by_id.get(id).copied()
    }

    pub(super) fn id(&self, number: u32) -> Option<&T> {
        self.ids.get(number as usize)
    }

    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }
}

/// What a place lies inside over some time, by number.
#[derive(Clone, Debug)]
pub(super) struct Whereabouts {
    pub(super) chain: Vec<u32>,
    pub(super) members: Vec<Vec<u32>>,
}

/// The words of a state by number, and what they have to do with each other.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) categories: Numbers<CategoryId>,
    /// For each category itself and everything broader.
    pub(super) covering: Rows<u32>,
    /// For each category those that do not cover it and have something in
    /// common with it: what lies in it, and what meets it further down.
    pub(super) touching: Rows<u32>,
    pub(super) places: Numbers<Jurisdiction>,
    /// For each place the days on which what it lies inside may change.
    cuts: Rows<Day>,
    /// For each place the number of its first time; there is one more than
    /// there are cuts.
    first_times: Vec<u32>,
    /// What each place lies inside, time by time.
    pub(super) whereabouts: Vec<Whereabouts>,
    pub(super) facts: Numbers<FactId>,
    /// For each fact the values of a choice; of a flag no and yes.
    pub(super) choices: Vec<Vec<ChoiceId>>,
    /// The facts that are flags.
    pub(super) flags: Vec<u32>,
    pub(super) windows: Numbers<WindowId>,
}

impl Words {
    pub(super) fn of(state: &State) -> Words {
        let categories = numbers_of_categories(&state.categories);
        let covering = covering(&state.categories, &categories);
        let touching = touching(&state.categories, &categories, &covering);
        let places: Vec<_> = state.places.iter().map(|it| it.code.clone()).collect();
        let places = Numbers::of(&places);
        let (cuts, first_times, whereabouts) = times(&state.places, &places);
        let vocabulary: &Vocabulary = &state.vocabulary;
        let choices = vocabulary.iter().map(|it| match &it.kind {
            FactKind::Choice(among) => among.iter().cloned().collect(),
            FactKind::Flag | FactKind::Count => Vec::new(),
        });
        let is_flag =
            |(position, it): (usize, &crate::model::Fact)| (it.kind == FactKind::Flag).then(|| number(position));
        Words {
            categories,
            covering,
            touching,
            places,
            cuts,
            first_times,
            whereabouts,
            facts: Numbers::of(vocabulary.iter().map(|it| &it.id)),
            choices: choices.collect(),
            flags: vocabulary.iter().enumerate().filter_map(is_flag).collect(),
            windows: Numbers::of(vocabulary.windows().map(|it| &it.id)),
        }
    }

    /// Returns the number of the time in which a place is on a day.
    #[inline]
    pub(super) fn time(&self, place: u32, day: Day) -> u32 {
        let passed = self.cuts.row(place).partition_point(|it| *it <= day);
        self.first_times.get(place as usize).copied().unwrap_or_default() + number(passed)
    }

    /// Returns the days on which what a place lies inside may change.
    pub(super) fn cuts(&self, place: u32) -> &[Day] {
        self.cuts.row(place)
    }

    /// Returns the position of a choice among the values of its fact.
    pub(super) fn choice(&self, fact: u32, choice: &str) -> Option<usize> {
        self.choices.get(fact as usize)?.binary_search_by(|it| it.as_str().cmp(choice)).ok()
    }

    pub(super) fn bytes(&self) -> usize {
        let whereabouts =
            self.whereabouts.iter().map(|it| it.chain.len() + it.members.iter().map(Vec::len).sum::<usize>());
        self.covering.bytes() + self.touching.bytes() + self.cuts.bytes() + 4 * whereabouts.sum::<usize>()
    }
}

/// Former ids have numbers too: lists and questions go on naming them.
fn numbers_of_categories(categories: &Categories) -> Numbers<CategoryId> {
    let current = categories.iter().map(|it| &it.id);
    let mut ids: Vec<_> = current.chain(categories.all_former().map(|it| &it.id)).collect();
    ids.sort();
    Numbers::of(ids)
}

fn covering(categories: &Categories, numbers: &Numbers<CategoryId>) -> Rows<u32> {
    let find = |it: &CategoryId| numbers.find(it.as_str());
    let row = |id: &CategoryId| find(id).into_iter().chain(categories.broader(id).filter_map(find)).collect::<Vec<_>>();
    numbers.ids.iter().map(row).collect()
}

fn touching(categories: &Categories, numbers: &Numbers<CategoryId>, covering: &Rows<u32>) -> Rows<u32> {
    let mut touching: Vec<FxHashSet<u32>> = vec![FxHashSet::default(); numbers.len()];
    let mut touch = |one: u32, other: u32| {
        if let Some(row) = touching.get_mut(one as usize).filter(|_| !covering.row(one).contains(&other)) {
            row.insert(other);
        }
    };
    for id in (0..numbers.len()).map(number) {
        covering.row(id).iter().for_each(|above| touch(*above, id));
    }
    // Whatever lies above a crossing meets whatever else does.
    for crossing in categories.crossings().into_iter().filter_map(|it| numbers.find(it.as_str())) {
        let above = covering.row(crossing);
        above.iter().for_each(|one| above.iter().for_each(|other| touch(*one, *other)));
    }
    let sorted = |it: FxHashSet<u32>| {
        let mut row: Vec<_> = it.into_iter().collect();
        row.sort_unstable();
        row
    };
    touching.into_iter().map(sorted).collect()
}

fn times(places: &Places, numbers: &Numbers<Jurisdiction>) -> (Rows<Day>, Vec<u32>, Vec<Whereabouts>) {
    let chain =
        |it: &std::collections::BTreeSet<Jurisdiction>| it.iter().filter_map(|it| numbers.find(it.as_str())).collect();
    let (mut all_cuts, mut first_times, mut whereabouts) = (Vec::new(), Vec::new(), Vec::new());
    for place in places.iter() {
        let members = place.members.iter().map(|it| &it.place);
        let memberships = std::iter::once(&place.code).chain(members).flat_map(|it| places.memberships(it));
        let mut cuts: Vec<_> = memberships.flat_map(|(_, it)| std::iter::once(it.from).chain(it.until)).collect();
        cuts.sort_unstable();
        cuts.dedup();
        first_times.push(number(whereabouts.len()));
        for day in std::iter::once(jiff::civil::Date::MIN).chain(cuts.iter().copied()) {
            let there = places.whereabouts(&place.code, At(day));
            whereabouts
                .push(Whereabouts { chain: chain(&there.chain), members: there.members.iter().map(chain).collect() });
        }
        all_cuts.push(cuts.into_iter().map(Day::from).collect::<Vec<_>>());
    }
    (all_cuts.into_iter().collect(), first_times, whereabouts)
}
