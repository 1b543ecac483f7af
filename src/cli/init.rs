//! `neglist init`

use std::path::PathBuf;

use clap::Args;

use crate::cli::failure::Failure;
use crate::cli::{Screen, exit, key_file, selection, snapshot};

/// Make an empty registry, with a root key that admits authorities
///
/// It is made in the folder that `--registry` names, which must not exist yet, and begins with
/// the catalog of categories, facts and places that comes with the program.
#[derive(Args, Debug)]
pub(super) struct InitArgs {
    /// The name of the registry from then on, such as registry.example/lists
    #[arg(long, value_name = "NAME")]
    origin: String,
    /// The root key, made with `neglist key new`
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

pub(super) fn run(args: &InitArgs, registry: Option<&str>, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let root = selection::new_folder(registry, screen, "init")?;
    let key = key_file::read(&args.key, screen)?;
    let words = selection::bundled()?;
    let words = words.chains.state().ok_or_else(|| Failure::input("the bundled registry has no catalog"))?;
    let recorded = screen.surroundings.now.clone();
    let publisher = crate::registry::init(&root, &args.origin, &key, &words, &recorded)?;
    let state = publisher.into_state().ok_or_else(|| Failure::input("the new registry has no catalog"))?;
    snapshot::report(&state.head, screen.say("made", "已创建"), screen)?;
    Ok(exit::DONE)
}
