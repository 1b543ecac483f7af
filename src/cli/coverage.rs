//! `neglist coverage`

use clap::Args;

use crate::cli::args::Format;
use crate::cli::failure::Failure;
use crate::cli::layout::Layout;
use crate::cli::{Screen, exit, lists, table};
use crate::document::{coverage_json, doubts, term};
use crate::model::{At, InForce, Issued, Language, Place, State};
use crate::registry::{Coverage, Held, Registry, Total, without_a_list};

/// Show of whose law the registry has lists, how well, and what it is known to lack
///
/// A place without a list is no place without law: every question from there is answered
/// `unknown`. How well a list is held: when somebody last compared it with its source, how far
/// it can be relied on, and the doubts that are written down.
#[derive(Args, Debug)]
pub(super) struct CoverageArgs {
    /// This jurisdiction at length; one line each of all if left out
    #[arg(value_name = "JURISDICTION")]
    jurisdiction: Option<String>,
    /// As it stands on this day; today if left out
    #[arg(long, value_name = "DATE")]
    at: Option<String>,
    /// Write the doubts and gaps of the lists as a page in Markdown instead
    #[arg(long)]
    doubts: bool,
}

pub(super) fn run(args: &CoverageArgs, registry: &Registry, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let state = registry.state();
    let at = lists::day(args.at.as_deref(), screen)?;
    let code = args.jurisdiction.as_deref().map(|it| lists::place(it, state)).transpose()?;
    let place = code.as_ref().and_then(|it| state.places.find(it));
    let all = registry.coverage(at);
    let mut without = without_a_list(&all, at, state);
    without.retain(|it| place.is_none_or(|place| it.code == place.code));
    let is_asked = |it: &Coverage<'_>| place.is_none_or(|place| it.place == place.code);
    let (covered, others): (Vec<_>, Vec<_>) = all.into_iter().partition(is_asked);
    if args.doubts {
        let page = doubts(&covered, at, state, screen.language);
        screen.out.write_all(page.as_bytes())?;
        return Ok(exit::DONE);
    }
    match (screen.format, place) {
        (Format::Json, _) => screen.json(&coverage_json(&covered, &without, at, state))?,
        (Format::Text, Some(place)) => write_at_length(place, covered.first(), &others, at, state, screen)?,
        (Format::Text, None) => write_table(&covered, without.len(), at, state, screen)?,
    }
    Ok(exit::DONE)
}

fn write_table(
    covered: &[Coverage<'_>],
    without: usize,
    at: At,
    state: &State,
    screen: &mut Screen<'_>,
) -> Result<(), Failure> {
    let names = match screen.language {
        Language::En => ["PLACE", "LISTS", "REVISIONS", "ENTRIES", "SINCE", "CHECKED", "CONFIDENCE", "GAPS", "NAME"],
        Language::Zh => ["地区", "清单", "修订", "条目", "最早生效", "核对", "可信度", "缺漏", "名称"],
    };
    let mut table = table::table(&names, screen.surroundings.width);
    for coverage in covered {
        let name = state.places.find(&coverage.place).map(|it| it.name.in_language(screen.language));
        table.add_row([
            coverage.place.to_string(),
            coverage.lists.len().to_string(),
            coverage.revisions().to_string(),
            coverage.entries().to_string(),
            coverage.since().map(|it| it.to_string()).unwrap_or_default(),
            coverage.oldest_check().map(|it| it.to_string()).unwrap_or_default(),
            coverage.confidence().map_or("", |it| term::confidence(it, screen.language)).to_owned(),
            coverage.gaps().len().to_string(),
            name.unwrap_or_default().to_owned(),
        ]);
    }
    screen.out.write_all(table::text(&table).as_bytes())?;
    let Total { jurisdictions, lists, revisions, entries } = Total::of(covered);
    let summary = match screen.language {
        Language::En => format!(
            "\n{jurisdictions} jurisdictions, {lists} lists, {revisions} revisions, {entries} entries, as of {at}.\n\
             CHECKED is the oldest comparison with a source, CONFIDENCE the lowest, of what holds now.\n\
             {without} countries have no list, neither of their own nor of a bloc: whatever leaves them is `unknown`."
        ),
        Language::Zh => format!(
            "\n截至{at}：{jurisdictions}个法域，{lists}份清单，{revisions}个修订版，{entries}个条目。\n\
             “核对”为现行内容中最早的来源核对日，“可信度”为其中最低者。\n\
             另有{without}个国家或地区既无自身清单、亦不受集团清单约束：自其出境的数据一律答复“无法判定”。"
        ),
    };
    writeln!(screen.out, "{summary}")?;
    Ok(())
}

fn write_at_length(
    place: &Place,
    coverage: Option<&Coverage<'_>>,
    others: &[Coverage<'_>],
    at: At,
    state: &State,
    screen: &mut Screen<'_>,
) -> Result<(), Failure> {
    let mut layout = Layout::new(screen.surroundings.width, screen.language);
    layout.line(&format!("{} {}", place.code, place.name.in_language(screen.language)));
    layout.line("");
    for held in coverage.iter().flat_map(|it| &it.lists) {
        write_list(held, &mut layout, screen);
    }
    if coverage.is_none() {
        let nothing = screen.say(
            "no list of its own is held. That is not a yes: what no other list speaks for is answered `unknown`",
            "未收录其自身的清单。这并不表示可以出境：无其他清单涉及的，一律答复“无法判定”",
        );
        layout.labelled(screen.say("Lists", "清单"), nothing);
    }
    let mut label = screen.say("Not held", "未收录");
    for (_, gap) in coverage.iter().flat_map(|it| it.gaps()) {
        layout.labelled(label, gap.in_language(screen.language));
        label = "";
    }
    let named = |is_other: &dyn Fn(&Coverage<'_>) -> bool| {
        others
            .iter()
            .filter(|it| is_other(it))
            .map(|it| format!("{} ({})", it.place, it.lists.len()))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let places = &state.places;
    let chain = places.chain(&place.code, at);
    for (label, others) in [
        (screen.say("Also bound by", "并受其约束"), named(&|it| chain.contains(&it.place))),
        (screen.say("Parts", "下级"), named(&|it| places.with_parents(&it.place).contains(&place.code))),
    ] {
        if !others.is_empty() {
            layout.labelled(label, &others);
        }
    }
    screen.out.write_all(layout.into_text().as_bytes())?;
    Ok(())
}

fn write_list(held: &Held<'_>, layout: &mut Layout, screen: &Screen<'_>) {
    let Some(issued) = held.current() else { return };
    let revision = &issued.revision;
    layout.line(&format!("{}  {}", held.list.id, revision.title.in_language(screen.language)));
    layout.labelled(screen.say("Speaks for", "适用类别"), &term::scope(&revision.scope, screen.language));
    layout.labelled(screen.say("In force", "现行"), &in_force(held, issued, screen.language));
    let standing = crate::document::note::checked(issued, screen.language);
    let doubts = revision.doubts.len();
    let standing = match screen.language {
        Language::En => format!("{standing}, doubts: {doubts}"),
        Language::Zh => format!("{standing}，存疑{doubts}处"),
    };
    layout.labelled(screen.say("Standing", "状态"), &standing);
    layout.line("");
}

fn in_force(held: &Held<'_>, issued: &Issued, language: Language) -> String {
    let revision = &issued.revision;
    let now = match held.in_force {
        InForce::Yes(_) => {
            let (version, entries) = (&revision.version, revision.entries.len());
            let since = held.since().map(|it| it.to_string()).unwrap_or_default();
            match language {
                Language::En => format!("{version}, entries: {entries}; the list since {since}"),
                Language::Zh => format!("{version}，条目{entries}个；清单始于{since}"),
            }
        }
        InForce::Lapsed(_) => language.say("lapsed", "已失效").to_owned(),
        InForce::NotYet => language.say("not yet", "尚未生效").to_owned(),
    };
    let ahead: Vec<String> = held.ahead.iter().map(|it| ahead(it, language)).collect();
    let said: Vec<String> = std::iter::once(now).chain(ahead).collect();
    said.join(language.say("; ", "；"))
}

fn ahead(issued: &Issued, language: Language) -> String {
    let version = &issued.revision.version;
    match issued.revision.effective {
        Some(day) => format!("{version} {} {day}", language.say("from", "生效日")),
        None => format!("{version} {}", language.say("dormant", "未生效（无生效日）")),
    }
}
