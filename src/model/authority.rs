//! Who may publish what.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::model::id::{AuthorityId, Jurisdiction, ListId, MalformedId};
use crate::model::text::Text;

/// An Ed25519 public key, shown as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct PublicKey(pub [u8; 32]);

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::model::hash::Hash(self.0).fmt(f)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is not a public key.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is not a public key: expected 64 lower-case hexadecimal digits, as `neglist key show` prints them")]
pub struct MalformedPublicKey(pub String);

impl FromStr for PublicKey {
    type Err = MalformedPublicKey;

    fn from_str(text: &str) -> Result<PublicKey, MalformedPublicKey> {
        let hash: crate::model::hash::Hash = text.parse().map_err(|_| MalformedPublicKey(text.to_owned()))?;
        Ok(PublicKey(hash.0))
    }
}

/// A body that publishes lists: its name, what it may publish, its keys.
///
/// A record states an authority whole, so that a rotation is a record with
/// other keys, and a revocation one with none.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Authority {
    /// Its id in this registry.
    pub id: AuthorityId,
    /// What people call it.
    pub name: Text,
    /// What it may publish.
    pub lists: BTreeSet<Entitlement>,
    /// Its keys. One without keys is revoked.
    pub keys: BTreeSet<PublicKey>,
    /// How many of its keys have to sign. At least one.
    pub threshold: u64,
    /// Why this was recorded.
    pub reason: String,
}

impl Authority {
    /// Returns whether the authority may publish a list.
    pub fn is_entitled_to(&self, list: &ListId) -> bool {
        self.lists.iter().any(|it| it.covers(list))
    }
}

/// Lists that an authority may publish.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Entitlement {
    /// Every list of a jurisdiction, such as `CN/*`.
    Jurisdiction(Jurisdiction),
    /// One list.
    List(ListId),
}

impl Entitlement {
    /// Returns whether a list is among them.
    pub fn covers(&self, list: &ListId) -> bool {
        match self {
            Entitlement::Jurisdiction(jurisdiction) => list.jurisdiction() == *jurisdiction,
            Entitlement::List(it) => it == list,
        }
    }
}

impl fmt::Display for Entitlement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Entitlement::Jurisdiction(jurisdiction) => write!(f, "{jurisdiction}/*"),
            Entitlement::List(list) => list.fmt(f),
        }
    }
}

impl FromStr for Entitlement {
    type Err = MalformedId;

    fn from_str(text: &str) -> Result<Entitlement, MalformedId> {
        match text.strip_suffix("/*") {
            Some(jurisdiction) => jurisdiction.parse().map(Entitlement::Jurisdiction),
            None => text.parse().map(Entitlement::List),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entitlement_covers_a_list_or_a_jurisdiction() {
        let covers =
            |entitlement: &str, list: &str| entitlement.parse::<Entitlement>().unwrap().covers(&list.parse().unwrap());
        assert!(covers("CN/*", "CN/maps") && covers("CN/maps", "CN/maps"));
        assert!(!covers("CN/*", "CN-BJ/maps") && !covers("CN/maps", "CN/maps-and-more"));
        assert!("*".parse::<Entitlement>().is_err() && "CN/*/x".parse::<Entitlement>().is_err());
    }
}
