//! A first file for a list that does not exist yet.

use jiff::Span;
use jiff::civil::Date;

use crate::model::{At, Jurisdiction, Language, ListId, Places};

/// How long after its publication a new list binds, in days: time for
/// everybody to read it.
const NOTICE: i64 = 60;

/// Countries that stand in for destinations until the author names theirs.
const EXAMPLES: [&str; 6] = ["BR", "CA", "KE", "NO", "NZ", "SG"];

const TEMPLATE_EN: &str = include_str!("starter.en.toml");
const TEMPLATE_ZH: &str = include_str!("starter.zh.toml");

/// Writes a commented file that can be read, linted and filled in.
pub fn starter(list: &ListId, places: &Places, today: Date, language: Language) -> String {
    let place = list.jurisdiction();
    let is_outside = |it: &&&str| {
        let code: Option<Jurisdiction> = it.parse().ok().filter(|it| places.find(it).is_some());
        code.is_some_and(|it| !places.chain(&it, At(today)).contains(&place))
    };
    let examples: Vec<_> = EXAMPLES.iter().filter(is_outside).take(2).map(|it| format!("\"{it}\"")).collect();
    // The last days of the calendar have no day so long after them.
    let effective = today.checked_add(Span::new().days(NOTICE)).unwrap_or(today);
    let name = places.find(&place).map_or(place.as_str(), |it| it.name.in_language(language));
    let template = match language {
        Language::En => TEMPLATE_EN,
        Language::Zh => TEMPLATE_ZH,
    };
    let values = [
        ("{list}", list.as_str()),
        ("{place}", place.as_str()),
        ("{name}", name),
        ("{published}", &today.to_string()),
        ("{effective}", &effective.to_string()),
        ("{examples}", &examples.join(", ")),
        ("{first}", examples.first().map_or("\"SG\"", String::as_str)),
    ];
    values.into_iter().fold(template.to_owned(), |text, (mark, value)| text.replace(mark, value))
}
