//! A revision, as people write it.

use std::fmt::Write as _;

use semver::Version;

use crate::catalog::write::entry::entry;
use crate::catalog::write::value::{destinations, key, lines, names, notes, string, text, when};
use crate::model::{Revision, Scope, Text, Vocabulary};

/// What is said above a key, for whoever edits the file.
pub(super) type Comments = Vec<(&'static str, String)>;

/// Writes a revision. `vocabulary` shortens a choice of nearly all values to
/// those left out.
pub fn write_revision(revision: &Revision, vocabulary: &Vocabulary) -> String {
    write_commented(revision, None, vocabulary, &Comments::new())
}

/// Writes a revision with comments above keys; those of the empty key
/// stand at the top. A draft says which version it follows.
pub(super) fn write_commented(
    revision: &Revision,
    follows: Option<&Version>,
    vocabulary: &Vocabulary,
    comments: &Comments,
) -> String {
    let mut writer = Writer { out: String::new(), vocabulary, comments };
    if comments.iter().any(|(key, _)| key.is_empty()) {
        writer.comment("");
        writer.out.push('\n');
    }
    writer.head(revision, follows);
    writer.reach(revision);
    writer.said(revision);
    writer.source(revision);
    writer.groups(revision);
    for (index, it) in revision.entries.values().enumerate() {
        writer.out.push('\n');
        if index == 0 {
            writer.comment("entry");
        }
        writer.out.push_str(&entry(it, vocabulary));
    }
    writer.out
}

struct Writer<'a> {
    out: String,
    vocabulary: &'a Vocabulary,
    comments: &'a Comments,
}

impl Writer<'_> {
    fn push(&mut self, text: std::fmt::Arguments<'_>) {
        self.out.write_fmt(text).expect("because a string takes every text");
    }

    fn comment(&mut self, key: &str) {
        for (_, comment) in self.comments.iter().filter(|(of, _)| *of == key) {
            for line in comment.lines() {
                self.out.push_str(format!("# {line}").trim_end());
                self.out.push('\n');
            }
        }
    }

    fn line(&mut self, key: &str, value: &str) {
        self.comment(key);
        self.push(format_args!("{key:<9} = {value}\n"));
    }

    /// What it is, and when.
    fn head(&mut self, revision: &Revision, follows: Option<&Version>) {
        self.line("list", &string(revision.list.as_str()));
        self.line("version", &string(&revision.version.to_string()));
        if let Some(version) = follows {
            self.line("follows", &string(&version.to_string()));
        }
        self.line("title", &text(&revision.title));
        self.line("authority", &string(&revision.authority));
        self.line("published", &revision.published.to_string());
        if let Some(effective) = revision.effective {
            self.line("effective", &effective.to_string());
        }
        if let Some(expires) = revision.expires {
            self.line("expires", &expires.to_string());
        }
        if revision.repeals {
            self.line("repeals", "true");
        }
        if !revision.withdraws.is_empty() {
            self.line("withdraws", &names(&revision.withdraws));
        }
        if let Some(reason) = &revision.retroactive {
            self.line("retroactive", &text(reason));
        }
    }

    /// What it speaks for, and whom and where it binds.
    fn reach(&mut self, revision: &Revision) {
        self.line("catalog", &string(&revision.catalog.to_string()));
        self.line("status", &string(revision.status.word()));
        match &revision.scope {
            Scope::All => self.line("scope", "[\"*\"]"),
            Scope::Only(categories) => self.line("scope", &names(categories)),
        }
        if let Some(border) = &revision.border {
            self.line("border", &string(border.as_str()));
        }
        if revision.within {
            self.line("within", "true");
        }
        if !revision.displaces.is_empty() {
            self.line("displaces", &names(&revision.displaces));
        }
        if !revision.applies_when.is_empty() {
            self.line("applies-when", &when(&revision.applies_when, self.vocabulary));
        }
        if let Some(to) = destinations(&revision.applies_to) {
            self.line("applies-to", &to);
        }
    }

    fn said(&mut self, revision: &Revision) {
        self.line("summary", &text(&revision.summary));
        if !revision.doubts.is_empty() {
            let doubts: Vec<_> = revision.doubts.iter().map(|it: &Text| text(it)).collect();
            self.line("doubts", &lines(&doubts));
        }
        if !revision.notes.is_empty() {
            self.line("notes", &notes(&revision.notes));
        }
    }

    fn source(&mut self, revision: &Revision) {
        let source = &revision.source;
        self.out.push_str("\n[source]\n");
        for (key, value) in [("title", &source.title), ("citation", &source.citation), ("url", &source.url)] {
            self.push(format_args!("{key:<10} = {}\n", string(value)));
        }
        self.comment("checked");
        self.push(format_args!("{:<10} = {}\n", "checked", source.checked));
        self.comment("confidence");
        self.push(format_args!("{:<10} = {}\n", "confidence", string(source.confidence.word())));
    }

    fn groups(&mut self, revision: &Revision) {
        if !revision.groups.is_empty() {
            self.out.push('\n');
            self.comment("groups");
            self.out.push_str("[groups]\n");
        }
        for (id, members) in &revision.groups {
            self.push(format_args!("{} = {}\n", key(id.as_str()), names(members)));
        }
        for (id, joins) in &revision.combine {
            self.push(format_args!("\n[[combine]]\nid = {}\n", string(id.as_str())));
            if !joins.is_empty() {
                self.push(format_args!("joins = {}\n", names(joins)));
            }
        }
    }
}
