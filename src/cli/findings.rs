//! Mistakes in files, shown where they stand.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::catalog::Finding;

/// Renders a finding with the part of the file that it is about.
pub(super) fn render(finding: &Finding) -> String {
    let diagnostic = &finding.diagnostic;
    let path = finding.path.display().to_string();
    let Some(span) = diagnostic.span.clone().filter(|it| it.end <= finding.text.len()) else {
        let help = diagnostic.help.as_ref().map(|it| format!("\n  = help: {it}")).unwrap_or_default();
        return format!("error[{}]: {}\n --> {path}{help}", diagnostic.rule, diagnostic.message);
    };
    let snippet = Snippet::source(finding.text.as_ref()).path(&path).annotation(AnnotationKind::Primary.span(span));
    let title = Level::ERROR.primary_title(diagnostic.message.as_str()).id(diagnostic.rule);
    let mut group = title.element(snippet);
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    Renderer::plain().render(&[group])
}
