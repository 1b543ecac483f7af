//! The names of our own terms, for what no vocabulary of others says.

use crate::export::linked::namespace::{NEGLIST, Term};

const fn ours(name: &'static str) -> Term {
    Term(NEGLIST, name)
}

pub(super) const APPLIES_WHEN: Term = ours("appliesWhen");
pub(super) const AUTHORITY: Term = ours("authority");
pub(super) const BORDER: Term = ours("border");
pub(super) const CATALOG: Term = ours("catalog");
pub(super) const CATEGORY: Term = ours("category");
pub(super) const CONFIDENCE: Term = ours("confidence");
pub(super) const DISPLACES: Term = ours("displaces");
pub(super) const EFFECT: Term = ours("effect");
pub(super) const EFFECTIVE: Term = ours("effective");
pub(super) const ENTRIES: Term = ours("entries");
pub(super) const ENTRY: Term = ours("Entry");
pub(super) const ENTRY_OF: Term = ours("entry");
pub(super) const EXPIRES: Term = ours("expires");
pub(super) const FATE: Term = ours("fate");
pub(super) const FIDES_CLOSE: Term = ours("closeFidesKey");
pub(super) const FIDES_EXACT: Term = ours("exactFidesKey");
pub(super) const FIDES_NARROW: Term = ours("narrowFidesKey");
pub(super) const GONE_SINCE: Term = ours("goneSince");
pub(super) const HEAD: Term = ours("head");
pub(super) const INCLUDES: Term = ours("includes");
pub(super) const KIND: Term = ours("kind");
pub(super) const LEAVE: Term = ours("leave");
pub(super) const MEMBER: Term = ours("member");
pub(super) const MEMBERSHIP: Term = ours("Membership");
pub(super) const OBJECTIVE: Term = ours("objective");
pub(super) const PLACE: Term = ours("place");
pub(super) const PROFILE: Term = ours("profile");
pub(super) const RECORDS: Term = ours("records");
pub(super) const REPEALS: Term = ours("repeals");
pub(super) const RULE: Term = ours("rule");
pub(super) const SCOPE: Term = ours("scope");
pub(super) const STATUS: Term = ours("status");
pub(super) const UNDETERMINED: Term = ours("Undetermined");
pub(super) const UNDETERMINED_RULE: Term = ours("undetermined");
pub(super) const VALUE: Term = ours("value");
pub(super) const WINDOW: Term = ours("window");
pub(super) const WITHDRAWS: Term = ours("withdraws");
pub(super) const WITHIN: Term = ours("within");
