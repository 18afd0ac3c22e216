//! Times as they are typed: an instant of RFC 3339, or a day, which is one of UTC.

use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A text that is neither an instant nor a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotATime;

impl fmt::Display for NotATime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "expected a time with its offset, such as 2026-10-05T07:14:00Z or 2026-10-05T16:14:00+09:00, or a day \
             of UTC, such as 2026-10-05",
        )
    }
}

impl std::error::Error for NotATime {}

/// The first time that counts: the instant, or the start of the day.
///
/// # Errors
/// The text is no time.
pub fn since(text: &str) -> Result<Timestamp, NotATime> {
    match day(text) {
        Some(day) => start(day),
        None => instant(text),
    }
}

/// The first time that does not count any more: right behind the instant, or the start of the next day.
///
/// # Errors
/// The text is no time.
pub fn until(text: &str) -> Result<Timestamp, NotATime> {
    match day(text) {
        Some(day) => start(day.tomorrow().map_err(|_| NotATime)?),
        None => instant(text)?.checked_add(SignedDuration::from_nanos(1)).map_err(|_| NotATime),
    }
}

/// A day, and nothing behind it: without an offset, a time of day could be that of any clock.
fn day(text: &str) -> Option<Date> {
    let is_day = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    text.parse().ok().filter(|_| is_day)
}

fn start(day: Date) -> Result<Timestamp, NotATime> {
    Ok(day.to_zoned(TimeZone::UTC).map_err(|_| NotATime)?.timestamp())
}

fn instant(text: &str) -> Result<Timestamp, NotATime> {
    // jiff also takes names of zones in brackets, which RFC 3339 has not.
    if text.contains('[') {
        return Err(NotATime);
    }
    text.parse().map_err(|_| NotATime)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(read: fn(&str) -> Result<Timestamp, NotATime>, text: &str) -> Option<String> {
        read(text).ok().map(|time| time.to_string())
    }

    #[test]
    fn a_day_is_one_of_utc_from_its_start_to_its_end() {
        assert_eq!(seconds(since, "2026-10-05").unwrap(), "2026-10-05T00:00:00Z");
        assert_eq!(seconds(until, "2026-10-05").unwrap(), "2026-10-06T00:00:00Z");
        assert_eq!(seconds(until, "2024-02-29").unwrap(), "2024-03-01T00:00:00Z");
    }

    #[test]
    fn an_instant_has_its_offset_and_counts_itself() {
        assert_eq!(seconds(since, "2026-10-05T16:14:00+09:00").unwrap(), "2026-10-05T07:14:00Z");
        assert_eq!(seconds(until, "2026-10-05T07:14:00Z").unwrap(), "2026-10-05T07:14:00.000000001Z");
        assert_eq!(seconds(since, "2026-10-05T07:14:00.5Z").unwrap(), "2026-10-05T07:14:00.5Z");
    }

    #[test]
    fn what_could_be_another_time_is_refused() {
        for text in [
            "2026-10-05T07:14:00",
            "2026-10-05 07:14",
            "05.10.2026",
            "2026-02-30",
            "20261005",
            "yesterday",
            "",
            "2026-10-05T07:14:00+09:00[Asia/Tokyo]",
        ] {
            assert_eq!((since(text), until(text)), (Err(NotATime), Err(NotATime)), "{text}");
        }
    }
}
