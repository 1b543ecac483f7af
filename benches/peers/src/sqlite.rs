//! SQLite, bundled, at its quickest for this.
//!
//! - A closure table: an entry stands under every category that it covers, so
//!   that a question reads one range of a table without rowid. Conditions are
//!   columns of it, so that nothing has to be joined before the few entries
//!   that bind are known.
//! - Prepared statements, and one read transaction for all questions: without
//!   it each pays for the locks of a file.
//! - `SQLITE_DBCONFIG_ENABLE_QPSG`. The bundled library is built with STAT4,
//!   under which every bind after `ANALYZE` makes it plan a statement anew,
//!   and that costs five times what the query does.
//! - Memory-mapped, with a page cache larger than the file.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension, Statement, params};

use crate::engine::Engine;
use crate::scan::UNKNOWN;
use crate::words::{Asked, Spoken};
use crate::world::{Towards, World};

const SCHEMA: &str = "
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; PRAGMA temp_store = MEMORY;
CREATE TABLE issue (list INT, effective INT, sequence INT, published INT, withdrawn INT,
    PRIMARY KEY (list, effective, sequence)) WITHOUT ROWID;
CREATE TABLE closure (list INT, category INT, first INT, entry INT, last INT, exemptions INT, flags INT, expected INT,
    sector INT, business INT, people INT, people_below INT, devices INT, devices_below INT,
    destinations INT, is_only INT, effect INT, rule INT,
    PRIMARY KEY (list, category, first, entry)) WITHOUT ROWID;
CREATE TABLE destination (id INT, place INT, PRIMARY KEY (id, place)) WITHOUT ROWID;
CREATE TABLE way (rule INT, number INT, mechanisms INT, flags INT, expected INT,
    PRIMARY KEY (rule, number)) WITHOUT ROWID;";

const IN_FORCE: &str = "SELECT sequence FROM issue
WHERE list = ?1 AND effective <= ?2 AND published <= ?3 AND ?3 < withdrawn
ORDER BY effective DESC, sequence DESC LIMIT 1";

const OUTCOME: &str = "SELECT max(CASE WHEN effect <> 1 THEN effect
  WHEN EXISTS (SELECT 1 FROM way WHERE way.rule = closure.rule
    AND ?4 & way.flags = way.expected AND ?5 & mechanisms = mechanisms) THEN 0
  WHEN EXISTS (SELECT 1 FROM way WHERE way.rule = closure.rule AND ?4 & way.flags = way.expected) THEN 1
  ELSE 3 END)
FROM closure
WHERE list = ?1 AND category = ?2 AND first <= ?3 AND ?3 < last
  AND exemptions & ?6 = 0 AND ?4 & flags = expected AND sector & ?7 <> 0 AND business & ?8 <> 0
  AND people <= ?9 AND ?9 < people_below AND devices <= ?10 AND ?10 < devices_below
  AND (destinations IS NULL
    OR EXISTS (SELECT 1 FROM destination WHERE id = destinations AND place = ?11) = is_only)";

/// Makes the database of a world.
pub fn build(world: &World, path: &Path) {
    let mut connection = Connection::open(path).unwrap();
    connection.execute_batch(SCHEMA).unwrap();
    let transaction = connection.transaction().unwrap();
    {
        let mut insert = transaction.prepare("INSERT INTO issue VALUES (?, ?, ?, ?, ?)").unwrap();
        for (list, issues) in (0_i64..).zip(&world.issues) {
            for it in issues {
                insert.execute(params![list, it.effective, it.sequence, it.published, it.withdrawn]).unwrap();
            }
        }
        let mut insert = transaction.prepare("INSERT INTO destination VALUES (?, ?)").unwrap();
        for (set, places) in (0_i64..).zip(&world.sets) {
            for place in places {
                insert.execute(params![set, place]).unwrap();
            }
        }
        insert_entries(world, &transaction);
    }
    transaction.commit().unwrap();
    connection.execute_batch("ANALYZE; VACUUM;").unwrap();
}

fn insert_entries(world: &World, connection: &Connection) {
    let mut ways = std::collections::BTreeMap::new();
    let insert = "INSERT INTO closure VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let mut insert = connection.prepare(insert).unwrap();
    for (entry, row) in (0_i64..).zip(&world.rows) {
        let rule = i64::try_from(ways.len()).unwrap();
        let rule = *ways.entry(&row.ways).or_insert(rule);
        let (set, is_only) = match row.to {
            Towards::Any => (None, false),
            Towards::Only(set) => (Some(set), true),
            Towards::Except(set) => (Some(set), false),
        };
        let when = &row.when;
        for category in world.covered(row) {
            let row = params![
                row.list,
                category,
                row.first,
                entry,
                row.last,
                row.exemptions,
                when.flags,
                when.values,
                when.choices[0],
                when.choices[1],
                number(when.subjects.0),
                number(when.subjects.1),
                number(when.devices.0),
                number(when.devices.1),
                set,
                is_only,
                row.effect,
                rule,
            ];
            insert.execute(row).unwrap();
        }
    }
    let mut insert = connection.prepare("INSERT INTO way VALUES (?, ?, ?, ?, ?)").unwrap();
    for (ways, rule) in ways {
        for (position, way) in (0_i64..).zip(ways) {
            insert.execute(params![rule, position, way.all, way.flags, way.values]).unwrap();
        }
    }
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap()
}

/// Opens a database for reading.
pub fn open(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).unwrap();
    connection.execute_batch("PRAGMA mmap_size = 4000000000; PRAGMA cache_size = -1000000; BEGIN").unwrap();
    connection
}

/// The two prepared statements that answer a question.
#[derive(Debug)]
pub struct Sqlite<'w> {
    world: &'w World,
    in_force: Statement<'w>,
    outcome: Statement<'w>,
    /// The questions as strings, to read each from them first.
    spoken: Option<&'w [Spoken]>,
    bytes: u64,
}

impl<'w> Sqlite<'w> {
    pub fn new(world: &'w World, connection: &'w Connection, path: &Path, spoken: Option<&'w [Spoken]>) -> Sqlite<'w> {
        Sqlite {
            world,
            in_force: connection.prepare(IN_FORCE).unwrap(),
            outcome: connection.prepare(OUTCOME).unwrap(),
            spoken,
            bytes: std::fs::metadata(path).unwrap().len(),
        }
    }

    fn ask(&mut self, asked: &Asked) -> u8 {
        let parameters = (asked.from, asked.at, asked.known);
        let revision = self.in_force.query_row(parameters, |row| row.get::<_, u32>(0)).optional().unwrap();
        let Some(revision) = revision else { return UNKNOWN };
        if asked.from == asked.to {
            return 0;
        }
        let parameters = params![
            asked.from,
            asked.category,
            revision,
            asked.flags,
            asked.mechanisms,
            asked.exemptions,
            asked.choices[0],
            asked.choices[1],
            number(asked.subjects),
            number(asked.devices),
            asked.to,
        ];
        self.outcome.query_row(parameters, |row| row.get::<_, Option<u8>>(0)).unwrap().unwrap_or(0)
    }
}

impl Engine for Sqlite<'_> {
    fn name(&self) -> &'static str {
        if self.spoken.is_some() { "SQLite, closure, from strings" } else { "SQLite, closure" }
    }

    fn outcome(&mut self, question: usize) -> u8 {
        match self.spoken {
            Some(spoken) => self.ask(&self.world.names.read(&spoken[question])),
            None => self.ask(&self.world.asked[question]),
        }
    }

    fn disk(&self) -> Option<u64> {
        Some(self.bytes)
    }
}
