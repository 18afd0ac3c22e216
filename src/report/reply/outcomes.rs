//! The failed attempts by what is behind them, as the reply tells them apart.

use std::cmp::Reverse;

use crate::diagnosis::State;
use crate::report::Report;
use crate::report::model::{Attempt, OtherDiagnosis, Step};

/// Failed attempts of one cause that are equally sure.
pub(super) struct Outcome<'a> {
    /// Id of the cause or of the known diagnosis; `undetermined`.
    pub(super) id: &'a str,
    /// How sure.
    pub(super) state: State,
    /// The attempts, in order of time.
    pub(super) attempts: Vec<&'a Attempt>,
}

impl<'a> Outcome<'a> {
    /// The known diagnosis, where it is one.
    pub(super) fn diagnosis(&self, report: &'a Report) -> Option<&'a OtherDiagnosis> {
        report.other_diagnoses.iter().find(|other| other.id == self.id)
    }

    /// Steps of its remedy.
    pub(super) fn remedy(&self, report: &'a Report) -> &'a [Step] {
        let cause = report.causes.iter().find(|cause| cause.id == self.id);
        match (cause, self.diagnosis(report)) {
            (Some(cause), _) => &cause.remedy,
            (None, Some(other)) => &other.remedy,
            (None, None) => &[],
        }
    }
}

/// What is behind an attempt.
fn id<'a>(report: &'a Report, attempt: &'a Attempt) -> &'a str {
    match (attempt.cause.as_str(), &attempt.diagnosis) {
        ("other", Some(diagnosis)) => diagnosis,
        ("other", None) => report.other_diagnoses.first().map_or("undetermined", |other| other.id.as_str()),
        (cause, _) => cause,
    }
}

/// The failed attempts by cause: what the verdict names first, then what is surest. Empty where the verdict
/// names no cause.
pub(super) fn outcomes(report: &Report) -> Vec<Outcome<'_>> {
    if ["undetermined", "no-failure"].contains(&report.verdict.cause.as_str()) {
        return Vec::new();
    }
    let mut outcomes: Vec<Outcome<'_>> = Vec::new();
    let failed = report.attempts.iter().filter(|attempt| attempt.result == "failed");
    for attempt in failed.filter(|attempt| !attempt.staging) {
        let id = id(report, attempt);
        let state = if id == "undetermined" { State::Undetermined } else { attempt.state };
        match outcomes.iter_mut().find(|have| (have.id, have.state) == (id, state)) {
            Some(have) => have.attempts.push(attempt),
            None => outcomes.push(Outcome { id, state, attempts: vec![attempt] }),
        }
    }
    let of_verdict = |outcome: &Outcome<'_>| {
        outcome.attempts.first().is_some_and(|attempt| attempt.cause == report.verdict.cause)
    };
    outcomes.sort_by_key(|outcome| (Reverse(outcome.state), !of_verdict(outcome)));
    outcomes
}
