//! A registry that several writers share, and nodes that are asked and published
//! through over HTTP.

use std::path::Path;
use std::time::Duration;

use neglist::canon::{Chains, Publication, SecretKey};
use neglist::client::{Remote, Reply};
use neglist::model::{Authority, Entitlement, Hash, Revision, Text};
use neglist::registry::{init, records_after};
use serde_json::Value as Json;

use super::{LIST, RECORDED, chains_of, next_revision, small_records};

pub const QUESTION: &str = r#"{"from":"CN","to":"DE","items":[{"category":"personal"}],"at":"2024-06-01"}"#;

/// Makes the small registry with a root key and an authority, and returns the
/// authority's key.
pub fn registry(root: &Path) -> SecretKey {
    registry_named(root, "registry.example/shared")
}

pub fn registry_named(root: &Path, name: &str) -> SecretKey {
    let (root_key, key) = (SecretKey::from_seed(&[1; 32]), SecretKey::from_seed(&[2; 32]));
    let small = chains_of(&small_records().1);
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

/// Publishes the next revision through a node, and returns where it was
/// acknowledged; `None` where it was not, or nobody knows.
pub fn publish(address: &str, key: &SecretKey, chains: &mut Chains, summary: &str) -> Option<(u64, Hash)> {
    let reply = offer(address, key, chains, summary)?;
    if reply.status != 201 {
        assert!([409, 503, 504].contains(&reply.status), "{}: {}", reply.status, String::from_utf8_lossy(&reply.body));
        return None;
    }
    let reply: Json = serde_json::from_slice(&reply.body).unwrap();
    Some((reply["position"].as_u64().unwrap(), reply["registry"]["head"].as_str().unwrap().parse().unwrap()))
}

/// Sends the next revision to a node, and returns its reply, if there is one.
pub fn offer(address: &str, key: &SecretKey, chains: &mut Chains, summary: &str) -> Option<Reply> {
    let remote = Remote::new(address).unwrap();
    for line in records_after(&remote, chains).ok()? {
        *chains = chains.clone().append(chains.read(&line).unwrap());
    }
    let mut revision = next_revision(chains, LIST);
    summary.clone_into(&mut revision.summary.en);
    let publication = Publication::Revision(Box::new(revision));
    let record = chains.prepare_signed(publication, RECORDED, |it| vec![key.sign(it)]).unwrap();
    remote.post(&format!("v1/lists/{LIST}/revisions"), "application/json", record.line()).ok()
}

/// Asks a node, and returns its answer, if it has one.
pub fn ask(address: &str) -> Option<Json> {
    let reply = Remote::new(address).unwrap().post("v1/ask", "application/json", QUESTION.as_bytes()).ok()?;
    (reply.status == 200).then(|| serde_json::from_slice(&reply.body).unwrap())
}

/// Returns how a node says that it is.
pub fn health(address: &str) -> Option<Json> {
    let reply = Remote::new(address).unwrap().get("healthz").ok()?;
    serde_json::from_slice(&reply.body).ok()
}

/// Returns how far a node is.
pub fn size_of(address: &str) -> Option<u64> {
    health(address)?["registry"]["size"].as_u64()
}

/// Waits until something is so, for as long as a slow machine may need.
pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let is_so_in_time = (0..1200).any(|_| {
        let is_so = is_so();
        if !is_so {
            std::thread::sleep(Duration::from_millis(100));
        }
        is_so
    });
    assert!(is_so_in_time, "{what}: not within two minutes");
}
