//! CSV of `csvde` and of PowerShell's `Export-Csv`: a heading with names of attributes, one object a row.
//!
//! `csvde` separates the values of one attribute with `;` and writes bytes as `X'0105…'`. `Export-Csv`
//! writes only the name of a .NET type for an attribute with several values.

use std::iter::Peekable;

use crate::artifacts::text_stream::{LONGEST_LINE, TextStream};

use super::collect::{Collector, is_binary, is_wanted, tell};
use super::distinguished_name::split_names;
use super::{AttributeValue, DirectoryObject};

use crate::words::Statement;

const DELIMITERS: [char; 3] = [',', ';', '\t'];

/// Most columns that are looked at.
const MAX_COLUMNS: usize = 2000;

pub(super) fn looks_like(text: &str) -> bool {
    delimiter(text).is_some()
}

/// The delimiter under which the heading has names of attributes.
fn delimiter(text: &str) -> Option<char> {
    let heading = heading(text)?;
    DELIMITERS.into_iter().find(|delimiter| {
        let names = heading.split(*delimiter).map(|name| name.trim().trim_matches('"'));
        names.clone().count() >= 2 && tell(&names)
    })
}

/// The first line with text, behind `#TYPE`.
fn heading(text: &str) -> Option<&str> {
    text.lines().find(|line| !line.trim().is_empty() && !line.starts_with("#TYPE"))
}

pub(super) fn read(text: &mut TextStream<'_>, collector: &mut Collector<'_>) {
    let Some(delimiter) = delimiter(text.start()) else { return };
    let mut rows = Rows { letters: text.letters().peekable(), line: 1, delimiter };
    let mut names: Option<Vec<String>> = None;
    while let Some(row) = rows.next_row() {
        let is_empty = row.cells.iter().all(|cell| cell.trim().is_empty());
        let is_type = row.cells.first().is_some_and(|cell| cell.starts_with("#TYPE"));
        match &names {
            _ if is_empty || is_type => {}
            None => names = Some(row.cells.iter().map(|name| name.trim().to_owned()).collect()),
            Some(names) => take(names, &row, collector),
        }
        if row.open {
            let reason = Statement::new("gap.directory-objects.open-quote");
            collector.gap(row.line, reason);
        }
    }
}

fn take(names: &[String], row: &Row, collector: &mut Collector<'_>) {
    if names.len() != row.cells.len() {
        let reason = Statement::new("gap.directory-objects.columns")
            .with("columns", row.cells.len().to_string())
            .with("headings", names.len().to_string());
        collector.gap(row.line, reason);
        return;
    }
    let mut object = DirectoryObject::at(row.line);
    for (name, cell) in names.iter().zip(&row.cells).filter(|(name, _)| is_wanted(name)) {
        let (values, complete) = values(name, cell.trim());
        if values.is_empty() {
            object.add(name, None, row.line, complete && !row.open);
        }
        for value in values {
            object.add(name, Some(value), row.line, complete && !row.open);
        }
    }
    collector.push(object);
}

/// The values of a cell, and whether they are all and whole.
fn values(name: &str, cell: &str) -> (Vec<AttributeValue>, bool) {
    // The text of a .NET object in the place of its content.
    if cell.starts_with("Microsoft.ActiveDirectory.") || cell.starts_with("System.") {
        return (Vec::new(), false);
    }
    let several = ["memberOf", "member", "Members"].iter().any(|known| known.eq_ignore_ascii_case(name));
    let split: Vec<&str> = match cell {
        "" => Vec::new(),
        cell if several || (is_binary(name) && cell.contains(';')) => split_names(cell),
        cell => vec![cell],
    };
    let mut complete = !cell.ends_with("...");
    let values = split
        .into_iter()
        .filter_map(|value| {
            let Some(digits) = value.strip_prefix("X'").and_then(|rest| rest.strip_suffix('\'')) else {
                return Some(AttributeValue::Text(value.to_owned()));
            };
            let bytes = hex(digits);
            complete &= bytes.is_some();
            bytes.map(AttributeValue::Bytes)
        })
        .collect();
    (values, complete)
}

fn hex(digits: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let bytes = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?));
    if rest.is_empty() { bytes.collect() } else { None }
}

struct Row {
    cells: Vec<String>,
    line: u64,
    /// Bytes of its cells.
    bytes: usize,
    /// The file ended inside quotes, or a row is longer than is read.
    open: bool,
}

/// Goes through a text row by row. Quoted cells may hold delimiters, line ends, and quotes written twice.
struct Rows<L: Iterator<Item = char>> {
    letters: Peekable<L>,
    line: u64,
    delimiter: char,
}

impl<L: Iterator<Item = char>> Rows<L> {
    fn next_row(&mut self) -> Option<Row> {
        self.letters.peek()?;
        let mut row = Row { cells: Vec::new(), line: self.line, bytes: 0, open: false };
        let mut cell = String::new();
        let mut quoted = false;
        while let Some(letter) = self.letters.next() {
            if letter == '\n' {
                self.line = self.line.saturating_add(1);
            }
            match letter {
                '"' if quoted && self.letters.next_if_eq(&'"').is_some() => push(&mut row, &mut cell, '"'),
                '"' if quoted => quoted = false,
                '"' if cell.is_empty() => quoted = true,
                '\n' if !quoted => break,
                '\r' if !quoted => {}
                letter if letter == self.delimiter && !quoted => {
                    if row.cells.len() < MAX_COLUMNS {
                        row.cells.push(std::mem::take(&mut cell));
                    }
                }
                letter => push(&mut row, &mut cell, letter),
            }
        }
        row.cells.push(cell);
        row.open |= quoted;
        Some(row)
    }
}

/// A row that is longer than any is cut off, and is not whole.
fn push(row: &mut Row, cell: &mut String, letter: char) {
    if row.bytes < LONGEST_LINE {
        row.bytes = row.bytes.saturating_add(letter.len_utf8());
        cell.push(letter);
    } else {
        row.open = true;
    }
}
