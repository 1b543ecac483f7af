//! The command line as transcripts: the README, a page of the docs, and one file a command.
//!
//! The registry is the bundled one, imported once into a temporary folder, so
//! that nothing is written where the tests run.

use neglist::journal::{keep_checkpoint, snapshot};
use neglist::registry::Publisher;

#[test]
fn transcripts() {
    let folder = tempfile::tempdir().unwrap();
    let registry = folder.path().join("registry");
    let bundled = std::fs::read("snapshots/bundled.jsonl.zst").unwrap();
    let unpacked = snapshot::read(&bundled).unwrap();
    drop(Publisher::create(&registry, &unpacked.records, &unpacked.head.origin).unwrap());
    keep_checkpoint(&registry, include_str!("../snapshots/bundled.checkpoint")).unwrap();
    // What writes has a registry of its own, which nobody else looks at.
    let written = folder.path().join("written");
    drop(Publisher::create(&written, &unpacked.records, &unpacked.head.origin).unwrap());
    let cases = trycmd::TestCases::new();
    cases.env("NEGLIST_REGISTRY", written.display().to_string()).case("tests/cli/writing/*.trycmd");
    cases.run();

    let cases = trycmd::TestCases::new();
    cases
        .env("NEGLIST_REGISTRY", registry.display().to_string())
        .env("XDG_DATA_HOME", folder.path().join("data").display().to_string())
        .case("README.md")
        .case("docs/contributing-a-law.md")
        .case("docs/ways.md")
        .case("tests/cli/*.trycmd");
    cases.run();
}
