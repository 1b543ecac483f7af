//! `neglist ask`

use std::collections::BTreeMap;
use std::mem::ManuallyDrop;

use crate::canon::answer_json;
use crate::cli::args::{AskArgs, AskedArgs, Format};
use crate::cli::failure::Failure;
use crate::cli::{Screen, answer, asking, items, receipt, selection, what_if};
use crate::document::headroom_json;
use crate::model::near::did_you_mean;
use crate::model::{At, Count, FactId, FactKind, KnownOn, Outcome, Question, Role, State, Value};
use crate::registry::{Range, Registry};

pub(super) fn run(args: &AskArgs, named: Option<&str>, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let (registry, question, range) = opened(args, named, screen)?;
    // The process ends when the answer is written: to free the state piece by
    // piece would only keep the asker waiting.
    let registry = ManuallyDrop::new(asking(registry, args.paranoid));
    note_day(&args.asked, question.at, screen)?;
    if let Some(range) = range {
        items::no_range(args.receipt.as_ref().and(Some(range)), "`--receipt`")?;
        return what_if::run(&question, &range, &registry, screen);
    }
    let answer = registry.ask(&question)?;
    // Whoever asks for a proof is not answered without one.
    if let Some(path) = &args.receipt {
        let proven = receipt::made(&question, named, screen)?;
        receipt::write(path, &proven)?;
    }
    match screen.format {
        Format::Json if args.headroom => {
            let headroom = registry.headroom(&question)?;
            screen.json(&headroom_json(&answer, &headroom, registry.state()))?;
        }
        Format::Json => screen.json(&answer_json(&answer, &registry.state().head))?,
        Format::Text => {
            let headroom = registry.headroom(&question)?;
            answer::write(&answer, &headroom, registry.state(), screen)?;
        }
    }
    Ok(exit_code(answer.outcome))
}

/// Opens as much of the registry as the question can touch, and reads the
/// question in its words.
fn opened(
    args: &AskArgs,
    named: Option<&str>,
    screen: &mut Screen<'_>,
) -> Result<(Registry, Question, Option<Range>), Failure> {
    let today = || At(screen.surroundings.today.date());
    let way = (args.from.as_str(), args.to.as_deref());
    if let Some(glance) = selection::glance(named, screen)? {
        let (question, range) = question_or_range(way, &args.asked, glance.words(), today)?;
        if let Some(registry) = glance.registry_for(&question) {
            return Ok((registry, question, range));
        }
    }
    let registry = selection::open(named, screen)?;
    let (question, range) = question_or_range(way, &args.asked, registry.state(), today)?;
    Ok((registry, question, range))
}

/// The codes are not in the order of severity: 0 is for `permitted` and for
/// nothing else.
pub(super) fn exit_code(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Permitted => 0,
        Outcome::Conditional => 10,
        Outcome::Prohibited => 11,
        Outcome::Unknown => 12,
    }
}

/// Says which day was asked about, where none was named.
pub(super) fn note_day(args: &AskedArgs, at: At, screen: &mut Screen<'_>) -> Result<(), Failure> {
    if args.at.is_some() {
        return Ok(());
    }
    screen.note(&format!("asked as of {}, since no `--at` was given", at.0))
}

/// Reads a question from one place to another.
pub(super) fn question(
    way: (&str, Option<&str>),
    args: &AskedArgs,
    state: &State,
    today: impl FnOnce() -> At,
) -> Result<Question, Failure> {
    let (question, range) = question_or_range(way, args, state, today)?;
    items::no_range(range, "this command")?;
    Ok(question)
}

/// Reads a question in which a range of people may stand in the place of one
/// number.
pub(super) fn question_or_range(
    (from, to): (&str, Option<&str>),
    args: &AskedArgs,
    state: &State,
    today: impl FnOnce() -> At,
) -> Result<(Question, Option<Range>), Failure> {
    let (items, range) = items::read(args)?;
    let question = Question {
        id: None,
        from: parse("--from", from)?,
        to: to.map(|it| parse("--to", it)).transpose()?,
        items,
        at: args.at.as_deref().map(|it| parse("--at", it)).transpose()?.unwrap_or_else(today),
        known_on: args.known_on.as_deref().map(|it| parse::<KnownOn>("--known-on", it)).transpose()?,
        facts: facts(&args.fact, &args.with, state)?,
        ordinary: args.ordinary,
    };
    Ok((question, range))
}

/// Reads the value of an option.
pub(super) fn parse<T: std::str::FromStr>(option: &str, text: &str) -> Result<T, Failure>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error: T::Err| {
        // Codes are capitals, and people write them small.
        let upper = text.to_uppercase();
        let is_code = matches!(option, "--from" | "--to") && upper != text && upper.parse::<T>().is_ok();
        Failure::input(format!("{option}: {error}")).hints(is_code.then(|| format!("did you mean `{upper}`?")))
    })
}

/// Reads a count. Digits may be grouped by underscores, and nothing else.
pub(super) fn count(text: &str) -> Result<Count, Failure> {
    let is_number = text.starts_with(|it: char| it.is_ascii_digit());
    let number = is_number.then(|| text.replace('_', "").parse::<u64>().ok()).flatten();
    let number = number.ok_or_else(|| {
        Failure::input(format!("`{text}` is not a number of people: expected digits, such as `50000` or `50_000`"))
    })?;
    Count::new(number).map_err(|it| Failure::input(it.to_string()))
}

/// Reads what `--fact` states and `--with` claims.
pub(super) fn facts(stated: &[String], claimed: &[String], state: &State) -> Result<BTreeMap<FactId, Value>, Failure> {
    let mut facts = BTreeMap::new();
    for stated in stated {
        let Some((id, written)) = stated.split_once('=') else {
            let message = format!("--fact: `{stated}` has no value");
            return Err(Failure::input(message).hint(format!("write it as `{stated}=yes`, or use `--with {stated}`")));
        };
        let id: FactId = parse("--fact", id)?;
        let value = value(state, &id, written)?;
        state_fact(&mut facts, id, value)?;
    }
    for claimed in claimed {
        let id: FactId = parse("--with", claimed)?;
        let role = state.vocabulary.find(&id).map(|it| it.role);
        if !matches!(role, Some(Role::Mechanism | Role::Exemption)) {
            let claimable = state.vocabulary.iter().filter(|it| matches!(it.role, Role::Mechanism | Role::Exemption));
            let near = did_you_mean(claimed, claimable.map(|it| it.id.as_str()));
            let hint = match role {
                Some(_) => Some(format!("state it with `--fact {claimed}=…`")),
                None => near.or_else(|| Some("`neglist catalog facts` shows them all".to_owned())),
            };
            return Err(Failure::input(format!("--with: `{claimed}` is no mechanism and no exemption")).hints(hint));
        }
        state_fact(&mut facts, id, Value::Flag(true))?;
    }
    Ok(facts)
}

fn state_fact(facts: &mut BTreeMap<FactId, Value>, id: FactId, value: Value) -> Result<(), Failure> {
    match facts.get(&id) {
        Some(before) if *before != value => Err(Failure::input(format!("`{id}` is stated twice, and differently"))),
        _ => {
            facts.insert(id, value);
            Ok(())
        }
    }
}

/// Reads a value as the fact's kind has it.
pub(super) fn value(state: &State, id: &FactId, text: &str) -> Result<Value, Failure> {
    let kind = state.vocabulary.find(id).map(|it| &it.kind);
    match (kind, text) {
        // An unknown fact is reported with its near misses when the question
        // is checked.
        (None, _) | (Some(FactKind::Flag), "yes" | "true") => Ok(Value::Flag(true)),
        (Some(FactKind::Flag), "no" | "false") => Ok(Value::Flag(false)),
        (Some(FactKind::Flag), _) => {
            Err(Failure::input(format!("`{id}` is a flag: expected `yes` or `no`, found `{text}`")))
        }
        (Some(FactKind::Count), _) => Ok(Value::Count(count(text)?)),
        (Some(FactKind::Choice(_)), _) => Ok(Value::Choice(parse("--fact", text)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_code_0_is_for_what_permits_and_for_nothing_else() {
        for outcome in Outcome::ALL {
            assert_eq!(exit_code(outcome) == 0, outcome.permits(), "{outcome:?}");
        }
    }

    #[test]
    fn counts_are_digits() {
        assert_eq!(count("50_000").unwrap().number(), 50_000);
        for bad in ["", "-1", "+1", "1.0", "1e6", "_1", "many", "99999999999999999999"] {
            assert!(count(bad).is_err(), "{bad:?}");
        }
    }
}
