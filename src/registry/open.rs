//! A registry open for reading.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::canon::{Chains, answer_json};
use crate::evaluate::{Index, answer};
use crate::journal::{self, RealDisk};
use crate::model::{Answer, Brief, Question, QuestionMistake, State};
use crate::registry::publish::{PublishError, Publisher};
use crate::store::index;

pub(crate) const INDEX: &str = "index";
pub(crate) const STORE: &str = "store";
pub(crate) const LOCK: &str = "lock";

/// A registry open for reading: the state at its head.
///
/// Reading takes no lock, and works beside a process that writes.
#[derive(Debug)]
pub struct Registry {
    root: PathBuf,
    state: Arc<State>,
    /// Made when the first question comes.
    index: OnceLock<Index>,
    is_paranoid: bool,
    freshness: Freshness,
}

/// From where the state was taken.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Freshness {
    /// From the index file, which belongs to the journal's head.
    Index,
    /// From the journal, the view having been brought up to date or rebuilt
    /// for the next reader. What was mended is said.
    Rebuilt(Vec<String>),
    /// From the journal alone, since another process holds the registry.
    Journal,
    /// From the journal alone, since nothing can be written there; with why.
    ReadOnly(String),
    /// From records in memory, which were kept nowhere.
    Memory,
}

/// Why a registry cannot be opened. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no registry at the path.
    #[error("no registry at `{}`", .0.display())]
    Missing(PathBuf),
    /// The path is a file.
    #[error("`{}` is a file, and a registry is a folder", .0.display())]
    File(PathBuf),
    /// The journal is damaged.
    #[error("the registry at `{}` is damaged", .root.display())]
    Damaged {
        /// The registry.
        root: PathBuf,
        /// What is wrong with the journal.
        #[source]
        source: journal::OpenError,
    },
    /// There is nothing to ask in yet.
    #[error("the registry at `{}` has no releases of categories, facts and jurisdictions", .0.display())]
    NoWords(PathBuf),
}

/// Why a question got no answer.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AskError {
    /// Something in it is not understood.
    #[error("the question is not understood")]
    Mistakes(Vec<QuestionMistake>),
    /// The two evaluators do not agree. One of them is wrong, and nobody knows
    /// which.
    #[error("the two evaluators do not agree on this question, and so it is not answered")]
    Disagreement,
}

impl Registry {
    /// Opens the registry in a folder.
    pub fn open(root: &Path) -> Result<Registry, OpenError> {
        if root.is_file() {
            return Err(OpenError::File(root.to_owned()));
        }
        let disk = RealDisk::new(root);
        let found = journal::read_checkpoint(&disk).map_err(|it| damaged(root, it))?;
        // Where half of it cannot be read, the index may be one record behind.
        if !found.is_damaged
            && let Ok(state) = index::read(&root.join(INDEX), &found.checkpoint.head)
        {
            return Ok(Registry::of(root, state, Freshness::Index));
        }
        Registry::open_slowly(root)
    }

    /// Opens a registry whose index file is missing, stale or damaged.
    fn open_slowly(root: &Path) -> Result<Registry, OpenError> {
        let (state, freshness) = match Publisher::open(root) {
            Ok(publisher) => {
                let mended = publisher.mended().to_vec();
                let state = publisher.into_state().ok_or_else(|| OpenError::NoWords(root.to_owned()))?;
                (state, Freshness::Rebuilt(mended))
            }
            // Held by another process, or not ours to write, or the disk is
            // full: what the journal says can still be read.
            Err(PublishError::Held { .. }) => (read_journal(root)?, Freshness::Journal),
            Err(PublishError::Io(error)) => (read_journal(root)?, Freshness::ReadOnly(error.to_string())),
            Err(PublishError::Open(error)) => return Err(error),
            Err(
                error @ (PublishError::Broken(_)
                | PublishError::Words(_)
                | PublishError::Release(_)
                | PublishError::Append(_)
                | PublishError::Copy { .. }
                | PublishError::Shared(_)
                | PublishError::Other { .. }
                | PublishError::Diverged { .. }
                | PublishError::Behind { .. }),
            ) => {
                unreachable!("opening does not publish: {error}")
            }
        };
        Ok(Registry::of(root, state, freshness))
    }

    /// Makes a registry of chains that are kept nowhere; `None` where there is
    /// nothing to ask in.
    pub fn in_memory(root: &Path, chains: &Chains) -> Option<Registry> {
        Some(Registry::of(root, chains.state()?, Freshness::Memory))
    }

    pub(super) fn of(root: &Path, state: State, freshness: Freshness) -> Registry {
        Registry {
            root: root.to_owned(),
            state: Arc::new(state),
            index: OnceLock::new(),
            is_paranoid: false,
            freshness,
        }
    }

    /// Makes a registry of what an index file has for one question.
    pub(super) fn for_question(root: &Path, state: State, question: &Question) -> Registry {
        let registry = Registry::of(root, state, Freshness::Index);
        let index = Index::for_question(Arc::clone(&registry.state), question);
        Registry { index: OnceLock::from(index), ..registry }
    }

    /// Returns where the registry lies.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns everything that it holds.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Returns from where the state was taken.
    pub fn freshness(&self) -> &Freshness {
        &self.freshness
    }

    /// Returns the same registry, which from now on asks both evaluators, and
    /// does not answer where they differ.
    #[must_use]
    pub fn paranoid(self) -> Registry {
        Registry { is_paranoid: true, ..self }
    }

    /// Answers a question.
    pub fn ask(&self, question: &Question) -> Result<Answer<'_>, AskError> {
        let mistakes = self.state.mistakes(question);
        if !mistakes.is_empty() {
            return Err(AskError::Mistakes(mistakes));
        }
        let answered = self.index().answer(question);
        if self.is_paranoid && !self.agrees(&answered) {
            return Err(AskError::Disagreement);
        }
        Ok(answered)
    }

    /// Returns what a question comes to, without the reasons.
    pub fn brief(&self, question: &Question) -> Result<Brief, AskError> {
        if self.is_paranoid {
            return self.ask(question).map(|it| it.brief());
        }
        let mistakes = self.state.mistakes(question);
        if mistakes.is_empty() { Ok(self.index().brief(question)) } else { Err(AskError::Mistakes(mistakes)) }
    }

    /// Returns whether both evaluators are asked.
    pub fn is_paranoid(&self) -> bool {
        self.is_paranoid
    }

    /// Returns whether the evaluator that reads like the law says the same, in
    /// all that others read.
    fn agrees(&self, answered: &Answer<'_>) -> bool {
        let head = &self.state.head;
        answer_json(answered, head) == answer_json(&answer(&self.state, &answered.question), head)
    }

    /// Returns the index of the state.
    pub fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::new(Arc::clone(&self.state)))
    }
}

fn read_journal(root: &Path) -> Result<State, OpenError> {
    let chains = journal::read_folder(&RealDisk::new(root)).map_err(|it| damaged(root, it))?;
    chains.state().ok_or_else(|| OpenError::NoWords(root.to_owned()))
}

pub(crate) fn damaged(root: &Path, source: journal::OpenError) -> OpenError {
    if matches!(source, journal::OpenError::Missing) {
        return OpenError::Missing(root.to_owned());
    }
    OpenError::Damaged { root: root.to_owned(), source }
}
