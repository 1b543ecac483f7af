//! How much a mechanism asks of whoever sends the data.

use std::collections::BTreeSet;

use crate::model::FactId;

/// How much a mechanism asks, from the lightest.
///
/// The order is that of who else has to act, and so of how long it takes and
/// whether it can be refused: nobody, an office that is told, a body that
/// looks, an authority that decides. A mechanism that is not known here stands
/// in the middle, so that it neither hides nor leads.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Burden {
    /// Nothing is needed.
    Nothing,
    /// Exporter, recipient and the people concerned do it among themselves.
    Alone,
    /// An authority is told, and does not decide.
    Filed,
    /// It is not known here.
    Unsorted,
    /// Somebody who is neither party looks, and certifies.
    Certified,
    /// An authority decides, and may refuse.
    Approved,
    /// It is there or it is not, and no exporter can bring it about.
    Given,
}

/// What is done among the parties: contracts, consent, measures. A contract
/// that is filed after it binds is one of them, since nobody waits for the
/// filing.
const ALONE: [&str; 18] = [
    "cisa-controls",
    "comparable-protection",
    "consent",
    "due-diligence-programme",
    "encryption",
    "gba-contract",
    "idta",
    "lawful-demand-review",
    "local-copy",
    "local-establishment",
    "onward-transfer-clause",
    "return-and-delete",
    "scc-2010",
    "scc-2021",
    "standard-contract",
    "supervisory-access",
    "transfer-impact-assessment",
    "uk-addendum",
];

/// What an authority is told.
const FILED: [&str; 1] = ["filing"];

/// What somebody else certifies, or a list that the recipient stands on.
const CERTIFIED: [&str; 12] = [
    "c5-attestation",
    "cbpr-certification",
    "certification",
    "dpf-hr-coverage",
    "dpf-listing",
    "dpf-swiss-listing",
    "dpf-uk-extension",
    "hds-certification",
    "privacy-shield-listing",
    "privacy-shield-swiss-listing",
    "safe-harbour-listing",
    "safe-harbour-swiss-listing",
];

/// What an authority decides. Rules of a corporate group and clauses of one's
/// own are among them: they bind nobody until an authority has agreed.
const APPROVED: [&str; 7] = [
    "ad-hoc-clauses",
    "bcr",
    "code-of-conduct",
    "export-licence",
    "regulator-approval",
    "security-assessment",
    "security-review",
];

/// What states conclude, what a public body determines, and what was concluded
/// before a day that is over.
const GIVEN: [&str; 4] =
    ["administrative-arrangement", "international-agreement", "legacy-contract", "public-body-determination"];

const GROUPS: [(&[&str], Burden); 5] = [
    (&ALONE, Burden::Alone),
    (&FILED, Burden::Filed),
    (&CERTIFIED, Burden::Certified),
    (&APPROVED, Burden::Approved),
    (&GIVEN, Burden::Given),
];

impl Burden {
    /// Every burden, from the lightest.
    pub const ALL: [Burden; 7] = [
        Burden::Nothing,
        Burden::Alone,
        Burden::Filed,
        Burden::Unsorted,
        Burden::Certified,
        Burden::Approved,
        Burden::Given,
    ];

    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            Burden::Nothing => "nothing",
            Burden::Alone => "alone",
            Burden::Filed => "filed",
            Burden::Unsorted => "unsorted",
            Burden::Certified => "certified",
            Burden::Approved => "approved",
            Burden::Given => "given",
        }
    }

    /// Returns how much a mechanism asks.
    pub fn of(mechanism: &FactId) -> Burden {
        let found = GROUPS.into_iter().find(|(group, _)| group.contains(&mechanism.as_str()));
        found.map_or(Burden::Unsorted, |(_, burden)| burden)
    }

    /// Returns how much several mechanisms ask together: as much as the
    /// heaviest.
    pub fn of_all(mechanisms: &BTreeSet<FactId>) -> Burden {
        mechanisms.iter().map(Burden::of).max().unwrap_or(Burden::Nothing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mechanisms(names: &[&str]) -> BTreeSet<FactId> {
        names.iter().map(|it| it.parse().unwrap()).collect()
    }

    #[test]
    fn burdens_rise_with_who_else_has_to_act() {
        let rising: [&[&str]; 7] = [
            &[],
            &["consent", "standard-contract"],
            &["filing"],
            &["never-heard-of"],
            &["certification"],
            &["security-assessment"],
            &["international-agreement"],
        ];
        let burdens = rising.map(|it| Burden::of_all(&mechanisms(it)));
        assert_eq!(burdens, Burden::ALL);
        assert!(burdens.is_sorted());
    }

    #[test]
    fn each_name_is_a_mechanism_and_stands_once() {
        let facts = include_str!("../../catalog/facts/1.0.0.toml");
        let names: Vec<_> = GROUPS.iter().flat_map(|(group, _)| *group).collect();
        for name in &names {
            assert_eq!(names.iter().filter(|it| it == &name).count(), 1, "{name}");
            let entry = facts.split("[[fact]]").find(|it| it.contains(&format!("id = \"{name}\"\n")));
            assert!(entry.is_some_and(|it| it.contains("role = \"mechanism\"")), "{name}");
        }
    }

    #[test]
    fn the_heaviest_of_several_counts() {
        assert_eq!(Burden::of_all(&mechanisms(&["consent", "security-review", "filing"])), Burden::Approved);
    }
}
