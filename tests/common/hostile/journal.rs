//! Journals in a folder: segments and the checkpoint, as they lie there; and
//! records whose bodies were changed and chained anew, so that what is behind
//! the hashes is reached, too.

use neglist::canon::{
    CategoriesForm, Chains, DetailsForm, EntryForm, HeaderForm, IssuedForm, Origin, PlacesForm, Publication, Record,
    TermsForm, VocabularyForm, answer_json, entry_from, question_from_json,
};
use neglist::evaluate::{Index, answer};
use neglist::journal::{Checkpoint, Disk, FolderJournal, Journal, read_folder, read_lines};
use neglist::model::{Entries, Head};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Memory, QUESTIONS, RECORDED, chains, is_said, kind, of_kind, records};

const SEGMENT: &str = "journal/000000000000.jsonl";

pub fn check(bytes: &[u8]) {
    let (kind, bytes) = kind(bytes, 5);
    let mut disk = whole();
    match kind {
        0 => drop(disk.0.insert(SEGMENT.to_owned(), bytes.to_vec())),
        1 => drop(disk.0.insert("checkpoint".to_owned(), bytes.to_vec())),
        // Behind what is acknowledged.
        2 => disk.append(SEGMENT, bytes).unwrap(),
        3 => return behind_the_hashes(bytes),
        // A checkpoint whose checksum is right.
        _ => drop(disk.0.insert("checkpoint".to_owned(), checkpoint(bytes))),
    }
    opens_or_says_why(&disk);
}

/// Returns the file of a checkpoint at the size that eight bytes say, with what
/// follows as its name. Of an odd one half is damaged.
fn checkpoint(bytes: &[u8]) -> Vec<u8> {
    let (size, name) = bytes.split_first_chunk().unwrap_or((&[0; 8], bytes));
    let size = u64::from_le_bytes(*size);
    let origin = if name.is_empty() { records().0.origin.clone() } else { String::from_utf8_lossy(name).into_owned() };
    let hash = size.checked_sub(1).and_then(|it| chains().hash_of(it)).or(chains().head()).unwrap();
    let mut file = Checkpoint { head: Head { origin, size, hash } }.to_file();
    if size % 2 == 1 {
        *file.last_mut().unwrap() = b'x';
    }
    file
}

/// Whoever reads and whoever writes find the same, or both say why not.
fn opens_or_says_why(disk: &Memory) {
    let read = read_folder(disk);
    match FolderJournal::open(disk.clone()) {
        Err(error) => {
            is_said(&error);
            assert!(read.is_err(), "whoever reads finds nothing wrong");
        }
        Ok((journal, opened)) => {
            let read = read.unwrap();
            assert!(read.size() <= opened.chains.size());
            assert_eq!(journal.size(), opened.chains.size());
            // The journal is that of the small registry, and perhaps one more.
            assert_eq!(opened.chains.hash_of(chains().size() - 1), chains().head());
            // What was mended stays.
            let disk = journal.into_disk();
            let (_, again) = FolderJournal::open(disk.clone()).unwrap();
            assert!(again.mended.is_none());
            assert_eq!(again.chains.head(), opened.chains.head());
            assert_eq!(read_lines(&disk).unwrap().len() as u64, opened.chains.size());
        }
    }
}

/// What is published with whatever is in it is read from a journal as the same,
/// and answers as both evaluators see it.
fn behind_the_hashes(bytes: &[u8]) {
    let Some((head, records)) = chained(bytes) else { return };
    let journal = FolderJournal::create(Memory::default(), &records, &head.origin).unwrap();
    let disk = journal.into_disk();
    let found = read_folder(&disk).unwrap_or_else(|it| panic!("{it}"));
    assert_eq!(found.position(), Some(head));
    let Some(state) = found.state() else { return };
    let state = std::sync::Arc::new(state);
    let index = Index::new(std::sync::Arc::clone(&state));
    for question in QUESTIONS {
        let question = question_from_json(question).unwrap();
        if state.mistakes(&question).is_empty() {
            let by_reference = answer_json(&answer(&state, &question), &state.head);
            assert_eq!(answer_json(&index.answer(&question), &state.head).to_string(), by_reference.to_string());
        }
    }
}

/// The small journal as it lies in its folder.
fn whole() -> Memory {
    let (head, records) = records();
    FolderJournal::create(Memory::default(), records, &head.origin).unwrap().into_disk()
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum BodyForm {
    Origin {
        origin: String,
    },
    Categories(CategoriesForm),
    Facts(VocabularyForm),
    Jurisdictions(PlacesForm),
    Revision {
        details: Box<DetailsForm>,
        header: Box<HeaderForm>,
        terms: Box<TermsForm>,
        put: Vec<EntryForm>,
        removed: Vec<String>,
    },
}

/// Reads a body on a line each, and makes the records that publish them, as far
/// as each fits what stands before it.
pub fn chained(bytes: &[u8]) -> Option<(Head, Vec<Record>)> {
    let (mut chains, mut made) = (Chains::default(), Vec::new());
    for line in std::str::from_utf8(bytes).ok()?.lines() {
        let Some(publication) = serde_json::from_str(line).ok().and_then(|it| published(it, &chains)) else { continue };
        match chains.prepare(publication, RECORDED) {
            Err(error) => is_said(&error),
            Ok(record) => {
                chains = chains.append(record.clone());
                made.push(record);
            }
        }
    }
    Some((chains.position()?, made))
}

fn published(body: BodyForm, chains: &Chains) -> Option<Publication> {
    Some(match body {
        BodyForm::Origin { origin } => Publication::Origin(Origin { name: origin, root_key: None }),
        BodyForm::Categories(form) => Publication::Categories(form.read().ok()?),
        BodyForm::Facts(form) => Publication::Facts(form.read().ok()?),
        BodyForm::Jurisdictions(form) => Publication::Jurisdictions(form.read().ok()?),
        BodyForm::Revision { details, header, terms, put, removed } => {
            let form = IssuedForm { header: *header, details: *details, terms: *terms };
            let mut revision = form.read(Entries::new()).ok()?;
            let before = chains.lists().get(&revision.list).and_then(|it| it.head());
            revision.entries = before.map(|it| it.revision.entries.clone()).unwrap_or_default();
            for id in removed {
                revision.entries.remove(id.as_str());
            }
            for entry in put {
                let entry = entry_from(entry).ok()?;
                revision.entries.insert(entry.id.clone(), std::sync::Arc::new(entry));
            }
            Publication::Revision(Box::new(revision))
        }
    })
}

/// The bodies of the small registry, all of them, and the words with each
/// revision by itself.
pub fn bodies() -> Vec<Vec<u8>> {
    #[derive(Deserialize)]
    struct LineForm {
        body: Box<RawValue>,
    }
    let lines = records().1.iter().map(|it| serde_json::from_slice::<LineForm>(it.line()).unwrap().body);
    let lines: Vec<String> = lines.map(|it| it.get().to_owned()).collect();
    let (words, revisions): (Vec<_>, Vec<_>) = lines.iter().partition(|it| !it.starts_with("{\"revision\""));
    let words: String = words.iter().flat_map(|it| [it.as_str(), "\n"]).collect();
    let mut all = vec![lines.join("\n").into_bytes()];
    all.extend(revisions.iter().map(|it| format!("{words}{it}\n").into_bytes()));
    all
}

pub fn seeds() -> Vec<Vec<u8>> {
    let disk = whole();
    let mut seeds = vec![
        of_kind(0, &disk.0[SEGMENT]),
        of_kind(1, &disk.0["checkpoint"]),
        of_kind(2, b"{\"body\":{}}\n"),
        of_kind(2, records().1.last().unwrap().line()),
    ];
    for size in [0, 1, 3, chains().size(), chains().size() + 1, u64::MAX - 1, u64::MAX] {
        seeds.push(of_kind(4, &size.to_le_bytes()));
    }
    seeds.push(of_kind(4, &[&3_u64.to_le_bytes(), b"another".as_slice()].concat()));
    seeds.extend(bodies().into_iter().map(|it| of_kind(3, &it)));
    seeds
}
