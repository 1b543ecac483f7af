//! Mistakes in files, shown where they stand.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::catalog::Finding;
use crate::catalog::lint::Severity;

/// Renders a mistake with the part of the file that it is about.
pub(super) fn render(finding: &Finding) -> String {
    render_remark(finding, Severity::Error, None)
}

/// Renders what a rule says, with the part of the file that it is about and
/// the command that asks a question which shows it.
pub(super) fn render_remark(finding: &Finding, severity: Severity, witness: Option<&str>) -> String {
    let diagnostic = &finding.diagnostic;
    let path = finding.path.display().to_string();
    let witness = witness.map(|it| format!("it shows in `{it}`"));
    let Some(span) = diagnostic.span.clone().filter(|it| it.end <= finding.text.len()) else {
        let help = diagnostic.help.as_ref().map(|it| format!("\n  = help: {it}")).unwrap_or_default();
        let witness = witness.map(|it| format!("\n  = note: {it}")).unwrap_or_default();
        let title = format!("{severity}[{}]: {}", diagnostic.rule, diagnostic.message);
        return format!("{title}\n --> {path}{help}{witness}");
    };
    let level = match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let snippet = Snippet::source(finding.text.as_ref()).path(&path).annotation(AnnotationKind::Primary.span(span));
    let mut group = level.primary_title(diagnostic.message.as_str()).id(diagnostic.rule).element(snippet);
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    if let Some(witness) = &witness {
        group = group.element(Level::NOTE.message(witness.as_str()));
    }
    Renderer::plain().render(&[group])
}
