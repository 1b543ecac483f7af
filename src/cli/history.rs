//! `neglist history`

use std::collections::BTreeSet;

use semver::Version;
use serde_json::{Value as Json, json};

use crate::canon::{EntryForm, head_json};
use crate::cli::args::{Format, HistoryArgs};
use crate::cli::failure::Failure;
use crate::cli::layout::Layout;
use crate::cli::{Screen, exit, lists, table};
use crate::document::note::change_text;
use crate::document::{change_json, history_json, term};
use crate::model::near::did_you_mean;
use crate::model::{At, EntryId, Issued, List, ListId, State};
use crate::registry::{Happening, Registry, What};

pub(super) fn run(args: &HistoryArgs, registry: &Registry, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let state = registry.state();
    let list = find_list(state, &args.list)?;
    if let Some(entry) = &args.entry {
        return of_entry(entry, list, registry, screen);
    }
    let at = lists::day(args.at.as_deref(), screen)?;
    match screen.format {
        Format::Json => screen.json(&history_json(list, at, state))?,
        Format::Text => write(list, at, screen)?,
    }
    Ok(exit::DONE)
}

/// Shows where an entry appeared, changed and vanished.
fn of_entry(written: &str, list: &List, registry: &Registry, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let all: BTreeSet<&str> =
        list.revisions.iter().flat_map(|it| it.revision.entries.keys()).map(EntryId::as_str).collect();
    let id: Option<EntryId> = written.parse().ok();
    let Some(id) = id.filter(|it| all.contains(it.as_str())) else {
        let hint = did_you_mean(written, all.iter().copied());
        let hint = hint.unwrap_or_else(|| format!("`neglist show {}` shows the entries in force", list.id));
        return Err(Failure::input(format!("`{}` never had an entry `{written}`", list.id)).hint(hint));
    };
    let happenings = registry.entry_history(list, &id);
    match screen.format {
        Format::Json => {
            let all: Vec<_> = happenings.iter().map(happening_json).collect();
            let document = json!({
                "list": list.id.as_str(),
                "entry": id.as_str(),
                "happenings": all,
                "registry": head_json(&registry.state().head),
            });
            screen.json(&document)?;
        }
        Format::Text => write_happenings(list, &id, &happenings, screen)?,
    }
    Ok(exit::DONE)
}

fn happening_json(happening: &Happening<'_>) -> Json {
    let revision = &happening.issued.revision;
    let (what, fields, entry) = match &happening.what {
        What::Appeared(entry) => ("appeared", Vec::new(), Some(json!(EntryForm::from(*entry)))),
        What::Changed(fields) => ("changed", fields.iter().map(change_json).collect(), None),
        What::Vanished => ("vanished", Vec::new(), None),
    };
    json!({
        "version": revision.version.to_string(),
        "published": revision.published.to_string(),
        "effective": revision.effective.map(|it| it.to_string()),
        "what": what,
        "fields": fields,
        "entry": entry,
    })
}

fn write_happenings(
    list: &List,
    id: &EntryId,
    happenings: &[Happening<'_>],
    screen: &mut Screen<'_>,
) -> Result<(), Failure> {
    let mut layout = Layout::new(screen.surroundings.width, screen.language);
    layout.line(&format!("{} {id}", list.id));
    for happening in happenings {
        let revision = &happening.issued.revision;
        let effective = revision.effective.map_or_else(|| "–".to_owned(), |it| it.to_string());
        let what = match &happening.what {
            What::Appeared(_) => screen.say("appeared", "新增"),
            What::Changed(_) => screen.say("changed", "变更"),
            What::Vanished => screen.say("vanished", "删除"),
        };
        layout.line("");
        let (version, published) = (&revision.version, revision.published);
        layout.line(&match screen.language {
            crate::model::Language::En => {
                format!("{version}  {what}, published {published}, effective {effective}")
            }
            crate::model::Language::Zh => format!("{version}  {what}，{published}公布，{effective}生效"),
        });
        match &happening.what {
            What::Appeared(entry) => {
                layout.labelled("cite", &entry.cite);
                layout.labelled(screen.say("note.en", "note.zh"), entry.note.in_language(screen.language));
            }
            What::Changed(fields) => {
                let other = screen.say(".zh", ".en");
                for change in fields.iter().filter(|it| !it.field.ends_with(other)) {
                    layout.labelled(&change.field, &change_text(change, screen.language));
                }
            }
            What::Vanished => {}
        }
    }
    screen.out.write_all(layout.into_text().as_bytes())?;
    Ok(())
}

/// Finds a list, or names those near.
pub(super) fn find_list<'a>(state: &'a State, written: &str) -> Result<&'a List, Failure> {
    let near = did_you_mean(written, state.lists.keys().map(ListId::as_str));
    let hint = near.unwrap_or_else(|| "`neglist lists` shows them all".to_owned());
    let id: ListId = written
        .parse()
        .map_err(|it: crate::model::id::MalformedId| Failure::input(it.to_string()).hint(hint.clone()))?;
    state.lists.get(&id).map(|it| &**it).ok_or_else(|| Failure::input(format!("unknown list `{id}`")).hint(hint))
}

/// Finds a revision of a list, or names those that there are.
pub(super) fn find_version<'a>(list: &'a List, written: &str) -> Result<&'a Issued, Failure> {
    let version: Version = written
        .parse()
        .map_err(|_| Failure::input(format!("`{written}` is not a version: expected one such as `1.0.0`")))?;
    list.issued(&version).ok_or_else(|| {
        let versions: Vec<_> = list.revisions.iter().map(|it| format!("`{}`", it.revision.version)).collect();
        let hint = format!("its versions are {}", versions.join(", "));
        Failure::input(format!("`{}` has no version {version}", list.id)).hint(hint)
    })
}

fn write(list: &List, at: At, screen: &mut Screen<'_>) -> Result<(), Failure> {
    let names = match screen.language {
        crate::model::Language::En => {
            ["VERSION", "PUBLISHED", "EFFECTIVE", "STANDING", "ENTRIES", "HASH", "WHAT CHANGED"]
        }
        crate::model::Language::Zh => ["版本", "公布日", "生效日", "状态", "条目", "哈希", "变动"],
    };
    let mut table = table::table(&names, screen.surroundings.width);
    for issued in &list.revisions {
        let revision = &issued.revision;
        let effective = revision.effective.map_or_else(|| "–".to_owned(), |it| it.to_string());
        let standing = term::standing(list.standing(issued, at), screen.language).to_owned();
        let hash: String = issued.hash.to_string().chars().take(8).collect();
        let (version, published) = (revision.version.to_string(), revision.published.to_string());
        let summary = revision.summary.in_language(screen.language).to_owned();
        table.add_row([version, published, effective, standing, revision.entries.len().to_string(), hash, summary]);
    }
    let title = list.head().map(|it| it.revision.title.in_language(screen.language)).unwrap_or_default();
    writeln!(screen.out, "{}  {title}\n", list.id)?;
    screen.out.write_all(table::text(&table).as_bytes())?;
    Ok(())
}
