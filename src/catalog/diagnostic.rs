//! Mistakes in somebody's text, as values.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// A mistake in a text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Diagnostic {
    /// The id of the rule that found it.
    pub rule: &'static str,
    /// What is wrong: a phrase, what the user wrote in backticks.
    pub message: String,
    /// Where, in bytes; the whole text where it is `None`.
    pub span: Option<Range<usize>>,
    /// What would be right, or what is near.
    pub help: Option<String>,
}

impl Diagnostic {
    /// Makes a diagnostic for a place in a text.
    pub(crate) fn new(rule: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic { rule, message: message.into(), span: None, help: None }
    }

    /// Says where.
    #[must_use]
    pub(crate) fn at(mut self, span: Option<Range<usize>>) -> Diagnostic {
        self.span = span;
        self
    }

    /// Says what would be right.
    #[must_use]
    pub(crate) fn help(mut self, help: Option<String>) -> Diagnostic {
        self.help = help;
        self
    }
}

impl From<toml::de::Error> for Diagnostic {
    fn from(error: toml::de::Error) -> Diagnostic {
        Diagnostic::new("syntax", error.message().to_owned()).at(error.span())
    }
}

/// A mistake together with the file that it is in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// The file.
    pub path: PathBuf,
    /// Its text; empty where it could not be read.
    pub text: Arc<str>,
    /// The mistake.
    pub diagnostic: Diagnostic,
}

/// Returns where a quoted word stands in a part of a text.
pub(crate) fn find_word(text: &str, part: Range<usize>, word: &str) -> Option<Range<usize>> {
    let within = text.get(part.clone())?;
    let quoted = format!("\"{word}\"");
    let bare = || within.find(word).map(|it| (it, word.len()));
    let (offset, length) = within.find(&quoted).map(|it| (it, quoted.len())).or_else(bare)?;
    let start = part.start + offset;
    Some(start..start + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_where_it_stands_quoted() {
        let text = r#"id = "personal-x" category = ["personal"]"#;
        assert_eq!(find_word(text, 0..text.len(), "personal").and_then(|it| text.get(it)), Some("\"personal\""));
        assert_eq!(find_word(text, 0..10, "nothing"), None);
    }
}
