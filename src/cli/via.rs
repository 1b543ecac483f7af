//! `neglist ask --via`: data that goes on to other places.

use std::collections::BTreeMap;

use crate::cli::answer::Writer;
use crate::cli::args::{AskArgs, AskedArgs, Format};
use crate::cli::failure::Failure;
use crate::cli::rows::{self, Row};
use crate::cli::{Screen, ask, items};
use crate::document::{gets, journey_json, phrase};
use crate::model::{At, FactId, Jurisdiction, Language, Question, State, Value};
use crate::registry::{Journey, Leg, LegKind, Registry, Stop};

pub(super) fn run(args: &AskArgs, registry: &Registry, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let state = registry.state();
    let today = || At(screen.surroundings.today.date());
    let (general, of_hops) = apart(&args.asked);
    let way = (args.from.as_str(), args.to.as_deref());
    let (question, range) = ask::question_or_range(way, &general, state, today)?;
    items::no_range(range, "`--via`")?;
    ask::note_day(&args.asked, question.at, screen)?;
    let stops = stops(&args.via, &question, &of_hops, state)?;
    let journey = registry.ask_by(&question, &stops)?;
    match screen.format {
        Format::Json => screen.json(&journey_json(&question, &stops, &journey, state))?,
        Format::Text => write(&question, &stops, &journey, state, screen)?,
    }
    Ok(ask::exit_code(journey.outcome()))
}

/// What is stated of one hop: the facts as they are written with `--fact` and
/// with `--with`.
type OfHop = (Vec<String>, Vec<String>);

/// Takes apart what is stated of all legs and what of the hop to one place,
/// which stands behind an `@`.
fn apart(args: &AskedArgs) -> (AskedArgs, BTreeMap<String, OfHop>) {
    let mut general = AskedArgs { fact: Vec::new(), with: Vec::new(), ..args.clone() };
    let mut of_hops: BTreeMap<String, OfHop> = BTreeMap::new();
    for written in &args.fact {
        match written.rsplit_once('@') {
            None => general.fact.push(written.clone()),
            Some((fact, place)) => of_hops.entry(place.to_owned()).or_default().0.push(fact.to_owned()),
        }
    }
    for written in &args.with {
        match written.rsplit_once('@') {
            None => general.with.push(written.clone()),
            Some((fact, place)) => of_hops.entry(place.to_owned()).or_default().1.push(fact.to_owned()),
        }
    }
    (general, of_hops)
}

/// Reads the stops, to the last of which the data goes in the end.
fn stops(
    via: &[String],
    question: &Question,
    of_hops: &BTreeMap<String, OfHop>,
    state: &State,
) -> Result<Vec<Stop>, Failure> {
    let mut stops: Vec<Stop> = Vec::new();
    for written in via {
        let (place, at) = match written.split_once('@') {
            None => (written.as_str(), question.at),
            Some((place, at)) => (place, ask::parse("--via", at)?),
        };
        stops.push(Stop { place: ask::parse("--via", place)?, at, facts: BTreeMap::new() });
    }
    let end = question.to.iter().map(|to| Stop { place: to.clone(), at: question.at, facts: BTreeMap::new() });
    stops.extend(end);
    check(&question.from, &stops)?;
    for (place, (fact, with)) in of_hops {
        let places: Vec<_> = stops.iter().map(|it| format!("`{}`", it.place)).collect();
        let stop = stops.iter_mut().find(|it| it.place.as_str() == place).ok_or_else(|| {
            Failure::input(format!("no hop goes to `{place}`"))
                .hint(format!("what stands behind `@` is where a hop arrives: {}", places.join(", ")))
        })?;
        stop.facts = facts_of_hop(fact, with, question, state)?;
    }
    Ok(stops)
}

fn facts_of_hop(
    fact: &[String],
    with: &[String],
    question: &Question,
    state: &State,
) -> Result<BTreeMap<FactId, Value>, Failure> {
    let facts = ask::facts(fact, with, state)?;
    let differs = |(fact, value): &(&FactId, &Value)| question.facts.get(*fact).is_some_and(|it| it != *value);
    match facts.iter().find(differs) {
        None => Ok(facts),
        Some((fact, _)) => Err(Failure::input(format!("`{fact}` is stated of all legs, and otherwise of one"))
            .hint("state it of each hop, behind an `@`")),
    }
}

/// Data goes from place to place, and never back in time.
fn check(from: &Jurisdiction, stops: &[Stop]) -> Result<(), Failure> {
    let mut before: Option<&Stop> = None;
    for (number, stop) in stops.iter().enumerate() {
        let place = &stop.place;
        let is_last = number + 1 == stops.len();
        let is_known = stops.iter().take(number).any(|it| it.place == *place) || (place == from && !is_last);
        if is_known {
            return Err(Failure::input(format!("--via: the data is in `{place}` twice"))
                .hint("name each place once, without the origin and where it goes in the end"));
        }
        if let Some(earlier) = before.filter(|it| stop.at.0 < it.at.0) {
            return Err(Failure::input(format!(
                "--via: the data comes to `{}` on {}, and goes on to `{place}` on {} already",
                earlier.place, earlier.at, stop.at
            ))
            .hint("a date is the day on which the data arrives; without one it is that of the question"));
        }
        before = Some(stop);
    }
    Ok(())
}

fn write(
    question: &Question,
    stops: &[Stop],
    journey: &Journey<'_>,
    state: &State,
    screen: &mut Screen<'_>,
) -> Result<(), Failure> {
    let mut writer = Writer::new(state, screen);
    let items: Vec<_> = question.items.iter().map(|it| phrase::item(it, writer.language)).collect();
    let places: Vec<_> = std::iter::once(&question.from).chain(stops.iter().map(|it| &it.place)).collect();
    let places: Vec<_> = places.into_iter().map(Jurisdiction::as_str).collect();
    writer.head(journey.outcome(), &format!("{}  {}  {}", items.join(" + "), places.join(" → "), question.at));
    let row = |it| row(it, writer.language);
    let rows: Vec<_> = journey.legs.iter().map(row).collect();
    rows::write(&rows, &mut writer);
    writer.layout.line("");
    let decides = journey.legs.iter().filter(|it| it.answer.outcome == journey.outcome());
    let decides: Vec<_> = decides.map(|it| label(it, writer.language)).collect();
    if !journey.outcome().permits() {
        writer.layout.labelled(writer.say("Decided by", "起决定作用"), &decides.join(writer.say(", ", "，")));
    }
    for (leg, bars) in journey.barred() {
        let bars: Vec<_> = bars.into_iter().map(ToString::to_string).collect();
        let (hop, bars) = (label(leg, writer.language), bars.join(", "));
        let text = match writer.language {
            Language::En => {
                format!("{hop} relies on {bars}, whose own terms bar passing the data on: check how far they reach")
            }
            Language::Zh => format!("{hop}依据{bars}，其条款本身限制再转移：请核对限制范围"),
        };
        writer.layout.labelled(writer.say("Note", "提示"), &text);
    }
    writer.registry();
    writer.finish(screen)
}

fn row<'r, 'a>(leg: &'r Leg<'a>, language: Language) -> Row<'r, 'a> {
    let at = leg.answer.question.at;
    let gets = gets(&leg.answer, None, language);
    let text = match language {
        Language::En => format!("on {at}: {gets}"),
        Language::Zh => format!("{at}：{gets}"),
    };
    Row { label: label(leg, language), text, answer: &leg.answer }
}

/// Returns from where to where a leg goes, and whether it is onward.
fn label(leg: &Leg<'_>, language: Language) -> String {
    let question = &leg.answer.question;
    let to = question.to.as_ref().map_or("", Jurisdiction::as_str);
    let onward = match leg.kind {
        LegKind::Hop => "",
        LegKind::Onward => language.say(" (onward)", "（再转移）"),
    };
    format!("{} → {to}{onward}", question.from)
}
