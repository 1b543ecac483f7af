//! How conditions, thresholds and sets stand in a cell: written, and read.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::str::FromStr;

use crate::catalog::write::left_out;
use crate::model::near::did_you_mean;
use crate::model::{Bounds, ChoiceId, Condition, Count, FactId, FactKind, Vocabulary, WindowId};

/// What stands for a set with nothing in it: no id has parentheses.
const NOTHING: &str = "(nothing)";

/// What is wrong with a phrase, and what would be right.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Wrong {
    pub(super) message: String,
    pub(super) help: Option<String>,
}

impl Wrong {
    pub(super) fn new(message: impl Into<String>, help: impl Into<Option<String>>) -> Wrong {
        Wrong { message: message.into(), help: help.into() }
    }
}

/// Splits a cell of several things: by semicolons, bars or lines.
pub(super) fn split(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([';', '；', '|', '\n']).map(str::trim).filter(|it| !it.is_empty())
}

/// Writes a set.
pub(super) fn set(members: impl IntoIterator<Item = impl Display>, separator: &str) -> String {
    let members: Vec<_> = members.into_iter().map(|it| it.to_string()).collect();
    if members.is_empty() { NOTHING.to_owned() } else { members.join(separator) }
}

/// Reads a set.
pub(super) fn read_set<T: FromStr + Ord>(cell: &str) -> Result<BTreeSet<T>, Wrong>
where
    T::Err: Display,
{
    if cell.trim() == NOTHING {
        return Ok(BTreeSet::new());
    }
    split(cell).map(word).collect()
}

/// Reads a word with an alphabet.
pub(super) fn word<T: FromStr>(text: &str) -> Result<T, Wrong>
where
    T::Err: Display,
{
    text.parse().map_err(|it: T::Err| Wrong::new(it.to_string(), None))
}

/// Returns what follows `except:`, where that stands first, or another word
/// for it.
pub(super) fn after<'a>(cell: &'a str, words: &[&str]) -> Option<&'a str> {
    let cell = cell.trim();
    words.iter().find_map(|it| cell.strip_prefix(it)?.trim_start().strip_prefix([':', '：'])).map(str::trim)
}

/// The words that begin what is left out.
pub(super) const EXCEPT: [&str; 3] = ["except", "除", "除外"];

/// Writes a range of counts: `>=100 <1000 (calendar-year)`.
pub(super) fn threshold(bounds: Bounds, window: Option<&WindowId>) -> String {
    let mut parts = Vec::new();
    if bounds.at_least() != Count::ZERO {
        parts.push(format!(">={}", bounds.at_least()));
    }
    parts.extend(bounds.below().map(|it| format!("<{it}")));
    parts.extend(window.map(|it| format!("({it})")));
    parts.join(" ")
}

/// Reads a range of counts, as it is written here or as Chinese law says it:
/// `10万以上不满100万`.
pub(super) fn read_threshold(cell: &str) -> Result<Condition, Wrong> {
    let help = "write it as `>=100000`, `>=100000 <1000000` or `>100 (calendar-year)`";
    let wrong = |message: String| Wrong::new(message, help.to_owned());
    let mut text = cell.replace('（', "(").replace('）', ")").replace(['≥', '≧'], ">=").replace(['≤', '≦'], "<=");
    text = text.replace('＞', ">").replace('＜', "<").replace('＝', "=").replace([',', '，', ' ', '\u{a0}'], "");
    let (range, window) = match text.split_once('(') {
        None => (text.as_str(), None),
        Some((range, window)) => {
            let window =
                window.strip_suffix(')').ok_or_else(|| wrong(format!("`{cell}` has a `(` that never ends")))?;
            (range, Some(word(window)?))
        }
    };
    let (mut at_least, mut below) = (None, None);
    let mut rest = range.trim();
    while !rest.is_empty() {
        let (bound, after) = read_bound(rest).ok_or_else(|| wrong(format!("`{cell}` is not a range of numbers")))?;
        rest = after;
        let count = |number: u64| Count::new(number).map_err(|it| wrong(it.to_string()));
        let (side, value) = match bound {
            Bound::AtLeast(number) => (&mut at_least, count(number)?),
            Bound::Below(number) => (&mut below, count(number)?),
        };
        if side.replace(value).is_some() {
            return Err(wrong(format!("`{cell}` bounds the number twice on the same side")));
        }
    }
    let bounds = Bounds::new(at_least, below).map_err(|it| wrong(it.to_string()))?;
    Ok(Condition::Count(bounds, window))
}

enum Bound {
    AtLeast(u64),
    Below(u64),
}

/// Reads one bound from the beginning of a text, and returns what follows.
fn read_bound(text: &str) -> Option<(Bound, &str)> {
    let next = |number: u64| number.checked_add(1);
    for (sign, is_below, is_next) in [
        (">=", false, false),
        ("<=", true, true),
        (">", false, true),
        ("<", true, false),
        ("超过", false, true),
        ("不满", true, false),
        ("未满", true, false),
        ("不足", true, false),
    ] {
        if let Some(rest) = text.strip_prefix(sign) {
            let (number, rest) = read_number(rest)?;
            let number = if is_next { next(number)? } else { number };
            return Some((if is_below { Bound::Below(number) } else { Bound::AtLeast(number) }, rest));
        }
    }
    // 以上 and 以下 include the number.
    let (number, rest) = read_number(text)?;
    match (rest.strip_prefix("以上"), rest.strip_prefix("以下")) {
        (Some(rest), _) => Some((Bound::AtLeast(number), rest)),
        (None, Some(rest)) => Some((Bound::Below(next(number)?), rest)),
        (None, None) => None,
    }
}

fn read_number(text: &str) -> Option<(u64, &str)> {
    let length = text.find(|it: char| !it.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(length)?;
    let number: u64 = digits.parse().ok()?;
    let (times, rest) = match (rest.strip_prefix('万'), rest.strip_prefix('亿')) {
        (Some(rest), _) => (10_000, rest),
        (None, Some(rest)) => (100_000_000, rest),
        (None, None) => (1, rest),
    };
    // 人 counts people, and says nothing that the column does not.
    Some((number.checked_mul(times)?, rest.strip_prefix('人').unwrap_or(rest)))
}

/// Writes a condition: `exporter.ciio = yes`.
pub(crate) fn condition(fact: &FactId, condition: &Condition, vocabulary: &Vocabulary) -> String {
    match condition {
        Condition::Flag(true) => format!("{fact} = yes"),
        Condition::Flag(false) => format!("{fact} = no"),
        Condition::Choice(among) => match left_out(fact, among, vocabulary) {
            Some(except) => format!("{fact} != {}", set(except, " | ")),
            None => format!("{fact} = {}", set(among, " | ")),
        },
        Condition::Count(bounds, window) => format!("{fact} {}", threshold(*bounds, window.as_ref())),
    }
}

/// Reads a condition.
pub(super) fn read_condition(text: &str, vocabulary: &Vocabulary) -> Result<(FactId, Condition), Wrong> {
    let text = text.replace('＝', "=").replace(['≥', '≧'], ">=").replace(['≤', '≦'], "<=").replace('≠', "!=");
    let text = text.trim();
    let help = "write it as `exporter.ciio = yes`, `transaction = vendor | other`, or \
                `exporter.subjects-processed >= 1000000`";
    let sign = text.find(['=', '!', '<', '>', '＜', '＞']);
    let Some((name, rest)) = sign.and_then(|it| text.split_at_checked(it)) else {
        return Err(Wrong::new(format!("`{text}` is not a condition"), help.to_owned()));
    };
    let id: FactId = word(name.trim())?;
    let Some(fact) = vocabulary.find(&id) else {
        let near = did_you_mean(id.as_str(), vocabulary.iter().map(|it| it.id.as_str()));
        let near = near.or_else(|| Some("`neglist catalog facts` shows them all".to_owned()));
        return Err(Wrong::new(format!("unknown fact `{id}`"), near));
    };
    let equals = rest.strip_prefix('=').map(str::trim);
    let differs = rest.strip_prefix("!=").map(str::trim);
    let condition = match (&fact.kind, equals, differs) {
        (FactKind::Count, None, None) => read_threshold(rest)?,
        (FactKind::Flag, Some(value), None) => Condition::Flag(read_flag(value, &id)?),
        (FactKind::Choice(_), Some(value), None) => match after(value, &EXCEPT) {
            Some(except) => Condition::Choice(but(&id, except, vocabulary)?),
            None => Condition::Choice(choices(&id, value)?),
        },
        (FactKind::Choice(_), None, Some(value)) => Condition::Choice(but(&id, value, vocabulary)?),
        (FactKind::Count, _, _) => {
            return Err(Wrong::new(format!("`{id}` is a count"), format!("write it as `{id} >= 100`")));
        }
        (FactKind::Flag, _, _) => {
            return Err(Wrong::new(format!("`{id}` is a flag"), format!("write it as `{id} = yes` or `{id} = no`")));
        }
        (FactKind::Choice(_), _, _) => {
            return Err(Wrong::new(format!("`{id}` is a choice"), format!("write it as `{id} = one | another`")));
        }
    };
    Ok((id, condition))
}

fn read_flag(value: &str, id: &FactId) -> Result<bool, Wrong> {
    match value.to_lowercase().as_str() {
        "yes" | "true" | "是" => Ok(true),
        "no" | "false" | "否" => Ok(false),
        _ => Err(Wrong::new(format!("`{id}` is a flag, and `{value}` is neither yes nor no"), None)),
    }
}

fn choices(id: &FactId, cell: &str) -> Result<BTreeSet<ChoiceId>, Wrong> {
    let among = read_set(cell)?;
    if among.is_empty() && cell.trim() != NOTHING {
        return Err(Wrong::new(format!("`{id} =` says no value"), None));
    }
    Ok(among)
}

/// Returns the values of a choice but these.
pub(super) fn but(id: &FactId, cell: &str, vocabulary: &Vocabulary) -> Result<BTreeSet<ChoiceId>, Wrong> {
    let Some(FactKind::Choice(all)) = vocabulary.find(id).map(|it| &it.kind) else {
        return Err(Wrong::new(format!("`{id}` is no choice, so that nothing can be excepted"), None));
    };
    let except = choices(id, cell)?;
    if let Some(unknown) = except.iter().find(|it| !all.contains(*it)) {
        let near = did_you_mean(unknown.as_str(), all.iter().map(ChoiceId::as_str));
        return Err(Wrong::new(format!("unknown value `{unknown}` of `{id}`"), near));
    }
    Ok(all - &except)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(cell: &str) -> Result<String, String> {
        match read_threshold(cell) {
            Ok(Condition::Count(bounds, window)) => Ok(threshold(bounds, window.as_ref())),
            Ok(other) => Err(format!("{other:?}")),
            Err(wrong) => Err(wrong.message),
        }
    }

    #[test]
    fn thresholds_are_read_as_people_and_laws_write_them() {
        for (cell, expected) in [
            (">=100000", ">=100000"),
            ("≥ 100,000", ">=100000"),
            ("> 100", ">=101"),
            ("<= 99", "<100"),
            ("<1000000", "<1000000"),
            (">=10 <20 (calendar-year)", ">=10 <20 (calendar-year)"),
            ("＜20 ＞9（rolling-12-months）", ">=10 <20 (rolling-12-months)"),
            ("10万以上不满100万", ">=100000 <1000000"),
            ("100万人以上", ">=1000000"),
            ("超过1亿", ">=100000001"),
            ("99以下", "<100"),
        ] {
            assert_eq!(range(cell), Ok(expected.to_owned()), "{cell}");
        }
    }

    #[test]
    fn a_number_alone_is_not_guessed_at() {
        for cell in [
            "100000",
            "about 100",
            ">=",
            ">=1 >=2",
            ">=2 <2",
            ">=0",
            ">=10 (calendar-year",
            "=5",
            ">=99999999999999999999",
        ] {
            assert!(range(cell).is_err(), "{cell}");
        }
    }

    #[test]
    fn a_set_may_hold_nothing_and_says_so() {
        let none: BTreeSet<ChoiceId> = BTreeSet::new();
        assert_eq!(set(&none, "; "), NOTHING);
        assert_eq!(read_set::<ChoiceId>(NOTHING), Ok(none));
        let two = read_set::<ChoiceId>("a ；b;\n").unwrap();
        assert_eq!(set(&two, " | "), "a | b");
    }
}
