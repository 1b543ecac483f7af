//! Reading a question from a form: what is wrong is said beside its field, with
//! what is near.

use crate::model::near::near;
use crate::model::{At, CategoryId, Jurisdiction, KnownOn, Language, Question, State};
use crate::server::ask;
use crate::server::problem::Problem;
use crate::server::query::Query;

/// So many words that somebody may have meant are named.
const MOST: usize = 4;

/// Where something in a question stands on the page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Field {
    From,
    To,
    Category,
    Subjects,
    At,
    KnownOn,
    Facts,
}

/// Something in a form that is not understood.
#[derive(Debug)]
pub(super) struct Mistake {
    pub(super) field: Field,
    pub(super) message: String,
    /// What was written, where something else may have been meant.
    pub(super) written: String,
    /// What may have been meant, with its name.
    pub(super) near: Vec<(String, String)>,
}

/// Whether a form asks something.
#[derive(Debug)]
pub(super) enum Asked {
    /// It was not filled in.
    Nothing,
    /// Something of it is not understood.
    Mistakes(Vec<Mistake>),
    /// It is a question.
    Question(Box<Question>),
}

/// Reads a form.
pub(super) fn read(query: &Query, state: &State, language: Language) -> Asked {
    let is_empty = |name: &&str| query.all(name).next().is_none();
    if ["from", "to", "category", "item"].iter().all(is_empty) {
        return Asked::Nothing;
    }
    let mut reader = Reader { query, state, language, mistakes: Vec::new() };
    reader.places();
    reader.categories();
    reader.rest();
    if !reader.mistakes.is_empty() {
        return Asked::Mistakes(reader.mistakes);
    }
    match ask::question_of(query, state) {
        Ok(question) => Asked::Question(Box::new(question)),
        Err(problem) => {
            reader.problem(Field::Category, &problem);
            Asked::Mistakes(reader.mistakes)
        }
    }
}

struct Reader<'r> {
    query: &'r Query,
    state: &'r State,
    language: Language,
    mistakes: Vec<Mistake>,
}

impl Reader<'_> {
    fn mistake(&mut self, field: Field, message: String) {
        self.mistakes.push(Mistake { field, message, written: String::new(), near: Vec::new() });
    }

    fn problem(&mut self, field: Field, problem: &Problem) {
        self.mistake(field, problem.detail().to_owned());
    }

    /// Puts a mistake beside a field where reading it went wrong.
    fn take<T>(&mut self, field: Field, read: Result<T, Problem>) -> Option<T> {
        read.inspect_err(|problem| self.problem(field, problem)).ok()
    }

    fn places(&mut self) {
        for (field, name) in [(Field::From, "from"), (Field::To, "to")] {
            match self.take(field, self.query.one(name)) {
                Some(Some(written)) => self.place(field, written),
                Some(None) if field == Field::From => {
                    let message = self.language.say("Say where the data is", "请填写数据所在地");
                    self.mistake(field, message.to_owned());
                }
                Some(None) | None => {}
            }
        }
    }

    fn place(&mut self, field: Field, written: &str) {
        let is_known = written.parse::<Jurisdiction>().is_ok_and(|it| self.state.places.find(&it).is_some());
        if is_known {
            return;
        }
        let message = match self.language {
            Language::En => format!("There is no place with the code “{written}”"),
            Language::Zh => format!("没有代码为“{written}”的地点"),
        };
        let places = self.state.places.iter();
        let known: Vec<_> = places.map(|it| (it.code.as_str(), [it.name.en.as_str(), it.name.zh.as_str()])).collect();
        let meant = self.state.usual_code(written).into_iter().chain(meant(written, &known));
        let named = |code: &str| {
            let place = code.parse::<Jurisdiction>().ok().and_then(|it| self.state.places.find(&it));
            (code.to_owned(), place.map_or_else(String::new, |it| it.name.in_language(self.language).to_owned()))
        };
        let near = meant.take(MOST).map(named).collect();
        self.mistakes.push(Mistake { field, message, written: written.to_owned(), near });
    }

    fn categories(&mut self) {
        let query = self.query;
        if query.all("category").chain(query.all("item")).next().is_none() {
            let message = self.language.say("Say what data it is", "请填写数据类别");
            self.mistake(Field::Category, message.to_owned());
        }
        for written in query.all("category") {
            self.category(written);
        }
        if query.all("item").next().is_some() {
            self.take(Field::Category, ask::items(&query.without("subjects").without("category")));
        }
    }

    fn category(&mut self, written: &str) {
        let id = written.parse::<CategoryId>();
        if id.as_ref().is_ok_and(|it| self.state.categories.is_askable(it)) {
            return;
        }
        let message = match self.language {
            Language::En => format!("There is no category “{written}”"),
            Language::Zh => format!("没有类别“{written}”"),
        };
        let categories = self.state.categories.iter();
        let known: Vec<_> = categories.map(|it| (it.id.as_str(), [it.name.en.as_str(), it.name.zh.as_str()])).collect();
        let named = |id: &str| {
            let category = id.parse().ok().and_then(|it| self.state.categories.find(&it));
            (id.to_owned(), category.map_or_else(String::new, |it| it.name.in_language(self.language).to_owned()))
        };
        let near = meant(written, &known).take(MOST).map(named).collect();
        self.mistakes.push(Mistake { field: Field::Category, message, written: written.to_owned(), near });
    }

    /// Looks at a field in which a day or a number stands.
    fn written(&mut self, field: Field, name: &str, is_good: impl Fn(&str) -> bool) {
        let Some(Some(written)) = self.take(field, self.query.one(name)) else { return };
        if is_good(written) {
            return;
        }
        let message = match (field, self.language) {
            (Field::Subjects, Language::En) => format!("“{written}” is no number of people, such as 50000"),
            (Field::Subjects, Language::Zh) => format!("“{written}”不是人数，应如 50000"),
            (_, Language::En) => format!("“{written}” is no day, such as 2025-04-08"),
            (_, Language::Zh) => format!("“{written}”不是日期，应如 2025-04-08"),
        };
        self.mistake(field, message);
    }

    fn rest(&mut self) {
        let query = self.query;
        self.written(Field::Subjects, "subjects", |it| ask::subjects(it).is_ok());
        self.written(Field::At, "at", |it| it.parse::<At>().is_ok());
        self.written(Field::KnownOn, "known_on", |it| it.parse::<KnownOn>().is_ok());
        self.take(Field::Facts, query.flag("ordinary"));
        let Some(facts) = self.take(Field::Facts, ask::facts(query, self.state)) else { return };
        for (id, value) in &facts {
            if let Some(mistake) = self.state.fact_mistake(id, value) {
                let hint = mistake.hint.map(|it| format!(": {it}")).unwrap_or_default();
                self.mistake(Field::Facts, format!("{}{hint}", mistake.message));
            }
        }
    }
}

/// Returns the ids that somebody may have meant: those with that name first,
/// then those with a name that has it in it, then those that are spelled like
/// it. Each once.
fn meant<'k>(written: &str, known: &[(&'k str, [&'k str; 2])]) -> impl Iterator<Item = &'k str> {
    let written = written.trim().to_lowercase();
    let named = |is_meant: &dyn Fn(&str) -> bool| {
        let found = known.iter().filter(|(_, names)| names.iter().any(|it| is_meant(&it.to_lowercase())));
        found.map(|(id, _)| *id).collect::<Vec<_>>()
    };
    let exactly = named(&|name| name == written);
    // One letter is in most names.
    let within = if 1 < written.chars().count() { named(&|name| name.contains(&written)) } else { Vec::new() };
    let spelled = near(&written, known.iter().map(|(id, _)| *id));
    let names = near(&written, known.iter().flat_map(|(_, names)| *names));
    let by_name = known.iter().filter(|(_, all)| all.iter().any(|it| names.contains(it))).map(|(id, _)| *id);
    let mut told = Vec::new();
    for id in exactly.into_iter().chain(spelled).chain(within).chain(by_name) {
        if !told.contains(&id) {
            told.push(id);
        }
    }
    told.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_spellings_lead_to_ids() {
        let known = [("CN", ["China", "中国"]), ("CL", ["Chile", "智利"]), ("HK", ["Hong Kong, China", "中国香港"])];
        let meant = |written| meant(written, &known).collect::<Vec<_>>();
        assert_eq!(meant("China"), ["CN", "HK"]);
        assert_eq!(meant("中国"), ["CN", "HK"]);
        assert_eq!(meant("cn"), ["CN"]);
        assert_eq!(meant("Chille"), ["CL"]);
        assert_eq!(meant("x"), [""; 0]);
    }
}
