//! The best evidence with its places, files that disagree, and warnings.

use super::canvas::Canvas;
use crate::diagnosis::{Answer, Weight};
use crate::report::Report;
use crate::report::model::SourceEntry;
use crate::report::pieces::{Piece, pieces};

/// Most pieces of evidence that are shown.
const MOST: usize = 5;
/// Most places of one piece.
const PLACES: usize = 3;

/// The best evidence. An answer that several causes share stands once.
pub(super) fn evidence(canvas: &mut Canvas, report: &Report) {
    let pieces = pieces(report);
    if pieces.is_empty() {
        return;
    }
    canvas.heading(&canvas.word("evidence"));
    let told = pieces.iter().filter(|piece| !piece.evidence.aside);
    let told: Vec<&Piece<'_>> = told.take(MOST).collect();
    for (number, piece) in told.iter().enumerate() {
        canvas.numbered(number + 1, &piece.evidence.text);
        canvas.paragraph(6, &matters(canvas, report, piece));
        if !piece.attempts.is_empty() {
            canvas.paragraph(6, &canvas.phrases().answer_for(&piece.attempts));
        }
        for (source, _) in piece.places.iter().take(PLACES) {
            canvas.item(6, &place(source));
        }
        let more = piece.places.len().saturating_sub(PLACES);
        if more > 0 {
            canvas.paragraph(6, &canvas.words("evidence-places", &[("count", more.to_string())]));
        }
    }
    let more = pieces.len().saturating_sub(told.len());
    if more > 0 {
        canvas.paragraph(6, &canvas.words("evidence-more", &[("count", more.to_string())]));
    }
}

/// What a piece is worth, such as `supports cause 3; rules out cause 1`.
fn matters(canvas: &Canvas, report: &Report, piece: &Piece<'_>) -> String {
    let phrases = canvas.phrases();
    let table = if piece.evidence.answer == Answer::Yes { "weight" } else { "weight-of-no" };
    let mut said = Vec::new();
    for weight in [Weight::Proves, Weight::RulesOut, Weight::Supports, Weight::Context] {
        let of_weight = piece.matters.iter().filter(|(own, _)| *own == weight);
        let mut names: Vec<String> = of_weight.map(|(_, id)| phrases.named(report, id)).collect();
        names.sort();
        if !names.is_empty() {
            let key = match weight {
                Weight::Proves => "proves",
                Weight::Supports => "supports",
                Weight::RulesOut => "rules-out",
                Weight::Context => "context",
            };
            said.push(canvas.words(&format!("{table}.{key}"), &[("causes", phrases.list(&names))]));
        }
    }
    said.join("; ")
}

fn place(source: &SourceEntry) -> String {
    match &source.machine {
        Some(machine) => format!("{}, {} ({machine})", source.path, source.place),
        None => format!("{}, {}", source.path, source.place),
    }
}

/// Files that disagree, where there are any.
pub(super) fn contradictions(canvas: &mut Canvas, report: &Report) {
    if report.contradictions.is_empty() {
        return;
    }
    canvas.heading(&canvas.word("contradictions"));
    for contradiction in &report.contradictions {
        canvas.item(2, &format!("- {}", contradiction.text));
        for source in &contradiction.sources {
            canvas.item(4, &place(source));
        }
    }
}

/// Warnings, where there are any.
pub(super) fn warnings(canvas: &mut Canvas, report: &Report) {
    if report.warnings.is_empty() {
        return;
    }
    canvas.heading(&canvas.word("warnings"));
    for warning in &report.warnings {
        canvas.item(2, &format!("- {warning}"));
    }
}
