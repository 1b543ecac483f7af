//! Questions and flows in JSON: the body of `/v1/ask`, a line of a batch.

use std::sync::OnceLock;

use neglist::canon::{answer_json, flow_from_json, flow_json, question_from_json, question_json};
use neglist::evaluate::{Index, answer};

use super::{QUESTIONS, file, is_said, state};

pub fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match flow_from_json(text) {
        Err(mistake) => is_said(&mistake.message),
        Ok(flow) => {
            let again = flow_from_json(&flow_json(&flow).to_string()).unwrap();
            assert_eq!(again, flow);
        }
    }
    let question = match question_from_json(text) {
        Err(mistake) => return is_said(&mistake.message),
        Ok(question) => question,
    };
    let again = question_from_json(&question_json(&question).to_string()).unwrap();
    assert_eq!(again, question);
    let mistakes = state().mistakes(&question);
    mistakes.iter().for_each(|it| is_said(&it.message));
    if mistakes.is_empty() {
        static INDEX: OnceLock<Index> = OnceLock::new();
        let index = INDEX.get_or_init(|| Index::new(state().clone()));
        let by_index = answer_json(&index.answer(&question), &state().head);
        let by_reference = answer_json(&answer(state(), &question), &state().head);
        assert_eq!(by_index.to_string(), by_reference.to_string());
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<_> = QUESTIONS.iter().map(|it| it.as_bytes().to_vec()).collect();
    for name in ["tests/compat/v1/questions.ndjson", "tests/cli/flows.ndjson", "tests/cli/questions.ndjson"] {
        let lines = file(name);
        seeds.extend(lines.split(|it| *it == b'\n').filter(|it| !it.is_empty()).map(<[u8]>::to_vec));
    }
    for edge in [
        r#"{"from":"CN","items":[{"category":"personal","subjects":9007199254740992}],"at":"9999-12-31"}"#,
        r#"{"from":"CN","items":[{"category":"personal","subjects":18446744073709551616}],"at":"-009999-01-01"}"#,
        r#"{"from":"CN","items":[{"category":"personal","subjects":1e308}],"at":"2024-02-30","facts":{"a":-9223372036854775808}}"#,
        r#"{"id":"\u202e\u0000","from":"C\u200bN","items":[{"category":"persona\u0142"}],"at":"2024-06-01"}"#,
        r#"{"facts":{"a":[[[[[[[[[[]]]]]]]]]]}}"#,
    ] {
        seeds.push(edge.as_bytes().to_vec());
    }
    seeds
}
