//! The best evidence with its places, files that disagree, and warnings.

use std::cmp::Reverse;

use super::canvas::Canvas;
use crate::diagnosis::{Answer, State, Weight};
use crate::report::Report;
use crate::report::model::{Evidence, SourceEntry};

/// Most pieces of evidence that are shown.
const MOST: usize = 5;
/// Most places of one piece.
const PLACES: usize = 3;

/// One answer at one place, and what it is worth for each cause that it matters to.
struct Piece<'a> {
    evidence: &'a Evidence,
    places: Vec<&'a SourceEntry>,
    worth: u8,
    matters: Vec<(Weight, &'a str)>,
}

/// The best evidence. An answer that several causes share stands once.
pub(super) fn evidence(canvas: &mut Canvas, report: &Report) {
    let mut pieces = pieces(report);
    if pieces.is_empty() {
        return;
    }
    pieces.sort_by_key(|piece| Reverse(piece.worth));
    canvas.heading(&canvas.word("evidence"));
    for (number, piece) in pieces.iter().take(MOST).enumerate() {
        canvas.numbered(number + 1, &piece.evidence.text);
        canvas.paragraph(6, &matters(canvas, piece));
        for source in piece.places.iter().take(PLACES) {
            canvas.item(6, &place(source));
        }
        let more = piece.places.len().saturating_sub(PLACES);
        if more > 0 {
            canvas.paragraph(6, &canvas.words("evidence-places", &[("count", more.to_string())]));
        }
    }
    let more = pieces.len().saturating_sub(MOST);
    if more > 0 {
        canvas.paragraph(6, &canvas.words("evidence-more", &[("count", more.to_string())]));
    }
}

/// The pieces that help to see why the states are what they are, those of the verdict's cause in front.
/// An unknown never does: what is missing stands with the verdict and with what to collect.
fn pieces(report: &Report) -> Vec<Piece<'_>> {
    let causes = report.causes.iter().map(|cause| (cause.id.as_str(), cause.state, &cause.evidence));
    let others = report.other_diagnoses.iter();
    let others = others.map(|other| (other.id.as_str(), other.state, &other.evidence));
    let leads = |id: &str| {
        let other = report.verdict.cause == "other" && !report.causes.iter().any(|cause| cause.id == id);
        other || report.verdict.cause == id
    };
    let mut all: Vec<_> = causes.chain(others).collect();
    all.sort_by_key(|(id, ..)| !leads(id));
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    for (id, state, list) in all {
        let ruled_out_by_yes = list.iter().any(|e| (e.answer, e.weight) == (Answer::Yes, Weight::RulesOut));
        let by_no = state == State::RuledOut && !ruled_out_by_yes;
        for evidence in list.iter().filter(|evidence| tells(evidence, by_no)) {
            let worth = worth(evidence, state) + if leads(id) { 8 } else { 0 };
            let same = |piece: &&mut Piece<'_>| {
                let other = piece.evidence;
                (&other.check, &other.text, other.answer)
                    == (&evidence.check, &evidence.text, evidence.answer)
            };
            let piece = match pieces.iter_mut().find(same) {
                Some(piece) => piece,
                None => {
                    pieces.push(Piece { evidence, places: Vec::new(), worth, matters: Vec::new() });
                    let Some(piece) = pieces.last_mut() else { continue };
                    piece
                }
            };
            if !piece.matters.contains(&(evidence.weight, id)) {
                piece.matters.push((evidence.weight, id));
            }
            if let Some(source) = evidence.source.as_ref().filter(|source| !piece.places.contains(source)) {
                piece.places.push(source);
            }
        }
    }
    pieces
}

/// A no helps where it is what rules a cause out. That a thing which would rule one out is not so goes
/// without saying.
fn tells(evidence: &Evidence, by_no: bool) -> bool {
    match evidence.answer {
        Answer::Yes => true,
        Answer::No => {
            by_no && evidence.source.is_some() && matches!(evidence.weight, Weight::Proves | Weight::Supports)
        }
        Answer::Unknown => false,
    }
}

/// What comes first: answers that agree with the state, then those against it, then context.
fn worth(evidence: &Evidence, state: State) -> u8 {
    match (evidence.answer, evidence.weight) {
        (Answer::Yes, Weight::RulesOut) if state == State::RuledOut => 5,
        (Answer::Yes, Weight::Proves) => 4,
        (Answer::Yes, Weight::RulesOut) => 3,
        (Answer::Yes, Weight::Supports) => 2,
        (Answer::Yes, Weight::Context) => 1,
        _ => 0,
    }
}

/// What a piece is worth, such as `supports remote-sam; rules out protected-account`.
fn matters(canvas: &Canvas, piece: &Piece<'_>) -> String {
    let table = if piece.evidence.answer == Answer::Yes { "weight" } else { "weight-of-no" };
    let mut said = Vec::new();
    for weight in [Weight::Proves, Weight::RulesOut, Weight::Supports, Weight::Context] {
        let ids: Vec<_> = piece.matters.iter().filter(|(own, _)| *own == weight).map(|(_, id)| *id).collect();
        if !ids.is_empty() {
            let key = match weight {
                Weight::Proves => "proves",
                Weight::Supports => "supports",
                Weight::RulesOut => "rules-out",
                Weight::Context => "context",
            };
            said.push(canvas.words(&format!("{table}.{key}"), &[("causes", ids.join(", "))]));
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
