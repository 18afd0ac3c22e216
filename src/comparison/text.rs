//! The comparison for people.

use super::{Change, Comparison};
use crate::report::phrases::Phrases;
use crate::report::text::TextOptions;
use crate::report::text::canvas::Canvas;
use crate::words::{Catalogue, Statement};

/// Renders a comparison: what became of the cause, then what changed.
pub fn render(comparison: &Comparison, options: &TextOptions) -> String {
    let catalogue = Catalogue::of(comparison.language);
    let word = |key: &str| catalogue.say(&Statement::new(format!("diff.{key}")));
    let mut canvas = Canvas::new(options, Phrases::in_language(comparison.language));
    canvas.heading(&word(&format!("outcome.{}", comparison.outcome.word())));
    canvas.paragraph(2, &comparison.reason);
    let parts =
        [("states", &comparison.states), ("checks", &comparison.checks), ("facts", &comparison.facts)];
    for (title, changes) in parts {
        if changes.is_empty() {
            continue;
        }
        canvas.heading(&word(title));
        for change in changes {
            write_change(&mut canvas, change, &word("not-there"));
        }
    }
    if parts.iter().all(|(_, changes)| changes.is_empty()) {
        canvas.gap();
        canvas.paragraph(0, &word("no-change"));
    }
    canvas.finish()
}

fn write_change(canvas: &mut Canvas, change: &Change, not_there: &str) {
    let side = |value: &Option<String>| value.clone().unwrap_or_else(|| not_there.to_owned());
    canvas.item(2, &change.what);
    canvas.item(4, &format!("{} -> {}", side(&change.before), side(&change.after)));
}
