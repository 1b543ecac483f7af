//! The command line: one file a command. Each parses, makes one call to the
//! registry, renders.
//!
//! Results go to `out`, everything else to `err`; the clock, the environment
//! and the terminal are passed in, so that nothing here needs a process to be
//! tested.

mod answer;
mod args;
mod ask;
mod authority;
mod batch;
mod catalog;
mod check;
mod compact;
mod coverage;
mod diff;
mod draft;
mod exam;
mod export;
mod export_entries;
mod export_linked;
mod export_policies;
mod export_schemas;
mod failure;
mod findings;
mod flows;
mod fsck;
mod history;
mod impact;
mod import_table;
mod init;
mod items;
mod journal;
mod key;
mod key_file;
mod layout;
mod lint;
mod lists;
mod log;
mod mirror;
mod places;
mod publish;
mod question_row;
mod receipt;
mod release;
mod replay;
mod routes;
mod rows;
mod sarif;
mod scorecard;
mod selection;
mod serve;
mod show;
mod shown;
mod snapshot;
mod table;
mod verify;
mod via;
mod watch;
mod what_if;
mod witness;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use clap::{CommandFactory, Parser};
use jiff::civil::Date;

use crate::cli::args::{Arguments, Command, Format, SpecialFormat};
use crate::cli::failure::Failure;
use crate::cli::shown::Shown;
use crate::model::Language;
use crate::registry::Registry;

/// What surrounds a run: everything that `main` took from the process.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The date of today.
    pub today: Today,
    /// The folder for a user's data, where there is one.
    pub data_folder: Option<PathBuf>,
    /// This moment, as RFC 3339 in UTC: when a publication is taken in.
    pub now: String,
    /// Tells the second since 1970, for what goes on for long.
    pub clock: fn() -> u64,
    /// Waits.
    pub pause: fn(Duration),
    /// Writes a line of a log, from any thread.
    pub log: fn(&str),
    /// What `NEGLIST_PASSPHRASE` says: the passphrase of private keys.
    pub passphrase: Option<String>,
    /// What `NEGLIST_REGISTRY` says.
    pub registry: Option<String>,
    /// Whether messages go to a terminal.
    pub is_err_terminal: bool,
    /// How wide text may be, in columns.
    pub width: usize,
}

/// A day that is looked up when it is asked for first, and then stays: to find
/// out the time zone takes longer than to answer a question.
#[derive(Clone, Debug)]
pub struct Today {
    date: OnceLock<Date>,
    clock: Option<fn() -> Date>,
}

impl Today {
    /// Returns the day that a clock says when it is asked for first.
    pub fn by(clock: fn() -> Date) -> Today {
        Today { date: OnceLock::new(), clock: Some(clock) }
    }

    fn date(&self) -> Date {
        *self.date.get_or_init(|| self.clock.expect("because a day without a clock is known")())
    }
}

impl From<Date> for Today {
    fn from(date: Date) -> Today {
        Today { date: OnceLock::from(date), clock: None }
    }
}

/// Where a command writes, and how.
struct Screen<'a> {
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
    format: Format,
    /// A format that only some commands write, where that is meant.
    special: Option<SpecialFormat>,
    language: Language,
    surroundings: &'a Surroundings,
    /// The copy of a registry that is served elsewhere, once it is up to date.
    mirrored: Option<PathBuf>,
}

impl Screen<'_> {
    /// Returns the text of the language that was asked for.
    fn say<'t>(&self, en: &'t str, zh: &'t str) -> &'t str {
        self.language.say(en, zh)
    }

    /// Writes a JSON document, indented, as one result.
    fn json(&mut self, document: &serde_json::Value) -> Result<(), Failure> {
        writeln!(self.out, "{document:#}")?;
        Ok(())
    }

    /// Writes a line that is not a result.
    fn note(&mut self, text: &str) -> Result<(), Failure> {
        writeln!(self.err, "note: {text}")?;
        Ok(())
    }
}

/// The exit codes that mean something else than done.
mod exit {
    pub(super) const DONE: u8 = 0;
    pub(super) const BAD_INPUT: u8 = 2;
    pub(super) const DAMAGED: u8 = 3;
    pub(super) const MISSED: u8 = 10;
    pub(super) const TIGHTER: u8 = 10;
}

/// Runs a command line, and returns its exit code.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    surroundings: &Surroundings,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let text = error.render();
            let written =
                if error.use_stderr() { write!(err, "{}", text.ansi()) } else { write!(out, "{}", text.ansi()) };
            return if error.use_stderr() || written.is_err() { exit::BAD_INPUT } else { exit::DONE };
        }
    };
    let Arguments { registry, format, lang, command } = arguments;
    let (format, special) = format.split();
    let (mut out_shown, mut err_shown) = (Shown::new(out), Shown::new(err));
    let is_for_people = format == Format::Text && special.is_none() && !writes_data(&command);
    let out: &mut dyn Write = if is_for_people { &mut out_shown } else { &mut *out_shown.inner() };
    let err = &mut err_shown;
    let mut screen = Screen { out, err, format, special, language: lang.into(), surroundings, mirrored: None };
    match dispatch(command, registry.as_deref(), &mut screen).and_then(|code| {
        screen.out.flush()?;
        Ok(code)
    }) {
        Ok(code) => code,
        Err(failure) => failure.report(screen.err),
    }
}

/// Returns whether what a command writes is for files and programs, also where
/// nobody asked for JSON.
fn writes_data(command: &Command) -> bool {
    let is_data = matches!(
        command,
        Command::Batch(_)
            | Command::Receipt(_)
            | Command::Export(_)
            | Command::Draft(_)
            | Command::NewList(_)
            | Command::Log(_)
            | Command::Completions(_)
    );
    is_data || matches!(command, Command::ImportTable(args) if args.is_written_out())
}

/// Returns a registry that asks as many evaluators as were asked for.
fn asking(registry: Registry, is_paranoid: bool) -> Registry {
    if is_paranoid { registry.paranoid() } else { registry }
}

fn dispatch(command: Command, registry: Option<&str>, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    if screen.special.is_some_and(|it| !it.is_written_by(&command)) {
        return Err(Failure::input("this command does not write that format").hint("`--format text` or `json`"));
    }
    let open = |screen: &mut Screen<'_>| selection::open(registry, screen);
    match command {
        Command::Ask(args) if !args.via.is_empty() => via::run(&args, &asking(open(screen)?, args.paranoid), screen),
        Command::Ask(args) => ask::run(&args, registry, screen),
        Command::Routes(args) => routes::run(&args, open(screen)?, screen),
        Command::Where(args) => places::run(&args, &open(screen)?, screen),
        Command::Batch(args) => batch::run(&args, &asking(open(screen)?, args.paranoid), screen),
        Command::Exam(args) => exam::run(&args, &asking(open(screen)?, args.paranoid), screen),
        Command::Lists(args) => lists::run(&args, &open(screen)?, screen),
        Command::Show(args) => show::run(&args, &open(screen)?, screen),
        Command::History(args) => history::run(&args, &open(screen)?, screen),
        Command::Diff(args) => diff::run(&args, &open(screen)?, screen),
        Command::Impact(args) => impact::run(&args, &open(screen)?, screen),
        Command::Check(args) => check::run(&args, &open(screen)?, screen),
        Command::Scorecard(args) => scorecard::run(&args, &open(screen)?, screen),
        Command::Coverage(args) => coverage::run(&args, &open(screen)?, screen),
        Command::Catalog(args) => catalog::run(&args, registry, screen),
        Command::Init(args) => init::run(&args, registry, screen),
        Command::Draft(args) => draft::run(&args, &open(screen)?, screen),
        Command::NewList(args) => draft::new_list(&args, &open(screen)?, screen),
        Command::ImportTable(args) => import_table::run(&args, &open(screen)?, screen),
        Command::Publish(args) => publish::run(&args, registry, screen),
        Command::Withdraw(args) => publish::withdraw(&args, registry, screen),
        Command::Key(args) => key::run(&args, registry, screen),
        Command::Authority(args) => authority::run(&args, registry, screen),
        Command::Lint(args) => lint::run(&args, &open(screen)?, screen),
        Command::Log(args) => log::run(&args, registry, screen),
        Command::Receipt(args) => receipt::run(&args, registry, screen),
        Command::Verify(args) => verify::run(&args, screen),
        Command::Replay(args) => replay::run(&args, registry, screen),
        Command::Export(args) => export::run(&args, registry, screen),
        Command::Mirror(args) => mirror::run(&args, screen),
        Command::Serve(args) => serve::run(&args, registry, screen),
        Command::Witness(args) => witness::run(args, screen),
        Command::Watch(args) => watch::run(&args, screen),
        Command::Compact => compact::run(&selection::folder(registry, screen)?, screen),
        Command::Fsck => fsck::run(&selection::folder(registry, screen)?, screen),
        Command::Journal(args) => journal::run(&args, screen),
        Command::Snapshot(args) => snapshot::run(&args, registry, screen),
        Command::Completions(args) => {
            clap_complete::generate(args.shell, &mut Arguments::command(), "neglist", &mut screen.out);
            Ok(exit::DONE)
        }
    }
}
