//! A journey by way of other places, as a document.

use serde_json::{Map, Value as Json, json};

use crate::canon::{answer_json, head_json, question_json};
use crate::model::{Question, State, Value};
use crate::registry::{Journey, Stop};

/// Returns what each leg of a journey gets, and all of them together.
pub(crate) fn journey_json(question: &Question, stops: &[Stop], journey: &Journey<'_>, state: &State) -> Json {
    let legs = journey.legs.iter().map(|it| {
        json!({
            "kind": it.kind.word(),
            "question": question_json(&it.answer.question),
            "answer": answer_json(&it.answer, &state.head),
        })
    });
    let barred = journey.barred().into_iter().map(|(leg, bars)| {
        let question = &leg.answer.question;
        let to = question.to.as_ref().map(ToString::to_string);
        json!({"from": question.from.as_str(), "to": to, "by": bars.iter().map(|it| it.as_str()).collect::<Vec<_>>()})
    });
    json!({
        "question": question_json(question),
        "stops": stops.iter().map(stop_json).collect::<Vec<_>>(),
        "outcome": journey.outcome().word(),
        "floor": journey.floor().word(),
        "decided": journey.is_decided(),
        "legs": legs.collect::<Vec<_>>(),
        "barred": barred.collect::<Vec<_>>(),
        "registry": head_json(&state.head),
    })
}

fn stop_json(stop: &Stop) -> Json {
    let facts: Map<_, _> = stop.facts.iter().map(|(fact, value)| (fact.to_string(), value_json(value))).collect();
    json!({"place": stop.place.as_str(), "at": stop.at.to_string(), "facts": facts})
}

fn value_json(value: &Value) -> Json {
    match value {
        Value::Flag(stated) => json!(stated),
        Value::Choice(choice) => json!(choice.as_str()),
        Value::Count(count) => json!(count.number()),
    }
}
