//! Registries of any size to measure on, made of a real list.

#![allow(dead_code, unreachable_pub, reason = "each program uses its own part of it")]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use neglist::canon::{EntryForm, IssuedForm, Publication, SecretKey, canonical};
use neglist::model::{Authority, Entry, Hash, ListId, Revision, State, Text};
use neglist::registry::{Publisher, init};
use semver::Version;

/// When records are taken in.
pub const RECORDED: &str = "2026-01-01T00:00:00Z";

const TEMPLATE: &str = "CN/cross-border-transfer";

/// Makes a registry with one authority, which may publish every list.
pub fn signed_registry(root: &Path, state: &State, key: &SecretKey) -> Publisher {
    let mut publisher = init(root, "example/bench", key, state, RECORDED).unwrap();
    let authority = Authority {
        id: "ministry".parse().unwrap(),
        name: Text { en: "Ministry".to_owned(), zh: "部".to_owned() },
        lists: BTreeSet::from(["CN/*".parse().unwrap()]),
        keys: BTreeSet::from([key.public()]),
        threshold: 1,
        reason: "measuring".to_owned(),
    };
    publish(&mut publisher, Publication::Authority(authority), key);
    publisher
}

/// Publishes something, signed.
pub fn publish(publisher: &mut Publisher, publication: Publication, key: &SecretKey) {
    publisher.publish_signed(publication, RECORDED, std::slice::from_ref(key)).unwrap();
}

/// A list that is revised again and again.
pub struct Growing {
    /// Its next revision.
    pub revision: Revision,
    previous: Option<Hash>,
    sequence: u64,
    ids: Vec<neglist::model::EntryId>,
    next: usize,
}

impl Growing {
    /// Returns a list with so many entries: those of the largest revision of a
    /// real list, over and over.
    pub fn new(state: &State, number: usize, entries: usize) -> Growing {
        let template = state.lists[TEMPLATE].revisions.iter().max_by_key(|it| it.revision.entries.len()).unwrap();
        let place = state.lists[TEMPLATE].id.jurisdiction();
        let list: ListId = format!("{place}/measured-{number:03}").parse().unwrap();
        let mut revision = template.revision.clone();
        let templates: Vec<_> = revision.entries.values().cloned().collect();
        (revision.list, revision.version) = (list, Version::new(1, 0, 0));
        revision.withdraws.clear();
        revision.entries.clear();
        let mut ids = Vec::new();
        for (index, template) in templates.iter().cycle().take(entries).enumerate() {
            let mut entry = Arc::unwrap_or_clone(Arc::clone(template));
            entry.id = format!("{}-{index:03}", entry.id).parse().unwrap();
            ids.push(entry.id.clone());
            revision.entries.insert(entry.id.clone(), Arc::new(entry));
        }
        Growing { revision, previous: None, sequence: 0, ids, next: 0 }
    }

    /// Changes so many entries for the next revision, and returns them.
    pub fn change(&mut self, many: usize) -> Vec<Arc<Entry>> {
        self.revision.version.patch += 1;
        let changed = (0..many).map(|_| {
            // A step that meets all of them, in no order.
            self.next = (self.next + 61) % self.ids.len();
            let mut entry = Arc::unwrap_or_clone(Arc::clone(&self.revision.entries[&self.ids[self.next]]));
            entry.note.en = format!("{} As revised in {}.", first_sentence(&entry.note.en), self.revision.version);
            let entry = Arc::new(entry);
            self.revision.entries.insert(entry.id.clone(), Arc::clone(&entry));
            entry
        });
        changed.collect()
    }

    /// Publishes the next revision.
    pub fn publish(&mut self, publisher: &mut Publisher, key: &SecretKey) {
        publish(publisher, Publication::Revision(Box::new(self.revision.clone())), key);
        self.previous = publisher.chains().lists()[&self.revision.list].head().map(|it| it.hash);
        self.sequence += 1;
    }

    /// Returns how long the canonical header is that is published next.
    pub fn header_bytes(&self) -> u64 {
        // What a header commits to costs three hashes, and a digit or two.
        let bare = Revision { entries: neglist::model::Entries::new(), ..self.revision.clone() };
        canonical(&IssuedForm::bare(&bare, self.sequence, self.previous)).len() as u64 + 3 * 64 + 2
    }
}

fn first_sentence(text: &str) -> &str {
    text.split(" As revised").next().unwrap_or(text)
}

/// Returns how long the canonical form of an entry is.
pub fn entry_bytes(entry: &Entry) -> u64 {
    canonical(&EntryForm::from(entry)).len() as u64
}

/// Returns how many bytes the files below a folder hold.
pub fn bytes_below(root: &Path) -> u64 {
    if root.is_file() {
        return root.metadata().unwrap().len();
    }
    std::fs::read_dir(root).unwrap().map(|it| bytes_below(&it.unwrap().path())).sum()
}
