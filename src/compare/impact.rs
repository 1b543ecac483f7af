//! What becomes of a company's own flows: which of them get another answer,
//! how, from which day, and what they need then.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use semver::Version;

use crate::compare::alone::alone;
use crate::compare::cells::Shift;
use crate::compare::gates::shift;
use crate::compare::groups::{Groups, Put, Span, group};
use crate::evaluate::{Findings, changes, decisive, findings, severity};
use crate::model::{
    At, End, EntryId, FactId, Flow, ListId, Open, Outcome, Requirements, Revision, State, UnknownReason,
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
/// of another. Each is asked by itself, whatever other lists say.
pub fn impact(state: &State, before: &Revision, after: &Revision, flows: &[Flow]) -> Impact {
    let at = after.effective.map_or(At(after.published.0), |it| At(it.0));
    let states = [alone(state, Some(before), at), alone(state, Some(after), at)];
    let by = End::Revision { list: after.list.clone(), version: after.version.clone() };
    impact_of_states(states.each_ref(), at, Some(&by), flows)
}

/// Returns what becomes of flows from one day to a later one, by all that is
/// in a state.
pub fn impact_between(state: &State, first: At, last: At, flows: &[Flow]) -> Impact {
    let groups = group(&[Span { state, first, last }], flows);
    // The days hang on the places alone.
    let mut known: HashMap<_, BTreeMap<Date, Vec<End>>> = HashMap::new();
    follow(&groups, flows, |flow| {
        let days = known.entry((&flow.from, &flow.to)).or_insert_with(|| {
            let mut days = changes(state, &flow.on(first));
            days.retain(|day, _| first.0 < *day && *day <= last.0);
            days
        });
        between(state, first, days, flow)
    })
}

/// Returns what becomes of flows on a day when one state takes the place of
/// another that has the same words.
pub fn impact_of_states(states: [&State; 2], at: At, by: Option<&End>, flows: &[Flow]) -> Impact {
    let groups = group(&states.map(|state| Span { state, first: at, last: at }), flows);
    follow(&groups, flows, |flow| {
        let question = flow.on(at);
        let [before, after] = states.map(|it| findings(it, &question));
        let shift = shift(flow, &before, &after)?;
        let step = Stage { from: at, by: by.cloned(), shift, gets: treatment(&after) };
        Some(FlowChange { shift, before: treatment(&before), steps: vec![step] })
    })
}

/// Asks about one flow of each group.
fn follow<'f>(groups: &Groups, flows: &'f [Flow], mut ask: impl FnMut(&'f Flow) -> Option<FlowChange>) -> Impact {
    let mut changes: Vec<FlowChange> = Vec::new();
    let mut numbers: HashMap<FlowChange, usize> = HashMap::new();
    let fates = groups.first.iter().filter_map(|it| flows.get(*it)).map(|flow| match ask(flow) {
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

fn between(state: &State, first: At, days: &BTreeMap<Date, Vec<End>>, flow: &Flow) -> Option<FlowChange> {
    if days.is_empty() {
        return None;
    }
    let start = findings(state, &flow.on(first));
    let mut steps = Vec::new();
    let mut latest: Option<Findings<'_>> = None;
    for (day, ends) in days {
        let then = findings(state, &flow.on(At(*day)));
        let before = latest.as_ref().unwrap_or(&start);
        if let Some(shift) = shift(flow, before, &then) {
            let by = decisive(ends, before, &then);
            steps.push(Stage { from: At(*day), by, shift, gets: treatment(&then) });
            latest = Some(then);
        }
    }
    let at_the_end = latest.as_ref().and_then(|it| shift(flow, &start, it));
    let shift = at_the_end.or_else(|| steps.first().map(|it| it.shift))?;
    Some(FlowChange { shift, before: treatment(&start), steps })
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
