//! `tests/common/hostile/draft.rs` says what has to hold.

#![no_main]

neglist_fuzz::target!("draft");
