//! The files that people write.

use serde_json::{Map, Value as Json, json};

use crate::export::schemas::part::{
    both, count, date, destinations, dotted, effect, flag, list, list_id, map, name, note_kind, object, one_of, place,
    set, some, text, version, words,
};
use crate::model::{Confidence, Objective, Outcome, PlaceKind, Role, Status};

/// Returns the schema of a revision of a list.
pub(super) fn revision() -> Json {
    let said = ["title", "authority", "catalog", "status", "scope"];
    let keys = identity().into_iter().chain(reach()).chain(dates()).chain(content());
    let mut schema = object(keys);
    // What a base says need not be said again.
    extend(&mut schema, json!({"anyOf": [{"required": ["base"]}, {"required": said}]}));
    schema
}

/// Returns the schema of a release of the categories.
pub(super) fn categories() -> Json {
    let category = object([
        ("id", dotted()),
        ("name", both()),
        ("broader?", set(&dotted())),
        ("dpv?", list(&text())),
        ("note?", text()),
    ]);
    let since = ("release?", version());
    release([
        ("category", list(&category)),
        ("moved?", list(&object([("from", dotted()), ("to", dotted()), since.clone()]))),
        ("merged?", list(&object([("from", set(&dotted())), ("to", dotted()), since.clone()]))),
        ("split?", list(&object([("from", dotted()), ("to", set(&dotted())), since.clone()]))),
        ("removed?", list(&object([("id", dotted()), ("why", both()), since]))),
    ])
}

/// Returns the schema of a release of the facts.
pub(super) fn facts() -> Json {
    let fact = |kind: Json, role: Json, values: Option<Json>| {
        let keys = [("id", dotted()), ("kind", kind), ("role", role), ("name", both())];
        object(keys.into_iter().chain(values.map(|it| ("values", it))))
    };
    let role = words(&Role::ALL, Role::word);
    let circumstance = json!({"const": Role::Circumstance.word()});
    let fact = one_of([
        fact(json!({"const": "flag"}), role, None),
        fact(json!({"const": "count"}), circumstance.clone(), None),
        fact(json!({"const": "choice"}), circumstance, Some(set(&name()))),
    ]);
    let window = object([("id", name()), ("name", both()), ("includes?", set(&name()))]);
    release([("window", list(&window)), ("fact", list(&fact))])
}

/// Returns the schema of a release of the places.
pub(super) fn jurisdictions() -> Json {
    let membership = object([("place", place()), ("from", date()), ("until?", date())]);
    let place = object([
        ("code", place()),
        ("kind", words(&PlaceKind::ALL, PlaceKind::word)),
        ("parent?", place()),
        ("name", both()),
        ("members?", list(&membership)),
    ]);
    release([("place", list(&place))])
}

fn release<const N: usize>(parts: [(&'static str, Json); N]) -> Json {
    object([("version", version()), ("published", date())].into_iter().chain(parts))
}

fn identity() -> [(&'static str, Json); 8] {
    [
        ("list", list_id()),
        ("version", version()),
        ("base?", version()),
        ("follows?", version()),
        ("title?", both()),
        ("authority?", text()),
        ("catalog?", text()),
        ("status?", words(&Status::ALL, Status::word)),
    ]
}

fn reach() -> [(&'static str, Json); 6] {
    let all = json!({"type": "array", "items": {"const": "*"}, "minItems": 1, "maxItems": 1});
    [
        ("scope?", one_of([all, set(&dotted())])),
        ("border?", place()),
        ("within?", flag()),
        ("displaces?", set(&list_id())),
        ("applies-when?", when()),
        ("applies-to?", destinations()),
    ]
}

fn dates() -> [(&'static str, Json); 6] {
    [
        ("published", date()),
        ("effective?", date()),
        ("expires?", date()),
        ("repeals?", flag()),
        ("withdraws?", set(&version())),
        ("retroactive?", both()),
    ]
}

fn content() -> [(&'static str, Json); 10] {
    let source = object([
        ("title", text()),
        ("citation", text()),
        ("url", text()),
        ("checked", date()),
        ("confidence", words(&Confidence::ALL, Confidence::word)),
    ]);
    [
        ("summary", both()),
        ("source", source),
        ("groups?", map(&name(), &set(&place()))),
        ("combine?", list(&object([("id", name()), ("joins?", set(&dotted()))]))),
        ("doubts?", list(&both())),
        ("notes?", notes()),
        ("remove?", set(&name())),
        ("entry?", list(&entry())),
        ("expect?", list(&expectation())),
        ("explained?", map(&name(), &text())),
    ]
}

fn entry() -> Json {
    let mut schema = object([
        ("id", name()),
        ("category", set(&dotted())),
        ("except?", set(&dotted())),
        ("to?", destinations()),
        ("when?", when()),
        ("effect", effect()),
        ("requires?", list(&alternative())),
        ("exemptions?", set(&dotted())),
        ("duties?", set(&dotted())),
        ("objective", words(&Objective::ALL, Objective::word)),
        ("cite", text()),
        ("note", both()),
        ("combine?", name()),
        ("notes?", notes()),
    ]);
    let conditional = json!({"properties": {"effect": {"const": "conditional"}}});
    let ways = json!({"properties": {"requires": {"minItems": 1}}, "required": ["requires"]});
    let none = json!({"properties": {"requires": {"maxItems": 0}}});
    extend(&mut schema, json!({"if": conditional, "then": ways, "else": none}));
    schema
}

fn notes() -> Json {
    list(&object([("kind", note_kind()), ("en", text()), ("zh", text())]))
}

/// A mechanism, mechanisms that are needed together, or those on a condition.
fn alternative() -> Json {
    let together = some(&dotted());
    one_of([dotted(), together.clone(), object([("all", together), ("when?", when())])])
}

/// Conditions, one for each fact.
fn when() -> Json {
    let counted = |key: &str| {
        let mut schema = object([("at-least?", count()), ("below?", count()), ("window?", name())]);
        extend(&mut schema, json!({"required": [key]}));
        schema
    };
    let except = object([("except", set(&name()))]);
    let condition = one_of([flag(), name(), set(&name()), except, counted("at-least"), counted("below")]);
    map(&dotted(), &condition)
}

/// A golden question in a draft.
fn expectation() -> Json {
    let value = one_of([flag(), count(), name()]);
    object([
        ("from", place()),
        ("to?", place()),
        ("category", dotted()),
        ("subjects?", count()),
        ("at", date()),
        ("facts?", map(&dotted(), &value)),
        ("ordinary?", flag()),
        ("outcome", words(&Outcome::ALL, Outcome::word)),
    ])
}

fn extend(schema: &mut Json, more: Json) {
    if let (Some(schema), Json::Object(more)) = (schema.as_object_mut(), more) {
        let more: Map<String, Json> = more;
        schema.extend(more);
    }
}
