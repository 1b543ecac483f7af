//! Files of rows that the command line reads: questions by the million, flows,
//! exams. Only the program itself has their readers, so it is run here, without
//! a process.

use std::ffi::OsString;
use std::fs;
use std::time::Duration;

use jiff::civil::date;
use neglist::cli::{Surroundings, Today, run};

use super::{RECORDED, file, folder, kind, of_kind, registry};

/// The commands, each with the name of its file.
const COMMANDS: [(&str, &[&str]); 6] = [
    ("rows.ndjson", &["batch"]),
    ("rows.csv", &["batch"]),
    ("rows.csv", &["batch", "--verdict-only"]),
    ("flows.csv", &["impact", "--from-date", "2024-01-01", "--to-date", "2026-06-01", "--flows"]),
    ("flows.ndjson", &["impact", "--from-date", "2024-01-01", "--to-date", "2026-06-01", "--flows"]),
    ("exam.jsonl", &["exam"]),
];

/// Runs a command line, and returns its exit code and what it wrote.
pub fn said(arguments: &[&str]) -> (u8, String, String) {
    let surroundings = Surroundings {
        today: Today::from(date(2026, 6, 1)),
        data_folder: None,
        now: RECORDED.to_owned(),
        clock: || 1_790_000_000,
        pause: |_: Duration| {},
        log: |_| {},
        passphrase: None,
        registry: None,
        is_err_terminal: false,
        width: 100,
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let arguments = ["neglist"].iter().chain(arguments).map(OsString::from);
    let code = run(arguments, &surroundings, &mut out, &mut err);
    // Whatever came in, text goes out.
    (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

pub fn check(bytes: &[u8]) {
    let (kind, bytes) = kind(bytes, 6);
    let (name, command) = COMMANDS[usize::from(kind)];
    let path = folder().join(name);
    fs::write(&path, bytes).unwrap();
    let arguments = [&["--registry", registry().to_str().unwrap()], command, &[path.to_str().unwrap()]].concat();
    let (code, out, err) = said(&arguments);
    assert!(matches!(code, 0 | 1 | 2 | 10), "{code}: {err}");
    assert!(code != 2 || err.contains("error: ") || err.contains("note: "), "{err}");
    if name == "rows.ndjson" && code == 0 {
        let asked = bytes.split(|it| *it == b'\n').filter(|it| !it.trim_ascii().is_empty()).count();
        assert_eq!(out.lines().count(), asked, "a line is answered by a line");
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mistaken = file("tests/cli/mistaken.csv");
    vec![
        of_kind(0, &file("tests/cli/questions.ndjson")),
        of_kind(0, &file("tests/compat/v1/questions.ndjson")),
        of_kind(1, &file("tests/cli/questions.csv")),
        of_kind(2, &file("tests/cli/questions.csv")),
        of_kind(1, &mistaken),
        of_kind(1, b"from,to,category,at,personal.subjects,exporter.ciio\nCN,DE,personal,2024-06-01,5,yes\n"),
        of_kind(3, &file("tests/cli/flows.csv")),
        of_kind(3, b"\xef\xbb\xbfid,from,to,category,subjects,ordinary\n\"a\"\"b\",CN,DE,personal,5,yes\n"),
        of_kind(4, &file("tests/cli/flows.ndjson")),
        of_kind(5, &file("tests/cli/exam.jsonl")),
    ]
}
