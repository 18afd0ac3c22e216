//! Names of archive members: which letters their bytes mean, and a path that stays inside the archive.
//!
//! The names are for display; nothing is ever written to disk under them.

use std::collections::{HashMap, HashSet};

use encoding_rs::SHIFT_JIS;

/// Letters that are kept of a name. Windows allows 32,767 in a path and its tools 260.
const LONGEST_NAME: usize = 1024;

/// Decodes the name of a zip member. `utf8` is the language encoding flag; `cp437` is what the zip
/// format says where the flag is not set.
///
/// Explorer in Japanese writes code page 932 without a flag, and several tools write UTF-8 without it.
/// See section D of <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>.
pub(super) fn decode(raw: &[u8], utf8: bool, cp437: impl FnOnce() -> String) -> String {
    if let Ok(text) = std::str::from_utf8(raw) {
        return text.to_owned();
    }
    if utf8 {
        return String::from_utf8_lossy(raw).into_owned();
    }
    match SHIFT_JIS.decode_without_bom_handling_and_without_replacement(raw) {
        Some(text) if looks_japanese(&text) => text.into_owned(),
        _ => cp437(),
    }
}

/// Accented letters of code page 437 decode to a lone kana or kanji between Latin letters
/// (`château`, `Änderung`). Japanese text has its letters side by side, or alone among digits and dots.
/// Half-width katakana are the bytes of accented letters, of which no three follow each other.
fn looks_japanese(text: &str) -> bool {
    let half_width: Vec<bool> = text.chars().map(|c| matches!(c, '\u{FF66}'..='\u{FF9F}')).collect();
    if half_width.windows(3).any(|three| three == [true; 3]) {
        return true;
    }
    let mut before: Option<char> = None;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let (left, right) = (before, letters.peek().copied());
        let beside = |test: fn(char) -> bool| left.is_some_and(test) || right.is_some_and(test);
        if is_japanese(letter) && (beside(is_japanese) || !beside(|c| c.is_ascii_alphabetic())) {
            return true;
        }
        before = Some(letter);
    }
    false
}

/// Hiragana, katakana and ideographs, and not half-width katakana: accented Latin text has their bytes.
fn is_japanese(letter: char) -> bool {
    matches!(letter, '\u{3041}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '々')
}

/// A member's path inside its archive.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct InsidePath {
    /// Folders separated by `/`; no root, drive or `..`.
    pub(super) path: String,
    /// The name pointed outside the archive, or was too long to keep.
    pub(super) changed: bool,
}

/// Makes a path of a member's name.
pub(super) fn inside(name: &str) -> InsidePath {
    let name = name.replace('\\', "/");
    let mut changed = name.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => changed = true,
            drive if parts.is_empty() && is_drive(drive) => changed = true,
            part => parts.push(part),
        }
    }
    let mut path = parts.join("/");
    if let Some((end, _)) = path.char_indices().nth(LONGEST_NAME) {
        path.truncate(end);
        changed = true;
    }
    if path.is_empty() {
        path.push_str("unnamed");
    }
    InsidePath { path, changed }
}

fn is_drive(part: &str) -> bool {
    matches!(part.as_bytes(), [letter, b':'] if letter.is_ascii_alphabetic())
}

/// Gives each member of a folder or an archive a path of its own.
#[derive(Debug, Default)]
pub(super) struct UniqueNames {
    taken: HashSet<String>,
    next: HashMap<String, u32>,
}

impl UniqueNames {
    /// The name, or where it is taken already, the name with ` (2)`, ` (3)` and so on.
    pub(super) fn name(&mut self, name: String) -> String {
        if self.taken.insert(name.clone()) {
            return name;
        }
        let next = self.next.entry(name.clone()).or_insert(2);
        loop {
            let candidate = format!("{name} ({next})");
            *next = next.saturating_add(1);
            if self.taken.insert(candidate.clone()) || *next == u32::MAX {
                return candidate;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(raw: &[u8]) -> String {
        decode(raw, false, || "CP437".to_owned())
    }

    #[test]
    fn names_of_japanese_explorer_are_read() {
        // イベント in code page 932.
        assert_eq!(decoded(b"\x83\x43\x83\x78\x83\x93\x83\x67/a.evtx"), "イベント/a.evtx");
        // 表.txt: the second byte of the kanji is a backslash.
        assert_eq!(decoded(b"\x95\x5C.txt"), "表.txt");
        assert_eq!(decoded(b"\xB2\xCD\xDE\xDD\xC4.evtx"), "ｲﾍﾞﾝﾄ.evtx");
    }

    #[test]
    fn utf8_is_read_with_and_without_the_flag() {
        assert_eq!(decoded("ログ.evtx".as_bytes()), "ログ.evtx");
        assert_eq!(decode("ログ.evtx".as_bytes(), true, String::new), "ログ.evtx");
        assert_eq!(decode(b"a\xFF", true, String::new), "a\u{FFFD}");
    }

    #[test]
    fn european_names_stay_in_code_page_437() {
        // château, Änderung, Größe, für: each has bytes that are a letter of code page 932 as well.
        for raw in [&b"ch\x83teau"[..], b"\x8Enderung", b"Gr\x94\xE1e", b"f\x81r"] {
            assert_eq!(decoded(raw), "CP437", "{raw:x?}");
        }
    }

    #[test]
    fn paths_stay_inside() {
        for (name, path, changed) in [
            ("logs/a.evtx", "logs/a.evtx", false),
            (r"logs\a.evtx", "logs/a.evtx", false),
            ("./a//b", "a/b", false),
            ("../../etc/passwd", "etc/passwd", true),
            (r"..\a", "a", true),
            ("/etc/passwd", "etc/passwd", true),
            (r"C:\Windows\a", "Windows/a", true),
            (r"\\server\share\a", "server/share/a", true),
            ("..", "unnamed", true),
            ("a:b", "a:b", false),
            ("a\u{1b}[31m", "a\u{1b}[31m", false),
        ] {
            assert_eq!(inside(name), InsidePath { path: path.to_owned(), changed }, "{name}");
        }
        let long = inside(&"ア".repeat(5000));
        assert_eq!((long.path.chars().count(), long.changed), (1024, true));
    }

    #[test]
    fn equal_names_are_told_apart() {
        let mut names = UniqueNames::default();
        let given = ["a", "a", "a (2)", "a", "b"].map(|name| names.name(name.to_owned()));
        assert_eq!(given, ["a", "a (2)", "a (2) (2)", "a (3)", "b"]);
    }
}
