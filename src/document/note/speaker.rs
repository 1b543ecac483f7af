//! Regions, questions and answers in words.

use std::collections::BTreeSet;

use crate::document::note::block::{Line, Span};
use crate::document::phrase::grouped;
use crate::model::fact::SUBJECTS;
use crate::model::{
    At, CategoryId, ChoiceId, Count, FactId, FactKind, Jurisdiction, Language, Outcome, PlaceKind, Question,
    Requirements, Role, State, Subjects, Value, WindowId,
};
use crate::registry::{Restriction, Spoken, Values};

/// What is needed to say things: the words of the registry, and a language.
#[derive(Clone, Debug)]
pub(crate) struct Speaker<'a> {
    pub(crate) state: &'a State,
    pub(crate) language: Language,
    /// What counts as abroad lies outside of this.
    pub(crate) border: Jurisdiction,
    pub(crate) at: At,
}

/// A branch of the catalog, less some below it.
#[derive(Debug)]
struct Branch {
    top: CategoryId,
    except: Vec<CategoryId>,
}

impl Speaker<'_> {
    pub(crate) fn say<'t>(&self, en: &'t str, zh: &'t str) -> &'t str {
        self.language.say(en, zh)
    }

    /// Joins lines as parts of an enumeration.
    pub(crate) fn listed(&self, parts: impl IntoIterator<Item = Line>, last: (&str, &str)) -> Line {
        let parts: Vec<_> = parts.into_iter().collect();
        let mut line = Line::new();
        for (index, part) in parts.iter().enumerate() {
            if index != 0 {
                let is_last = index + 1 == parts.len();
                let between = if is_last { self.say(last.0, last.1) } else { self.say(", ", "、") };
                line.push(Span::Plain(between.to_owned()));
            }
            line.extend(part.iter().cloned());
        }
        line
    }

    pub(crate) fn category(&self, id: &CategoryId) -> Line {
        let name = self.state.categories.find(id).map(|it| it.name.in_language(self.language).to_owned());
        self.named(name, id.as_str())
    }

    fn named(&self, name: Option<String>, id: &str) -> Line {
        let code = Span::Code(id.to_owned());
        match name.filter(|it| !it.is_empty()) {
            None => vec![code],
            Some(name) => {
                let (open, close) = (self.say(" (", "（"), self.say(")", "）"));
                vec![Span::Plain(format!("{name}{open}")), code, Span::Plain(close.to_owned())]
            }
        }
    }

    /// Returns a set of categories: branches, and branches less some. What is
    /// named more broadly than a branch is only said where nothing else is.
    pub(crate) fn categories(&self, set: &BTreeSet<CategoryId>) -> Line {
        let catalog = &self.state.categories;
        if set.len() == catalog.iter().count() {
            return vec![Span::Plain(self.say("all data", "全部数据").to_owned())];
        }
        let roots = catalog.iter().map(|it| &it.id).filter(|it| it.parent().is_none());
        let named: Vec<_> = roots.flat_map(|it| self.branches(it, set)).collect();
        // A branch may lie in another through a broader link.
        let is_said = |id: &CategoryId| {
            let lies_in = |branch: &Branch| {
                branch.top != *id
                    && catalog.covers(&branch.top, id)
                    && !branch.except.iter().any(|it| catalog.covers(it, id))
            };
            named.iter().any(lies_in)
        };
        let lines = named.iter().filter(|it| !is_said(&it.top)).map(|it| {
            let mut line = self.category(&it.top);
            if !it.except.is_empty() {
                let except = it.except.iter().map(|it| vec![Span::Code(it.to_string())]);
                line.push(Span::Plain(self.say(" except ", "（不含").to_owned()));
                line.extend(self.listed(except, (" and ", "和")));
                line.push(Span::Plain(self.say("", "）").to_owned()));
            }
            line
        });
        let line = self.listed(lines.collect::<Vec<_>>(), (" and ", "和"));
        if !line.is_empty() {
            return line;
        }
        let vague = self.listed(set.iter().map(|it| vec![Span::Code(it.to_string())]), (" or ", "或"));
        let mut line = vec![Span::Plain(self.say("data named no more exactly than ", "仅笼统称为").to_owned())];
        line.extend(vague);
        line.push(Span::Plain(self.say("", "的数据").to_owned()));
        line
    }

    /// Returns whether a set has a category with everything below it.
    pub(crate) fn is_exact(&self, set: &BTreeSet<CategoryId>) -> bool {
        set.iter().any(|it| self.below(it).iter().all(|it| set.contains(it)))
    }

    /// Returns the fewest branches, each less some below it, that say which
    /// categories of a branch are in a set.
    fn branches(&self, top: &CategoryId, set: &BTreeSet<CategoryId>) -> Vec<Branch> {
        let below = self.below(top);
        let inside = below.iter().filter(|it| set.contains(*it)).count();
        if inside == 0 {
            return Vec::new();
        }
        if inside == below.len() {
            return vec![Branch { top: top.clone(), except: Vec::new() }];
        }
        let children = || below.iter().filter(|it| it.parent().as_ref() == Some(top));
        let parts: Vec<_> = children().flat_map(|it| self.branches(it, set)).collect();
        let others: BTreeSet<_> = below.iter().filter(|it| !set.contains(*it)).cloned().collect();
        let except: Vec<_> = children().flat_map(|it| self.wholly(it, &others)).collect();
        let cost: usize = parts.iter().map(|it| 1 + it.except.len()).sum();
        if 1 + except.len() < cost { vec![Branch { top: top.clone(), except }] } else { parts }
    }

    /// Returns the branches that lie wholly in a set.
    fn wholly(&self, top: &CategoryId, set: &BTreeSet<CategoryId>) -> Vec<CategoryId> {
        let below = self.below(top);
        if below.iter().all(|it| set.contains(it)) {
            return vec![top.clone()];
        }
        let children = below.iter().filter(|it| it.parent().as_ref() == Some(top));
        children.flat_map(|it| self.wholly(it, set)).collect()
    }

    /// Returns a category and what is below it by its dots.
    fn below(&self, top: &CategoryId) -> Vec<CategoryId> {
        let is_below = |it: &&CategoryId| {
            it.as_str().strip_prefix(top.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.state.categories.iter().map(|it| &it.id).filter(is_below).cloned().collect()
    }

    /// Returns a set of destinations: all abroad, all but some, or some.
    pub(crate) fn destinations(&self, set: &BTreeSet<Jurisdiction>) -> String {
        let places = &self.state.places;
        let border = &self.border;
        let simple = places.iter().filter(|it| it.kind != PlaceKind::Bloc);
        let (home, abroad): (BTreeSet<_>, BTreeSet<_>) =
            simple.map(|it| it.code.clone()).partition(|it| places.chain(it, self.at).contains(border));
        let (at_home, away): (BTreeSet<_>, BTreeSet<_>) = (set & &home, set & &abroad);
        let missing = &abroad - &away;
        let away = if away.is_empty() {
            None
        } else if missing.is_empty() {
            Some(self.say("any destination abroad", "境外任何目的地").to_owned())
        } else if missing.len() < away.len() {
            let missing = self.codes(&missing);
            Some(match self.language {
                Language::En => format!("any destination abroad except {missing}"),
                Language::Zh => format!("除{missing}外的境外任何目的地"),
            })
        } else {
            Some(self.codes(&away))
        };
        let at_home = if at_home.is_empty() {
            None
        } else if at_home == home {
            Some(match self.language {
                Language::En => format!("recipients inside {border}"),
                Language::Zh => format!("{border}境内的接收方"),
            })
        } else {
            Some(self.codes(&at_home))
        };
        let both: Vec<_> = away.into_iter().chain(at_home).collect();
        // Only blocs are left where nothing else is.
        if both.is_empty() { self.codes(set) } else { both.join(self.say(" and ", "，以及")) }
    }

    /// Returns codes, without parts of places that are there too.
    fn codes(&self, set: &BTreeSet<Jurisdiction>) -> String {
        let is_part = |it: &&Jurisdiction| {
            let parent = self.state.places.find(it).and_then(|it| it.parent.as_ref());
            !parent.is_some_and(|it| set.contains(it))
        };
        let codes: Vec<_> = set.iter().filter(is_part).map(ToString::to_string).collect();
        codes.join(self.say(", ", "、"))
    }

    /// Returns what a fact must be. What the fact is, the note says at its
    /// end.
    pub(crate) fn restriction(&self, restriction: &Restriction) -> Line {
        let Restriction { fact, window, values, .. } = restriction;
        match values {
            Values::Flag(flag) => vec![Span::Code(format!("{fact}={}", if *flag { "yes" } else { "no" }))],
            Values::Choices(among) => {
                let others = self.other_choices(fact, among);
                let is_fewer = !others.is_empty() && others.len() < among.len();
                let (named, is) = if is_fewer {
                    (others, self.say(" is anything but ", "不为"))
                } else {
                    (among.iter().collect(), self.say(" is ", "为"))
                };
                let named = named.into_iter().map(|it| vec![Span::Code(it.to_string())]);
                let mut line = vec![Span::Code(fact.to_string()), Span::Plain(is.to_owned())];
                line.extend(self.listed(named, (" or ", "或")));
                line
            }
            Values::Counts(ranges) => {
                let ranges: Vec<_> = ranges.iter().map(|(from, below)| self.range(*from, *below)).collect();
                let ranges = ranges.join(self.say(" or ", "或"));
                if fact.as_str() == SUBJECTS {
                    let window = self.window(window.as_ref());
                    return vec![Span::Plain(format!("{ranges}{}{window}", self.say(" people", "人")))];
                }
                let is = self.say(" is ", "为");
                vec![Span::Code(fact.to_string()), Span::Plain(format!("{is}{ranges}"))]
            }
        }
    }

    /// Returns the values of a choice that are not among some.
    fn other_choices(&self, fact: &FactId, among: &BTreeSet<ChoiceId>) -> Vec<&ChoiceId> {
        match self.state.vocabulary.find(fact).map(|it| &it.kind) {
            Some(FactKind::Choice(all)) => all.iter().filter(|it| !among.contains(*it)).collect(),
            Some(FactKind::Flag | FactKind::Count) | None => Vec::new(),
        }
    }

    fn range(&self, from: Count, below: Option<Count>) -> String {
        let (low, high) = (grouped(from.number()), below.map(|it| grouped(it.number() - 1)));
        match (from.number(), high) {
            (0, Some(high)) => match self.language {
                Language::En => format!("at most {high}"),
                Language::Zh => format!("至多{high}"),
            },
            (_, None) => match self.language {
                Language::En => format!("{low} or more"),
                Language::Zh => format!("{low}以上"),
            },
            (_, Some(high)) if low == high => low,
            (_, Some(high)) => match self.language {
                Language::En => format!("{low} to {high}"),
                Language::Zh => format!("{low}至{high}"),
            },
        }
    }

    fn window(&self, window: Option<&WindowId>) -> String {
        let name = window.and_then(|it| self.state.vocabulary.window(it)).map(|it| it.name.in_language(self.language));
        match self.language {
            Language::En => name.map(|it| format!(" {it}")).unwrap_or_default(),
            Language::Zh => name.map(|it| format!("（{it}）")).unwrap_or_default(),
        }
    }

    /// Returns what an answer says.
    pub(crate) fn answer(&self, spoken: &Spoken) -> Line {
        self.outcome(spoken.outcome, &spoken.requires)
    }

    /// Returns an outcome, with what is required where it is conditional.
    pub(crate) fn outcome(&self, outcome: Outcome, requires: &Requirements) -> Line {
        let mut line = vec![Span::Strong(self.outcome_word(outcome).to_owned())];
        if outcome == Outcome::Conditional {
            line.push(Span::Plain(self.say(": needs ", "：须具备").to_owned()));
            let sets = essential(requires).into_iter().map(|any| {
                let ways = any.iter().map(|all| {
                    let all = all.iter().map(|it| vec![Span::Code(it.to_string())]);
                    self.listed(all, (" + ", "+"))
                });
                self.listed(ways, (" or ", "或"))
            });
            line.extend(self.listed(sets, (self.say("; and ", "；并且"), "；并且")));
        }
        line
    }

    pub(crate) fn outcome_word(&self, outcome: Outcome) -> &'static str {
        let (en, zh) = match outcome {
            Outcome::Permitted => ("permitted", "可以出境"),
            Outcome::Conditional => ("conditional", "附条件"),
            Outcome::Unknown => ("the list does not say", "清单未作规定"),
            Outcome::Prohibited => ("prohibited", "禁止出境"),
        };
        self.say(en, zh)
    }

    /// Returns a question as a sentence.
    pub(crate) fn question(&self, question: &Question) -> Line {
        let to = question.to.as_ref().map(ToString::to_string).unwrap_or_default();
        let (from, at) = (&question.from, question.at);
        let items = question.items.iter().map(|item| {
            let mut line = self.category(&item.category);
            match &item.subjects {
                None => {}
                Some(Subjects::Each(count)) => line.push(Span::Plain(self.people(*count, None))),
                Some(Subjects::In(counts)) => {
                    line.extend(counts.iter().map(|(window, it)| Span::Plain(self.people(*it, Some(window)))));
                }
            }
            line
        });
        let mut line = self.listed(items, (" + ", "+"));
        line.push(Span::Plain(match self.language {
            Language::En => format!(", from {from} to {to} on {at}"),
            Language::Zh => format!("，{at}从{from}到{to}"),
        }));
        let is_claim = |fact: &FactId| {
            let role = self.state.vocabulary.find(fact).map(|it| it.role);
            matches!(role, Some(Role::Mechanism | Role::Exemption))
        };
        let (claims, facts): (Vec<_>, Vec<_>) = question.facts.iter().partition(|(fact, _)| is_claim(fact));
        for (fact, value) in facts {
            line.push(Span::Plain(self.say("; ", "；").to_owned()));
            line.push(stated(fact, value));
        }
        if !claims.is_empty() {
            line.push(Span::Plain(self.say("; with ", "；已具备").to_owned()));
            let claims = claims.into_iter().map(|(fact, _)| vec![Span::Code(fact.to_string())]);
            line.extend(self.listed(claims, (" and ", "和")));
        }
        line
    }

    fn people(&self, count: Count, window: Option<&WindowId>) -> String {
        let (number, window) = (grouped(count.number()), self.window(window));
        match self.language {
            Language::En if count.number() == 1 => format!(", 1 person{window}"),
            Language::En => format!(", {number} people{window}"),
            Language::Zh => format!("，{number}人{window}"),
        }
    }
}

/// Returns what is stated of a fact.
pub(crate) fn stated(fact: &FactId, value: &Value) -> Span {
    Span::Code(match value {
        Value::Flag(flag) => format!("{fact}={}", if *flag { "yes" } else { "no" }),
        Value::Choice(choice) => format!("{fact}={choice}"),
        Value::Count(count) => format!("{fact}={count}"),
    })
}

/// Sets of mechanisms, one of which is needed.
type Ways = BTreeSet<BTreeSet<FactId>>;

/// Leaves out what is required and follows from something else that is: where
/// an assessment is needed, an assessment or a contract is too.
fn essential(requires: &Requirements) -> Vec<&Ways> {
    let follows = |one: &Ways, from: &Ways| from.iter().all(|needed| one.iter().any(|way| way.is_subset(needed)));
    let mut essential: Vec<&Ways> = Vec::new();
    for any in requires {
        if !essential.iter().any(|it| follows(any, it)) {
            essential.retain(|it| !follows(it, any));
            essential.push(any);
        }
    }
    essential
}
