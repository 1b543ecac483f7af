//! `tests/common/hostile/http.rs` says what has to hold.

#![no_main]

neglist_fuzz::target!("http");
