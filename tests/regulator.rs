//! The whole way of a regulator, as a transcript that is run:
//! `tests/regulator/transcript.md`.
//!
//! `On YYYY-MM-DD` sets the day. A `console` block holds commands and what they
//! say, first on standard error, then on standard output; `? 2` is an exit
//! code, and `[..]` stands for what is never the same. A block that is named
//! after a file is that file, and a `diff` of a file edits it.
//! `NEGLIST_WRITE_TRANSCRIPT=1 cargo test --test regulator` writes down what
//! the commands say now: read every line of it.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use neglist::cli::{Surroundings, run};

const TRANSCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/regulator/transcript.md");

#[test]
fn a_regulator_gets_from_the_first_key_to_a_withdrawal() {
    let expected = fs::read_to_string(TRANSCRIPT).unwrap();
    let folder = tempfile::tempdir().unwrap();
    // Commands name files as somebody in this folder would.
    std::env::set_current_dir(folder.path()).unwrap();
    let mut office = Office { today: String::new() };
    let mut found = String::new();
    let mut lines = expected.lines();
    while let Some(line) = lines.next() {
        found.push_str(line);
        found.push('\n');
        if let Some(day) = line.strip_prefix("On ").and_then(|it| it.get(..10)) {
            day.clone_into(&mut office.today);
        }
        let Some(language) = line.strip_prefix("```").filter(|it| !it.is_empty()) else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|it| *it != "```").collect();
        match language.split_once(' ') {
            None => found.push_str(&office.console(&block)),
            Some((kind, file)) => {
                if kind == "diff" {
                    edit(Path::new(file), &block);
                } else {
                    fs::write(file, block.join("\n") + "\n").unwrap();
                }
                block.iter().for_each(|it| found.extend([it, "\n"]));
            }
        }
        found.push_str("```\n");
    }
    if std::env::var_os("NEGLIST_WRITE_TRANSCRIPT").is_some() {
        fs::write(TRANSCRIPT, without_hashes(&found)).unwrap();
        return;
    }
    for (number, (expected, found)) in expected.lines().zip(found.lines()).enumerate() {
        assert!(matches(expected, found), "line {}\nexpected: {expected}\n   found: {found}", number + 1);
    }
    assert_eq!(expected.lines().count(), found.lines().count());
}

/// Where commands are run, on one day.
struct Office {
    today: String,
}

impl Office {
    /// Runs the commands of a block, and returns it as it should stand.
    fn console(&self, block: &[&str]) -> String {
        let mut said = String::new();
        for command in block.iter().filter_map(|it| it.strip_prefix("$ ")) {
            if !said.is_empty() {
                said.push('\n');
            }
            let (code, text) = self.run(command);
            said.extend(["$ ", command, "\n"]);
            if code != 0 {
                said.extend(["? ", &code.to_string(), "\n"]);
            }
            said.push_str(&text);
        }
        said
    }

    /// Runs a command line, and returns its exit code and what it said.
    fn run(&self, line: &str) -> (u8, String) {
        // One command within another, as a shell has it.
        let line = match line.split_once("$(") {
            None => line.to_owned(),
            Some((before, rest)) => {
                let (inner, after) = rest.split_once(')').unwrap();
                format!("{before}{}{after}", self.run(inner).1.trim())
            }
        };
        let surroundings = Surroundings {
            clock: || 0,
            pause: |_| {},
            today: self.today.parse::<neglist::model::date::Date>().unwrap().into(),
            now: format!("{}T08:00:00Z", self.today),
            passphrase: None,
            data_folder: None,
            registry: Some("registry".to_owned()),
            is_err_terminal: false,
            width: 100,
        };
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = run(words(&line).into_iter().map(OsString::from), &surroundings, &mut out, &mut err);
        err.extend(out);
        (code, without_styles(&String::from_utf8(err).unwrap()))
    }
}

/// Returns the words of a command line; quotes keep several together.
fn words(line: &str) -> Vec<String> {
    let pieces = line.split('"').enumerate();
    let words = pieces.flat_map(|(number, piece)| match number % 2 {
        0 => piece.split_whitespace().map(str::to_owned).collect(),
        _ => vec![piece.to_owned()],
    });
    words.collect()
}

/// Puts the lines with `+` in the place of those with `-` before them.
fn edit(file: &Path, block: &[&str]) {
    let mut text = fs::read_to_string(file).unwrap();
    let mut lines = block.iter().peekable();
    while lines.peek().is_some() {
        let mut take = |sign: char| {
            let mut taken = String::new();
            while let Some(line) = lines.next_if(|it| it.starts_with(sign)) {
                taken.extend([line.get(1..).unwrap(), "\n"]);
            }
            taken
        };
        let (old, new) = (take('-'), take('+'));
        assert_eq!(text.matches(&old).count(), 1, "{}: `{old}` stands there once", file.display());
        text = text.replace(&old, &new);
    }
    fs::write(file, text).unwrap();
}

fn matches(expected: &str, found: &str) -> bool {
    let Some((before, after)) = expected.split_once("[..]") else { return expected == found };
    let Some(rest) = found.strip_prefix(before) else { return false };
    let mut ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
    ends.any(|at| rest.get(at..).is_some_and(|it| matches(after, it)))
}

/// Leaves out what a terminal would show as faint or bold.
fn without_styles(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, it| plain + it.split_once('m').map_or(it, |(_, rest)| rest))
}

/// Hashes and keys are never the same twice.
fn without_hashes(text: &str) -> String {
    let is_word = |it: char| it.is_ascii_alphanumeric();
    let mut clean = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(is_word) {
        let (before, word) = rest.split_at(start);
        let end = word.find(|it| !is_word(it)).unwrap_or(word.len());
        let (word, after) = word.split_at(end);
        let is_hash = [8, 16, 64].contains(&word.len()) && word.chars().all(|it| it.is_ascii_hexdigit());
        clean.extend([before, if is_hash { "[..]" } else { word }]);
        rest = after;
    }
    clean + rest
}
