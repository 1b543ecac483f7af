//! The `neglist` command.

fn main() {}
