use serde::{Serialize, Serializer};
use std::fmt;
use time::{Date, Month, OffsetDateTime};

/// A day in UTC, from the year 0 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// Reads `YYYY-MM-DD` (`full-date` of RFC 3339).
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let [
            b'0'..=b'9',
            b'0'..=b'9',
            b'0'..=b'9',
            b'0'..=b'9',
            b'-',
            b'0'..=b'9',
            b'0'..=b'9',
            b'-',
            b'0'..=b'9',
            b'0'..=b'9',
        ] = text.as_bytes()
        else {
            return None;
        };
        let month = Month::try_from(text[5..7].parse::<u8>().ok()?).ok()?;
        Date::from_calendar_date(text[..4].parse().ok()?, month, text[8..].parse().ok()?).ok().map(Self)
    }

    /// The day of a moment, in milliseconds since 1970; the last day there is for what lies behind it.
    #[must_use]
    pub fn of(at_ms: u64) -> Self {
        let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at_ms) * 1_000_000);
        Self(moment.map_or(Date::MAX, OffsetDateTime::date))
    }
}

/// `YYYY-MM-DD`
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), u8::from(self.0.month()), self.0.day())
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::Day;

    #[test]
    fn days_are_read_and_written() {
        for text in ["0000-01-01", "1970-01-01", "2024-02-29", "9999-12-31"] {
            assert_eq!(Day::read(text).expect(text).to_string(), text);
        }
        for text in
            ["", "2023-02-29", "2024-13-01", "2024-2-01", "+024-01-01", "2024-01-00", "2024-01-01 ", "２024-01-01"]
        {
            assert_eq!(Day::read(text), None, "{text}");
        }
        assert_eq!(Day::of(1_709_210_096_789).to_string(), "2024-02-29");
        assert_eq!(Day::of(u64::MAX).to_string(), "9999-12-31");
    }
}
