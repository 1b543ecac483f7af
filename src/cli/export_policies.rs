//! `neglist export opa`

use std::path::Path;

use serde_json::json;

use crate::canon::head_json;
use crate::cli::args::Format;
use crate::cli::export::write;
use crate::cli::failure::Failure;
use crate::cli::{Screen, exit, selection, snapshot};
use crate::export::opa_bundle;

/// Whose policies are written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Policies {
    Opa,
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
