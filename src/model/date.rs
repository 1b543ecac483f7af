//! Civil dates on two axes that are never mixed.
//!
//! When a rule binds: [`Effective`] meets [`At`]. When it could be known:
//! [`Published`] meets [`KnownOn`]. Each pair meets in one method. Dates are
//! civil dates of the jurisdiction, without a time of day; intervals are
//! half-open.

use std::fmt;
use std::str::FromStr;

pub use jiff::civil::Date;

/// A text that is not a date.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is not a date: expected year, month and day, such as `2025-04-08`")]
pub struct MalformedDate(pub String);

/// Reads a date, and nothing that merely begins with one.
///
/// `jiff` takes `20250408` too, and would drop the time and the zone of
/// `2025-04-08T23:00+08:00` without a word; a date is good only if it prints
/// back the same.
pub fn read(text: &str) -> Result<Date, MalformedDate> {
    let date = read_digits(text).or_else(|| text.parse().ok().filter(|date: &Date| date.to_string() == text));
    date.ok_or_else(|| MalformedDate(text.to_owned()))
}

/// Reads four, two and two digits, of which a batch has millions: such a date
/// prints back the same.
fn read_digits(text: &str) -> Option<Date> {
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = text.as_bytes() else { return None };
    let digits = [y0, y1, y2, y3, m0, m1, d0, d1].map(|it| i16::from(it.wrapping_sub(b'0')));
    if digits.iter().any(|it| 9 < *it) {
        return None;
    }
    let [year @ .., m0, m1, d0, d1] = digits;
    let year = year.iter().fold(0, |year, digit| year * 10 + digit);
    Date::new(year, i8::try_from(m0 * 10 + m1).ok()?, i8::try_from(d0 * 10 + d1).ok()?).ok()
}

macro_rules! date {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name(pub Date);

        impl FromStr for $name {
            type Err = MalformedDate;

            fn from_str(text: &str) -> Result<$name, MalformedDate> {
                read(text).map($name)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

date! {
    /// The first day on which a revision binds.
    Effective
}

date! {
    /// The day that a question is about.
    At
}

date! {
    /// The day from which anybody could know a revision.
    Published
}

date! {
    /// A question is answered from what was published by this day.
    KnownOn
}

impl Effective {
    /// Returns whether what begins on this day binds at that date: the day
    /// itself counts.
    pub fn binds_at(self, at: At) -> bool {
        self.0 <= at.0
    }
}

impl Published {
    /// Returns whether what was published on this day was known on that date:
    /// the day itself counts.
    pub fn is_known_on(self, known_on: KnownOn) -> bool {
        self.0 <= known_on.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_by_parse_print_compare() {
        assert_eq!(read("2024-02-29").unwrap().to_string(), "2024-02-29");
        let bad = [
            "",
            "20250408",
            "2025-4-8",
            "2025-02-29",
            "2025-04-08T23:00+08:00",
            " 2025-04-08",
            "2025-13-01",
            "08/04/2025",
            "today",
        ];
        for text in bad {
            assert_eq!(read(text), Err(MalformedDate(text.to_owned())));
        }
    }

    #[test]
    fn digits_are_read_as_dates_are() {
        let texts = ["0000-01-01", "0000-00-00", "9999-12-31", "1900-02-29", "2000-02-29", "2024-04-31", "2024-12-32"];
        let others = ["2024/04/30", "2024-04-3x", "2024-0:-01", "-001-01-01", "é024-04-30", "２024-1-1"];
        for text in texts.into_iter().chain(others) {
            let slowly = text.parse().ok().filter(|date: &Date| date.to_string() == text);
            assert_eq!(read(text).ok(), slowly, "{text}");
            assert!(read_digits(text).is_none_or(|it| Some(it) == slowly), "{text}");
        }
    }

    #[test]
    fn both_axes_count_the_day_itself() {
        let at = |text: &str| text.parse::<At>().unwrap();
        let effective: Effective = "2025-04-08".parse().unwrap();
        assert!(!effective.binds_at(at("2025-04-07")));
        assert!(effective.binds_at(at("2025-04-08")));
        let published: Published = "2025-01-08".parse().unwrap();
        assert!(!published.is_known_on("2025-01-07".parse().unwrap()));
        assert!(published.is_known_on("2025-01-08".parse().unwrap()));
    }
}
