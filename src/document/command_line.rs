//! A question as the command line that asks it.

use crate::model::{Item, Question, Subjects, Value};

/// Returns the command that asks a question.
pub(crate) fn command(question: &Question) -> String {
    let mut words = vec!["neglist ask --from".to_owned(), question.from.to_string()];
    words.extend(question.to.iter().map(|it| format!("--to {it}")));
    words.extend(question.items.iter().map(item));
    words.push(format!("--at {}", question.at));
    words.extend(question.known_on.iter().map(|it| format!("--known-on {it}")));
    words.extend(question.facts.iter().map(|(fact, value)| match value {
        Value::Flag(true) => format!("--fact {fact}=yes"),
        Value::Flag(false) => format!("--fact {fact}=no"),
        Value::Choice(choice) => format!("--fact {fact}={choice}"),
        Value::Count(count) => format!("--fact {fact}={count}"),
    }));
    words.extend(question.ordinary.then(|| "--ordinary".to_owned()));
    words.join(" ")
}

fn item(item: &Item) -> String {
    let category = &item.category;
    match &item.subjects {
        None => format!("--category {category}"),
        Some(Subjects::Each(count)) => format!("--item {category},subjects={count}"),
        Some(Subjects::In(counts)) => {
            let counts: Vec<_> = counts.iter().map(|(window, count)| format!("{window}={count}")).collect();
            format!("--item {category},subjects={}", counts.join(","))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Count;

    #[test]
    fn a_question_is_a_command_line() {
        let question = Question {
            id: None,
            from: "CN".parse().unwrap(),
            to: Some("US".parse().unwrap()),
            items: vec![
                Item { category: "personal.contact".parse().unwrap(), subjects: None },
                Item {
                    category: "personal.health".parse().unwrap(),
                    subjects: Some(Subjects::Each(Count::new(5).unwrap())),
                },
            ],
            at: "2026-01-01".parse().unwrap(),
            known_on: None,
            facts: [
                ("exporter.ciio".parse().unwrap(), Value::Flag(false)),
                ("sector".parse().unwrap(), Value::Choice("retail".parse().unwrap())),
            ]
            .into(),
            ordinary: true,
        };
        let expected = "neglist ask --from CN --to US --category personal.contact --item personal.health,subjects=5 \
                        --at 2026-01-01 --fact exporter.ciio=no --fact sector=retail --ordinary";
        assert_eq!(command(&question), expected);
    }
}
