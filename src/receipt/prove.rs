//! Making receipts.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

use crate::canon::{
    BindingForm, CategoriesForm, CategoryItem, Chains, DetailsForm, EntryForm, EntryLeafForm, FactItem, HeaderForm,
    IssuedForm, PlaceItem, PlacesForm, RecordHead, ReleaseForm, StateLeafForm, TermsForm, VocabularyForm, WordsForm,
    answer_json, canonical, moments_before,
};
use crate::evaluate::Index;
use crate::log::{Checkpoint, InclusionProof, LogTree};
use crate::model::{Hash, Issued, List, ListId, Question, QuestionMistake, State};
use crate::receipt::InvalidReceipt;
use crate::receipt::form::{FORMAT, ItemsForm, ListForm, ReceiptForm, ReleasesForm, answer_to, raw, without_validity};
use crate::receipt::ground::{Evidence, ListEvidence, ground};
use crate::receipt::leaf::DatedForm;
use crate::receipt::tree::{Looked, Shelf, Whole};

/// Everything that receipts of one head are made of. Trees are made when they
/// are first needed, and kept.
#[derive(Debug)]
pub struct Prover {
    state: Arc<State>,
    index: Index,
    record: RecordHead,
    /// The signed checkpoint of the log at this head.
    checkpoint: String,
    log: LogTree,
    heads: Whole<StateLeafForm>,
    categories: (ReleaseForm, Whole<CategoryItem>),
    facts: (ReleaseForm, Whole<FactItem>),
    places: (ReleaseForm, Whole<PlaceItem>),
    lists: BTreeMap<ListId, ListTrees>,
}

#[derive(Debug)]
struct ListTrees {
    list: Arc<List>,
    earlier: OnceLock<Whole<DatedForm>>,
    /// By sequence.
    revisions: Vec<OnceLock<RevisionTrees>>,
}

#[derive(Debug)]
struct RevisionTrees {
    form: IssuedForm,
    entries: Whole<EntryLeafForm>,
    /// Each entry by its hash.
    by_hash: BTreeMap<String, (BindingForm, WordsForm)>,
}

/// Why no receipt can be made.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ProveError {
    /// The registry has no releases to ask in.
    #[error("the registry has no releases of categories, facts and jurisdictions")]
    NoWords,
    /// The checkpoint is of another head.
    #[error("the signed checkpoint is of {signed} records, and the registry has {found}")]
    Stale {
        /// How many records the checkpoint covers.
        signed: u64,
        /// How many there are.
        found: u64,
    },
    /// The checkpoint is of another journal.
    #[error("the signed checkpoint is of another journal: its root is not that of these records")]
    Forked,
    /// The checkpoint cannot be read.
    #[error(transparent)]
    Checkpoint(#[from] crate::log::InvalidCheckpoint),
    /// Something in the question is not understood.
    #[error("the question is not understood")]
    Mistakes(Vec<QuestionMistake>),
    /// What the receipt would show does not lead to the answer. This is a
    /// fault of the program, and no receipt is made.
    #[error("what the receipt would show does not lead to the answer: {0}")]
    Differs(InvalidReceipt),
}

impl Prover {
    /// Takes the records of a registry and the signed checkpoint of its head.
    pub fn new(chains: &Chains, checkpoint: &str) -> Result<Prover, ProveError> {
        let (Some(state), Some(record)) = (chains.state(), chains.last().cloned()) else {
            return Err(ProveError::NoWords);
        };
        let log = LogTree::new(chains.log());
        let signed = Checkpoint::read_unverified(checkpoint)?;
        if signed.size != log.size() {
            return Err(ProveError::Stale { signed: signed.size, found: log.size() });
        }
        if signed.root != log.root() || signed.origin != state.head.origin {
            return Err(ProveError::Forked);
        }
        let release = |kind: &str| chains.released(kind).cloned().ok_or(ProveError::NoWords);
        let (categories, facts, places) = (release("categories")?, release("facts")?, release("jurisdictions")?);
        let releases = [&categories, &facts, &places].map(|it| StateLeafForm::of_release(&it.kind, it.hash()));
        let heads = state
            .lists
            .values()
            .filter_map(|it| Some(StateLeafForm::of_list(&it.id, it.head()?.hash, chains.scope_of(&it.id)?)));
        let heads = Whole::new(releases.into_iter().chain(heads).collect());
        let state = Arc::new(state);
        let lists = state.lists.values().map(|it| (it.id.clone(), ListTrees::new(it))).collect();
        Ok(Prover {
            categories: (categories, Whole::new(CategoriesForm::items(&state.categories))),
            facts: (facts, Whole::new(VocabularyForm::items(&state.vocabulary))),
            places: (places, Whole::new(PlacesForm::items(&state.places))),
            checkpoint: checkpoint.to_owned(),
            index: Index::new(Arc::clone(&state)),
            state,
            record,
            log,
            heads,
            lists,
        })
    }

    /// Returns the state that answers come from.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Makes the receipt of the answer to a question: one line.
    pub fn prove(&self, question: &Question) -> Result<Vec<u8>, ProveError> {
        let mistakes = self.state.mistakes(question);
        if !mistakes.is_empty() {
            return Err(ProveError::Mistakes(mistakes));
        }
        let shown = Shown::of(self);
        let ground = ground(&shown, question, self.state.head.clone()).map_err(ProveError::Differs)?;
        let answer = answer_to(&ground.state, question).map_err(ProveError::Differs)?;
        // The index looked at everything: what is left out makes no difference.
        let whole = answer_json(&self.index.answer(question), &self.state.head);
        if canonical(&answer) != canonical(&without_validity(whole)) {
            return Err(ProveError::Differs(InvalidReceipt::Answer));
        }
        let size = self.log.size();
        let proof = InclusionProof::new(&self.log, size, size - 1, &self.checkpoint);
        let receipt = ReceiptForm {
            answer: raw(&answer),
            digest: None,
            format: FORMAT.to_owned(),
            lists: shown.lists(),
            proof: proof.map(|it| it.write()).unwrap_or_default(),
            record: self.record.clone(),
            releases: ReleasesForm {
                categories: ItemsForm::new(&self.categories.0, shown.categories.pruned()),
                facts: ItemsForm::new(&self.facts.0, shown.facts.pruned()),
                jurisdictions: ItemsForm::new(&self.places.0, shown.places.pruned()),
            },
            state: shown.heads.pruned(),
            unchanged: ground.unchanged.into(),
        };
        Ok(receipt.write())
    }
}

impl ListTrees {
    fn new(list: &Arc<List>) -> ListTrees {
        let revisions = list.revisions.iter().map(|_| OnceLock::new()).collect();
        ListTrees { list: Arc::clone(list), earlier: OnceLock::new(), revisions }
    }

    fn earlier(&self) -> &Whole<DatedForm> {
        self.earlier.get_or_init(|| {
            let last = self.list.revisions.len().saturating_sub(1) as u64;
            Whole::new(moments_before(&self.list, last).iter().map(|it| DatedForm(it.form())).collect())
        })
    }

    fn revision(&self, issued: &Issued) -> Option<&RevisionTrees> {
        let kept = self.revisions.get(usize::try_from(issued.sequence).ok()?)?;
        Some(kept.get_or_init(|| RevisionTrees::new(&self.list, issued)))
    }
}

impl RevisionTrees {
    fn new(list: &List, issued: &Issued) -> RevisionTrees {
        let mut by_hash = BTreeMap::new();
        let mut leaves = Vec::new();
        for entry in issued.revision.entries.values() {
            let (binding, words) = EntryForm::from(entry.as_ref()).apart();
            let hash = binding.hash().to_string();
            let leaf = |category: &crate::model::CategoryId| EntryLeafForm {
                category: category.to_string(),
                entry: hash.clone(),
            };
            leaves.extend(entry.categories.iter().map(|it| (it.clone(), entry.id.clone(), leaf(it))));
            by_hash.insert(hash.clone(), (binding, words));
        }
        leaves.sort_by(|a, b| (a.0.as_str(), a.1.as_str()).cmp(&(b.0.as_str(), b.1.as_str())));
        let entries = Whole::new(leaves.into_iter().map(|(_, _, leaf)| leaf).collect());
        RevisionTrees { form: IssuedForm::of(list, issued), entries, by_hash }
    }
}

/// What one receipt shows.
struct Shown<'p> {
    prover: &'p Prover,
    heads: Looked<'p, StateLeafForm>,
    categories: Looked<'p, CategoryItem>,
    facts: Looked<'p, FactItem>,
    places: Looked<'p, PlaceItem>,
    lists: RefCell<BTreeMap<String, Rc<ShownList<'p>>>>,
}

struct ShownList<'p> {
    trees: &'p ListTrees,
    head: HeaderForm,
    earlier: Looked<'p, DatedForm>,
    /// The revision in force, where one is.
    chosen: Cell<Option<&'p RevisionTrees>>,
    has_details: Cell<bool>,
    has_terms: Cell<bool>,
    entries: OnceCell<Looked<'p, EntryLeafForm>>,
    shown: RefCell<BTreeMap<String, BindingForm>>,
    words: RefCell<BTreeMap<String, WordsForm>>,
}

impl<'p> Shown<'p> {
    fn of(prover: &'p Prover) -> Shown<'p> {
        Shown {
            prover,
            heads: prover.heads.look(),
            categories: prover.categories.1.look(),
            facts: prover.facts.1.look(),
            places: prover.places.1.look(),
            lists: RefCell::default(),
        }
    }

    fn lists(&self) -> BTreeMap<String, ListForm> {
        self.lists.borrow().iter().map(|(id, it)| (id.clone(), it.form())).collect()
    }
}

impl Evidence for Shown<'_> {
    fn state(&self) -> &dyn Shelf<StateLeafForm> {
        &self.heads
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

    fn release(&self, kind: &str, _: &str) -> Result<(String, String), InvalidReceipt> {
        let release = match kind {
            "categories" => &self.prover.categories.0,
            "facts" => &self.prover.facts.0,
            _ => &self.prover.places.0,
        };
        Ok((release.version.clone(), release.published.clone()))
    }

    fn list(&self, list: &str) -> Result<Rc<dyn ListEvidence + '_>, InvalidReceipt> {
        let missing = || InvalidReceipt::Missing(format!("the list {list}"));
        let id: ListId = list.parse().map_err(InvalidReceipt::value)?;
        let trees = self.prover.lists.get(&id).ok_or_else(missing)?;
        let last = trees.list.head().ok_or_else(missing)?;
        let shown = ShownList {
            trees,
            head: trees.revision(last).ok_or_else(missing)?.form.header.clone(),
            earlier: trees.earlier().look(),
            chosen: Cell::new(None),
            has_details: Cell::new(false),
            has_terms: Cell::new(false),
            entries: OnceCell::new(),
            shown: RefCell::default(),
            words: RefCell::default(),
        };
        let shown = Rc::new(shown);
        self.lists.borrow_mut().insert(list.to_owned(), Rc::clone(&shown));
        Ok(shown)
    }
}

impl<'p> ShownList<'p> {
    fn form(&self) -> ListForm {
        let chosen = self.chosen.get().map(|it| &it.form);
        ListForm {
            details: chosen.filter(|_| self.has_details.get()).map(|it| it.details.clone()),
            earlier: self.earlier.pruned(),
            entries: self.entries.get().and_then(Looked::pruned),
            head: self.head.clone(),
            in_force: chosen.map(|it| &it.header).filter(|it| **it != self.head).cloned(),
            shown: self.shown.borrow().values().cloned().collect(),
            terms: chosen.filter(|_| self.has_terms.get()).map(|it| it.terms.clone()),
            words: self.words.borrow().clone(),
        }
    }

    fn of(&self, header: &HeaderForm) -> Result<&'p RevisionTrees, InvalidReceipt> {
        let missing = || InvalidReceipt::Missing(format!("a revision of {}", header.list));
        let sequence = usize::try_from(header.sequence).map_err(InvalidReceipt::value)?;
        let issued = self.trees.list.revisions.get(sequence).ok_or_else(missing)?;
        let trees = self.trees.revision(issued).ok_or_else(missing)?;
        self.chosen.set(Some(trees));
        Ok(trees)
    }
}

impl ListEvidence for ShownList<'_> {
    fn earlier(&self, _: &HeaderForm) -> Result<&dyn Shelf<DatedForm>, InvalidReceipt> {
        Ok(&self.earlier)
    }

    fn header(&self, digest: &str) -> Result<HeaderForm, InvalidReceipt> {
        let digest: Hash = digest.parse().map_err(InvalidReceipt::value)?;
        let found = self.trees.list.revisions.iter().find(|it| it.hash == digest);
        let missing = || InvalidReceipt::Missing("a revision".to_owned());
        let issued = found.ok_or_else(missing)?;
        let trees = self.trees.revision(issued).ok_or_else(missing)?;
        if trees.form.header != self.head {
            self.chosen.set(Some(trees));
        }
        Ok(trees.form.header.clone())
    }

    fn details(&self, header: &HeaderForm) -> Result<DetailsForm, InvalidReceipt> {
        self.has_details.set(true);
        Ok(self.of(header)?.form.details.clone())
    }

    fn entries(&self, header: &HeaderForm) -> Result<&dyn Shelf<EntryLeafForm>, InvalidReceipt> {
        let trees = self.of(header)?;
        Ok(self.entries.get_or_init(|| trees.entries.look()))
    }

    fn terms(&self, header: &HeaderForm) -> Result<TermsForm, InvalidReceipt> {
        self.has_terms.set(true);
        Ok(self.of(header)?.form.terms.clone())
    }

    fn entry(&self, header: &HeaderForm, leaf: &EntryLeafForm) -> Result<BindingForm, InvalidReceipt> {
        let missing = || InvalidReceipt::Missing(format!("an entry of {}", header.list));
        let (binding, _) = self.of(header)?.by_hash.get(&leaf.entry).ok_or_else(missing)?;
        self.shown.borrow_mut().insert(binding.id.clone(), binding.clone());
        Ok(binding.clone())
    }

    fn words(&self, header: &HeaderForm, binding: &BindingForm) -> Result<WordsForm, InvalidReceipt> {
        let missing = || InvalidReceipt::Missing(format!("the words of an entry of {}", header.list));
        let hash = binding.hash().to_string();
        let (_, words) = self.of(header)?.by_hash.get(&hash).ok_or_else(missing)?;
        self.words.borrow_mut().insert(binding.id.clone(), words.clone());
        Ok(words.clone())
    }
}
