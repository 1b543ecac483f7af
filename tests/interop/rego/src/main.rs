//! Asks a Rego engine that is not ours, Microsoft's regorus, the questions of
//! folders, each of which holds a bundle and `questions.ndjson`, and compares
//! with the answers that are expected.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

use regorus::{Engine, Value};
use serde_json::{Value as Json, json};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// What of an answer has to be the same as it stands.
const ALIKE: [&str; 6] = ["outcome", "floor", "decided", "unknown_reason", "exemptions", "duties"];

/// What of a match has.
const MATCHED: [&str; 5] = ["list", "version", "entry", "applies", "effect"];

fn main() -> ExitCode {
    match compare() {
        Ok((0, asked)) if asked != 0 => {
            println!("{asked} answers are the same");
            ExitCode::SUCCESS
        }
        Ok((different, asked)) => {
            println!("{different} of {asked} answers differ");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn compare() -> Outcome<(usize, usize)> {
    let (mut different, mut asked) = (0, 0);
    for folder in env::args().skip(1) {
        let folder = Path::new(&folder);
        let mut engine = Engine::new();
        engine.add_policy_from_file(folder.join("policy.rego"))?;
        engine.add_data(Value::from_json_file(folder.join("data.json"))?)?;
        for line in fs::read_to_string(folder.join("questions.ndjson"))?.lines() {
            let case: Json = serde_json::from_str(line)?;
            let (expected, found) = sides(&case, &answer(&mut engine, &case["question"])?);
            asked += 1;
            if expected != found {
                different += 1;
                if different <= 5 {
                    println!("{}\n  expected {expected}\n  found {found}", case["question"]);
                }
            }
        }
    }
    Ok((different, asked))
}

fn answer(engine: &mut Engine, question: &Json) -> Outcome<Json> {
    engine.set_input_json(&question.to_string())?;
    let value = engine.eval_rule("data.neglist.answer".to_owned())?;
    Ok(serde_json::from_str(&value.to_json_str()?)?)
}

/// Returns what has to be the same. A question with a slip has only to be
/// noticed.
fn sides(case: &Json, found: &Json) -> (Json, Json) {
    if case["is_mistaken"] == json!(true) {
        let is_noticed = found["mistakes"].as_array().is_some_and(|it| !it.is_empty());
        return (json!([true, "unknown"]), json!([is_noticed, found["outcome"]]));
    }
    if found["mistakes"] != json!([]) {
        return (comparable(&case["answer"]), found.clone());
    }
    (comparable(&case["answer"]), comparable(found))
}

fn comparable(answer: &Json) -> Json {
    let mut said: Vec<Json> = ALIKE.iter().map(|it| answer[*it].clone()).collect();
    // Sets, of sets, of sets.
    said.push(sorted(&answer["requires"], |ways| sorted(ways, |way| sorted(way, Json::clone))));
    said.push(sorted(&answer["matches"], |it| MATCHED.iter().map(|key| it[*key].clone()).collect()));
    said.into()
}

fn sorted(set: &Json, each: impl Fn(&Json) -> Json) -> Json {
    let mut all: Vec<Json> = set.as_array().into_iter().flatten().map(each).collect();
    all.sort_by_key(Json::to_string);
    all.into()
}
