//! A way to a server on which what is posted, or the reply to it, is lost, or
//! which leads elsewhere afterwards.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

/// What is lost.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Lost {
    /// What is posted.
    Request,
    /// The reply to it.
    Reply,
    /// The server: so many requests after that go to another.
    Server(String, usize),
}

/// Opens a way to a server, and returns its address. It is there as long as the
/// test.
pub fn lossy(address: &str, lost: Lost) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let here = format!("http://{}", listener.local_addr().unwrap());
    let way = Arc::new(Way { server: host(address), lost, astray: AtomicUsize::new(0) });
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let way = Arc::clone(&way);
            thread::spawn(move || way.pass(client));
        }
    });
    here
}

struct Way {
    server: String,
    lost: Lost,
    /// So many requests more go to another server.
    astray: AtomicUsize,
}

impl Way {
    /// Passes on requests and replies until one is lost, and the connection
    /// with it. A request begins where reading begins: nobody sends one before
    /// the reply to the last.
    fn pass(&self, mut client: TcpStream) -> io::Result<()> {
        let is_lost = Arc::new(AtomicBool::new(false));
        let mut server = connected(&self.server, &client, &is_lost)?;
        let mut other = match &self.lost {
            Lost::Server(address, _) => Some(connected(&host(address), &client, &is_lost)?),
            Lost::Request | Lost::Reply => None,
        };
        let (mut bytes, mut is_astray) = ([0; 8192], false);
        loop {
            let many = client.read(&mut bytes)?;
            let (is_get, is_post) = (bytes.starts_with(b"GET "), bytes.starts_with(b"POST "));
            if many == 0 || is_post && self.lost == Lost::Request {
                client.shutdown(Shutdown::Both)?;
                return server.shutdown(Shutdown::Both);
            }
            if is_get {
                let less = |it: usize| it.checked_sub(1);
                is_astray = self.astray.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok();
            }
            if is_post {
                is_astray = false;
                match self.lost {
                    Lost::Server(_, requests) => self.astray.store(requests, Ordering::SeqCst),
                    Lost::Request | Lost::Reply => is_lost.store(true, Ordering::SeqCst),
                }
            }
            let to = other.as_mut().filter(|_| is_astray).unwrap_or(&mut server);
            to.write_all(&bytes[..many])?;
        }
    }
}

/// Connects to a server whose replies go to a client, until they are lost.
fn connected(server: &str, client: &TcpStream, is_lost: &Arc<AtomicBool>) -> io::Result<TcpStream> {
    let server = TcpStream::connect(server)?;
    let (mut from, mut to, is_lost) = (server.try_clone()?, client.try_clone()?, Arc::clone(is_lost));
    let replies = move || -> io::Result<()> {
        let mut bytes = [0; 8192];
        loop {
            let many = from.read(&mut bytes)?;
            if many == 0 || is_lost.load(Ordering::SeqCst) {
                return to.shutdown(Shutdown::Both);
            }
            to.write_all(&bytes[..many])?;
        }
    };
    thread::spawn(replies);
    Ok(server)
}

fn host(address: &str) -> String {
    address.trim_start_matches("http://").to_owned()
}
