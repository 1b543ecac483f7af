//! `neglist export opa` and `neglist export cedar`

use std::path::Path;

use crate::cli::export::write_files;
use crate::cli::failure::Failure;
use crate::cli::{Screen, selection};
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
    write_files(folder, &files, state, screen)
}
