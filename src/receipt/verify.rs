//! Verifying receipts: without a registry, a network, or a clock.

use serde_json::Value as Json;

use crate::evaluate::answer_on_its_day;
use crate::log::{Checkpoint, Cosigned, InclusionProof, InvalidCheckpoint, LogKey};
use crate::model::{Answer, Head, Question, State};
use crate::receipt::InvalidReceipt;
use crate::receipt::form::{Claims, ReceiptForm, UnchangedForm, answer_to, text_of};
use crate::receipt::given::Given;
use crate::receipt::ground::{Unchanged, ground};

/// Whose word is taken.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The log's key.
    pub log: LogKey,
    /// Witnesses that are believed.
    pub witnesses: Vec<LogKey>,
    /// So many of them must have seen the checkpoint.
    pub threshold: usize,
    /// What the checkpoint must not be older than.
    pub bounds: Bounds,
}

/// What a checkpoint must not be older than: without such a bound an old head
/// passes for a new one.
#[derive(Clone, Debug, Default)]
pub struct Bounds {
    /// The log has at least so many records.
    pub size: Option<u64>,
    /// Enough witnesses saw it in this second since 1970 or later; without a
    /// threshold of witnesses the last record says so itself.
    pub second: Option<u64>,
}

/// What a receipt proves.
#[derive(Clone, Debug)]
pub struct Verified {
    /// What was asked.
    pub question: Question,
    /// The answer without `valid`, derived anew from what is proven.
    pub answer: Json,
    /// The days around the one asked on which nothing that the answer rests on
    /// begins or ends.
    pub unchanged: Unchanged,
    /// The checkpoint, and who saw it.
    pub checkpoint: Cosigned,
    /// The head of the registry.
    pub head: Head,
    /// When a machine took the last record in, by its own word.
    pub recorded: String,
    /// The lists that were looked at.
    pub lists: Vec<String>,
    /// What the answer was derived from: what the receipt proves of a registry.
    pub state: State,
}

impl Verified {
    /// Returns the answer as a value. Its `valid` says nothing.
    pub fn answered(&self) -> Answer<'_> {
        answer_on_its_day(&self.state, &self.question)
    }
}

/// Why a receipt is refused.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unproven {
    /// It proves nothing.
    #[error(transparent)]
    Receipt(#[from] InvalidReceipt),
    /// The checkpoint is not believed.
    #[error("the checkpoint: {0}")]
    Checkpoint(#[from] InvalidCheckpoint),
    /// The log does not hold the record as its last.
    #[error("the log of the checkpoint does not end with the record that the receipt shows")]
    NotLast,
    /// Too few witnesses saw it.
    #[error("{found} of the witnesses that are believed saw the checkpoint, and {needed} are needed")]
    TooFewWitnesses {
        /// How many did.
        found: usize,
        /// How many should have.
        needed: usize,
    },
    /// The checkpoint is older than it may be.
    #[error("the checkpoint is older than it may be: {0}")]
    Old(String),
}

/// Verifies a receipt, and derives its answer anew.
pub fn verify(receipt: &[u8], policy: &Policy) -> Result<Verified, Unproven> {
    let form = ReceiptForm::read(receipt)?;
    let proof = InclusionProof::read(&form.proof).map_err(|it| InvalidReceipt::Malformed(it.to_string()))?;
    let cosigned = Checkpoint::read(&proof.checkpoint, &policy.log, &policy.witnesses)?;
    let checkpoint = &cosigned.checkpoint;
    let is_last = form.record.index.checked_add(1) == Some(checkpoint.size) && proof.index == form.record.index;
    if !is_last || !proof.holds(&form.record.log_entry(), checkpoint) {
        return Err(Unproven::NotLast);
    }
    check_age(policy, &cosigned, &form)?;
    let head = Head { origin: checkpoint.origin.clone(), size: checkpoint.size, hash: form.record.hash() };
    let ReceiptForm { answer: claimed, lists, record, releases, state, unchanged, .. } = form;
    let claims = Claims::of(&claimed)?;
    let question = claims.question()?;
    let given = Given::new(releases, state, lists, &claims)?;
    if record.lists_root != given.root().to_string() {
        return Err(InvalidReceipt::Altered("the state".to_owned()).into());
    }
    let ground = ground(&given, &question, head.clone())?;
    given.check_needed()?;
    let answer = answer_to(&ground.state, &question)?;
    if text_of(answer.clone()) != claimed.get() || UnchangedForm::from(ground.unchanged) != unchanged {
        return Err(InvalidReceipt::Answer.into());
    }
    Ok(Verified {
        question,
        answer,
        unchanged: ground.unchanged,
        head,
        recorded: record.recorded().to_owned(),
        lists: given.lists(),
        checkpoint: cosigned,
        state: ground.state,
    })
}

fn check_age(policy: &Policy, cosigned: &Cosigned, form: &ReceiptForm) -> Result<(), Unproven> {
    let found = cosigned.witnesses.len();
    if found < policy.threshold {
        return Err(Unproven::TooFewWitnesses { found, needed: policy.threshold });
    }
    let size = cosigned.checkpoint.size;
    if let Some(least) = policy.bounds.size.filter(|it| size < *it) {
        return Err(Unproven::Old(format!("it covers {size} records, and at least {least} are known to be")));
    }
    let Some(least) = policy.bounds.second else { return Ok(()) };
    if 0 < policy.threshold {
        let fresh = cosigned.witnesses.iter().filter(|(_, second)| least <= *second).count();
        if fresh < policy.threshold {
            return Err(Unproven::Old("too few witnesses saw it late enough".to_owned()));
        }
        return Ok(());
    }
    let recorded = form.record.recorded();
    let second = recorded.parse::<jiff::Timestamp>().ok().and_then(|it| u64::try_from(it.as_second()).ok());
    match second {
        Some(second) if least <= second => Ok(()),
        _ => Err(Unproven::Old(format!("its last record was taken in at {recorded}"))),
    }
}
