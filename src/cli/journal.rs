//! `neglist journal`

use std::path::Path;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::canon::head_json;
use crate::cli::args::Format;
use crate::cli::failure::Failure;
use crate::cli::{Screen, exit};
use crate::journal::{is_shared, open_shared};
use crate::model::{Head, Language};
use crate::registry::{share, unshare};

/// Move a registry between a folder and a journal that several writers share
///
/// A shared journal lies in etcd: etcd://HOST:PORT[,HOST:PORT…][/PREFIX], and after a `?` where
/// needed ca=FILE, cert=FILE and key=FILE for TLS, user=NAME and password-file=FILE. Each node
/// keeps a copy of it in a folder, answers from that, and publishes through the journal:
/// `neglist serve --registry FOLDER --journal etcd://…`.
#[derive(Args, Debug)]
pub(super) struct JournalArgs {
    #[command(subcommand)]
    command: JournalCommand,
}

#[derive(Debug, Subcommand)]
enum JournalCommand {
    /// Copy every record, verified, from one home to another, which continues where it is
    ///
    /// A folder that was copied to a shared journal is from then on a copy of that: what is
    /// published there goes through the journal. Run again, it copies what is new.
    Copy {
        /// A registry's folder, or the address of a shared journal
        from: String,
        /// The other: where nothing is yet, or the beginning of the same
        to: String,
    },
    /// Show how far a shared journal is
    Show {
        /// Its address
        address: String,
    },
}

pub(super) fn run(args: &JournalArgs, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    match &args.command {
        JournalCommand::Show { address } => {
            let mut shared = open_shared(address)?;
            let size = shared.refresh()?;
            say(size, None, screen)?;
        }
        JournalCommand::Copy { from, to } => {
            let (head, copied) = match (is_shared(from), is_shared(to)) {
                (false, true) => share(Path::new(from), open_shared(to)?.as_mut())?,
                (true, false) => unshare(open_shared(from)?.as_mut(), Path::new(to))?,
                (true, true) | (false, false) => {
                    return Err(Failure::input("one of the two is a folder, and the other a shared journal")
                        .hint("write a shared journal as `etcd://one:2379,two:2379`; a folder is copied by `neglist mirror` or `neglist snapshot`"));
                }
            };
            say(head.size, Some((&head, copied)), screen)?;
        }
    }
    Ok(exit::DONE)
}

fn say(size: u64, copied: Option<(&Head, u64)>, screen: &mut Screen<'_>) -> Result<(), Failure> {
    if screen.format == Format::Json {
        let document = match copied {
            Some((head, copied)) => json!({"registry": head_json(head), "copied": copied}),
            None => json!({"size": size}),
        };
        return screen.json(&document);
    }
    let line = match (screen.language, copied) {
        (Language::En, None) => format!("{size} records"),
        (Language::Zh, None) => format!("{size}条记录"),
        (Language::En, Some((head, copied))) => {
            format!("{}: {size} records, {copied} of them copied now, head {}", head.origin, head.hash)
        }
        (Language::Zh, Some((head, copied))) => {
            format!("{}：{size}条记录，其中本次复制{copied}条，链头{}", head.origin, head.hash)
        }
    };
    writeln!(screen.out, "{line}")?;
    Ok(())
}
