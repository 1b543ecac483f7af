//! A comparison for programs.

use serde_json::{Value as Json, json};

use crate::canon::{EntryForm, head_json, question_json, requires_json};
use crate::document::command;
use crate::model::{Entry, Issued, State};
use crate::registry::{Answers, Change, Comparison, Difference, Region, Restriction, Spoken, Values};

/// Returns the document.
pub(crate) fn comparison_json(comparison: &Comparison<'_>, state: &State) -> Json {
    let diff = &comparison.entries;
    let form = |it: &&Entry| json!(EntryForm::from(*it));
    let changed = diff.changed.iter().map(|it| {
        let fields: Vec<_> = it.fields.iter().map(change_json).collect();
        json!({"id": it.after.id.as_str(), "fields": fields})
    });
    let mut document = json!({
        "list": comparison.after.revision.list.as_str(),
        "before": issued(comparison.before),
        "after": issued(comparison.after),
        "header": diff.header.iter().map(change_json).collect::<Vec<_>>(),
        "added": diff.added.iter().map(form).collect::<Vec<_>>(),
        "removed": diff.removed.iter().map(form).collect::<Vec<_>>(),
        "changed": changed.collect::<Vec<_>>(),
    });
    if let (Some(answers), Some(document)) = (&comparison.answers, document.as_object_mut()) {
        document.insert("verdicts".to_owned(), verdicts(answers));
    }
    if let Some(document) = document.as_object_mut() {
        document.insert("registry".to_owned(), head_json(&state.head));
    }
    document
}

fn issued(issued: &Issued) -> Json {
    let revision = &issued.revision;
    json!({
        "version": revision.version.to_string(),
        "revision": issued.hash.to_string(),
        "published": revision.published.to_string(),
        "effective": revision.effective.map(|it| it.to_string()),
    })
}

/// Returns what became of a field.
pub(crate) fn change_json(change: &Change) -> Json {
    match &change.difference {
        Difference::Value { before, after } => json!({"field": change.field, "before": before, "after": after}),
        Difference::Members { added, removed } => json!({"field": change.field, "added": added, "removed": removed}),
    }
}

fn verdicts(answers: &Answers) -> Json {
    let verdicts = &answers.verdicts;
    let regions = verdicts.regions.iter().zip(&answers.spoken).map(|(it, spoken)| region(it, spoken));
    let ids = |lists: &std::collections::BTreeSet<crate::model::ListId>| {
        lists.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    json!({
        "class": verdicts.class.word(),
        "regions": regions.collect::<Vec<_>>(),
        "no_longer_displaced": ids(&verdicts.no_longer_displaced),
        "newly_displaced": ids(&verdicts.newly_displaced),
    })
}

fn region(region: &Region, spoken: &[[Spoken; 2]]) -> Json {
    let items = region.items.iter().map(|it| it.iter().map(ToString::to_string).collect::<Vec<_>>());
    let witnesses = region.witnesses.iter().zip(spoken).map(|(witness, [before, after])| {
        json!({
            "question": question_json(&witness.question),
            "command": command(&witness.question),
            "before": spoken_json(before),
            "after": spoken_json(after),
        })
    });
    json!({
        "shift": region.shift.word(),
        "items": items.collect::<Vec<_>>(),
        "to": region.to.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "when": region.when.iter().map(restriction).collect::<Vec<_>>(),
        "witnesses": witnesses.collect::<Vec<_>>(),
    })
}

fn restriction(restriction: &Restriction) -> Json {
    let values = match &restriction.values {
        Values::Flag(flag) => json!(flag),
        Values::Choices(among) => json!(among.iter().map(ToString::to_string).collect::<Vec<_>>()),
        Values::Counts(ranges) => {
            let ranges = ranges.iter().map(
                |(from, below)| json!({"at_least": from.number(), "below": below.map(crate::model::Count::number)}),
            );
            json!(ranges.collect::<Vec<_>>())
        }
    };
    json!({
        "item": restriction.item,
        "fact": restriction.fact.as_str(),
        "window": restriction.window.as_ref().map(crate::model::WindowId::as_str),
        "values": values,
    })
}

fn spoken_json(spoken: &Spoken) -> Json {
    json!({
        "outcome": spoken.outcome.word(),
        "requires": requires_json(&spoken.requires),
        "exemptions": spoken.exemptions.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "entries": spoken.entries.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}
