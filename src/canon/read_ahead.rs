//! Reading records before their turn: most of what it takes to verify one does
//! not depend on those before it, and can be done for many at once.

use crate::canon::bytes::NotCanonical;
use crate::canon::chains::Chains;
use crate::canon::form::parse;
use crate::canon::growth::Grown;
use crate::canon::record::{Body, InvalidRecord, LineForm, Record, RecordKind};
use crate::canon::signature::{Signature, SignatureForm, Statement};
use crate::model::Hash;

/// A line of the journal, parsed and built, and not yet known to fit its place.
///
/// It proves nothing by itself: only [`Chains::take`] makes a record of it.
#[derive(Debug)]
pub struct ReadAhead {
    body: Body,
    recorded: String,
    signatures: Vec<Signature>,
    /// What the line says of itself, for whoever looks at the signatures.
    kind: RecordKind,
    digest: Option<Hash>,
    previous: Option<Hash>,
    /// Over this the signatures are valid.
    signed: Option<Statement>,
}

impl ReadAhead {
    /// Reads a line as far as that goes by itself.
    pub fn of(line: &[u8]) -> Result<ReadAhead, InvalidRecord> {
        let unreadable = |it: NotCanonical| InvalidRecord::Unreadable(it);
        let form: LineForm =
            serde_json::from_slice(line).map_err(|it| unreadable(NotCanonical::Json(it.to_string())))?;
        let signatures = form.signatures.into_iter().map(SignatureForm::read).collect::<Result<_, _>>();
        Ok(ReadAhead {
            signatures: signatures.map_err(unreadable)?,
            body: form.body.read().map_err(unreadable)?,
            recorded: form.recorded,
            kind: form.kind,
            digest: parse(&form.digest).ok(),
            previous: form.previous.and_then(|it| parse(&it).ok()),
            signed: None,
        })
    }

    /// Looks at the signatures, taking the line at its word for what they are
    /// over. Where that is not what stands at its place, it is done again then.
    #[must_use]
    pub fn with_signatures(mut self, origin: &str) -> ReadAhead {
        if let Some(digest) = self.digest.filter(|_| !self.signatures.is_empty()) {
            let statement = Statement::new(digest, self.kind, origin, self.previous);
            let is_signed = self.signatures.iter().all(|it| it.verifies(&statement));
            self.signed = is_signed.then_some(statement);
        }
        self
    }

    /// Makes the record at its place, if the line is the one that belongs
    /// there.
    pub(crate) fn at(self, chains: &Chains, line: &[u8]) -> Result<(Record, Grown), InvalidRecord> {
        let ReadAhead { body, recorded, signatures, signed, .. } = self;
        let (publication, known) =
            body.onto(|list| chains.lists().get(list).and_then(|it| it.head()).map(|it| &it.revision));
        let is_valid = |signature: &Signature, statement: &Statement| {
            signed.as_ref() == Some(statement) || signature.verifies(statement)
        };
        let (record, grown) = chains.record(publication, known, &recorded, |_| signatures, is_valid)?;
        if record.line == line { Ok((record, grown)) } else { Err(InvalidRecord::Altered) }
    }
}

impl Chains {
    /// Appends the record after the last, which was read ahead from its line.
    /// Where it is refused the chains stay as they were.
    pub fn take(&mut self, ahead: ReadAhead, line: &[u8]) -> Result<Hash, InvalidRecord> {
        let (record, grown) = ahead.at(self, line)?;
        let hash = record.hash();
        self.grow(record, grown);
        Ok(hash)
    }

    /// Does the same, and returns the record.
    pub fn take_and_keep(&mut self, ahead: ReadAhead, line: &[u8]) -> Result<Record, InvalidRecord> {
        let (record, grown) = ahead.at(self, line)?;
        self.grow(record.clone(), grown);
        Ok(record)
    }
}
