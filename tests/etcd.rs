//! Several writers, and no single machine to lose: three members of etcd and
//! three nodes, while members and nodes are killed and held up, one at a time.
//!
//! `NEGLIST_ETCD` names etcd's program. `NEGLIST_ETCD_PUBLISHES=500` is the long
//! form.

#![cfg(feature = "etcd")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

#[path = "common/cluster.rs"]
mod cluster;
mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use cluster::{Cluster, Trouble};
use common::process::{Serving, said};
use common::{LIST, RECORDED, next_revision, small_records};
use neglist::canon::{Chains, Publication, SecretKey, answer_json, question_from_json};
use neglist::client::Remote;
use neglist::evaluate::answer;
use neglist::journal::open_shared;
use neglist::model::{Authority, Entitlement, Hash, Revision, Text};
use neglist::registry::{Publisher, init, records_after, share, unshare};
use serde_json::Value as Json;

const QUESTION: &str = r#"{"from":"CN","to":"DE","items":[{"category":"personal"}],"at":"2024-06-01"}"#;

/// The quiet case: a folder moves to etcd, is written through it from two
/// places, and moves back.
#[test]
fn a_registry_moves_to_etcd_and_back() {
    let Some(cluster) = Cluster::start(1) else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (address, key) = (cluster.address("law"), registry(&at("first")));
    let (code, text) = said(&["journal", "copy", at("first").to_str().unwrap(), &address]);
    assert!(code == 0 && text.contains("6 of them copied now"), "{text}");
    // A second node, which makes its copy; and what the first publishes, it has.
    let mut first = Publisher::join(&at("first"), open_shared(&address).unwrap()).unwrap();
    let mut second = Publisher::join(&at("second"), open_shared(&address).unwrap()).unwrap();
    let revision = |publisher: &Publisher| Publication::Revision(Box::new(next_revision(publisher.chains(), LIST)));
    let head = first.publish_signed(revision(&first), RECORDED, std::slice::from_ref(&key)).unwrap();
    // Of two that are made for one place, one is told that somebody was first.
    let late = second.publish_signed(revision(&second), RECORDED, std::slice::from_ref(&key)).unwrap_err().to_string();
    assert!(late.contains("somebody was first") || late.contains("the journal is at 7"), "{late}");
    assert_eq!(second.catch_up().unwrap(), 1);
    assert_eq!(second.chains().position().as_ref(), Some(&head));
    let head = second.publish_signed(revision(&second), RECORDED, std::slice::from_ref(&key)).unwrap();
    assert_eq!(first.catch_up().unwrap(), 1);
    drop((first, second));
    // The folder alone is not written past its journal.
    let mut copy = Publisher::open(&at("first")).unwrap();
    let refused = copy.publish_signed(revision(&copy), RECORDED, &[key]).unwrap_err().to_string();
    assert!(refused.contains("is a copy of the journal at etcd://"), "{refused}");
    drop(copy);
    let moved = unshare(open_shared(&address).unwrap().as_mut(), &at("back")).unwrap();
    assert_eq!(moved, (head, 8));
    let (code, text) = said(&["--registry", at("back").to_str().unwrap(), "fsck"]);
    assert!(code == 0 && text.contains("8 records verified"), "{text}");
    // Another registry does not go where one is.
    drop(registry_named(&at("other"), "registry.example/other"));
    let (code, text) = said(&["journal", "copy", at("other").to_str().unwrap(), &address]);
    assert!(code == 2 && text.contains("another record 0"), "{text}");
}

/// What is not there, and what is not understood.
#[test]
fn what_cannot_be_reached_is_said_and_the_copy_answers() {
    let Some(cluster) = Cluster::start(1) else { return };
    let folder = tempfile::tempdir().unwrap();
    let (root, address) = (folder.path().join("node"), cluster.address("law"));
    drop(registry(&root));
    share(&root, open_shared(&address).unwrap().as_mut()).unwrap();
    drop(cluster);
    let node = serve(&root, &address);
    let answered = Remote::new(&node.address).unwrap().post("v1/ask", "application/json", QUESTION.as_bytes()).unwrap();
    assert_eq!(answered.status, 200);
    node.end();
    let (code, text) = said(&["journal", "show", &address]);
    assert!(code == 1 && text.contains("cannot be reached"), "{code}: {text}");
    let (code, text) = said(&["journal", "show", "etcd://nowhere"]);
    assert!(code == 2 && text.contains("HOST:PORT"), "{code}: {text}");
}

/// Every publication that was acknowledged is there, in one chain, on all
/// nodes; and no answer came from a state that never was.
#[test]
fn nothing_acknowledged_is_lost_while_members_and_nodes_fail() {
    let Some(cluster) = Cluster::start(3) else { return };
    let trial = Trial::start(cluster);
    std::thread::scope(|scope| {
        scope.spawn(|| trial.write(0));
        scope.spawn(|| trial.write(1));
        scope.spawn(|| trial.read());
        scope.spawn(|| trial.trouble());
    });
    trial.end();
}

/// Three members and three nodes, and what became of what was asked of them.
struct Trial {
    cluster: Cluster,
    folder: tempfile::TempDir,
    address: String,
    key: SecretKey,
    nodes: Vec<Mutex<Option<Serving>>>,
    /// The hash of the record that was acknowledged, by its place.
    acknowledged: Mutex<BTreeMap<u64, Hash>>,
    answers: Mutex<Vec<Json>>,
    many: AtomicU64,
    wanted: u64,
    is_over: AtomicBool,
}

impl Trial {
    fn start(cluster: Cluster) -> Trial {
        let folder = tempfile::tempdir().unwrap();
        let root = |number: usize| folder.path().join(format!("node-{number}"));
        let (address, key) = (cluster.address("law"), registry(&root(0)));
        share(&root(0), open_shared(&address).unwrap().as_mut()).unwrap();
        let nodes = (0..3).map(|it| Mutex::new(Some(serve(&root(it), &address)))).collect();
        Trial {
            cluster,
            folder,
            address,
            key,
            nodes,
            acknowledged: Mutex::default(),
            answers: Mutex::default(),
            many: AtomicU64::new(0),
            wanted: publishes(),
            is_over: AtomicBool::new(false),
        }
    }

    fn root(&self, number: usize) -> PathBuf {
        self.folder.path().join(format!("node-{number}"))
    }

    /// Returns where a node listens, if it runs.
    fn node(&self, number: usize) -> Option<String> {
        self.nodes[number % 3].lock().unwrap().as_ref().map(|it| it.address.clone())
    }

    /// Publishes through one node after another.
    fn write(&self, writer: usize) {
        let (mut number, mut chains) = (writer, Chains::default());
        while self.many.load(Ordering::Relaxed) < self.wanted {
            number += 1;
            let Some(address) = self.node(number) else { continue };
            let summary = format!("Writer {writer}, {number}.");
            if let Some((position, hash)) = publish(&address, &self.key, &mut chains, &summary) {
                self.many.fetch_add(1, Ordering::Relaxed);
                let before = self.acknowledged.lock().unwrap().insert(position, hash);
                assert_eq!(before, None, "two publications are acknowledged for place {position}");
            }
        }
    }

    /// Asks one node after another.
    fn read(&self) {
        let mut number = 0;
        while !self.is_over.load(Ordering::Relaxed) {
            number += 1;
            if let Some(answer) = self.node(number).and_then(|it| ask(&it)) {
                self.answers.lock().unwrap().push(answer);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// One trouble at a time, so that there is a majority throughout.
    fn trouble(&self) {
        for trouble in (0..).map(Trouble::of).take_while(|_| self.many.load(Ordering::Relaxed) < self.wanted) {
            match trouble {
                Trouble::Kill(member) => self.cluster.kill_and_restart(member),
                Trouble::HoldUp(member) => self.cluster.hold_up(member, Duration::from_millis(1500)),
                Trouble::KillNode(number) => {
                    self.nodes[number].lock().unwrap().take().unwrap().kill();
                    std::thread::sleep(Duration::from_millis(500));
                    *self.nodes[number].lock().unwrap() = Some(serve(&self.root(number), &self.address));
                }
                Trouble::HoldUpNode(number) => {
                    let id = self.nodes[number].lock().unwrap().as_ref().unwrap().id();
                    cluster::hold_up(id, Duration::from_millis(1500));
                }
            }
            std::thread::sleep(Duration::from_millis(500));
        }
        self.is_over.store(true, Ordering::Relaxed);
    }

    /// Waits until all nodes are at the journal's head, and audits them.
    fn end(self) {
        let size = open_shared(&self.address).unwrap().refresh().unwrap();
        for number in 0..3 {
            while self.node(number).and_then(|it| size_of(&it)) != Some(size) {
                std::thread::sleep(Duration::from_millis(100));
            }
        }
        for node in &self.nodes {
            node.lock().unwrap().take().unwrap().end();
        }
        let publishers: Vec<_> = (0..3).map(|it| Publisher::open(&self.root(it)).unwrap()).collect();
        let chains = publishers[0].chains();
        for publisher in &publishers {
            assert_eq!((publisher.chains().position(), publisher.chains().size()), (chains.position(), size));
        }
        let acknowledged = self.acknowledged.lock().unwrap();
        for (position, hash) in acknowledged.iter() {
            assert_eq!(chains.hash_of(*position), Some(*hash), "place {position} is another's");
        }
        let answers = self.answers.lock().unwrap();
        check_answers(&self.root(0), &answers);
        cluster::say(&format!(
            "acknowledged: {}, lost: 0; records: {size}; answers that were checked: {}",
            acknowledged.len(),
            answers.len()
        ));
    }
}

/// Publishes the next revision through a node, and returns where it was
/// acknowledged; `None` where it was not, or nobody knows.
fn publish(address: &str, key: &SecretKey, chains: &mut Chains, summary: &str) -> Option<(u64, Hash)> {
    let remote = Remote::new(address).unwrap();
    for line in records_after(&remote, chains).ok()? {
        *chains = chains.clone().append(chains.read(&line).unwrap());
    }
    let mut revision = next_revision(chains, LIST);
    summary.clone_into(&mut revision.summary.en);
    let publication = Publication::Revision(Box::new(revision));
    let record = chains.prepare_signed(publication, RECORDED, |it| vec![key.sign(it)]).unwrap();
    let path = format!("v1/lists/{LIST}/revisions");
    let reply = remote.post(&path, "application/json", record.line()).ok()?;
    if reply.status != 201 {
        assert!([409, 503, 504].contains(&reply.status), "{}: {}", reply.status, String::from_utf8_lossy(&reply.body));
        return None;
    }
    let reply: Json = serde_json::from_slice(&reply.body).unwrap();
    Some((reply["position"].as_u64().unwrap(), reply["registry"]["head"].as_str().unwrap().parse().unwrap()))
}

fn ask(address: &str) -> Option<Json> {
    let reply = Remote::new(address).unwrap().post("v1/ask", "application/json", QUESTION.as_bytes()).ok()?;
    (reply.status == 200).then(|| serde_json::from_slice(&reply.body).unwrap())
}

fn size_of(address: &str) -> Option<u64> {
    let reply = Remote::new(address).unwrap().get("healthz").ok()?;
    serde_json::from_slice::<Json>(&reply.body).ok()?["registry"]["size"].as_u64()
}

/// Each answer names the head that it was given at: there, the reference
/// evaluator says the same, to the byte.
fn check_answers(root: &Path, answers: &[Json]) {
    assert!(!answers.is_empty());
    let mut by_size: BTreeMap<u64, Vec<&Json>> = BTreeMap::new();
    for answer in answers {
        by_size.entry(answer["registry"]["size"].as_u64().unwrap()).or_default().push(answer);
    }
    let question = question_from_json(QUESTION).unwrap();
    let mut chains = Chains::default();
    for line in neglist::journal::read_lines(&neglist::journal::RealDisk::new(root)).unwrap() {
        chains = chains.clone().append(chains.read(&line).unwrap());
        if let Some(given) = by_size.remove(&chains.size()) {
            let state = chains.state().unwrap();
            let right = answer_json(&answer(&state, &question), &state.head);
            given.into_iter().for_each(|it| assert_eq!(it.to_string(), right.to_string()));
        }
    }
    assert!(by_size.is_empty(), "answers from states that never were: {by_size:?}");
}

fn serve(root: &Path, address: &str) -> Serving {
    let root = root.to_str().unwrap();
    Serving::start(&["--registry", root, "serve", "--listen", "127.0.0.1:0", "--journal", address, "--accept-drafts"])
}

/// Makes the small registry with a root key and an authority, and returns the
/// authority's key.
fn registry(root: &Path) -> SecretKey {
    registry_named(root, "registry.example/shared")
}

fn registry_named(root: &Path, name: &str) -> SecretKey {
    let (root_key, key) = (SecretKey::from_seed(&[1; 32]), SecretKey::from_seed(&[2; 32]));
    let small = common::chains_of(&small_records().1);
    let mut publisher = init(root, name, &root_key, &small.state().unwrap(), RECORDED).unwrap();
    let authority = Authority {
        id: "ministry".parse().unwrap(),
        name: Text { en: "Ministry".to_owned(), zh: "部".to_owned() },
        lists: ["CN/*".parse::<Entitlement>().unwrap()].into(),
        keys: [key.public()].into(),
        threshold: 1,
        reason: String::new(),
    };
    publisher.publish_signed(Publication::Authority(authority), RECORDED, &[root_key]).unwrap();
    let first: Revision = small.lists()[LIST].revisions[0].revision.clone();
    publisher.publish_signed(Publication::Revision(Box::new(first)), RECORDED, std::slice::from_ref(&key)).unwrap();
    key
}

#[expect(clippy::disallowed_methods, reason = "tests")]
fn publishes() -> u64 {
    std::env::var("NEGLIST_ETCD_PUBLISHES").ok().and_then(|it| it.parse().ok()).unwrap_or(20)
}
