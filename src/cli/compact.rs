//! `neglist compact`

use std::path::Path;

use serde_json::json;

use crate::canon::head_json;
use crate::cli::args::Format;
use crate::cli::failure::Failure;
use crate::cli::{Screen, exit};
use crate::registry::{Compacted, Publisher};

pub(super) fn run(root: &Path, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let mut publisher = Publisher::open(root)?;
    for it in publisher.mended() {
        screen.note(it)?;
    }
    let Compacted { head, before, after } = publisher.compact()?;
    match screen.format {
        Format::Json => screen.json(&json!({
            "registry": head_json(&head),
            "store": {"bytes_before": before, "bytes_after": after},
        }))?,
        Format::Text => {
            let (origin, size) = (&head.origin, head.size);
            let line = match screen.language {
                crate::model::Language::En => {
                    format!("{origin}: store rebuilt from {size} records, {before} bytes before, {after} bytes after")
                }
                crate::model::Language::Zh => {
                    format!("{origin}：已由{size}条记录重建存储，之前{before}字节，之后{after}字节")
                }
            };
            writeln!(screen.out, "{line}")?;
        }
    }
    Ok(exit::DONE)
}
