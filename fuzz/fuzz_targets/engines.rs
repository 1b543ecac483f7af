//! Both evaluators must give the same answer, to the byte of its JSON, to
//! whatever is asked of whatever world. The input is the seed of the generators of
//! the property tests; those that reach new code are kept and varied.

#![no_main]

#[path = "../../tests/common/worlds.rs"]
mod worlds;

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use neglist::canon::answer_json;
use neglist::evaluate::{Index, answer};
use proptest::collection::vec;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use worlds::{any_question, any_state};

/// So many questions are asked of each world.
const QUESTIONS: usize = 8;

/// Returns the seed that an input is: all of it counts.
///
/// The generators do not read an input byte by byte: proptest hands each part
/// of a strategy a half of what is left, so that soon nothing is.
fn seed(bytes: &[u8]) -> [u8; 32] {
    let mut seed = [0; 32];
    let mut state = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, it| {
        (hash ^ u64::from(*it)).wrapping_mul(0x0100_0000_01b3)
    });
    for part in seed.chunks_exact_mut(8) {
        // Splitmix64.
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut it = state;
        it = (it ^ (it >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        part.copy_from_slice(&(it ^ (it >> 31)).to_le_bytes());
    }
    seed
}

fuzz_target!(|bytes: &[u8]| {
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &seed(bytes));
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    let strategy = (any_state(), vec(any_question(), QUESTIONS));
    let Ok(tree) = strategy.new_tree(&mut runner) else { return };
    let (state, questions) = tree.current();
    let index = Index::new(Arc::new(state));
    for question in &questions {
        let expected = answer(index.state(), question);
        let found = index.answer(question);
        let json = |it| answer_json(it, &index.state().head).to_string();
        assert_eq!(json(&found), json(&expected), "{question:?}");
        let only = index.brief(question);
        let expected = (expected.outcome, expected.floor, expected.unknown_reason);
        assert_eq!((only.outcome, only.floor, only.unknown_reason), expected, "{question:?}");
    }
});
