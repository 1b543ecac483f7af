//! What became of the answers, in words: regions with the same answers before
//! and after stand together, with an example.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::note::block::{Block, Line, Span, plain};
use crate::document::note::speaker::Speaker;
use crate::model::fact::SUBJECTS;
use crate::model::{CategoryId, Effect, Entry, Issued, Language, Outcome, Role};
use crate::registry::{Answers, Comparison, Region, Shift, Spoken, Witness};

/// Regions with the same answers before and after, with what is said to their
/// witnesses.
type Alike<'a> = Vec<(&'a Region, &'a [[Spoken; 2]])>;

/// Kinds of data that several regions share, each with a short name.
type Kinds<'a> = BTreeMap<&'a BTreeSet<CategoryId>, String>;

/// What is shorter than this is said each time, in letters.
const LONG: usize = 80;

/// Returns what became of the answers.
pub(crate) fn of_answers<'a>(comparison: &Comparison<'_>, answers: &'a Answers, speaker: &Speaker<'_>) -> Vec<Block> {
    // What needs no claim comes first.
    let mut alike: BTreeMap<(Shift, usize, String), Alike<'a>> = BTreeMap::new();
    let regions = &answers.verdicts.regions;
    let is_exact = |it: &Region| it.items.iter().all(|it| speaker.is_exact(it));
    let mut left_out = 0;
    for (region, spoken) in regions.iter().zip(&answers.spoken) {
        // What is only said of data that is named too broadly follows from the
        // rest, where there is a rest.
        if !is_exact(region) && regions.iter().any(|it| it.shift == region.shift && is_exact(it)) {
            left_out += 1;
            continue;
        }
        let said: Vec<_> = spoken.iter().flatten().map(|it| speaker.answer(it)).collect();
        let claims: Vec<_> = region.witnesses.iter().map(|it| claims(it, speaker)).collect();
        let key = (region.shift, claims.iter().map(Vec::len).sum(), format!("{said:?} {claims:?}"));
        alike.entry(key).or_default().push((region, spoken));
    }
    let kinds = kinds(alike.values().flatten().map(|it| it.0), speaker);
    let mut blocks = Vec::new();
    if !alike.is_empty() {
        blocks.push(Block::Paragraph(plain(speaker.say(
            "Each revision is asked by itself, whatever other lists say, and of every question that states all that \
             the answer hangs on. A category stands for what it holds; data that is named more broadly gets the \
             strictest answer of its parts.",
            "以下仅就本清单而言，不计其他清单；所列问题均已说明结论所取决的全部事实。类别含其下各类；称谓更笼统的数据，适用其中最严的结论。",
        ))));
    }
    blocks.extend(of_kinds(&kinds, speaker));
    for shift in Shift::ALL {
        let groups: Vec<_> = alike.iter().filter(|((it, ..), _)| *it == shift).map(|(_, it)| it).collect();
        if groups.is_empty() {
            continue;
        }
        blocks.push(Block::Section(plain(match shift {
            Shift::Tighter => speaker.say("What got tighter", "收紧之处"),
            Shift::Different => speaker.say(
                "What takes a different route: tighter for some, looser for others",
                "路径不同之处：有的收紧，有的放宽",
            ),
            Shift::Looser => speaker.say("What got looser", "放宽之处"),
        })));
        for group in groups {
            blocks.extend(of_group(comparison, group, &kinds, speaker));
        }
    }
    if left_out != 0 {
        blocks.push(Block::Paragraph(plain(match speaker.language {
            Language::En => format!(
                "Left out here: {left_out} more regions of data that is named only by a broad category, such as \
                 the whole of a branch. `--format json` has them."
            ),
            Language::Zh => format!("此处略去仅以笼统类别称谓的数据，另有{left_out}处，见--format json。"),
        })));
    }
    blocks.extend(of_displacement(answers, speaker));
    blocks
}

/// Returns which lists bind again, and which no more.
fn of_displacement(answers: &Answers, speaker: &Speaker<'_>) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (lists, en, zh) in [
        (&answers.verdicts.no_longer_displaced, "Bind again, being displaced no more: ", "不再被取代，恢复适用："),
        (&answers.verdicts.newly_displaced, "Displaced from now on: ", "自此被取代："),
    ] {
        if !lists.is_empty() {
            let mut line = plain(speaker.say(en, zh));
            line.extend(speaker.listed(lists.iter().map(|it| vec![Span::Code(it.to_string())]), (" and ", "和")));
            blocks.push(Block::Paragraph(line));
        }
    }
    blocks
}

fn claims(witness: &Witness, speaker: &Speaker<'_>) -> Vec<String> {
    let role = |fact| speaker.state.vocabulary.find(fact).map(|it| it.role);
    let is_claim = |fact| role(fact).is_some_and(|it| it != Role::Circumstance);
    witness.question.facts.keys().filter(|it| is_claim(it)).map(ToString::to_string).collect()
}

/// Gives a short name to what takes long to say and is said more than once.
fn kinds<'a>(regions: impl Iterator<Item = &'a Region>, speaker: &Speaker<'_>) -> Kinds<'a> {
    let mut seen = BTreeSet::new();
    let mut kinds = Kinds::new();
    for set in regions.flat_map(|it| &it.items) {
        let is_long = || LONG < speaker.categories(set).iter().map(Span::letters).sum();
        if !seen.insert(set) && !kinds.contains_key(set) && is_long() {
            let number = kinds.len() + 1;
            kinds.insert(set, format!("{} {number}", speaker.say("Kind", "种类")));
        }
    }
    kinds
}

fn of_kinds(kinds: &Kinds<'_>, speaker: &Speaker<'_>) -> Vec<Block> {
    if kinds.is_empty() {
        return Vec::new();
    }
    let mut named: Vec<_> = kinds.iter().collect();
    named.sort_by_key(|(_, name)| *name);
    let point = |(set, name): (&&BTreeSet<CategoryId>, &String)| {
        let mut line = vec![Span::Strong(name.clone()), Span::Plain(speaker.say(": ", "：").to_owned())];
        line.extend(speaker.categories(set));
        (line, Vec::new())
    };
    let title = speaker.say("Kinds of data, as they are called here", "本文所称数据种类");
    vec![Block::Section(plain(title)), Block::Points(named.into_iter().map(point).collect())]
}

fn of_group(comparison: &Comparison<'_>, group: &Alike<'_>, kinds: &Kinds<'_>, speaker: &Speaker<'_>) -> Vec<Block> {
    let mut blocks = Vec::new();
    let Some((first, spoken)) = group.first() else { return blocks };
    for (witness, [before, after]) in first.witnesses.iter().zip(*spoken) {
        let mut line = Line::new();
        let claims = claims(witness, speaker);
        if !claims.is_empty() {
            line.push(Span::Plain(speaker.say("With ", "已具备").to_owned()));
            line.extend(speaker.listed(claims.into_iter().map(|it| vec![Span::Code(it)]), (" and ", "和")));
            line.push(Span::Plain(speaker.say(": ", "：").to_owned()));
        }
        line.extend(speaker.answer(before));
        line.push(Span::Plain(" → ".to_owned()));
        line.extend(speaker.answer(after));
        blocks.push(Block::Part(line));
    }
    let point = |(region, _): &(&Region, _)| (of_region(region, kinds, speaker), Vec::new());
    blocks.push(Block::Points(group.iter().map(point).collect()));
    for (witness, [before, after]) in first.witnesses.iter().zip(*spoken) {
        let mut line = vec![Span::Strong(speaker.say("For example", "例如").to_owned())];
        line.push(Span::Plain(speaker.say(": ", "：").to_owned()));
        line.extend(speaker.question(&witness.question));
        let said = |issued: &Issued, spoken: &Spoken| {
            let mut line = plain(format!("{}{}", issued.revision.version, speaker.say(": ", "：")));
            line.extend(speaker.answer(spoken));
            line.extend(because(spoken, issued, speaker));
            line
        };
        blocks.push(Block::Points(vec![(line, vec![said(comparison.before, before), said(comparison.after, after)])]));
    }
    blocks
}

fn of_region(region: &Region, kinds: &Kinds<'_>, speaker: &Speaker<'_>) -> Line {
    let items = region.items.iter().map(|it| match kinds.get(it) {
        Some(name) => vec![Span::Strong(name.clone())],
        None => speaker.categories(it),
    });
    let mut line = speaker.listed(items, (" together with ", "连同"));
    let to = speaker.destinations(&region.to);
    line.push(Span::Plain(match speaker.language {
        Language::En => format!(", to {to}"),
        Language::Zh => format!("，去往{to}"),
    }));
    let facts = region.when.iter().map(|it| {
        let mut line = speaker.restriction(it);
        if 1 < region.items.len() && it.fact.as_str() == SUBJECTS {
            line.push(Span::Plain(format!(" ({})", it.item + 1)));
        }
        line
    });
    if !region.when.is_empty() {
        line.push(Span::Plain(speaker.say("; where ", "；条件：").to_owned()));
        line.extend(speaker.listed(facts, (" and ", "，且")));
    }
    line
}

/// Returns the entries behind an answer: those that bind, or where none does
/// those that say that it is free.
fn because(spoken: &Spoken, issued: &Issued, speaker: &Speaker<'_>) -> Line {
    let matters = |it: &&std::sync::Arc<Entry>| match spoken.outcome {
        Outcome::Permitted => it.effect == Effect::Notice && it.duties.is_empty(),
        Outcome::Unknown => it.effect == Effect::Undetermined,
        Outcome::Conditional | Outcome::Prohibited => it.effect != Effect::Notice,
    };
    let found: Vec<_> =
        spoken.entries.iter().filter_map(|it| issued.revision.entries.get(it)).filter(matters).collect();
    if found.is_empty() {
        return Line::new();
    }
    let entry =
        |it: &std::sync::Arc<Entry>| vec![Span::Code(it.id.to_string()), Span::Plain(format!(" ({})", it.cite))];
    let mut line = plain(speaker.say(", by ", "，依据"));
    line.extend(speaker.listed(found.into_iter().map(entry), (" and ", "和")));
    line
}

/// Returns what the facts, mechanisms and exemptions are that were named.
pub(crate) fn glossary(answers: &Answers, speaker: &Speaker<'_>) -> Vec<Block> {
    let mut named = BTreeSet::new();
    for region in &answers.verdicts.regions {
        named.extend(region.when.iter().map(|it| &it.fact));
        named.extend(region.witnesses.iter().flat_map(|it| it.question.facts.keys()));
    }
    let requires = answers.spoken.iter().flatten().flatten().flat_map(|it| &it.requires);
    named.extend(requires.flatten().flatten());
    let facts = named.into_iter().filter(|it| it.as_str() != SUBJECTS).filter_map(|id| {
        let name = speaker.state.vocabulary.find(id)?.name.in_language(speaker.language);
        Some((vec![Span::Code(id.to_string()), Span::Plain(format!("{}{name}", speaker.say(": ", "：")))], Vec::new()))
    });
    let facts: Vec<_> = facts.collect();
    if facts.is_empty() {
        return Vec::new();
    }
    vec![Block::Section(plain(speaker.say("What the words mean", "用语"))), Block::Points(facts)]
}
