//! `tests/common/hostile/checkpoint.rs` says what has to hold.

#![no_main]

neglist_fuzz::target!("checkpoint");
