//! A page, or a check, as text for a terminal.

use unicode_width::UnicodeWidthStr;

use super::{phrase, wrap};
use crate::knowledge::pages::{Page, PageCheck, PageStep, RemedySection, Values};
use crate::words::Language;

/// A page.
pub(super) fn page(page: &Page, language: Language) -> String {
    let mut text = String::new();
    title(&mut text, &titled(&page.title, &page.id, language));
    wrap(&mut text, "", "", &page.summary);
    for paragraph in &page.body {
        text.push('\n');
        wrap(&mut text, "", "", paragraph);
    }
    text.push_str(&format!("\n{}\n", phrase("checks", language, &[])));
    for check in &page.checks {
        text.push_str(&format!("\n  {}\n", titled(&check.title, &check.id, language)));
        wrap(&mut text, "      ", "      ", &check.text);
    }
    text.push_str(&format!("\n{}\n", phrase("remedy", language, &[])));
    for remedy in &page.remedies {
        section(&mut text, remedy, language);
    }
    text.push_str(&format!("\n{}\n", phrase("sources", language, &[])));
    for source in &page.sources {
        text.push_str(&format!("  {}\n", source.link));
        wrap(&mut text, "      ", "      ", &source.text);
    }
    text
}

/// A check, in the words of each page that it stands on.
pub(super) fn check(id: &str, found: &[(&Page, &PageCheck)], language: Language) -> String {
    let mut text = String::new();
    let name = found.first().map(|(_, check)| check.title.as_str()).unwrap_or_default();
    title(&mut text, &titled(name, id, language));
    for (number, (page, check)) in found.iter().enumerate() {
        if number > 0 {
            text.push('\n');
        }
        text.push_str(&format!("{}\n", phrase("for", language, &[("id", page.id.clone())])));
        wrap(&mut text, "  ", "  ", &check.text);
    }
    let pages: Vec<_> = found.iter().map(|(page, _)| format!("explain {}", page.id)).collect();
    text.push('\n');
    wrap(&mut text, "", "  ", &phrase("more", language, &[("pages", pages.join(", "))]));
    text
}

/// A title with its id.
fn titled(title: &str, id: &str, language: Language) -> String {
    phrase("title", language, &[("title", title.to_owned()), ("id", id.to_owned())])
}

fn title(text: &mut String, title: &str) {
    wrap(text, "", "", title);
    let longest = text.lines().map(UnicodeWidthStr::width).max().unwrap_or_default();
    text.push_str(&"=".repeat(longest));
    text.push_str("\n\n");
}

fn section(text: &mut String, remedy: &RemedySection, language: Language) {
    text.push('\n');
    wrap(text, "  ", "    ", &remedy.title);
    let unknown = Values::default();
    wrap(text, "  ", "  ", &unknown.fill(&remedy.when, language));
    for (number, step) in remedy.steps.iter().enumerate() {
        self::step(text, number + 1, &step.filled(&unknown, language), language);
    }
}

fn step(text: &mut String, number: usize, step: &PageStep, language: Language) {
    wrap(text, &format!("  {number:>2}. "), "      ", &step.text);
    if let Some(place) = &step.where_ {
        let place = phrase("where", language, &[("where", place.clone())]);
        wrap(text, "      ", "      ", &place);
    }
    for line in step.command.iter().flat_map(|command| command.lines()) {
        text.push_str(&format!("        {line}\n"));
    }
}
