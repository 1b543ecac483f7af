//! Writes a generated registry into a folder, with its journal and all that is
//! kept beside it, to measure how a process starts on it:
//! `cargo run --release --manifest-path benches/peers/Cargo.toml --bin
//! make-registry -- S|M|L FOLDER`.

#![allow(missing_docs, unreachable_pub, clippy::disallowed_macros, reason = "a program that measures")]

#[path = "../../common/generate.rs"]
mod generate;

use std::path::Path;

use generate::{ORIGIN, Size};
use neglist::canon::{Chains, Record};
use neglist::registry::Publisher;

const SEED: u64 = 1;
const RECORDED: &str = "2026-01-01T00:00:00Z";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [size, folder] = arguments.as_slice() else { panic!("expected a size and a folder") };
    let size = Size::from_name(size).expect("the size is S, M or L");
    let mut chains = Chains::default();
    let mut records: Vec<Record> = Vec::new();
    for publication in generate::publications(size, SEED) {
        let record = chains.prepare(publication, RECORDED).expect("because the generator makes what fits");
        chains = chains.append(record.clone());
        records.push(record);
    }
    drop(chains);
    let publisher = Publisher::create(Path::new(folder), &records, ORIGIN).expect("the folder can be made");
    println!("{} records in {folder}", publisher.chains().size());
}
