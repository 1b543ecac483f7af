//! Members of etcd on loopback, or each in a network namespace of its own, which
//! can be killed, held up, cut off, and started again.

#![expect(clippy::print_stderr, unreachable_pub, reason = "a module of tests, which may say what did not run")]
#![expect(clippy::disallowed_macros, reason = "the same")]
#![allow(dead_code, reason = "each test file uses its own part of it")]

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::common::process::program;
use crate::network::{Cable, Network, Who};

/// Something that goes wrong.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Trouble {
    /// A member is killed, and starts again.
    Kill(usize),
    /// A member neither hears nor says anything for a while.
    HoldUp(usize),
    KillNode(usize),
    HoldUpNode(usize),
    /// The network carries nothing from or to a member.
    CutOff(usize),
    /// Nodes reach a member, and it reaches no other.
    CutFromPeers(usize),
    /// A member is one of the majority, and no node reaches it.
    CutFromNodes(usize),
    /// A member hears the next one, which does not hear it.
    Unheard(usize),
    /// A node reaches no member, and is asked all the same.
    CutOffNode(usize),
}

/// Each kind of trouble; those from the fifth on need a network that can be cut.
const KINDS: [fn(usize) -> Trouble; 9] = [
    Trouble::Kill,
    Trouble::HoldUpNode,
    Trouble::HoldUp,
    Trouble::KillNode,
    Trouble::CutOff,
    Trouble::CutOffNode,
    Trouble::CutFromPeers,
    Trouble::CutFromNodes,
    Trouble::Unheard,
];

impl Trouble {
    /// Returns the kinds that there are with such a network.
    pub fn kinds(network: Option<&Network>) -> &'static [fn(usize) -> Trouble] {
        if network.is_some() { &KINDS } else { &KINDS[..4] }
    }

    /// Returns the trouble of a round: each kind in turn, and to each in turn.
    pub fn of(round: usize, kinds: &[fn(usize) -> Trouble]) -> Trouble {
        kinds[round % kinds.len()]((round + round / kinds.len()) % 3)
    }
}

/// Members of one cluster.
pub struct Cluster {
    program: String,
    members: Vec<Member>,
    network: Option<Arc<Network>>,
    _folder: tempfile::TempDir,
}

struct Member {
    /// Where clients reach it.
    client: String,
    arguments: Vec<String>,
    child: Mutex<Option<Child>>,
}

impl Cluster {
    /// Starts so many members, if `NEGLIST_ETCD` names the program. The machine
    /// that checks submissions has one.
    pub fn start(many: usize) -> Option<Cluster> {
        Cluster::with(many, None, "http", &[])
    }

    /// Starts members with further arguments, which speak to clients by
    /// `scheme`.
    pub fn with(many: usize, network: Option<Arc<Network>>, scheme: &str, more: &[String]) -> Option<Cluster> {
        let Some(program) = program("NEGLIST_ETCD") else {
            eprintln!("NOT RUN: NEGLIST_ETCD names no etcd");
            return None;
        };
        Network::raise_loopback();
        let folder = tempfile::tempdir().unwrap();
        let (clients, peers) = places(many, network.as_deref());
        let all: Vec<_> = peers.iter().enumerate().map(|(it, peer)| format!("m{it}=http://{peer}")).collect();
        let members = (0..many).map(|number| {
            let (client, peer) = (format!("{scheme}://{}", clients[number]), format!("http://{}", peers[number]));
            let data = folder.path().join(format!("m{number}"));
            let options = [
                ("name", format!("m{number}")),
                ("data-dir", data.display().to_string()),
                ("listen-client-urls", client.clone()),
                ("advertise-client-urls", client),
                ("listen-peer-urls", peer.clone()),
                ("initial-advertise-peer-urls", peer),
                ("initial-cluster", all.join(",")),
                ("heartbeat-interval", "50".to_owned()),
                ("election-timeout", "500".to_owned()),
            ];
            let arguments = options.into_iter().flat_map(|(name, value)| [format!("--{name}"), value]);
            let arguments = arguments.chain(more.iter().cloned()).collect();
            Member { client: clients[number].clone(), arguments, child: Mutex::new(None) }
        });
        let members = members.collect();
        let cluster = Cluster { program, members, network, _folder: folder };
        (0..many).for_each(|it| cluster.run(it));
        Some(cluster)
    }

    /// Returns the address of a journal in it.
    pub fn address(&self, prefix: &str) -> String {
        format!("etcd://{}/{prefix}", self.clients().join(","))
    }

    /// Returns where clients reach its members.
    pub fn clients(&self) -> Vec<&str> {
        self.members.iter().map(|it| it.client.as_str()).collect()
    }

    pub fn network(&self) -> Option<&Network> {
        self.network.as_deref()
    }

    /// Cuts a member off from some cables for a while.
    pub fn cut_off(&self, member: usize, cables: &[Cable], time: Duration) {
        self.network().unwrap().cut_off(Who::Member(member), cables, time);
    }

    pub fn kill_and_restart(&self, member: usize) {
        let mut child = self.members[member].child.lock().unwrap().take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        std::thread::sleep(Duration::from_secs(1));
        self.run(member);
    }

    pub fn hold_up(&self, member: usize, time: Duration) {
        let id = self.members[member].child.lock().unwrap().as_ref().unwrap().id();
        hold_up(id, time);
    }

    fn run(&self, member: usize) {
        let mut command = match &self.network {
            Some(network) => network.program(Who::Member(member), &self.program),
            None => Command::new(&self.program),
        };
        command.args(&self.members[member].arguments).env("ETCD_UNSUPPORTED_ARCH", std::env::consts::ARCH);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        *self.members[member].child.lock().unwrap() = Some(child);
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for member in &self.members {
            if let Some(mut child) = member.child.lock().unwrap().take() {
                let _ = child.kill();
                let _ = child.wait();
            }
        }
    }
}

/// Returns where clients reach each member, and where members do.
fn places(many: usize, network: Option<&Network>) -> (Vec<String>, Vec<String>) {
    if let Some(network) = network {
        let at = |cable, port| move |it| format!("{}:{port}", network.address(Who::Member(it), cable));
        return ((0..many).map(at(Cable::Journal, 2379)).collect(), (0..many).map(at(Cable::Peers, 2380)).collect());
    }
    // Held until all are known, so that none is taken twice.
    let held: Vec<_> = (0..2 * many).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    let mut clients: Vec<_> = held.iter().map(|it| it.local_addr().unwrap().to_string()).collect();
    let peers = clients.split_off(many);
    (clients, peers)
}

/// Stops a process where it stands, and lets it go on after a while.
pub fn hold_up(id: u32, time: Duration) {
    let signal = |name: &str| assert!(Command::new("kill").args([name, &id.to_string()]).status().unwrap().success());
    signal("-STOP");
    std::thread::sleep(time);
    signal("-CONT");
}

/// Says what a trial came to, for the report.
pub fn say(text: &str) {
    eprintln!("{text}");
}
