//! `neglist export opa` and `neglist export cedar`

use std::path::Path;

use serde_json::json;

use crate::canon::head_json;
use crate::cli::args::Format;
use crate::cli::export::write;
use crate::cli::failure::Failure;
use crate::cli::{Screen, exit, selection, snapshot};
use crate::export::{cedar_policies, opa_bundle};
use crate::model::At;

/// Whose policies are written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Policies {
    /// Of engines that read Rego.
    Opa,
    /// Of Cedar, for questions about a day.
    Cedar(At),
}

pub(super) fn run(
    policies: Policies,
    folder: &Path,
    registry: Option<&str>,
    screen: &mut Screen<'_>,
) -> Result<u8, Failure> {
    let registry = selection::open(registry, screen)?;
    let state = registry.state();
    let files = match policies {
        Policies::Opa => opa_bundle(state),
        Policies::Cedar(at) => cedar_policies(state, at),
    };
    for (path, bytes) in &files {
        write(&folder.join(path), bytes)?;
    }
    if screen.format == Format::Json {
        screen.json(&json!({"files": files.len(), "registry": head_json(&state.head)}))?;
    } else {
        snapshot::report(&state.head, screen.say("exported", "已导出"), screen)?;
    }
    Ok(exit::DONE)
}
