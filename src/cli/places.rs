//! `neglist where`

use std::collections::BTreeSet;

use clap::Args;

use crate::cli::answer::Writer;
use crate::cli::args::{AskedArgs, Format};
use crate::cli::failure::Failure;
use crate::cli::layout::style;
use crate::cli::{Screen, ask, exit, routes};
use crate::document::{burden, in_short, phrase, places_json, provisos};
use crate::model::{At, Jurisdiction, Language, Outcome, Question, State, UnknownReason};
use crate::registry::{Claims, Prospect, Registry};

/// Find the places to which data may go, the best first
///
/// With several origins a place is judged by all of them together: the severest outcome
/// counts, and the route has to satisfy all. Data that stays in its own place is permitted
/// there. Places that get the same stand together, a bloc for its members where all of them
/// do; `--format json` has every place by itself.
///
///     neglist where --from CN,DE --category personal.contact --subjects 50000 --ordinary
///     neglist where --from TW --category personal.contact --to JP,SG,KR,US
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub(super) struct WhereArgs {
    /// Where the data is: one place or several, such as CN,DE
    #[arg(long, value_name = "PLACE,…", value_delimiter = ',', required = true)]
    from: Vec<String>,
    /// The places in question; every country, and whatever other place a list names, if left out
    #[arg(long, value_name = "PLACE,…", value_delimiter = ',')]
    to: Vec<String>,
    #[command(flatten)]
    asked: AskedArgs,
    /// An exemption that may be claimed, where it opens a way
    #[arg(long, value_name = "FACT")]
    exempt: Vec<String>,
}

pub(super) fn run(args: &WhereArgs, registry: &Registry, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let state = registry.state();
    let today = || At(screen.surroundings.today.date());
    let mut questions: Vec<Question> = Vec::new();
    for from in &args.from {
        let question = ask::question((from, None), &args.asked, state, today)?;
        if questions.iter().any(|it| it.from == question.from) {
            return Err(Failure::input(format!("--from: `{from}` is named twice")));
        }
        questions.push(question);
    }
    let to = args.to.iter().map(|it| ask::parse("--to", it)).collect::<Result<BTreeSet<Jurisdiction>, _>>()?;
    let claims = Claims::Only(routes::exemptions(&args.exempt, state)?);
    let prospects = registry.places(&questions, Some(&to).filter(|it| !it.is_empty()), &claims)?;
    if let Some(first) = questions.first() {
        ask::note_day(&args.asked, first.at, screen)?;
    }
    match screen.format {
        Format::Json => screen.json(&places_json(&questions, &prospects, state))?,
        Format::Text => write(&questions, &prospects, to.is_empty(), state, screen)?,
    }
    Ok(exit::DONE)
}

/// More places than this, that get the same, are the rest of the world.
const REST: usize = 60;

/// What gets the same, for whoever reads it.
struct Group<'p, 'r> {
    shown: &'p Prospect<'r>,
    places: BTreeSet<Jurisdiction>,
}

impl Group<'_, '_> {
    fn is_like(&self, other: &Prospect<'_>) -> bool {
        let stated = |it: &Prospect<'_>| it.route.as_ref().map(|it| (it.stated(), it.outcome));
        let entries = |it: &Prospect<'_>| {
            let because = it.because.iter().map(|it| (it.revision.list.clone(), it.entry.id.clone()));
            // Of what has a route the route is what counts.
            if it.route.is_some() { BTreeSet::new() } else { because.collect() }
        };
        let gets = |it: &Prospect<'_>| (it.outcome, it.floor, it.unknown_reason, it.open.clone());
        (gets(self.shown), stated(self.shown), entries(self.shown)) == (gets(other), stated(other), entries(other))
    }
}

fn write(
    questions: &[Question],
    prospects: &[Prospect<'_>],
    is_world: bool,
    state: &State,
    screen: &mut Screen<'_>,
) -> Result<(), Failure> {
    let Some(first) = questions.first() else { return Ok(()) };
    let groups = grouped(prospects);
    let largest = groups.iter().max_by_key(|it| it.places.len());
    let rest = largest.map(|it| &it.places).filter(|it| is_world && REST < it.len());
    let mut writer = Writer::new(state, screen);
    let items: Vec<_> = first.items.iter().map(|it| phrase::item(it, writer.language)).collect();
    let from: Vec<_> = questions.iter().map(|it| it.from.to_string()).collect();
    writer.layout.line(&format!("{}  {} → …  {}", items.join(" + "), from.join(" + "), first.at));
    for outcome in Outcome::ALL {
        let groups: Vec<_> = groups.iter().filter(|it| it.shown.outcome == outcome).collect();
        if groups.is_empty() {
            continue;
        }
        let count: usize = groups.iter().map(|it| it.places.len()).sum();
        let (style, word) = (style(outcome), phrase::outcome(outcome, writer.language).to_uppercase());
        writer.layout.line("");
        writer.layout.line(&format!("{style}{word}{style:#}  {}", counted(count, writer.language)));
        for group in groups {
            let names = if rest == Some(&group.places) {
                format!("{} ({})", writer.say("everywhere else", "其余各地"), group.places.len())
            } else {
                in_short(&group.places, first.at, state).join(", ")
            };
            write_group(group.shown, &names, &mut writer);
        }
    }
    writer.layout.line("");
    writer.registry();
    writer.finish(screen)
}

/// Puts together what gets the same.
fn grouped<'p, 'r>(prospects: &'p [Prospect<'r>]) -> Vec<Group<'p, 'r>> {
    let mut groups: Vec<Group<'_, '_>> = Vec::new();
    for prospect in prospects {
        match groups.iter_mut().find(|it| it.is_like(prospect)) {
            Some(group) => group.places.extend(prospect.places.iter().cloned()),
            None => groups.push(Group { shown: prospect, places: prospect.places.clone() }),
        }
    }
    groups
}

fn counted(places: usize, language: Language) -> String {
    match (places, language) {
        (1, Language::En) => "1 place".to_owned(),
        (_, Language::En) => format!("{places} places"),
        (_, Language::Zh) => format!("{places}处"),
    }
}

fn write_group(shown: &Prospect<'_>, places: &str, writer: &mut Writer<'_>) {
    if shown.outcome.permits() {
        writer.layout.labelled(writer.say("As it is", "无需机制"), places);
        return;
    }
    let reasons = write_reasons(shown, writer);
    if !reasons {
        writer.layout.labelled(writer.say("Silent", "无清单"), silence(shown, writer.language));
    }
    if shown.outcome != shown.floor {
        let open: Vec<_> = shown.open.iter().map(|it| phrase::open(it, writer.language)).collect();
        let mild = phrase::outcome(shown.floor, writer.language);
        let text = match writer.language {
            Language::En => format!("may be as mild as {mild}; it hangs on {}", open.join(", ")),
            Language::Zh => format!("最宽可为“{mild}”，取决于{}", open.join("、")),
        };
        writer.layout.below(&text);
    }
    writer.layout.below(places);
}

/// Writes the route, or else the entries that stand in the way; returns
/// whether there are any.
fn write_reasons(shown: &Prospect<'_>, writer: &mut Writer<'_>) -> bool {
    if let Some(route) = &shown.route {
        let label = if route.exemptions.is_empty() {
            writer.say("Needs", "须具备")
        } else {
            writer.say("If claimed", "须主张")
        };
        let stated: Vec<_> = route.stated().iter().map(ToString::to_string).collect();
        let burden = burden(route.burden, writer.language);
        writer.layout.labelled(label, &format!("{}: {burden}", stated.join(" + ")));
        for proviso in provisos(route, writer.language) {
            let text = format!("{}{proviso}", writer.say("only if: ", "仅当："));
            writer.layout.below(&text);
        }
        return true;
    }
    let mut label = writer.say("By", "依据");
    for found in &shown.because {
        let (cite, list, version, entry) =
            (&found.entry.cite, &found.revision.list, &found.revision.version, &found.entry.id);
        writer.layout.labelled(label, &format!("{cite}: {list} {version}, {entry}"));
        label = "";
    }
    !shown.because.is_empty()
}

fn silence(shown: &Prospect<'_>, language: Language) -> &'static str {
    match shown.unknown_reason {
        Some(UnknownReason::OutsideScope) => {
            language.say("no list in force there speaks for the category", "生效清单均未涵盖该类别")
        }
        Some(UnknownReason::NoList | UnknownReason::Undetermined) | None => {
            language.say("no list was in force where the data is", "数据所在地无生效清单")
        }
    }
}
