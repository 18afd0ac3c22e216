//! Reads the fixed shape of a page. It is strict: a line that does not fit is an error, never skipped.
//!
//! It is no Markdown reader; the shape is a small part of Markdown (`docs/causes/README.md`). Only its
//! fixed headings differ between languages.

use unicode_width::UnicodeWidthChar;

use super::{Page, PageCheck, PageSource, PageStep, RemedySection, Shell};
use crate::words::Language;

/// The fixed words of a page in a language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Headings {
    pub(super) checks: &'static str,
    pub(super) remedy: &'static str,
    pub(super) sources: &'static str,
    /// What stands before the place of a step.
    pub(super) place: &'static str,
}

impl Headings {
    /// Those of a language.
    pub(super) fn of(language: Language) -> Headings {
        match language {
            Language::English => Headings {
                checks: "## Checks",
                remedy: "## Remedy",
                sources: "## Sources",
                place: "   Where: ",
            },
            Language::Japanese => Headings {
                checks: "## 確認項目",
                remedy: "## 対処方法",
                sources: "## 出典",
                place: "   場所: ",
            },
        }
    }
}

/// What does not fit the shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Misfit {
    /// Line, counted from 1; one past the end where something is missing there.
    pub line: usize,
    /// What the shape asks for at that line.
    pub expected: &'static str,
}

/// Reads a page in a language.
pub(super) fn page(text: &str, language: Language) -> Result<Page, Misfit> {
    let mut lines = Lines { lines: text.lines().collect(), at: 0, headings: Headings::of(language) };
    let heading = lines.expect("# Title (`id`)", |line| line.strip_prefix("# "))?;
    let (title, id) = titled(heading).ok_or(lines.misfit_before("# Title (`id`)"))?;
    let summary = lines.paragraph("a sentence that says what it is")?;
    let mut body = Vec::new();
    while !lines.blank_then("## ") {
        body.push(lines.paragraph("a paragraph, or the heading of the checks")?);
    }
    let checks = checks(&mut lines)?;
    let remedies = remedies(&mut lines)?;
    let sources = sources(&mut lines)?;
    Ok(Page { id, title, summary, body, checks, remedies, sources })
}

fn checks(lines: &mut Lines<'_>) -> Result<Vec<PageCheck>, Misfit> {
    lines.heading(lines.headings.checks)?;
    let mut checks = Vec::new();
    while lines.blank_then("### ") {
        let (id, title) = section(lines, "### `check-id`: Title")?;
        checks.push(PageCheck { id, title, text: lines.paragraph("the question of the check")? });
    }
    Ok(checks)
}

fn remedies(lines: &mut Lines<'_>) -> Result<Vec<RemedySection>, Misfit> {
    lines.heading(lines.headings.remedy)?;
    let mut remedies = Vec::new();
    while lines.blank_then("### ") {
        let (id, title) = section(lines, "### `section-id`: Title")?;
        let when = lines.paragraph("when this way fits")?;
        remedies.push(RemedySection { id, title, when, steps: steps(lines)? });
    }
    Ok(remedies)
}

/// A heading with an id and a title.
fn section(lines: &mut Lines<'_>, expected: &'static str) -> Result<(String, String), Misfit> {
    lines.expect(expected, |line| {
        let (id, title) = line.strip_prefix("### ")?.split_once(": ")?;
        Some((quoted(id)?, title.to_owned()))
    })
}

fn steps(lines: &mut Lines<'_>) -> Result<Vec<PageStep>, Misfit> {
    lines.skip_blank();
    let mut steps = Vec::new();
    loop {
        let number = format!("{}. ", steps.len() + 1);
        let Some(text) = lines.peek().and_then(|line| line.strip_prefix(&number)) else {
            return if steps.is_empty() { Err(lines.misfit("1. What to do.")) } else { Ok(steps) };
        };
        lines.at += 1;
        let where_ = lines.peek().and_then(|line| line.strip_prefix(lines.headings.place)).map(str::to_owned);
        lines.at += usize::from(where_.is_some());
        let (shell, command) = command(lines)?.unzip();
        steps.push(PageStep { text: text.to_owned(), command, shell, where_ });
    }
}

fn command(lines: &mut Lines<'_>) -> Result<Option<(Shell, String)>, Misfit> {
    let shell = match lines.peek() {
        Some("   ```powershell") => Shell::PowerShell,
        Some("   ```cmd") => Shell::Cmd,
        _ => return Ok(None),
    };
    lines.at += 1;
    let mut command = Vec::new();
    loop {
        match lines.expect("a line of the command, or its closing fence", |line| line.strip_prefix("   "))? {
            "```" => return Ok(Some((shell, command.join("\n")))),
            line => command.push(line),
        }
    }
}

fn sources(lines: &mut Lines<'_>) -> Result<Vec<PageSource>, Misfit> {
    lines.heading(lines.headings.sources)?;
    let mut sources = Vec::new();
    while lines.peek().is_some() {
        let (link, text) =
            lines.expect("- <link> what it says", |line| line.strip_prefix("- <")?.split_once("> "))?;
        sources.push(PageSource { link: link.to_owned(), text: text.to_owned() });
    }
    Ok(sources)
}

/// Splits ``Title (`id`)``.
fn titled(heading: &str) -> Option<(String, String)> {
    let (title, id) = heading.strip_suffix(')')?.split_once(" (")?;
    Some((title.to_owned(), quoted(id)?))
}

/// The id between backticks: lower case letters, digits and hyphens.
fn quoted(text: &str) -> Option<String> {
    let id = text.strip_prefix('`')?.strip_suffix('`')?;
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (!id.is_empty() && id.bytes().all(fits)).then(|| id.to_owned())
}

/// Whether a space belongs between two lines of a paragraph. Japanese is written without.
fn spaced(before: &str, after: &str) -> bool {
    let wide = |letter: Option<char>| letter.and_then(UnicodeWidthChar::width) == Some(2);
    !before.is_empty() && !(wide(before.chars().next_back()) && wide(after.chars().next()))
}

/// The lines of a page, and where reading stands.
struct Lines<'a> {
    lines: Vec<&'a str>,
    at: usize,
    headings: Headings,
}

impl<'a> Lines<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.lines.get(self.at).copied()
    }

    fn skip_blank(&mut self) {
        while self.peek() == Some("") {
            self.at += 1;
        }
    }

    /// Skips empty lines, and says whether the next line begins so.
    fn blank_then(&mut self, start: &str) -> bool {
        self.skip_blank();
        self.peek().is_some_and(|line| line.starts_with(start))
    }

    /// A line that is this heading.
    fn heading(&mut self, heading: &'static str) -> Result<(), Misfit> {
        self.expect(heading, |line| (line == heading).then_some(()))
    }

    fn expect<T>(
        &mut self,
        expected: &'static str,
        fits: impl FnOnce(&'a str) -> Option<T>,
    ) -> Result<T, Misfit> {
        let found = self.peek().and_then(fits).ok_or(self.misfit(expected))?;
        self.at += 1;
        Ok(found)
    }

    /// The next paragraph, its lines joined: text that is no heading, no list, no step and no fence.
    fn paragraph(&mut self, expected: &'static str) -> Result<String, Misfit> {
        self.skip_blank();
        let mut paragraph = String::new();
        while let Some(line) = self.peek().filter(|line| !line.is_empty()) {
            let marked = line.starts_with(['#', '-', '*', '>', '|', '`', ' ', '\t']);
            let numbered = line.split_once(". ").is_some_and(|(start, _)| start.parse::<u32>().is_ok());
            if marked || numbered {
                return Err(self.misfit(expected));
            }
            if spaced(&paragraph, line) {
                paragraph.push(' ');
            }
            paragraph.push_str(line);
            self.at += 1;
        }
        if paragraph.is_empty() { Err(self.misfit(expected)) } else { Ok(paragraph) }
    }

    fn misfit(&self, expected: &'static str) -> Misfit {
        Misfit { line: self.at + 1, expected }
    }

    fn misfit_before(&self, expected: &'static str) -> Misfit {
        Misfit { line: self.at, expected }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "\
# A title (`an-id`)

What it is.

First paragraph
goes on.

Second paragraph.

## Checks

### `a-check`: The check
Is it so?

## Remedy

### `a-way`: The way
When it fits.

1. First step.
   Where: {controller}
   ```cmd
   one
   two
   ```
2. Second step.

## Sources
- <https://learn.microsoft.com/x> what it says
";

    #[test]
    fn reads_every_part() {
        let page = page(SMALL, Language::English).unwrap();
        assert_eq!((page.id.as_str(), page.title.as_str()), ("an-id", "A title"));
        assert_eq!(page.summary, "What it is.");
        assert_eq!(page.body, ["First paragraph goes on.", "Second paragraph."]);
        let check = &page.checks[0];
        assert_eq!((check.id.as_str(), check.title.as_str()), ("a-check", "The check"));
        assert_eq!(check.text, "Is it so?");
        let way = &page.remedies[0];
        assert_eq!((way.id.as_str(), way.title.as_str()), ("a-way", "The way"));
        assert_eq!(way.when, "When it fits.");
        assert_eq!(way.steps[0].command.as_deref(), Some("one\ntwo"));
        assert_eq!(way.steps[0].shell, Some(Shell::Cmd));
        assert_eq!(way.steps[0].where_.as_deref(), Some("{controller}"));
        assert_eq!(way.steps[1].text, "Second step.");
        assert_eq!(way.steps[1].command, None);
        assert_eq!(page.sources[0].link, "https://learn.microsoft.com/x");
    }

    #[test]
    fn refuses_a_line_that_does_not_fit_and_names_it() {
        let misfit =
            |from: &str, to: &str| page(&SMALL.replacen(from, to, 1), Language::English).unwrap_err().line;
        assert_eq!(misfit("# A title (`an-id`)", "# A title"), 1);
        assert_eq!(misfit("`an-id`", "`An Id`"), 1);
        assert_eq!(misfit("Second paragraph.", "- a list"), 8);
        assert_eq!(misfit("## Checks", "## Check"), 10);
        assert_eq!(misfit("### `a-check`: The check", "### `a-check`"), 12);
        assert_eq!(misfit("2. Second", "3. Second"), 26);
        assert_eq!(misfit("   ```\n", "```\n"), 25);
        assert_eq!(misfit("- <https", "* <https"), 29);
        assert_eq!(page(&format!("{SMALL}\nmore\n"), Language::English).unwrap_err().line, 30);
    }

    #[test]
    fn lines_of_japanese_are_joined_without_a_space() {
        let text = SMALL
            .replace("First paragraph\ngoes on.", "最初の段落は\n続きます。SDDL\nの例")
            .replace("## Checks", "## 確認項目")
            .replace("## Remedy", "## 対処方法")
            .replace("## Sources", "## 出典")
            .replace("Where: ", "場所: ");
        let page = page(&text, Language::Japanese).unwrap();
        assert_eq!(page.body[0], "最初の段落は続きます。SDDL の例");
        assert_eq!(page.remedies[0].steps[0].where_.as_deref(), Some("{controller}"));
    }
}
