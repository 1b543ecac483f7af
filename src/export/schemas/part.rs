//! What schemas are made of.

use serde_json::{Map, Value as Json, json};

use crate::model::{Count, EntryNoteKind};

/// An object with these keys and no others. What is not required has its key
/// marked with a question mark.
pub(super) fn object<'k>(keys: impl IntoIterator<Item = (&'k str, Json)>) -> Json {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for (key, schema) in keys {
        let name = key.trim_end_matches('?');
        if name == key {
            required.push(json!(name));
        }
        properties.insert(name.to_owned(), schema);
    }
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

/// An object from names to values of one kind.
pub(super) fn map(names: &Json, values: &Json) -> Json {
    json!({"type": "object", "propertyNames": names, "additionalProperties": values})
}

pub(super) fn list(items: &Json) -> Json {
    json!({"type": "array", "items": items})
}

/// Items, none of which stands there twice.
pub(super) fn set(items: &Json) -> Json {
    json!({"type": "array", "items": items, "uniqueItems": true})
}

/// Items of which there is at least one.
pub(super) fn some(items: &Json) -> Json {
    json!({"type": "array", "items": items, "minItems": 1})
}

pub(super) fn nullable(schema: &Json) -> Json {
    one_of([schema.clone(), json!({"type": "null"})])
}

pub(super) fn one_of<const N: usize>(schemas: [Json; N]) -> Json {
    json!({"anyOf": Json::Array(schemas.into())})
}

/// One of a few words.
pub(super) fn words<T: Copy>(all: &[T], word: impl Fn(T) -> &'static str) -> Json {
    json!({"enum": all.iter().map(|it| word(*it)).collect::<Vec<_>>()})
}

pub(super) fn text() -> Json {
    json!({"type": "string"})
}

pub(super) fn flag() -> Json {
    json!({"type": "boolean"})
}

pub(super) fn number() -> Json {
    json!({"type": "integer", "minimum": 0})
}

/// Not more than a reader who keeps numbers as floating point keeps apart.
pub(super) fn count() -> Json {
    json!({"type": "integer", "minimum": 0, "maximum": Count::MAX.number()})
}

fn pattern(pattern: &str) -> Json {
    json!({"type": "string", "pattern": pattern, "maxLength": 120})
}

/// Names joined by hyphens: values, windows, entries, groups.
pub(super) fn name() -> Json {
    pattern("^[a-z0-9]+(-[a-z0-9]+)*$")
}

/// Names joined by dots: categories and facts.
pub(super) fn dotted() -> Json {
    pattern("^[a-z0-9]+([-.][a-z0-9]+)*$")
}

const PLACE: &str = "(org:)?([A-Z0-9]{2,}(-[A-Z0-9]+)*|[A-Z0-9](-[A-Z0-9]+)+)";

pub(super) fn place() -> Json {
    pattern(&format!("^{PLACE}$"))
}

/// A place, or a group of the list.
pub(super) fn member() -> Json {
    pattern(&format!("^({PLACE}|[a-z0-9]+(-[a-z0-9]+)*)$"))
}

pub(super) fn list_id() -> Json {
    pattern(&format!("^{PLACE}/[a-z0-9]+(-[a-z0-9]+)*$"))
}

pub(super) fn date() -> Json {
    json!({"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})
}

pub(super) fn moment() -> Json {
    json!({"type": "string", "format": "date-time"})
}

pub(super) fn version() -> Json {
    let number = "(0|[1-9][0-9]*)";
    json!({"type": "string", "pattern": format!("^{number}\\.{number}\\.{number}(-[0-9A-Za-z.-]+)?$")})
}

/// A hash as records and answers spell it.
pub(super) fn hash() -> Json {
    json!({"type": "string", "pattern": "^[0-9a-f]{64}$"})
}

/// A text in both languages.
pub(super) fn both() -> Json {
    object([("en", text()), ("zh", text())])
}

/// The kinds of notes that people write.
pub(super) fn note_kind() -> Json {
    words(&EntryNoteKind::ALL, EntryNoteKind::word)
}

/// What an entry does.
pub(super) fn effect() -> Json {
    json!({"enum": ["notice", "conditional", "undetermined", "prohibited"]})
}

/// `only` or `except`, and not both.
pub(super) fn destinations() -> Json {
    let members = set(&member());
    one_of([object([("only", members.clone())]), object([("except", members)])])
}
