//! Receipts. They are sparse: what says nothing is left out.

use serde_json::{Value as Json, json};

use crate::export::schemas::answer::answer_on_its_day;
use crate::export::schemas::part::{date, list, list_id, map, name, number, object, one_of, text, version};
use crate::export::schemas::record::head;

/// Returns the schema of a receipt. The leaves of its trees are those of
/// `docs/receipt.md`, of which only the place is said here: a verifier reads
/// them strictly.
pub(super) fn receipt() -> Json {
    let release = object([
        ("items", number()),
        ("previous?", base64()),
        ("published", date()),
        ("tree?", tree()),
        ("version", version()),
    ]);
    let releases = object([("categories", release.clone()), ("facts", release.clone()), ("jurisdictions", release)]);
    let mut schema = object([
        ("answer", answer_on_its_day()),
        ("digest", base64()),
        ("format", json!({"const": "neglist receipt v2"})),
        ("lists?", map(&list_id(), &of_list())),
        ("proof", json!({"type": "string", "pattern": "^c2sp\\.org/tlog-proof@v1\n"})),
        ("record", object(head())),
        ("releases", releases),
        ("state?", tree()),
        ("unchanged?", object([("from?", date()), ("until?", date())])),
    ]);
    let node = json!({"type": "array", "items": tree(), "minItems": 2, "maxItems": 2});
    let tree = one_of([base64(), name(), json!({"type": "object"}), node]);
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("$defs".to_owned(), json!({"tree": tree}));
    }
    schema
}

/// A hidden part, two parts, or a leaf; an entry may be named by its id.
fn tree() -> Json {
    json!({"$ref": "#/$defs/tree"})
}

fn of_list() -> Json {
    let form = || json!({"type": "object"});
    object([
        ("details?", form()),
        ("earlier?", tree()),
        ("entries?", tree()),
        ("head", header()),
        ("in_force?", header()),
        ("notes?", map(&name(), &list(&form()))),
        ("shown?", list(&shown())),
        ("terms?", form()),
    ])
}

/// What stays of a header: the keys of `docs/format.md`.
fn header() -> Json {
    json!({
        "type": "object",
        "properties": {"list": list_id(), "version": version(), "published": date(), "effective": date(), "sequence": number()},
        "required": ["list", "version", "published", "sequence"],
    })
}

fn shown() -> Json {
    json!({
        "type": "object",
        "properties": {"id": name(), "effect": text(), "objective": text()},
        "required": ["id", "effect", "objective"],
    })
}

/// A hash as receipts spell it.
fn base64() -> Json {
    json!({"type": "string", "pattern": "^[A-Za-z0-9+/]{43}=$"})
}
