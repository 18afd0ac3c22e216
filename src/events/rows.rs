//! The timeline for programs: a JSON object on each line, or a row of CSV. Both have the same columns; only
//! JSON keeps text exactly as it is.

use serde::Serialize;

use crate::artifacts::event_log::Datum;
use crate::report::json::without_terminal_controls;
use crate::report::terminal::terminal_safe;

use super::{Row, SCHEMA, Timeline};

/// A row as JSON, keys in this order.
#[derive(Debug, Serialize)]
struct Line<'a> {
    schema: &'static str,
    /// Rows of one number are neighbours in their log.
    block: usize,
    #[serde(rename = "match")]
    asked_for: bool,
    time: Option<String>,
    file: &'a str,
    record: u64,
    offset: Option<u64>,
    computer: Option<&'a str>,
    channel: Option<&'a str>,
    provider: Option<&'a str>,
    event_id: Option<u16>,
    name: Option<&'static str>,
    level: Option<u8>,
    freed_space: bool,
    missing_before: u64,
    first_only: bool,
    tracking_id: Option<&'a str>,
    text: &'a str,
    data: Vec<Value<'a>>,
}

#[derive(Debug, Serialize)]
struct Value<'a> {
    name: Option<&'a str>,
    value: &'a str,
}

impl<'a> Value<'a> {
    fn of(datum: &'a Datum) -> Self {
        Value { name: datum.name.as_deref(), value: &datum.value }
    }
}

/// The timeline as JSON Lines.
///
/// # Errors
/// None is known for this model; the serializer's own error is passed on.
pub fn jsonl(timeline: &Timeline) -> Result<String, serde_json::Error> {
    let mut out = String::new();
    for (block, file, row) in rows(timeline) {
        let line = Line {
            schema: SCHEMA,
            block,
            asked_for: row.asked_for,
            time: row.time.map(|time| time.to_string()),
            file,
            record: row.record,
            offset: row.offset,
            computer: row.computer.as_deref(),
            channel: row.channel.as_deref(),
            provider: row.provider.as_deref(),
            event_id: row.id,
            name: row.name,
            level: row.level,
            freed_space: row.from_slack,
            missing_before: row.missing_before,
            first_only: row.first_only,
            tracking_id: row.tracking_id.as_deref(),
            text: &row.text,
            data: row.data.iter().map(Value::of).collect(),
        };
        out.push_str(&without_terminal_controls(serde_json::to_string(&line)?));
        out.push('\n');
    }
    Ok(out)
}

/// Columns of the CSV.
const COLUMNS: [&str; 17] = [
    "block",
    "match",
    "time",
    "file",
    "record",
    "offset",
    "computer",
    "channel",
    "provider",
    "event_id",
    "name",
    "level",
    "freed_space",
    "missing_before",
    "first_only",
    "tracking_id",
    "data",
];

/// The timeline as CSV (RFC 4180) in UTF-8 with a byte order mark, without which Excel takes it for the code page
/// of the system.
///
/// Each record is one line. Text is made [safe](terminal_safe), and a cell that a spreadsheet would take for a
/// formula begins with an apostrophe.
pub fn csv(timeline: &Timeline) -> String {
    let mut out = format!("\u{feff}{}\r\n", COLUMNS.join(","));
    for (block, file, row) in rows(timeline) {
        let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let cells: [String; COLUMNS.len()] = [
            block.to_string(),
            row.asked_for.to_string(),
            row.time.map(|time| time.to_string()).unwrap_or_default(),
            file.to_owned(),
            row.record.to_string(),
            number(row.offset),
            text(&row.computer),
            text(&row.channel),
            text(&row.provider),
            number(row.id.map(u64::from)),
            row.name.unwrap_or_default().to_owned(),
            number(row.level.map(u64::from)),
            row.from_slack.to_string(),
            row.missing_before.to_string(),
            row.first_only.to_string(),
            text(&row.tracking_id),
            if row.asked_for { joined(&row.data) } else { row.text.clone() },
        ];
        let cells: Vec<String> = cells.iter().map(|cell| self::cell(cell)).collect();
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    out
}

/// All rows with the number of their block, from 1, and their file.
fn rows(timeline: &Timeline) -> impl Iterator<Item = (usize, &str, &Row)> {
    let blocks = timeline.blocks.iter().enumerate();
    blocks.flat_map(|(number, block)| {
        block.rows.iter().map(move |row| (number.saturating_add(1), block.path.as_ref(), row))
    })
}

/// All values in one text.
fn joined(data: &[Datum]) -> String {
    let value = |Datum { name, value }: &Datum| match name {
        Some(name) => format!("{}: {value}", name.trim_end().trim_end_matches(':')),
        None => value.clone(),
    };
    data.iter().map(value).collect::<Vec<_>>().join("; ")
}

/// A cell that acts in no spreadsheet, quoted where it has to be.
fn cell(text: &str) -> String {
    let text = terminal_safe(text.trim());
    let acts = text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    let text = format!("{}{text}", if acts { "'" } else { "" });
    if text.contains([',', '"', '\'', ';']) || text.starts_with(' ') {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_where_it_has_to_be() {
        assert_eq!(cell("plain text"), "plain text");
        assert_eq!(cell("a,b"), "\"a,b\"");
        assert_eq!(cell("say \"x\""), "\"say \"\"x\"\"\"");
        assert_eq!(cell("one\r\ntwo"), "one \\n two");
        assert_eq!(cell("a;b"), "\"a;b\"", "a semicolon divides cells where a comma is in numbers");
    }

    #[test]
    fn no_cell_is_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(1)", " =1", "\t=1", "\r\n=1", "＝1", "=HYPERLINK(\"//x\")"] {
            let cell = cell(text);
            assert!(cell.trim_start_matches('"').starts_with(['\'', '\\', ' ']), "{text:?} {cell}");
        }
        assert_eq!(cell("=1+1"), "\"'=1+1\"");
        assert_eq!(cell("a=1"), "a=1");
    }

    #[test]
    fn no_cell_acts_in_a_terminal() {
        assert_eq!(cell("a\u{1b}[2Jb\u{202e}c"), "a\\u{1b}[2Jb\\u{202e}c");
    }
}
