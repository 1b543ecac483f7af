//! Snapshots: as they come, and with lines that were changed before they were
//! packed.

use neglist::canon::Record;
use neglist::journal::snapshot::{read, read_head, write};

use super::{file, is_said, journal, kind, of_kind, packed, records, unpacked};

/// No input unpacks to more in a fuzz target.
const MOST: u64 = 64 << 20;

pub fn check(bytes: &[u8]) {
    let (kind, bytes) = kind(bytes, 3);
    let bytes = match kind {
        0 => bytes.to_vec(),
        1 => packed(bytes),
        _ => {
            let Some((head, records)) = journal::chained(bytes) else { return };
            write(&head, records.iter().map(Record::line)).unwrap()
        }
    };
    let head = read_head(&bytes);
    match read(&bytes) {
        Err(error) => {
            is_said(&error);
            assert!(kind != 2, "what was chained is whole: {error}");
        }
        Ok(found) => {
            assert_eq!(head.unwrap(), found.head);
            assert_eq!(found.chains.position().as_ref(), Some(&found.head));
            // Nothing but the one spelling of what was published verifies.
            let again = write(&found.head, found.records.iter().map(Record::line)).unwrap();
            assert!(unpacked(&again, MOST) == unpacked(&bytes, MOST));
        }
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let (head, records) = records();
    let small = write(head, records.iter().map(Record::line)).unwrap();
    let compat = file("tests/compat/v1/snapshot.jsonl.zst");
    let beginning =
        write(&neglist::model::Head { size: 1, hash: records[0].hash(), ..head.clone() }, [records[0].line()]);
    let mut seeds = vec![
        of_kind(0, &small),
        of_kind(0, &compat),
        of_kind(0, &beginning.unwrap()),
        of_kind(1, &unpacked(&small, MOST).unwrap()),
        of_kind(1, &unpacked(&compat, MOST).unwrap()),
    ];
    seeds.extend(journal::bodies().into_iter().map(|it| of_kind(2, &it)));
    seeds
}
