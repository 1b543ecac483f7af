//! Tables of entries: CSV, and workbooks, whose inside is behind a compressor
//! and so is changed before it is packed.

use std::io::{Cursor, Read, Write};

use jiff::civil::date;
use neglist::catalog::Words;
use neglist::catalog::table::{Limits, Sheet, read_csv, read_entries, read_xlsx, write_csv, write_xlsx};
use neglist::model::{Language, ListId, Revision};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::{file, is_said, kind, of_kind, state};

/// So small that no input comes to more, and so large that what is read fits.
const LIMITS: Limits =
    Limits { file: 1 << 20, unpacked: 4 << 20, rows: 1_000, columns: 60, cell: 4_000, text: 1 << 20 };

/// The parts of a workbook that are changed.
const PARTS: [&str; 5] = [
    "xl/worksheets/sheet1.xml",
    "xl/sharedStrings.xml",
    "xl/workbook.xml",
    "xl/styles.xml",
    "xl/_rels/workbook.xml.rels",
];

pub fn check(bytes: &[u8]) {
    let (kind, bytes) = kind(bytes, 7);
    let sheet = match kind {
        0 => read_csv(bytes, LIMITS),
        1 => read_xlsx(bytes, None, LIMITS),
        part => read_xlsx(&with_part(PARTS[usize::from(part) - 2], bytes), None, LIMITS),
    };
    match sheet {
        Err(mistakes) => mistakes.named.iter().for_each(|it| is_said(it)),
        Ok(sheet) => is_within(&sheet),
    }
}

fn is_within(sheet: &Sheet) {
    assert!(sheet.rows.iter().all(|(number, cells)| *number <= LIMITS.rows && cells.len() <= 60));
    let state = state();
    let draft = revision();
    let lists = state.lists.keys().cloned().collect();
    let words =
        Words { categories: &state.categories, vocabulary: &state.vocabulary, places: &state.places, lists: &lists };
    match read_entries(sheet, &draft, words) {
        Err(mistakes) => {
            assert!(!mistakes.named.is_empty());
            mistakes.named.iter().for_each(|it| is_said(it));
        }
        Ok(entries) => {
            let revision = Revision { entries, ..draft };
            for language in [Language::En, Language::Zh] {
                let written = write_csv(&revision, &state.vocabulary, language);
                let again = read_csv(written.as_bytes(), Limits::USUAL).unwrap();
                let again = read_entries(&again, &revision, words).unwrap_or_else(|it| panic!("{}", it.named[0]));
                assert!(again == revision.entries, "{written}");
            }
        }
    }
}

/// The revision that tables are read into.
fn revision() -> Revision {
    let list: ListId = "CN/cross-border-transfer".parse().unwrap();
    state().lists[&list].head().unwrap().revision.clone()
}

fn workbook() -> Vec<u8> {
    write_xlsx(&revision(), &state().vocabulary, date(2026, 1, 1), Language::En).unwrap()
}

/// Returns a workbook with something else in one of its files.
pub fn with_part(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut original = ZipArchive::new(Cursor::new(workbook())).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let names: Vec<_> = original.file_names().map(|it| it.unwrap().into_owned()).collect();
    for it in names {
        writer.start_file(&it, SimpleFileOptions::default()).unwrap();
        if it == name {
            writer.write_all(bytes).unwrap();
        } else {
            let mut whole = Vec::new();
            original.by_name(&it).unwrap().read_to_end(&mut whole).unwrap();
            writer.write_all(&whole).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

pub fn seeds() -> Vec<Vec<u8>> {
    let state = state();
    let mut seeds = vec![
        of_kind(0, write_csv(&revision(), &state.vocabulary, Language::En).as_bytes()),
        of_kind(0, write_csv(&revision(), &state.vocabulary, Language::Zh).as_bytes()),
        of_kind(0, &file("tests/cli/entries.csv")),
        of_kind(1, &workbook()),
    ];
    let workbook = workbook();
    let mut archive = ZipArchive::new(Cursor::new(workbook)).unwrap();
    for (kind, name) in (2..).zip(PARTS) {
        let mut part = Vec::new();
        archive.by_name(name).unwrap().read_to_end(&mut part).unwrap();
        seeds.push(of_kind(kind, &part));
    }
    seeds
}
