//! A registry in a folder, and a server over it.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};

use neglist::client::{Remote, Reply};
use neglist::journal::snapshot;
use neglist::registry::Publisher;

use super::process::Serving;

/// A registry in a folder, and a server over it.
pub struct Served {
    pub serving: Serving,
    pub root: PathBuf,
    _folder: tempfile::TempDir,
}

impl Served {
    /// Serves the bundled registry.
    pub fn bundled() -> Served {
        let unpacked = snapshot::read(&fs::read("snapshots/bundled.jsonl.zst").unwrap()).unwrap();
        Served::new(|root| Publisher::create(root, &unpacked.records, &unpacked.head.origin).unwrap())
    }

    /// Serves the registry of the small catalog.
    pub fn small() -> Served {
        Served::new(super::small_registry)
    }

    /// Serves a registry that is made in a folder.
    pub fn new(make: impl FnOnce(&Path) -> Publisher) -> Served {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("registry");
        drop(make(&root));
        let arguments = ["--registry", root.to_str().unwrap(), "serve", "--listen", "127.0.0.1:0"];
        Served { serving: Serving::start(&arguments), root, _folder: folder }
    }

    /// Gets an address.
    pub fn get(&self, path: &str) -> Reply {
        Remote::new(&self.serving.address).unwrap().get(path.trim_start_matches('/')).unwrap()
    }

    /// Gets a text that has to be there.
    pub fn text(&self, path: &str) -> String {
        let reply = self.get(path);
        let text = String::from_utf8(reply.body).unwrap();
        assert_eq!(reply.status, 200, "{path}: {text}");
        text
    }

    /// Gets a document that has to be there.
    pub fn json(&self, path: &str) -> serde_json::Value {
        serde_json::from_str(&self.text(path)).unwrap()
    }

    /// Opens a connection, and asks for an address with headers of one's own.
    pub fn connect(&self, path: &str, headers: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.serving.address.trim_start_matches("http://")).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n").unwrap();
        stream
    }

    /// Returns what comes back, head and body, as it comes.
    pub fn raw(&self, path: &str, headers: &str) -> String {
        let mut stream = self.connect(path, &format!("Connection: close\r\n{headers}"));
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
