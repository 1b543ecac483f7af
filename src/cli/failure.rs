//! What went wrong, with a way out and an exit code: one place picks both.

use std::io::{self, Write};

use crate::canon::InvalidRecord;
use crate::catalog::table::Mistakes;
use crate::catalog::{Finding, UnknownWord};
use crate::cli::findings::render;
use crate::cli::release;
use crate::client::InvalidAddress;
use crate::document;
use crate::journal::snapshot::SnapshotError;
use crate::journal::{self, AppendError, SharedError, SignError};
use crate::model::QuestionMistake;
use crate::receipt::ProveError;
use crate::registry::{
    AskError, BuildError, CompactError, ExportError, LockError, OpenError, PlanError, PublishError, ReceiptError,
    ReleaseError, ReplayError,
};

/// How many things that show one mistake are named.
const MOST_SHOWN: usize = 5;

/// Why a command did not do what was asked.
#[derive(Debug)]
pub(super) struct Failure {
    kind: Kind,
    /// Each with the hints that belong to it.
    errors: Vec<(String, Vec<String>)>,
    findings: Vec<Finding>,
}

/// Whose fault it is, and so the exit code.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Bad input: 2.
    BadInput,
    /// The registry is damaged, or a proof failed: 3.
    Damaged,
    /// Anything else: 1.
    Other,
}

impl Failure {
    /// Makes a failure of bad input.
    pub(super) fn input(message: impl Into<String>) -> Failure {
        Failure { kind: Kind::BadInput, errors: vec![(message.into(), Vec::new())], findings: Vec::new() }
    }

    /// Makes a failure of several mistakes in one file, of which the first are
    /// named.
    pub(super) fn inputs(named: Vec<String>, more: usize) -> Failure {
        let more = (more != 0).then(|| format!("and {more} more"));
        let errors = named.into_iter().chain(more).map(|it| (it, Vec::new())).collect();
        Failure { kind: Kind::BadInput, errors, findings: Vec::new() }
    }

    fn new(kind: Kind, error: &dyn std::error::Error) -> Failure {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            message = format!("{message}\n  caused by: {cause}");
            source = cause.source();
        }
        Failure { kind, errors: vec![(message, Vec::new())], findings: Vec::new() }
    }

    /// Makes a failure that is nobody's mistake.
    pub(super) fn other(error: &dyn std::error::Error) -> Failure {
        Failure::new(Kind::Other, error)
    }

    /// Makes a failure of a server, or of the way there.
    pub(super) fn of_server(message: impl Into<String>) -> Failure {
        Failure { kind: Kind::Other, ..Failure::input(message) }
    }

    /// Makes a failure of a proof.
    pub(super) fn of_proof(message: &str) -> Failure {
        Failure { kind: Kind::Damaged, ..Failure::input(message) }
    }

    /// Adds a way out.
    #[must_use]
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Failure {
        if let Some((_, hints)) = self.errors.last_mut() {
            hints.push(hint.into());
        }
        self
    }

    /// Adds a way out, if there is one.
    #[must_use]
    pub(super) fn hints(self, hints: impl IntoIterator<Item = String>) -> Failure {
        hints.into_iter().fold(self, Failure::hint)
    }

    /// Returns the messages alone, in one line.
    pub(super) fn line(&self) -> String {
        let messages = self.errors.iter().map(|(message, hints)| match hints.first() {
            Some(hint) => format!("{message} ({hint})"),
            None => message.clone(),
        });
        messages.collect::<Vec<_>>().join("; ")
    }

    /// Writes it for the person who made the mistake, and returns the exit
    /// code.
    pub(super) fn report(&self, err: &mut dyn Write) -> u8 {
        // Where messages go is closed: there is nobody left to tell.
        let _ = self.write(err);
        match self.kind {
            Kind::Other => 1,
            Kind::BadInput => 2,
            Kind::Damaged => 3,
        }
    }

    fn write(&self, err: &mut dyn Write) -> io::Result<()> {
        for finding in &self.findings {
            writeln!(err, "{}\n", render(finding))?;
        }
        for (message, hints) in &self.errors {
            writeln!(err, "error: {message}")?;
            for hint in hints {
                writeln!(err, "hint: {hint}")?;
            }
        }
        Ok(())
    }
}

impl From<Vec<QuestionMistake>> for Failure {
    fn from(mistakes: Vec<QuestionMistake>) -> Failure {
        let errors = mistakes.into_iter().map(|it| (it.message, it.hint.into_iter().collect())).collect();
        Failure { kind: Kind::BadInput, errors, findings: Vec::new() }
    }
}

impl From<AskError> for Failure {
    fn from(error: AskError) -> Failure {
        match error {
            AskError::Mistakes(mistakes) => mistakes.into(),
            AskError::Disagreement => Failure::new(Kind::Other, &error)
                .hint("please report this question; without `--paranoid` the index alone answers"),
        }
    }
}

impl From<Vec<Finding>> for Failure {
    fn from(findings: Vec<Finding>) -> Failure {
        let number = findings.len();
        let message = if number == 1 { "found 1 mistake".to_owned() } else { format!("found {number} mistakes") };
        Failure { findings, ..Failure::input(message) }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Failure {
        let (kind, hint) = match &error {
            OpenError::Missing(_) => (
                Kind::BadInput,
                "make one with `neglist snapshot import FILE --registry PATH`, or leave `--registry` out",
            ),
            OpenError::File(_) => (Kind::BadInput, "to look at a snapshot, use `neglist snapshot verify FILE`"),
            OpenError::Damaged { .. } => {
                (Kind::Damaged, "nothing was changed; restore the journal from a snapshot or a mirror")
            }
            OpenError::NoWords(_) => (Kind::BadInput, "make it from a snapshot with `neglist snapshot import`"),
        };
        let is_newer = matches!(
            &error,
            OpenError::Damaged { source: journal::OpenError::Altered { source: InvalidRecord::Unreadable(_), .. }, .. }
        );
        let newer = is_newer.then(|| "if a newer version of neglist wrote it, read it with that one".to_owned());
        Failure::new(kind, &error).hint(hint).hints(newer)
    }
}

impl From<PublishError> for Failure {
    fn from(error: PublishError) -> Failure {
        match error {
            PublishError::Open(error) => error.into(),
            PublishError::Held { .. } => Failure::new(Kind::BadInput, &error)
                .hint("wait until it is done; reading works meanwhile, and nothing was written"),
            PublishError::Words(words) => unknown_words(words),
            PublishError::Release(error) => error.into(),
            PublishError::Broken(_) => Failure::new(Kind::BadInput, &error).hint("nothing was written"),
            PublishError::Append(AppendError::Elsewhere { .. }) => Failure::new(Kind::Other, &error)
                .hint("somebody published meanwhile: look at what it changed, and publish again"),
            PublishError::Append(AppendError::Unknown(_) | AppendError::Uncertain) => {
                Failure::new(Kind::Other, &error).hint("run `neglist fsck` to see what is there")
            }
            PublishError::Copy { .. } => {
                Failure::new(Kind::BadInput, &error).hint("a copy follows its journal and takes nothing else in")
            }
            PublishError::Shared(error) => error.into(),
            PublishError::Other { .. } => {
                Failure::new(Kind::BadInput, &error).hint("name another prefix: `etcd://HOST:PORT/PREFIX`")
            }
            PublishError::Diverged { .. } | PublishError::Behind { .. } => Failure::new(Kind::Damaged, &error)
                .hint("one of the two was restored from a backup or belongs to another registry: keep both, and see which holds what was acknowledged"),
            PublishError::Io(ref cause) => Failure::new(Kind::Other, &error).hints(way_to_write(cause)),
            PublishError::Append(AppendError::Refused(_)) => {
                Failure::new(Kind::Other, &error).hint("nothing was written")
            }
        }
    }
}

impl From<SharedError> for Failure {
    fn from(error: SharedError) -> Failure {
        match error {
            SharedError::Address { .. } => Failure::new(Kind::BadInput, &error)
                .hint("write it as `etcd://one:2379,two:2379/prefix?ca=FILE&user=NAME&password-file=FILE`"),
            SharedError::Unsupported => {
                Failure::new(Kind::BadInput, &error).hint("build it with `cargo build --release --features etcd`")
            }
            SharedError::File { .. } => Failure::new(Kind::BadInput, &error),
            SharedError::Unreachable { ref hint, .. } | SharedError::Denied { ref hint, .. } => {
                let usual = "nothing was written; reading goes on from the copy, and `etcdctl endpoint status` says how etcd is";
                Failure::new(Kind::Other, &error).hint(hint.as_deref().unwrap_or(usual))
            }
            SharedError::Foreign { .. } => Failure::new(Kind::Damaged, &error),
        }
    }
}

impl From<CompactError> for Failure {
    fn from(error: CompactError) -> Failure {
        match error {
            CompactError::Open(error) => error.into(),
            CompactError::Store(_) => Failure::new(Kind::Other, &error)
                .hint("nothing is lost: the journal was not touched, and the next writer mends the store"),
        }
    }
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Failure {
        match error {
            ExportError::Open(error) => error.into(),
            ExportError::Io(error) => error.into(),
        }
    }
}

impl From<SnapshotError> for Failure {
    fn from(error: SnapshotError) -> Failure {
        let kind = match error {
            SnapshotError::Unreadable(_)
            | SnapshotError::NoHeader
            | SnapshotError::TooLarge
            | SnapshotError::TooLong { .. } => Kind::BadInput,
            SnapshotError::Altered { .. } | SnapshotError::OtherHead { .. } => Kind::Damaged,
        };
        Failure::new(kind, &error).hint("nothing was written")
    }
}

impl From<PlanError> for Failure {
    fn from(error: PlanError) -> Failure {
        match error {
            PlanError::Words(words) => unknown_words(words),
            PlanError::Question(mistakes) => mistakes.into(),
            PlanError::Overtaken { ref list, ref follows, ref last } => {
                let shown = last.as_ref().map(|last| format!("`neglist diff {list} {follows} {last}` shows what came"));
                let failure = Failure::new(Kind::BadInput, &error).hints(shown);
                failure.hint("take it into the draft, then say `follows` anew; nothing was written")
            }
            PlanError::Understated { ref before, class, ref witnesses, .. } => {
                let shown = witnesses.iter().find(|it| it.before < it.after).or(witnesses.first());
                let shown = shown.map(|it| {
                    let (one, other) = (it.before.word(), it.after.word());
                    format!("{one} before and {other} after: `{}`", document::command(&it.question))
                });
                let failure = Failure::new(Kind::BadInput, &error).hints(shown);
                failure.hint(format!("call it {}; nothing was written", class.next(before)))
            }
        }
    }
}

/// What to do where a registry's files cannot be written.
const WAYS_TO_WRITE: [(io::ErrorKind, &str); 4] = [
    (io::ErrorKind::StorageFull, "make room"),
    (io::ErrorKind::QuotaExceeded, "make room"),
    (io::ErrorKind::ReadOnlyFilesystem, "mount it so that it can be written"),
    (io::ErrorKind::PermissionDenied, "let this user write there"),
];

fn way_to_write(error: &io::Error) -> Option<String> {
    let (_, way) = WAYS_TO_WRITE.into_iter().find(|it| it.0 == error.kind())?;
    Some(format!("{way}; nothing was published, and what was published can be read meanwhile"))
}

fn unknown_words(words: Vec<UnknownWord>) -> Failure {
    let errors = words.into_iter().map(|it| {
        let entry = it.entry.map(|entry| format!("entry `{entry}`: ")).unwrap_or_default();
        (format!("{entry}{}", it.message), it.help.into_iter().collect())
    });
    Failure { kind: Kind::BadInput, errors: errors.collect(), findings: Vec::new() }
}

impl From<Mistakes> for Failure {
    fn from(mistakes: Mistakes) -> Failure {
        let named = mistakes.named.into_iter().map(|it| (it.to_string(), it.help.into_iter().collect()));
        let more = (mistakes.more != 0).then(|| (format!("and {} more", mistakes.more), Vec::new()));
        Failure { kind: Kind::BadInput, errors: named.chain(more).collect(), findings: Vec::new() }
    }
}

impl From<LockError> for Failure {
    fn from(error: LockError) -> Failure {
        let (kind, hint) = match &error {
            LockError::Origin { .. } => {
                (Kind::BadInput, "name the registry with `--registry`, or write a lock of this one with `--write`")
            }
            LockError::Behind { .. } => (Kind::BadInput, "bring the registry up to date"),
            LockError::Later { .. } => (Kind::BadInput, "ask about that day or a later one"),
            LockError::NotCovered(_) => (Kind::BadInput, "renew the lock with `--write`"),
            LockError::Rewritten { .. } => (
                Kind::Damaged,
                "history was rewritten, in the lock or in the registry: `neglist fsck` verifies the registry",
            ),
        };
        Failure::new(kind, &error).hint(hint)
    }
}

impl From<BuildError> for Failure {
    fn from(error: BuildError) -> Failure {
        match error {
            BuildError::Broken { .. } => Failure::new(Kind::BadInput, &error),
            BuildError::Release(error) => error.into(),
        }
    }
}

impl From<ReleaseError> for Failure {
    fn from(error: ReleaseError) -> Failure {
        let failure = Failure::new(Kind::BadInput, &error);
        match &error {
            ReleaseError::Vanished { .. } => {
                failure.hint("say it with `[[moved]]`, `[[split]]`, `[[merged]]` or `[[removed]]`; nothing was written")
            }
            ReleaseError::Understated(step) => {
                let shown = step.witnesses().take(MOST_SHOWN).map(release::sentence);
                failure.hints(shown).hint(format!("call it {}; nothing was written", step.class.next(&step.before)))
            }
            ReleaseError::Breaks { .. } => failure.hint("leave it as it was; nothing was written"),
        }
    }
}

impl From<SignError> for Failure {
    fn from(error: SignError) -> Failure {
        let (kind, hint) = match error {
            SignError::Open(_) => {
                (Kind::Damaged, "nothing was signed: `neglist fsck` says what is wrong with the registry")
            }
            SignError::Held(_) => (Kind::BadInput, "wait until it is done"),
            SignError::NoMemory(_) => {
                (Kind::BadInput, "bring that file back; only of a key that never signed anything, say `--first`")
            }
            SignError::NotFirst(_) => (Kind::BadInput, "leave `--first` out"),
            SignError::Memory { .. } => {
                (Kind::BadInput, "it belongs to another key or another registry, or was changed")
            }
            SignError::Fork { .. } => {
                (Kind::Damaged, "nothing was signed: this is an older copy, or another history under the same name")
            }
            SignError::Io(_) => (Kind::Other, "run it again: a head is never signed twice in different ways"),
        };
        Failure::new(kind, &error).hint(hint)
    }
}

impl From<ReceiptError> for Failure {
    fn from(error: ReceiptError) -> Failure {
        match error {
            ReceiptError::Open(error) => error.into(),
            ReceiptError::Prove(error) => error.into(),
            ReceiptError::Unsigned(_) => {
                Failure::new(Kind::BadInput, &error).hint("whoever runs it signs its head with `neglist log sign`")
            }
            ReceiptError::Io(error) => error.into(),
        }
    }
}

impl From<ProveError> for Failure {
    fn from(error: ProveError) -> Failure {
        match error {
            ProveError::Mistakes(mistakes) => mistakes.into(),
            ProveError::NoWords => Failure::new(Kind::BadInput, &error),
            ProveError::Stale { .. } => {
                Failure::new(Kind::BadInput, &error).hint("whoever runs it signs the new head with `neglist log sign`")
            }
            ProveError::Forked | ProveError::Checkpoint(_) => Failure::new(Kind::Damaged, &error)
                .hint("the checkpoint was changed, or the journal was: `neglist fsck` verifies the journal"),
            ProveError::Differs(_) => Failure::new(Kind::Other, &error).hint("please report this question"),
        }
    }
}

impl From<ReplayError> for Failure {
    fn from(error: ReplayError) -> Failure {
        match error {
            ReplayError::Open(error) => error.into(),
            ReplayError::Io(error) => error.into(),
            ReplayError::Changed(_) => Failure::new(Kind::Damaged, &error),
        }
    }
}

impl From<InvalidAddress> for Failure {
    fn from(error: InvalidAddress) -> Failure {
        Failure::input(error.to_string())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        if error.kind() == io::ErrorKind::BrokenPipe {
            // `neglist … | head` has all that it wanted: that is nobody's error.
            return Failure { kind: Kind::Other, errors: Vec::new(), findings: Vec::new() };
        }
        Failure::new(Kind::Other, &error)
    }
}

/// Makes a failure of a file that cannot be read or written.
pub(super) fn of_file(path: &std::path::Path, error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::NotFound {
        return Failure::input(format!("no file at `{}`", path.display()));
    }
    Failure::input(format!("`{}` cannot be used: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_has_gone_is_told_nothing() {
        let report = |kind: io::ErrorKind| {
            let mut err = Vec::new();
            let code = Failure::from(io::Error::from(kind)).report(&mut err);
            (code, String::from_utf8(err).unwrap())
        };
        assert_eq!(report(io::ErrorKind::BrokenPipe), (1, String::new()));
        assert_eq!(report(io::ErrorKind::StorageFull), (1, "error: no storage space\n".to_owned()));
    }
}
