//! The facts of a report as a table for people.

use super::Report;
use super::model::FactEntry;
use super::phrases::Phrases;
use super::text::TextOptions;
use super::text::canvas::Canvas;
use crate::words::stand_in::{ABSENT, EMPTY};

/// Renders what was established, by what it is of: a machine, an account or a user.
pub fn render(report: &Report, options: &TextOptions) -> String {
    let mut canvas = Canvas::new(options, Phrases::of(report));
    if report.facts.is_empty() {
        let nothing = canvas.word("facts-none");
        canvas.paragraph(0, &nothing);
    }
    let mut subject = None;
    for fact in &report.facts {
        if subject != Some(&fact.subject) {
            canvas.heading(&fact.subject);
            subject = Some(&fact.subject);
        }
        render_fact(&mut canvas, fact);
    }
    canvas.finish()
}

fn render_fact(canvas: &mut Canvas, fact: &FactEntry) {
    let name = canvas.word(&format!("fact.{}", fact.fact));
    let value = value(&fact.value, |key| canvas.word(key));
    let value = match &fact.detail {
        Some(detail) => format!("{name}: {value} ({detail})"),
        None => format!("{name}: {value}"),
    };
    canvas.item(2, &value);
    for source in &fact.sources {
        canvas.item(4, &format!("{}, {}", source.path, source.place));
    }
}

/// The value of a fact in words, where it is one of ours and not of the bundle.
pub(crate) fn value(value: &str, word: impl Fn(&str) -> String) -> String {
    let key = match value {
        "-" => "not-set",
        "true" => "yes",
        "false" => "no",
        ABSENT => "absent",
        EMPTY => "empty",
        "domain-controller" | "connect-server" | "member" | "workstation" => value,
        _ => return value.to_owned(),
    };
    word(&format!("fact-value.{key}"))
}

/// The facts as JSON: those of the report, by themselves.
///
/// # Errors
/// None is known for this model; the serializer's own error is passed on.
pub fn json(report: &Report) -> Result<String, serde_json::Error> {
    super::json::document(&report.facts)
}
