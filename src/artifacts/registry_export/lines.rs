//! Lines of a text that is held, with their numbers.

use memchr::{memchr, memchr2};

/// One line, without its line end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'t> {
    /// Counted from 1.
    pub(super) number: u64,
    /// Text without line end.
    pub(super) text: &'t str,
    /// A line end follows. Only the last line of a file can do without.
    pub(super) ended: bool,
}

/// Goes through a text line by line.
#[derive(Debug, Clone)]
pub(super) struct Lines<'t> {
    text: &'t str,
    at: usize,
    number: u64,
}

impl<'t> Lines<'t> {
    /// Starts at the first line.
    pub(super) fn new(text: &'t str) -> Self {
        Lines { text, at: 0, number: 1 }
    }
}

impl<'t> Iterator for Lines<'t> {
    type Item = Line<'t>;

    fn next(&mut self) -> Option<Line<'t>> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let end = memchr(b'\n', rest.as_bytes());
        let text = end.and_then(|end| rest.get(..end)).unwrap_or(rest);
        let line =
            Line { number: self.number, text: text.strip_suffix('\r').unwrap_or(text), ended: end.is_some() };
        self.at = self.at.saturating_add(text.len()).saturating_add(usize::from(end.is_some()));
        self.number = self.number.saturating_add(1);
        Some(line)
    }
}

/// Offset of the first quote that no backslash escapes.
pub(super) fn closing_quote(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        let found = at + memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes.get(found) == Some(&b'"') {
            return Some(found);
        }
        at = found + 2;
    }
}

/// Nothing, or a comment behind something.
pub(super) fn is_blank_or_comment(text: &str) -> bool {
    let text = text.trim_start();
    text.is_empty() || text.starts_with(';')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_and_lose_their_ends() {
        let lines: Vec<_> = Lines::new("a\r\n\nb").map(|l| (l.number, l.text, l.ended)).collect();
        assert_eq!(lines, [(1, "a", true), (2, "", true), (3, "b", false)]);
    }
}
