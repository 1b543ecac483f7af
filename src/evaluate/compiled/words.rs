//! The words of a state by number.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use crate::evaluate::compiled::conditions::Flags;
use crate::evaluate::compiled::day::Day;
use crate::evaluate::compiled::numbers::Numbers;
use crate::evaluate::compiled::rows::{Part, Rows, number, pool};
use crate::model::{
    At, Categories, CategoryId, ChoiceId, FactId, FactKind, Jurisdiction, Places, Question, State, Vocabulary, WindowId,
};

/// What may be asked.
#[derive(Debug)]
enum Askable {
    /// Every word that has a number.
    Everything,
    /// The words of one question: of others that have a number, it is not known
    /// what they have to do with words that have none.
    Only { categories: Vec<u32>, places: Vec<u32> },
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
    /// For each category whether a question may name it.
    askable: Vec<bool>,
    /// For each category itself and everything broader.
    pub(super) covering: Rows<u32>,
    /// For each category those that do not cover it and have something in
    /// common with it: what lies in it, and what meets it further down.
    pub(super) touching: Rows<u32>,
    pub(super) places: Numbers<Jurisdiction>,
    /// For each place its times.
    times: Vec<Times>,
    /// The days on which what a place lies inside may change, place by place.
    cuts: Vec<Day>,
    /// What each place lies inside, time by time.
    pub(super) whereabouts: Vec<Whereabouts>,
    pub(super) facts: Numbers<FactId>,
    /// For each fact how it is kept; `None` of flags that there is no bit for.
    forms: Vec<Option<Form>>,
    /// For each fact the values of a choice.
    choices: Vec<Numbers<ChoiceId>>,
    /// All flags.
    pub(super) flags: Flags,
    /// How many facts are choices or counts.
    pub(super) values: usize,
    pub(super) windows: Numbers<WindowId>,
    may_ask: Askable,
}

/// How what is stated of a fact is kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Form {
    /// As this bit.
    Flag(Flags),
    /// As the position among its values, at this place.
    Choice(u32),
    /// As a number, at this place.
    Count(u32),
}

/// When a place is where.
#[derive(Clone, Copy, Debug)]
struct Times {
    /// The number of its first time.
    first: u32,
    /// The days on which another begins.
    cuts: Part,
}

impl Words {
    pub(super) fn of(state: &State) -> Words {
        let categories = numbers_of_categories(&state.categories, |_| true);
        let places = Numbers::of(state.places.iter().map(|it| &it.code));
        Words::numbered(state, categories, places, Askable::Everything)
    }

    /// Numbers only the words that one question can touch: itself and whatever
    /// its words lie in, or have something in common with.
    pub(super) fn of_question(state: &State, question: &Question) -> Words {
        let asked: Vec<_> = question.items.iter().map(|it| &it.category).collect();
        let touches = |it: &CategoryId| asked.iter().any(|asked| state.categories.touch(asked, it));
        let categories = numbers_of_categories(&state.categories, touches);
        // Where a bloc lies is asked of its members.
        let ends = std::iter::once(&question.from).chain(&question.to);
        let asked_places: BTreeSet<_> = ends.flat_map(|it| state.places.with_members(it)).collect();
        let in_reach: BTreeSet<_> = asked_places.iter().flat_map(|it| state.places.in_reach(it)).collect();
        let places = Numbers::of(in_reach.iter().filter(|it| state.places.find(it).is_some()));
        let may_ask = Askable::Only {
            categories: asked.iter().filter_map(|it| categories.find(it.as_str())).collect(),
            places: asked_places.iter().filter_map(|it| places.find(it.as_str())).collect(),
        };
        Words::numbered(state, categories, places, may_ask)
    }

    fn numbered(
        state: &State,
        categories: Numbers<CategoryId>,
        places: Numbers<Jurisdiction>,
        may_ask: Askable,
    ) -> Words {
        let covering = covering(&state.categories, &categories);
        let touching = touching(&state.categories, &categories, &covering);
        let (times, cuts, whereabouts) = times(&state.places, &places);
        let vocabulary: &Vocabulary = &state.vocabulary;
        let (forms, values) = forms(vocabulary);
        let choices = vocabulary.iter().map(|it| match &it.kind {
            FactKind::Choice(among) => Numbers::of(among),
            FactKind::Flag | FactKind::Count => Numbers::of([]),
        });
        let flag = |it: &Option<Form>| match it {
            Some(Form::Flag(flag)) => *flag,
            Some(Form::Choice(_) | Form::Count(_)) | None => 0,
        };
        Words {
            askable: categories.iter().map(|it| state.categories.is_askable(it)).collect(),
            categories,
            covering,
            touching,
            places,
            times,
            cuts,
            whereabouts,
            facts: Numbers::of(vocabulary.iter().map(|it| &it.id)),
            flags: forms.iter().map(flag).fold(0, |all, it| all | it),
            forms,
            choices: choices.collect(),
            values,
            windows: Numbers::of(vocabulary.windows().map(|it| &it.id)),
            may_ask,
        }
    }

    /// Returns the number of a category that may be asked about.
    #[inline]
    pub(super) fn asked_category(&self, id: &str) -> Option<u32> {
        self.categories.find(id).filter(|it| match &self.may_ask {
            Askable::Everything => true,
            Askable::Only { categories, .. } => categories.contains(it),
        })
    }

    /// Returns the number of a place that may be asked about.
    #[inline]
    pub(super) fn asked_place(&self, code: &str) -> Option<u32> {
        self.places.find(code).filter(|it| match &self.may_ask {
            Askable::Everything => true,
            Askable::Only { places, .. } => places.contains(it),
        })
    }

    /// Returns the number of the time in which a place is on a day.
    #[inline]
    pub(super) fn time(&self, place: u32, day: Day) -> u32 {
        let Some(times) = self.times.get(place as usize) else { return u32::MAX };
        // Most places are where they always were.
        if times.cuts.is_empty() {
            return times.first;
        }
        times.first + number(times.cuts.of(&self.cuts).partition_point(|it| *it <= day))
    }

    /// Returns the days on which what a place lies inside may change.
    pub(super) fn cuts(&self, place: u32) -> &[Day] {
        self.times.get(place as usize).map(|it| it.cuts.of(&self.cuts)).unwrap_or_default()
    }

    /// Returns how what is stated of a fact is kept.
    pub(super) fn form(&self, fact: u32) -> Option<Form> {
        self.forms.get(fact as usize).copied().flatten()
    }

    /// Returns whether a question may name a category.
    pub(super) fn is_askable(&self, category: u32) -> bool {
        self.askable.get(category as usize) == Some(&true)
    }

    /// Returns the position of a choice among the values of its fact.
    pub(super) fn choice(&self, fact: u32, choice: &str) -> Option<u64> {
        self.choices.get(fact as usize)?.find(choice).map(u64::from)
    }

    pub(super) fn bytes(&self) -> usize {
        let whereabouts =
            self.whereabouts.iter().map(|it| it.chain.len() + it.members.iter().map(Vec::len).sum::<usize>());
        self.categories.bytes()
            + self.places.bytes()
            + self.facts.bytes()
            + self.covering.bytes()
            + self.touching.bytes()
            + 4 * self.cuts.len()
            + 12 * self.times.len()
            + 4 * whereabouts.sum::<usize>()
    }
}

/// Former ids have numbers too: lists and questions go on naming them.
fn numbers_of_categories(categories: &Categories, is_wanted: impl Fn(&CategoryId) -> bool) -> Numbers<CategoryId> {
    let current = categories.iter().map(|it| &it.id);
    let all = current.chain(categories.all_former().map(|it| &it.id));
    let mut ids: Vec<_> = all.filter(|it| is_wanted(it)).collect();
    ids.sort();
    Numbers::of(ids)
}

fn covering(categories: &Categories, numbers: &Numbers<CategoryId>) -> Rows<u32> {
    let find = |it: &CategoryId| numbers.find(it.as_str());
    let row = |id: &CategoryId| find(id).into_iter().chain(categories.broader(id).filter_map(find)).collect::<Vec<_>>();
    numbers.iter().map(row).collect()
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

/// The flags that have a bit are numbered before those that have none.
fn forms(vocabulary: &Vocabulary) -> (Vec<Option<Form>>, usize) {
    let (mut flags, mut values) = (0, 0);
    let next = |count: &mut u32| {
        *count += 1;
        *count - 1
    };
    let forms = vocabulary.iter().map(|it| match &it.kind {
        FactKind::Flag => Flags::checked_shl(1, next(&mut flags)).map(Form::Flag),
        FactKind::Choice(_) => Some(Form::Choice(next(&mut values))),
        FactKind::Count => Some(Form::Count(next(&mut values))),
    });
    (forms.collect(), values as usize)
}

fn times(places: &Places, numbers: &Numbers<Jurisdiction>) -> (Vec<Times>, Vec<Day>, Vec<Whereabouts>) {
    let chain = |it: &BTreeSet<Jurisdiction>| it.iter().filter_map(|it| numbers.find(it.as_str())).collect();
    let (mut times, mut all_cuts, mut whereabouts) = (Vec::new(), Vec::new(), Vec::new());
    for place in numbers.iter().filter_map(|it| places.find(it)) {
        let members = place.members.iter().map(|it| &it.place);
        let memberships = std::iter::once(&place.code).chain(members).flat_map(|it| places.memberships(it));
        let mut cuts: Vec<_> = memberships.flat_map(|(_, it)| std::iter::once(it.from).chain(it.until)).collect();
        cuts.sort_unstable();
        cuts.dedup();
        let first = number(whereabouts.len());
        for day in std::iter::once(jiff::civil::Date::MIN).chain(cuts.iter().copied()) {
            let there = places.whereabouts(&place.code, At(day));
            whereabouts
                .push(Whereabouts { chain: chain(&there.chain), members: there.members.iter().map(chain).collect() });
        }
        times.push(Times { first, cuts: pool(&mut all_cuts, cuts.into_iter().map(Day::from)) });
    }
    (times, all_cuts, whereabouts)
}
