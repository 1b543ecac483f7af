//! How long it takes to answer, beside the bare limit: `cargo bench --bench
//! ask`, or `cargo bench --bench ask -- S M L`.
//!
//! The bare limit is what nobody can do without who answers by place, category
//! and date: a hash map of the standard library and a binary search. All
//! candidates are timed turn by turn in each round, in an order that rotates,
//! and the ratio is that of the same round.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_macros,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::panic,
    reason = "a program that measures"
)]

mod common;
#[path = "common/generate.rs"]
mod generate;

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use common::is_only_built;
use generate::{Kind, Size, questions, state};
use neglist::canon::answer_json;
use neglist::evaluate::{Asked, Current, Index, answer};
use neglist::model::{At, Outcome, Question, State};

const ROUNDS: usize = 15;
const SEED: u64 = 20_261_130;
/// So many questions are asked in a round, and fewer where each takes long.
const QUESTIONS: usize = 200_000;
const FEWER: usize = 20_000;

fn main() {
    if is_only_built() {
        return;
    }
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(counted) = arguments.iter().position(|it| it == "count") {
        return count(&arguments[counted + 1], arguments[counted + 2].parse().unwrap());
    }
    let names: Vec<String> = std::env::args().skip(1).filter(|it| Size::from_name(it).is_some()).collect();
    let names = if names.is_empty() { vec!["S".to_owned(), "M".to_owned()] } else { names };
    for name in names {
        measure(&name, Size::from_name(&name).unwrap());
    }
}

fn measure(name: &str, size: Size) {
    let state = Arc::new(state(size, SEED));
    let start = Instant::now();
    let index = Index::new(Arc::clone(&state));
    let built = start.elapsed();
    let found = index.size();
    println!("{name}: {} entry versions, {} rules", found.entries, found.rules);
    println!("  building the index {built:.0?}, {:.1} MB beside the texts", found.bytes as f64 / 1e6);
    swap(&index, &state);

    let both = Asking::of(&index, questions(&state, QUESTIONS, SEED, Kind::BothAxes));
    let now = Asking::of(&index, questions(&state, QUESTIONS, SEED + 1, Kind::KnownNow));
    check(&index, &both);
    check(&index, &now);
    let floor = Floor::of(&state, &both.questions);
    let outcome = |it: &Asked| index.decided_outcome(it).map_or(9, |it| it.0 as u64);
    let mut race = Race::default();
    race.add("bare limit: HashMap and binary search", QUESTIONS, || floor.run());
    race.add("outcome, both axes", QUESTIONS, || both.asked.iter().map(outcome).sum());
    race.add("outcome, known now", QUESTIONS, || now.asked.iter().map(outcome).sum());
    race.add("outcome, both axes, in batches", QUESTIONS, || {
        let mut sum = 0;
        index.decided_outcomes(&both.asked, |_, it| sum += it.map_or(9, |it| it.0 as u64));
        sum
    });
    race.add("outcome, known now, in batches", QUESTIONS, || {
        let mut sum = 0;
        index.decided_outcomes(&now.asked, |_, it| sum += it.map_or(9, |it| it.0 as u64));
        sum
    });
    race.add("outcome, from words", QUESTIONS, || both.questions.iter().map(|it| index.brief(it).outcome as u64).sum());
    race.add("answer as a value", FEWER, || {
        both.questions[..FEWER].iter().map(|it| black_box(index.answer(it)).matches.len() as u64).sum()
    });
    race.add("answer as JSON", FEWER / 4, || {
        let json = |it| answer_json(&index.answer(it), &state.head).to_string().len() as u64;
        both.questions[..FEWER / 4].iter().map(json).sum()
    });
    race.run();
}

/// Does one thing so many times at size S, for `benches/instructions.sh`,
/// which counts the instructions of many and of none.
fn count(what: &str, times: usize) {
    let state = Arc::new(state(Size::S, SEED));
    let index = Index::new(Arc::clone(&state));
    let asking = Asking::of(&index, questions(&state, 1_000, SEED, Kind::BothAxes));
    for number in 0..times {
        let number = number % asking.questions.len();
        let (question, asked) = (&asking.questions[number], &asking.asked[number]);
        match what {
            "outcome" => drop(black_box(index.decided_outcome(asked))),
            "words" => drop(black_box(index.brief(question))),
            "answer" => drop(black_box(index.answer(question))),
            "json" => drop(black_box(answer_json(&index.answer(question), &state.head).to_string())),
            "reference" => drop(black_box(answer(&state, question))),
            other => panic!("`{other}` is not counted"),
        }
    }
}

/// A new revision of one list lands: the index that comes after.
fn swap(index: &Index, state: &Arc<State>) {
    let mut next = State::clone(state);
    let list = next.lists.values_mut().next().unwrap();
    let mut issued = list.revisions.last().unwrap().clone();
    issued.sequence += 1;
    issued.revision.version.patch += 1;
    Arc::make_mut(list).revisions.push(issued);
    let current = Current::new(Index::new(Arc::clone(state)));
    let is_done = AtomicBool::new(false);
    let longest = std::thread::scope(|scope| {
        let asker = scope.spawn(|| {
            let mut longest = Duration::ZERO;
            while !is_done.load(Ordering::Acquire) {
                let start = Instant::now();
                black_box(current.get());
                longest = longest.max(start.elapsed());
            }
            longest
        });
        let start = Instant::now();
        current.advance(Arc::new(next));
        println!("  the index after one more revision {:.1?}", start.elapsed());
        is_done.store(true, Ordering::Release);
        asker.join().unwrap()
    });
    println!("  meanwhile nobody waited for the index longer than {longest:.1?}");
    assert_eq!(current.get().size().entries, index.size().entries);
}

/// Questions, looked up. Those that state the same share it.
struct Asking {
    questions: Vec<Question>,
    asked: Vec<Asked>,
}

impl Asking {
    fn of(index: &Index, questions: Vec<Question>) -> Asking {
        let mut first_of: HashMap<String, Asked> = HashMap::new();
        let look_up = |it: &Question| {
            let asked = index.look_up(it).unwrap();
            let first = first_of.entry(format!("{:?}", it.facts)).or_insert_with(|| asked.clone());
            asked.sharing(first)
        };
        let asked = questions.iter().map(look_up).collect();
        Asking { questions, asked }
    }
}

/// Some answers must be the reference's.
fn check(index: &Index, asking: &Asking) {
    let mut seen: HashMap<Outcome, u32> = HashMap::new();
    for (question, asked) in asking.questions.iter().zip(&asking.asked).take(2_000) {
        let expected = answer(index.state(), question);
        let (outcome, _) = index.decided_outcome(asked).expect("because the questions leave nothing open");
        assert_eq!(outcome, expected.outcome, "{question:?}");
        *seen.entry(outcome).or_default() += 1;
    }
    println!("  2,000 answers are the reference's: {seen:?}");
}

/// The bare limit.
struct Floor {
    /// The list of a place and a category.
    lists: HashMap<(u32, u32), u32>,
    /// For each list the days on which its revisions take effect.
    days: Vec<Vec<At>>,
    asked: Vec<(u32, u32, At)>,
}

impl Floor {
    fn of(state: &State, questions: &[Question]) -> Floor {
        let places: HashMap<_, u32> = state.places.iter().map(|it| &it.code).zip(0..).collect();
        let categories: HashMap<_, u32> = state.categories.iter().map(|it| &it.id).zip(0..).collect();
        let mut lists = HashMap::new();
        let mut days = Vec::new();
        for (list, number) in state.lists.values().zip(0..) {
            let place = places[&list.id.jurisdiction()];
            lists.extend((0..u32::try_from(categories.len()).unwrap()).map(|it| ((place, it), number)));
            let mut of_list: Vec<_> =
                list.revisions.iter().filter_map(|it| it.revision.effective).map(|it| At(it.0)).collect();
            of_list.sort_unstable();
            days.push(of_list);
        }
        let asked = questions.iter().map(|it| (places[&it.from], categories[&it.items[0].category], it.at));
        Floor { lists, days, asked: asked.collect() }
    }

    fn run(&self) -> u64 {
        let find = |(from, category, at): &(u32, u32, At)| {
            self.lists.get(&(*from, *category)).map_or(0, |it| self.days[*it as usize].partition_point(|it| it <= at))
        };
        self.asked.iter().map(|it| find(it) as u64).sum()
    }
}

/// A candidate: what it is called, how many questions it asks, and how.
type Candidate<'c> = (&'static str, usize, Box<dyn FnMut() -> u64 + 'c>);

/// Candidates that are timed turn by turn. The first is what the others are
/// compared with.
#[derive(Default)]
struct Race<'c>(Vec<Candidate<'c>>);

impl<'c> Race<'c> {
    fn add(&mut self, name: &'static str, questions: usize, run: impl FnMut() -> u64 + 'c) {
        self.0.push((name, questions, Box::new(run)));
    }

    fn run(&mut self) {
        let many = self.0.len();
        let mut times = vec![Vec::new(); many];
        for round in 0..ROUNDS {
            for turn in 0..many {
                let number = (round + turn) % many;
                let (_, questions, run) = &mut self.0[number];
                let start = Instant::now();
                black_box(run());
                times[number].push(start.elapsed().as_secs_f64() * 1e9 / *questions as f64);
            }
        }
        for (number, (name, ..)) in self.0.iter().enumerate() {
            let ratios = times[number].iter().zip(&times[0]).map(|(it, limit)| it / limit);
            let (ratio, time) = (sorted(ratios), sorted(times[number].iter().copied()));
            let (last, middle) = (ROUNDS - 1, ROUNDS / 2);
            println!(
                "  {name:<42} {:>9.1} ns ({:.1} to {:.1})   {:>7.2} times the limit ({:.2} to {:.2})",
                time[middle], time[0], time[last], ratio[middle], ratio[0], ratio[last]
            );
        }
    }
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}
