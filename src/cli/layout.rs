//! Text for people: a column of labels, and wrapped text beside it.

use anstyle::{AnsiColor, Style};
use textwrap::{Options, WordSeparator, WordSplitter};

use crate::model::{Language, Outcome};

/// How wide the column of labels is.
const LABEL: usize = 14;

/// Paragraphs with labels, each wrapped beside its own.
#[derive(Debug)]
pub(super) struct Layout {
    text: String,
    width: usize,
    language: Language,
}

impl Layout {
    pub(super) fn new(width: usize, language: Language) -> Layout {
        Layout { text: String::new(), width, language }
    }

    /// Adds a line as it is.
    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// Adds a text beside a label; of several under one label, the later ones
    /// have an empty one.
    pub(super) fn labelled(&mut self, label: &str, text: &str) {
        let style = Style::new().dimmed();
        let padding = " ".repeat(LABEL.saturating_sub(textwrap::core::display_width(label)));
        let first = format!("  {style}{label}{style:#}{padding}");
        let rest = " ".repeat(LABEL + 2);
        self.wrapped(&first, &rest, text);
    }

    /// Adds a text that hangs below the one before.
    pub(super) fn below(&mut self, text: &str) {
        let indent = " ".repeat(LABEL + 4);
        self.wrapped(&indent, &indent, text);
    }

    /// Adds a text whose later lines hang below the end of what comes first.
    pub(super) fn hanging(&mut self, first: &str, text: &str) {
        let rest = " ".repeat(textwrap::core::display_width(first));
        self.wrapped(first, &rest, text);
    }

    fn wrapped(&mut self, first: &str, rest: &str, text: &str) {
        // Ids are not broken at their hyphens or slashes, so that they can be
        // copied; Chinese has no spaces and needs the rules of Unicode.
        let separator = match self.language {
            Language::En => WordSeparator::AsciiSpace,
            Language::Zh => WordSeparator::UnicodeBreakProperties,
        };
        let options = Options::new(self.width)
            .initial_indent(first)
            .subsequent_indent(rest)
            .word_separator(separator)
            .word_splitter(WordSplitter::NoHyphenation);
        for line in textwrap::wrap(text, options) {
            self.line(&line);
        }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

/// Returns the style of an outcome. The word is always there beside it.
pub(super) fn style(outcome: Outcome) -> Style {
    let colour = match outcome {
        Outcome::Permitted => AnsiColor::Green,
        Outcome::Conditional => AnsiColor::Yellow,
        Outcome::Unknown => AnsiColor::Magenta,
        Outcome::Prohibited => AnsiColor::Red,
    };
    colour.on_default().bold()
}
