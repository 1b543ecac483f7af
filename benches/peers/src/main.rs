//! How quick the registry's index is beside the bare limit and beside what else
//! could answer such questions:
//! `cargo run --release --manifest-path benches/peers/Cargo.toml -- [S|M|L …]
//! [--quick] [--write docs/benchmarks.md]`.
//!
//! Sizes are S and M where none is given. L takes the floor and our own index
//! alone. `--quick` only shows that all of it runs and agrees. No absolute
//! number is asserted anywhere.

#![allow(missing_docs, unreachable_pub, missing_debug_implementations, reason = "a program that measures")]
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::match_bool,
    clippy::disallowed_macros,
    clippy::too_many_lines,
    reason = "a program that measures"
)]

mod cedar;
mod duckdb;
mod engine;
mod floor;
#[path = "../../common/generate.rs"]
mod generate;
mod goals;
mod kv;
mod measure;
mod ours;
mod redb_store;
mod reference;
mod rego;
mod report;
mod scan;
mod sled_store;
mod sqlite;
mod words;
mod world;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use engine::Engine;
use floor::{ArrayFloor, HashFloor};
use generate::{Kind, Size};
use goals::Tables;
use kv::Layout;
use measure::{Effort, Measured, paired};
use reference::Reference;
use report::Report;
use scan::Scan;
use words::Names;
use world::World;

const SEED: u64 = 1;

/// What was asked for on the command line.
struct Arguments {
    sizes: Vec<String>,
    is_quick: bool,
    write: Option<PathBuf>,
}

fn main() {
    let arguments = arguments();
    let mut report = Report::default();
    report.line(&format!("Reading the clock takes {} of each question timed alone.", report::time(measure::clock())));
    for name in &arguments.sizes {
        run(name, &arguments, &mut report);
    }
    if let Some(path) = arguments.write {
        let command = "cargo run --release --manifest-path benches/peers/Cargo.toml -- ".to_owned();
        let given: Vec<String> = std::env::args().skip(1).collect();
        let document = report.document(&(command + &given.join(" ")), SEED);
        // What was measured otherwise stands behind it, and stays.
        let before = std::fs::read_to_string(&path).unwrap_or_default();
        let others = before.find(report::OTHERS).and_then(|it| before.get(it..)).unwrap_or(report::OTHERS);
        std::fs::write(path, format!("{document}\n{others}")).unwrap();
    }
}

fn arguments() -> Arguments {
    let mut arguments = Arguments { sizes: Vec::new(), is_quick: false, write: None };
    let mut given = std::env::args().skip(1);
    while let Some(argument) = given.next() {
        match argument.as_str() {
            "--quick" => arguments.is_quick = true,
            "--write" => arguments.write = Some(given.next().expect("`--write` takes a path").into()),
            size if Size::from_name(size).is_some() => arguments.sizes.push(argument),
            other => panic!("unknown argument `{other}`: expected S, M, L, --quick or --write PATH"),
        }
    }
    if arguments.sizes.is_empty() {
        let usual: &[&str] = if arguments.is_quick { &["S"] } else { &["S", "M"] };
        arguments.sizes = usual.iter().map(ToString::to_string).collect();
    }
    arguments
}

fn run(name: &str, arguments: &Arguments, report: &mut Report) {
    let size = Size::from_name(name).unwrap();
    let start = Instant::now();
    let state = generate::state(size, SEED);
    eprintln!("size {name} made in {:.1?}", start.elapsed());
    let (asked, effort, quick) = match arguments.is_quick {
        true => (
            2_000,
            Effort { rounds: 3, pass: Duration::from_millis(10) },
            Effort { rounds: 3, pass: Duration::from_millis(10) },
        ),
        false => (
            200_000,
            Effort { rounds: 5, pass: Duration::from_millis(400) },
            Effort { rounds: 15, pass: Duration::from_millis(400) },
        ),
    };
    let with_others = name != "L";
    let questions = |kind| generate::questions(&state, asked, SEED, kind);
    let world = World::new(state.clone(), questions(Kind::BothAxes), with_others);
    let expected = expected(&world, with_others);
    let Size { jurisdictions, revisions, entries, changed_per_mille } = size;
    let entry_versions =
        if with_others { format!(", {} distinct versions of entries", world.rows.len()) } else { String::new() };
    let share = changed_per_mille as f64 / 10.0;
    let shape = format!(
        "{jurisdictions} places × {revisions} revisions × {entries} entries, {share} % changed{entry_versions}."
    );
    report.heading(&format!("Size {name}"), &shape);
    check(name, &world, &expected, report);

    let mut engines: Vec<Box<dyn Engine + '_>> =
        vec![Box::new(HashFloor::new(&world)), Box::new(ArrayFloor::new(&world))];
    engines.extend(ours::engines(&world));
    if expected.is_empty() {
        check_few(&world, &mut engines);
    }
    let both = paired(&mut engines, &expected, asked, quick);
    report.table(&both);
    drop(engines);

    let now = World::new(state.clone(), questions(Kind::KnownNow), with_others);
    let expected_now = self::expected(&now, with_others);
    report.line("From all that was ever published, as most questions are:");
    let mut engines: Vec<Box<dyn Engine + '_>> = vec![Box::new(HashFloor::new(&now))];
    engines.extend(ours::known_now(&now));
    let known_now = paired(&mut engines, &expected_now, asked, quick);
    report.table(&known_now);
    drop(engines);
    drop(now);
    let mut slower = Vec::new();
    if with_others {
        slower = others(name, &world, &expected, effort, report);
        duckdb::run(&world, &expected, report);
    }
    goals::write(name, Tables { both: &both, now: &known_now, others: &slower }, report);
}

/// Returns the outcomes of all questions; none where rows were not read.
fn expected(world: &World, has_rows: bool) -> Vec<u8> {
    let mut expected = Vec::new();
    if has_rows {
        Scan::new(world).outcomes(0..world.asked.len(), &mut expected);
    }
    expected
}

/// Compares the outcomes that all engines must have with the reference
/// evaluator's, on a sample.
fn check(name: &str, world: &World, expected: &[u8], report: &mut Report) {
    if expected.is_empty() {
        return;
    }
    let sample = if name == "S" { 1_000 } else { 100 };
    let mut reference = Reference(world);
    for (question, expected) in expected.iter().enumerate().take(sample) {
        assert_eq!(reference.outcome(question), *expected, "{:?}", world.questions[question]);
    }
    let mut counts = [0; 4];
    expected.iter().for_each(|it| counts[usize::from(*it)] += 1);
    let [permitted, conditional, unknown, prohibited] = counts;
    let scan = Scan::new(world);
    let matches: usize = (0..expected.len()).map(|it| scan.matches(it)).sum();
    report.line(&format!(
        "Outcomes: {permitted} permitted, {conditional} conditional, {unknown} unknown, {prohibited} prohibited; \
         {sample} of them checked with the reference evaluator. A question meets {:.2} entries on average.",
        matches as f64 / expected.len().max(1) as f64
    ));
}

/// Compares engines with the reference evaluator itself, where a scan would
/// have too many entries to look at.
fn check_few(world: &World, engines: &mut [Box<dyn Engine + '_>]) {
    let mut reference = Reference(world);
    for question in 0..20 {
        let expected = reference.outcome(question);
        for engine in engines.iter_mut().filter(|it| it.has_outcomes()) {
            assert_eq!(engine.outcome(question), expected, "{}: {:?}", engine.name(), world.questions[question]);
        }
    }
}

/// Measures everything else.
fn others(name: &str, world: &World, expected: &[u8], effort: Effort, report: &mut Report) -> Vec<Measured> {
    let folder = tempfile::tempdir().unwrap();
    let path = |it: &str| folder.path().join(it);
    let questions = world.asked.len();
    let mut built = Vec::new();
    let mut timed = |what: &str, start: Instant| built.push(format!("{what} {:.1?}", start.elapsed()));
    let spoken: Vec<_> = world.questions.iter().map(Names::spoken).collect();

    let inputs = rego::inputs(world, questions);
    let start = Instant::now();
    sqlite::build(world, &path("sqlite"));
    timed("SQLite", start);
    let connection = sqlite::open(&path("sqlite"));
    let mut engines: Vec<Box<dyn Engine + '_>> = vec![
        Box::new(HashFloor::new(world)),
        Box::new(Scan::new(world)),
        Box::new(Reference(world)),
        Box::new(sqlite::Sqlite::new(world, &connection, &path("sqlite"), None)),
        Box::new(sqlite::Sqlite::new(world, &connection, &path("sqlite"), Some(&spoken))),
    ];
    for (layout, what) in [(Layout::Ancestors, "ancestors"), (Layout::Closure, "closure")] {
        let start = Instant::now();
        engines.push(Box::new(redb_store::build(world, &path(&format!("redb-{what}")), layout)));
        timed(&format!("redb ({what})"), start);
        let start = Instant::now();
        engines.push(Box::new(sled_store::build(world, &path(&format!("sled-{what}")), layout)));
        timed(&format!("sled ({what})"), start);
    }
    let start = Instant::now();
    let data = rego::data(world);
    engines.push(Box::new(rego::Interpreted::new(&data, &inputs)));
    engines.push(Box::new(rego::Compiled::new(&data, &inputs)));
    timed("regorus, both", start);
    if name == "S" {
        let start = Instant::now();
        engines.push(Box::new(cedar::Cedar::new(world, false, questions)));
        engines.push(Box::new(cedar::Cedar::new(world, true, questions)));
        timed("Cedar, both", start);
    } else {
        report.line("Cedar is asked at size S alone: it takes time for each policy, 1.9 µs as measured before.");
    }
    let measured = paired(&mut engines, expected, questions, effort);
    report.table(&measured);
    report.line(&format!("Built in: {}.", built.join(", ")));
    measured
}
