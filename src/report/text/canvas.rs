//! Lines of a terminal: wrapping, columns and colour. Everything written here is made safe first.

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use super::TextOptions;
use crate::diagnosis::State;
use crate::report::phrases::Phrases;
use crate::report::terminal::terminal_safe;
use crate::words::lines::lines;

/// Column in which text begins beside a label; labels stand at column 2.
pub(crate) const TEXT_COLUMN: usize = 16;

/// Longest text of one paragraph, in characters; the JSON report has all of it.
const LONGEST: usize = 1000;

/// Lines that are being written.
pub(crate) struct Canvas {
    width: usize,
    colour: bool,
    phrases: Phrases,
    out: String,
}

impl Canvas {
    /// An empty one.
    pub(crate) fn new(options: &TextOptions, phrases: Phrases) -> Self {
        Canvas { width: options.width.clamp(40, 120), colour: options.colour, phrases, out: String::new() }
    }

    /// A phrase that has no values.
    pub(crate) fn word(&self, key: &str) -> String {
        self.phrases.word(key)
    }

    /// A phrase, with values.
    pub(crate) fn words(&self, key: &str, values: &[(&'static str, String)]) -> String {
        self.phrases.words(key, values)
    }

    /// The name of a state, for people.
    pub(crate) fn state_name(&self, state: State) -> String {
        self.phrases.state_name(state)
    }

    /// The words that all reports share.
    pub(crate) fn phrases(&self) -> Phrases {
        self.phrases
    }

    /// What was written.
    pub(crate) fn finish(self) -> String {
        self.out
    }

    /// An empty line, unless nothing was written yet.
    pub(crate) fn gap(&mut self) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
    }

    /// A heading at the left margin, with an empty line above it.
    pub(crate) fn heading(&mut self, text: &str) {
        self.gap();
        self.wrapped("", "", text, Style::new().bold());
    }

    /// A paragraph, all its lines indented.
    pub(crate) fn paragraph(&mut self, indent: usize, text: &str) {
        let indent = " ".repeat(indent);
        self.wrapped(&indent, &indent, text, Style::new());
    }

    /// A paragraph whose lines after the first are indented by two more columns.
    pub(crate) fn item(&mut self, indent: usize, text: &str) {
        self.wrapped(&" ".repeat(indent), &" ".repeat(indent + 2), text, Style::new());
    }

    /// A label at column 2, and text beside it from [`TEXT_COLUMN`].
    pub(crate) fn labelled(&mut self, label: &str, style: Style, text: &str) {
        let label = terminal_safe(label);
        let used = label.width() + 4;
        let gap = TEXT_COLUMN.saturating_sub(used) + 2;
        let plain = format!("  {label}{}", " ".repeat(gap));
        let start = self.out.len();
        self.wrapped(&plain, &" ".repeat(TEXT_COLUMN), text, Style::new());
        if self.colour
            && let Some(at) = self.out.get(start..).and_then(|written| written.find(label.as_ref()))
        {
            let at = start + at;
            let styled = format!("{style}{label}{style:#}");
            self.out.replace_range(at..at + label.len(), &styled);
        }
    }

    /// A numbered paragraph.
    pub(crate) fn numbered(&mut self, number: usize, text: &str) {
        self.wrapped(&format!("  {number:>2}. "), "      ", text, Style::new());
    }

    /// A command, line by line, never wrapped.
    pub(crate) fn command(&mut self, indent: usize, command: &str) {
        for line in command.lines() {
            self.out.push_str(&" ".repeat(indent));
            self.out.push_str(&terminal_safe(line));
            self.out.push('\n');
        }
    }

    fn wrapped(&mut self, first: &str, rest: &str, text: &str, style: Style) {
        let text = clipped(&terminal_safe(text));
        for line in lines(&text, self.width, first, rest, false) {
            if self.colour && style != Style::new() {
                self.out.push_str(&format!("{style}{line}{style:#}\n"));
            } else {
                self.out.push_str(&line);
                self.out.push('\n');
            }
        }
    }
}

fn clipped(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} [...]", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The colour of a state.
pub(crate) fn state_style(state: State) -> Style {
    let colour = match state {
        State::Confirmed | State::Likely => AnsiColor::Red,
        State::Possible => AnsiColor::Yellow,
        State::RuledOut => AnsiColor::Green,
        State::Undetermined => return Style::new(),
    };
    let style = Style::new().fg_color(Some(colour.into()));
    if state == State::Confirmed { style.bold() } else { style }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrases() -> Phrases {
        Phrases::of(&crate::report::examples::other())
    }

    fn canvas(width: usize) -> Canvas {
        Canvas::new(&TextOptions { width, colour: false }, phrases())
    }

    #[test]
    fn wide_characters_take_two_columns() {
        let mut canvas = canvas(40);
        canvas.paragraph(0, &"漢".repeat(25));
        assert_eq!(canvas.finish(), format!("{}\n{}\n", "漢".repeat(20), "漢".repeat(5)));
    }

    #[test]
    fn labels_keep_their_column_whatever_their_width() {
        let mut canvas = canvas(40);
        canvas.labelled("no", Style::new(), "text");
        canvas.labelled("推定", Style::new(), "text");
        assert_eq!(canvas.finish(), "  no            text\n  推定          text\n");
    }

    #[test]
    fn colour_changes_nothing_but_colour() {
        let plain = |colour| {
            let mut canvas = Canvas::new(&TextOptions { width: 40, colour }, phrases());
            canvas.heading("A heading");
            canvas.labelled("proves", state_style(State::Confirmed), &"word ".repeat(20));
            canvas.finish()
        };
        let coloured = plain(true);
        assert!(coloured.contains("\u{1b}[1mA heading\u{1b}[0m"));
        let mut stripped = String::new();
        for (number, part) in coloured.split('\u{1b}').enumerate() {
            stripped.push_str(if number == 0 { part } else { part.split_once('m').unwrap().1 });
        }
        assert_eq!(stripped, plain(false));
    }

    #[test]
    fn endless_text_is_cut_and_marked() {
        let mut canvas = canvas(80);
        canvas.paragraph(0, &"漢".repeat(100_000));
        let written = canvas.finish();
        assert!(written.ends_with("[...]\n") && written.chars().count() < 1100);
    }
}
