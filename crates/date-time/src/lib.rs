//! `date-time` of RFC 3339, as the API and the log have it. Moments are milliseconds since 1970, in UTC.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The last millisecond that RFC 3339 can write, 9999-12-31T23:59:59.999Z. Later moments are written as it.
pub const LAST_UNIX_MS: u64 = 253_402_300_799_999;

/// Reads a date and time with any offset. What lies before 1970 is 0.
#[must_use]
pub fn read(text: &str) -> Option<u64> {
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    let ms = moment.unix_timestamp_nanos().div_euclid(1_000_000);
    Some(u64::try_from(ms).map_or(0, |ms| ms.min(LAST_UNIX_MS)))
}

/// Writes a moment in UTC, with as much of a fraction as it has: `2024-02-29T12:34:56.5Z`.
#[must_use]
pub fn write(unix_ms: u64) -> String {
    moment(unix_ms).format(&Rfc3339).expect("RFC 3339 can write the years 1970 to 9999")
}

/// Writes a moment in UTC, with three digits of a fraction, so that texts are in order as their moments are:
/// `2024-02-29T12:34:56.500Z`.
#[must_use]
pub fn write_fixed(unix_ms: u64) -> String {
    let moment = moment(unix_ms);
    let (year, month, day) = moment.to_calendar_date();
    let (hour, minute, second, ms) = moment.to_hms_milli();
    format!("{year:04}-{:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{ms:03}Z", u8::from(month))
}

fn moment(unix_ms: u64) -> OffsetDateTime {
    let nanoseconds = i128::from(unix_ms.min(LAST_UNIX_MS)) * 1_000_000;
    OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).expect("a moment before the year 10000")
}

#[cfg(test)]
mod tests {
    use super::{LAST_UNIX_MS, read, write, write_fixed};

    #[test]
    fn moments_are_read_and_written() {
        for (ms, text, fixed) in [
            (0, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"),
            (1_709_210_096_089, "2024-02-29T12:34:56.089Z", "2024-02-29T12:34:56.089Z"),
            (1_709_210_096_500, "2024-02-29T12:34:56.5Z", "2024-02-29T12:34:56.500Z"),
            (LAST_UNIX_MS, "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!((write(ms).as_str(), write_fixed(ms).as_str()), (text, fixed));
            assert_eq!((read(text), read(fixed)), (Some(ms), Some(ms)));
        }
        assert_eq!(write(u64::MAX), write(LAST_UNIX_MS));
        assert_eq!(write_fixed(u64::MAX), write_fixed(LAST_UNIX_MS));
    }

    #[test]
    fn offsets_and_fractions_are_understood() {
        assert_eq!(read("2024-02-29T14:34:56.7899999+02:00"), Some(1_709_210_096_789));
        assert_eq!(read("9999-12-31T23:59:59-12:00"), Some(LAST_UNIX_MS));
        assert_eq!(read("1969-12-31T23:59:59Z"), Some(0));
    }

    #[test]
    fn what_is_no_date_time_is_not_read() {
        for text in ["", "2024-02-29", "2024-02-30T00:00:00Z", "2024-02-29T12:34:56", "1709210096", "tomorrow", "٢٠٢٤"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
