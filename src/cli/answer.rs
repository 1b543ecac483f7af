//! An answer for people.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::cli::Screen;
use crate::cli::failure::Failure;
use crate::cli::layout::{Layout, grouped, style};
use crate::cli::phrase::{self, Ways, implies, joined, strictest};
use crate::model::{
    Answer, Applies, Case, CaseValue, Dependence, FactId, Language, Match, Open, Outcome, Question, State, Status,
    UnknownReason,
};

/// Writes an answer: the outcome first, then what would make it lawful, why,
/// what it hangs on, and for how long it holds.
pub(super) fn write(answer: &Answer<'_>, state: &State, screen: &mut Screen<'_>) -> Result<(), Failure> {
    write_parts(answer, true, state, screen)
}

/// Writes an answer without how long it holds, which a receipt does not prove.
pub(super) fn write_proven(answer: &Answer<'_>, state: &State, screen: &mut Screen<'_>) -> Result<(), Failure> {
    write_parts(answer, false, state, screen)
}

fn write_parts(answer: &Answer<'_>, has_validity: bool, state: &State, screen: &mut Screen<'_>) -> Result<(), Failure> {
    let mut writer =
        Writer { layout: Layout::new(screen.surroundings.width, screen.language), state, language: screen.language };
    writer.headline(answer);
    writer.requirements(answer);
    writer.reasons(answer);
    writer.dependences(answer);
    writer.facts_of(answer);
    if has_validity {
        writer.validity(answer);
    }
    writer.sources(answer);
    screen.out.write_all(writer.layout.into_text().as_bytes())?;
    Ok(())
}

struct Writer<'a> {
    layout: Layout,
    state: &'a State,
    language: Language,
}

impl Writer<'_> {
    fn say<'t>(&self, en: &'t str, zh: &'t str) -> &'t str {
        self.language.say(en, zh)
    }

    fn headline(&mut self, answer: &Answer<'_>) {
        let style = style(answer.outcome);
        let word = phrase::outcome(answer.outcome, self.language);
        let word = word.to_uppercase();
        let question = self.question(&answer.question);
        self.layout.line(&format!("{style}{word}{style:#}  {question}"));
        self.layout.line("");
        let meaning = match (answer.outcome, answer.unknown_reason) {
            (Outcome::Permitted, _) => self.say("It may leave.", "可以出境。"),
            (Outcome::Conditional, _) => {
                self.say("It may leave with a mechanism that is not in place yet.", "须先落实下列机制之一，方可出境。")
            }
            (Outcome::Prohibited, _) => self.say("It may not leave.", "不得出境。"),
            (Outcome::Unknown, Some(UnknownReason::NoList)) => self.say(
                "The registry cannot say: no list was in force there on that day. This is not a yes.",
                "无法判定：当日该地无生效清单。这并不表示可以出境。",
            ),
            (Outcome::Unknown, Some(UnknownReason::OutsideScope)) => self.say(
                "The registry cannot say: no list in force there speaks for this category. This is not a yes.",
                "无法判定：当地生效清单均未涵盖该类别。这并不表示可以出境。",
            ),
            (Outcome::Unknown, Some(UnknownReason::Undetermined) | None) => self.say(
                "The registry cannot say: a list governs this, and its terms are not known here. This is not a yes.",
                "无法判定：该数据受清单管辖，但登记处未掌握其具体条件。这并不表示可以出境。",
            ),
        };
        let meaning = meaning.to_owned();
        if answer.is_decided() {
            self.layout.labelled(self.say("Outcome", "结论"), &meaning);
        } else {
            let floor = phrase::outcome(answer.floor, self.language);
            let open = match self.language {
                Language::En => format!(
                    "{meaning} That is the strictest that is possible: it may be as mild as {floor}, see below."
                ),
                Language::Zh => format!("{meaning}此为可能的最严结论；视下列未陈述事实，最宽可为“{floor}”。"),
            };
            self.layout.labelled(self.say("Outcome", "结论"), &open);
        }
    }

    fn question(&self, question: &Question) -> String {
        let way = phrase::way(&question.items, &question.from, question.to.as_ref(), self.language);
        let mut text = format!("{way}  {}", question.at);
        if let Some(known_on) = question.known_on {
            let known = self.say("as known on", "按当时已公布：");
            let _ = write!(text, " ({known} {known_on})");
        }
        text
    }

    /// Names what would make it lawful: first what is needed for certain, then
    /// what may be.
    fn requirements(&mut self, answer: &Answer<'_>) {
        let gates: Vec<_> = answer.matches.iter().filter(|it| is_unsatisfied(it)).collect();
        let ways = |it: &&Match<'_>| it.requires.iter().map(|it| it.all.clone()).collect::<Vec<_>>();
        let (certain, possible): (Vec<_>, Vec<_>) = gates.into_iter().partition(|it| it.applies == Applies::Yes);
        let certain = strictest(certain.iter().map(ways).collect());
        let possible =
            strictest(possible.iter().map(ways).filter(|it| !certain.iter().any(|other| implies(other, it))).collect());
        for (any, is_certain) in certain.iter().map(|it| (it, true)).chain(possible.iter().map(|it| (it, false))) {
            let label = match (is_certain, any.len() == 1) {
                (true, true) => self.say("Needs", "须具备"),
                (true, false) => self.say("Needs one of", "须具备其一"),
                (false, _) => self.say("And maybe", "或另须具备"),
            };
            let mut label = label.to_owned();
            for way in any {
                self.layout.labelled(&label, &self.names(way));
                label.clear();
            }
        }
        if !answer.relied_on.is_empty() {
            self.layout.labelled(self.say("Relies on", "所依机制"), &self.names(&answer.relied_on));
        }
    }

    fn reasons(&mut self, answer: &Answer<'_>) {
        let mut label = self.say("Because", "依据").to_owned();
        // What decides comes first.
        let mut matches: Vec<_> = answer.matches.iter().collect();
        matches.sort_by_key(|it| std::cmp::Reverse(weight(it)));
        // Of several items one may meet the same entry as another.
        let mut told = BTreeSet::new();
        for found in matches {
            if !told.insert((&found.revision.list, &found.entry.id, found.applies == Applies::Yes)) {
                continue;
            }
            let maybe = match found.applies {
                Applies::Yes | Applies::No => "",
                Applies::Maybe(_) => self.say(" (may apply)", "（可能适用）"),
            };
            let (cite, list, version, entry) =
                (&found.entry.cite, &found.revision.list, &found.revision.version, &found.entry.id);
            self.layout.labelled(&label, &format!("{cite}: {list} {version}, {entry}{maybe}"));
            self.layout.below(found.entry.note.in_language(self.language));
            label.clear();
        }
        if answer.matches.is_empty() && answer.outcome == Outcome::Permitted {
            for consulted in &answer.consulted {
                let (list, version) = (&consulted.issued.revision.list, &consulted.issued.revision.version);
                let reason = if consulted.stays_inside {
                    self.say("the data stays inside its border", "数据未离开其边界")
                } else {
                    self.say("no entry restricts it", "无条目限制")
                };
                self.layout.labelled(&label, &format!("{list} {version}: {reason}"));
                label.clear();
            }
        }
    }

    fn dependences(&mut self, answer: &Answer<'_>) {
        let mut label = self.say("Depends on", "取决于").to_owned();
        for dependence in &answer.depends_on {
            let on = match &dependence.on {
                Open::Fact(fact) => self.name(fact),
                Open::Category(category) => {
                    let includes = self.say("whether the data includes", "数据是否包含");
                    format!("{includes} {category}")
                }
                Open::Destination => self.say("where it goes", "目的地").to_owned(),
            };
            self.layout.labelled(&label, &on);
            for line in self.cases(dependence) {
                self.layout.below(&line);
            }
            label.clear();
        }
    }

    /// One line for each outcome, with the values that lead to it.
    fn cases(&self, dependence: &Dependence) -> Vec<String> {
        let mut results: Vec<(CaseResult, Vec<&Case>)> = Vec::new();
        let outcomes: BTreeSet<_> = dependence.cases.iter().map(|it| (it.outcome, it.floor)).collect();
        for case in &dependence.cases {
            // Where the outcome is the same in all cases, the requirements
            // tell them apart.
            let needs = if outcomes.len() == 1 { self.needs(case) } else { String::new() };
            let result = (case.outcome, case.floor, needs);
            match results.iter_mut().find(|(it, _)| *it == result) {
                Some((_, cases)) => cases.push(case),
                None => results.push((result, vec![case])),
            }
        }
        // The longest is what remains when the others were named.
        let longest = results.iter().map(|(_, cases)| cases.len()).max().unwrap_or(0);
        let lines = results.iter().map(|((outcome, floor, needs), cases)| {
            let is_rest = 8 < cases.len() && cases.len() == longest && 1 < results.len();
            let values: Vec<_> = cases.iter().map(|it| self.case(&it.value)).collect();
            let values = if is_rest { self.say("any other", "其他").to_owned() } else { values.join(", ") };
            let word = phrase::outcome(*outcome, self.language);
            let open = if outcome == floor {
                String::new()
            } else {
                format!(" ({} {})", self.say("or as mild as", "最宽为"), phrase::outcome(*floor, self.language))
            };
            format!("{values}: {word}{open}{needs}")
        });
        lines.collect()
    }

    fn needs(&self, case: &Case) -> String {
        let ways = case.requires.iter().map(|it| it.iter().cloned().collect()).collect();
        let any = |ways: Ways| ways.iter().map(joined).collect::<Vec<_>>().join(self.say(" or ", " 或 "));
        let all: Vec<_> = strictest(ways).into_iter().map(any).collect();
        if all.is_empty() {
            return String::new();
        }
        format!("{} {}", self.say(", needs", "，须具备"), all.join(self.say("; and ", "；且 ")))
    }

    fn case(&self, value: &CaseValue) -> String {
        match value {
            CaseValue::Flag(true) => self.say("yes", "是").to_owned(),
            CaseValue::Flag(false) => self.say("no", "否").to_owned(),
            CaseValue::Choice(choice) => choice.to_string(),
            CaseValue::Count(at_least, None) => {
                format!("{} {}", grouped(at_least.number()), self.say("or more", "以上（含）"))
            }
            CaseValue::Count(at_least, Some(below)) => {
                format!("{} – {}", grouped(at_least.number()), grouped(below.number() - 1))
            }
            CaseValue::To(place) => place.to_string(),
            CaseValue::Elsewhere => self.say("elsewhere", "其他目的地").to_owned(),
        }
    }

    fn facts_of(&mut self, answer: &Answer<'_>) {
        let names = |facts: &BTreeSet<FactId>| facts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        if !answer.exemptions.is_empty() {
            self.layout.labelled(self.say("Exempt if", "可豁免情形"), &names(&answer.exemptions));
        }
        if !answer.duties.is_empty() {
            self.layout.labelled(self.say("Still to do", "仍须履行"), &names(&answer.duties));
        }
        for note in &answer.notes {
            let text = format!("{}: {}", note.kind.word(), note.text.in_language(self.language));
            self.layout.labelled(self.say("Note", "提示"), &text);
        }
    }

    fn validity(&mut self, answer: &Answer<'_>) {
        let valid = &answer.valid;
        let end = || phrase::end(valid.ends_with.as_ref(), self.language);
        let text = match (valid.from, valid.until, self.language) {
            (None, None, Language::En) => "on every day, as published so far".to_owned(),
            (None, None, Language::Zh) => "就迄今公布的内容，任何日期均如此".to_owned(),
            (Some(from), None, Language::En) => format!("from {from}; nothing published so far ends it"),
            (Some(from), None, Language::Zh) => format!("自{from}起；迄今公布的内容均未使其终止"),
            (None, Some(until), Language::En) => format!("until {until}, when {}", end()),
            (None, Some(until), Language::Zh) => format!("至{until}前；届时{}", end()),
            (Some(from), Some(until), Language::En) => format!("from {from} until {until}, when {}", end()),
            (Some(from), Some(until), Language::Zh) => format!("自{from}起至{until}前；届时{}", end()),
        };
        self.layout.labelled(self.say("Holds", "有效期间"), &text);
    }

    fn sources(&mut self, answer: &Answer<'_>) {
        let head = &self.state.head;
        let mut label = self.say("Consulted", "所查清单").to_owned();
        for consulted in &answer.consulted {
            let revision = &consulted.issued.revision;
            let status = match (revision.status, self.language) {
                (Status::Transcribed, Language::En) => "transcribed",
                (Status::Transcribed, Language::Zh) => "转录",
                (Status::Official, Language::En) => "official",
                (Status::Official, Language::Zh) => "官方",
            };
            let (list, version, confidence) = (&revision.list, &revision.version, revision.source.confidence.word());
            let text = match self.language {
                Language::En => format!("{list} {version}, {status}, confidence {confidence}"),
                Language::Zh => format!("{list} {version}，{status}，可信度{confidence}"),
            };
            self.layout.labelled(&label, &text);
            label.clear();
        }
        let short: String = head.hash.to_string().chars().take(16).collect();
        let text = match self.language {
            Language::En => format!("{}, {} records, head {short}", head.origin, head.size),
            Language::Zh => format!("{}，{}条记录，链头{short}", head.origin, head.size),
        };
        self.layout.labelled(self.say("Registry", "登记处"), &text);
    }

    /// Returns the ids of facts with their names.
    fn names(&self, facts: &BTreeSet<FactId>) -> String {
        let names: Vec<_> = facts.iter().map(|it| self.name(it)).collect();
        names.join(self.say(" and ", " 并 "))
    }

    fn name(&self, id: &FactId) -> String {
        match self.state.vocabulary.find(id) {
            Some(fact) => format!("{id} ({})", fact.name.in_language(self.language)),
            None => id.to_string(),
        }
    }
}

/// Outcome, floor and requirements of a case, as they are shown.
type CaseResult = (Outcome, Outcome, String);

fn is_unsatisfied(found: &Match<'_>) -> bool {
    !found.requires.is_empty() && found.satisfied != Applies::Yes
}

/// What may decide stands before what only informs, and what applies for
/// certain before what may apply.
fn weight(found: &Match<'_>) -> (u8, bool) {
    use crate::model::Effect;
    let severity = match found.entry.effect {
        Effect::Notice => 0,
        Effect::Conditional(_) => 1,
        Effect::Undetermined => 2,
        Effect::Prohibited => 3,
    };
    (severity, found.applies == Applies::Yes)
}
