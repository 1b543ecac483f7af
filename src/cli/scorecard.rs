//! `neglist scorecard`

use clap::Args;
use serde_json::{Value as Json, json};

use crate::canon::head_json;
use crate::cli::args::Format;
use crate::cli::failure::Failure;
use crate::cli::layout::Layout;
use crate::cli::{Screen, exit, lists, table};
use crate::model::{At, Jurisdiction, Language};
use crate::registry::{Breadth, Destinations, Measures, Notices, Registry, Scorecard, Share, Summary};

/// Measure the lists in force by what the Initiative asks of a restriction
///
/// Notice, objectives, citations, thresholds, routes for personal data, breadth, destinations,
/// translation, age: measures and no grade. docs/scorecard.md says how each is counted.
#[derive(Args, Debug)]
pub(super) struct ScorecardArgs {
    /// Measure the lists of this jurisdiction, at length; one line a list of all if left out
    #[arg(value_name = "JURISDICTION")]
    jurisdiction: Option<String>,
    /// As they stand on this day; today if left out
    #[arg(long, value_name = "DATE")]
    at: Option<String>,
}

pub(super) fn run(args: &ScorecardArgs, registry: &Registry, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let at = lists::day(args.at.as_deref(), screen)?;
    let of = args.jurisdiction.as_deref().map(|it| lists::place(it, registry.state())).transpose()?;
    let cards = registry.scorecards(of.as_ref(), at);
    if let Some(place) = of.as_ref().filter(|_| cards.is_empty()) {
        return Err(nothing_in_force(place, at, registry));
    }
    match (screen.format, of) {
        (Format::Json, _) => {
            let document = document(&cards, at, registry);
            screen.json(&document)?;
        }
        (Format::Text, Some(place)) => write_at_length(&place, &cards, screen)?,
        (Format::Text, None) => write_table(&cards, screen)?,
    }
    Ok(exit::DONE)
}

/// A place without lists of its own is often bound by those of what it is part
/// of.
fn nothing_in_force(place: &Jurisdiction, at: At, registry: &Registry) -> Failure {
    let chain = registry.state().places.chain(place, at);
    let others = registry.scorecards(None, at).into_iter().map(|it| it.revision().list.jurisdiction());
    let mut others: Vec<_> = others.filter(|it| chain.contains(it)).map(|it| format!("`{it}`")).collect();
    others.dedup();
    let hint = if others.is_empty() {
        "`neglist lists` shows what there is".to_owned()
    } else {
        format!("there are lists of {}, to which it belongs", others.join(", "))
    };
    Failure::input(format!("no list of `{place}` is in force on {at}")).hint(hint)
}

fn write_table(cards: &[Scorecard<'_>], screen: &mut Screen<'_>) -> Result<(), Failure> {
    let names = match screen.language {
        Language::En => ["LIST", "NOTICE", "AIM", "CITED", "WHEN", "ROUTE", "BROAD", "BARE", "ONLY", "AGE", "AHEAD"],
        Language::Zh => ["清单", "提前", "目的", "引用", "限定", "通道", "覆盖", "整类", "指定", "核对", "待生效"],
    };
    let mut table = table::table(&names, screen.surroundings.width);
    for card in cards {
        let measures = &card.measures;
        let Breadth { catalog, bound, bare } = &measures.breadth;
        let revision = card.revision();
        table.add_row([
            revision.list.to_string(),
            card.notice.map(|it| it.to_string()).unwrap_or_default(),
            percent(measures.texts.objective),
            percent(measures.texts.citation),
            percent(measures.bounded),
            percent(measures.routes),
            percent(Share { have: bound.len(), of: *catalog }),
            percent(Share { have: bare.len(), of: *catalog }),
            measures.destinations.places.len().to_string(),
            card.checked_days_ago.map(|it| it.to_string()).unwrap_or_default(),
            card.ahead.len().to_string(),
        ]);
    }
    screen.out.write_all(table::text(&table).as_bytes())?;
    Ok(())
}

/// Of nothing there is no share.
fn percent(share: Share) -> String {
    share.percent().map_or_else(|| "-".to_owned(), |it| format!("{it}%"))
}

fn write_at_length(place: &Jurisdiction, cards: &[Scorecard<'_>], screen: &mut Screen<'_>) -> Result<(), Failure> {
    let mut layout = Layout::new(screen.surroundings.width, screen.language);
    for card in cards {
        let revision = card.revision();
        layout.line(&format!("{} {}", revision.list, revision.version));
        layout.line("");
        let notice = match (card.notice, screen.language) {
            (None, _) => String::new(),
            (Some(days), Language::En) => format!("days: {days}; {}", notices(&card.measures.notices, screen)),
            (Some(days), Language::Zh) => format!("{days}天；{}", notices(&card.measures.notices, screen)),
        };
        layout.labelled(screen.say("Notice", "提前公布"), &notice);
        write_measures(&card.measures, &mut layout, screen);
        layout.labelled(screen.say("Source", "来源核对"), &checked(card, screen));
        let confidence = match screen.language {
            Language::En => format!("{}; doubts: {}", revision.source.confidence.word(), revision.doubts.len()),
            Language::Zh => format!("{}；存疑{}处", confidence_zh(card), revision.doubts.len()),
        };
        layout.labelled(screen.say("Confidence", "可信度"), &confidence);
        layout.labelled(screen.say("Ahead", "待生效"), &ahead(card, screen));
        layout.line("");
    }
    let summary = Summary::of(cards);
    let head = match screen.language {
        Language::En => format!("{place}, all together: {}", summary.lists),
        Language::Zh => format!("{place}合计：{}份清单", summary.lists),
    };
    layout.line(&head);
    layout.line("");
    layout.labelled(screen.say("Notice", "提前公布"), &notices(&summary.measures.notices, screen));
    write_measures(&summary.measures, &mut layout, screen);
    let rest = match screen.language {
        Language::En => format!("doubts: {}; revisions ahead: {}", summary.doubts, summary.ahead),
        Language::Zh => format!("存疑{}处；待生效修订{}份", summary.doubts, summary.ahead),
    };
    layout.labelled(screen.say("Open", "未定"), &rest);
    screen.out.write_all(layout.into_text().as_bytes())?;
    Ok(())
}

/// Writes what a list and a jurisdiction are measured by alike.
fn write_measures(measures: &Measures, layout: &mut Layout, screen: &Screen<'_>) {
    let mut line = |label: (&str, &str), share: Share, what: (&str, &str)| {
        let Share { have, of } = share;
        let text = match screen.language {
            Language::En => format!("{}: {have} of {of}", what.0),
            Language::Zh => format!("{}：{have}/{of}", what.1),
        };
        layout.labelled(screen.say(label.0, label.1), &text);
    };
    line(("Entries", "条目"), measures.gates, ("stand in the way of data", "构成限制"));
    line(("Objective", "目的"), measures.texts.objective, ("say what they are for", "说明目的"));
    line(("Citation", "引用"), measures.texts.citation, ("cite an article, section or clause", "引到条款"));
    line(("Bounded", "限定"), measures.bounded, ("have a threshold or a condition", "有门槛或条件"));
    let route = ("restrict personal data and give a mechanism or an exemption", "限制个人数据而有机制或豁免");
    line(("Route", "通道"), measures.routes, route);
    line(("Translation", "译文"), measures.texts.translation, ("stand in English and Chinese", "有中英文"));
    let Breadth { catalog, bound, bare } = &measures.breadth;
    let breadth = match screen.language {
        Language::En => format!(
            "categories bound: {} of {catalog}; through whole roots without threshold, condition or destination: {}",
            bound.len(),
            bare.len()
        ),
        Language::Zh => {
            format!("受限类别：{}/{catalog}；其中整类无门槛、无条件、不限目的地：{}", bound.len(), bare.len())
        }
    };
    layout.labelled(screen.say("Breadth", "覆盖"), &breadth);
    layout.labelled(screen.say("Destinations", "目的地"), &destinations(&measures.destinations, screen));
}

fn notices(notices: &Notices, screen: &Screen<'_>) -> String {
    let days = |it: Option<i32>| it.unwrap_or_default();
    let (many, least, median) = (notices.days.len(), days(notices.least()), days(notices.median()));
    let retroactive = notices.retroactive();
    match screen.language {
        Language::En => {
            format!("revisions: {many}, least {least}, median {median}, retroactive {retroactive}")
        }
        Language::Zh => format!("修订{many}次，最少{least}天，中位数{median}天，溯及既往{retroactive}次"),
    }
}

fn destinations(found: &Destinations, screen: &Screen<'_>) -> String {
    let Destinations { only, except, places, grounded } = found;
    if *only == 0 && *except == 0 {
        return screen.say("none singled out", "未区分目的地").to_owned();
    }
    match screen.language {
        Language::En => format!(
            "restrictions that name some: {only} (places: {}; names with their ground: {} of {}); that spare some: {except}",
            places.len(),
            grounded.have,
            grounded.of
        ),
        Language::Zh => format!(
            "指定目的地的限制：{only}（地点{}个；说明依据的名称{}/{}）；排除部分目的地的限制：{except}",
            places.len(),
            grounded.have,
            grounded.of
        ),
    }
}

fn checked(card: &Scorecard<'_>, screen: &Screen<'_>) -> String {
    let day = card.revision().source.checked;
    match (card.checked_days_ago, screen.language) {
        (Some(days), Language::En) => format!("checked on {day}, days before: {days}"),
        (Some(days), Language::Zh) => format!("{day}核对，{days}天前"),
        (None, Language::En) => format!("checked on {day}, after the day asked for"),
        (None, Language::Zh) => format!("{day}核对，晚于所询日期"),
    }
}

fn confidence_zh(card: &Scorecard<'_>) -> &'static str {
    match card.revision().source.confidence {
        crate::model::Confidence::Low => "低",
        crate::model::Confidence::Medium => "中",
        crate::model::Confidence::High => "高",
    }
}

fn ahead(card: &Scorecard<'_>, screen: &Screen<'_>) -> String {
    let of = |it: &&crate::model::Issued| {
        let day = it.revision.effective.map(|it| it.to_string()).unwrap_or_default();
        match screen.language {
            Language::En => format!("{} from {day}", it.revision.version),
            Language::Zh => format!("{}自{day}起", it.revision.version),
        }
    };
    let mut all: Vec<_> = card.ahead.iter().map(of).collect();
    all.extend(card.expires.map(|day| match screen.language {
        Language::En => format!("expires on {day}"),
        Language::Zh => format!("{day}失效"),
    }));
    if all.is_empty() {
        return screen.say("nothing is published", "无").to_owned();
    }
    all.join(screen.say("; ", "；"))
}

fn document(cards: &[Scorecard<'_>], at: At, registry: &Registry) -> Json {
    let mut jurisdictions: Vec<Json> = Vec::new();
    for cards in cards.chunk_by(|one, other| one.revision().list.jurisdiction() == other.revision().list.jurisdiction())
    {
        let Some(first) = cards.first() else { continue };
        let place = first.revision().list.jurisdiction();
        let lists: Vec<_> = cards.iter().map(card_json).collect();
        let summary = summary_json(&Summary::of(cards));
        jurisdictions.push(json!({"jurisdiction": place.as_str(), "lists": lists, "summary": summary}));
    }
    json!({
        "at": at.to_string(), "jurisdictions": jurisdictions, "registry": head_json(&registry.state().head),
    })
}

fn card_json(card: &Scorecard<'_>) -> Json {
    let revision = card.revision();
    let ahead = card.ahead.iter().map(|it| {
        let effective = it.revision.effective.map(|it| it.to_string());
        json!({"version": it.revision.version.to_string(), "effective": effective})
    });
    let own = json!({
        "list": revision.list.as_str(),
        "version": revision.version.to_string(),
        "notice": card.notice,
        "thresholds": card.thresholds(),
        "checked": revision.source.checked.to_string(),
        "checked_days_ago": card.checked_days_ago,
        "confidence": revision.source.confidence.word(),
        "doubts": revision.doubts.len(),
        "ahead": ahead.collect::<Vec<_>>(),
        "expires": card.expires.map(|it| it.to_string()),
    });
    with_measures(own, &card.measures)
}

fn summary_json(summary: &Summary) -> Json {
    let own = json!({
        "lists": summary.lists,
        "checked_days_ago": summary.checked_days_ago,
        "doubts": summary.doubts,
        "ahead": summary.ahead,
    });
    with_measures(own, &summary.measures)
}

fn with_measures(mut document: Json, measures: &Measures) -> Json {
    if let (Json::Object(own), Json::Object(more)) = (&mut document, measures_json(measures)) {
        own.extend(more);
    }
    document
}

fn measures_json(measures: &Measures) -> Json {
    json!({
        "history": notices_json(&measures.notices),
        "entries": share_json(measures.gates),
        "objective": share_json(measures.texts.objective),
        "citation": share_json(measures.texts.citation),
        "bounded": share_json(measures.bounded),
        "route": share_json(measures.routes),
        "breadth": breadth_json(&measures.breadth),
        "destinations": destinations_json(&measures.destinations),
        "translation": share_json(measures.texts.translation),
    })
}

fn share_json(share: Share) -> Json {
    json!({"have": share.have, "of": share.of})
}

fn notices_json(notices: &Notices) -> Json {
    json!({
        "revisions": notices.days.len(),
        "least": notices.least(),
        "median": notices.median(),
        "retroactive": notices.retroactive(),
    })
}

fn breadth_json(breadth: &Breadth) -> Json {
    json!({"categories": breadth.catalog, "bound": breadth.bound.len(), "bare": breadth.bare.len()})
}

fn destinations_json(found: &Destinations) -> Json {
    let places: Vec<_> = found.places.iter().map(ToString::to_string).collect();
    json!({"only": found.only, "except": found.except, "places": places, "grounded": share_json(found.grounded)})
}
