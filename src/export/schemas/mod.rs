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
