//! A new registry, with a root key that admits authorities.

use std::path::Path;

use crate::canon::{Chains, Origin, Publication, Record, SecretKey};
use crate::model::State;
use crate::registry::publish::{PublishError, Publisher};

/// Makes an empty registry in a folder that does not exist yet: its name and
/// root key, and the words of `words` to publish and ask in, signed by the
/// root key.
pub fn init(
    root: &Path,
    name: &str,
    key: &SecretKey,
    words: &State,
    recorded: &str,
) -> Result<Publisher, PublishError> {
    let origin = Origin { name: name.to_owned(), root_key: Some(key.public()) };
    let publications = [
        Publication::Origin(origin),
        Publication::Categories(words.categories.clone()),
        Publication::Facts(words.vocabulary.clone()),
        Publication::Jurisdictions(words.places.clone()),
    ];
    let mut chains = Chains::default();
    let mut records: Vec<Record> = Vec::new();
    for publication in publications {
        let record = chains.prepare_signed(publication, recorded, |statement| vec![key.sign(statement)])?;
        chains = chains.append(record.clone());
        records.push(record);
    }
    Publisher::create(root, &records, name)
}
