//! For how long an answer holds, as a line of time.

use jiff::civil::Date;
use maud::{Markup, html};

use crate::model::{At, Language, Validity};

/// How wide the line is, in units of its own.
const WIDTH: i64 = 640;

/// How far the line goes on beyond what is marked on it, in parts of a hundred.
const MARGIN: i64 = 14;

/// Returns a line with the interval over which an answer holds, and the day that
/// was asked about. An end that is not known runs to the edge.
pub(super) fn timeline(valid: &Validity, at: At, label: &str, language: Language) -> Markup {
    let days: Vec<_> = [Some(at.0), valid.from, valid.until].into_iter().flatten().collect();
    let (Some(first), Some(last)) = (days.iter().min(), days.iter().max()) else { return html! {} };
    let scale = Scale::new(*first, *last);
    let from = valid.from.map_or(0, |it| scale.place(it));
    let until = valid.until.map_or(WIDTH, |it| scale.place(it));
    let asked = scale.place(at.0);
    html! {
        svg.timeline viewBox=(format!("0 0 {WIDTH} 64")) role="img" aria-label=(label) {
            path.axis d=(format!("M0 32H{WIDTH}")) {}
            path.holds d=(format!("M{from} 32H{until}")) {}
            @for (day, place) in [(valid.from, from), (valid.until, until)] {
                @if let Some(day) = day {
                    path.border d=(format!("M{place} 22v20")) {}
                    text x=(place) y="58" text-anchor=(anchor(place)) { (day) }
                }
            }
            circle.asked cx=(asked) cy="32" r="6" {}
            text.asked x=(asked) y="14" text-anchor=(anchor(asked)) { (language.say("asked: ", "所询：")) (at) }
        }
    }
}

/// Where days lie.
struct Scale {
    first: Date,
    days: i64,
}

impl Scale {
    fn new(first: Date, last: Date) -> Scale {
        Scale { first, days: days_between(first, last) }
    }

    fn place(&self, day: Date) -> i64 {
        let margin = WIDTH * MARGIN / 100;
        // One day alone stands in the middle.
        let share = |days| days_between(self.first, day) * (WIDTH - 2 * margin) / days;
        if self.days == 0 { WIDTH / 2 } else { margin + share(self.days) }
    }
}

fn days_between(first: Date, last: Date) -> i64 {
    first.duration_until(last).as_hours() / 24
}

/// Returns where a text hangs, so that it does not leave the line.
fn anchor(place: i64) -> &'static str {
    if place < WIDTH / 4 {
        "start"
    } else if place <= WIDTH * 3 / 4 {
        "middle"
    } else {
        "end"
    }
}
