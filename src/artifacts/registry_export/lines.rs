//! Lines of a text, with their numbers, and strings that go on over several of them.

use memchr::{memchr, memchr_iter, memchr2};

/// One line, without its line end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'t> {
    /// Counted from 1.
    pub(super) number: u64,
    /// Text without line end.
    pub(super) text: &'t str,
    /// Offset of the text in the file.
    pub(super) start: usize,
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

/// How the text behind an opening quote goes on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Quoted<'t> {
    /// Up to its closing quote, with escapes as written.
    Closed(&'t str),
    /// The closing quote is missing: another quote stands first.
    Open,
    /// The text ends before any quote.
    Cut,
}

impl<'t> Lines<'t> {
    /// Starts at the first line.
    pub(super) fn new(text: &'t str) -> Self {
        Lines { text, at: 0, number: 1 }
    }

    /// What is not read yet.
    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The rest of a string that begins at `start`, behind its quote, and may go on over several lines.
    /// Only white space or a comment may stand behind the closing quote. Only a closed string moves the
    /// position: to the line behind it.
    ///
    /// Quotes inside a string are escaped, so that the first plain one tells. That keeps a missing quote
    /// from swallowing the lines behind it, and the time linear.
    pub(super) fn string(&mut self, start: usize) -> Quoted<'t> {
        let Some(length) = self.text.get(start..).and_then(closing_quote) else { return Quoted::Cut };
        let end = start.saturating_add(length);
        let mut after = Lines { text: self.text, at: end.saturating_add(1), number: self.number };
        let (Some(string), behind) = (self.text.get(start..end), after.next()) else { return Quoted::Cut };
        if behind.is_some_and(|line| !is_blank_or_comment(line.text)) {
            return Quoted::Open;
        }
        let ends_inside = memchr_iter(b'\n', string.as_bytes()).count() as u64;
        *self = Lines {
            text: self.text,
            at: after.at.max(self.at),
            number: self.number.saturating_add(ends_inside),
        };
        Quoted::Closed(string)
    }
}

impl<'t> Iterator for Lines<'t> {
    type Item = Line<'t>;

    fn next(&mut self) -> Option<Line<'t>> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let end = memchr(b'\n', rest.as_bytes());
        let text = end.and_then(|end| rest.get(..end)).unwrap_or(rest);
        let line = Line {
            number: self.number,
            text: text.strip_suffix('\r').unwrap_or(text),
            start: self.at,
            ended: end.is_some(),
        };
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
        let lines: Vec<_> = Lines::new("a\r\n\nb").map(|l| (l.number, l.text, l.start, l.ended)).collect();
        assert_eq!(lines, [(1, "a", 0, true), (2, "", 3, true), (3, "b", 4, false)]);
    }

    #[test]
    fn a_string_goes_on_over_lines() {
        let mut lines = Lines::new("=\"a\r\n\\\"b\\\\\" ; note\r\nnext");
        lines.next();
        assert_eq!(lines.string(2), Quoted::Closed("a\r\n\\\"b\\\\"));
        assert_eq!(lines.next().map(|line| (line.number, line.text)), Some((3, "next")));
    }

    #[test]
    fn a_missing_quote_swallows_nothing() {
        let mut lines = Lines::new("=\"a\n\"b\"=\"c\"\n");
        lines.next();
        assert_eq!(lines.string(2), Quoted::Open);
        assert_eq!(lines.next().map(|line| line.number), Some(2));
        let mut cut = Lines::new("=\"a\\\"\n");
        cut.next();
        assert_eq!(cut.string(2), Quoted::Cut);
    }
}
