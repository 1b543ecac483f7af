//! What went wrong, as RFC 9457 has it.

use std::fmt::Display;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value as Json, json};

use crate::model::QuestionMistake;

/// A problem document.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    status: StatusCode,
    title: &'static str,
    detail: String,
    /// Each mistake with what would be right.
    mistakes: Vec<(String, Option<String>)>,
}

impl Problem {
    /// The request is not understood.
    pub(super) fn request(detail: impl Display) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, "the request is not understood", detail)
    }

    /// There is nothing of this name.
    pub(super) fn missing(detail: impl Display) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "there is nothing of this name", detail)
    }

    /// It does not fit what is there by now.
    pub(super) fn conflict(detail: impl Display) -> Problem {
        Problem::new(StatusCode::CONFLICT, "it does not fit what stands before it", detail)
    }

    /// It is understood, and refused.
    pub(super) fn refused(detail: impl Display) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "it is understood, and refused", detail)
    }

    /// The registry cannot answer now.
    pub(super) fn unavailable(detail: impl Display) -> Problem {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the registry cannot answer", detail)
    }

    /// The address has other methods.
    pub(super) fn method() -> Problem {
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, "the request was refused", "this address has other methods")
    }

    /// The body has more bytes than it may.
    pub(super) fn too_long(most: usize) -> Problem {
        let detail = format!("the body is too long: here it has at most {most} bytes");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "the request was refused", detail)
    }

    /// Too many are asking.
    pub(super) fn busy() -> Problem {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too many are asking", "try again in a moment")
    }

    /// It takes longer than it may.
    pub(super) fn late() -> Problem {
        Problem::new(
            StatusCode::GATEWAY_TIMEOUT,
            "it takes too long",
            "what was sent may still be done: look before you send it again",
        )
    }

    /// The program is at fault.
    pub(super) fn fault() -> Problem {
        let detail = "the program is at fault: please report it";
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "a fault of the program", detail)
    }

    /// A problem with a title of its own.
    pub(super) fn new(status: StatusCode, title: &'static str, detail: impl Display) -> Problem {
        Problem { status, title, detail: detail.to_string(), mistakes: Vec::new() }
    }

    /// Returns the status that it is answered with.
    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns each mistake, with what would be right.
    pub(super) fn mistakes(&self) -> &[(String, Option<String>)] {
        &self.mistakes
    }

    /// Adds a mistake and what would be right.
    #[must_use]
    pub(super) fn with(mut self, message: impl Display, hint: Option<String>) -> Problem {
        self.mistakes.push((message.to_string(), hint));
        self
    }

    /// Returns what is wrong.
    pub(super) fn detail(&self) -> &str {
        &self.detail
    }

    fn json(&self) -> Json {
        let mut document = json!({
            "type": "about:blank",
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if !self.mistakes.is_empty()
            && let Some(object) = document.as_object_mut()
        {
            let mistakes: Vec<_> =
                self.mistakes.iter().map(|(message, hint)| json!({"message": message, "hint": hint})).collect();
            object.insert("mistakes".to_owned(), json!(mistakes));
        }
        document
    }
}

impl From<Vec<QuestionMistake>> for Problem {
    fn from(mistakes: Vec<QuestionMistake>) -> Problem {
        let first = mistakes.first().map(|it| it.message.clone()).unwrap_or_default();
        mistakes.into_iter().fold(Problem::request(first), |problem, it| problem.with(it.message, it.hint))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.json().to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}
