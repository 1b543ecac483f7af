//! A connection to etcd: made when it is first needed, with what the files that
//! the address names say then, and made anew after it failed, so that
//! certificates and passwords are exchanged under a program that runs.
//!
//! Where the address names a user, it logs in before it asks, and again when
//! etcd does not know the token any more: tokens run out, and members that
//! start again have forgotten them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use etcd_client::{Certificate, Client, ConnectOptions, Error, Identity, KvClient, TlsOptions, WatchClient};
use tokio::runtime::Runtime;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, timeout};

use crate::journal::etcd_address::EtcdAddress;
use crate::journal::etcd_answer::{Meaning, Why, innermost};
use crate::journal::shared::SharedError;

/// So long one request may take at one member.
const TIMEOUT: Duration = Duration::from_secs(3);

/// So often a member is asked whether it is there, while something is awaited of
/// it. Members end the connection of who asks more often than every five
/// seconds (`--grpc-keepalive-min-time`), or while nothing is awaited.
const KEEP_ALIVE: Duration = Duration::from_secs(6);

/// So long it waits before it asks again.
const PAUSE: Duration = Duration::from_millis(500);

/// The longest reply that is taken: a bundle of the longest records that etcd
/// lets in, at its usual limit of 1.5 MiB a request.
const MOST_BYTES: usize = 32 << 20;

/// A connection, and the threads that it runs on.
pub(super) struct Connection {
    runtime: Runtime,
    session: Session,
}

struct Session {
    address: EtcdAddress,
    heard: Arc<AtomicU64>,
    /// How the size of the journal is read of what its head says.
    size: fn(&[u8]) -> Option<u64>,
    client: Option<Client>,
    listening: Option<AbortHandle>,
    /// Whether the client has a token, or needs none.
    is_let_in: bool,
}

/// What etcd replied.
pub(super) struct Reply<T> {
    pub(super) value: T,
    /// Whether the same was asked before, and nobody knows with what outcome.
    pub(super) is_repeated: bool,
}

/// Why etcd did not do what it was asked.
pub(super) enum Unanswered {
    /// It was not done.
    Refused(SharedError),
    /// It may have been done.
    Unknown(SharedError),
}

impl Connection {
    /// Prepares a connection. Nobody is asked yet. What is heard of the journal's
    /// head is kept in `heard`, as `size` reads it.
    pub(super) fn new(
        address: EtcdAddress,
        heard: Arc<AtomicU64>,
        size: fn(&[u8]) -> Option<u64>,
    ) -> Result<Connection, SharedError> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.map_err(|it| Why::plain(it.to_string()).unreachable(&address))?;
        let session = Session { address, heard, size, client: None, listening: None, is_let_in: false };
        Ok(Connection { runtime, session })
    }

    pub(super) fn address(&self) -> &EtcdAddress {
        &self.session.address
    }

    /// Asks, and asks again while nobody answers, for so long.
    pub(super) fn ask<T>(
        &mut self,
        patience: Duration,
        request: impl AsyncFn(KvClient) -> Result<T, Error>,
    ) -> Result<Reply<T>, Unanswered> {
        self.runtime.block_on(self.session.ask(patience, request))
    }
}

impl Session {
    async fn ask<T>(
        &mut self,
        patience: Duration,
        request: impl AsyncFn(KvClient) -> Result<T, Error>,
    ) -> Result<Reply<T>, Unanswered> {
        let until = Instant::now() + patience;
        let (mut is_repeated, mut telling) = (false, None::<Why>);
        let error = loop {
            let why = match self.attempt(&request).await {
                Ok(value) => return Ok(Reply { value, is_repeated }),
                Err(Missed::File(error)) => break error,
                Err(Missed::Refused(why)) => break why.denied(&self.address),
                Err(Missed::NotAsked(why)) => why,
                Err(Missed::NotKnown(why)) => {
                    is_repeated = true;
                    why
                }
            };
            if why.is_silence {
                // Whoever was cut off would be asked again and again over a
                // connection that nobody ends.
                self.close();
            }
            // Of all that went wrong, what tells most is said.
            if telling.as_ref().is_none_or(|before| before.telling <= why.telling) {
                telling = Some(why);
            }
            if until <= Instant::now() {
                break telling.unwrap_or_else(Why::silence).unreachable(&self.address);
            }
            sleep(PAUSE).await;
        };
        // The next one begins with what the files say then.
        self.close();
        Err(if is_repeated { Unanswered::Unknown(error) } else { Unanswered::Refused(error) })
    }

    async fn attempt<T>(&mut self, request: impl AsyncFn(KvClient) -> Result<T, Error>) -> Result<T, Missed> {
        let client = self.let_in().await?;
        let records = client.kv_client().max_decoding_message_size(MOST_BYTES).max_encoding_message_size(MOST_BYTES);
        let error = match timeout(2 * TIMEOUT, request(records)).await {
            Err(_) => return Err(Missed::NotKnown(Why::silence())),
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => error,
        };
        let why = Why::of(&error, &self.address);
        Err(match Meaning::of(&error) {
            Meaning::Refused => Missed::Refused(why),
            Meaning::LogIn => {
                self.is_let_in = false;
                Missed::NotAsked(why)
            }
            Meaning::NotKnown => Missed::NotKnown(why),
        })
    }

    /// Returns the client, connected as far as a client is before it asks, and
    /// with a token where the address names a user.
    async fn let_in(&mut self) -> Result<Client, Missed> {
        let mut client = match &self.client {
            Some(client) => client.clone(),
            None => {
                let options = options(&self.address).map_err(Missed::File)?;
                // Without a user nobody is asked yet.
                let connected = Client::connect(self.address.endpoints(), Some(options)).await;
                let client = connected.map_err(|it| Missed::File(self.address.unfit(&innermost(&it))))?;
                let listening =
                    listen(client.watch_client(), self.address.key("head"), self.size, Arc::clone(&self.heard));
                self.listening = Some(tokio::spawn(listening).abort_handle());
                self.client.insert(client).clone()
            }
        };
        if !self.is_let_in {
            if let Some(user) = self.address.user().map_err(Missed::File)? {
                match timeout(2 * TIMEOUT, client.update_user(Some(user))).await {
                    Err(_) => return Err(Missed::NotAsked(Why::silence())),
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => {
                        let why = Why::of(&error, &self.address);
                        return Err(match Meaning::of(&error) {
                            Meaning::Refused => Missed::Refused(why),
                            Meaning::LogIn | Meaning::NotKnown => Missed::NotAsked(why),
                        });
                    }
                }
            }
            self.is_let_in = true;
        }
        Ok(client)
    }

    fn close(&mut self) {
        self.client = None;
        self.is_let_in = false;
        if let Some(listening) = self.listening.take() {
            listening.abort();
        }
    }
}

/// Why an attempt came to nothing.
enum Missed {
    /// A file that the address names cannot be used.
    File(SharedError),
    /// It was turned away, and will be again.
    Refused(Why),
    /// It did not come as far as being asked.
    NotAsked(Why),
    /// Nobody knows whether it was done.
    NotKnown(Why),
}

/// Hears of each new head, for as long as the connection is open. What is missed
/// while nobody can be reached is found by asking.
async fn listen(mut client: WatchClient, key: String, size: fn(&[u8]) -> Option<u64>, heard: Arc<AtomicU64>) {
    loop {
        if let Ok(mut events) = client.watch(key.clone(), None).await {
            while let Ok(Some(message)) = events.message().await {
                // Without a token that is still good nothing more would come.
                if message.canceled() {
                    break;
                }
                let sizes = message.events().iter().filter_map(|it| size(it.kv()?.value()));
                if let Some(size) = sizes.max() {
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
        .with_keep_alive(KEEP_ALIVE, TIMEOUT)
        .with_keep_alive_while_idle(false)
        // A member that is cut off from the others says so at once.
        .with_require_leader(true);
    if let Some(authority) = address.authority()? {
        let mut tls = TlsOptions::new().ca_certificate(Certificate::from_pem(authority)).timeout(TIMEOUT);
        if let Some([certificate, key]) = address.identity()? {
            tls = tls.identity(Identity::from_pem(certificate, key));
        }
        options = options.with_tls(tls);
    }
    Ok(options)
}
