use date_time::LAST_UNIX_MS;
use std::fmt;
use time::{Date, Month, OffsetDateTime};

/// A day in UTC, from the year 0 to 9999, written as `YYYY-MM-DD` (`full-date` of RFC 3339).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// The day of a moment. What lies behind the year 9999 is of its last day.
    #[must_use]
    pub fn of(unix_ms: u64) -> Self {
        let seconds = unix_ms.min(LAST_UNIX_MS) / 1_000;
        let moment = OffsetDateTime::from_unix_timestamp(seconds.cast_signed());
        Self(moment.expect("a moment before the year 10000").date())
    }

    /// Reads `YYYY-MM-DD`, in ASCII, of a day that exists.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let form = |(at, byte): (usize, u8)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
        if text.len() != 10 || !text.bytes().enumerate().all(form) {
            return None;
        }
        let month = Month::try_from(text[5..7].parse::<u8>().ok()?).ok()?;
        Date::from_calendar_date(text[..4].parse().ok()?, month, text[8..].parse().ok()?).ok().map(Self)
    }

    /// How many days ago the other day was; below 0 if it is to come.
    pub(crate) fn days_since(self, other: Self) -> i64 {
        i64::from(self.0.to_julian_day()) - i64::from(other.0.to_julian_day())
    }
}

/// `YYYY-MM-DD`
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), u8::from(self.0.month()), self.0.day())
    }
}

#[cfg(test)]
mod tests {
    use super::{Day, LAST_UNIX_MS};
    use proptest::prelude::*;

    const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

    #[test]
    fn a_day_lasts_from_midnight_to_midnight_in_utc() {
        for (midnight_unix_ms, before, after) in [
            (DAY_MS, "1970-01-01", "1970-01-02"),
            (951_782_400_000, "2000-02-28", "2000-02-29"),
            (951_868_800_000, "2000-02-29", "2000-03-01"),
            (1_767_225_600_000, "2025-12-31", "2026-01-01"),
            (4_107_542_400_000, "2100-02-28", "2100-03-01"),
            (LAST_UNIX_MS + 1 - DAY_MS, "9999-12-30", "9999-12-31"),
        ] {
            assert_eq!(Day::of(midnight_unix_ms - 1).to_string(), before);
            assert_eq!(Day::of(midnight_unix_ms).to_string(), after);
            assert_eq!(Day::of(midnight_unix_ms + DAY_MS - 1).to_string(), after);
        }
        assert_eq!(Day::of(0).to_string(), "1970-01-01");
        assert_eq!(Day::of(u64::MAX).to_string(), "9999-12-31");
    }

    #[test]
    fn only_days_that_exist_are_read() {
        for text in ["0000-01-01", "1970-01-01", "2024-02-29", "9999-12-31"] {
            assert_eq!(Day::read(text).expect(text).to_string(), text);
        }
        for text in
            ["", "2023-02-29", "2024-13-01", "2024-2-001", "+024-01-01", "2024-01-00", "2024-01-01 ", "２024-01"]
        {
            assert_eq!(Day::read(text), None, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn days_follow_one_another(unix_ms in 0..LAST_UNIX_MS - DAY_MS) {
            let (today, tomorrow) = (Day::of(unix_ms), Day::of(unix_ms + DAY_MS));
            prop_assert_eq!(tomorrow.days_since(today), 1);
            prop_assert!(today < tomorrow && today.to_string() < tomorrow.to_string());
            prop_assert_eq!(Day::read(&today.to_string()), Some(today));
        }

        #[test]
        fn any_text_is_read_or_not(text in "\\PC{0,12}|[0-9-]{10}") {
            prop_assert!(Day::read(&text).is_none_or(|day| day.to_string() == text));
        }
    }
}
