//! A question in numbers.

use smallvec::SmallVec;

use crate::evaluate::compiled::conditions::{People, Stated, stated};
use crate::evaluate::compiled::day::Day;
use crate::evaluate::compiled::words::Words;
use crate::model::{At, KnownOn, Question};

/// A question whose words were looked up, to be asked more than once, or of
/// many days. It belongs to the index that made it, and to those that were
/// made from it.
#[derive(Clone, Debug)]
pub struct Asked {
    pub(super) from: u32,
    pub(super) to: Option<u32>,
    pub(super) at: Day,
    pub(super) known_on: Option<Day>,
    pub(super) items: SmallVec<[AskedItem; 1]>,
    pub(super) stated: Stated,
}

/// An item in numbers.
#[derive(Clone, Debug)]
pub(super) struct AskedItem {
    pub(super) category: u32,
    pub(super) people: People,
}

impl Asked {
    /// Looks the words of a question up; `None` where one is not known.
    pub(super) fn of(question: &Question, words: &Words) -> Option<Asked> {
        let place = |it: &crate::model::Jurisdiction| words.places.find(it.as_str());
        let items = question.items.iter().map(|it| {
            let category = words.categories.find(it.category.as_str())?;
            Some(AskedItem { category, people: People::of(it.subjects.as_ref(), words) })
        });
        Some(Asked {
            from: place(&question.from)?,
            to: match &question.to {
                Some(to) => Some(place(to)?),
                None => None,
            },
            at: question.at.0.into(),
            known_on: question.known_on.map(|it| it.0.into()),
            items: items.collect::<Option<_>>()?,
            stated: stated(question, words)?,
        })
    }

    /// Returns the same question; where another states the same facts, what
    /// they state is kept once.
    #[must_use]
    pub fn sharing(self, other: &Asked) -> Asked {
        if self.stated == other.stated { Asked { stated: other.stated.clone(), ..self } } else { self }
    }

    /// Returns the same question of other days. What it states is shared.
    #[must_use]
    pub fn on(&self, at: At, known_on: Option<KnownOn>) -> Asked {
        Asked { at: at.0.into(), known_on: known_on.map(|it| it.0.into()), ..self.clone() }
    }
}
