//! Exports as a table: CSV after RFC 4180, or with semicolons, tabs or bars, in quotes or without.

use super::columns::Columns;
use super::row::{Kept, Texts};
use crate::artifacts::text_stream::TextStream;
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;

/// Cells of a row that are kept. Portal exports have about 70.
const MOST_CELLS: usize = 256;

/// Longest cell that is kept, in bytes.
const LONGEST_CELL: usize = 16 << 10;

/// Lines that may stand above the headings, such as `sep=,`.
const LINES_ABOVE: usize = 5;

/// What one line says, from the line where it begins.
#[derive(Debug, PartialEq, Eq)]
struct Record {
    line: u64,
    cells: Vec<String>,
    /// The end of the text came inside quotes.
    cut: bool,
}

/// Whether one of the first lines has the headings of an audit log.
pub(super) fn begins(text: &str) -> bool {
    layout(text).is_some()
}

/// The separator, the columns, and the line of the headings.
fn layout(text: &str) -> Option<(char, Columns, u64)> {
    let lines = (1..).zip(text.lines().take(LINES_ABOVE));
    let mut lines =
        lines.flat_map(|(number, line)| [',', ';', '\t', '|'].map(|separator| (number, line, separator)));
    lines.find_map(|(number, line, separator)| {
        let headings = Records::new(line.chars(), separator).next()?;
        Some((separator, Columns::of(&headings.cells)?, number))
    })
}

/// Reads all rows.
pub(super) fn read(path: &BundlePath, text: &mut TextStream<'_>, kept: &mut Kept) -> Vec<Gap> {
    let Some((separator, columns, headings)) = layout(text.start()) else { return Vec::new() };
    let mut gaps = Vec::new();
    for record in Records::new(text.letters(), separator).skip_while(|record| record.line <= headings) {
        if record.cells.iter().all(|cell| cell.chars().all(|letter| matches!(letter, '-' | ':' | ' '))) {
            continue;
        }
        let line = record.line;
        if record.cut {
            let reason = Statement::new("gap.audit-log.cut");
            gaps.push(Gap::new(path, Place::Line(line), reason));
        } else {
            kept.take(texts(&record, &columns), Place::Line(line));
        }
    }
    gaps
}

fn texts(record: &Record, columns: &Columns) -> Texts {
    let cell = |at: Option<usize>| record.cells.get(at?).cloned();
    Texts {
        time: cell(columns.time),
        utc: columns.utc,
        service: cell(columns.service),
        category: cell(columns.category),
        activity: cell(columns.activity),
        result: cell(columns.result),
        reason: cell(columns.reason),
        target: cell(columns.target),
        initiated_by: cell(columns.initiated_by),
        correlation_id: cell(columns.correlation_id),
    }
}

/// The records of a text.
struct Records<L: Iterator<Item = char>> {
    letters: std::iter::Peekable<L>,
    separator: char,
    line: u64,
}

impl<L: Iterator<Item = char>> Records<L> {
    fn new(letters: L, separator: char) -> Self {
        Records { letters: letters.peekable(), separator, line: 1 }
    }

    /// A cell up to its separator or the end of its line, and whether the text ended inside its quotes.
    fn cell(&mut self) -> (String, bool) {
        let mut cell = String::new();
        let mut quoted = false;
        while let Some(&letter) = self.letters.peek() {
            let ends = !quoted && (letter == self.separator || letter == '\n');
            if ends {
                break;
            }
            self.letters.next();
            match letter {
                '"' if quoted && self.letters.peek() == Some(&'"') => {
                    self.letters.next();
                    push(&mut cell, '"');
                }
                '"' if quoted => quoted = false,
                '"' if cell.trim().is_empty() => {
                    cell.clear();
                    quoted = true;
                }
                '\n' => {
                    self.line = self.line.saturating_add(1);
                    push(&mut cell, '\n');
                }
                letter => push(&mut cell, letter),
            }
        }
        (cell.trim().to_owned(), quoted)
    }
}

fn push(cell: &mut String, letter: char) {
    if cell.len() < LONGEST_CELL {
        cell.push(letter);
    }
}

impl<L: Iterator<Item = char>> Iterator for Records<L> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        self.letters.peek()?;
        let mut record = Record { line: self.line, cells: Vec::new(), cut: false };
        loop {
            let (cell, cut) = self.cell();
            if record.cells.len() < MOST_CELLS {
                record.cells.push(cell);
            }
            record.cut |= cut;
            match self.letters.next() {
                Some('\n') => {
                    self.line = self.line.saturating_add(1);
                    return Some(record);
                }
                Some(_) => {}
                None => return Some(record),
            }
        }
    }
}
