//! `/matrix`: what becomes of data between many places, a cell each.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use crate::model::{At, Brief, CategoryId, Jurisdiction, Language, Outcome, PlaceKind, State, UnknownReason};
use crate::registry::Registry;
use crate::server::page::Shared;
use crate::server::page::parts::{field, kept_language, link, outcome, place_choices, place_name, said};
use crate::server::page::survey::{self, Survey, brief, category, known_place};
use crate::server::page::visit::Visit;
use crate::server::problem::Problem;
use crate::server::query::Query;

/// So many cells a page has.
const MOST: usize = 2_250;

/// So many cells a table to take away has: every place to every place, nearly.
const MOST_IN_FILE: usize = 100_000;

/// What is shown at first.
const CATEGORY: &str = "personal.contact";
const ORIGIN: &str = "CN";

/// What the rows of a matrix are.
enum Rows {
    /// From each of these, for one category.
    Origins(Vec<Jurisdiction>, CategoryId),
    /// Each of these, from one place.
    Categories(Vec<CategoryId>, Jurisdiction),
}

/// A matrix: its rows, and the destinations that are its columns.
struct Matrix {
    rows: Rows,
    to: Vec<Jurisdiction>,
    survey: Survey,
    /// The category as it was written, if one was.
    category: Option<CategoryId>,
}

impl Matrix {
    fn read(query: &Query, state: &State, at: At, most: usize) -> Result<Matrix, Problem> {
        let survey = Survey::read(query, state, at)?;
        let (from, to) = (places(query, "from", state)?, places(query, "to", state)?);
        let written: Option<CategoryId> = query.parsed("category")?;
        // What is not named is as much as there is room for, with the names of
        // many places beside it.
        let room = |others: &[Jurisdiction]| {
            if others.is_empty() { (most - most / 9).isqrt() } else { most / others.len() }
        };
        let (rows, columns) = (room(&to), room(if query.one("rows")? == Some("categories") { &[] } else { &from }));
        let to = if to.is_empty() { with_lists(state, columns, |it| it == PlaceKind::Country) } else { to };
        let rows = match query.one("rows")? {
            None | Some("origins") => {
                let from = if from.is_empty() { with_lists(state, rows, |_| true) } else { from };
                Rows::Origins(from, category(query, state, CATEGORY)?)
            }
            Some("categories") => {
                let origin = match from.as_slice() {
                    [] => known_place(ORIGIN, state)?,
                    [one] => one.clone(),
                    _ => return Err(Problem::request("a matrix of categories has one origin: `from` names several")),
                };
                let top = written.as_ref().map(|_| category(query, state, CATEGORY)).transpose()?;
                let most = most.checked_div(to.len()).unwrap_or(most);
                Rows::Categories(categories(state, top.as_ref(), most), origin)
            }
            Some(other) => {
                return Err(Problem::request(format!("`rows` is `origins` or `categories`, and not `{other}`")));
            }
        };
        let matrix = Matrix { rows, to, survey, category: written };
        let (rows, columns) = (matrix.height(), matrix.to.len());
        let cells = rows.saturating_mul(columns);
        if most < cells {
            return Err(Problem::request(format!(
                "{rows} rows by {columns} destinations are {cells} cells, and at most {most} are shown: name fewer \
                 with `from`, `to` or `category`"
            )));
        }
        Ok(matrix)
    }

    fn height(&self) -> usize {
        match &self.rows {
            Rows::Origins(all, _) => all.len(),
            Rows::Categories(all, _) => all.len(),
        }
    }

    /// Returns the origin and the category of each row.
    fn rows(&self) -> Vec<(&Jurisdiction, &CategoryId)> {
        match &self.rows {
            Rows::Origins(all, category) => all.iter().map(|it| (it, category)).collect(),
            Rows::Categories(all, origin) => all.iter().map(|it| (origin, it)).collect(),
        }
    }

    /// Returns what each cell comes to, row by row.
    fn briefs(&self, registry: &Registry) -> Result<Vec<Vec<Brief>>, Problem> {
        let cell = |(from, category): (&Jurisdiction, &CategoryId), to: &Jurisdiction| {
            brief(registry, &self.survey.question(from, to, category))
        };
        self.rows().into_iter().map(|row| self.to.iter().map(|to| cell(row, to)).collect()).collect()
    }

    fn link(&self, path: &str) -> String {
        let list = |all: &[Jurisdiction]| all.iter().map(Jurisdiction::as_str).collect::<Vec<_>>().join(",");
        let (from, rows) = match &self.rows {
            Rows::Origins(all, _) => (list(all), "origins"),
            Rows::Categories(_, origin) => (origin.to_string(), "categories"),
        };
        let to = list(&self.to);
        let mut query = vec![("rows", rows), ("from", from.as_str()), ("to", to.as_str())];
        let category = match &self.rows {
            Rows::Origins(_, category) => Some(category),
            Rows::Categories(..) => self.category.as_ref(),
        };
        query.extend(category.map(|it| ("category", it.as_str())));
        query.extend(self.survey.parameters());
        link(path, &query)
    }
}

/// Reads places, apart by commas or given several times.
fn places(query: &Query, name: &str, state: &State) -> Result<Vec<Jurisdiction>, Problem> {
    let written = query.all(name).flat_map(|it| it.split([',', ' '])).filter(|it| !it.is_empty());
    let mut places = Vec::new();
    for written in written {
        let place = known_place(written, state)?;
        if !places.contains(&place) {
            places.push(place);
        }
    }
    Ok(places)
}

/// Returns the places of some kinds that have lists, by code: at most so many,
/// those whose lists have the most entries.
fn with_lists(state: &State, most: usize, is_kind: impl Fn(PlaceKind) -> bool) -> Vec<Jurisdiction> {
    let mut entries: BTreeMap<Jurisdiction, usize> = BTreeMap::new();
    for list in state.lists.values() {
        let many = list.head().map_or(0, |it| it.revision.entries.len());
        *entries.entry(list.id.jurisdiction()).or_default() += many;
    }
    let mut places: Vec<_> = entries.into_iter().collect();
    places.retain(|(it, _)| state.places.find(it).is_some_and(|it| is_kind(it.kind)));
    places.sort_by_key(|(code, many)| (std::cmp::Reverse(*many), code.clone()));
    places.truncate(most);
    let mut places: Vec<_> = places.into_iter().map(|(code, _)| code).collect();
    places.sort();
    places
}

/// Returns a category and all below it; without one, the tops of the catalog,
/// with what is directly below where that is not too much.
fn categories(state: &State, top: Option<&CategoryId>, most: usize) -> Vec<CategoryId> {
    let all = || state.categories.iter().map(|it| &it.id);
    let is_top = |it: &&CategoryId| it.parent().is_none();
    let is_high = |it: &&CategoryId| it.parent().is_none_or(|it| it.parent().is_none());
    let Some(top) = top else {
        let high: Vec<_> = all().filter(is_high).cloned().collect();
        return if high.len() <= most { high } else { all().filter(is_top).cloned().collect() };
    };
    all().filter(|it| state.categories.covers(top, it)).cloned().collect()
}

fn parameters() -> Vec<&'static str> {
    [&["rows", "category", "from", "to"], &survey::PARAMETERS[..]].concat()
}

/// `GET /matrix`
pub(super) async fn get(service: Shared, uri: Uri, headers: HeaderMap) -> Response {
    let visit = Arc::new(Visit::new(&service, &uri, &headers));
    let own = Arc::clone(&visit);
    let made = service.aside(move || page(&own)).await;
    visit.or_trouble(made)
}

fn page(visit: &Visit) -> Result<Response, Problem> {
    let query = visit.query(&parameters())?;
    let matrix = Matrix::read(&query, visit.state(), visit.day(&query)?, MOST)?;
    let briefs = matrix.briefs(&visit.edition.registry)?;
    let title = visit.say("Matrix", "矩阵");
    let body = html! {
        h1 { (title) }
        (form(&matrix, visit))
        p { strong { (heading(&matrix, visit)) } " · " a href=(matrix.link("/matrix.csv")) { (visit.say("Take it away as CSV", "下载CSV")) } }
        ul.legend { @for it in Outcome::ALL { li { (outcome(it, visit.language)) } } li.soft { "≤ " (visit.say("the strictest that is possible: something that is not stated decides", "可能的最严结论，取决于未陈述的事实")) } }
        div.wide { table.matrix {
            thead { tr {
                th scope="col" { (visit.say("from ↓  to →", "自↓　至→")) }
                @for to in &matrix.to { th scope="col" { abbr title=(place_name(to.as_str(), visit.state(), visit.language)) { (to) } } }
            } }
            tbody { @for (row, briefs) in matrix.rows().into_iter().zip(&briefs) { tr {
                th scope="row" { (row_name(&matrix, row, visit)) }
                @for brief in briefs { td class=(class(*brief)) { (said(*brief, visit.language)) } }
            } } }
        } }
    };
    Ok(visit.page(title, &[], &body))
}

/// Returns the class of a cell, which gives it the outcome's colour and shape. A
/// letter, since there are thousands.
fn class(brief: Brief) -> &'static str {
    match brief.outcome {
        Outcome::Permitted => "p",
        Outcome::Conditional => "c",
        Outcome::Unknown => "u",
        Outcome::Prohibited => "x",
    }
}

fn row_name(matrix: &Matrix, (from, category): (&Jurisdiction, &CategoryId), visit: &Visit) -> Markup {
    match &matrix.rows {
        Rows::Origins(..) => html! { (place_name(from.as_str(), visit.state(), visit.language)) " " code { (from) } },
        Rows::Categories(..) => {
            let name = visit.state().categories.find(category).map(|it| it.name.in_language(visit.language));
            html! { (name.unwrap_or_default()) " " code { (category) } }
        }
    }
}

fn heading(matrix: &Matrix, visit: &Visit) -> String {
    let at = matrix.survey.at;
    match (&matrix.rows, visit.language) {
        (Rows::Origins(_, category), Language::En) => format!("{category} on {at}"),
        (Rows::Origins(_, category), Language::Zh) => format!("{category}，{at}"),
        (Rows::Categories(_, origin), Language::En) => format!("from {origin} on {at}"),
        (Rows::Categories(_, origin), Language::Zh) => format!("自{origin}，{at}"),
    }
}

fn form(matrix: &Matrix, visit: &Visit) -> Markup {
    let list = |all: &[Jurisdiction]| all.iter().map(Jurisdiction::as_str).collect::<Vec<_>>().join(",");
    let (is_categories, from, category) = match &matrix.rows {
        Rows::Origins(all, category) => (false, list(all), Some(category)),
        Rows::Categories(_, origin) => (true, origin.to_string(), matrix.category.as_ref()),
    };
    html! {
        form.filter method="get" action="/matrix" {
            (kept_language(visit))
            (field(visit.say("Rows", "行"), &html! { select name="rows" {
                option value="origins" selected[!is_categories] { (visit.say("origins", "来源地")) }
                option value="categories" selected[is_categories] { (visit.say("categories", "数据类别")) }
            } }))
            (field(visit.say("Category", "类别"), &html! { input name="category" value=[category] list="categories" size="24"; }))
            (field(visit.say("From", "自"), &html! { input name="from" value=(from) list="places" size="24"; }))
            (field(visit.say("To", "至"), &html! { input name="to" value=(list(&matrix.to)) list="places" size="24"; }))
            (matrix.survey.fields(visit))
            button { (visit.say("Show", "显示")) }
            // Without their names, which would weigh as much as the matrix.
            datalist id="categories" { @for category in visit.state().categories.iter() { option value=(category.id) {} } }
            (place_choices("places", visit))
        }
    }
}

/// `GET /matrix.csv`: the same, a line a cell.
pub(super) async fn file(service: Shared, uri: Uri) -> Result<Response, Problem> {
    let query = Query::read(&uri, &parameters())?;
    let edition = service.editions.current();
    let at = query.parsed("at")?.ok_or_else(|| Problem::request("`at` is missing"))?;
    let matrix = Matrix::read(&query, edition.registry.state(), at, MOST_IN_FILE)?;
    let text = service.aside(move || csv_of(&matrix, &edition.registry)).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"matrix.csv\""),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    Ok((headers, text).into_response())
}

fn csv_of(matrix: &Matrix, registry: &Registry) -> Result<Vec<u8>, Problem> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut lines = vec![["from", "to", "category", "at", "outcome", "floor", "unknown_reason"].map(str::to_owned)];
    let briefs = matrix.briefs(registry)?;
    for ((from, category), briefs) in matrix.rows().into_iter().zip(&briefs) {
        for (to, brief) in matrix.to.iter().zip(briefs) {
            let reason = brief.unknown_reason.map(UnknownReason::word).unwrap_or_default();
            let (outcome, floor) = (brief.outcome.word(), brief.floor.word());
            let ids = [from.to_string(), to.to_string(), category.to_string(), matrix.survey.at.to_string()];
            let [from, to, category, at] = ids;
            lines.push([from, to, category, at, outcome.to_owned(), floor.to_owned(), reason.to_owned()]);
        }
    }
    for line in &lines {
        writer.write_record(line).map_err(|_| Problem::fault())?;
    }
    writer.into_inner().map_err(|_| Problem::fault())
}
