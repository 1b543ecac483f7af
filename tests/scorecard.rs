//! The measures of lists, counted by hand.

#![expect(clippy::unwrap_used, reason = "tests")]

use neglist::catalog;
use neglist::journal::snapshot;
use neglist::measure::{Scorecard, Share, Summary};
use neglist::model::{At, CategoryId, Hash, Issued, List, State};

/// Returns the state of the bundled registry.
fn bundled() -> State {
    snapshot::read(&std::fs::read("snapshots/bundled.jsonl.zst").unwrap()).unwrap().chains.state().unwrap()
}

fn share(have: usize, of: usize) -> Share {
    Share { have, of }
}

fn at(day: &str) -> At {
    day.parse().unwrap()
}

/// Makes a list of revisions: version, published, effective, and what follows
/// the header.
fn list(state: &State, revisions: &[(&str, &str, &str, &str)]) -> List {
    let issued = |(sequence, (version, published, effective, rest)): (usize, &(&str, &str, &str, &str))| {
        let retroactive = if effective < published {
            "retroactive = { en = \"So it says.\", zh = \"法律如此规定。\" }"
        } else {
            ""
        };
        let text = format!(
            r#"
list = "AF/data-export"
version = "{version}"
title = {{ en = "Data export rules", zh = "数据出境规则" }}
authority = "Ministry of Data"
published = {published}
effective = {effective}
{retroactive}
catalog = "^1.0"
status = "official"
scope = ["*"]
summary = {{ en = "Of {version}.", zh = "Of {version}." }}
doubts = [{{ en = "Who counts as a partner is open.", zh = "" }}]

[source]
title = "Data Export Act"
citation = "Act 1 of 2026"
url = "https://ministry.example/act-1-2026"
checked = 2026-03-01
confidence = "low"

[groups]
partners = ["DE", "FR"]

{rest}"#
        );
        let revision = catalog::read_revision(&text, &state.vocabulary, |_| None).unwrap();
        Issued { sequence: sequence as u64, previous: None, hash: Hash([0; 32]), revision }
    };
    let revisions = revisions.iter().enumerate().map(issued).collect();
    List { id: "AF/data-export".parse().unwrap(), revisions }
}

/// Four entries: all personal data bare, health data from a number of people
/// on towards two names, genetic resources but for some places, and a notice.
const ENTRIES: &str = r#"
[[entry]]
id = "all-personal"
category = ["personal"]
effect = "prohibited"
objective = "privacy"
cite = "Act 1 of 2026, s. 3"
note = { en = "Nothing leaves.", zh = "一律不得出境。" }

[[entry]]
id = "health-in-numbers"
category = ["personal.health"]
except = ["personal.health.genomic"]
to = { only = ["partners", "US"] }
when = { subjects = { at-least = 1000 } }
effect = "conditional"
requires = ["regulator-approval"]
objective = "privacy"
cite = "Act 1 of 2026"
note = { en = "Towards partners, approval.", zh = "向伙伴提供须经批准。" }

[[entry]]
id = "resources"
category = ["genetic-resources"]
to = { except = ["DE"] }
when = { "exporter.ciio" = true }
effect = "undetermined"
objective = "other"
cite = "s. 4"
note = { en = "Genetic resources are governed.", zh = "遗传资源受管理。" }

[[entry]]
id = "contact-free"
category = ["personal.contact"]
effect = "notice"
objective = "privacy"
cite = "s. 5"
note = { en = "Free.", zh = "可以自由出境。" }
"#;

#[test]
fn a_list_is_measured_as_by_hand() {
    let state = bundled();
    let list = list(
        &state,
        &[
            ("1.0.0", "2026-01-01", "2026-02-15", ""),
            ("2.0.0", "2026-02-20", "2026-02-10", ""),
            ("3.0.0", "2026-02-20", "2026-03-01", ENTRIES),
            ("4.0.0", "2026-04-01", "2027-01-01", ""),
        ],
    );
    let is_below = |root: &str, it: &CategoryId| state.categories.covers(&root.parse().unwrap(), it);
    let below = |root: &str| state.categories.iter().filter(|it| is_below(root, &it.id)).count();
    let ids = || state.categories.iter().map(|it| &it.id);
    let in_both = ids().filter(|it| is_below("personal", it) && is_below("genetic-resources", it)).count();

    assert_eq!(Scorecard::of(&state, &list, at("2026-02-09")), None, "nothing is in force yet");
    let card = Scorecard::of(&state, &list, at("2026-03-11")).unwrap();
    assert_eq!(card.revision().version.to_string(), "3.0.0");
    // 1.0.0 took effect after 45 days, 2.0.0 ten days before its publication,
    // 3.0.0 after 9; what is still to come does not count.
    assert_eq!(card.notice, Some(9));
    assert_eq!(card.measures.notices.days, [-10, 9, 45]);
    assert_eq!(
        (card.measures.notices.least(), card.measures.notices.median(), card.measures.notices.retroactive()),
        (Some(-10), Some(9), 1)
    );
    assert_eq!(card.measures.gates, share(3, 4));
    assert_eq!(card.measures.texts.objective, share(3, 4));
    assert_eq!(card.measures.texts.citation, share(3, 4));
    // Title and four notes; the summary is a copy, and the doubt is English.
    assert_eq!(card.measures.texts.translation, share(5, 7));
    assert_eq!((card.measures.bounded, card.thresholds()), (share(2, 3), 1));
    // Of the two that restrict personal data one prohibits.
    assert_eq!(card.measures.routes, share(1, 2));
    assert_eq!(card.measures.breadth.catalog, state.categories.iter().count());
    assert_eq!(card.measures.breadth.bare.len(), below("personal"));
    assert_eq!(card.measures.breadth.bound.len(), below("personal") + below("genetic-resources") - in_both);
    let places: Vec<_> = card.measures.destinations.places.iter().map(neglist::model::Jurisdiction::as_str).collect();
    assert_eq!(
        (card.measures.destinations.only, card.measures.destinations.except, places),
        (1, 1, vec!["DE", "FR", "US"])
    );
    // The group is named in the note and the doubt, the country nowhere.
    assert_eq!(card.measures.destinations.grounded, share(1, 2));
    assert_eq!(card.checked_days_ago, Some(10));
    let ahead: Vec<_> = card.ahead.iter().map(|it| it.revision.version.to_string()).collect();
    assert_eq!((ahead, card.expires), (vec!["4.0.0".to_owned()], None));

    // Without entries there is nothing of which there could be a share.
    let card = Scorecard::of(&state, &list, at("2026-02-15")).unwrap();
    assert_eq!((card.notice, card.measures.notices.days.clone()), (Some(45), vec![-10, 45]));
    assert_eq!(
        (card.measures.gates, card.measures.routes.percent(), card.measures.breadth.bound.len()),
        (share(0, 0), None, 0)
    );
    assert_eq!(card.checked_days_ago, None, "compared after that day");
}

#[test]
fn a_jurisdiction_adds_up_and_counts_what_is_shared_once() {
    let state = bundled();
    let list = list(&state, &[("1.0.0", "2026-02-20", "2026-03-01", ENTRIES)]);
    let card = Scorecard::of(&state, &list, at("2026-03-11")).unwrap();
    let summary = Summary::of([&card, &card]);
    assert_eq!((summary.lists, summary.measures.gates, summary.measures.routes), (2, share(6, 8), share(2, 4)));
    assert_eq!((summary.measures.notices.days, summary.doubts), (vec![9, 9], 2));
    assert_eq!((summary.measures.breadth, summary.measures.destinations.places.len()), (card.measures.breadth, 3));
    assert_eq!(summary.measures.destinations.grounded, share(2, 4));
}

/// PADFA on the day it took effect: three entries of its six stand in the way.
#[test]
fn a_real_list_is_measured_as_by_hand() {
    let state = bundled();
    let card = Scorecard::of(&state, &state.lists["US/padfa"], at("2024-06-23")).unwrap();
    assert_eq!(card.revision().version.to_string(), "2.0.0");
    assert_eq!((card.notice, card.measures.gates, card.measures.routes), (Some(60), share(3, 6), share(3, 3)));
    assert_eq!((card.measures.destinations.only, card.measures.destinations.except), (2, 1));
    assert_eq!((card.measures.texts.citation, card.measures.breadth.bare.len()), (share(6, 6), 0));
}
