//! A draft, and what it is judged against.

use std::ops::Range;

use jiff::civil::Date;
use semver::Version;

use crate::catalog::diagnostic::{Diagnostic, find_word};
use crate::catalog::folder::{entry_span, misplaced};
use crate::catalog::lint::history::History;
use crate::catalog::lint::remark::Remark;
use crate::catalog::lint::rule::{Check, Severity};
use crate::catalog::lint::rules::RULES;
use crate::catalog::lint::written::Written;
use crate::catalog::revision::read_revision;
use crate::catalog::words::Words;
use crate::model::near::did_you_mean;
use crate::model::{At, Entry, Revision, Text};

/// What every file is judged against.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// The words that it may use.
    pub words: Words<'a>,
    /// The revisions that the registry holds, of all lists.
    pub published: &'a [&'a Revision],
    /// The day on which it is judged.
    pub today: Date,
}

/// Where a file lies.
#[derive(Clone, Copy, Debug)]
pub enum Place<'a> {
    /// In the folder of a list, named after this version.
    Folder(&'a Version, &'a History),
    /// By itself. What it builds on is looked for in the registry; nothing is
    /// known of what else is planned for its list.
    Alone,
}

/// A draft that could be read.
#[derive(Debug)]
pub(crate) struct Draft<'a> {
    pub(crate) revision: &'a Revision,
    /// What stands in the file itself.
    pub(crate) written: Written<'a>,
    /// The other revisions of its list, where they are known.
    pub(crate) history: Option<Vec<&'a Revision>>,
    pub(crate) setting: Setting<'a>,
}

/// Returns what the rules say of a file, in the order in which it stands
/// there.
pub fn lint(bytes: &[u8], place: Place<'_>, setting: Setting<'_>) -> Vec<Remark> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return vec![Diagnostic::new("unreadable", format!("it is not UTF-8: {error}")).into()],
    };
    let revision = match read(text, place, setting) {
        Ok(revision) => revision,
        Err(mistakes) => return mistakes.into_iter().map(|it| Remark::from(with_near_key(it))).collect(),
    };
    let history = match place {
        Place::Folder(version, history) => Some(history.others(version)),
        Place::Alone => None,
    };
    let draft = Draft { revision: &revision, written: Written::new(text), history, setting };
    let mut remarks = Vec::new();
    for rule in RULES {
        if let Check::Draft(check) = rule.check {
            remarks.extend(check(&draft).into_iter().map(|it| it.into_remark(rule)));
        }
    }
    for it in remarks.iter_mut().filter(|it| it.severity == Severity::Warning) {
        // Whoever wrote the file knows of it, and says why it is so.
        if let Some(why) = draft.written.string(&["explained", it.diagnostic.rule]) {
            it.severity = Severity::Note;
            it.diagnostic = it.diagnostic.clone().help(Some(format!("explained: {why}")));
        }
    }
    remarks.sort_by_key(|it| it.diagnostic.span.as_ref().map(|it| it.start));
    remarks
}

/// Reads a revision that fits its place and speaks the catalog's words: what
/// does not is judged no further.
fn read(text: &str, place: Place<'_>, setting: Setting<'_>) -> Result<Revision, Vec<Diagnostic>> {
    let revision = match place {
        Place::Folder(version, history) => {
            read_revision(text, setting.words.vocabulary, |base| history.before(version, base).cloned())?
        }
        Place::Alone => {
            // A base is of the same list; which that is, the text says.
            let list = Written::new(text).string(&["list"]).unwrap_or_default();
            let is_base = |it: &&&Revision, base: &Version| it.list.as_str() == list && it.version == *base;
            read_revision(text, setting.words.vocabulary, |base| {
                setting.published.iter().find(|it| is_base(it, base)).map(|it| (*it).clone())
            })?
        }
    };
    let mut mistakes = Vec::new();
    if let Place::Folder(version, history) = place {
        let last = history.last_before(version).map(|(version, it)| (version.clone(), it.published));
        for (mistake, word) in misplaced(&revision, &history.list, version, last.as_ref()) {
            mistakes.push(mistake.at(find_word(text, 0..text.len(), &word)));
        }
    }
    for unknown in setting.words.unknown(&revision) {
        let is_requirement = unknown.entry.is_none() && unknown.word == revision.catalog.to_string();
        let rule = if is_requirement { "catalog-requirement" } else { "unknown-word" };
        let span = find_word(text, entry_span(text, unknown.entry.as_ref()), &unknown.word);
        let span = span.or_else(|| if is_requirement { Written::new(text).span(&["catalog"]) } else { None });
        mistakes.push(Diagnostic::new(rule, unknown.message).at(span).help(unknown.help));
    }
    if mistakes.is_empty() { Ok(revision) } else { Err(mistakes) }
}

/// Names the keys that are near one that is not known. The parser's message
/// has them all.
fn with_near_key(mistake: Diagnostic) -> Diagnostic {
    let mut quoted = mistake.message.split('`').skip(1).step_by(2);
    match (mistake.message.starts_with("unknown field"), quoted.next()) {
        (true, Some(wrong)) if mistake.help.is_none() => {
            let help = did_you_mean(wrong, quoted);
            mistake.help(help)
        }
        (true | false, _) => mistake,
    }
}

/// Returns whether a character is Chinese.
pub(crate) fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// A text in both languages, and where it stands.
#[derive(Debug)]
pub(crate) struct Said<'a> {
    /// What it is: `title`, or `note` of an entry.
    pub(crate) what: String,
    pub(crate) text: &'a Text,
    pub(crate) span: Option<Range<usize>>,
    /// The entry to which it belongs.
    pub(crate) entry: Option<&'a Entry>,
}

impl<'a> Draft<'a> {
    /// Returns the day for which the draft is judged: the first in force.
    pub(crate) fn at(&self) -> At {
        self.revision.first_day()
    }

    /// Returns the entries that stand in the file itself.
    pub(crate) fn own_entries(&self) -> impl Iterator<Item = &'a Entry> {
        let entries = self.revision.entries.values().map(AsRef::as_ref);
        entries.filter(|it: &&Entry| self.written.has_entry(&it.id))
    }

    /// Returns the entries that stand in the file, and where one of these keys
    /// does, all of them: it changes what they come to.
    pub(crate) fn entries_with(&self, keys: &[&str]) -> impl Iterator<Item = &'a Entry> {
        let is_changed = keys.iter().any(|it| self.written.has(&[it]));
        let entries = self.revision.entries.values().map(AsRef::as_ref);
        entries.filter(move |it: &&Entry| is_changed || self.written.has_entry(&it.id))
    }

    /// Returns every two entries of which the first stands in the file.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&'a Entry, &'a Entry)> {
        self.own_entries().flat_map(|one| {
            let others = self.revision.entries.values().map(AsRef::as_ref);
            others.filter(move |it: &&Entry| it.id != one.id).map(move |other| (one, other))
        })
    }

    /// Returns every two entries once, of which at least one stands in the
    /// file; that one comes first.
    pub(crate) fn pairs_once(&self) -> impl Iterator<Item = (&'a Entry, &'a Entry)> {
        self.pairs().filter(|(one, other)| !self.written.has_entry(&other.id) || other.id < one.id)
    }

    /// Returns every two entries of which at least one stands in the file, in
    /// both orders.
    pub(crate) fn pairs_both_ways(&self) -> impl Iterator<Item = (&'a Entry, &'a Entry)> {
        self.pairs_once().flat_map(|(one, other)| [(one, other), (other, one)])
    }

    /// Returns the revision that the file builds on, where it is known.
    pub(crate) fn base(&self) -> Option<&'a Revision> {
        let version = self.written.string(&["base"])?;
        let own = |it: &&&Revision| it.list == self.revision.list && it.version.to_string() == version;
        let history = self.history.iter().flatten();
        history.chain(self.setting.published.iter()).find(own).copied()
    }

    /// Returns where an entry, or a value of it, stands.
    pub(crate) fn in_entry(&self, entry: &Entry, path: &[&str]) -> Option<Range<usize>> {
        self.written.in_entry(&entry.id, path)
    }

    /// Returns every text that stands in the file.
    pub(crate) fn texts(&self) -> Vec<Said<'a>> {
        let revision = self.revision;
        let mut texts = Vec::new();
        let mut say = |what: String, text: &'a Text, span: Option<Range<usize>>, entry: Option<&'a Entry>| {
            texts.push(Said { what, text, span, entry });
        };
        let own = [("title", Some(&revision.title)), ("summary", Some(&revision.summary))];
        for (key, text) in own.into_iter().chain([("retroactive", revision.retroactive.as_ref())]) {
            if let (Some(text), Some(span)) = (text, self.written.span(&[key])) {
                say(format!("the {key}"), text, Some(span), None);
            }
        }
        for (index, text) in revision.doubts.iter().enumerate() {
            say("a doubt".to_owned(), text, self.written.nth("doubts", index), None);
        }
        for (index, note) in revision.notes.iter().enumerate() {
            say("a note of the revision".to_owned(), &note.text, self.written.nth("notes", index), None);
        }
        for entry in self.own_entries() {
            say(format!("the note of `{}`", entry.id), &entry.note, self.in_entry(entry, &["note"]), Some(entry));
            for note in &entry.notes {
                let what = format!("a note of kind `{}` of `{}`", note.kind.word(), entry.id);
                say(what, &note.text, self.in_entry(entry, &["notes"]), Some(entry));
            }
        }
        texts
    }

    /// Returns the revision that was in force until this one, where the
    /// history is known: the one with the greatest effective date before it.
    pub(crate) fn predecessor(&self) -> Option<&'a Revision> {
        let effective = self.revision.effective?;
        let earlier = self.history.as_ref()?.iter().copied();
        let earlier = earlier.filter(|it| it.effective.is_some_and(|day| day < effective));
        let earlier = earlier.filter(|it| !self.revision.withdraws.contains(&it.version));
        earlier.max_by_key(|it| (it.effective, &it.version))
    }
}
