//! A page, or a check, as text for a terminal.

use unicode_width::UnicodeWidthStr;

use super::{Lines, phrase};
use crate::knowledge::pages::{Page, PageCheck, PageStep, RemedySection, Values};
use crate::words::Language;

/// A page.
pub(super) fn page(page: &Page, language: Language, columns: usize) -> String {
    let mut text = Lines::of(columns);
    title(&mut text, &titled(&page.title, &page.id, language));
    text.wrap("", "", &page.summary);
    for paragraph in &page.body {
        text.whole("");
        text.wrap("", "", paragraph);
    }
    text.whole("");
    text.wrap("", "", &phrase("checks", language, &[]));
    for check in &page.checks {
        text.whole("");
        text.wrap("  ", "      ", &titled(&check.title, &check.id, language));
        text.wrap("      ", "      ", &check.text);
    }
    text.whole("");
    text.wrap("", "", &phrase("remedy", language, &[]));
    for remedy in &page.remedies {
        section(&mut text, remedy, language);
    }
    text.whole("");
    text.wrap("", "", &phrase("sources", language, &[]));
    for source in &page.sources {
        text.whole(&format!("  {}", source.link));
        text.wrap("      ", "      ", &source.text);
    }
    text.text
}

/// A check, in the words of each page that it stands on.
pub(super) fn check(id: &str, found: &[(&Page, &PageCheck)], language: Language, columns: usize) -> String {
    let mut text = Lines::of(columns);
    let name = found.first().map(|(_, check)| check.title.as_str()).unwrap_or_default();
    title(&mut text, &titled(name, id, language));
    for (number, (page, check)) in found.iter().enumerate() {
        if number > 0 {
            text.whole("");
        }
        text.wrap("", "", &phrase("for", language, &[("id", page.id.clone())]));
        text.wrap("  ", "  ", &check.text);
    }
    let pages: Vec<_> = found.iter().map(|(page, _)| format!("explain {}", page.id)).collect();
    text.whole("");
    text.wrap("", "  ", &phrase("more", language, &[("pages", pages.join(", "))]));
    text.text
}

/// A title with its id.
pub(super) fn titled(title: &str, id: &str, language: Language) -> String {
    phrase("title", language, &[("title", title.to_owned()), ("id", id.to_owned())])
}

pub(super) fn title(text: &mut Lines, title: &str) {
    text.wrap("", "", title);
    let longest = text.text.lines().map(UnicodeWidthStr::width).max().unwrap_or_default();
    text.whole(&"=".repeat(longest));
    text.whole("");
}

fn section(text: &mut Lines, remedy: &RemedySection, language: Language) {
    text.whole("");
    text.wrap("  ", "    ", &remedy.title);
    let unknown = Values::default();
    text.wrap("  ", "  ", &unknown.fill(&remedy.when, language));
    for (number, step) in remedy.steps.iter().enumerate() {
        self::step(text, number + 1, &step.filled(&unknown, language), language);
    }
}

fn step(text: &mut Lines, number: usize, step: &PageStep, language: Language) {
    text.wrap(&format!("  {number:>2}. "), "      ", &step.text);
    if let Some(place) = &step.where_ {
        let place = phrase("where", language, &[("where", place.clone())]);
        text.wrap("      ", "      ", &place);
    }
    for line in step.command.iter().flat_map(|command| command.lines()) {
        text.whole(&format!("        {line}"));
    }
}
