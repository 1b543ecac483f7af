//! The registry that is soaked: the bundled lists, signed by an authority, and
//! their next revisions, published as an authority does it from afar.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use neglist::canon::{Chains, Publication, SecretKey};
use neglist::client::Remote;
use neglist::journal::snapshot;
use neglist::model::{Authority, Bounds, Condition, Count, Entitlement, Entry, List, ListId, Revision, Text};
use neglist::registry::{init, records_after};
use semver::Version;
use serde_json::Value as Json;

use crate::common::{RECORDED, chains_of};
use crate::truth::Truth;

/// Who publishes, and all that was published.
#[derive(Debug)]
pub struct Press {
    key: SecretKey,
    chains: Chains,
    lists: Vec<ListId>,
    number: usize,
}

/// Which of the bundled lists there are.
#[derive(Clone, Copy, Debug)]
pub enum Which {
    /// All of them.
    All,
    /// China's alone, with those of its zones.
    Few,
}

impl Which {
    fn has(self, list: &ListId) -> bool {
        match self {
            Which::All => true,
            Which::Few => list.as_str().starts_with("CN"),
        }
    }
}

/// Makes a registry with a root key in a folder: the words of the bundled one,
/// an authority for all its lists, and all their revisions.
pub fn make(root: &Path, which: Which) -> Press {
    let (root_key, key) = (SecretKey::from_seed(&[1; 32]), SecretKey::from_seed(&[2; 32]));
    let unpacked = snapshot::read(&fs::read("snapshots/bundled.jsonl.zst").unwrap()).unwrap();
    let bundled = chains_of(&unpacked.records).state().unwrap();
    let lists: Vec<_> = bundled.lists.keys().filter(|it| which.has(it)).cloned().collect();
    let mut publisher = init(root, "registry.example/soak", &root_key, &bundled, RECORDED).unwrap();
    let whole = |it: &ListId| Entitlement::Jurisdiction(it.jurisdiction());
    let authority = Authority {
        id: "ministry".parse().unwrap(),
        name: Text { en: "Ministry".to_owned(), zh: "部".to_owned() },
        lists: lists.iter().map(whole).collect::<BTreeSet<_>>(),
        keys: [key.public()].into(),
        threshold: 1,
        reason: String::new(),
    };
    publisher.publish_signed(Publication::Authority(authority), RECORDED, &[root_key]).unwrap();
    for record in &unpacked.records {
        if let it @ Publication::Revision(revision) = record.publication()
            && which.has(&revision.list)
        {
            publisher.publish_signed(it.clone(), RECORDED, std::slice::from_ref(&key)).unwrap();
        }
    }
    Press { key, chains: publisher.chains().clone(), lists, number: 0 }
}

impl Press {
    pub fn chains(&self) -> &Chains {
        &self.chains
    }

    /// Publishes the next revision of one list after another through a server,
    /// and reads from there what was taken in.
    pub fn publish(&mut self, address: &str, truth: &Truth) -> Result<(), String> {
        let list = self.lists[self.number % self.lists.len()].clone();
        let revision = next(&self.chains.lists()[&list], self.number);
        self.number += 1;
        let publication = Publication::Revision(Box::new(revision));
        let record = self.chains.prepare_signed(publication, RECORDED, |it| vec![self.key.sign(it)]).unwrap();
        let remote = Remote::new(address).unwrap();
        let path = format!("v1/lists/{list}/revisions");
        let reply = remote.post(&path, "application/json", record.line()).map_err(|it| it.to_string())?;
        for line in records_after(&remote, &self.chains).map_err(|it| it.to_string())? {
            let record = self.chains.read(&line).map_err(|it| it.to_string())?;
            self.chains = std::mem::take(&mut self.chains).append(record);
            truth.grow(&self.chains);
        }
        let text = String::from_utf8_lossy(&reply.body).into_owned();
        if reply.status != 201 {
            return Err(format!("{list}: status {}, {text}", reply.status));
        }
        let told: Json = serde_json::from_str(&text).map_err(|it| it.to_string())?;
        let (told, head) = (told["registry"]["head"].as_str(), self.chains.head().unwrap().to_string());
        if told == Some(&head) { Ok(()) } else { Err(format!("acknowledged as {told:?}, and the head is {head}")) }
    }
}

/// Returns the next revision of a list: a threshold is higher by one, which
/// changes answers, or else a note says something else.
fn next(list: &List, number: usize) -> Revision {
    let mut revision = list.head().unwrap().revision.clone();
    revision.withdraws.clear();
    revision.summary.en = format!("Publication {number} of the soak.");
    let Version { major, minor, patch, .. } = revision.version;
    let raised = revision.entries.iter().find_map(|(id, entry)| Some((id.clone(), raised(entry)?)));
    if let Some((id, entry)) = raised {
        revision.version = Version::new(major + 1, 0, 0);
        revision.entries.insert(id, Arc::new(entry));
        return revision;
    }
    revision.version = Version::new(major, minor, patch + 1);
    if let Some((id, entry)) = revision.entries.get_min().cloned() {
        let mut entry = Arc::unwrap_or_clone(entry);
        entry.note.en = format!("As revised in {}.", revision.version);
        revision.entries.insert(id, Arc::new(entry));
    }
    revision
}

/// Returns an entry whose first threshold is higher by one.
fn raised(entry: &Entry) -> Option<Entry> {
    let raise = |condition: &Condition| match condition {
        Condition::Count(bounds, window) if bounds.at_least() != Count::ZERO => {
            let least = Count::new(bounds.at_least().number() + 1).ok()?;
            Some(Condition::Count(Bounds::new(Some(least), bounds.below()).ok()?, window.clone()))
        }
        Condition::Flag(_) | Condition::Choice(_) | Condition::Count(..) => None,
    };
    let (fact, condition) = entry.when.iter().find_map(|(fact, it)| Some((fact.clone(), raise(it)?)))?;
    let mut entry = entry.clone();
    entry.when.insert(fact, condition);
    Some(entry)
}

/// Returns how many records a server has, if its head is signed.
pub fn signed_size(address: &str) -> Option<u64> {
    let reply = Remote::new(address).unwrap().get("healthz").ok()?;
    let health: Json = serde_json::from_slice(&reply.body).ok()?;
    let size = health["registry"]["size"].as_u64()?;
    (health["signed"].as_u64() == Some(size)).then_some(size)
}
