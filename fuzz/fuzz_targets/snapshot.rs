//! `tests/common/hostile/snapshot.rs` says what has to hold.

#![no_main]

neglist_fuzz::target!("snapshot");
