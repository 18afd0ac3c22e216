//! Answers of very many operations: an operation that is like a later one shares that one's.
//!
//! The answers for one operation take some 30 KB, and a log may hold ten thousand. What is shown and judged by
//! is always the latest of those that stand alike, so that older ones of the same kind need none of their own.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;

use super::AttemptResult;
use crate::facts::{Attempt, Facts};
use crate::rules::Finding;

/// Latest operations that have their own answers.
const OWN: usize = 500;
/// Kinds of older operations that have some. A real bundle has a few.
const KINDS: usize = 500;

/// The answers so far, from the latest operation to the oldest.
#[derive(Debug, Default)]
pub(super) struct Told {
    operations: usize,
    /// Of each kind of operation the answers of the latest.
    kinds: HashMap<String, Vec<Arc<Vec<Finding>>>>,
}

impl Told {
    /// Gives an operation the answers of a later one of the same kind, if there are many.
    pub(super) fn share(
        &mut self,
        facts: &Facts,
        attempt: &Attempt,
        mut result: AttemptResult,
    ) -> AttemptResult {
        self.operations += 1;
        let kind = kind(facts, attempt, &result);
        let Some(known) = self.kinds.get(&kind) else {
            if self.kinds.len() < KINDS {
                let own = result.causes.iter().map(|(_, _, findings)| Arc::clone(findings)).collect();
                self.kinds.insert(kind, own);
            } else if self.operations > OWN {
                result.causes.iter_mut().for_each(|(_, _, findings)| *findings = Arc::default());
            }
            return result;
        };
        if self.operations > OWN {
            for ((_, _, findings), known) in result.causes.iter_mut().zip(known) {
                *findings = Arc::clone(known);
            }
        }
        result
    }
}

/// All that tells one operation from another for who judges: how it ended, where each cause stands and why, and
/// each answer.
fn kind(facts: &Facts, attempt: &Attempt, result: &AttemptResult) -> String {
    let counts = facts.counts_as_failed(attempt);
    let other = result.other.as_ref().map(|other| other.id.as_str());
    let mut kind = format!("{:?} {counts} {:?} {:?} {other:?}", attempt.outcome, result.cause, result.state);
    for (_, tier, findings) in &result.causes {
        kind.push_str(tier.reason);
        for finding in findings.iter() {
            let _ = write!(kind, " {} {:?}", finding.check, finding.answer);
        }
    }
    kind
}
