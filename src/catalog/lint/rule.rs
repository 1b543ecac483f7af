//! What a rule is.

use std::fmt;

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;

/// One thing that a draft may get wrong.
#[derive(Debug)]
pub struct Rule {
    /// Its name: kebab-case, the stem of its file and of its page.
    pub id: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What it holds, in one sentence.
    pub summary: &'static str,
    pub(crate) check: Check,
}

/// How much a remark matters, from the least.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Severity {
    /// Something to know, often right as it is.
    Note,
    /// Probably not what was meant, or less than readers are owed.
    Warning,
    /// It cannot be published.
    Error,
}

impl Severity {
    /// Every severity.
    pub const ALL: [Severity; 3] = [Severity::Note, Severity::Warning, Severity::Error];

    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Who finds what a rule is about.
#[derive(Debug)]
pub(crate) enum Check {
    /// Reading the file finds it.
    Reading,
    /// This does, in a draft that could be read.
    Draft(fn(&Draft<'_>) -> Vec<Mark>),
}
