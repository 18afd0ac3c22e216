//! Each cause, and each other diagnosis, over all operations of the bundle.

use std::sync::Arc;

use crate::facts::{Attempt, Facts, Outcome};
use crate::rules::{Answer, CauseId, Finding, Findings, Weight};
use crate::source::Source;
use crate::words::Statement;

use super::tiers::{Tier, tier_values};
use super::{AttemptResult, CauseResult, OtherResult, State, about, other_state, remedy, tiers};

/// A cause over all failed operations: the highest state that one of them gives it.
pub(super) fn cause(
    cause: CauseId,
    facts: &Facts,
    attempts: &[AttemptResult],
    machines: &Findings,
) -> CauseResult {
    let of = |outcome: Outcome| {
        let counts =
            move |attempt: &Attempt| attempt.outcome == outcome && facts.staging_of(attempt).is_none();
        facts.attempts.iter().zip(attempts).filter(move |(attempt, _)| counts(attempt)).filter_map(
            move |(_, result)| {
                let (_, tier, findings) = result.causes.iter().find(|(of, _, _)| *of == cause)?;
                Some((*tier, Arc::clone(findings)))
            },
        )
    };
    // Of several with the same state, the latest: its evidence is the freshest.
    let loudest = of(Outcome::Failed).max_by_key(|(tier, _)| tier.state);
    let at_machines = || {
        let findings =
            machines.causes.iter().find(|(of, _)| *of == cause).map(|(_, findings)| findings.clone())?;
        Some((tiers::rung(cause, &findings), Arc::new(findings)))
    };
    let (tier, findings) = loudest
        .or_else(|| at_machines().filter(|(tier, _)| tier.state >= State::Possible))
        // An operation without an end may have failed: it decides nothing, but the success of others does not
        // speak for it, and it says what is missing.
        .or_else(|| of(Outcome::Unknown).rfind(|(tier, _)| tier.state <= State::Undetermined))
        .or_else(|| of(Outcome::Succeeded).next_back())
        .or_else(at_machines)
        .unwrap_or_else(|| (tiers::rung(cause, &[]), Arc::default()));
    let reason = reason(cause, tier, &findings);
    CauseResult {
        cause,
        state: tier.state,
        reason,
        about: about::of_cause(cause, facts, attempts),
        findings: findings.to_vec(),
        answers_of: about::answers_of(cause, facts, attempts),
        missing: Vec::new(),
        remedy: None,
    }
}

/// Why a cause stands on its rung.
pub(super) fn reason(cause: CauseId, tier: &Tier, findings: &[Finding]) -> Statement {
    let denied = findings.iter().any(|finding| {
        (finding.check, finding.answer) == ("connector-right-missing", Answer::Yes)
            && finding.text.key.contains("-denied")
    });
    // That a right is not given would be mended by a grant; that it is denied is not.
    let why = match tier.reason {
        "right-missing" if denied => "right-missing-denied",
        why => why,
    };
    let mut reason = Statement::new(format!("reason.{}.{why}", cause.id()));
    reason.values = tier_values(tier, findings);
    reason
}

/// Other known diagnoses, in order of their first operation.
pub(super) fn other(facts: &Facts, attempts: &[AttemptResult]) -> Vec<OtherResult> {
    /// The operations of one diagnosis look alike; a few show it.
    const SHOWN: usize = 3;
    let mut results: Vec<OtherResult> = Vec::new();
    for (at, (attempt, result)) in facts.attempts.iter().zip(attempts).enumerate() {
        let Some(other) = result.other.as_ref().filter(|_| facts.staging_of(attempt).is_none()) else {
            continue;
        };
        let state = other_state(other);
        match results.iter_mut().find(|have| have.id == other.id) {
            Some(have) => {
                have.state = have.state.max(state);
                if have.findings.len() < SHOWN {
                    have.findings.push((Some(at), other.finding.clone()));
                    let known = |more: &&Finding| have.findings.iter().any(|(_, known)| known == *more);
                    let more = other.more.iter().filter(|more| !known(more)).cloned();
                    have.findings.extend(more.map(|more| (Some(at), more)).collect::<Vec<_>>());
                }
            }
            None => results.push(OtherResult {
                id: other.id.clone(),
                state,
                reason: other.finding.text.clone(),
                about: None,
                findings: std::iter::once(&other.finding)
                    .chain(&other.more)
                    .map(|finding| (Some(at), finding.clone()))
                    .collect(),
                remedy: remedy::for_other(other, attempt, facts),
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
        aside: false,
        sources,
        needs: Vec::new(),
    };
    OtherResult {
        id: "service-connectivity".to_owned(),
        state: State::Possible,
        reason: text,
        about: None,
        findings: vec![(None, finding)],
        remedy: remedy::for_page("service-connectivity"),
    }
}
