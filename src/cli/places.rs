//! `neglist where`

use std::collections::{BTreeMap, BTreeSet};

use clap::Args;

use crate::cli::answer::Writer;
use crate::cli::args::{AskedArgs, Format};
use crate::cli::failure::Failure;
use crate::cli::layout::style;
use crate::cli::{Screen, ask, exit, routes};
use crate::document::{burden, in_short, phrase, places_json, provisos};
use crate::model::{At, EntryId, Jurisdiction, Language, ListId, Match, Open, Outcome, Question, State, UnknownReason};
use crate::registry::{Claims, Prospect, Registry, Route};

/// Find the places to which data may go, the best first
///
/// With several origins a place is judged by all of them together: the severest outcome
/// counts, and the route has to satisfy all. Data that stays in its own place is permitted
/// there. Places that get the same stand together, a bloc for its members where all of them
/// do; `--format json` has every place by itself.
///
///   neglist where --from CN,DE --category personal.contact --subjects 50000 --ordinary
///   neglist where --from TW --category personal.contact --to JP,SG,KR,US
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

/// So much of what stands in the way, or is left open, is named.
const MOST_NAMED: usize = 5;

/// What gets the same, for whoever reads it.
struct Group<'p, 'r> {
    shown: &'p Prospect<'r>,
    places: BTreeSet<Jurisdiction>,
    /// What some of the places get it by.
    because: BTreeMap<(&'r ListId, &'r EntryId), &'p Match<'r>>,
    /// What it hangs on at some of the places.
    open: BTreeSet<&'p Open>,
}

impl<'p, 'r> Group<'p, 'r> {
    fn new(shown: &'p Prospect<'r>) -> Group<'p, 'r> {
        let mut group = Group { shown, places: BTreeSet::new(), because: BTreeMap::new(), open: BTreeSet::new() };
        group.take(shown);
        group
    }

    fn take(&mut self, prospect: &'p Prospect<'r>) {
        self.places.extend(prospect.places.iter().cloned());
        self.open.extend(&prospect.open);
        self.because.extend(by_entry(prospect));
    }

    /// Where something is left open it is not told apart by what, and where
    /// there is a route that alone counts.
    fn is_like(&self, other: &Prospect<'_>) -> bool {
        let stated = |it: &Prospect<'_>| it.route.as_ref().map(|it| (it.stated(), it.outcome));
        let is_told_apart = other.route.is_none() && other.outcome == other.floor;
        let gets = |it: &Prospect<'_>| (it.outcome, it.floor, it.unknown_reason);
        (gets(self.shown), stated(self.shown)) == (gets(other), stated(other))
            && (!is_told_apart || by_entry(self.shown).map(|(it, _)| it).eq(by_entry(other).map(|(it, _)| it)))
    }
}

fn by_entry<'p, 'r>(
    prospect: &'p Prospect<'r>,
) -> impl Iterator<Item = ((&'r ListId, &'r EntryId), &'p Match<'r>)> + use<'p, 'r> {
    prospect.because.iter().map(|it| ((&it.revision.list, &it.entry.id), it))
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
    let is_one = groups.len() == 1;
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
                let rest = if is_one {
                    writer.say("everywhere", "各地")
                } else {
                    writer.say("everywhere else", "其余各地")
                };
                format!("{rest} ({})", group.places.len())
            } else {
                in_short(&group.places, first.at, &state.places).join(", ")
            };
            write_group(group, &names, &mut writer);
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
            Some(group) => group.take(prospect),
            None => groups.push(Group::new(prospect)),
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

fn write_group(group: &Group<'_, '_>, places: &str, writer: &mut Writer<'_>) {
    let shown = group.shown;
    if shown.outcome.permits() {
        writer.layout.labelled(writer.say("As it is", "无需机制"), places);
        return;
    }
    match &shown.route {
        Some(route) => write_route(route, writer),
        None if group.because.is_empty() => {
            writer.layout.labelled(writer.say("Silent", "无清单"), silence(shown, writer.language));
        }
        None => write_because(group, writer),
    }
    if shown.outcome != shown.floor {
        let open: Vec<_> = group.open.iter().map(|it| phrase::open(it, writer.language)).collect();
        let open = first_of(open, writer.language).join(writer.say(", ", "、"));
        let mild = phrase::outcome(shown.floor, writer.language);
        let text = match writer.language {
            Language::En => format!("may be as mild as {mild}; it hangs on {open}"),
            Language::Zh => format!("最宽可为“{mild}”，取决于{open}"),
        };
        writer.layout.below(&text);
    }
    writer.layout.below(places);
}

fn write_route(route: &Route, writer: &mut Writer<'_>) {
    let label = if route.exemptions.is_empty() {
        writer.say("Needs", "须具备")
    } else {
        writer.say("If claimed", "须主张")
    };
    let stated: Vec<_> = route.stated().iter().map(ToString::to_string).collect();
    let burden = burden(route.burden, writer.language);
    writer.layout.labelled(label, &format!("{}: {burden}", stated.join(" + ")));
    for proviso in provisos(route, writer.language) {
        writer.layout.below(&proviso);
    }
}

fn write_because(group: &Group<'_, '_>, writer: &mut Writer<'_>) {
    let entries = group.because.values().map(|found| {
        let (cite, list, version, entry) =
            (&found.entry.cite, &found.revision.list, &found.revision.version, &found.entry.id);
        format!("{cite}: {list} {version}, {entry}")
    });
    let mut label = writer.say("By", "依据");
    for line in first_of(entries.collect(), writer.language) {
        writer.layout.labelled(label, &line);
        label = "";
    }
}

/// Returns the first of some things, and how many more there are.
fn first_of(mut names: Vec<String>, language: Language) -> Vec<String> {
    if let more @ 1.. = names.len().saturating_sub(MOST_NAMED) {
        names.truncate(MOST_NAMED);
        names.push(match language {
            Language::En => format!("and {more} more"),
            Language::Zh => format!("等另{more}项"),
        });
    }
    names
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
