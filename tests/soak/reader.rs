//! A reader: asks all servers in turn without a pause, and looks at everything
//! that comes back before it asks on.

use std::cell::RefCell;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use neglist::canon::{answer_json, canonical};
use neglist::log::{LogKey, ServedLog, Sight, visit};
use neglist::model::ListId;
use neglist::receipt::{Bounds, Policy, verify};
use serde_json::Value as Json;

use crate::common::Dice;
use crate::mixture::{Asked, DOCUMENTS, HEAVY, MISTAKES, filled};
use crate::truth::{Moment, Truth};
use crate::wire::{Connection, Reply};

/// So many questions are asked of one head, others of the next: then the
/// evaluator that reads like the law keeps up, and every answer is compared.
const AT_A_TIME: u64 = 120;

/// So many records come before a reader asks a server for the next receipt: for
/// the first one of each head the server makes its trees anew.
const BETWEEN_RECEIPTS: u64 = 10;

/// So many complaints are said; all are counted.
const TOLD: u64 = 20;

/// What all readers came to.
#[derive(Debug, Default)]
pub struct Tally {
    pub requests: AtomicU64,
    /// Answers that were compared with the reference evaluator's.
    pub answers: AtomicU64,
    /// Documents and pages that were compared with what another server said.
    pub documents: AtomicU64,
    pub receipts: AtomicU64,
    /// Receipts that could not be made, since the head was not signed yet.
    pub unsigned: AtomicU64,
    /// Signed heads that were found to continue the one before.
    pub visits: AtomicU64,
    pub errors: AtomicU64,
}

impl Tally {
    pub fn complain(&self, what: &str) {
        let before = self.errors.fetch_add(1, Ordering::Relaxed);
        if before < TOLD {
            let what: String = what.chars().take(2000).collect();
            eprintln!("error: {what}");
        }
    }
}

pub fn add(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// What readers know, and count.
#[derive(Debug)]
pub struct Load {
    pub truth: Truth,
    pub questions: Vec<Asked>,
    pub lists: Vec<ListId>,
    pub log: LogKey,
    pub tally: Tally,
}

/// Somebody who reads.
#[derive(Debug)]
pub struct Reader<'l> {
    load: &'l Load,
    dice: Dice,
    shelves: Vec<Shelf>,
}

/// A server, as one reader sees it.
#[derive(Debug)]
struct Shelf {
    address: String,
    connection: RefCell<Connection>,
    /// How many records the last head had that was seen here.
    seen: u64,
    /// How many it had when a receipt was asked for.
    proven: u64,
    /// The signed head that was seen last.
    note: Option<String>,
}

impl<'l> Reader<'l> {
    /// Connects to all servers.
    pub fn new(load: &'l Load, addresses: &[String], seed: u64) -> Reader<'l> {
        let shelves = addresses.iter().map(|address| Shelf {
            address: address.clone(),
            connection: RefCell::new(Connection::open(address).unwrap()),
            seen: 0,
            proven: 0,
            note: None,
        });
        Reader { load, dice: Dice(seed), shelves: shelves.collect() }
    }

    /// Asks every server for something.
    pub fn round(&mut self) {
        for number in 0..self.shelves.len() {
            if let Err(what) = self.ask(number) {
                let address = &self.shelves[number].address;
                self.load.tally.complain(&format!("{address}: {what}"));
                // A connection that failed says nothing of the next request.
                if let Ok(anew) = Connection::open(address) {
                    self.shelves[number].connection = RefCell::new(anew);
                }
            }
        }
    }

    /// Asks one server everything that there is, and returns at which head.
    pub fn all(&mut self, number: usize) -> Result<u64, String> {
        let load = self.load;
        for question in 0..load.questions.len() {
            self.question(number, question, false)?;
        }
        for question in (0..load.questions.len()).step_by(50) {
            self.shelves[number].proven = 0;
            self.receipt(number, question)?;
        }
        for document in DOCUMENTS.iter().chain(HEAVY) {
            self.document(number, document, &load.lists[0], "")?;
        }
        self.visit(number)?;
        Ok(self.shelves[number].seen)
    }

    fn ask(&mut self, number: usize) -> Result<(), String> {
        let question = self.some_question(number);
        let (load, dice) = (self.load, &mut self.dice);
        let list = one_of(&load.lists, dice);
        let (document, heavy, mistake) = (*one_of(DOCUMENTS, dice), *one_of(HEAVY, dice), *one_of(MISTAKES, dice));
        match dice.below(1000) {
            0..300 => self.question(number, question, false),
            300..600 => self.question(number, question, true),
            600..640 => self.again(number, question),
            640..660 => self.batch(number),
            660..880 => self.document(number, document, list, ""),
            880..900 => self.document(number, document, list, "Accept-Encoding: gzip\r\n"),
            900..902 => self.document(number, heavy, list, ""),
            902..932 => self.expect(number, mistake.0, mistake.1).map(drop),
            932..952 => self.records(number),
            952..972 => self.visit(number),
            972..982 => self.expect(number, "/metrics", 200).map(drop),
            982..990 => self.head(number),
            _ => self.receipt(number, question),
        }
    }

    /// Returns the number of a question: those of one head are few, and others
    /// are asked of the next.
    fn some_question(&mut self, number: usize) -> usize {
        let start = self.shelves[number].seen.wrapping_mul(AT_A_TIME);
        usize::try_from((start + self.dice.below(AT_A_TIME)) % self.load.questions.len() as u64).unwrap()
    }

    fn get(&self, number: usize, path: &str, headers: &str) -> Result<Reply, String> {
        add(&self.load.tally.requests);
        let reply = self.shelves[number].connection.borrow_mut().get(path, headers);
        reply.map_err(|it| format!("GET {path}: {it}"))
    }

    fn expect(&self, number: usize, path: &str, status: u16) -> Result<Reply, String> {
        expected(self.get(number, path, "")?, path, &[status])
    }

    /// Notes the head that a server shows, which never goes back.
    fn moment(&mut self, number: usize, hash: &str) -> Result<std::sync::Arc<Moment>, String> {
        let moment = self.load.truth.at(hash)?;
        let (seen, size) = (self.shelves[number].seen, moment.size());
        if size < seen {
            return Err(format!("went back from {seen} records to {size}"));
        }
        self.shelves[number].seen = size;
        Ok(moment)
    }

    fn question(&mut self, number: usize, which: usize, is_posted: bool) -> Result<(), String> {
        let asked = &self.load.questions[which];
        let reply = if is_posted {
            add(&self.load.tally.requests);
            let reply =
                self.shelves[number].connection.get_mut().post("/v1/ask", "application/json", asked.json.as_bytes());
            reply.map_err(|it| format!("POST {}: {it}", asked.json))?
        } else {
            self.get(number, &format!("/v1/ask?{}", asked.query), "")?
        };
        let reply = expected(reply, &asked.query, &[200])?;
        let moment = self.moment(number, reply.etag.as_deref().ok_or("an answer without a head")?)?;
        self.compare(&moment, which, &reply.body)
    }

    fn compare(&self, moment: &Moment, which: usize, given: &[u8]) -> Result<(), String> {
        let question = &self.load.questions[which].question;
        add(&self.load.tally.answers);
        if moment.is_right(which, question, given) {
            return Ok(());
        }
        let (given, right) = (String::from_utf8_lossy(given).into_owned(), moment.right(question));
        Err(format!("expected {}, found {given}", String::from_utf8_lossy(&right)))
    }

    /// Asks with the head that was seen last: the answer is still known, or
    /// there is another head.
    fn again(&mut self, number: usize, which: usize) -> Result<(), String> {
        self.question(number, which, false)?;
        let hash = self.load.truth.hash_of(self.shelves[number].seen)?;
        let path = format!("/v1/ask?{}", self.load.questions[which].query);
        let reply = expected(self.get(number, &path, &format!("If-None-Match: \"{hash}\"\r\n"))?, &path, &[200, 304])?;
        let shown = reply.etag.clone().ok_or("an answer without a head")?;
        let moment = self.moment(number, &shown)?;
        match reply.status {
            304 if shown == hash => Ok(()),
            304 => Err(format!("{hash} is called known, and the head is {shown}")),
            _ => self.compare(&moment, which, &reply.body),
        }
    }

    /// Asks ten at once: all are answered at one head.
    fn batch(&mut self, number: usize) -> Result<(), String> {
        let which: Vec<_> = (0..10).map(|_| self.some_question(number)).collect();
        let lines: Vec<_> = which.iter().map(|it| self.load.questions[*it].json.as_str()).collect();
        let lines = lines.join("\n");
        add(&self.load.tally.requests);
        let connection = self.shelves[number].connection.get_mut();
        let reply = connection.post("/v1/batch", "application/x-ndjson", lines.as_bytes());
        let reply = expected(reply.map_err(|it| format!("POST /v1/batch: {it}"))?, "/v1/batch", &[200])?;
        let lines: Vec<_> = reply.body.split_inclusive(|it| *it == b'\n').collect();
        if lines.len() != which.len() {
            return Err(format!("{} questions have {} answers", which.len(), lines.len()));
        }
        let first: Json = serde_json::from_slice(lines[0]).map_err(|it| format!("{it}: {}", reply.text()))?;
        let moment = self.moment(number, first["registry"]["head"].as_str().unwrap_or_default())?;
        which.iter().zip(lines).try_for_each(|(which, line)| self.compare(&moment, *which, line))
    }

    /// Asks for a document or a page: of one head, every server says the same.
    fn document(&mut self, number: usize, template: &str, list: &ListId, headers: &str) -> Result<(), String> {
        let seen = self.load.truth.kept(self.shelves[number].seen);
        let Some(seen) = seen else { return self.head(number) };
        let path = filled(template, list, &seen.state, seen.size().saturating_sub(3));
        let reply = expected(self.get(number, &path, headers)?, &path, &[200])?;
        if path == "/openapi.json" {
            return if self.load.truth.is_as_ever(&path, &reply.body) { Ok(()) } else { Err(differs(&path)) };
        }
        // A page that is packed shows its head to nobody who does not unpack it.
        let text = reply.text();
        let Some(hash) = reply.etag.clone().or_else(|| head_of_page(&text)) else {
            return if headers.is_empty() { Err(format!("{path}: no head")) } else { Ok(()) };
        };
        let moment = self.moment(number, &hash)?;
        add(&self.load.tally.documents);
        // A page says whether there are receipts already, and rightly so.
        let is_signed = !text.contains("is not signed yet");
        if moment.is_same(&format!("{path} {is_signed} {headers}"), &reply.body) { Ok(()) } else { Err(differs(&path)) }
    }

    /// Asks how far the server is, and whether it is well.
    fn head(&mut self, number: usize) -> Result<(), String> {
        let reply = self.expect(number, "/healthz", 200)?;
        let health: Json = serde_json::from_slice(&reply.body).map_err(|it| it.to_string())?;
        self.moment(number, health["registry"]["head"].as_str().unwrap_or_default()).map(drop)
    }

    /// Asks for a bundle of the journal that is full.
    fn records(&mut self, number: usize) -> Result<(), String> {
        let full = self.shelves[number].seen / 256;
        let path = if full == 0 {
            format!("/log/records/000.p/{}", self.shelves[number].seen.max(1))
        } else {
            format!("/log/records/{:03}", self.dice.below(full))
        };
        let reply = self.expect(number, &path, 200)?;
        if self.load.truth.is_as_ever(&path, &reply.body) { Ok(()) } else { Err(differs(&path)) }
    }

    /// Looks at the signed head: it continues the one that was seen last, which
    /// the tiles prove, and is the one of the journal.
    fn visit(&mut self, number: usize) -> Result<(), String> {
        let shelf = &self.shelves[number];
        let served = Served { reader: self, number };
        let visit = visit(&served, &self.load.log, &[], shelf.note.as_slice());
        let visit = visit.map_err(|it| format!("the log: {it}"))?;
        let head = &visit.head.checkpoint;
        match &visit.sight {
            Sight::First | Sight::Same | Sight::Grown(_) => {}
            Sight::Older(seen) => return Err(format!("the log went back from {seen} entries to {}", head.size)),
            Sight::Fork(_) => return Err(format!("the log forked at {} entries", head.size)),
        }
        if self.load.truth.root_at(head.size) != Some(head.root) {
            return Err(format!("another root than the journal's over {} entries", head.size));
        }
        add(&self.load.tally.visits);
        self.shelves[number].note = Some(visit.note);
        Ok(())
    }

    /// Asks for a receipt now and then, and verifies it.
    fn receipt(&mut self, number: usize, which: usize) -> Result<(), String> {
        let shelf = &mut self.shelves[number];
        if shelf.seen < shelf.proven + BETWEEN_RECEIPTS {
            return self.question(number, which, true);
        }
        shelf.proven = shelf.seen;
        let asked = &self.load.questions[which];
        let path = format!("/v1/receipt?{}", asked.query);
        let reply = expected(self.get(number, &path, "")?, &path, &[200, 503])?;
        if reply.status == 503 {
            add(&self.load.tally.unsigned);
            return if reply.text().contains("sign") || reply.text().contains("checkpoint") {
                Ok(())
            } else {
                Err(reply.text())
            };
        }
        let policy =
            Policy { log: self.load.log.clone(), witnesses: Vec::new(), threshold: 0, bounds: Bounds::default() };
        let verified = verify(&reply.body, &policy).map_err(|it| format!("{path}: {it}"))?;
        let moment = self.moment(number, &verified.head.hash.to_string())?;
        let answer = neglist::evaluate::answer(&moment.state, &asked.question);
        let mut right = answer_json(&answer, &moment.state.head);
        right.as_object_mut().unwrap().shift_remove("valid");
        add(&self.load.tally.receipts);
        if canonical(&right) == canonical(&verified.answer) { Ok(()) } else { Err(differs(&path)) }
    }
}

fn one_of<'a, T>(among: &'a [T], dice: &mut Dice) -> &'a T {
    &among[usize::try_from(dice.below(among.len() as u64)).unwrap()]
}

fn expected(reply: Reply, path: &str, statuses: &[u16]) -> Result<Reply, String> {
    if statuses.contains(&reply.status) {
        return Ok(reply);
    }
    Err(format!("{path}: status {}, {}", reply.status, reply.text()))
}

fn differs(path: &str) -> String {
    format!("{path}: the servers differ at one head")
}

/// Returns the head that stands at the foot of a page.
fn head_of_page(page: &str) -> Option<String> {
    let (_, foot) = page.rsplit_once("class=\"hash\" title=\"")?;
    foot.split('"').next().map(str::to_owned)
}

/// The log of a server, over the connection of a reader.
struct Served<'r, 'l> {
    reader: &'r Reader<'l>,
    number: usize,
}

impl ServedLog for Served<'_, '_> {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        let reply = self.reader.get(self.number, &format!("/log/{path}"), "").map_err(io::Error::other)?;
        match reply.status {
            200 => Ok(Some(reply.body)),
            404 => Ok(None),
            status => Err(io::Error::other(format!("`{path}` has status {status}: {}", reply.text()))),
        }
    }
}
