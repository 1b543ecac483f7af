//! The registry as a bundle for policy engines that read Rego.
//!
//! The policy asks as the reference evaluator does, rule by rule, so that it
//! comes to the same outcome for every question; the data is what it asks.

mod data;

use serde_json::json;

use crate::model::State;

/// The policy, in Rego v1. It names no list: all that it knows is in the data.
const POLICY: &str = include_str!("policy.rego");

/// Returns the files of a bundle, each with its name: the manifest, the data
/// and the policy.
pub fn opa_bundle(state: &State) -> Vec<(String, Vec<u8>)> {
    let manifest = json!({"revision": state.head.hash.to_string(), "roots": ["neglist"], "rego_version": 1});
    let data = json!({"neglist": {"registry": data::data(state)}});
    vec![
        (".manifest".to_owned(), format!("{manifest:#}\n").into_bytes()),
        ("data.json".to_owned(), format!("{data}\n").into_bytes()),
        ("policy.rego".to_owned(), POLICY.as_bytes().to_vec()),
    ]
}
