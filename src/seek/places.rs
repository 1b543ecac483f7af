//! To which places data may go.
//!
//! Most places get the same as many others: what a list says hangs on whether
//! it, and each of its entries, binds what goes there, and on nothing else
//! about a place. So each kind of place is asked once.

use std::collections::BTreeSet;

use crate::evaluate::{Findings, Index, named, severity, towards};
use crate::model::{Applies, Jurisdiction, Match, Open, Outcome, PlaceKind, Question, UnknownReason};
use crate::seek::routes::{Claims, Route, routes};

/// What data gets at places of one kind, from all its origins together.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Prospect<'a> {
    /// The places. Never empty.
    pub places: BTreeSet<Jurisdiction>,
    /// Whether some of the data stays where it is.
    pub is_home: bool,
    /// The severest outcome of all origins.
    pub outcome: Outcome,
    /// The severest of what applies for certain.
    pub floor: Outcome,
    /// Why the registry cannot say, where the outcome is that.
    pub unknown_reason: Option<UnknownReason>,
    /// The outcome from each origin.
    pub by_origin: Vec<(Jurisdiction, Outcome)>,
    /// The lightest route that satisfies all origins at once, if there is one.
    pub route: Option<Route>,
    /// What was left open and matters.
    pub open: BTreeSet<Open>,
    /// The entries behind the outcome.
    pub because: Vec<Match<'a>>,
}

impl Prospect<'_> {
    /// The best first: by outcome, by the lightest route, by what is certain.
    fn rank(&self) -> impl Ord + use<> {
        let route = self.route.as_ref().map(Route::weight);
        (self.outcome, route.is_none(), route, self.floor, self.places.first().cloned())
    }
}

/// Returns where data could go by default: every country, the origins, and
/// whatever other single place a list in force names.
pub fn destinations(index: &Index, questions: &[Question]) -> BTreeSet<Jurisdiction> {
    let places = &index.state().places;
    let countries = places.iter().filter(|it| it.kind == PlaceKind::Country).map(|it| it.code.clone());
    let is_single = |it: &Jurisdiction| places.find(it).is_some_and(|it| it.kind != PlaceKind::Bloc);
    let named = questions.iter().flat_map(|it| named(index, it)).filter(is_single);
    let origins = questions.iter().map(|it| it.from.clone());
    countries.chain(named).chain(origins).collect()
}

/// Returns what data gets at some places that comes from all of some origins,
/// the best places first. Of each question its own destination does not count.
///
/// Data that does not leave its origin is permitted there where no list says
/// otherwise.
pub fn prospects<'i>(
    index: &'i Index,
    questions: &[Question],
    to: &BTreeSet<Jurisdiction>,
    claims: &Claims,
) -> Vec<Prospect<'i>> {
    let mut kinds: Vec<(Kind, Prospect<'i>)> = Vec::new();
    for place in to {
        let asked: Vec<_> = questions.iter().map(|it| Question { to: Some(place.clone()), ..it.clone() }).collect();
        let kind = Kind::of(index, &asked, place);
        match kinds.iter_mut().find(|(it, _)| *it == kind) {
            Some((_, prospect)) => drop(prospect.places.insert(place.clone())),
            None => kinds.push((kind, prospect(index, &asked, place, claims))),
        }
    }
    let mut prospects: Vec<_> = kinds.into_iter().map(|(_, it)| it).collect();
    prospects.sort_by_cached_key(Prospect::rank);
    prospects
}

/// All that tells one place from another, for each origin.
#[derive(Debug, Eq, PartialEq)]
struct Kind(Vec<(Vec<Applies>, bool)>);

impl Kind {
    fn of(index: &Index, asked: &[Question], place: &Jurisdiction) -> Kind {
        Kind(asked.iter().map(|it| (towards(index, it), it.from == *place)).collect())
    }
}

fn prospect<'i>(index: &'i Index, asked: &[Question], place: &Jurisdiction, claims: &Claims) -> Prospect<'i> {
    let findings: Vec<_> = asked.iter().map(|it| index.findings_on_its_day(it)).collect();
    let stays = |question: &Question, it: &Findings<'_>| question.from == *place && is_silence_alone(it);
    let outcomes = asked.iter().zip(&findings).map(|(question, it)| {
        let outcome = if stays(question, it) { Outcome::Permitted } else { it.outcome() };
        (question.from.clone(), outcome)
    });
    let by_origin: Vec<_> = outcomes.collect();
    let outcome = by_origin.iter().map(|(_, it)| *it).max().unwrap_or(Outcome::Permitted);
    let (leaving, found): (Vec<_>, Vec<_>) =
        asked.iter().cloned().zip(findings).filter(|(question, it)| !stays(question, it)).unzip();
    let route = routes(index, &leaving, claims).routes.into_iter().next();
    let reasons = found.iter().filter(|it| it.outcome() == outcome).map(|it| it.verdict().unknown_reason);
    Prospect {
        places: BTreeSet::from([place.clone()]),
        is_home: asked.iter().any(|it| it.from == *place),
        outcome,
        floor: found.iter().map(Findings::floor).max().unwrap_or(Outcome::Permitted),
        unknown_reason: reasons.flatten().min(),
        by_origin,
        route,
        open: found.iter().flat_map(Findings::open).collect(),
        because: because(found, outcome),
    }
}

/// Returns whether all that stands in the way is that no list speaks.
fn is_silence_alone(findings: &Findings<'_>) -> bool {
    findings.is_silent() && findings.matches.iter().all(|it| severity(it).1.permits())
}

/// Returns the entries that come to an outcome, each once.
fn because(findings: Vec<Findings<'_>>, outcome: Outcome) -> Vec<Match<'_>> {
    let mut told = BTreeSet::new();
    let matches = findings.into_iter().flat_map(|it| it.matches);
    let decide = matches.filter(|it| severity(it).1 == outcome && !outcome.permits());
    decide.filter(|it| told.insert((it.revision.list.clone(), it.entry.id.clone()))).collect()
}
