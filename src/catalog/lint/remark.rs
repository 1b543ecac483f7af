//! What a rule says of a draft.

use std::ops::Range;

use crate::catalog::diagnostic::Diagnostic;
use crate::catalog::lint::rule::{Rule, Severity};
use crate::catalog::lint::rules;
use crate::model::Question;

/// What a rule says of a draft, and how much it matters.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Remark {
    /// How much it matters.
    pub severity: Severity,
    /// What it is, and where.
    pub diagnostic: Diagnostic,
    /// A question that shows it, where there is one.
    pub witness: Option<Question>,
}

impl From<Diagnostic> for Remark {
    /// What reading finds is always an error.
    fn from(diagnostic: Diagnostic) -> Remark {
        let severity = rules::find(diagnostic.rule).map_or(Severity::Error, |it| it.severity);
        Remark { severity, diagnostic, witness: None }
    }
}

/// A remark that is still without its rule: what a check returns.
#[derive(Debug)]
pub(crate) struct Mark {
    message: String,
    span: Option<Range<usize>>,
    hint: Option<String>,
    witness: Option<Question>,
}

impl Mark {
    pub(crate) fn new(message: impl Into<String>) -> Mark {
        Mark { message: message.into(), span: None, hint: None, witness: None }
    }

    /// Says where.
    pub(crate) fn at(mut self, span: Option<Range<usize>>) -> Mark {
        self.span = span;
        self
    }

    /// Says what would be right.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Mark {
        self.hint = Some(hint.into());
        self
    }

    /// Gives a question that shows it.
    pub(crate) fn witness(mut self, question: Option<Question>) -> Mark {
        self.witness = question;
        self
    }

    pub(crate) fn into_remark(self, rule: &Rule) -> Remark {
        let diagnostic = Diagnostic::new(rule.id, self.message).at(self.span).help(self.hint);
        Remark { severity: rule.severity, diagnostic, witness: self.witness }
    }
}
