//! The description of the interface, made of the table of routes: `OpenAPI`
//! 3.1.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value as Json, json};

use crate::export::schemas;
use crate::server::routes::ROUTES;

/// What can be done at an address.
pub(super) struct Operation {
    method: &'static str,
    id: &'static str,
    summary: &'static str,
    parameters: &'static [&'static [Parameter]],
    /// The media type of the body, and its schema.
    body: Option<(&'static str, &'static str)>,
    answers: Answers,
}

/// What comes back.
pub(super) enum Answers {
    /// JSON of a schema.
    Document(&'static str),
    /// Something else.
    Media(&'static str),
}

/// A parameter.
pub(super) struct Parameter {
    name: &'static str,
    place: &'static str,
    kind: &'static str,
    text: &'static str,
    is_required: bool,
    example: Option<&'static str>,
}

impl Parameter {
    pub(super) const fn query(name: &'static str, kind: &'static str, text: &'static str) -> Parameter {
        Parameter { name, place: "query", kind, text, is_required: false, example: None }
    }

    pub(super) const fn path(name: &'static str, text: &'static str) -> Parameter {
        Parameter { name, place: "path", kind: "string", text, is_required: true, example: None }
    }

    pub(super) const fn required(mut self) -> Parameter {
        self.is_required = true;
        self
    }

    pub(super) const fn such_as(mut self, example: &'static str) -> Parameter {
        self.example = Some(example);
        self
    }

    fn json(&self) -> Json {
        let schema = match self.kind {
            "integer" => json!({"type": "integer", "minimum": 0}),
            "date" => json!({"type": "string", "format": "date"}),
            "boolean" => json!({"type": "boolean"}),
            "strings" => json!({"type": "array", "items": {"type": "string", "minLength": 1}}),
            _ => json!({"type": "string", "minLength": 1}),
        };
        let mut parameter = json!({
            "name": self.name,
            "in": self.place,
            "required": self.is_required,
            "description": self.text,
            "schema": schema,
        });
        if let (Some(example), Some(parameter)) = (self.example, parameter.as_object_mut()) {
            let example = if self.kind == "strings" { json!([example]) } else { json!(example) };
            parameter.insert("example".to_owned(), example);
        }
        parameter
    }
}

impl Operation {
    pub(super) const fn get(id: &'static str, summary: &'static str) -> Operation {
        Operation { method: "get", id, summary, parameters: &[], body: None, answers: Answers::Document("Anything") }
    }

    pub(super) const fn post(id: &'static str, summary: &'static str) -> Operation {
        let operation = Operation::get(id, summary);
        Operation { method: "post", ..operation }
    }

    pub(super) const fn parameters(mut self, parameters: &'static [&'static [Parameter]]) -> Operation {
        self.parameters = parameters;
        self
    }

    pub(super) const fn takes(mut self, media: &'static str, schema: &'static str) -> Operation {
        self.body = Some((media, schema));
        self
    }

    pub(super) const fn answers(mut self, answers: Answers) -> Operation {
        self.answers = answers;
        self
    }

    fn json(&self) -> Json {
        let parameters: Vec<_> = self.parameters.iter().copied().flatten().map(Parameter::json).collect();
        let content = match self.answers {
            Answers::Document(schema) => json!({"application/json": {"schema": reference(schema)}}),
            Answers::Media(media) => json!({media: {"schema": {"type": "string"}}}),
        };
        let problem = json!({"application/problem+json": {"schema": reference("Problem")}});
        let mut operation = json!({
            "operationId": self.id,
            "summary": self.summary,
            "parameters": parameters,
            "responses": {
                "200": {"description": "Done", "content": content},
                "304": {"description": "Whoever asks has it"},
                "4XX": {"description": "What is wrong with the request", "content": problem},
                "5XX": {"description": "Why the registry cannot answer", "content": problem},
            },
        });
        if let (Some((media, schema)), Some(operation)) = (self.body, operation.as_object_mut()) {
            // Of lines there may be none.
            let body = json!({"required": schema != "Text", "content": {media: {"schema": reference(schema)}}});
            operation.insert("requestBody".to_owned(), body);
        }
        operation
    }
}

fn reference(schema: &str) -> Json {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}

/// The schemas of what is sent and answered, but for questions and answers,
/// which are exported too.
const SCHEMAS: &str = include_str!("schemas.json");

/// Returns the description.
pub(super) fn description() -> Json {
    let mut paths = Map::new();
    // Pages are for people, and describe themselves.
    for route in ROUTES.iter().filter(|it| !it.operations.is_empty()) {
        let operations: Map<_, _> = route.operations.iter().map(|it| (it.method.to_owned(), it.json())).collect();
        paths.insert(route.shown.to_owned(), Json::Object(operations));
    }
    let mut of_bodies: Map<String, Json> = serde_json::from_str(SCHEMAS).expect("because a test reads it");
    of_bodies.insert("Question".to_owned(), schemas::question());
    of_bodies.insert("Answer".to_owned(), schemas::answer());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "neglist",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "May this category of data leave this country on this date, and why?",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "paths": paths,
        "components": {"schemas": of_bodies},
    })
}

/// `GET /openapi.json`
pub(super) async fn get() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], format!("{:#}\n", description())).into_response()
}
