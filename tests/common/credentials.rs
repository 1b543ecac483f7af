//! Certificates and passwords in files, made as `docs/operations.md` says.

#![expect(unreachable_pub, reason = "a module of tests")]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// A folder with certificates, their keys, and passwords.
pub struct Credentials {
    folder: tempfile::TempDir,
}

impl Credentials {
    /// Makes a folder for them.
    pub fn new() -> Credentials {
        Credentials { folder: tempfile::tempdir().unwrap() }
    }

    /// Returns where something lies.
    pub fn path(&self, name: &str) -> String {
        self.at(name).to_str().unwrap().to_owned()
    }

    /// Writes something down, such as a password.
    pub fn write(&self, name: &str, text: &str) -> String {
        fs::write(self.at(name), text).unwrap();
        self.path(name)
    }

    /// Makes a certificate authority: `NAME.pem` and `NAME.key`.
    pub fn authority(&self, name: &str) {
        self.certify(name, &[]);
    }

    /// Makes a certificate of an authority for somebody: `NAME.pem` and
    /// `NAME.key`. `at` is where it may be met, such as `IP:127.0.0.1`; a client
    /// is met nowhere.
    pub fn certificate(&self, authority: &str, name: &str, at: Option<&str>) {
        let (by, key) = (self.path(&format!("{authority}.pem")), self.path(&format!("{authority}.key")));
        let mut more = vec!["-CA", &by, "-CAkey", &key, "-addext", "basicConstraints=critical,CA:FALSE"];
        let at = at.map(|it| format!("subjectAltName={it}"));
        more.extend(at.iter().flat_map(|it| ["-addext", it, "-addext", "extendedKeyUsage=serverAuth,clientAuth"]));
        self.certify(name, &more);
    }

    fn certify(&self, name: &str, more: &[&str]) {
        let mut command = Command::new("openssl");
        command.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]);
        command.args(["-days", "365", "-subj", &format!("/CN={name}")]).args(more);
        command.args(["-keyout", &self.path(&format!("{name}.key")), "-out", &self.path(&format!("{name}.pem"))]);
        run(&mut command);
    }

    /// Makes a pair of keys with which etcd signs tokens: `NAME.pem` is the public
    /// one.
    pub fn token_keys(&self, name: &str) {
        let (key, public) = (self.path(&format!("{name}.key")), self.path(&format!("{name}.pem")));
        run(Command::new("openssl").args(["genrsa", "-traditional", "-out", &key, "2048"]));
        run(Command::new("openssl").args(["rsa", "-in", &key, "-pubout", "-out", &public]));
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

fn run(command: &mut Command) {
    let output = command.output().expect("openssl is installed where etcd is tried");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
