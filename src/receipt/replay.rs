//! Replaying stored receipts: is each still so, was it right on the knowledge
//! of its day and overtaken since, or was it wrong then?

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::canon::{Chains, InvalidRecord, Publication, ReadAhead, canonical};
use crate::model::{Hash, Jurisdiction, ListId, Question, State};
use crate::receipt::{InvalidReceipt, answer_to};

/// A receipt as somebody kept it.
#[derive(Clone, Debug)]
pub struct Stored {
    /// What was asked.
    pub question: Question,
    /// What was answered, without `valid`.
    pub answer: Json,
    /// How many records the registry had then.
    pub size: u64,
    /// The hash of the last of these.
    pub head: Hash,
}

/// What became of an answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Fate {
    /// The registry answers the same today.
    StillSo,
    /// It was right on the knowledge of its day, and a later record changed
    /// it.
    Overtaken(By),
    /// The registry, as it was then, answered otherwise.
    WrongThen,
    /// The registry never was as the receipt says: it is another's, or one of
    /// the two has forked.
    NeverSo,
    /// The registry is not as far as the receipt.
    Ahead,
}

/// A record that changed an answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct By {
    /// Its number.
    pub record: u64,
    /// The revision, such as `CN/cross-border-transfer 5.1.0`, or the release.
    pub what: String,
}

/// Replays receipts: what became of each, in the order given. `last` are the
/// chains that the lines make, which were verified.
pub fn replay(last: &Chains, lines: &[Vec<u8>], receipts: &[Stored]) -> Result<Vec<Fate>, InvalidRecord> {
    let mut fates: Vec<Option<Fate>> = receipts.iter().map(|it| ahead_or_never(it, last)).collect();
    if let Some(state) = last.state() {
        for (fate, receipt) in fates.iter_mut().zip(receipts).filter(|(fate, _)| fate.is_none()) {
            if agrees(&state, receipt) {
                *fate = Some(Fate::StillSo);
            }
        }
    }
    let mut waiting: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (place, receipt) in receipts.iter().enumerate().filter(|(place, _)| fates.get(*place) == Some(&None)) {
        waiting.entry(receipt.size).or_default().push(place);
    }
    let mut right_then: Vec<usize> = Vec::new();
    let mut chains = Chains::default();
    for line in lines.iter().take(usize::try_from(last.size()).unwrap_or(usize::MAX)) {
        let record = chains.take_and_keep(ReadAhead::of(line)?, line)?;
        let publication = record.publication();
        let asked = waiting.remove(&chains.size()).unwrap_or_default();
        let Some(state) = chains.state().filter(|_| !asked.is_empty() || !right_then.is_empty()) else { continue };
        right_then.retain(|place| {
            let Some(receipt) = receipts.get(*place) else { return false };
            if !may_change(publication, receipt, &state) || agrees(&state, receipt) {
                return true;
            }
            let by = By { record: record.index(), what: named(publication) };
            fates.iter_mut().skip(*place).take(1).for_each(|it| *it = Some(Fate::Overtaken(by.clone())));
            false
        });
        for place in asked {
            if receipts.get(place).is_some_and(|it| agrees(&state, it)) {
                right_then.push(place);
            } else {
                fates.iter_mut().skip(place).take(1).for_each(|it| *it = Some(Fate::WrongThen));
            }
        }
    }
    Ok(fates.into_iter().map(|it| it.unwrap_or(Fate::WrongThen)).collect())
}

fn ahead_or_never(receipt: &Stored, chains: &Chains) -> Option<Fate> {
    if chains.size() < receipt.size {
        return Some(Fate::Ahead);
    }
    let is_so = receipt.size.checked_sub(1).and_then(|it| chains.hash_of(it)) == Some(receipt.head);
    (!is_so).then_some(Fate::NeverSo)
}

/// Returns whether a state answers as the receipt does, in all but how far the
/// registry is.
fn agrees(state: &State, receipt: &Stored) -> bool {
    let answered: Result<Json, InvalidReceipt> = answer_to(state, &receipt.question);
    let verdict = |answer: &Json| {
        let mut answer = answer.clone();
        if let Some(keys) = answer.as_object_mut() {
            keys.shift_remove("registry");
        }
        canonical(&answer)
    };
    answered.is_ok_and(|it| verdict(&it) == verdict(&receipt.answer))
}

/// Returns whether a publication may touch a question at all.
fn may_change(publication: &Publication, receipt: &Stored, state: &State) -> bool {
    match publication {
        Publication::Revision(revision) => {
            let place: Jurisdiction = ListId::jurisdiction(&revision.list);
            state.places.in_reach(&receipt.question.from).contains(&place)
        }
        Publication::Origin(_) | Publication::Authority(_) => false,
        Publication::Categories(_) | Publication::Facts(_) | Publication::Jurisdictions(_) => true,
    }
}

fn named(publication: &Publication) -> String {
    match publication {
        Publication::Origin(it) => format!("origin {}", it.name),
        Publication::Authority(it) => format!("authority {}", it.id),
        Publication::Categories(it) => format!("categories {}", it.version()),
        Publication::Facts(it) => format!("facts {}", it.version()),
        Publication::Jurisdictions(it) => format!("jurisdictions {}", it.version()),
        Publication::Revision(it) => format!("{} {}", it.list, it.version),
    }
}
