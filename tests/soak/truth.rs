//! What is right: every head that there was, what the evaluator that reads like
//! the law answers there, and what the first server said of everything else.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use neglist::canon::{Chains, write_answer};
use neglist::evaluate::answer;
use neglist::log::LogTree;
use neglist::model::{Question, State};

/// So many heads are kept whole. A server that is further behind is not one
/// that follows.
const KEPT: usize = 180;

/// So long somebody waits to be told of a head that a server shows: the
/// publisher reads it from there itself, a moment later.
const PATIENCE: Duration = Duration::from_mins(2);

/// Everything that is right.
#[derive(Debug)]
pub struct Truth {
    known: Mutex<Known>,
    is_new: Condvar,
    /// What never changes, such as bundles of the log that are full.
    for_ever: Mutex<HashMap<String, blake3::Hash>>,
}

#[derive(Debug, Default)]
struct Known {
    /// How many records each head has, by its hash.
    sizes: HashMap<String, u64>,
    kept: VecDeque<Arc<Moment>>,
    tree: LogTree,
}

/// The registry at one head.
#[derive(Debug)]
pub struct Moment {
    pub state: State,
    /// What is right to answer, by the number of the question.
    answers: Mutex<BTreeMap<usize, blake3::Hash>>,
    documents: Mutex<HashMap<String, blake3::Hash>>,
}

impl Truth {
    pub fn new(chains: &Chains) -> Truth {
        let truth = Truth { known: Mutex::default(), is_new: Condvar::new(), for_ever: Mutex::new(HashMap::default()) };
        truth.known.lock().unwrap().tree = LogTree::new(chains.log());
        truth.keep(chains);
        truth
    }

    /// Takes in a head whose last record is new.
    pub fn grow(&self, chains: &Chains) {
        self.known.lock().unwrap().tree.push(*chains.log().last().unwrap());
        self.keep(chains);
    }

    fn keep(&self, chains: &Chains) {
        let state = chains.state().unwrap();
        let mut known = self.known.lock().unwrap();
        known.sizes.insert(state.head.hash.to_string(), state.head.size);
        known.kept.push_back(Arc::new(Moment { state, answers: Mutex::default(), documents: Mutex::default() }));
        if KEPT < known.kept.len() {
            known.kept.pop_front();
        }
        self.is_new.notify_all();
    }

    /// Returns the registry at a head, by its hash.
    pub fn at(&self, hash: &str) -> Result<Arc<Moment>, String> {
        let known = self.known.lock().unwrap();
        let (known, _) = self.is_new.wait_timeout_while(known, PATIENCE, |it| !it.sizes.contains_key(hash)).unwrap();
        let size = *known.sizes.get(hash).ok_or_else(|| format!("{hash} is a head that never was"))?;
        let found = known.kept.iter().find(|it| it.state.head.size == size);
        found.cloned().ok_or_else(|| format!("{size} records are more than {KEPT} behind"))
    }

    /// Returns the registry when it had so many records, if that is kept.
    pub fn kept(&self, size: u64) -> Option<Arc<Moment>> {
        self.known.lock().unwrap().kept.iter().find(|it| it.size() == size).cloned()
    }

    /// Returns the hash of a head that is kept.
    pub fn hash_of(&self, size: u64) -> Result<String, String> {
        let moment = self.kept(size).ok_or_else(|| format!("{size} records are more than {KEPT} behind"))?;
        Ok(moment.state.head.hash.to_string())
    }

    /// Returns the registry as it is now.
    pub fn now(&self) -> Arc<Moment> {
        Arc::clone(self.known.lock().unwrap().kept.back().unwrap())
    }

    /// Returns the root of the log over its first records.
    pub fn root_at(&self, size: u64) -> Option<[u8; 32]> {
        self.known.lock().unwrap().tree.root_at(size)
    }

    /// Returns whether what never changes is as it was.
    pub fn is_as_ever(&self, path: &str, body: &[u8]) -> bool {
        is_first_or_same(&self.for_ever, path, body)
    }
}

impl Moment {
    /// Returns how many records there are.
    pub fn size(&self) -> u64 {
        self.state.head.size
    }

    /// Returns what is right to answer to a question.
    pub fn right(&self, question: &Question) -> Vec<u8> {
        let mut right = Vec::with_capacity(2048);
        write_answer(&mut right, &answer(&self.state, question), &self.state.head);
        right.push(b'\n');
        right
    }

    /// Returns whether an answer is the right one to the question of a number.
    /// It is derived once for each head and question, and kept as its hash.
    pub fn is_right(&self, number: usize, question: &Question, given: &[u8]) -> bool {
        let kept = self.answers.lock().unwrap().get(&number).copied();
        let right = kept.unwrap_or_else(|| {
            let right = blake3::hash(&self.right(question));
            self.answers.lock().unwrap().insert(number, right);
            right
        });
        blake3::hash(given) == right
    }

    /// Returns whether a document is what the first server said of this head
    /// that was asked for it.
    pub fn is_same(&self, path: &str, body: &[u8]) -> bool {
        is_first_or_same(&self.documents, path, body)
    }
}

fn is_first_or_same(known: &Mutex<HashMap<String, blake3::Hash>>, path: &str, body: &[u8]) -> bool {
    let hash = blake3::hash(body);
    *known.lock().unwrap().entry(path.to_owned()).or_insert(hash) == hash
}
