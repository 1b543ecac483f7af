//! The schema: what a request says.

use std::fmt::Write;

use crate::export::cedar::expression::variables;
use crate::model::{FactKind, Role, State};

/// Returns the schema.
pub(super) fn schema(state: &State) -> String {
    let mut facts = String::new();
    for fact in state.vocabulary.iter().filter(|it| it.role != Role::Duty) {
        let kind = match fact.kind {
            FactKind::Flag => "Bool",
            FactKind::Choice(_) => "String",
            FactKind::Count => "Long",
        };
        for name in variables(state, &fact.id) {
            writeln!(facts, "    {name:?}?: {kind}, // {}", fact.name.en).expect("because memory takes every text");
        }
    }
    format!(
        r#"// A place with a law of its own.
entity Place in [Area, Known];
// What lies in a place on the day, the place itself included.
entity Area;
// A category of data.
entity Category in [Branch, Known];
// What lies in a category, the category itself included.
entity Branch;
// Whatever the registry has a word for.
entity Known;

// Whether the data may leave with no further step; and whether it may once a
// mechanism is in place.
action "leave", "leave-with-mechanism" appliesTo {{
  principal: Place,
  resource: Category,
  context: {{
    "to"?: Place, // where the data goes; any destination if left out
    "alone"?: Bool, // no other category of data goes with it
{facts}  }},
}};
"#
    )
}
