//! When what was published came into the registry: the ends of the journal's
//! lines, which the registry itself does not keep.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;

use crate::canon::RecordKind;
use crate::model::{Hash, ListId};
use crate::server::edition::Edition;
use crate::server::problem::Problem;

/// So many lines are read at a time.
const AT_A_TIME: u64 = 256;

/// A record, without what it publishes.
#[derive(Clone, Debug)]
pub(super) struct Event {
    /// Its number in the journal, from 0.
    pub(super) position: u64,
    pub(super) kind: RecordKind,
    pub(super) hash: Hash,
    /// The second in which it was recorded.
    pub(super) recorded: String,
    /// Of a revision: its list, and its number there.
    pub(super) revision: Option<(ListId, u64)>,
}

/// The records of the journal so far. The journal only grows, so that what was
/// read once is right for every later edition.
#[derive(Debug, Default)]
pub(super) struct Chronicle(Mutex<Arc<Vec<Event>>>);

#[derive(Deserialize)]
struct LineForm<'l> {
    body: BodyForm,
    #[serde(borrow)]
    hash: &'l str,
    kind: RecordKind,
    #[serde(borrow)]
    recorded: &'l str,
}

#[derive(Deserialize)]
struct BodyForm {
    revision: Option<RevisionForm>,
}

#[derive(Deserialize)]
struct RevisionForm {
    header: HeaderForm,
}

#[derive(Deserialize)]
struct HeaderForm {
    list: String,
    sequence: u64,
}

impl Chronicle {
    /// Returns the records of an edition. What is new is read from the disk, so
    /// this may wait.
    pub(super) fn of(&self, edition: &Edition) -> Result<Arc<Vec<Event>>, Problem> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let size = edition.lines.size();
        while (known.len() as u64) < size {
            let start = known.len() as u64;
            let lines = edition.lines.read(start..size.min(start + AT_A_TIME)).map_err(Problem::unavailable)?;
            let read = events(start, &lines.unwrap_or_default()).map_err(Problem::unavailable)?;
            if read.is_empty() {
                return Err(Problem::unavailable("the journal is shorter than it was"));
            }
            Arc::make_mut(&mut known).extend(read);
        }
        // Another look may have read on for a later edition.
        let known = Arc::clone(&known);
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        Ok(if known.len() == size { known } else { Arc::new(known.iter().take(size).cloned().collect()) })
    }
}

fn events(start: u64, lines: &[u8]) -> io::Result<Vec<Event>> {
    let lines = lines.split(|it| *it == b'\n').filter(|it| !it.is_empty());
    (start..).zip(lines).map(|(position, line)| event(position, line)).collect()
}

fn event(position: u64, line: &[u8]) -> io::Result<Event> {
    let form: LineForm<'_> = serde_json::from_slice(line).map_err(io::Error::other)?;
    let hash = form.hash.parse().map_err(io::Error::other)?;
    let revision =
        form.body.revision.map(|it| Ok((it.header.list.parse().map_err(io::Error::other)?, it.header.sequence)));
    let revision = revision.transpose().map_err(|it: io::Error| it)?;
    Ok(Event { position, kind: form.kind, hash, recorded: form.recorded.to_owned(), revision })
}
