//! What is printed, and written down.

use std::fmt::Write;
use std::process::Command;

use crate::measure::Measured;

/// Tables under headings.
#[derive(Debug, Default)]
pub struct Report {
    text: String,
}

impl Report {
    pub fn heading(&mut self, heading: &str, paragraph: &str) {
        write!(self.text, "\n## {heading}\n\n{paragraph}\n").unwrap();
        println!("\n{heading}\n{paragraph}");
    }

    pub fn line(&mut self, line: &str) {
        write!(self.text, "\n{line}\n").unwrap();
        println!("{line}");
    }

    /// Adds a row to a table.
    pub fn row(&mut self, row: &str) {
        writeln!(self.text, "{row}").unwrap();
        println!("{row}");
    }

    pub fn table(&mut self, rows: &[Measured]) {
        let mut table = String::from(
            "\n| | median | 99 of 100 | cold | × floor (10th to 90th of 100 rounds) | questions × rounds | memory | disk |\n\
             | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
        );
        for row in rows {
            let [low, median, high] = row.ratios.map(factor);
            let (name, questions, rounds) = (&row.name, row.questions, row.rounds);
            let [middle, p99, cold] = [row.median, row.p99, row.cold].map(time);
            let [memory, disk] = [row.memory, row.disk].map(|it| it.map_or_else(|| "–".to_owned(), bytes));
            writeln!(
                table,
                "| {name} | {middle} | {p99} | {cold} | **{median}** ({low}–{high}) | {questions} × {rounds} | {memory} | {disk} |"
            )
            .unwrap();
        }
        println!("{table}");
        self.text.push_str(&table);
    }

    /// Returns the whole document.
    pub fn document(&self, command: &str, seed: u64) -> String {
        let [cpu, memory, rust] = [cpu(), memory(), output("rustc", &["--version"])];
        let (head, text) = (HEAD, &self.text);
        let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
        format!("{head}\n- {cpu}, {cores} cores, {memory}\n- {rust}, `--release`\n- `{command}`\n- seed {seed}\n{text}")
    }
}

/// The heading of what is measured by other programs, and written by hand.
pub const OTHERS: &str = "## Measured otherwise\n";

const HEAD: &str = "# Benchmarks

Written by `benches/peers`, a package of its own. Every engine answers the same questions, of generated registries with the
shapes of real lists (`benches/common/generate.rs`): one item, all circumstances stated, both dates at random. All outcomes of
all timed passes are compared with one another, and a sample with the reference evaluator.

- **median**: of a question, one thread, warm, over all rounds. **99 of 100**: each question timed alone, with the clock's own time.
  **cold**: the first 50 questions after opening; the system's page cache is not dropped.
- **× floor**: the ratio to the floor of the same round, the median of these. Engines take turns, each round begins with another.
  The time of a question depends on the machine and the hour: only ratios should be compared.
- *Floor* is a hash map and a binary search, which finds a revision and looks at no entry. Nobody can answer in less.
- What is done for each of the others is in its file in `benches/peers/src`. Policy engines are given the revision in force, and
  requests that are built already.

Measured on:
";

fn cpu() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|it| it.strip_prefix("model name")?.split_once(':'));
    model.map_or_else(|| "an unknown processor".to_owned(), |(_, it)| it.trim().to_owned())
}

fn memory() -> String {
    let info = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let total =
        info.lines().find_map(|it| it.strip_prefix("MemTotal:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    total.map_or_else(|| "unknown memory".to_owned(), |it| format!("{} of memory", bytes(it * 1024)))
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map_or_else(|_| program.to_owned(), |it| String::from_utf8_lossy(&it.stdout).trim().to_owned())
}

/// Returns a time of some nanoseconds with its unit.
pub fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        it if it < 1e3 => format!("{it:.1} ns"),
        it if it < 1e6 => format!("{:.2} µs", it / 1e3),
        it if it < 1e9 => format!("{:.2} ms", it / 1e6),
        it => format!("{:.2} s", it / 1e9),
    }
}

fn factor(ratio: f64) -> String {
    if ratio < 100.0 { format!("{ratio:.2}") } else { format!("{ratio:.0}") }
}

/// Returns a number of bytes with its unit.
pub fn bytes(bytes: u64) -> String {
    match bytes as f64 {
        it if it < 1e6 => format!("{:.1} kB", it / 1e3),
        it if it < 1e9 => format!("{:.1} MB", it / 1e6),
        it => format!("{:.2} GB", it / 1e9),
    }
}
