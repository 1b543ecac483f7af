//! `neglist batch`

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use crate::canon::{question_from_json, write_answer, write_brief};
use crate::cli::args::{BatchArgs, BatchInput};
use crate::cli::failure::{Failure, of_file};
use crate::cli::question_row::Columns;
use crate::cli::{Screen, exit};
use crate::model::{Answer, FactId, Open};
use crate::registry::Registry;

/// A longer line is refused before it is read whole.
pub(super) const MOST_BYTES: u64 = 1 << 20;

/// What is written behind the columns that were read.
const RESULTS: [&str; 9] =
    ["outcome", "floor", "decided", "unknown_reason", "requires", "depends_on", "entries", "valid_until", "error"];

pub(super) fn run(args: &BatchArgs, registry: &Registry, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let is_stdin = args.file == Path::new("-");
    let size = if is_stdin { None } else { std::fs::metadata(&args.file).ok().map(|it| it.len()) };
    let source: Box<dyn Read> = if is_stdin {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(&args.file).map_err(|it| of_file(&args.file, &it))?)
    };
    let progress = Progress::new(size, screen.surroundings.is_err_terminal);
    let source = BufReader::with_capacity(1 << 16, progress.bar.wrap_read(source));
    let errors = match BatchInput::of(&args.file, args.input) {
        BatchInput::Ndjson => ndjson(source, args.verdict_only, registry, &progress, screen)?,
        BatchInput::Csv => csv(source, args.verdict_only, registry, &progress, screen)?,
    };
    progress.bar.finish_and_clear();
    if errors == 0 {
        return Ok(exit::DONE);
    }
    screen.out.flush()?;
    let lines = if errors == 1 { "1 line".to_owned() } else { format!("{errors} lines") };
    screen.note(&format!("{lines} could not be read; each has an error in its place"))?;
    Ok(exit::BAD_INPUT)
}

/// A bar with rate and time left, on a terminal, where work takes longer than
/// a second.
struct Progress {
    bar: ProgressBar,
    is_terminal: bool,
}

impl Progress {
    fn new(size: Option<u64>, is_terminal: bool) -> Progress {
        let bar = ProgressBar::with_draw_target(size, ProgressDrawTarget::hidden());
        let template = match size {
            Some(_) => "{bar:40} {percent}% {bytes_per_sec}, {eta} left",
            None => "{spinner} {bytes} {bytes_per_sec}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Progress { bar, is_terminal }
    }

    /// Shows the bar once the work has taken a second.
    fn tick(&self, line: u64) {
        let is_due = line.is_multiple_of(256) && Duration::from_secs(1) < self.bar.elapsed();
        if self.is_terminal && self.bar.is_hidden() && is_due {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }
}

fn ndjson(
    mut source: impl BufRead,
    verdict_only: bool,
    registry: &Registry,
    progress: &Progress,
    screen: &mut Screen<'_>,
) -> Result<u64, Failure> {
    let (mut number, mut errors) = (0, 0);
    let mut line = Vec::new();
    loop {
        line.clear();
        if source.by_ref().take(MOST_BYTES).read_until(b'\n', &mut line)? == 0 {
            return Ok(errors);
        }
        number += 1;
        progress.tick(number);
        if line.len() as u64 == MOST_BYTES && line.last() != Some(&b'\n') {
            let message = format!("line {number} is longer than {MOST_BYTES} bytes, and nothing behind it was read");
            return Err(Failure::input(message));
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let mut answered = Vec::new();
        if let Err((id, message)) = answer_line(&line, verdict_only, registry, &mut answered) {
            errors += 1;
            let document = json!({"id": id, "error": {"line": number, "message": message}});
            answered = document.to_string().into_bytes();
        }
        answered.push(b'\n');
        screen.out.write_all(&answered)?;
    }
}

fn answer_line(
    line: &[u8],
    verdict_only: bool,
    registry: &Registry,
    out: &mut Vec<u8>,
) -> Result<(), (Option<String>, String)> {
    let text = std::str::from_utf8(line).map_err(|_| (None, "the line is not UTF-8".to_owned()))?;
    let question = question_from_json(text).map_err(|it| (it.id.clone(), it.message.clone()))?;
    let answer = registry.ask(&question).map_err(|it| (question.id.clone(), Failure::from(it).line()))?;
    if verdict_only {
        write_brief(out, question.id.as_deref(), answer.brief());
    } else {
        write_answer(out, &answer, &registry.state().head);
    }
    Ok(())
}

fn csv(
    source: impl Read,
    verdict_only: bool,
    registry: &Registry,
    progress: &Progress,
    screen: &mut Screen<'_>,
) -> Result<u64, Failure> {
    let unreadable = |it: csv::Error| Failure::input(format!("the file is not CSV: {it}"));
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(source);
    let columns = Columns::of_questions(reader.headers().map_err(unreadable)?, registry.state())?;
    let names = columns.names();
    let mut writer = csv::Writer::from_writer(&mut *screen.out);
    let results = if verdict_only { &RESULTS[..4] } else { &RESULTS[..] };
    let error_column = if verdict_only { &RESULTS[8..] } else { &[] };
    let all = names.iter().chain(results.iter().copied()).chain(error_column.iter().copied());
    writer.write_record(all).map_err(io::Error::from)?;
    let (mut number, mut errors) = (0, 0);
    for row in reader.records() {
        number += 1;
        progress.tick(number);
        let (row, question) = match row {
            Ok(row) => {
                let question = columns.question(&row, registry.state()).map_err(|it| it.message);
                (row, question)
            }
            Err(error) => (csv::StringRecord::new(), Err(error.to_string())),
        };
        let answered = question.and_then(|it| match registry.ask(&it) {
            Ok(answer) => Ok(results_of(&answer, verdict_only)),
            Err(mistakes) => Err(Failure::from(mistakes).line()),
        });
        let results = answered.unwrap_or_else(|message| {
            errors += 1;
            let mut results = vec![String::new(); if verdict_only { 4 } else { 8 }];
            results.push(message);
            results
        });
        let cells = (0..names.len()).map(|it| row.get(it).unwrap_or_default());
        writer.write_record(cells.chain(results.iter().map(String::as_str))).map_err(io::Error::from)?;
    }
    writer.flush()?;
    Ok(errors)
}

fn results_of(answer: &Answer<'_>, verdict_only: bool) -> Vec<String> {
    let decided = if answer.is_decided() { "yes" } else { "no" };
    let reason = answer.unknown_reason.map(crate::model::UnknownReason::word).unwrap_or_default();
    let mut results: Vec<_> =
        [answer.outcome.word(), answer.floor.word(), decided, reason].into_iter().map(str::to_owned).collect();
    if !verdict_only {
        let open = answer.depends_on.iter().map(|it| match &it.on {
            Open::Fact(fact) => fact.to_string(),
            Open::Category(category) => format!("includes {category}"),
            Open::Destination => "to".to_owned(),
        });
        let entries =
            answer.matches.iter().map(|it| format!("{} {} {}", it.revision.list, it.revision.version, it.entry.id));
        results.push(requires(answer));
        results.push(open.collect::<Vec<_>>().join("; "));
        results.push(entries.collect::<Vec<_>>().join("; "));
        results.push(answer.valid.until.map(|it| it.to_string()).unwrap_or_default());
    }
    results.push(String::new());
    results
}

/// Writes requirements as `a | b + c & d`: all of any of all of.
fn requires(answer: &Answer<'_>) -> String {
    let all =
        |it: &std::collections::BTreeSet<FactId>| it.iter().map(ToString::to_string).collect::<Vec<_>>().join(" + ");
    let any = answer.requires.iter().map(|it| it.iter().map(all).collect::<Vec<_>>().join(" | "));
    any.collect::<Vec<_>>().join(" & ")
}
