//! A way to a server on which what is posted, or the reply to it, is lost.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// What is lost.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Lost {
    Request,
    Reply,
}

/// Opens a way to a server, and returns its address. It is there as long as the
/// test.
pub fn lossy(address: &str, lost: Lost) -> String {
    let server = address.trim_start_matches("http://").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let here = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let server = server.clone();
            thread::spawn(move || pass(client, &server, lost));
        }
    });
    here
}

/// Passes on requests and replies until one is lost, and the connection with
/// it. A request begins where reading begins: nobody sends one before the reply
/// to the last.
fn pass(mut client: TcpStream, server: &str, lost: Lost) -> io::Result<()> {
    let mut server = TcpStream::connect(server)?;
    let is_lost = Arc::new(AtomicBool::new(false));
    let (from, to, is_over) = (server.try_clone()?, client.try_clone()?, Arc::clone(&is_lost));
    thread::spawn(move || pass_replies(from, to, &is_over));
    let mut bytes = [0; 8192];
    loop {
        let many = client.read(&mut bytes)?;
        let is_post = bytes.starts_with(b"POST");
        if many == 0 || is_post && lost == Lost::Request {
            client.shutdown(Shutdown::Both)?;
            return server.shutdown(Shutdown::Both);
        }
        is_lost.fetch_or(is_post, Ordering::SeqCst);
        server.write_all(&bytes[..many])?;
    }
}

fn pass_replies(mut server: TcpStream, mut client: TcpStream, is_lost: &AtomicBool) -> io::Result<()> {
    let mut bytes = [0; 8192];
    loop {
        let many = server.read(&mut bytes)?;
        if many == 0 || is_lost.load(Ordering::SeqCst) {
            return client.shutdown(Shutdown::Both);
        }
        client.write_all(&bytes[..many])?;
    }
}
