//! The `neglist` command: the clock, the environment, the terminal, the exit
//! code. Everything else is in the library.

use std::io::{IsTerminal, Write, stderr, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use neglist::cli::{Surroundings, run};

/// Text is wrapped at this many columns, whatever the terminal.
const WIDTH: usize = 100;

#[expect(clippy::disallowed_methods, reason = "only main reads the clock and the environment")]
fn main() -> ExitCode {
    let surroundings = Surroundings {
        today: jiff::ZonedDateTime::now().date(),
        now: now(),
        passphrase: std::env::var("NEGLIST_PASSPHRASE").ok().filter(|it| !it.is_empty()),
        data_folder: data_folder(),
        registry: std::env::var("NEGLIST_REGISTRY").ok().filter(|it| !it.is_empty()),
        is_err_terminal: stderr().is_terminal(),
        width: WIDTH,
    };
    // Control sequences are taken out where there is no terminal.
    let mut out = std::io::BufWriter::new(anstream::AutoStream::auto(stdout().lock()));
    let mut err = anstream::AutoStream::auto(stderr().lock());
    let code = run(std::env::args_os(), &surroundings, &mut out, &mut err);
    match out.flush() {
        Ok(()) => ExitCode::from(code),
        // Whoever read the results has gone, and has not got them all.
        Err(_) => ExitCode::FAILURE,
    }
}

/// This moment to the second, in UTC.
#[expect(clippy::disallowed_methods, reason = "only main reads the clock and the environment")]
fn now() -> String {
    let now = jiff::Timestamp::now();
    jiff::Timestamp::from_second(now.as_second()).unwrap_or(now).to_string()
}

fn data_folder() -> Option<PathBuf> {
    use etcetera::BaseStrategy;
    etcetera::choose_base_strategy().ok().map(|it| it.data_dir())
}
