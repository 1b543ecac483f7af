//! Moving a registry between a folder and a journal that several writers
//! share: every record verified, nothing taken that does not continue.

use std::path::Path;

use crate::journal::{self, AppendError, CopyOf, RealDisk, SharedJournal};
use crate::model::Head;
use crate::registry::open::OpenError;
use crate::registry::publish::{PublishError, Publisher, TakeError, verified};

/// Brings the registry in a folder to a shared journal that has nothing yet, or
/// the beginning of the same, and makes the folder a copy of that. Returns how
/// far it is, and how many records were copied.
pub fn share(root: &Path, shared: &mut dyn SharedJournal) -> Result<(Head, u64), PublishError> {
    let publisher = Publisher::open(root)?;
    let head = publisher.chains().position().ok_or_else(|| OpenError::NoWords(root.to_owned()))?;
    let lines = journal::read_lines(&RealDisk::new(root))?;
    let known = shared.refresh()?;
    for (index, there) in shared.lines(0..known)?.iter().enumerate() {
        if lines.get(index) != Some(there) {
            return Err(PublishError::Other { root: root.to_owned(), index: index as u64 });
        }
    }
    let (_, records) = verified(&lines).map_err(|it| PublishError::diverged(root, it))?;
    for record in records.iter().filter(|it| known <= it.index()) {
        shared.append(record)?;
    }
    // Until here, the folder is written as before; from here on, it follows.
    CopyOf::new(shared.address()).write(root)?;
    drop(publisher);
    let copied = head.size - known;
    Ok((head, copied))
}

/// Brings a shared journal to a folder that is a registry of its own from then
/// on, or brings such a one up to it. Returns how far it is, and how many
/// records were copied.
pub fn unshare(shared: &mut dyn SharedJournal, root: &Path) -> Result<(Head, u64), PublishError> {
    let size = shared.refresh()?;
    if !root.exists() {
        let (chains, records) = verified(&shared.lines(0..size)?).map_err(|it| PublishError::diverged(root, it))?;
        let head = chains.position().ok_or_else(|| OpenError::NoWords(root.to_owned()))?;
        drop(Publisher::create(root, &records, &head.origin)?);
        return Ok((head, size));
    }
    let mut publisher = Publisher::open(root)?;
    let known = publisher.chains().size();
    if size < known {
        return Err(PublishError::Behind { root: root.to_owned(), shared: size, copy: known });
    }
    for line in shared.lines(known..size)? {
        let index = publisher.chains().size();
        publisher.take_copy(&line).map_err(|error| match error {
            TakeError::Invalid(source) => PublishError::diverged(root, (index, source)),
            TakeError::Publish(error) => error,
            TakeError::Refused(_) => PublishError::Append(AppendError::Uncertain),
        })?;
    }
    publisher.settle();
    let head = publisher.chains().position().ok_or_else(|| OpenError::NoWords(root.to_owned()))?;
    Ok((head, size - known))
}
