//! A bounded soak on loopback: a server, two mirrors that serve, readers who
//! take no pause, and a publisher every second. No error, no drift, memory that
//! is explained, and every answer equal to the reference evaluator's at its
//! head.
//!
//! `NEGLIST_SOAK_MINUTES=30` is the long form; what passes is decided by counts
//! in both.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
#![expect(unreachable_pub, reason = "modules of one test")]
#![expect(clippy::print_stderr, clippy::disallowed_macros, reason = "a long run says how it goes")]

mod common;
#[path = "soak/memory.rs"]
mod memory;
#[path = "soak/mixture.rs"]
mod mixture;
#[path = "soak/reader.rs"]
mod reader;
#[path = "soak/registry.rs"]
mod registry;
#[path = "soak/truth.rs"]
mod truth;
#[path = "soak/wire.rs"]
mod wire;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use common::files_below;
use common::process::{Serving, neglist, said};
use memory::{Taken, median, size_of, taken};
use reader::{Load, Reader, Tally, add};
use registry::{Press, Which};
use truth::Truth;
use wire::Listener;

/// So many readers ask at once.
const READERS: u64 = 3;

/// So many publications are the short form.
const SHORT: u64 = 12;

/// The names of what is watched.
const NAMES: [&str; 5] = ["server", "mirror 1", "mirror 2", "follower 1", "follower 2"];

/// So long after the last publication everything has to have followed. This
/// only ends a run that would never end.
const PATIENCE: Duration = Duration::from_mins(5);

/// Until when it goes on.
#[derive(Clone, Copy, Debug)]
enum Until {
    Publications(u64),
    Time(Duration),
}

#[test]
fn nothing_drifts_or_grows_while_readers_ask_and_a_publisher_publishes() {
    let folder = tempfile::tempdir().unwrap();
    let Form { which, until, anew, slack } = Form::wanted();
    let trial = Trial::new(folder.path(), which);
    let soaked = trial.run(until);
    trial.report(&soaked);
    trial.judge(&soaked);
    // The same registry, and the same load on processes that are young: what the
    // old ones take beyond that, they leaked.
    let young = trial.run(anew);
    trial.judge(&young);
    slack.judge(&soaked, &young);
    for root in &trial.roots {
        let (code, what) = said(&["--registry", text(root), "fsck"]);
        assert_eq!(code, 0, "{what}");
    }
}

/// A registry with two mirrors, and what everybody knows of it.
struct Trial {
    roots: [PathBuf; 3],
    log_key: PathBuf,
    load: Load,
    press: Mutex<Press>,
}

/// What became of a run.
struct Run {
    /// What was watched, once a second.
    samples: Vec<Sample>,
    requests: u64,
    published: u64,
    /// Open files of each process before the first reader came and after the
    /// last went.
    files: [[usize; 2]; 5],
}

struct Sample {
    at: Duration,
    records: u64,
    /// Of the journal, and of the index file.
    bytes: [u64; 2],
    taken: [Taken; 5],
}

/// The processes of a run.
struct Running {
    servers: [Serving; 3],
    followers: [Following; 2],
}

/// A process that follows, with news looked for every second. What it says is
/// kept beside its mirror.
struct Following(Child);

impl Drop for Following {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What ends those who read and listen, also where something panicked.
struct Ending<'e, E: FnOnce()> {
    is_over: &'e AtomicBool,
    /// Of each who listens.
    ends: Vec<E>,
}

impl<E: FnOnce()> Drop for Ending<'_, E> {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        self.ends.drain(..).for_each(|it| it());
    }
}

impl Trial {
    fn new(folder: &Path, which: Which) -> Trial {
        let roots = ["registry", "one", "two"].map(|it| folder.join(it));
        let log_key = folder.join("log.key");
        let press = registry::make(&roots[0], which);
        assert_eq!(said(&["key", "new", text(&log_key)]).0, 0);
        let here = ["--registry", text(&roots[0])];
        let (code, what) = said(&[&here[..], &["log", "sign", "--first", "--key", text(&log_key)]].concat());
        assert_eq!(code, 0, "{what}");
        let key = said(&[&here[..], &["log", "key", text(&log_key)]].concat()).1;
        let chains = press.chains();
        let state = chains.state().unwrap();
        let load = Load {
            truth: Truth::new(chains),
            questions: mixture::questions(&state),
            lists: state.lists.keys().cloned().collect(),
            log: key.trim().parse().unwrap(),
            tally: Tally::default(),
        };
        Trial { roots, log_key, load, press: Mutex::new(press) }
    }

    /// Starts a server, makes or continues its mirrors, and serves them.
    fn start(&self) -> Running {
        let key = self.load.log.to_string();
        let serve = |root: &Path, more: &[&str]| {
            // Who starves the servers of time does not make them wrong.
            let arguments = ["--registry", text(root), "serve", "--listen", "127.0.0.1:0", "--most-seconds", "300"];
            Serving::start(&[&arguments, more].concat())
        };
        let server = serve(&self.roots[0], &["--accept-drafts", "--log-key", text(&self.log_key)]);
        let follow = |root: &Path| {
            let arguments = ["mirror", &server.address, text(root), "--key", &key];
            let (code, what) = said(&arguments);
            assert_eq!(code, 0, "{what}");
            let told = fs::File::create(told_by(root)).unwrap();
            let follower = neglist(&[&arguments[..], &["--follow", "--every", "1"]].concat())
                .stdout(Stdio::null())
                .stderr(told)
                .spawn()
                .unwrap();
            (serve(root, &[]), Following(follower))
        };
        let ((one, first), (two, second)) = (follow(&self.roots[1]), follow(&self.roots[2]));
        Running { servers: [server, one, two], followers: [first, second] }
    }

    fn run(&self, until: Until) -> Run {
        let running = self.start();
        let addresses: Vec<_> = running.servers.iter().map(|it| it.address.clone()).collect();
        let tally = &self.load.tally;
        // What a server opens for the first request it keeps.
        self.wait_until_level(&addresses);
        let (before, asked) = (running.taken(), tally.requests.load(Ordering::Relaxed));
        let (is_over, published) = (AtomicBool::new(false), AtomicU64::new(0));
        let heard = [0; 3].map(AtomicU64::new);
        let listeners: Vec<_> = addresses.iter().map(|it| Listener::open(it).unwrap()).collect();
        let ends = listeners.iter().map(|it| it.end().unwrap()).collect();
        let samples = std::thread::scope(|scope| {
            let ending = Ending { is_over: &is_over, ends };
            for (listener, heard) in listeners.into_iter().zip(&heard) {
                scope.spawn(|| self.listen(listener, heard));
            }
            for seed in 0..READERS {
                let (addresses, is_over) = (&addresses, &is_over);
                scope.spawn(move || {
                    let mut reader = Reader::new(&self.load, addresses, seed);
                    while !is_over.load(Ordering::Relaxed) {
                        reader.round();
                    }
                });
            }
            let watching = scope.spawn(|| self.watch(&running, &published, &is_over));
            self.publish(&addresses[0], until, &published);
            is_over.store(true, Ordering::Relaxed);
            self.wait_until_level(&addresses);
            self.wait_until(|| heard.iter().all(|it| it.load(Ordering::Relaxed) == self.load.truth.now().size()));
            drop(ending);
            watching.join().unwrap()
        });
        let requests = tally.requests.load(Ordering::Relaxed) - asked;
        self.ask_everything(&addresses);
        let files = running.files_once_quiet(before);
        for root in &self.roots[1..] {
            assert_eq!(fs::read_to_string(told_by(root)).unwrap(), "", "what the follower of {} said", root.display());
        }
        drop(running.followers);
        running.servers.into_iter().for_each(Serving::end);
        Run { samples, requests, published: published.into_inner(), files }
    }

    /// Publishes once a second, or as fast as is acknowledged where that is
    /// slower.
    fn publish(&self, address: &str, until: Until, published: &AtomicU64) {
        let mut press = self.press.lock().unwrap();
        let start = Instant::now();
        loop {
            let many = published.load(Ordering::Relaxed);
            let is_enough = match until {
                Until::Publications(wanted) => wanted <= many,
                Until::Time(time) => time <= start.elapsed(),
            };
            if is_enough {
                return;
            }
            if let Err(what) = press.publish(address, &self.load.truth) {
                self.load.tally.complain(&format!("publishing: {what}"));
            }
            add(published);
            let next = Duration::from_secs(many + 1);
            std::thread::sleep(next.saturating_sub(start.elapsed()));
        }
    }

    /// Listens to what is new: heads that there were, and none that is older.
    fn listen(&self, mut listener: Listener, heard: &AtomicU64) {
        while let Some(size) = listener.next() {
            let last = heard.swap(size, Ordering::Relaxed);
            if size <= last {
                self.load.tally.complain(&format!("an event of {size} records after one of {last}"));
            }
        }
    }

    /// Waits until all servers are at the last head, and serve it signed.
    fn wait_until_level(&self, addresses: &[String]) {
        let size = self.load.truth.now().size();
        self.wait_until(|| addresses.iter().all(|it| registry::signed_size(it) == Some(size)));
    }

    fn wait_until(&self, is_done: impl Fn() -> bool) {
        let start = Instant::now();
        while !is_done() {
            if PATIENCE < start.elapsed() {
                return self.load.tally.complain("a mirror, or an event, did not follow the last publication");
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Every question and document, of every server, at the last head.
    fn ask_everything(&self, addresses: &[String]) {
        let size = self.load.truth.now().size();
        let mut reader = Reader::new(&self.load, addresses, 0);
        for number in 0..addresses.len() {
            assert_eq!(reader.all(number), Ok(size));
        }
    }

    /// Looks at the processes once a second, and says once a minute how it
    /// goes.
    fn watch(&self, running: &Running, published: &AtomicU64, is_over: &AtomicBool) -> Vec<Sample> {
        let start = Instant::now();
        let mut samples = Vec::new();
        for second in 1.. {
            if is_over.load(Ordering::Relaxed) {
                break;
            }
            let records = self.load.truth.now().size();
            let sample =
                Sample { at: start.elapsed(), records, bytes: size_of(&self.roots[0]), taken: running.taken() };
            if second % 60 == 1 {
                self.say(&sample, published.load(Ordering::Relaxed));
            }
            samples.push(sample);
            std::thread::sleep(Duration::from_secs(second).saturating_sub(start.elapsed()));
        }
        self.say(samples.last().unwrap(), published.load(Ordering::Relaxed));
        samples
    }

    fn say(&self, sample: &Sample, published: u64) {
        let tally = &self.load.tally;
        let many = |it: &AtomicU64| it.load(Ordering::Relaxed);
        let memory: Vec<_> =
            NAMES.iter().zip(sample.taken).map(|(name, it)| format!("{name} {}", mebibytes(it.memory))).collect();
        eprintln!(
            "{:>5} s: {} requests, {} answers checked, {} documents, {} receipts, {} errors; {published} published, \
             {} records, journal {}, index {}; memory in MiB: {}",
            sample.at.as_secs(),
            many(&tally.requests),
            many(&tally.answers),
            many(&tally.documents),
            many(&tally.receipts),
            many(&tally.errors),
            sample.records,
            mebibytes(sample.bytes[0]),
            mebibytes(sample.bytes[1]),
            memory.join(", "),
        );
    }

    /// Everything but memory: that nothing went wrong, and that everything was
    /// tried.
    fn judge(&self, run: &Run) {
        let tally = &self.load.tally;
        assert_eq!(tally.errors.load(Ordering::Relaxed), 0, "errors; the first of them stand above");
        assert!(10 * run.published < run.requests, "{} requests are no load", run.requests);
        for counter in [&tally.answers, &tally.documents, &tally.receipts, &tally.visits] {
            assert!(0 < counter.load(Ordering::Relaxed), "{tally:?}");
        }
        for (name, [before, after]) in NAMES.iter().zip(run.files) {
            assert!(after <= before, "{name} has {after} files open, and had {before} before readers came");
        }
    }

    /// Returns how many bytes a folder of the registry has.
    fn bytes_below(&self, folder: &str) -> u64 {
        files_below(&self.roots[0].join(folder)).values().map(|it| it.len() as u64).sum()
    }

    /// Says what a run came to, as a table.
    fn report(&self, run: &Run) {
        let tally = &self.load.tally;
        let (first, last) = (&run.samples[0], &run.samples[run.samples.len() - 1]);
        let many = |it: &AtomicU64| it.load(Ordering::Relaxed).to_string();
        let seconds = last.at.as_secs().max(1);
        let bytes = |it: &Sample| format!("{} and {}", mebibytes(it.bytes[0]), mebibytes(it.bytes[1]));
        let mut rows = vec![
            ("time".to_owned(), format!("{seconds} s")),
            ("requests".to_owned(), run.requests.to_string()),
            ("requests a second".to_owned(), (run.requests / seconds).to_string()),
            ("publications".to_owned(), run.published.to_string()),
            (
                "answers compared with the reference evaluator's at the head that they name".to_owned(),
                many(&tally.answers),
            ),
            ("documents and pages compared between the servers at one head".to_owned(), many(&tally.documents)),
            ("receipts verified, each answer compared".to_owned(), many(&tally.receipts)),
            ("receipts refused, since the head was not signed yet".to_owned(), many(&tally.unsigned)),
            ("signed heads that were found to continue the one before".to_owned(), many(&tally.visits)),
            ("errors".to_owned(), many(&tally.errors)),
            ("records at first, at last".to_owned(), format!("{}, {}", first.records, last.records)),
            ("MiB of journal and index at first".to_owned(), bytes(first)),
            ("MiB of journal and index at last".to_owned(), bytes(last)),
            ("MiB of the log's tiles at last".to_owned(), mebibytes(self.bytes_below("log"))),
            ("MiB of the store at last".to_owned(), mebibytes(self.bytes_below("store"))),
        ];
        for (which, name) in NAMES.iter().enumerate() {
            let sixths: Vec<_> = (0..6).map(|it| mebibytes(run.memory(which, it))).collect();
            rows.push((format!("{name}: MiB in each sixth of the time"), sixths.join(", ")));
            let [before, after] = run.files[which];
            rows.push((format!("{name}: open files before readers came and after"), format!("{before}, {after}")));
        }
        let rows: Vec<_> = rows.iter().map(|(name, value)| format!("| {name} | {value} |\n")).collect();
        eprintln!("\n| | |\n| --- | ---: |\n{}", rows.concat());
    }
}

impl Run {
    /// Returns what a process took in a sixth of the time, in the middle.
    fn memory(&self, which: usize, sixth: usize) -> u64 {
        let many = self.samples.len();
        let samples = &self.samples[many * sixth / 6..(many * (sixth + 1) / 6).max(many * sixth / 6 + 1).min(many)];
        median(samples.iter().map(|it| it.taken[which].memory))
    }
}

/// What a process that is old may take beyond one that is young, on the same
/// registry under the same load: what grows with the registry, both have.
#[derive(Clone, Copy, Debug)]
struct Slack {
    /// In hundredths of what the young one takes.
    share: u64,
    /// And so many bytes.
    bytes: u64,
}

impl Slack {
    /// The old one was loaded long enough to have taken what it ever takes. An
    /// allocator keeps some of that in pieces which nothing fits into.
    const LONG: Slack = Slack { share: 125, bytes: 16 << 20 };
    /// Everything is warming up.
    const SHORT: Slack = Slack { share: 200, bytes: 64 << 20 };

    fn judge(self, soaked: &Run, young: &Run) {
        for (which, name) in NAMES.iter().enumerate() {
            let (old, young) = (soaked.memory(which, 5), young.memory(which, 5));
            let most = young * self.share / 100 + self.bytes;
            let [old, young, at_most] = [old, young, most].map(mebibytes);
            eprintln!("{name}: {old} MiB in the last sixth; young on the same registry {young}, so at most {at_most}");
            assert!(soaked.memory(which, 5) <= most, "{name} takes {old} MiB, and at most {at_most} are explained");
        }
    }
}

impl Running {
    fn taken(&self) -> [Taken; 5] {
        let [server, one, two] = &self.servers;
        let [first, second] = &self.followers;
        [server.id(), one.id(), two.id(), first.0.id(), second.0.id()].map(|it| taken(it).expect("it runs"))
    }

    /// Returns how many files were open before, and are once the servers
    /// noticed that nobody is connected any more.
    fn files_once_quiet(&self, before: [Taken; 5]) -> [[usize; 2]; 5] {
        let start = Instant::now();
        loop {
            let now = self.taken();
            let is_quiet = before.iter().zip(&now).all(|(before, now)| now.files <= before.files);
            if is_quiet || Duration::from_secs(20) < start.elapsed() {
                return std::array::from_fn(|it| [before[it].files, now[it].files]);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Returns where it is kept what the follower of a mirror says.
fn told_by(root: &Path) -> PathBuf {
    root.with_extension("told")
}

fn mebibytes(bytes: u64) -> String {
    let tenths = bytes * 10 / (1 << 20);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// The form of the soak.
struct Form {
    which: Which,
    until: Until,
    /// How long young processes are loaded afterwards.
    anew: Until,
    slack: Slack,
}

impl Form {
    #[expect(clippy::disallowed_methods, reason = "tests")]
    fn wanted() -> Form {
        let Ok(minutes) = std::env::var("NEGLIST_SOAK_MINUTES") else {
            let (until, anew) = (Until::Publications(SHORT), Until::Publications(SHORT / 3));
            return Form { which: Which::Few, until, anew, slack: Slack::SHORT };
        };
        let minutes: u64 = minutes.parse().expect("NEGLIST_SOAK_MINUTES is a number of minutes");
        let (until, anew) = (Until::Time(Duration::from_mins(minutes)), Until::Time(Duration::from_secs(6 * minutes)));
        Form { which: Which::All, until, anew, slack: Slack::LONG }
    }
}
