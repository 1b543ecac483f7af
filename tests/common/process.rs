//! The program as people run it: a process that serves, and ends when it is
//! dropped.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use neglist::client::{Remote, Reply};
use neglist::journal::{keep_checkpoint, snapshot};
use neglist::registry::Publisher;

/// The bundled registry in a folder, and a server over it.
pub struct Served {
    pub serving: Serving,
    /// Where the registry lies.
    pub root: PathBuf,
    _folder: tempfile::TempDir,
}

/// Serves the bundled registry.
pub fn bundled(more: &[&str]) -> Served {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("registry");
    let unpacked = snapshot::read(&fs::read("snapshots/bundled.jsonl.zst").unwrap()).unwrap();
    drop(Publisher::create(&root, &unpacked.records, &unpacked.head.origin).unwrap());
    keep_checkpoint(&root, include_str!("../../snapshots/bundled.checkpoint")).unwrap();
    let arguments = [&["--registry", root.to_str().unwrap(), "serve", "--listen", "127.0.0.1:0"], more].concat();
    Served { serving: Serving::start(&arguments), root, _folder: folder }
}

impl Served {
    /// Gets what is at a path.
    pub fn get(&self, path: &str) -> Reply {
        Remote::new(&self.serving.address).unwrap().get(path.trim_start_matches('/')).unwrap()
    }

    /// Posts to a path.
    pub fn post(&self, path: &str, media: &str, body: &[u8]) -> Reply {
        Remote::new(&self.serving.address).unwrap().post(path.trim_start_matches('/'), media, body).unwrap()
    }
}

/// A process that serves.
pub struct Serving {
    child: Child,
    /// Where it listens, such as `http://127.0.0.1:34567`.
    pub address: String,
    /// What it said before.
    pub said: Vec<String>,
}

impl Serving {
    /// Starts the program, and waits until it says where it listens.
    pub fn start(arguments: &[&str]) -> Serving {
        Serving::of(&mut neglist(arguments))
    }

    /// Starts the program as a command does, and waits until it says where it
    /// listens.
    pub fn of(command: &mut Command) -> Serving {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = Vec::new();
        let listening = |line: String| {
            let address = line.split_once("listening on ").map(|(_, it)| it.trim().to_owned());
            said.push(line);
            address
        };
        let address = lines.by_ref().map_while(Result::ok).find_map(listening);
        // What it goes on to say is read, so that it never waits for that.
        std::thread::spawn(move || lines.for_each(drop));
        Serving { child, address: address.expect("it says where it listens"), said }
    }

    /// Asks it to end, as systems do, and waits until it has.
    pub fn end(mut self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert!(self.child.wait().unwrap().success());
    }

    /// Returns the number of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills it where it stands.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the program with arguments, in no registry's surroundings.
pub fn neglist(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_neglist"));
    command.env_remove("NEGLIST_REGISTRY").args(arguments);
    command
}

/// Runs the program, and returns its exit code and what it said.
pub fn said(arguments: &[&str]) -> (i32, String) {
    let Output { status, stdout, stderr } = neglist(arguments).output().unwrap();
    let text = format!("{}{}", String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
    (status.code().unwrap(), text)
}

/// Returns the program that a variable names. The machine that checks
/// submissions names it; who has none runs the other tests.
#[expect(clippy::disallowed_methods, reason = "tests")]
pub fn program(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|it| !it.is_empty())
}
