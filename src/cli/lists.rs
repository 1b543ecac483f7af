//! `neglist lists`

use std::sync::Arc;

use crate::cli::args::{Format, ListsArgs};
use crate::cli::failure::Failure;
use crate::cli::{Screen, exit, table};
use crate::document::lists_json;
use crate::model::{At, InForce, Jurisdiction, List, State};
use crate::registry::Registry;

pub(super) fn run(args: &ListsArgs, registry: &Registry, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let state = registry.state();
    let at = day(args.at.as_deref(), screen)?;
    let chain = match &args.place {
        None => None,
        Some(written) => Some(state.places.chain(&place(written, state)?, at)),
    };
    let lists: Vec<_> = state
        .lists
        .values()
        .filter(|it| chain.as_ref().is_none_or(|chain| chain.contains(&it.id.jurisdiction())))
        .collect();
    match screen.format {
        Format::Json => screen.json(&lists_json(lists, at, state))?,
        Format::Text => write(&lists, at, state, screen)?,
    }
    Ok(exit::DONE)
}

/// Reads a place that the catalog has.
pub(super) fn place(written: &str, state: &State) -> Result<Jurisdiction, Failure> {
    let place: Jurisdiction =
        written.parse().map_err(|it: crate::model::id::MalformedId| Failure::input(it.to_string()))?;
    match state.place_mistake(&place) {
        Some(mistake) => Err(vec![mistake].into()),
        None => Ok(place),
    }
}

/// Reads a date, or takes today, which the result then shows.
pub(super) fn day(written: Option<&str>, screen: &Screen<'_>) -> Result<At, Failure> {
    let today = || At(screen.surroundings.today.date());
    written.map_or_else(
        || Ok(today()),
        |it| it.parse().map_err(|it: crate::model::date::MalformedDate| Failure::input(format!("--at: {it}"))),
    )
}

fn write(lists: &[&Arc<List>], at: At, state: &State, screen: &mut Screen<'_>) -> Result<(), Failure> {
    let names = match screen.language {
        crate::model::Language::En => ["LIST", "IN FORCE", "SINCE", "ENTRIES", "REVISIONS", "TITLE"],
        crate::model::Language::Zh => ["清单", "现行版本", "生效日", "条目", "修订", "名称"],
    };
    let mut table = table::table(&names, screen.surroundings.width);
    for list in lists {
        let (version, since, entries) = match list.in_force(at, None) {
            InForce::Yes(issued) => {
                let revision = &issued.revision;
                let since = revision.effective.map(|it| it.to_string()).unwrap_or_default();
                (revision.version.to_string(), since, revision.entries.len().to_string())
            }
            InForce::Lapsed(_) => (screen.say("lapsed", "已失效").to_owned(), String::new(), String::new()),
            InForce::NotYet => (screen.say("not yet", "尚未生效").to_owned(), String::new(), String::new()),
        };
        let title = list.head().map(|it| it.revision.title.in_language(screen.language).to_owned()).unwrap_or_default();
        table.add_row([list.id.to_string(), version, since, entries, list.revisions.len().to_string(), title]);
    }
    screen.out.write_all(table::text(&table).as_bytes())?;
    let revisions: usize = state.lists.values().map(|it| it.revisions.len()).sum();
    let (shown, all) = (lists.len(), state.lists.len());
    let summary = match screen.language {
        crate::model::Language::En => {
            format!("\n{shown} of {all} lists as of {at}; {revisions} revisions in the registry")
        }
        crate::model::Language::Zh => format!("\n截至{at}：{shown}/{all}份清单；登记处共{revisions}个修订版"),
    };
    writeln!(screen.out, "{summary}")?;
    Ok(())
}
