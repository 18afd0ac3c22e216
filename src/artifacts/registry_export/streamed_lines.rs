//! Lines of a text that is read piece by piece, and strings that go on over several of them.
//!
//! What a value needs of the lines behind it is looked at ahead, up to a bound, so that a hostile file costs
//! no more memory than a real one.

use memchr::{memchr, memchr_iter};

use super::lines::{closing_quote, is_blank_or_comment};
use crate::artifacts::text_stream::{LONGEST_LINE, TextStream};

/// One line, without its line end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Counted from 1.
    pub(super) number: u64,
    /// Text without line end.
    pub(super) text: String,
    /// Offset of the text in what is held.
    start: usize,
    /// A line end follows. Only the last line of a file can do without.
    pub(super) ended: bool,
}

/// Goes through a text line by line.
pub(super) struct StreamedLines<'s, 'c> {
    text: &'s mut TextStream<'c>,
    /// Offset of the next line in what is held.
    at: usize,
    number: u64,
    /// First line that was cut off, because it is longer than any.
    long: Option<u64>,
}

/// How the text behind an opening quote goes on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Quoted {
    /// Up to its closing quote, with escapes as written.
    Closed(String),
    /// The closing quote is missing: another quote stands first, or none in all that is looked at.
    Open,
    /// The text ends before any quote.
    Cut,
}

impl<'s, 'c> StreamedLines<'s, 'c> {
    /// Starts at the first line.
    pub(super) fn new(text: &'s mut TextStream<'c>) -> Self {
        StreamedLines { text, at: 0, number: 1, long: None }
    }

    /// The first line that was cut off.
    pub(super) fn long(&self) -> Option<u64> {
        self.long
    }

    /// The text that the lines are of.
    pub(super) fn stream(&self) -> &TextStream<'c> {
        self.text
    }

    /// Whether no text is left.
    pub(super) fn is_at_end(&mut self) -> bool {
        self.text.buffer().len() <= self.at && !self.text.fill()
    }

    /// The next line, after which nothing before it can be asked for any more.
    pub(super) fn step(&mut self) -> Option<Line> {
        self.text.discard(self.at);
        self.at = 0;
        self.next()
    }

    /// The next line. All that was read since the last [`StreamedLines::step`] stays in memory, so that no
    /// more than a bounded number of lines may be asked for.
    pub(super) fn next(&mut self) -> Option<Line> {
        let mut looked = self.at;
        let end = loop {
            let rest = self.text.buffer().as_bytes().get(looked..).unwrap_or_default();
            if let Some(end) = memchr(b'\n', rest) {
                break Some(looked.saturating_add(end));
            }
            looked = self.text.buffer().len();
            if looked.saturating_sub(self.at) > LONGEST_LINE || !self.text.fill() {
                break None;
            }
        };
        let buffer = self.text.buffer();
        let (start, number) = (self.at, self.number);
        if end.is_none() && buffer.len() <= start {
            return None;
        }
        let cut = buffer.len().saturating_sub(start) > LONGEST_LINE && end.is_none();
        let stop =
            if cut { buffer.floor_char_boundary(start.saturating_add(LONGEST_LINE)) } else { buffer.len() };
        let text = buffer.get(start..end.unwrap_or(stop)).unwrap_or_default();
        let text = text.strip_suffix('\r').unwrap_or(text).to_owned();
        self.at = end.map_or(stop, |end| end.saturating_add(1));
        // The rest of a line that was cut off is the next line, which follows no rule.
        self.number = number.saturating_add(u64::from(!cut));
        if cut {
            self.long.get_or_insert(number);
        }
        Some(Line { number, text, start, ended: end.is_some() || cut })
    }

    /// The next line that `wants` takes, behind those that are blank or a comment. Another line is left.
    pub(super) fn continuation(&mut self, wants: impl Fn(&str) -> bool) -> Option<Line> {
        let (at, number) = (self.at, self.number);
        while self.at.saturating_sub(at) <= LONGEST_LINE {
            let Some(line) = self.next() else { break };
            if is_blank_or_comment(&line.text) {
                continue;
            }
            if wants(line.text.trim_start()) {
                return Some(line);
            }
            break;
        }
        (self.at, self.number) = (at, number);
        None
    }

    /// Lets go of what stands before the next line, in the middle of a value.
    pub(super) fn forget(&mut self) {
        self.text.discard(self.at);
        self.at = 0;
    }

    /// The rest of a string that begins in a line, at an offset of it behind the quote, and may go on over
    /// several lines. Only white space or a comment may stand behind the closing quote. Only a closed string
    /// moves the position: to the line behind it.
    ///
    /// Quotes inside a string are escaped, so that the first plain one tells. That keeps a missing quote
    /// from swallowing the lines behind it, and the time linear.
    pub(super) fn string(&mut self, line: &Line, offset: usize) -> Quoted {
        let start = line.start.saturating_add(offset);
        let length = loop {
            let rest = self.text.buffer().get(start..).unwrap_or_default();
            let held = rest.len();
            if let Some(length) = closing_quote(rest) {
                break length;
            }
            if held > LONGEST_LINE {
                self.long.get_or_insert(line.number);
                return Quoted::Open;
            }
            // Each look is at twice as much, so that all of them cost no more than two.
            let mut more = false;
            while self.text.buffer().len().saturating_sub(start) < held.saturating_mul(2).max(1)
                && self.text.fill()
            {
                more = true;
            }
            if !more {
                return Quoted::Cut;
            }
        };
        let end = start.saturating_add(length);
        let before = (self.at, self.number);
        (self.at, self.number) = (end.saturating_add(1), line.number);
        let behind = self.next();
        let string = self.text.buffer().get(start..end).unwrap_or_default().to_owned();
        if behind.as_ref().is_some_and(|line| !is_blank_or_comment(&line.text)) {
            (self.at, self.number) = before;
            return Quoted::Open;
        }
        let ends_inside = memchr_iter(b'\n', string.as_bytes()).count() as u64;
        self.at = self.at.max(before.0);
        self.number = line.number.saturating_add(ends_inside).saturating_add(1);
        Quoted::Closed(string)
    }

    /// Whether a line of what is left begins with a letter. It is read to its end if none does.
    pub(super) fn rest_has_line(&mut self, letter: char) -> bool {
        let before = (self.at, self.number);
        while let Some(line) = self.next() {
            if line.text.starts_with(letter) {
                (self.at, self.number) = before;
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<R>(text: &str, read: impl FnOnce(&mut StreamedLines<'_, '_>) -> R) -> R {
        let mut bytes = text.as_bytes();
        let mut stream = TextStream::new(&mut bytes);
        read(&mut StreamedLines::new(&mut stream))
    }

    #[test]
    fn lines_are_numbered_and_lose_their_ends() {
        let lines: Vec<_> = with("a\r\n\nb", |lines| {
            std::iter::from_fn(|| lines.step()).map(|line| (line.number, line.text, line.ended)).collect()
        });
        assert_eq!(lines, [(1, "a".into(), true), (2, String::new(), true), (3, "b".into(), false)]);
    }

    #[test]
    fn a_string_goes_on_over_lines() {
        with("=\"a\r\n\\\"b\\\\\" ; note\r\nnext", |lines| {
            let line = lines.step().unwrap();
            assert_eq!(lines.string(&line, 2), Quoted::Closed("a\r\n\\\"b\\\\".into()));
            assert_eq!(lines.step().map(|line| (line.number, line.text)), Some((3, "next".into())));
        });
    }

    #[test]
    fn a_missing_quote_swallows_nothing() {
        with("=\"a\n\"b\"=\"c\"\n", |lines| {
            let line = lines.step().unwrap();
            assert_eq!(lines.string(&line, 2), Quoted::Open);
            assert_eq!(lines.step().map(|line| line.number), Some(2));
        });
        with("=\"a\\\"\n", |lines| {
            let line = lines.step().unwrap();
            assert_eq!(lines.string(&line, 2), Quoted::Cut);
        });
    }

    #[test]
    fn nothing_longer_than_the_bound_is_held() {
        let text = format!("=\"{}\nnext\n", "x".repeat(3 * LONGEST_LINE));
        with(&text, |lines| {
            let line = lines.step().unwrap();
            assert_eq!((line.number, line.text.len(), line.ended), (1, LONGEST_LINE, true));
            assert_eq!(lines.string(&line, 2), Quoted::Open);
            let last = std::iter::from_fn(|| lines.step()).last().unwrap();
            assert_eq!((last.number, last.text.as_str()), (2, "next"));
            assert_eq!(lines.long(), Some(1));
        });
    }
}
