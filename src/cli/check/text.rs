//! A check, for people.

use std::collections::BTreeSet;

use crate::cli::Screen;
use crate::cli::check::Report;
use crate::cli::failure::Failure;
use crate::cli::impact::{summary, write_changes};
use crate::cli::layout::Layout;
use crate::model::{Language, Lock};
use crate::registry::Moved;

pub(super) fn write(report: &Report<'_>, screen: &mut Screen<'_>) -> Result<(), Failure> {
    let language = screen.language;
    let mut layout = Layout::new(screen.surroundings.width, language);
    let (origin, made, at) = (&report.lock.head.origin, report.lock.made, report.at);
    layout.line(&match language {
        Language::En => format!("{origin}, as pinned on {made} and as it is on {at}"),
        Language::Zh => format!("{origin}：{made}锁定，与{at}的情况比较"),
    });
    layout.line("");
    layout.line(&summary(&report.now(), language));
    write_lists(&report.check.moved, &mut layout, language);
    for (what, before, after) in &report.check.words {
        layout.line(&format!("  {what}  {before} → {after}"));
    }
    write_changes(&report.now(), &mut layout, language);
    if report.ahead().changed().next().is_some() {
        layout.line("");
        layout.line(&match (report.until, language) {
            (None, Language::En) => "AHEAD, by what is published already (`--ahead DAYS` makes it count):".to_owned(),
            (Some(until), Language::En) => format!("AHEAD, by what is published already (counts until {until}):"),
            (None, Language::Zh) => "即将生效，均已公布（`--ahead DAYS`使其计入结果）：".to_owned(),
            (Some(until), Language::Zh) => format!("即将生效，均已公布（{until}以前者计入结果）："),
        });
        write_changes(&report.ahead(), &mut layout, language);
    }
    screen.out.write_all(layout.into_text().as_bytes())?;
    Ok(())
}

/// Writes what moved when a lock was made anew.
pub(super) fn write_moved(before: Option<&Lock>, after: &Lock, screen: &mut Screen<'_>) -> Result<(), Failure> {
    let mut layout = Layout::new(screen.surroundings.width, screen.language);
    let places: Vec<_> = after.from.iter().map(ToString::to_string).collect();
    let (lists, made) = (after.lists.len(), after.made);
    layout.line(&match screen.language {
        Language::En => format!("{lists} lists in force on {made}, for flows from {}", places.join(", ")),
        Language::Zh => format!("{made}现行清单{lists}份，适用于来自{}的数据流", places.join("、")),
    });
    // In the first lock everything is new.
    if before.is_some() {
        write_lists(&moved(before, after), &mut layout, screen.language);
    }
    screen.out.write_all(layout.into_text().as_bytes())?;
    Ok(())
}

fn write_lists(moved: &[Moved], layout: &mut Layout, language: Language) {
    for Moved { list, before, after } in moved {
        let text = match (before, after, language) {
            (Some(before), Some(after), _) => format!("{before} → {after}"),
            (None, Some(after), Language::En) => format!("{after}, not pinned before"),
            (None, Some(after), Language::Zh) => format!("{after}，此前未锁定"),
            (Some(before), None, Language::En) => format!("{before}, no longer in force"),
            (Some(before), None, Language::Zh) => format!("{before}，已不再生效"),
            (None, None, _) => continue,
        };
        layout.line(&format!("  {list}  {text}"));
    }
}

/// Returns what moved from one lock to another.
pub(super) fn moved(before: Option<&Lock>, after: &Lock) -> Vec<Moved> {
    let ids: BTreeSet<_> = before.into_iter().flat_map(|it| it.lists.keys()).chain(after.lists.keys()).collect();
    let moved = ids.into_iter().map(|list| Moved {
        list: list.clone(),
        before: before.and_then(|it| it.lists.get(list)).map(|it| it.version.clone()),
        after: after.lists.get(list).map(|it| it.version.clone()),
    });
    moved.filter(|it| it.before != it.after).collect()
}
