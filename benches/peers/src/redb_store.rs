//! redb, with one read transaction for all questions.

use std::path::Path;

use redb::{Database, Durability, ReadOnlyTable, ReadableDatabase, TableDefinition};

use crate::kv::{Layout, Ranges, Store, entries, issues, sequence, size};
use crate::world::World;

const ENTRIES: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("entries");
const ISSUES: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("issues");

/// The two tables, open for reading.
pub struct Tables {
    entries: ReadOnlyTable<&'static [u8], &'static [u8]>,
    issues: ReadOnlyTable<&'static [u8], &'static [u8]>,
    /// Held open as long as they are read.
    _database: Database,
}

impl Ranges for Tables {
    fn entries(&self, from: &[u8], to: &[u8], mut each: impl FnMut(&[u8])) {
        for it in self.entries.range::<&[u8]>(from..=to).unwrap() {
            each(it.unwrap().1.value());
        }
    }

    fn last_issue(&self, from: &[u8], to: &[u8], mut is_known: impl FnMut(&[u8]) -> bool) -> Option<u32> {
        let mut issues = self.issues.range::<&[u8]>(from..=to).unwrap().rev().map(Result::unwrap);
        issues.find(|it| is_known(it.1.value())).map(|it| sequence(it.0.value()))
    }
}

/// Makes a database of a world, and opens it.
pub fn build<'w>(world: &'w World, path: &Path, layout: Layout) -> Store<'w, Tables> {
    let mut database = Database::create(path).unwrap();
    let mut write = database.begin_write().unwrap();
    write.set_durability(Durability::None).unwrap();
    for (table, rows) in [(ENTRIES, entries(world, layout)), (ISSUES, issues(world))] {
        let mut table = write.open_table(table).unwrap();
        for (key, value) in rows {
            table.insert(key.as_slice(), value.as_slice()).unwrap();
        }
    }
    write.commit().unwrap();
    database.begin_write().unwrap().commit().unwrap();
    database.compact().unwrap();
    let read = database.begin_read().unwrap();
    let (entries, issues) = (read.open_table(ENTRIES).unwrap(), read.open_table(ISSUES).unwrap());
    let tables = Tables { entries, issues, _database: database };
    Store::new(world, tables, layout, "redb", size(path))
}
