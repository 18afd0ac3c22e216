//! The timeline for people: a table, the log and its computer above their records.

use unicode_width::UnicodeWidthStr;

use crate::artifacts::event_log::Datum;
use crate::report::terminal::terminal_safe;
use crate::words::lines::lines;
use crate::words::{Catalogue, Language, Statement};

use super::{Block, Row, Timeline};

/// Indent of what a record says.
const TEXT_INDENT: &str = "      ";
/// Letters of a text in brief.
const BRIEF: usize = 200;
/// A time with its thousandths.
const TIME_WIDTH: usize = 23;

/// Renders the timeline as a table. With `full`, all that each event says follows it, and otherwise its first
/// line. Nothing is written where there is no event. Lines have at most a number of columns.
pub fn table(timeline: &Timeline, language: Language, full: bool, columns: usize) -> String {
    let words = Catalogue::of(language);
    let rows = || timeline.blocks.iter().flat_map(|block| &block.rows);
    if rows().next().is_none() {
        return String::new();
    }
    let longest = |texts: &mut dyn Iterator<Item = String>| texts.map(|text| text.width()).max().unwrap_or(0);
    let say = |key: &str| words.say(&Statement::new(key));
    let titles = Titles {
        time: say("events.column.time"),
        record: say("events.column.record"),
        level: say("events.column.level"),
        id: say("events.column.id"),
        provider: say("events.column.provider"),
    };
    let record_width = longest(&mut rows().map(|row| row.record.to_string())).max(titles.record.width());
    let level_width = longest(&mut rows().map(|row| level(row.level, words))).max(titles.level.width());
    let id_width = titles.id.width().max(5);
    let marks = timeline.context > 0;
    let mut table = Table {
        words,
        columns,
        full,
        marks,
        record_width,
        level_width,
        id_width,
        out: String::new(),
        under: None,
    };
    table.titles(&titles);
    for (number, block) in timeline.blocks.iter().enumerate() {
        table.block(block, number > 0 && timeline.context > 0);
    }
    table.out
}

/// The titles of the columns.
struct Titles {
    time: String,
    record: String,
    level: String,
    id: String,
    provider: String,
}

struct Table<'t> {
    words: &'static Catalogue,
    columns: usize,
    full: bool,
    /// Those that were asked for stand among others.
    marks: bool,
    record_width: usize,
    level_width: usize,
    id_width: usize,
    out: String,
    /// The log and the computer of the rows above.
    under: Option<(&'t str, Option<&'t str>)>,
}

impl<'t> Table<'t> {
    fn say(&self, key: &str) -> String {
        self.words.say(&Statement::new(key))
    }

    fn titles(&mut self, titles: &Titles) {
        let line = format!(
            "  {}  {}  {}  {}  {}",
            left(&titles.time, TIME_WIDTH),
            right(&titles.record, self.record_width),
            left(&titles.level, self.level_width),
            right(&titles.id, self.id_width),
            titles.provider
        );
        self.lines("", "", &line);
    }

    fn block(&mut self, block: &'t Block, apart: bool) {
        let mut apart = apart;
        for row in &block.rows {
            let under = (block.path.as_ref(), row.computer.as_deref());
            // A record that cannot be read does not say whose it is.
            let same = self.under.is_some_and(|(path, computer)| {
                path == under.0 && (computer == under.1 || (under.1.is_none() && row.provider.is_none()))
            });
            if !same {
                self.out.push('\n');
                let heading = match under.1 {
                    Some(computer) => format!("{} ({computer})", under.0),
                    None => under.0.to_owned(),
                };
                self.lines("", "  ", &clipped(&heading));
                self.under = Some(under);
            } else if apart {
                self.out.push('\n');
            }
            apart = false;
            self.row(row);
        }
    }

    fn row(&mut self, row: &Row) {
        if row.missing_before > 0 {
            let missing = Statement::new("events.missing").with("count", row.missing_before.to_string());
            let missing = format!("({})", self.words.say(&missing));
            self.lines(TEXT_INDENT, TEXT_INDENT, &missing);
        }
        let time = row.time.map(|time| time.strftime("%F %T%.3f").to_string()).unwrap_or_default();
        let id = row.id.map(|id| id.to_string()).unwrap_or_default();
        let line = format!(
            "{}  {}  {}  {}  {}",
            left(&time, TIME_WIDTH),
            right(&row.record.to_string(), self.record_width),
            left(&level(row.level, self.words), self.level_width),
            right(&id, self.id_width),
            clipped(row.provider.as_deref().unwrap_or_default())
        );
        let marked = self.marks && row.asked_for;
        self.lines(if marked { "> " } else { "  " }, TEXT_INDENT, &line);
        for note in self.notes(row) {
            self.lines(TEXT_INDENT, TEXT_INDENT, &format!("({note})"));
        }
        self.said(row);
    }

    /// What is to be known of a record before it is believed.
    fn notes(&self, row: &Row) -> Vec<String> {
        let unreadable = row.provider.is_none().then(|| self.say("events.unreadable"));
        let freed = row.from_slack.then(|| self.say("events.freed"));
        let first = row.first_only.then(|| {
            let id = row.id.unwrap_or_default().to_string();
            self.words.say(&Statement::new("events.first-only").with("id", id))
        });
        [unreadable, freed, first].into_iter().flatten().collect()
    }

    fn said(&mut self, row: &Row) {
        if !self.full || !row.asked_for {
            let name = row.name.filter(|name| !row.text.contains(name));
            let text = match name {
                Some(name) if row.text.is_empty() => name.to_owned(),
                Some(name) => format!("{name}: {}", row.text),
                None => row.text.clone(),
            };
            self.lines(TEXT_INDENT, TEXT_INDENT, &clipped(&text));
            return;
        }
        self.lines(TEXT_INDENT, TEXT_INDENT, row.name.unwrap_or_default());
        for Datum { name, value } in &row.data {
            let name = name.as_ref().map(|name| format!("{}: ", name.trim_end().trim_end_matches(':')));
            let text = format!("{}{value}", name.unwrap_or_default());
            for line in text.lines().filter(|line| !line.trim().is_empty()) {
                self.lines(TEXT_INDENT, TEXT_INDENT, line.trim_end());
            }
        }
    }

    /// A text in lines of the table's width; nothing of an empty one.
    fn lines(&mut self, first: &str, rest: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        for line in lines(&terminal_safe(text), self.columns, first, rest, false) {
            self.out.push_str(&line);
            self.out.push('\n');
        }
    }
}

/// The name that Event Viewer gives a level.
fn level(level: Option<u8>, words: &Catalogue) -> String {
    let key = match level {
        Some(1) => "events.level.critical",
        Some(2) => "events.level.error",
        Some(3) => "events.level.warning",
        // Audits have none, and are shown as information.
        Some(0 | 4) => "events.level.information",
        Some(5) => "events.level.verbose",
        Some(other) => return other.to_string(),
        None => return String::new(),
    };
    words.say(&Statement::new(key))
}

/// The start of a long text, up to the end of a word where there is one near.
fn clipped(text: &str) -> String {
    const NEAR: usize = 40;
    let Some((end, _)) = text.char_indices().nth(BRIEF) else { return text.to_owned() };
    let start = text.get(..end).unwrap_or_default();
    let word = start.rfind(' ').filter(|at| start.len().saturating_sub(*at) <= NEAR);
    format!("{} [...]", word.and_then(|at| start.get(..at)).unwrap_or(start).trim_end())
}

fn left(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

fn right(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(text.width())))
}
