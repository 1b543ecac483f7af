//! Words as numbers, and questions read from strings.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;
use neglist::model::{CategoryId, FactId, FactKind, Question, Role, State, Subjects, Value};

use crate::world::facts_of;

/// A question as numbers, with all that it states.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked {
    pub from: u16,
    pub to: u16,
    pub category: u16,
    pub at: u32,
    /// The largest number where all that is known counts.
    pub known: u32,
    pub subjects: u64,
    pub devices: u64,
    pub flags: u8,
    /// Of each choice the bit of its value.
    pub choices: [u8; 2],
    pub mechanisms: u8,
    pub exemptions: u8,
}

/// A question as it comes from outside.
#[derive(Clone, Debug)]
pub struct Spoken {
    pub from: String,
    pub to: String,
    pub category: String,
    pub at: String,
    pub known_on: Option<String>,
    pub subjects: String,
    pub facts: Vec<(String, String)>,
}

/// The numbers of all words.
#[derive(Debug)]
pub struct Names {
    pub places: Vec<String>,
    pub categories: Vec<CategoryId>,
    place_numbers: HashMap<String, u16>,
    category_numbers: HashMap<String, u16>,
    facts: HashMap<String, Meaning>,
    choices: Vec<(FactId, Vec<String>)>,
}

/// What a fact is among the numbers.
#[derive(Clone, Copy, Debug)]
enum Meaning {
    Flag(u8),
    Mechanism(u8),
    Exemption(u8),
    Choice(usize),
    Devices,
}

/// Returns a day as a number that is larger the later it is.
pub fn day(date: Date) -> u32 {
    let [year, month, day] = [i32::from(date.year()), i32::from(date.month()), i32::from(date.day())];
    u32::try_from(year * 10_000 + month * 100 + day).unwrap()
}

impl Names {
    pub fn of(state: &State) -> Names {
        let places: Vec<String> = state.places.iter().map(|it| it.code.to_string()).collect();
        let categories: Vec<CategoryId> = state.categories.iter().map(|it| it.id.clone()).collect();
        let is_flag = |it: &FactKind| *it == FactKind::Flag;
        let mut facts = HashMap::new();
        let kinds: [(Role, fn(u8) -> Meaning); 3] = [
            (Role::Circumstance, Meaning::Flag),
            (Role::Mechanism, Meaning::Mechanism),
            (Role::Exemption, Meaning::Exemption),
        ];
        for (role, meaning) in kinds {
            for (position, it) in facts_of(state, role, is_flag).into_iter().enumerate() {
                facts.insert(it.to_string(), meaning(1 << position));
            }
        }
        facts.insert("devices".to_owned(), Meaning::Devices);
        let mut choices = Vec::new();
        for fact in state.vocabulary.iter() {
            if let FactKind::Choice(among) = &fact.kind {
                facts.insert(fact.id.to_string(), Meaning::Choice(choices.len()));
                choices.push((fact.id.clone(), among.iter().map(ToString::to_string).collect()));
            }
        }
        let numbered = |all: &[String]| (0..).zip(all).map(|(number, it)| (it.clone(), number)).collect();
        let category_names: Vec<String> = categories.iter().map(ToString::to_string).collect();
        Names {
            place_numbers: numbered(&places),
            category_numbers: numbered(&category_names),
            places,
            categories,
            facts,
            choices,
        }
    }

    pub fn place(&self, code: &str) -> u16 {
        self.place_numbers[code]
    }

    pub fn category(&self, id: &CategoryId) -> u16 {
        self.category_numbers[id.as_str()]
    }

    pub fn flag(&self, fact: &FactId) -> u8 {
        let Meaning::Flag(bit) = self.facts[fact.as_str()] else { panic!("`{fact}` is no flag") };
        bit
    }

    pub fn mechanisms(&self, all: &BTreeSet<FactId>) -> u8 {
        all.iter().map(|it| if let Meaning::Mechanism(bit) = self.facts[it.as_str()] { bit } else { 0 }).sum()
    }

    pub fn exemptions(&self, all: &BTreeSet<FactId>) -> u8 {
        all.iter().map(|it| if let Meaning::Exemption(bit) = self.facts[it.as_str()] { bit } else { 0 }).sum()
    }

    pub fn choice(&self, fact: &FactId) -> usize {
        self.choices.iter().position(|(it, _)| it == fact).unwrap()
    }

    /// Returns the bit of a value of a choice.
    pub fn choice_value(&self, number: usize, value: &str) -> u8 {
        1 << self.choices[number].1.iter().position(|it| it == value).unwrap()
    }

    /// Returns for each category what is above it, and what is below it.
    pub fn tree(&self, state: &State) -> (Vec<Vec<u16>>, Vec<Vec<u16>>) {
        let mut above = Vec::new();
        let mut below = vec![Vec::new(); self.categories.len()];
        for id in &self.categories {
            let own = self.category(id);
            let all: Vec<u16> =
                std::iter::once(own).chain(state.categories.broader(id).map(|it| self.category(it))).collect();
            for it in &all {
                below[*it as usize].push(own);
            }
            above.push(all);
        }
        (above, below)
    }

    /// Returns a question as numbers.
    pub fn asked(&self, question: &Question) -> Asked {
        self.read(&Names::spoken(question))
    }

    /// Returns a question as it would come from outside.
    pub fn spoken(question: &Question) -> Spoken {
        let item = &question.items[0];
        let Some(Subjects::Each(people)) = item.subjects else { panic!("the number of people is stated") };
        let value = |it: &Value| match it {
            Value::Flag(it) => it.to_string(),
            Value::Choice(it) => it.to_string(),
            Value::Count(it) => it.to_string(),
        };
        Spoken {
            from: question.from.to_string(),
            to: question.to.as_ref().unwrap().to_string(),
            category: item.category.to_string(),
            at: question.at.to_string(),
            known_on: question.known_on.map(|it| it.to_string()),
            subjects: people.to_string(),
            facts: question.facts.iter().map(|(fact, it)| (fact.to_string(), value(it))).collect(),
        }
    }

    /// Reads a question from its strings, as quickly as is simple: what each
    /// engine that speaks numbers needs before it can be asked.
    pub fn read(&self, spoken: &Spoken) -> Asked {
        let mut asked = Asked {
            from: self.place_numbers[&spoken.from],
            to: self.place_numbers[&spoken.to],
            category: self.category_numbers[&spoken.category],
            at: read_day(&spoken.at),
            known: spoken.known_on.as_ref().map_or(u32::MAX - 1, |it| read_day(it)),
            subjects: spoken.subjects.parse().unwrap(),
            ..Asked::default()
        };
        for (fact, value) in &spoken.facts {
            match self.facts[fact] {
                Meaning::Flag(bit) if value == "true" => asked.flags |= bit,
                Meaning::Mechanism(bit) if value == "true" => asked.mechanisms |= bit,
                Meaning::Exemption(bit) if value == "true" => asked.exemptions |= bit,
                Meaning::Flag(_) | Meaning::Mechanism(_) | Meaning::Exemption(_) => {}
                Meaning::Choice(number) => asked.choices[number] = self.choice_value(number, value),
                Meaning::Devices => asked.devices = value.parse().unwrap(),
            }
        }
        asked
    }
}

fn read_day(text: &str) -> u32 {
    let mut parts = text.split('-').map(|it| it.parse::<u32>().unwrap());
    let mut next = || parts.next().unwrap();
    next() * 10_000 + next() * 100 + next()
}
