//! The evidence, each answer once, with its places and the ways to them.

use super::Words;
use super::ways::{WayToRecord, way_to};
use crate::diagnosis::{Answer, Weight};
use crate::report::Report;
use crate::report::model::SourceEntry;
use crate::report::phrases::Phrases;
use crate::report::pieces::{self, Piece};

/// Most pieces that are shown; the JSON report has all of them.
const PIECES: usize = 200;
/// Most places of one piece.
const PLACES: usize = 20;

/// One answer, at all its places.
pub(super) struct PieceView<'a> {
    pub(super) text: &'a str,
    /// Which operations it is the answer for, where others have another one.
    pub(super) of: Option<String>,
    pub(super) check: &'a str,
    /// What it is worth, and for which cause.
    pub(super) matters: Vec<Matter>,
    pub(super) places: Vec<PlaceView<'a>>,
    /// Places that are not shown.
    pub(super) more: Option<usize>,
}

/// What an answer is worth for one cause.
pub(super) struct Matter {
    pub(super) class: &'static str,
    pub(super) text: String,
}

/// A place, and how to get there.
pub(super) struct PlaceView<'a> {
    pub(super) source: &'a SourceEntry,
    pub(super) way: Option<WayToRecord>,
    /// What stands there itself.
    pub(super) said: Option<&'a str>,
}

impl PlaceView<'_> {
    /// The words are those of a record, which are many lines; of a line or a row they are few.
    pub(super) fn is_long(&self) -> bool {
        /// Most bytes that are shown as they are.
        const SHORT: usize = 300;
        self.source.record.is_some() || self.said.is_some_and(|said| said.len() > SHORT)
    }

    /// What is said of the words: whose they are.
    pub(super) fn heading(&self) -> &'static str {
        if self.source.record.is_some() { "record-says" } else { "line-says" }
    }
}

/// The evidence, best first.
pub(super) fn pieces<'a>(report: &'a Report, words: &Words) -> Vec<PieceView<'a>> {
    pieces::pieces(report).into_iter().take(PIECES).map(|piece| view(report, piece, words)).collect()
}

fn view<'a>(report: &Report, piece: Piece<'a>, words: &Words) -> PieceView<'a> {
    let unknown = words.say("unknown-path");
    let more = piece.places.len().checked_sub(PLACES).filter(|more| *more > 0);
    let matters = piece.matters.iter().map(|(weight, id)| matter(report, &piece, *weight, id, words));
    let matters = matters.collect();
    let places = piece.places.into_iter().take(PLACES);
    let of = (!piece.attempts.is_empty()).then(|| Phrases::of(report).answer_for(&piece.attempts));
    PieceView {
        text: &piece.evidence.text,
        of,
        check: &piece.evidence.check,
        matters,
        places: places
            .map(|(source, said)| PlaceView { source, way: way_to(source, &unknown), said })
            .collect(),
        more,
    }
}

fn matter(report: &Report, piece: &Piece<'_>, weight: Weight, id: &str, words: &Words) -> Matter {
    let weight = match weight {
        Weight::Proves => "proves",
        Weight::Supports => "supports",
        Weight::RulesOut => "rules-out",
        Weight::Context => "context",
    };
    let is_yes = piece.evidence.answer == Answer::Yes;
    let table = if is_yes { "weight" } else { "weight-of-no" };
    let cause = Phrases::of(report).named(report, id);
    Matter {
        class: if is_yes { weight } else { "context" },
        text: words.with(&format!("{table}.{weight}"), &[("cause", cause)]),
    }
}
