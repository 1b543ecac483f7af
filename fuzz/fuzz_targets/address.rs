//! `tests/common/hostile/address.rs` says what has to hold.

#![no_main]

neglist_fuzz::target!("address");
