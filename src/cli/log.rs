//! `neglist log`

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::args::Format;
use crate::cli::failure::Failure;
use crate::cli::{Screen, exit, key_file, selection, verify};
use crate::client::Remote;
use crate::journal::{SignError, keep_checkpoint, log_tree, sign_head, signed_checkpoint};
use crate::log::{Checkpoint, LogKey, Submission};
use crate::model::Hash;
use crate::registry::ReceiptError;

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
    /// Let a witness cosign the signed head, and keep its cosignature with it
    ///
    /// Receipts that are made from then on carry it (C2SP tlog-witness).
    Cosign {
        /// The address of the witness
        #[arg(value_name = "URL")]
        address: String,
        /// The public key of the witness, or a file that holds it
        #[arg(long, value_name = "KEY")]
        witness: String,
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
        LogCommand::Cosign { address, witness } => {
            let root = selection::own_folder(registry, screen)?;
            let witness = verify::log_key(witness)?;
            let note = cosigned(&root, address, &witness)?;
            keep_checkpoint(&root, &note)?;
            match screen.format {
                Format::Text => screen.out.write_all(note.as_bytes())?,
                Format::Json => screen.json(&json!({"checkpoint": note}))?,
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

/// Returns the signed head of a registry with the cosignature of a witness.
fn cosigned(root: &Path, address: &str, witness: &LogKey) -> Result<String, Failure> {
    let remote = Remote::new(address)?;
    let note = signed_checkpoint(root)?.ok_or_else(|| ReceiptError::Unsigned(root.to_owned()))?;
    let note = Checkpoint::without(&note, witness).ok_or_else(|| unusable(root))?;
    let head = Checkpoint::read_unverified(&note).map_err(|_| unusable(root))?;
    let tree = log_tree(root).map_err(SignError::from)?;
    // Where the witness stands it says itself, when it is asked wrongly.
    let mut old_size = head.size;
    for _ in 0..2 {
        let consistency = tree.consistency(old_size, head.size).unwrap_or_default();
        let submission = Submission { old_size, consistency, note: note.clone() };
        let reply = remote.post("add-checkpoint", "text/plain; charset=utf-8", submission.write().as_bytes())?;
        let text = String::from_utf8_lossy(&reply.body).into_owned();
        match reply.status {
            200 => return Checkpoint::with(&note, &text, witness).ok_or_else(|| not_by(witness)),
            409 => match text.trim_end().parse() {
                Ok(size) if size < head.size => old_size = size,
                _ => return Err(refused(address, "it has seen a later head of this log, or another of this size")),
            },
            _ => return Err(refused(address, text.trim_end())),
        }
    }
    Err(refused(address, "it changed where it stands"))
}

fn unusable(root: &Path) -> Failure {
    Failure::input(format!("the checkpoint of `{}` is not one", root.display())).hint("sign it with `neglist log sign`")
}

fn refused(address: &str, why: &str) -> Failure {
    Failure::of_proof(&format!("the witness at {address} does not cosign: {why}"))
        .hint("nothing was changed; if the witness is right, somebody was shown another history")
}

fn not_by(witness: &LogKey) -> Failure {
    Failure::of_proof(&format!("what came back is not a cosignature of `{}` over this head", witness.name()))
        .hint("ask whoever runs the witness for its key")
}
