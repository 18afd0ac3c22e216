//! Texts that are held as a whole, because their readers go back and forth in them.
//!
//! Memory must grow neither with the file nor with the number of threads: a text is held up to a limit, and
//! what is large waits for its turn. Waiting decides only when a text is read, and never how much of it.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::text_encoding::Decoded;
use super::text_stream::TextStream;
use crate::bundle::cause;
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;

/// Longest text that is held, in MiB of UTF-8, which is 64 MiB of UTF-16 in most languages. Reports of a whole
/// machine are a few megabytes.
const TEXT_MIB: usize = 32;
/// Longest text of a console that is held, in MiB: its readers keep a list of its lines beside it.
const CONSOLE_MIB: usize = 16;
/// Texts up to this length are held several at a time; of longer ones only one is.
const SHORT_BYTES: usize = 2 << 20;
/// Texts of more than the first piece that are held at a time.
const PLACES: usize = 3;

/// Held while a long text is in memory. Whoever holds it has a place, so that nobody waits in a ring.
///
/// Whoever has a place must not wait for the thread pool: a pool's thread that waits takes on other work,
/// which may be another text, and would then wait for itself. The readers of texts therefore do nothing in
/// parallel, and the content of a member is read by the thread that reads the member.
static LONG_TEXT: Mutex<()> = Mutex::new(());
static TAKEN: Mutex<usize> = Mutex::new(0);
static FREED: Condvar = Condvar::new();

/// A text in memory, as long as this lives.
pub(super) struct HeldText {
    /// The text.
    pub(super) decoded: Decoded,
    _long: Option<MutexGuard<'static, ()>>,
    _place: Option<Taken>,
}

/// A place, which is free again when this is dropped.
pub(super) struct Taken;

impl Taken {
    /// Waits for a place.
    pub(super) fn place() -> Self {
        // A reader that broke has let go of its place.
        let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
        while *taken >= PLACES {
            taken = FREED.wait(taken).unwrap_or_else(PoisonError::into_inner);
        }
        *taken += 1;
        Taken
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
        *taken = taken.saturating_sub(1);
        FREED.notify_one();
    }
}

/// Waits until no other long text, or file that takes as much, is in memory. A place comes first.
pub(super) fn alone() -> MutexGuard<'static, ()> {
    LONG_TEXT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Holds a text, up to the limit. What is lost of it is a gap.
pub(super) fn hold(path: &BundlePath, text: TextStream<'_>) -> (HeldText, Vec<Gap>) {
    hold_up_to(path, text, TEXT_MIB)
}

/// Holds a text of a console, up to its limit.
pub(super) fn hold_console(path: &BundlePath, text: TextStream<'_>) -> (HeldText, Vec<Gap>) {
    hold_up_to(path, text, CONSOLE_MIB)
}

fn hold_up_to(path: &BundlePath, mut text: TextStream<'_>, most_mib: usize) -> (HeldText, Vec<Gap>) {
    let most = most_mib << 20;
    let mut gaps = Vec::new();
    let place = (!text.is_read()).then(Taken::place);
    let mut more = text.hold(most.min(SHORT_BYTES));
    let long = (more && most > SHORT_BYTES).then(alone);
    if long.is_some() {
        more = text.hold(most);
    }
    if more {
        let reason = Statement::new("gap.file.too-long").with("limit", most_mib.to_string());
        gaps.push(Gap::new(path, Place::Offset(most as u64), reason));
    }
    gaps.extend(unreadable(path, &text));
    (HeldText { decoded: text.into_decoded(most), _long: long, _place: place }, gaps)
}

/// The gap of a text that could not be read to its end.
pub(super) fn unreadable(path: &BundlePath, text: &TextStream<'_>) -> Option<Gap> {
    let (at, error) = text.failure()?;
    let reason =
        [Statement::new("gap.file.unreadable"), cause(error), Statement::new("gap.ask.upload-again")];
    Some(Gap::new(path, Place::Offset(at), reason))
}

/// The gap of a text with a line that is longer than any that is read.
pub(super) fn long_line(path: &BundlePath, text: &TextStream<'_>) -> Option<Gap> {
    let limit = (super::text_stream::LONGEST_LINE >> 20).to_string();
    let reason = Statement::new("gap.file.long-line").with("limit", limit);
    Some(Gap::new(path, Place::Line(text.long_line()?), reason))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn a_text_is_held_up_to_its_limit() {
        for (bytes, held, lost) in [(4 << 20, 4 << 20, 0), ((4 << 20) + 1, 4 << 20, 1), (1 << 20, 1 << 20, 0)]
        {
            let mut content = std::io::repeat(b'a').take(bytes);
            let (text, gaps) = hold_up_to(&"a".into(), TextStream::new(&mut content), 4);
            assert_eq!((text.decoded.text.len() as u64, gaps.len()), (held, lost));
            assert_eq!(text._long.is_some(), bytes > SHORT_BYTES as u64);
        }
    }

    #[test]
    fn short_texts_need_no_place() {
        let mut content = &b"hello"[..];
        let (text, gaps) = hold(&"a".into(), TextStream::new(&mut content));
        assert_eq!((text.decoded.text.as_str(), gaps.len()), ("hello", 0));
        assert!(text._place.is_none());
    }
}
