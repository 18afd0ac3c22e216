//! Slots for values that a file says once: two different answers are no answer.

use std::fmt::Display;

use crate::artifacts::Located;
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;

/// Longest value that is kept, in characters. Names and numbers are far shorter.
const LONGEST: usize = 1024;

/// Gaps of one file that are told one by one.
const MOST_GAPS: usize = 50;

/// Collects what cannot be told of a file's values.
#[derive(Debug)]
pub(super) struct Doubts<'p> {
    path: &'p BundlePath,
    gaps: Vec<Gap>,
}

impl<'p> Doubts<'p> {
    pub(super) fn new(path: &'p BundlePath) -> Self {
        Doubts { path, gaps: Vec::new() }
    }

    pub(super) fn tell(&mut self, place: Place, reason: impl Into<Vec<Statement>>) {
        if self.gaps.len() < MOST_GAPS {
            self.gaps.push(Gap::new(self.path, place, reason));
        }
    }

    pub(super) fn into_gaps(self) -> Vec<Gap> {
        self.gaps
    }
}

/// What a file says of one thing.
#[derive(Debug, Clone, Default)]
pub(super) enum Slot<T> {
    #[default]
    Silent,
    Said(Located<T>),
    /// Two values that differ.
    Disputed,
}

impl<T: PartialEq + Display> Slot<T> {
    /// Takes a value. A second one that differs makes both worthless.
    pub(super) fn say(&mut self, value: T, place: Place, doubts: &mut Doubts<'_>) {
        match self {
            Slot::Silent => *self = Slot::Said(Located::new(value, place)),
            Slot::Said(said) if said.value != value => {
                let reason = Statement::new("gap.connect-configuration.disputed")
                    .with("first", said.value.to_string())
                    .with("place", said.place.row().unwrap_or_default())
                    .with("second", value.to_string());
                doubts.tell(place, reason);
                *self = Slot::Disputed;
            }
            Slot::Said(_) | Slot::Disputed => {}
        }
    }

    pub(super) fn take(self) -> Option<Located<T>> {
        match self {
            Slot::Said(said) => Some(said),
            Slot::Silent | Slot::Disputed => None,
        }
    }
}

impl Slot<String> {
    /// Takes a text that is not empty.
    pub(super) fn text(&mut self, text: &str, place: Place, doubts: &mut Doubts<'_>) {
        if let Some(text) = text_of(text, &place, doubts) {
            self.say(text, place, doubts);
        }
    }
}

impl Slot<bool> {
    /// Takes a truth value: `1`, `0`, `True`, `False`.
    pub(super) fn truth(&mut self, text: &str, place: Place, doubts: &mut Doubts<'_>) {
        match text.trim() {
            "" => {}
            "1" => self.say(true, place, doubts),
            "0" => self.say(false, place, doubts),
            text if text.eq_ignore_ascii_case("true") => self.say(true, place, doubts),
            text if text.eq_ignore_ascii_case("false") => self.say(false, place, doubts),
            _ => doubts.tell(place, Statement::new("gap.connect-configuration.no-truth")),
        }
    }
}

/// A text as it is kept: trimmed, not empty, not longer than any name.
pub(super) fn text_of(text: &str, place: &Place, doubts: &mut Doubts<'_>) -> Option<String> {
    let text = text.trim();
    if text.chars().nth(LONGEST).is_some() {
        doubts.tell(place.clone(), Statement::new("gap.connect-configuration.too-long"));
        return None;
    }
    (!text.is_empty()).then(|| text.to_owned())
}
