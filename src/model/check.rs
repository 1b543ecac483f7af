//! Whether a question speaks the registry's words.
//!
//! What is not known is an error that names what is near, never a default.

use crate::model::condition::Count;
use crate::model::fact::{Fact, FactKind, Role, SUBJECTS, Value};
use crate::model::former::Fate;
use crate::model::id::{CategoryId, FactId, Jurisdiction, WindowId};
use crate::model::near::did_you_mean;
use crate::model::question::{Question, Subjects};
use crate::model::state::State;

/// So many mistakes of one question are named: whoever has more has not read the
/// first ones.
const MOST_MISTAKES: usize = 100;

/// Something in a question that the registry does not understand.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct QuestionMistake {
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub hint: Option<String>,
}

impl QuestionMistake {
    fn new(message: String, hint: Option<String>) -> QuestionMistake {
        QuestionMistake { message, hint }
    }
}

impl State {
    /// Returns everything in a question that this state does not understand, up
    /// to a hundred mistakes.
    pub fn mistakes(&self, question: &Question) -> Vec<QuestionMistake> {
        let places = std::iter::once(&question.from).chain(&question.to).filter_map(|it| self.place_mistake(it));
        let is_empty = question.items.is_empty();
        let none = is_empty.then(|| QuestionMistake::new("a question has at least one item".to_owned(), None));
        let items = question.items.iter().flat_map(|item| {
            let windows = item.subjects.iter().flat_map(|it| self.window_mistakes(it));
            self.category_mistake(&item.category).into_iter().chain(windows)
        });
        let facts = question.facts.iter().filter_map(|(id, value)| self.fact_mistake(id, value));
        // Each is looked for when it is asked for: what is beyond costs nothing.
        places.chain(none).chain(items).chain(facts).take(MOST_MISTAKES).collect()
    }

    /// Returns what is wrong with a category, if anything is.
    pub fn category_mistake(&self, id: &CategoryId) -> Option<QuestionMistake> {
        if self.categories.is_askable(id) {
            return None;
        }
        if let Some(gone) = self.categories.meaning(id).first().and_then(|it| self.categories.former(it)) {
            let message = format!("category `{id}` was removed from the catalog in release {}", gone.release);
            let why = match &gone.fate {
                Fate::Removed(why) => Some(why.en.clone()),
                Fate::Moved(_) | Fate::Merged(_) | Fate::Split(_) => None,
            };
            return Some(QuestionMistake::new(message, why));
        }
        let near = did_you_mean(id.as_str(), self.categories.iter().map(|it| it.id.as_str()));
        let hint = near.or_else(|| Some("`neglist catalog search WORD` finds categories".to_owned()));
        Some(QuestionMistake::new(format!("unknown category `{id}`"), hint))
    }

    /// Returns what is wrong with a place, if anything is.
    pub fn place_mistake(&self, code: &Jurisdiction) -> Option<QuestionMistake> {
        if self.places.find(code).is_some() {
            return None;
        }
        let hint = match self.usual_code(code.as_str()) {
            Some(usual) => Some(format!("did you mean `{usual}`?")),
            None => did_you_mean(code.as_str(), self.places.iter().map(|it| it.code.as_str())),
        };
        let hint =
            hint.or_else(|| Some("places are ISO 3166 codes such as `CN`, `US-TX`, or blocs such as `EEA`".to_owned()));
        Some(QuestionMistake::new(format!("unknown place `{code}`"), hint))
    }

    /// Returns the code of a place that has another one in everyday use.
    pub fn usual_code(&self, written: &str) -> Option<&'static str> {
        // `UK` is nobody's code, and everybody writes it.
        let usual = match written.to_uppercase().as_str() {
            "UK" => "GB",
            "EU-27" | "EUROPE" => "EEA",
            _ => return None,
        };
        usual.parse().is_ok_and(|it| self.places.find(&it).is_some()).then_some(usual)
    }

    fn window_mistakes(&self, subjects: &Subjects) -> Vec<QuestionMistake> {
        let Subjects::In(counts) = subjects else { return Vec::new() };
        // Of windows that nobody knows, none includes another.
        let known: Vec<_> = counts.iter().filter(|(id, _)| self.vocabulary.window(id).is_some()).collect();
        let contradictory = known.iter().flat_map(|(longer, few)| {
            let is_contradicted =
                move |it: &&(&WindowId, &Count)| *few < it.1 && self.vocabulary.includes(longer, it.0);
            known.iter().filter(is_contradicted).map(move |(shorter, many)| {
                let message = format!("{many} people over `{shorter}` are more than {few} over `{longer}`");
                let hint = format!("`{longer}` includes `{shorter}`: nobody has fewer people in it");
                QuestionMistake::new(message, Some(hint))
            })
        });
        let unknown = counts.keys().filter(|it| self.vocabulary.window(it).is_none());
        let unknown = unknown.map(|id| {
            let windows: Vec<_> = self.vocabulary.windows().map(|it| format!("`{}`", it.id)).collect();
            let hint = did_you_mean(id.as_str(), self.vocabulary.windows().map(|it| it.id.as_str()));
            let hint = hint.or_else(|| Some(format!("windows are {}", windows.join(", "))));
            QuestionMistake::new(format!("unknown window `{id}`"), hint)
        });
        contradictory.chain(unknown).take(MOST_MISTAKES).collect()
    }

    /// Returns what is wrong with a stated fact, if anything is.
    pub fn fact_mistake(&self, id: &FactId, value: &Value) -> Option<QuestionMistake> {
        if id.as_str() == SUBJECTS {
            let hint = Some("give the number with its item, as in `personal.contact,subjects=500`".to_owned());
            return Some(QuestionMistake::new("`subjects` belongs to an item and not to the facts".to_owned(), hint));
        }
        let Some(fact) = self.vocabulary.find(id) else {
            let hint = did_you_mean(id.as_str(), self.vocabulary.iter().map(|it| it.id.as_str()));
            let hint = hint.or_else(|| Some("`neglist catalog facts` shows them all".to_owned()));
            return Some(QuestionMistake::new(format!("unknown fact `{id}`"), hint));
        };
        if fact.role == Role::Duty {
            let hint = Some("a duty remains whatever the outcome: it is named in answers and never stated".to_owned());
            return Some(QuestionMistake::new(format!("`{id}` is a duty"), hint));
        }
        value_mistake(fact, value)
    }
}

fn value_mistake(fact: &Fact, value: &Value) -> Option<QuestionMistake> {
    let id = &fact.id;
    match (&fact.kind, value) {
        (FactKind::Flag, Value::Flag(_)) | (FactKind::Count, Value::Count(_)) => None,
        (FactKind::Choice(among), Value::Choice(choice)) if among.contains(choice) => None,
        (FactKind::Choice(among), Value::Choice(choice)) => {
            let all: Vec<_> = among.iter().map(|it| format!("`{it}`")).collect();
            let hint = did_you_mean(choice.as_str(), among.iter().map(crate::model::id::ChoiceId::as_str));
            let hint = hint.or_else(|| Some(format!("its values are {}", all.join(", "))));
            Some(QuestionMistake::new(format!("unknown value `{choice}` of `{id}`"), hint))
        }
        (FactKind::Flag, Value::Choice(_) | Value::Count(_)) => {
            Some(QuestionMistake::new(format!("`{id}` is a flag"), Some("expected yes or no".to_owned())))
        }
        (FactKind::Count, Value::Flag(_) | Value::Choice(_)) => {
            Some(QuestionMistake::new(format!("`{id}` is a count"), Some("expected a number".to_owned())))
        }
        (FactKind::Choice(among), Value::Flag(_) | Value::Count(_)) => {
            let all: Vec<_> = among.iter().map(|it| format!("`{it}`")).collect();
            Some(QuestionMistake::new(
                format!("`{id}` is a choice"),
                Some(format!("its values are {}", all.join(", "))),
            ))
        }
    }
}
