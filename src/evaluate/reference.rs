//! The evaluator that reads like the law.

use std::collections::BTreeSet;

use crate::evaluate::applies::{Assumed, Inquiry, Reach, Reaching};
use crate::evaluate::dependence::depends_on;
use crate::evaluate::region::region;
use crate::evaluate::source::Source;
use crate::evaluate::validity::validity;
use crate::model::{
    Alternative, Answer, Applies, At, CategoryId, Consulted, Effect, Entry, EntryId, EntryNoteKind, FactId, Item,
    ListId, Match, Note, NoteKind, Open, Outcome, Question, Requirements, Revision, State, Text, UnknownReason,
    Validity,
};

/// Answers a question from a state.
///
/// The question must speak the state's words: see [`State::mistakes`]. A word
/// that it does not know meets no entry.
pub fn answer<'s>(state: &'s State, question: &Question) -> Answer<'s> {
    let findings = find(state, question, &Assumed::default());
    let depends_on = depends_on(state, question, &findings);
    let valid = validity(state, question, &findings);
    let verdict = findings.verdict();
    findings.into_answer(question.clone(), depends_on, valid, verdict)
}

/// Answers a question for its own day alone: `valid`, for which other days
/// would have to be asked, says nothing.
pub(crate) fn answer_on_its_day<'s>(state: &'s State, question: &Question) -> Answer<'s> {
    let findings = find(state, question, &Assumed::default());
    let depends_on = depends_on(state, question, &findings);
    let valid = Validity { from: None, until: None, ends_with: None };
    let verdict = findings.verdict();
    findings.into_answer(question.clone(), depends_on, valid, verdict)
}

/// What one asking finds.
#[derive(Debug, Default)]
pub(crate) struct Findings<'s> {
    pub(crate) matches: Vec<Match<'s>>,
    pub(super) consulted: Vec<Consulted<'s>>,
    /// The revisions whose conditions decide: those consulted, and those that
    /// would displace one.
    pub(crate) decisive: Vec<&'s Revision>,
    pub(super) silences: Vec<Silence>,
    pub(super) notes: BTreeSet<Note>,
    pub(super) relied_on: BTreeSet<FactId>,
}

/// That no list speaks for an item, or may speak for it.
#[derive(Debug)]
pub(super) struct Silence {
    pub(super) reason: UnknownReason,
    pub(super) holds: Applies,
}

/// What a question gets: what two days are compared by, and what the tests
/// call the same answer.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) outcome: Outcome,
    pub(crate) floor: Outcome,
    pub(crate) unknown_reason: Option<UnknownReason>,
    pub(crate) requires: Requirements,
    relied_on: BTreeSet<FactId>,
    pub(crate) exemptions: BTreeSet<FactId>,
    pub(crate) duties: BTreeSet<FactId>,
    pub(crate) open: BTreeSet<Open>,
}

/// Asks what a question comes to on its day, and no more.
pub(crate) fn findings<'s>(state: &'s State, question: &Question) -> Findings<'s> {
    find(state, question, &Assumed::default())
}

/// Asks once.
pub(crate) fn find<'s>(source: impl Source<'s>, question: &Question, assumed: &Assumed) -> Findings<'s> {
    let inquiry = Inquiry::new(source.state(), question, assumed);
    let reach = inquiry.reach(source.standing(&question.from, question.at, question.known_on));
    let mut findings = Findings::default();
    for item in &question.items {
        findings.ask_lists(source, &inquiry, &reach, item);
        findings.listen_for_silence(&inquiry, &reach, item);
    }
    findings.consult(&inquiry, &reach);
    findings
}

impl<'s> Findings<'s> {
    fn ask_lists(&mut self, source: impl Source<'s>, inquiry: &Inquiry<'s, '_>, reach: &Reach<'s>, item: &Item) {
        let mut by_list: Vec<(&ListId, Outcome)> = Vec::new();
        for reaching in reach.lists.iter().filter(|it| it.leaves != Applies::No) {
            let list = &reaching.issued.revision.list;
            let before = self.matches.len();
            let entries = source.entries(reaching.issued, &item.category);
            self.ask_list(inquiry, reach, reaching, item, &entries);
            let severest = self.matches.iter().skip(before).map(severity).map(|(certain, _)| certain).max();
            let (displacing, _) = inquiry.displacement(reach, list, item);
            let is_asked = displacing.iter().all(|it| inquiry.stated(item).lies_in(it) != Applies::Yes);
            if is_asked && inquiry.speaks(reaching, item) == Applies::Yes {
                by_list.push((list, severest.unwrap_or(Outcome::Permitted)));
            }
        }
        self.note_conflict(&item.category, &by_list);
    }

    fn ask_list(
        &mut self,
        inquiry: &Inquiry<'s, '_>,
        reach: &Reach<'s>,
        reaching: &Reaching<'s>,
        item: &Item,
        entries: &[&'s Entry],
    ) {
        let revision = &reaching.issued.revision;
        let displacement = inquiry.displacement(reach, &revision.list, item);
        for entry in entries.iter().copied() {
            let Some((category, applies)) = inquiry.applies(reaching, entry, item, &displacement) else { continue };
            let mut found = Match {
                revision,
                entry,
                item: item.category.clone(),
                category,
                applies,
                requires: Vec::new(),
                satisfied: Applies::No,
                closed: Applies::No,
            };
            if let Effect::Conditional(ways) = &entry.effect {
                self.weigh_ways(inquiry, item, &mut found, ways);
                // It may be that the entry applies and each way is closed.
                let open = ways.iter().map(|it| region(&it.when)).chain(displacement.0.clone());
                let open: Vec<_> = open.collect();
                found.closed = inquiry.stated(item).lies_in_but_not_in(&reaching.conditions(entry), &open);
            }
            self.take(found);
        }
    }

    fn weigh_ways(&mut self, inquiry: &Inquiry<'s, '_>, item: &Item, found: &mut Match<'s>, ways: &'s [Alternative]) {
        for way in ways {
            let is_open = inquiry.stated(item).lies_in(&region(&way.when));
            if is_open == Applies::No {
                continue;
            }
            found.requires.push(way);
            if way.all.iter().all(|it| inquiry.is_stated_true(it)) {
                if is_open == Applies::Yes && found.satisfied != Applies::Yes {
                    self.relied_on.extend(way.all.iter().cloned());
                }
                found.satisfied = found.satisfied.clone().or(is_open);
            }
        }
    }

    fn listen_for_silence(&mut self, inquiry: &Inquiry<'s, '_>, reach: &Reach<'s>, item: &Item) {
        let speaks = reach.lists.iter().map(|it| inquiry.speaks(it, item));
        let holds = !speaks.fold(Applies::No, Applies::or);
        if holds != Applies::No {
            let reason = if reach.lists.is_empty() { UnknownReason::NoList } else { UnknownReason::OutsideScope };
            self.silences.push(Silence { reason, holds });
        }
    }

    fn consult(&mut self, inquiry: &Inquiry<'s, '_>, reach: &Reach<'s>) {
        let items = &inquiry.question.items;
        for reaching in &reach.lists {
            let issued = reaching.issued;
            let revision = &issued.revision;
            let is_asked = items.iter().any(|item| inquiry.is_asked(reach, reaching, item));
            let is_matched = self.matches.iter().any(|it| it.revision.list == revision.list);
            if is_asked || is_matched || !revision.displaces.is_empty() {
                self.decisive.push(revision);
            }
            if !is_asked && !is_matched {
                continue;
            }
            self.consulted.push(Consulted { issued, stays_inside: reaching.leaves == Applies::No });
            if is_matched {
                self.note_revision(inquiry.question.at, revision);
            }
        }
        let lapsed = reach.lapsed.iter().map(|it| &it.revision);
        for revision in lapsed.filter(|it| items.iter().any(|item| inquiry.scope_meets(it, &item.category))) {
            self.note_lapse(revision);
        }
    }

    pub(super) fn note_lapse(&mut self, revision: &Revision) {
        let (list, version) = (&revision.list, &revision.version);
        let text = match revision.expires {
            Some(day) if !revision.repeals => Text {
                en: format!("{list} {version} ran out on {day}"),
                zh: format!("{list} {version}已于{day}到期失效"),
            },
            _ => Text {
                en: format!("{list} was ended by its version {version}"),
                zh: format!("{list}已由其{version}版终止"),
            },
        };
        self.notes.insert(Note { kind: NoteKind::Lapsed, text });
    }

    /// Takes an entry in that applies or may apply, with what is written
    /// beside it.
    pub(super) fn take(&mut self, found: Match<'s>) {
        let notes = found.entry.notes.iter().chain(&found.revision.notes);
        self.notes.extend(notes.map(|it| Note { kind: NoteKind::Written(it.kind), text: it.text.clone() }));
        self.matches.push(found);
    }

    pub(super) fn note_revision(&mut self, at: At, revision: &Revision) {
        let (list, version, published) = (&revision.list, &revision.version, revision.published);
        if at.0 < published.0 {
            self.notes.insert(Note {
                kind: NoteKind::Retroactive,
                text: Text {
                    en: format!("{list} {version} was published on {published}, after the day asked about"),
                    zh: format!("{list} {version}公布于{published}，晚于所询日期"),
                },
            });
        }
        if revision.source.confidence == crate::model::Confidence::Low {
            self.notes.insert(Note {
                kind: NoteKind::Written(EntryNoteKind::LowConfidence),
                text: Text {
                    en: format!("{list} {version} rests on weak sources"),
                    zh: format!("{list} {version}所依据的来源较弱"),
                },
            });
        }
    }

    pub(super) fn note_conflict(&mut self, category: &CategoryId, by_list: &[(&ListId, Outcome)]) {
        let Some((strict_list, strictest)) = by_list.iter().max_by_key(|(_, outcome)| *outcome) else { return };
        for (list, outcome) in by_list.iter().filter(|(_, outcome)| outcome < strictest) {
            let (one, other) = (outcome.word(), strictest.word());
            self.notes.insert(Note {
                kind: NoteKind::Conflict,
                text: Text {
                    en: format!(
                        "for {category}, {list} says {one} and {strict_list} says {other}: the stricter counts"
                    ),
                    zh: format!("对于{category}，{list}为{one}，{strict_list}为{other}：以较严者为准"),
                },
            });
        }
    }

    /// Returns the severest of what applies or may apply.
    pub(crate) fn outcome(&self) -> Outcome {
        let matched = self.matches.iter().map(|it| severity(it).1);
        matched.chain(self.silences.iter().map(|_| Outcome::Unknown)).max().unwrap_or(Outcome::Permitted)
    }

    /// Returns the severest of what applies for certain.
    pub(crate) fn floor(&self) -> Outcome {
        let matched = self.matches.iter().map(|it| severity(it).0);
        let silent = self.silences.iter().filter(|it| it.holds == Applies::Yes).map(|_| Outcome::Unknown);
        matched.chain(silent).max().unwrap_or(Outcome::Permitted)
    }

    /// Returns whether no list speaks for some item, or maybe none does.
    pub(crate) fn is_silent(&self) -> bool {
        !self.silences.is_empty()
    }

    fn unknown_reason(&self) -> Option<UnknownReason> {
        if self.outcome() != Outcome::Unknown {
            return None;
        }
        let is_undetermined = self.matches.iter().any(|it| it.entry.effect == Effect::Undetermined);
        let undetermined = is_undetermined.then_some(UnknownReason::Undetermined);
        self.silences.iter().map(|it| it.reason).chain(undetermined).min()
    }

    /// Returns what was left open and could make the outcome severer than
    /// what is certain, or require more.
    pub(crate) fn open(&self) -> BTreeSet<Open> {
        let floor = self.floor();
        let matters = self.matches.iter().filter(|it| {
            let (_, possible) = severity(it);
            floor < possible || possible == Outcome::Conditional
        });
        let of_ways = |it: &Match<'_>| &it.satisfied.open() | &it.closed.open();
        let of_matches = matters.flat_map(|it| &it.applies.open() | &of_ways(it));
        let silent = self.silences.iter().filter(|_| floor < Outcome::Unknown);
        of_matches.chain(silent.flat_map(|it| it.holds.open())).collect()
    }

    /// Returns what is required of the entries that apply or may apply, and
    /// is not in place.
    pub(crate) fn requires(&self) -> Requirements {
        let gates = self.matches.iter().filter(|it| !it.requires.is_empty() && it.satisfied != Applies::Yes);
        gates.map(|it| it.requires.iter().map(|it| it.all.clone()).collect()).collect()
    }

    /// Returns the lists and entries behind the findings.
    pub(crate) fn entries(&self) -> BTreeSet<(&'s ListId, &'s EntryId)> {
        self.matches.iter().map(|it| (&it.revision.list, &it.entry.id)).collect()
    }

    pub(crate) fn verdict(&self) -> Verdict {
        let matters = || self.matches.iter().filter(|it| severity(it).1 != Outcome::Permitted);
        Verdict {
            outcome: self.outcome(),
            floor: self.floor(),
            unknown_reason: self.unknown_reason(),
            requires: self.requires(),
            relied_on: self.relied_on.clone(),
            exemptions: matters().flat_map(|it| it.entry.exemptions.iter().cloned()).collect(),
            duties: self.matches.iter().flat_map(|it| it.entry.duties.iter().cloned()).collect(),
            open: self.open(),
        }
    }

    pub(super) fn into_answer(
        self,
        question: Question,
        depends_on: Vec<crate::model::Dependence>,
        valid: crate::model::Validity,
        verdict: Verdict,
    ) -> Answer<'s> {
        Answer {
            question,
            outcome: verdict.outcome,
            floor: verdict.floor,
            unknown_reason: verdict.unknown_reason,
            depends_on,
            requires: verdict.requires,
            relied_on: verdict.relied_on,
            exemptions: verdict.exemptions,
            duties: verdict.duties,
            matches: self.matches,
            consulted: self.consulted,
            valid,
            notes: self.notes.into_iter().collect(),
        }
    }
}

impl<'s> Inquiry<'s, '_> {
    /// Returns whether a list is asked about an item: it speaks of it or of
    /// something narrower, its conditions do not fail, and no other list
    /// displaces it for certain.
    fn is_asked(&self, reach: &Reach<'s>, reaching: &Reaching<'s>, item: &Item) -> bool {
        let revision = &reaching.issued.revision;
        if !self.scope_meets(revision, &item.category) {
            return false;
        }
        if reaching.leaves == Applies::No {
            return self.speaks(reaching, item) != Applies::No;
        }
        let (displacing, _) = self.displacement(reach, &revision.list, item);
        let stated = self.stated(item);
        stated.lies_in(&region(&revision.applies_when)) != Applies::No
            && self.goes_to(&revision.applies_to, revision) != Applies::No
            && displacing.iter().all(|it| stated.lies_in(it) != Applies::Yes)
    }
}

/// Returns what a match comes to for certain, and what it may come to.
pub(crate) fn severity(found: &Match<'_>) -> (Outcome, Outcome) {
    let without_a_way = if found.closed == Applies::No { Outcome::Conditional } else { Outcome::Prohibited };
    let (certain, possible) = match &found.entry.effect {
        Effect::Notice => (Outcome::Permitted, Outcome::Permitted),
        Effect::Undetermined => (Outcome::Unknown, Outcome::Unknown),
        Effect::Prohibited => (Outcome::Prohibited, Outcome::Prohibited),
        Effect::Conditional(_) => match found.satisfied {
            Applies::Yes => (Outcome::Permitted, Outcome::Permitted),
            // No way is open: nothing makes it lawful.
            Applies::No if found.requires.is_empty() => (Outcome::Prohibited, Outcome::Prohibited),
            Applies::No => (Outcome::Conditional, without_a_way),
            Applies::Maybe(_) => (Outcome::Permitted, without_a_way),
        },
    };
    match found.applies {
        Applies::Yes => (certain, possible),
        Applies::Maybe(_) | Applies::No => (Outcome::Permitted, possible),
    }
}
