//! Which operations a conclusion is about, where the failed operations of a bundle lead to several.
//!
//! A cause shows the answers for one operation: the one that speaks loudest for it. What was seen of that one need
//! not be so of the others.

use std::sync::Arc;

use crate::facts::Facts;
use crate::rules::{CauseId, Finding};

use super::tiers::Tier;
use super::{AttemptResult, OtherResult};

/// The failed operations that a conclusion is about. All are named by their place among the operations of the
/// facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Those that lead to the conclusion, in order of time.
    pub operations: Vec<usize>,
    /// How many failed in all.
    pub failed: usize,
}

/// Which operation the answers of a cause are of, and which of them are others for another operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswersOf {
    /// The operation.
    pub operation: usize,
    /// Checks whose answers, or sentences, differ between the failed operations.
    pub differing: Vec<&'static str>,
}

type Weighed<'r> = (usize, &'static Tier, &'r Arc<Vec<Finding>>);

/// The failed operations, with what a cause is made of for each.
fn failed<'r>(cause: CauseId, facts: &Facts, results: &'r [AttemptResult]) -> Vec<Weighed<'r>> {
    let failed = facts.attempts.iter().zip(results).enumerate();
    let failed = failed.filter(|(_, (attempt, _))| facts.counts_as_failed(attempt));
    failed
        .filter_map(|(at, (_, result))| {
            let (_, tier, findings) = result.causes.iter().find(|(of, _, _)| *of == cause)?;
            Some((at, *tier, findings))
        })
        .collect()
}

/// The failed operation that gives a cause its highest state; of several, the latest.
fn loudest<'t, 'r>(failed: &'t [Weighed<'r>]) -> Option<&'t Weighed<'r>> {
    failed.iter().max_by_key(|(_, tier, _)| tier.state)
}

/// The operations that a cause's state and reason are about; none where they are about all that failed.
pub(super) fn of_cause(cause: CauseId, facts: &Facts, results: &[AttemptResult]) -> Option<About> {
    let failed = failed(cause, facts, results);
    let (_, shown, _) = loudest(&failed)?;
    let alike = |tier: &Tier| (tier.state, tier.reason) == (shown.state, shown.reason);
    let operations = failed.iter().filter(|(_, tier, _)| alike(tier)).map(|(at, ..)| *at).collect();
    some(About { operations, failed: failed.len() })
}

/// The operations that another diagnosis is about; none where it is about all that failed.
pub(super) fn of_other(id: &str, facts: &Facts, results: &[AttemptResult]) -> Option<About> {
    let failed = facts.attempts.iter().zip(results).enumerate();
    let failed: Vec<_> = failed.filter(|(_, (attempt, _))| facts.counts_as_failed(attempt)).collect();
    let has = |result: &AttemptResult| result.other.as_ref().is_some_and(|other| other.id == id);
    let operations = failed.iter().filter(|(_, (_, result))| has(result)).map(|(at, _)| *at).collect();
    some(About { operations, failed: failed.len() })
}

fn some(about: About) -> Option<About> {
    (!about.operations.is_empty() && about.operations.len() < about.failed).then_some(about)
}

/// Whose answers a cause shows; none where no failed operation has others.
pub(super) fn answers_of(cause: CauseId, facts: &Facts, results: &[AttemptResult]) -> Option<AnswersOf> {
    let failed = failed(cause, facts, results);
    let (operation, _, shown) = loudest(&failed)?;
    let of = |findings: &[Finding], check: &str| -> Vec<String> {
        let of_check = findings.iter().filter(|finding| finding.check == check);
        of_check.map(|finding| finding.text.key.clone()).collect()
    };
    // Of very many operations most share their answers, and some have none.
    let mut others: Vec<&Arc<Vec<Finding>>> = failed.iter().map(|(.., findings)| *findings).collect();
    others.retain(|findings| !findings.is_empty() && !Arc::ptr_eq(findings, shown));
    others.dedup_by(|a, b| Arc::ptr_eq(a, b));
    let mut differing: Vec<&'static str> = shown.iter().map(|finding| finding.check).collect();
    differing.dedup();
    differing.retain(|check| {
        let own = of(shown, check);
        others.iter().any(|findings| of(findings, check) != own)
    });
    (!differing.is_empty()).then_some(AnswersOf { operation: *operation, differing })
}

/// Puts in whom the conclusions are about.
pub(super) fn of_others(others: &mut [OtherResult], facts: &Facts, results: &[AttemptResult]) {
    for other in others {
        other.about = of_other(&other.id, facts, results);
    }
}
