//! What the targets share: what has to hold of what strangers send, which the
//! tests of the repository hold to as well, and the inputs to begin with.

#[path = "../../tests/common/hostile/mod.rs"]
pub mod hostile;

use std::fs;
use std::path::Path;

pub use libfuzzer_sys::fuzz_target;

use hostile::{TARGETS, Target};

/// Makes a fuzz target of what has to hold of a parser's input.
#[macro_export]
macro_rules! target {
    ($name:literal) => {
        $crate::fuzz_target!(init: $crate::begin($name), |bytes: &[u8]| $crate::check($name, bytes));
    };
}

/// Writes the inputs to begin with, and ends, where `NEGLIST_SEEDS` names a
/// folder for them.
pub fn begin(name: &str) {
    let Some(folder) = std::env::var_os("NEGLIST_SEEDS") else { return };
    let folder = Path::new(&folder);
    fs::create_dir_all(folder).expect("the folder of the seeds can be made");
    for (number, seed) in (found(name).seeds)().iter().enumerate() {
        fs::write(folder.join(format!("seed-{number:03}")), seed).expect("a seed can be written");
    }
    let _ = fs::remove_dir_all(hostile::folder());
    std::process::exit(0);
}

/// Checks an input.
pub fn check(name: &str, bytes: &[u8]) {
    (found(name).check)(bytes);
}

fn found(name: &str) -> &'static Target {
    TARGETS.iter().find(|it| it.name == name).expect("the target has its row in TARGETS")
}
