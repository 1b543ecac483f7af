//! Places with a law of their own, and who belongs to what by date.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use semver::Version;

use crate::model::date::{At, Published};
use crate::model::id::Jurisdiction;
use crate::model::text::Text;

/// A place.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Place {
    /// Its code.
    pub code: Jurisdiction,
    /// What kind of place it is.
    pub kind: PlaceKind,
    /// The place that it is part of, if it is part of one.
    pub parent: Option<Jurisdiction>,
    /// For a bloc: who belongs to it, and when.
    pub members: Vec<Membership>,
    /// What people call it.
    pub name: Text,
}

/// What kind of place it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PlaceKind {
    /// A country or territory of ISO 3166-1.
    Country,
    /// A part of a country, of ISO 3166-2 or finer.
    Subdivision,
    /// A zone with rules of its own.
    Zone,
    /// A bloc with members.
    Bloc,
    /// An organisation with a territory of its own in law.
    Organisation,
}

impl PlaceKind {
    /// Every kind.
    pub const ALL: [PlaceKind; 5] =
        [PlaceKind::Country, PlaceKind::Subdivision, PlaceKind::Zone, PlaceKind::Bloc, PlaceKind::Organisation];

    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            PlaceKind::Country => "country",
            PlaceKind::Subdivision => "subdivision",
            PlaceKind::Zone => "zone",
            PlaceKind::Bloc => "bloc",
            PlaceKind::Organisation => "organisation",
        }
    }
}

/// That a place belongs to a bloc from one day until another.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Membership {
    /// Who.
    pub place: Jurisdiction,
    /// The first day inside.
    pub from: Date,
    /// The first day outside again, if it has left.
    pub until: Option<Date>,
}

impl Membership {
    /// Returns whether the place belongs to the bloc at a date.
    pub fn holds(&self, at: At) -> bool {
        self.from <= at.0 && self.until.is_none_or(|until| at.0 < until)
    }
}

/// How much of one place lies inside others.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Inside {
    /// Nothing of it.
    None,
    /// A part of it: some members of a bloc.
    Some,
    /// All of it.
    All,
}

/// What a place lies inside at a date.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Whereabouts {
    /// The place itself, its parents, and the blocs that any of them belongs
    /// to.
    pub chain: BTreeSet<Jurisdiction>,
    /// Of a bloc, the chains of its members.
    pub members: Vec<BTreeSet<Jurisdiction>>,
}

impl Whereabouts {
    /// Returns how much of the place lies inside some others. Of a bloc, that
    /// is decided by its members.
    pub fn inside(&self, is_outer: impl Fn(&Jurisdiction) -> bool) -> Inside {
        if self.chain.iter().any(&is_outer) {
            return Inside::All;
        }
        let inside = self.members.iter().filter(|chain| chain.iter().any(&is_outer)).count();
        match inside {
            0 => Inside::None,
            some if some < self.members.len() => Inside::Some,
            _ => Inside::All,
        }
    }
}

/// A release of the places.
///
/// Invariant: every parent and every member is in it, and no place is part of
/// itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Places {
    version: Version,
    published: Published,
    places: BTreeMap<Jurisdiction, Place>,
    /// For each place the blocs that it has ever belonged to.
    blocs: BTreeMap<Jurisdiction, Vec<(Jurisdiction, Membership)>>,
}

/// Why places do not make a release.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InvalidPlaces {
    /// Two places have the same code.
    #[error("place `{0}` stands there twice")]
    Twice(Jurisdiction),
    /// A place names one that is not there.
    #[error("place `{place}` names `{missing}`, which is not among the places")]
    Missing {
        /// The place that names it.
        place: Jurisdiction,
        /// The place that is not there.
        missing: Jurisdiction,
    },
    /// A place is part of itself.
    #[error("place `{0}` is part of itself")]
    Circle(Jurisdiction),
    /// Only blocs have members.
    #[error("place `{0}` has members and is no bloc")]
    NoBloc(Jurisdiction),
    /// A membership ends before it begins.
    #[error("the membership of `{place}` in `{bloc}` ends before it begins")]
    Backwards {
        /// The bloc.
        bloc: Jurisdiction,
        /// The member.
        place: Jurisdiction,
    },
}

impl Places {
    /// Makes a release from its places.
    pub fn new(
        version: Version,
        published: Published,
        all: impl IntoIterator<Item = Place>,
    ) -> Result<Places, InvalidPlaces> {
        let mut places = BTreeMap::new();
        for place in all {
            if let Some(twice) = places.insert(place.code.clone(), place) {
                return Err(InvalidPlaces::Twice(twice.code));
            }
        }
        let mut blocs: BTreeMap<Jurisdiction, Vec<(Jurisdiction, Membership)>> = BTreeMap::new();
        for place in places.values() {
            check(&places, place)?;
            for membership in &place.members {
                let of_member = blocs.entry(membership.place.clone()).or_default();
                of_member.push((place.code.clone(), membership.clone()));
            }
        }
        Ok(Places { version, published, places, blocs })
    }

    /// Returns the version of the release.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// Returns the day on which the release was published.
    pub fn published(&self) -> Published {
        self.published
    }

    /// Returns a place.
    pub fn find(&self, code: &Jurisdiction) -> Option<&Place> {
        self.places.get(code)
    }

    /// Returns all places, by code.
    pub fn iter(&self) -> impl Iterator<Item = &Place> {
        self.places.values()
    }

    /// Returns when a place itself belonged to a bloc, by bloc, each in the
    /// order in which the bloc has it.
    pub fn blocs_of(&self, code: &Jurisdiction) -> impl Iterator<Item = (&Jurisdiction, &Membership)> {
        self.blocs.get(code).into_iter().flatten().map(|(bloc, it)| (bloc, it))
    }

    /// Returns the place and the places that it is part of, from the inside
    /// out.
    pub fn with_parents(&self, code: &Jurisdiction) -> Vec<Jurisdiction> {
        let mut chain = vec![code.clone()];
        while let Some(parent) = chain.last().and_then(|it| self.find(it)).and_then(|it| it.parent.clone()) {
            chain.push(parent);
        }
        chain
    }

    /// Returns everything that a place lies inside at a date: itself, its
    /// parents, and the blocs that any of them belongs to.
    pub fn chain(&self, code: &Jurisdiction, at: At) -> BTreeSet<Jurisdiction> {
        let mut chain: BTreeSet<Jurisdiction> = self.with_parents(code).into_iter().collect();
        let blocs = chain.iter().filter_map(|it| self.blocs.get(it)).flatten();
        let blocs: Vec<_> = blocs.filter(|(_, it)| it.holds(at)).map(|(bloc, _)| bloc.clone()).collect();
        chain.extend(blocs);
        chain
    }

    /// Returns what a place lies inside at a date.
    pub fn whereabouts(&self, code: &Jurisdiction, at: At) -> Whereabouts {
        let members = self.find(code).map(|it| it.members.as_slice()).unwrap_or_default();
        let members = members.iter().filter(|it| it.holds(at)).map(|it| self.chain(&it.place, at)).collect();
        Whereabouts { chain: self.chain(code, at), members }
    }

    /// Returns a place, and of a bloc whoever was ever a member too: what they
    /// lie in decides where it lies.
    pub fn with_members<'a>(&'a self, code: &'a Jurisdiction) -> Vec<&'a Jurisdiction> {
        let members = self.find(code).into_iter().flat_map(|it| &it.members).map(|it| &it.place);
        std::iter::once(code).chain(members).collect()
    }

    /// Returns the places whose lists a place may be subject to on some day.
    pub fn in_reach(&self, code: &Jurisdiction) -> BTreeSet<Jurisdiction> {
        let places = self.with_members(code);
        let mut in_reach: BTreeSet<_> = places.iter().flat_map(|it| self.with_parents(it)).collect();
        in_reach.extend(places.iter().flat_map(|it| self.memberships(it)).map(|(bloc, _)| bloc.clone()));
        in_reach
    }

    /// Returns every membership, past, present and to come, of a place and of
    /// what it is part of, with the bloc; for a bloc, also those of its
    /// members.
    pub fn memberships(&self, code: &Jurisdiction) -> Vec<(&Jurisdiction, &Membership)> {
        let own = self.find(code).into_iter().flat_map(|bloc| bloc.members.iter().map(move |it| (&bloc.code, it)));
        let chain = self.with_parents(code);
        let others = chain.iter().filter_map(|it| self.blocs.get(it)).flatten().map(|(bloc, it)| (bloc, it));
        own.chain(others.collect::<Vec<_>>()).collect()
    }
}

fn check(places: &BTreeMap<Jurisdiction, Place>, place: &Place) -> Result<(), InvalidPlaces> {
    let missing = |it: &Jurisdiction| InvalidPlaces::Missing { place: place.code.clone(), missing: it.clone() };
    let mut above = place.parent.as_ref();
    while let Some(parent) = above {
        if *parent == place.code {
            return Err(InvalidPlaces::Circle(place.code.clone()));
        }
        above = places.get(parent).ok_or_else(|| missing(parent))?.parent.as_ref();
    }
    if !place.members.is_empty() && place.kind != PlaceKind::Bloc {
        return Err(InvalidPlaces::NoBloc(place.code.clone()));
    }
    for member in &place.members {
        if !places.contains_key(&member.place) {
            return Err(missing(&member.place));
        }
        if member.until.is_some_and(|until| until <= member.from) {
            return Err(InvalidPlaces::Backwards { bloc: place.code.clone(), place: member.place.clone() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> Places {
        let place = |code: &str, kind, parent: Option<&str>, members: &[(&str, &str, Option<&str>)]| Place {
            code: code.parse().unwrap(),
            kind,
            parent: parent.map(|it| it.parse().unwrap()),
            members: members
                .iter()
                .map(|(place, from, until)| Membership {
                    place: place.parse().unwrap(),
                    from: from.parse().unwrap(),
                    until: until.map(|it| it.parse().unwrap()),
                })
                .collect(),
            name: Text::default(),
        };
        let eea = [("DE", "1994-01-01", None), ("GB", "1994-01-01", Some("2021-01-01"))];
        let eu = [("DE", "1958-01-01", None)];
        let all = [
            place("DE", PlaceKind::Country, None, &[]),
            place("DE-BY", PlaceKind::Subdivision, Some("DE"), &[]),
            place("GB", PlaceKind::Country, None, &[]),
            place("EEA", PlaceKind::Bloc, None, &eea),
            place("EU", PlaceKind::Bloc, None, &eu),
        ];
        Places::new(Version::new(1, 0, 0), "2026-01-01".parse().unwrap(), all).unwrap()
    }

    #[test]
    fn membership_has_borders() {
        let places = places();
        let inside = |inner: &str, outer: &str, at: &str| {
            let outer: Jurisdiction = outer.parse().unwrap();
            places.whereabouts(&inner.parse().unwrap(), at.parse().unwrap()).inside(|it| *it == outer)
        };
        assert_eq!(inside("GB", "EEA", "1993-12-31"), Inside::None);
        assert_eq!(inside("GB", "EEA", "1994-01-01"), Inside::All);
        assert_eq!(inside("GB", "EEA", "2020-12-31"), Inside::All);
        assert_eq!(inside("GB", "EEA", "2021-01-01"), Inside::None);
        assert_eq!(inside("DE-BY", "EEA", "2021-01-01"), Inside::All);
        assert_eq!(inside("DE-BY", "DE", "1900-01-01"), Inside::All);
        assert_eq!(inside("DE", "DE-BY", "2021-01-01"), Inside::None);
    }

    #[test]
    fn a_bloc_lies_where_its_members_lie() {
        let places = places();
        let inside = |inner: &str, outer: &str, at: &str| {
            let outer: Jurisdiction = outer.parse().unwrap();
            places.whereabouts(&inner.parse().unwrap(), at.parse().unwrap()).inside(|it| *it == outer)
        };
        assert_eq!(inside("EU", "EEA", "2021-01-01"), Inside::All);
        assert_eq!(inside("EEA", "EU", "2020-12-31"), Inside::Some);
        assert_eq!(inside("EEA", "EU", "2021-01-01"), Inside::All);
        assert_eq!(inside("EU", "EEA", "1950-01-01"), Inside::None);
    }
}
