//! Days as numbers that sort as dates do.

use jiff::civil::Date;

/// A day: year, month and day in one number, so that comparing two days is
/// comparing two numbers. There is no arithmetic on it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Day(i32);

impl Day {
    /// Before every day.
    pub(super) const BEFORE_ALL: Day = Day(i32::MIN);
    /// After every day.
    pub(super) const AFTER_ALL: Day = Day(i32::MAX);

    /// Returns what is after every earlier day and before this one: no day of
    /// a calendar, and good to compare with.
    pub(super) fn just_before(self) -> Day {
        Day(self.0 - 1)
    }

    /// Returns the date; `None` before and after all.
    pub(super) fn date(self) -> Option<Date> {
        let year = i16::try_from(self.0 >> 9).ok()?;
        let month = i8::try_from((self.0 >> 5) & 0xf).ok()?;
        Date::new(year, month, i8::try_from(self.0 & 0x1f).ok()?).ok()
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Day {
        Day((i32::from(date.year()) << 9) | (i32::from(date.month()) << 5) | i32::from(date.day()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_sort_as_dates() {
        let dates = [
            Date::MIN,
            Date::constant(-1, 12, 31),
            Date::constant(0, 1, 1),
            Date::constant(2024, 2, 29),
            Date::constant(2024, 3, 1),
            Date::constant(2024, 12, 31),
            Date::constant(2025, 1, 1),
            Date::MAX,
        ];
        assert!(dates.map(Day::from).is_sorted());
        assert_eq!(dates.map(|it| Day::from(it).date()), dates.map(Some));
        assert!(Day::BEFORE_ALL < Day::from(Date::MIN) && Day::from(Date::MAX) < Day::AFTER_ALL);
        assert_eq!((Day::BEFORE_ALL.date(), Day::AFTER_ALL.date()), (None, None));
    }
}
