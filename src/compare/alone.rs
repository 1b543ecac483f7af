//! A revision by itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{At, Effective, Hash, Issued, List, Published, Revision, State};

/// Returns a state with the words of another in which one revision is in force
/// on a day, and nothing else; without a revision nothing is. So the
/// evaluator can be asked what that revision says by itself.
pub fn alone(state: &State, revision: Option<&Revision>, at: At) -> State {
    let mut lists = BTreeMap::new();
    if let Some(revision) = revision {
        let id = revision.list.clone();
        let revision = Revision {
            published: Published(at.0),
            effective: Some(Effective(at.0)),
            expires: None,
            withdraws: BTreeSet::new(),
            ..revision.clone()
        };
        let issued = Issued { sequence: 0, previous: None, hash: Hash([0; 32]), revision };
        lists.insert(id.clone(), List { id, revisions: vec![issued] });
    }
    let State { head, categories, vocabulary, places, .. } = state;
    State {
        head: head.clone(),
        categories: categories.clone(),
        vocabulary: vocabulary.clone(),
        places: places.clone(),
        lists,
    }
}
