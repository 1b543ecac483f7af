//! `neglist publish` and `neglist withdraw`

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use semver::Version;
use serde_json::{Value as Json, json};

use crate::canon::{Chains, Publication, Record, RecordHead, SecretKey, Statement, head_json, question_json};
use crate::catalog::lint::{Place, Setting, Severity, lint};
use crate::catalog::{Draft, Finding, Words, read_draft_against, read_text};
use crate::cli::args::Format;
use crate::cli::failure::{Failure, of_file};
use crate::cli::layout::Layout;
use crate::cli::selection::Desk;
use crate::cli::{Screen, Surroundings, exit, history, key_file, selection};
use crate::client::{Remote, Reply};
use crate::document;
use crate::log::ServedError;
use crate::model::{At, Effective, Hash, Head, InForce, Language, Published, Revision, State, Text};
use crate::registry::{self, MirrorError, MissedExpectation, Plan, PublishError, Publisher, plan};

/// How many questions with another answer are shown.
const SHOWN: usize = 5;

/// So often, a second apart, a server is looked at for what it was sent: nodes
/// that share a journal are level within five seconds.
const LOOKS: u32 = 7;

/// Publish a draft: check it, show what it changes, sign it, append it
#[derive(Args, Debug)]
pub(super) struct PublishArgs {
    /// The draft, as `neglist draft` or `neglist new-list` write it
    #[arg(value_name = "DRAFT")]
    draft: PathBuf,
    /// A private key that signs; may be given several times
    #[arg(long, required_unless_present = "dry_run", value_name = "FILE")]
    key: Vec<PathBuf>,
    /// Check and show, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// Take back a revision that has not taken effect
///
/// Nothing published is removed: a new revision with what is in force today says that the other
/// one will not come.
#[derive(Args, Debug)]
pub(super) struct WithdrawArgs {
    /// The revision, such as CN/cross-border-transfer@2.1.0
    #[arg(value_name = "LIST@VERSION")]
    revision: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Why, in Chinese; the English text if left out
    #[arg(long, value_name = "TEXT")]
    reason_zh: Option<String>,
    /// A private key that signs; may be given several times
    #[arg(long, required = true, value_name = "FILE")]
    key: Vec<PathBuf>,
}

pub(super) fn run(args: &PublishArgs, registry: Option<&str>, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    if args.dry_run {
        let registry = selection::open(registry, screen)?;
        let draft = read(&args.draft, registry.state(), screen)?;
        let plan = checked(registry.state(), &draft)?;
        show(&plan, &draft.revision, screen)?;
        screen.note("nothing was written, since this was a dry run")?;
        return Ok(exit::DONE);
    }
    let keys = key_file::read_all(&args.key, screen)?;
    let mut desk = selection::desk(registry, screen)?;
    let state = desk.chains().state().ok_or_else(|| Failure::input("the registry has no catalog"))?;
    let draft = read(&args.draft, &state, screen)?;
    let plan = checked(&state, &draft)?;
    show(&plan, &draft.revision, screen)?;
    publish(&mut desk, draft.revision, &keys, screen)
}

/// Takes a scheduled revision back.
pub(super) fn withdraw(args: &WithdrawArgs, registry: Option<&str>, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let keys = key_file::read_all(&args.key, screen)?;
    let mut desk = selection::desk(registry, screen)?;
    let state = desk.chains().state().ok_or_else(|| Failure::input("the registry has no catalog"))?;
    let revision = withdrawal(args, &state, At(screen.surroundings.today.date()))?;
    let draft = Draft { revision, follows: None, expectations: Vec::new() };
    let plan = checked(&state, &draft)?;
    show(&plan, &draft.revision, screen)?;
    publish(&mut desk, draft.revision, &keys, screen)
}

fn publish(desk: &mut Desk, revision: Revision, keys: &[SecretKey], screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let (list, version) = (revision.list.clone(), revision.version.clone());
    let done = desk.publish(revision, screen.surroundings, keys)?;
    let issued = desk.chains().lists().get(&list).and_then(|it| it.issued(&version));
    let hash = issued.map(|it| it.hash.to_string()).unwrap_or_default();
    if screen.format != Format::Text {
        screen.json(&json!({
            "list": list.as_str(),
            "version": version.to_string(),
            "revision": hash,
            "position": done.position,
            "registry": head_json(&done.head),
        }))?;
        return Ok(exit::DONE);
    }
    let mut layout = Layout::new(screen.surroundings.width, screen.language);
    layout.labelled(screen.say("Published", "已发布"), &format!("{list} {version}"));
    layout.labelled(screen.say("Revision", "修订版哈希"), &hash);
    layout.labelled(screen.say("Position", "位置"), &done.position.to_string());
    screen.out.write_all(layout.into_text().as_bytes())?;
    Ok(exit::DONE)
}

/// Where a revision is published.
struct Done {
    /// The number of its record.
    position: u64,
    /// How far the registry is.
    head: Head,
}

impl Desk {
    /// Returns the chains that the next revision follows.
    fn chains(&self) -> &Chains {
        match self {
            Desk::Own(publisher) | Desk::Remote(_, publisher) => publisher.chains(),
        }
    }

    /// Publishes a revision, here or at the server.
    fn publish(&mut self, revision: Revision, around: &Surroundings, keys: &[SecretKey]) -> Result<Done, Failure> {
        let path = format!("v1/lists/{}/revisions", revision.list);
        let publication = Publication::Revision(Box::new(revision));
        match self {
            Desk::Own(publisher) => {
                let head = publisher.publish_signed(publication, &around.now, keys)?;
                Ok(Done { position: head.size - 1, head })
            }
            Desk::Remote(remote, copy) => {
                let sign = |statement: &Statement| keys.iter().map(|it| it.sign(statement)).collect();
                let record = copy.chains().prepare_signed(publication, &around.now, sign);
                publish_at(remote, &path, copy, &record.map_err(PublishError::from)?, around.pause)
            }
        }
    }
}

/// Publishes a record at a server. What that took in is fetched and not assumed:
/// it says when it was, and others may have published since.
fn publish_at(
    remote: &Remote,
    path: &str,
    copy: &mut Publisher,
    record: &Record,
    pause: fn(Duration),
) -> Result<Done, Failure> {
    let failure = match remote.post(path, "application/json", record.line()) {
        Ok(reply) if reply.status == 201 => None,
        Ok(reply) if reply.status < 500 => return Err(turned_down(remote, &reply)),
        Ok(reply) => Some(turned_down(remote, &reply)),
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            return Err(
                Failure::other(&error).hint(format!("nothing was sent: nobody listens at {}", remote.address()))
            );
        }
        Err(error) => Some(Failure::other(&error)),
    };
    // Who was told nothing looks whether it is there all the same.
    let looked = look(remote, copy, record.digest(), pause);
    Err(match (looked, failure) {
        (Ok(Some(done)), _) => return Ok(done),
        (Ok(None), Some(failure)) => {
            failure.hint("it is not published so far: run it again, which publishes nothing twice")
        }
        (Err(error), Some(failure)) => failure.hint(format!(
            "whether it is published is not known ({error}): run it again, which publishes nothing twice"
        )),
        (unseen, None) => {
            let why = unseen.err().map(|it| format!(": {it}")).unwrap_or_default();
            let message =
                format!("{} says that it published the revision, and does not show it{why}", remote.address());
            Failure::of_server(message).hint("look for it there before you publish again")
        }
    })
}

/// Looks for a revision, by its hash, until it is there. Of several nodes behind
/// one address another may answer than the one that published: it has fewer
/// records than the copy, or is asked for some that only the other has.
fn look(remote: &Remote, copy: &mut Publisher, hash: Hash, pause: fn(Duration)) -> Result<Option<Done>, MirrorError> {
    for _ in 1..LOOKS {
        match follow(remote, copy, hash) {
            Ok(None) | Err(MirrorError::Other(_) | MirrorError::Served(ServedError::Missing(_))) => {}
            outcome => return outcome,
        }
        pause(Duration::from_secs(1));
    }
    follow(remote, copy, hash)
}

/// Brings the copy of a registry up to its original, and returns where a
/// revision is published that the copy had not; `None` if it is not.
fn follow(remote: &Remote, copy: &mut Publisher, hash: Hash) -> Result<Option<Done>, MirrorError> {
    let lines = registry::records_after(remote, copy.chains())?;
    let digest = hash.to_string();
    let found = lines.iter().position(|it| RecordHead::of_line(it).is_ok_and(|it| it.digest == digest));
    let position = found.map(|it| copy.chains().size() + it as u64);
    let head = registry::take_records(copy, &lines)?;
    Ok(position.map(|position| Done { position, head }))
}

fn turned_down(remote: &Remote, reply: &Reply) -> Failure {
    let document: Json = serde_json::from_slice(&reply.body).unwrap_or_default();
    let detail = document.get("detail").and_then(Json::as_str).unwrap_or("it does not say why");
    if reply.status >= 500 {
        // Nobody's mistake who publishes, and it may have been taken in before.
        return Failure::of_server(format!("{} does not say that it published it: {detail}", remote.address()));
    }
    let message = format!("{} did not publish it: {detail}", remote.address());
    match reply.status {
        409 => {
            Failure::input(message).hint("somebody published in the meantime: run it again, and look at what changed")
        }
        403 => Failure::input(message).hint("ask whoever runs the server"),
        _ => Failure::input(message).hint("nothing was written"),
    }
}

/// Reads a draft file, and refuses one in which the rules find an error. Its
/// `base` names a version that the registry holds.
fn read(path: &Path, state: &State, screen: &mut Screen<'_>) -> Result<Draft, Failure> {
    let text = read_text(path).map_err(|it| of_file(path, &it))?;
    let published: Vec<_> = state.lists.values().flat_map(|it| &it.revisions).map(|it| &it.revision).collect();
    let lists = state.lists.keys().cloned().collect();
    let (categories, vocabulary, places) = (&state.categories, &state.vocabulary, &state.places);
    let words = Words { categories, vocabulary, places, lists: &lists };
    let setting = Setting { words, published: &published, today: screen.surroundings.today.date() };
    let (errors, others): (Vec<_>, Vec<_>) =
        lint(text.as_bytes(), Place::Alone, setting).into_iter().partition(|it| it.severity == Severity::Error);
    let shared: Arc<str> = text.as_str().into();
    let finding = |diagnostic| Finding { path: path.to_owned(), text: Arc::clone(&shared), diagnostic };
    if !errors.is_empty() {
        return Err(errors.into_iter().map(|it| finding(it.diagnostic)).collect::<Vec<_>>().into());
    }
    if !others.is_empty() {
        let path = path.display();
        screen.note(&format!("{} remarks: `neglist lint {path}` shows them", others.len()))?;
    }
    let read = read_draft_against(&text, state);
    read.map_err(|mistakes| mistakes.into_iter().map(finding).collect::<Vec<_>>().into())
}

/// Returns the revision that takes another one back: what is in force today,
/// once more.
fn withdrawal(args: &WithdrawArgs, state: &State, today: At) -> Result<Revision, Failure> {
    let Some((list, version)) = args.revision.split_once('@') else {
        let message = format!("`{}` is not a revision", args.revision);
        return Err(Failure::input(message).hint("write it as LIST@VERSION, such as `CN/maps@2.1.0`"));
    };
    let list = history::find_list(state, list)?;
    let version = history::find_version(list, version)?.revision.version.clone();
    if let Some(by) = list.revisions.iter().find(|it| it.revision.withdraws.contains(&version)) {
        return Err(Failure::input(format!("`{}` {version} was withdrawn by {}", list.id, by.revision.version)));
    }
    let InForce::Yes(now) = list.in_force(today, None) else {
        let message = format!("nothing of `{}` is in force on {today}, so that nothing would be left", list.id);
        return Err(Failure::input(message).hint("publish a revision that says what holds instead, with `withdraws`"));
    };
    let last = list.head().map_or(&now.revision.version, |it| &it.revision.version);
    let zh = args.reason_zh.as_ref().unwrap_or(&args.reason);
    Ok(Revision {
        version: Version::new(last.major, last.minor, last.patch + 1),
        published: Published(today.0),
        effective: Some(Effective(today.0)),
        retroactive: None,
        withdraws: BTreeSet::from([version.clone()]),
        summary: Text { en: format!("Takes back {version}: {}", args.reason), zh: format!("撤回{version}：{zh}") },
        ..now.revision.clone()
    })
}

/// Tries a draft out, and refuses what must not be published.
fn checked(state: &State, draft: &Draft) -> Result<Plan, Failure> {
    let plan = plan(state, draft)?;
    if !plan.missed.is_empty() {
        return Err(missed(&plan.missed));
    }
    Ok(plan)
}

fn missed(all: &[MissedExpectation]) -> Failure {
    let lines = all.iter().map(|it| {
        let question = question_json(&it.expected.question);
        format!(
            "expected {}, and the registry would answer {}: {question}",
            it.expected.outcome.word(),
            it.found.word()
        )
    });
    let lines: Vec<_> = lines.collect();
    Failure::input(format!("golden questions of the draft are not met\n  {}", lines.join("\n  ")))
        .hint("mend the entries, or the expectation if it was wrong; nothing was written")
}

/// Shows what publishing would change.
fn show(plan: &Plan, revision: &Revision, screen: &mut Screen<'_>) -> Result<(), Failure> {
    let before = plan.before.as_ref().map(|it| &it.entries);
    let is_new = |id: &&crate::model::EntryId| before.is_none_or(|it| !it.contains_key(*id));
    let added = revision.entries.keys().filter(is_new).count();
    let is_gone = |id: &&crate::model::EntryId| !revision.entries.contains_key(*id);
    let removed = before.map_or(0, |it| it.keys().filter(is_gone).count());
    let is_other = |(id, entry): &(&crate::model::EntryId, &Arc<crate::model::Entry>)| {
        before.and_then(|it| it.get(*id)).is_some_and(|it| it != *entry)
    };
    let changed = revision.entries.iter().filter(is_other).count();
    let line = match screen.language {
        Language::En => {
            format!(
                "{} {}: {added} entries added, {changed} changed, {removed} removed",
                revision.list, revision.version
            )
        }
        Language::Zh => {
            format!("{} {}：新增{added}条，变更{changed}条，删除{removed}条", revision.list, revision.version)
        }
    };
    writeln!(screen.err, "{line}")?;
    show_answers(plan, screen)
}

/// Shows which questions get another answer: a few of them, the tighter first.
fn show_answers(plan: &Plan, screen: &mut Screen<'_>) -> Result<(), Failure> {
    let verdicts = &plan.verdicts;
    let witnesses: Vec<_> = verdicts.regions.iter().flat_map(|it| &it.witnesses).collect();
    let class = verdicts.class.word();
    writeln!(
        screen.err,
        "{}",
        match (screen.language, plan.before.is_some(), witnesses.len()) {
            (Language::En, false, _) => "the first revision of its list; for example".to_owned(),
            (Language::Zh, false, _) => "该清单的首个修订版；例如".to_owned(),
            (Language::En, true, 0) => format!("{class}: no answer changes"),
            (Language::Zh, true, 0) => format!("{class}：结论均无变化"),
            (Language::En, true, _) => format!("{class}: other answers, for example"),
            (Language::Zh, true, _) => format!("{class}：结论有变，例如"),
        }
    )?;
    for witness in witnesses.iter().take(SHOWN) {
        let (before, after) = (witness.before.word(), witness.after.word());
        writeln!(screen.err, "  {before} → {after}: `{}`", document::command(&witness.question))?;
    }
    if SHOWN < witnesses.len() {
        let more = witnesses.len() - SHOWN;
        writeln!(
            screen.err,
            "{}",
            match screen.language {
                Language::En => format!("  and {more} more; `neglist diff … --verdicts` tells them all apart"),
                Language::Zh => format!("  另有{more}处；`neglist diff … --verdicts`逐一列出"),
            }
        )?;
    }
    for (lists, en, zh) in [
        (&verdicts.no_longer_displaced, "binds again: ", "恢复适用："),
        (&verdicts.newly_displaced, "displaced from now on: ", "自此被取代："),
    ] {
        for list in lists {
            writeln!(screen.err, "  {}{list}", screen.say(en, zh))?;
        }
    }
    Ok(())
}
