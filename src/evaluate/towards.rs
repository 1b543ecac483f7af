//! What a destination decides of a question.

use std::collections::BTreeSet;

use crate::evaluate::applies::{Assumed, Inquiry};
use crate::evaluate::dependence::places_named;
use crate::evaluate::source::Source;
use crate::model::{Applies, Destinations, InForce, Jurisdiction, Question};

/// Returns all that the destination of a question decides, in the order of the
/// lists and entries in force: for each list whether the data leaves its border
/// and whether it applies to the place, for each entry whether it binds what
/// goes there. Two places of which that is the same get the same, whatever else
/// is asked.
pub(crate) fn towards<'s>(source: impl Source<'s>, question: &Question) -> Vec<Applies> {
    let assumed = Assumed::default();
    let inquiry = Inquiry::new(source.state(), question, &assumed);
    let reach = inquiry.reach(source.standing(&question.from, question.at, question.known_on));
    let mut decided = Vec::new();
    for reaching in &reach.lists {
        let revision = &reaching.issued.revision;
        decided.push(reaching.leaves.clone());
        decided.push(inquiry.goes_to(&revision.applies_to, revision));
        let entries = revision.entries.values().filter(|it| it.to != Destinations::Any);
        decided.extend(entries.map(|it| inquiry.goes_to(&it.to, revision)));
    }
    decided
}

/// Returns the places that the lists in force name as destinations.
pub(crate) fn named<'s>(source: impl Source<'s>, question: &Question) -> BTreeSet<Jurisdiction> {
    let standing = source.standing(&question.from, question.at, question.known_on);
    let revisions = standing.into_iter().filter_map(|it| match it {
        InForce::Yes(issued) => Some(&issued.revision),
        InForce::NotYet | InForce::Lapsed(_) => None,
    });
    let named = revisions.flat_map(|revision| {
        let destinations = revision.entries.values().map(|it| &it.to).chain([&revision.applies_to]);
        destinations.flat_map(|it| places_named(it, revision))
    });
    named.collect()
}
