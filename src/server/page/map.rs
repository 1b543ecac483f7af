//! `/map`: the world by what becomes of one category of data, from one place to
//! each or from each to one, on a day.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use jiff::ToSpan;
use maud::{Markup, PreEscaped, html};
use serde_json::json;

use crate::canon::head_json;
use crate::document::phrase;
use crate::model::{At, Brief, CategoryId, Jurisdiction, Outcome, Place, PlaceKind, State};
use crate::registry::Registry;
use crate::server::page::Shared;
use crate::server::page::parts::{
    category_choices, field, kept_language, link, outcome, place, place_choices, place_name, said, shape,
};
use crate::server::page::survey::{self, Survey, brief, category, days_of_change, known_place, letter};
use crate::server::page::visit::Visit;
use crate::server::problem::Problem;
use crate::server::query::Query;

/// The outlines of countries: a code, a tab, and a path. Natural Earth, in the
/// public domain; made by `world.py`.
const WORLD: &str = include_str!("world.svgpaths");

/// So many days are told apart; of more, the latest.
const MOST_DAYS: usize = 1000;

/// What is shown at first.
const CATEGORY: &str = "personal.health.genomic";
const PLACE: &str = "US";

/// What a map shows.
struct Shown {
    category: CategoryId,
    place: Jurisdiction,
    way: Way,
    survey: Survey,
}

/// Whether the data leaves the place that is named, or goes there.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Way {
    From,
    To,
}

impl Way {
    fn word(self) -> &'static str {
        match self {
            Way::From => "from",
            Way::To => "to",
        }
    }
}

impl Shown {
    fn read(query: &Query, state: &State, at: At) -> Result<Shown, Problem> {
        let way = match query.one("way")? {
            None | Some("from") => Way::From,
            Some("to") => Way::To,
            Some(other) => return Err(Problem::request(format!("`way` is `from` or `to`, and not `{other}`"))),
        };
        let place = match query.one("place")? {
            Some(written) => known_place(written, state)?,
            None => known_place(PLACE, state).or_else(|_| first_place(state))?,
        };
        Ok(Shown { category: category(query, state, CATEGORY)?, place, way, survey: Survey::read(query, state, at)? })
    }

    /// Returns from where to where data goes when the other end is a country.
    fn ends<'a>(&'a self, other: &'a Jurisdiction) -> (&'a Jurisdiction, &'a Jurisdiction) {
        match self.way {
            Way::From => (&self.place, other),
            Way::To => (other, &self.place),
        }
    }

    /// Returns what the question comes to for a country; `None` for the place
    /// itself, which nothing leaves.
    fn brief(&self, country: &Place, at: At, registry: &Registry) -> Result<Option<Brief>, Problem> {
        if country.code == self.place {
            return Ok(None);
        }
        let (from, to) = self.ends(&country.code);
        brief(registry, &self.survey.question_on(at, from, to, &self.category)).map(Some)
    }
}

fn first_place(state: &State) -> Result<Jurisdiction, Problem> {
    let first = state.lists.keys().next().map(crate::model::ListId::jurisdiction);
    first.ok_or_else(|| Problem::missing("the registry has no list"))
}

fn countries(state: &State) -> impl Iterator<Item = &Place> {
    state.places.iter().filter(|it| it.kind == PlaceKind::Country)
}

fn parameters() -> Vec<&'static str> {
    [&["category", "place", "way"], &survey::PARAMETERS[..]].concat()
}

/// `GET /map`
pub(super) async fn get(service: Shared, uri: Uri, headers: HeaderMap) -> Response {
    let visit = Visit::new(&service, &uri, &headers);
    visit.or_trouble(page(&visit))
}

fn page(visit: &Visit) -> Result<Response, Problem> {
    let query = visit.query(&parameters())?;
    let (state, registry) = (visit.state(), &visit.edition.registry);
    let shown = Shown::read(&query, state, visit.day(&query)?)?;
    let mut briefs = BTreeMap::new();
    for country in countries(state) {
        briefs.insert(country.code.as_str(), shown.brief(country, shown.survey.at, registry)?);
    }
    let title = visit.say("Map", "地图");
    let body = html! {
        h1 { (title) }
        (form(&shown, visit))
        (figure(&shown, &briefs, visit))
        h2 { (visit.say("The same as a table", "同一内容的表格")) }
        (table(&shown, &briefs, visit))
    };
    Ok(visit.page(title, &["map.js"], &body))
}

fn form(shown: &Shown, visit: &Visit) -> Markup {
    html! {
        form.filter id="asked" method="get" action="/map" {
            (kept_language(visit))
            (field(visit.say("Category", "类别"), &html! { input name="category" value=(shown.category) list="categories" size="28" required; }))
            (field(visit.say("Way", "方向"), &html! { select name="way" {
                option value="from" selected[shown.way == Way::From] { (visit.say("from this place to each", "自该地至各地")) }
                option value="to" selected[shown.way == Way::To] { (visit.say("from each to this place", "自各地至该地")) }
            } }))
            (field(visit.say("Place", "法域"), &html! { input name="place" value=(shown.place) list="places" size="10" required; }))
            (shown.survey.fields(visit))
            button { (visit.say("Show", "显示")) }
            (category_choices("categories", visit)) (place_choices("places", visit))
        }
    }
}

type Briefs<'s> = BTreeMap<&'s str, Option<Brief>>;

fn figure(shown: &Shown, briefs: &Briefs<'_>, visit: &Visit) -> Markup {
    let (category, place) = (shown.category.as_str(), shown.place.as_str());
    let mut asked = vec![("category", category), ("place", place), ("way", shown.way.word())];
    asked.extend(shown.survey.parameters().filter(|(name, _)| *name != "at"));
    let words: serde_json::Map<_, _> = Outcome::ALL
        .into_iter()
        .map(|it| (letter_of(it).to_string(), json!([it.word(), phrase::outcome(it, visit.language), shape(it)])))
        .collect();
    let says = json!({
        "words": words,
        "play": visit.say("Play", "播放"),
        "pause": visit.say("Pause", "暂停"),
        "day": visit.say("Day", "日期"),
    });
    html! {
        figure.map data-outcomes=(link("/map/outcomes", &asked)) data-says=(says) data-at=(shown.survey.at) {
            svg viewBox="0 0 1000 430" role="img" aria-labelledby="map-title map-text" {
                title id="map-title" { (heading(shown, visit)) }
                desc id="map-text" { (visit.say("Every country by its outcome; the table below says the same.", "按结论显示各国家和地区；下表内容相同。")) }
                (PreEscaped(PATTERNS))
                g.land { @for (code, path) in outlines() { (country(code, path, briefs.get(code), visit)) } }
            }
            div.player hidden {}
            figcaption {
                strong { (heading(shown, visit)) ": " time.day datetime=(shown.survey.at) { (shown.survey.at) } }
                ul.legend aria-live="polite" { @for it in Outcome::ALL {
                    @let many = briefs.values().flatten().filter(|brief| brief.outcome == it).count();
                    li { (swatch(it)) " " (outcome(it, visit.language)) " " span.many data-outcome=(it.word()) { (many) } }
                } }
                p.soft { (visit.say(
                    "Hatched is not a yes: the registry cannot say. ≤ marks the strictest outcome that is possible, where something that is not stated decides.",
                    "斜线表示登记处无法判定，并非可以出境。“≤”表示可能的最严结论，取决于未陈述的事实。",
                )) }
            }
        }
    }
}

fn heading(shown: &Shown, visit: &Visit) -> String {
    let name = visit.state().categories.find(&shown.category).map(|it| it.name.in_language(visit.language));
    let name = name.unwrap_or(shown.category.as_str());
    let place = place_name(shown.place.as_str(), visit.state(), visit.language);
    match (shown.way, visit.language) {
        (Way::From, crate::model::Language::En) => format!("{name}, from {place} to each country"),
        (Way::To, crate::model::Language::En) => format!("{name}, from each country to {place}"),
        (Way::From, crate::model::Language::Zh) => format!("{name}：自{place}至各国家和地区"),
        (Way::To, crate::model::Language::Zh) => format!("{name}：自各国家和地区至{place}"),
    }
}

/// Returns the code and the path of each outline.
fn outlines() -> impl Iterator<Item = (&'static str, &'static str)> {
    WORLD.lines().filter(|it| !it.starts_with('#')).filter_map(|it| it.split_once('\t'))
}

fn country(code: &str, path: &str, brief: Option<&Option<Brief>>, visit: &Visit) -> Markup {
    let fill = match brief {
        Some(Some(brief)) => format!("url(#{})", brief.outcome.word()),
        Some(None) => "url(#here)".to_owned(),
        // A territory that is no country of the catalog.
        None => "none".to_owned(),
    };
    let text = match brief {
        Some(Some(brief)) => said(*brief, visit.language),
        Some(None) | None => String::new(),
    };
    html! { path d=(path) fill=(fill) data-code=[matches!(brief, Some(Some(_))).then_some(code)] { @if brief.is_some() { title { (place_name(code, visit.state(), visit.language)) ": " (text) } } } }
}

/// One pattern an outcome: nobody needs to tell their colours apart.
const PATTERNS: &str = concat!(
    r#"<defs><pattern id="permitted" width="8" height="8" patternUnits="userSpaceOnUse"><rect class="fill-permitted" width="8" height="8"/></pattern>"#,
    r#"<pattern id="conditional" width="5" height="5" patternUnits="userSpaceOnUse"><rect class="fill-conditional" width="5" height="5"/><circle class="fill-paper" cx="2.5" cy="2.5" r="1.1"/></pattern>"#,
    r#"<pattern id="unknown" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="fill-paper" width="5" height="5"/><rect class="fill-unknown" width="1.2" height="5"/></pattern>"#,
    r#"<pattern id="prohibited" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="fill-prohibited" width="5" height="5"/><path class="stroke-paper" d="M0 0h5M0 0v5"/></pattern>"#,
    r#"<pattern id="here" width="8" height="8" patternUnits="userSpaceOnUse"><rect class="fill-ink" width="8" height="8"/></pattern></defs>"#,
);

fn swatch(outcome: Outcome) -> Markup {
    html! { svg.swatch viewBox="0 0 24 14" aria-hidden="true" { rect width="24" height="14" fill=(format!("url(#{})", outcome.word())) {} } }
}

fn letter_of(outcome: Outcome) -> char {
    letter(Brief { outcome, floor: outcome, unknown_reason: None })
}

fn table(shown: &Shown, briefs: &Briefs<'_>, visit: &Visit) -> Markup {
    html! {
        table.world {
            thead { tr { th { (visit.say("Country or territory", "国家或地区")) } th { (visit.say("Outcome", "结论")) } th { (visit.say("Why", "理由")) } } }
            tbody { @for (code, brief) in briefs {
                @let (from, to) = shown.ends_by_code(code);
                tr {
                    td { (place(code, visit)) }
                    @match brief {
                        Some(brief) => {
                            td.word.(brief.outcome.word()) data-code=(code) { (shape(brief.outcome)) " " (said(*brief, visit.language)) }
                            td { a href=(shown.survey.ask_link(from, to, shown.category.as_str(), visit)) { (visit.say("ask", "询问")) } }
                        },
                        None => td colspan="2" { (visit.say("here", "即该地")) },
                    }
                }
            } }
        }
    }
}

impl Shown {
    fn ends_by_code<'a>(&'a self, other: &'a str) -> (&'a str, &'a str) {
        match self.way {
            Way::From => (self.place.as_str(), other),
            Way::To => (other, self.place.as_str()),
        }
    }
}

/// `GET /map/outcomes`: for each country a letter a day, for the days on which
/// something changes: `p`, `c`, `u`, `x`, and a capital where something that is
/// not stated decides.
///
/// It asks some ten thousand questions: so that runs where nobody else waits.
pub(super) async fn outcomes(service: Shared, uri: Uri) -> Result<Response, Problem> {
    let known: Vec<_> = parameters().into_iter().filter(|it| *it != "at").collect();
    let query = Query::read(&uri, &known)?;
    for name in ["category", "place", "way"] {
        query.one(name)?.ok_or_else(|| Problem::request(format!("`{name}` is missing")))?;
    }
    let edition = service.editions.current();
    let shown = Shown::read(&query, edition.registry.state(), service.today())?;
    service
        .aside(move || {
            let registry = &edition.registry;
            let (days, letters) = course(&shown, registry)?;
            let days: Vec<_> = days.iter().map(ToString::to_string).collect();
            let document = json!({
                "category": shown.category.as_str(),
                "place": shown.place.as_str(),
                "way": shown.way.word(),
                "days": days,
                "outcomes": letters,
                "registry": head_json(edition.head()),
            });
            let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")];
            Ok((headers, [(header::ETAG, edition.etag.clone())], format!("{document}\n")).into_response())
        })
        .await
}

/// Returns the days on which something changes, and for each country a letter a
/// day.
fn course<'r>(shown: &Shown, registry: &'r Registry) -> Result<(Vec<At>, BTreeMap<&'r str, String>), Problem> {
    let state = registry.state();
    let origin = (shown.way == Way::From).then_some(&shown.place);
    let changes = days_of_change(state, origin);
    // What was before the first change counts too.
    let eve = changes.first().and_then(|it| it.checked_sub(1.day()).ok());
    let all: Vec<_> = eve.into_iter().chain(changes).map(At).collect();
    let all = all.get(all.len().saturating_sub(MOST_DAYS)..).unwrap_or_default();
    let countries: Vec<_> = countries(state).collect();
    let (mut days, mut rows): (Vec<At>, Vec<Vec<Option<char>>>) = (Vec::new(), Vec::new());
    for at in all {
        let row = countries.iter().map(|it| Ok(shown.brief(it, *at, registry)?.map(letter)));
        let row = row.collect::<Result<Vec<_>, Problem>>()?;
        if rows.last() != Some(&row) {
            days.push(*at);
            rows.push(row);
        }
    }
    let mut letters = BTreeMap::new();
    for (number, country) in countries.iter().enumerate() {
        let of_country: Option<String> = rows.iter().map(|row| row.get(number).copied().flatten()).collect();
        letters.extend(of_country.map(|it| (country.code.as_str(), it)));
    }
    Ok((days, letters))
}
