//! A page, or a check, as text for a terminal.

use super::wrap;
use crate::knowledge::pages::{Page, PageCheck, PageStep, RemedySection, Values};

/// A page.
pub(super) fn page(page: &Page) -> String {
    let mut text = String::new();
    title(&mut text, &format!("{} ({})", page.title, page.id));
    wrap(&mut text, "", "", &page.summary);
    for paragraph in &page.body {
        text.push('\n');
        wrap(&mut text, "", "", paragraph);
    }
    text.push_str("\nChecks\n");
    for check in &page.checks {
        text.push_str(&format!("\n  {} ({})\n", check.title, check.id));
        wrap(&mut text, "      ", "      ", &check.text);
    }
    text.push_str("\nRemedy\n");
    for remedy in &page.remedies {
        section(&mut text, remedy);
    }
    text.push_str("\nSources\n");
    for source in &page.sources {
        text.push_str(&format!("  {}\n", source.link));
        wrap(&mut text, "      ", "      ", &source.text);
    }
    text
}

/// A check, in the words of each page that it stands on.
pub(super) fn check(id: &str, found: &[(&Page, &PageCheck)]) -> String {
    let mut text = String::new();
    let name = found.first().map(|(_, check)| check.title.as_str()).unwrap_or_default();
    title(&mut text, &format!("{name} ({id})"));
    for (number, (page, check)) in found.iter().enumerate() {
        if number > 0 {
            text.push('\n');
        }
        text.push_str(&format!("For {}\n", page.id));
        wrap(&mut text, "  ", "  ", &check.text);
    }
    let pages: Vec<_> = found.iter().map(|(page, _)| format!("explain {}", page.id)).collect();
    text.push('\n');
    wrap(&mut text, "", "  ", &format!("More: sspr-triage {}", pages.join(", ")));
    text
}

fn title(text: &mut String, title: &str) {
    wrap(text, "", "", title);
    let longest = text.lines().map(|line| line.chars().count()).max().unwrap_or_default();
    text.push_str(&"=".repeat(longest));
    text.push_str("\n\n");
}

fn section(text: &mut String, remedy: &RemedySection) {
    text.push('\n');
    wrap(text, "  ", "    ", &remedy.title);
    let unknown = Values::default();
    wrap(text, "  ", "  ", &unknown.fill(&remedy.when));
    for (number, step) in remedy.steps.iter().enumerate() {
        self::step(text, number + 1, &step.filled(&unknown));
    }
}

fn step(text: &mut String, number: usize, step: &PageStep) {
    wrap(text, &format!("  {number:>2}. "), "      ", &step.text);
    if let Some(place) = &step.where_ {
        wrap(text, "      Where: ", "      ", place);
    }
    for line in step.command.iter().flat_map(|command| command.lines()) {
        text.push_str(&format!("        {line}\n"));
    }
}
