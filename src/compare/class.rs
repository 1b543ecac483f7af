//! What a new revision is by semantic versioning: computed from the verdicts,
//! never from the text.

use semver::Version;

/// How far a revision changes what questions get, from the least.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Class {
    /// No verdict changed.
    Patch,
    /// Something only got looser.
    Minor,
    /// For some question the outcome is severer, a requirement was added or
    /// an exemption lost.
    Major,
}

impl Class {
    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            Class::Patch => "patch",
            Class::Minor => "minor",
            Class::Major => "major",
        }
    }

    /// Returns what the step from one version to a later one declares.
    pub fn declared(before: &Version, after: &Version) -> Class {
        if before.major != after.major {
            Class::Major
        } else if before.minor != after.minor {
            Class::Minor
        } else {
            Class::Patch
        }
    }

    /// Returns the least version that a revision of this class may have after
    /// another.
    pub fn next(self, before: &Version) -> Version {
        match self {
            Class::Patch => Version::new(before.major, before.minor, before.patch + 1),
            Class::Minor => Version::new(before.major, before.minor + 1, 0),
            Class::Major => Version::new(before.major + 1, 0, 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_declares_its_first_number_that_differs() {
        let version = |text: &str| text.parse::<Version>().unwrap();
        for (before, after, expected) in [
            ("1.2.3", "1.2.4", Class::Patch),
            ("1.2.3", "1.3.0", Class::Minor),
            ("1.2.3", "2.0.0", Class::Major),
            ("1.2.3", "2.2.3", Class::Major),
            ("1.2.3", "1.4.3", Class::Minor),
        ] {
            assert_eq!(Class::declared(&version(before), &version(after)), expected, "{before} {after}");
        }
        let next = [Class::Patch, Class::Minor, Class::Major].map(|it| it.next(&version("1.2.3")).to_string());
        assert_eq!(next, ["1.2.4", "1.3.0", "2.0.0"]);
    }
}
