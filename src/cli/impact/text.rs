//! What becomes of flows, for people: the tighter first, and flows that change
//! in one way together.

use std::collections::{BTreeMap, BTreeSet};

use crate::cli::Screen;
use crate::cli::failure::Failure;
use crate::cli::impact::{Compared, Told};
use crate::cli::layout::Layout;
use crate::document::phrase::{self, grouped, joined, strictest};
use crate::model::{FactId, Language, Open, Outcome, UnknownReason};
use crate::registry::{FlowChange, Shift, Stage, Treatment};

/// So many ways of changing are shown of one kind, and so many flows of one
/// way.
const MOST_WAYS: usize = 10;
const MOST_FLOWS: usize = 5;

pub(super) fn write(told: &Told<'_>, compared: &Compared<'_>, screen: &mut Screen<'_>) -> Result<(), Failure> {
    let mut layout = Layout::new(screen.surroundings.width, screen.language);
    layout.line(&match (compared, screen.language) {
        (Compared::Revisions(before, after), _) => {
            format!("{} {} → {}", after.revision.list, before.revision.version, after.revision.version)
        }
        (Compared::Days(first, last), Language::En) => format!("All lists, {first} → {last}"),
        (Compared::Days(first, last), Language::Zh) => format!("全部清单，{first} → {last}"),
    });
    layout.line("");
    layout.line(&summary(told, screen.language));
    write_changes(told, &mut layout, screen.language);
    screen.out.write_all(layout.into_text().as_bytes())?;
    Ok(())
}

/// Returns how many flows change in which way.
pub(in crate::cli) fn summary(told: &Told<'_>, language: Language) -> String {
    let number = |it: usize| grouped(it as u64);
    let (same, elsewhere) = told.others();
    let [tighter, different, looser] = Shift::ALL.map(|it| number(told.count(it)));
    let (all, same, elsewhere) = (number(told.flows.flows.len()), number(same), number(elsewhere));
    match language {
        Language::En => format!(
            "  {all} flows: {tighter} tighter, {different} different, {looser} looser, {same} as before, {elsewhere} not \
             concerned"
        ),
        Language::Zh => format!(
            "  共{all}条数据流：收紧{tighter}，路径不同{different}，放宽{looser}，不变{same}，不受影响{elsewhere}"
        ),
    }
}

/// Writes the flows that change.
pub(in crate::cli) fn write_changes(told: &Told<'_>, layout: &mut Layout, language: Language) {
    for shift in Shift::ALL {
        let mut ways: BTreeMap<usize, (&FlowChange, Vec<usize>)> = BTreeMap::new();
        for (index, _, change) in told.changed().filter(|(_, _, it)| it.shift == shift) {
            let number = std::ptr::from_ref(change) as usize;
            ways.entry(number).or_insert((change, Vec::new())).1.push(index);
        }
        if ways.is_empty() {
            continue;
        }
        let flows = grouped(told.count(shift) as u64);
        layout.line("");
        layout.line(&match (shift, language) {
            (Shift::Tighter, Language::En) => format!("TIGHTER: {flows}"),
            (Shift::Different, Language::En) => format!("ANOTHER WAY: {flows}"),
            (Shift::Looser, Language::En) => format!("LOOSER: {flows}"),
            (Shift::Tighter, Language::Zh) => format!("收紧：{flows}"),
            (Shift::Different, Language::Zh) => format!("路径不同：{flows}"),
            (Shift::Looser, Language::Zh) => format!("放宽：{flows}"),
        });
        let mut ways: Vec<_> = ways.into_values().collect();
        // What concerns most flows first, else in the order of the file.
        ways.sort_by_key(|(_, flows)| (std::cmp::Reverse(flows.len()), flows.first().copied()));
        let more = ways.len().saturating_sub(MOST_WAYS);
        for (change, flows) in ways.into_iter().take(MOST_WAYS) {
            write_change(change, &flows, told, layout, language);
        }
        if more != 0 {
            layout.line("");
            layout.line(&match language {
                Language::En => format!("… and {more} more ways; `--format json` has all"),
                Language::Zh => format!("……另有{more}种变化；`--format json`列出全部"),
            });
        }
    }
}

fn write_change(change: &FlowChange, flows: &[usize], told: &Told<'_>, layout: &mut Layout, language: Language) {
    let say = |en: &'static str, zh: &'static str| language.say(en, zh);
    let Some(last) = change.steps.last() else { return };
    layout.line("");
    layout.line(&format!("{} → {}", word(&change.before, language), word(&last.gets, language)));
    let mut label = say("Flows", "数据流");
    for index in flows.iter().take(MOST_FLOWS) {
        if let Some(flow) = told.flows.flows.get(*index) {
            let way = phrase::way(&flow.items, &flow.from, flow.to.as_ref(), language);
            let place = match (&flow.id, language) {
                (Some(_), Language::En) => format!(" (line {})", told.flows.line(*index)),
                (Some(_), Language::Zh) => format!("（第{}行）", told.flows.line(*index)),
                (None, _) => String::new(),
            };
            layout.labelled(label, &format!("{}{place}: {way}", told.flows.name(*index)));
            label = "";
        }
    }
    if let more @ 1.. = flows.len().saturating_sub(MOST_FLOWS) {
        layout.labelled(
            label,
            &match language {
                Language::En => format!("… and {more} more; `--format json` has all"),
                Language::Zh => format!("……另有{more}条；`--format json`列出全部"),
            },
        );
    }
    if change.before.outcome == Outcome::Conditional && last.gets.outcome == Outcome::Conditional {
        layout.labelled(say("Needed before", "此前须具备"), &needed(&change.before, language));
    }
    let mut label = say("From", "自");
    // Where nothing is named, it was some day between.
    for step in change.steps.iter().filter(|it| it.by.is_some()) {
        layout.labelled(label, &step_text(step, change.steps.len(), language));
        label = "";
    }
    write_treatment(&last.gets, &change.before, layout, language);
}

fn step_text(step: &Stage, steps: usize, language: Language) -> String {
    let day = step.from;
    let gets =
        if steps == 1 { String::new() } else { format!("{}{}", word(&step.gets, language), language.say(", ", "，")) };
    let end = phrase::end(step.by.as_ref(), language);
    match language {
        Language::En => format!("{day}, {gets}when {end}"),
        Language::Zh => format!("{day}，{gets}{end}"),
    }
}

/// Writes what a flow needs, and why; what is new beside what it got before is
/// marked.
fn write_treatment(gets: &Treatment, before: &Treatment, layout: &mut Layout, language: Language) {
    let say = |en: &'static str, zh: &'static str| language.say(en, zh);
    if gets.outcome == Outcome::Conditional {
        for any in all_ways(gets) {
            let mut label =
                if any.len() == 1 { say("Needs", "须具备") } else { say("Needs one of", "须具备其一") };
            for way in &any {
                layout.labelled(label, &joined(way));
                label = "";
            }
        }
    }
    let names = |facts: &BTreeSet<FactId>, known: &BTreeSet<FactId>| {
        let mark = |it: &FactId| {
            if known.contains(it) { it.to_string() } else { format!("{it}{}", say(" (new)", "（新增）")) }
        };
        facts.iter().map(mark).collect::<Vec<_>>().join(", ")
    };
    // Beside another outcome every exemption is.
    let known = if before.outcome == gets.outcome { &before.exemptions } else { &gets.exemptions };
    if !gets.exemptions.is_empty() && gets.outcome != Outcome::Permitted {
        layout.labelled(say("Exempt if", "可豁免情形"), &names(&gets.exemptions, known));
    }
    if !gets.duties.is_empty() && gets.outcome != Outcome::Prohibited {
        layout.labelled(say("Still to do", "仍须履行"), &names(&gets.duties, &before.duties));
    }
    if gets.floor != gets.outcome {
        let open = gets.open.iter().map(|it| match it {
            Open::Fact(fact) => fact.to_string(),
            Open::Category(category) => format!("{} {category}", say("includes", "包含")),
            Open::Destination => say("where it goes", "目的地").to_owned(),
        });
        layout.labelled(say("Depends on", "取决于"), &open.collect::<Vec<_>>().join(", "));
    }
    let mut label = say("By", "依据");
    for reason in gets.deciding() {
        let text = format!("{}: {} {}, {}", reason.cite, reason.list, reason.version, reason.entry);
        layout.labelled(label, &text);
        label = "";
    }
}

/// Returns how a flow changes, in one line.
pub(in crate::cli) fn sentence(change: &FlowChange, language: Language) -> String {
    let Some(last) = change.steps.last() else { return String::new() };
    let mut parts = vec![format!("{} → {}", word(&change.before, language), word(&last.gets, language))];
    let steps = change.steps.iter().filter(|it| it.by.is_some());
    parts.extend(steps.map(|it| step_text(it, change.steps.len(), language)));
    if last.gets.outcome == Outcome::Conditional {
        let needs = language.say("needs", "须具备");
        parts.push(format!("{needs} {}", needed(&last.gets, language)));
    }
    let reasons: Vec<_> = last.gets.deciding().map(|it| format!("{} ({} {})", it.cite, it.list, it.version)).collect();
    if !reasons.is_empty() {
        parts.push(format!("{} {}", language.say("by", "依据"), reasons.join("; ")));
    }
    parts.join(language.say("; ", "；"))
}

/// Returns what is required, in one line.
fn needed(gets: &Treatment, language: Language) -> String {
    let any = |it: &phrase::Ways| it.iter().map(joined).collect::<Vec<_>>().join(language.say(" or ", "或"));
    let all: Vec<_> = all_ways(gets).iter().map(any).collect();
    all.join(language.say("; and ", "；且"))
}

fn all_ways(gets: &Treatment) -> Vec<phrase::Ways> {
    strictest(gets.requires.iter().map(|it| it.iter().cloned().collect()).collect())
}

/// Returns the outcome, and of an unknown one why.
fn word(gets: &Treatment, language: Language) -> String {
    let word = phrase::outcome(gets.outcome, language);
    let reason = gets.unknown_reason.map(|it| match it {
        UnknownReason::NoList => language.say("no list", "无清单"),
        UnknownReason::OutsideScope => language.say("outside every scope", "均未涵盖"),
        UnknownReason::Undetermined => language.say("terms not known", "条件未知"),
    });
    match (reason, language) {
        (None, _) => word.to_owned(),
        (Some(reason), Language::En) => format!("{word} ({reason})"),
        (Some(reason), Language::Zh) => format!("{word}（{reason}）"),
    }
}
