//! What can be written on the command line. The help text is these comments.

use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::model::Language;

/// Ask whether a category of data may leave a country on a date, and why
///
/// Free flow is the default, and a restriction exists only where a published, dated entry
/// says so. Without `--registry` the registry is the one that comes with the program: real
/// law, transcribed, with sources.
#[derive(Debug, Parser)]
#[command(name = "neglist", version, arg_required_else_help = true, max_term_width = 100)]
pub(super) struct Arguments {
    /// Use the registry in this folder (or the one that `NEGLIST_REGISTRY` names)
    #[arg(long, global = true, value_name = "PATH")]
    pub(super) registry: Option<String>,
    /// How results are written
    #[arg(long, global = true, value_enum, default_value_t = AnyFormat::Text)]
    pub(super) format: AnyFormat,
    /// The language of text results
    #[arg(long, global = true, value_enum, default_value_t = Lang::En)]
    pub(super) lang: Lang,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// How every command writes results.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Format {
    /// For people
    Text,
    /// For programs: stable and documented
    Json,
}

/// How results may be written; what is special belongs to some commands only.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum AnyFormat {
    /// For people
    Text,
    /// For programs: stable and documented
    Json,
    /// SARIF 2.1.0, for code hosts and editors (`lint`, `check`)
    Sarif,
    /// JUnit XML, for test reports (`check`)
    Junit,
    /// A note to paste or to send (`diff`)
    Markdown,
    /// A page of its own (`diff`)
    Html,
}

impl AnyFormat {
    /// Returns the format that every command writes, and the one that only
    /// some do, where that is meant.
    pub(super) fn split(self) -> (Format, Option<SpecialFormat>) {
        match self {
            AnyFormat::Text => (Format::Text, None),
            AnyFormat::Json => (Format::Json, None),
            AnyFormat::Sarif => (Format::Json, Some(SpecialFormat::Sarif)),
            AnyFormat::Junit => (Format::Json, Some(SpecialFormat::Junit)),
            AnyFormat::Markdown => (Format::Text, Some(SpecialFormat::Markdown)),
            AnyFormat::Html => (Format::Text, Some(SpecialFormat::Html)),
        }
    }
}

/// A format that only some commands write.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum SpecialFormat {
    /// SARIF 2.1.0.
    Sarif,
    /// JUnit XML.
    Junit,
    /// Markdown.
    Markdown,
    /// HTML.
    Html,
}

impl SpecialFormat {
    /// Returns whether a command writes it.
    pub(super) fn is_written_by(self, command: &Command) -> bool {
        match self {
            SpecialFormat::Sarif => matches!(command, Command::Lint(_) | Command::Check(_)),
            SpecialFormat::Junit => matches!(command, Command::Check(_)),
            SpecialFormat::Markdown | SpecialFormat::Html => matches!(command, Command::Diff(_)),
        }
    }
}

/// The language of text results.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum Lang {
    /// English
    En,
    /// Chinese
    Zh,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Language {
        match lang {
            Lang::En => Language::En,
            Lang::Zh => Language::Zh,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    // What stands here would hide the longer text of the arguments.
    Ask(AskArgs),
    Routes(crate::cli::routes::RoutesArgs),
    Where(crate::cli::places::WhereArgs),
    /// Answer a file of questions, NDJSON or CSV, line by line
    Batch(BatchArgs),
    /// Ask questions that come with the answers expected, and print the score
    Exam(ExamArgs),
    /// Show the lists of the registry
    Lists(ListsArgs),
    /// Show a revision of a list with its entries
    Show(ShowArgs),
    /// Show the revisions of a list
    History(HistoryArgs),
    /// Compare two revisions of a list: what changed, and what got tighter or looser
    Diff(crate::cli::diff::DiffArgs),
    /// Show which of your own flows change, how, from which day, and what they need then
    Impact(crate::cli::impact::ImpactArgs),
    /// Compare the law that your repository has pinned with the registry, for CI
    Check(crate::cli::check::CheckArgs),
    /// Measure the lists in force by what the Initiative asks of a restriction
    Scorecard(crate::cli::scorecard::ScorecardArgs),
    /// Show of whose law the registry has lists, how well, and what it is known to lack
    Coverage(crate::cli::coverage::CoverageArgs),
    /// Look up categories, facts and places, and publish releases of them
    Catalog(CatalogArgs),
    /// Make an empty registry, with a root key that admits authorities
    Init(crate::cli::init::InitArgs),
    /// Write the next revision of a list as a file to edit
    Draft(crate::cli::draft::DraftArgs),
    /// Write a commented file for a list that does not exist yet
    NewList(crate::cli::draft::NewListArgs),
    /// Bring the entries of a table into a draft, and show what changes
    ImportTable(crate::cli::import_table::ImportTableArgs),
    /// Publish a draft: check it, show what it changes, sign it, append it
    Publish(crate::cli::publish::PublishArgs),
    /// Take back a revision that has not taken effect
    Withdraw(crate::cli::publish::WithdrawArgs),
    /// Make keys, show their public half, put others in their place
    Key(crate::cli::key::KeyArgs),
    /// Admit those who may publish, or show them
    Authority(crate::cli::authority::AuthorityArgs),
    /// Judge files of lists: mistakes, gaps, and what readers are owed
    Lint(LintArgs),
    /// Sign the head of the registry's transparency log, and show it
    Log(crate::cli::log::LogArgs),
    /// Make the receipt of an answer: one file that anyone can check offline
    Receipt(crate::cli::receipt::ReceiptArgs),
    /// Verify a receipt: no registry and no network is needed
    Verify(crate::cli::verify::VerifyArgs),
    /// Ask the questions of stored receipts again: which are still so?
    Replay(crate::cli::replay::ReplayArgs),
    /// Write the registry as plain files that any host serves
    Export(crate::cli::export::ExportArgs),
    /// Keep a copy of a registry that is served elsewhere, every record of it verified
    Mirror(crate::cli::mirror::MirrorArgs),
    /// Serve the registry over HTTP
    Serve(crate::cli::serve::ServeArgs),
    /// Watch a log: does the head that it shows today continue those it showed before?
    Watch(crate::cli::watch::WatchArgs),
    /// Be a witness: cosign heads of logs that continue what was cosigned before
    Witness(crate::cli::witness::WitnessArgs),
    /// Verify the registry from the first record to the last
    Fsck,
    /// Rebuild the store from the journal, as small as it can be
    ///
    /// The store is a view that is read from and can be deleted; it grows faster
    /// than the journal. The new one is written aside, read back and compared, and
    /// only then put in the place of the old one. The journal is not touched.
    Compact,
    /// Move a registry between a folder and a journal that several writers share
    Journal(crate::cli::journal::JournalArgs),
    /// Build, export, import or verify a registry in one file
    Snapshot(SnapshotArgs),
    /// Write shell completions
    Completions(CompletionsArgs),
}

/// Ask one question: may this data leave, and why?
///
/// Exits with 0 if it may (permitted), 10 if it may with a mechanism that the answer names
/// (conditional), 11 if it may not (prohibited), 12 if the registry cannot say (unknown);
/// so `neglist ask … && send` is safe.
///
/// Of a range of people it says where in it the answer changes, and of a way by other places what
/// each leg gets:
///
///   neglist ask --from CN --to US --category personal.contact --subjects 1000..2000000 --ordinary
///   neglist ask --from TW --via HK --to CN --category personal.contact --fact sector=telecom
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub(super) struct AskArgs {
    /// Where the data is, such as CN, US-TX or CN-BJ-FTZ
    #[arg(long, value_name = "PLACE")]
    pub(super) from: String,
    /// Where it would go; any destination if left out
    #[arg(long, value_name = "PLACE")]
    pub(super) to: Option<String>,
    /// By way of these places, each with the day on which the data arrives there if that is not
    /// the day asked about: every hop is asked, and every earlier place about where it goes on to. What
    /// is stated of one hop alone has the place where that arrives behind an @, as in `--with
    /// gba-contract@HK`
    #[arg(long, value_name = "PLACE[@DATE],…", value_delimiter = ',', requires = "to")]
    #[arg(conflicts_with_all = ["receipt", "headroom"])]
    pub(super) via: Vec<String>,
    #[command(flatten)]
    pub(super) asked: AskedArgs,
    /// Ask both evaluators, the index and the one that reads like the law, and refuse to answer
    /// where they differ
    #[arg(long)]
    pub(super) paranoid: bool,
    /// With `--format json`: say beside the answer how many more people there is room for, and
    /// what comes then, as the text always does
    #[arg(long)]
    pub(super) headroom: bool,
    /// Write a receipt: the answer with proofs that anyone can check offline (`neglist verify`)
    #[arg(long, value_name = "FILE")]
    pub(super) receipt: Option<PathBuf>,
}

/// What is asked, beside from where to where
#[derive(Args, Clone, Debug)]
pub(super) struct AskedArgs {
    /// A category of data that would go
    #[arg(long, value_name = "CATEGORY", required_unless_present = "item")]
    pub(super) category: Vec<String>,
    /// How many people each --category is about: a number, or WINDOW=NUMBER,…; `ask` also takes a
    /// range such as 1000..2000000, and says where in it the answer changes: the first number
    /// counts, the last does not
    #[arg(long, value_name = "NUMBER", requires = "category")]
    pub(super) subjects: Option<String>,
    /// A category with its own number of people, such as personal.contact,subjects=500
    #[arg(long, value_name = "CATEGORY[,subjects=N]")]
    pub(super) item: Vec<String>,
    /// The day on which it would go; today if left out
    #[arg(long, value_name = "DATE")]
    pub(super) at: Option<String>,
    /// Answer from what was published by this day
    #[arg(long, value_name = "DATE")]
    pub(super) known_on: Option<String>,
    /// State a fact, such as sector=retail or exporter.ciio=no
    #[arg(long, value_name = "FACT=VALUE")]
    pub(super) fact: Vec<String>,
    /// Say that a mechanism is in place or claim an exemption, such as cisa-controls
    #[arg(long, value_name = "FACT")]
    pub(super) with: Vec<String>,
    /// Every flag that is not stated is not the case
    #[arg(long)]
    pub(super) ordinary: bool,
}

/// Answer a file of questions, NDJSON or CSV, line by line
///
/// Writes what it reads: NDJSON for NDJSON, CSV for CSV, in order, on all cores. A line that
/// cannot be read becomes an error in its place, the rest goes on, and the exit code is 2.
#[derive(Args, Debug)]
pub(super) struct BatchArgs {
    /// The file; standard input if it is `-`
    #[arg(default_value = "-", value_name = "FILE")]
    pub(super) file: PathBuf,
    /// What the file is; from its name if left out, else NDJSON
    #[arg(long, value_enum)]
    pub(super) input: Option<BatchInput>,
    /// Write the outcome alone
    #[arg(long)]
    pub(super) verdict_only: bool,
    /// Answer on so many threads; one for each core if left out
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) jobs: Option<u16>,
    /// Ask both evaluators, the index and the one that reads like the law, and refuse to answer
    /// where they differ
    #[arg(long)]
    pub(super) paranoid: bool,
}

/// What a batch file is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum BatchInput {
    /// A question in JSON a line
    Ndjson,
    /// A question a row, with a row of names first
    Csv,
}

impl BatchInput {
    /// Returns what a file is: as it was said, and else by its name.
    pub(super) fn of(file: &Path, said: Option<BatchInput>) -> BatchInput {
        let is_csv = file.extension().is_some_and(|it| it.eq_ignore_ascii_case("csv"));
        said.unwrap_or(if is_csv { BatchInput::Csv } else { BatchInput::Ndjson })
    }
}

/// Ask questions that come with the answers expected, and print the score
///
/// Exits with 0 if enough of them agree, 10 otherwise.
#[derive(Args, Debug)]
pub(super) struct ExamArgs {
    /// Files of questions, one JSON object a line
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Which part must agree, from 0 to 1
    #[arg(long, default_value_t = 1.0, value_name = "PART")]
    pub(super) min: f64,
    /// Ask both evaluators, the index and the one that reads like the law, and refuse to answer
    /// where they differ
    #[arg(long)]
    pub(super) paranoid: bool,
}

#[derive(Args, Debug)]
pub(super) struct ListsArgs {
    /// Only the lists of this place, what it is part of, and its blocs
    #[arg(value_name = "PLACE")]
    pub(super) place: Option<String>,
    /// As they stand on this day; today if left out
    #[arg(long, value_name = "DATE")]
    pub(super) at: Option<String>,
}

#[derive(Args, Debug)]
pub(super) struct ShowArgs {
    /// The list, such as CN/cross-border-transfer
    pub(super) list: String,
    /// The version; the one in force if left out
    pub(super) version: Option<String>,
    /// The one in force on this day
    #[arg(long, value_name = "DATE", conflicts_with = "version")]
    pub(super) at: Option<String>,
}

#[derive(Args, Debug)]
pub(super) struct HistoryArgs {
    /// The list, such as CN/cross-border-transfer
    pub(super) list: String,
    /// Only where this entry appeared, changed or vanished
    #[arg(long, value_name = "ID", conflicts_with = "at")]
    pub(super) entry: Option<String>,
    /// How they stand on this day; today if left out
    #[arg(long, value_name = "DATE")]
    pub(super) at: Option<String>,
}

#[derive(Args, Debug)]
pub(super) struct CatalogArgs {
    #[command(subcommand)]
    pub(super) command: CatalogCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum CatalogCommand {
    /// Show the tree of categories, or a branch of it
    Tree {
        /// The category at the top
        category: Option<String>,
    },
    /// Show a category, a fact or a place
    Show {
        /// Its id, such as personal.contact, exporter.ciio or EEA
        id: String,
    },
    /// Find categories, facts and places by a word in any language
    Search {
        /// The word
        word: String,
    },
    /// Show the facts that questions may state
    Facts,
    /// Show the places
    Places,
    /// Show what the releases of a folder change that the registry does not have
    Diff(crate::cli::release::DiffReleasesArgs),
    /// Publish the releases of a folder that the registry does not have, signed by its root key
    Publish(crate::cli::release::PublishReleasesArgs),
}

/// Judge files of lists: mistakes, gaps, and what readers are owed
///
/// A file in a catalog folder (lists/PLACE/NAME/VERSION.toml) is judged with the other
/// revisions of its list; any other by itself. Exits with 2 if an error was found.
#[derive(Args, Debug)]
pub(super) struct LintArgs {
    /// The files, TOML
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Let warnings count as errors
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(super) deny: Option<Denied>,
}

/// What counts as an error, beside errors.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum Denied {
    /// Warnings
    Warnings,
}

/// Build, export, import or verify a registry in one file
///
/// A snapshot is zstd over JSON lines, the records as they stand in the journal: `zstdcat`
/// shows it.
#[derive(Args, Debug)]
pub(super) struct SnapshotArgs {
    #[command(subcommand)]
    pub(super) command: SnapshotCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum SnapshotCommand {
    /// Build one from a catalog folder: the same bytes every time
    Build {
        /// The catalog folder
        #[arg(default_value = "catalog", value_name = "FOLDER")]
        catalog: PathBuf,
        /// Where to write it
        #[arg(long, short, value_name = "FILE")]
        output: PathBuf,
    },
    /// Write the registry's journal to a file
    Export {
        /// Where to write it
        #[arg(long, short, value_name = "FILE")]
        output: PathBuf,
    },
    /// Make a registry from a file, in a folder that does not exist yet (`--registry`)
    Import {
        /// The snapshot
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Verify every record of a file
    Verify {
        /// The snapshot
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Args, Debug)]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(super) shell: Shell,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_fit_each_other() {
        Arguments::command().debug_assert();
    }
}
