//! DuckDB, on a file of questions: what it is for, and the only way in which it
//! is quick.
//!
//! Through its Python wheel, in an environment of its own under `target/`: the
//! crate takes a quarter of an hour to build. Tables are loaded beforehand and
//! not timed; reading the questions, joining the names of places and
//! categories, answering and writing the outcomes is. Facts come as masks,
//! which spares it reading them. Where there is no Python, or nothing to
//! install from, it is left out, and that is said.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::report::Report;
use crate::world::{Towards, World};

const SCRIPT: &str = include_str!("duckdb.py");
const WHEEL: &str = "duckdb>=1.4,<3";

/// Answers all questions from a file, with one thread and with two.
pub fn run(world: &World, expected: &[u8], report: &mut Report) {
    let python = match python() {
        Ok(python) => python,
        Err(why) => return skipped(&why, report),
    };
    let folder = tempfile::tempdir().unwrap();
    write_tables(world, folder.path());
    for threads in [1, 2] {
        let mut command = Command::new(&python);
        command.arg("-c").arg(SCRIPT).arg(folder.path()).arg(threads.to_string());
        let output = command.output().unwrap();
        if !output.status.success() {
            return skipped(&String::from_utf8_lossy(&output.stderr), report);
        }
        let answers = std::fs::read_to_string(folder.path().join("answers.csv")).unwrap();
        let outcomes = answers.lines().skip(1).map(|it| it.rsplit(',').next().unwrap().parse::<u8>().unwrap());
        assert!(outcomes.eq(expected.iter().copied()), "DuckDB has other outcomes");
        let printed = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let (version, seconds) = printed.split_once(' ').unwrap();
        let each = seconds.parse::<f64>().unwrap() * 1e9 / expected.len() as f64;
        report.line(&format!(
            "DuckDB {version}, closure, {} questions from CSV to CSV, {threads} thread{}: {seconds} s, {} each.",
            expected.len(),
            if threads == 1 { "" } else { "s" },
            crate::report::time(each)
        ));
    }
}

fn skipped(why: &str, report: &mut Report) {
    eprintln!("!!! DuckDB WAS SKIPPED: {why}");
    report.line(&format!("DuckDB was **skipped**: {}", why.lines().last().unwrap_or_default()));
}

/// Returns an interpreter that has the wheel; installs it where it can.
fn python() -> Result<PathBuf, String> {
    let environment = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/duckdb");
    let python = environment.join("bin/python");
    let has_wheel = || Command::new(&python).args(["-c", "import duckdb"]).output().is_ok_and(|it| it.status.success());
    if has_wheel() {
        return Ok(python);
    }
    for (program, arguments) in [
        (Path::new("python3"), vec!["-m", "venv", environment.to_str().unwrap()]),
        (&python, vec!["-m", "pip", "install", "--quiet", "--disable-pip-version-check", WHEEL]),
    ] {
        let output = Command::new(program).args(&arguments).output();
        let output = output.map_err(|it| format!("`{}` cannot be run: {it}", program.display()))?;
        if !output.status.success() {
            return Err(format!("`{} {}` failed", program.display(), arguments.join(" ")));
        }
    }
    if has_wheel() { Ok(python) } else { Err("the wheel was installed and cannot be imported".to_owned()) }
}

fn write_tables(world: &World, folder: &Path) {
    let write = |name: &str, text: String| std::fs::write(folder.join(name), text).unwrap();
    let named = |names: &mut dyn Iterator<Item = String>| {
        let rows = names.enumerate().map(|(number, it)| format!("{it},{number}\n"));
        "name,number\n".to_owned() + &rows.collect::<String>()
    };
    write("place.csv", named(&mut world.names.places.iter().cloned()));
    write("category.csv", named(&mut world.names.categories.iter().map(ToString::to_string)));
    let mut text = "list,effective,sequence,published,withdrawn\n".to_owned();
    for (list, it) in world.issues.iter().enumerate().flat_map(|(list, all)| all.iter().map(move |it| (list, it))) {
        writeln!(text, "{list},{},{},{},{}", it.effective, it.sequence, it.published, it.withdrawn).unwrap();
    }
    write("issue.csv", text);
    let mut text = "id,place\n".to_owned();
    for (set, place) in world.sets.iter().enumerate().flat_map(|(set, all)| all.iter().map(move |it| (set, it))) {
        writeln!(text, "{set},{place}").unwrap();
    }
    write("destination.csv", text);
    write_entries(world, folder);
    let header = "id,origin,target,category,day,known,subjects,devices,flags,sector,business,mechanisms,exempt\n";
    let mut text = header.to_owned();
    let names = &world.names;
    for (id, it) in world.asked.iter().enumerate() {
        let (from, to) = (&names.places[it.from as usize], &names.places[it.to as usize]);
        let category = &names.categories[it.category as usize];
        write!(text, "{id},{from},{to},{category},{},{},{},{},", it.at, it.known, it.subjects, it.devices).unwrap();
        let [sector, business] = it.choices;
        writeln!(text, "{},{sector},{business},{},{}", it.flags, it.mechanisms, it.exemptions).unwrap();
    }
    write("questions.csv", text);
}

fn write_entries(world: &World, folder: &Path) {
    let mut rules = std::collections::BTreeMap::new();
    let mut text = "list,category,first,last,exemptions,flags,expected,sector,business,people,people_below,devices,\
                    devices_below,destinations,is_only,effect,rule\n"
        .to_owned();
    for row in &world.rows {
        let next = rules.len();
        let rule = *rules.entry(&row.ways).or_insert(next);
        let when = &row.when;
        let ([sector, business], (people, people_below), (devices, devices_below)) =
            (when.choices, when.subjects, when.devices);
        let (set, is_only) = match row.to {
            Towards::Any => (-1, 0),
            Towards::Only(set) => (i64::from(set), 1),
            Towards::Except(set) => (i64::from(set), 0),
        };
        for category in world.covered(row) {
            write!(text, "{},{category},{},{},{},", row.list, row.first, row.last, row.exemptions).unwrap();
            write!(text, "{},{},{sector},{business},{people},{people_below},", when.flags, when.values).unwrap();
            writeln!(text, "{devices},{devices_below},{set},{is_only},{},{rule}", row.effect).unwrap();
        }
    }
    std::fs::write(folder.join("closure.csv"), text).unwrap();
    let mut text = "rule,mechanisms,flags,expected\n".to_owned();
    for (ways, rule) in rules {
        for it in ways {
            writeln!(text, "{rule},{},{},{}", it.all, it.flags, it.values).unwrap();
        }
    }
    std::fs::write(folder.join("way.csv"), text).unwrap();
}
