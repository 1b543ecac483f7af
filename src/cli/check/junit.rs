//! A check as JUnit XML: one case a flow, which fails where it got tighter.

use std::collections::BTreeMap;
use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::cli::Screen;
use crate::cli::check::Report;
use crate::cli::failure::Failure;
use crate::cli::flows::Flows;
use crate::cli::impact::sentence;
use crate::model::Language;
use crate::registry::Shift;

pub(super) fn write(report: &Report<'_>, screen: &mut Screen<'_>) -> Result<(), Failure> {
    let cases = Cases::of(report, screen.language);
    let (tests, failures) = (report.flows.flows.len().to_string(), cases.failures().to_string());
    let totals = [("name", "neglist check"), ("tests", tests.as_str()), ("failures", failures.as_str())];
    let mut writer = Writer::new_with_indent(&mut *screen.out, b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer.write_event(Event::Start(element("testsuites", &totals)))?;
    writer.write_event(Event::Start(element("testsuite", &totals)))?;
    for index in 0..report.flows.flows.len() {
        cases.write(index, report.flows, &mut writer)?;
    }
    writer.write_event(Event::End(BytesEnd::new("testsuite")))?;
    writer.write_event(Event::End(BytesEnd::new("testsuites")))?;
    writeln!(screen.out)?;
    Ok(())
}

/// What is said of the flows that change, by their numbers.
struct Cases(BTreeMap<usize, Said>);

/// What is said of a flow: why it fails, or what else became of it.
enum Said {
    Failure(&'static str, String),
    Note(String),
}

impl Cases {
    fn of(report: &Report<'_>, language: Language) -> Cases {
        let mut cases = BTreeMap::new();
        for (index, _, change) in report.ahead().changed() {
            let said = sentence(change, language);
            let said = if report.counts(change) { Said::Failure("tighter-ahead", said) } else { Said::Note(said) };
            cases.insert(index, said);
        }
        // What is so already goes before what is ahead, unless only that
        // fails.
        for (index, _, change) in report.now().changed() {
            let said = sentence(change, language);
            match (change.shift, cases.get(&index)) {
                (Shift::Looser, Some(Said::Failure(..))) => {}
                (Shift::Looser, _) => drop(cases.insert(index, Said::Note(said))),
                (shift @ (Shift::Tighter | Shift::Different), _) => {
                    cases.insert(index, Said::Failure(shift.word(), said));
                }
            }
        }
        Cases(cases)
    }

    fn failures(&self) -> usize {
        self.0.values().filter(|it| matches!(it, Said::Failure(..))).count()
    }

    fn write<W: Write>(&self, index: usize, flows: &Flows, writer: &mut Writer<W>) -> io::Result<()> {
        let (name, line) = (printable(&flows.name(index)), flows.line(index).to_string());
        let path = printable(&flows.path.display().to_string());
        let case = element("testcase", &[("name", &name), ("classname", "neglist"), ("file", &path), ("line", &line)]);
        let Some(said) = self.0.get(&index) else { return writer.write_event(Event::Empty(case)) };
        writer.write_event(Event::Start(case))?;
        match said {
            Said::Failure(kind, text) => {
                let attributes = [("type", *kind), ("message", &printable(text))];
                writer.write_event(Event::Empty(element("failure", &attributes)))?;
            }
            Said::Note(text) => {
                writer.write_event(Event::Start(BytesStart::new("system-out")))?;
                writer.write_event(Event::Text(BytesText::new(&printable(text))))?;
                writer.write_event(Event::End(BytesEnd::new("system-out")))?;
            }
        }
        writer.write_event(Event::End(BytesEnd::new("testcase")))
    }
}

fn element(name: &'static str, attributes: &[(&str, &str)]) -> BytesStart<'static> {
    BytesStart::new(name).with_attributes(attributes.iter().copied())
}

/// Returns a text without what XML has no way to write.
fn printable(text: &str) -> String {
    let is_allowed =
        |it: char| matches!(it, '\t' | '\n' | '\r') || (!it.is_control() && it < '\u{fffe}') || '\u{ffff}' < it;
    text.chars().map(|it| if is_allowed(it) { it } else { char::REPLACEMENT_CHARACTER }).collect()
}
