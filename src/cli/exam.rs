//! `neglist exam`

use std::collections::BTreeMap;

use serde_json::json;

use crate::canon::{ExamQuestion, exam_from_json, head_json};
use crate::cli::args::{ExamArgs, Format};
use crate::cli::failure::Failure;
use crate::cli::{Screen, exit, selection, table};
use crate::model::FactId;
use crate::registry::Registry;

/// How many of a place's questions agree.
#[derive(Default)]
struct Score {
    right: usize,
    all: usize,
}

/// A question whose answer is not the expected one.
struct Miss {
    question: ExamQuestion,
    found: String,
    entries: Vec<String>,
}

pub(super) fn run(args: &ExamArgs, registry: &Registry, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    if !(0.0..=1.0).contains(&args.min) {
        return Err(Failure::input(format!("--min: expected a part from 0 to 1, found `{}`", args.min)));
    }
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    let mut misses = Vec::new();
    for path in &args.files {
        let text = String::from_utf8(selection::read_file(path)?)
            .map_err(|_| Failure::input(format!("`{}` is not UTF-8", path.display())))?;
        for (position, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let place = || format!("{}:{}", path.display(), position + 1);
            let question = exam_from_json(line).map_err(|it| Failure::input(format!("{}: {it}", place())))?;
            let score = scores.entry(question.place().to_owned()).or_default();
            score.all += 1;
            match miss(registry, question) {
                None => score.right += 1,
                Some(miss) => misses.push(miss),
            }
        }
    }
    let right: usize = scores.values().map(|it| it.right).sum();
    let all: usize = scores.values().map(|it| it.all).sum();
    if all == 0 {
        return Err(Failure::input("the exam has no questions"));
    }
    match screen.format {
        Format::Json => write_json(&scores, &misses, registry, screen)?,
        Format::Text => write(&scores, &misses, screen)?,
    }
    let part = ratio(right, all);
    Ok(if args.min <= part { exit::DONE } else { exit::MISSED })
}

fn miss(registry: &Registry, question: ExamQuestion) -> Option<Miss> {
    match registry.ask(&question.question) {
        Ok(answer) if question.expect.is_met_by(&answer) => None,
        Ok(answer) => {
            let mechanisms: Vec<_> = answer.requires.iter().flatten().flatten().map(FactId::as_str).collect();
            let open = if answer.is_decided() { "" } else { ", open" };
            let found = format!("{} ({}){open}", answer.outcome.word(), mechanisms.join(", "));
            let entries = answer.matches.iter().map(|it| format!("{} {}", it.revision.list, it.entry.id)).collect();
            Some(Miss { question, found, entries })
        }
        Err(mistakes) => Some(Miss { question, found: Failure::from(mistakes).line(), entries: Vec::new() }),
    }
}

fn expected(question: &ExamQuestion) -> String {
    let expect = &question.expect;
    let mechanisms: Vec<_> = expect.mechanisms.iter().map(FactId::as_str).collect();
    let open = if expect.decided == Some(false) { ", open" } else { "" };
    format!("{} ({}){open}", expect.outcome.word(), mechanisms.join(", "))
}

fn write(scores: &BTreeMap<String, Score>, misses: &[Miss], screen: &mut Screen<'_>) -> Result<(), Failure> {
    for miss in misses {
        let question = &miss.question;
        writeln!(screen.out, "{}: expected {}, found {}", question.id, expected(question), miss.found)?;
        writeln!(screen.out, "    {}: {}", question.basis, question.note)?;
        for entry in &miss.entries {
            writeln!(screen.out, "    by {entry}")?;
        }
    }
    if !misses.is_empty() {
        writeln!(screen.out)?;
    }
    let mut table = table::table(&["PLACE", "AGREE", "OF", "PART"], screen.surroundings.width);
    let (right, all) = scores.values().fold((0, 0), |(right, all), it| (right + it.right, all + it.all));
    let rows = scores.iter().map(|(place, it)| (place.as_str(), it.right, it.all));
    for (place, right, all) in rows.chain([("all", right, all)]) {
        let part = format!("{:.1} %", 100.0 * ratio(right, all));
        table.add_row([place.to_owned(), right.to_string(), all.to_string(), part]);
    }
    screen.out.write_all(table::text(&table).as_bytes())?;
    Ok(())
}

fn write_json(
    scores: &BTreeMap<String, Score>,
    misses: &[Miss],
    registry: &Registry,
    screen: &mut Screen<'_>,
) -> Result<(), Failure> {
    let places: Vec<_> =
        scores.iter().map(|(place, it)| json!({"place": place, "right": it.right, "all": it.all})).collect();
    let misses = misses.iter().map(|it| {
        json!({"id": it.question.id, "expected": expected(&it.question), "found": it.found, "entries": it.entries})
    });
    let misses: Vec<_> = misses.collect();
    screen.json(&json!({"places": places, "misses": misses, "registry": head_json(&registry.state().head)}))
}

fn ratio(right: usize, all: usize) -> f64 {
    let number = |it: usize| f64::from(u32::try_from(it).unwrap_or(u32::MAX));
    number(right) / number(all)
}
