//! A revision of a list, from the file that somebody wrote.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;

use semver::Version;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use crate::catalog::diagnostic::{Diagnostic, find_word};
use crate::catalog::expectation::{ExpectToml, Expected};
use crate::catalog::releases::{TextToml, day, one_of};
use crate::model::{
    Alternative, Bounds, CategoryId, CombineId, Condition, Confidence, Count, Destinations, Effect, Effective, Entries,
    Entry, EntryId, EntryNote, EntryNoteKind, FactKind, GroupId, Jurisdiction, ListId, Member, Objective, Published,
    Revision, Scope, Source, State, Status, Vocabulary, When,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RevisionToml {
    list: String,
    version: String,
    base: Option<String>,
    follows: Option<String>,
    #[serde(default)]
    remove: Vec<String>,
    title: Option<TextToml>,
    authority: Option<String>,
    published: Datetime,
    effective: Option<Datetime>,
    expires: Option<Datetime>,
    #[serde(default)]
    repeals: bool,
    #[serde(default)]
    withdraws: Vec<String>,
    retroactive: Option<TextToml>,
    catalog: Option<String>,
    status: Option<String>,
    scope: Option<Vec<String>>,
    border: Option<String>,
    within: Option<bool>,
    displaces: Option<Vec<String>>,
    applies_when: Option<BTreeMap<String, ConditionToml>>,
    applies_to: Option<ToToml>,
    summary: TextToml,
    source: SourceToml,
    #[serde(default)]
    groups: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    combine: Vec<CombineToml>,
    #[serde(default)]
    doubts: Vec<TextToml>,
    #[serde(default)]
    notes: Vec<NoteToml>,
    #[serde(default)]
    entry: Vec<Spanned<EntryToml>>,
    #[serde(default)]
    expect: Vec<Spanned<ExpectToml>>,
    /// Of warnings of the linter, which reads it; nothing of it is published.
    #[serde(default, rename = "explained")]
    _explained: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceToml {
    title: String,
    citation: String,
    url: String,
    checked: Datetime,
    confidence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CombineToml {
    id: String,
    #[serde(default)]
    joins: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoteToml {
    kind: String,
    en: String,
    zh: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct EntryToml {
    id: String,
    category: Vec<String>,
    #[serde(default)]
    except: Vec<String>,
    to: Option<ToToml>,
    #[serde(default)]
    when: BTreeMap<String, ConditionToml>,
    effect: String,
    #[serde(default)]
    requires: Vec<AlternativeToml>,
    #[serde(default)]
    exemptions: Vec<String>,
    #[serde(default)]
    duties: Vec<String>,
    objective: String,
    cite: String,
    note: TextToml,
    combine: Option<String>,
    #[serde(default)]
    notes: Vec<NoteToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToToml {
    only: Option<Vec<String>>,
    except: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a mechanism, a list of mechanisms, or `{ all = […], when = { … } }`")]
enum AlternativeToml {
    One(String),
    All(Vec<String>),
    When(ConditionalToml),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConditionalToml {
    all: Vec<String>,
    #[serde(default)]
    when: BTreeMap<String, ConditionToml>,
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected true or false, a value, a list of values, `{ except = […] }`, or `{ at-least = …, below = … }`"
)]
enum ConditionToml {
    Flag(bool),
    One(String),
    Among(Vec<String>),
    Except(ExceptToml),
    Count(CountToml),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExceptToml {
    except: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct CountToml {
    at_least: Option<u64>,
    below: Option<u64>,
    window: Option<String>,
}

/// A revision that somebody is about to publish, with the answers that they
/// expect once it is there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Draft {
    /// The revision.
    pub revision: Revision,
    /// The last version of the list when the draft was made: publishing fails
    /// where another one came meanwhile.
    pub follows: Option<Version>,
    /// Golden questions: publishing fails where the registry would answer
    /// otherwise.
    pub expectations: Vec<Expected>,
}

/// Reads a draft.
pub fn read_draft(
    text: &str,
    vocabulary: &Vocabulary,
    base: impl FnOnce(&Version) -> Option<Revision>,
) -> Result<Draft, Vec<Diagnostic>> {
    let mut form: RevisionToml = toml::from_str(text).map_err(|it| vec![it.into()])?;
    let expect = std::mem::take(&mut form.expect);
    let follows = form.follows.take();
    let mut reader = Reader { text, vocabulary, part: 0..text.len(), mistakes: Vec::new() };
    let revision = reader.revision(form, base);
    let follows = follows.and_then(|it| reader.word(&it));
    let mut expectations = Vec::new();
    for form in expect {
        match form.get_ref().read(text, vocabulary) {
            Ok(expected) => expectations.push(expected),
            Err(message) => {
                reader.mistakes.push(Diagnostic::new("expectation", message).at(Some(form.span())));
            }
        }
    }
    match revision {
        Some(revision) if reader.mistakes.is_empty() => Ok(Draft { revision, follows, expectations }),
        _ => Err(reader.mistakes),
    }
}

/// Reads a draft whose `base`, where it has one, is a version that a state
/// holds.
pub fn read_draft_against(text: &str, state: &State) -> Result<Draft, Vec<Diagnostic>> {
    #[derive(Deserialize)]
    struct ListToml {
        list: String,
    }
    // A text that has no list is reported by the reading itself.
    let list = toml::from_str::<ListToml>(text).ok().and_then(|it| it.list.parse::<ListId>().ok());
    let list = list.and_then(|it| state.lists.get(&it));
    read_draft(text, &state.vocabulary, |version| Some(list?.issued(version)?.revision.clone()))
}

/// Reads a revision. `vocabulary` spells out `{ except = […] }` of a choice,
/// and `base` finds the revision that the file builds on.
pub fn read_revision(
    text: &str,
    vocabulary: &Vocabulary,
    base: impl FnOnce(&Version) -> Option<Revision>,
) -> Result<Revision, Vec<Diagnostic>> {
    read_draft(text, vocabulary, base).map(|it| it.revision)
}

/// Reads on after a mistake, so that all of them are reported.
struct Reader<'a> {
    text: &'a str,
    vocabulary: &'a Vocabulary,
    /// The part of the text that is being read.
    part: Range<usize>,
    mistakes: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn report(&mut self, rule: &'static str, message: String, word: &str, help: Option<&str>) {
        let span = find_word(self.text, self.part.clone(), word);
        self.mistakes.push(Diagnostic::new(rule, message).at(span).help(help.map(str::to_owned)));
    }

    fn keep<T>(&mut self, read: Result<T, Diagnostic>) -> Option<T> {
        read.map_err(|it| self.mistakes.push(it)).ok()
    }

    fn word<T: FromStr>(&mut self, written: &str) -> Option<T>
    where
        T::Err: std::fmt::Display,
    {
        match written.parse() {
            Ok(word) => Some(word),
            Err(error) => {
                self.report("malformed", T::Err::to_string(&error), written, None);
                None
            }
        }
    }

    fn words<T: FromStr + Ord>(&mut self, written: &[String]) -> BTreeSet<T>
    where
        T::Err: std::fmt::Display,
    {
        let mut words = BTreeSet::new();
        for it in written {
            if let Some(word) = self.word(it)
                && !words.insert(word)
            {
                self.report("twice", format!("`{it}` stands there twice"), it, None);
            }
        }
        words
    }

    fn revision(&mut self, form: RevisionToml, base: impl FnOnce(&Version) -> Option<Revision>) -> Option<Revision> {
        let base = match form.base.clone() {
            None => None,
            Some(written) => Some(self.base(&written, base)?),
        };
        let base = base.as_ref();
        let text = self.text;
        let published = self.keep(day(text, &form.published)).map(Published);
        let revision = Revision {
            list: self.word(&form.list)?,
            version: self.word(&form.version)?,
            published: published?,
            effective: form.effective.as_ref().and_then(|it| self.keep(day(text, it))).map(Effective),
            expires: form.expires.as_ref().and_then(|it| self.keep(day(text, it))),
            entries: self.entries(form.entry, &form.remove, base),
            groups: self.groups(&form.groups, base),
            combine: self.combine(&form.combine, base),
            title: self.said("title", form.title.map(Into::into), base.map(|it| it.title.clone()))?,
            authority: self.said("authority", form.authority, base.map(|it| it.authority.clone()))?,
            catalog: match form.catalog {
                Some(written) => self.word(&written)?,
                None => self.said("catalog", None, base.map(|it| it.catalog.clone()))?,
            },
            status: match form.status {
                Some(written) => self.keep(one_of(text, &Status::ALL, Status::word, &written))?,
                None => self.said("status", None, base.map(|it| it.status))?,
            },
            scope: match form.scope {
                Some(written) if written == ["*"] => Scope::All,
                Some(written) => Scope::Only(self.words(&written)),
                None => self.said("scope", None, base.map(|it| it.scope.clone()))?,
            },
            border: match form.border {
                Some(written) => self.word(&written),
                None => base.and_then(|it| it.border.clone()),
            },
            within: form.within.or(base.map(|it| it.within)).unwrap_or(false),
            displaces: match form.displaces {
                Some(written) => self.words(&written),
                None => base.map(|it| it.displaces.clone()).unwrap_or_default(),
            },
            applies_when: match form.applies_when {
                Some(written) => self.when(written),
                None => base.map(|it| it.applies_when.clone()).unwrap_or_default(),
            },
            applies_to: match form.applies_to {
                Some(written) => self.to(written),
                None => base.map(|it| it.applies_to.clone()).unwrap_or_default(),
            },
            repeals: form.repeals,
            withdraws: self.words(&form.withdraws),
            retroactive: form.retroactive.map(Into::into),
            summary: form.summary.into(),
            source: self.source(form.source)?,
            doubts: form.doubts.into_iter().map(Into::into).collect(),
            notes: self.notes(form.notes),
        };
        self.check_dates(&revision);
        Some(revision)
    }

    fn base(&mut self, written: &str, base: impl FnOnce(&Version) -> Option<Revision>) -> Option<Revision> {
        let version = self.word(written)?;
        let found = base(&version);
        if found.is_none() {
            let message = format!("there is no revision {version} to build on");
            self.report("unknown-base", message, written, Some("`base` names an earlier version of this list"));
        }
        found
    }

    fn groups(
        &mut self,
        forms: &BTreeMap<String, Vec<String>>,
        base: Option<&Revision>,
    ) -> BTreeMap<GroupId, BTreeSet<Jurisdiction>> {
        let mut groups = base.map(|it| it.groups.clone()).unwrap_or_default();
        for (id, members) in forms {
            let members = self.words(members);
            groups.extend(self.word(id).map(|id| (id, members)));
        }
        groups
    }

    fn combine(&mut self, forms: &[CombineToml], base: Option<&Revision>) -> BTreeMap<CombineId, BTreeSet<CategoryId>> {
        let mut combine = base.map(|it| it.combine.clone()).unwrap_or_default();
        for form in forms {
            let joins = self.words(&form.joins);
            combine.extend(self.word(&form.id).map(|id| (id, joins)));
        }
        combine
    }

    fn said<T>(&mut self, key: &str, said: Option<T>, inherited: Option<T>) -> Option<T> {
        let said = said.or(inherited);
        if said.is_none() {
            let message = format!("`{key}` is missing");
            let help = "say it here, or build on a revision that says it with `base`";
            self.report("missing", message, "list", Some(help));
        }
        said
    }

    fn check_dates(&mut self, revision: &Revision) {
        if let Some(effective) = revision.effective {
            let published = revision.published;
            if effective.0 < published.0 && revision.retroactive.is_none() {
                let message = format!("effective date `{effective}` is before publication date `{published}`");
                let help = "if the law is retroactive, say why with `retroactive = { en = \"…\", zh = \"…\" }`";
                self.report("effective-before-published", message, &effective.to_string(), Some(help));
            }
            if let Some(expires) = revision.expires.filter(|it| *it <= effective.0) {
                let message = format!("it expires on `{expires}`, not after its effective date `{effective}`");
                let help = "`expires` is the first day on which it is no longer in force";
                self.report("expires-before-effective", message, &expires.to_string(), Some(help));
            }
        } else if revision.expires.is_some() || revision.repeals {
            let message = "a revision without an effective date is dormant, and neither expires nor repeals".to_owned();
            self.report("dormant-end", message, "list", Some("say `effective`"));
        }
    }

    fn source(&mut self, form: SourceToml) -> Option<Source> {
        let checked = day(self.text, &form.checked);
        let confidence = one_of(self.text, &Confidence::ALL, Confidence::word, &form.confidence);
        Some(Source {
            title: form.title,
            citation: form.citation,
            url: form.url,
            checked: self.keep(checked)?,
            confidence: self.keep(confidence)?,
        })
    }

    fn entries(&mut self, forms: Vec<Spanned<EntryToml>>, remove: &[String], base: Option<&Revision>) -> Entries {
        let mut entries = base.map(|it| it.entries.clone()).unwrap_or_default();
        for written in remove {
            if let Some(id) = self.word::<EntryId>(written)
                && entries.remove(&id).is_none()
            {
                let message = format!("there is no entry `{id}` to remove");
                self.report(
                    "unknown-entry",
                    message,
                    written,
                    Some("`remove` names entries of the revision in `base`"),
                );
            }
        }
        let mut here = BTreeSet::new();
        // The span of a `[[entry]]` is its heading: what it says goes on to the
        // next one.
        let mut ends: Vec<_> = forms.iter().skip(1).map(|it| it.span().start).collect();
        ends.push(self.text.len());
        for (form, end) in forms.into_iter().zip(ends) {
            self.part = form.span().start..end;
            let form = form.into_inner();
            let id = form.id.clone();
            if let Some(entry) = self.entry(form) {
                if !here.insert(entry.id.clone()) {
                    self.report(
                        "twice",
                        format!("entry `{id}` stands there twice"),
                        &id,
                        Some("ids are unique in a list"),
                    );
                }
                entries.insert(entry.id.clone(), Arc::new(entry));
            }
        }
        self.part = 0..self.text.len();
        entries
    }

    fn entry(&mut self, form: EntryToml) -> Option<Entry> {
        let effect = self.effect(&form.effect, form.requires);
        let objective = one_of(self.text, &Objective::ALL, Objective::word, &form.objective);
        let objective = self.keep(objective);
        if form.cite.trim().is_empty() {
            self.report(
                "no-citation",
                "`cite` is empty".to_owned(),
                "cite",
                Some("name the article, section or clause"),
            );
        }
        Some(Entry {
            id: self.word(&form.id)?,
            categories: self.words(&form.category),
            except: self.words(&form.except),
            to: form.to.map(|it| self.to(it)).unwrap_or_default(),
            when: self.when(form.when),
            effect: effect?,
            exemptions: self.words(&form.exemptions),
            duties: self.words(&form.duties),
            objective: objective?,
            cite: form.cite,
            note: form.note.into(),
            combine: form.combine.and_then(|it| self.word(&it)),
            notes: self.notes(form.notes),
        })
    }

    fn effect(&mut self, effect: &str, requires: Vec<AlternativeToml>) -> Option<Effect> {
        let ways: Vec<_> = requires.into_iter().map(|it| self.alternative(it)).collect();
        match (effect, ways.is_empty()) {
            ("notice", true) => Some(Effect::Notice),
            ("undetermined", true) => Some(Effect::Undetermined),
            ("prohibited", true) => Some(Effect::Prohibited),
            ("conditional", false) => Some(Effect::Conditional(ways)),
            ("conditional", true) => {
                let help = "say which mechanisms make it lawful with `requires`, or `prohibited` if nothing does";
                self.report("no-route", "a conditional entry has no `requires`".to_owned(), "conditional", Some(help));
                None
            }
            ("notice" | "undetermined" | "prohibited", false) => {
                let message = format!("`requires` goes with the effect `conditional`, and this one is `{effect}`");
                self.report("effect", message, effect, None);
                None
            }
            _ => {
                let help = "expected one of `prohibited`, `conditional`, `undetermined`, `notice`";
                self.report("effect", format!("unknown effect `{effect}`"), effect, Some(help));
                None
            }
        }
    }

    fn alternative(&mut self, form: AlternativeToml) -> Alternative {
        let (all, when) = match form {
            AlternativeToml::One(mechanism) => (vec![mechanism], BTreeMap::new()),
            AlternativeToml::All(all) => (all, BTreeMap::new()),
            AlternativeToml::When(form) => (form.all, form.when),
        };
        if all.is_empty() {
            let message = "an alternative of `requires` names no mechanism".to_owned();
            self.report("no-route", message, "requires", None);
        }
        Alternative { all: self.words(&all), when: self.when(when) }
    }

    fn to(&mut self, form: ToToml) -> Destinations {
        match (form.only, form.except) {
            (Some(only), None) => Destinations::Only(self.members(&only)),
            (None, Some(except)) => Destinations::Except(self.members(&except)),
            (None, None) | (Some(_), Some(_)) => {
                let help = "expected `{ only = […] }` or `{ except = […] }`";
                self.report("destinations", "`to` is one of two things".to_owned(), "to", Some(help));
                Destinations::Any
            }
        }
    }

    fn members(&mut self, written: &[String]) -> BTreeSet<Member> {
        let mut members = BTreeSet::new();
        for it in written {
            // A code of capitals is a place; small letters are a group.
            let is_group = it.chars().next().is_some_and(|first| first.is_ascii_lowercase()) && !it.starts_with("org:");
            let member = if is_group { self.word(it).map(Member::Group) } else { self.word(it).map(Member::Place) };
            members.extend(member);
        }
        members
    }

    fn when(&mut self, form: BTreeMap<String, ConditionToml>) -> When {
        let mut when = When::new();
        for (written, condition) in form {
            let condition = self.condition(&written, condition);
            if let (Some(fact), Some(condition)) = (self.word(&written), condition) {
                when.insert(fact, condition);
            }
        }
        when
    }

    fn condition(&mut self, fact: &str, form: ConditionToml) -> Option<Condition> {
        Some(match form {
            ConditionToml::Flag(expected) => Condition::Flag(expected),
            ConditionToml::One(choice) => Condition::Choice(self.words(&[choice])),
            ConditionToml::Among(choices) => Condition::Choice(self.words(&choices)),
            ConditionToml::Except(form) => {
                let excepted: BTreeSet<crate::model::ChoiceId> = self.words(&form.except);
                let id = self.word(fact)?;
                let Some(FactKind::Choice(among)) = self.vocabulary.find(&id).map(|it| &it.kind) else {
                    let message = format!("`{fact}` is no choice, so that nothing can be excepted");
                    self.report("condition", message, fact, None);
                    return None;
                };
                if let Some(unknown) = excepted.iter().find(|it| !among.contains(*it)) {
                    let message = format!("unknown value `{unknown}` of `{fact}`");
                    self.report("unknown-word", message, unknown.as_str(), None);
                }
                Condition::Choice(among - &excepted)
            }
            ConditionToml::Count(form) => {
                let count = |it: Option<u64>| it.map(Count::new).transpose();
                let bounds = match (count(form.at_least), count(form.below)) {
                    (Ok(at_least), Ok(below)) => Bounds::new(at_least, below).map_err(|it| it.to_string()),
                    (Err(error), _) | (_, Err(error)) => Err(error.to_string()),
                };
                let window = form.window.and_then(|it| self.word(&it));
                match bounds {
                    Ok(bounds) => Condition::Count(bounds, window),
                    Err(message) => {
                        self.report("condition", message, fact, None);
                        return None;
                    }
                }
            }
        })
    }

    fn notes(&mut self, forms: Vec<NoteToml>) -> Vec<EntryNote> {
        let mut notes = Vec::new();
        for form in forms {
            let kind = one_of(self.text, &EntryNoteKind::ALL, EntryNoteKind::word, &form.kind);
            let text = crate::model::Text { en: form.en, zh: form.zh };
            notes.extend(self.keep(kind).map(|kind| EntryNote { kind, text }));
        }
        notes
    }
}
