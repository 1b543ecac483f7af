//! An answer for people.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::cli::Screen;
use crate::cli::failure::Failure;
use crate::cli::layout::{Layout, style};
use crate::document::{growth, phrase, wording};
use crate::model::{Answer, Dependence, FactId, Jurisdiction, Language, Match, Open, Outcome, Question, State};
use crate::registry::Headroom;

/// Writes an answer: the outcome first, then what would make it lawful, why,
/// what it hangs on, and for how long it holds.
pub(super) fn write(
    answer: &Answer<'_>,
    headroom: &[Headroom<'_>],
    state: &State,
    screen: &mut Screen<'_>,
) -> Result<(), Failure> {
    let mut writer = Writer::new(state, screen);
    writer.substance(answer);
    writer.headroom(answer, headroom);
    writer.layout.labelled(writer.say("Holds", "有效期间"), &wording::validity(&answer.valid, writer.language));
    writer.sources(answer);
    writer.finish(screen)
}

/// Writes an answer without how long it holds and what another number would
/// change, which a receipt does not prove.
pub(super) fn write_proven(answer: &Answer<'_>, state: &State, screen: &mut Screen<'_>) -> Result<(), Failure> {
    let mut writer = Writer::new(state, screen);
    writer.substance(answer);
    writer.sources(answer);
    writer.finish(screen)
}

/// Writes what is answered, part by part.
pub(super) struct Writer<'a> {
    pub(super) layout: Layout,
    state: &'a State,
    pub(super) language: Language,
}

impl<'a> Writer<'a> {
    pub(super) fn new(state: &'a State, screen: &Screen<'_>) -> Writer<'a> {
        let layout = Layout::new(screen.surroundings.width, screen.language);
        Writer { layout, state, language: screen.language }
    }

    pub(super) fn finish(self, screen: &mut Screen<'_>) -> Result<(), Failure> {
        screen.out.write_all(self.layout.into_text().as_bytes())?;
        Ok(())
    }

    pub(super) fn say<'t>(&self, en: &'t str, zh: &'t str) -> &'t str {
        self.language.say(en, zh)
    }

    /// Writes what a question gets and why.
    fn substance(&mut self, answer: &Answer<'_>) {
        self.headline(answer);
        self.requirements(answer);
        self.reasons(answer);
        self.dependences(&answer.depends_on);
        self.facts_of(answer);
    }

    pub(super) fn headline(&mut self, answer: &Answer<'_>) {
        let question = self.question(&answer.question);
        self.head(answer.outcome, &question);
        self.layout.labelled(self.say("Outcome", "结论"), &wording::meaning(answer, self.language));
    }

    /// Writes an outcome, and what it is the outcome of.
    pub(super) fn head(&mut self, outcome: Outcome, question: &str) {
        let style = style(outcome);
        let word = phrase::outcome(outcome, self.language).to_uppercase();
        self.layout.line(&format!("{style}{word}{style:#}  {question}"));
        self.layout.line("");
    }

    fn question(&self, question: &Question) -> String {
        let items: Vec<_> = question.items.iter().map(|it| phrase::item(it, self.language)).collect();
        self.way(&items, question)
    }

    /// Returns what goes from where to where, and when, with the items as they
    /// are called.
    pub(super) fn way(&self, items: &[String], question: &Question) -> String {
        let to = question.to.as_ref().map_or(self.say("anywhere", "任何目的地"), Jurisdiction::as_str);
        let mut text = format!("{}  {} → {to}  {}", items.join(" + "), question.from, question.at);
        if let Some(known_on) = question.known_on {
            let known = self.say("as known on", "按当时已公布：");
            let _ = write!(text, " ({known} {known_on})");
        }
        text
    }

    /// Names what would make it lawful: first what is needed for certain, then
    /// what may be.
    fn requirements(&mut self, answer: &Answer<'_>) {
        for need in wording::needs(answer) {
            let mut label = need.label(self.language);
            for way in &need.ways {
                self.layout.labelled(label, &self.names(way));
                label = "";
            }
        }
        if !answer.relied_on.is_empty() {
            self.layout.labelled(self.say("Relies on", "所依机制"), &self.names(&answer.relied_on));
        }
    }

    fn reasons(&mut self, answer: &Answer<'_>) {
        let mut label = self.say("Because", "依据").to_owned();
        for found in wording::reasons(answer) {
            self.reason(&label, found);
            label.clear();
        }
        for consulted in wording::silent(answer) {
            let (list, version) = (&consulted.issued.revision.list, &consulted.issued.revision.version);
            let reason = wording::silence(consulted, self.language);
            self.layout.labelled(&label, &format!("{list} {version}: {reason}"));
            label.clear();
        }
    }

    /// Writes an entry with its article.
    pub(super) fn reason(&mut self, label: &str, found: &Match<'_>) {
        let maybe = wording::doubt(found, self.language);
        let (cite, list, version, entry) =
            (&found.entry.cite, &found.revision.list, &found.revision.version, &found.entry.id);
        self.layout.labelled(label, &format!("{cite}: {list} {version}, {entry}{maybe}"));
        self.layout.below(found.entry.note.in_language(self.language));
    }

    pub(super) fn dependences(&mut self, depends_on: &[Dependence]) {
        let mut label = self.say("Depends on", "取决于").to_owned();
        for dependence in depends_on {
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
        let results = wording::alike(dependence, self.language);
        // The longest is what remains when the others were named.
        let longest = results.iter().map(|it| it.cases.len()).max().unwrap_or(0);
        let lines = results.iter().map(|alike| {
            let is_rest = 8 < alike.cases.len() && alike.cases.len() == longest && 1 < results.len();
            let values: Vec<_> = alike.cases.iter().map(|it| wording::case(&it.value, self.language)).collect();
            let values = if is_rest { self.say("any other", "其他").to_owned() } else { values.join(", ") };
            format!("{values}: {}", alike.result(self.language))
        });
        lines.collect()
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
        for gap in wording::missing(answer) {
            self.layout.labelled(self.say("Not held", "未收录"), gap.in_language(self.language));
        }
    }

    /// Says how many more people there is room for.
    fn headroom(&mut self, answer: &Answer<'_>, headroom: &[Headroom<'_>]) {
        let mut label = self.say("Headroom", "余量");
        for it in headroom {
            self.layout.labelled(label, &growth(answer, it, self.language));
            label = "";
        }
    }

    fn sources(&mut self, answer: &Answer<'_>) {
        let mut label = self.say("Consulted", "所查清单").to_owned();
        for consulted in &answer.consulted {
            self.layout.labelled(&label, &wording::consulted(consulted, self.language));
            label.clear();
        }
        self.registry();
    }

    /// Writes from which registry it is said.
    pub(super) fn registry(&mut self) {
        let head = &self.state.head;
        let short: String = head.hash.to_string().chars().take(16).collect();
        let text = match self.language {
            Language::En => format!("{}, {} records, head {short}", head.origin, head.size),
            Language::Zh => format!("{}，{}条记录，链头{short}", head.origin, head.size),
        };
        self.layout.labelled(self.say("Registry", "登记处"), &text);
    }

    /// Returns the ids of facts with their names.
    pub(super) fn names(&self, facts: &BTreeSet<FactId>) -> String {
        let names: Vec<_> = facts.iter().map(|it| self.name(it)).collect();
        names.join(self.say(" and ", " 并 "))
    }

    pub(super) fn name(&self, id: &FactId) -> String {
        match self.state.vocabulary.find(id) {
            Some(fact) => format!("{id} ({})", fact.name.in_language(self.language)),
            None => id.to_string(),
        }
    }
}
