//! `neglist routes`

use std::collections::BTreeSet;

use clap::Args;

use crate::cli::answer::Writer;
use crate::cli::args::{AskedArgs, Format};
use crate::cli::failure::Failure;
use crate::cli::{Screen, ask, asking};
use crate::document::{burden, provisos, routes_json};
use crate::model::near::did_you_mean;
use crate::model::{Answer, At, FactId, Role, State};
use crate::registry::{Claims, Registry, Route, Routes};

/// Find what would make it lawful, the lightest first
///
/// A route is a smallest set of mechanisms with which the data may leave; where exemptions
/// would lift what stands in the way, each is a route, too. Every route shown was asked:
/// `neglist ask` with it stated permits, or the route says on what that hangs. A mechanism or
/// an exemption that you deny (`--fact consent=no`) is on no route.
///
/// Exits with 0 if it may leave as it is (permitted), 10 if there are routes, 11 if there is
/// none (prohibited), 12 if there is none because the registry cannot say (unknown).
///
///   neglist routes --from CN --to US --category personal.contact --subjects 150000 --ordinary
///   neglist routes --from US --to CN --item personal.health.genomic,subjects=500 \
///       --fact transaction=vendor --exempt federal-grant
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub(super) struct RoutesArgs {
    /// Where the data is, such as CN, US-TX or CN-BJ-FTZ
    #[arg(long, value_name = "PLACE")]
    from: String,
    /// Where it would go; any destination if left out
    #[arg(long, value_name = "PLACE")]
    to: Option<String>,
    #[command(flatten)]
    asked: AskedArgs,
    /// Rest on this exemption and on no other; on any if left out
    #[arg(long, value_name = "FACT")]
    exempt: Vec<String>,
    /// Ask both evaluators, the index and the one that reads like the law, and refuse to answer
    /// where they differ
    #[arg(long)]
    paranoid: bool,
}

pub(super) fn run(args: &RoutesArgs, registry: Registry, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let registry = asking(registry, args.paranoid);
    let state = registry.state();
    let today = || At(screen.surroundings.today.date());
    let question = ask::question((&args.from, args.to.as_deref()), &args.asked, state, today)?;
    ask::note_day(&args.asked, question.at, screen)?;
    let claims = if args.exempt.is_empty() { Claims::Any } else { Claims::Only(exemptions(&args.exempt, state)?) };
    let (answer, found) = registry.routes(&question, &claims)?;
    match screen.format {
        Format::Json => screen.json(&routes_json(&answer, &found, state))?,
        Format::Text => write(&answer, &found, state, screen)?,
    }
    let is_way_out = found.suffice() && !answer.outcome.permits();
    Ok(if is_way_out { ROUTES } else { ask::exit_code(answer.outcome) })
}

/// That there are routes.
const ROUTES: u8 = 10;

/// Reads what `--exempt` names.
pub(super) fn exemptions(named: &[String], state: &State) -> Result<BTreeSet<FactId>, Failure> {
    let read = |written: &String| {
        let id: FactId = ask::parse("--exempt", written)?;
        if state.vocabulary.find(&id).is_some_and(|it| it.role == Role::Exemption) {
            return Ok(id);
        }
        let exemptions = state.vocabulary.iter().filter(|it| it.role == Role::Exemption);
        let near = did_you_mean(written, exemptions.map(|it| it.id.as_str()));
        let hint = near.or_else(|| Some("`neglist catalog facts` shows them all".to_owned()));
        Err(Failure::input(format!("--exempt: `{written}` is no exemption")).hints(hint))
    };
    named.iter().map(read).collect()
}

fn write(answer: &Answer<'_>, found: &Routes<'_>, state: &State, screen: &mut Screen<'_>) -> Result<(), Failure> {
    let mut writer = Writer::new(state, screen);
    writer.headline(answer);
    if !answer.outcome.permits() {
        write_routes(found, &mut writer);
        write_blocking(answer, found, &mut writer);
    }
    if !found.is_complete {
        let text = writer.say("there are so many that not all were looked for", "路径过多，未逐一查找");
        let label = writer.say("Note", "提示");
        writer.layout.labelled(label, text);
    }
    writer.registry();
    writer.finish(screen)
}

fn write_routes(found: &Routes<'_>, writer: &mut Writer<'_>) {
    let (claimed, others): (Vec<_>, Vec<_>) = found.routes.iter().partition(|it| is_claim(it));
    let duties = common_duties(&found.routes);
    let mut told = BTreeSet::new();
    for (number, route) in others.iter().enumerate() {
        let label = format!("{} {}", writer.say("Route", "路径"), number + 1);
        writer.layout.labelled(&label, &stated(route, &mut told, writer));
        write_terms(route, duties.is_none(), writer);
    }
    // Where it is enough that one thing is so, a word for each will do.
    let names: BTreeSet<_> = claimed.iter().flat_map(|it| it.exemptions.iter().cloned()).collect();
    if !names.is_empty() {
        let label = writer.say("Exempt if", "可豁免情形");
        writer.layout.labelled(label, &names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
    }
    if let Some(duties) = duties.filter(|it| !it.is_empty()) {
        write_duties(duties, writer);
    }
}

/// Returns what a route states. What was named before needs no name again.
fn stated(route: &Route, told: &mut BTreeSet<FactId>, writer: &Writer<'_>) -> String {
    let stated = route.stated();
    if stated.is_empty() {
        return writer.say("what is in place already", "已落实的机制").to_owned();
    }
    let names: Vec<_> =
        stated.into_iter().map(|it| if told.insert(it.clone()) { writer.name(&it) } else { it.to_string() }).collect();
    names.join(writer.say(" and ", " 并 "))
}

/// Writes how much a route asks, on what it hangs, and what is left to do.
fn write_terms(route: &Route, with_duties: bool, writer: &mut Writer<'_>) {
    writer.layout.below(burden(route.burden, writer.language));
    for proviso in provisos(route, writer.language) {
        writer.layout.below(&proviso);
    }
    if !route.suffices() && route.depends_on.is_empty() {
        let text = writer.say("and then it still hangs on what is left open", "届时仍取决于未陈述的事实");
        writer.layout.below(text);
    }
    if with_duties && !route.duties.is_empty() {
        let duties: Vec<_> = route.duties.iter().map(ToString::to_string).collect();
        let text = format!("{}{}", writer.say("still to do: ", "仍须履行："), duties.join(", "));
        writer.layout.below(&text);
    }
}

/// Says what no mechanism gets past, and what it hangs on.
fn write_blocking(answer: &Answer<'_>, found: &Routes<'_>, writer: &mut Writer<'_>) {
    let mut label = writer.say("No way past", "机制不可解");
    for blocking in &found.blocked_by {
        writer.reason(label, blocking);
        label = "";
    }
    writer.dependences(&answer.depends_on);
}

fn write_duties(duties: &BTreeSet<FactId>, writer: &mut Writer<'_>) {
    let duties: Vec<_> = duties.iter().map(ToString::to_string).collect();
    let label = writer.say("Still to do", "仍须履行");
    writer.layout.labelled(label, &duties.join(", "));
}

/// Returns whether a route is nothing but one exemption, and suffices.
fn is_claim(route: &Route) -> bool {
    route.mechanisms.is_empty() && route.exemptions.len() == 1 && route.suffices()
}

/// Returns the duties that remain, where they do whichever route is taken.
fn common_duties(routes: &[Route]) -> Option<&BTreeSet<FactId>> {
    let mut duties = routes.iter().map(|it| &it.duties);
    let first = duties.next()?;
    duties.all(|it| it == first).then_some(first)
}
