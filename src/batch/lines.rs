//! A question in JSON a line, and an answer a line.

use serde_json::json;

use crate::batch::answering::Answering;
use crate::batch::pipeline::{Answered, Piece, Work};
use crate::batch::records::Kind;
use crate::batch::{Detail, MOST_BYTES};
use crate::canon::{question_from_json, write_answer, write_brief};

/// Answers lines.
#[derive(Debug)]
pub(crate) struct Lines<'r> {
    answering: Answering<'r>,
    detail: Detail,
}

/// Why a line gets no answer, with the question's own id where that could be
/// read.
type Refused = (Option<String>, String);

impl<'r> Lines<'r> {
    /// Answers lines in so much detail.
    pub(crate) fn new(answering: Answering<'r>, detail: Detail) -> Lines<'r> {
        Lines { answering, detail }
    }

    fn answer_line(&self, line: &[u8], out: &mut Vec<u8>) -> Result<(), Refused> {
        let text = std::str::from_utf8(line).map_err(|_| (None, "the line is not UTF-8".to_owned()))?;
        let question = question_from_json(text).map_err(|it| (it.id, it.message))?;
        match self.detail {
            Detail::Brief => match self.answering.brief(&question) {
                Ok(brief) => write_brief(out, question.id.as_deref(), brief),
                Err(message) => return Err((question.id, message)),
            },
            Detail::Full => match self.answering.answer(&question) {
                Ok(answer) => write_answer(out, &answer, self.answering.head()),
                Err(message) => return Err((question.id, message)),
            },
        }
        Ok(())
    }
}

impl Work for Lines<'_> {
    fn answer(&self, piece: Piece<'_>, answered: &mut Answered) {
        let mut rest = piece.bytes;
        let mut number = piece.line;
        while let Some(line) = Kind::Line.take(&mut rest) {
            if MOST_BYTES <= line.content.len() {
                let message =
                    format!("line {number} is longer than {MOST_BYTES} bytes, and nothing behind it was read");
                answered.refused = Some(message);
                return;
            }
            if !line.content.trim_ascii().is_empty() {
                if let Err((id, message)) = self.answer_line(line.whole, &mut answered.bytes) {
                    answered.errors += 1;
                    let error = json!({"id": id, "error": {"line": number, "message": message}});
                    answered.bytes.extend_from_slice(error.to_string().as_bytes());
                }
                answered.bytes.push(b'\n');
            }
            number += 1;
        }
    }
}
