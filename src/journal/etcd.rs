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

use etcd_client::{
    Certificate, Client, Compare, CompareOp, ConnectOptions, Error, GetOptions, Identity, KvClient, TlsOptions, Txn,
    TxnOp,
};
use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;
use tokio::time::sleep;

use crate::canon::Record;
use crate::journal::etcd_address::{EtcdAddress, read};
use crate::journal::shared::{SharedError, SharedJournal};
use crate::journal::{AppendError, Journal};
use crate::model::Hash;

const FORMAT: &str = "neglist journal v1";

/// So long one request may take.
const TIMEOUT: Duration = Duration::from_secs(3);

/// So often an append is tried that got no reply.
const TRIES: u32 = 6;

/// So long it waits in between.
const PAUSE: Duration = Duration::from_millis(500);

/// So many records are read at once.
const BUNDLE: u64 = 16;

/// The longest reply that is taken: a bundle of the longest records that etcd
/// lets in, at its usual limit of 1.5 MiB a request.
const MOST_BYTES: usize = 32 << 20;

/// The codes of gRPC that say that a request was turned away: invalid argument,
/// permission denied, unauthenticated, resource exhausted (a record is too long,
/// or etcd is full).
const REFUSED: [i32; 4] = [3, 7, 16, 8];

/// A journal in etcd.
pub(super) struct EtcdJournal {
    address: EtcdAddress,
    runtime: Runtime,
    records: KvClient,
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
            .field("address", &self.address)
            .field("head", &self.head)
            .finish_non_exhaustive()
    }
}

impl EtcdJournal {
    /// Opens the journal at an address. Whether it can be reached shows when it
    /// is asked.
    pub(super) fn open(address: &str) -> Result<EtcdJournal, SharedError> {
        let address: EtcdAddress = address.parse()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.map_err(|it| unreachable(&address, &it))?;
        let connected = runtime.block_on(Client::connect(address.endpoints(), Some(options(&address)?)));
        let client = connected.map_err(|it| unreachable(&address, &it))?;
        let heard = Arc::new(AtomicU64::new(0));
        runtime.spawn(listen(client.clone(), address.key("head"), Arc::clone(&heard)));
        let records = client.kv_client().max_decoding_message_size(MOST_BYTES).max_encoding_message_size(MOST_BYTES);
        Ok(EtcdJournal { address, runtime, records, head: None, is_asked: false, heard })
    }

    fn get(&mut self, key: &str, options: Option<&GetOptions>) -> Result<Vec<Vec<u8>>, SharedError> {
        let mut tried = 0;
        loop {
            tried += 1;
            let found = self.runtime.block_on(self.records.get(key, options.cloned()));
            match found {
                Ok(found) => return Ok(found.kvs().iter().map(|it| it.value().to_vec()).collect()),
                Err(error) if TRIES <= tried || is_refused(&error) => return Err(unreachable(&self.address, &error)),
                Err(_) => self.runtime.block_on(async { sleep(PAUSE).await }),
            }
        }
    }

    fn record(&mut self, index: u64) -> Result<Option<Vec<u8>>, SharedError> {
        let key = self.address.record(index);
        Ok(self.get(&key, None)?.pop())
    }

    /// Returns the transaction that appends a record, or does nothing.
    fn appending(&self, record: &Record) -> Txn {
        let head = self.address.key("head");
        let is_as_before = match &self.head {
            Some(before) => Compare::value(head.clone(), CompareOp::Equal, before.bytes()),
            None => Compare::create_revision(head.clone(), CompareOp::Equal, 0),
        };
        Txn::new().when([is_as_before]).and_then([
            TxnOp::put(self.address.record(record.index()), record.line(), None),
            TxnOp::put(head, HeadForm::after(record).bytes(), None),
        ])
    }
}

impl Journal for EtcdJournal {
    fn size(&self) -> u64 {
        self.head.as_ref().map_or(0, |it| it.size)
    }

    fn append(&mut self, record: &Record) -> Result<(), AppendError> {
        if !self.is_asked {
            self.refresh().map_err(|it| AppendError::Refused(it.to_string()))?;
        }
        let (expected, found) = (self.size(), record.index());
        if expected != found {
            return Err(AppendError::Elsewhere { expected, found });
        }
        let transaction = self.appending(record);
        let mut tried = 0;
        loop {
            tried += 1;
            match self.runtime.block_on(self.records.txn(transaction.clone())) {
                Ok(reply) if reply.succeeded() => break,
                // This was first itself, and the reply to an earlier try was lost.
                Ok(_) if 1 < tried && self.record(found)?.as_deref() == Some(record.line()) => break,
                // Somebody was first.
                Ok(_) => return Err(AppendError::Elsewhere { expected: self.refresh()?, found }),
                // The first try was turned away, so nothing was written.
                Err(error) if tried == 1 && is_refused(&error) => {
                    return Err(AppendError::Refused(error.to_string()));
                }
                Err(error) if TRIES <= tried => {
                    return Err(AppendError::Unknown(std::io::Error::other(error)));
                }
                Err(_) => self.runtime.block_on(async { sleep(PAUSE).await }),
            }
        }
        self.head = Some(HeadForm::after(record));
        Ok(())
    }
}

impl SharedJournal for EtcdJournal {
    fn address(&self) -> &str {
        self.address.shown()
    }

    fn refresh(&mut self) -> Result<u64, SharedError> {
        let found = self.get(&self.address.key("head"), None)?.pop();
        self.head = match found {
            None => None,
            Some(bytes) => {
                let read = HeadForm::read(&bytes);
                Some(read.ok_or_else(|| foreign(&self.address, "its head cannot be read".to_owned()))?)
            }
        };
        self.is_asked = true;
        self.heard.fetch_max(self.size(), Ordering::Relaxed);
        Ok(self.size())
    }

    fn heard(&self) -> u64 {
        self.heard.load(Ordering::Relaxed)
    }

    fn lines(&mut self, numbers: Range<u64>) -> Result<Vec<Vec<u8>>, SharedError> {
        let mut lines = Vec::new();
        for first in numbers.clone().step_by(usize::try_from(BUNDLE).unwrap_or(usize::MAX)) {
            let after = numbers.end.min(first + BUNDLE);
            let range = GetOptions::new().with_range(self.address.record(after));
            let found = self.get(&self.address.record(first), Some(&range))?;
            if found.len() as u64 != after - first {
                return Err(foreign(&self.address, format!("of the records {first} to {after}, one is missing")));
            }
            lines.extend(found);
        }
        Ok(lines)
    }
}

/// Hears of each new head, for as long as the journal is open. What is missed
/// while nobody can be reached is found by asking.
async fn listen(mut client: Client, key: String, heard: Arc<AtomicU64>) {
    loop {
        if let Ok(mut events) = client.watch(key.clone(), None).await {
            while let Ok(Some(message)) = events.message().await {
                let heads = message.events().iter().filter_map(|it| HeadForm::read(it.kv()?.value()));
                if let Some(size) = heads.map(|it| it.size).max() {
                    heard.fetch_max(size, Ordering::Relaxed);
                }
            }
        }
        sleep(PAUSE).await;
    }
}

fn options(address: &EtcdAddress) -> Result<ConnectOptions, SharedError> {
    let mut options = ConnectOptions::new()
        .with_connect_timeout(TIMEOUT)
        .with_timeout(TIMEOUT)
        .with_keep_alive(TIMEOUT, TIMEOUT)
        .with_keep_alive_while_idle(true)
        .with_auto_token_refresh(true);
    if let Some((user, password)) = address.user()? {
        options = options.with_user(user, password);
    }
    if let Some(authority) = address.authority()? {
        let mut tls = TlsOptions::new().ca_certificate(Certificate::from_pem(authority));
        if let Some((certificate, key)) = address.identity() {
            tls = tls.identity(Identity::from_pem(read(certificate)?, read(key)?));
        }
        options = options.with_tls(tls);
    }
    Ok(options)
}

/// Returns whether an error says that a request was not carried out: it was
/// turned away, and will be again.
fn is_refused(error: &Error) -> bool {
    matches!(error, Error::InvalidArgs(_))
        || matches!(error, Error::GRpcStatus(it) if REFUSED.contains(&i32::from(it.code())))
}

fn unreachable(address: &EtcdAddress, why: &dyn std::fmt::Display) -> SharedError {
    SharedError::Unreachable { address: address.shown().to_owned(), why: why.to_string() }
}

fn foreign(address: &EtcdAddress, why: String) -> SharedError {
    SharedError::Foreign { address: address.shown().to_owned(), why }
}
