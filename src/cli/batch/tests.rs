//! However a file is cut, and whoever answers the pieces, the bytes are those
//! of one record after the other.

use std::io::{self, Read};
use std::path::Path;
use std::sync::OnceLock;

use proptest::prelude::*;

use super::*;
use crate::batch::MOST_BYTES;
use crate::canon::Chains;
use crate::cli::question_row::Columns;
use crate::registry::records_of;

const HEADER: &[u8] = b"id,from,to,category,subjects,at,known_on,ordinary,exporter.ciio";

const ROWS: &[&[u8]] = &[
    b"a,CN,DE,personal.genomic,,2025-06-01,,,",
    b"b,CN,DE,personal,5,2024-06-01,2024-01-01,yes,no",
    b" c , CN ,\tDE\xe3\x80\x80, personal ; personal.genomic ,5;6, 2024-06-01 ,, no , yes ",
    b"d,CN,DE,personal;personal.genomic,5;6;7,2024-06-01,,,",
    b"\"e,1\",CN,DE,personal,,2024-06-01,,,",
    b"\"f\"\"2\",\"CN\",DE,personal,,2024-06-01,,,",
    b"\"two\nlines\",CN,DE,personal,,2024-06-01,,,",
    b"\"two\r\n\rlines\",CN,DE,personal,,2024-06-01,,,",
    b"g\"h,CN,DE,personal,,2024-06-01,,,\"\"",
    b"\"i\"j\"k,CN,DE,personal,,2024-06-01,,,",
    b"few,CN,DE",
    b"\"few\",CN",
    b"many,CN,DE,personal,,2024-06-01,,,,,\"x\"",
    b"\xe4\xb8\xad,CN,DE,personal,,2024-06-31,,,",
    b"l,XX,DE,personal,,2024-06-01,,,",
    b"m,CN,DE,personal,,2024-06-01,,maybe,",
    b"n,CN,DE,personal,,2024-06-01,,,lots",
    b"\xff,CN,DE,personal,,2024-06-01,,,",
    b"\"\xff\n\",CN,DE,personal,,2024-06-01,,,",
    b"",
    b"  ",
    b"\"\"",
    b"\"never closed,CN,DE,personal,,2024-06-01,,,",
];

const ENDS: &[&[u8]] = &[b"\n", b"\r\n", b"\r"];

/// What may stand before the names of columns.
const BEFORE: &[&[u8]] = &[b"", b"\xef\xbb\xbf", b"\n\r\n", b"\xef\xbb\xbf\n"];

const LINES: &[&[u8]] = &[
    br#"{"id":"a","from":"CN","to":"DE","items":[{"category":"personal.genomic"}],"at":"2025-06-01"}"#,
    br#"{"from":"DE","to":"CN","items":[{"category":"personal","subjects":500}],"at":"2024-06-01","ordinary":true}"#,
    br#"{"id":"b","from":"CN","items":[{"category":"personal"}],"at":"2024-06-31"}"#,
    br#"{"id":"c","from":"XX","items":[{"category":"personal"}],"at":"2024-06-01"}"#,
    br#"{"id":"d","from":"XX","#,
    b"\xff",
    b"",
    b" \t\r",
];

fn registry() -> &'static Registry {
    static REGISTRY: OnceLock<Registry> = OnceLock::new();
    REGISTRY.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/common/small");
        let (_, records) = records_of(&crate::catalog::read_folder(&folder).unwrap()).unwrap();
        let chains = records.into_iter().fold(Chains::default(), Chains::append);
        Registry::in_memory(&folder, &chains).unwrap()
    })
}

/// Hands out so many bytes at a time, and in the end an error, if there is one.
struct Dribble<'b> {
    rest: &'b [u8],
    most: usize,
    error: Option<io::Error>,
}

impl Read for Dribble<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = self.most.min(buffer.len());
        let read = self.rest.read(&mut buffer[..most])?;
        if read == 0 && most != 0 { self.error.take().map_or(Ok(0), Err) } else { Ok(read) }
    }
}

fn answers(source: impl Read, how: &How, jobs: usize) -> (Vec<u8>, Result<u64, String>) {
    let mut out = Vec::new();
    let (crew, progress) = (Crew::new(Some(jobs)).unwrap(), Progress::new(None, false));
    let errors = answer_source(source, how, registry(), &crew, &progress, &mut out);
    (out, errors.map_err(|it| it.line()))
}

/// Answers rows one after the other, read and written by the `csv` crate
/// alone.
fn rows_one_by_one(file: &[u8], detail: Detail) -> (Vec<u8>, u64) {
    let answering = Answering::new(registry());
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file);
    let columns = Columns::of_questions(reader.headers().unwrap(), answering.state()).unwrap();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let width = if detail == Detail::Full { 8 } else { 4 };
    let results: Vec<_> = results::NAMES[..width].iter().chain(&results::NAMES[8..]).copied().collect();
    writer.write_record(columns.names().iter().chain(results)).unwrap();
    let mut errors = 0;
    for row in reader.records() {
        let row = row.map_err(|_| "the row is not UTF-8".to_owned());
        let cells: Vec<_> = row.iter().flatten().collect();
        let results = row.clone().and_then(|_| {
            let row = columns.row(&cells).map_err(|it| it.message)?;
            let answer = answering.answer(&row.question(answering.state()).map_err(|it| it.message)?)?;
            let mut results = Vec::new();
            match detail {
                Detail::Full => results::write_full(&mut results, &answer),
                Detail::Brief => results::write_brief(&mut results, answer.brief()),
            }
            let results = String::from_utf8(results).unwrap();
            Ok(results.split(',').skip(1).map(str::to_owned).chain([String::new()]).collect::<Vec<_>>())
        });
        let results = results.unwrap_or_else(|message| {
            errors += 1;
            let mut results = vec![String::new(); width];
            results.push(message);
            results
        });
        let names = columns.names().len();
        let cells = (0..names).map(|it| cells.get(it).copied().unwrap_or_default());
        writer.write_record(cells.chain(results.iter().map(String::as_str))).unwrap();
    }
    (writer.into_inner().unwrap(), errors)
}

/// Answers each line as if it were alone on its line of the file.
fn lines_one_by_one(file: &[u8], detail: Detail) -> (Vec<u8>, u64) {
    let how = How { input: BatchInput::Ndjson, detail, size: usize::MAX >> 1 };
    let (mut out, mut errors) = (Vec::new(), 0);
    for (number, line) in file.split_inclusive(|it| *it == b'\n').enumerate() {
        let alone = [&vec![b'\n'; number], line].concat();
        let (written, refused) = answers(alone.as_slice(), &how, 1);
        out.extend(written);
        errors += refused.unwrap();
    }
    (out, errors)
}

fn joined(records: impl IntoIterator<Item = (&'static [u8], &'static [u8])>) -> Vec<u8> {
    records.into_iter().flat_map(|(record, end)| [record, end].concat()).collect()
}

fn details() -> impl Strategy<Value = Detail> {
    prop_oneof![Just(Detail::Full), Just(Detail::Brief)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn rows_are_answered_as_one_by_one(
        rows in prop::collection::vec(
            (prop::sample::select(ROWS), prop::sample::select(ENDS)),
            0..12,
        ),
        before in prop::sample::select(BEFORE),
        is_ended: bool,
        (detail, size, most, jobs) in (details(), 1_usize..200, 1_usize..80, 1_usize..4),
    ) {
        let mut file = [before, HEADER, b"\n", &joined(rows)].concat();
        if !is_ended {
            file.pop();
        }
        let (written, errors) = rows_one_by_one(&file, detail);
        let how = How { input: BatchInput::Csv, detail, size };
        let source = Dribble { rest: &file, most, error: None };
        let found = answers(source, &how, jobs);
        prop_assert_eq!(String::from_utf8_lossy(&found.0), String::from_utf8_lossy(&written));
        prop_assert_eq!(found, (written, Ok(errors)));
    }

    /// Where quotes stand in places that nobody thought of.
    #[test]
    fn anything_is_a_table(
        rows in "[a,\"\r\n é]{0,60}",
        (detail, size, jobs) in (details(), 1_usize..40, 1_usize..4),
    ) {
        let file = [HEADER, b"\n", rows.as_bytes()].concat();
        let (written, errors) = rows_one_by_one(&file, detail);
        let how = How { input: BatchInput::Csv, detail, size };
        let found = answers(file.as_slice(), &how, jobs);
        prop_assert_eq!(String::from_utf8_lossy(&found.0), String::from_utf8_lossy(&written));
        prop_assert_eq!(found, (written, Ok(errors)));
    }

    #[test]
    fn lines_are_answered_as_one_by_one(
        lines in prop::collection::vec(
            (prop::sample::select(LINES), prop::sample::select(&ENDS[..2])),
            0..12,
        ),
        is_ended: bool,
        (detail, size, most, jobs) in (details(), 1_usize..400, 1_usize..80, 1_usize..4),
    ) {
        let mut file = joined(lines);
        if !is_ended {
            file.pop();
        }
        let (written, errors) = lines_one_by_one(&file, detail);
        let how = How { input: BatchInput::Ndjson, detail, size };
        let found = answers(Dribble { rest: &file, most, error: None }, &how, jobs);
        prop_assert_eq!(String::from_utf8_lossy(&found.0), String::from_utf8_lossy(&written));
        prop_assert_eq!(found, (written, Ok(errors)));
    }
}

#[test]
fn what_can_be_read_is_answered_before_an_error_is_said() {
    let lines = [LINES[0], b"\n", LINES[1], b"\n", &LINES[2][..20]].concat();
    for size in [1, 150, 1000] {
        let how = How { input: BatchInput::Ndjson, detail: Detail::Brief, size };
        let broken = Dribble { rest: &lines, most: 7, error: Some(io::Error::other("the disk is gone")) };
        let (written, errors) = answers(broken, &how, 2);
        assert_eq!(memchr::memchr_iter(b'\n', &written).count(), 2, "{size}");
        assert_eq!(errors, Err("the disk is gone".to_owned()));
    }
}

#[test]
fn a_record_that_is_too_long_is_refused_in_its_place() {
    let table = [HEADER, b"\n", ROWS[0], b"\n"].concat();
    let lines = [LINES[0], b"\n"].concat();
    let nothing = "and nothing behind it was read";
    for (input, before, said) in [
        (BatchInput::Csv, &table, format!("the row on line 3 is longer than {MOST_BYTES} bytes, {nothing}")),
        (BatchInput::Ndjson, &lines, format!("line 2 is longer than {MOST_BYTES} bytes, {nothing}")),
    ] {
        let how = |size| How { input, detail: Detail::Brief, size };
        let kept = answers(before.as_slice(), &how(1 << 18), 1).0;
        for (length, end, is_refused) in [
            (MOST_BYTES - 1, &b"\n"[..], false),
            (MOST_BYTES - 1, b"", false),
            (MOST_BYTES, b"\n", true),
            (MOST_BYTES, b"", true),
            (3 * MOST_BYTES, b"\n", true),
        ] {
            let after: &[u8] = if end.is_empty() { b"" } else { before };
            let file = [before, vec![b'x'; length].as_slice(), end, after].concat();
            for size in [1 << 18, 1 << 20, 1 << 24] {
                let (written, errors) = answers(file.as_slice(), &how(size), 2);
                assert!(written.starts_with(&kept));
                if is_refused {
                    assert_eq!((written.len(), errors), (kept.len(), Err(said.clone())), "{length} {size}");
                } else {
                    assert!(kept.len() < written.len() && errors.is_ok(), "{length} {size}");
                }
            }
        }
    }
}

#[test]
fn a_table_of_nothing_has_no_columns() {
    for file in [&b""[..], b"\xef\xbb\xbf", b"\n\n"] {
        let how = How { input: BatchInput::Csv, detail: Detail::Full, size: 1 };
        assert_eq!(answers(file, &how, 1), (Vec::new(), Err("there is no column `from`".to_owned())));
    }
}
