//! `tests/common/hostile/table.rs` says what has to hold.

#![no_main]

neglist_fuzz::target!("table");
