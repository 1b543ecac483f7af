//! `tests/common/hostile/question.rs` says what has to hold.

#![no_main]

neglist_fuzz::target!("question");
