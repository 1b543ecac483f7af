//! The other end of the server: files and answers by HTTP.

use std::fmt;
use std::io;
use std::time::Duration;

use ureq::Agent;
use ureq::http::Uri;

use crate::log::ServedLog;

/// No answer is larger than this, in bytes, once it is unpacked: a journal of
/// all the world's law is a tenth of it.
const MOST_BYTES: u64 = 1 << 30;

/// No file of a log but its records is larger than this: a tile has 8 KiB, and a
/// signed head a few lines.
const MOST_SMALL: u64 = 64 << 10;

/// How long one exchange may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// A server of registries, logs or witnesses, by its address.
#[derive(Clone)]
pub struct Remote {
    address: String,
    agent: Agent,
}

/// A text that is no address.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is not an address: expected `http://HOST[:PORT][/PATH]` or `https://…`")]
pub struct InvalidAddress(String);

/// What a server answered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reply {
    /// The status of HTTP.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Remote {
    /// Makes a client for an address.
    pub fn new(address: &str) -> Result<Remote, InvalidAddress> {
        let invalid = || InvalidAddress(address.to_owned());
        let uri: Uri = address.parse().map_err(|_| invalid())?;
        let is_known = matches!(uri.scheme_str(), Some("http" | "https"));
        if !is_known || uri.host().is_none() || uri.query().is_some() || address.contains('#') {
            return Err(invalid());
        }
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .user_agent(concat!("neglist/", env!("CARGO_PKG_VERSION")));
        let agent = config.build().new_agent();
        Ok(Remote { address: address.trim_end_matches('/').to_owned(), agent })
    }

    /// Returns whether a text is meant as an address, and not as a path.
    pub fn is_meant(text: &str) -> bool {
        text.starts_with("http://") || text.starts_with("https://")
    }

    /// Returns the address.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Gets what lies at a path below the address.
    pub fn get(&self, path: &str) -> io::Result<Reply> {
        self.get_within(path, MOST_BYTES)
    }

    /// Gets what lies at a path, if it has no more than so many bytes.
    fn get_within(&self, path: &str, most: u64) -> io::Result<Reply> {
        read(self.agent.get(self.at(path)).call(), most)
    }

    /// Sends a body to a path below the address.
    pub fn post(&self, path: &str, content_type: &str, body: &[u8]) -> io::Result<Reply> {
        read(self.agent.post(self.at(path)).header("content-type", content_type).send(body), MOST_BYTES)
    }

    fn at(&self, path: &str) -> String {
        format!("{}/{path}", self.address)
    }
}

fn read(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>, most: u64) -> io::Result<Reply> {
    let response = response.map_err(|it| of_connection(it.into_io()))?;
    let status = response.status().as_u16();
    let body = response.into_body().into_with_config().limit(most).read_to_vec();
    let body = body.map_err(|error| {
        if let ureq::Error::BodyExceedsLimit(_) = error {
            let message = format!("the answer has more than {most} bytes, and is refused");
            return io::Error::new(io::ErrorKind::FileTooLarge, message);
        }
        of_connection(error.into_io())
    });
    Ok(Reply { status, body: body? })
}

/// A pipe that breaks is the screen's, whose reader has all that he wanted. A
/// server that closes the connection while it is still told something is a
/// failure.
fn of_connection(error: io::Error) -> io::Error {
    if error.kind() != io::ErrorKind::BrokenPipe {
        return error;
    }
    io::Error::new(io::ErrorKind::ConnectionAborted, "the server closed the connection before it had read everything")
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote").field("address", &self.address).finish_non_exhaustive()
    }
}

/// The log of a registry that is served: below `log/`.
impl ServedLog for Remote {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        let most = if path.starts_with("records/") { MOST_BYTES } else { MOST_SMALL };
        let reply = self.get_within(&format!("log/{path}"), most)?;
        match reply.status {
            200 => Ok(Some(reply.body)),
            404 | 410 => Ok(None),
            status => Err(io::Error::other(format!("`{}/log/{path}` answers with status {status}", self.address))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_goes_away_is_no_reader_of_the_screen_who_does() {
        for kind in [io::ErrorKind::BrokenPipe, io::ErrorKind::ConnectionAborted, io::ErrorKind::TimedOut] {
            let told = of_connection(kind.into());
            assert_ne!(told.kind(), io::ErrorKind::BrokenPipe);
            assert!(!told.to_string().is_empty());
        }
    }

    #[test]
    fn an_address_is_told_from_what_is_none() {
        for good in ["http://localhost:8080", "https://registry.example/lists/", "http://[::1]:80"] {
            assert!(Remote::new(good).is_ok(), "{good}");
        }
        for bad in ["", "registry.example", "ftp://a", "http://", "http://a?b", "http://a b", "http://a#b"] {
            assert_eq!(Remote::new(bad).unwrap_err(), InvalidAddress(bad.to_owned()));
        }
    }
}
