//! Words in a `case.toml` that no report can have: a case that expects one is misspelled, and would never be met.

use super::{Expected, ExpectedAttempt};
use crate::diagnosis::State;
use crate::knowledge::diagnoses::known_diagnoses;
use crate::knowledge::pages;
use crate::rules::{Answer, CauseId};
use crate::words::{Language, Statement};

/// What stands for a diagnosis that must not come out.
const NONE: &str = "none";

/// The values that are unknown, each with those that are known.
pub(super) fn unknown(expected: &Expected) -> Vec<Statement> {
    let causes: Vec<&str> = CauseId::ALL.into_iter().map(CauseId::id).collect();
    let verdicts: Vec<&str> = causes.iter().copied().chain(["other", "undetermined", "no-failure"]).collect();
    let states: Vec<&str> = STATES.into_iter().map(State::word).collect();
    let answers = [Answer::Yes, Answer::No, Answer::Unknown].map(Answer::word);
    let mut all = Unknown(Vec::new());
    all.check("cause", &expected.cause, &verdicts);
    all.check("state", &expected.state, &states);
    for (id, state) in &expected.causes {
        all.check("causes", id, &causes);
        all.check(&format!("causes.{id}"), state, &states);
    }
    let others: Vec<&str> = known_diagnoses()
        .iter()
        .map(|known| known.id.as_str())
        .chain(
            pages::pages(Language::English)
                .iter()
                .filter(|page| !page.is_cause())
                .map(|page| page.id.as_str()),
        )
        .collect();
    let or_none: Vec<&str> = states.iter().copied().chain([NONE]).collect();
    for (id, state) in &expected.other {
        all.check("other", id, &others);
        all.check(&format!("other.{id}"), state, &or_none);
    }
    for (id, answer) in &expected.checks {
        all.check(&format!("checks.{id}"), answer, &answers);
    }
    for (number, attempt) in expected.attempts.iter().flatten().enumerate() {
        all.attempt(number.saturating_add(1), attempt, &verdicts, &states);
    }
    for answer in expected.evidence.iter().filter_map(|evidence| evidence.answer.as_ref()) {
        all.check("evidence.answer", answer, &answers);
    }
    all.0
}

const STATES: [State; 5] =
    [State::Confirmed, State::Likely, State::Possible, State::RuledOut, State::Undetermined];

struct Unknown(Vec<Statement>);

impl Unknown {
    fn check(&mut self, what: &str, value: &str, known: &[&str]) {
        if known.contains(&value) {
            return;
        }
        let mut known = known.to_vec();
        let mut seen = std::collections::BTreeSet::new();
        known.retain(|one| seen.insert(*one));
        self.0.push(
            Statement::new("case-result.unknown-value")
                .with("what", what)
                .with("value", format!("{value:?}"))
                .with("known", known.join(", ")),
        );
    }

    fn attempt(&mut self, number: usize, attempt: &ExpectedAttempt, verdicts: &[&str], states: &[&str]) {
        let operations = ["reset", "change", "admin-reset", "unknown"];
        let results = ["failed", "succeeded", "unknown"];
        for (what, value, known) in [
            ("operation", &attempt.operation, &operations[..]),
            ("result", &attempt.result, &results),
            ("cause", &attempt.cause, verdicts),
            ("state", &attempt.state, states),
        ] {
            if let Some(value) = value {
                self.check(&format!("attempts {number}, {what}"), value, known);
            }
        }
    }
}
