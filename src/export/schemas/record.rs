//! Records: the lines of the journal. `docs/format.md` has them to the byte.

use serde_json::{Value as Json, json};

use crate::export::schemas::part::{
    both, count, date, dotted, effect, flag, hash, list, list_id, map, moment, name, note_kind, nullable, number,
    object, one_of, place, set, text, version, words,
};
use crate::model::{Confidence, Objective, PlaceKind, Role, Status};

/// Returns the schema of a record.
pub(super) fn record() -> Json {
    let body = one_of([
        object([("origin", object([("origin", text()), ("root_key", nullable(&hash()))]))]),
        object([("authority", authority())]),
        object([("categories", categories())]),
        object([("facts", facts())]),
        object([("jurisdictions", jurisdictions())]),
        object([("revision", revision())]),
    ]);
    object(head().into_iter().chain([("body", body), ("hash", hash())]))
}

/// Returns the keys of a record without what it publishes.
pub(super) fn head() -> [(&'static str, Json); 7] {
    let kinds = json!({"enum": ["origin", "authority", "categories", "facts", "jurisdictions", "revision"]});
    let signature = json!({"type": "string", "pattern": "^[0-9a-f]{128}$"});
    [
        ("digest", hash()),
        ("index", number()),
        ("kind", kinds),
        ("lists_root", hash()),
        ("previous", nullable(&hash())),
        ("recorded", moment()),
        ("signatures", list(&object([("key", hash()), ("signature", signature)]))),
    ]
}

fn authority() -> Json {
    object([
        ("id", name()),
        ("keys", set(&hash())),
        ("lists", set(&text())),
        ("name", both()),
        ("previous", nullable(&hash())),
        ("reason", text()),
        ("threshold", number()),
    ])
}

fn release<const N: usize>(parts: [(&'static str, Json); N]) -> Json {
    object([("published", date()), ("version", version())].into_iter().chain(parts))
}

fn categories() -> Json {
    let fate = one_of([
        object([("moved", dotted())]),
        object([("merged", dotted())]),
        object([("split", set(&dotted()))]),
        object([("removed", both())]),
    ]);
    let category = object([
        ("broader", set(&dotted())),
        ("dpv", list(&text())),
        ("id", dotted()),
        ("name", both()),
        ("narrower", set(&dotted())),
        ("note", nullable(&text())),
    ]);
    let former = object([("fate", fate), ("id", dotted()), ("release", version())]);
    release([("categories", list(&category)), ("former?", list(&former))])
}

fn facts() -> Json {
    let fact = object([
        ("id", dotted()),
        ("kind", json!({"enum": ["count", "flag", "choice"]})),
        ("name", both()),
        ("role", words(&Role::ALL, Role::word)),
        ("values", nullable(&set(&name()))),
    ]);
    let window = object([("id", name()), ("includes", set(&name())), ("name", both())]);
    release([("facts", list(&fact)), ("windows", list(&window))])
}

fn jurisdictions() -> Json {
    let membership = object([("from", date()), ("place", place()), ("until", nullable(&date()))]);
    let place = object([
        ("code", place()),
        ("kind", words(&PlaceKind::ALL, PlaceKind::word)),
        ("members", list(&membership)),
        ("name", both()),
        ("parent", nullable(&place())),
    ]);
    release([("places", list(&place))])
}

fn revision() -> Json {
    object([
        ("details", details()),
        ("header", header()),
        ("put", list(&entry())),
        ("removed", set(&name())),
        ("terms", terms()),
    ])
}

fn header() -> Json {
    object([
        ("applies_to", to()),
        ("applies_when", when()),
        ("border", nullable(&place())),
        ("catalog", text()),
        ("confidence", words(&Confidence::ALL, Confidence::word)),
        ("details", hash()),
        ("displaces", set(&list_id())),
        ("earlier", number()),
        ("earlier_root", hash()),
        ("effective", nullable(&date())),
        ("entries", number()),
        ("entries_root", hash()),
        ("expires", nullable(&date())),
        ("list", list_id()),
        ("previous", nullable(&hash())),
        ("published", date()),
        ("repeals", flag()),
        ("scope", one_of([json!({"const": ["*"]}), set(&dotted())])),
        ("sequence", number()),
        ("status", words(&Status::ALL, Status::word)),
        ("terms", hash()),
        ("version", version()),
        ("withdraws", set(&version())),
        ("within", flag()),
    ])
}

fn details() -> Json {
    let source = object([("checked", date()), ("citation", text()), ("title", text()), ("url", text())]);
    object([
        ("authority", text()),
        ("doubts", list(&both())),
        ("notes", notes()),
        ("retroactive", nullable(&both())),
        ("source", source),
        ("summary", both()),
        ("title", both()),
    ])
}

fn terms() -> Json {
    object([("combine", map(&name(), &set(&dotted()))), ("groups", map(&name(), &set(&place())))])
}

fn entry() -> Json {
    object([
        ("category", set(&dotted())),
        ("cite", text()),
        ("combine", nullable(&name())),
        ("duties", set(&dotted())),
        ("effect", effect()),
        ("except", set(&dotted())),
        ("exemptions", set(&dotted())),
        ("id", name()),
        ("note", both()),
        ("notes", notes()),
        ("objective", words(&Objective::ALL, Objective::word)),
        ("requires", list(&object([("all", set(&dotted())), ("when", when())]))),
        ("to", to()),
        ("when", when()),
    ])
}

fn notes() -> Json {
    list(&object([("kind", note_kind()), ("text", both())]))
}

/// Both keys are there, and at most one of them is not `null`.
fn to() -> Json {
    let member = set(&crate::export::schemas::part::member());
    let nothing = || json!({"type": "null"});
    one_of([
        object([("except", nothing()), ("only", nothing())]),
        object([("except", nothing()), ("only", member.clone())]),
        object([("except", member), ("only", nothing())]),
    ])
}

fn when() -> Json {
    let counted = object([("at_least", count()), ("below", nullable(&count())), ("window", nullable(&name()))]);
    map(
        &dotted(),
        &one_of([object([("flag", flag())]), object([("choice", set(&name()))]), object([("count", counted)])]),
    )
}
