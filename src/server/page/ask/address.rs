//! The addresses of questions: one for the page, one for its receipt, and one
//! for each step that a reader may take from here.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::server::query::Query;

/// What stands in a query as it is, so that addresses can be read.
const SPELLED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/').remove(b':').remove(b',');

/// The parameters of a question, in the order in which they came.
#[derive(Clone, Debug)]
pub(super) struct Address(Vec<(String, String)>);

impl Address {
    /// Returns the address of what was asked, without what was left empty.
    pub(super) fn of(query: &Query) -> Address {
        let filled = query.pairs().filter(|(_, value)| !value.is_empty());
        Address(filled.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// Returns the address with a parameter more. It says nothing twice.
    #[must_use]
    pub(super) fn with(&self, name: &str, value: &str) -> Address {
        let mut next = self.without(name, value);
        next.0.push((name.to_owned(), value.to_owned()));
        next
    }

    /// Returns the address with a parameter that is given once.
    #[must_use]
    pub(super) fn setting(&self, name: &str, value: &str) -> Address {
        let kept = self.0.iter().filter(|(it, _)| it != name);
        Address(kept.cloned().chain([(name.to_owned(), value.to_owned())]).collect())
    }

    /// Returns the address with another value in the place of one.
    #[must_use]
    pub(super) fn replacing(&self, name: &str, before: &str, after: &str) -> Address {
        let mut next = self.clone();
        for (it, value) in &mut next.0 {
            if it == name && value == before {
                after.clone_into(value);
            }
        }
        next
    }

    /// Returns the address without a parameter of this value.
    #[must_use]
    pub(super) fn without(&self, name: &str, value: &str) -> Address {
        Address(self.0.iter().filter(|(it, other)| !(it == name && other == value)).cloned().collect())
    }

    /// Returns the address without a parameter.
    #[must_use]
    pub(super) fn without_all(&self, name: &str) -> Address {
        Address(self.0.iter().filter(|(it, _)| it != name).cloned().collect())
    }

    /// Returns the address below a path.
    pub(super) fn below(&self, path: &str) -> String {
        let spell = |it: &str| utf8_percent_encode(it, SPELLED).to_string();
        let pairs: Vec<_> = self.0.iter().map(|(name, value)| format!("{name}={}", spell(value))).collect();
        format!("{path}?{}", pairs.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_changes_what_it_says_and_nothing_else() {
        let query = Query::of_text(
            "from=CN&to=&category=personal&fact=sector%3Dretail&at=2024-04-01",
            &["from", "to", "category", "fact", "at"],
        );
        let address = Address::of(&query.unwrap());
        assert_eq!(address.below("/"), "/?from=CN&category=personal&fact=sector%3Dretail&at=2024-04-01");
        let settled = address.with("fact", "exporter.ciio=no").without("fact", "sector=retail");
        assert_eq!(settled.below("/"), "/?from=CN&category=personal&at=2024-04-01&fact=exporter.ciio%3Dno");
        let other = address.setting("at", "2025-01-01").replacing("category", "personal", "important");
        assert_eq!(other.below("/v1/ask"), "/v1/ask?from=CN&category=important&fact=sector%3Dretail&at=2025-01-01");
        assert_eq!(
            address.with("category", "personal").without_all("fact").below("/"),
            "/?from=CN&at=2024-04-01&category=personal"
        );
    }
}
