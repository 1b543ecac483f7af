//! sled 0.34, read directly as an index, which the registry does not do.

use std::path::Path;

use sled::{Db, Tree};

use crate::kv::{Layout, Ranges, Store, entries, issues, sequence, size};
use crate::world::World;

/// The two trees.
#[derive(Debug)]
pub struct Trees {
    entries: Tree,
    issues: Tree,
    /// Held open as long as they are read.
    _database: Db,
}

impl Ranges for Trees {
    fn entries(&self, from: &[u8], to: &[u8], mut each: impl FnMut(&[u8])) {
        for it in self.entries.range(from..=to) {
            each(&it.unwrap().1);
        }
    }

    fn last_issue(&self, from: &[u8], to: &[u8], mut is_known: impl FnMut(&[u8]) -> bool) -> Option<u32> {
        let mut issues = self.issues.range(from..=to).rev().map(Result::unwrap);
        issues.find(|it| is_known(&it.1)).map(|it| sequence(&it.0))
    }
}

/// Makes a database of a world, and opens it with room for all of it in its
/// cache.
pub fn build<'w>(world: &'w World, path: &Path, layout: Layout) -> Store<'w, Trees> {
    let database = sled::Config::new().path(path).cache_capacity(4 << 30).open().unwrap();
    let trees = Trees {
        entries: database.open_tree("entries").unwrap(),
        issues: database.open_tree("issues").unwrap(),
        _database: database.clone(),
    };
    for (tree, rows) in [(&trees.entries, entries(world, layout)), (&trees.issues, issues(world))] {
        for (key, value) in rows {
            tree.insert(key, value).unwrap();
        }
    }
    database.flush().unwrap();
    Store::new(world, trees, layout, "sled 0.34", size(path))
}
