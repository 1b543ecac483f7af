//! A network that can be cut: each member of etcd and each node is in a network
//! namespace of its own.
//!
//! There are three cables: `world`, on which nodes are asked, `journal`, on which
//! nodes reach members, and `peers`, on which members reach each other. Each is
//! a bridge, and whoever is on it has a port there, which can be taken down.
//! The namespaces have no names: they end with the process that holds them and
//! whoever runs in them, and that process ends with its standard input, which is
//! ours. So nothing is left on the machine, also when a test panics.

#![expect(unreachable_pub, clippy::print_stderr, clippy::disallowed_macros, reason = "a module of tests")]
#![allow(dead_code, reason = "each test file uses its own part of it")]

use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::common::process::program;

/// The variable that says that namespaces can be made.
const NAMESPACES: &str = "NEGLIST_NAMESPACES";

/// How many members there are, and how many nodes.
const EACH: usize = 3;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cable {
    World,
    Journal,
    Peers,
}

const CABLES: [Cable; 3] = [Cable::World, Cable::Journal, Cable::Peers];

/// Somebody on the network.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Who {
    Member(usize),
    Node(usize),
}

/// How many networks this process made.
static MADE: AtomicU32 = AtomicU32::new(0);

/// The network.
pub struct Network {
    /// Which of all this is, here and on this machine.
    name: String,
    net: u32,
    /// The namespace with the bridges.
    hub: Namespace,
    members: Vec<Namespace>,
    nodes: Vec<Namespace>,
}

impl Network {
    /// Makes it, where `NEGLIST_NAMESPACES` says that namespaces can be made.
    pub fn make() -> Option<Network> {
        if program(NAMESPACES).is_none() {
            eprintln!("NOT RUN: NEGLIST_NAMESPACES is not set, so nothing is cut off by the network");
            return None;
        }
        let (own, number) = (std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let network = Network {
            name: format!("{own}.{number}"),
            net: own % 16 * 4 + number % 4,
            hub: Namespace::make(),
            members: (0..EACH).map(|_| Namespace::make()).collect(),
            nodes: (0..EACH).map(|_| Namespace::make()).collect(),
        };
        for cable in CABLES {
            network.hub.ip(&["link", "add", cable.name(), "type", "bridge"]);
            network.hub.ip(&["link", "set", cable.name(), "up"]);
        }
        for number in 0..EACH {
            network.plug(Who::Member(number), Cable::Journal);
            network.plug(Who::Member(number), Cable::Peers);
            network.plug(Who::Node(number), Cable::Journal);
            network.plug(Who::Node(number), Cable::World);
        }
        // The test itself asks nodes, and asks etcd how far it is.
        for cable in [Cable::World, Cable::Journal] {
            let ours = format!("{}{}", cable.name().chars().next().unwrap(), network.name);
            network.hub.ip(&["link", "add", "test", "type", "veth", "peer", "name", &ours, "netns", &own_id()]);
            network.hub.ip(&[
                "link",
                "set",
                "test",
                "name",
                &format!("{}-test", cable.name()),
                "master",
                cable.name(),
                "up",
            ]);
            let address = format!("{}/24", network.host(cable, 254));
            ip(&["address", "add", &address, "dev", &ours]);
            ip(&["link", "set", &ours, "up"]);
        }
        Some(network)
    }

    /// Makes loopback work where the tests themselves were put into a network
    /// namespace that is new.
    pub fn raise_loopback() {
        if program(NAMESPACES).is_some() {
            ip(&["link", "set", "lo", "up"]);
        }
    }

    /// Returns a program that runs where somebody is.
    pub fn program(&self, who: Who, program: &str) -> Command {
        self.namespace(who).program(program)
    }

    /// Returns the address of somebody.
    pub fn address(&self, who: Who, cable: Cable) -> String {
        match who {
            Who::Member(number) => self.host(cable, 1 + number),
            Who::Node(number) => self.host(cable, 101 + number),
        }
    }

    /// Addresses that are for tests of networks (RFC 2544): other ones for each
    /// that is made on this machine.
    fn host(&self, cable: Cable, number: usize) -> String {
        format!("198.18.{}.{number}", 4 * self.net + cable as u32)
    }

    /// Cuts somebody off from some cables for a while.
    pub fn cut_off(&self, who: Who, cables: &[Cable], time: Duration) {
        self.cut(who, cables);
        std::thread::sleep(time);
        self.mend(who, cables);
    }

    pub fn cut(&self, who: Who, cables: &[Cable]) {
        cables.iter().for_each(|it| self.hub.ip(&["link", "set", &port(who, *it), "down"]));
    }

    pub fn mend(&self, who: Who, cables: &[Cable]) {
        cables.iter().for_each(|it| self.hub.ip(&["link", "set", &port(who, *it), "up"]));
    }

    /// What one member says to another is lost for a while: the other way it
    /// comes through.
    pub fn deafen(&self, from: usize, to: usize, time: Duration) {
        let (from, to) = (self.namespace(Who::Member(from)), self.address(Who::Member(to), Cable::Peers));
        let neighbour =
            |rest: &[&str]| from.ip(&[&["neighbour", "replace", &to, "dev", Cable::Peers.name()], rest].concat());
        // Nobody has that card.
        neighbour(&["lladdr", "02:00:00:00:00:01", "nud", "permanent"]);
        std::thread::sleep(time);
        from.ip(&["neighbour", "delete", &to, "dev", Cable::Peers.name()]);
    }

    fn namespace(&self, who: Who) -> &Namespace {
        match who {
            Who::Member(number) => &self.members[number],
            Who::Node(number) => &self.nodes[number],
        }
    }

    fn plug(&self, who: Who, cable: Cable) {
        let (namespace, port) = (self.namespace(who), port(who, cable));
        let id = namespace.holder.id().to_string();
        self.hub.ip(&["link", "add", &port, "type", "veth", "peer", "name", cable.name(), "netns", &id]);
        self.hub.ip(&["link", "set", &port, "master", cable.name(), "up"]);
        namespace.ip(&["address", "add", &format!("{}/24", self.address(who, cable)), "dev", cable.name()]);
        namespace.ip(&["link", "set", cable.name(), "up"]);
    }
}

impl Cable {
    fn name(self) -> &'static str {
        match self {
            Cable::World => "world",
            Cable::Journal => "journal",
            Cable::Peers => "peers",
        }
    }
}

/// Returns the name of a port on a bridge.
fn port(who: Who, cable: Cable) -> String {
    match who {
        Who::Member(number) => format!("{}-m{number}", cable.name()),
        Who::Node(number) => format!("{}-n{number}", cable.name()),
    }
}

fn own_id() -> String {
    std::process::id().to_string()
}

/// A network namespace, and the process that holds it.
struct Namespace {
    holder: Child,
}

impl Namespace {
    fn make() -> Namespace {
        let mut command = Command::new("unshare");
        command.args(["--net", "cat"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut holder = command.spawn().expect("unshare, of util-linux, runs");
        // What comes back shows that it is there.
        let mut byte = [0];
        std::io::Write::write_all(holder.stdin.as_mut().unwrap(), b"\n").unwrap();
        std::io::Read::read_exact(holder.stdout.as_mut().unwrap(), &mut byte).expect("namespaces can be made");
        let namespace = Namespace { holder };
        namespace.ip(&["link", "set", "lo", "up"]);
        namespace
    }

    /// Returns a program that runs in it, in the process that is started.
    fn program(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.args([&format!("--net=/proc/{}/ns/net", self.holder.id()), "--", program]);
        command
    }

    fn ip(&self, arguments: &[&str]) {
        run(self.program("ip").args(arguments));
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

fn ip(arguments: &[&str]) {
    run(Command::new("ip").args(arguments));
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
