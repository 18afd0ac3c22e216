//! Diagnosis: what the findings add up to, for each operation and for the bundle.
//!
//! An operation's cause is the one that stands highest alone. Two causes on the same step are no
//! answer: the diagnosis says so, and says what would separate them.

mod about;
pub mod collect;
mod over_all;
mod remedy;
pub mod tiers;
mod told;
mod verdict;
mod warnings;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::facts::{Attempt, Facts, Outcome};
use crate::rules::{self, CauseId, Finding, OtherFinding};
use crate::words::Statement;

pub use crate::rules::{Answer, Weight};
pub use about::{About, AnswersOf};
pub use collect::Collect;
pub use remedy::RemedyPlan;

use told::Told;

/// How sure a diagnosis is: a tier derived from the evidence, never a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// A check that rules it out holds, and its evidence is valid for the failure in question.
    RuledOut,
    /// Nothing at hand speaks for or against.
    Undetermined,
    /// Consistent, not separated from another cause.
    Possible,
    /// All that is at hand points here, and one named thing is missing that could overturn it.
    Likely,
    /// A check that proves it holds, and no valid evidence contradicts.
    Confirmed,
}

impl State {
    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            State::RuledOut => "ruled_out",
            State::Undetermined => "undetermined",
            State::Possible => "possible",
            State::Likely => "likely",
            State::Confirmed => "confirmed",
        }
    }
}

/// The cause of an operation, or of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum VerdictCause {
    /// One of the three.
    Cause(CauseId),
    /// A known diagnosis outside the three.
    Other,
    /// The evidence does not decide.
    Undetermined,
    /// Nothing failed.
    NoFailure,
}

impl VerdictCause {
    /// The id in reports.
    pub fn id(self) -> &'static str {
        match self {
            VerdictCause::Cause(cause) => cause.id(),
            VerdictCause::Other => "other",
            VerdictCause::Undetermined => "undetermined",
            VerdictCause::NoFailure => "no-failure",
        }
    }
}

/// The whole diagnosis.
#[derive(Debug, Clone)]
pub struct Diagnosis {
    /// The answer.
    pub verdict: Verdict,
    /// The three causes over all failed operations, in the article's order.
    pub causes: Vec<CauseResult>,
    /// Other known diagnoses.
    pub other: Vec<OtherResult>,
    /// One for each operation of the facts, in their order.
    pub attempts: Vec<AttemptResult>,
    /// What to collect next.
    pub collect: Vec<Collect>,
    /// What stands beside the verdict.
    pub warnings: Vec<Statement>,
}

/// The answer.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// Cause.
    pub cause: VerdictCause,
    /// How sure.
    pub state: State,
    /// Id of the known diagnosis, where the cause is another one.
    pub other: Option<String>,
    /// One sentence.
    pub summary: Statement,
}

/// One of the three causes.
#[derive(Debug, Clone)]
pub struct CauseResult {
    /// Which.
    pub cause: CauseId,
    /// How sure.
    pub state: State,
    /// Why.
    pub reason: Statement,
    /// The failed operations that the state and the reason are about; none where it is all of them.
    pub about: Option<About>,
    /// Answers of its checks for the operation that speaks loudest.
    pub findings: Vec<Finding>,
    /// That operation, where others have other answers.
    pub answers_of: Option<AnswersOf>,
    /// Artifacts that are missing to decide.
    pub missing: Vec<rules::Need>,
    /// What to do.
    pub remedy: Option<RemedyPlan>,
}

/// A known diagnosis outside the three.
#[derive(Debug, Clone)]
pub struct OtherResult {
    /// Its id.
    pub id: String,
    /// How sure.
    pub state: State,
    /// Why.
    pub reason: Statement,
    /// The failed operations that it is about; none where it is all of them.
    pub about: Option<About>,
    /// What tells it, for each of the first operations, by its place among those of the facts.
    pub findings: Vec<(Option<usize>, Finding)>,
    /// What to do.
    pub remedy: RemedyPlan,
}

/// What became of one operation.
#[derive(Debug, Clone)]
pub struct AttemptResult {
    /// Its cause; none where it did not fail.
    pub cause: VerdictCause,
    /// How sure.
    pub state: State,
    /// Answers and states for each cause.
    pub causes: Vec<(CauseId, &'static tiers::Tier, Arc<Vec<Finding>>)>,
    /// The other known diagnosis.
    pub other: Option<OtherFinding>,
}

impl AttemptResult {
    /// Why it has its cause: of one that is open, why each cause is that may be it.
    pub fn reasons(&self) -> Vec<Statement> {
        let of = |wanted: &dyn Fn(CauseId, State) -> bool| -> Vec<Statement> {
            let causes = self.causes.iter().filter(|(cause, tier, _)| wanted(*cause, tier.state));
            causes.map(|(cause, tier, findings)| over_all::reason(*cause, tier, findings)).collect()
        };
        match self.cause {
            VerdictCause::Cause(cause) => of(&|of, _| of == cause),
            VerdictCause::Other => self.other.iter().map(|other| other.finding.text.clone()).collect(),
            VerdictCause::Undetermined => of(&|_, state| state >= State::Possible),
            VerdictCause::NoFailure => Vec::new(),
        }
    }
}

/// Weighs everything that the facts say.
pub fn diagnose(facts: &Facts) -> Diagnosis {
    // The latest first: their answers are those that are shown.
    let mut told = Told::default();
    let mut attempts: Vec<AttemptResult> = facts
        .attempts
        .iter()
        .rev()
        .map(|attempt| told.share(facts, attempt, weigh(facts, attempt)))
        .collect();
    attempts.reverse();
    let machines = rules::examine_machines(facts);
    let verdict = verdict::verdict(facts, &attempts);
    let mut causes: Vec<CauseResult> =
        CauseId::ALL.iter().map(|cause| over_all::cause(*cause, facts, &attempts, &machines)).collect();
    for result in &mut causes {
        result.remedy = remedy::for_cause(result, facts, &attempts);
    }
    let mut other = over_all::other(facts, &attempts);
    about::of_others(&mut other, facts, &attempts);
    let collect = collect::next(&verdict, facts, &attempts);
    for result in &mut causes {
        result.missing = collect::of_cause(&collect, result.cause);
    }
    let warnings = warnings::warnings(facts, &verdict, &machines);
    Diagnosis { verdict, causes, other, attempts, collect, warnings }
}

fn weigh(facts: &Facts, attempt: &Attempt) -> AttemptResult {
    let findings = rules::examine(facts, attempt);
    let causes: Vec<(CauseId, &'static tiers::Tier, Arc<Vec<Finding>>)> = findings
        .causes
        .into_iter()
        .map(|(cause, findings)| (cause, tiers::rung(cause, &findings), Arc::new(findings)))
        .collect();
    let (cause, state) = match attempt.outcome {
        Outcome::Succeeded => (VerdictCause::NoFailure, State::Confirmed),
        Outcome::Unknown => (VerdictCause::Undetermined, State::Undetermined),
        // A server in staging mode decides nothing, of its own old operations neither.
        Outcome::Failed if facts.staging_of(attempt).is_some() => {
            (VerdictCause::Undetermined, State::Undetermined)
        }
        Outcome::Failed => {
            highest(causes.iter().map(|(cause, tier, _)| (*cause, tier.state)), findings.other.as_ref())
        }
    };
    AttemptResult { cause, state, causes, other: findings.other }
}

/// The one that stands highest alone.
fn highest(
    causes: impl Iterator<Item = (CauseId, State)>,
    other: Option<&OtherFinding>,
) -> (VerdictCause, State) {
    let three = causes.map(|(cause, state)| (state, VerdictCause::Cause(cause)));
    let other = other.map(|other| (other_state(other), VerdictCause::Other));
    let mut standing: Vec<(State, VerdictCause)> = three.chain(other).collect();
    standing.sort_by(|a, b| b.cmp(a));
    match standing.as_slice() {
        [(state, _), ..] if *state < State::Possible => (VerdictCause::Undetermined, State::Undetermined),
        [(first, _), (second, _), ..] if first == second => (VerdictCause::Undetermined, State::Undetermined),
        [(state, cause), ..] => (*cause, *state),
        [] => (VerdictCause::Undetermined, State::Undetermined),
    }
}

fn other_state(other: &OtherFinding) -> State {
    match (other.explains, other.finding.weight) {
        (true, _) => State::Confirmed,
        (false, Weight::Supports) => State::Likely,
        (false, _) => State::Possible,
    }
}
