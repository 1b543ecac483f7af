//! `neglist diff`

mod side_by_side;
mod text;

use clap::Args;

use crate::cli::args::{Format, SpecialFormat};
use crate::cli::failure::Failure;
use crate::cli::{Screen, exit, history};
use crate::document::comparison_json;
use crate::document::note::{Block, Speaker, html, markdown, note};
use crate::model::{At, InForce, Issued, List};
use crate::registry::{Class, Depth, Registry};

/// Compare two revisions of a list, or two places side by side
///
/// `diff LIST A B` says what changed in a list, and with `--verdicts` what got tighter or looser.
/// `diff CN EEA` and `diff LIST LIST` say of which data which of the two is stricter on a day.
///
/// Answers are compared exactly: the question space is cut into the cells in which both
/// revisions say the same throughout, and nothing is sampled. Each revision is asked by itself,
/// whatever other lists say.
#[derive(Args, Debug)]
pub(super) struct DiffArgs {
    /// The list, such as CN/cross-border-transfer; or a place
    #[arg(value_name = "LIST|PLACE")]
    list: String,
    /// The earlier revision: a version, or @DATE for the one in force that day; or another list or place
    #[arg(value_name = "VERSION|@DATE|LIST|PLACE")]
    before: String,
    /// The later revision: a version, or @DATE for the one in force that day
    #[arg(value_name = "VERSION|@DATE")]
    after: Option<String>,
    /// Show which questions get another answer, and the class by semantic versioning
    #[arg(long)]
    verdicts: bool,
    /// Exit with 10 if anything got tighter
    #[arg(long)]
    exit_code: bool,
    /// Side by side: on this day; today if left out
    #[arg(long, value_name = "DATE", conflicts_with = "after")]
    at: Option<String>,
    /// Side by side: where the data would go; any destination if left out
    #[arg(long, value_name = "PLACE", conflicts_with = "after")]
    to: Option<String>,
    /// Side by side: state a fact, such as sector=retail or exporter.ciio=no
    #[arg(long, value_name = "FACT=VALUE", conflicts_with = "after")]
    fact: Vec<String>,
    /// Side by side: say that a mechanism is in place or claim an exemption
    #[arg(long, value_name = "FACT", conflicts_with = "after")]
    with: Vec<String>,
    /// Side by side: every flag that is not stated is not the case
    #[arg(long, conflicts_with = "after")]
    ordinary: bool,
}

pub(super) fn run(args: &DiffArgs, registry: &Registry, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let Some(after) = &args.after else { return beside(args, registry, screen) };
    let list = history::find_list(registry.state(), &args.list)?;
    let (before, after) = (find(list, &args.before)?, find(list, after)?);
    let depth = if args.verdicts || args.exit_code { Depth::Answers } else { Depth::Text };
    let comparison = registry.compare(before, after, depth);
    let revision = &after.revision;
    let at = revision.first_day();
    let speaker = Speaker { state: registry.state(), language: screen.language, border: revision.border(), at };
    write(|| note(&comparison, &speaker), || comparison_json(&comparison, registry.state()), screen)?;
    let is_tighter = comparison.answers.is_some_and(|it| it.verdicts.class == Class::Major);
    Ok(if args.exit_code && is_tighter { exit::TIGHTER } else { exit::DONE })
}

/// Writes a result in the format that was asked for.
fn write(
    blocks: impl Fn() -> Vec<Block>,
    json: impl Fn() -> serde_json::Value,
    screen: &mut Screen<'_>,
) -> Result<(), Failure> {
    let (width, language) = (screen.surroundings.width, screen.language);
    let text = match (screen.special, screen.format) {
        (Some(SpecialFormat::Markdown), _) => markdown(&blocks()),
        (Some(SpecialFormat::Html), _) => html(&blocks(), language),
        (_, Format::Json) => return screen.json(&json()),
        (_, Format::Text) => text::text(&blocks(), width, language),
    };
    screen.out.write_all(text.as_bytes())?;
    Ok(())
}

fn beside(args: &DiffArgs, registry: &Registry, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    if args.before.starts_with('@') || args.before.parse::<semver::Version>().is_ok() {
        let message = format!("only one revision of `{}` is named", args.list);
        return Err(Failure::input(message).hint(format!("`neglist diff {} {} VERSION`", args.list, args.before)));
    }
    if args.verdicts || args.exit_code {
        let message = "`--verdicts` and `--exit-code` are for two revisions of a list";
        return Err(Failure::input(message).hint("two places or lists are compared by their answers in any case"));
    }
    side_by_side::run(args, registry, screen)
}

/// Finds a revision by its version, or by a day on which it is in force.
pub(super) fn find<'a>(list: &'a List, written: &str) -> Result<&'a Issued, Failure> {
    let Some(day) = written.strip_prefix('@') else { return history::find_version(list, written) };
    let at: At = day.parse().map_err(|it: crate::model::date::MalformedDate| Failure::input(it.to_string()))?;
    match list.in_force(at, None) {
        InForce::Yes(issued) => Ok(issued),
        InForce::NotYet | InForce::Lapsed(_) => {
            let message = format!("no revision of `{}` is in force on {at}", list.id);
            Err(Failure::input(message).hint(format!("`neglist history {}` shows them all", list.id)))
        }
    }
}
