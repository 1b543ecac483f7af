//! A revision and its entries in words: labels, and what stands beside them.

use crate::document::note::block::{Line, Span, plain};
use crate::document::term;
use crate::model::{Destinations, Effect, Entry, Issued, Language, When, in_words};

/// Texts beside labels.
pub(crate) type Labelled = Vec<(String, Line)>;

/// Returns what a revision says of itself.
pub(crate) fn of_revision(issued: &Issued, language: Language) -> Labelled {
    let say = |en: &'static str, zh: &'static str| language.say(en, zh);
    let revision = &issued.revision;
    let mut facts = Labelled::new();
    let mut add = |label: &str, line: Line| facts.push((label.to_owned(), line));
    add(say("Changed", "变动"), plain(revision.summary.in_language(language)));
    add(say("Authority", "发布机关"), plain(revision.authority.clone()));
    add(say("Published", "公布日"), plain(revision.published.to_string()));
    let dormant = say("never: dormant", "无（未生效）");
    add(say("Effective", "生效日"), plain(revision.effective.map_or_else(|| dormant.to_owned(), |it| it.to_string())));
    if let Some(expires) = revision.expires {
        add(say("Expires", "失效日"), plain(expires.to_string()));
    }
    if revision.repeals {
        add(say("Repeals", "废止"), plain(say("the list is silent from then on", "自该日起清单终止")));
    }
    add(say("Speaks for", "适用类别"), plain(term::scope(&revision.scope, language)));
    if !revision.applies_when.is_empty() {
        add(say("Applies when", "适用条件"), plain(conditions(&revision.applies_when)));
    }
    if revision.applies_to != Destinations::Any {
        add(say("Applies to", "适用目的地"), plain(revision.applies_to.to_string()));
    }
    if !revision.displaces.is_empty() {
        add(say("Displaces", "取代"), plain(join(&revision.displaces)));
    }
    for (group, members) in &revision.groups {
        add(say("Group", "目的地组"), plain(format!("{group}: {}", join(members))));
    }
    let source = &revision.source;
    let source =
        vec![Span::Plain(format!("{}, {}, ", source.title, source.citation)), Span::Address(source.url.clone())];
    add(say("Source", "来源"), source);
    add(say("Standing", "状态"), plain(checked(issued, language)));
    for doubt in &revision.doubts {
        add(say("Doubt", "存疑"), plain(doubt.in_language(language)));
    }
    add(say("Hash", "哈希"), plain(issued.hash.to_string()));
    if let Some(previous) = issued.previous {
        add(say("Previous", "前一版"), plain(previous.to_string()));
    }
    facts
}

/// Returns who wrote a revision down, when it was compared with its source, and
/// how far it can be relied on.
pub(crate) fn checked(issued: &Issued, language: Language) -> String {
    let (revision, source) = (&issued.revision, &issued.revision.source);
    let (status, confidence) = (term::status(revision.status, language), term::confidence(source.confidence, language));
    match language {
        Language::En => format!("{status}, checked {}, confidence {confidence}", source.checked),
        Language::Zh => format!("{status}，{}核对，可信度{confidence}", source.checked),
    }
}

/// Returns an entry in one line: its id, what it does, and on what it rests.
pub(crate) fn entry_title(entry: &Entry, language: Language) -> String {
    format!("{}  {}, {}", entry.id, term::effect(&entry.effect, language), entry.cite)
}

/// Returns what an entry says.
pub(crate) fn of_entry(entry: &Entry, language: Language) -> Labelled {
    let say = |en: &'static str, zh: &'static str| language.say(en, zh);
    let mut facts = Labelled::new();
    let mut add = |label: &str, text: String| facts.push((label.to_owned(), plain(text)));
    add(say("Says", "内容"), entry.note.in_language(language).to_owned());
    let mut categories = join(&entry.categories);
    if !entry.except.is_empty() {
        categories = format!("{categories}; {} {}", say("except", "除"), join(&entry.except));
    }
    add(say("Categories", "类别"), categories);
    if entry.to != Destinations::Any {
        add(say("To", "目的地"), entry.to.to_string());
    }
    if !entry.when.is_empty() {
        add(say("When", "条件"), conditions(&entry.when));
    }
    if let Effect::Conditional(ways) = &entry.effect {
        let ways: Vec<_> = ways.iter().map(ToString::to_string).collect();
        add(say("Requires", "须具备"), ways.join(say(" or ", " 或 ")));
    }
    if !entry.exemptions.is_empty() {
        add(say("Exempt if", "可豁免情形"), join(&entry.exemptions));
    }
    if !entry.duties.is_empty() {
        add(say("Duties", "义务"), join(&entry.duties));
    }
    for note in &entry.notes {
        add(say("Note", "提示"), format!("{}: {}", note.kind.word(), note.text.in_language(language)));
    }
    facts
}

fn join<T: ToString>(all: impl IntoIterator<Item = T>) -> String {
    all.into_iter().map(|it| it.to_string()).collect::<Vec<_>>().join(", ")
}

fn conditions(when: &When) -> String {
    in_words(when).collect::<Vec<_>>().join("; ")
}
