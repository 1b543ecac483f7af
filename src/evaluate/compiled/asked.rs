//! A question in numbers.

use std::sync::Arc;

use smallvec::SmallVec;

use crate::evaluate::compiled::conditions::{People, Stated};
use crate::evaluate::compiled::day::Day;
use crate::evaluate::compiled::words::Words;
use crate::model::{At, KnownOn, Question};

/// A question whose words were looked up, to be asked more than once, or of
/// many days. It belongs to the index that made it, and to those that were
/// made from it and have the same words.
#[derive(Clone, Debug)]
pub struct Asked {
    way: Way,
    items: SmallVec<[AskedItem; 1]>,
    stated: Arc<Stated>,
}

/// From where to where, and when.
#[derive(Clone, Copy, Debug)]
struct Way {
    from: u32,
    to: Option<u32>,
    at: Day,
    known_on: Option<Day>,
}

/// An item in numbers.
#[derive(Clone, Debug)]
pub(super) struct AskedItem {
    pub(super) category: u32,
    pub(super) people: People,
}

/// What is asked, wherever it is kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ask<'q> {
    pub(super) from: u32,
    pub(super) to: Option<u32>,
    pub(super) at: Day,
    pub(super) known_on: Option<Day>,
    pub(super) items: &'q [AskedItem],
    pub(super) stated: &'q Stated,
}

/// A question that was looked up to be asked once.
#[derive(Debug)]
pub(super) struct AskedOnce {
    way: Way,
    items: SmallVec<[AskedItem; 1]>,
    stated: Stated,
}

impl AskedOnce {
    /// Looks the words of a question up; `None` where one is not known.
    pub(super) fn of(question: &Question, words: &Words) -> Option<AskedOnce> {
        let place = |it: &crate::model::Jurisdiction| words.asked_place(it.as_str());
        let mut items = SmallVec::new();
        for it in &question.items {
            let category = words.asked_category(it.category.as_str())?;
            items.push(AskedItem { category, people: People::of(it.subjects.as_ref(), words) });
        }
        let way = Way {
            from: place(&question.from)?,
            to: match &question.to {
                Some(to) => Some(place(to)?),
                None => None,
            },
            at: question.at.0.into(),
            known_on: question.known_on.map(|it| it.0.into()),
        };
        Some(AskedOnce { way, items, stated: Stated::of(question, words)? })
    }

    pub(super) fn ask(&self) -> Ask<'_> {
        self.way.ask(&self.items, &self.stated)
    }
}

impl Way {
    #[inline]
    fn ask<'q>(&self, items: &'q [AskedItem], stated: &'q Stated) -> Ask<'q> {
        let Way { from, to, at, known_on } = *self;
        Ask { from, to, at, known_on, items, stated }
    }
}

impl Asked {
    pub(super) fn of(once: AskedOnce) -> Asked {
        Asked { way: once.way, items: once.items, stated: Arc::new(once.stated) }
    }

    #[inline]
    pub(super) fn ask(&self) -> Ask<'_> {
        self.way.ask(&self.items, &self.stated)
    }

    /// Returns the same question; where another states the same facts, what
    /// they state is kept once.
    #[must_use]
    pub fn sharing(self, other: &Asked) -> Asked {
        if self.stated == other.stated { Asked { stated: Arc::clone(&other.stated), ..self } } else { self }
    }

    /// Returns the same question of other days. What it states is shared.
    #[must_use]
    pub fn on(&self, at: At, known_on: Option<KnownOn>) -> Asked {
        let way = Way { at: at.0.into(), known_on: known_on.map(|it| it.0.into()), ..self.way };
        Asked { way, ..self.clone() }
    }
}
