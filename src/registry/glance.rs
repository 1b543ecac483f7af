//! A registry looked at for one question.

use std::path::{Path, PathBuf};

use crate::journal::{self, RealDisk};
use crate::model::{CategoryId, Question, State};
use crate::registry::open::{INDEX, Registry};
use crate::store::index::{Choice, IndexFile};

/// The words of a registry, from its index file. Of the lists only that is
/// read which one question can touch, so that its answer does not wait for the
/// rest.
#[derive(Debug)]
pub struct Glance {
    root: PathBuf,
    file: IndexFile,
    words: State,
}

impl Glance {
    /// Looks at the registry in a folder; `None` where its index file is not
    /// of the journal's head or not whole, so that it has to be opened.
    pub fn at(root: &Path) -> Option<Glance> {
        let found = journal::read_checkpoint(&RealDisk::new(root)).ok()?;
        // Where half of it cannot be read, the index may be one record behind.
        let checkpoint = Some(found.checkpoint).filter(|_| !found.is_damaged)?;
        let file = IndexFile::open(&root.join(INDEX), &checkpoint.head).ok()?;
        let words = file.words().ok()?;
        Some(Glance { root: root.to_owned(), file, words })
    }

    /// Returns the state without its lists: the words to ask in.
    pub fn words(&self) -> &State {
        &self.words
    }

    /// Returns a registry that has all that a question can touch, and answers
    /// it as the whole one does; `None` where the whole one has to be opened.
    pub fn registry_for(self, question: &Question) -> Option<Registry> {
        let Glance { root, file, mut words } = self;
        let in_reach = words.places.in_reach(&question.from);
        let categories = &words.categories;
        let meets = |it: &CategoryId| {
            // Towards anywhere, every place that an entry names is a case.
            question.to.is_none() || question.items.iter().any(|item| categories.touch(&item.category, it))
        };
        let choice = Choice { list: &|it| in_reach.contains(&it.jurisdiction()), category: &meets };
        let lists = file.lists(choice).ok()?;
        words.lists = lists;
        Some(Registry::for_question(&root, words, question))
    }
}
