//! What would make it lawful, as a document and in words.

use serde_json::{Value as Json, json};

use crate::canon::{answer_json, dependence_json, head_json, match_json};
use crate::document::{phrase, wording};
use crate::model::{Answer, Dependence, FactId, Language, State};
use crate::registry::{Burden, Route, Routes};

/// Returns what would make it lawful, beside the answer as it is.
pub(crate) fn routes_json(answer: &Answer<'_>, found: &Routes<'_>, state: &State) -> Json {
    json!({
        "answer": answer_json(answer, &state.head),
        "routes": found.routes.iter().map(route_json).collect::<Vec<_>>(),
        "blocked_by": found.blocked_by.iter().map(match_json).collect::<Vec<_>>(),
        "complete": found.is_complete,
        "registry": head_json(&state.head),
    })
}

/// Returns one route, with what it comes to.
pub(super) fn route_json(route: &Route) -> Json {
    let names = |facts: &std::collections::BTreeSet<FactId>| facts.iter().map(ToString::to_string).collect::<Vec<_>>();
    json!({
        "mechanisms": names(&route.mechanisms),
        "exemptions": names(&route.exemptions),
        "burden": route.burden.word(),
        "outcome": route.outcome.word(),
        "floor": route.floor.word(),
        "duties": names(&route.duties),
        "depends_on": route.depends_on.iter().map(dependence_json).collect::<Vec<_>>(),
    })
}

/// Returns how much a route asks, as a clause.
pub(crate) fn burden(burden: Burden, language: Language) -> &'static str {
    match burden {
        Burden::Nothing => language.say("nothing more is needed", "无需另具机制"),
        Burden::Alone => language.say("done among the parties", "由各方自行落实"),
        Burden::Filed => language.say("an authority is told", "须向主管机关备案或报告"),
        Burden::Unsorted => language.say("how much it asks is not known here", "负担程度未分级"),
        Burden::Certified => language.say("somebody else certifies", "须由第三方认证或列名"),
        Burden::Approved => language.say("an authority decides", "须经主管机关批准"),
        Burden::Given => language.say("there or not: no exporter brings it about", "属既有条件，非出境方所能自行促成"),
    }
}

/// Returns what the outcome of a route hangs on, with the cases in which it
/// suffices, a line each.
pub(crate) fn provisos(route: &Route, language: Language) -> Vec<String> {
    route.depends_on.iter().map(|it| proviso(it, language)).collect()
}

fn proviso(dependence: &Dependence, language: Language) -> String {
    let on = phrase::open(&dependence.on, language);
    let cases = dependence.cases.iter().filter(|it| it.outcome.permits());
    let cases: Vec<_> = cases.map(|it| wording::case(&it.value, language)).collect();
    match (cases.is_empty(), language) {
        (false, Language::En) => format!("only if {on}: {}", cases.join(" or ")),
        (false, Language::Zh) => format!("仅当{on}：{}", cases.join("或")),
        // What it comes to in each case hangs on something else, too.
        (true, Language::En) => format!("it hangs on {on}, among others"),
        (true, Language::Zh) => format!("取决于{on}等事实"),
    }
}
