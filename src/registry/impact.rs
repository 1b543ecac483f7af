//! What becomes of a company's own flows.

use crate::compare::{Impact, impact, impact_between};
use crate::model::{At, Flow, Issued};
use crate::registry::Registry;

impl Registry {
    /// Says what becomes of flows when one revision of a list takes the place
    /// of another, each asked by itself.
    pub fn impact(&self, before: &Issued, after: &Issued, flows: &[Flow]) -> Impact {
        impact(self.state(), &before.revision, &after.revision, flows)
    }

    /// Says what becomes of flows from one day to a later one, by all lists.
    pub fn impact_between(&self, first: At, last: At, flows: &[Flow]) -> Impact {
        impact_between(self.state(), first, last, flows)
    }
}
