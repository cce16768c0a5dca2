use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The last millisecond that RFC 3339 can write, 9999-12-31T23:59:59.999Z, in milliseconds since 1970.
pub(crate) const LAST_MS: u64 = 253_402_300_799_999;

/// Reads a `date-time` of RFC 3339, with any offset, as milliseconds since 1970. What lies before is 0.
pub(crate) fn parse(text: &str) -> Option<u64> {
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    let ms = moment.unix_timestamp_nanos().div_euclid(1_000_000);
    Some(u64::try_from(ms).map_or(0, |ms| ms.min(LAST_MS)))
}

/// Writes milliseconds since 1970 as a `date-time` of RFC 3339, in UTC. What lies after [`LAST_MS`] is written as it.
pub(crate) fn format(ms: u64) -> String {
    let nanoseconds = i128::from(ms.min(LAST_MS)) * 1_000_000;
    let moment = OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).expect("a moment before the year 10000");
    moment.format(&Rfc3339).expect("RFC 3339 can write it")
}

#[cfg(test)]
mod tests {
    use super::{LAST_MS, format, parse};

    #[test]
    fn moments_are_read_and_written() {
        for (ms, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (1_709_210_096_789, "2024-02-29T12:34:56.789Z"),
            (LAST_MS, "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(format(ms), text);
            assert_eq!(parse(text), Some(ms));
        }
        assert_eq!(format(u64::MAX), format(LAST_MS));
    }

    #[test]
    fn offsets_and_fractions_are_understood() {
        assert_eq!(parse("2024-02-29T14:34:56.7899999+02:00"), Some(1_709_210_096_789));
        assert_eq!(parse("9999-12-31T23:59:59-12:00"), Some(LAST_MS));
        assert_eq!(parse("1969-12-31T23:59:59Z"), Some(0));
    }

    #[test]
    fn what_is_no_date_time_is_not_read() {
        for text in ["", "2024-02-29", "2024-02-30T00:00:00Z", "2024-02-29T12:34:56", "1709210096", "tomorrow", "٢٠٢٤"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
