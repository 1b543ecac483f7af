//! The power is cut: a process publishes on a block device that loses what was
//! not flushed, and an auditor looks at the disks that this may leave.
//!
//! `NEGLIST_POWER=/dev/shm` names a folder for the images, best in memory, and
//! says that the test may make a device: it needs root and qemu's storage
//! daemon. `NEGLIST_POWER_CASES=3000` is the long form, `NEGLIST_POWER_SEED`
//! draws others, `NEGLIST_POWER_FILE_SYSTEM` is `ext4`, `xfs` or `btrfs`, and
//! `NEGLIST_POWER_OPTIONS` are those of its mount.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]
#![expect(clippy::disallowed_methods, reason = "tests")]

mod common;
#[path = "common/device.rs"]
mod device;

use std::env;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::process::said;
use common::{Dice, LIST, RECORDED, files_below, next_revision, short_records, small_records};
use device::{Device, FileSystem, Left, Log, Mounted, copy_image, say, scratch};
use neglist::canon::{Publication, Record, SecretKey};
use neglist::journal::{
    Disk, FolderJournal, Journal, RealDisk, SeenHeads, create_whole, log_tree, memory_of, read_folder, sign_head,
};
use neglist::log::Checkpoint;
use neglist::registry::{Publisher, Registry, audit};

/// Where the child publishes, and which of its lives it is; only the child has
/// them.
const AT: &str = "NEGLIST_POWER_AT";
const LIFE: &str = "NEGLIST_POWER_LIFE";

/// Set where the syncs of the child's own journal do nothing.
const FORGETS: &str = "NEGLIST_POWER_FORGETS";

const ORIGIN: &str = "example.org/power";

/// Room for two short records, so that segments are soon full.
const SEGMENT_LIMIT: usize = 1300;

/// So many short records a child begins its own journal with.
const MADE_WITH: usize = 2;

/// So often a child publishes in one life.
const PUBLISHED: usize = 4;

/// More than all lives append.
const MOST: u64 = 64;

/// Files of the file system, whose syncs may do nothing.
struct Forgetful {
    disk: RealDisk,
    forgets: bool,
}

impl Disk for Forgetful {
    fn names(&self, folder: &str) -> io::Result<Vec<String>> {
        self.disk.names(folder)
    }

    fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        self.disk.read(name)
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.disk.append(name, bytes)
    }

    fn overwrite(&mut self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.disk.overwrite(name, offset, bytes)
    }

    fn sync_file(&mut self, name: &str) -> io::Result<()> {
        if self.forgets { Ok(()) } else { self.disk.sync_file(name) }
    }

    fn sync_folder(&mut self, folder: &str) -> io::Result<()> {
        self.disk.sync_folder(folder)
    }

    fn replace(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.disk.replace(name, bytes)
    }
}

/// What a process keeps on a disk: a registry whose log is signed, what a
/// witness saw of it, and a journal of short segments.
struct Place(PathBuf);

impl Place {
    fn registry(&self) -> PathBuf {
        self.0.join("registry")
    }

    fn segments(&self) -> PathBuf {
        self.0.join("segments")
    }

    /// Where the log's key would lie; beside it is what the key signed.
    fn key_file(&self) -> PathBuf {
        self.0.join("log.key")
    }

    fn seen(&self) -> PathBuf {
        self.0.join("seen")
    }
}

fn key() -> SecretKey {
    SecretKey::from_seed(&[7; 32])
}

/// Says that something is done that must last, and waits until it was heard.
fn acknowledge(what: &str, size: u64) {
    say(&format!("{what} {size}"));
    assert_ne!(io::stdin().read_line(&mut String::new()).unwrap(), 0, "nobody hears it");
}

/// One life of the child: makes what is missing, publishes, and ends in order
/// or in the midst.
fn live(place: &Place, life: u64) {
    let records = short_records(ORIGIN, MOST);
    if life == 0 {
        let (head, small) = small_records();
        drop(Publisher::create(&place.registry(), &small, &head.origin).unwrap());
        acknowledge("registry", head.size);
        let make = |it: &Path| FolderJournal::create(RealDisk::new(it), &records[..MADE_WITH], ORIGIN).map(drop);
        create_whole(&place.segments(), make).unwrap();
        acknowledge("segments", MADE_WITH as u64);
    }
    let disk = Forgetful { disk: RealDisk::new(&place.segments()), forgets: env::var_os(FORGETS).is_some() };
    let mut segments = FolderJournal::open(disk).unwrap().0.with_segment_limit(SEGMENT_LIMIT);
    let mut publisher = Publisher::open(&place.registry()).unwrap();
    for _ in 0..PUBLISHED {
        let revision = next_revision(publisher.chains(), LIST);
        let head = publisher.publish(Publication::Revision(Box::new(revision)), RECORDED).unwrap();
        acknowledge("registry", head.size);
        segments.append(&records[usize::try_from(segments.size()).unwrap()]).unwrap();
        acknowledge("segments", segments.size());
    }
    let is_first = !memory_of(&place.key_file()).exists();
    let (signed, note) = sign_head(&place.registry(), &key(), &place.key_file(), is_first).unwrap();
    acknowledge("signed", signed.size);
    SeenHeads::open(&place.seen()).unwrap().keep(&signed, &note).unwrap();
    acknowledge("seen", signed.size);
    if life % 2 == 1 {
        // As if killed: views and lock are left as they are.
        std::process::exit(0);
    }
}

/// What had been acknowledged at a moment.
#[derive(Clone, Copy, Debug, Default)]
struct Acknowledged {
    registry: u64,
    segments: u64,
    signed: u64,
    seen: u64,
}

/// Lets a child live on a device, and notes when it acknowledged what.
fn record(device: &Device, place: &Path, lives: u64, forgets: bool, heard: &mut Vec<(u64, Acknowledged)>) {
    for life in 0..lives {
        let mut child = Command::new(env::current_exe().unwrap());
        child.args(["--exact", "a_loss_of_power_loses_nothing_that_was_acknowledged", "--nocapture"]);
        child.env(AT, place).env(LIFE, life.to_string());
        if forgets {
            child.env(FORGETS, "1");
        }
        let mut child = child.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let (mut reply, said) = (child.stdin.take().unwrap(), BufReader::new(child.stderr.take().unwrap()));
        for line in said.lines().map(Result::unwrap) {
            let (_, mut now) = heard.last().copied().unwrap_or_default();
            let (what, size) = line.split_once(' ').unwrap_or_else(|| panic!("{line}"));
            let what = match what {
                "registry" => &mut now.registry,
                "segments" => &mut now.segments,
                "signed" => &mut now.signed,
                "seen" => &mut now.seen,
                _ => panic!("{line}"),
            };
            *what = size.parse().unwrap_or_else(|_| panic!("{line}"));
            heard.push((device.moment(), now));
            writeln!(reply).unwrap();
        }
        assert!(child.wait().unwrap().success());
    }
}

/// What the child published, whatever became of it.
struct Published {
    origin: String,
    /// The hashes of the registry's records.
    hashes: Vec<String>,
    /// Those of the journal of short segments, and more.
    records: Vec<Record>,
}

impl Published {
    fn read(place: &Place) -> Published {
        let chains = read_folder(&RealDisk::new(&place.registry())).unwrap();
        let hashes = (0..chains.size()).filter_map(|it| chains.hash_of(it)).map(|it| it.to_string());
        let origin = chains.origin().unwrap().to_owned();
        Published { origin, hashes: hashes.collect(), records: short_records(ORIGIN, MOST) }
    }
}

/// Looks at what a loss of power left; what is wrong is said.
fn look(place: &Place, acknowledged: &Acknowledged, published: &Published) -> Result<(), String> {
    look_at_registry(place, acknowledged, &published.hashes)?;
    look_at_log(place, acknowledged, &published.origin)?;
    look_at_segments(place, acknowledged, &published.records)
}

fn look_at_registry(place: &Place, acknowledged: &Acknowledged, hashes: &[String]) -> Result<(), String> {
    let root = place.registry();
    if acknowledged.registry == 0 && !root.exists() {
        // It is there whole, or not at all.
        return Ok(());
    }
    let text = |it: &dyn std::error::Error| format!("{it}: {:?}", it.source().map(ToString::to_string));
    let looked = audit(&root).map_err(|it| text(&it))?.head.size;
    if looked < acknowledged.registry {
        return Err(format!("{looked} records are there"));
    }
    let (code, said) = said(&["fsck", "--registry", root.to_str().unwrap()]);
    if code != 0 {
        return Err(format!("fsck: {said}"));
    }
    // Somebody who asks is answered from there or after, and never from before.
    let asked = Registry::open(&root).map_err(|it| text(&it))?.state().head.size;
    if asked < looked {
        return Err(format!("asked, it is at {asked} of {looked}"));
    }
    let mut publisher = Publisher::open(&root).map_err(|it| text(&it))?;
    let size = publisher.chains().size();
    for index in 0..size {
        let hash = publisher.chains().hash_of(index).map(|it| it.to_string());
        if hash.as_ref() != hashes.get(usize::try_from(index).unwrap()) {
            return Err(format!("record {index} is another"));
        }
    }
    let revision = next_revision(publisher.chains(), LIST);
    let head = publisher.publish(Publication::Revision(Box::new(revision)), RECORDED).map_err(|it| text(&it))?;
    drop(publisher);
    let audited = audit(&root).map_err(|it| text(&it))?;
    if (head.size, audited.head.size, audited.views.len()) != (size + 1, size + 1, 0) {
        return Err(format!("after {size}, the next: {audited:?}"));
    }
    Ok(())
}

/// Checks that nobody forgot what was signed and cosigned, and that the log as
/// it is served is the registry's.
fn look_at_log(place: &Place, acknowledged: &Acknowledged, origin: &str) -> Result<(), String> {
    let (root, memory) = (place.registry(), memory_of(&place.key_file()));
    let signed = match fs::read_to_string(&memory) {
        Ok(note) => Checkpoint::read_unverified(&note).map_err(|it| format!("{}: {it}", memory.display()))?.size,
        Err(_) => 0,
    };
    if signed < acknowledged.signed {
        return Err(format!("{signed} records were signed"));
    }
    if acknowledged.signed != 0 {
        sign_head(&root, &key(), &place.key_file(), false).map_err(|it| format!("to sign the next head: {it}"))?;
        for tile in log_tree(&root).map_err(|it| it.to_string())?.tiles_since(0) {
            let found = fs::read(root.join("log").join(&tile.path)).unwrap_or_default();
            if found != tile.bytes {
                return Err(format!("{} has {} bytes, and should {}", tile.path, found.len(), tile.bytes.len()));
            }
        }
        for (name, bytes) in files_below(&root.join("log")) {
            if bytes.is_empty() {
                return Err(format!("log/{} is empty", name.display()));
            }
        }
    }
    if acknowledged.seen == 0 {
        return Ok(());
    }
    let seen = SeenHeads::open(&place.seen()).and_then(|it| it.last(origin)).map_err(|it| it.to_string())?;
    let seen = seen.map_or(0, |it| it.size);
    if seen < acknowledged.seen { Err(format!("{seen} records were seen")) } else { Ok(()) }
}

fn look_at_segments(place: &Place, acknowledged: &Acknowledged, records: &[Record]) -> Result<(), String> {
    let folder = place.segments();
    if acknowledged.segments == 0 && !folder.exists() {
        return Ok(());
    }
    let seen = read_folder(&RealDisk::new(&folder)).map_err(|it| format!("segments: {it}"))?;
    if seen.size() < acknowledged.segments {
        return Err(format!("segments: {} records are there", seen.size()));
    }
    let (journal, opened) = FolderJournal::open(RealDisk::new(&folder)).map_err(|it| format!("segments: {it}"))?;
    let mut journal = journal.with_segment_limit(SEGMENT_LIMIT);
    let size = usize::try_from(journal.size()).unwrap();
    if opened.chains.head() != Some(records[size - 1].hash()) {
        return Err(format!("segments: record {} is another", size - 1));
    }
    journal.append(&records[size]).map_err(|it| format!("segments, the next: {it}"))
}

/// A loss of power: how far into a stretch, and what it leaves of that.
#[derive(Clone, Debug)]
struct Cut {
    stretch: Range<usize>,
    left: Left,
}

/// Returns every cut that is looked at, or as many by lot: for each flush what
/// it may leave right before it, and the power going after each write.
fn cuts(log: &Log, most: usize, dice: &mut Dice) -> Vec<Cut> {
    let mut cuts = Vec::new();
    for stretch in log.stretches() {
        let at_end = |left: Left| Cut { stretch: stretch.clone(), left };
        let mut first = vec![at_end(Left::Nothing), at_end(Left::All)];
        first.extend(stretch.clone().map(|it| Cut { stretch: stretch.start..it, left: Left::All }));
        first.extend(stretch.clone().map(|it| at_end(Left::AllBut(it))));
        first.extend(stretch.clone().map(|it| at_end(Left::Only(it))));
        let lots = if stretch.len() < 2 { 1 } else { 4 };
        first.extend((0..lots).map(|_| at_end(Left::Sectors(dice.below(u64::MAX)))));
        first.extend((0..lots).map(|_| at_end(Left::Writes(dice.below(u64::MAX)))));
        cuts.push(first);
    }
    // Each flush has its first cut, whatever is left out of the others.
    let mut drawn: Vec<Cut> = Vec::new();
    let mut rest: Vec<(usize, Cut)> = Vec::new();
    for (number, of_stretch) in cuts.into_iter().enumerate() {
        let mut of_stretch = of_stretch.into_iter();
        drawn.extend(of_stretch.next());
        rest.extend(of_stretch.map(|it| (number, it)));
    }
    while drawn.len() < most && !rest.is_empty() {
        let number = usize::try_from(dice.below(rest.len() as u64)).unwrap();
        drawn.push(rest.swap_remove(number).1);
    }
    drawn.sort_by_key(|it| (it.stretch.start, it.stretch.end));
    drawn
}

/// What a trial came to.
#[derive(Debug, Default)]
struct Tried {
    flushes: usize,
    acknowledged: usize,
    cases: usize,
    /// What was lost, each with its case.
    lost: Vec<String>,
}

struct Trial {
    file_system: FileSystem,
    options: String,
    lives: u64,
    cases: usize,
    seed: u64,
    forgets: bool,
}

impl Trial {
    fn run(&self, scratch: &str) -> Tried {
        let folder = tempfile::tempdir_in(scratch).unwrap();
        let (durable, image, at) =
            (folder.path().join("durable"), folder.path().join("image"), folder.path().join("at"));
        self.file_system.make(&image);
        // Nothing is on it yet, and it is as a clean end leaves it.
        copy_image(&image, &durable);
        let device = Device::start(&image);
        let mounted = Mounted::try_new(&device.path, &self.options, &at).unwrap();
        let mut heard = Vec::new();
        record(&device, mounted.path(), self.lives, self.forgets, &mut heard);
        let published = Published::read(&Place(mounted.path().to_owned()));
        drop(mounted);
        let log = device.end();

        let mut dice = Dice(self.seed);
        let mut tried = Tried { flushes: log.stretches().len() - 1, acknowledged: heard.len(), ..Tried::default() };
        let (mut written, file) = (0, File::options().write(true).open(&durable).unwrap());
        for cut in cuts(&log, self.cases, &mut dice) {
            log.write(written..cut.stretch.start, &file, |_| true);
            written = cut.stretch.start;
            // What came to the device before the cut, and so what had been said.
            let moment = cut.stretch.end.checked_sub(1).map_or(0, |it| log.entries[it].moment);
            let before = heard.iter().take_while(|it| it.0 <= moment).last();
            let acknowledged = before.map_or_else(Acknowledged::default, |it| it.1);
            log.lose_power(&durable, cut.stretch.clone(), cut.left, &image);
            tried.cases += 1;
            let found = match Mounted::try_new(&image, "loop", &at) {
                Some(mounted) => look(&Place(mounted.path().to_owned()), &acknowledged, &published),
                None => Err("the file system cannot be mounted".to_owned()),
            };
            if let Err(found) = found {
                tried.lost.push(format!("seed {}, {cut:?}, {acknowledged:?}: {found}", self.seed));
            }
        }
        tried
    }
}

fn trial(cases: usize) -> Trial {
    let text = |name: &str, usual: &str| env::var(name).unwrap_or_else(|_| usual.to_owned());
    let number = |name: &str, usual: usize| env::var(name).map_or(usual, |it| it.parse().unwrap());
    let cases = number("NEGLIST_POWER_CASES", cases);
    Trial {
        file_system: FileSystem::named(&text("NEGLIST_POWER_FILE_SYSTEM", "ext4")),
        options: text("NEGLIST_POWER_OPTIONS", "defaults"),
        // Each has some seventy flushes.
        lives: (2 + cases as u64 / 500).min(12),
        cases,
        seed: number("NEGLIST_POWER_SEED", 1) as u64,
        forgets: false,
    }
}

#[test]
fn a_loss_of_power_loses_nothing_that_was_acknowledged() {
    if let Some(at) = env::var_os(AT) {
        return live(&Place(PathBuf::from(at)), env::var(LIFE).unwrap().parse().unwrap());
    }
    let Some(scratch) = scratch() else { return };
    let trial = trial(200);
    let Tried { flushes, acknowledged, cases, lost } = trial.run(&scratch);
    let name = trial.file_system.name;
    say(&format!(
        "{name}: {acknowledged} acknowledged, {flushes} flushes, {cases} losses of power, {} lost",
        lost.len()
    ));
    assert!(acknowledged < flushes, "each of {acknowledged} that were acknowledged was flushed, and {flushes} were");
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}

#[test]
fn a_journal_that_does_not_sync_is_found_out() {
    // The auditor can fail: so it looks where it should.
    let Some(scratch) = scratch() else { return };
    let Tried { cases, lost, .. } = Trial { forgets: true, cases: 60, lives: 1, ..trial(60) }.run(&scratch);
    let in_segments = lost.iter().filter(|it| it.contains(": segments: ")).count();
    say(&format!("without syncs: {cases} losses of power, and {in_segments} times the journal lost records"));
    assert_ne!(in_segments, 0, "{lost:?}");
    assert_eq!(in_segments, lost.len(), "what is synced is kept all the same: {lost:?}");
}
