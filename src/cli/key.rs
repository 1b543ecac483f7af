//! `neglist key`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::canon::{Publication, SecretKey};
use crate::cli::args::Format;
use crate::cli::failure::Failure;
use crate::cli::{Screen, authority, exit, key_file, selection};
use crate::model::{Authority, PublicKey};

/// Make keys, show their public half, put others in their place
#[derive(Args, Debug)]
pub(super) struct KeyArgs {
    #[command(subcommand)]
    command: KeyCommand,
}

#[derive(Debug, Subcommand)]
enum KeyCommand {
    /// Make a private key in a file that only you can read
    New {
        /// The file, which must not exist yet
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Protect it by a passphrase (typed, or from `NEGLIST_PASSPHRASE`)
        #[arg(long)]
        passphrase: bool,
    },
    /// Print the public half of a key, which others may know
    Show {
        /// The private key
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Put a new key of an authority in the place of an old one
    Rotate(ChangeArgs),
    /// Take a key from an authority
    Revoke(ChangeArgs),
}

/// A change of an authority's keys, signed by the root key or by enough of the
/// authority's own.
#[derive(Args, Debug)]
struct ChangeArgs {
    /// The authority
    authority: String,
    /// The public key that goes
    #[arg(long, value_name = "PUBLIC KEY")]
    old: String,
    /// The public key that comes (for `rotate`)
    #[arg(long, value_name = "PUBLIC KEY")]
    new: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// A private key that signs this; may be given several times
    #[arg(long, required = true, value_name = "FILE")]
    key: Vec<PathBuf>,
}

pub(super) fn run(args: &KeyArgs, registry: Option<&str>, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    match &args.command {
        KeyCommand::New { file, passphrase } => {
            let key = key_file::create(file, *passphrase, screen)?;
            show(&key, screen)?;
        }
        KeyCommand::Show { file } => {
            let key = key_file::read(file, screen)?;
            show(&key, screen)?;
        }
        KeyCommand::Rotate(change) => {
            if change.new.is_none() {
                return Err(
                    Failure::input("`key rotate` needs the key that comes").hint("give its public half with `--new`")
                );
            }
            change_keys(change, registry, screen)?;
        }
        KeyCommand::Revoke(change) => {
            if change.new.is_some() {
                return Err(Failure::input("`key revoke` takes a key away and brings none").hint("use `key rotate`"));
            }
            change_keys(change, registry, screen)?;
        }
    }
    Ok(exit::DONE)
}

fn show(key: &SecretKey, screen: &mut Screen<'_>) -> Result<(), Failure> {
    let public = key.public();
    match screen.format {
        Format::Text => writeln!(screen.out, "{public}")?,
        Format::Json => screen.json(&json!({"public_key": public.to_string()}))?,
    }
    Ok(())
}

fn change_keys(change: &ChangeArgs, registry: Option<&str>, screen: &mut Screen<'_>) -> Result<(), Failure> {
    let (id, old): (_, PublicKey) = (authority::parse(&change.authority)?, authority::parse(&change.old)?);
    let new: Option<PublicKey> = change.new.as_deref().map(authority::parse).transpose()?;
    let keys = key_file::read_all(&change.key, screen)?;
    let mut publisher = selection::publisher(registry, screen)?;
    let Some(before) = publisher.chains().authority(&id).cloned() else {
        return Err(authority::unknown(&id, publisher.chains()));
    };
    let mut stated = Authority { reason: change.reason.clone(), ..before };
    if !stated.keys.remove(&old) {
        let held: Vec<_> = stated.keys.iter().map(|it| format!("`{it}`")).collect();
        return Err(
            Failure::input(format!("`{id}` has no key {old}")).hint(format!("its keys are {}", held.join(", ")))
        );
    }
    stated.keys.extend(new);
    // What is revoked leaves fewer keys to sign with.
    let most = stated.keys.len() as u64;
    if most != 0 && most < stated.threshold {
        let message = format!("`{id}` publishes with {} of its keys, and {most} would be left", stated.threshold);
        return Err(Failure::input(message).hint("put a new key in its place with `key rotate`"));
    }
    let recorded = screen.surroundings.now.clone();
    let done = publisher.publish_signed(Publication::Authority(stated.clone()), &recorded, &keys)?;
    authority::report(&stated, &done, screen)
}
