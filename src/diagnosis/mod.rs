//! Diagnosis: what the findings add up to, for each operation and for the bundle.
//!
//! An operation's cause is the one that stands highest alone. Two causes on the same step are no
//! answer: the diagnosis says so, and says what would separate them.

mod collect;
mod remedy;
pub mod tiers;

use serde::{Deserialize, Serialize};

use crate::facts::{Attempt, Facts, Outcome};
use crate::rules::{self, CauseId, Finding, Findings, OtherFinding};
use crate::source::Source;
use crate::words::Statement;

pub use crate::rules::{Answer, Weight};
pub use collect::Collect;
pub use remedy::RemedyPlan;

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
    /// Answers of its checks for the operation that speaks loudest.
    pub findings: Vec<Finding>,
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
    /// What tells it, one for each of the first operations.
    pub findings: Vec<Finding>,
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
    pub causes: Vec<(CauseId, &'static tiers::Tier, Vec<Finding>)>,
    /// The other known diagnosis.
    pub other: Option<OtherFinding>,
}

/// Weighs everything that the facts say.
pub fn diagnose(facts: &Facts) -> Diagnosis {
    let attempts: Vec<AttemptResult> =
        facts.attempts.iter().map(|attempt| weigh(attempt, rules::examine(facts, attempt))).collect();
    let machines = rules::examine_machines(facts);
    let verdict = verdict(facts, &attempts);
    let mut causes: Vec<CauseResult> =
        CauseId::ALL.iter().map(|cause| over_all(*cause, facts, &attempts, &machines)).collect();
    for result in &mut causes {
        result.missing = collect::missing(result);
        result.remedy = remedy::for_cause(result, facts);
    }
    let other = other_results(facts, &attempts);
    let collect = collect::next(&verdict, &causes, facts);
    let warnings = warnings(facts, &verdict, &machines);
    Diagnosis { verdict, causes, other, attempts, collect, warnings }
}

fn weigh(attempt: &Attempt, findings: Findings) -> AttemptResult {
    let causes: Vec<(CauseId, &'static tiers::Tier, Vec<Finding>)> = findings
        .causes
        .into_iter()
        .map(|(cause, findings)| (cause, tiers::rung(cause, &findings), findings))
        .collect();
    let (cause, state) = match attempt.outcome {
        Outcome::Succeeded => (VerdictCause::NoFailure, State::Confirmed),
        Outcome::Unknown => (VerdictCause::Undetermined, State::Undetermined),
        Outcome::Failed => highest(&causes, findings.other.as_ref()),
    };
    AttemptResult { cause, state, causes, other: findings.other }
}

/// The one that stands highest alone.
fn highest(
    causes: &[(CauseId, &'static tiers::Tier, Vec<Finding>)],
    other: Option<&OtherFinding>,
) -> (VerdictCause, State) {
    let three = causes.iter().map(|(cause, tier, _)| (tier.state, VerdictCause::Cause(*cause)));
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

/// The cause of the most failed operations; of the latest, where as many have another.
fn verdict(facts: &Facts, attempts: &[AttemptResult]) -> Verdict {
    let failed: Vec<(usize, &AttemptResult)> = facts
        .attempts
        .iter()
        .zip(attempts)
        .enumerate()
        .filter(|(_, (attempt, _))| attempt.outcome == Outcome::Failed)
        .map(|(index, (_, result))| (index, result))
        .collect();
    if failed.is_empty() {
        return nothing_failed(facts);
    }
    let decided: Vec<&(usize, &AttemptResult)> =
        failed.iter().filter(|(_, result)| result.cause != VerdictCause::Undetermined).collect();
    let mut tally: Vec<(usize, usize, VerdictCause, State)> = Vec::new();
    for (index, result) in decided {
        match tally.iter_mut().find(|(_, _, cause, _)| *cause == result.cause) {
            Some((count, latest, _, state)) => {
                *count += 1;
                *latest = *index;
                *state = (*state).max(result.state);
            }
            None => tally.push((1, *index, result.cause, result.state)),
        }
    }
    let winner = tally.into_iter().max_by_key(|(count, latest, _, _)| (*count, *latest));
    let (count, cause, state) = match winner {
        Some((count, _, cause, state)) => (count, cause, state),
        None => (failed.len(), VerdictCause::Undetermined, State::Undetermined),
    };
    let key = match cause {
        VerdictCause::Undetermined => undetermined_key(&failed),
        _ => format!("summary.{}.{}", cause.id(), state.word()),
    };
    let mut summary = Statement::new(key)
        .with("count", count.to_string())
        .with("total", failed.len().to_string())
        .with("users", users(facts, &failed).to_string());
    let of_cause = failed
        .iter()
        .rev()
        .map(|(_, result)| *result)
        .find(|result| result.cause == cause && result.state == state);
    if let Some(result) = of_cause {
        summary.values.extend(values_of(result, cause));
    }
    Verdict { cause, state, summary }
}

/// Which causes an undecided bundle leaves open.
fn undetermined_key(failed: &[(usize, &AttemptResult)]) -> String {
    let Some((_, last)) = failed.last() else { return "summary.undetermined.nothing".to_owned() };
    let open: Vec<&str> = last
        .causes
        .iter()
        .filter(|(_, tier, _)| tier.state >= State::Possible)
        .map(|(cause, _, _)| match cause {
            CauseId::ProtectedAccount => "1",
            CauseId::ConnectorPermissions => "2",
            CauseId::RemoteSam => "3",
        })
        .collect();
    match open.as_slice() {
        [] => "summary.undetermined.none-fits".to_owned(),
        open => format!("summary.undetermined.open-{}", open.join("")),
    }
}

fn users(facts: &Facts, failed: &[(usize, &AttemptResult)]) -> usize {
    let mut users: Vec<String> = failed
        .iter()
        .filter_map(|(index, _)| facts.attempts.get(*index)?.user.as_deref().map(str::to_lowercase))
        .collect();
    users.sort();
    users.dedup();
    users.len()
}

/// Values that the deciding answers name: the machine, the account, the value.
fn values_of(result: &AttemptResult, cause: VerdictCause) -> Vec<(&'static str, String)> {
    match cause {
        VerdictCause::Cause(id) => result
            .causes
            .iter()
            .find(|(cause, _, _)| *cause == id)
            .map(|(_, tier, findings)| tier_values(tier, findings))
            .unwrap_or_default(),
        _ => result.other.as_ref().map(|other| other.finding.text.values.clone()).unwrap_or_default(),
    }
}

fn tier_values(tier: &tiers::Tier, findings: &[Finding]) -> Vec<(&'static str, String)> {
    let mut values: Vec<(&'static str, String)> = Vec::new();
    // The last condition is the one that tells this rung from those below it.
    for condition in tier.all.iter().rev() {
        for finding in findings.iter().filter(|finding| finding.check == condition.check()) {
            for value in &finding.text.values {
                if !values.iter().any(|(name, _)| *name == value.0) {
                    values.push(value.clone());
                }
            }
        }
    }
    values
}

/// Logs that would show a failure cover operations, and none failed; or no log could show one.
fn nothing_failed(facts: &Facts) -> Verdict {
    let succeeded = facts.attempts.iter().filter(|attempt| attempt.outcome == Outcome::Succeeded).count();
    let writeback: Vec<_> = facts.logs.iter().filter(|log| log.has_writeback).collect();
    let undetermined = |key: &str| Verdict {
        cause: VerdictCause::Undetermined,
        state: State::Undetermined,
        summary: Statement::new(key),
    };
    if succeeded == 0 {
        return if writeback.is_empty() {
            undetermined("summary.undetermined.no-log")
        } else if facts.service_trouble.is_empty() {
            undetermined("summary.undetermined.no-attempt")
        } else {
            undetermined("summary.undetermined.service-trouble")
        };
    }
    let whole = writeback.iter().all(|log| log.coverage.lost == 0);
    let state = if whole { State::Confirmed } else { State::Likely };
    Verdict {
        cause: VerdictCause::NoFailure,
        state,
        summary: Statement::new(format!("summary.no-failure.{}", state.word()))
            .with("count", succeeded.to_string()),
    }
}

/// A cause over all failed operations: the highest state that one of them gives it.
fn over_all(cause: CauseId, facts: &Facts, attempts: &[AttemptResult], machines: &Findings) -> CauseResult {
    let of = |outcome: Outcome| {
        facts.attempts.iter().zip(attempts).filter(move |(attempt, _)| attempt.outcome == outcome).filter_map(
            move |(_, result)| {
                let (_, tier, findings) = result.causes.iter().find(|(of, _, _)| *of == cause)?;
                Some((*tier, findings.clone()))
            },
        )
    };
    // Of several with the same state, the latest: its evidence is the freshest.
    let loudest = of(Outcome::Failed).max_by_key(|(tier, _)| tier.state);
    let at_machines = || {
        let findings =
            machines.causes.iter().find(|(of, _)| *of == cause).map(|(_, findings)| findings.clone())?;
        Some((tiers::rung(cause, &findings), findings))
    };
    let (tier, findings) = loudest
        .or_else(|| at_machines().filter(|(tier, _)| tier.state >= State::Possible))
        .or_else(|| of(Outcome::Succeeded).next_back())
        .or_else(at_machines)
        .unwrap_or_else(|| (tiers::rung(cause, &[]), Vec::new()));
    let mut reason = Statement::new(format!("reason.{}.{}", cause.id(), tier.reason));
    reason.values = tier_values(tier, &findings);
    CauseResult { cause, state: tier.state, reason, findings, missing: Vec::new(), remedy: None }
}

/// Other known diagnoses, in order of their first operation.
fn other_results(facts: &Facts, attempts: &[AttemptResult]) -> Vec<OtherResult> {
    /// The operations of one diagnosis look alike; a few show it.
    const SHOWN: usize = 3;
    let mut results: Vec<OtherResult> = Vec::new();
    for (attempt, result) in facts.attempts.iter().zip(attempts) {
        let Some(other) = &result.other else { continue };
        let state = other_state(other);
        match results.iter_mut().find(|have| have.id == other.id) {
            Some(have) => {
                have.state = have.state.max(state);
                if have.findings.len() < SHOWN {
                    have.findings.push(other.finding.clone());
                }
            }
            None => results.push(OtherResult {
                id: other.id.clone(),
                state,
                reason: other.finding.text.clone(),
                findings: vec![other.finding.clone()],
                remedy: remedy::for_other(&other.id, attempt, facts),
            }),
        }
    }
    if results.is_empty() && !facts.service_trouble.is_empty() {
        results.push(service_trouble(facts));
    }
    results
}

fn service_trouble(facts: &Facts) -> OtherResult {
    let sources: Vec<Source> =
        facts.service_trouble.iter().rev().take(3).map(|seen| seen.source.clone()).collect();
    let text =
        Statement::new("other.service-connectivity").with("count", facts.service_trouble.len().to_string());
    let finding = Finding {
        check: "service-connectivity-code",
        weight: Weight::Supports,
        answer: Answer::Yes,
        text: text.clone(),
        sources,
        needs: Vec::new(),
    };
    OtherResult {
        id: "service-connectivity".to_owned(),
        state: State::Possible,
        reason: text,
        findings: vec![finding],
        remedy: remedy::for_page("service-connectivity"),
    }
}

/// What stands beside the verdict: what hides a cause, and what will bring one back.
fn warnings(facts: &Facts, verdict: &Verdict, machines: &Findings) -> Vec<Statement> {
    let mut warnings = Vec::new();
    for connector in facts.connectors.accounts.iter().filter(|connector| connector.protected.is_some()) {
        warnings
            .push(Statement::new("warning.connector-is-protected").with("account", connector.account.full()));
    }
    let latent =
        machines.causes.iter().find(|(cause, _)| *cause == CauseId::RemoteSam).and_then(|(_, findings)| {
            findings.iter().find(|finding| {
                finding.check == "controller-denies-connector" && finding.answer == Answer::Yes
            })
        });
    if let Some(finding) = latent
        && verdict.cause != VerdictCause::Cause(CauseId::RemoteSam)
    {
        let mut warning = Statement::new("warning.restriction-is-latent");
        warning.values.clone_from(&finding.text.values);
        warnings.push(warning);
    }
    for policy in &facts.restrictions.not_applied {
        let key = if policy.simulated {
            "warning.simulation-is-no-evidence"
        } else {
            "warning.gpo-defines-setting"
        };
        warnings.push(Statement::new(key).with("path", policy.source.path.to_string()).with(
            "value",
            policy.value.as_ref().map(super::facts::sam_restriction::SamValue::shown).unwrap_or_default(),
        ));
    }
    for source in &facts.restrictions.unelevated {
        warnings.push(Statement::new("warning.report-not-elevated").with("path", source.path.to_string()));
    }
    for source in &facts.restrictions.without_key {
        warnings.push(Statement::new("warning.export-without-key").with("path", source.path.to_string()));
    }
    warnings
}
