//! What it means that etcd did not answer as was asked, and how that is said.

use etcd_client::Error;

use crate::journal::etcd_address::EtcdAddress;
use crate::journal::shared::SharedError;

/// What is true after an error.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Meaning {
    /// It was turned away, and will be again. Nothing was written.
    Refused,
    /// The token is not known any more. Nothing was written.
    LogIn,
    /// Nobody answered who can: it may have been done or not.
    NotKnown,
}

/// The codes of gRPC that say that a request was turned away: invalid argument,
/// permission denied, resource exhausted, failed precondition.
const REFUSED: [i32; 4] = [3, 7, 8, 9];

/// Unauthenticated.
const NO_TOKEN: i32 = 16;

/// What etcd says where a token was made before users or roles changed.
const OLD_TOKEN: &str = "revision of auth store is old";

/// What etcd says where many ask at once: later it will not.
const BUSY: &str = "too many requests";

impl Meaning {
    pub(super) fn of(error: &Error) -> Meaning {
        let Error::GRpcStatus(status) = error else {
            let is_ours = matches!(error, Error::InvalidArgs(_) | Error::InvalidUri(_));
            return if is_ours { Meaning::Refused } else { Meaning::NotKnown };
        };
        let (code, message) = (i32::from(status.code()), status.message());
        if code == NO_TOKEN || message.contains(OLD_TOKEN) {
            Meaning::LogIn
        } else if REFUSED.contains(&code) && !message.contains(BUSY) {
            Meaning::Refused
        } else {
            Meaning::NotKnown
        }
    }
}

/// Why etcd did not answer as was asked, and what can be done about it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Why {
    pub(super) why: String,
    pub(super) hint: Option<String>,
    pub(super) telling: Telling,
    /// Whether a member was asked, and said nothing.
    pub(super) is_silence: bool,
}

/// How much a reason tells, where several were met.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Telling {
    /// It may be one thing or another.
    Vague,
    /// It is as it is.
    Plain,
    /// It can be mended.
    Mendable,
}

impl Why {
    /// Says that nobody answers at an address who can.
    pub(super) fn unreachable(self, address: &EtcdAddress) -> SharedError {
        SharedError::Unreachable { address: address.place().to_owned(), why: self.why, hint: self.hint }
    }

    /// Says that it lets nobody in who comes like this.
    pub(super) fn denied(self, address: &EtcdAddress) -> SharedError {
        SharedError::Denied { address: address.place().to_owned(), why: self.why, hint: self.hint }
    }

    pub(super) fn plain(why: impl Into<String>) -> Why {
        Why { why: why.into(), hint: None, telling: Telling::Plain, is_silence: false }
    }

    /// Says that nothing came in time.
    pub(super) fn silence() -> Why {
        Why { is_silence: true, ..Why::plain("no member answers in time") }
    }

    pub(super) fn of(error: &Error, address: &EtcdAddress) -> Why {
        let found = innermost(error);
        of_status(&found, address).or_else(|| of_connection(&found, address)).unwrap_or_else(|| {
            if found == "Timeout expired" {
                return Why::silence();
            }
            Why::plain(found.strip_prefix("etcdserver: ").unwrap_or(&found))
        })
    }

    fn new(why: impl Into<String>, hint: impl Into<String>) -> Why {
        Why { why: why.into(), hint: Some(hint.into()), telling: Telling::Mendable, is_silence: false }
    }
}

/// Says what etcd said, in the words of whoever runs the node.
fn of_status(found: &str, address: &EtcdAddress) -> Option<Why> {
    let (name, prefix) = (address.user_name(), address.prefix());
    let user = name.map_or_else(|| "who names no user".to_owned(), |it| format!("user `{it}`"));
    let said = |it: &str| found.contains(it);
    let why = if said("invalid user ID or password") || said("user name not found") {
        Why::new(
            format!("{user} is not known there, or has another password"),
            "the password is what stands in the file of `password-file`; `etcdctl user get NAME` shows a user",
        )
    } else if said("user name is empty") {
        Why::new("it asks for a user", "add `user=NAME&password-file=FILE` to the address")
    } else if said("authentication is not enabled") {
        Why::new(
            "it knows no users, so that anyone may write there",
            "run `etcdctl auth enable`, or leave `user` and `password-file` out of the address",
        )
    } else if said("permission denied") {
        let hint = match name {
            Some(_) => {
                format!("`etcdctl role grant-permission ROLE readwrite --prefix=true {prefix}/` lets a role do it")
            }
            None => "add `user=NAME&password-file=FILE` to the address, or show a certificate in the name of a user"
                .to_owned(),
        };
        Why::new(format!("{user} may not read and write the keys under `{prefix}/`"), hint)
    } else if said("database space exceeded") {
        Why::new(
            "its space is used up",
            "make room with `etcdctl compact` and `etcdctl defrag`, or raise `--quota-backend-bytes`; then `etcdctl alarm disarm`",
        )
    } else if said("request is too large") {
        Why::new("the record is longer than it takes", "raise `--max-request-bytes` of its members")
    } else {
        return None;
    };
    Some(why)
}

/// Says why there is no connection.
fn of_connection(found: &str, address: &EtcdAddress) -> Option<Why> {
    const TRUST: &str = "name a certificate that they trust, and its key, by `cert=FILE&key=FILE`: not expired, and by an \
                         authority in etcd's `--trusted-ca-file`";
    let said = |it: &str| found.contains(it);
    let why = if said("UnknownIssuer") {
        Why::new(
            "the certificate of a member is by nobody whom the file of `ca` names",
            "name the file of who made the certificates of etcd's `--cert-file` by `ca=FILE`",
        )
    } else if let Some(why) = found.strip_prefix("invalid peer certificate: ") {
        Why::new(
            format!("the certificate of a member is not good: {why}"),
            "name members as their certificates do (`subjectAltName`), and exchange those that have expired",
        )
    } else if let Some(alert) = found.strip_prefix("received fatal alert: ") {
        Why::new(format!("a member does not take the certificate of this client ({alert})"), TRUST)
    } else if said("tls handshake eof") || said("InvalidContentType") {
        Why::new(
            "a member does not speak TLS",
            "give etcd `--cert-file` and `--key-file`, or leave `ca` out of the address",
        )
    } else if ["connection closed", "connection reset", "broken pipe", "reset by peer"].into_iter().any(said) {
        // What comes after TLS was agreed on is mostly lost.
        let hint = if address.is_tls() {
            format!("if they ask for certificates of clients, {TRUST}")
        } else {
            "if they speak TLS, name who made their certificates by `ca=FILE`".to_owned()
        };
        Why { telling: Telling::Vague, ..Why::new("a member ended the connection", hint) }
    } else {
        return None;
    };
    Some(why)
}

/// Returns what lies at the bottom of an error, since what is above it says only
/// that something failed.
pub(super) fn innermost(error: &Error) -> String {
    let mut inner: &dyn std::error::Error = error;
    if let Error::TransportError(it) = error {
        inner = it;
    }
    if let Error::GRpcStatus(status) = error {
        match std::error::Error::source(status) {
            Some(source) => inner = source,
            None => return status.message().to_owned(),
        }
    }
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
