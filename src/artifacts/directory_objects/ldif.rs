//! LDIF ([RFC 2849](https://www.rfc-editor.org/rfc/rfc2849)), as `ldifde` and `ldapsearch` write it.
//!
//! Lines that begin with a space go on with the line before. Entries that describe a change
//! (`changetype: modify`) say nothing of the state of an object and are passed over.

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
}

pub(super) fn read(text: &str, collector: &mut Collector<'_>) {
    let mut entry: Vec<Line> = Vec::new();
    for (number, line) in (1_u64..).zip(text.lines()) {
        if line.is_empty() {
            take(&mut entry, collector);
        } else if let Some(more) = line.strip_prefix(' ') {
            if let Some(last) = entry.last_mut() {
                last.text.push_str(more);
            }
        } else {
            entry.push(Line { text: line.to_owned(), number });
        }
    }
    take(&mut entry, collector);
}

fn take(entry: &mut Vec<Line>, collector: &mut Collector<'_>) {
    let mut lines = std::mem::take(entry).into_iter().filter(|line| !line.text.starts_with('#')).peekable();
    // `version: 1` may stand above the first entry without an empty line between.
    while lines.next_if(|line| !is_attribute(&line.text, "dn")).is_some() {}
    let Some(line) = lines.peek().map(|line| line.number) else { return };
    let mut object = DirectoryObject::at(line);
    for line in lines {
        if is_attribute(&line.text, "changetype") {
            let kind = line.text.split_once(':').map(|(_, kind)| kind.trim());
            if kind.is_some_and(|kind| !kind.eq_ignore_ascii_case("add")) {
                return;
            }
        }
        read_line(&line, &mut object, collector);
    }
    collector.push(object);
}

fn is_attribute(line: &str, name: &str) -> bool {
    line.split_once(':').is_some_and(|(have, _)| have.trim().eq_ignore_ascii_case(name))
}

fn read_line(line: &Line, object: &mut DirectoryObject, collector: &mut Collector<'_>) {
    let Some((description, value)) = line.text.split_once(':') else { return };
    let (name, options) = description.split_once(';').unwrap_or((description, ""));
    if !is_wanted(name) {
        return;
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
    object.add(name, read.clone(), line.number, whole && read.is_some());
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
