//! `tests/common/hostile/exam.rs` says what has to hold.

#![no_main]

neglist_fuzz::target!("exam");
