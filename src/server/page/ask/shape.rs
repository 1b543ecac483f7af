//! The shape of each outcome, which says it without colour.

use maud::{Markup, html};

use crate::model::Outcome;

/// Returns the shapes that a page shows, each once.
pub(in crate::server::page) fn shapes() -> Markup {
    html! {
        svg.shapes width="0" height="0" aria-hidden="true" {
            @for outcome in Outcome::ALL { symbol id=(outcome.word()) viewBox="0 0 24 24" { (drawn(outcome)) } }
        }
    }
}

/// Returns the shape of an outcome: a disc with a tick, a diamond, an octagon
/// with a bar, or a broken ring with a question mark. Its word stands beside
/// it, and `shapes` on the page.
pub(in crate::server::page) fn shape(outcome: Outcome) -> Markup {
    html! { svg.shape.(outcome.word()) aria-hidden="true" { use href=(format!("#{}", outcome.word())) {} } }
}

fn drawn(outcome: Outcome) -> Markup {
    html! {
        @match outcome {
            Outcome::Permitted => {
                circle.body cx="12" cy="12" r="11" {}
                path.mark d="M6.5 12.5l3.5 3.5 7.5-8" {}
            }
            Outcome::Conditional => {
                path.body d="M12 0.5L23.5 12 12 23.5 0.5 12z" {}
                path.mark d="M12 6.5v7M12 16.6v.6" {}
            }
            Outcome::Prohibited => {
                path.body d="M7.5 1h9L23 7.5v9L16.5 23h-9L1 16.5v-9z" {}
                path.mark d="M6 12h12" {}
            }
            Outcome::Unknown => {
                circle.ring cx="12" cy="12" r="10.5" {}
                path.query d="M8.8 9.2a3.2 3.2 0 1 1 4.6 2.9c-.9.5-1.4 1-1.4 2.1M12 17v.6" {}
            }
        }
    }
}
