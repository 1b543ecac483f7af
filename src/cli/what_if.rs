//! `neglist ask` of a range of people: what another number would change.

use crate::cli::answer::Writer;
use crate::cli::args::Format;
use crate::cli::failure::Failure;
use crate::cli::rows::{self, Row};
use crate::cli::{Screen, ask};
use crate::document::{gets, people, phrase, range, segments_json};
use crate::model::{Outcome, Question, State};
use crate::registry::{Range, Registry, Segment};

/// Answers for each part of the range; the exit code is that of the severest.
pub(super) fn run(
    question: &Question,
    asked: &Range,
    registry: &Registry,
    screen: &mut Screen<'_>,
) -> Result<u8, Failure> {
    let segments = registry.what_if(question, asked)?;
    let state = registry.state();
    match screen.format {
        Format::Json => screen.json(&segments_json(question, asked, &segments, state))?,
        Format::Text => write(question, asked, &segments, state, screen)?,
    }
    Ok(ask::exit_code(severest(&segments)))
}

fn severest(segments: &[Segment<'_>]) -> Outcome {
    segments.iter().map(|it| it.answer.outcome).max().unwrap_or(Outcome::Unknown)
}

fn write(
    question: &Question,
    asked: &Range,
    segments: &[Segment<'_>],
    state: &State,
    screen: &mut Screen<'_>,
) -> Result<(), Failure> {
    let mut writer = Writer::new(state, screen);
    let item = |(number, it)| {
        if number == asked.item { range(it, asked, writer.language) } else { phrase::item(it, writer.language) }
    };
    let items: Vec<_> = question.items.iter().enumerate().map(item).collect();
    let way = writer.way(&items, question);
    writer.head(severest(segments), &way);
    let mut before = None;
    let mut rows = Vec::new();
    for segment in segments {
        let text = gets(&segment.answer, before, writer.language);
        rows.push(Row { label: people(segment, writer.language), text, answer: &segment.answer });
        before = Some(&segment.answer);
    }
    rows::write(&rows, &mut writer);
    writer.layout.line("");
    writer.registry();
    writer.finish(screen)
}
