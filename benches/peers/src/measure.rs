//! How engines are timed.
//!
//! In rounds, each engine once a round, and every round beginning with another:
//! whatever slows the machine for a while slows all of them. The ratio of an
//! engine is taken against the floor of the same round, and the median of
//! these is what counts. Every outcome of every timed pass is compared.

use std::time::{Duration, Instant};

use crate::engine::Engine;

/// What came of one engine.
#[derive(Clone, Debug)]
pub struct Measured {
    pub name: String,
    /// Of a question, in nanoseconds: the median over all rounds.
    pub median: f64,
    /// Of the slowest of a hundred questions, each timed alone.
    pub p99: f64,
    /// Of the first few questions after it was opened, which nothing had
    /// warmed.
    pub cold: f64,
    /// Against the floor of the same round: the tenth, the median, the
    /// ninetieth of a hundred.
    pub ratios: [f64; 3],
    pub questions: usize,
    pub rounds: usize,
    pub memory: Option<u64>,
    pub disk: Option<u64>,
}

/// How long it is measured.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    pub rounds: usize,
    /// At most so long a pass takes; fewer questions are asked where it would
    /// take longer.
    pub pass: Duration,
}

/// So many questions are asked first.
const COLD: usize = 50;
const ALONE: usize = 20_000;

/// Measures engines against the first of them, the floor.
pub fn paired(engines: &mut [Box<dyn Engine + '_>], expected: &[u8], total: usize, effort: Effort) -> Vec<Measured> {
    let first: Vec<f64> = engines.iter_mut().map(|it| pass(it.as_mut(), 0, COLD.min(total), expected)).collect();
    let counts: Vec<usize> = engines.iter_mut().map(|it| how_many(it.as_mut(), total, expected, effort)).collect();
    let mut times = vec![Vec::new(); engines.len()];
    for round in 0..effort.rounds {
        for turn in 0..engines.len() {
            let number = (round + turn) % engines.len();
            let count = counts[number];
            // Not the same questions each time: a few would stay in the cache.
            let begin = if count == total { 0 } else { round * count % (total - count) };
            times[number].push(pass(engines[number].as_mut(), begin, count, expected));
        }
    }
    let floor = times[0].clone();
    let measured = |(number, engine): (usize, &mut Box<dyn Engine + '_>)| {
        let mut ratios: Vec<f64> = times[number].iter().zip(&floor).map(|(it, floor)| it / floor).collect();
        Measured {
            name: engine.name().to_owned(),
            median: quantile(&mut times[number].clone(), 50),
            p99: quantile(&mut alone(engine.as_mut(), counts[number].min(ALONE)), 99),
            cold: first[number],
            ratios: [10, 50, 90].map(|it| quantile(&mut ratios, it)),
            questions: counts[number],
            rounds: effort.rounds,
            memory: engine.memory(),
            disk: engine.disk(),
        }
    };
    engines.iter_mut().enumerate().map(measured).collect()
}

/// Asks some questions, compares their outcomes, and returns how many
/// nanoseconds each took.
fn pass(engine: &mut dyn Engine, begin: usize, count: usize, expected: &[u8]) -> f64 {
    let mut outcomes = Vec::with_capacity(count);
    let start = Instant::now();
    engine.outcomes(begin..begin + count, &mut outcomes);
    let time = start.elapsed();
    if engine.has_outcomes() && !expected.is_empty() {
        let wrong = outcomes.iter().zip(&expected[begin..]).position(|(one, other)| one != other);
        assert_eq!(wrong.map(|it| (begin + it, outcomes[it], expected[begin + it])), None, "{}", engine.name());
    }
    std::hint::black_box(outcomes);
    time.as_secs_f64() * 1e9 / count as f64
}

fn how_many(engine: &mut dyn Engine, total: usize, expected: &[u8], effort: Effort) -> usize {
    // The best of some: whatever else the machine does must not shorten it.
    let passes = (0..5).map(|_| pass(engine, 0, COLD.min(total), expected));
    let each = passes.fold(f64::INFINITY, f64::min);
    let most = effort.pass.as_secs_f64() * 1e9 / each;
    (most as usize).clamp(COLD.min(total), total)
}

fn alone(engine: &mut dyn Engine, count: usize) -> Vec<f64> {
    let timed = |it| {
        let start = Instant::now();
        std::hint::black_box(engine.outcome(it));
        start.elapsed().as_secs_f64() * 1e9
    };
    (0..count).map(timed).collect()
}

/// Returns what reading the clock twice adds to a question that is timed
/// alone.
pub fn clock() -> f64 {
    let timed = |_| {
        let start = Instant::now();
        start.elapsed().as_secs_f64() * 1e9
    };
    quantile(&mut (0..10_001).map(timed).collect::<Vec<_>>(), 50)
}

fn quantile(values: &mut [f64], percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values[(values.len() * percent / 100).min(values.len() - 1)]
}
