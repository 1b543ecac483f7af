//! `neglist ask` of a range of people: what another number would change.

use crate::cli::answer::Writer;
use crate::cli::args::Format;
use crate::cli::failure::Failure;
use crate::cli::{Screen, ask};
use crate::document::{deciding, gets, people, range, segments_json};
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
        if number == asked.item {
            range(it, asked, writer.language)
        } else {
            crate::document::phrase::item(it, writer.language)
        }
    };
    let items: Vec<_> = question.items.iter().enumerate().map(item).collect();
    let way = writer.way(&items, question);
    writer.head(severest(segments), &way);
    let labels: Vec<_> = segments.iter().map(|it| people(it, writer.language)).collect();
    let widths = labels.iter().map(|it| textwrap::core::display_width(it));
    let width = widths.max().unwrap_or(0);
    let mut before = None;
    for (segment, label) in segments.iter().zip(&labels) {
        let padding = " ".repeat(width - textwrap::core::display_width(label));
        let text = gets(&segment.answer, before, writer.language);
        writer.layout.hanging(&format!("  {label}{padding}  "), &text);
        let indent = " ".repeat(width + 6);
        for found in deciding(&segment.answer) {
            let (cite, list, version) = (&found.entry.cite, &found.revision.list, &found.revision.version);
            let doubt = crate::document::wording::doubt(found, writer.language);
            writer.layout.hanging(&indent, &format!("{cite}: {list} {version}, {}{doubt}", found.entry.id));
        }
        before = Some(&segment.answer);
    }
    writer.layout.line("");
    writer.registry();
    writer.finish(screen)
}
