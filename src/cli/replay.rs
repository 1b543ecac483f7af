//! `neglist replay`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use crate::cli::args::Format;
use crate::cli::failure::{Failure, of_file};
use crate::cli::{Screen, exit, selection};
use crate::model::Language;
use crate::receipt::{Fate, Stored, read_unverified};
use crate::registry::replayed;

/// Ask the questions of stored receipts again: which are still so?
///
/// Says of each: still so; right on the knowledge of its day and overtaken since, by which record;
/// wrong then; never so in this registry. Exits with 10 if any is not so any more, and with 3 if
/// any was wrong or never so.
#[derive(Args, Debug)]
pub(super) struct ReplayArgs {
    /// Receipts, or folders of them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

pub(super) fn run(args: &ReplayArgs, registry: Option<&str>, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let mut files = Vec::new();
    for path in &args.paths {
        files.extend(files_at(path)?);
    }
    let mut receipts = Vec::new();
    for path in &files {
        let (question, answer, head) = read_unverified(&selection::read_file(path)?)
            .map_err(|it| Failure::input(format!("`{}`: {it}", path.display())))?;
        receipts.push(Stored { question, answer, size: head.size, head: head.hash });
    }
    let fates = replayed(&selection::folder(registry, screen)?, &receipts)?;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (path, fate) in files.iter().zip(&fates) {
        *counts.entry(word(fate)).or_default() += 1;
        let path = path.display().to_string();
        match screen.format {
            Format::Json => {
                let by = match fate {
                    Fate::Overtaken(by) => Some(json!({"record": by.record, "what": by.what})),
                    Fate::StillSo | Fate::WrongThen | Fate::NeverSo | Fate::Ahead => None,
                };
                writeln!(screen.out, "{}", json!({"receipt": path, "fate": word(fate), "by": by}))?;
            }
            Format::Text => writeln!(screen.out, "{}  {path}", sentence(fate, screen.language))?,
        }
    }
    if screen.format == Format::Text {
        let counts: Vec<_> = counts.iter().map(|(word, many)| format!("{many} {word}")).collect();
        writeln!(screen.out, "{}: {}", fates.len(), counts.join(", "))?;
    }
    let is_wrong = |it: &Fate| matches!(it, Fate::WrongThen | Fate::NeverSo);
    Ok(if fates.iter().any(is_wrong) {
        exit::DAMAGED
    } else if fates.iter().all(|it| *it == Fate::StillSo) {
        exit::DONE
    } else {
        exit::MISSED
    })
}

/// Returns a file, or the files in a folder, by name.
fn files_at(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = std::fs::read_dir(path).map_err(|it| of_file(path, &it))?;
    let files = entries.map(|it| it.map(|it| it.path())).collect::<std::io::Result<Vec<_>>>();
    let mut files = files.map_err(|it| of_file(path, &it))?;
    files.retain(|it| it.is_file() && it.extension().is_some_and(|it| it == "json"));
    files.sort();
    if files.is_empty() {
        return Err(Failure::input(format!("no receipts in `{}`: expected files `*.json`", path.display())));
    }
    Ok(files)
}

fn word(fate: &Fate) -> &'static str {
    match fate {
        Fate::StillSo => "still-so",
        Fate::Overtaken(_) => "overtaken",
        Fate::WrongThen => "wrong-then",
        Fate::NeverSo => "never-so",
        Fate::Ahead => "ahead",
    }
}

fn sentence(fate: &Fate, language: Language) -> String {
    match fate {
        Fate::StillSo => language.say("still so", "仍然如此").to_owned(),
        Fate::Overtaken(by) => match language {
            Language::En => format!("right then, overtaken by record {} ({})", by.record, by.what),
            Language::Zh => format!("当时正确，后被第{}条记录（{}）取代", by.record, by.what),
        },
        Fate::WrongThen => language.say("wrong then", "当时即有误").to_owned(),
        Fate::NeverSo => {
            language.say("never so in this registry: another's, or a fork", "非本登记处所出，或日志分叉").to_owned()
        }
        Fate::Ahead => {
            language.say("the registry is not as far as the receipt", "登记处尚未更新至收据所在位置").to_owned()
        }
    }
}
