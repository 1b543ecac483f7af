//! Entries: what a list draws from, and what it makes of it.

use std::collections::{BTreeMap, BTreeSet};

use neglist::model::{
    Alternative, Bounds, CategoryId, Condition, Count, Destinations, Effect, Entry, EntryId, EntryNote, EntryNoteKind,
    FactId, GroupId, Jurisdiction, Member, Objective, Text, When,
};

use super::random::Random;
use super::words::{CHOICES, DEVICES, DUTIES, EXEMPTIONS, FLAGS, MECHANISMS, SUBJECTS, WINDOWS, Words, id, ids};

const CONDITIONS: usize = 150;
const RULES: usize = 150;
const CONDITIONS_OF_A_LIST: usize = 16;
const RULES_OF_A_LIST: usize = 24;
/// Sets of single codes, or of a few, that a list names.
const CODES_OF_A_LIST: usize = 8;
/// To the first so many places half of all data goes, and of them lists speak
/// most.
pub const LARGE: usize = 20;
/// Between these numbers of people no condition begins or ends.
pub const THRESHOLDS: [u64; 9] = [101, 1_001, 10_000, 10_001, 50_000, 100_000, 100_001, 1_000_000, 10_000_000];
pub const MANY_DEVICES: [u64; 2] = [100, 10_000];

/// What an entry does and what lifts it.
#[derive(Clone, Debug)]
struct Rule {
    effect: Effect,
    exemptions: BTreeSet<FactId>,
    duties: BTreeSet<FactId>,
}

/// What one list draws its entries from.
#[derive(Debug)]
pub struct Law {
    pub groups: BTreeMap<GroupId, BTreeSet<Jurisdiction>>,
    conditions: Vec<When>,
    rules: Vec<Rule>,
    codes: Vec<BTreeSet<Member>>,
    prose: Prose,
}

impl Law {
    /// `seed` is that of the registry: all its lists share conditions and
    /// rules.
    pub fn new(words: &Words, seed: u64, random: &mut Random) -> Law {
        let mut shared = Random::new(seed, 2);
        let conditions: Vec<When> = (0..CONDITIONS).map(|_| when(&mut shared)).collect();
        let rules: Vec<Rule> = (0..RULES).map(|_| rule(&mut shared)).collect();
        let groups = ["adequate", "of-concern"].into_iter().take(random.between(1, 3));
        let groups = groups.map(|it| (id(it), random_places(words, random))).collect();
        let how_many = |random: &mut Random| random.weighted(&[(800, 1), (115, 2), (25, 3), (35, 4), (25, 5)]);
        let codes = (0..CODES_OF_A_LIST).map(|_| {
            let how_many = how_many(random);
            (0..how_many).map(|_| Member::Place(any_place(&words.codes, random).clone())).collect()
        });
        let codes = codes.collect();
        Law {
            groups,
            conditions: random.some(&conditions, CONDITIONS_OF_A_LIST).into_iter().cloned().collect(),
            rules: random.some(&rules, RULES_OF_A_LIST).into_iter().cloned().collect(),
            codes,
            prose: Prose::new(&mut shared),
        }
    }

    /// Drafts an entry.
    pub fn entry(&self, words: &Words, name: EntryId, random: &mut Random) -> Entry {
        let (categories, except) = categories(words, random);
        let Rule { effect, exemptions, duties } = random.pick(&self.rules).clone();
        let objectives = [
            (492, Objective::Privacy),
            (400, Objective::NationalSecurity),
            (58, Objective::Other),
            (50, Objective::PublicInterest),
        ];
        let note = random
            .is_one_of_thousand(113)
            .then(|| EntryNote { kind: *random.pick(&EntryNoteKind::ALL), text: self.prose.text(random) });
        Entry {
            id: name,
            categories,
            except,
            to: self.destinations(random),
            when: self.conditions(random),
            effect,
            exemptions,
            duties,
            objective: random.weighted(&objectives),
            cite: self.prose.cite(random),
            note: self.prose.text(random),
            combine: None,
            notes: note.into_iter().collect(),
        }
    }

    /// Amends an entry: one or two things about it.
    pub fn amended(&self, before: &Entry, random: &mut Random) -> Entry {
        let mut after = before.clone();
        match random.below(4) {
            0 => after.to = self.destinations(random),
            1 => after.when = self.conditions(random),
            2 => {
                let Rule { effect, exemptions, duties } = random.pick(&self.rules).clone();
                (after.effect, after.exemptions, after.duties) = (effect, exemptions, duties);
            }
            _ => after.cite = self.prose.cite(random),
        }
        after.note = self.prose.text(random);
        after
    }

    pub fn text(&self, random: &mut Random) -> Text {
        self.prose.text(random)
    }

    fn conditions(&self, random: &mut Random) -> When {
        if random.is_one_of_thousand(441) { When::new() } else { random.pick(&self.conditions).clone() }
    }

    fn destinations(&self, random: &mut Random) -> Destinations {
        let codes = random.pick(&self.codes).clone();
        let groups: Vec<&GroupId> = self.groups.keys().collect();
        let group = BTreeSet::from([Member::Group((*random.pick(&groups)).clone())]);
        random.weighted(&[
            (586, Destinations::Any),
            (240, Destinations::Only(codes.clone())),
            (95, Destinations::Except(group.clone())),
            (72, Destinations::Only(group)),
            (7, Destinations::Except(codes)),
        ])
    }
}

/// Returns some place, half of the time a large one.
pub fn any_place<'a>(codes: &'a [Jurisdiction], random: &mut Random) -> &'a Jurisdiction {
    let limit = if random.is_one_of_thousand(500) { LARGE } else { codes.len() };
    &codes[random.below(limit)]
}

fn random_places(words: &Words, random: &mut Random) -> BTreeSet<Jurisdiction> {
    let how_many = random.between(4, 20);
    (0..how_many).map(|_| any_place(&words.codes, random).clone()).collect()
}

/// Returns neighbours in the tree, equally far down, and some of what is below
/// them. Three or more are leaves: as many broad ones would be all there is.
fn categories(words: &Words, random: &mut Random) -> (BTreeSet<CategoryId>, BTreeSet<CategoryId>) {
    let tree = &words.tree;
    let how_many = random.weighted(&[(817, 1), (81, 2), (17, 3), (5, 4), (11, 5), (65, 7), (4, 19)]);
    let (one, other) = (random.below(tree.ids.len()), random.below(tree.ids.len()));
    let first = if tree.below[one] < tree.below[other] { one } else { other };
    let depth = tree.ids[first].depth();
    let is_alike = |it: &usize| if how_many < 3 { tree.ids[*it].depth() == depth } else { tree.is_leaf(*it) };
    let positions: Vec<usize> = (first..tree.ids.len()).filter(is_alike).take(how_many).collect();
    let categories = positions.iter().map(|it| tree.ids[*it].clone()).collect();
    let below: Vec<usize> = positions.into_iter().flat_map(|it| tree.below(it)).collect();
    let mut except = BTreeSet::new();
    // Of those that have something below them, that is one in six of all.
    if random.is_one_of_thousand(300) && !below.is_empty() {
        let how_many = random.weighted(&[(400, 1), (120, 2), (60, 3), (20, 4), (40, 5), (360, 7)]);
        except.extend(random.some(&below, how_many).into_iter().map(|it| tree.ids[*it].clone()));
    }
    (categories, except)
}

fn when(random: &mut Random) -> When {
    let how_many = random.weighted(&[(287, 1), (176, 2), (74, 3), (22, 4)]);
    let mut when = When::new();
    while when.len() < how_many {
        let (fact, condition) = condition(random);
        when.insert(id(fact), condition);
    }
    when
}

fn condition(random: &mut Random) -> (&'static str, Condition) {
    match random.weighted(&[(576, 0), (173, 1), (190, 2), (10, 3)]) {
        0 => (random.word(&FLAGS), Condition::Flag(random.is_one_of_thousand(394))),
        1 => {
            let windows = [(170, None), (550, Some(0)), (245, Some(1)), (40, Some(2))];
            let window = random.weighted(&windows).map(|it: usize| id(WINDOWS[it]));
            (SUBJECTS, Condition::Count(bounds(&THRESHOLDS, random), window))
        }
        2 => {
            let (fact, values) = *random.pick(&CHOICES);
            let how_many = random.weighted(&[(530, 1), (145, 2), (190, 3), (50, 4), (65, 7)]);
            let among: Vec<&str> = random.some(&values, how_many).into_iter().copied().collect();
            (fact, Condition::Choice(ids(&among)))
        }
        _ => (DEVICES, Condition::Count(bounds(&MANY_DEVICES, random), None)),
    }
}

fn bounds(thresholds: &[u64], random: &mut Random) -> Bounds {
    let count = |it: usize| Some(Count::new(thresholds[it]).unwrap());
    let first = random.below(thresholds.len() - 1);
    let second = random.between(first + 1, thresholds.len());
    let (at_least, below) = random.weighted(&[
        (580, (count(first), None)),
        (270, (None, count(second))),
        (150, (count(first), count(second))),
    ]);
    Bounds::new(at_least, below).unwrap()
}

fn rule(random: &mut Random) -> Rule {
    let effect = match random.weighted(&[(575, 0), (246, 1), (115, 2), (64, 3)]) {
        0 => Effect::Conditional(alternatives(random)),
        1 => Effect::Notice,
        2 => Effect::Prohibited,
        _ => Effect::Undetermined,
    };
    let exemptions = random.weighted(&[(474, 0), (115, 1), (19, 2), (59, 3), (333, 4)]);
    let duties = random.weighted(&[(886, 0), (58, 1), (22, 2), (34, 3)]);
    let facts = |among: Vec<&&str>| among.into_iter().map(|it| id(it)).collect();
    Rule {
        effect,
        exemptions: facts(random.some(&EXEMPTIONS, exemptions)),
        duties: facts(random.some(&DUTIES, duties)),
    }
}

fn alternatives(random: &mut Random) -> Vec<Alternative> {
    let how_many = random.weighted(&[(380, 1), (160, 2), (60, 3), (110, 4), (70, 5), (120, 8), (100, 9)]);
    let mut alternatives: Vec<Alternative> = Vec::new();
    while alternatives.len() < how_many {
        let together = random.weighted(&[(620, 1), (345, 2), (35, 3)]);
        let all = random.some(&MECHANISMS, together).into_iter().map(|it| id(it)).collect();
        let mut when = When::new();
        if random.is_one_of_thousand(120) {
            when.insert(id(random.word(&FLAGS)), Condition::Flag(random.is_one_of_thousand(394)));
        }
        if alternatives.iter().all(|it| it.all != all) {
            alternatives.push(Alternative { all, when });
        }
    }
    alternatives
}

/// Sentences without sense, cut out of one long text.
#[derive(Debug)]
struct Prose {
    en: String,
    zh: Vec<char>,
}

impl Prose {
    fn new(random: &mut Random) -> Prose {
        let words = ["data", "of", "persons", "the", "operator", "assessment", "abroad", "before", "transfer", "under"];
        let letters: Vec<char> = "数据出境安全评估个人信息处理者应当依照规定向境外提供重要".chars().collect();
        let en = (0..4_000).map(|_| *random.pick(&words)).collect::<Vec<_>>().join(" ");
        Prose { en, zh: (0..4_000).map(|_| *random.pick(&letters)).collect() }
    }

    fn text(&self, random: &mut Random) -> Text {
        let length = random.weighted(&[(100, 45), (200, 75), (200, 102), (200, 115), (200, 147), (100, 195)]);
        let start = random.below(self.zh.len() - 70);
        let zh = self.zh[start..start + length * 31 / 100].iter().collect();
        Text { en: format!("{}.", self.cut(random, length)), zh }
    }

    fn cite(&self, random: &mut Random) -> String {
        let (section, length) = (random.between(1, 400), random.between(4, 46));
        format!("Act, s. {section}, {}", self.cut(random, length))
    }

    fn cut(&self, random: &mut Random, length: usize) -> &str {
        let start = random.below(self.en.len() - length);
        self.en[start..start + length].trim()
    }
}
