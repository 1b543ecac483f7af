//! What a registry holds of each jurisdiction's law, and what it lacks.

use serde_json::{Value as Json, json};

use crate::canon::head_json;
use crate::model::{At, CategoryId, Confidence, InForce, Issued, Place, Scope, State};
use crate::registry::{Coverage, Held, Total};

/// Returns what is held of some jurisdictions on a day, and the countries of
/// which nothing is.
pub(crate) fn coverage_json(covered: &[Coverage<'_>], without: &[&Place], at: At, state: &State) -> Json {
    let total = Total::of(covered);
    json!({
        "at": at.to_string(),
        "jurisdictions": covered.iter().map(|it| place_json(it, state)).collect::<Vec<_>>(),
        "total": {
            "jurisdictions": total.jurisdictions,
            "lists": total.lists,
            "revisions": total.revisions,
            "entries": total.entries,
        },
        "countries_without_a_list": without.iter().map(|it| it.code.as_str()).collect::<Vec<_>>(),
        "registry": head_json(&state.head),
    })
}

fn place_json(coverage: &Coverage<'_>, state: &State) -> Json {
    let name = state.places.find(&coverage.place).map(|it| json!({"en": it.name.en, "zh": it.name.zh}));
    let gaps = coverage.gaps();
    let gaps = gaps.iter().map(|(list, it)| json!({"list": list.id.as_str(), "en": it.en, "zh": it.zh}));
    json!({
        "jurisdiction": coverage.place.as_str(),
        "name": name,
        "lists": coverage.lists.iter().map(held_json).collect::<Vec<_>>(),
        "revisions": coverage.revisions(),
        "entries": coverage.entries(),
        "oldest_check": coverage.oldest_check().map(|it| it.to_string()),
        "confidence": coverage.confidence().map(Confidence::word),
        "gaps": gaps.collect::<Vec<_>>(),
    })
}

fn held_json(held: &Held<'_>) -> Json {
    let version = |it: &Issued| it.revision.version.to_string();
    let in_force = match held.in_force {
        InForce::Yes(issued) => Some(issued),
        InForce::NotYet | InForce::Lapsed(_) => None,
    };
    let current = held.current().map(|it| &it.revision);
    json!({
        "list": held.list.id.as_str(),
        "title": current.map(|it| json!({"en": it.title.en, "zh": it.title.zh})),
        "scope": current.map(|it| scope(&it.scope)),
        "in_force": in_force.map(version),
        "since": held.since().map(|it| it.to_string()),
        "ahead": held.ahead.iter().map(|it| version(it)).collect::<Vec<_>>(),
        "revisions": held.list.revisions.len(),
        "entries": held.entries.len(),
        "entries_in_force": in_force.map_or(0, |it| it.revision.entries.len()),
        "checked": current.map(|it| it.source.checked.to_string()),
        "confidence": current.map(|it| it.source.confidence.word()),
        "doubts": current.map_or(0, |it| it.doubts.len()),
    })
}

fn scope(scope: &Scope) -> Vec<&str> {
    match scope {
        Scope::All => vec!["*"],
        Scope::Only(categories) => categories.iter().map(CategoryId::as_str).collect(),
    }
}
