//! Lists, their histories, and their revisions.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::canon::{EntryForm, IssuedForm, head_json};
use crate::model::{At, InForce, Issued, List, State};

/// Returns lists as they stand on a day.
pub(crate) fn lists_json<'l>(lists: impl IntoIterator<Item = &'l Arc<List>>, at: At, state: &State) -> Json {
    let lists: Vec<_> = lists.into_iter().map(|it| list_json(it, at)).collect();
    json!({"at": at.to_string(), "lists": lists, "registry": head_json(&state.head)})
}

fn list_json(list: &List, at: At) -> Json {
    let in_force = match list.in_force(at, None) {
        InForce::Yes(issued) => json!({
            "version": issued.revision.version.to_string(),
            "revision": issued.hash.to_string(),
            "effective": issued.revision.effective.map(|it| it.to_string()),
            "entries": issued.revision.entries.len(),
            "status": issued.revision.status.word(),
        }),
        InForce::NotYet | InForce::Lapsed(_) => Json::Null,
    };
    let title = list.head().map(|it| &it.revision.title);
    json!({
        "list": list.id.as_str(),
        "title": {"en": title.map(|it| &it.en), "zh": title.map(|it| &it.zh)},
        "in_force": in_force,
        "revisions": list.revisions.len(),
        "head": list.head().map(|it| it.hash.to_string()),
    })
}

/// Returns all revisions of a list, as they stand on a day.
pub(crate) fn history_json(list: &List, at: At, state: &State) -> Json {
    let revisions: Vec<_> = list.revisions.iter().map(|it| issued_json(list, it, at)).collect();
    let list = list.id.as_str();
    json!({"list": list, "at": at.to_string(), "revisions": revisions, "registry": head_json(&state.head)})
}

fn issued_json(list: &List, issued: &Issued, at: At) -> Json {
    let revision = &issued.revision;
    json!({
        "version": revision.version.to_string(),
        "sequence": issued.sequence,
        "revision": issued.hash.to_string(),
        "previous": issued.previous.map(|it| it.to_string()),
        "published": revision.published.to_string(),
        "effective": revision.effective.map(|it| it.to_string()),
        "expires": revision.expires.map(|it| it.to_string()),
        "standing": list.standing(issued, at).word(),
        "entries": revision.entries.len(),
        "status": revision.status.word(),
        "confidence": revision.source.confidence.word(),
        "summary": {"en": revision.summary.en, "zh": revision.summary.zh},
    })
}

/// Returns a revision with its entries.
pub(crate) fn revision_json(list: &List, issued: &Issued, state: &State) -> Json {
    let form = IssuedForm::of(list, issued);
    let entries: Vec<_> = issued.revision.entries.values().map(|it| EntryForm::from(it.as_ref())).collect();
    json!({
        "revision": issued.hash.to_string(),
        "header": form.header,
        "terms": form.terms,
        "details": form.details,
        "entries": entries,
        "registry": head_json(&state.head),
    })
}
