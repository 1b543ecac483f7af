//! `neglist log`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::args::Format;
use crate::cli::failure::Failure;
use crate::cli::{Screen, exit, key_file, selection};
use crate::journal::sign_head;
use crate::log::LogKey;
use crate::model::Hash;

/// The transparency log over the registry's records: sign its head, show it
///
/// The log is C2SP tlog-tiles with C2SP tlog-checkpoint: witnesses and verifiers that others
/// wrote work on it. Receipts rest on a signed head.
#[derive(Args, Debug)]
pub(super) struct LogArgs {
    #[command(subcommand)]
    command: LogCommand,
}

#[derive(Debug, Subcommand)]
enum LogCommand {
    /// Sign the head of the registry, and write checkpoint and tiles to its `log` folder
    ///
    /// Every record is verified anew before. What the key signed last is kept beside it, in
    /// FILE.signed: a registry that does not continue it is refused, so that a restored backup or
    /// a second copy never signs a fork. Keep that file with the key.
    Sign {
        /// The log's private key (`neglist key new FILE` makes one)
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// Say that this key never signed anything before
        #[arg(long)]
        first: bool,
    },
    /// Print the public key of the log, which verifiers need
    Key {
        /// The log's private key
        #[arg(value_name = "FILE")]
        key: PathBuf,
        /// Print it as the key of a witness of this name instead
        #[arg(long, value_name = "NAME")]
        witness: Option<String>,
    },
    /// Print the signed checkpoint
    Show,
}

pub(super) fn run(args: &LogArgs, registry: Option<&str>, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    match &args.command {
        LogCommand::Sign { key, first } => {
            let root = selection::own_folder(registry, screen)?;
            let secret = key_file::read(key, screen)?;
            let (checkpoint, note) = sign_head(&root, &secret, key, *first)?;
            if screen.format == Format::Json {
                let root = Hash(checkpoint.root).to_string();
                let document =
                    json!({"origin": checkpoint.origin, "size": checkpoint.size, "root": root, "checkpoint": note});
                screen.json(&document)?;
            } else {
                screen.out.write_all(note.as_bytes())?;
            }
        }
        LogCommand::Key { key, witness } => {
            let secret = key_file::read(key, screen)?;
            let public = match witness {
                Some(name) => LogKey::of_witness(name, &secret),
                None => LogKey::of_log(&selection::open(registry, screen)?.state().head.origin, &secret),
            };
            match screen.format {
                Format::Text => writeln!(screen.out, "{public}")?,
                Format::Json => screen.json(&json!({"key": public.to_string()}))?,
            }
        }
        LogCommand::Show => {
            let note = selection::checkpoint(registry, screen)?;
            match screen.format {
                Format::Text => screen.out.write_all(note.as_bytes())?,
                Format::Json => screen.json(&json!({"checkpoint": note}))?,
            }
        }
    }
    Ok(exit::DONE)
}
