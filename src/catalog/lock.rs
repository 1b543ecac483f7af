//! `neglist.lock`: the law that a repository relies on, as TOML.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::value::Datetime;

use crate::catalog::diagnostic::Diagnostic;
use crate::catalog::releases::{day, word};
use crate::catalog::write::{names, string};
use crate::model::{At, Head, ListId, Lock, Pin, Releases};

/// The only format that there is.
const FORMAT: u64 = 1;

const HEADER: &str = "\
# The law that this repository relies on: which revision of each list was in
# force when its flows were last looked over. Written by neglist; commit it, and
# do not edit it. `neglist check` compares it with the registry. To renew it,
# once you have looked at what changed:
#
#   neglist check --flows FILE --write
#
";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LockToml {
    format: u64,
    origin: String,
    size: u64,
    head: String,
    made: Datetime,
    from: Vec<String>,
    releases: ReleasesToml,
    #[serde(default)]
    list: Vec<ListToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReleasesToml {
    categories: PinToml,
    facts: PinToml,
    jurisdictions: PinToml,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PinToml {
    version: String,
    hash: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListToml {
    list: String,
    version: String,
    hash: String,
}

/// Reads a lock.
pub fn read_lock(text: &str) -> Result<Lock, Diagnostic> {
    let renew = || Some("write it anew with `neglist check --flows FILE --write`".to_owned());
    let form: LockToml = toml::from_str(text).map_err(|it| Diagnostic::from(it).help(renew()))?;
    if form.format != FORMAT {
        let message = format!("format {} is not known: expected {FORMAT}", form.format);
        return Err(Diagnostic::new("unknown-format", message).help(Some("use a newer neglist".to_owned())));
    }
    let pin = |version: &str, hash: &str| -> Result<Pin, Diagnostic> {
        Ok(Pin { version: word(text, version)?, hash: word(text, hash)? })
    };
    let release = |it: &PinToml| pin(&it.version, &it.hash);
    let mut lists = BTreeMap::new();
    for it in &form.list {
        let id: ListId = word(text, &it.list)?;
        if lists.insert(id.clone(), pin(&it.version, &it.hash)?).is_some() {
            return Err(Diagnostic::new("twice", format!("list `{id}` stands there twice")).help(renew()));
        }
    }
    Ok(Lock {
        head: Head { origin: form.origin, size: form.size, hash: word(text, &form.head)? },
        made: At(day(text, &form.made)?),
        from: form.from.iter().map(|it| word(text, it)).collect::<Result<BTreeSet<_>, _>>()?,
        releases: Releases {
            categories: release(&form.releases.categories)?,
            facts: release(&form.releases.facts)?,
            jurisdictions: release(&form.releases.jurisdictions)?,
        },
        lists,
    })
}

/// Writes a lock: the same bytes for the same lock.
pub fn write_lock(lock: &Lock) -> String {
    let Head { origin, size, hash } = &lock.head;
    let (origin, made, from) = (string(origin), lock.made, names(&lock.from));
    let head = format!(
        "{HEADER}format = {FORMAT}\norigin = {origin}\nsize = {size}\nhead = \"{hash}\"\nmade = {made}\nfrom = {from}\n"
    );
    let pin = |it: &Pin| format!("version = \"{}\"\nhash = \"{}\"\n", it.version, it.hash);
    let releases = lock.releases.all().map(|(name, it)| format!("\n[releases.{name}]\n{}", pin(it)));
    let lists = lock.lists.iter().map(|(list, it)| format!("\n[[list]]\nlist = \"{list}\"\n{}", pin(it)));
    [head].into_iter().chain(releases).chain(lists).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Hash;

    fn lock() -> Lock {
        let pin = |number: u8| Pin { version: semver::Version::new(u64::from(number), 0, 0), hash: Hash([number; 32]) };
        Lock {
            head: Head { origin: "ministry.example/lists".to_owned(), size: 12, hash: Hash([9; 32]) },
            made: "2026-01-01".parse().unwrap(),
            from: ["CN", "US-TX"].iter().map(|it| it.parse().unwrap()).collect(),
            releases: Releases { categories: pin(1), facts: pin(2), jurisdictions: pin(3) },
            lists: [("CN/a".parse().unwrap(), pin(4)), ("US/b".parse().unwrap(), pin(5))].into(),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(read_lock(&write_lock(&lock())).unwrap(), lock());
        let none = Lock { lists: BTreeMap::new(), ..lock() };
        assert_eq!(read_lock(&write_lock(&none)).unwrap(), none);
    }

    #[test]
    fn what_is_not_a_lock_is_refused_where_it_stands() {
        let text = write_lock(&lock());
        for (right, wrong, expected) in [
            ("format = 1", "format = 2", "format 2 is not known"),
            ("made = 2026-01-01", "made = 2026-01-01T00:00:00Z", "date"),
            ("\"US-TX\"", "\"texas\"", "`texas` is not a jurisdiction"),
            ("hash = \"05", "hash = \"0", "is not a hash"),
            ("list = \"US/b\"", "list = \"CN/a\"", "stands there twice"),
            ("size = 12", "size = 12\nseal = 1", "unknown field `seal`"),
        ] {
            assert!(text.contains(right), "{right}");
            let error = read_lock(&text.replace(right, wrong)).unwrap_err();
            assert!(error.message.contains(expected), "{wrong}: {error:?}");
        }
    }
}
