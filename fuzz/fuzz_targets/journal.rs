//! `tests/common/hostile/journal.rs` says what has to hold.

#![no_main]

neglist_fuzz::target!("journal");
