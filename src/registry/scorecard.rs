//! Measuring what is in force.

use crate::measure::{Coverage, Scorecard};
use crate::model::{At, Jurisdiction};
use crate::registry::Registry;

impl Registry {
    /// Measures the lists in force on a day, of one jurisdiction or of all, by
    /// list.
    pub fn scorecards(&self, of: Option<&Jurisdiction>, at: At) -> Vec<Scorecard<'_>> {
        let lists = self.state().lists.values();
        let lists = lists.filter(|it| of.is_none_or(|place| it.id.jurisdiction() == *place));
        lists.filter_map(|it| Scorecard::of(self.state(), it, at)).collect()
    }

    /// Returns what the registry holds, by jurisdiction: of those that have a
    /// list.
    pub fn coverage(&self, at: At) -> Vec<Coverage<'_>> {
        crate::measure::coverage(self.state(), at)
    }
}
