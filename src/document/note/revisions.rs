//! A comparison as a change note: what changed, from when, for whom, what got
//! tighter and looser.

use crate::document::note::block::{Block, Line, Span, plain};
use crate::document::note::regions::{glossary, of_answers};
use crate::document::note::speaker::Speaker;
use crate::model::{Entry, Issued, Language};
use crate::registry::{Answers, Change, Class, Comparison, Difference, Shift};

/// Returns the note.
pub(crate) fn note(comparison: &Comparison<'_>, speaker: &Speaker<'_>) -> Vec<Block> {
    let (before, after) = (&comparison.before.revision, &comparison.after.revision);
    let title = format!("{} {} → {}", after.list, before.version, after.version);
    let mut blocks = vec![Block::Title(plain(title)), Block::Facts(head(comparison, speaker))];
    if let Some(answers) = &comparison.answers {
        blocks.extend(of_answers(comparison, answers, speaker));
    }
    blocks.extend(of_entries(comparison, speaker));
    if let Some(answers) = &comparison.answers {
        blocks.extend(glossary(answers, speaker));
    }
    blocks
}

fn head(comparison: &Comparison<'_>, speaker: &Speaker<'_>) -> Vec<(String, Line)> {
    let (before, after) = (&comparison.before.revision, &comparison.after.revision);
    let label = |en: &str, zh: &str| speaker.say(en, zh).to_owned();
    let mut facts = vec![
        (label("List", "清单"), plain(after.title.in_language(speaker.language))),
        (label("Authority", "发布机关"), plain(after.authority.clone())),
        (label("What changed", "变动"), plain(after.summary.in_language(speaker.language))),
        (label("From", "生效日"), from_when(comparison.after, speaker)),
        (label("Until then", "此前"), plain(format!("{} {}", before.list, before.version))),
    ];
    let source = &after.source;
    let title = format!("{}, {}", source.title, source.citation);
    facts.push((label("Source", "来源"), vec![Span::Link(title, source.url.clone())]));
    let standing = (after.status.word(), source.checked, source.confidence.word());
    facts.push((
        label("Standing", "状态"),
        plain(match speaker.language {
            Language::En => {
                format!("{}, compared with the source on {}, confidence {}", standing.0, standing.1, standing.2)
            }
            Language::Zh => format!("{}，{}核对，置信度{}", standing.0, standing.1, standing.2),
        }),
    ));
    if let Some(answers) = &comparison.answers {
        facts.push((label("In short", "概要"), in_short(answers, speaker)));
    }
    facts
}

fn from_when(issued: &Issued, speaker: &Speaker<'_>) -> Line {
    let revision = &issued.revision;
    let published = revision.published;
    let Some(effective) = revision.effective else {
        return plain(match speaker.language {
            Language::En => format!("no day yet: published {published}, dormant"),
            Language::Zh => format!("尚无生效日：{published}公布，未生效"),
        });
    };
    let mut line = vec![Span::Strong(effective.to_string())];
    let days = (effective.0 - published.0).get_days();
    line.push(Span::Plain(match speaker.language {
        Language::En if days < 0 => format!(" (published {published}: retroactive by {} days)", -days),
        Language::En => format!(" (published {published}: {days} days' notice)"),
        Language::Zh if days < 0 => format!("（{published}公布，溯及既往{}天）", -days),
        Language::Zh => format!("（{published}公布，预告期{days}天）"),
    }));
    line
}

fn in_short(answers: &Answers, speaker: &Speaker<'_>) -> Line {
    let count = |shift: Shift| answers.verdicts.regions.iter().filter(|it| it.shift == shift).count();
    let class = match answers.verdicts.class {
        Class::Patch => speaker.say("patch: no answer changed", "修订号：结论均未变化"),
        Class::Minor => speaker.say("minor: something got looser, nothing tighter", "次版本：有所放宽，无一收紧"),
        Class::Major => speaker.say("major: something got tighter", "主版本：有所收紧"),
    };
    let mut line = vec![Span::Strong(class.to_owned())];
    let (tighter, different, looser) = (count(Shift::Tighter), count(Shift::Different), count(Shift::Looser));
    line.push(Span::Plain(match speaker.language {
        Language::En => {
            format!(" ({tighter} tighter, {different} different, {looser} looser, as told apart below)")
        }
        Language::Zh => format!("（收紧{tighter}处，路径不同{different}处，放宽{looser}处，详见下文）"),
    }));
    line
}

fn of_entries(comparison: &Comparison<'_>, speaker: &Speaker<'_>) -> Vec<Block> {
    let diff = &comparison.entries;
    let mut blocks = Vec::new();
    let mut section = |en: &str, zh: &str, points: Vec<(Line, Vec<Line>)>| {
        if !points.is_empty() {
            blocks.push(Block::Section(plain(speaker.say(en, zh))));
            blocks.push(Block::Points(points));
        }
    };
    let entry = |entry: &&Entry| (entry_line(entry, speaker), Vec::new());
    section("Entries added", "新增条目", diff.added.iter().map(entry).collect());
    section("Entries removed", "删除条目", diff.removed.iter().map(entry).collect());
    let changed = diff.changed.iter().map(|it| {
        let fields = it.fields.iter().filter(|it| is_shown(it, speaker)).map(|it| change(it, speaker));
        (entry_line(it.after, speaker), fields.collect())
    });
    section("Entries changed", "变更条目", changed.collect());
    let header = diff.header.iter().filter(|it| is_shown(it, speaker) && !it.field.starts_with("summary"));
    section("The list as a whole", "清单整体", header.map(|it| (change(it, speaker), Vec::new())).collect());
    if blocks.is_empty() {
        blocks.push(Block::Paragraph(plain(speaker.say("The two say the same.", "两者内容相同。"))));
    }
    blocks
}

/// A text is shown in the language of the note.
fn is_shown(change: &Change, speaker: &Speaker<'_>) -> bool {
    let other = speaker.say(".zh", ".en");
    !change.field.ends_with(other)
}

fn entry_line(entry: &Entry, speaker: &Speaker<'_>) -> Line {
    let note = entry.note.in_language(speaker.language);
    let mut line = vec![Span::Code(entry.id.to_string()), Span::Plain(format!(", {}", entry.cite))];
    if !note.is_empty() {
        line.push(Span::Plain(format!("{}{note}", speaker.say(": ", "："))));
    }
    line
}

fn change(change: &Change, speaker: &Speaker<'_>) -> Line {
    let mut line = vec![Span::Code(change.field.clone()), Span::Plain(speaker.say(": ", "：").to_owned())];
    line.push(Span::Plain(change_text(change, speaker.language)));
    line
}

/// Returns what became of a field.
pub(crate) fn change_text(change: &Change, language: Language) -> String {
    let say = |en: &'static str, zh: &'static str| language.say(en, zh);
    match &change.difference {
        Difference::Value { before, after } => {
            let said = |it: &Option<String>| it.clone().unwrap_or_else(|| say("not stated", "未规定").to_owned());
            format!("{} → {}", said(before), said(after))
        }
        Difference::Members { added, removed } => {
            let all = [(removed, say("without ", "删去")), (added, say("new: ", "新增"))];
            let parts = all.into_iter().filter(|(members, _)| !members.is_empty()).map(|(members, word)| {
                let members: Vec<_> = members.iter().cloned().collect();
                // Sentences have commas of their own.
                let is_plain = members.iter().all(|it| !it.contains(", ") && !it.ends_with(['.', '。']));
                let between = if is_plain { say(", ", "、") } else { say(" / ", " / ") };
                format!("{word}{}", members.join(between))
            });
            parts.collect::<Vec<_>>().join(say("; ", "；"))
        }
    }
}
