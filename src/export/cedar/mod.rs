//! What is in force on a day as policies of Cedar, with their schema and the
//! entities that they speak of.
//!
//! Cedar says yes or no, so an outcome is found by asking for two actions: to
//! leave, which is allowed where the data may leave with no further step, and
//! to leave with a mechanism, which is also allowed where one is missing. What
//! forbids says in an annotation what it comes to. What a request leaves open
//! counts as whatever is stricter.

mod entities;
mod expression;
mod policies;
mod schema;

use crate::model::{At, State};

/// Returns the files that Cedar reads, each with its name, for questions about
/// a day.
pub fn cedar_policies(state: &State, at: At) -> Vec<(String, Vec<u8>)> {
    vec![
        ("entities.json".to_owned(), format!("{:#}\n", entities::entities(state, at)).into_bytes()),
        ("policies.cedar".to_owned(), policies::policies(state, at).into_bytes()),
        ("schema.cedarschema".to_owned(), schema::schema(state).into_bytes()),
    ]
}
