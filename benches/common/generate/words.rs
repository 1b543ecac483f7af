//! The words of a generated registry: categories, facts, places.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use neglist::model::date::Date;
use neglist::model::{
    Categories, Category, CategoryId, Fact, FactKind, Jurisdiction, Place, PlaceKind, Places, Published, Role, Text,
    Vocabulary, Window,
};
use semver::Version;

use super::random::Random;

pub const FLAGS: [&str; 8] = [
    "data.collected-abroad",
    "data.de-identified",
    "data.encrypted",
    "exporter.ciio",
    "exporter.public-body",
    "recipient.covered-person",
    "recipient.intra-group",
    "transfer.systematic",
];
pub const SECTORS: [&str; 8] = ["automotive", "banking", "energy", "health", "mapping", "mining", "retail", "telecom"];
pub const TRANSACTIONS: [&str; 8] =
    ["brokerage", "cloud", "employment", "investment", "outsourcing", "research", "sale", "travel"];
pub const CHOICES: [(&str, [&str; 8]); 2] = [("sector", SECTORS), ("transaction", TRANSACTIONS)];
pub const WINDOWS: [&str; 3] = ["calendar-year", "rolling-12-months", "since-previous-year"];
pub const SUBJECTS: &str = "subjects";
pub const DEVICES: &str = "devices";
pub const MECHANISMS: [&str; 6] =
    ["certification", "comparable-protection", "consent", "license", "security-assessment", "standard-contract"];
pub const EXEMPTIONS: [&str; 4] = ["contract-necessity", "emergency", "hr-management", "public-interest"];
pub const DUTIES: [&str; 4] = ["impact-assessment", "notify-subjects", "record-keeping", "report"];

/// How many categories there are so many dots down: 1,000, on average 4.56
/// names long.
const LEVELS: [usize; 6] = [8, 40, 130, 260, 330, 232];
const PLACES: usize = 200;
const NAMES: [&str; 12] = [
    "account", "contact", "device", "finance", "genome", "health", "image", "location", "payment", "record", "survey",
    "travel",
];

/// What a registry is written in.
#[derive(Debug)]
pub struct Words {
    pub categories: Categories,
    pub vocabulary: Vocabulary,
    pub places: Places,
    pub tree: Tree,
    pub codes: Vec<Jurisdiction>,
}

/// The categories, in the order of their ids: whatever is below one follows
/// it.
#[derive(Debug)]
pub struct Tree {
    pub ids: Vec<CategoryId>,
    /// For each how many are below it.
    pub below: Vec<usize>,
}

impl Words {
    pub fn new(seed: u64) -> Words {
        let categories = categories(&mut Random::new(seed, 1));
        let tree = Tree::of(&categories);
        let places = places();
        let codes = places.iter().map(|it| it.code.clone()).collect();
        Words { categories, vocabulary: vocabulary(), places, tree, codes }
    }
}

impl Tree {
    pub fn of(categories: &Categories) -> Tree {
        let mut ids: Vec<CategoryId> = categories.iter().map(|it| it.id.clone()).collect();
        // By their names, since `a-b` stands between `a` and `a.b`.
        ids.sort_by(|one, other| one.as_str().split('.').cmp(other.as_str().split('.')));
        let mut below: BTreeMap<CategoryId, usize> = BTreeMap::new();
        for id in &ids {
            let mut above = id.parent();
            while let Some(it) = above {
                above = it.parent();
                *below.entry(it).or_default() += 1;
            }
        }
        let below = ids.iter().map(|it| below.get(it).copied().unwrap_or_default()).collect();
        Tree { ids, below }
    }

    /// Returns the positions of what is below a category.
    pub fn below(&self, position: usize) -> std::ops::Range<usize> {
        position + 1..position + 1 + self.below[position]
    }

    pub fn is_leaf(&self, position: usize) -> bool {
        self.below[position] == 0
    }
}

fn categories(random: &mut Random) -> Categories {
    let mut all: Vec<CategoryId> = Vec::new();
    let mut above: Vec<CategoryId> = Vec::new();
    for count in LEVELS {
        let mut level = Vec::with_capacity(count);
        for _ in 0..count {
            let name = format!("{}{}", random.pick(&NAMES), all.len() + level.len());
            level.push(if above.is_empty() { id(&name) } else { id(&format!("{}.{name}", random.pick(&above))) });
        }
        all.extend(level.iter().cloned());
        above = level;
    }
    let node = |it: CategoryId| Category {
        name: text(it.as_str()),
        id: it,
        broader: BTreeSet::new(),
        dpv: Vec::new(),
        note: None,
    };
    Categories::new(Version::new(1, 0, 0), published(), all.into_iter().map(node)).unwrap()
}

fn vocabulary() -> Vocabulary {
    let fact = |it: &str, kind, role| Fact { id: id(it), kind, role, name: text(it) };
    let mut facts = Vec::new();
    facts.extend([SUBJECTS, DEVICES].map(|it| fact(it, FactKind::Count, Role::Circumstance)));
    facts.extend(CHOICES.map(|(it, values)| fact(it, FactKind::Choice(ids(&values)), Role::Circumstance)));
    facts.extend(FLAGS.map(|it| fact(it, FactKind::Flag, Role::Circumstance)));
    facts.extend(MECHANISMS.map(|it| fact(it, FactKind::Flag, Role::Mechanism)));
    facts.extend(EXEMPTIONS.map(|it| fact(it, FactKind::Flag, Role::Exemption)));
    facts.extend(DUTIES.map(|it| fact(it, FactKind::Flag, Role::Duty)));
    let windows = WINDOWS.map(|it| Window { id: id(it), name: text(it), includes: BTreeSet::new() });
    Vocabulary::new(Version::new(1, 0, 0), published(), facts, windows).unwrap()
}

fn places() -> Places {
    let code = |number: usize| [number / 26, number % 26].map(|it| char::from(b'A' + it as u8));
    let place = |number| {
        let code: String = code(number).into_iter().collect();
        Place { code: id(&code), kind: PlaceKind::Country, parent: None, members: Vec::new(), name: text(&code) }
    };
    Places::new(Version::new(1, 0, 0), published(), (0..PLACES).map(place)).unwrap()
}

fn published() -> Published {
    Published(Date::constant(2000, 1, 1))
}

pub fn text(it: &str) -> Text {
    Text { en: it.to_owned(), zh: "文".to_owned() }
}

pub fn id<T: FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().unwrap()
}

pub fn ids<T: FromStr + Ord>(texts: &[&str]) -> BTreeSet<T>
where
    T::Err: std::fmt::Debug,
{
    texts.iter().map(|it| id(it)).collect()
}
