//! LDIF ([RFC 2849](https://www.rfc-editor.org/rfc/rfc2849)), as `ldifde` and `ldapsearch` write it.
//!
//! Lines that begin with a space go on with the line before. Entries that describe a change
//! (`changetype: modify`) say nothing of the state of an object and are passed over.

use crate::artifacts::kept::{FILE_BYTES, STRING_BYTES};
use crate::artifacts::text_stream::{LONGEST_LINE, TextStream};

use super::collect::{Collector, is_binary, is_wanted};
use super::{AttributeValue, DirectoryObject};

use crate::words::Statement;

/// The first line that is no comment begins an entry, or states the version of the format.
pub(super) fn looks_like(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let Some(first) = lines.next() else { return false };
    match first.split_once(':') {
        Some((name, value)) if name.eq_ignore_ascii_case("dn") => {
            value.contains('=') || value.trim_start_matches(':').trim().is_empty() || value.starts_with(':')
        }
        Some((name, value)) => name.eq_ignore_ascii_case("version") && value.trim() == "1",
        None => false,
    }
}

/// A line with those that go on from it.
struct Line {
    text: String,
    number: u64,
    /// It is longer than is read.
    cut: bool,
}

/// The entry that is being read.
#[derive(Default)]
struct Entry {
    /// The object, from the line of its name on.
    object: Option<DirectoryObject>,
    /// It describes a change.
    is_change: bool,
    /// The last line, which may go on.
    line: Option<Line>,
    /// Bytes of its lines that were kept.
    bytes: usize,
}

pub(super) fn read(text: &mut TextStream<'_>, collector: &mut Collector<'_>) {
    let mut entry = Entry::default();
    while let Some(line) = text.next_line() {
        if line.text.is_empty() {
            std::mem::take(&mut entry).end(collector);
        } else if let Some(more) = line.text.strip_prefix(' ') {
            if let Some(last) = &mut entry.line {
                last.go_on(more);
            }
        } else {
            entry.end_line(collector);
            entry.line = Some(Line {
                text: line.text.to_owned(),
                number: line.number,
                cut: line.text.len() >= LONGEST_LINE,
            });
        }
    }
    entry.end(collector);
}

impl Line {
    fn go_on(&mut self, more: &str) {
        if self.text.len().saturating_add(more.len()) > LONGEST_LINE {
            self.cut = true;
        } else if !self.cut {
            self.text.push_str(more);
        }
    }
}

impl Entry {
    /// Takes the last line, which is whole now.
    fn end_line(&mut self, collector: &mut Collector<'_>) {
        let Some(line) = self.line.take() else { return };
        if line.text.starts_with('#') || self.is_change {
            return;
        }
        // `version: 1` may stand above the first entry without an empty line between.
        if self.object.is_none() && !is_attribute(&line.text, "dn") {
            return;
        }
        let object = self.object.get_or_insert_with(|| DirectoryObject::at(line.number));
        if is_attribute(&line.text, "changetype") {
            let kind = line.text.split_once(':').map(|(_, kind)| kind.trim());
            self.is_change = kind.is_some_and(|kind| !kind.eq_ignore_ascii_case("add"));
        }
        if !self.is_change {
            self.bytes = self.bytes.saturating_add(line.text.len()).saturating_add(STRING_BYTES);
            read_line(&line, self.bytes > FILE_BYTES, object, collector);
        }
    }

    fn end(mut self, collector: &mut Collector<'_>) {
        self.end_line(collector);
        if let Some(object) = self.object.filter(|_| !self.is_change) {
            collector.push(object);
        }
    }
}

fn is_attribute(line: &str, name: &str) -> bool {
    line.split_once(':').is_some_and(|(have, _)| have.trim().eq_ignore_ascii_case(name))
}

/// Reads a line; one of an entry that is `full` only shows that its attribute is not complete.
fn read_line(line: &Line, full: bool, object: &mut DirectoryObject, collector: &mut Collector<'_>) {
    let Some((description, value)) = line.text.split_once(':') else { return };
    let (name, options) = description.split_once(';').unwrap_or((description, ""));
    if !is_wanted(name) {
        return;
    }
    if full {
        return object.cut(name);
    }
    // A server that returns a part of the values says which: `member;range=0-1499`.
    let whole = !options.to_ascii_lowercase().contains("range=") || options.eq_ignore_ascii_case("range=0-*");
    let read = match (value.strip_prefix(':'), value.strip_prefix('<')) {
        (Some(encoded), _) => base64(encoded.trim()).map(|bytes| of_bytes(name, bytes)),
        (_, Some(_)) => None,
        _ => Some(AttributeValue::Text(value.trim().to_owned())),
    };
    if read.is_none() {
        let reason = Statement::new("gap.directory-objects.base64").with("name", name);
        collector.gap(line.number, reason);
    }
    let complete = whole && read.is_some() && !line.cut;
    object.add(name, read, line.number, complete);
}

fn of_bytes(name: &str, bytes: Vec<u8>) -> AttributeValue {
    if is_binary(name) {
        return AttributeValue::Bytes(bytes);
    }
    String::from_utf8(bytes)
        .map_or_else(|error| AttributeValue::Bytes(error.into_bytes()), AttributeValue::Text)
}

/// Decodes base64 with its padding (RFC 4648).
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    let padding = text.len().saturating_sub(digits.len());
    if padding > 2 || !text.len().is_multiple_of(4) {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for digit in digits.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            let [.., low] = (bits >> held).to_be_bytes();
            bytes.push(low);
            bits &= (1 << held) - 1;
        }
    }
    Some(bytes)
}
