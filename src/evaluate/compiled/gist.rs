//! What a decided question gets, in short: two days with the same gist have the
//! same verdict.

use smallvec::SmallVec;

use crate::evaluate::compiled::Index;
use crate::evaluate::compiled::asked::Ask;
use crate::evaluate::compiled::rules::{Bearing, Circumstances, Rule};
use crate::evaluate::compiled::walk::LeftOpen;
use crate::model::{Outcome, UnknownReason};

/// All that makes a verdict.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Gist {
    pub(super) outcome: Outcome,
    /// For each item that no list speaks for, why.
    silences: SmallVec<[UnknownReason; 2]>,
    /// The rules that apply, in their order and each once.
    rules: SmallVec<[Rule; 4]>,
}

impl Index {
    pub(super) fn gist(&self, asked: &Ask<'_>) -> Result<Gist, LeftOpen> {
        let reached = self.reached(asked);
        let to = self.destination(asked);
        let mut gist = Gist { outcome: Outcome::Permitted, silences: SmallVec::new(), rules: SmallVec::new() };
        for item in asked.items {
            let circumstances =
                Circumstances { stated: asked.stated, to, category: item.category, people: &item.people };
            let mut speaks = false;
            for standing in &reached.standing {
                let taken = self.takes(&reached, standing, &circumstances)?;
                speaks |= taken.speaks;
                if !taken.binds {
                    continue;
                }
                if standing.terms.combines && 1 < asked.items.len() {
                    return Err(LeftOpen);
                }
                self.each_bearing(standing, &circumstances, |_, _, rule, bearing| {
                    if let Bearing::Applies(outcome) = bearing {
                        gist.outcome = gist.outcome.max(outcome);
                        gist.rules.push(*rule);
                    }
                })?;
            }
            if !speaks {
                gist.outcome = gist.outcome.max(Outcome::Unknown);
                gist.silences.push(reached.silence());
            }
        }
        gist.rules.sort_unstable();
        gist.rules.dedup();
        Ok(gist)
    }
}
