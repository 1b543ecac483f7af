//! The service: ask, publish, compare, prove, audit. It speaks the verbs of
//! the field, takes model values and returns them; it neither parses nor
//! prints.

mod audit;
mod build;
mod check;
mod compare;
mod course;
mod export;
mod glance;
mod homes;
mod impact;
mod init;
mod journey;
mod mirror;
mod open;
mod places;
mod plan;
mod publish;
mod receipt;
mod release;
mod routes;
mod scorecard;
mod side_by_side;
mod site;
mod what_if;

pub use audit::{Audit, audit, chains};
pub use build::{BuildError, records_of};
pub use check::{Check, LockError, Moved, tighter_from};
pub use compare::{Answers, Comparison, Depth};
pub use course::{Turn, Verdict};
pub use export::{ExportError, export};
pub use glance::Glance;
pub use homes::{share, unshare};
pub use init::init;
pub use mirror::{MirrorError, Mirrored, mirror, put_aside, records_after, take_records};
pub use open::{AskError, Freshness, OpenError, Registry};
pub use plan::{MissedExpectation, Plan, PlanError, plan};
pub use publish::{CompactError, Compacted, PublishError, Publisher, TakeError};
pub use receipt::{ReceiptError, ReplayError, prover, prover_at, replayed};
pub use release::{Release, ReleaseError, Step};
pub use side_by_side::{Circumstances, Party, Row, Stance};
pub use site::{SiteFile, log_files};

// What a comparison consists of.
pub use crate::compare::release::{Alteration, Happened};
pub use crate::compare::{
    Change, ChangedEntry, Class, Difference, EntryDiff, FlowChange, FlowFate, Happening, Impact, Reason, Region,
    Restriction, Shift, Spoken, Stage, Treatment, Values, Verdicts, What, Witness,
};

// What makes it lawful.
pub use crate::seek::{Burden, Claims, Headroom, Journey, Leg, LegKind, Prospect, Range, Route, Routes, Segment, Stop};

// What a list is measured by.
pub use crate::measure::{
    Breadth, Coverage, Destinations, Held, Measures, Notices, Scorecard, Share, Summary, Total, without_a_list,
};
