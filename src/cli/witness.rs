//! `neglist witness`

use std::path::PathBuf;

use clap::Args;

use crate::cli::failure::Failure;
use crate::cli::{Screen, exit, key_file, verify};
use crate::journal::{SeenError, Witness, beside};
use crate::log::is_log_name;
use crate::server::{self, Limits, Listener};

/// Be a witness: cosign heads of logs that continue what was cosigned before
///
/// A log alone can show different heads to different people. A witness cosigns a head only where
/// it continues the one that it cosigned before, so whoever asks for its cosignature sees what
/// everybody else sees. Any log of C2SP tlog-checkpoint may be witnessed, and the witness answers
/// as C2SP tlog-witness says. It serves until it is ended; put it behind a server that
/// speaks TLS.
#[derive(Args, Debug)]
pub(super) struct WitnessArgs {
    /// The witness's private key (`neglist key new FILE` makes one)
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The name of the witness, such as witness.example/w1
    #[arg(long, value_name = "NAME")]
    name: String,
    /// The public key of a log to look at, or a file that holds it; may be given several times
    #[arg(long, required = true, value_name = "KEY")]
    log: Vec<String>,
    /// Where it keeps what it cosigned; FILE.witnessed beside the key if left out
    #[arg(long, value_name = "FOLDER")]
    state: Option<PathBuf>,
    /// Say that this witness never cosigned anything before
    #[arg(long)]
    first: bool,
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8471", value_name = "ADDRESS")]
    listen: String,
}

pub(super) fn run(args: WitnessArgs, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let key = key_file::read(&args.key, screen)?;
    if !is_log_name(&args.name) {
        let message = format!("`{}` is no name of a witness", args.name);
        return Err(Failure::input(message).hint("a name has no spaces and no `+`, such as witness.example/w1"));
    }
    let logs = args.log.iter().map(|it| verify::log_key(it)).collect::<Result<Vec<_>, _>>()?;
    let state = args.state.unwrap_or_else(|| beside(&args.key, "witnessed"));
    let witness = Witness::open(&args.name, key, logs, &state, args.first)?;
    let listener = Listener::take(&args.listen)
        .map_err(|it| Failure::input(format!("cannot listen on `{}`: {it}", args.listen)))?;
    writeln!(screen.out, "{}", witness.public())?;
    screen.out.flush()?;
    screen.note(&format!("listening on http://{}", listener.address()?))?;
    let router = server::witness(witness, screen.surroundings.clock);
    server::serve(listener, router, None, Limits::default(), || {})?;
    Ok(exit::DONE)
}

impl From<SeenError> for Failure {
    fn from(error: SeenError) -> Failure {
        let hint = match &error {
            SeenError::Held(_) => "wait until it is done, or name another folder with `--state`",
            SeenError::NoMemory(_) => "bring that folder back; only of one that never cosigned anything, say `--first`",
            SeenError::NotFirst(_) => "leave `--first` out",
            SeenError::Damaged(_) => "bring that file back from a backup: what was cosigned must not be forgotten",
            SeenError::Io(_) => "name a folder that can be written with `--state`",
        };
        Failure::input(error.to_string()).hint(hint)
    }
}
