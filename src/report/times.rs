//! Times in tables for people: of one length, so that they stand in columns. JSON has all digits.

use jiff::Timestamp;

/// A time with its thousandths; a text that is no time stays as it is.
pub(crate) fn to_the_millisecond(text: &str) -> String {
    match text.parse::<Timestamp>() {
        Ok(time) => time.strftime("%FT%T%.3fZ").to_string(),
        Err(_) => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits_behind_the_second() {
        for (text, shown) in [
            ("2026-10-05T07:14:02.99Z", "2026-10-05T07:14:02.990Z"),
            ("2026-10-05T07:14:03.2041187Z", "2026-10-05T07:14:03.204Z"),
            ("2026-10-05T07:14:03Z", "2026-10-05T07:14:03.000Z"),
            ("no time", "no time"),
        ] {
            assert_eq!(to_the_millisecond(text), shown);
        }
    }
}
