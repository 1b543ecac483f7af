//! What an answer says, in words: the same on the command line and on pages.

use std::collections::BTreeSet;

use crate::document::phrase::{self, Ways, grouped, implies, joined, strictest};
use crate::model::{
    Answer, Applies, Case, CaseValue, Consulted, Dependence, Effect, Language, Match, Outcome, Status, Text,
    UnknownReason, Validity,
};

/// Returns what an outcome means, as sentences. Of one that is not decided they
/// say how mild it may be.
pub(crate) fn meaning(answer: &Answer<'_>, language: Language) -> String {
    let meaning = match (answer.outcome, answer.unknown_reason) {
        (Outcome::Permitted, _) => language.say("It may leave.", "可以出境。"),
        (Outcome::Conditional, _) => {
            language.say("It may leave with a mechanism that is not in place yet.", "须先落实下列机制之一，方可出境。")
        }
        (Outcome::Prohibited, _) => language.say("It may not leave.", "不得出境。"),
        (Outcome::Unknown, Some(UnknownReason::NoList)) => language.say(
            "The registry cannot say: no list was in force there on that day. This is not a yes.",
            "无法判定：当日该地无生效清单。这并不表示可以出境。",
        ),
        (Outcome::Unknown, Some(UnknownReason::OutsideScope)) => language.say(
            "The registry cannot say: no list in force there speaks for this category. This is not a yes.",
            "无法判定：当地生效清单均未涵盖该类别。这并不表示可以出境。",
        ),
        (Outcome::Unknown, Some(UnknownReason::Undetermined) | None) => language.say(
            "The registry cannot say: a list governs this, and its terms are not known here. This is not a yes.",
            "无法判定：该数据受清单管辖，但登记处未掌握其具体条件。这并不表示可以出境。",
        ),
    };
    if answer.is_decided() {
        return meaning.to_owned();
    }
    let floor = phrase::outcome(answer.floor, language);
    match language {
        Language::En => {
            format!("{meaning} That is the strictest that is possible: it may be as mild as {floor}, see below.")
        }
        Language::Zh => format!("{meaning}此为可能的最严结论；视下列未陈述事实，最宽可为“{floor}”。"),
    }
}

/// Something that is needed: one of some ways.
pub(crate) struct Need {
    pub(crate) ways: Ways,
    /// Whether it is needed for certain, or may be.
    pub(crate) is_certain: bool,
}

impl Need {
    /// Returns how it is headed.
    pub(crate) fn label(&self, language: Language) -> &'static str {
        match (self.is_certain, self.ways.len() == 1) {
            (true, true) => language.say("Needs", "须具备"),
            (true, false) => language.say("Needs one of", "须具备其一"),
            (false, _) => language.say("And maybe", "或另须具备"),
        }
    }
}

/// Returns what would make it lawful: first what is needed for certain, then
/// what may be.
pub(crate) fn needs(answer: &Answer<'_>) -> Vec<Need> {
    let gates: Vec<_> = answer.matches.iter().filter(|it| is_unsatisfied(it)).collect();
    let ways = |it: &&Match<'_>| it.requires.iter().map(|it| it.all.clone()).collect::<Vec<_>>();
    let (certain, possible): (Vec<_>, Vec<_>) = gates.into_iter().partition(|it| it.applies == Applies::Yes);
    let certain = strictest(certain.iter().map(ways).collect());
    let possible =
        strictest(possible.iter().map(ways).filter(|it| !certain.iter().any(|other| implies(other, it))).collect());
    let of = |is_certain| move |ways| Need { ways, is_certain };
    certain.into_iter().map(of(true)).chain(possible.into_iter().map(of(false))).collect()
}

fn is_unsatisfied(found: &Match<'_>) -> bool {
    !found.requires.is_empty() && found.satisfied != Applies::Yes
}

/// Returns the entries that apply or may apply, each once, those that decide
/// first.
pub(crate) fn reasons<'m, 'a>(answer: &'m Answer<'a>) -> Vec<&'m Match<'a>> {
    let mut matches: Vec<_> = answer.matches.iter().collect();
    matches.sort_by_key(|it| std::cmp::Reverse(weight(it)));
    // Of several items one may meet the same entry as another.
    let mut told = BTreeSet::new();
    matches.retain(|it| told.insert((&it.revision.list, &it.entry.id, it.applies == Applies::Yes)));
    matches
}

/// What may decide stands before what only informs, and what applies for
/// certain before what may apply.
fn weight(found: &Match<'_>) -> (u8, bool) {
    let severity = match found.entry.effect {
        Effect::Notice => 0,
        Effect::Conditional(_) => 1,
        Effect::Undetermined => 2,
        Effect::Prohibited => 3,
    };
    (severity, found.applies == Applies::Yes)
}

/// Returns what is added to an entry that only may apply.
pub(crate) fn doubt(found: &Match<'_>, language: Language) -> &'static str {
    match found.applies {
        Applies::Yes | Applies::No => "",
        Applies::Maybe(_) => language.say(" (may apply)", "（可能适用）"),
    }
}

/// Returns the lists whose silence permits, where it is that.
pub(crate) fn silent<'m, 'a>(answer: &'m Answer<'a>) -> &'m [Consulted<'a>] {
    let is_silence = answer.matches.is_empty() && answer.outcome == Outcome::Permitted;
    if is_silence { &answer.consulted } else { &[] }
}

/// Returns what is known to be missing beside the lists that were consulted,
/// where no note of the answer says it already.
pub(crate) fn missing<'a>(answer: &Answer<'a>) -> Vec<&'a Text> {
    let said = |text: &Text| answer.notes.iter().any(|it| it.text == *text);
    let gaps = answer.consulted.iter().flat_map(|it| it.issued.revision.gaps());
    gaps.filter(|it| !said(it)).collect()
}

/// Returns why a list that matches nothing lets data leave.
pub(crate) fn silence(consulted: &Consulted<'_>, language: Language) -> &'static str {
    if consulted.stays_inside {
        language.say("the data stays inside its border", "数据未离开其边界")
    } else {
        language.say("no entry restricts it", "无条目限制")
    }
}

/// The cases of a dependence that come to the same.
pub(crate) struct Alike<'d> {
    pub(crate) outcome: Outcome,
    pub(crate) floor: Outcome,
    /// What is needed then, where nothing else tells the cases apart.
    pub(crate) needs: String,
    pub(crate) cases: Vec<&'d Case>,
}

/// Returns the cases of a dependence by what they come to.
pub(crate) fn alike(dependence: &Dependence, language: Language) -> Vec<Alike<'_>> {
    let outcomes: BTreeSet<_> = dependence.cases.iter().map(|it| (it.outcome, it.floor)).collect();
    let mut results: Vec<Alike<'_>> = Vec::new();
    for case in &dependence.cases {
        // Where the outcome is the same in all cases, the requirements tell
        // them apart.
        let needs = if outcomes.len() == 1 { case_needs(case, language) } else { String::new() };
        let same = |it: &&mut Alike<'_>| (it.outcome, it.floor, &it.needs) == (case.outcome, case.floor, &needs);
        match results.iter_mut().find(same) {
            Some(alike) => alike.cases.push(case),
            None => results.push(Alike { outcome: case.outcome, floor: case.floor, needs, cases: vec![case] }),
        }
    }
    results
}

impl Alike<'_> {
    /// Returns what the cases come to.
    pub(crate) fn result(&self, language: Language) -> String {
        let word = phrase::outcome(self.outcome, language);
        let open = if self.outcome == self.floor {
            String::new()
        } else {
            format!(" ({} {})", language.say("or as mild as", "最宽为"), phrase::outcome(self.floor, language))
        };
        format!("{word}{open}{}", self.needs)
    }
}

fn case_needs(case: &Case, language: Language) -> String {
    let ways = case.requires.iter().map(|it| it.iter().cloned().collect()).collect();
    let any = |ways: Ways| ways.iter().map(joined).collect::<Vec<_>>().join(language.say(" or ", " 或 "));
    let all: Vec<_> = strictest(ways).into_iter().map(any).collect();
    if all.is_empty() {
        return String::new();
    }
    format!("{} {}", language.say(", needs", "，须具备"), all.join(language.say("; and ", "；且 ")))
}

/// Returns what would be stated in a case.
pub(crate) fn case(value: &CaseValue, language: Language) -> String {
    match value {
        CaseValue::Flag(true) => language.say("yes", "是").to_owned(),
        CaseValue::Flag(false) => language.say("no", "否").to_owned(),
        CaseValue::Choice(choice) => choice.to_string(),
        CaseValue::Count(at_least, None) => {
            format!("{} {}", grouped(at_least.number()), language.say("or more", "以上（含）"))
        }
        CaseValue::Count(at_least, Some(below)) => {
            format!("{} – {}", grouped(at_least.number()), grouped(below.number() - 1))
        }
        CaseValue::To(place) => place.to_string(),
        CaseValue::Elsewhere => language.say("elsewhere", "其他目的地").to_owned(),
    }
}

/// Returns for how long an answer holds.
pub(crate) fn validity(valid: &Validity, language: Language) -> String {
    let end = || phrase::end(valid.ends_with.as_ref(), language);
    match (valid.from, valid.until, language) {
        (None, None, Language::En) => "on every day, as published so far".to_owned(),
        (None, None, Language::Zh) => "就迄今公布的内容，任何日期均如此".to_owned(),
        (Some(from), None, Language::En) => format!("from {from}; nothing published so far ends it"),
        (Some(from), None, Language::Zh) => format!("自{from}起；迄今公布的内容均未使其终止"),
        (None, Some(until), Language::En) => format!("until {until}, when {}", end()),
        (None, Some(until), Language::Zh) => format!("至{until}前；届时{}", end()),
        (Some(from), Some(until), Language::En) => format!("from {from} until {until}, when {}", end()),
        (Some(from), Some(until), Language::Zh) => format!("自{from}起至{until}前；届时{}", end()),
    }
}

/// Returns a list that was consulted, with how far it can be trusted.
pub(crate) fn consulted(consulted: &Consulted<'_>, language: Language) -> String {
    let revision = &consulted.issued.revision;
    let status = match (revision.status, language) {
        (Status::Transcribed, Language::En) => "transcribed",
        (Status::Transcribed, Language::Zh) => "转录",
        (Status::Official, Language::En) => "official",
        (Status::Official, Language::Zh) => "官方",
    };
    let (list, version, confidence) = (&revision.list, &revision.version, revision.source.confidence.word());
    match language {
        Language::En => format!("{list} {version}, {status}, confidence {confidence}"),
        Language::Zh => format!("{list} {version}，{status}，可信度{confidence}"),
    }
}
