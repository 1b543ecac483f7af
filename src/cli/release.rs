//! `neglist catalog diff` and `neglist catalog publish`: releases of the words
//! that lists and questions are written in.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value as Json, json};

use crate::canon::{Publication, SecretKey, head_json};
use crate::catalog::{Releases, read_releases};
use crate::cli::args::Format;
use crate::cli::failure::Failure;
use crate::cli::{Screen, exit, key_file, selection};
use crate::model::{Head, Language, State};
use crate::registry::{Alteration, Class, Happened, Release, Step};

#[derive(Args, Debug)]
pub(super) struct DiffReleasesArgs {
    /// The folder, with `categories/`, `facts/`, `jurisdictions.toml`, or some of these
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

#[derive(Args, Debug)]
pub(super) struct PublishReleasesArgs {
    /// The folder, with `categories/`, `facts/`, `jurisdictions.toml`, or some of these
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// The registry's root key
    #[arg(long, required_unless_present = "dry_run", value_name = "FILE")]
    key: Option<PathBuf>,
    /// Check and show, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// Shows what the releases of a folder change that the registry does not have.
pub(super) fn diff(args: &DiffReleasesArgs, registry: Option<&str>, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let registry = selection::open(registry, screen)?;
    let releases = new_releases(&args.folder, registry.state())?;
    let steps = steps(registry.state(), &releases)?;
    report(&steps, None, screen)
}

/// Publishes the releases of a folder that the registry does not have.
pub(super) fn publish(
    args: &PublishReleasesArgs,
    registry: Option<&str>,
    screen: &mut Screen<'_>,
) -> Result<u8, Failure> {
    let key = match &args.key {
        Some(path) if !args.dry_run => key_file::read(path, screen)?,
        _ => {
            let code = diff(&DiffReleasesArgs { folder: args.folder.clone() }, registry, screen)?;
            screen.note("nothing was written, since this was a dry run")?;
            return Ok(code);
        }
    };
    let mut publisher = selection::publisher(registry, screen)?;
    let state = publisher.chains().state().ok_or_else(|| Failure::input("the registry has no catalog"))?;
    let releases = new_releases(&args.folder, &state)?;
    // All of them are judged before the first is published.
    let steps = steps(&state, &releases)?;
    let head = append(&mut publisher, releases, &key, screen)?;
    report(&steps, Some(&head.unwrap_or(state.head)), screen)
}

fn append(
    publisher: &mut crate::registry::Publisher,
    releases: Releases,
    key: &SecretKey,
    screen: &mut Screen<'_>,
) -> Result<Option<Head>, Failure> {
    let Releases { categories, vocabularies, places } = releases;
    let publications = categories.into_iter().map(Publication::Categories);
    let publications = publications.chain(vocabularies.into_iter().map(Publication::Facts));
    let publications = publications.chain(places.into_iter().map(Publication::Jurisdictions));
    let mut head = None;
    for publication in publications {
        let recorded = screen.surroundings.now.clone();
        head = Some(publisher.publish_signed(publication, &recorded, std::slice::from_ref(key))?);
    }
    Ok(head)
}

/// Reads the releases of a folder that come after those of a state. One that
/// has a version of these must say the same.
fn new_releases(folder: &Path, state: &State) -> Result<Releases, Failure> {
    let mut read = read_releases(folder)?;
    let all = read.categories.iter().map(Release::Categories).chain(read.vocabularies.iter().map(Release::Facts));
    for release in all.chain(read.places.as_ref().map(Release::Places)) {
        if !release.is_known_otherwise(state) {
            continue;
        }
        let (kind, version) = (release.kind(), release.version());
        let message = format!("{kind} {version} is published, and says something else in `{}`", folder.display());
        return Err(Failure::input(message).hint("what is published is never changed: give it a new version"));
    }
    let State { categories, vocabulary, places, .. } = state;
    read.categories.retain(|it| categories.version() < it.version());
    read.vocabularies.retain(|it| vocabulary.version() < it.version());
    read.places = read.places.filter(|it| places.version() < it.version());
    Ok(read)
}

/// Judges releases one after the other, each after those before it.
fn steps(state: &State, releases: &Releases) -> Result<Vec<Step>, Failure> {
    let mut state = state.clone();
    let mut steps = Vec::new();
    for release in &releases.categories {
        steps.push(Release::Categories(release).after(&state)?);
        state.categories = release.clone();
    }
    for release in &releases.vocabularies {
        steps.push(Release::Facts(release).after(&state)?);
        state.vocabulary = release.clone();
    }
    if let Some(release) = &releases.places {
        steps.push(Release::Places(release).after(&state)?);
    }
    Ok(steps)
}

fn report(steps: &[Step], published: Option<&Head>, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    if screen.format == Format::Json {
        let mut document = json!({"releases": steps.iter().map(step_json).collect::<Vec<_>>()});
        if let (Some(head), Some(object)) = (published, document.as_object_mut()) {
            object.insert("registry".to_owned(), head_json(head));
        }
        screen.json(&document)?;
        return Ok(exit::DONE);
    }
    if steps.is_empty() {
        screen.note("the registry has every release of the folder")?;
    }
    for Step { kind, before, after, class, alterations } in steps {
        let class = match (class, screen.language) {
            (_, Language::En) => class.word(),
            (Class::Patch, Language::Zh) => "修订号",
            (Class::Minor, Language::Zh) => "次版本号",
            (Class::Major, Language::Zh) => "主版本号",
        };
        let done = if published.is_some() { screen.say(", published", "，已发布") } else { "" };
        writeln!(screen.out, "{kind} {before} → {after}: {class}{done}")?;
        for it in alterations {
            let others = if it.others.is_empty() { String::new() } else { format!("  → {}", it.others.join(", ")) };
            writeln!(screen.out, "  {}  {}{others}", happened(it.what, screen.language), it.id)?;
        }
    }
    Ok(exit::DONE)
}

fn step_json(step: &Step) -> Json {
    let alteration = |it: &Alteration| json!({"what": it.what.word(), "id": it.id, "others": it.others});
    json!({
        "kind": step.kind,
        "before": step.before.to_string(),
        "after": step.after.to_string(),
        "class": step.class.word(),
        "alterations": step.alterations.iter().map(alteration).collect::<Vec<_>>(),
    })
}

fn happened(what: Happened, language: Language) -> &'static str {
    let (en, zh) = match what {
        Happened::Reworded => ("reworded", "文字变更"),
        Happened::Added => ("added", "新增"),
        Happened::Covers => ("covers otherwise", "范围变更"),
        Happened::Kind => ("other kind", "类型变更"),
        Happened::Values => ("other values", "取值变更"),
        Happened::Parent => ("other parent", "归属变更"),
        Happened::Members => ("other members", "成员变更"),
        Happened::Gone => ("gone", "不再存在"),
    };
    match language {
        Language::En => en,
        Language::Zh => zh,
    }
}

/// Says what became of an id, as a hint.
pub(super) fn sentence(alteration: &Alteration) -> String {
    let Alteration { what, id, others } = alteration;
    let others: Vec<_> = others.iter().map(|it| format!("`{it}`")).collect();
    let others = others.join(", ");
    match what {
        Happened::Reworded => format!("`{id}` is worded otherwise"),
        Happened::Added => format!("`{id}` is new"),
        Happened::Covers => format!("`{id}` lies otherwise to {others}"),
        Happened::Kind => format!("`{id}` has another kind or role"),
        Happened::Values => format!("`{id}` has other values"),
        Happened::Parent => format!("`{id}` is part of another place, or of another kind"),
        Happened::Members => format!("`{id}` has other members"),
        Happened::Gone if others.is_empty() => format!("`{id}` is gone"),
        Happened::Gone => format!("`{id}` became {others}"),
    }
}
