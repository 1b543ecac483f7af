//! The policies: what speaks for data permits it, and each entry in force
//! forbids what it binds.

use std::fmt::Write;

use crate::export::cedar::expression::{ALONE, Lower, Scene, and, blocs, is_covered, not, or, variables};
use crate::model::fact::SUBJECTS;
use crate::model::{
    Alternative, At, CategoryId, Effect, Entry, FactId, FactKind, InForce, Outcome, Revision, Scope, State,
};

/// Returns the policies for questions about a day.
pub(super) fn policies(state: &State, at: At) -> String {
    let in_force: Vec<&Revision> = state
        .lists
        .values()
        .filter_map(|list| match list.in_force(at, None) {
            InForce::Yes(issued) => Some(&issued.revision),
            InForce::NotYet | InForce::Lapsed(_) => None,
        })
        .collect();
    let blocs = blocs(state, at);
    let writer = Writer { scene: Scene::new(state, &blocs), in_force: &in_force };
    let head = &state.head;
    let mut text = format!("// {} {} {}\n// What is in force on {at}.\n", head.origin, head.size, head.hash);
    let policies = writer.not_understood().into_iter().chain(in_force.iter().flat_map(|it| writer.revision(it)));
    policies.for_each(|it| write!(text, "\n{it}\n").expect("because memory takes every text"));
    text
}

#[derive(Clone, Copy, Debug)]
struct Writer<'a> {
    scene: Scene<'a>,
    in_force: &'a [&'a Revision],
}

impl<'a> Writer<'a> {
    /// Returns policies against requests in words that the registry does not
    /// know: what is not understood is never a yes.
    fn not_understood(self) -> Vec<String> {
        let mut strange = vec![
            ("place", not("principal in Known::\"places\"")),
            ("category", not("resource in Known::\"categories\"")),
            ("to", "context has \"to\" && !(context[\"to\"] in Known::\"places\")".to_owned()),
        ];
        for fact in self.scene.state.vocabulary.iter() {
            let is_strange = |name: &String| match &fact.kind {
                FactKind::Choice(among) => {
                    let among: Vec<_> = among.iter().map(|it| format!("\"{it}\"")).collect();
                    Some(format!("context has {name:?} && !([{}].contains(context[{name:?}]))", among.join(", ")))
                }
                FactKind::Count => Some(format!("context has {name:?} && context[{name:?}] < 0")),
                FactKind::Flag => None,
            };
            let names = variables(self.scene.state, &fact.id);
            strange.extend(names.iter().filter_map(is_strange).map(|it| (fact.id.as_str(), it)));
        }
        let policy = |(what, when): (&str, String)| {
            format!(
                "@outcome(\"unknown\")\n@mistake({what:?})\nforbid (principal, action, resource)\nwhen {{ {when} }};"
            )
        };
        strange.into_iter().map(policy).collect()
    }

    fn revision(self, revision: &Revision) -> Vec<String> {
        let mut policies = vec![self.speaks(revision)];
        for entry in revision.entries.values() {
            let when = self.binds(revision, entry);
            let policy =
                |outcome, action: &str, more: &str| forbid(revision, entry, outcome, action, &and([&when, more]));
            let any = "action";
            match &entry.effect {
                Effect::Notice => {}
                Effect::Undetermined => policies.push(policy(Outcome::Unknown, any, "true")),
                Effect::Prohibited => policies.push(policy(Outcome::Prohibited, any, "true")),
                Effect::Conditional(ways) => {
                    let is_in_place = not(&or(ways.iter().map(|it| self.is_in_place(it))));
                    policies.push(policy(Outcome::Conditional, "action == Action::\"leave\"", &is_in_place));
                    // No way is open for certain: it may be that nothing makes it lawful.
                    let is_closed = not(&or(ways.iter().map(|it| self.scene.holds(&it.when).certain)));
                    if is_closed != "false" {
                        policies.push(policy(Outcome::Prohibited, any, &is_closed));
                    }
                }
            }
        }
        policies
    }

    /// Returns the policy that permits what a revision speaks for.
    fn speaks(self, revision: &Revision) -> String {
        let towards = self.scene.goes_to(&revision.applies_to, revision).certain;
        // Of data that stays inside, the list says just that.
        let stays = not(&self.scene.leaves(revision).possible);
        let concerns = self.scene.holds(&revision.applies_when).certain;
        let when = and([self.reaches(revision), is_in_scope(revision), or([stays, towards]), concerns]);
        format!(
            "@list(\"{}\")\n@version(\"{}\")\npermit (principal, action, resource)\nwhen {{ {when} }};",
            revision.list, revision.version
        )
    }

    /// Returns whether a list is one of those of the place that the data leaves.
    fn reaches(self, revision: &Revision) -> String {
        self.scene.inside("principal", &[revision.list.jurisdiction()]).0
    }

    /// Returns whether an entry applies to the data, or may apply.
    fn binds(self, revision: &Revision, entry: &Entry) -> String {
        let categories: Vec<&CategoryId> = entry.categories.iter().collect();
        let except: Vec<&CategoryId> = entry.except.iter().collect();
        let joining = entry.combine.as_ref().and_then(|it| revision.combine.get(it)).into_iter().flatten();
        let joining: Vec<&CategoryId> = joining.collect();
        let joins = or([is_covered(joining.iter().copied()), self.scene.may_include(&joining, &[])]);
        let bound = or([
            is_covered(categories.iter().copied()),
            self.scene.may_include(&categories, &except),
            and([or([not(ALONE), self.scene.may_include(&categories, &[])]), joins]),
        ]);
        let mut all = vec![self.reaches(revision), bound, not(&is_covered(except))];
        all.extend(entry.exemptions.iter().map(|it| not(&is_stated_true(it))));
        all.push(self.scene.leaves(revision).possible);
        all.push(self.scene.goes_to(&revision.applies_to, revision).possible);
        all.push(self.scene.goes_to(&entry.to, revision).possible);
        let lower = self.lower(revision, entry);
        let lower_of = |fact: &FactId| lower.as_ref().filter(|_| fact.as_str() == SUBJECTS);
        all.extend(entry.when.iter().map(|(fact, it)| self.scene.meets(fact, it, lower_of(fact)).possible));
        all.push(self.scene.holds(&revision.applies_when).possible);
        all.extend(self.displacing(revision).into_iter().map(|it| not(&self.applies(it))));
        and(all)
    }

    /// Returns the revisions that displace one. Of two that displace each other
    /// neither goes.
    fn displacing(self, revision: &Revision) -> Vec<&'a Revision> {
        let displaces =
            |it: &&&Revision| it.displaces.contains(&revision.list) && !revision.displaces.contains(&it.list);
        self.in_force.iter().filter(displaces).copied().collect()
    }

    /// Returns the lowest threshold of an entry's combine group: it counts for
    /// each of them where several go together, be it in one item.
    fn lower(self, revision: &Revision, entry: &Entry) -> Option<Lower> {
        let group = entry.combine.as_ref()?;
        let from = revision.entries_in(group).filter_map(Entry::threshold).min()?;
        let categories = revision.entries_in(group).flat_map(|it| &it.categories).collect();
        Some(Lower { from, when: or([not(ALONE), self.scene.may_be_several(&categories)]) })
    }

    /// Returns whether a revision applies for certain, within its scope.
    fn applies(self, revision: &Revision) -> String {
        and([
            self.reaches(revision),
            is_in_scope(revision),
            self.scene.leaves(revision).certain,
            self.scene.goes_to(&revision.applies_to, revision).certain,
            self.scene.holds(&revision.applies_when).certain,
        ])
    }

    fn is_in_place(self, way: &Alternative) -> String {
        and(way.all.iter().map(is_stated_true).chain([self.scene.holds(&way.when).certain]))
    }
}

fn forbid(revision: &Revision, entry: &Entry, outcome: Outcome, action: &str, when: &str) -> String {
    format!(
        "@outcome(\"{}\")\n@list(\"{}\")\n@version(\"{}\")\n@entry(\"{}\")\n@cite({:?})\nforbid (principal, {action}, resource)\nwhen {{ {when} }};",
        outcome.word(),
        revision.list,
        revision.version,
        entry.id,
        entry.cite,
    )
}

fn is_in_scope(revision: &Revision) -> String {
    match &revision.scope {
        Scope::All => "true".to_owned(),
        Scope::Only(scope) => is_covered(scope),
    }
}

fn is_stated_true(fact: &FactId) -> String {
    format!("(context has \"{fact}\" && context[\"{fact}\"])")
}
