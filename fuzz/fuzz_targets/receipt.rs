//! `tests/common/hostile/receipt.rs` says what has to hold.

#![no_main]

neglist_fuzz::target!("receipt");
