//! The `neglist` command: the clock, the environment, the terminal, the exit
//! code. Everything else is in the library.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write, stderr, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use anstream::AutoStream;
use neglist::cli::{Surroundings, Today, run};

/// Text is wrapped at this many columns, whatever the terminal.
const WIDTH: usize = 100;

#[expect(clippy::disallowed_methods, reason = "only main reads the clock and the environment")]
fn main() -> ExitCode {
    let surroundings = Surroundings {
        today: Today::by(today),
        now: now(),
        clock,
        pause: std::thread::sleep,
        passphrase: std::env::var("NEGLIST_PASSPHRASE").ok().filter(|it| !it.is_empty()),
        data_folder: data_folder(),
        registry: std::env::var("NEGLIST_REGISTRY").ok().filter(|it| !it.is_empty()),
        is_err_terminal: stderr().is_terminal(),
        width: WIDTH,
    };
    let mut out = BufWriter::new(Results::new());
    let mut err = AutoStream::auto(stderr().lock());
    let code = run(std::env::args_os(), &surroundings, &mut out, &mut err);
    match out.flush() {
        Ok(()) => ExitCode::from(code),
        // Whoever read the results has gone, and has not got them all.
        Err(_) => ExitCode::FAILURE,
    }
}

/// Standard output, from which control sequences are taken out where there is
/// no terminal.
///
/// To look for them byte by byte takes longer than to answer a question. So
/// what has no control character in it goes straight out, up to the first one.
struct Results {
    out: StdoutLock<'static>,
    stripped: AutoStream<StdoutLock<'static>>,
    is_plain: bool,
}

impl Results {
    fn new() -> Results {
        Results { out: stdout().lock(), stripped: AutoStream::auto(stdout().lock()), is_plain: true }
    }
}

impl Write for Results {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.is_plain = self.is_plain && is_plain(bytes);
        if self.is_plain { self.out.write_all(bytes) } else { self.stripped.write_all(bytes) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Returns whether there is no control character but line ends and tabs. So
/// many bytes at once are looked at without a branch.
fn is_plain(bytes: &[u8]) -> bool {
    let is_control = |it: &u8| (*it < b' ' && *it != b'\n' && *it != b'\t') || *it == 0x7f;
    bytes.chunks(64).all(|chunk| !chunk.iter().fold(false, |found, it| found | is_control(it)))
}

/// The second since 1970.
#[expect(clippy::disallowed_methods, reason = "only main reads the clock and the environment")]
fn clock() -> u64 {
    u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or_default()
}

/// The date of today, where we are.
#[expect(clippy::disallowed_methods, reason = "only main reads the clock and the environment")]
fn today() -> jiff::civil::Date {
    jiff::ZonedDateTime::now().date()
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
