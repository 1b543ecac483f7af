//! `neglist catalog`

use serde_json::json;

use crate::cli::args::{CatalogArgs, CatalogCommand, Format};
use crate::cli::failure::Failure;
use crate::cli::layout::Layout;
use crate::cli::{Screen, exit, release, selection, table};
use crate::document::{Found, broader, categories_json, everything, fact_kind, fact_values, mentioned};
use crate::model::near::did_you_mean;
use crate::model::{Category, CategoryId, State};

pub(super) fn run(args: &CatalogArgs, registry: Option<&str>, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let open = |screen: &mut Screen<'_>| selection::open(registry, screen);
    match &args.command {
        CatalogCommand::Tree { category } => tree(open(screen)?.state(), category.as_deref(), screen)?,
        CatalogCommand::Show { id } => show(open(screen)?.state(), id, screen)?,
        CatalogCommand::Search { word } => search(open(screen)?.state(), word, screen)?,
        CatalogCommand::Facts => {
            let registry = open(screen)?;
            found(&registry.state().vocabulary.iter().map(Found::Fact).collect::<Vec<_>>(), screen)?;
        }
        CatalogCommand::Places => {
            let registry = open(screen)?;
            found(&registry.state().places.iter().map(Found::Place).collect::<Vec<_>>(), screen)?;
        }
        CatalogCommand::Diff(args) => return release::diff(args, registry, screen),
        CatalogCommand::Publish(args) => return release::publish(args, registry, screen),
    }
    Ok(exit::DONE)
}

fn tree(state: &State, top: Option<&str>, screen: &mut Screen<'_>) -> Result<(), Failure> {
    let top = top.map(|it| category(state, it)).transpose()?;
    let shown: Vec<_> = state
        .categories
        .iter()
        .filter(|it| top.is_none_or(|top| top.id == it.id || it.id.as_str().starts_with(&format!("{}.", top.id))))
        .collect();
    if screen.format == Format::Json {
        return screen.json(&categories_json(&shown, state));
    }
    let base = top.map_or(0, |it| it.id.depth());
    for category in shown {
        let indent = "  ".repeat(category.id.depth() - base);
        let links: Vec<_> = category.broader.iter().map(|it| format!("also {it}")).collect();
        let links = if links.is_empty() { String::new() } else { format!("  ({})", links.join(", ")) };
        let name = category.name.in_language(screen.language);
        writeln!(screen.out, "{indent}{}  {name}{links}", category.id)?;
    }
    Ok(())
}

fn category<'a>(state: &'a State, written: &str) -> Result<&'a Category, Failure> {
    let id: CategoryId = written.parse().map_err(|it: crate::model::id::MalformedId| Failure::input(it.to_string()))?;
    state.categories.find(&id).ok_or_else(|| match state.category_mistake(&id) {
        Some(mistake) => vec![mistake].into(),
        // It may be asked for, and has no place in the tree.
        None => gone(state, &id),
    })
}

/// Says what became of an id that is gone.
fn gone(state: &State, id: &CategoryId) -> Failure {
    let since = state.categories.former(id).map(|it| format!(" since release {}", it.release)).unwrap_or_default();
    let now: Vec<_> = state.categories.meaning(id).into_iter().map(|it| format!("`{it}`")).collect();
    Failure::input(format!("category `{id}` has another id{since}")).hint(format!("now it is {}", now.join(", ")))
}

fn show(state: &State, id: &str, screen: &mut Screen<'_>) -> Result<(), Failure> {
    let all = everything(state);
    let Some(item) = all.iter().find(|it| it.id() == id) else {
        if id.parse().is_ok_and(|it| state.categories.former(&it).is_some()) {
            return category(state, id).map(|_| ());
        }
        let hint = did_you_mean(id, all.iter().map(Found::id));
        let hint = hint.unwrap_or_else(|| "`neglist catalog search WORD` finds it by name".to_owned());
        return Err(Failure::input(format!("nothing in the catalog is called `{id}`")).hint(hint));
    };
    if screen.format == Format::Json {
        return screen.json(&item.json(state));
    }
    let mut layout = Layout::new(screen.surroundings.width, screen.language);
    layout.line(&format!("{}  {}", item.id(), item.what()));
    layout.line("");
    layout.labelled("English", &item.name().en);
    layout.labelled("中文", &item.name().zh);
    match item {
        Found::Category(it) => {
            let broader: Vec<_> = broader(state, &it.id).map(ToString::to_string).collect();
            if !broader.is_empty() {
                layout.labelled(screen.say("Below", "上位类别"), &broader.join(", "));
            }
            let narrower = state
                .categories
                .iter()
                .filter(|other| other.id.parent().as_ref() == Some(&it.id) || other.broader.contains(&it.id));
            let narrower: Vec<_> = narrower.map(|it| it.id.to_string()).collect();
            if !narrower.is_empty() {
                layout.labelled(screen.say("Above", "下位类别"), &narrower.join(", "));
            }
            if let Some(note) = &it.note {
                layout.labelled(screen.say("Note", "说明"), note);
            }
            if !it.dpv.is_empty() {
                layout.labelled("DPV", &it.dpv.join("; "));
            }
        }
        Found::Fact(it) => {
            layout.labelled(screen.say("Kind", "类型"), fact_kind(it));
            if !fact_values(it).is_empty() {
                layout.labelled(screen.say("Values", "取值"), &fact_values(it).join(", "));
            }
        }
        Found::Place(it) => {
            if let Some(parent) = &it.parent {
                layout.labelled(screen.say("Part of", "上级"), parent.as_str());
            }
            for (bloc, member) in state.places.memberships(&it.code) {
                let until = member.until.map(|it| format!(" until {it}")).unwrap_or_default();
                let text = format!("{} in {bloc} from {}{until}", member.place, member.from);
                layout.labelled(screen.say("Membership", "成员关系"), &text);
            }
        }
    }
    screen.out.write_all(layout.into_text().as_bytes())?;
    Ok(())
}

fn search(state: &State, word: &str, screen: &mut Screen<'_>) -> Result<(), Failure> {
    let hits = mentioned(state, word);
    if hits.is_empty() {
        screen.note(&format!("nothing in the catalog mentions `{}`", word.to_lowercase()))?;
    }
    if screen.format == Format::Json {
        let hits: Vec<_> = hits.iter().map(|it| it.json(state)).collect();
        return screen.json(&json!(hits));
    }
    found(&hits, screen)
}

fn found(hits: &[Found<'_>], screen: &mut Screen<'_>) -> Result<(), Failure> {
    if screen.format == Format::Json {
        let name = |it: &Found<'_>| json!({"en": it.name().en, "zh": it.name().zh});
        let hits: Vec<_> = hits.iter().map(|it| json!({"id": it.id(), "what": it.what(), "name": name(it)})).collect();
        return screen.json(&json!(hits));
    }
    let names = match screen.language {
        crate::model::Language::En => ["ID", "WHAT", "NAME"],
        crate::model::Language::Zh => ["标识", "种类", "名称"],
    };
    let mut table = table::table(&names, screen.surroundings.width);
    for hit in hits {
        table.add_row([hit.id(), hit.what(), hit.name().in_language(screen.language)]);
    }
    screen.out.write_all(table::text(&table).as_bytes())?;
    Ok(())
}
