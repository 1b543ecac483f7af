//! The registry as DCAT 3: a catalog of dataset series.
//!
//! A list is a series, a revision one of its datasets. Dates of a period are
//! the first and the last day, as DCAT has them, where ours are half-open.

use std::collections::BTreeSet;

use jiff::civil::Date;
use oxrdf::NamedNode;

use crate::export::linked::eli;
use crate::export::linked::graph::{Description, Graph};
use crate::export::linked::name::{Names, meaning};
use crate::export::linked::namespace::{ADMS, DCAT, DCT, ELI, FOAF, Term};
use crate::export::linked::term::{
    AUTHORITY, BORDER, CATALOG, CONFIDENCE, DISPLACES, EFFECTIVE, ENTRIES, EXPIRES, HEAD, RECORDS, REPEALS, SCOPE,
    STATUS, WITHDRAWS, WITHIN,
};
use crate::model::{At, InForce, Issued, List, Scope, State, Status, Text};

const TITLE: Term = Term(DCT, "title");
const SPATIAL: Term = Term(DCT, "spatial");
const IDENTIFIER: Term = Term(DCT, "identifier");
const SOURCE: Term = Term(DCT, "source");
const ISSUED: Term = Term(DCT, "issued");

/// Returns every list with every revision of it.
pub(crate) fn dcat(state: &State, names: &Names) -> Graph {
    let mut graph = Graph::default();
    for (short, name) in names.short() {
        graph.prefix(short, name);
    }
    let series: Vec<_> = state.lists.keys().map(|it| names.list(it)).collect();
    let description = Text {
        en: "Negative lists: which data may not leave a place, or only under conditions.".to_owned(),
        zh: "负面清单：哪些数据不得出境，或须满足条件方可出境。".to_owned(),
    };
    let head = &state.head;
    graph.add(
        Description::of(&names.registry(), &[Term(DCAT, "Catalog")])
            .plain(TITLE, &head.origin)
            .text(Term(DCT, "description"), &description)
            .plain(IDENTIFIER, &head.origin)
            .plain(HEAD, head.hash.to_string())
            .number(RECORDS, head.size)
            .links(Term(DCAT, "dataset"), &series),
    );
    for list in state.lists.values() {
        graph.add(of_list(list, names));
        for issued in &list.revisions {
            add_revision(list, issued, state, names, &mut graph);
        }
    }
    add_authorities(state, names, &mut graph);
    add_laws(state, &mut graph);
    graph
}

fn of_list(list: &List, names: &Names) -> Description {
    let described = Description::of(&names.list(&list.id), &[Term(DCAT, "DatasetSeries")])
        .plain(IDENTIFIER, list.id.as_str())
        .link(SPATIAL, &names.place(&list.id.jurisdiction()));
    let (Some(first), Some(last)) = (list.revisions.first(), list.revisions.last()) else { return described };
    described
        .text(TITLE, &last.revision.title)
        .text(Term(DCT, "description"), &last.revision.summary)
        .day(ISSUED, first.revision.published.0)
        .day(Term(DCT, "modified"), last.revision.published.0)
        .link(Term(DCAT, "first"), &names.revision(first))
        .link(Term(DCAT, "last"), &names.revision(last))
}

fn add_revision(list: &List, issued: &Issued, state: &State, names: &Names, graph: &mut Graph) {
    let revision = &issued.revision;
    let before = issued.sequence.checked_sub(1).and_then(|it| list.revisions.get(usize::try_from(it).ok()?));
    let authority = names.authority(&revision.authority);
    let dataset = Description::of(&names.revision(issued), &[Term(DCAT, "Dataset")])
        .text(TITLE, &revision.title)
        .text(Term(DCT, "description"), &revision.summary)
        .text(Term(ADMS, "versionNotes"), &revision.summary)
        .plain(Term(DCAT, "version"), revision.version.to_string())
        .plain(IDENTIFIER, issued.hash.to_string())
        .link(Term(DCAT, "inSeries"), &names.list(&list.id))
        .links(Term(DCAT, "prev"), &before.map(|it| names.revision(it)))
        .day(ISSUED, revision.published.0)
        .link(SPATIAL, &names.place(&list.id.jurisdiction()))
        .plain(STATUS, revision.status.word())
        .plain(CONFIDENCE, revision.source.confidence.word())
        .number(ENTRIES, revision.entries.len() as u64)
        .plain(CATALOG, revision.catalog.to_string())
        .link(BORDER, &names.place(&revision.border()))
        .flag(WITHIN, revision.within)
        .flag(REPEALS, revision.repeals)
        .link(AUTHORITY, &authority);
    let dataset = sourced(dataset, issued);
    let dataset = scoped(dataset, &revision.scope, state, names);
    let displaced: Vec<_> = revision.displaces.iter().map(|it| names.list(it)).collect();
    let withdrawn = list.revisions.iter().filter(|it| revision.withdraws.contains(&it.revision.version));
    let withdrawn: Vec<_> = withdrawn.map(|it| names.revision(it)).collect();
    let mut dataset = dataset.links(DISPLACES, &displaced).links(WITHDRAWS, &withdrawn);
    // Who wrote down the law of others does not make them publish here.
    if revision.status == Status::Official {
        dataset = dataset.link(Term(DCT, "publisher"), &authority);
    }
    if let Some(effective) = revision.effective {
        dataset = dataset.day(EFFECTIVE, effective.0);
    }
    if let Some(expires) = revision.expires {
        dataset = dataset.day(EXPIRES, expires);
    }
    let Some((from, until)) = in_force(list, issued) else { return graph.add(dataset) };
    let period = names.of_revision(issued, "in-force");
    graph.add(dataset.link(Term(DCT, "temporal"), &period));
    let period = Description::of(&period, &[Term(DCT, "PeriodOfTime")]).day(Term(DCAT, "startDate"), from);
    graph.add(match until.and_then(|it| it.yesterday().ok()) {
        Some(last) => period.day(Term(DCAT, "endDate"), last),
        None => period,
    });
}

/// Says where a revision can be read.
fn sourced(dataset: Description, issued: &Issued) -> Description {
    let source = &issued.revision.source;
    let law = eli::identifier(source);
    let dataset = dataset.plain(Term(DCT, "bibliographicCitation"), format!("{}, {}", source.title, source.citation));
    let dataset = match NamedNode::new(&source.url) {
        Ok(address) => dataset.link(SOURCE, &address),
        // What is no address is still what the list says.
        Err(_) => dataset.plain(SOURCE, &source.url),
    };
    dataset.links(SOURCE, law.iter().filter(|it| it.as_str() != source.url))
}

fn scoped(dataset: Description, scope: &Scope, state: &State, names: &Names) -> Description {
    match scope {
        Scope::All => dataset.plain(SCOPE, "*"),
        Scope::Only(categories) => {
            let themes: BTreeSet<_> =
                categories.iter().flat_map(|it| meaning(names, state, it)).map(NamedNode::into_string).collect();
            let themes = themes.into_iter().map(NamedNode::new_unchecked);
            themes.fold(dataset, |it, theme| it.link(SCOPE, &theme).link(Term(DCAT, "theme"), &theme))
        }
    }
}

/// Returns from which day on a revision is in force and from which no more, as
/// published so far; `None` where it never is.
fn in_force(list: &List, issued: &Issued) -> Option<(Date, Option<Date>)> {
    let effective = issued.revision.effective?;
    let is_in_force = |at: Date| match list.in_force(At(at), None) {
        InForce::Yes(it) => it.sequence == issued.sequence,
        InForce::NotYet | InForce::Lapsed(_) => false,
    };
    if !is_in_force(effective.0) {
        return None;
    }
    let others = list.revisions.iter().filter_map(|it| it.revision.effective).map(|it| it.0);
    let ends: BTreeSet<_> = others.chain(issued.revision.expires).filter(|it| effective.0 < *it).collect();
    Some((effective.0, ends.into_iter().find(|it| !is_in_force(*it))))
}

fn add_authorities(state: &State, names: &Names, graph: &mut Graph) {
    let revisions = state.lists.values().flat_map(|it| &it.revisions);
    let authorities: BTreeSet<_> = revisions.map(|it| it.revision.authority.as_str()).collect();
    for name in authorities {
        graph.add(Description::of(&names.authority(name), &[Term(FOAF, "Agent")]).plain(Term(FOAF, "name"), name));
    }
}

fn add_laws(state: &State, graph: &mut Graph) {
    let sources = state.lists.values().flat_map(|it| &it.revisions).map(|it| &it.revision.source);
    let laws: BTreeSet<_> = sources.filter_map(eli::identifier).map(NamedNode::into_string).collect();
    for law in laws {
        graph.add(Description::of(&NamedNode::new_unchecked(law), &[Term(ELI, "LegalResource")]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Published;

    #[test]
    fn a_revision_is_in_force_until_another_takes_its_place() {
        let text = include_str!("../../../tests/common/small/lists/CN/cross-border-transfer/1.0.0.toml");
        let vocabulary =
            crate::catalog::read_vocabulary(include_str!("../../../tests/common/small/facts/1.0.0.toml")).unwrap();
        let revision = crate::catalog::read_revision(text, &vocabulary, |_| None).unwrap();
        let day = |it: &str| it.parse::<Date>().unwrap();
        // Effective, expires, and whether it withdraws the one before.
        let course = |all: &[(Option<&str>, Option<&str>, bool)]| {
            let issued = all.iter().enumerate().map(|(number, (effective, expires, withdraws))| {
                let version = |it: usize| semver::Version::new(it as u64 + 1, 0, 0);
                let mut revision = revision.clone();
                revision.version = version(number);
                revision.published = Published(day("2020-01-01"));
                revision.effective = effective.map(|it| it.parse().unwrap());
                revision.expires = expires.map(day);
                revision.withdraws = if *withdraws { [version(number - 1)].into() } else { BTreeSet::new() };
                Issued { sequence: number as u64, previous: None, hash: crate::model::Hash([0; 32]), revision }
            });
            let list = List { id: revision.list.clone(), revisions: issued.collect() };
            let shown = |it: &Issued| match in_force(&list, it) {
                None => "never".to_owned(),
                Some((from, None)) => format!("{from}.."),
                Some((from, Some(until))) => format!("{from}..{until}"),
            };
            list.revisions.iter().map(shown).collect::<Vec<_>>().join(" ")
        };
        let (a, b, c) = (Some("2020-01-01"), Some("2021-01-01"), Some("2022-01-01"));
        assert_eq!(course(&[(a, None, false), (b, None, false)]), "2020-01-01..2021-01-01 2021-01-01..");
        assert_eq!(course(&[(a, b, false), (c, None, false)]), "2020-01-01..2021-01-01 2022-01-01..");
        assert_eq!(course(&[(a, None, false), (a, None, false)]), "never 2020-01-01..");
        assert_eq!(course(&[(a, None, false), (None, None, false)]), "2020-01-01.. never");
        assert_eq!(course(&[(b, None, false), (a, None, false)]), "2021-01-01.. 2020-01-01..2021-01-01");
        assert_eq!(
            course(&[(a, None, false), (b, None, false), (c, None, true)]),
            "2020-01-01..2022-01-01 never 2022-01-01.."
        );
    }
}
