//! Verifying receipts: without a registry, a network, or a clock.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::Value as Json;

use crate::canon::{
    BindingForm, CategoryItem, DetailsForm, EntryLeafForm, FactItem, HeaderForm, PlaceItem, StateLeafForm, TermsForm,
    WordsForm, canonical,
};
use crate::evaluate::answer_on_its_day;
use crate::log::{Checkpoint, Cosigned, InclusionProof, InvalidCheckpoint, LogKey};
use crate::model::{Answer, Hash, Head, Question, State};
use crate::receipt::InvalidReceipt;
use crate::receipt::form::{ItemsForm, ListForm, ReceiptForm, UnchangedForm, answer_to, question_of};
use crate::receipt::ground::{Evidence, ListEvidence, Unchanged, ground};
use crate::receipt::leaf::DatedForm;
use crate::receipt::tree::{Leaf, Opened, Shelf};

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
    let question = question_of(&form.answer)?;
    let shown = Given::new(&form)?;
    let ground = ground(&shown, &question, head.clone())?;
    shown.check_needed()?;
    let answer = answer_to(&ground.state, &question)?;
    if canonical(&answer) != form.answer.get().as_bytes() || UnchangedForm::from(ground.unchanged) != form.unchanged {
        return Err(InvalidReceipt::Answer.into());
    }
    Ok(Verified {
        question,
        answer,
        unchanged: ground.unchanged,
        head,
        recorded: form.record.recorded().to_owned(),
        lists: form.lists.keys().cloned().collect(),
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

/// What a receipt gives.
struct Given<'r> {
    form: &'r ReceiptForm,
    state: Opened<'r, StateLeafForm>,
    categories: Opened<'r, CategoryItem>,
    facts: Opened<'r, FactItem>,
    places: Opened<'r, PlaceItem>,
    /// The lists that were asked for, and what of them was.
    lists: RefCell<BTreeMap<String, Rc<GivenList<'r>>>>,
}

struct GivenList<'r> {
    id: String,
    form: &'r ListForm,
    earlier: Opened<'r, DatedForm>,
    entries: Opened<'r, EntryLeafForm>,
    has_other: Cell<bool>,
    has_details: Cell<bool>,
    has_entries: Cell<bool>,
    has_terms: Cell<bool>,
    by_hash: BTreeMap<String, &'r BindingForm>,
    shown: RefCell<BTreeSet<String>>,
    words: RefCell<BTreeSet<String>>,
}

impl<'r> Given<'r> {
    fn new(form: &'r ReceiptForm) -> Result<Given<'r>, InvalidReceipt> {
        let state = Opened::new(form.state.as_ref())?;
        if state.root().to_string() != form.record.lists_root {
            return Err(InvalidReceipt::Altered("the state".to_owned()));
        }
        Ok(Given {
            form,
            state,
            categories: Opened::new(form.releases.categories.tree.as_ref())?,
            facts: Opened::new(form.releases.facts.tree.as_ref())?,
            places: Opened::new(form.releases.jurisdictions.tree.as_ref())?,
            lists: RefCell::default(),
        })
    }

    /// Refuses what is there and was not needed: nobody has looked at it.
    fn check_needed(&self) -> Result<(), InvalidReceipt> {
        let lists = self.lists.borrow();
        for (id, form) in &self.form.lists {
            let needless = |what: &str| Err(InvalidReceipt::Needless(format!("{what} of {id}")));
            let Some(used) = lists.get(id) else { return needless("what is shown") };
            if form.in_force.is_some() && !used.has_other.get() {
                return needless("another revision");
            }
            if form.details.is_some() && !used.has_details.get() {
                return needless("the details");
            }
            if form.entries.is_some() && !used.has_entries.get() {
                return needless("the tree of entries");
            }
            if form.terms.is_some() && !used.has_terms.get() {
                return needless("the terms");
            }
            if form.words.len() != used.words.borrow().len() {
                return needless("the words of an entry");
            }
            let ids: Vec<&String> = form.shown.iter().map(|it| &it.id).collect();
            if !ids.is_sorted_by(|a, b| a < b) || ids.len() != used.shown.borrow().len() {
                return needless("an entry");
            }
        }
        Ok(())
    }
}

impl Evidence for Given<'_> {
    fn state(&self) -> &dyn Shelf<StateLeafForm> {
        &self.state
    }

    fn categories(&self) -> &dyn Shelf<CategoryItem> {
        &self.categories
    }

    fn facts(&self) -> &dyn Shelf<FactItem> {
        &self.facts
    }

    fn places(&self) -> &dyn Shelf<PlaceItem> {
        &self.places
    }

    fn release(&self, kind: &str, digest: &str) -> Result<(String, String), InvalidReceipt> {
        let releases = &self.form.releases;
        match kind {
            "categories" => of_release(&releases.categories, self.categories.root(), kind, digest),
            "facts" => of_release(&releases.facts, self.facts.root(), kind, digest),
            _ => of_release(&releases.jurisdictions, self.places.root(), kind, digest),
        }
    }

    fn list(&self, list: &str) -> Result<Rc<dyn ListEvidence + '_>, InvalidReceipt> {
        let missing = || InvalidReceipt::Missing(format!("the list {list}"));
        let form = self.form.lists.get(list).ok_or_else(missing)?;
        let given = GivenList {
            id: list.to_owned(),
            form,
            earlier: Opened::new(form.earlier.as_ref())?,
            entries: Opened::new(form.entries.as_ref())?,
            by_hash: form.shown.iter().map(|it| (it.hash().to_string(), it)).collect(),
            has_other: Cell::default(),
            has_details: Cell::default(),
            has_entries: Cell::default(),
            has_terms: Cell::default(),
            shown: RefCell::default(),
            words: RefCell::default(),
        };
        let given = Rc::new(given);
        self.lists.borrow_mut().insert(list.to_owned(), Rc::clone(&given));
        Ok(given)
    }
}

fn of_release<L: Leaf>(
    items: &ItemsForm<L>,
    root: Hash,
    kind: &str,
    digest: &str,
) -> Result<(String, String), InvalidReceipt> {
    if items.hash(root, kind).to_string() != digest {
        return Err(InvalidReceipt::Altered(format!("the release of {kind}")));
    }
    Ok((items.version.clone(), items.published.clone()))
}

impl GivenList<'_> {
    fn altered(&self, what: &str) -> InvalidReceipt {
        InvalidReceipt::Altered(format!("{what} of {}", self.id))
    }

    fn matches(&self, what: &str, found: Hash, stated: &str) -> Result<(), InvalidReceipt> {
        if found.to_string() == stated { Ok(()) } else { Err(self.altered(what)) }
    }
}

impl ListEvidence for GivenList<'_> {
    fn earlier(&self, head: &HeaderForm) -> Result<&dyn Shelf<DatedForm>, InvalidReceipt> {
        self.matches("the dates", self.earlier.root(), &head.earlier_root)?;
        Ok(&self.earlier)
    }

    fn header(&self, digest: &str) -> Result<HeaderForm, InvalidReceipt> {
        if self.form.head.hash().to_string() == digest {
            return Ok(self.form.head.clone());
        }
        let other = self.form.in_force.as_ref();
        let other = other.ok_or_else(|| InvalidReceipt::Missing(format!("the revision of {} in force", self.id)))?;
        self.matches("a revision", other.hash(), digest)?;
        self.has_other.set(true);
        Ok(other.clone())
    }

    fn details(&self, header: &HeaderForm) -> Result<DetailsForm, InvalidReceipt> {
        let details = self.form.details.as_ref();
        let details = details.ok_or_else(|| InvalidReceipt::Missing(format!("the details of {}", self.id)))?;
        self.matches("the details", details.hash(), &header.details)?;
        self.has_details.set(true);
        Ok(details.clone())
    }

    fn entries(&self, header: &HeaderForm) -> Result<&dyn Shelf<EntryLeafForm>, InvalidReceipt> {
        self.matches("the entries", self.entries.root(), &header.entries_root)?;
        self.has_entries.set(true);
        Ok(&self.entries)
    }

    fn terms(&self, header: &HeaderForm) -> Result<TermsForm, InvalidReceipt> {
        let terms = self.form.terms.as_ref();
        let terms = terms.ok_or_else(|| InvalidReceipt::Missing(format!("the terms of {}", self.id)))?;
        self.matches("the terms", terms.hash(), &header.terms)?;
        self.has_terms.set(true);
        Ok(terms.clone())
    }

    fn entry(&self, _: &HeaderForm, leaf: &EntryLeafForm) -> Result<BindingForm, InvalidReceipt> {
        let found = self.by_hash.get(&leaf.entry).copied();
        let found = found.ok_or_else(|| InvalidReceipt::Missing(format!("an entry of {}", self.id)))?;
        self.shown.borrow_mut().insert(found.id.clone());
        Ok(found.clone())
    }

    fn words(&self, _: &HeaderForm, binding: &BindingForm) -> Result<WordsForm, InvalidReceipt> {
        let words = self.form.words.get(&binding.id);
        let words = words.ok_or_else(|| InvalidReceipt::Missing(format!("the words of an entry of {}", self.id)))?;
        self.matches("the words of an entry", words.hash(), &binding.words)?;
        self.words.borrow_mut().insert(binding.id.clone());
        Ok(words.clone())
    }
}
