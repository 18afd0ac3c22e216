//! Comparison: two reports of the same customer, before and after a change. What differs, and whether
//! the cause that the first one found is gone.
//!
//! Only an operation that is newer than all of the first report shows that a fix worked. Without one,
//! changed evidence is listed, and nothing is concluded from it.

mod text;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::diagnosis::{Answer, State};
use crate::report::Report;
use crate::report::model::{ArtifactEntry, Attempt, FactEntry};
use crate::rules::CauseId;
use crate::words::{Catalogue, Language, Statement};

pub use text::render;

/// Version of the comparison's JSON shape.
pub const SCHEMA: &str = "sspr-triage/diff/1";

/// The fact that a registry value stands in.
const REGISTRY_VALUE: &str = "sam-registry-value";
/// The fact that a policy's setting stands in.
const POLICY: &str = "sam-policy";

/// What differs between two reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// Language of the sentences.
    pub language: Language,
    /// What became of the cause that the first report found.
    pub outcome: Outcome,
    /// Why, in a sentence.
    pub reason: String,
    /// The side in which nothing could be used, so that the other one differs from it in all.
    #[serde(skip)]
    pub unreadable: Option<Side>,
    /// `verdict`, the causes and the other diagnoses whose state changed.
    pub states: Vec<Change>,
    /// Checks whose answers changed, as `cause/check`.
    pub checks: Vec<Change>,
    /// Facts whose values changed, as `subject: fact`.
    pub facts: Vec<Change>,
}

/// What became of the cause that the first report found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// A user whose operation failed succeeded later, all of them where each account has the cause by itself.
    Fixed,
    /// An operation failed again for the same cause, or nothing that decides changed.
    NotFixed,
    /// The value is gone, and a policy that still defines it writes it again at its next refresh.
    WillComeBack,
    /// Something changed, and no later operation shows whether it helped.
    NotShown,
    /// The first report found no cause.
    NoCauseBefore,
}

/// One of the two that are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The first.
    Before,
    /// The second.
    After,
}

/// A value before and after; none where a report does not have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What changed.
    pub what: String,
    /// In the first report.
    pub before: Option<String>,
    /// In the second.
    pub after: Option<String>,
}

impl Outcome {
    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Fixed => "fixed",
            Outcome::NotFixed => "not-fixed",
            Outcome::WillComeBack => "will-come-back",
            Outcome::NotShown => "not-shown",
            Outcome::NoCauseBefore => "no-cause-before",
        }
    }
}

/// The comparison as JSON.
///
/// # Errors
/// None is known for this model; the serializer's own error is passed on.
pub fn json(comparison: &Comparison) -> Result<String, serde_json::Error> {
    crate::report::json::document(comparison)
}

/// Compares two reports.
pub fn compare(before: &Report, after: &Report, language: Language) -> Comparison {
    let states = changes(states(before), states(after));
    let checks = changes(checks(before), checks(after));
    let facts = changes(facts(before), facts(after));
    let changed = !(checks.is_empty() && facts.is_empty());
    let unreadable = [(Side::Before, before), (Side::After, after)];
    let unreadable = unreadable.into_iter().find(|(_, report)| !is_usable(report)).map(|(side, _)| side);
    let (outcome, reason) = match unreadable {
        Some(Side::Before) => (Outcome::NoCauseBefore, Statement::new("diff.unreadable-before")),
        Some(Side::After) => (Outcome::NotShown, Statement::new("diff.unreadable-after")),
        None => outcome(before, after, changed),
    };
    Comparison {
        schema: SCHEMA,
        language,
        outcome,
        reason: Catalogue::of(language).say(&reason),
        unreadable,
        states,
        checks,
        facts,
    }
}

/// Whether a file of the report says anything.
fn is_usable(report: &Report) -> bool {
    let says = |file: &ArtifactEntry| {
        file.kind != "not-used" && file.coverage.as_ref().is_none_or(|covered| covered.records > 0)
    };
    report.artifacts.iter().any(says)
}

fn outcome(before: &Report, after: &Report, changed: bool) -> (Outcome, Statement) {
    let cause = before.verdict.cause.as_str();
    let sentence = |outcome: Outcome, why: &str| (outcome, Statement::new(format!("diff.{why}")));
    if ["undetermined", "no-failure"].contains(&cause) {
        return sentence(Outcome::NoCauseBefore, "no-cause-before");
    }
    let last = before.attempts.iter().filter_map(time).max();
    let newer: Vec<&Attempt> =
        after.attempts.iter().filter(|attempt| time(attempt) > last && attempt.user.is_some()).collect();
    let ended = |attempt: &&&Attempt, result: &str| attempt.result == result;
    let later_success = |failed: &Attempt| {
        newer
            .iter()
            .filter(|attempt| ended(attempt, "succeeded"))
            .any(|attempt| shows_mended(attempt, failed))
    };
    let again =
        newer.iter().filter(|attempt| ended(attempt, "failed")).find(|attempt| !later_success(attempt));
    if let Some(again) = again {
        let (outcome, why) = if again.cause == cause || again.cause == "undetermined" {
            (Outcome::NotFixed, "failed-again")
        } else {
            (Outcome::NotShown, "failed-otherwise")
        };
        let (outcome, why) = sentence(outcome, why);
        return (outcome, why.with("user", shown(again)).with("time", again.time.clone()));
    }
    if let Some((subject, value)) = comes_back(before, after) {
        let (outcome, why) = sentence(Outcome::WillComeBack, "will-come-back");
        return (outcome, why.with("machine", subject).with("value", value));
    }
    let failed =
        before.attempts.iter().filter(|attempt| attempt.result == "failed" && attempt.cause == cause);
    let failed: Vec<&Attempt> = failed.collect();
    let (mended, open): (Vec<&Attempt>, Vec<&Attempt>) =
        failed.iter().partition(|failed| later_success(failed));
    match (mended.first(), open.first()) {
        // Each account is protected by itself: one that was cleaned up says nothing of another.
        (Some(mended), Some(open)) if cause == CauseId::ProtectedAccount.id() && !same_user(mended, open) => {
            let (outcome, why) = sentence(Outcome::NotShown, "some-succeeded");
            return (outcome, why.with("user", shown(mended)).with("other", shown(open)));
        }
        (Some(mended), _) => {
            let (outcome, why) = sentence(Outcome::Fixed, "succeeded-later");
            return (outcome, why.with("user", shown(mended)));
        }
        (None, _) => {}
    }
    let stands = state_of(after, cause).is_some_and(|state| state >= State::Likely);
    if stands && !changed && newer.is_empty() {
        return sentence(Outcome::NotFixed, "nothing-changed");
    }
    let of_failed = |newer: &&Attempt| failed.iter().any(|failed| same_user(newer, failed));
    let latest = after.attempts.iter().filter_map(time).max();
    let why = match newer.iter().any(of_failed) {
        _ if newer.is_empty() && latest.is_some() && latest < last => "older-operations-only",
        _ if newer.is_empty() => "no-later-operation",
        true => "change-only",
        false => "other-users-only",
    };
    sentence(Outcome::NotShown, why)
}

/// The time of an operation. Its text has as many digits as are needed, so that texts do not sort.
fn time(attempt: &Attempt) -> Option<Timestamp> {
    attempt.time.parse().ok()
}

/// Whether an operation that succeeded shows that a failed one is mended. A change rests on the user's own password
/// and works where a reset is refused.
fn shows_mended(succeeded: &Attempt, failed: &Attempt) -> bool {
    const CHANGE: &str = "change";
    same_user(succeeded, failed)
        && time(succeeded) > time(failed)
        && (succeeded.operation != CHANGE || failed.operation == CHANGE)
}

fn same_user(one: &Attempt, other: &Attempt) -> bool {
    match (&one.user, &other.user) {
        (Some(one), Some(other)) => one.to_lowercase() == other.to_lowercase(),
        _ => false,
    }
}

fn shown(attempt: &Attempt) -> String {
    attempt.user.clone().unwrap_or_default()
}

fn state_of(report: &Report, id: &str) -> Option<State> {
    let causes = report.causes.iter().map(|cause| (&cause.id, cause.state));
    let others = report.other_diagnoses.iter().map(|other| (&other.id, other.state));
    causes.chain(others).find(|(known, _)| *known == id).map(|(_, state)| state)
}

/// A machine whose registry value went away or changed while its policy still sets the former one.
fn comes_back(before: &Report, after: &Report) -> Option<(String, String)> {
    let of = |report: &Report, name: &str| -> Vec<FactEntry> {
        report.facts.iter().filter(|fact| fact.fact == name).cloned().collect()
    };
    let now = of(after, REGISTRY_VALUE);
    let policies = of(after, POLICY);
    of(before, REGISTRY_VALUE).into_iter().find_map(|was| {
        let of_machine = |fact: &&FactEntry| fact.subject == was.subject;
        let changed = now.iter().any(|fact| of_machine(&fact))
            && !now.iter().any(|fact| of_machine(&fact) && fact.value == was.value);
        let still_set = policies.iter().any(|fact| of_machine(&fact) && fact.value == was.value);
        (changed && still_set).then_some((was.subject, was.value))
    })
}

/// What is compared: a value by its name, several values of one name joined in order.
type Values = BTreeMap<String, String>;

fn states(report: &Report) -> Values {
    let verdict = format!("{}, {}", report.verdict.cause, report.verdict.state.word());
    let mut states = Values::from([("verdict".to_owned(), verdict)]);
    for cause in &report.causes {
        states.insert(cause.id.clone(), cause.state.word().to_owned());
    }
    for other in &report.other_diagnoses {
        states.insert(other.id.clone(), other.state.word().to_owned());
    }
    states
}

fn checks(report: &Report) -> Values {
    let causes = report.causes.iter().map(|cause| (&cause.id, &cause.evidence));
    let others = report.other_diagnoses.iter().map(|other| (&other.id, &other.evidence));
    let mut answers: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (id, evidence) in causes.chain(others) {
        for evidence in evidence {
            let answer = match evidence.answer {
                Answer::Yes => "yes",
                Answer::No => "no",
                Answer::Unknown => "unknown",
            };
            answers.entry(format!("{id}/{}", evidence.check)).or_default().push(answer);
        }
    }
    joined(answers)
}

fn facts(report: &Report) -> Values {
    let mut values: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for fact in &report.facts {
        values.entry(format!("{}: {}", fact.subject, fact.fact)).or_default().push(&fact.value);
    }
    joined(values)
}

fn joined(values: BTreeMap<String, Vec<&str>>) -> Values {
    let join = |mut values: Vec<&str>| {
        values.sort_unstable();
        values.dedup();
        values.join(", ")
    };
    values.into_iter().map(|(name, values)| (name, join(values))).collect()
}

fn changes(before: Values, mut after: Values) -> Vec<Change> {
    let mut changes = Vec::new();
    for (what, was) in before {
        let is = after.remove(&what);
        if is.as_ref() != Some(&was) {
            changes.push(Change { what, before: Some(was), after: is });
        }
    }
    changes.extend(after.into_iter().map(|(what, is)| Change { what, before: None, after: Some(is) }));
    changes.sort_by(|one, other| one.what.cmp(&other.what));
    changes
}

#[cfg(test)]
mod tests;
