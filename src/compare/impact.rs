//! What becomes of a company's own flows: which of them get another answer,
//! how, from which day, and what they need then.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;
use semver::Version;

use crate::compare::alone::{alone, pinned};
use crate::compare::cells::Shift;
use crate::compare::gates::shift;
use crate::compare::groups::{Put, Span, group};
use crate::evaluate::{Findings, changes, decisive, findings, severity};
use crate::model::{
    At, End, EntryId, FactId, Flow, ListId, Lists, Open, Outcome, Requirements, Revision, State, UnknownReason,
};

/// What becomes of some flows.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Impact {
    /// For each flow what becomes of it, in their order.
    pub fates: Vec<FlowFate>,
    /// The ways in which flows change, each once.
    pub changes: Vec<FlowChange>,
}

impl Impact {
    /// Returns whether what was enough for some flow is no longer.
    pub fn is_tighter(&self) -> bool {
        self.changes.iter().any(|it| it.shift != Shift::Looser)
    }
}

/// What becomes of a flow.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FlowFate {
    /// No list in question speaks of what leaves its place.
    Elsewhere,
    /// It gets what it got.
    Same,
    /// It changes in the way that has this number.
    Changed(usize),
}

/// How a flow changes.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct FlowChange {
    /// In which way: from the first to the last, or on the way where it comes
    /// back.
    pub shift: Shift,
    /// What it got before.
    pub before: Treatment,
    /// What it gets then, and from which day. Never empty.
    pub steps: Vec<Stage>,
}

/// What a flow gets from a day on.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Stage {
    /// The day.
    pub from: At,
    /// What did it, where that is one thing.
    pub by: Option<End>,
    /// In which way it changed from what it got the day before.
    pub shift: Shift,
    /// What it gets.
    pub gets: Treatment,
}

/// What a flow gets on a day.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Treatment {
    /// The outcome.
    pub outcome: Outcome,
    /// What is certain, whatever is left open.
    pub floor: Outcome,
    /// Why the outcome is unknown, where it is.
    pub unknown_reason: Option<UnknownReason>,
    /// What is required and not in place.
    pub requires: Requirements,
    /// Exemptions that would lift an entry.
    pub exemptions: BTreeSet<FactId>,
    /// What remains to be done.
    pub duties: BTreeSet<FactId>,
    /// What was left open and matters.
    pub open: BTreeSet<Open>,
    /// The entries that apply or may apply, the severest first.
    pub reasons: Vec<Reason>,
}

impl Treatment {
    /// Returns the entries that the outcome rests on.
    pub fn deciding(&self) -> impl Iterator<Item = &Reason> {
        self.reasons.iter().filter(|it| it.severity == self.outcome)
    }
}

/// An entry behind what a flow gets.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Reason {
    /// What it comes to.
    pub severity: Outcome,
    /// Its list.
    pub list: ListId,
    /// The version that it stands in.
    pub version: Version,
    /// The entry.
    pub entry: EntryId,
    /// The article.
    pub cite: String,
}

/// Returns what becomes of flows when one revision of a list takes the place
/// of another. Each is asked by itself, whatever other lists say. As in
/// questions, the words of flows must be the state's.
pub fn impact(state: &State, before: &Revision, after: &Revision, flows: &[Flow]) -> Impact {
    let at = after.first_day();
    let states = [alone(state, Some(before), at), alone(state, Some(after), at)];
    let by = End::Revision { list: after.list.clone(), version: after.version.clone() };
    impact_of_states(states.each_ref(), at, Some(&by), flows)
}

/// Returns what becomes of flows from one day to a later one, by all that is
/// in a state.
pub fn impact_between(state: &State, first: At, last: At, flows: &[Flow]) -> Impact {
    let mut small = without_lists(state);
    follow(&[Span { state, first, last }], flows, |flow, excerpts| {
        small.lists = excerpts.into_iter().next().unwrap_or_default();
        let days = days_of_change(&small, first, last, flow);
        if days.is_empty() { None } else { between(state, first, &days, flow) }
    })
}

/// Returns what becomes of flows on a day when one state takes the place of
/// another that has the same words.
pub fn impact_of_states(states: [&State; 2], at: At, by: Option<&End>, flows: &[Flow]) -> Impact {
    let mut small = states.map(without_lists);
    follow(&states.map(|state| Span { state, first: at, last: at }), flows, |flow, excerpts| {
        let question = flow.on(at);
        for (state, lists) in small.iter_mut().zip(excerpts) {
            state.lists = lists;
        }
        let [one, other] = small.each_ref().map(|it| findings(it, &question));
        let shift = shift(flow, &one, &other)?;
        let [before, after] = states.map(|it| treatment(&findings(it, &question)));
        Some(FlowChange { shift, before, steps: vec![Stage { from: at, by: by.cloned(), shift, gets: after }] })
    })
}

/// Groups flows, and asks about one of each group, with what may bind it.
fn follow<'f>(
    spans: &[Span<'_>],
    flows: &'f [Flow],
    mut ask: impl FnMut(&'f Flow, Vec<Lists>) -> Option<FlowChange>,
) -> Impact {
    let Some(groups) = group(spans, flows) else { return Impact::default() };
    let mut changes: Vec<FlowChange> = Vec::new();
    let mut numbers: HashMap<FlowChange, usize> = HashMap::new();
    let fates = groups.asked(flows).map(|(flow, excerpts)| match ask(flow, excerpts) {
        None => FlowFate::Same,
        Some(change) => FlowFate::Changed(*numbers.entry(change).or_insert_with_key(|change| {
            changes.push(change.clone());
            changes.len() - 1
        })),
    });
    let fates: Vec<_> = fates.collect();
    let of = |put: &Put| match put {
        Put::Elsewhere => Some(FlowFate::Elsewhere),
        Put::Same => Some(FlowFate::Same),
        Put::In(group) => fates.get(*group).copied(),
    };
    let fates = groups.of.iter().filter_map(of).collect();
    Impact { fates, changes }
}

/// Returns the days on which something becomes of a flow, from all on which
/// something might.
fn days_of_change(small: &State, first: At, last: At, flow: &Flow) -> Vec<Date> {
    let question = flow.on(first);
    let mut latest = findings(small, &question);
    let mut days = Vec::new();
    for day in changes(small, &question).into_keys().filter(|it| first.0 < *it && *it <= last.0) {
        let then = findings(small, &flow.on(At(day)));
        if shift(flow, &latest, &then).is_some() {
            days.push(day);
            latest = then;
        }
    }
    days
}

fn between(state: &State, first: At, days: &[Date], flow: &Flow) -> Option<FlowChange> {
    let question = flow.on(first);
    let ends = changes(state, &question);
    let start = findings(state, &question);
    let mut steps = Vec::new();
    let mut latest: Option<Findings<'_>> = None;
    for day in days {
        let then = findings(state, &flow.on(At(*day)));
        let before = latest.as_ref().unwrap_or(&start);
        if let Some(shift) = shift(flow, before, &then) {
            let by = ends.get(day).and_then(|it| decisive(it, before, &then));
            steps.push(Stage { from: At(*day), by, shift, gets: treatment(&then) });
            latest = Some(then);
        }
    }
    let at_the_end = latest.as_ref().and_then(|it| shift(flow, &start, it));
    let shift = at_the_end.or_else(|| steps.first().map(|it| it.shift))?;
    Some(FlowChange { shift, before: treatment(&start), steps })
}

fn without_lists(state: &State) -> State {
    pinned(state, None, At(Date::ZERO))
}

fn treatment(findings: &Findings<'_>) -> Treatment {
    let verdict = findings.verdict();
    let reasons = findings.matches.iter().map(|it| Reason {
        severity: severity(it).1,
        list: it.revision.list.clone(),
        version: it.revision.version.clone(),
        entry: it.entry.id.clone(),
        cite: it.entry.cite.clone(),
    });
    let mut reasons: Vec<_> = reasons.collect::<BTreeSet<_>>().into_iter().collect();
    // Of one severity in the order of the lists.
    reasons.sort_by_key(|it| std::cmp::Reverse(it.severity));
    Treatment {
        outcome: verdict.outcome,
        floor: verdict.floor,
        unknown_reason: verdict.unknown_reason,
        requires: verdict.requires,
        exemptions: verdict.exemptions,
        duties: verdict.duties,
        open: verdict.open,
        reasons,
    }
}
