//! JSON Schemas (2020-12) of what is read and written.
//!
//! They say what a file may look like, and no more: whether its words are in
//! the catalog only a registry knows. Words that are the same in every registry
//! are taken from the model. The files of the catalog are TOML, whose dates are
//! texts of JSON.

mod answer;
mod part;
mod question;
mod receipt;
mod record;
mod written;

use serde_json::{Value as Json, json};

pub(crate) use answer::answer;
pub(crate) use question::question;

/// A schema: what its file is called, what it is of, and how it is made.
type Named = (&'static str, &'static str, fn() -> Json);

const SCHEMAS: [Named; 11] = [
    ("answer", "An answer", answer::answer),
    ("batch-line", "A line that `batch` writes", answer::batch_line),
    ("categories", "A release of the category catalog, as TOML", written::categories),
    ("exam-line", "A line of an exam", question::exam_line),
    ("facts", "A release of the facts, as TOML", written::facts),
    ("flow", "A flow: a question without its days", question::flow),
    ("jurisdictions", "A release of the places, as TOML", written::jurisdictions),
    ("question", "A question, and a line that `batch` reads", question::question),
    ("receipt", "A receipt", receipt::receipt),
    ("record", "A record: a line of the journal", record::record),
    ("revision", "A revision of a list, as TOML", written::revision),
];

/// Returns every schema as a document, with what its file is called.
pub(crate) fn all() -> impl Iterator<Item = (&'static str, Json)> {
    SCHEMAS.into_iter().map(|(name, title, make)| {
        let mut document = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": format!("urn:x-neglist:schema:{name}"),
            "title": title,
        });
        if let (Some(document), Json::Object(schema)) = (document.as_object_mut(), make()) {
            document.extend(schema);
        }
        (name, document)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value as Json;

    use crate::canon::{exam_from_json, flow_from_json, question_from_json};
    use crate::catalog::{read_categories, read_places, read_revision, read_vocabulary};

    /// The keys that a reader names when it is given one that it does not know.
    fn keys_of(message: &str) -> BTreeSet<String> {
        let (_, expected) = message.split_once("expected one of ").expect(message);
        expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    }

    /// A key that is read has its place in the schema, and the other way round.
    #[test]
    fn schemas_have_the_keys_that_are_read() {
        let vocabulary = read_vocabulary(include_str!("../../../tests/common/small/facts/1.0.0.toml")).unwrap();
        let revision = |text: &str| read_revision(text, &vocabulary, |_| None).unwrap_err().remove(0).message;
        let categories = |text: &str| read_categories(text).unwrap_err().message;
        let facts = |text: &str| read_vocabulary(text).unwrap_err().message;
        let places = |text: &str| read_places(text).unwrap_err().message;
        for (name, path, message) in [
            ("revision", "", revision("no = 1")),
            ("revision", "/properties/entry/items", revision("[[entry]]\nno = 1")),
            ("revision", "/properties/source", revision("[source]\nno = 1")),
            ("revision", "/properties/expect/items", revision("[[expect]]\nno = 1")),
            ("revision", "/properties/notes/items", revision("notes = [{ no = 1 }]")),
            ("categories", "", categories("no = 1")),
            ("categories", "/properties/category/items", categories("[[category]]\nno = 1")),
            ("categories", "/properties/moved/items", categories("[[moved]]\nno = 1")),
            ("categories", "/properties/removed/items", categories("[[removed]]\nno = 1")),
            ("facts", "", facts("no = 1")),
            ("facts", "/properties/window/items", facts("[[window]]\nno = 1")),
            ("facts", "/properties/fact/items/anyOf/2", facts("[[fact]]\nno = 1")),
            ("jurisdictions", "", places("no = 1")),
            ("jurisdictions", "/properties/place/items", places("[[place]]\nno = 1")),
            ("question", "", question_from_json(r#"{"no":1}"#).unwrap_err().message),
            ("flow", "", flow_from_json(r#"{"no":1}"#).unwrap_err().message),
            ("exam-line", "", exam_from_json(r#"{"no":1}"#).unwrap_err()),
        ] {
            let (_, schema) = super::all().find(|(it, _)| *it == name).unwrap();
            let properties = schema.pointer(&format!("{path}/properties")).and_then(Json::as_object).expect(path);
            let described: BTreeSet<_> = properties.keys().cloned().collect();
            assert_eq!(described, keys_of(&message), "{name} {path}");
        }
    }
}
