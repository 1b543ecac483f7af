//! The blocks of the file: the words of a state, and one list.
//!
//! A list lies there as its revisions changed it: every version of an entry
//! once, and for each revision which versions begin to stand and which end.

use std::collections::BTreeMap;
use std::sync::Arc;

use imbl::ordmap::DiffItem;
use serde::{Deserialize, Serialize};

use crate::canon::{CategoriesForm, EntryForm, IssuedForm, PlacesForm, VocabularyForm};
use crate::model::{Categories, CategoryId, Entries, Entry, EntryId, Hash, List, ListId, Places, State, Vocabulary};
use crate::store::{Unreadable, decode, encode, entry};

#[derive(Deserialize, Serialize)]
struct WordsForm {
    categories: CategoriesForm,
    vocabulary: VocabularyForm,
    places: PlacesForm,
}

/// Writes the words of a state.
pub(super) fn write_words(state: &State) -> Vec<u8> {
    encode(&WordsForm {
        categories: (&state.categories).into(),
        vocabulary: (&state.vocabulary).into(),
        places: (&state.places).into(),
    })
}

/// Reads the words of a state.
pub(super) fn read_words(bytes: &[u8]) -> Result<(Categories, Vocabulary, Places), Unreadable> {
    let form: WordsForm = decode(bytes)?;
    let unreadable = |it: crate::canon::NotCanonical| Unreadable(it.to_string());
    Ok((
        form.categories.read().map_err(unreadable)?,
        form.vocabulary.read().map_err(unreadable)?,
        form.places.read().map_err(unreadable)?,
    ))
}

#[derive(Deserialize, Serialize)]
struct ListForm {
    revisions: Vec<RevisionForm>,
    /// The categories that entries name, each once.
    categories: Vec<String>,
    /// For each version of an entry its categories, and where its text ends.
    versions: Vec<(Vec<u32>, u32)>,
}

#[derive(Deserialize, Serialize)]
struct RevisionForm {
    hash: [u8; 32],
    issued: IssuedForm,
    /// The versions that begin to stand, and those that no longer do.
    begins: Vec<u32>,
    ends: Vec<u32>,
}

/// Writes a list: the length of its form, its form, the texts of its entries.
pub(super) fn write_list(list: &List) -> Vec<u8> {
    let mut writer = ListWriter::default();
    let revisions = list.revisions.iter().map(|issued| {
        let (begins, ends) = writer.changes(&issued.revision.entries);
        let form = IssuedForm::bare(&issued.revision, issued.sequence, issued.previous);
        RevisionForm { hash: issued.hash.0, issued: form, begins, ends }
    });
    let revisions = revisions.collect();
    let ListWriter { categories, versions, texts, .. } = writer;
    let mut named = vec![String::new(); categories.len()];
    for (category, position) in categories {
        if let Some(it) = named.get_mut(position as usize) {
            *it = category.to_string();
        }
    }
    let form = encode(&ListForm { revisions, categories: named, versions });
    [&(form.len() as u64).to_le_bytes(), form.as_slice(), &texts].concat()
}

#[derive(Default)]
struct ListWriter {
    before: Entries,
    standing: BTreeMap<EntryId, u32>,
    categories: BTreeMap<CategoryId, u32>,
    versions: Vec<(Vec<u32>, u32)>,
    texts: Vec<u8>,
}

impl ListWriter {
    /// Returns the versions that begin to stand with these entries, and those
    /// that end.
    fn changes(&mut self, entries: &Entries) -> (Vec<u32>, Vec<u32>) {
        let before = std::mem::replace(&mut self.before, entries.clone());
        let (mut begins, mut ends) = (Vec::new(), Vec::new());
        for change in before.diff(entries) {
            match change {
                DiffItem::Add(_, entry) => begins.push(self.version(entry)),
                DiffItem::Update { old: (id, _), new: (_, entry) } => {
                    ends.extend(self.standing.remove(id));
                    begins.push(self.version(entry));
                }
                DiffItem::Remove(id, _) => ends.extend(self.standing.remove(id)),
            }
        }
        (begins, ends)
    }

    fn version(&mut self, entry: &Entry) -> u32 {
        let mut positions = Vec::new();
        for category in &entry.categories {
            let next = position(self.categories.len());
            positions.push(*self.categories.entry(category.clone()).or_insert(next));
        }
        self.texts.extend(encode(&EntryForm::from(entry)));
        self.versions.push((positions, position(self.texts.len())));
        let version = position(self.versions.len() - 1);
        self.standing.insert(entry.id.clone(), version);
        version
    }
}

fn position(number: usize) -> u32 {
    u32::try_from(number).expect("because one list has fewer than 2^32 bytes")
}

/// Reads a list with the entries that are wanted, judged by a category that
/// they name; where thresholds are shared, with all of them.
pub(super) fn read_list(bytes: &[u8], is_wanted: impl Fn(&CategoryId) -> bool) -> Result<List, Unreadable> {
    let cut = || Unreadable("a list is cut off".to_owned());
    let (length, rest) = bytes.split_first_chunk().ok_or_else(cut)?;
    let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| cut())?;
    let (form, texts) = rest.split_at_checked(length).ok_or_else(cut)?;
    let form: ListForm = decode(form)?;
    let shares = form.revisions.iter().any(|it| it.issued.has_combine_groups());
    let mut wanted = Vec::new();
    for category in &form.categories {
        let id = category.parse().map_err(|_| Unreadable(format!("`{category}` is no category")))?;
        wanted.push(shares || is_wanted(&id));
    }
    let is_wanted = |categories: &[u32]| categories.iter().any(|it| wanted.get(*it as usize) == Some(&true));
    let (mut versions, mut start) = (Vec::new(), 0);
    for (categories, end) in &form.versions {
        let text = texts.get(start as usize..*end as usize).ok_or_else(cut)?;
        start = *end;
        // An entry without a category binds nothing, and is nobody's to want.
        versions.push(is_wanted(categories).then(|| entry(decode::<EntryForm>(text)?)).transpose()?);
    }
    assemble(form.revisions, &versions)
}

fn assemble(revisions: Vec<RevisionForm>, versions: &[Option<Arc<Entry>>]) -> Result<List, Unreadable> {
    let missing = || Unreadable("an entry is missing".to_owned());
    let mut entries = Entries::new();
    let mut list: Option<List> = None;
    for form in revisions {
        for version in &form.ends {
            if let Some(entry) = versions.get(*version as usize).ok_or_else(missing)? {
                entries.remove(&entry.id);
            }
        }
        for version in &form.begins {
            if let Some(entry) = versions.get(*version as usize).ok_or_else(missing)? {
                entries.insert(entry.id.clone(), Arc::clone(entry));
            }
        }
        let issued = form.issued.read_issued(Hash(form.hash)).map_err(|it| Unreadable(it.to_string()))?;
        let id: ListId = issued.revision.list.clone();
        let list = list.get_or_insert_with(|| List { id, revisions: Vec::new() });
        list.revisions.push(issued);
        if let Some(it) = list.revisions.last_mut() {
            it.revision.entries = entries.clone();
        }
    }
    list.ok_or_else(|| Unreadable("a list has no revision".to_owned()))
}
