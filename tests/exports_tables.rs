//! Entries as tables: what stands in them, and that every format holds the same.
//!
//! Workbooks and Parquet are read by readers that are not ours
//! (`tests/interop/tables.py`, which `NEGLIST_PYTHON` runs).

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use common::chains_of;
use common::process::program;
use neglist::catalog::read_folder;
use neglist::export::{Revisions, entry_table};
use neglist::model::{At, InForce, Language, State};
use neglist::registry::records_of;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn of(catalog: &Path) -> State {
    chains_of(&records_of(&read_folder(catalog).unwrap()).unwrap().1).state().unwrap()
}

fn at(day: &str) -> At {
    day.parse().unwrap()
}

/// What a table says in some of its columns.
fn cells(state: &State, day: &str, which: Revisions, columns: &[&str]) -> Vec<Vec<String>> {
    let bytes = entry_table(state, at(day), which, Language::En).csv();
    let text = String::from_utf8(bytes).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let headings = reader.headers().unwrap().clone();
    let places: Vec<_> = columns.iter().map(|it| headings.iter().position(|heading| heading == *it).unwrap()).collect();
    reader.records().map(|row| places.iter().map(|it| row.as_ref().unwrap()[*it].to_owned()).collect()).collect()
}

#[test]
fn a_row_says_when_its_revision_stands_and_until_when() {
    let state = of(&common::small_catalog());
    let columns = ["list", "version", "standing", "effective", "until"];
    let rows: BTreeSet<_> =
        cells(&state, "2025-06-01", Revisions::All, &columns).into_iter().map(|it| it.join(" ")).collect();
    let expected = [
        "CN/cross-border-transfer 1.0.0 superseded 2024-03-22 2024-07-01",
        "CN/cross-border-transfer 2.0.0 superseded 2024-07-01 2025-02-01",
        // Taken back before its day came: it is in force on no day.
        "CN/cross-border-transfer 3.0.0 withdrawn 2026-01-01 ",
        // It runs out.
        "CN/cross-border-transfer 3.0.1 in-force 2025-02-01 2027-01-01",
        "EEA/gdpr-chapter-v 1.0.0 in-force 2024-05-25 2027-01-01",
        "EEA/gdpr-chapter-v 2.0.0 dormant  ",
        "EEA/gdpr-chapter-v 3.0.0 scheduled 2027-01-01 ",
    ];
    assert_eq!(rows.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn the_rows_of_a_day_are_the_entries_in_force() {
    let state = of(&root().join("catalog"));
    for day in ["2012-06-29", "2024-03-21", "2024-03-22", "2026-11-30"] {
        let rows = cells(&state, day, Revisions::InForce, &["list", "version", "entry"]);
        let in_force = state.lists.values().filter_map(|list| match list.in_force(at(day), None) {
            InForce::Yes(issued) => Some(&issued.revision),
            InForce::NotYet | InForce::Lapsed(_) => None,
        });
        let expected = in_force.flat_map(|it| {
            let row =
                |entry: &neglist::model::EntryId| vec![it.list.to_string(), it.version.to_string(), entry.to_string()];
            it.entries.keys().map(row).collect::<Vec<_>>()
        });
        assert_eq!(rows, expected.collect::<Vec<_>>(), "{day}");
    }
}

#[test]
fn every_format_holds_the_same_rows() {
    let Some(python) = program("NEGLIST_PYTHON") else { return };
    let state = of(&root().join("catalog"));
    let folder = tempfile::tempdir().unwrap();
    for which in [Revisions::InForce, Revisions::All] {
        let table = entry_table(&state, at("2026-11-30"), which, Language::En);
        let day = at("2026-11-30").0;
        let files = [
            ("entries.csv", table.csv()),
            ("entries.xlsx", table.xlsx(day).unwrap()),
            ("entries.parquet", table.parquet().unwrap()),
        ];
        assert_eq!(table.parquet().unwrap(), files[2].1, "the same rows give the same bytes");
        let write = |(name, bytes): &(&str, Vec<u8>)| {
            let path = folder.path().join(name);
            fs::write(&path, bytes).unwrap();
            path
        };
        let script = root().join("tests/interop/tables.py");
        let said = Command::new(&python).arg(script).args(files.iter().map(write)).output().unwrap();
        let text = String::from_utf8_lossy(&said.stdout);
        let error = String::from_utf8_lossy(&said.stderr);
        assert_eq!(text.trim(), format!("{} rows are the same", table.len()), "{error}");
    }
}
