//! A witness: whoever cosigns the head of a log only where it continues the
//! one that was cosigned before (C2SP tlog-witness).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::log::checkpoint::{Checkpoint, InvalidCheckpoint};
use crate::log::key::LogKey;
use crate::log::tree::Consistency;

/// The longest proof that a request may have: that of a tree of 2^63 entries.
const MOST_HASHES: usize = 63;

/// What a log asks of a witness.
#[derive(Clone, Debug, PartialEq)]
pub struct Submission {
    /// How many entries the log had when the witness last cosigned it.
    pub old_size: u64,
    /// That the log continues that.
    pub consistency: Consistency,
    /// The signed head.
    pub note: String,
}

/// Why a witness does not cosign.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// It is not a submission.
    #[error("expected `old SIZE`, hashes in base64, an empty line, and a signed checkpoint (C2SP tlog-witness)")]
    Malformed,
    /// It is a log that the witness does not look at.
    #[error("this witness does not know the log")]
    UnknownLog,
    /// The head is not signed by the log.
    #[error("the checkpoint is not signed by the log with the key that this witness knows")]
    NotSigned,
    /// The submission begins elsewhere than where the witness stands: at so
    /// many entries. Or the log had another root there.
    #[error("this witness last cosigned the log at {0} entries")]
    Conflict(u64),
    /// The log does not continue what was cosigned.
    #[error("the checkpoint does not continue what this witness cosigned before")]
    Inconsistent,
}

impl Refusal {
    /// Returns the status of HTTP that the specification gives it.
    pub fn status(&self) -> u16 {
        match self {
            Refusal::Malformed => 400,
            Refusal::UnknownLog => 404,
            Refusal::NotSigned => 403,
            Refusal::Conflict(_) => 409,
            Refusal::Inconsistent => 422,
        }
    }
}

impl Submission {
    /// Writes it as the body of a request.
    pub fn write(&self) -> String {
        let proof: String = self.consistency.hashes().map(|it| STANDARD.encode(it) + "\n").collect();
        format!("old {}\n{proof}\n{}", self.old_size, self.note)
    }

    /// Reads the body of a request.
    pub fn read(body: &[u8]) -> Result<Submission, Refusal> {
        let text = std::str::from_utf8(body).map_err(|_| Refusal::Malformed)?;
        let submission = read(text).ok_or(Refusal::Malformed)?;
        if submission.write() == text { Ok(submission) } else { Err(Refusal::Malformed) }
    }

    /// Returns the name of the log that it is about.
    pub fn origin(&self) -> Option<String> {
        Checkpoint::read_unverified(&self.note).ok().map(|it| it.origin)
    }

    /// Decides whether a witness may cosign it: one that looks at these logs
    /// and cosigned this one last at `last`. Returns the head to cosign.
    pub fn judge(&self, logs: &[LogKey], last: Option<&Checkpoint>) -> Result<Checkpoint, Refusal> {
        let origin = self.origin().ok_or(Refusal::Malformed)?;
        let of_origin: Vec<_> = logs.iter().filter(|it| it.name() == origin).collect();
        if of_origin.is_empty() {
            return Err(Refusal::UnknownLog);
        }
        // A log may have several keys, one after the other.
        let read = of_origin.iter().find_map(|key| match Checkpoint::read(&self.note, key, &[]) {
            Ok(read) => Some(Ok(read.checkpoint)),
            Err(InvalidCheckpoint::Malformed) => Some(Err(Refusal::Malformed)),
            Err(_) => None,
        });
        let head = read.unwrap_or(Err(Refusal::NotSigned))?;
        if head.size < self.old_size {
            return Err(Refusal::Malformed);
        }
        let (size, root) = last.map_or((0, None), |it| (it.size, Some(it.root)));
        if size != self.old_size {
            return Err(Refusal::Conflict(size));
        }
        let Some(root) = root.filter(|_| size != 0) else {
            return if self.consistency.is_empty() { Ok(head) } else { Err(Refusal::Inconsistent) };
        };
        if head.size == size {
            return if head.root == root { Ok(head) } else { Err(Refusal::Conflict(size)) };
        }
        if self.consistency.holds((size, root), (head.size, head.root)) { Ok(head) } else { Err(Refusal::Inconsistent) }
    }
}

fn read(text: &str) -> Option<Submission> {
    let (first, rest) = text.split_once('\n')?;
    let old_size = first.strip_prefix("old ")?.parse().ok()?;
    // Without hashes, the empty line comes at once.
    let (hashes, note) = match rest.strip_prefix('\n') {
        Some(note) => ("", note),
        None => rest.split_once("\n\n")?,
    };
    let hash = |line: &str| STANDARD.decode(line).ok()?.try_into().ok();
    let hashes: Vec<[u8; 32]> = hashes.lines().take(MOST_HASHES + 1).map(hash).collect::<Option<_>>()?;
    (hashes.len() <= MOST_HASHES).then(|| Submission {
        old_size,
        consistency: Consistency::from_hashes(hashes),
        note: note.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canon::SecretKey;
    use crate::log::LogTree;

    fn key() -> SecretKey {
        SecretKey::from_seed(&[1; 32])
    }

    fn tree(size: u8, kind: u8) -> LogTree {
        let mut tree = LogTree::default();
        (0..size).for_each(|it| tree.push([it ^ kind; 32]));
        tree
    }

    fn head(tree: &LogTree) -> Checkpoint {
        Checkpoint { origin: "log.example".to_owned(), size: tree.size(), root: tree.root() }
    }

    fn submission(tree: &LogTree, old_size: u64) -> Submission {
        let consistency = if old_size == tree.size() {
            Consistency::default()
        } else {
            tree.consistency(old_size, tree.size()).unwrap_or_default()
        };
        Submission { old_size, consistency, note: head(tree).sign(&key()) }
    }

    #[test]
    fn a_witness_cosigns_what_continues_and_nothing_else() {
        let logs = [LogKey::of_log("other.example", &key()), LogKey::of_log("log.example", &key())];
        let (five, nine, fork) = (tree(5, 0), tree(9, 0), tree(9, 7));
        let judged = |it: &Submission, last: Option<&Checkpoint>| {
            let read = Submission::read(it.write().as_bytes())?;
            assert_eq!(read, *it);
            read.judge(&logs, last)
        };
        let at_five = head(&five);
        assert_eq!(judged(&submission(&five, 0), None), Ok(at_five.clone()));
        assert_eq!(judged(&submission(&five, 5), Some(&at_five)), Ok(at_five.clone()));
        assert_eq!(judged(&submission(&nine, 5), Some(&at_five)), Ok(head(&nine)));
        // Where the witness stands elsewhere, it says where.
        assert_eq!(judged(&submission(&nine, 0), Some(&at_five)), Err(Refusal::Conflict(5)));
        assert_eq!(judged(&submission(&nine, 5), None), Err(Refusal::Conflict(0)));
        assert_eq!(judged(&submission(&five, 5), Some(&head(&tree(5, 7)))), Err(Refusal::Conflict(5)));
        // What does not continue.
        assert_eq!(judged(&submission(&fork, 5), Some(&at_five)), Err(Refusal::Inconsistent));
        let without = Submission { consistency: Consistency::default(), ..submission(&nine, 5) };
        assert_eq!(judged(&without, Some(&at_five)), Err(Refusal::Inconsistent));
        let needless = Submission { consistency: submission(&nine, 5).consistency, ..submission(&nine, 0) };
        assert_eq!(judged(&needless, None), Err(Refusal::Inconsistent));
        // Whose it is.
        assert_eq!(submission(&five, 0).judge(&logs[..1], None), Err(Refusal::UnknownLog));
        let stranger = [LogKey::of_log("log.example", &SecretKey::from_seed(&[2; 32]))];
        assert_eq!(submission(&five, 0).judge(&stranger, None), Err(Refusal::NotSigned));
        let backwards = Submission { old_size: 6, ..submission(&five, 0) };
        assert_eq!(judged(&backwards, Some(&at_five)), Err(Refusal::Malformed));
    }

    #[test]
    fn what_is_no_submission_is_refused() {
        let good = submission(&tree(9, 0), 5).write();
        assert!(Submission::read(good.as_bytes()).is_ok());
        let hashes = |many| "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n".repeat(many);
        let (most, many) = (hashes(63), hashes(64));
        assert!(Submission::read(format!("old 5\n{most}\nnote").as_bytes()).is_ok());
        for bad in [
            "",
            "old 5\n",
            "old x\n\n",
            &good.replacen("old 5", "old 05", 1),
            &good.replacen("old", "new", 1),
            &format!("old 5\n{many}\nnote"),
        ] {
            assert_eq!(Submission::read(bad.as_bytes()), Err(Refusal::Malformed), "{bad}");
        }
        assert_eq!(Submission::read(&[0xff]), Err(Refusal::Malformed));
    }
}
