//! Faults are a table, and an auditor looks after each.
//!
//! Every step that the journal takes on a disk fails, having done nothing,
//! half, most or all of its work. Then the process ends, or the machine does,
//! in every way that it may: and nothing that was acknowledged is lost, what
//! is read is whole, and the journal goes on.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::disk::{Cuts, Extent, MemoryDisk, Shared};
use common::{Dice, chains_of, short_records};
use neglist::canon::Record;
use neglist::journal::{AppendError, Checkpoint, FolderJournal, Journal, OpenError, read_folder, read_lines};
use neglist::model::Head;

const ORIGIN: &str = "example.org/faults";

/// Room for two short records, so that segments are soon full.
const SEGMENT_LIMIT: usize = 1300;

/// How many records a journal of these tests is made with.
const MADE_WITH: usize = 2;

/// How many are appended, each in its turn with faults. The first begins a
/// segment, and the second continues it.
const APPENDED: usize = 2;

/// Makes a journal with the first records, and appends some more without a
/// fault.
fn journal_of(records: &[Record]) -> FolderJournal<MemoryDisk> {
    let (made_with, appended) = records.split_at(MADE_WITH.min(records.len()));
    let journal = FolderJournal::create(MemoryDisk::default(), made_with, ORIGIN).unwrap();
    let mut journal = journal.with_segment_limit(SEGMENT_LIMIT);
    appended.iter().for_each(|it| journal.append(it).unwrap());
    journal
}

fn segments(disk: &MemoryDisk) -> Vec<String> {
    disk.files().into_keys().filter(|it| it.starts_with("journal/")).collect()
}

/// What must hold of a disk, however it came about: see [`audit`].
struct Case<'a> {
    /// Everything that was ever tried, in order, and more to go on with.
    records: &'a [Record],
    /// How many were acknowledged, and must be there.
    acknowledged: u64,
    /// How many may be there.
    tried: u64,
    /// For the one who reads the failure.
    name: String,
}

/// Opens what is on a disk, checks every record against what was published,
/// goes on appending, and looks once more. Returns whether something had to be
/// mended.
fn audit(disk: &MemoryDisk, case: &Case<'_>) -> bool {
    let Case { records, acknowledged, tried, name } = case;
    let lines = |many: u64| records[..usize::try_from(many).unwrap()].iter().map(|it| it.line().to_vec());

    // A reader, who changes nothing.
    let seen = read_folder(disk).unwrap_or_else(|it| panic!("{name}: {it}"));
    assert!((*acknowledged..=*tried).contains(&seen.size()), "{name}: a reader sees {}", seen.size());
    assert_eq!(seen.head(), Some(records[usize::try_from(seen.size()).unwrap() - 1].hash()), "{name}");

    // What a reader saw survives, even if the power goes right now.
    let cuts = if disk.is_durable() { Vec::new() } else { disk.after_power_cut(Cuts::Few) };
    for cut in cuts {
        let (journal, _) = FolderJournal::open(cut).unwrap_or_else(|it| panic!("{name}, then a power cut: {it}"));
        assert!(seen.size() <= journal.size(), "{name}: a reader saw {}, and {}", seen.size(), journal.size());
    }

    // The next writer.
    let (journal, opened) = FolderJournal::open(disk.clone()).unwrap_or_else(|it| panic!("{name}: {it}"));
    let size = journal.size();
    assert!((seen.size()..=*tried).contains(&size), "{name}: opened with {size}");
    assert_eq!((opened.chains.size(), opened.chains.head()), (size, seen_head(records, size)), "{name}");
    assert!(opened.mended.is_some() || seen.size() == size, "{name}: mended without a word");
    let is_mended = opened.mended.is_some();

    // Goes on.
    let mut journal = journal.with_segment_limit(SEGMENT_LIMIT);
    let more = &records[usize::try_from(size).unwrap()..][..2];
    more.iter().for_each(|it| journal.append(it).unwrap_or_else(|error| panic!("{name}: {error}")));
    let disk = journal.into_disk();
    assert!(read_lines(&disk).unwrap().into_iter().eq(lines(size + 2)), "{name}: other lines");
    assert!(disk.is_durable(), "{name}: something acknowledged is not durable");
    let (_, opened) = FolderJournal::open(disk).unwrap_or_else(|it| panic!("{name}, went on: {it}"));
    assert_eq!(opened.mended, None, "{name}: nothing was left to mend");
    assert_eq!((opened.chains.size(), opened.chains.head()), (size + 2, seen_head(records, size + 2)), "{name}");
    is_mended
}

fn seen_head(records: &[Record], size: u64) -> Option<neglist::model::Hash> {
    usize::try_from(size).unwrap().checked_sub(1).map(|it| records[it].hash())
}

/// The disks of which each is audited once.
#[derive(Default)]
struct Seen(BTreeSet<(u64, u64, BTreeMap<String, Vec<u8>>)>);

impl Seen {
    /// Audits a disk as the next process finds it, and as every loss of power
    /// leaves it. Returns those that need mending.
    fn audit_after(&mut self, disk: &MemoryDisk, cuts: Cuts, case: &Case<'_>) -> Vec<MemoryDisk> {
        // What is written and not durable is not in the files, so the disk of
        // a restart is always audited.
        let mut mended = Vec::new();
        let restarted = disk.after_restart();
        if audit(&restarted, case) {
            mended.push(restarted);
        }
        for cut in disk.after_power_cut(cuts) {
            if self.0.insert((case.acknowledged, case.tried, cut.files())) && audit(&cut, case) {
                mended.push(cut);
            }
        }
        mended
    }
}

/// Fails every step of every append in every way, and hands over each disk
/// with how many records were acknowledged.
fn with_every_fault_in_appending(records: &[Record], mut look: impl FnMut(&MemoryDisk, &Case<'_>)) {
    for appended in 0..APPENDED {
        let before = MADE_WITH + appended;
        let mut steps = 0;
        while let Some(disks) = append_failing_at(records, before, steps) {
            for (disk, extent) in disks {
                let name = format!("append {before}, step {steps} did {extent:?}");
                let acknowledged = before as u64;
                look(&disk, &Case { records, acknowledged, tried: acknowledged + 1, name });
            }
            steps += 1;
        }
        // Append, sync, checkpoint, sync; and the folder, where a segment begins.
        assert_eq!(steps, if appended == 0 { 5 } else { 4 }, "append {before}");
    }
}

/// Appends with a fault at a step; `None` where there is no such step.
fn append_failing_at(records: &[Record], before: usize, step: usize) -> Option<Vec<(MemoryDisk, Extent)>> {
    let fail = |extent: Extent| {
        let fail = |again: usize| {
            // Opening takes a step of its own: it writes the checkpoint anew.
            let disk = journal_of(&records[..before]).into_disk().failing_at(step + 1, extent);
            let mut journal = FolderJournal::open(disk).unwrap().0.with_segment_limit(SEGMENT_LIMIT);
            match journal.append(&records[before]) {
                Ok(()) => return None,
                // An error is no rollback: what it means is that nobody knows.
                Err(AppendError::Unknown(_)) => {}
                Err(error) => panic!("append {before}, step {step}: {error}"),
            }
            // And nobody guesses: nothing more is written until it is opened
            // anew.
            for _ in 0..again {
                let error = journal.append(&records[before]).unwrap_err();
                assert!(matches!(error, AppendError::Uncertain), "{error}");
            }
            assert_eq!(journal.size(), before as u64);
            Some(journal.into_disk())
        };
        let (once, thrice) = (fail(0)?, fail(2)?);
        assert_eq!((once.steps(), once.files()), (thrice.steps(), thrice.files()));
        Some((once, extent))
    };
    Extent::ALL.into_iter().map(fail).collect()
}

/// More records than any of these tests tries to append.
fn records() -> Vec<Record> {
    short_records(ORIGIN, (MADE_WITH + APPENDED + 4) as u64)
}

#[test]
fn a_new_journal_is_durable_when_it_is_handed_over() {
    let records = records();
    for many in 1..4 {
        let disk = FolderJournal::create(MemoryDisk::default(), &records[..many], ORIGIN).unwrap().into_disk();
        assert!(disk.is_durable());
        let many = many as u64;
        let case =
            Case { records: &records, acknowledged: many, tried: many, name: format!("made with {many} records") };
        assert!(!audit(&disk, &case));
    }
}

#[test]
fn no_fault_in_appending_loses_what_was_acknowledged() {
    let records = records();
    let mut seen = Seen::default();
    with_every_fault_in_appending(&records, |disk, case| {
        seen.audit_after(disk, Cuts::Every, case);
    });
    // The faults were not all harmless, and the power was cut within records.
    assert!(1000 < seen.0.len(), "only {} states were seen", seen.0.len());
}

#[test]
fn no_fault_in_opening_loses_what_was_acknowledged() {
    let records = records();
    let mut seen = Seen::default();
    let (mut openings, mut most_steps) = (0, 0);
    with_every_fault_in_appending(&records, |disk, case| {
        for disk in seen.audit_after(disk, Cuts::Few, case) {
            openings += 1;
            for step in 0.. {
                let failed: Vec<_> = Extent::ALL
                    .into_iter()
                    .filter_map(|extent| {
                        let disk = open_failing_at(&disk, step, extent)?;
                        Some((disk, format!("{}, opening step {step} did {extent:?}", case.name)))
                    })
                    .collect();
                if failed.is_empty() {
                    most_steps = most_steps.max(step);
                    break;
                }
                for (disk, name) in failed {
                    seen.audit_after(&disk, Cuts::Few, &Case { name, ..*case });
                }
            }
        }
    });
    assert!(50 < openings, "only {openings} openings had something to mend");
    assert_eq!(most_steps, 2, "at most the segment and the checkpoint are written anew");
}

/// Opens with a fault at a step and returns the disk; `None` where there is no
/// such step.
fn open_failing_at(disk: &MemoryDisk, step: usize, extent: Extent) -> Option<MemoryDisk> {
    let disk = Shared::new(disk.after_restart().failing_at(step, extent));
    match FolderJournal::open(disk.clone()) {
        Ok(_) => None,
        Err(OpenError::Unwritable(_)) => Some(disk.into_inner()),
        Err(error) => panic!("opening step {step} did {extent:?}: {error}"),
    }
}

#[test]
fn a_disk_that_cannot_be_read_is_no_journal_without_records() {
    let disk = journal_of(&records()[..4]).into_disk();
    for read in 0.. {
        let disk = Shared::new(disk.clone().unreadable_at(read));
        match FolderJournal::open(disk.clone()) {
            // The checkpoint, the names, and two segments.
            Ok(_) => {
                assert_eq!(read, 4);
                break;
            }
            Err(OpenError::Io(_)) => {}
            Err(error) => panic!("read {read}: {error}"),
        }
        let (after, disk) = (disk.into_inner(), journal_of(&records()[..4]).into_disk());
        assert_eq!((after.steps(), after.files()), (disk.steps(), disk.files()), "read {read}");
    }
}

#[test]
fn a_record_for_another_place_writes_nothing() {
    let records = records();
    let mut journal = journal_of(&records[..3]);
    for (index, record) in records.iter().enumerate().filter(|(it, _)| *it != 3) {
        let error = journal.append(record).unwrap_err();
        let AppendError::Elsewhere { expected, found } = error else { panic!("record {index}: {error}") };
        assert_eq!((expected, found), (3, index as u64));
    }
    // That was no fault: the right one is still taken.
    journal.append(&records[3]).unwrap();
    let disk = journal.into_disk();
    assert_eq!(disk.files(), journal_of(&records[..4]).into_disk().files());
    assert_eq!(disk.steps(), journal_of(&records[..4]).into_disk().steps());
}

#[test]
fn faults_upon_faults_lose_nothing() {
    // Many short lives of a journal, one after the other, each with faults,
    // ending in a restart or a power cut at random.
    let (mut mended, mut appended) = (0, 0);
    for seed in 0..40 {
        let mut dice = Dice(seed);
        let records = short_records(ORIGIN, 40);
        let (mut acknowledged, mut tried) = (MADE_WITH, MADE_WITH);
        let mut disk = journal_of(&records[..MADE_WITH]).into_disk();
        for life in 0..30 {
            let extent = Extent::ALL[usize::try_from(dice.below(4)).unwrap()];
            let fault = usize::try_from(dice.below(11)).unwrap();
            let shared = Shared::new(disk.failing_at(fault, extent));
            match FolderJournal::open(shared.clone()) {
                Ok((journal, opened)) => {
                    let name = format!("seed {seed}, life {life}, {extent:?} at step {fault}");
                    let size = usize::try_from(journal.size()).unwrap();
                    assert!((acknowledged..=tried).contains(&size), "{name}: {size}");
                    assert_eq!(opened.chains.head(), Some(records[size - 1].hash()), "{name}");
                    mended += usize::from(opened.mended.is_some());
                    // What the writer found, it may have told others.
                    acknowledged = size;
                    let mut journal = journal.with_segment_limit(SEGMENT_LIMIT);
                    while acknowledged + 1 < records.len() && journal.append(&records[acknowledged]).is_ok() {
                        acknowledged += 1;
                    }
                    tried = acknowledged + 1;
                }
                Err(OpenError::Unwritable(_)) => {}
                Err(error) => panic!("seed {seed}, life {life}: {error}"),
            }
            let after = shared.into_inner();
            let mut states = after.after_power_cut(Cuts::Few);
            states.push(after.after_restart());
            let state = usize::try_from(dice.below(states.len() as u64)).unwrap();
            disk = states.swap_remove(state);
        }
        appended += acknowledged - MADE_WITH;
    }
    assert!(800 < appended, "only {appended} records were acknowledged");
    assert!(100 < mended, "only {mended} lives had something to mend");
}

/// A journal of six records in three segments, about to be damaged.
struct Healthy {
    records: Vec<Record>,
    disk: MemoryDisk,
    segments: [String; 3],
}

impl Healthy {
    fn new() -> Healthy {
        let records = records();
        let disk = journal_of(&records[..6]).into_disk();
        let segments = segments(&disk).try_into().unwrap();
        Healthy { records, disk, segments }
    }

    /// Damages the journal, and checks what everybody is told who opens it.
    fn check(&self, damage: &str, expected: &str, mangle: impl Fn(&mut MemoryDisk)) {
        let mut disk = self.disk.clone();
        mangle(&mut disk);
        let shared = Shared::new(disk.clone());
        let error = FolderJournal::open(shared.clone()).expect_err(damage).to_string();
        assert_eq!(error, expected, "{damage}");
        assert_eq!(read_folder(&disk).expect_err(damage).to_string(), expected, "{damage}");
        // Nothing is mended where somebody must look.
        assert_eq!(shared.into_inner().files(), disk.files(), "{damage}");
    }
}

const OTHER: &str = "example.org/other";

fn checkpoint_file(origin: &str, size: u64, last: &Record) -> Vec<u8> {
    Checkpoint { head: Head { origin: origin.to_owned(), size, hash: last.hash() } }.to_file()
}

#[test]
fn a_checkpoint_that_does_not_fit_its_journal_is_refused() {
    let healthy = Healthy::new();
    let records = &healthy.records;
    let check = |damage: &str, expected: &str, checkpoint: Vec<u8>| {
        healthy.check(damage, expected, |it| it.write("checkpoint", checkpoint.clone()));
    };
    let unreadable = "the checkpoint is missing or cannot be read";
    healthy.check("lost", unreadable, |it| drop(it.remove("checkpoint")));
    for garbled in ["", "\n", "garbage", "example.org/faults\n6\n", "example.org/faults\n0\n"] {
        check("garbled", unreadable, garbled.into());
    }
    check("not text", unreadable, vec![0xff; 90]);
    check("of nothing", unreadable, checkpoint_file(ORIGIN, 0, &records[0]));

    let checkpoint_of = |records: &[Record]| journal_of(records).into_disk().remove("checkpoint");
    check("ahead", "record 6 is missing: 7 records were acknowledged", checkpoint_of(&records[..7]));
    // The same first five records, and another sixth.
    let sixth = chains_of(&records[..5]).prepare(common::release(99), common::RECORDED).unwrap();
    let fork = [&records[..5], &[sixth]].concat();
    let other_head = "record 5 is not the one that was acknowledged";
    check("of a fork", other_head, checkpoint_of(&fork));
    let mut other = FolderJournal::create(MemoryDisk::default(), &short_records(OTHER, 6), OTHER).unwrap().into_disk();
    check("of another journal", other_head, other.remove("checkpoint"));
    check(
        "with another name",
        "the checkpoint is of `example.org/other`, and the journal of `example.org/faults`",
        checkpoint_file(OTHER, 6, &records[5]),
    );
    let [first, second, third] = &healthy.segments;
    let other = other.remove(first);
    healthy.check("over another journal", other_head, |it| {
        [second, third].iter().for_each(|name| drop(it.remove(name)));
        it.write(first, other.clone());
    });
}

#[test]
fn segments_that_are_missing_or_moved_are_refused() {
    let healthy = Healthy::new();
    let check =
        |damage: &str, expected: &str, mangle: &dyn Fn(&mut MemoryDisk)| healthy.check(damage, expected, mangle);
    let [first, second, third] = &healthy.segments;
    assert_eq!(second, "journal/000000000002.jsonl");
    let stray = |segment: &str, index: u64| format!("`{segment}` does not begin with record {index}, which comes next");
    check("first segment missing", &stray(second, 0), &|it| drop(it.remove(first)));
    check("middle segment missing", &stray(third, 2), &|it| drop(it.remove(second)));
    check("last segment missing", "record 4 is missing: 6 records were acknowledged", &|it| drop(it.remove(third)));
    check("all segments missing", "record 0 is missing: 6 records were acknowledged", &|it| {
        [first, second, third].iter().for_each(|name| drop(it.remove(name)));
    });
    check("first and second swapped", "record 0 is altered", &|it| {
        let (one, other) = (it.remove(first), it.remove(second));
        it.write(second, one);
        it.write(first, other);
    });
    check("second and third swapped", "record 2 is altered", &|it| {
        let (one, other) = (it.remove(second), it.remove(third));
        it.write(third, one);
        it.write(second, other);
    });
    for segment in [first, second, third] {
        let twice = "journal/000000000009.jsonl";
        check("segment twice", &stray(twice, 6), &|it| it.write(twice, it.files()[segment].clone()));
    }
    check("segment twice, in the middle", &stray("journal/000000000003.jsonl", 4), &|it| {
        it.write("journal/000000000003.jsonl", it.files()[second].clone());
    });
    check("segment renamed", &stray("journal/000000000003.jsonl", 2), &|it| {
        let bytes = it.remove(second);
        it.write("journal/000000000003.jsonl", bytes);
    });
}

#[test]
fn records_that_are_missing_or_moved_are_refused() {
    let healthy = Healthy::new();
    let check =
        |damage: &str, expected: &str, mangle: &dyn Fn(&mut MemoryDisk)| healthy.check(damage, expected, mangle);
    let ([first, second, third], records) = (&healthy.segments, &healthy.records);
    check("a segment twice in one file", "record 4 is altered", &|it| {
        it.write(second, it.files()[second].repeat(2));
    });
    check("records exchanged", "record 2 is altered", &|it| {
        let bytes = [records[3].line(), records[2].line(), b""].join(&b'\n');
        it.write(second, bytes);
    });
    check("a record taken out", "record 2 is altered", &|it| {
        it.write(second, [records[3].line(), b""].join(&b'\n'));
    });
    check("a line that is no record", "record 2 is altered", &|it| {
        it.write(second, [b"\n", it.files()[second].as_slice()].concat());
    });
    // Only the very end can be torn: here another segment follows.
    check("something behind an inner segment", "record 2 is altered", &|it| {
        it.write("checkpoint", journal_of(&records[..2]).into_disk().remove("checkpoint"));
        it.write(first, [it.files()[first].as_slice(), b"torn"].concat());
    });
    // What is acknowledged is never torn, wherever it is cut.
    let last = healthy.disk.files()[third].clone();
    let whole = records[4].line().len() + 1;
    check("last segment empty", "record 4 is missing: 6 records were acknowledged", &|it| it.write(third, Vec::new()));
    check("last segment cut at a record", "record 5 is missing: 6 records were acknowledged", &|it| {
        it.write(third, last[..whole].to_vec());
    });
    check("last segment cut", "record 4 is altered", &|it| it.write(third, last[..whole - 1].to_vec()));
    for cut in (whole + 1..last.len()).step_by(3) {
        check("last record cut", "record 5 is altered", &|it| it.write(third, last[..cut].to_vec()));
    }
    check("something behind the last record", "record 6 is altered", &|it| {
        it.write(third, [last.as_slice(), b"one line\nand another"].concat());
    });
}

/// The blocks of a checkpoint's file: where each begins. Between them is
/// nothing that counts.
const BLOCKS: [usize; 2] = [0, 4096];
const BLOCK: usize = 512;

#[test]
fn a_block_of_the_checkpoint_that_went_bad_hides_nothing() {
    let records = records();
    let healthy = journal_of(&records[..6]).into_disk();
    let checkpoint = healthy.files()["checkpoint"].clone();
    assert_eq!(checkpoint.len(), BLOCKS[1] + BLOCK);
    for position in BLOCKS.into_iter().flat_map(|it| it..it + BLOCK) {
        let bit = position % 8;
        let mut bytes = checkpoint.clone();
        bytes[position] ^= 1 << bit;
        let mut disk = healthy.clone();
        disk.write("checkpoint", bytes);
        let name = format!("byte {position}, bit {bit}");
        let read = read_folder(&disk).unwrap();
        assert_eq!((read.size(), read.head()), (6, Some(records[5].hash())), "{name}");
        let (journal, opened) = FolderJournal::open(disk).unwrap();
        assert!(opened.mended.is_some(), "{name}");
        let mended = FolderJournal::open(journal.into_disk()).unwrap().1.mended;
        assert_eq!(mended, None, "{name}");
    }
}

#[test]
fn a_disk_that_loses_a_sector_loses_one_block() {
    // Both blocks once lay in one sector of 4,096 bytes, and such a disk lost
    // the checkpoint as a whole.
    let records = records();
    let healthy = journal_of(&records[..6]).into_disk();
    let checkpoint = healthy.files()["checkpoint"].clone();
    for sector in (0..checkpoint.len()).step_by(4096) {
        let mut bytes = checkpoint.clone();
        let end = bytes.len().min(sector + 4096);
        bytes[sector..end].fill(0);
        let mut disk = healthy.clone();
        disk.write("checkpoint", bytes);
        let read = read_folder(&disk).unwrap();
        assert_eq!((read.size(), read.head()), (6, Some(records[5].hash())), "sector at {sector}");
    }
}

#[test]
fn a_reader_takes_no_more_than_the_block_that_went_bad_can_have_said() {
    // Readers once took every whole record where a block could not be read, and
    // so one that was never acknowledged and that a loss of power may take.
    let records = records();
    let healthy = journal_of(&records[..6]).into_disk();
    let of_four = journal_of(&records[..4]).into_disk().files()["checkpoint"].clone();
    for bad in BLOCKS {
        let mut disk = healthy.clone();
        let mut bytes = of_four.clone();
        bytes[bad..bad + BLOCK].fill(0);
        let good = if bad == BLOCKS[0] { 3 } else { 4 };
        disk.write("checkpoint", bytes);
        // What the other block said, or one more; a writer keeps all.
        let read = read_folder(&disk).unwrap();
        assert_eq!((read.size(), read.head()), (good + 1, Some(records[usize::try_from(good).unwrap()].hash())));
        assert_eq!(FolderJournal::open(disk).unwrap().0.size(), 6);
    }
}

#[test]
fn a_checkpoint_of_the_layout_before_is_read_and_written_anew() {
    // Version 0.1.0 had one block right behind the other.
    let records = records();
    let mut disk = journal_of(&records[..6]).into_disk();
    let checkpoint = disk.files()["checkpoint"].clone();
    let before = BLOCKS.map(|it| checkpoint[it..it + BLOCK].to_vec()).concat();
    disk.write("checkpoint", before);
    assert_eq!(read_folder(&disk).unwrap().size(), 6);
    let (mut journal, opened) = FolderJournal::open(disk).unwrap();
    assert_eq!(opened.mended, None);
    journal.append(&records[6]).unwrap();
    let disk = journal.into_disk();
    assert_eq!(disk.files()["checkpoint"].len(), checkpoint.len());
    assert_eq!(read_folder(&disk).unwrap().size(), 7);
}

#[test]
fn there_is_no_journal_where_there_is_nothing() {
    let error = FolderJournal::open(MemoryDisk::default()).unwrap_err();
    assert!(matches!(error, OpenError::Missing), "{error}");
}

#[test]
fn a_segment_is_full_at_its_limit_and_not_before() {
    let records = records();
    let sizes: Vec<usize> = records.iter().map(|it| it.line().len() + 1).collect();
    let made = |limit: usize| {
        let journal = FolderJournal::create(MemoryDisk::default(), &records[..1], ORIGIN).unwrap();
        let mut journal = journal.with_segment_limit(limit);
        records[1..4].iter().for_each(|it| journal.append(it).unwrap());
        segments(&journal.into_disk()).len()
    };
    // A record that is longer than the limit is still written, alone.
    assert_eq!(made(1), 4);
    let two = sizes[0] + sizes[1];
    assert_eq!((made(two - 1), made(two)), (4, 3));
    let other_two = sizes[2] + sizes[3];
    assert_eq!((made(other_two - 1), made(other_two)), (3, 2));
    assert_eq!((made(two + other_two - 1), made(two + other_two)), (2, 1));
}
