//! `neglist check`

mod junit;
mod sarif;
mod text;

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::ToSpan;
use serde_json::json;

use crate::canon::head_json;
use crate::catalog::{Finding, read_lock, write_lock};
use crate::cli::args::{BatchInput, Format, SpecialFormat};
use crate::cli::failure::Failure;
use crate::cli::flows::{self, Flows};
use crate::cli::impact::{self, Told};
use crate::cli::import_table::replace;
use crate::cli::{Screen, exit, lists, selection};
use crate::model::{At, Lock, State};
use crate::registry::{Check, FlowChange, Registry, tighter_from};

/// Compare the law that your repository has pinned with the registry, for CI
///
/// `neglist.lock` pins which revision of each list was in force when your flows were last
/// looked over; `--write` makes it. Later, each flow is asked of the pinned revisions and of
/// those in force. Exits with 10 if something that the flows use got tighter, with 2 if flows
/// or lock are not understood, with 3 if what was pinned was rewritten.
#[derive(Args, Debug)]
pub(super) struct CheckArgs {
    /// The flows, CSV or NDJSON; standard input if it is `-`
    #[arg(long, value_name = "FILE")]
    flows: PathBuf,
    /// What the file is; from its name if left out, else NDJSON
    #[arg(long, value_enum)]
    input: Option<BatchInput>,
    /// The lock
    #[arg(long, default_value = "neglist.lock", value_name = "FILE")]
    lock: PathBuf,
    /// The day; today if left out
    #[arg(long, value_name = "DATE")]
    at: Option<String>,
    /// Make the lock, or renew it, and show what moved
    #[arg(long, conflicts_with = "ahead")]
    write: bool,
    /// Let what is published already, and binds within so many days, count too
    #[arg(long, value_name = "DAYS")]
    ahead: Option<u16>,
}

/// A check, to be shown.
#[derive(Debug)]
struct Report<'a> {
    lock: &'a Lock,
    lock_path: &'a Path,
    at: At,
    /// Until when what is ahead counts.
    until: Option<At>,
    flows: &'a Flows,
    check: &'a Check,
}

impl<'a> Report<'a> {
    fn now(&self) -> Told<'a> {
        Told { flows: self.flows, impact: &self.check.impact }
    }

    fn ahead(&self) -> Told<'a> {
        Told { flows: self.flows, impact: &self.check.ahead }
    }

    /// Returns whether something ahead counts.
    fn counts(&self, change: &FlowChange) -> bool {
        tighter_from(change).is_some_and(|day| self.until.is_some_and(|until| day <= until))
    }

    fn is_tighter(&self) -> bool {
        self.check.impact.is_tighter() || self.ahead().changed().any(|(_, _, it)| self.counts(it))
    }
}

pub(super) fn run(args: &CheckArgs, registry: &Registry, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let at = lists::day(args.at.as_deref(), screen)?;
    if args.write {
        let flows = flows::read(&args.flows, args.input, registry.state())?;
        return write(args, &registry.lock(&flows.flows, at), screen);
    }
    let lock = read(&args.lock)?;
    let flows = flows::read(&args.flows, args.input, registry.state())?;
    let check = registry.check(&lock, &flows.flows, at)?;
    let until = args.ahead.map(|days| At(at.0.saturating_add(i64::from(days).days())));
    let report = Report { lock: &lock, lock_path: &args.lock, at, until, flows: &flows, check: &check };
    match (screen.special, screen.format) {
        (Some(SpecialFormat::Sarif), _) => screen.json(&sarif::document(&report))?,
        (Some(SpecialFormat::Junit), _) => junit::write(&report, screen)?,
        (_, Format::Json) => write_json(&report, registry.state(), screen)?,
        (_, Format::Text) => text::write(&report, screen)?,
    }
    Ok(if report.is_tighter() { exit::TIGHTER } else { exit::DONE })
}

fn read(path: &Path) -> Result<Lock, Failure> {
    if !path.exists() {
        let message = format!("there is no lock at `{}`", path.display());
        return Err(Failure::input(message).hint("make it with `neglist check --flows FILE --write`, and commit it"));
    }
    let bytes = selection::read_file(path)?;
    let text = String::from_utf8(bytes).map_err(|_| Failure::input(format!("`{}` is not UTF-8", path.display())))?;
    read_lock(&text).map_err(|diagnostic| vec![Finding { path: path.to_owned(), text: text.into(), diagnostic }].into())
}

fn write(args: &CheckArgs, lock: &Lock, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    // A lock that cannot be read is no reason not to write one.
    let before = if args.lock.exists() { read(&args.lock).ok() } else { None };
    let moved = text::moved(before.as_ref(), lock);
    replace(&args.lock, &write_lock(lock))?;
    match screen.format {
        Format::Json => {
            let moved: Vec<_> = moved.iter().map(moved_json).collect();
            screen.json(
                &json!({"lock": args.lock.display().to_string(), "made": lock.made.to_string(), "moved": moved}),
            )?;
        }
        Format::Text => text::write_moved(before.as_ref(), lock, screen)?,
    }
    screen.out.flush()?;
    screen.note(&format!("wrote `{}`", args.lock.display()))?;
    Ok(exit::DONE)
}

fn write_json(report: &Report<'_>, state: &State, screen: &mut Screen<'_>) -> Result<(), Failure> {
    let lock = json!({"path": report.lock_path.display().to_string(), "made": report.lock.made.to_string()});
    let moved: Vec<_> = report.check.moved.iter().map(moved_json).collect();
    let words = report.check.words.iter().map(
        |(what, before, after)| json!({"release": what, "before": before.to_string(), "after": after.to_string()}),
    );
    let words: Vec<_> = words.collect();
    writeln!(screen.out, "{{\"lock\":{lock},\"at\":\"{}\",", report.at)?;
    writeln!(screen.out, "\"tighter\":{},", report.is_tighter())?;
    writeln!(screen.out, "\"moved\":{},\"releases\":{},", json!(moved), json!(words))?;
    writeln!(screen.out, "\"counts\":{},", impact::counts(&report.now()))?;
    writeln!(screen.out, "\"registry\":{},", head_json(&state.head))?;
    write!(screen.out, "\"flows\":")?;
    impact::rows(&report.now(), screen)?;
    write!(screen.out, ",\n\"ahead\":")?;
    impact::rows(&report.ahead(), screen)?;
    writeln!(screen.out, "}}")?;
    Ok(())
}

fn moved_json(moved: &crate::registry::Moved) -> serde_json::Value {
    let version = |it: &Option<semver::Version>| it.as_ref().map(ToString::to_string);
    json!({"list": moved.list.as_str(), "before": version(&moved.before), "after": version(&moved.after)})
}
