//! What becomes of a company's own flows, in the real lists.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::ffi::OsString;
use std::sync::OnceLock;

use neglist::cli::{Surroundings, run};
use neglist::compare::{FlowFate, Shift, impact, impact_between};
use neglist::evaluate::answer;
use neglist::journal::snapshot;
use neglist::model::{At, Count, Flow, Item, Role, State, Subjects, Value};
use neglist::registry::Publisher;

/// Putting flows together makes no difference: many at once get what each gets
/// by itself.
#[test]
fn many_flows_get_what_each_gets_by_itself() {
    let state = bundled();
    for (list, from, to, place) in [
        ("CN/cross-border-transfer", "4.0.2", "5.0.0", "CN"),
        ("US/data-security-program", "1.0.0", "2.0.0", "US"),
        ("EEA/gdpr-chapter-v", "11.0.0", "12.0.0", "DE"),
    ] {
        let revisions = &state.lists[list].revisions;
        let find =
            |version: &str| &revisions.iter().find(|it| it.revision.version.to_string() == version).unwrap().revision;
        let flows = flows(state, &[place], 400);
        let together = impact(state, find(from), find(to), &flows);
        for (flow, fate) in flows.iter().zip(&together.fates) {
            let alone = impact(state, find(from), find(to), std::slice::from_ref(flow));
            match (fate, alone.fates[0]) {
                (FlowFate::Changed(one), FlowFate::Changed(other)) => {
                    assert_eq!(together.changes[*one], alone.changes[other], "{flow:?}");
                }
                (one, other) => assert_eq!(*one, other, "{flow:?}"),
            }
        }
    }
}

/// Between two days, every day on which an answer changes is there, and no
/// other.
#[test]
fn every_day_on_which_an_answer_changes_is_told() {
    let state = bundled();
    let (first, last): (At, At) = ("2023-12-01".parse().unwrap(), "2025-12-01".parse().unwrap());
    let flows = flows(state, &["CN", "US", "DE", "IN", "GB", "CN-BJ-FTZ"], 250);
    let found = impact_between(state, first, last, &flows);
    let mut steps = 0;
    for (flow, fate) in flows.iter().zip(&found.fates) {
        let FlowFate::Changed(number) = fate else {
            let [one, other] = [first, last].map(|it| answer(state, &flow.on(it)).outcome);
            assert_eq!(one, other, "{flow:?}");
            continue;
        };
        let change = &found.changes[*number];
        let mut days: Vec<At> = change.steps.iter().map(|it| it.from).collect();
        days.push(last);
        let mut gets = &change.before;
        let mut from = first;
        for (day, step) in days.iter().zip(change.steps.iter().map(Some).chain([None])) {
            // From the day of one step to the day before the next.
            let end = if step.is_some() { At(day.0.yesterday().unwrap()) } else { *day };
            for at in [from, end] {
                let answer = answer(state, &flow.on(at));
                let said = (answer.outcome, &answer.requires, &answer.duties);
                if at == from {
                    assert_eq!(said, (gets.outcome, &gets.requires, &gets.duties), "{at} {flow:?}");
                } else {
                    assert_eq!(said.0, gets.outcome, "{at} {flow:?}");
                }
            }
            if let Some(step) = step {
                (gets, from) = (&step.gets, step.from);
                steps += 1;
            }
        }
    }
    assert!(20 < steps, "{steps}");
}

#[test]
fn nothing_becomes_of_flows_when_nothing_changes() {
    let state = bundled();
    let flows = flows(state, &["CN", "US", "DE"], 200);
    let revision = &state.lists["CN/cross-border-transfer"].revisions[0].revision;
    let found = impact(state, revision, revision, &flows);
    assert!(found.changes.is_empty() && !found.is_tighter());
    let elsewhere = found.fates.iter().filter(|it| **it == FlowFate::Elsewhere).count();
    let abroad = flows.iter().filter(|it| it.from.as_str() != "CN").count();
    assert_eq!(elsewhere, abroad);
}

/// What is no longer possible and what is newly possible are told apart from a
/// mere easing.
#[test]
fn all_ways_of_changing_occur_in_the_real_lists() {
    let state = bundled();
    let flows = flows(state, &["CN", "US", "DE"], 600);
    let found = impact_between(state, "2015-01-01".parse().unwrap(), "2026-01-01".parse().unwrap(), &flows);
    for shift in Shift::ALL {
        assert!(found.changes.iter().any(|it| it.shift == shift), "{shift:?}");
    }
}

// The lock, on the command line.

/// A lock is made, holds, and says when what it pins is not what is there.
#[test]
fn a_lock_that_contradicts_the_registry_is_told_by_its_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (flows, lock) = (path("flows.csv"), path("neglist.lock"));
    std::fs::write(&flows, "id,from,to,category,subjects,ordinary\nletters,CN,US,personal.contact,50000,yes\n")
        .unwrap();
    let check = |more: &[&str]| run_command(&[&["check", "--flows", &flows, "--lock", &lock], more].concat());
    assert_eq!(check(&["--at", "2024-01-01"]).0, 2, "there is none yet");
    assert_eq!(check(&["--at", "2024-01-01", "--write"]).0, 0);
    let written = std::fs::read_to_string(&lock).unwrap();
    assert_eq!(check(&["--at", "2024-01-01", "--write"]).0, 0);
    assert_eq!(std::fs::read_to_string(&lock).unwrap(), written, "the same bytes for the same law");
    assert_eq!(check(&["--at", "2024-01-01"]).0, 0);

    let list = "[[list]]\nlist = \"CN/cross-border-transfer\"\nversion = \"4.0.2\"\nhash = \"";
    let start = written.find(list).unwrap() + list.len();
    let flipped = if written.as_bytes()[start] == b'0' { "1" } else { "0" };
    let mut rewritten = written.clone();
    rewritten.replace_range(start..=start, flipped);
    let head = bundled().head.size;
    for (text, code, expected) in [
        (rewritten, 3, "CN/cross-border-transfer 4.0.2 is not what was pinned"),
        (written.replace("\"4.0.2\"", "\"4.0.9\""), 3, "found nothing"),
        (written.replace("neglist/bundled", "ministry/lists"), 2, "of the registry `ministry/lists`"),
        (written.replace(&format!("size = {head}"), "size = 999999"), 2, "999999 records"),
        (written.replace("from = [\"CN\"]", "from = [\"US\"]"), 2, "does not cover flows from `CN`"),
        (written.replace("made = 2024-01-01", "made = 2024-02-31"), 2, "neglist.lock:"),
    ] {
        std::fs::write(&lock, text).unwrap();
        let (found, _, err) = check(&["--at", "2024-01-01"]);
        assert!(err.contains(expected), "{expected}: {err}");
        assert_eq!(found, code, "{expected}");
    }
}

/// A report names the flow as its owner wrote it, whatever that is, and the
/// line on which it stands.
#[test]
fn reports_for_machines_point_at_the_row() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (flows, lock) = (path("flows.csv"), path("neglist.lock"));
    let rows = "id,from,to,category,subjects,ordinary\n\nletters,CN,US,personal.contact,50000,yes\n\
                \"a <b> & \"\"c\"\"\u{1}\",US,CN,personal.health.genomic,500,yes\n";
    std::fs::write(&flows, rows).unwrap();
    let check = |more: &[&str]| run_command(&[&["check", "--flows", &flows, "--lock", &lock], more].concat());
    assert_eq!(check(&["--at", "2024-12-01", "--write"]).0, 0);

    let (code, junit, _) = check(&["--at", "2025-05-01", "--format", "junit"]);
    assert_eq!(code, 10);
    assert!(junit.contains("tests=\"2\" failures=\"1\""), "{junit}");
    let name = "name=\"a &lt;b&gt; &amp; &quot;c&quot;\u{fffd}\"";
    assert!(junit.contains(name) && junit.contains("line=\"4\""), "{junit}");

    let (code, sarif, _) = check(&["--at", "2025-05-01", "--format", "sarif"]);
    assert_eq!(code, 10);
    let sarif: serde_json::Value = serde_json::from_str(&sarif).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!((&result["ruleId"], &result["level"]), (&"flow-tighter".into(), &"error".into()));
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], 4);

    // Ahead it is a warning, until it counts.
    for (more, code, level) in
        [(&[][..], 0, "warning"), (&["--ahead", "40"], 10, "error"), (&["--ahead", "5"], 0, "warning")]
    {
        let (found, sarif, _) = check(&[&["--at", "2025-03-01", "--format", "sarif"], more].concat());
        let sarif: serde_json::Value = serde_json::from_str(&sarif).unwrap();
        let result = &sarif["runs"][0]["results"][0];
        assert_eq!((&result["ruleId"], &result["level"]), (&"flow-tighter-ahead".into(), &level.into()), "{more:?}");
        assert_eq!(found, code, "{more:?}");
    }
}

/// Returns the exit code, the results, and what else was said.
fn run_command(arguments: &[&str]) -> (u8, String, String) {
    static REGISTRY: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = REGISTRY.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let unpacked = snapshot::read(&std::fs::read("snapshots/bundled.jsonl.zst").unwrap()).unwrap();
        let root = folder.path().join("registry");
        drop(Publisher::create(&root, &unpacked.records, &unpacked.head.origin).unwrap());
        folder
    });
    let surroundings = Surroundings {
        clock: || 0,
        pause: |_| {},
        today: "2026-01-01".parse::<neglist::model::date::Date>().unwrap().into(),
        data_folder: None,
        now: "2026-01-01T00:00:00Z".to_owned(),
        passphrase: None,
        registry: Some(folder.path().join("registry").display().to_string()),
        is_err_terminal: false,
        width: 100,
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let all = ["neglist"].iter().chain(arguments).map(OsString::from);
    let code = run(all, &surroundings, &mut out, &mut err);
    (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

// The real lists.

fn bundled() -> &'static State {
    static STATE: OnceLock<State> = OnceLock::new();
    STATE.get_or_init(|| {
        let unpacked = snapshot::read(&std::fs::read("snapshots/bundled.jsonl.zst").unwrap()).unwrap();
        unpacked.chains.state().unwrap()
    })
}

/// Flows of all kinds from some places: the same every time.
fn flows(state: &State, from: &[&str], number: usize) -> Vec<Flow> {
    let categories: Vec<_> = state.categories.iter().map(|it| &it.id).collect();
    let places: Vec<_> = state.places.iter().map(|it| &it.code).collect();
    let flags: Vec<_> = state.vocabulary.iter().filter(|it| it.role != Role::Duty).collect();
    let mut seed = 7_u64;
    let mut below = |number: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % number
    };
    let mut flow = || {
        let mut facts = std::collections::BTreeMap::new();
        for _ in 0..below(4) {
            let fact = flags[below(flags.len())];
            if matches!(fact.kind, neglist::model::FactKind::Flag) {
                facts.insert(fact.id.clone(), Value::Flag(below(3) != 0));
            }
        }
        let mut item = || Item {
            category: categories[below(categories.len())].clone(),
            subjects: match below(3) {
                0 => None,
                power => Some(Subjects::Each(Count::new(1000_u64.pow(u32::try_from(power).unwrap()) + 5).unwrap())),
            },
        };
        let items = if facts.len() == 1 { vec![item(), item()] } else { vec![item()] };
        Flow {
            id: None,
            from: from[below(from.len())].parse().unwrap(),
            to: (below(8) != 0).then(|| places[below(places.len())].clone()),
            items,
            facts,
            ordinary: below(2) == 0,
        }
    };
    (0..number).map(|_| flow()).collect()
}
