//! Text of unknown encoding: byte order mark, then UTF-16 without one, then UTF-8, then a guess.
//!
//! Windows tools write UTF-16LE with a byte order mark, and whatever the code page was elsewhere.
//! The guess cannot see UTF-16 without a mark, so that is looked for first.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Decoded text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text, without a byte order mark.
    pub text: String,
    /// Encoding that was used.
    pub encoding: &'static Encoding,
    /// Some bytes were no text in that encoding, and stand as U+FFFD.
    pub damaged: bool,
}

/// Decodes text whose encoding nobody told.
pub fn decode(bytes: &[u8]) -> Decoded {
    let encoding = encoding_of(bytes);
    let (text, encoding, damaged) = encoding.decode(bytes);
    Decoded { text: text.into_owned(), encoding, damaged }
}

/// Bytes of the start of a text by which its kind is told.
pub(super) const START_BYTES: usize = 256 << 10;

/// The start of a text by which its kind is told: more than the head of a file, by which it was told first.
pub(super) fn start_of(text: &str) -> &str {
    text.get(..text.floor_char_boundary(START_BYTES)).unwrap_or(text)
}

/// The most likely encoding of a text, from its first bytes. One whose last character is cut off is one of
/// UTF-8 all the same, unless these bytes are all there is.
pub(super) fn encoding_of_start(bytes: &[u8], whole: bool) -> &'static Encoding {
    let cut = match str::from_utf8(bytes) {
        Err(error) if !whole && error.error_len().is_none() => error.valid_up_to(),
        _ => bytes.len(),
    };
    encoding_of(bytes.get(..cut).unwrap_or(bytes))
}

/// The most likely encoding of some text, from its first bytes or from all of it.
pub fn encoding_of(bytes: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    if let Some(encoding) = utf16_without_mark(bytes.get(..4096).unwrap_or(bytes)) {
        return encoding;
    }
    if std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Allow)
}

/// UTF-16 shows in how often a byte lane holds the high half of ASCII and line ends: NUL.
fn utf16_without_mark(head: &[u8]) -> Option<&'static Encoding> {
    let pairs = head.len() / 2;
    if pairs < 2 {
        return None;
    }
    let text = |byte: u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    let pairs_with = |test: &dyn Fn(u8, u8) -> bool| {
        head.chunks_exact(2).filter(|pair| matches!(pair, [first, second] if test(*first, *second))).count()
    };
    let little = pairs_with(&|first, second| second == 0 && text(first));
    let big = pairs_with(&|first, second| first == 0 && text(second));
    // A tenth suffices: text in Japanese still has its spaces, digits and line ends in ASCII.
    match (little * 10 >= pairs && little > big, big * 10 >= pairs && big > little) {
        (true, _) => Some(UTF_16LE),
        (_, true) => Some(UTF_16BE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16le(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn marks_come_first() {
        let mut bytes = vec![0xFF, 0xFE];
        bytes.extend(utf16le("日本"));
        let decoded = decode(&bytes);
        assert_eq!((decoded.text.as_str(), decoded.encoding), ("日本", UTF_16LE));
    }

    #[test]
    fn utf16_is_seen_without_a_mark() {
        let japanese = "ネットワーク アクセス: SAM へのリモート呼び出し\r\n";
        assert_eq!(decode(&utf16le(japanese)).text, japanese);
        let big: Vec<u8> = "Domain\r\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decode(&big).encoding, UTF_16BE);
    }

    #[test]
    fn code_page_932_is_guessed() {
        let text = "コンピューター ポリシーの設定を表示します。グループ ポリシー";
        let (bytes, _, _) = encoding_rs::SHIFT_JIS.encode(text);
        assert_eq!(decode(&bytes).text, text);
    }

    #[test]
    fn plain_ascii_is_utf8_and_undamaged() {
        assert_eq!(
            decode(b"REGEDIT4\r\n"),
            Decoded { text: "REGEDIT4\r\n".into(), encoding: UTF_8, damaged: false }
        );
    }
}
