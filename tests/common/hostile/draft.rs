//! What people write in TOML: revisions, drafts, releases, locks. What is read
//! is written again, and read as the same.

use neglist::canon::Publication;
use neglist::catalog::{
    Diagnostic, Words, lint, read_categories, read_draft_against, read_lock, read_places, read_revision,
    read_vocabulary, write_lock, write_revision,
};

use super::{RECORDED, chains, file, files, is_said, state};

pub fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match read_draft_against(text, state()) {
        Err(mistakes) => are_said(text, &mistakes),
        Ok(draft) => {
            let written = write_revision(&draft.revision, &state().vocabulary);
            let again = read_revision(&written, &state().vocabulary, |_| None);
            let again = again.unwrap_or_else(|it| panic!("{}\n{written}", it[0].message));
            assert!(again == draft.revision, "{written}");
            is_recorded(Publication::Revision(Box::new(draft.revision)));
        }
    }
    let state = state();
    let lists = state.lists.keys().cloned().collect();
    let (categories, vocabulary, places) = (&state.categories, &state.vocabulary, &state.places);
    let words = Words { categories, vocabulary, places, lists: &lists };
    let setting = lint::Setting { words, published: &[], today: jiff::civil::date(2026, 6, 1) };
    for remark in lint::lint(bytes, lint::Place::Alone, setting) {
        is_said(&remark.diagnostic.message);
    }
    match read_categories(text) {
        Err(mistake) => are_said(text, &[mistake]),
        Ok(release) => is_recorded(Publication::Categories(release)),
    }
    match read_vocabulary(text) {
        Err(mistake) => are_said(text, &[mistake]),
        Ok(release) => is_recorded(Publication::Facts(release)),
    }
    match read_places(text) {
        Err(mistake) => are_said(text, &[mistake]),
        Ok(release) => is_recorded(Publication::Jurisdictions(release)),
    }
    match read_lock(text) {
        Err(mistake) => are_said(text, &[mistake]),
        Ok(lock) => {
            let written = write_lock(&lock);
            assert!(read_lock(&written).ok().as_ref() == Some(&lock), "{written}");
        }
    }
}

/// Every mistake says something, and of a part of the text that there is.
fn are_said(text: &str, mistakes: &[Diagnostic]) {
    assert!(!mistakes.is_empty(), "refused without a word");
    for mistake in mistakes {
        is_said(&mistake.message);
        if let Some(span) = mistake.span.clone() {
            assert!(text.get(span.clone()).is_some(), "{}: {span:?}", mistake.message);
        }
    }
}

/// What can be read can be published, and is read from its record as the same,
/// unless it does not fit what is there.
fn is_recorded(publication: Publication) {
    match chains().prepare(publication, RECORDED) {
        Err(error) => is_said(&error),
        Ok(record) => {
            let again = chains().read(record.line()).unwrap_or_else(|it| panic!("{it}"));
            assert!(again == record);
        }
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = files("tests/common/small", "toml");
    seeds.extend(files("catalog/lists/CN", "toml").into_iter().take(12));
    seeds.extend(files("catalog/lists/US", "toml").into_iter().take(4));
    seeds.push(file("tests/cli/draft.toml"));
    seeds.push(LOCK.as_bytes().to_vec());
    // The large ones of the catalog make slow seeds: their heads do.
    for name in ["catalog/jurisdictions.toml", "catalog/facts/1.0.0.toml", "catalog/categories/1.0.0.toml"] {
        let text = file(name);
        let end = text.windows(3).enumerate().filter(|(_, it)| *it == b"\n\n[").map(|(it, _)| it).nth(8);
        seeds.push(text[..end.unwrap_or(text.len())].to_vec());
    }
    seeds
}

/// A lock, of hashes that belong to nothing.
const LOCK: &str = "format = 1\norigin = \"neglist/test\"\nsize = 5\n\
    head = \"abababababababababababababababababababababababababababababababab\"\nmade = 2024-06-01\nfrom = [\"CN\"]\n\
    [releases]\n\
    categories = { version = \"1.0.0\", hash = \"abababababababababababababababababababababababababababababababab\" }\n\
    facts = { version = \"1.0.0\", hash = \"abababababababababababababababababababababababababababababababab\" }\n\
    jurisdictions = { version = \"1.0.0\", hash = \"abababababababababababababababababababababababababababababababab\" }\n\
    [[list]]\nlist = \"CN/cross-border-transfer\"\nversion = \"1.0.0\"\n\
    hash = \"abababababababababababababababababababababababababababababababab\"\n";
