//! Data of values: what stands behind the `=`.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::lines::is_blank_or_comment;
use super::{ExportFormat, RegistryData};

/// How the data of one file is to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct DataReader {
    /// Version 5.00 writes strings in `hex(..)` as UTF-16LE, REGEDIT4 in the ANSI code page.
    pub(super) format: ExportFormat,
    /// Encoding of the file, which for REGEDIT4 is the code page of the machine that wrote it. A file in
    /// plain ASCII does not tell; then UTF-8 is tried, and Windows-1252 is what is left.
    pub(super) encoding: &'static Encoding,
}

/// Splits `hex:` or `hex(2):` from what follows: the type number, and the text of the bytes.
pub(super) fn hex_prefix(data: &str) -> Option<(u32, &str)> {
    let (hex, rest) = data.split_at_checked(3)?;
    if !hex.eq_ignore_ascii_case("hex") {
        return None;
    }
    if let Some(bytes) = rest.strip_prefix(':') {
        return Some((3, bytes));
    }
    let (kind, rest) = rest.strip_prefix('(')?.split_once(')')?;
    let kind = Some(kind).filter(|kind| is_hex_number(kind))?;
    Some((u32::from_str_radix(kind, 16).ok()?, rest.strip_prefix(':')?))
}

/// `dword:00000001`, with a comment behind it or not.
pub(super) fn dword(data: &str) -> Option<u32> {
    let (prefix, rest) = data.split_at_checked(6)?;
    let number = rest.split(';').next().unwrap_or_default().trim();
    (prefix.eq_ignore_ascii_case("dword:") && is_hex_number(number))
        .then(|| u32::from_str_radix(number, 16).ok())
        .flatten()
}

/// `-`, which deletes the value.
pub(super) fn is_deletion(data: &str) -> bool {
    data.strip_prefix('-').is_some_and(is_blank_or_comment)
}

fn is_hex_number(text: &str) -> bool {
    (1..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Undoes the escapes of a quoted string: `\\` and `\"`. Any other backslash stays as it is.
pub(super) fn unescape(string: &str) -> String {
    let mut text = String::with_capacity(string.len());
    let mut rest = string;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        let escaped = after.chars().next().filter(|letter| matches!(letter, '\\' | '"'));
        text.push(escaped.unwrap_or('\\'));
        rest = after.get(escaped.map_or(0, char::len_utf8)..).unwrap_or_default();
    }
    text + rest
}

/// Bytes of `01,02,0a`. White space may stand anywhere between them; one digit is a byte as well.
pub(super) fn bytes(text: &str) -> Option<Vec<u8>> {
    if text.trim().is_empty() {
        return Some(Vec::new());
    }
    text.split(',')
        .map(|byte| {
            let byte = byte.trim();
            let digits = matches!(byte.len(), 1 | 2) && byte.bytes().all(|digit| digit.is_ascii_hexdigit());
            digits.then(|| u8::from_str_radix(byte, 16).ok()).flatten()
        })
        .collect()
}

/// Bytes of `01020a`, as `reg query` writes them.
pub(super) fn packed_bytes(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let bytes = pairs.iter().map(|[high, low]| Some((digit(*high)? << 4) | digit(*low)?)).collect();
    rest.is_empty().then_some(bytes).flatten()
}

impl DataReader {
    /// For binary files, whose strings are UTF-16LE.
    pub(super) const UTF_16: Self = DataReader { format: ExportFormat::Version5, encoding: UTF_8 };

    /// Bytes of a type as that type's data; `None` where they cannot be.
    pub(super) fn typed(self, kind: u32, bytes: Vec<u8>) -> Option<RegistryData> {
        Some(match kind {
            1 => RegistryData::String(self.string(&bytes)?),
            2 => RegistryData::ExpandString(self.string(&bytes)?),
            3 => RegistryData::Binary(bytes),
            4 => RegistryData::Dword(u32::from_le_bytes(bytes.try_into().ok()?)),
            7 => RegistryData::MultiString(self.strings(&bytes)?),
            11 => RegistryData::Qword(u64::from_le_bytes(bytes.try_into().ok()?)),
            kind => RegistryData::Other { kind, bytes },
        })
    }

    /// A string ends at its first NUL, for Windows as well.
    fn string(self, bytes: &[u8]) -> Option<String> {
        let text = self.text(bytes)?;
        Some(text.split('\0').next().unwrap_or_default().to_owned())
    }

    /// Strings end at the first empty one.
    fn strings(self, bytes: &[u8]) -> Option<Vec<String>> {
        let text = self.text(bytes)?;
        Some(text.split('\0').take_while(|string| !string.is_empty()).map(str::to_owned).collect())
    }

    fn text(self, bytes: &[u8]) -> Option<String> {
        if self.format == ExportFormat::Version5 {
            let (pairs, rest) = bytes.as_chunks::<2>();
            let units: Vec<u16> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
            return rest.is_empty().then(|| String::from_utf16(&units).ok()).flatten();
        }
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Some(text.to_owned());
        }
        let is_code_page = self.encoding != UTF_8 && self.encoding.is_ascii_compatible();
        let encoding = if is_code_page { self.encoding } else { WINDOWS_1252 };
        let (text, damaged) = encoding.decode_without_bom_handling(bytes);
        (!damaged).then(|| text.into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERSION5: DataReader = DataReader { format: ExportFormat::Version5, encoding: UTF_8 };

    #[test]
    fn prefixes_are_told() {
        assert_eq!(hex_prefix("hex:01"), Some((3, "01")));
        assert_eq!(hex_prefix("HEX(b):01"), Some((11, "01")));
        for wrong in ["hex", "hex(2)01", "hex():01", "hex(100000000):01", "he", "hex2:01", "hex(+1):00"] {
            assert_eq!(hex_prefix(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn dwords_are_hexadecimal_and_short_ones_too() {
        assert_eq!(dword("dword:0000001f"), Some(0x1F));
        assert_eq!(dword("DWORD: 1 ; one"), Some(1));
        for wrong in ["dword:", "dword:000000001", "dword:0x1", "dword:-1", "dword:+1", "dword:1 2"] {
            assert_eq!(dword(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(unescape(r#"C:\\a \"b\" \t\\"#), r#"C:\a "b" \t\"#);
    }

    #[test]
    fn bytes_are_pairs_of_digits() {
        assert_eq!(bytes(" 01, 0a,\tFF"), Some(vec![1, 10, 255]));
        assert_eq!(bytes("1,2"), Some(vec![1, 2]));
        assert_eq!(bytes(""), Some(vec![]));
        for wrong in ["01,", "01,,02", "0g", "001", "+1", "01 02"] {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn bytes_become_data_of_their_type() {
        let typed = |kind, bytes: &[u8]| VERSION5.typed(kind, bytes.to_vec());
        assert_eq!(typed(1, b"O\0:\0\0\0"), Some(RegistryData::String("O:".into())));
        assert_eq!(typed(2, b"%\0"), Some(RegistryData::ExpandString("%".into())));
        assert_eq!(typed(4, &[2, 1, 0, 0]), Some(RegistryData::Dword(0x102)));
        assert_eq!(
            typed(7, b"a\0\0\0b\0\0\0\0\0"),
            Some(RegistryData::MultiString(vec!["a".into(), "b".into()]))
        );
        assert_eq!(typed(11, &[1, 0, 0, 0, 0, 0, 0, 1]), Some(RegistryData::Qword(0x0100_0000_0000_0001)));
        assert_eq!(typed(0, &[9]), Some(RegistryData::Other { kind: 0, bytes: vec![9] }));
        // An odd number of bytes, half a surrogate pair, a short number.
        for (kind, bytes) in [(1, &b"O\0:"[..]), (1, &[0, 0xD8]), (4, &[1]), (11, &[1])] {
            assert_eq!(typed(kind, bytes), None);
        }
    }

    #[test]
    fn regedit4_strings_are_in_the_code_page() {
        let japanese = DataReader { format: ExportFormat::Regedit4, encoding: encoding_rs::SHIFT_JIS };
        assert_eq!(
            japanese.typed(2, b"\x93\xFA\x96\x7B\0".to_vec()),
            Some(RegistryData::ExpandString("日本".into()))
        );
        let ascii = DataReader { format: ExportFormat::Regedit4, encoding: UTF_8 };
        assert_eq!(ascii.typed(1, b"\xE9\0".to_vec()), Some(RegistryData::String("é".into())));
    }
}
