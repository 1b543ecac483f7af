//! Both evaluators must give the same answer, to the byte of its JSON, to
//! whatever is asked of whatever world. The bytes of the input are the choices
//! that the generators of the property tests make.

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

fuzz_target!(|bytes: &[u8]| {
    // Without a seed there is nothing to choose by.
    if bytes.len() < 32 {
        return;
    }
    let random = TestRng::from_seed(RngAlgorithm::PassThrough, bytes);
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
