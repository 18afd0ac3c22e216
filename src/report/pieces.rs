//! The evidence of a report, each answer once, the best first: what renderers for people show.

use std::cmp::Reverse;

use super::Report;
use super::model::{Evidence, OfAttempt, SourceEntry};
use crate::diagnosis::{Answer, State, Weight};

/// The check whose answers are rights of the connector account, one by one: what is missing tells.
const RIGHT: &str = "connector-right";
/// The check that names the first right of these that is missing.
const MISSING: &str = "connector-right-missing";

/// One answer at one place, and what it is worth for each cause that it matters to.
pub(super) struct Piece<'a> {
    /// The answer.
    pub(super) evidence: &'a Evidence,
    /// All places where it stands, each with what stands there itself.
    pub(super) places: Vec<(&'a SourceEntry, Option<&'a str>)>,
    worth: u8,
    /// The operations that it is the answer for, where others have another one.
    pub(super) attempts: Vec<&'a OfAttempt>,
    /// The causes and diagnoses that it matters to, by id, and what a yes is worth for each.
    pub(super) matters: Vec<(Weight, &'a str)>,
}

/// Whether an answer says that the connector account lacks a right that it needs, or is denied one.
pub(super) fn is_right_missing(evidence: &Evidence) -> bool {
    evidence.check == RIGHT && evidence.answer == Answer::No && !evidence.aside
}

/// The pieces that help to see why the states are what they are: those of the verdict's cause in front,
/// then by what they are worth. An answer that several causes share stands once.
///
/// An unknown never does: what is missing stands with the verdict and with what to collect.
pub(super) fn pieces(report: &Report) -> Vec<Piece<'_>> {
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
                    pieces.push(Piece {
                        evidence,
                        places: Vec::new(),
                        worth,
                        attempts: Vec::new(),
                        matters: Vec::new(),
                    });
                    let Some(piece) = pieces.last_mut() else { continue };
                    piece
                }
            };
            if !piece.matters.contains(&(evidence.weight, id)) {
                piece.matters.push((evidence.weight, id));
            }
            if let Some(of) = evidence.attempt.as_ref().filter(|of| !piece.attempts.contains(of)) {
                piece.attempts.push(of);
            }
            let place = evidence.source.as_ref().map(|source| (source, evidence.words.as_deref()));
            piece.places.extend(place.filter(|place| !piece.places.contains(place)));
        }
    }
    pieces.sort_by_key(|piece| Reverse(piece.worth));
    without_the_right_that_is_named(pieces)
}

/// That a right is missing says which: the first of the rights, one by one, at the same place only says it again.
fn without_the_right_that_is_named(mut pieces: Vec<Piece<'_>>) -> Vec<Piece<'_>> {
    let places = |piece: &Piece<'_>| piece.evidence.source.clone();
    let named: Vec<_> = pieces
        .iter()
        .filter(|piece| piece.evidence.check == MISSING && piece.evidence.answer == Answer::Yes)
        .filter_map(|piece| Some((places(piece)?, piece.evidence.attempt.clone())))
        .collect();
    for (place, attempt) in named {
        let same = |piece: &Piece<'_>| {
            is_right_missing(piece.evidence)
                && piece.evidence.source.as_ref() == Some(&place)
                && piece.evidence.attempt == attempt
        };
        if let Some(again) = pieces.iter().position(same) {
            pieces.remove(again);
        }
    }
    pieces
}

/// A no helps where it is what rules a cause out. That a thing which would rule one out is not so goes
/// without saying.
fn tells(evidence: &Evidence, by_no: bool) -> bool {
    match evidence.answer {
        Answer::Yes => true,
        Answer::No if evidence.check == RIGHT => true,
        Answer::No => {
            by_no && evidence.source.is_some() && matches!(evidence.weight, Weight::Proves | Weight::Supports)
        }
        Answer::Unknown => false,
    }
}

/// What comes first: answers that agree with the state, then those against it, then context.
fn worth(evidence: &Evidence, state: State) -> u8 {
    if evidence.aside {
        return 0;
    }
    if is_right_missing(evidence) {
        return if state >= State::Possible { 4 } else { 1 };
    }
    match (evidence.answer, evidence.weight) {
        (Answer::Yes, Weight::RulesOut) if state == State::RuledOut => 5,
        (Answer::Yes, Weight::Proves) => 4,
        (Answer::Yes, Weight::RulesOut) => 3,
        (Answer::Yes, Weight::Supports) => 2,
        (Answer::Yes, Weight::Context) => 1,
        _ => 0,
    }
}
