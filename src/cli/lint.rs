//! `neglist lint`

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use semver::Version;
use serde_json::{Value, json};

use crate::catalog::lint::{History, Place, Remark, Setting, Severity, lint};
use crate::catalog::{Finding, Words};
use crate::cli::args::{Denied, Format, LintArgs, SpecialFormat};
use crate::cli::failure::Failure;
use crate::cli::findings::render_remark;
use crate::cli::{Screen, exit, sarif, selection};
use crate::document;
use crate::model::{ListId, Revision};
use crate::registry::Registry;

/// A file with what the rules say of it.
pub(super) struct Judged {
    /// The file, as it was named.
    pub(super) path: PathBuf,
    /// Its text, where it is one.
    pub(super) text: Arc<str>,
    /// What the rules say.
    pub(super) remarks: Vec<Remark>,
}

pub(super) fn run(args: &LintArgs, registry: &Registry, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let judged = Linter::new(registry, screen).judge(&args.files)?;
    match (screen.special, screen.format) {
        (Some(SpecialFormat::Sarif), _) => screen.json(&sarif::document(&judged))?,
        (_, Format::Json) => screen.json(&document(&judged))?,
        (_, Format::Text) => write(&judged, screen)?,
    }
    let severest = judged.iter().flat_map(|it| &it.remarks).map(|it| it.severity).max();
    Ok(exit_code(severest, args.deny))
}

fn exit_code(severest: Option<Severity>, deny: Option<Denied>) -> u8 {
    let least = match deny {
        Some(Denied::Warnings) => Severity::Warning,
        None => Severity::Error,
    };
    if severest.is_some_and(|it| least <= it) { exit::BAD_INPUT } else { exit::DONE }
}

/// What files are judged against: the registry, and the folders they lie in.
struct Linter<'r> {
    registry: &'r Registry,
    published: Vec<&'r Revision>,
    lists: BTreeSet<ListId>,
    today: jiff::civil::Date,
    /// By folder, so that a list is read once, however many of its files are
    /// judged.
    histories: BTreeMap<PathBuf, History>,
}

impl<'r> Linter<'r> {
    fn new(registry: &'r Registry, screen: &Screen<'_>) -> Linter<'r> {
        let lists = &registry.state().lists;
        Linter {
            registry,
            published: lists.values().flat_map(|it| &it.revisions).map(|it| &it.revision).collect(),
            lists: lists.keys().cloned().collect(),
            today: screen.surroundings.today.date(),
            histories: BTreeMap::new(),
        }
    }

    fn judge(mut self, paths: &[PathBuf]) -> Result<Vec<Judged>, Failure> {
        let mut files = Vec::new();
        for path in paths {
            files.push((path, selection::read_file(path)?, lies_at(path)));
        }
        // A list may displace one that is new in the same folder.
        for (path, _, place) in &files {
            if let Some((list, _)) = place {
                self.lists.extend(neighbours(path));
                let history = read_history(path, list.clone(), self.registry)?;
                self.histories.entry(folder(path)).or_insert(history);
            }
        }
        let setting = self.setting();
        let judged = files.into_iter().map(|(path, bytes, place)| {
            let history = self.histories.get(&folder(path));
            let place = match (&place, history) {
                (Some((_, version)), Some(history)) => Place::Folder(version, history),
                (None | Some(_), _) => Place::Alone,
            };
            let remarks = lint(&bytes, place, setting);
            Judged { path: path.clone(), text: String::from_utf8(bytes).unwrap_or_default().into(), remarks }
        });
        Ok(judged.collect())
    }

    fn setting(&self) -> Setting<'_> {
        let state = self.registry.state();
        let words = Words {
            categories: &state.categories,
            vocabulary: &state.vocabulary,
            places: &state.places,
            lists: &self.lists,
        };
        Setting { words, published: &self.published, today: self.today }
    }
}

fn folder(path: &Path) -> PathBuf {
    path.parent().unwrap_or(Path::new("")).to_owned()
}

/// Returns which revision a file must be by where it lies:
/// `lists/PLACE/NAME/VERSION.toml`.
fn lies_at(path: &Path) -> Option<(ListId, Version)> {
    let path = fs::canonicalize(path).ok()?;
    let name = |it: &Path| it.file_name().map(|it| it.to_string_lossy().into_owned());
    let list = path.parent()?;
    let place = list.parent()?;
    if name(place.parent()?)? != "lists" || path.extension()? != "toml" {
        return None;
    }
    let version = path.file_stem()?.to_str()?.parse().ok()?;
    Some((format!("{}/{}", name(place)?, name(list)?).parse().ok()?, version))
}

/// Returns the lists whose folders lie beside the one of a file.
fn neighbours(path: &Path) -> BTreeSet<ListId> {
    let below = |folder: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).into_iter().flatten();
        entries.filter_map(|it| it.ok().map(|it| it.path())).filter(|it| it.is_dir()).collect()
    };
    let name = |it: &Path| it.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    let root = fs::canonicalize(path).ok().and_then(|it| it.ancestors().nth(3).map(Path::to_owned));
    let places = root.iter().flat_map(|it| below(it));
    let lists = places.flat_map(|place| below(&place).into_iter().map(move |list| (place.clone(), list)));
    lists.filter_map(|(place, list)| format!("{}/{}", name(&place), name(&list)).parse().ok()).collect()
}

fn read_history(path: &Path, list: ListId, registry: &Registry) -> Result<History, Failure> {
    let folder = fs::canonicalize(path)?.parent().map(Path::to_owned).unwrap_or_default();
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if let Some((_, version)) = lies_at(&path)
            && let Ok(text) = String::from_utf8(selection::read_file(&path)?)
        {
            files.insert(version, text);
        }
    }
    Ok(History::read(list, &files, &registry.state().vocabulary))
}

fn write(judged: &[Judged], screen: &mut Screen<'_>) -> Result<(), Failure> {
    for file in judged {
        for remark in &file.remarks {
            let (path, text) = (file.path.clone(), file.text.clone());
            let finding = Finding { path, text, diagnostic: remark.diagnostic.clone() };
            let witness = remark.witness.as_ref().map(document::command);
            writeln!(screen.out, "{}\n", render_remark(&finding, remark.severity, witness.as_deref()))?;
        }
    }
    let number = |severity| judged.iter().flat_map(|it| &it.remarks).filter(|it| it.severity == severity).count();
    let (errors, warnings, notes) = (number(Severity::Error), number(Severity::Warning), number(Severity::Note));
    let files = judged.len();
    let line = match screen.language {
        crate::model::Language::En => {
            format!("files: {files}, errors: {errors}, warnings: {warnings}, notes: {notes}")
        }
        crate::model::Language::Zh => {
            format!("文件：{files}，错误：{errors}，警告：{warnings}，提示：{notes}")
        }
    };
    writeln!(screen.out, "{line}")?;
    Ok(())
}

fn document(judged: &[Judged]) -> Value {
    let findings = judged.iter().flat_map(|file| file.remarks.iter().map(move |it| finding(file, it)));
    json!({"files": judged.len(), "findings": findings.collect::<Vec<_>>()})
}

fn finding(file: &Judged, remark: &Remark) -> Value {
    let it = &remark.diagnostic;
    let region = it.span.clone().map(|span| {
        let (line, column) = position(&file.text, span.start);
        let (end_line, end_column) = position(&file.text, span.end);
        json!({"line": line, "column": column, "end_line": end_line, "end_column": end_column})
    });
    json!({
        "path": file.path.display().to_string(),
        "rule": it.rule,
        "severity": remark.severity.word(),
        "message": it.message,
        "region": region,
        "hint": it.help,
        "witness": remark.witness.as_ref().map(document::command),
    })
}

/// Returns line and column of a byte, both from 1; columns count characters.
pub(super) fn position(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |it| it + 1);
    let column = before.get(start..).map_or(0, |it| it.chars().count());
    (before.matches('\n').count() + 1, column + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_fail_and_warnings_only_where_they_are_denied() {
        let codes = |deny| {
            [None, Some(Severity::Note), Some(Severity::Warning), Some(Severity::Error)].map(|it| exit_code(it, deny))
        };
        assert_eq!(codes(None), [0, 0, 0, 2]);
        assert_eq!(codes(Some(Denied::Warnings)), [0, 0, 2, 2]);
    }

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        let text = "甲乙\nab\n";
        assert_eq!(position(text, 0), (1, 1));
        assert_eq!(position(text, 3), (1, 2));
        assert_eq!(position(text, 7), (2, 1));
        assert_eq!(position(text, 9), (2, 3));
    }
}
