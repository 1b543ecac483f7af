//! What strangers send: whatever comes is read as what it says, or refused with
//! a word on why, within limits of time and memory.
//!
//! What has to hold of any input of a parser is in `tests/common/hostile/`, one
//! file each; the fuzz targets (`fuzz/run`) run the same for longer.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;
#[path = "common/hostile/mod.rs"]
mod hostile;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use common::process::program;
use common::{Dice, LIST, RECORDED, next_revision, small_catalog, small_registry};
use hostile::rows::said;
use hostile::table::with_part;
use hostile::{TARGETS, http, state};
use neglist::canon::{Publication, exam_from_json, question_from_json};
use neglist::catalog::table::{Limits, read_csv, read_xlsx};
use neglist::catalog::{read_categories, read_draft_against};
use neglist::client::Remote;
use neglist::model::{CategoryId, Jurisdiction};
use neglist::server::{Limits as Bearing, Service};
use tower::ServiceExt;

/// So many changes of each seed, unless `NEGLIST_HOSTILE_CHANGES` says another
/// number.
const CHANGES: u64 = 4;

#[test]
fn what_strangers_send_is_read_or_refused() {
    let changes = program("NEGLIST_HOSTILE_CHANGES").map_or(CHANGES, |it| it.parse().unwrap());
    for target in TARGETS {
        let seeds = (target.seeds)();
        assert!(1 < seeds.len(), "{} has no seeds", target.name);
        let mut dice = Dice(7);
        (target.check)(&[]);
        for seed in &seeds {
            (target.check)(seed);
            for _ in 0..changes {
                (target.check)(&changed(seed, &seeds, &mut dice));
            }
        }
    }
}

/// Returns a seed with a few changes: bytes flipped, cut out, doubled, or taken
/// from another.
fn changed(seed: &[u8], seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=dice.below(3) {
        let place = |dice: &mut Dice, of: &[u8]| usize::try_from(dice.below(of.len() as u64 + 1)).unwrap();
        let (one, two) = (place(dice, &bytes), place(dice, &bytes));
        let (start, end) = (one.min(two), one.max(two).min(one.min(two) + 64));
        match dice.below(4) {
            0 => {
                if let Some(byte) = bytes.get_mut(start) {
                    *byte ^= 1 << dice.below(8);
                }
            }
            1 => drop(bytes.drain(start..end)),
            2 => {
                let part = bytes[start..end].to_vec();
                bytes.splice(start..start, part);
            }
            _ => {
                let other = &seeds[place(dice, &[0; 1]).min(seeds.len() - 1)];
                let from = place(dice, other);
                bytes.splice(start..end, other[from..other.len().min(from + 64)].iter().copied());
            }
        }
    }
    bytes
}

fn question(text: &str) -> String {
    question_from_json(text).unwrap_err().message
}

fn asked(text: &str) -> String {
    let mistakes = state().mistakes(&question_from_json(text).unwrap());
    format!("{} mistakes, and first: {}", mistakes.len(), mistakes[0].message)
}

fn exam(text: &str) -> String {
    exam_from_json(text).unwrap_err()
}

fn draft(text: &str) -> String {
    read_draft_against(text, state()).unwrap_err()[0].message.clone()
}

fn categories(text: &str) -> String {
    read_categories(text).unwrap_err().message
}

fn csv(text: &str) -> String {
    read_csv(text.as_bytes(), Limits::USUAL).unwrap_err().named[0].to_string()
}

fn strings(text: &str) -> String {
    let workbook = with_part("xl/sharedStrings.xml", text.as_bytes());
    read_xlsx(&workbook, None, Limits::USUAL).unwrap_err().named[0].to_string()
}

fn category(text: &str) -> String {
    text.parse::<CategoryId>().unwrap_err().to_string()
}

fn place(text: &str) -> String {
    text.parse::<Jurisdiction>().unwrap_err().to_string()
}

fn address(text: &str) -> String {
    Remote::new(text).unwrap_err().to_string()
}

fn asks(text: &str) -> String {
    let (status, body) = http::answered(text);
    format!("{status} {body}")
}

/// Returns a question with so many of something, each with its number.
fn with(before: &str, many: usize, each: &str, after: &str) -> String {
    let all: Vec<_> = (0..many).map(|it| each.replace('#', &it.to_string())).collect();
    format!("{before}{}{after}", all.join(","))
}

/// A case: what it is, who refuses it, what is sent, and what is said of it.
type Case = (&'static str, fn(&str) -> String, String, &'static str);

fn are_refused(cases: Vec<Case>) {
    let mut wrong = Vec::new();
    for (name, refused, text, expected) in cases {
        let found = refused(&text);
        if !found.contains(expected) {
            wrong.push(format!("{name}: {}", found.chars().take(400).collect::<String>()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_too_much_is_refused_with_what_would_be_borne() {
    let item = r#"{"category":"personal"}"#;
    let items = |many| with(r#"{"from":"CN","at":"2024-06-01","items":["#, many, item, "]}");
    let facts = |many| {
        let before = format!(r#"{{"from":"CN","at":"2024-06-01","items":[{item}],"facts":{{"#);
        with(&before, many, r#""exporter.nobody-#":true"#, "}}")
    };
    let windows = |many| {
        let before = r#"{"from":"CN","at":"2024-06-01","items":[{"category":"personal","subjects":{"#;
        with(before, many, r#""years-of-#":5"#, "}}]}")
    };
    let long = "a".repeat(60_000);
    let post = |body: &str| format!("POST /v1/ask\ncontent-type: application/json\n\n{body}");
    let in_feed = |many| format!("GET /feed.atom?from=CN&at=2024-06-01{}\n\n", "&category=personal".repeat(many));
    let table = |cells: &str| format!("id,category\n{cells}\n");
    are_refused(vec![
        // How many.
        ("items of a question", question, items(1001), "a question has at most 1000 items, and here are 1001"),
        ("facts of a question", question, facts(1001), "a question states at most 1000 facts, and here are 1001"),
        ("windows of an item", question, windows(101), "counted in at most 100 windows, and here are 101"),
        ("mistakes in one question", asked, facts(1000), "100 mistakes, and first: unknown fact `exporter.nobody-0`"),
        ("mistakes in one item", asked, windows(100), "100 mistakes, and first: unknown window `years-of-0`"),
        ("columns of a table", csv, "a,".repeat(101), "the table has more than 100 columns"),
        ("rows of a table", csv, table(&"a\n".repeat(100_000)), "the table has more than 100000 rows"),
        // How long.
        ("a cell", csv, table(&"a".repeat(32_768)), "the cell has 32768 characters, and 32767 is the most"),
        ("a category", category, "a".repeat(121), "…` is not a category"),
        ("a list that nobody has", asks, format!("GET /v1/lists/CN/{long}\n\n"), "404 "),
        ("a parameter that nobody has", asks, format!("GET /v1/ask?{long}=1\n\n"), "400 "),
        ("a value that nobody has", asks, format!("GET /v1/ask?from={long}&at=2024-06-01\n\n"), "400 "),
        ("a question over HTTP", asks, post(&format!("{}{item}", " ".repeat(1 << 20))), "413 "),
        ("items over HTTP", asks, post(&items(101)), "a question has at most 100 items here, and this one has 101"),
        ("items in a feed", asks, in_feed(11), "a question has at most 10 items in a feed, and this one has 11"),
        ("facts over HTTP", asks, post(&facts(30_000)), "a question states at most 1000 facts"),
        ("windows over HTTP", asks, post(&windows(30_000)), "counted in at most 100 windows"),
    ]);
}

#[test]
fn what_is_too_deep_or_too_large_is_refused() {
    let item = r#"{"category":"personal"}"#;
    let nested = |open: &str, many| open.repeat(many);
    let subjects =
        |it: &str| format!(r#"{{"from":"CN","at":"2024-06-01","items":[{{"category":"personal","subjects":{it}}}]}}"#);
    let dated = |it: &str| format!(r#"{{"from":"CN","at":"{it}","items":[{item}]}}"#);
    are_refused(vec![
        // How deep.
        ("JSON in a fact", question, format!(r#"{{"facts":{{"a":{}"#, nested("[", 200)), "recursion limit exceeded"),
        ("JSON in a question", question, nested(r#"{"facts":"#, 200), "recursion limit exceeded"),
        ("JSON in an exam", exam, format!(r#"{{"id":"a","question":{}"#, nested("[", 100_000)), "EOF while parsing"),
        ("arrays of TOML", draft, format!("list = {}", nested("[", 1000)), "max recursion depth met"),
        ("tables of TOML", draft, format!("list = {}", nested("{a=", 1000)), "max recursion depth met"),
        ("dotted keys of TOML", draft, format!("{}a = 1", nested("a.", 10_000)), "recursion limit"),
        // How large.
        ("people beyond 2^53", question, subjects("9007199254740993"), "expected at most 9007199254740992"),
        ("people beyond 2^64", question, subjects("18446744073709551616"), "expected a number"),
        ("fewer people than none", question, subjects("-1"), "expected a number"),
        ("half a person", question, subjects("0.5"), "expected a number"),
        ("a number beyond all numbers", question, subjects("1e999"), "number out of range"),
        ("a year beyond the calendar", question, dated("10000-01-01"), "10000-01-01"),
        ("a year before it", question, dated("-10000-01-01"), "-10000-01-01"),
        ("a day that is none", question, dated("2023-02-29"), "2023-02-29"),
        ("an integer of TOML", categories, "version = 9223372036854775808".to_owned(), "integer"),
        ("a bundle behind all others", asks, "GET /log/records/x072/x057/x594/x037/x927/935\n\n".to_owned(), "404 "),
        (
            "texts that a workbook claims",
            strings,
            r#"<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" uniqueCount="999999999999"/>"#
                .to_owned(),
            "the workbook says that it holds more than 10000000 texts",
        ),
    ]);
}

#[test]
fn what_looks_like_something_else_is_named() {
    are_refused(vec![
        ("a letter of another alphabet", category, "pers\u{43e}nal".to_owned(), "; `\u{43e}` is U+043E"),
        ("a letter in two parts", category, "persone\u{301}".to_owned(), "; `\u{301}` is U+0301"),
        ("capitals of another alphabet", place, "C\u{39d}".to_owned(), "; `\u{39d}` is U+039D"),
        ("a space that is not seen", category, "person\u{200b}al".to_owned(), "`person\\u{200b}al` is not a category"),
        ("an order that is not read", category, "\u{202e}lanosrep".to_owned(), "`\\u{202e}lanosrep` is not"),
        ("a line that ends", category, "personal\nPERMITTED".to_owned(), "`personal\\u{a}PERMITTED` is not"),
        ("an end of a text of C", place, "CN\0".to_owned(), "`CN\\u{0}` is not"),
    ]);
}

#[test]
fn nothing_leads_out_of_its_place() {
    are_refused(vec![
        ("a way out of the log", asks, "GET /log/tile/../../checkpoint\n\n".to_owned(), "404 "),
        ("the same, encoded", asks, "GET /log/tile/..%2f..%2fcheckpoint\n\n".to_owned(), "404 "),
        ("a way out of the pages", asks, "GET /page/..%2f..%2fCargo.toml\n\n".to_owned(), "404 "),
        ("a way out of the lists", place, "../../etc".to_owned(), "is not a jurisdiction"),
        ("an address of a file", address, "file:///etc/passwd".to_owned(), "is not an address"),
    ]);
}

/// A frame of zstd that says little and unpacks to much: bytes as they are, and
/// then one byte for as long as is wanted.
fn unpacks_to(before: &[u8], byte: u8, blocks: usize, window_log: u8) -> Vec<u8> {
    const BLOCK: u32 = 128 << 10;
    let header = |kind: u32, size: u32, is_last: bool| {
        let [a, b, c, _] = (u32::from(is_last) | kind << 1 | size << 3).to_le_bytes();
        [a, b, c]
    };
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0, (window_log - 10) << 3];
    frame.extend(header(0, u32::try_from(before.len()).unwrap(), false));
    frame.extend(before);
    for block in 0..blocks {
        frame.extend(header(1, BLOCK, block + 1 == blocks));
        frame.push(byte);
    }
    frame
}

/// Runs the program with a GiB of memory, as the system counts it.
#[cfg(target_os = "linux")]
fn within_a_gib(arguments: &[&str]) -> (Option<i32>, String) {
    let limited = "ulimit -v 1048576; exec \"$0\" \"$@\"";
    let program = env!("CARGO_BIN_EXE_neglist");
    let mut command = Command::new("sh");
    command.env_remove("NEGLIST_REGISTRY").args(["-c", limited, program]).args(arguments);
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code(), format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)))
}

/// Writes small files that become large.
#[cfg(target_os = "linux")]
fn write_bombs(folder: &Path) {
    let at = |name: &str| folder.join(name);
    let header = r#"{"format":"neglist snapshot v1","head":"abababababababababababababababababababababababababababababababab","origin":"a","size":1}"#;
    let header = format!("{header}\n");
    let gib = 8 << 10;
    fs::write(at("first-line.zst"), unpacks_to(b"", b' ', 8 * gib, 23)).unwrap();
    fs::write(at("record.zst"), unpacks_to(header.as_bytes(), b' ', 8 * gib, 23)).unwrap();
    fs::write(at("records.zst"), unpacks_to(header.as_bytes(), b'\n', 8 * gib, 23)).unwrap();
    fs::write(at("window.zst"), unpacks_to(header.as_bytes(), b'\n', 1, 30)).unwrap();
    fs::write(at("texts.xlsx"), with_part("xl/sharedStrings.xml", b"<sst uniqueCount=\"99999999999\"></sst>")).unwrap();
    fs::write(at("long.ndjson"), vec![b' '; (1 << 20) + 1]).unwrap();
    fs::write(at("deep.json"), vec![b'['; 1 << 20]).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_small_file_that_becomes_large_is_refused_in_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    write_bombs(folder.path());
    let registry = at("registry");
    drop(small_registry(Path::new(&registry)));
    let draft = at("draft.toml");
    fs::write(&draft, said(&["--registry", &registry, "draft", LIST]).1).unwrap();
    let catalog = at("catalog");
    common::copy_folder(&small_catalog(), Path::new(&catalog));
    std::os::unix::fs::symlink("/dev/zero", format!("{catalog}/lists/{LIST}/9.0.0.toml")).unwrap();
    let key = hostile::log_key().to_string();
    for (name, arguments, code, expected) in [
        (
            "a first line without end",
            vec!["snapshot", "verify", &at("first-line.zst")],
            2,
            "its first line is not that of a `neglist snapshot v1`",
        ),
        (
            "a record without end",
            vec!["snapshot", "verify", &at("record.zst")],
            2,
            "line 2 of it is longer than 256 MB",
        ),
        ("records without end", vec!["snapshot", "verify", &at("records.zst")], 3, "record 0 is altered"),
        ("a window as large as the memory", vec!["snapshot", "verify", &at("window.zst")], 2, "it is not a snapshot"),
        ("a file without end", vec!["snapshot", "verify", "/dev/zero"], 2, "it is larger than 256 MB"),
        ("a receipt without end", vec!["verify", "/dev/zero", "--key", &key], 2, "it is larger than 256 MB"),
        ("a draft without end", vec!["--registry", &registry, "lint", "/dev/zero"], 2, "it is larger than 256 MB"),
        (
            "a policy without end",
            vec!["verify", &at("deep.json"), "--policy", "/dev/zero"],
            2,
            "it is larger than 64 MB",
        ),
        (
            "a catalog with a link to what never ends",
            vec!["snapshot", "build", &catalog, "--output", &at("new.zst")],
            2,
            "it is not a file",
        ),
        (
            "a workbook that claims many texts",
            vec!["--registry", &registry, "import-table", &at("texts.xlsx"), "--into", &draft],
            2,
            "the workbook says that it holds more than 10000000 texts",
        ),
        (
            "a line without end",
            vec!["--registry", &registry, "batch", &at("long.ndjson")],
            2,
            "line 1 is longer than 1048576 bytes, and nothing behind it was read",
        ),
        (
            "lines without end",
            vec!["--registry", &registry, "batch", "/dev/zero"],
            2,
            "line 1 is longer than 1048576 bytes, and nothing behind it was read",
        ),
        ("a receipt that is deep", vec!["verify", &at("deep.json"), "--key", &key], 3, "it is not a receipt"),
    ] {
        let (found, said) = within_a_gib(&arguments);
        assert!(said.contains(expected), "{name}: {found:?} {}", said.chars().take(600).collect::<String>());
        assert_eq!(found, Some(code), "{name}: {said}");
    }
}

#[cfg(unix)]
#[test]
fn a_name_in_a_folder_is_shown_as_what_it_is() {
    for (name, expected) in [
        ("lists/CN/\u{202e}tsil/1.0.0.toml", "`CN/\\u{202e}tsil` is not a list"),
        ("lists/CN/a\nerror: nothing/1.0.0.toml", "`CN/a\\u{a}error: nothing` is not a list"),
        ("lists/CN/b/1.0.0\u{1b}[2K.toml", "`1.0.0\\u{1b}[2K` is not a version"),
        ("lists/CN/b/..1.0.0.toml", "`..1.0.0` is not a version"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        common::copy_folder(&small_catalog(), folder.path());
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
        let output = folder.path().join("new.zst");
        let (code, _, err) =
            said(&["snapshot", "build", folder.path().to_str().unwrap(), "--output", output.to_str().unwrap()]);
        assert_eq!(code, 2, "{name}");
        assert!(err.contains(expected), "{name}: {err}");
        assert!(!err.contains(['\u{1b}', '\u{202e}']), "{name}: {err}");
        assert!(!output.exists());
    }
}

/// Whoever may publish one list could else rub out what stands of the others.
#[test]
fn no_list_speaks_to_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("registry");
    let mut publisher = small_registry(&root);
    let evil = "\u{1b}[1A\u{1b}[2K\u{9b}2J\rPERMITTED \u{202e}detteimrep\u{202c}\u{7}\u{200b}";
    let mut revision = next_revision(publisher.chains(), LIST);
    revision.title.en = format!("A title {evil}");
    revision.source.citation = format!("A source {evil}");
    for entry in revision.entries.clone().values() {
        let mut entry = Arc::unwrap_or_clone(Arc::clone(entry));
        entry.cite = format!("Art. 1 {evil}");
        entry.note.en = format!("A note {evil}");
        revision.entries.insert(entry.id.clone(), Arc::new(entry));
    }
    let version = revision.version.to_string();
    publisher.publish(Publication::Revision(Box::new(revision)), RECORDED).unwrap();
    drop(publisher);
    let at = ["--registry", root.to_str().unwrap()];
    let mut seen = 0;
    for command in [
        vec!["show", LIST, &version],
        vec!["history", LIST],
        vec!["lists"],
        vec!["diff", LIST, "1.0.0", &version, "--verdicts"],
        vec!["ask", "--from", "CN", "--to", "DE", "--category", "personal.genomic", "--at", "2026-12-01"],
        vec!["routes", "--from", "CN", "--to", "DE", "--category", "personal.genomic", "--at", "2026-12-01"],
        vec!["scorecard", "CN"],
    ] {
        let (_, out, err) = said(&[at.as_slice(), &command].concat());
        for text in [out, err] {
            seen += usize::from(text.contains("\\u{202e}detteimrep"));
            let is_ours = text.replace("\u{1b}[2m", "").replace("\u{1b}[0m", "");
            let is_ours = ["1", "31", "32", "33", "35"]
                .iter()
                .fold(is_ours, |text, it| text.replace(&format!("\u{1b}[{it}m"), ""));
            let bad =
                is_ours.chars().find(|it| it.is_control() && *it != '\n' || "\u{202e}\u{202c}\u{200b}".contains(*it));
            assert_eq!(bad, None, "{command:?}: {is_ours:?}");
        }
    }
    assert!(3 <= seen, "the texts are shown in {seen} places");
}

/// Batches hold threads. Whoever opens as many as there may be, and sends
/// nothing, takes nothing from those who ask for something else.
#[test]
fn idle_batches_keep_nobody_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("registry");
    drop(small_registry(&root));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let silent = || Body::from_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let batch = || Request::post("/v1/batch").body(silent()).unwrap();
    let serve = |time| {
        let limits = Bearing { time, ..Bearing::default() };
        Arc::new(Service::open(&root, false, limits, || 1_790_000_000).unwrap()).router()
    };
    runtime.block_on(async {
        let patient = serve(Duration::from_hours(1));
        let mut open = Vec::new();
        let refused = loop {
            let response = patient.clone().oneshot(batch()).await.unwrap();
            if response.status() != 200 {
                break response;
            }
            open.push(response);
        };
        assert_eq!((refused.status().as_u16(), open.len()), (503, 64));
        let changes = Request::get("/v1/changes?since=0").body(Body::empty()).unwrap();
        assert_eq!(patient.clone().oneshot(changes).await.unwrap().status(), 200);
        drop(open);

        // Where nothing comes for as long as a request may take, that was all.
        let hasty = serve(Duration::from_millis(10));
        let response = hasty.oneshot(batch()).await.unwrap();
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        assert!(body.contains("no more questions came for"), "{body}");
    });
    runtime.shutdown_background();
}
