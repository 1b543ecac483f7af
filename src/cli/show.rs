//! `neglist show`

use crate::cli::args::{Format, ShowArgs};
use crate::cli::failure::Failure;
use crate::cli::layout::Layout;
use crate::cli::{Screen, exit, history, lists};
use crate::document::note::{entry_title, of_entry, of_revision, words};
use crate::document::revision_json;
use crate::model::{InForce, Issued, List};
use crate::registry::Registry;

pub(super) fn run(args: &ShowArgs, registry: &Registry, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let state = registry.state();
    let list = history::find_list(state, &args.list)?;
    let issued = find(args, list, screen)?;
    match screen.format {
        Format::Json => screen.json(&revision_json(list, issued, state))?,
        Format::Text => {
            let text = text(issued, screen);
            screen.out.write_all(text.as_bytes())?;
        }
    }
    Ok(exit::DONE)
}

fn find<'a>(args: &ShowArgs, list: &'a List, screen: &Screen<'_>) -> Result<&'a Issued, Failure> {
    let Some(written) = &args.version else {
        let at = lists::day(args.at.as_deref(), screen)?;
        return match list.in_force(at, None) {
            InForce::Yes(issued) => Ok(issued),
            InForce::NotYet | InForce::Lapsed(_) => {
                let message = format!("no revision of `{}` is in force on {at}", list.id);
                Err(Failure::input(message).hint(format!("`neglist history {}` shows them all", list.id)))
            }
        };
    };
    history::find_version(list, written)
}

fn text(issued: &Issued, screen: &Screen<'_>) -> String {
    let (revision, language) = (&issued.revision, screen.language);
    let mut layout = Layout::new(screen.surroundings.width, language);
    layout.line(&format!("{} {}  {}", revision.list, revision.version, revision.title.in_language(language)));
    layout.line("");
    of_revision(issued, language).iter().for_each(|(label, line)| layout.labelled(label, &words(line)));
    for entry in revision.entries.values() {
        layout.line("");
        layout.line(&entry_title(entry, language));
        of_entry(entry, language).iter().for_each(|(label, line)| layout.labelled(label, &words(line)));
    }
    layout.into_text()
}
