//! `neglist fsck`

use std::path::Path;

use serde_json::json;

use crate::canon::head_json;
use crate::cli::args::Format;
use crate::cli::failure::Failure;
use crate::cli::{Screen, exit};
use crate::registry::audit;

pub(super) fn run(root: &Path, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let audit = audit(root)?;
    if screen.format == Format::Json {
        screen.json(&json!({
            "registry": head_json(&audit.head),
            "lists": audit.lists,
            "revisions": audit.revisions,
            "entry_versions": audit.entry_versions,
            "checkpoint": if audit.is_half_covered { "half" } else { "whole" },
            "views": audit.views,
        }))?;
        return Ok(exit::DONE);
    }
    let (size, origin, hash) = (audit.head.size, &audit.head.origin, audit.head.hash);
    let (lists, revisions, versions) = (audit.lists, audit.revisions, audit.entry_versions);
    let line = match screen.language {
        crate::model::Language::En => {
            format!(
                "{origin}: {size} records verified, {versions} entry versions in {revisions} revisions of {lists} lists, head {hash}"
            )
        }
        crate::model::Language::Zh => {
            format!(
                "{origin}：已验证{size}条记录，{lists}份清单共{revisions}个修订版、{versions}个条目版本，链头{hash}"
            )
        }
    };
    writeln!(screen.out, "{line}")?;
    if audit.is_half_covered {
        screen.note("half of the checkpoint cannot be read: the next publish writes it anew, and nothing is lost")?;
    }
    for view in &audit.views {
        screen.note(&format!("{view}: it is rebuilt when next needed, and nothing is lost"))?;
    }
    Ok(exit::DONE)
}
