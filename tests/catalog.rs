//! The catalog folder: the real one, and what is said of one with mistakes.
//!
//! Each file of `tests/catalog/broken/` is `good.toml` with a mistake or two.
//! Its first lines, which begin with `#!`, say which diagnostics are expected,
//! in their order, and no others:
//!
//! ```text
//! #! file XA/rule/1.1.0.toml      where it lies, unless at XA/rule/1.0.0.toml
//! #! rule: message
//! #!   at the text under the span
//! #!   help what would be right
//! ```
//!
//! `…` at the end stands for any rest: of messages that are not ours.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use neglist::canon::Chains;
use neglist::catalog::{Diagnostic, Sources, read_folder};
use neglist::model::{At, InForce, Revision, Scope, State, Text};
use neglist::registry::records_of;

#[test]
fn the_real_catalog_is_read_without_a_finding() {
    let sources = real();
    assert!(50 < sources.revisions.len());
    // And all of it fits together, record by record.
    let (head, records) = records_of(&sources).unwrap();
    assert_eq!(head.size, records.len() as u64);
}

#[test]
fn everything_says_where_it_can_be_read() {
    for revision in &real().revisions {
        let source = &revision.source;
        for (what, said) in
            [("title", &source.title), ("citation", &source.citation), ("authority", &revision.authority)]
        {
            assert!(!said.trim().is_empty(), "{}: no {what}", name(revision));
        }
        assert!(
            source.url.starts_with("https://") || source.url.starts_with("http://"),
            "{}: {}",
            name(revision),
            source.url
        );
        assert!(revision.published.0 <= source.checked, "{}: checked before it was published", name(revision));
        for entry in revision.entries.values() {
            assert!(!entry.cite.trim().is_empty(), "{} {}: no citation", name(revision), entry.id);
        }
    }
}

#[test]
fn every_text_is_in_both_languages() {
    let sources = real();
    for revision in &sources.revisions {
        let mut texts = vec![&revision.title, &revision.summary];
        texts.extend(&revision.retroactive);
        texts.extend(&revision.doubts);
        texts.extend(revision.notes.iter().map(|it| &it.text));
        for entry in revision.entries.values() {
            texts.push(&entry.note);
            texts.extend(entry.notes.iter().map(|it| &it.text));
        }
        for text in texts {
            check_languages(&name(revision), text);
        }
    }
    let (categories, vocabulary) = (sources.categories.last().unwrap(), sources.vocabularies.last().unwrap());
    categories.iter().for_each(|it| check_languages(it.id.as_str(), &it.name));
    vocabulary.iter().for_each(|it| check_languages(it.id.as_str(), &it.name));
    vocabulary.windows().for_each(|it| check_languages(it.id.as_str(), &it.name));
    sources.places.iter().for_each(|it| check_languages(it.code.as_str(), &it.name));
}

fn check_languages(what: &str, text: &Text) {
    assert!(!text.en.trim().is_empty() && !text.en.chars().any(is_chinese), "{what}: {}", text.en);
    assert!(text.zh.chars().any(is_chinese), "{what}: {}", text.zh);
}

/// Returns whether a character belongs to a Chinese text and to no English
/// one.
fn is_chinese(character: char) -> bool {
    matches!(character, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}')
}

#[test]
fn versions_rise_with_publication() {
    let mut lists: BTreeMap<_, Vec<&Revision>> = BTreeMap::new();
    let sources = real();
    sources.revisions.iter().for_each(|it| lists.entry(&it.list).or_default().push(it));
    for revisions in lists.values() {
        for pair in revisions.windows(2) {
            let [before, after] = pair else { unreachable!("because a window has two") };
            assert!(before.version < after.version, "{} after {}", name(after), before.version);
            assert!(before.published <= after.published, "{} after {}", name(after), before.version);
        }
    }
}

#[test]
fn what_is_in_force_binds_nothing_outside_its_scope() {
    let sources = real();
    // The day of the build, which does not move with the clock.
    let at: At = sources.recorded.split('T').next().unwrap().parse().unwrap();
    let state = state_of(&sources);
    let mut asked = 0;
    for list in state.lists.values() {
        let InForce::Yes(issued) = list.in_force(at, None) else { continue };
        let revision = &issued.revision;
        let Scope::Only(scope) = &revision.scope else { continue };
        for entry in revision.entries.values() {
            for category in &entry.categories {
                let meets =
                    |it| !state.categories.shared(it, category).is_empty() || state.categories.covers(category, it);
                assert!(scope.iter().any(meets), "{} {}: {category} is outside {scope:?}", name(revision), entry.id);
                asked += 1;
            }
        }
    }
    assert!(100 < asked);
}

#[test]
fn every_mistake_of_a_file_is_reported_where_it_stands() {
    let good = fs::read_to_string(here().join("good.toml")).unwrap();
    assert_eq!(diagnose("XA/rule/1.0.0.toml", &good, &good), []);
    let mut files: Vec<_> = fs::read_dir(here().join("broken")).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    assert!(50 < files.len());
    let mut wrong = Vec::new();
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let (file, expected) = expectations(&text);
        let found = diagnose(&file, &text, &good);
        let found: Vec<_> = found.iter().map(|it| describe(it, &text)).collect();
        let is_met = found.len() == expected.len() && expected.iter().zip(&found).all(|(it, found)| meets(it, found));
        if expected.is_empty() || !is_met {
            let (expected, found) = (expected.concat(), found.concat());
            wrong.push(format!("{}\nexpected\n{expected}found\n{found}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Returns where a file lies, and the diagnostics expected of it.
fn expectations(text: &str) -> (String, Vec<String>) {
    let mut file = "XA/rule/1.0.0.toml".to_owned();
    let mut expected: Vec<String> = Vec::new();
    for line in text.lines().filter_map(|it| it.strip_prefix("#! ")) {
        if let Some(said) = line.strip_prefix("file ") {
            said.clone_into(&mut file);
        } else if line.starts_with(' ') {
            let last = expected.last_mut().unwrap_or_else(|| panic!("`{line}` belongs to no diagnostic"));
            writeln!(last, "{line}").unwrap();
        } else {
            expected.push(format!("{line}\n"));
        }
    }
    (file, expected)
}

/// Returns what is found in a folder with one file that may be broken, and a
/// good one before it.
fn diagnose(file: &str, text: &str, good: &str) -> Vec<Diagnostic> {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let words = |name: &str| fs::read_to_string(here().join("../answers/words").join(name)).unwrap();
    write("registry.toml", "origin = \"neglist/catalog\"\nrecorded = \"2026-01-01T00:00:00Z\"\n");
    write("categories/1.0.0.toml", &words("categories.toml"));
    write("facts/1.0.0.toml", &words("facts.toml"));
    write("jurisdictions.toml", &words("jurisdictions.toml"));
    write("lists/XA/rule/1.0.0.toml", good);
    write(&format!("lists/{file}"), text);
    let findings = match read_folder(folder.path()) {
        Ok(_) => Vec::new(),
        Err(findings) => findings,
    };
    for finding in &findings {
        assert!(finding.path.ends_with(file), "{}: {:?}", finding.path.display(), finding.diagnostic);
    }
    findings.into_iter().map(|it| it.diagnostic).collect()
}

/// Returns a diagnostic as the files spell it.
fn describe(diagnostic: &Diagnostic, text: &str) -> String {
    let Diagnostic { rule, message, span, help } = diagnostic;
    // What another library says may take several lines.
    let one_line = |it: &str| it.lines().collect::<Vec<_>>().join(" ");
    let mut said = format!("{rule}: {}\n", one_line(message));
    if let Some(span) = span.clone() {
        writeln!(said, "  at {}", one_line(text.get(span).unwrap())).unwrap();
    }
    if let Some(help) = help {
        writeln!(said, "  help {help}").unwrap();
    }
    said
}

fn meets(expected: &str, found: &str) -> bool {
    let is_line_met = |(expected, found): (&str, &str)| match expected.strip_suffix('…') {
        Some(beginning) => found.starts_with(beginning),
        None => expected == found,
    };
    expected.lines().count() == found.lines().count() && expected.lines().zip(found.lines()).all(is_line_met)
}

fn name(revision: &Revision) -> String {
    format!("{} {}", revision.list, revision.version)
}

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/catalog")
}

fn real() -> Sources {
    let read = read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("catalog"));
    read.unwrap_or_else(|it| panic!("{:?}", it.iter().map(|it| (&it.path, &it.diagnostic)).collect::<Vec<_>>()))
}

fn state_of(sources: &Sources) -> State {
    let (_, records) = records_of(sources).unwrap();
    records.into_iter().fold(Chains::default(), Chains::append).state().unwrap()
}
