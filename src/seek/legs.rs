//! What becomes of data that goes on to other places.
//!
//! Each hop is a question to the place where the data is then. The rules of
//! every earlier place follow the data, since laws bind what is passed on (GDPR
//! article 44 says so, and contracts under other laws do): so each earlier place
//! is also asked about every place beyond its next one.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Answer, At, FactId, Jurisdiction, Outcome, Question, Value};

/// A place on the way.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Stop {
    /// The place.
    pub place: Jurisdiction,
    /// The day on which the data arrives there.
    pub at: At,
    /// What is stated of the hop that arrives there, and of no other leg.
    pub facts: BTreeMap<FactId, Value>,
}

/// Why a leg is asked about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LegKind {
    /// The data goes from one place to the next.
    Hop,
    /// The data has come to a place beyond the next one, and the rules of where
    /// it was earlier go with it.
    Onward,
}

impl LegKind {
    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            LegKind::Hop => "hop",
            LegKind::Onward => "onward",
        }
    }
}

/// A leg of a journey.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Leg<'a> {
    /// Why it is asked about.
    pub kind: LegKind,
    /// What it gets.
    pub answer: Answer<'a>,
}

/// A journey by way of other places.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Journey<'a> {
    /// The legs: first the hops in their order, then what is onward. Never
    /// empty.
    pub legs: Vec<Leg<'a>>,
}

impl Journey<'_> {
    /// Returns the severest outcome of all legs.
    pub fn outcome(&self) -> Outcome {
        self.legs.iter().map(|it| it.answer.outcome).max().unwrap_or(Outcome::Unknown)
    }

    /// Returns the severest of what applies for certain.
    pub fn floor(&self) -> Outcome {
        self.legs.iter().map(|it| it.answer.floor).max().unwrap_or(Outcome::Unknown)
    }

    /// Returns the hops that rely on mechanisms whose own terms bar passing the
    /// data on, though it goes on, with these mechanisms.
    pub fn barred(&self) -> Vec<(&Leg<'_>, BTreeSet<&FactId>)> {
        let hops: Vec<_> = self.legs.iter().filter(|it| it.kind == LegKind::Hop).collect();
        let before_last = hops.len().saturating_sub(1);
        let barred = hops.into_iter().take(before_last).map(|leg| {
            let bars = leg.answer.relied_on.iter().filter(|it| BAR_ONWARD.contains(&it.as_str()));
            (leg, bars.collect::<BTreeSet<_>>())
        });
        barred.filter(|(_, bars)| !bars.is_empty()).collect()
    }

    /// Returns whether nothing that was left open could change the outcome.
    pub fn is_decided(&self) -> bool {
        self.outcome() == self.floor()
    }
}

/// Mechanisms whose own terms bar passing the data on, to some or to all. How
/// far is for the contract to say.
const BAR_ONWARD: [&str; 2] = ["gba-contract", "onward-transfer-clause"];

/// Returns the questions of all legs of a journey. The last stop is where the
/// data goes in the end.
pub(crate) fn legs(question: &Question, stops: &[Stop]) -> Vec<(LegKind, Question)> {
    let mut hops = Vec::new();
    let mut onward = Vec::new();
    for (number, stop) in stops.iter().enumerate() {
        // Where the data was before: the origin, and the stops so far.
        let earlier = std::iter::once(&question.from).chain(stops.iter().take(number).map(|it| &it.place));
        let asked = |from: &Jurisdiction| Question {
            from: from.clone(),
            to: Some(stop.place.clone()),
            at: stop.at,
            ..question.clone()
        };
        for (place, from) in earlier.enumerate() {
            let mut asked = asked(from);
            if place == number {
                asked.facts.extend(stop.facts.clone());
                hops.push((LegKind::Hop, asked));
            } else {
                onward.push((LegKind::Onward, asked));
            }
        }
    }
    hops.into_iter().chain(onward).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Item;

    #[test]
    fn every_earlier_place_is_asked_about_every_later_one_on_the_day_of_arrival() {
        let stop = |place: &str, at: &str, fact: &str| Stop {
            place: place.parse().unwrap(),
            at: at.parse().unwrap(),
            facts: BTreeMap::from([(fact.parse().unwrap(), Value::Flag(true))]),
        };
        let question = Question {
            id: None,
            from: "CN".parse().unwrap(),
            to: Some("US".parse().unwrap()),
            items: vec![Item { category: "personal".parse().unwrap(), subjects: None }],
            at: "2024-03-03".parse().unwrap(),
            known_on: None,
            facts: BTreeMap::new(),
            ordinary: false,
        };
        let stops =
            [stop("HK", "2024-03-01", "of-hk"), stop("JP", "2024-03-02", "of-jp"), stop("US", "2024-03-03", "of-us")];
        let found: Vec<_> = legs(&question, &stops)
            .into_iter()
            .map(|(kind, it)| {
                let facts: Vec<_> = it.facts.keys().map(ToString::to_string).collect();
                format!("{} {} {} {} {}", kind.word(), it.from, it.to.unwrap(), it.at, facts.join(","))
            })
            .collect();
        let expected = [
            "hop CN HK 2024-03-01 of-hk",
            "hop HK JP 2024-03-02 of-jp",
            "hop JP US 2024-03-03 of-us",
            "onward CN JP 2024-03-02 ",
            "onward CN US 2024-03-03 ",
            "onward HK US 2024-03-03 ",
        ];
        assert_eq!(found, expected);
    }
}
