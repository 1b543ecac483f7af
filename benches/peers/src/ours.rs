//! The registry's own index, in each of the ways in which it is asked.
//!
//! Each of them is an engine of its own, on the same questions.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use neglist::canon::write_answer;
use neglist::evaluate::{Asked, Index};
use neglist::model::{Outcome, Question};

use crate::engine::Engine;
use crate::world::World;

/// How it is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Way {
    /// Questions whose words are numbers already.
    Interned,
    /// Many of these at once, which takes some together.
    Batch,
    /// Questions as strings: codes, dotted ids, dates, facts.
    FromStrings,
    /// With the whole answer, as a value.
    WholeAnswer,
    /// With the whole answer, as JSON.
    WholeAnswerAsJson,
}

/// The index, asked in one way.
struct Ours<'w> {
    name: &'static str,
    way: Way,
    questions: &'w [Question],
    index: Arc<Index>,
    asked: Arc<[Asked]>,
    json: Vec<u8>,
}

/// Returns the ways to ask the index.
pub fn engines(world: &World) -> Vec<Box<dyn Engine + '_>> {
    let ways = [
        ("ours: outcome, interned", Way::Interned),
        ("ours: outcome, interned, in a batch", Way::Batch),
        ("ours: outcome, from strings", Way::FromStrings),
        ("ours: whole answer, as a value", Way::WholeAnswer),
        ("ours: whole answer, as JSON", Way::WholeAnswerAsJson),
    ];
    let (index, asked) = looked_up(world);
    let engine = |(name, way)| {
        let (index, asked) = (Arc::clone(&index), Arc::clone(&asked));
        Box::new(Ours { name, way, questions: &world.questions, index, asked, json: Vec::new() }) as Box<dyn Engine>
    };
    ways.map(engine).into()
}

/// Returns the ways to ask of what is known now, for a world in which all
/// questions are of that kind.
pub fn known_now(world: &World) -> Vec<Box<dyn Engine + '_>> {
    let mut engines = engines(world);
    engines.truncate(2);
    engines
}

/// Looks the words of all questions up. Those that state the same share it.
fn looked_up(world: &World) -> (Arc<Index>, Arc<[Asked]>) {
    let index = Index::new(Arc::new(world.state.clone()));
    let mut first_of: HashMap<String, Asked> = HashMap::new();
    let look_up = |it: &Question| {
        let asked = index.look_up(it).unwrap();
        let first = first_of.entry(format!("{:?}", it.facts)).or_insert_with(|| asked.clone());
        asked.sharing(first)
    };
    let asked = world.questions.iter().map(look_up).collect();
    (Arc::new(index), asked)
}

impl Ours<'_> {
    fn whole(&mut self, question: usize) -> u8 {
        let answer = self.index.answer(&self.questions[question]);
        if self.way == Way::WholeAnswerAsJson {
            self.json.clear();
            write_answer(&mut self.json, &answer, &self.index.state().head);
        }
        number(std::hint::black_box(answer).outcome)
    }
}

impl Engine for Ours<'_> {
    fn name(&self) -> &str {
        self.name
    }

    fn outcome(&mut self, question: usize) -> u8 {
        match self.way {
            Way::Interned | Way::Batch => {
                let decided = self.index.decided_outcome(&self.asked[question]);
                number(decided.expect("because the questions leave nothing open").0)
            }
            Way::FromStrings => number(self.index.brief(&self.questions[question]).outcome),
            Way::WholeAnswer | Way::WholeAnswerAsJson => self.whole(question),
        }
    }

    fn outcomes(&mut self, questions: Range<usize>, outcomes: &mut Vec<u8>) {
        if self.way != Way::Batch {
            outcomes.extend(questions.map(|it| self.outcome(it)));
            return;
        }
        self.index.decided_outcomes(&self.asked[questions], |_, decided| {
            outcomes.push(number(decided.expect("because the questions leave nothing open").0));
        });
    }

    fn memory(&self) -> Option<u64> {
        Some(self.index.size().bytes as u64)
    }
}

fn number(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Permitted => 0,
        Outcome::Conditional => 1,
        Outcome::Unknown => 2,
        Outcome::Prohibited => 3,
    }
}
