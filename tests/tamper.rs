//! Any bit of a journal or a snapshot: refused, and named.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::ops::Range;

use common::disk::MemoryDisk;
use common::small_records;
use neglist::canon::{Chains, Record};
use neglist::journal::snapshot::{self, SnapshotError};
use neglist::journal::{FolderJournal, Journal, OpenError, read_folder};

/// A small real journal in three segments: the origin, the releases, two lists
/// with a revision that waits, one that withdraws it and expires, and one that
/// is dormant.
fn journal() -> (MemoryDisk, Vec<Record>) {
    let (head, records) = small_records();
    let journal = FolderJournal::create(MemoryDisk::default(), &records[..1], &head.origin).unwrap();
    let mut journal = journal.with_segment_limit(8000);
    records[1..].iter().for_each(|it| journal.append(it).unwrap());
    let disk = journal.into_disk();
    assert_eq!(disk.files().len(), 4, "three segments and the checkpoint");
    (disk, records)
}

/// Returns the file, and where in it each record lies with its line break.
fn places(disk: &MemoryDisk, records: &[Record]) -> Vec<(String, Range<usize>)> {
    let mut records = records.iter();
    let mut places = Vec::new();
    for (name, bytes) in disk.files().into_iter().filter(|(it, _)| it.starts_with("journal/")) {
        let mut start = 0;
        while start < bytes.len() {
            let end = start + records.next().unwrap().line().len() + 1;
            places.push((name.clone(), start..end));
            start = end;
        }
    }
    assert!(records.next().is_none());
    places
}

#[test]
fn bytes_of_a_journal_count_and_their_record_is_named() {
    let (disk, records) = journal();
    for (index, (name, place)) in places(&disk, &records).into_iter().enumerate() {
        let healthy = disk.files()[&name].clone();
        // Every thirteenth byte, and the borders with the line break: the test
        // below has every byte, one record at a time.
        let borders = [place.start, place.end - 2, place.end - 1];
        for position in place.step_by(13).chain(borders) {
            let mut bytes = healthy.clone();
            bytes[position] ^= 1 << (position % 8);
            let mut disk = disk.clone();
            disk.write(&name, bytes);
            match read_folder(&disk) {
                Err(OpenError::Altered { index: named, .. }) => assert_eq!(named, index as u64, "byte {position}"),
                other => panic!("record {index}, byte {position}: {other:?}"),
            }
        }
    }
}

#[test]
fn any_byte_of_a_record_counts() {
    let (_, records) = small_records();
    let mut before = Chains::default();
    for record in records {
        let mut line = record.line().to_vec();
        for position in 0..line.len() {
            let bit = 1 << (position % 8);
            line[position] ^= bit;
            assert!(before.read(&line).is_err(), "record {}, byte {position}, bit {bit}", record.index());
            line[position] ^= bit;
        }
        assert_eq!(before.read(&line).unwrap(), record);
        before = before.append(record);
    }
}

#[test]
fn a_journal_that_was_written_anew_is_not_the_acknowledged_one() {
    // Every record reads well and every hash fits: only the checkpoint knows.
    let (mut disk, records) = journal();
    let forged = {
        let mut chains = common::chains_of(&records[..6]);
        let mut forged = records[..6].to_vec();
        for record in &records[6..] {
            let record = chains.prepare(record.publication().clone(), "2026-01-02T00:00:00Z").unwrap();
            chains = chains.append(record.clone());
            forged.push(record);
        }
        forged
    };
    let lines: Vec<u8> = forged.iter().flat_map(|it| [it.line(), b"\n"].concat()).collect();
    let names: Vec<_> = disk.files().into_keys().filter(|it| it.starts_with("journal/")).collect();
    names.iter().for_each(|it| drop(disk.remove(it)));
    disk.write(&names[0], lines);
    let last = records.len() as u64 - 1;
    match read_folder(&disk) {
        Err(OpenError::OtherHead { index }) => assert_eq!(index, last),
        other => panic!("{other:?}"),
    }
}

fn small_snapshot() -> Vec<u8> {
    let (head, records) = small_records();
    snapshot::write(&head, records.iter().map(Record::line)).unwrap()
}

#[test]
fn a_snapshot_carries_every_record() {
    let (head, records) = small_records();
    let bytes = small_snapshot();
    let unpacked = snapshot::read(&bytes).unwrap();
    assert_eq!((&unpacked.head, &unpacked.records), (&head, &records));
    assert_eq!(unpacked.chains.head(), Some(head.hash));
    assert_eq!(snapshot::read_head(&bytes).unwrap(), head);
    // The same records give the same bytes.
    assert_eq!(snapshot::write(&unpacked.head, unpacked.records.iter().map(Record::line)).unwrap(), bytes);
}

#[test]
fn any_byte_of_a_snapshot_counts() {
    let healthy = small_snapshot();
    let (head, records) = small_records();
    let mut harmless = 0;
    for position in 0..healthy.len() {
        // What frames the packed records has more freedom than they have.
        let bits = if position < 24 { 0..8 } else { position % 8..position % 8 + 1 };
        for bit in bits {
            let mut bytes = healthy.clone();
            bytes[position] ^= 1 << bit;
            let Ok(unpacked) = snapshot::read(&bytes) else { continue };
            // The packing has bits that mean nothing: one in the frame's
            // descriptor, a few in the tables of codes. Then it is another
            // packing of the very same records.
            assert_eq!((&unpacked.head, &unpacked.records), (&head, &records), "byte {position}, bit {bit}");
            harmless += 1;
        }
    }
    assert!(harmless < 16, "{harmless} bits mean nothing");
}

#[test]
fn a_snapshot_that_is_cut_short_is_refused() {
    let healthy = small_snapshot();
    for length in 0..healthy.len() {
        match snapshot::read(&healthy[..length]) {
            Err(SnapshotError::Unreadable(_) | SnapshotError::NoHeader) => {}
            other => panic!("{length} bytes: {other:?}"),
        }
    }
}

#[test]
fn a_snapshot_has_one_spelling_of_its_first_line_and_ends_with_a_record() {
    let (_, records) = small_records();
    let text = zstd::stream::decode_all(small_snapshot().as_slice()).unwrap();
    let read = |text: &[u8]| snapshot::read(&zstd::bulk::compress(text, 1).unwrap());
    assert_eq!(read(&text).unwrap().records, records);

    let first = text.iter().position(|it| *it == b'\n').unwrap();
    let header = std::str::from_utf8(&text[..first]).unwrap();
    let headers = [
        header.replace(r#","size""#, r#", "size""#),
        header.replace("\"size\":", "\"size\":0"),
        header.replace("snapshot v1", "snapshot v2"),
        header.replace(r#""format""#, r#""flavour""#),
        header.replace('}', r#","more":1}"#),
        String::new(),
    ];
    for changed in headers {
        assert_ne!(changed, header);
        let error = read(&[changed.as_bytes(), &text[first..]].concat()).unwrap_err();
        assert!(matches!(error, SnapshotError::NoHeader), "{changed}: {error}");
    }
    // Its claims are compared with what follows.
    let head = header.split('"').find(|it| it.len() == 64).unwrap();
    for (claim, other) in
        [(r#""size":11"#, r#""size":12"#), ("example.org/small", "example.org/large"), (head, &"ab".repeat(32))]
    {
        let changed = header.replace(claim, other);
        assert_ne!(changed, header);
        let error = read(&[changed.as_bytes(), &text[first..]].concat()).unwrap_err();
        assert!(matches!(error, SnapshotError::OtherHead { found: 11, .. }), "{changed}: {error}");
    }

    let unreadable = [&text[..text.len() - 1], &text[..text.len() - 2]];
    for text in unreadable {
        assert!(matches!(read(text).unwrap_err(), SnapshotError::Unreadable(_)));
    }
    let last = text.len() - 1 - records.last().unwrap().line().len();
    assert!(matches!(read(&text[..last]).unwrap_err(), SnapshotError::OtherHead { found: 10, expected: 11 }));
    for more in [&b"\n"[..], b"{}\n"] {
        let error = read(&[&text, more].concat()).unwrap_err();
        assert!(matches!(error, SnapshotError::Altered { index: 11, .. }), "{error}");
    }
}
