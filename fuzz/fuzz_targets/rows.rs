//! `tests/common/hostile/rows.rs` says what has to hold.

#![no_main]

neglist_fuzz::target!("rows");
