//! The lines of a console text and its underlined headings.

/// A line that is not blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'t> {
    /// Counted from 1.
    pub(super) number: u64,
    /// Spaces before the text.
    pub(super) indent: usize,
    pub(super) text: &'t str,
    /// A blank line, or the top of the text, stands before it.
    pub(super) begins_block: bool,
}

/// A line that a line of dashes underlines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Heading<'t> {
    pub(super) text: &'t str,
    pub(super) indent: usize,
    /// Its line, counted from 1.
    pub(super) line: u64,
    /// Number of its line among those that are kept.
    at: usize,
}

/// A console text.
#[derive(Debug)]
pub(super) struct Outline<'t> {
    /// Lines that are not blank, dashes left out.
    lines: Vec<Line<'t>>,
    pub(super) headings: Vec<Heading<'t>>,
}

impl<'t> Outline<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let mut outline = Outline { lines: Vec::new(), headings: Vec::new() };
        let mut begins_block = true;
        for (number, line) in (1_u64..).zip(text.lines()) {
            let content = line.trim();
            let indent = line.chars().take_while(|c| c.is_whitespace()).count();
            if content.is_empty() {
                begins_block = true;
            } else if content.len() >= 3 && content.bytes().all(|b| b == b'-') {
                let at = outline.lines.len().saturating_sub(1);
                // A line of dashes right below a heading, as deep as it.
                if let Some(above) = outline.lines.last().filter(|above| above.number + 1 == number) {
                    outline.headings.push(Heading { text: above.text, indent, line: above.number, at });
                }
                begins_block = false;
            } else {
                outline.lines.push(Line { number, indent, text: content, begins_block });
                begins_block = false;
            }
        }
        outline
    }

    /// The lines between a heading and the next one.
    pub(super) fn below(&self, heading: &Heading<'_>) -> &[Line<'t>] {
        let next = self.headings.partition_point(|other| other.at <= heading.at);
        let end = self.headings.get(next).map_or(self.lines.len(), |next| next.at);
        self.lines.get(heading.at + 1..end).unwrap_or_default()
    }

    /// Leaves out a heading and all that follows.
    pub(super) fn end_before(&mut self, heading: &Heading<'_>) {
        self.lines.truncate(heading.at);
        self.headings.retain(|other| other.at < heading.at);
    }

    /// The line before the title, which says when the report was made.
    pub(super) fn created(&self, title: &Heading<'_>) -> Option<&'t str> {
        let line = self.lines.get(title.at.checked_sub(1)?)?;
        let has_time = line.text.bytes().filter(u8::is_ascii_digit).count() >= 8;
        has_time.then_some(line.text)
    }
}

/// The value behind the first colon of a line. Languages write the colon with a space or leaders before it,
/// or wide.
pub(super) fn value(line: &str) -> Option<&str> {
    let (_, value) = line.split_once([':', '：'])?;
    Some(value.trim()).filter(|value| !value.is_empty())
}
