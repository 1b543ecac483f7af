//! What becomes of flows, for programs: one flow a line.

use serde_json::{Value as Json, json};

use crate::canon::{end_json, flow_json, head_json, open_text, requires_json};
use crate::cli::Screen;
use crate::cli::failure::Failure;
use crate::cli::impact::{Compared, Told};
use crate::model::{Issued, State};
use crate::registry::{FlowChange, Shift, Treatment};

/// Writes the document as it is made: there may be a million flows.
pub(super) fn write(
    told: &Told<'_>,
    compared: &Compared<'_>,
    state: &State,
    screen: &mut Screen<'_>,
) -> Result<(), Failure> {
    writeln!(screen.out, "{{\"compared\":{},", compared_json(compared))?;
    writeln!(screen.out, "\"counts\":{},", counts(told))?;
    writeln!(screen.out, "\"registry\":{},", head_json(&state.head))?;
    write!(screen.out, "\"flows\":")?;
    rows(told, screen)?;
    writeln!(screen.out, "}}")?;
    Ok(())
}

/// Writes an array of the flows that change, one a line.
pub(in crate::cli) fn rows(told: &Told<'_>, screen: &mut Screen<'_>) -> Result<(), Failure> {
    write!(screen.out, "[")?;
    for (position, (index, flow, change)) in told.changed().enumerate() {
        let between = if position == 0 { "" } else { "," };
        let mut row = json!({"line": told.flows.line(index), "flow": flow_json(flow)});
        if let (Some(row), Json::Object(change)) = (row.as_object_mut(), change_json(change)) {
            row.extend(change);
        }
        write!(screen.out, "{between}\n{row}")?;
    }
    write!(screen.out, "\n]")?;
    Ok(())
}

/// Returns how many flows there are of each kind.
pub(in crate::cli) fn counts(told: &Told<'_>) -> Json {
    let (same, elsewhere) = told.others();
    json!({
        "flows": told.flows.flows.len(),
        "tighter": told.count(Shift::Tighter),
        "different": told.count(Shift::Different),
        "looser": told.count(Shift::Looser),
        "same": same,
        "elsewhere": elsewhere,
    })
}

fn compared_json(compared: &Compared<'_>) -> Json {
    match compared {
        Compared::Days(first, last) => json!({"from_date": first.to_string(), "to_date": last.to_string()}),
        Compared::Revisions(before, after) => {
            let revision =
                |it: &Issued| json!({"version": it.revision.version.to_string(), "revision": it.hash.to_string()});
            let list = after.revision.list.as_str();
            json!({"list": list, "before": revision(before), "after": revision(after)})
        }
    }
}

/// Returns how a flow changes.
fn change_json(change: &FlowChange) -> Json {
    let steps = change.steps.iter().map(|it| {
        json!({
            "from": it.from.to_string(),
            "by": it.by.as_ref().map(end_json),
            "shift": it.shift.word(),
            "gets": treatment_json(&it.gets),
        })
    });
    json!({
        "shift": change.shift.word(),
        "before": treatment_json(&change.before),
        "after": change.steps.last().map(|it| treatment_json(&it.gets)),
        "steps": steps.collect::<Vec<_>>(),
    })
}

/// Returns what a flow gets.
fn treatment_json(gets: &Treatment) -> Json {
    let words =
        |it: &std::collections::BTreeSet<crate::model::FactId>| it.iter().map(ToString::to_string).collect::<Vec<_>>();
    let reasons = gets.reasons.iter().map(|it| {
        json!({
            "list": it.list.as_str(),
            "version": it.version.to_string(),
            "entry": it.entry.as_str(),
            "cite": it.cite,
            "outcome": it.severity.word(),
        })
    });
    json!({
        "outcome": gets.outcome.word(),
        "floor": gets.floor.word(),
        "unknown_reason": gets.unknown_reason.map(crate::model::UnknownReason::word),
        "requires": requires_json(&gets.requires),
        "exemptions": words(&gets.exemptions),
        "duties": words(&gets.duties),
        "open": gets.open.iter().map(open_text).collect::<Vec<_>>(),
        "reasons": reasons.collect::<Vec<_>>(),
    })
}
