//! `neglist watch`

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use serde_json::{Value as Json, json};

use crate::cli::args::Format;
use crate::cli::failure::Failure;
use crate::cli::{Screen, exit, selection, verify};
use crate::journal::SeenHeads;
use crate::log::{LogKey, ServedLog, Sight, Visit, WatchError, visit};
use crate::model::{Hash, Language};

/// Watch a log: does the head that it shows today continue those it showed before?
///
/// Remembers every head that it sees. Where a head contradicts one that was seen before, keeps the
/// evidence, two heads that the log signed with a proof that they contradict each other, prints
/// where it lies, and exits with 3; anyone checks it with `neglist verify`. One visit a run, for a
/// timer, or as often as `--every` says.
#[derive(Args, Debug)]
pub(super) struct WatchArgs {
    /// The registry's address, or its folder
    #[arg(value_name = "URL")]
    registry: String,
    /// The public key of the log, or a file that holds it
    #[arg(long, value_name = "KEY")]
    key: String,
    /// The public key of a witness whose cosignatures to show, or a file that holds it; may be
    /// given several times
    #[arg(long, value_name = "KEY")]
    witness: Vec<String>,
    /// Where to keep what was seen; in your data folder if left out
    #[arg(long, value_name = "FOLDER")]
    state: Option<PathBuf>,
    /// Go on, with a visit every so many seconds
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    every: Option<u32>,
}

pub(super) fn run(args: &WatchArgs, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let watcher = Watcher::new(args, screen)?;
    let Some(seconds) = args.every else { return watcher.visit(screen) };
    loop {
        // A visit that fails, for the network or the log, is told, and the next
        // one is made.
        match watcher.visit(screen) {
            Ok(exit::DONE) => {}
            Ok(code) => return Ok(code),
            Err(failure) => drop(failure.report(screen.err)),
        }
        screen.out.flush()?;
        (screen.surroundings.pause)(Duration::from_secs(seconds.into()));
    }
}

struct Watcher {
    log: LogKey,
    witnesses: Vec<LogKey>,
    served: Box<dyn ServedLog>,
    seen: SeenHeads,
}

impl Watcher {
    fn new(args: &WatchArgs, screen: &Screen<'_>) -> Result<Watcher, Failure> {
        let witnesses = args.witness.iter().map(|it| verify::log_key(it)).collect::<Result<_, _>>()?;
        let log = verify::log_key(&args.key)?;
        let served = selection::served_log(&args.registry, "name the address or the folder of a registry")?;
        let state = match &args.state {
            Some(folder) => folder.clone(),
            None => selection::data_folder(screen)?.join("watch"),
        };
        Ok(Watcher { log, witnesses, served, seen: SeenHeads::open(&state)? })
    }

    fn visit(&self, screen: &mut Screen<'_>) -> Result<u8, Failure> {
        let seen = self.seen.of(self.log.name())?;
        let visit = visit(self.served.as_ref(), &self.log, &self.witnesses, &seen)?;
        let head = &visit.head.checkpoint;
        // What contradicts the heads before is kept as evidence, and not as one
        // of them.
        let evidence = match &visit.sight {
            Sight::Fork(fork) => Some(self.seen.keep_fork(head, fork)?),
            Sight::First | Sight::Same | Sight::Grown(_) | Sight::Older(_) => {
                self.seen.keep(head, &visit.note)?;
                None
            }
        };
        match screen.format {
            Format::Text => writeln!(screen.out, "{}", sentence(&visit, screen.language))?,
            Format::Json => writeln!(screen.out, "{}", document(&visit, evidence.as_deref()))?,
        }
        let Some(path) = evidence else {
            let is_older = matches!(visit.sight, Sight::Older(_));
            return Ok(if is_older { exit::MISSED } else { exit::DONE });
        };
        if screen.format == Format::Text {
            let label = screen.say("evidence", "证据");
            writeln!(screen.out, "{label}: {}", path.display())?;
        }
        Ok(exit::DAMAGED)
    }
}

fn sentence(visit: &Visit, language: Language) -> String {
    let head = &visit.head.checkpoint;
    let (origin, size) = (&head.origin, head.size);
    let mut text = match (&visit.sight, language) {
        (Sight::First, Language::En) => format!("{origin}: {size} records, seen for the first time"),
        (Sight::First, Language::Zh) => format!("{origin}：{size}条记录，首次所见"),
        (Sight::Same, Language::En) => format!("{origin}: {size} records, as before"),
        (Sight::Same, Language::Zh) => format!("{origin}：{size}条记录，与此前相同"),
        (Sight::Grown(before), Language::En) => {
            format!("{origin}: {size} records, which continue the {before} seen before")
        }
        (Sight::Grown(before), Language::Zh) => format!("{origin}：{size}条记录，延续此前所见的{before}条"),
        (Sight::Older(last), Language::En) => {
            format!(
                "{origin}: shows a head of {size} records, and one of {last} was seen before: out of date, or a part of it hidden"
            )
        }
        (Sight::Older(last), Language::Zh) => {
            format!("{origin}：现出示{size}条记录的链头，而此前已见{last}条：内容过时，或有所隐匿")
        }
        (Sight::Fork(_), Language::En) => {
            format!("FORK  {origin}: the head of {size} records does not continue what it signed before")
        }
        (Sight::Fork(_), Language::Zh) => format!("分叉  {origin}：{size}条记录的链头并非此前所签署者的延续"),
    };
    let names: Vec<_> = visit.head.witnesses.iter().map(|(key, _)| key.name()).collect();
    if !names.is_empty() {
        text += language.say("; cosigned by ", "；见证：");
        text += &names.join(", ");
    }
    text
}

fn document(visit: &Visit, evidence: Option<&Path>) -> Json {
    let head = &visit.head.checkpoint;
    let (sight, before) = match &visit.sight {
        Sight::First => ("first", None),
        Sight::Same => ("same", Some(head.size)),
        Sight::Grown(before) => ("grown", Some(*before)),
        Sight::Older(last) => ("older", Some(*last)),
        Sight::Fork(_) => ("fork", None),
    };
    let witnesses: Vec<_> =
        visit.head.witnesses.iter().map(|(key, second)| json!({"key": key.to_string(), "second": second})).collect();
    json!({
        "log": head.origin,
        "size": head.size,
        "root": Hash(head.root).to_string(),
        "sight": sight,
        "before": before,
        "witnesses": witnesses,
        "evidence": evidence.map(|it| it.display().to_string()),
    })
}

impl From<WatchError> for Failure {
    fn from(error: WatchError) -> Failure {
        match &error {
            WatchError::NoCheckpoint => Failure::input(error.to_string())
                .hint("whoever runs the registry signs its head with `neglist log sign`"),
            WatchError::Checkpoint(_) => Failure::of_proof(&error.to_string())
                .hint("ask whoever runs the registry for the key of its log, by another way"),
            WatchError::Served(_) => Failure::of_proof(&error.to_string()).hint("nothing was concluded: try again"),
        }
    }
}
