//! A registry from a catalog folder, the same every time.

use crate::canon::{BrokenChain, Chains, Origin, Publication, Record};
use crate::catalog::Sources;
use crate::model::Head;
use crate::registry::release::{ReleaseError, Step};

/// Why a catalog folder does not make a registry.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Something does not fit what stands before it.
    #[error("`{what}` cannot be published")]
    Broken {
        /// What was to be published.
        what: String,
        /// What does not fit.
        #[source]
        source: BrokenChain,
    },
    /// A release does not follow from the one before it.
    #[error(transparent)]
    Release(#[from] ReleaseError),
}

/// Returns the records that publish a catalog folder: its origin, the
/// releases, then all revisions in the order of their publication.
pub fn records_of(sources: &Sources) -> Result<(Head, Vec<Record>), BuildError> {
    let Sources { origin, recorded, categories, vocabularies, places, revisions } = sources;
    for (before, after) in categories.iter().zip(categories.iter().skip(1)) {
        Step::of_categories(before, after)?;
    }
    for (before, after) in vocabularies.iter().zip(vocabularies.iter().skip(1)) {
        Step::of_facts(before, after)?;
    }
    // Nobody signs what is only transcribed.
    let begin = Origin { name: origin.clone(), root_key: None };
    let mut publications = vec![(origin.clone(), Publication::Origin(begin))];
    let releases = categories.iter().map(|it| ("categories", it.version(), Publication::Categories(it.clone())));
    let releases =
        releases.chain(vocabularies.iter().map(|it| ("facts", it.version(), Publication::Facts(it.clone()))));
    publications.extend(releases.map(|(kind, version, it)| (format!("{kind} {version}"), it)));
    publications.push(("jurisdictions".to_owned(), Publication::Jurisdictions(places.clone())));
    publications.extend(
        revisions.iter().map(|it| (format!("{} {}", it.list, it.version), Publication::Revision(Box::new(it.clone())))),
    );
    let mut chains = Chains::default();
    let mut records = Vec::new();
    for (what, publication) in publications {
        let record = chains.prepare(publication, recorded).map_err(|source| BuildError::Broken { what, source })?;
        chains = chains.append(record.clone());
        records.push(record);
    }
    let hash = chains.head().expect("because at least the origin was published");
    Ok((Head { origin: origin.clone(), size: chains.size(), hash }, records))
}
