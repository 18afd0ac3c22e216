//! A place in an SDDL text. It only moves forward, so that reading takes time linear in the text.

use super::SddlError;

/// The text and how far it has been read.
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Byte offset of the next character.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// What has not been read.
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// What has been read since `start`.
    pub(super) fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn peek_second(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at.saturating_add(1)).copied()
    }

    /// Goes over `bytes` bytes, which have to be whole characters.
    pub(super) fn skip(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes).min(self.text.len());
    }

    pub(super) fn skip_spaces(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.skip(1);
        }
    }

    /// Goes over `byte` if it is the next one.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let next = self.peek() == Some(byte);
        if next {
            self.skip(1);
        }
        next
    }

    /// Goes over `word`, in any case, if it is next.
    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let next = self.rest().as_bytes().get(..word.len());
        let found = next.is_some_and(|next| next.eq_ignore_ascii_case(word.as_bytes()));
        if found {
            self.skip(word.len());
        }
        found
    }

    /// Reads up to the first character that `stop` names, or to the end.
    pub(super) fn take_until(&mut self, stop: &[char]) -> &'a str {
        let rest = self.rest();
        let taken = rest.find(stop).and_then(|end| rest.get(..end)).unwrap_or(rest);
        self.skip(taken.len());
        taken
    }

    pub(super) fn error(&self, reason: &'static str) -> SddlError {
        SddlError { at: self.at, reason }
    }
}
