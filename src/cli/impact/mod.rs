//! `neglist impact`

mod json;
mod text;

use std::path::PathBuf;

use clap::Args;

use crate::cli::args::{BatchInput, Format};
use crate::cli::failure::Failure;
use crate::cli::flows::{self, Flows};
use crate::cli::{Screen, diff, exit, history};
use crate::model::{At, Flow};
use crate::registry::{FlowChange, FlowFate, Impact, Registry, Shift};

pub(super) use json::{counts, rows};
pub(super) use text::{sentence, summary, write_changes};

/// Show which of your own flows change, how, from which day, and what they need then
///
/// With a list and two of its revisions, each flow is asked of both, by themselves, on the day
/// on which the later one takes effect. With two dates, of the whole registry, and every day
/// between on which an answer changes is shown. Flows are a file with the columns of a batch,
/// without days: id, from, to, category, subjects, ordinary, and facts.
#[derive(Args, Debug)]
pub(super) struct ImpactArgs {
    /// The list, such as CN/cross-border-transfer
    #[arg(requires = "before", required_unless_present = "from_date", conflicts_with_all = ["from_date", "to_date"])]
    list: Option<String>,
    /// The earlier revision: a version, or @DATE for the one in force that day
    #[arg(value_name = "VERSION|@DATE", requires = "after")]
    before: Option<String>,
    /// The later revision: a version, or @DATE for the one in force that day
    #[arg(value_name = "VERSION|@DATE")]
    after: Option<String>,
    /// Compare all lists from this day …
    #[arg(long, value_name = "DATE", requires = "to_date")]
    from_date: Option<String>,
    /// … to this later one
    #[arg(long, value_name = "DATE", requires = "from_date")]
    to_date: Option<String>,
    /// The flows, CSV or NDJSON; standard input if it is `-`
    #[arg(long, value_name = "FILE")]
    flows: PathBuf,
    /// What the file is; from its name if left out, else NDJSON
    #[arg(long, value_enum)]
    input: Option<BatchInput>,
    /// Exit with 10 if anything got tighter
    #[arg(long)]
    exit_code: bool,
}

/// What is compared with what.
#[derive(Debug)]
enum Compared<'a> {
    Revisions(&'a crate::model::Issued, &'a crate::model::Issued),
    Days(At, At),
}

/// Flows with what becomes of them.
#[derive(Debug)]
pub(super) struct Told<'a> {
    pub(super) flows: &'a Flows,
    pub(super) impact: &'a Impact,
}

pub(super) fn run(args: &ImpactArgs, registry: &Registry, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let compared = compared(args, registry)?;
    let flows = flows::read(&args.flows, args.input, registry.state())?;
    let impact = match compared {
        Compared::Revisions(before, after) => registry.impact(before, after, &flows.flows),
        Compared::Days(first, last) => registry.impact_between(first, last, &flows.flows),
    };
    let told = Told { flows: &flows, impact: &impact };
    match screen.format {
        Format::Json => json::write(&told, &compared, registry.state(), screen)?,
        Format::Text => text::write(&told, &compared, screen)?,
    }
    Ok(if args.exit_code && impact.is_tighter() { exit::TIGHTER } else { exit::DONE })
}

fn compared<'a>(args: &ImpactArgs, registry: &'a Registry) -> Result<Compared<'a>, Failure> {
    if let (Some(list), Some(before), Some(after)) = (&args.list, &args.before, &args.after) {
        let list = history::find_list(registry.state(), list)?;
        return Ok(Compared::Revisions(diff::find(list, before)?, diff::find(list, after)?));
    }
    let day = |option: &str, written: &Option<String>| {
        let read = written.as_deref().unwrap_or_default().parse::<At>();
        read.map_err(|it| Failure::input(format!("{option}: {it}")))
    };
    let (first, last) = (day("--from-date", &args.from_date)?, day("--to-date", &args.to_date)?);
    if last <= first {
        return Err(Failure::input(format!("`--to-date {last}` is not after `--from-date {first}`")));
    }
    Ok(Compared::Days(first, last))
}

impl<'a> Told<'a> {
    /// Returns the flows that change, with how, in their order.
    pub(super) fn changed(&self) -> impl Iterator<Item = (usize, &'a Flow, &'a FlowChange)> {
        let flows = self.flows.flows.iter().zip(&self.impact.fates).enumerate();
        flows.filter_map(|(index, (flow, fate))| match fate {
            FlowFate::Changed(number) => Some((index, flow, self.impact.changes.get(*number)?)),
            FlowFate::Elsewhere | FlowFate::Same => None,
        })
    }

    /// Returns how many flows change in a way.
    pub(super) fn count(&self, shift: Shift) -> usize {
        self.changed().filter(|(_, _, change)| change.shift == shift).count()
    }

    /// Returns how many flows are as they were, and how many are not
    /// concerned.
    pub(super) fn others(&self) -> (usize, usize) {
        let count = |fate: FlowFate| self.impact.fates.iter().filter(|it| **it == fate).count();
        (count(FlowFate::Same), count(FlowFate::Elsewhere))
    }
}
