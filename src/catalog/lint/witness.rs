//! Questions that show what a rule is about.

use std::collections::BTreeMap;

use crate::catalog::lint::draft::Draft;
use crate::model::fact::SUBJECTS;
use crate::model::place::Inside;
use crate::model::{
    CategoryId, Condition, Count, Destinations, Entry, Item, Jurisdiction, PlaceKind, Question, Subjects, Value, When,
};

/// Where data goes in examples, if it may go there: places that everybody
/// knows.
const KNOWN: [&str; 4] = ["US", "DE", "CN", "JP"];

impl Draft<'_> {
    /// Returns a question that an entry binds, where one can be asked.
    pub(crate) fn witness(&self, entry: &Entry) -> Option<Question> {
        let categories = self.setting.words.categories;
        let is_bound = |it: &&CategoryId| !entry.except.iter().any(|except| categories.covers(except, it));
        let category = entry.categories.iter().find(is_bound)?;
        self.question(category, &[&entry.to], &self.conditions(entry)?)
    }

    /// Returns a question that two entries bind, where one can be asked.
    pub(crate) fn witness_of_both(&self, one: &Entry, other: &Entry) -> Option<Question> {
        let category = self.shared_category(one, other)?;
        let when = super::logic::both(&self.conditions(one)?, &other.when)?;
        self.question(&category, &[&one.to, &other.to], &when)
    }

    /// Returns the question whether a category may go to one of these
    /// destinations, all of which must name it, under these conditions.
    pub(crate) fn question(&self, category: &CategoryId, to: &[&Destinations], when: &When) -> Option<Question> {
        let mut facts = BTreeMap::new();
        let mut subjects = None;
        for (fact, condition) in when {
            let value = match condition {
                Condition::Flag(expected) => Value::Flag(*expected),
                Condition::Choice(among) => Value::Choice(among.first()?.clone()),
                Condition::Count(bounds, _) if fact.as_str() == SUBJECTS => {
                    subjects = Some(Subjects::Each(bounds.at_least()));
                    continue;
                }
                Condition::Count(bounds, _) => Value::Count(bounds.at_least()),
            };
            facts.insert(fact.clone(), value);
        }
        Some(Question {
            id: None,
            from: self.from(),
            to: Some(self.destination(to)?),
            items: vec![Item { category: category.clone(), subjects }],
            at: self.at(),
            known_on: None,
            facts,
            ordinary: false,
        })
    }

    /// Returns the same question about so many people.
    pub(crate) fn about(mut question: Question, count: Count) -> Question {
        for item in &mut question.items {
            item.subjects = Some(Subjects::Each(count));
        }
        question
    }

    /// Returns a place from which the list is asked: of a bloc, a member.
    fn from(&self) -> Jurisdiction {
        let jurisdiction = self.revision.list.jurisdiction();
        let place = self.setting.words.places.find(&jurisdiction);
        let member = place.into_iter().flat_map(|it| &it.members).find(|it| it.holds(self.at()));
        member.map_or(jurisdiction, |it| it.place.clone())
    }

    fn destination(&self, to: &[&Destinations]) -> Option<Jurisdiction> {
        let places = self.setting.words.places;
        let named = to.iter().flat_map(|it| match it {
            Destinations::Only(members) => self.revision.codes(members),
            Destinations::Any | Destinations::Except(_) => std::collections::BTreeSet::new(),
        });
        let known = KNOWN.iter().filter_map(|it| it.parse().ok());
        let all = places.iter().filter(|it| it.kind == PlaceKind::Country).map(|it| it.code.clone());
        let border = std::collections::BTreeSet::from([self.revision.border()]);
        let is_abroad = |it: &Jurisdiction| self.inside(it, &border) == Inside::None;
        let is_there = |it: &Jurisdiction| places.find(it).is_some();
        let mut candidates = known.chain(named).chain(all);
        candidates.find(|it| {
            is_there(it) && is_abroad(it) && to.iter().chain(&[&self.revision.applies_to]).all(|to| self.may_be(it, to))
        })
    }

    fn may_be(&self, place: &Jurisdiction, to: &Destinations) -> bool {
        match to {
            Destinations::Any => true,
            Destinations::Only(members) => self.inside(place, &self.revision.codes(members)) == Inside::All,
            Destinations::Except(members) => self.inside(place, &self.revision.codes(members)) == Inside::None,
        }
    }
}
