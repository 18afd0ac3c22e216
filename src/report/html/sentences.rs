//! Sentences, split at the times in them: a time is one word, which no line break may cut in two.

/// A part of a sentence.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part<'a> {
    pub(super) text: &'a str,
    /// It is a time, such as `2026-10-05T07:14:03.225Z`.
    pub(super) is_time: bool,
}

/// The parts of a sentence, in order; together they are the sentence.
pub(super) fn parts<T: AsRef<str> + ?Sized>(sentence: &T) -> Vec<Part<'_>> {
    let mut rest = sentence.as_ref();
    let mut parts = Vec::new();
    while let Some((before, time, after)) = next_time(rest) {
        parts.extend((!before.is_empty()).then_some(Part { text: before, is_time: false }));
        parts.push(Part { text: time, is_time: true });
        rest = after;
    }
    parts.extend((!rest.is_empty()).then_some(Part { text: rest, is_time: false }));
    parts
}

/// The first time of a text, with what stands before and behind it.
fn next_time(text: &str) -> Option<(&str, &str, &str)> {
    let starts = text.match_indices('T').filter_map(|(at, _)| at.checked_sub("0000-00-00".len()));
    starts.into_iter().find_map(|start| {
        let (before, from) = text.split_at_checked(start)?;
        let (time, after) = from.split_at_checked(time_length(from)?)?;
        Some((before, time, after))
    })
}

/// Bytes of the time that a text begins with.
fn time_length(text: &str) -> Option<usize> {
    const SHAPE: &[u8] = b"0000-00-00T00:00:00";
    let head = text.as_bytes().get(..SHAPE.len())?;
    let fits = head.iter().zip(SHAPE).all(|(byte, shape)| match shape {
        b'0' => byte.is_ascii_digit(),
        shape => byte == shape,
    });
    let rest = text.get(SHAPE.len()..).filter(|_| fits)?;
    let fraction = match rest.strip_prefix('.') {
        Some(digits) => 1 + digits.bytes().take_while(u8::is_ascii_digit).count(),
        None => 0,
    };
    rest.get(fraction..)?.starts_with('Z').then_some(SHAPE.len() + fraction + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str) -> String {
        parts(text)
            .iter()
            .map(|part| if part.is_time { format!("[{}]", part.text) } else { part.text.into() })
            .collect()
    }

    #[test]
    fn times_are_parts_of_their_own() {
        for (text, expected) in [
            ("at 2026-10-05T07:14:03.225Z, of", "at [2026-10-05T07:14:03.225Z], of"),
            ("2026-10-05T07:14:03Z", "[2026-10-05T07:14:03Z]"),
            (
                "T 2026-10-05T07:14:03Z2026-10-06T07:14:03.1Z",
                "T [2026-10-05T07:14:03Z][2026-10-06T07:14:03.1Z]",
            ),
            ("操作 (2026-10-05T07:14:03.225Z)。", "操作 ([2026-10-05T07:14:03.225Z])。"),
            ("2026-10-05T07:14:03", "2026-10-05T07:14:03"),
            ("2026-10-05T07:14:03.Z", "[2026-10-05T07:14:03.Z]"),
            ("ーー2026-10T07:14:03Z", "ーー2026-10T07:14:03Z"),
            ("", ""),
        ] {
            assert_eq!(marked(text), expected);
        }
    }

    proptest::proptest! {
        #[test]
        fn together_they_are_the_sentence(text in "(.|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z|T|ー){0,20}") {
            let whole: String = parts(&text).iter().map(|part| part.text).collect();
            proptest::prop_assert_eq!(whole, text);
        }
    }
}
