//! Every address that the server answers to, once: the router and the
//! description of the interface are both made of this table.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{MethodRouter, get, post};

use crate::server::openapi::{Answers, Operation, Parameter};
use crate::server::{Service, ask, batch, changes, feed, files, openapi, page, publish, reading, receipts, status};

pub(super) type Handler = fn() -> MethodRouter<Arc<Service>>;

/// An address.
pub(super) struct Route {
    pub(super) path: &'static str,
    /// How the description writes it, where the router has a rest of a path.
    pub(super) shown: &'static str,
    handler: Handler,
    pub(super) operations: &'static [Operation],
}

const AT: Parameter = Parameter::query("at", "date", "The day; today if left out");
const LIST: &[Parameter] = &[
    Parameter::path("jurisdiction", "The place that the list is of, such as CN").such_as("CN"),
    Parameter::path("name", "The name of the list there, such as cross-border-transfer")
        .such_as("cross-border-transfer"),
];

/// The parameters of a question.
const QUESTION: &[Parameter] = &[
    Parameter::query("from", "string", "Where the data is, such as CN, US-TX or CN-BJ-FTZ").required().such_as("CN"),
    Parameter::query("to", "string", "Where it would go; any destination if left out").such_as("US"),
    Parameter::query("category", "strings", "A category of data; may be given several times")
        .such_as("personal.contact"),
    Parameter::query("subjects", "string", "How many people each category is about: a number, or WINDOW=NUMBER,…"),
    Parameter::query("item", "strings", "A category with its own number: CATEGORY[,subjects=NUMBER]"),
    Parameter::query("at", "date", "The day on which it would go. There is no default")
        .required()
        .such_as("2024-04-01"),
    Parameter::query("known_on", "date", "Answer from what was published by this day"),
    Parameter::query("fact", "strings", "A fact, such as sector=retail or exporter.ciio=no"),
    Parameter::query("with", "strings", "A mechanism in place, or an exemption claimed"),
    Parameter::query("ordinary", "boolean", "Every flag that is not stated is not the case"),
];

/// The parameters of a question, where there may be none.
const OPEN_QUESTION: &[Parameter] = &[
    Parameter::query("from", "string", "A question: where the data is"),
    Parameter::query("to", "string", "Where it would go"),
    Parameter::query("category", "strings", "A category of data"),
    Parameter::query("subjects", "string", "How many people each category is about"),
    Parameter::query("item", "strings", "A category with its own number"),
    Parameter::query("at", "date", "The day on which it would go"),
    Parameter::query("known_on", "date", "Answer from what was published by this day"),
    Parameter::query("fact", "strings", "A fact"),
    Parameter::query("with", "strings", "A mechanism in place, or an exemption claimed"),
    Parameter::query("ordinary", "boolean", "Every flag that is not stated is not the case"),
];

/// The addresses.
pub(super) const ROUTES: &[Route] = &[
    Route::new("/v1/ask", || get(ask::get).post(ask::post), &[
        Operation::get("ask", "Answer one question").parameters(&[QUESTION]).answers(Answers::Document("Answer")),
        Operation::post("askInFull", "Answer one question, in full").takes("application/json", "Question").answers(Answers::Document("Answer")),
    ]),
    Route::new("/v1/batch", || post(batch::post).layer(DefaultBodyLimit::disable()), &[
        Operation::post("batch", "Answer questions, one JSON object a line, in order; a line that cannot be read becomes an error in its place")
            .takes("application/x-ndjson", "Text")
            .parameters(&[&[Parameter::query("verdict_only", "boolean", "The outcome alone")]])
            .answers(Answers::Media("application/x-ndjson")),
    ]),
    Route::new("/v1/receipt", || get(receipts::get).post(receipts::post), &[
        Operation::get("receipt", "Prove the answer to one question at the signed head").parameters(&[QUESTION]).answers(Answers::Document("Receipt")),
        Operation::post("receiptInFull", "Prove the answer to one question at the signed head").takes("application/json", "Question").answers(Answers::Document("Receipt")),
    ]),
    Route::new("/v1/lists", || get(reading::lists), &[
        Operation::get("lists", "The lists, as they stand on a day")
            .parameters(&[&[Parameter::query("place", "string", "Only the lists of this place, what it is part of, and its blocs"), AT]])
            .answers(Answers::Document("Lists")),
    ]),
    Route::new("/v1/coverage", || get(reading::coverage), &[
        Operation::get("coverage", "Of whose law there are lists, how well each is held, and what is known to be missing")
            .parameters(&[&[AT]])
            .answers(Answers::Document("Coverage")),
    ]),
    Route::new("/v1/lists/{jurisdiction}/{name}", || get(reading::list), &[
        Operation::get("list", "All revisions of a list").parameters(&[LIST, &[AT]]).answers(Answers::Document("List")),
    ]),
    Route::new(publish::PATH, || post(publish::post).layer(DefaultBodyLimit::max(publish::MOST_BYTES)), &[
        Operation::post("publish", "Publish a signed draft: the record as `neglist publish` prepares it for the head of this moment")
            .takes("application/json", "Draft")
            .parameters(&[LIST])
            .answers(Answers::Document("Published")),
    ]),
    Route::new("/v1/lists/{jurisdiction}/{name}/revisions/{version}", || get(reading::revision), &[
        Operation::get("revision", "A revision with its entries")
            .parameters(&[LIST, &[Parameter::path("version", "Its version, or @DATE for the one in force that day").such_as("5.0.0")]])
            .answers(Answers::Document("Revision")),
    ]),
    Route::new("/v1/diff/{jurisdiction}/{name}/{before}/{after}", || get(reading::diff), &[
        Operation::get("diff", "What changed between two revisions of a list")
            .parameters(&[LIST, &[
                Parameter::path("before", "The earlier version, or @DATE").such_as("4.0.2"),
                Parameter::path("after", "The later version, or @DATE").such_as("5.0.0"),
                Parameter::query("verdicts", "boolean", "Which questions get another answer, and the class by semantic versioning"),
            ]])
            .answers(Answers::Document("Comparison")),
    ]),
    Route::new("/v1/catalog", || get(reading::catalog), &[
        Operation::get("catalog", "The words of questions: categories, facts, places").answers(Answers::Document("Catalog")),
    ]),
    Route::new("/v1/changes", || get(changes::get), &[
        Operation::get("changes", "What was published since a position of the log; ask again from `next`")
            .parameters(&[&[Parameter::query("since", "integer", "How many records are known already; 0 for none").required().such_as("340")]])
            .answers(Answers::Document("Changes")),
    ]),
    Route::new("/events", || get(changes::listen), &[
        Operation::get("events", "Server-sent events: `head` at first and whenever something was published, its data a Registry")
            .answers(Answers::Media("text/event-stream")),
    ]),
    Route::new("/feed.atom", || get(feed::get), &[
        Operation::get("feed", "What is published as an Atom feed: all of it, of a list, of a place, or what changed the answer to a question, which is asked as `/v1/ask` is")
            .parameters(&[&[
                Parameter::query("list", "string", "Only this list, such as CN/cross-border-transfer"),
                Parameter::query("place", "string", "Only the lists that may bind this place"),
                Parameter::query("lang", "string", "`en` or `zh`"),
            ], OPEN_QUESTION])
            .answers(Answers::Media("application/atom+xml")),
    ]),
    Route::new("/log/head", || get(files::head), &[
        Operation::get("head", "How far the registry is, whether or not that is signed").answers(Answers::Document("Head")),
    ]),
    Route::new("/log/checkpoint", || get(files::checkpoint), &[
        Operation::get("checkpoint", "The signed head (C2SP tlog-checkpoint)").answers(Answers::Media("text/plain")),
    ]),
    Route::shown("/log/tile/{*path}", "/log/tile/{path}", || get(files::tile), &[
        Operation::get("tile", "A tile of the log (C2SP tlog-tiles)")
            .parameters(&[&[Parameter::path("path", "Its path, such as 0/000").such_as("0/000")]])
            .answers(Answers::Media("application/octet-stream")),
    ]),
    Route::shown("/log/records/{*path}", "/log/records/{path}", || get(files::records), &[
        Operation::get("records", "Records, 256 in a bundle, a line each")
            .parameters(&[&[Parameter::path("path", "The bundle, such as 000, or 001.p/85 for the first 85").such_as("000")]])
            .answers(Answers::Media("application/x-ndjson")),
    ]),
    Route::new("/healthz", || get(status::healthz), &[
        Operation::get("healthz", "Whether what is served is the journal's head").answers(Answers::Document("Health")),
    ]),
    Route::new("/metrics", || get(status::metrics), &[
        Operation::get("metrics", "Counters, as Prometheus reads them").answers(Answers::Media("text/plain")),
    ]),
    Route::new("/openapi.json", || get(openapi::get), &[
        Operation::get("openapi", "This description").answers(Answers::Document("Anything")),
    ]),
];

impl Route {
    pub(super) const fn new(path: &'static str, handler: Handler, operations: &'static [Operation]) -> Route {
        Route { path, shown: path, handler, operations }
    }

    const fn shown(
        path: &'static str,
        shown: &'static str,
        handler: Handler,
        operations: &'static [Operation],
    ) -> Route {
        Route { path, shown, handler, operations }
    }
}

/// Returns all addresses: those for programs, and those for people.
pub(super) fn every() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().chain(page::ROUTES)
}

/// Returns the router over all addresses.
pub(super) fn router() -> Router<Arc<Service>> {
    every().fold(Router::new(), |router, it| router.route(it.path, (it.handler)()))
}
