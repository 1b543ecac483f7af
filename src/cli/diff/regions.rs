//! What became of the answers, in words: regions with the same answers before
//! and after stand together, with an example.

use std::collections::{BTreeMap, BTreeSet};

use crate::cli::diff::document::{Block, Line, Span, plain};
use crate::cli::diff::words::Speaker;
use crate::model::fact::SUBJECTS;
use crate::model::{Effect, Entry, Issued, Language, Outcome, Role};
use crate::registry::{Answers, Comparison, Region, Restriction, Shift, Spoken, Values, Witness};

/// Regions with the same answers before and after stand together.
type Alike<'a> = BTreeMap<(Shift, String), Vec<(&'a Region, &'a [[Spoken; 2]])>>;

/// Returns what became of the answers.
pub(super) fn of_answers<'a>(comparison: &Comparison<'_>, answers: &'a Answers, speaker: &Speaker<'_>) -> Vec<Block> {
    let mut alike = Alike::new();
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
        // Of what no mechanism makes lawful, none matters.
        let requires = |it: &'a Spoken| Some(&it.requires).filter(|_| it.outcome == Outcome::Conditional);
        let said: Vec<_> = spoken.iter().flatten().map(|it| (it.outcome, requires(it))).collect();
        let claims: Vec<_> = region.witnesses.iter().map(|it| claims(it, speaker)).collect();
        alike.entry((region.shift, format!("{said:?} {claims:?}"))).or_default().push((region, spoken));
    }
    let mut blocks = Vec::new();
    if !alike.is_empty() {
        blocks.push(Block::Paragraph(plain(speaker.say(
            "Each revision is asked by itself, whatever other lists say, and of every question that states all that \
             the answer hangs on. A category stands for what it holds; data that is named more broadly gets the \
             strictest answer of its parts.",
            "以下仅就本清单而言，不计其他清单；所列问题均已说明结论所取决的全部事实。类别含其下各类；称谓更笼统的数据，适用其中最严的结论。",
        ))));
    }
    for shift in [Shift::Tighter, Shift::Different, Shift::Looser] {
        let groups: Vec<_> = alike.iter().filter(|((it, _), _)| *it == shift).map(|(_, it)| it).collect();
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
            blocks.extend(of_group(comparison, group, speaker));
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

fn of_group(comparison: &Comparison<'_>, group: &[(&Region, &[[Spoken; 2]])], speaker: &Speaker<'_>) -> Vec<Block> {
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
    blocks.push(Block::Points(group.iter().map(|(region, _)| (of_region(region, speaker), Vec::new())).collect()));
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

fn of_region(region: &Region, speaker: &Speaker<'_>) -> Line {
    let items = region.items.iter().map(|it| speaker.categories(it));
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
    if is_of_nobody(region) {
        line.push(Span::Plain(
            speaker
                .say(
                    " (numbers that nobody has, since the longer time includes the shorter)",
                    "（实际不会出现：较长期间的人数必不少于较短期间）",
                )
                .to_owned(),
        ));
    }
    line
}

/// Windows of which one includes the other, the shorter first. Questions may
/// state any numbers, and so regions are exact without this; a reader should
/// know where they are of no account.
const INCLUDED: [(&str, &str); 2] = [("calendar-year", "since-previous-year"), ("calendar-year", "rolling-12-months")];

/// Returns whether there are more people in a time than in one that includes
/// it.
fn is_of_nobody(region: &Region) -> bool {
    let ranges = |item: usize, window: &str| {
        let is_meant =
            |it: &&Restriction| it.item == item && it.window.as_ref().is_some_and(|it| it.as_str() == window);
        region.when.iter().find(is_meant).and_then(|it| match &it.values {
            Values::Counts(ranges) => Some(ranges),
            Values::Flag(_) | Values::Choices(_) => None,
        })
    };
    (0..region.items.len()).any(|item| {
        INCLUDED.iter().any(|(shorter, longer)| {
            let least = ranges(item, shorter).and_then(|it| it.first()).map(|(from, _)| *from);
            let below = ranges(item, longer).and_then(|it| it.last()).and_then(|(_, below)| *below);
            least.zip(below).is_some_and(|(least, below)| below <= least)
        })
    })
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
pub(super) fn glossary(answers: &Answers, speaker: &Speaker<'_>) -> Vec<Block> {
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
