//! Text of unknown encoding that is read piece by piece, so that memory does not grow with the file.
//!
//! The encoding is that of the first 256 KiB, as [`text_encoding`] tells it. Where these are ASCII alone, the
//! first other bytes tell, by the 64 KiB from there on. Pieces end at the same bytes of the file however it
//! is read, so that the same file always gives the same text.

use std::io::{self, BufRead, Read};

use encoding_rs::{Decoder, Encoding, UTF_8};
use memchr::{memchr, memrchr};

use super::text_encoding::{self, Decoded};

/// Bytes by which the encoding is told.
const HEAD_BYTES: usize = 256 << 10;
/// Bytes that are read and decoded at a time.
const PIECE_BYTES: usize = 64 << 10;
/// Longest line that is held, in bytes of UTF-8. What is beyond is passed over.
pub(super) const LONGEST_LINE: usize = 4 << 20;

/// A text that is decoded while it is read.
pub(super) struct TextStream<'c> {
    content: &'c mut dyn Read,
    /// Bytes that are read and not decoded.
    raw: Vec<u8>,
    ended: bool,
    /// None as long as all bytes were ASCII.
    decoder: Option<Decoder>,
    encoding: &'static Encoding,
    damaged: bool,
    /// Text that is decoded, and how much of it is used up.
    text: String,
    at: usize,
    /// Number of the next line, counted from 1.
    number: u64,
    bytes: u64,
    last: Option<char>,
    failed: Option<(u64, io::Error)>,
    long_line: Option<u64>,
}

/// A line, without its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TextLine<'t> {
    /// Counted from 1.
    pub(super) number: u64,
    /// The text, as [`str::lines`] gives it.
    pub(super) text: &'t str,
}

impl<'c> TextStream<'c> {
    /// Begins to read.
    pub(super) fn new(content: &'c mut dyn Read) -> Self {
        let mut stream = TextStream {
            content,
            raw: Vec::new(),
            ended: false,
            decoder: None,
            encoding: UTF_8,
            damaged: false,
            text: String::new(),
            at: 0,
            number: 1,
            bytes: 0,
            last: None,
            failed: None,
            long_line: None,
        };
        stream.read_raw(HEAD_BYTES);
        let head = text_encoding::encoding_of_start(&stream.raw, stream.ended);
        if stream.ended || head != UTF_8 || !stream.raw.is_ascii() {
            stream.encoding = head;
            stream.decoder = Some(head.new_decoder());
        }
        stream.decode();
        stream
    }

    /// All of it is in memory.
    pub(super) fn is_read(&self) -> bool {
        self.ended
    }

    /// The encoding; UTF-8 as long as all was ASCII.
    pub(super) fn encoding(&self) -> &'static Encoding {
        self.encoding
    }

    /// Bytes that were no text so far, and stand as U+FFFD.
    pub(super) fn damaged(&self) -> bool {
        self.damaged
    }

    /// Where reading failed, and why.
    pub(super) fn failure(&self) -> Option<(u64, &io::Error)> {
        self.failed.as_ref().map(|(at, error)| (*at, error))
    }

    /// The first line of which only the start was given, because it is longer than any.
    pub(super) fn long_line(&self) -> Option<u64> {
        self.long_line
    }

    /// The last character that was read.
    pub(super) fn last(&self) -> Option<char> {
        self.last
    }

    /// The start of a text by which its kind is told.
    pub(super) fn start(&mut self) -> &str {
        while self.buffer().len() < text_encoding::START_BYTES && self.fill() {}
        text_encoding::start_of(self.buffer())
    }

    /// The text that is decoded and not used up.
    pub(super) fn buffer(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Uses up bytes of the buffer, which end with a character.
    pub(super) fn discard(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes).min(self.text.len());
        // Moving what is left costs no more than what was used up.
        if self.at >= self.text.len() - self.at && self.at >= PIECE_BYTES {
            self.text.drain(..self.at);
            self.at = 0;
        }
    }

    /// Decodes more text into the buffer; false at the end of the text.
    pub(super) fn fill(&mut self) -> bool {
        while !(self.ended && self.raw.is_empty() && self.decoder.is_none()) {
            let before = self.text.len();
            self.read_raw(PIECE_BYTES);
            self.decode();
            if self.text.len() > before {
                return true;
            }
        }
        false
    }

    /// The next line. Of one that is longer than [`LONGEST_LINE`] there is only the start.
    pub(super) fn next_line(&mut self) -> Option<TextLine<'_>> {
        let mut looked = 0;
        let end = loop {
            let rest = self.text.as_bytes().get(self.at.saturating_add(looked)..).unwrap_or_default();
            if let Some(end) = memchr(b'\n', rest) {
                break Some(looked.saturating_add(end));
            }
            looked = looked.saturating_add(rest.len());
            if looked > LONGEST_LINE || !self.fill() {
                break None;
            }
        };
        let number = self.number;
        let (length, used) = match end {
            Some(end) => (end, end.saturating_add(1)),
            None if looked == 0 => return None,
            None if looked > LONGEST_LINE => {
                self.long_line.get_or_insert(number);
                let kept = self.buffer().floor_char_boundary(LONGEST_LINE);
                let line: String = self.buffer().get(..kept).unwrap_or_default().to_owned();
                self.pass_line();
                // The start of the line is put back, to be borrowed from where all lines are.
                self.text.replace_range(..self.at, &line);
                self.at = line.len();
                self.number = self.number.saturating_add(1);
                return Some(TextLine { number, text: self.text.get(..kept)? });
            }
            None => (looked, looked),
        };
        self.number = self.number.saturating_add(1);
        self.discard(0);
        let from = self.at;
        self.at = self.at.saturating_add(used);
        let text = self.text.get(from..from.saturating_add(length))?;
        let text = if end.is_some() { text.strip_suffix('\r').unwrap_or(text) } else { text };
        Some(TextLine { number, text })
    }

    /// Goes behind the end of the line that the buffer begins in.
    fn pass_line(&mut self) {
        loop {
            if let Some(end) = memchr(b'\n', self.buffer().as_bytes()) {
                return self.discard(end.saturating_add(1));
            }
            self.discard(self.buffer().len());
            if !self.fill() {
                return;
            }
        }
    }

    /// The characters that are left.
    pub(super) fn letters(&mut self) -> Letters<'_, 'c> {
        Letters { stream: self }
    }

    /// The text that is left as bytes of UTF-8.
    pub(super) fn utf8(&mut self) -> Utf8<'_, 'c> {
        Utf8 { stream: self, unquoted: 0 }
    }

    /// Reads until so many bytes of text are held, or all there is; true where there is more.
    pub(super) fn hold(&mut self, most: usize) -> bool {
        if !self.ended {
            // Room for all at once: a text that grows step by step leaves its former places behind.
            let mut all = String::with_capacity(most.saturating_add(4 * PIECE_BYTES));
            all.push_str(self.buffer());
            self.text = all;
            self.at = 0;
        }
        while self.buffer().len() <= most && self.fill() {}
        self.buffer().len() > most
    }

    /// What is held, up to a number of bytes.
    pub(super) fn into_decoded(mut self, most: usize) -> Decoded {
        if self.at > 0 {
            self.text.drain(..self.at);
        }
        self.text.truncate(self.text.floor_char_boundary(most));
        Decoded { text: self.text, encoding: self.encoding, damaged: self.damaged }
    }

    /// Reads until so many bytes are there to be decoded.
    fn read_raw(&mut self, bytes: usize) {
        let missing = bytes.saturating_sub(self.raw.len());
        if self.ended || missing == 0 {
            return;
        }
        self.raw.reserve_exact(missing);
        match Read::take(&mut *self.content, missing as u64).read_to_end(&mut self.raw) {
            Ok(read) => {
                self.bytes = self.bytes.saturating_add(read as u64);
                self.ended = read < missing;
            }
            Err(error) => {
                self.failed = Some((self.bytes, error));
                self.ended = true;
            }
        }
    }

    /// Decodes what was read.
    fn decode(&mut self) {
        if self.decoder.is_none() {
            let ascii = Encoding::ascii_valid_up_to(&self.raw);
            self.text.push_str(str::from_utf8(self.raw.get(..ascii).unwrap_or_default()).unwrap_or_default());
            self.raw.drain(..ascii);
            if !self.raw.is_empty() {
                self.read_raw(PIECE_BYTES);
                self.encoding = text_encoding::encoding_of_start(&self.raw, self.ended);
                self.decoder = Some(self.encoding.new_decoder_without_bom_handling());
            }
        }
        if let Some(decoder) = &mut self.decoder {
            self.text.reserve(decoder.max_utf8_buffer_length(self.raw.len()).unwrap_or(0));
            let (_, _, damaged) = decoder.decode_to_string(&self.raw, &mut self.text, self.ended);
            self.damaged |= damaged;
            self.raw.clear();
            if self.ended {
                // A decoder that was told of the end cannot be asked again.
                self.decoder = None;
            }
        }
        self.last = self.text.chars().next_back().or(self.last);
    }
}

/// The characters of a text.
pub(super) struct Letters<'s, 'c> {
    stream: &'s mut TextStream<'c>,
}

impl Iterator for Letters<'_, '_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        loop {
            if let Some(letter) = self.stream.buffer().chars().next() {
                self.stream.at = self.stream.at.saturating_add(letter.len_utf8());
                return Some(letter);
            }
            self.stream.discard(0);
            if !self.stream.fill() {
                return None;
            }
        }
    }
}

/// The bytes of a text in UTF-8. It fails where a string in quotes would be longer than [`LONGEST_LINE`].
pub(super) struct Utf8<'s, 'c> {
    stream: &'s mut TextStream<'c>,
    /// Bytes since the last quote.
    unquoted: usize,
}

impl Read for Utf8<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let text = self.fill_buf()?;
        let bytes = text.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..bytes), text.get(..bytes)) {
            to.copy_from_slice(from);
        }
        self.consume(bytes);
        Ok(bytes)
    }
}

impl BufRead for Utf8<'_, '_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.stream.at >= self.stream.text.len() {
            self.stream.discard(0);
            self.stream.fill();
            self.look_for_quotes()?;
        }
        Ok(self.stream.text.as_bytes().get(self.stream.at..).unwrap_or_default())
    }

    /// Bytes are taken in any number: a character that is taken in part stays in the text until its end.
    fn consume(&mut self, bytes: usize) {
        self.stream.at = self.stream.at.saturating_add(bytes).min(self.stream.text.len());
    }
}

impl Utf8<'_, '_> {
    fn look_for_quotes(&mut self) -> io::Result<()> {
        let text = self.stream.buffer().as_bytes();
        self.unquoted = match memrchr(b'"', text) {
            Some(last) => text.len().saturating_sub(last),
            None => self.unquoted.saturating_add(text.len()),
        };
        if self.unquoted > LONGEST_LINE { Err(io::ErrorKind::InvalidData.into()) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{SHIFT_JIS, UTF_16LE};

    use super::*;

    /// Gives few bytes at a time.
    struct Slow<'b>(&'b [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = buffer.len().min(1_013);
            self.0.read(&mut buffer[..most])
        }
    }

    fn lines(bytes: &[u8]) -> Vec<String> {
        let mut slow = Slow(bytes);
        let mut stream = TextStream::new(&mut slow);
        let mut lines = Vec::new();
        while let Some(line) = stream.next_line() {
            assert_eq!(line.number, lines.len() as u64 + 1);
            lines.push(line.text.to_owned());
        }
        lines
    }

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    /// Longer than the first piece, with letters of one to four bytes and all line ends.
    fn long() -> String {
        (0..40_000)
            .map(|number| format!("{number} é 日本 😀 text{}", ["\r\n", "\n", "\n\n"][number % 3]))
            .collect()
    }

    #[test]
    fn lines_are_those_of_the_text_in_every_encoding() {
        let text = long();
        for text in [text.as_str(), "", "\n", "a", "a\r\n", "a\r", "\r\n\r\nb\r"] {
            let expected: Vec<&str> = text.lines().collect();
            assert_eq!(lines(text.as_bytes()), expected);
            assert_eq!(lines(&[&[0xef, 0xbb, 0xbf], text.as_bytes()].concat()), expected);
            assert_eq!(lines(&[&[0xff, 0xfe], utf16(text).as_slice()].concat()), expected);
        }
        let plain: String = (0..60_000).map(|number| format!("line {number}\r\n")).collect();
        assert_eq!(lines(&utf16(&plain)), plain.lines().collect::<Vec<_>>(), "UTF-16 without its mark");
    }

    #[test]
    fn letters_beyond_ascii_may_come_late() {
        let late = "x\n".repeat(300_000) + &"コンピューター ポリシーの設定を表示します。\n".repeat(100);
        for (bytes, encoding) in
            [(late.clone().into_bytes(), UTF_8), (SHIFT_JIS.encode(&late).0.into_owned(), SHIFT_JIS)]
        {
            let mut slow = Slow(&bytes);
            let mut stream = TextStream::new(&mut slow);
            let mut all = String::new();
            while let Some(line) = stream.next_line() {
                all.push_str(line.text);
                all.push('\n');
            }
            assert!(all == late, "{}", encoding.name());
            assert_eq!((stream.encoding(), stream.damaged(), stream.last()), (encoding, false, Some('\n')));
        }
    }

    #[test]
    fn all_ways_of_reading_give_the_same_text() {
        let text = long();
        let bytes = [&[0xff, 0xfe], utf16(&text).as_slice()].concat();
        assert!(TextStream::new(&mut Slow(&bytes)).letters().eq(text.chars()));
        let mut utf8 = Vec::new();
        TextStream::new(&mut Slow(&bytes)).utf8().read_to_end(&mut utf8).unwrap();
        assert!(utf8 == text.as_bytes());
        let mut slow = Slow(&bytes);
        let mut held = TextStream::new(&mut slow);
        assert!(!held.hold(text.len()));
        let decoded = held.into_decoded(text.len());
        assert!(decoded.text == text && decoded.encoding == UTF_16LE && !decoded.damaged);
        let mut slow = Slow(&bytes);
        let mut held = TextStream::new(&mut slow);
        assert!(held.hold(1_000_000));
        assert!(text.starts_with(&held.into_decoded(1_000_000).text));
    }

    #[test]
    fn of_a_line_that_is_too_long_there_is_the_start() {
        let text = format!("a\n{}\r\nb\n", "é".repeat(LONGEST_LINE));
        let mut slow = Slow(text.as_bytes());
        let mut stream = TextStream::new(&mut slow);
        assert_eq!(stream.next_line().map(|line| line.text.to_owned()).as_deref(), Some("a"));
        assert_eq!(stream.next_line().map(|line| line.text.len()), Some(LONGEST_LINE));
        assert_eq!(stream.next_line(), Some(TextLine { number: 3, text: "b" }));
        assert_eq!(stream.next_line(), None);
        assert_eq!(stream.long_line(), Some(2));
    }

    #[test]
    fn a_string_without_end_fails() {
        let text = format!("{{\"a\": \"{}", "x".repeat(2 * LONGEST_LINE));
        let mut slow = Slow(text.as_bytes());
        assert!(TextStream::new(&mut slow).utf8().read_to_end(&mut Vec::new()).is_err());
    }

    #[test]
    fn bytes_that_are_no_text_are_told() {
        let mut bytes = "é\n".repeat(100).into_bytes();
        bytes.extend(vec![b'x'; HEAD_BYTES]);
        bytes.push(0xff);
        let mut slow = Slow(&bytes);
        let mut stream = TextStream::new(&mut slow);
        while stream.next_line().is_some() {}
        assert_eq!((stream.encoding(), stream.damaged()), (UTF_8, true));
    }
}
