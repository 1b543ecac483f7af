//! The layers of the library, and who may touch the world.
//!
//! It reads the text of `src/` up to the unit tests of each file, and a
//! re-export could fool it: a guard rail, and no proof.

#![expect(clippy::unwrap_used, clippy::string_slice, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each module, and the modules that it may use. Those that are still to come
/// have their row already.
const USES: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("evaluate", &["model"]),
    ("compare", &["model", "evaluate"]),
    ("seek", &["model", "evaluate"]),
    ("measure", &["model"]),
    ("canon", &["model"]),
    ("log", &["model", "canon"]),
    ("receipt", &["model", "evaluate", "canon", "log"]),
    ("catalog", &["model", "evaluate", "measure", "canon"]),
    ("journal", &["model", "canon", "log"]),
    ("store", &["model", "canon", "journal"]),
    (
        "registry",
        &["model", "evaluate", "compare", "seek", "measure", "canon", "log", "receipt", "catalog", "journal", "store"],
    ),
    ("batch", &["model", "canon", "registry"]),
    ("document", &["model", "canon", "registry"]),
    ("export", &["model", "canon", "catalog", "registry", "document"]),
    ("client", &["model", "canon", "log", "registry"]),
    ("server", &["model", "canon", "log", "receipt", "catalog", "journal", "registry", "document", "export", "batch"]),
    // `snapshot` reads and writes files of the journal's format, and `batch` asks
    // the index cell by cell.
    (
        "cli",
        &[
            "model", "evaluate", "canon", "log", "receipt", "catalog", "journal", "registry", "document", "export",
            "batch", "client", "server",
        ],
    ),
    ("main", &["cli"]),
];

/// Each door to the world, and the modules that may open it.
const DOORS: &[(&str, &[&str])] = &[
    // What can be rebuilt.
    ("sled::", &["store"]),
    ("bincode::", &["store"]),
    // Files.
    ("std::fs", &["catalog", "journal", "store", "cli"]),
    ("std::os", &["cli"]),
    ("tempfile::", &[]),
    // Sockets.
    ("std::net", &["server", "client", "journal"]),
    ("tokio::", &["server", "client", "journal"]),
    ("axum::", &["server"]),
    ("ureq::", &["client", "journal"]),
    ("reqwest::", &["client", "journal"]),
    // The clock, the environment, other processes.
    ("SystemTime", &["main"]),
    ("std::time::Instant", &["main", "server"]),
    ("Timestamp::now", &["main"]),
    ("Zoned::now", &["main"]),
    ("ZonedDateTime::now", &["main"]),
    ("std::env", &["main"]),
    ("thread::sleep", &["main"]),
    ("process::Command", &[]),
    // Standard input and output. The library is given what it writes to.
    ("io::stdin", &["main", "cli"]),
    ("io::stdout", &["main"]),
    ("io::stderr", &["main"]),
    ("stdin(", &["main", "cli"]),
    ("stdout(", &["main"]),
    // A progress bar draws itself.
    ("stderr(", &["main", "cli"]),
    ("println!", &[]),
    ("print!", &[]),
    ("dbg!", &[]),
    // Formats: each has one owner, and values have none.
    ("toml::", &["catalog"]),
    ("serde::", &["canon", "log", "receipt", "catalog", "journal", "store", "server", "client"]),
    ("serde_json::", &["canon", "log", "receipt", "journal", "document", "export", "batch", "cli", "server", "client"]),
    ("oxjsonld::", &["export"]),
    ("oxrdf::", &["export"]),
    ("oxttl::", &["export"]),
    ("signed_note::", &["log"]),
    ("tlog_tiles::", &["canon", "log"]),
    ("base64::", &["canon", "log"]),
    ("zstd::", &["journal"]),
    ("csv::", &["catalog", "cli", "server"]),
    ("calamine::", &["catalog"]),
    ("rust_xlsxwriter::", &["catalog", "export"]),
    ("parquet::", &["export"]),
    ("zip::", &["catalog"]),
    ("quick_xml::", &["catalog", "cli", "server"]),
    // Bytes by the million, and every core for them: what is asked once needs
    // neither.
    ("memchr::", &["batch", "cli"]),
    ("rayon::", &["batch"]),
    // Surfaces.
    ("clap::", &["cli"]),
    ("annotate_snippets::", &["cli"]),
    ("comfy_table::", &["cli"]),
    ("indicatif::", &["cli", "main"]),
    ("anstream::", &["cli", "main"]),
];

#[test]
fn layers_are_one_way_and_doors_are_few() {
    let files = sources();
    assert!(30 < files.len());
    let broken: Vec<_> = files.iter().flat_map(|(path, text)| broken_rules(path, text)).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn no_module_uses_one_that_uses_it() {
    let uses: BTreeMap<_, BTreeSet<_>> =
        USES.iter().map(|(module, it)| (*module, it.iter().copied().collect())).collect();
    let mut left: BTreeSet<_> = uses.keys().copied().collect();
    while !left.is_empty() {
        // What uses nothing that is left goes: a circle never does.
        let free: Vec<_> = left.iter().copied().filter(|it| uses[it].is_disjoint(&left)).collect();
        assert!(!free.is_empty(), "a circle in {left:?}");
        left.retain(|it| !free.contains(it));
    }
    let named = USES.iter().chain(DOORS).flat_map(|(_, it)| *it);
    let unknown: Vec<_> = named.filter(|it| !uses.contains_key(*it)).collect();
    assert!(unknown.is_empty(), "{unknown:?} have no row");
}

#[test]
fn what_breaks_a_rule_is_found() {
    for (path, text, expected) in [
        ("model/text.rs", "use crate::canon::canonical;", "model/text.rs:1: model must not use canon"),
        (
            "canon/bytes.rs",
            "//! Docs.\n\nfn f() { crate::store::open() }",
            "canon/bytes.rs:3: canon must not use store",
        ),
        ("evaluate/mod.rs", "use crate::{model, journal::Disk};", "evaluate/mod.rs:1: evaluate must not use journal"),
        ("server/mod.rs", "use super::cli;", "server/mod.rs:1: server must not use cli"),
        ("server/ask.rs", "use super::super::store;", "server/ask.rs:1: server must not use store"),
        ("registry/open.rs", "use std::fs;", "registry/open.rs:1: registry must not use std::fs"),
        ("registry/open.rs", "use std::{fs, io};", "registry/open.rs:1: registry must not use std::fs"),
        (
            "model/date.rs",
            "let now = jiff::ZonedDateTime::now();",
            "model/date.rs:1: model must not use ZonedDateTime::now",
        ),
        ("main.rs", "use neglist::registry::Registry;", "main.rs:1: main must not use registry"),
        ("elsewhere/mod.rs", "", "elsewhere/mod.rs:0: `elsewhere` has no row in USES"),
    ] {
        assert!(broken_rules(path, text).contains(&expected.to_owned()), "{text}\n{:?}", broken_rules(path, text));
    }
    for (path, text) in [
        ("registry/open.rs", "// `std::fs` is named in a comment.\nuse crate::journal::Disk;"),
        ("model/date.rs", "use crate::model::id::ListId;\n#[cfg(test)]\nmod tests { use std::fs; }"),
        ("store/view.rs", "use crate::{canon, model};"),
        ("server/ask.rs", "use super::store;"),
    ] {
        assert_eq!(broken_rules(path, text), [""; 0], "{text}");
    }
}

/// Returns every rule that a file breaks, and where.
fn broken_rules(path: &str, text: &str) -> Vec<String> {
    let module = path.split('/').next().unwrap().trim_end_matches(".rs");
    if module == "lib" {
        return Vec::new();
    }
    let Some((_, uses)) = USES.iter().find(|(it, _)| *it == module) else {
        return vec![format!("{path}:0: `{module}` has no row in USES")];
    };
    let mut broken = Vec::new();
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap();
    for (number, line) in code.lines().enumerate() {
        let line = line.split("//").next().unwrap();
        let at = format!("{path}:{}: {module} must not use", number + 1);
        let forbidden =
            modules_named(path, line).into_iter().filter(|it| *it != module && !uses.contains(&it.as_str()));
        broken.extend(forbidden.map(|it| format!("{at} {it}")));
        let opened = DOORS.iter().filter(|(door, who)| names(line, door) && !who.contains(&module));
        broken.extend(opened.map(|(door, _)| format!("{at} {door}")));
    }
    broken
}

/// Returns the modules of this library that a line names.
fn modules_named(path: &str, line: &str) -> Vec<String> {
    let mut named = Vec::new();
    // What is above the root of a module is the root of the library.
    let above = if path.ends_with("mod.rs") { "super::" } else { "super::super::" };
    for root in ["crate::", "neglist::", above] {
        for rest in line.split(root).skip(1) {
            let list = rest.strip_prefix('{').and_then(|it| it.split('}').next()).unwrap_or(rest);
            let all = if rest.starts_with('{') { list.split(',').collect() } else { vec![list] };
            let words = all
                .into_iter()
                .map(|it| it.trim().split(|it: char| !it.is_alphanumeric() && it != '_').next().unwrap());
            let is_module = |it: &&str| USES.iter().any(|(module, _)| module == it);
            named.extend(words.filter(is_module).map(str::to_owned));
        }
    }
    named
}

/// Returns whether a line names a door, also within braces.
fn names(line: &str, door: &str) -> bool {
    let in_braces = || match door.strip_prefix("std::").and_then(|it| it.split("::").next()) {
        Some(part) => line.split("std::{").skip(1).any(|rest| {
            let list = rest.split('}').next().unwrap_or_default();
            list.split(',').any(|it| it.trim().split("::").next() == Some(part))
        }),
        None => false,
    };
    let is_word = |(start, _): (usize, &str)| {
        let before = line[..start].chars().next_back();
        !before.is_some_and(|it| it.is_alphanumeric() || it == '_')
    };
    line.match_indices(door).any(is_word) || in_braces()
}

/// Returns the files of `src/`, each with its path in it.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    let mut open: Vec<PathBuf> = vec![root.clone()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|it| it.unwrap().path()));
        } else if path.extension().is_some_and(|it| it == "rs") {
            let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            files.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
    files.sort();
    files
}
