//! Where data goes, as a list or an entry names it.

use std::collections::BTreeSet;
use std::fmt;

use crate::model::id::{GroupId, Jurisdiction};

/// A place, or a group of places that the list defines.
///
/// The two alphabets are apart: codes are capitals, groups are small letters.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Member {
    /// A place or a bloc, with everything inside it.
    Place(Jurisdiction),
    /// A group of the list.
    Group(GroupId),
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Member::Place(place) => place.fmt(f),
            Member::Group(group) => group.fmt(f),
        }
    }
}

/// The destinations that are meant.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Destinations {
    /// Every destination.
    #[default]
    Any,
    /// These.
    Only(BTreeSet<Member>),
    /// Every destination but these.
    Except(BTreeSet<Member>),
}

impl fmt::Display for Destinations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let join = |members: &BTreeSet<Member>| members.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        match self {
            Destinations::Any => f.write_str("any"),
            Destinations::Only(members) => f.write_str(&join(members)),
            Destinations::Except(members) => write!(f, "any except {}", join(members)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destinations_are_shown_as_they_are_meant() {
        let members = || {
            let group = Member::Group("friends".parse().unwrap());
            BTreeSet::from([group, Member::Place("EEA".parse().unwrap()), Member::Place("US-TX".parse().unwrap())])
        };
        assert_eq!(Destinations::Any.to_string(), "any");
        assert_eq!(Destinations::Only(members()).to_string(), "EEA, US-TX, friends");
        assert_eq!(Destinations::Except(members()).to_string(), "any except EEA, US-TX, friends");
    }
}
