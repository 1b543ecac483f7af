//! One connection, kept alive for as long as its reader reads: whatever ends
//! it is a fault of the server, and is not tried again.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

/// A connection on which nothing was asked for so long is opened anew: a server
/// closes one after ten seconds.
const IDLE: Duration = Duration::from_secs(5);

/// Nobody waits longer for a reply: servers are given as long.
const PATIENCE: Duration = Duration::from_mins(6);

/// A connection to a server.
#[derive(Debug)]
pub struct Connection {
    stream: BufReader<TcpStream>,
    host: String,
    used: Instant,
}

/// What a server answered.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    /// The head that the answer is of, where it carries one as `ETag`.
    pub etag: Option<String>,
    pub body: Vec<u8>,
}

impl Reply {
    /// Returns the body for people.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Connection {
    /// Opens a connection to an address such as `http://127.0.0.1:34567`.
    pub fn open(address: &str) -> io::Result<Connection> {
        let host = address.trim_start_matches("http://").to_owned();
        let stream = TcpStream::connect(&host)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Connection { stream: BufReader::new(stream), host, used: Instant::now() })
    }

    /// Gets what is at a path; `headers` are lines of one's own.
    pub fn get(&mut self, path: &str, headers: &str) -> io::Result<Reply> {
        let head = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n{headers}\r\n", self.host);
        self.send(head.as_bytes())?;
        self.reply()
    }

    /// Posts to a path.
    pub fn post(&mut self, path: &str, media: &str, body: &[u8]) -> io::Result<Reply> {
        let (host, length) = (&self.host, body.len());
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {media}\r\nContent-Length: {length}\r\n\r\n"
        );
        self.send(&[head.as_bytes(), body].concat())?;
        self.reply()
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        if IDLE < self.used.elapsed() {
            *self = Connection::open(&self.host)?;
        }
        self.used = Instant::now();
        self.stream.get_mut().write_all(bytes)
    }

    fn reply(&mut self) -> io::Result<Reply> {
        let first = self.line()?;
        let status = first.split(' ').nth(1).and_then(|it| it.parse().ok()).ok_or_else(|| broken(&first))?;
        let (mut etag, mut length, mut is_chunked) = (None, None, false);
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else { break };
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "etag" => etag = Some(value.trim_matches('"').to_owned()),
                "content-length" => length = Some(value.parse().map_err(|_| broken(&line))?),
                "transfer-encoding" => is_chunked = value == "chunked",
                "connection" if value == "close" => return Err(io::Error::other("the server ends the connection")),
                _ => {}
            }
        }
        let mut body = Vec::new();
        match length {
            _ if status == 304 => {}
            _ if is_chunked => while self.piece(&mut body)? {},
            None => return Err(io::Error::other("a reply without a length")),
            Some(length) => {
                self.stream.by_ref().take(length).read_to_end(&mut body)?;
                if body.len() as u64 != length {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
        }
        Ok(Reply { status, etag, body })
    }

    /// Reads a piece of a body that comes in pieces; the last is empty.
    fn piece(&mut self, body: &mut Vec<u8>) -> io::Result<bool> {
        let line = self.line()?;
        let length = u64::from_str_radix(&line, 16).map_err(|_| broken(&line))?;
        let before = body.len() as u64;
        self.stream.by_ref().take(length).read_to_end(body)?;
        if body.len() as u64 != before + length || !self.line()?.is_empty() {
            return Err(broken("a piece is cut off"));
        }
        Ok(length != 0)
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server ended the connection"));
        }
        Ok(line.trim_end().to_owned())
    }
}

fn broken(line: &str) -> io::Error {
    io::Error::other(format!("`{line}` is not what HTTP has there"))
}

/// Somebody who stays for what is new: `GET /events`.
#[derive(Debug)]
pub struct Listener(Connection);

impl Listener {
    /// Begins to listen.
    pub fn open(address: &str) -> io::Result<Listener> {
        let mut connection = Connection::open(address)?;
        let head = format!("GET /events HTTP/1.1\r\nHost: {}\r\n\r\n", connection.host);
        connection.stream.get_mut().write_all(head.as_bytes())?;
        let first = connection.line()?;
        if first.contains(" 200 ") { Ok(Listener(connection)) } else { Err(broken(&first)) }
    }

    /// Returns what ends it, for whoever does not listen.
    pub fn end(&self) -> io::Result<impl FnOnce() + use<>> {
        let stream = self.0.stream.get_ref().try_clone()?;
        Ok(move || drop(stream.shutdown(Shutdown::Both)))
    }

    /// Waits for the next head, and returns how many records it has; `None`
    /// once somebody ended it.
    pub fn next(&mut self) -> Option<u64> {
        // A message is one piece, so that its lines stand there whole.
        loop {
            let line = self.0.line().ok()?;
            if let Some(id) = line.strip_prefix("id: ").or_else(|| line.strip_prefix("id:")) {
                return id.parse().ok();
            }
        }
    }
}
