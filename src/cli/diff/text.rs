//! A note on a terminal.

use crate::cli::layout::Layout;
use crate::document::note::{Block, Line, Span, words};
use crate::model::Language;

/// Writes a note for a terminal.
pub(super) fn text(blocks: &[Block], width: usize, language: Language) -> String {
    let mut layout = Layout::new(width, language);
    for (index, block) in blocks.iter().enumerate() {
        let is_first = index == 0;
        match block {
            Block::Title(line) => layout.line(&words(line)),
            Block::Section(line) | Block::Part(line) | Block::Paragraph(line) => {
                if !is_first {
                    layout.line("");
                }
                match block {
                    Block::Section(_) => layout.line(&words(&in_capitals(line))),
                    Block::Part(_) => layout.hanging("", &words(line)),
                    Block::Title(_) | Block::Paragraph(_) | Block::Facts(_) | Block::Points(_) => {
                        layout.hanging("  ", &words(line));
                    }
                }
            }
            Block::Facts(facts) => {
                if !is_first {
                    layout.line("");
                }
                facts.iter().for_each(|(label, line)| layout.labelled(label, &words(line)));
            }
            Block::Points(points) => {
                for (line, below) in points {
                    layout.hanging("  - ", &words(line));
                    below.iter().for_each(|it| layout.hanging("    - ", &words(it)));
                }
            }
        }
    }
    layout.into_text()
}

/// An id has no capitals.
fn in_capitals(line: &Line) -> Line {
    let capital = |span: &Span| match span {
        Span::Plain(text) => Span::Plain(text.to_uppercase()),
        Span::Code(_) | Span::Strong(_) | Span::Link(..) | Span::Address(_) => span.clone(),
    };
    line.iter().map(capital).collect()
}
