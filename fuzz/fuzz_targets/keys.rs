//! `tests/common/hostile/keys.rs` says what has to hold.

#![no_main]

neglist_fuzz::target!("keys");
