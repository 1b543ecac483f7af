//! `neglist authority`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};

use crate::canon::{Chains, Publication, head_json};
use crate::cli::args::Format;
use crate::cli::failure::Failure;
use crate::cli::layout::Layout;
use crate::cli::{Screen, exit, key_file, selection};
use crate::model::near::did_you_mean;
use crate::model::{Authority, AuthorityId, Head, PublicKey, Text};

/// Admit those who may publish, or show them
#[derive(Args, Debug)]
pub(super) struct AuthorityArgs {
    #[command(subcommand)]
    command: AuthorityCommand,
}

#[derive(Debug, Subcommand)]
enum AuthorityCommand {
    /// Admit an authority, or state it anew: signed by the root key
    Admit(AdmitArgs),
    /// Show the authorities, what they may publish, and their keys
    List,
}

#[derive(Args, Debug)]
struct AdmitArgs {
    /// Its id, such as ministry-of-data
    id: String,
    /// Its name in English
    #[arg(long, value_name = "TEXT")]
    name: String,
    /// Its name in Chinese; the English one if left out
    #[arg(long, value_name = "TEXT")]
    name_zh: Option<String>,
    /// What it may publish: a list, or all of a place as in `CN/*`; may be given several times
    #[arg(long, required = true, value_name = "LISTS")]
    lists: Vec<String>,
    /// The public half of one of its keys; may be given several times
    #[arg(long, required = true, value_name = "PUBLIC KEY")]
    public_key: Vec<String>,
    /// How many of its keys have to sign
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    threshold: u64,
    /// Why
    #[arg(long, default_value = "admitted", value_name = "TEXT")]
    reason: String,
    /// The registry's root key
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

pub(super) fn run(args: &AuthorityArgs, registry: Option<&str>, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    match &args.command {
        AuthorityCommand::Admit(args) => admit(args, registry, screen)?,
        AuthorityCommand::List => {
            let root = selection::folder(registry, screen)?;
            let chains = crate::registry::chains(&root)?;
            list(&chains, screen)?;
        }
    }
    Ok(exit::DONE)
}

fn admit(args: &AdmitArgs, registry: Option<&str>, screen: &mut Screen<'_>) -> Result<(), Failure> {
    let authority = Authority {
        id: parse(&args.id)?,
        name: Text { en: args.name.clone(), zh: args.name_zh.clone().unwrap_or_else(|| args.name.clone()) },
        lists: args.lists.iter().map(|it| parse(it)).collect::<Result<_, _>>()?,
        keys: args.public_key.iter().map(|it| parse::<PublicKey>(it)).collect::<Result<_, _>>()?,
        threshold: args.threshold,
        reason: args.reason.clone(),
    };
    let key = key_file::read(&args.key, screen)?;
    let mut publisher = selection::publisher(registry, screen)?;
    let recorded = screen.surroundings.now.clone();
    let done = publisher.publish_signed(Publication::Authority(authority.clone()), &recorded, &[key])?;
    report(&authority, &done, screen)
}

fn list(chains: &Chains, screen: &mut Screen<'_>) -> Result<(), Failure> {
    if screen.format != Format::Text {
        let authorities: Vec<_> = chains.authorities().map(authority_json).collect();
        let root = chains.root_key().map(|it| it.to_string());
        return screen.json(&json!({"root_key": root, "authorities": authorities}));
    }
    let mut layout = Layout::new(screen.surroundings.width, screen.language);
    match chains.root_key() {
        Some(key) => layout.labelled(screen.say("Root key", "根密钥"), &key.to_string()),
        None => layout.line(screen.say(
            "The registry has no root key: nothing in it is signed, and its lists are only transcribed.",
            "该登记处没有根密钥：其中内容均未签名，清单仅为转录。",
        )),
    }
    for authority in chains.authorities() {
        layout.line("");
        write(&mut layout, authority, screen);
    }
    screen.out.write_all(layout.into_text().as_bytes())?;
    Ok(())
}

fn write(layout: &mut Layout, authority: &Authority, screen: &Screen<'_>) {
    layout.line(&format!("{}  {}", authority.id, authority.name.in_language(screen.language)));
    let lists: Vec<_> = authority.lists.iter().map(ToString::to_string).collect();
    layout.labelled(screen.say("May publish", "可发布"), &lists.join(", "));
    if authority.keys.is_empty() {
        layout.labelled(screen.say("Keys", "密钥"), screen.say("none: it is revoked", "无：已撤销"));
        return;
    }
    let of = format!("{} / {}", authority.threshold, authority.keys.len());
    layout.labelled(screen.say("Signs with", "签名门槛"), &of);
    let mut label = screen.say("Keys", "密钥").to_owned();
    for key in &authority.keys {
        layout.labelled(&label, &key.to_string());
        label.clear();
    }
}

/// Writes an authority as it was just stated, with the head after it.
pub(super) fn report(authority: &Authority, head: &Head, screen: &mut Screen<'_>) -> Result<(), Failure> {
    if screen.format != Format::Text {
        return screen.json(&json!({"authority": authority_json(authority), "registry": head_json(head)}));
    }
    let mut layout = Layout::new(screen.surroundings.width, screen.language);
    write(&mut layout, authority, screen);
    layout.labelled(screen.say("Record", "记录"), &format!("{}, {}", head.size - 1, head.hash));
    screen.out.write_all(layout.into_text().as_bytes())?;
    Ok(())
}

fn authority_json(authority: &Authority) -> Json {
    json!({
        "id": authority.id.as_str(),
        "name": {"en": authority.name.en, "zh": authority.name.zh},
        "lists": authority.lists.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "keys": authority.keys.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "threshold": authority.threshold,
        "reason": authority.reason,
    })
}

/// Says that an authority is not known, and which is near.
pub(super) fn unknown(id: &AuthorityId, chains: &Chains) -> Failure {
    let hint = did_you_mean(id.as_str(), chains.authorities().map(|it| it.id.as_str()));
    let hint = hint.unwrap_or_else(|| "`neglist authority list` shows them all".to_owned());
    Failure::input(format!("unknown authority `{id}`")).hint(hint)
}

/// Reads a word of the command line.
pub(super) fn parse<T: std::str::FromStr>(text: &str) -> Result<T, Failure>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|it: T::Err| Failure::input(it.to_string()))
}
