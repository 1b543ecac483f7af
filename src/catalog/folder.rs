//! The catalog folder, whole.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use semver::Version;
use serde::Deserialize;

use crate::catalog::diagnostic::{Diagnostic, Finding, find_word};
use crate::catalog::file::read_text_of_folder;
use crate::catalog::releases::{read_categories, read_places, read_vocabulary};
use crate::catalog::revision::read_revision;
use crate::catalog::words::Words;
use crate::model::{Categories, ListId, Places, Revision, Vocabulary};

/// Everything that a catalog folder says, in the order in which it is
/// published.
#[derive(Clone, Debug)]
pub struct Sources {
    /// The name of the registry that is built from it.
    pub origin: String,
    /// When its records count as taken in, so that a build can be repeated.
    pub recorded: String,
    /// The releases of the category catalog.
    pub categories: Vec<Categories>,
    /// The releases of the fact vocabulary.
    pub vocabularies: Vec<Vocabulary>,
    /// The release of the places.
    pub places: Places,
    /// The revisions of all lists, by day of publication, list and version.
    pub revisions: Vec<Revision>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegistryToml {
    origin: String,
    recorded: String,
}

/// The releases of a folder, each kind as far as it is there.
#[derive(Clone, Debug)]
pub struct Releases {
    /// The releases of the category catalog, by version.
    pub categories: Vec<Categories>,
    /// The releases of the fact vocabulary, by version.
    pub vocabularies: Vec<Vocabulary>,
    /// The release of the places.
    pub places: Option<Places>,
}

/// Reads the releases of a folder, and nothing else of it. Reports every
/// mistake in every file.
pub fn read_releases(folder: &Path) -> Result<Releases, Vec<Finding>> {
    let mut reader = FolderReader { findings: Vec::new() };
    let (categories, facts) = (folder.join("categories"), folder.join("facts"));
    let places = folder.join("jurisdictions.toml");
    if !categories.exists() && !facts.exists() && !places.exists() {
        let help = Some("releases are `categories/1.0.0.toml`, `facts/1.0.0.toml` and `jurisdictions.toml`".to_owned());
        let message = "there are no releases in the folder";
        reader.report(folder, "", Diagnostic::new("unreadable", message).help(help));
        return Err(reader.findings);
    }
    let releases = Releases {
        categories: if categories.exists() { reader.categories(&categories) } else { Vec::new() },
        vocabularies: if facts.exists() { reader.vocabularies(&facts) } else { Vec::new() },
        places: if places.exists() { reader.file(&places, read_places) } else { None },
    };
    if reader.findings.is_empty() { Ok(releases) } else { Err(reader.findings) }
}

/// Reads a catalog folder, and checks that its files fit each other. Reports
/// every mistake in every file.
pub fn read_folder(folder: &Path) -> Result<Sources, Vec<Finding>> {
    let mut reader = FolderReader { findings: Vec::new() };
    let sources = reader.read(folder);
    match sources {
        Some(sources) if reader.findings.is_empty() => Ok(sources),
        _ => Err(reader.findings),
    }
}

struct FolderReader {
    findings: Vec<Finding>,
}

impl FolderReader {
    fn read(&mut self, folder: &Path) -> Option<Sources> {
        let registry = self.file(&folder.join("registry.toml"), |text| Ok(toml::from_str::<RegistryToml>(text)?));
        let categories = self.categories(&folder.join("categories"));
        let vocabularies = self.vocabularies(&folder.join("facts"));
        let places = self.file(&folder.join("jurisdictions.toml"), read_places);
        let (registry, places) = (registry?, places?);
        let (latest_categories, vocabulary) = (categories.last()?, vocabularies.last()?);
        let files = self.list_files(&folder.join("lists"));
        let lists = files.keys().cloned().collect();
        let words = Words { categories: latest_categories, vocabulary, places: &places, lists: &lists };
        let mut revisions = Vec::new();
        for (list, files) in &files {
            revisions.extend(self.list(words, list, files));
        }
        // Versions rise within a list, and publication never goes back.
        revisions.sort_by(|a, b| (a.published, &a.list, &a.version).cmp(&(b.published, &b.list, &b.version)));
        let RegistryToml { origin, recorded } = registry;
        Some(Sources { origin, recorded, categories, vocabularies, places, revisions })
    }

    fn report(&mut self, path: &Path, text: &str, diagnostic: Diagnostic) {
        self.findings.push(Finding { path: path.to_owned(), text: text.into(), diagnostic });
    }

    fn text(&mut self, path: &Path) -> Option<Arc<str>> {
        match read_text_of_folder(path) {
            Ok(text) => Some(text.into()),
            Err(error) => {
                self.report(path, "", Diagnostic::new("unreadable", error.to_string()));
                None
            }
        }
    }

    fn file<T>(&mut self, path: &Path, read: impl Fn(&str) -> Result<T, Diagnostic>) -> Option<T> {
        let text = self.text(path)?;
        read(&text).map_err(|it| self.report(path, &text, it)).ok()
    }

    fn categories(&mut self, folder: &Path) -> Vec<Categories> {
        self.releases(folder, read_categories, Categories::version)
    }

    fn vocabularies(&mut self, folder: &Path) -> Vec<Vocabulary> {
        self.releases(folder, read_vocabulary, Vocabulary::version)
    }

    /// Reads the files of a folder that are named after versions, by version.
    fn releases<T>(
        &mut self,
        folder: &Path,
        read: impl Fn(&str) -> Result<T, Diagnostic>,
        version: impl Fn(&T) -> &Version,
    ) -> Vec<T> {
        let files = self.versions(folder);
        let named = |stem: &Version, text: &str| {
            let release = read(text)?;
            if version(&release) == stem {
                return Ok(release);
            }
            let written = version(&release).to_string();
            let message = format!("the file is named after {stem} and says {written}");
            Err(Diagnostic::new("file-name", message).at(find_word(text, 0..text.len(), &written)))
        };
        files.iter().filter_map(|(stem, path)| self.file(path, |text| named(stem, text))).collect()
    }

    fn versions(&mut self, folder: &Path) -> BTreeMap<Version, PathBuf> {
        let mut versions = BTreeMap::new();
        for path in self.paths(folder).into_iter().filter(|it| it.extension().is_some_and(|it| it == "toml")) {
            let stem = path.file_stem().and_then(|it| it.to_str()).unwrap_or_default();
            match stem.parse() {
                Ok(version) => {
                    versions.insert(version, path);
                }
                Err(_) => {
                    let help = Some("files are named after their version, such as `1.0.0.toml`".to_owned());
                    let message = format!("`{stem}` is not a version");
                    self.report(&path, "", Diagnostic::new("file-name", message).help(help));
                }
            }
        }
        versions
    }

    fn paths(&mut self, folder: &Path) -> Vec<PathBuf> {
        let read = fs::read_dir(folder).and_then(|it| it.map(|it| Ok(it?.path())).collect::<Result<Vec<_>, _>>());
        match read {
            Ok(mut paths) => {
                paths.sort();
                paths
            }
            Err(error) => {
                self.report(folder, "", Diagnostic::new("unreadable", error.to_string()));
                Vec::new()
            }
        }
    }

    fn list_files(&mut self, folder: &Path) -> BTreeMap<ListId, BTreeMap<Version, PathBuf>> {
        let mut lists = BTreeMap::new();
        for jurisdiction in self.paths(folder).into_iter().filter(|it| it.is_dir()) {
            for list in self.paths(&jurisdiction).into_iter().filter(|it| it.is_dir()) {
                let name = |it: &Path| it.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
                match format!("{}/{}", name(&jurisdiction), name(&list)).parse() {
                    Ok(id) => {
                        let files = self.versions(&list);
                        lists.insert(id, files);
                    }
                    Err(error) => {
                        let error: crate::model::id::MalformedId = error;
                        self.report(&list, "", Diagnostic::new("file-name", error.to_string()));
                    }
                }
            }
        }
        lists
    }

    fn list(&mut self, words: Words<'_>, id: &ListId, files: &BTreeMap<Version, PathBuf>) -> Vec<Revision> {
        let mut read: BTreeMap<Version, Revision> = BTreeMap::new();
        let mut last: Option<(Version, crate::model::Published)> = None;
        for (version, path) in files {
            let Some(text) = self.text(path) else { continue };
            let revision = match read_revision(&text, words.vocabulary, |base| read.get(base).cloned()) {
                Ok(revision) => revision,
                Err(mistakes) => {
                    mistakes.into_iter().for_each(|it| self.report(path, &text, it));
                    continue;
                }
            };
            for mistake in misplaced(&revision, id, version, last.as_ref()) {
                self.report(path, &text, mistake.0.at(find_word(&text, 0..text.len(), &mistake.1)));
            }
            for unknown in words.unknown(&revision) {
                let span = entry_span(&text, unknown.entry.as_ref());
                let span = find_word(&text, span, &unknown.word);
                self.report(path, &text, Diagnostic::new("unknown-word", unknown.message).at(span).help(unknown.help));
            }
            last = Some((version.clone(), revision.published));
            read.insert(version.clone(), revision);
        }
        read.into_values().collect()
    }
}

/// Returns what does not fit a file's place, each with the word to point at.
pub(crate) fn misplaced(
    revision: &Revision,
    id: &ListId,
    version: &Version,
    last: Option<&(Version, crate::model::Published)>,
) -> Vec<(Diagnostic, String)> {
    let mut mistakes = Vec::new();
    if revision.list != *id {
        let message = format!("the file lies in the folder of `{id}` and says `{}`", revision.list);
        mistakes.push((Diagnostic::new("file-name", message), revision.list.to_string()));
    }
    if revision.version != *version {
        let message = format!("the file is named after {version} and says {}", revision.version);
        mistakes.push((Diagnostic::new("file-name", message), revision.version.to_string()));
    }
    if let Some((before, published)) = last.filter(|(_, it)| revision.published < *it) {
        let message = format!("it was published on {}, before version {before}", revision.published);
        let help = Some(format!("version {before} was published on {published}: versions follow publication"));
        mistakes.push((Diagnostic::new("published-goes-back", message).help(help), revision.published.to_string()));
    }
    mistakes
}

/// Returns the part of a text in which an entry stands, or the whole.
pub(crate) fn entry_span(text: &str, entry: Option<&crate::model::EntryId>) -> std::ops::Range<usize> {
    let start = entry.and_then(|id| text.find(&format!("id = \"{id}\""))).unwrap_or(0);
    let rest = text.get(start..).unwrap_or_default();
    let end = if entry.is_some() { rest.find("[[entry]]").map(|it| start + it) } else { None };
    start..end.unwrap_or(text.len())
}
