//! The registry's own index, in each of the ways in which it is asked.
//!
//! Each of them is an engine of its own, on the same questions.

use crate::engine::Engine;
use crate::world::World;

/// Returns the ways to ask the index, of those that are there.
///
/// The index is still to come (`neglist::evaluate::Index`), and so none is.
pub fn engines(world: &World) -> Vec<Box<dyn Engine + '_>> {
    let all = [interned(world), from_strings(world), batch(world), whole_answer(world), whole_answer_as_json(world)];
    all.into_iter().flatten().collect()
}

/// Questions whose words are numbers already.
fn interned(_world: &World) -> Option<Box<dyn Engine + '_>> {
    None
}

/// Questions as strings: codes, dotted ids, dates, facts.
fn from_strings(_world: &World) -> Option<Box<dyn Engine + '_>> {
    None
}

/// Many questions at once ([`Engine::outcomes`]), which may look ahead.
fn batch(_world: &World) -> Option<Box<dyn Engine + '_>> {
    None
}

/// With the whole answer, as a value.
fn whole_answer(_world: &World) -> Option<Box<dyn Engine + '_>> {
    None
}

/// With the whole answer, as JSON.
fn whole_answer_as_json(_world: &World) -> Option<Box<dyn Engine + '_>> {
    None
}

/// Questions from all that was ever published, for a world in which they are
/// all of that kind.
pub fn known_now(_world: &World) -> Option<Box<dyn Engine + '_>> {
    None
}
