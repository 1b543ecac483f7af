//! `neglist verify`

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use crate::canon::head_json;
use crate::catalog::read_text;
use crate::cli::args::Format;
use crate::cli::failure::{Failure, of_file};
use crate::cli::layout::Layout;
use crate::cli::{Screen, answer, exit, selection};
use crate::log::{Checkpoint, Fork, LogKey};
use crate::model::{Hash, Language};
use crate::receipt::{Bounds, Policy, Unproven, Verified, verify};

/// Verify a receipt, or the evidence of a fork: no registry and no network is needed
///
/// Derives the answer anew from what the receipt proves, and says what was proven and what was
/// not. Exits with 0 if it is proven, whatever the outcome, and with 3 if it is not.
#[derive(Args, Debug)]
pub(super) struct VerifyArgs {
    /// The receipt, or the evidence that `neglist watch` keeps
    #[arg(value_name = "FILE")]
    receipt: PathBuf,
    /// The public key of the log, or a file that holds it (`neglist log key` prints it)
    #[arg(long, required_unless_present = "policy", value_name = "KEY")]
    key: Option<String>,
    /// The public key of a witness that is believed, or a file that holds it; may be given several
    /// times
    #[arg(long, value_name = "KEY")]
    witness: Vec<String>,
    /// So many of the witnesses must have seen the head; all of them if left out
    #[arg(long, value_name = "NUMBER")]
    threshold: Option<usize>,
    /// A file of lines `log KEY`, `witness KEY`, `threshold NUMBER`
    #[arg(long, conflicts_with_all = ["key", "witness", "threshold"], value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Refuse a head of fewer records: a size that you have seen before
    #[arg(long, value_name = "NUMBER")]
    min_size: Option<u64>,
    /// Refuse a head that was not seen (by witnesses, if any are asked for) at this time or later,
    /// such as 2026-11-30T00:00:00Z
    #[arg(long, value_name = "TIME")]
    not_before: Option<String>,
}

pub(super) fn run(args: &VerifyArgs, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let policy = policy(args)?;
    let bytes = selection::read_file(&args.receipt)?;
    if Fork::is_named_by(&bytes) {
        return fork(&bytes, &policy.log, screen);
    }
    let verified = verify(&bytes, &policy)?;
    match screen.format {
        Format::Json => screen.json(&document(&verified))?,
        Format::Text => {
            answer::write_proven(&verified.answered(), &verified.state, screen)?;
            writeln!(screen.out)?;
            let text = Proof { verified: &verified, policy: &policy, language: screen.language }
                .text(Layout::new(screen.surroundings.width, screen.language));
            screen.out.write_all(text.as_bytes())?;
        }
    }
    Ok(exit::DONE)
}

/// Verifies the evidence of a fork.
fn fork(bytes: &[u8], log: &LogKey, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let (earlier, later) = Fork::verify(bytes, log)
        .map_err(|it| Failure::of_proof(&format!("this proves nothing: {it}")).hint("the log may be honest"))?;
    let (name, sizes) = (log.name(), (earlier.size, later.size));
    match (screen.format, screen.language) {
        (Format::Json, _) => {
            let head = |it: &Checkpoint| json!({"size": it.size, "root": Hash(it.root).to_string()});
            screen.json(
                &json!({"proven": true, "fork": {"log": name, "earlier": head(&earlier), "later": head(&later)}}),
            )?;
        }
        (Format::Text, Language::En) => {
            let (earlier, later) = sizes;
            let what = format!("of {earlier} and of {later} records, and the second does not continue the first");
            writeln!(screen.out, "FORK  {name} signed two heads, {what}")?;
        }
        (Format::Text, Language::Zh) => {
            let (earlier, later) = sizes;
            writeln!(screen.out, "分叉  {name}签署了{earlier}条与{later}条记录的两个链头，后者并非前者的延续")?;
        }
    }
    Ok(exit::DONE)
}

fn policy(args: &VerifyArgs) -> Result<Policy, Failure> {
    let bounds = Bounds { size: args.min_size, second: args.not_before.as_deref().map(second).transpose()? };
    if let Some(path) = &args.policy {
        let text = read_text(path).map_err(|it| of_file(path, &it))?;
        return Ok(Policy { bounds, ..read_policy(&text, path)? });
    }
    let log = log_key(args.key.as_deref().unwrap_or_default())?;
    let witnesses = args.witness.iter().map(|it| log_key(it)).collect::<Result<Vec<_>, _>>()?;
    let threshold = args.threshold.unwrap_or(witnesses.len());
    Ok(Policy { log, witnesses, threshold, bounds })
}

fn read_policy(text: &str, path: &std::path::Path) -> Result<Policy, Failure> {
    let (mut log, mut witnesses, mut threshold) = (None, Vec::new(), None);
    for (number, line) in (1..).zip(text.lines()) {
        let mistake = |what: &str| Failure::input(format!("`{}`, line {number}: {what}", path.display()));
        let line = line.split('#').next().unwrap_or_default().trim();
        match line.split_once(' ') {
            None if line.is_empty() => {}
            Some(("log", it)) if log.is_none() => log = Some(log_key(it.trim())?),
            Some(("witness", it)) => witnesses.push(log_key(it.trim())?),
            Some(("threshold", it)) => {
                threshold = Some(it.trim().parse().map_err(|_| mistake("expected a number"))?);
            }
            _ => return Err(mistake("expected one `log KEY`, and `witness KEY` or `threshold NUMBER`")),
        }
    }
    let log = log.ok_or_else(|| Failure::input(format!("`{}` names no log: expected `log KEY`", path.display())))?;
    let threshold = threshold.unwrap_or(witnesses.len());
    Ok(Policy { log, witnesses, threshold, bounds: Bounds::default() })
}

/// Reads the key of a log or a witness, or the file that holds it.
pub(super) fn log_key(text: &str) -> Result<LogKey, Failure> {
    if let Ok(key) = text.parse() {
        return Ok(key);
    }
    let held = read_text(Path::new(text)).ok().and_then(|it| it.trim().parse().ok());
    held.ok_or_else(|| {
        Failure::input(format!("`{text}` is not the key of a log, nor a file that holds one"))
            .hint("a key is `NAME+HASH+BASE64`: the log's operator publishes it, and `neglist log key` prints it")
    })
}

fn second(text: &str) -> Result<u64, Failure> {
    let time = text.parse::<Timestamp>().ok().and_then(|it| u64::try_from(it.as_second()).ok());
    time.ok_or_else(|| {
        Failure::input(format!("`{text}` is no time: expected one as RFC 3339 has it, such as 2026-11-30T00:00:00Z"))
    })
}

fn document(verified: &Verified) -> serde_json::Value {
    let Verified { answer, unchanged, checkpoint, head, recorded, lists, .. } = verified;
    let day = |it: Option<jiff::civil::Date>| it.map(|it| it.to_string());
    let witnesses: Vec<_> =
        checkpoint.witnesses.iter().map(|(key, second)| json!({"key": key.to_string(), "second": second})).collect();
    json!({
        "proven": true,
        "answer": answer,
        "unchanged": {"from": day(unchanged.from), "until": day(unchanged.until)},
        "lists": lists,
        "registry": head_json(head),
        "recorded": recorded,
        "log_root": Hash(checkpoint.checkpoint.root).to_string(),
        "witnesses": witnesses,
    })
}

struct Proof<'v> {
    verified: &'v Verified,
    policy: &'v Policy,
    language: Language,
}

impl Proof<'_> {
    fn say(&self, en: String, zh: String) -> String {
        match self.language {
            Language::En => en,
            Language::Zh => zh,
        }
    }

    fn text(&self, mut layout: Layout) -> String {
        let (proven, not_proven) = (self.language.say("Proven", "已证明"), self.language.say("Not proven", "未证明"));
        for (label, sentences) in [(proven, self.proven()), (not_proven, self.not_proven())] {
            for (label, sentence) in std::iter::once(label).chain(std::iter::repeat("")).zip(sentences) {
                layout.labelled(label, &sentence);
            }
        }
        layout.into_text()
    }

    fn proven(&self) -> Vec<String> {
        let Verified { unchanged, checkpoint, head, recorded, lists, .. } = self.verified;
        let (origin, size, hash, lists) = (&head.origin, head.size, head.hash, lists.len());
        let mut proven = vec![self.say(
            format!("this is what {origin} answers at {size} records, head {hash}; the answer was derived anew"),
            format!("{origin}在{size}条记录、链头{hash}处即作此答；答案已重新推导"),
        )];
        proven.push(self.say(
            format!("{lists} lists may have to do with it, and none is left out; nor is any of their entries"),
            format!("可能相关的清单共{lists}份，无一遗漏；其条目亦无遗漏"),
        ));
        let (from, until) = (unchanged.from, unchanged.until);
        let none = || self.say("ever".to_owned(), "始终".to_owned());
        let (from, until) = (from.map_or_else(none, |it| it.to_string()), until.map_or_else(none, |it| it.to_string()));
        proven.push(self.say(
            format!("nothing that it rests on begins or ends from {from} until {until}, by what was published so far"),
            format!("就已公布者而言，自{from}至{until}，其所依据者均无变动"),
        ));
        for (key, second) in &checkpoint.witnesses {
            let time = i64::try_from(*second).ok().and_then(|it| Timestamp::from_second(it).ok());
            let time = time.map(|it| it.to_string()).unwrap_or_default();
            proven.push(
                self.say(
                    format!("{} saw this head at {time}", key.name()),
                    format!("{}于{time}见过此链头", key.name()),
                ),
            );
        }
        proven.push(self.say(
            format!("the last record was taken in at {recorded}, by the registry's own word"),
            format!("最后一条记录的收录时间为{recorded}（登记处自述）"),
        ));
        proven
    }

    fn not_proven(&self) -> Vec<String> {
        let mut open = vec![self.say(
            "that the lists say what the law says: compare them with the sources that they name".to_owned(),
            "清单内容与法律一致：请对照其所列来源".to_owned(),
        )];
        if self.policy.threshold == 0 {
            open.push(self.say(
                "that others are shown the same head: no witness was asked for, and a log alone can show different heads to different people".to_owned(),
                "他人所见为同一链头：未要求见证人，日志可向不同的人出示不同链头".to_owned(),
            ));
        }
        let Bounds { size, second } = &self.policy.bounds;
        if size.is_none() && second.is_none() {
            open.push(self.say(
                "that there is no newer head: give a bound with `--min-size` or `--not-before`".to_owned(),
                "没有更新的链头：可用`--min-size`或`--not-before`设定界限".to_owned(),
            ));
        }
        open.push(
            self.say(
                "that the registry keeps its trees in order: whoever holds its journal checks that (`neglist fsck`)"
                    .to_owned(),
                "登记处的树排序正确：由持有其日志者核查（`neglist fsck`）".to_owned(),
            ),
        );
        open
    }
}

impl From<Unproven> for Failure {
    fn from(error: Unproven) -> Failure {
        let hint = match &error {
            Unproven::Receipt(_) => "the receipt is damaged, was changed, or was made by another version of the format",
            Unproven::Checkpoint(_) => "ask whoever runs the registry for the key of its log, by another way",
            Unproven::NotLast => "the receipt was put together from parts that do not belong together",
            Unproven::TooFewWitnesses { .. } | Unproven::Old(_) => "ask for a newer receipt",
        };
        Failure::of_proof(&format!("this proves nothing: {error}")).hint(hint)
    }
}
