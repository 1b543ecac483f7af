//! `neglist show`

use crate::cli::args::{Format, ShowArgs};
use crate::cli::failure::Failure;
use crate::cli::layout::Layout;
use crate::cli::{Screen, exit, history, lists};
use crate::document::revision_json;
use crate::model::{Destinations, Effect, Entry, InForce, Issued, Language, List, Scope, When, in_words};
use crate::registry::Registry;

pub(super) fn run(args: &ShowArgs, registry: &Registry, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let state = registry.state();
    let list = history::find_list(state, &args.list)?;
    let issued = find(args, list, screen)?;
    match screen.format {
        Format::Json => screen.json(&revision_json(list, issued, state))?,
        Format::Text => {
            let mut writer =
                Writer { layout: Layout::new(screen.surroundings.width, screen.language), language: screen.language };
            writer.revision(issued);
            issued.revision.entries.values().for_each(|it| writer.entry(it));
            screen.out.write_all(writer.layout.into_text().as_bytes())?;
        }
    }
    Ok(exit::DONE)
}

fn find<'a>(args: &ShowArgs, list: &'a List, screen: &Screen<'_>) -> Result<&'a Issued, Failure> {
    let Some(written) = &args.version else {
        let at = lists::day(args.at.as_deref(), screen)?;
        return match list.in_force(at, None) {
            InForce::Yes(issued) => Ok(issued),
            InForce::NotYet | InForce::Lapsed(_) => {
                let message = format!("no revision of `{}` is in force on {at}", list.id);
                Err(Failure::input(message).hint(format!("`neglist history {}` shows them all", list.id)))
            }
        };
    };
    history::find_version(list, written)
}

struct Writer {
    layout: Layout,
    language: Language,
}

impl Writer {
    fn say<'t>(&self, en: &'t str, zh: &'t str) -> &'t str {
        self.language.say(en, zh)
    }

    fn revision(&mut self, issued: &Issued) {
        let revision = &issued.revision;
        let title = revision.title.in_language(self.language);
        self.layout.line(&format!("{} {}  {title}", revision.list, revision.version));
        self.layout.line("");
        self.layout.labelled(self.say("Changed", "变动"), revision.summary.in_language(self.language));
        self.layout.labelled(self.say("Authority", "发布机关"), &revision.authority);
        self.layout.labelled(self.say("Published", "公布日"), &revision.published.to_string());
        let dormant = self.say("never: dormant", "无（未生效）");
        let effective = revision.effective.map_or_else(|| dormant.to_owned(), |it| it.to_string());
        self.layout.labelled(self.say("Effective", "生效日"), &effective);
        if let Some(expires) = revision.expires {
            self.layout.labelled(self.say("Expires", "失效日"), &expires.to_string());
        }
        if revision.repeals {
            self.layout
                .labelled(self.say("Repeals", "废止"), self.say("the list is silent from then on", "自该日起清单终止"));
        }
        let scope = match &revision.scope {
            Scope::All => self.say("all data", "全部数据").to_owned(),
            Scope::Only(categories) => join(categories),
        };
        self.layout.labelled(self.say("Speaks for", "适用类别"), &scope);
        if !revision.applies_when.is_empty() {
            self.layout.labelled(self.say("Applies when", "适用条件"), &conditions(&revision.applies_when));
        }
        if revision.applies_to != Destinations::Any {
            self.layout.labelled(self.say("Applies to", "适用目的地"), &revision.applies_to.to_string());
        }
        if !revision.displaces.is_empty() {
            self.layout.labelled(self.say("Displaces", "取代"), &join(&revision.displaces));
        }
        for (group, members) in &revision.groups {
            self.layout.labelled(self.say("Group", "目的地组"), &format!("{group}: {}", join(members)));
        }
        let source = &revision.source;
        let (title, citation, url) = (&source.title, &source.citation, &source.url);
        self.layout.labelled(self.say("Source", "来源"), &format!("{title}, {citation}, {url}"));
        let (status, confidence) = (revision.status.word(), source.confidence.word());
        let checked = format!("{status}, checked {}, confidence {confidence}", source.checked);
        self.layout.labelled(self.say("Standing", "状态"), &checked);
        for doubt in &revision.doubts {
            self.layout.labelled(self.say("Doubt", "存疑"), doubt.in_language(self.language));
        }
        self.layout.labelled(self.say("Hash", "哈希"), &issued.hash.to_string());
        if let Some(previous) = issued.previous {
            self.layout.labelled(self.say("Previous", "前一版"), &previous.to_string());
        }
    }

    fn entry(&mut self, entry: &Entry) {
        self.layout.line("");
        let effect = match entry.effect {
            Effect::Notice => "notice",
            Effect::Conditional(_) => "conditional",
            Effect::Undetermined => "undetermined",
            Effect::Prohibited => "prohibited",
        };
        self.layout.line(&format!("{}  {effect}, {}", entry.id, entry.cite));
        self.layout.labelled(self.say("Says", "内容"), entry.note.in_language(self.language));
        let mut categories = join(&entry.categories);
        if !entry.except.is_empty() {
            let except = self.say("except", "除");
            categories = format!("{categories}; {except} {}", join(&entry.except));
        }
        self.layout.labelled(self.say("Categories", "类别"), &categories);
        if entry.to != Destinations::Any {
            self.layout.labelled(self.say("To", "目的地"), &entry.to.to_string());
        }
        if !entry.when.is_empty() {
            self.layout.labelled(self.say("When", "条件"), &conditions(&entry.when));
        }
        if let Effect::Conditional(ways) = &entry.effect {
            let ways: Vec<_> = ways.iter().map(ToString::to_string).collect();
            self.layout.labelled(self.say("Requires", "须具备"), &ways.join(self.say(" or ", " 或 ")));
        }
        if !entry.exemptions.is_empty() {
            self.layout.labelled(self.say("Exempt if", "可豁免情形"), &join(&entry.exemptions));
        }
        if !entry.duties.is_empty() {
            self.layout.labelled(self.say("Duties", "义务"), &join(&entry.duties));
        }
        for note in &entry.notes {
            let text = format!("{}: {}", note.kind.word(), note.text.in_language(self.language));
            self.layout.labelled(self.say("Note", "提示"), &text);
        }
    }
}

fn join<T: ToString>(all: impl IntoIterator<Item = T>) -> String {
    all.into_iter().map(|it| it.to_string()).collect::<Vec<_>>().join(", ")
}

fn conditions(when: &When) -> String {
    in_words(when).collect::<Vec<_>>().join("; ")
}
