//! `tests/common/hostile/tiles.rs` says what has to hold.

#![no_main]

neglist_fuzz::target!("tiles");
