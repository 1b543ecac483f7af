//! What processes take while they serve, second by second.

use std::fs;
use std::path::Path;

/// What a process takes at a moment.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    /// Memory that is in use, in bytes (`VmRSS`).
    pub memory: u64,
    /// Files and sockets that are open.
    pub files: usize,
}

/// Returns what a process takes; `None` of one that is gone.
pub fn taken(process: u32) -> Option<Taken> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(Taken { memory: kilobytes * 1024, files: fs::read_dir(format!("/proc/{process}/fd")).ok()?.count() })
}

/// Returns how many bytes a registry has in its journal and its index file:
/// what is served is made of the second.
pub fn size_of(root: &Path) -> [u64; 2] {
    let journal = fs::read_dir(root.join("journal")).unwrap().map(|it| it.unwrap().metadata().unwrap().len()).sum();
    [journal, fs::metadata(root.join("index")).map_or(0, |it| it.len())]
}

/// Returns the value in the middle.
pub fn median(values: impl Iterator<Item = u64>) -> u64 {
    let mut values: Vec<_> = values.collect();
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default()
}
