//! Members of etcd on loopback, which can be killed, held up, and started
//! again.

#![expect(clippy::print_stderr, unreachable_pub, reason = "a module of tests, which may say what did not run")]
#![expect(clippy::disallowed_macros, reason = "the same")]

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use crate::common::process::program;

/// Something that goes wrong.
#[derive(Clone, Copy, Debug)]
pub enum Trouble {
    /// A member is killed, and starts again.
    Kill(usize),
    /// A member neither hears nor says anything for a while, as if cut off.
    HoldUp(usize),
    KillNode(usize),
    HoldUpNode(usize),
}

impl Trouble {
    /// Returns the trouble of a round: each kind to each in turn.
    pub fn of(round: usize) -> Trouble {
        let who = round / 4 % 3;
        [Trouble::Kill(who), Trouble::HoldUpNode(who), Trouble::HoldUp(who), Trouble::KillNode(who)][round % 4]
    }
}

/// Members of one cluster.
pub struct Cluster {
    program: String,
    members: Vec<Member>,
    _folder: tempfile::TempDir,
}

struct Member {
    arguments: Vec<String>,
    client: u16,
    child: Mutex<Option<Child>>,
}

impl Cluster {
    /// Starts so many members, if `NEGLIST_ETCD` names the program. The machine
    /// that checks submissions has one.
    pub fn start(many: usize) -> Option<Cluster> {
        let Some(program) = program("NEGLIST_ETCD") else {
            eprintln!("NOT RUN: NEGLIST_ETCD names no etcd");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        // Held until all are known, so that none is taken twice.
        let held: Vec<_> = (0..2 * many).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let ports: Vec<u16> = held.iter().map(|it| it.local_addr().unwrap().port()).collect();
        drop(held);
        let (clients, peers) = ports.split_at(many);
        let all: Vec<_> = peers.iter().enumerate().map(|(it, port)| format!("m{it}=http://127.0.0.1:{port}")).collect();
        let members = (0..many).map(|number| {
            let (client, peer) =
                (format!("http://127.0.0.1:{}", clients[number]), format!("http://127.0.0.1:{}", peers[number]));
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
            let arguments = options.into_iter().flat_map(|(name, value)| [format!("--{name}"), value]).collect();
            Member { arguments, client: clients[number], child: Mutex::new(None) }
        });
        let cluster = Cluster { program, members: members.collect(), _folder: folder };
        (0..many).for_each(|it| cluster.run(it));
        Some(cluster)
    }

    /// Returns the address of a journal in it.
    pub fn address(&self, prefix: &str) -> String {
        let members: Vec<_> = self.members.iter().map(|it| format!("127.0.0.1:{}", it.client)).collect();
        format!("etcd://{}/{prefix}", members.join(","))
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
        let mut command = Command::new(&self.program);
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
