//! Several writers, and no single machine to lose: three members of etcd and
//! three nodes, while members and nodes are killed, held up, and cut off by the
//! network, one at a time.
//!
//! `NEGLIST_ETCD` names etcd's program. With `NEGLIST_NAMESPACES=1`, which needs
//! root, or `unshare --map-root-user --net` before the command, each member and
//! each node has a network namespace of its own; without, all are on loopback,
//! and nothing is cut off. `NEGLIST_ETCD_PUBLISHES=500` is the long form.

#![cfg(feature = "etcd")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

#[path = "common/cluster.rs"]
mod cluster;
mod common;
#[path = "common/network.rs"]
mod network;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cluster::{Cluster, Trouble};
use common::process::{Serving, said};
use common::sharing::{QUESTION, ask, health, offer, publish, registry, registry_named, size_of, wait_until};
use common::{LIST, RECORDED, next_revision};
use etcd_client::{Client, DeleteOptions, Error, GetOptions};
use neglist::canon::{Chains, Publication, SecretKey, answer_json, question_from_json};
use neglist::client::Remote;
use neglist::evaluate::answer;
use neglist::journal::open_shared;
use neglist::model::Hash;
use neglist::registry::{Publisher, share, unshare};
use network::{Cable, Network, Who};
use serde_json::Value as Json;

/// So long somebody is held up, and so long cut off: longer than an election.
const HELD_UP: Duration = Duration::from_millis(1500);
const CUT_OFF: Duration = Duration::from_millis(2500);

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
    let node = Serving::start(&serving(&root, &address, "127.0.0.1:0"));
    let answered = Remote::new(&node.address).unwrap().post("v1/ask", "application/json", QUESTION.as_bytes()).unwrap();
    assert_eq!(answered.status, 200);
    node.end();
    let (code, text) = said(&["journal", "show", &address]);
    assert!(code == 1 && text.contains("cannot be reached"), "{code}: {text}");
    let (code, text) = said(&["journal", "show", "etcd://nowhere"]);
    assert!(code == 2 && text.contains("HOST:PORT"), "{code}: {text}");
}

/// Etcd is restored from a backup, somebody publishes, and there are as many
/// records again as a node had that saw the time before: others. That node was
/// taken for one that is up to date, and what it published went where it did not
/// belong.
#[test]
fn a_copy_of_the_same_length_and_another_history_is_refused() {
    let Some(cluster) = Cluster::start(1) else { return };
    let folder = tempfile::tempdir().unwrap();
    let root = |name: &str| folder.path().join(name);
    let (address, key) = (cluster.address("law"), registry(&root("old")));
    share(&root("old"), open_shared(&address).unwrap().as_mut()).unwrap();
    drop(Publisher::join(&root("new"), open_shared(&address).unwrap()).unwrap());
    let publish = |publisher: &mut Publisher, summary: &str| {
        let mut revision = next_revision(publisher.chains(), LIST);
        summary.clone_into(&mut revision.summary.en);
        publisher.publish_signed(Publication::Revision(Box::new(revision)), RECORDED, std::slice::from_ref(&key))
    };
    let mut old = Publisher::join(&root("old"), open_shared(&address).unwrap()).unwrap();
    let backup = keys(&cluster);
    publish(&mut old, "Lost with the disk.").unwrap();
    restore(&cluster, &backup);
    let mut new = Publisher::join(&root("new"), open_shared(&address).unwrap()).unwrap();
    assert!(old.catch_up().unwrap_err().to_string().contains("has 6 records, and its copy in"));
    publish(&mut new, "After the backup.").unwrap();

    let refused = old.catch_up().unwrap_err().to_string();
    assert!(refused.contains("the shared journal has another record 6 than the registry at"), "{refused}");
    let refused = publish(&mut old, "It continues what was lost.").unwrap_err().to_string();
    assert!(refused.contains("the journal does not take it: its record 6 is another"), "{refused}");
    publish(&mut new, "Nobody was in between.").unwrap();
    let (code, text) = said(&["journal", "copy", &address, root("back").to_str().unwrap()]);
    assert!(code == 0 && text.contains("8 records"), "{code}: {text}");
}

/// A record that is too long for etcd, and an etcd that is full: nothing was
/// written, and what to do is said.
#[test]
fn what_etcd_cannot_take_is_said() {
    for (arguments, why, hint) in [
        (["--max-request-bytes", "600"], "the record is longer than it takes", "raise `--max-request-bytes`"),
        (["--quota-backend-bytes", "1"], "its space is used up", "raise `--quota-backend-bytes`"),
    ] {
        let Some(cluster) = Cluster::with(1, None, "http", &arguments.map(str::to_owned)) else { return };
        let folder = tempfile::tempdir().unwrap();
        let (root, address) = (folder.path().join("node"), cluster.address("law"));
        drop(registry(&root));
        let (code, text) = said(&["journal", "copy", root.to_str().unwrap(), &address]);
        assert!(code == 1 && text.contains(why) && text.contains(hint), "{code}: {text}");
        assert!(text.contains("nothing was written"), "{text}");
    }
}

/// Every publication that was acknowledged is there, in one chain, on all
/// nodes; and no answer came from a state that never was.
#[test]
fn nothing_acknowledged_is_lost_while_members_and_nodes_fail() {
    let network = Network::make().map(Arc::new);
    let Some(cluster) = Cluster::with(3, network, "http", &[]) else { return };
    let trial = Trial::start(cluster);
    std::thread::scope(|scope| {
        scope.spawn(|| trial.until_over(|| trial.write(0)));
        scope.spawn(|| trial.until_over(|| trial.write(1)));
        scope.spawn(|| trial.until_over(|| trial.read()));
        scope.spawn(|| trial.until_over(|| trial.trouble()));
    });
    trial.end();
}

/// A node that reaches no member answers from what it knew; members that are no
/// majority take nothing in. Both say so in time, and afterwards all is as if it
/// had not been.
#[test]
fn who_is_cut_off_answers_from_what_was_and_takes_nothing_in() {
    let Some(network) = Network::make().map(Arc::new) else { return };
    let Some(cluster) = Cluster::with(3, Some(Arc::clone(&network)), "http", &[]) else { return };
    let trial = Trial::start(cluster);
    let node = |number| trial.node(number).unwrap();
    let mut chains = Chains::default();
    let mut acknowledge = |through: usize, summary: &str| {
        let (position, hash) = publish(&node(through), &trial.key, &mut chains, summary).unwrap();
        assert_eq!(trial.acknowledged.lock().unwrap().insert(position, hash), None);
        position + 1
    };
    let before = acknowledge(0, "Before.");
    wait_until("node 2 hears of it", || size_of(&node(2)) == Some(before));

    network.cut(Who::Node(2), &[Cable::Journal]);
    let after = acknowledge(0, "Node 2 does not hear of this.");
    wait_until("node 1 hears of it", || size_of(&node(1)) == Some(after));
    let refused = offer(&node(2), &trial.key, &mut Chains::default(), "Nobody hears of this.").unwrap();
    assert_eq!(refused.status, 503, "{}", String::from_utf8_lossy(&refused.body));
    let answer = ask(&node(2)).unwrap();
    assert_eq!(answer["registry"]["size"], before);
    trial.answers.lock().unwrap().push(answer);
    let trouble = || health(&node(2)).unwrap()["original"]["trouble"].as_str().map(str::to_owned);
    wait_until("node 2 says that it is cut off", || trouble().is_some_and(|it| it.contains("cannot be reached")));
    network.mend(Who::Node(2), &[Cable::Journal]);
    wait_until("node 2 catches up", || size_of(&node(2)) == Some(after));
    acknowledge(2, "Node 2 is back.");

    // Each of three members is alone: there is no majority.
    [0, 1].into_iter().for_each(|it| network.cut(Who::Member(it), &[Cable::Peers]));
    let refused = offer(&node(0), &trial.key, &mut Chains::default(), "No majority takes this in.").unwrap();
    assert_eq!(refused.status, 503, "{}", String::from_utf8_lossy(&refused.body));
    (0..3).for_each(|it| trial.answers.lock().unwrap().push(ask(&node(it)).unwrap()));
    [0, 1].into_iter().for_each(|it| network.mend(Who::Member(it), &[Cable::Peers]));
    let mut again = Chains::default();
    wait_until("a majority takes in", || {
        let taken = publish(&node(1), &trial.key, &mut again, "There is a majority again.");
        taken.is_some_and(|(position, hash)| trial.acknowledged.lock().unwrap().insert(position, hash).is_none())
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
    troubles: AtomicUsize,
    is_over: AtomicBool,
}

impl Trial {
    fn start(cluster: Cluster) -> Trial {
        let folder = tempfile::tempdir().unwrap();
        let (address, key) = (cluster.address("law"), registry(&folder.path().join("node-0")));
        share(&folder.path().join("node-0"), open_shared(&address).unwrap().as_mut()).unwrap();
        let trial = Trial {
            cluster,
            folder,
            address,
            key,
            nodes: (0..3).map(|_| Mutex::new(None)).collect(),
            acknowledged: Mutex::default(),
            answers: Mutex::default(),
            many: AtomicU64::new(0),
            wanted: publishes(),
            troubles: AtomicUsize::new(0),
            is_over: AtomicBool::new(false),
        };
        for (number, node) in trial.nodes.iter().enumerate() {
            *node.lock().unwrap() = Some(trial.serve(number));
        }
        trial
    }

    /// Starts a node: where it is cut off with its network, if there is one.
    fn serve(&self, number: usize) -> Serving {
        let root = self.root(number);
        let Some(network) = self.cluster.network() else {
            return Serving::start(&serving(&root, &self.address, "127.0.0.1:0"));
        };
        let listen = format!("{}:8470", network.address(Who::Node(number), Cable::World));
        let mut command = network.program(Who::Node(number), env!("CARGO_BIN_EXE_neglist"));
        Serving::of(command.env_remove("NEGLIST_REGISTRY").args(serving(&root, &self.address, &listen)))
    }

    /// Does something, and ends all when it fails.
    fn until_over(&self, what: impl FnOnce()) {
        struct Ending<'a>(&'a AtomicBool);
        impl Drop for Ending<'_> {
            fn drop(&mut self) {
                self.0.store(true, Ordering::Relaxed);
            }
        }
        let _ending = Ending(&self.is_over);
        what();
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
        while !self.is_over.load(Ordering::Relaxed) {
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

    /// One trouble at a time, so that there is a majority throughout, and each
    /// kind at least once.
    fn trouble(&self) {
        let kinds = Trouble::kinds(self.cluster.network());
        let is_enough = |round| self.wanted <= self.many.load(Ordering::Relaxed) && kinds.len() <= round;
        for round in (0..).take_while(|it| !is_enough(*it) && !self.is_over.load(Ordering::Relaxed)) {
            self.make(Trouble::of(round, kinds));
            self.troubles.fetch_add(1, Ordering::Relaxed);
            std::thread::sleep(Duration::from_millis(500));
        }
    }

    fn make(&self, trouble: Trouble) {
        let cluster = &self.cluster;
        match trouble {
            Trouble::Kill(member) => cluster.kill_and_restart(member),
            Trouble::HoldUp(member) => cluster.hold_up(member, HELD_UP),
            Trouble::KillNode(number) => {
                self.nodes[number].lock().unwrap().take().unwrap().kill();
                std::thread::sleep(Duration::from_millis(500));
                *self.nodes[number].lock().unwrap() = Some(self.serve(number));
            }
            Trouble::HoldUpNode(number) => {
                let id = self.nodes[number].lock().unwrap().as_ref().unwrap().id();
                cluster::hold_up(id, HELD_UP);
            }
            Trouble::CutOff(member) => cluster.cut_off(member, &[Cable::Peers, Cable::Journal], CUT_OFF),
            Trouble::CutFromPeers(member) => cluster.cut_off(member, &[Cable::Peers], CUT_OFF),
            Trouble::CutFromNodes(member) => cluster.cut_off(member, &[Cable::Journal], CUT_OFF),
            Trouble::Unheard(member) => cluster.network().unwrap().deafen(member, (member + 1) % 3, CUT_OFF),
            Trouble::CutOffNode(number) => {
                cluster.network().unwrap().cut_off(Who::Node(number), &[Cable::Journal], CUT_OFF);
            }
        }
    }

    /// Waits until all nodes are at the journal's head, and audits them.
    fn end(self) {
        let size = open_shared(&self.address).unwrap().refresh().unwrap();
        for number in 0..3 {
            wait_until("a node is at the head", || self.node(number).and_then(|it| size_of(&it)) == Some(size));
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
            "acknowledged: {}, lost: 0; records: {size}; troubles: {}, of {} kinds; answers that were checked: {}",
            acknowledged.len(),
            self.troubles.load(Ordering::Relaxed),
            Trouble::kinds(self.cluster.network()).len(),
            answers.len()
        ));
    }
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

/// Runs something that asks etcd itself.
fn asked<T>(cluster: &Cluster, what: impl AsyncFn(Client) -> Result<T, Error>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async { what(Client::connect(cluster.clients(), None).await.unwrap()).await.unwrap() })
}

/// Returns the keys of the journal, each with its value.
fn keys(cluster: &Cluster) -> Vec<(Vec<u8>, Vec<u8>)> {
    let all = GetOptions::new().with_prefix();
    let found = asked(cluster, async |mut etcd| etcd.get("law/", Some(all.clone())).await);
    found.kvs().iter().map(|it| (it.key().to_vec(), it.value().to_vec())).collect()
}

fn restore(cluster: &Cluster, backup: &[(Vec<u8>, Vec<u8>)]) {
    asked(cluster, async |mut etcd| {
        etcd.delete("law/", Some(DeleteOptions::new().with_prefix())).await?;
        for (key, value) in backup {
            etcd.put(key.as_slice(), value.as_slice(), None).await?;
        }
        Ok(())
    });
}

/// Returns how a node is started.
fn serving<'a>(root: &'a Path, address: &'a str, listen: &'a str) -> [&'a str; 8] {
    ["--registry", root.to_str().unwrap(), "serve", "--listen", listen, "--journal", address, "--accept-drafts"]
}

#[expect(clippy::disallowed_methods, reason = "tests")]
fn publishes() -> u64 {
    std::env::var("NEGLIST_ETCD_PUBLISHES").ok().and_then(|it| it.parse().ok()).unwrap_or(20)
}
