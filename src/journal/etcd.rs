//! The journal in etcd: small, strongly consistent, and with no single machine
//! to lose.
//!
//! Under a prefix there are `head`, which names how many records there are and
//! the last one's hash, and `records/NUMBER`, each the line of a record. An
//! append is one transaction: if the head is still the one that the record
//! continues, write the record and the new head. So of two that append at once
//! one is told that somebody was first, and an append that got no reply can be
//! tried again, since it happens once or finds itself done.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use etcd_client::{Compare, CompareOp, GetOptions, KvClient, Txn, TxnOp};
use serde::{Deserialize, Serialize};

use crate::canon::Record;
use crate::journal::etcd_connection::{Connection, Unanswered};
use crate::journal::shared::{SharedError, SharedJournal};
use crate::journal::{AppendError, Journal};
use crate::model::Hash;

const FORMAT: &str = "neglist journal v1";

/// So long it asks again when it reads: long enough for an election.
const READING: Duration = Duration::from_secs(8);

/// So long it asks again when it appends: where it gives up, nobody knows what
/// became of it.
const APPENDING: Duration = Duration::from_secs(20);

/// So many records are read at once.
const BUNDLE: u64 = 16;

/// A journal in etcd.
pub(super) struct EtcdJournal {
    connection: Connection,
    /// The head as it was last read.
    head: Option<HeadForm>,
    /// Whether it ever was.
    is_asked: bool,
    heard: Arc<AtomicU64>,
}

/// What the key `head` holds.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
struct HeadForm {
    format: String,
    size: u64,
    hash: String,
}

impl HeadForm {
    fn after(record: &Record) -> HeadForm {
        HeadForm { format: FORMAT.to_owned(), size: record.index() + 1, hash: record.hash().to_string() }
    }

    /// Returns the head that a record continues: what its author knew, and not
    /// what a journal happens to have in that place.
    fn before(record: &Record) -> Option<HeadForm> {
        let hash = record.head().previous()?.to_owned();
        Some(HeadForm { format: FORMAT.to_owned(), size: record.index(), hash })
    }

    fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("because texts and numbers are always JSON")
    }

    fn read(bytes: &[u8]) -> Option<HeadForm> {
        let form: HeadForm = serde_json::from_slice(bytes).ok()?;
        (form.format == FORMAT && form.hash.parse::<Hash>().is_ok()).then_some(form)
    }
}

impl std::fmt::Debug for EtcdJournal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("EtcdJournal")
            .field("address", self.connection.address())
            .field("head", &self.head)
            .finish_non_exhaustive()
    }
}

impl EtcdJournal {
    /// Opens the journal at an address. Whether it can be reached shows when it
    /// is asked.
    pub(super) fn open(address: &str) -> Result<EtcdJournal, SharedError> {
        let heard = Arc::new(AtomicU64::new(0));
        let size = |bytes: &[u8]| HeadForm::read(bytes).map(|it| it.size);
        let connection = Connection::new(address.parse()?, Arc::clone(&heard), size)?;
        Ok(EtcdJournal { connection, head: None, is_asked: false, heard })
    }

    fn key(&self, name: &str) -> String {
        self.connection.address().key(name)
    }

    fn get(&mut self, key: &str, options: Option<&GetOptions>) -> Result<Vec<Vec<u8>>, SharedError> {
        let got = self.connection.ask(READING, async |mut it: KvClient| it.get(key, options.cloned()).await);
        match got {
            Ok(reply) => Ok(reply.value.kvs().iter().map(|it| it.value().to_vec()).collect()),
            Err(Unanswered::Refused(error) | Unanswered::Unknown(error)) => Err(error),
        }
    }

    fn record(&mut self, index: u64) -> Result<Option<Vec<u8>>, SharedError> {
        let key = self.connection.address().record(index);
        Ok(self.get(&key, None)?.pop())
    }

    /// Returns the transaction that appends a record, or does nothing.
    fn appending(&self, record: &Record) -> Txn {
        let head = self.key("head");
        let is_as_before = match HeadForm::before(record) {
            Some(before) => Compare::value(head.clone(), CompareOp::Equal, before.bytes()),
            None => Compare::create_revision(head.clone(), CompareOp::Equal, 0),
        };
        Txn::new().when([is_as_before]).and_then([
            TxnOp::put(self.connection.address().record(record.index()), record.line(), None),
            TxnOp::put(head, HeadForm::after(record).bytes(), None),
        ])
    }

    fn foreign(&self, why: String) -> SharedError {
        SharedError::Foreign { address: self.connection.address().place().to_owned(), why }
    }
}

impl Journal for EtcdJournal {
    fn size(&self) -> u64 {
        self.head.as_ref().map_or(0, |it| it.size)
    }

    fn append(&mut self, record: &Record) -> Result<(), AppendError> {
        if !self.is_asked {
            self.refresh().map_err(|it| AppendError::Refused(it.in_full()))?;
        }
        let (expected, found) = (self.size(), record.index());
        if expected != found {
            return Err(AppendError::Elsewhere { expected, found });
        }
        let transaction = self.appending(record);
        let reply = self.connection.ask(APPENDING, async |mut it: KvClient| it.txn(transaction.clone()).await);
        let reply = reply.map_err(|it| match it {
            Unanswered::Refused(error) => AppendError::Refused(error.in_full()),
            Unanswered::Unknown(error) => AppendError::Unknown(std::io::Error::other(error)),
        })?;
        // If it was first itself, and the reply to an earlier try was lost, its
        // record is there.
        let is_ours =
            reply.value.succeeded() || (reply.is_repeated && self.record(found)?.as_deref() == Some(record.line()));
        if !is_ours {
            let expected = self.refresh()?;
            if expected == found {
                return Err(AppendError::Refused(format!("its record {} is another", found.saturating_sub(1))));
            }
            // Somebody was first.
            return Err(AppendError::Elsewhere { expected, found });
        }
        self.head = Some(HeadForm::after(record));
        Ok(())
    }
}

impl SharedJournal for EtcdJournal {
    fn address(&self) -> &str {
        self.connection.address().shown()
    }

    fn place(&self) -> &str {
        self.connection.address().place()
    }

    fn refresh(&mut self) -> Result<u64, SharedError> {
        let found = self.get(&self.key("head"), None)?.pop();
        self.head = match found {
            None => None,
            Some(bytes) => {
                Some(HeadForm::read(&bytes).ok_or_else(|| self.foreign("its head cannot be read".to_owned()))?)
            }
        };
        self.is_asked = true;
        self.heard.fetch_max(self.size(), Ordering::Relaxed);
        Ok(self.size())
    }

    fn hash(&self) -> Option<Hash> {
        self.head.as_ref()?.hash.parse().ok()
    }

    fn heard(&self) -> u64 {
        self.heard.load(Ordering::Relaxed)
    }

    fn lines(&mut self, numbers: Range<u64>) -> Result<Vec<Vec<u8>>, SharedError> {
        let mut lines = Vec::new();
        for first in numbers.clone().step_by(usize::try_from(BUNDLE).unwrap_or(usize::MAX)) {
            let after = numbers.end.min(first + BUNDLE);
            let record = |index| self.connection.address().record(index);
            let (from, range) = (record(first), GetOptions::new().with_range(record(after)));
            let found = self.get(&from, Some(&range))?;
            if found.len() as u64 != after - first {
                return Err(self.foreign(format!("of the records {first} to {after}, one is missing")));
            }
            lines.extend(found);
        }
        Ok(lines)
    }
}
