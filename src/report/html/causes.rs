//! The three causes beside each other, with what speaks for and against each.

use std::collections::BTreeSet;

use super::{StateView, Words};
use crate::diagnosis::{Answer, Weight};
use crate::report::Report;
use crate::report::model::{Cause, Evidence};
use crate::report::phrases::Phrases;

/// One cause, and the answers of its checks.
pub(super) struct CauseCard<'a> {
    pub(super) number: usize,
    pub(super) title: String,
    pub(super) state: StateView,
    /// The verdict is this cause.
    pub(super) leads: bool,
    pub(super) reason: &'a str,
    /// Which operations it is about, where others lead to another conclusion.
    pub(super) about: Option<String>,
    pub(super) groups: Vec<Group<'a>>,
    pub(super) missing: &'a [String],
}

/// Answers of one side.
pub(super) struct Group<'a> {
    pub(super) title: String,
    pub(super) answers: Vec<CheckView<'a>>,
    /// It can be folded: it says neither yes nor no.
    pub(super) folded: bool,
}

/// One answer of one check.
pub(super) struct CheckView<'a> {
    pub(super) class: &'static str,
    pub(super) answer: String,
    pub(super) text: &'a str,
    /// Which operation it is the answer for, where others have another one.
    pub(super) of: Option<String>,
    pub(super) check: &'a str,
}

/// Which side an answer is on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    For,
    Against,
    Open,
    Beside,
}

impl Side {
    /// That a thing which would rule a cause out is not so does not speak for it.
    fn of(evidence: &Evidence) -> Self {
        match (evidence.answer, evidence.weight) {
            (_, Weight::Context) | (Answer::No, Weight::RulesOut) => Side::Beside,
            (Answer::Unknown, _) => Side::Open,
            (Answer::Yes, Weight::Proves | Weight::Supports) => Side::For,
            (Answer::Yes, Weight::RulesOut) | (Answer::No, Weight::Proves | Weight::Supports) => {
                Side::Against
            }
        }
    }

    fn word(self) -> &'static str {
        match self {
            Side::For => "for",
            Side::Against => "against",
            Side::Open => "open",
            Side::Beside => "beside",
        }
    }
}

/// One card for each cause, in the report's order.
pub(super) fn cards<'a>(report: &'a Report, words: &Words) -> Vec<CauseCard<'a>> {
    let phrases = Phrases::of(report);
    let card = |(index, cause): (usize, &'a Cause)| CauseCard {
        number: index + 1,
        title: words.say(&format!("cause-name.{}", cause.id)),
        state: StateView::of(cause.state, words),
        leads: cause.id == report.verdict.cause,
        reason: &cause.reason,
        about: cause.about.as_ref().map(|about| phrases.about(about)),
        groups: groups(cause, words, phrases),
        missing: &cause.missing,
    };
    report.causes.iter().enumerate().map(card).collect()
}

fn groups<'a>(cause: &'a Cause, words: &Words, phrases: Phrases) -> Vec<Group<'a>> {
    let sides = [Side::For, Side::Against, Side::Open, Side::Beside];
    // Where the cause is about one operation, its card says so once.
    let only = cause.about.as_ref().filter(|about| about.count == 1).and_then(|about| about.attempts.first());
    let groups = sides.into_iter().map(|side| {
        let mut seen = BTreeSet::new();
        let answers = cause
            .evidence
            .iter()
            .filter(|evidence| Side::of(evidence) == side)
            .filter(|evidence| seen.insert((&evidence.check, &evidence.text)))
            .map(|evidence| CheckView {
                class: answer(evidence.answer),
                answer: words.say(&format!("answer.{}", answer(evidence.answer))),
                text: &evidence.text,
                of: evidence
                    .attempt
                    .as_ref()
                    .filter(|of| only != Some(of))
                    .map(|of| phrases.answer_for(&[of])),
                check: &evidence.check,
            });
        Group {
            title: words.say(&format!("side.{}", side.word())),
            answers: answers.collect(),
            folded: matches!(side, Side::Open | Side::Beside),
        }
    });
    groups.filter(|group| !group.answers.is_empty()).collect()
}

fn answer(answer: Answer) -> &'static str {
    match answer {
        Answer::Yes => "yes",
        Answer::No => "no",
        Answer::Unknown => "unknown",
    }
}
