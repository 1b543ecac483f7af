//! Two places, or two lists, side by side.

use std::cmp::Ordering;

use serde_json::{Value as Json, json};

use crate::canon::{head_json, requires_json};
use crate::cli::diff::{DiffArgs, write};
use crate::cli::failure::Failure;
use crate::cli::{Screen, ask, exit, history, lists};
use crate::document::note::{Block, Line, Span, Speaker, plain, stated};
use crate::model::{CategoryId, InForce, Language, Outcome, State};
use crate::registry::{Circumstances, Party, Registry, Row, Stance};

pub(super) fn run(args: &DiffArgs, registry: &Registry, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let state = registry.state();
    let circumstances = Circumstances {
        to: args.to.as_deref().map(|it| ask::parse("--to", it)).transpose()?,
        at: lists::day(args.at.as_deref(), screen)?,
        facts: ask::facts(&args.fact, &args.with, state)?,
        ordinary: args.ordinary,
    };
    let parties = [party(state, &args.list, &circumstances)?, party(state, &args.before, &circumstances)?];
    check(state, &parties, &circumstances)?;
    let [one, other] = &parties;
    let rows = registry.side_by_side(one, other, &circumstances);
    let speaker = Speaker { state, language: screen.language, border: one.place(), at: circumstances.at };
    let note = || note(&parties, &circumstances, &rows, &speaker);
    write(note, || json_document(&parties, &circumstances, &rows, state), screen)?;
    Ok(exit::DONE)
}

/// Reads a place, or a list with the revision that is in force.
fn party<'a>(state: &'a State, written: &str, circumstances: &Circumstances) -> Result<Party<'a>, Failure> {
    if !written.contains('/') {
        return Ok(Party::Place(ask::parse("the place", written)?));
    }
    let list = history::find_list(state, written)?;
    match list.in_force(circumstances.at, None) {
        InForce::Yes(issued) => Ok(Party::Revision(issued)),
        InForce::NotYet | InForce::Lapsed(_) => {
            let message = format!("no revision of `{}` is in force on {}", list.id, circumstances.at);
            Err(Failure::input(message).hint("name a day with `--at`"))
        }
    }
}

/// A question of both must be understood.
fn check(state: &State, parties: &[Party<'_>; 2], circumstances: &Circumstances) -> Result<(), Failure> {
    let Some(category) = state.categories.iter().next().map(|it| &it.id) else { return Ok(()) };
    for party in parties {
        let mistakes = state.mistakes(&circumstances.question(party.place(), category));
        if !mistakes.is_empty() {
            return Err(mistakes.into());
        }
    }
    Ok(())
}

fn name(party: &Party<'_>) -> String {
    match party {
        Party::Place(place) => place.to_string(),
        Party::Revision(issued) => format!("{} {}", issued.revision.list, issued.revision.version),
    }
}

/// How what the two say of some data compares.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Relation {
    OneIsStricter,
    OtherIsStricter,
    OtherRoute,
    OnlyOneSpeaks,
    OnlyOtherSpeaks,
    Alike,
    NeitherSpeaks,
}

impl Relation {
    const ALL: [Relation; 7] = [
        Relation::OneIsStricter,
        Relation::OtherIsStricter,
        Relation::OtherRoute,
        Relation::OnlyOneSpeaks,
        Relation::OnlyOtherSpeaks,
        Relation::Alike,
        Relation::NeitherSpeaks,
    ];

    fn of(row: &Row) -> Relation {
        let speaks = |it: &Stance| it.outcome != Outcome::Unknown || !it.lists.is_empty();
        match (speaks(&row.one), speaks(&row.other)) {
            (true, false) => return Relation::OnlyOneSpeaks,
            (false, true) => return Relation::OnlyOtherSpeaks,
            (false, false) => return Relation::NeitherSpeaks,
            (true, true) => {}
        }
        let [one, other] = [&row.one, &row.other].map(|it| (it.outcome, it.floor));
        match one.cmp(&other) {
            Ordering::Greater => Relation::OneIsStricter,
            Ordering::Less => Relation::OtherIsStricter,
            Ordering::Equal if row.one.requires == row.other.requires => Relation::Alike,
            Ordering::Equal => Relation::OtherRoute,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Relation::OneIsStricter => "one-is-stricter",
            Relation::OtherIsStricter => "other-is-stricter",
            Relation::OtherRoute => "other-route",
            Relation::OnlyOneSpeaks => "only-one-speaks",
            Relation::OnlyOtherSpeaks => "only-other-speaks",
            Relation::Alike => "alike",
            Relation::NeitherSpeaks => "neither-speaks",
        }
    }

    fn title(self, one: &str, other: &str, language: Language) -> Line {
        let of = |before: &str, who: &str, after: &str| {
            vec![Span::Plain(before.to_owned()), Span::Code(who.to_owned()), Span::Plain(after.to_owned())]
        };
        match (self, language) {
            (Relation::OneIsStricter, Language::En) => of("", one, " is stricter"),
            (Relation::OneIsStricter, Language::Zh) => of("", one, "更严"),
            (Relation::OtherIsStricter, Language::En) => of("", other, " is stricter"),
            (Relation::OtherIsStricter, Language::Zh) => of("", other, "更严"),
            (Relation::OtherRoute, Language::En) => plain("As strict, by another route"),
            (Relation::OtherRoute, Language::Zh) => plain("同等严格，路径不同"),
            (Relation::OnlyOneSpeaks, Language::En) => of("Only ", one, " says anything"),
            (Relation::OnlyOneSpeaks, Language::Zh) => of("仅", one, "有规定"),
            (Relation::OnlyOtherSpeaks, Language::En) => of("Only ", other, " says anything"),
            (Relation::OnlyOtherSpeaks, Language::Zh) => of("仅", other, "有规定"),
            (Relation::Alike, Language::En) => plain("The same"),
            (Relation::Alike, Language::Zh) => plain("相同"),
            (Relation::NeitherSpeaks, Language::En) => plain("Neither says anything"),
            (Relation::NeitherSpeaks, Language::Zh) => plain("均无规定"),
        }
    }
}

fn note(parties: &[Party<'_>; 2], circumstances: &Circumstances, rows: &[Row], speaker: &Speaker<'_>) -> Vec<Block> {
    let [one, other] = parties.each_ref().map(name);
    let title = match speaker.language {
        Language::En => format!("{one} and {other}, side by side"),
        Language::Zh => format!("{one}与{other}对照"),
    };
    let mut blocks = vec![Block::Title(plain(title)), Block::Facts(head(circumstances, speaker))];
    for relation in Relation::ALL {
        let alike = rows.iter().filter(|it| Relation::of(it) == relation);
        let points: Vec<_> = alike.filter_map(|it| point(it, [&one, &other], speaker)).collect();
        if !points.is_empty() {
            blocks.push(Block::Section(relation.title(&one, &other, speaker.language)));
            blocks.push(Block::Points(points));
        }
    }
    blocks
}

fn head(circumstances: &Circumstances, speaker: &Speaker<'_>) -> Vec<(String, Line)> {
    let label = |en: &str, zh: &str| speaker.say(en, zh).to_owned();
    let to = circumstances.to.as_ref().map(ToString::to_string);
    let to = to.unwrap_or_else(|| speaker.say("any destination", "任何目的地").to_owned());
    let mut facts =
        vec![(label("On", "日期"), plain(circumstances.at.to_string())), (label("Destination", "目的地"), plain(to))];
    if !circumstances.facts.is_empty() {
        let stated = circumstances.facts.iter().map(|(fact, value)| vec![stated(fact, value)]);
        facts.push((label("Stated", "已说明"), speaker.listed(stated, (" and ", "和"))));
    }
    let rest = if circumstances.ordinary {
        speaker.say("flags that are not stated are not the case", "未说明的是非事实视为否")
    } else {
        speaker.say("what is not stated is open, and the strictest case counts", "未说明的事实不定，按最严情形计")
    };
    facts.push((label("The rest", "其余"), plain(rest)));
    facts
}

/// Returns a row in words; `None` of data that is only named too broadly.
fn point(row: &Row, names: [&str; 2], speaker: &Speaker<'_>) -> Option<(Line, Vec<Line>)> {
    if !speaker.is_exact(&row.categories) {
        return None;
    }
    let below = match Relation::of(row) {
        Relation::NeitherSpeaks => Vec::new(),
        Relation::OneIsStricter
        | Relation::OtherIsStricter
        | Relation::OtherRoute
        | Relation::OnlyOneSpeaks
        | Relation::OnlyOtherSpeaks
        | Relation::Alike => {
            names.into_iter().zip([&row.one, &row.other]).map(|(name, it)| said(name, it, speaker)).collect()
        }
    };
    Some((speaker.categories(&row.categories), below))
}

fn said(name: &str, stance: &Stance, speaker: &Speaker<'_>) -> Line {
    let mut line = plain(format!("{name}{}", speaker.say(": ", "：")));
    line.extend(speaker.outcome(stance.outcome, &stance.requires));
    if stance.floor != stance.outcome {
        let floor = speaker.outcome_word(stance.floor);
        line.push(Span::Plain(match speaker.language {
            Language::En => format!("; in the mildest case {floor}"),
            Language::Zh => format!("；最宽情形：{floor}"),
        }));
    }
    if !stance.lists.is_empty() {
        line.push(Span::Plain(speaker.say(", by ", "，依据").to_owned()));
        let lists = stance.lists.iter().map(|it| vec![Span::Code(it.to_string())]);
        line.extend(speaker.listed(lists, (" and ", "和")));
    }
    line
}

fn json_document(parties: &[Party<'_>; 2], circumstances: &Circumstances, rows: &[Row], state: &State) -> Json {
    let [one, other] = parties.each_ref().map(party_json);
    let rows = rows.iter().map(|it| {
        json!({
            "relation": Relation::of(it).word(),
            "categories": it.categories.iter().map(CategoryId::as_str).collect::<Vec<_>>(),
            "one": stance_json(&it.one),
            "other": stance_json(&it.other),
        })
    });
    json!({
        "one": one,
        "other": other,
        "at": circumstances.at.to_string(),
        "to": circumstances.to.as_ref().map(ToString::to_string),
        "rows": rows.collect::<Vec<_>>(),
        "registry": head_json(&state.head),
    })
}

fn party_json(party: &Party<'_>) -> Json {
    match party {
        Party::Place(place) => json!({"place": place.as_str()}),
        Party::Revision(issued) => json!({
            "list": issued.revision.list.as_str(),
            "version": issued.revision.version.to_string(),
            "revision": issued.hash.to_string(),
        }),
    }
}

fn stance_json(stance: &Stance) -> Json {
    json!({
        "outcome": stance.outcome.word(),
        "floor": stance.floor.word(),
        "requires": requires_json(&stance.requires),
        "lists": stance.lists.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}
