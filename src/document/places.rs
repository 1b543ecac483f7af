//! To which places data may go, as a document and in words.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::canon::{head_json, open_text, question_json};
use crate::document::routes::route_json;
use crate::model::{At, Jurisdiction, Match, PlaceKind, Places, Question, State, UnknownReason};
use crate::registry::Prospect;

/// Returns what data gets at each place, the best places first.
pub(crate) fn places_json(questions: &[Question], prospects: &[Prospect<'_>], state: &State) -> Json {
    let places = prospects.iter().flat_map(|prospect| prospect.places.iter().map(move |it| place_json(it, prospect)));
    json!({
        "questions": questions.iter().map(question_json).collect::<Vec<_>>(),
        "places": places.collect::<Vec<_>>(),
        "registry": head_json(&state.head),
    })
}

fn place_json(place: &Jurisdiction, prospect: &Prospect<'_>) -> Json {
    let by_origin = prospect.by_origin.iter().map(|(from, it)| json!({"from": from.as_str(), "outcome": it.word()}));
    json!({
        "place": place.as_str(),
        "outcome": prospect.outcome.word(),
        "floor": prospect.floor.word(),
        "decided": prospect.outcome == prospect.floor,
        "unknown_reason": prospect.unknown_reason.map(UnknownReason::word),
        "home": prospect.is_home,
        "by_origin": by_origin.collect::<Vec<_>>(),
        "route": prospect.route.as_ref().map(route_json),
        "open": prospect.open.iter().map(open_text).collect::<Vec<_>>(),
        "because": prospect.because.iter().map(reason_json).collect::<Vec<_>>(),
    })
}

/// Returns where an entry stands.
pub(super) fn reason_json(found: &Match<'_>) -> Json {
    json!({
        "list": found.revision.list.as_str(),
        "version": found.revision.version.to_string(),
        "entry": found.entry.id.as_str(),
        "cite": found.entry.cite,
    })
}

/// Returns places in short: a bloc stands for its members where all of them
/// are there, with how many these are; the largest first.
pub(crate) fn in_short(places: &BTreeSet<Jurisdiction>, at: At, all: &Places) -> Vec<String> {
    let mut left = places.clone();
    let blocs = all.iter().filter(|it| it.kind == PlaceKind::Bloc).map(|bloc| {
        let members = bloc.members.iter().filter(|it| it.holds(at)).map(|it| it.place.clone());
        (&bloc.code, members.collect::<BTreeSet<_>>())
    });
    let mut blocs: Vec<_> = blocs.filter(|(_, members)| FEWEST <= members.len()).collect();
    blocs.sort_by_key(|(code, members)| (std::cmp::Reverse(members.len()), *code));
    let mut names = Vec::new();
    for (code, members) in blocs {
        if members.is_subset(&left) {
            left.retain(|it| !members.contains(it));
            names.push(format!("{code} ({})", members.len()));
        }
    }
    names.extend(left.iter().map(ToString::to_string));
    names
}

/// A bloc of fewer members is no shorter than its members.
const FEWEST: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Membership, Place, Text};
    use semver::Version;

    fn places() -> Places {
        let place = |code: &str, members: &[(&str, Option<&str>)]| Place {
            code: code.parse().unwrap(),
            kind: if members.is_empty() { PlaceKind::Country } else { PlaceKind::Bloc },
            parent: None,
            members: members
                .iter()
                .map(|(place, until)| Membership {
                    place: place.parse().unwrap(),
                    from: "2000-01-01".parse().unwrap(),
                    until: until.map(|it| it.parse().unwrap()),
                })
                .collect(),
            name: Text::default(),
        };
        let union = [("DE", None), ("FR", None), ("IT", None), ("GB", Some("2021-01-01"))];
        let area = [("DE", None), ("FR", None), ("IT", None), ("GB", Some("2021-01-01")), ("NO", None)];
        let pair = [("JP", None), ("NO", None)];
        let blocs = [place("EU", &union), place("EEA", &area), place("PAIR", &pair)];
        let countries = ["DE", "FR", "GB", "IT", "JP", "NO"].map(|it| place(it, &[]));
        Places::new(Version::new(1, 0, 0), "2026-01-01".parse().unwrap(), blocs.into_iter().chain(countries)).unwrap()
    }

    #[test]
    fn a_bloc_stands_for_its_members_where_all_are_there() {
        let in_short = |codes: &str, at: &str| {
            let codes = codes.split(' ').map(|it| it.parse().unwrap()).collect();
            super::in_short(&codes, at.parse().unwrap(), &places()).join(", ")
        };
        assert_eq!(in_short("DE FR IT JP NO", "2021-01-01"), "EEA (4), JP");
        assert_eq!(in_short("DE FR IT JP NO", "2020-12-31"), "DE, FR, IT, JP, NO");
        assert_eq!(in_short("DE FR GB IT JP NO", "2020-12-31"), "EEA (5), JP");
        assert_eq!(in_short("DE FR IT JP", "2021-01-01"), "EU (3), JP");
        // A bloc of two is no shorter than the two.
        assert_eq!(in_short("JP NO", "2021-01-01"), "JP, NO");
    }
}
