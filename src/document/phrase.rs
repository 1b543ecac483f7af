//! Phrases that several results for people have in common.

use std::collections::BTreeSet;

use crate::model::{End, FactId, Item, Jurisdiction, Language, Open, Outcome, Subjects};

/// Returns the word for an outcome.
pub(crate) fn outcome(outcome: Outcome, language: Language) -> &'static str {
    match (outcome, language) {
        (outcome, Language::En) => outcome.word(),
        (Outcome::Permitted, Language::Zh) => "允许",
        (Outcome::Conditional, Language::Zh) => "附条件",
        (Outcome::Unknown, Language::Zh) => "未知",
        (Outcome::Prohibited, Language::Zh) => "禁止",
    }
}

/// Returns an item, with the number of people.
pub(crate) fn item(item: &Item, language: Language) -> String {
    let people = match language {
        Language::En => "people",
        Language::Zh => "人",
    };
    match &item.subjects {
        None => item.category.to_string(),
        Some(Subjects::Each(count)) => format!("{}, {} {people}", item.category, grouped(count.number())),
        Some(Subjects::In(counts)) => {
            let counts = counts.iter().map(|(window, it)| format!("{} {people} ({window})", grouped(it.number())));
            format!("{}, {}", item.category, counts.collect::<Vec<_>>().join(", "))
        }
    }
}

/// Returns what goes from where to where.
pub(crate) fn way(items: &[Item], from: &Jurisdiction, to: Option<&Jurisdiction>, language: Language) -> String {
    let items: Vec<_> = items.iter().map(|it| item(it, language)).collect();
    let anywhere = match language {
        Language::En => "anywhere",
        Language::Zh => "任何目的地",
    };
    let to = to.map_or(anywhere, Jurisdiction::as_str);
    format!("{}  {from} → {to}", items.join(" + "))
}

/// Returns what ends an answer, as a clause.
pub(crate) fn end(end: Option<&End>, language: Language) -> String {
    match (end, language) {
        (Some(End::Revision { list, version }), Language::En) => format!("{list} {version} takes effect"),
        (Some(End::Revision { list, version }), Language::Zh) => format!("{list} {version}生效"),
        (Some(End::Expiry { list, version }), Language::En) => format!("{list} {version} runs out"),
        (Some(End::Expiry { list, version }), Language::Zh) => format!("{list} {version}到期"),
        (Some(End::Membership { bloc, place }), Language::En) => format!("{place} joins or leaves {bloc}"),
        (Some(End::Membership { bloc, place }), Language::Zh) => format!("{place}加入或退出{bloc}"),
        (None, Language::En) => "something changes".to_owned(),
        (None, Language::Zh) => "情况变化".to_owned(),
    }
}

/// Returns something that was left open.
pub(crate) fn open(open: &Open, language: Language) -> String {
    match open {
        Open::Fact(fact) => fact.to_string(),
        Open::Category(category) => {
            format!("{} {category}", language.say("whether the data includes", "数据是否包含"))
        }
        Open::Destination => language.say("where it goes", "目的地").to_owned(),
    }
}

/// The ways to satisfy one entry.
pub(crate) type Ways = Vec<BTreeSet<FactId>>;

/// Returns whether who satisfies one has satisfied the other.
pub(crate) fn implies(one: &Ways, other: &Ways) -> bool {
    one.iter().all(|it| other.contains(it))
}

/// Returns the sets of alternatives without those that another one implies.
pub(crate) fn strictest(all: Vec<Ways>) -> Vec<Ways> {
    let mut kept: Vec<Ways> = Vec::new();
    for ways in all {
        if !kept.iter().any(|it| implies(it, &ways)) {
            kept.retain(|it| !implies(&ways, it));
            kept.push(ways);
        }
    }
    kept
}

/// Returns the ids of facts that are needed together.
pub(crate) fn joined(facts: &BTreeSet<FactId>) -> String {
    facts.iter().map(ToString::to_string).collect::<Vec<_>>().join(" + ")
}

/// Writes a number with its thousands apart.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position != 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!([0, 999, 1000, 50_000, 1_234_567].map(grouped), ["0", "999", "1,000", "50,000", "1,234,567"]);
    }
}
