//! Which operations the conclusions of a report are about, and why each operation has its cause.

use crate::diagnosis::{About, AttemptResult, CauseResult, OtherResult};
use crate::facts::{Attempt as AttemptFact, Outcome};
use crate::report::model::{About as AboutEntry, Evidence, OfAttempt};

use super::Writer;

/// Most operations that a conclusion names.
const NAMED: usize = 10;

impl Writer<'_> {
    fn of_attempt(&self, operation: usize) -> Option<OfAttempt> {
        let attempt = self.facts.attempts.get(operation)?;
        Some(OfAttempt { time: attempt.time.to_string(), user: attempt.user.clone() })
    }

    pub(super) fn about(&self, about: Option<&About>) -> Option<AboutEntry> {
        let about = about?;
        let latest = about.operations.iter().skip(about.operations.len().saturating_sub(NAMED));
        Some(AboutEntry {
            count: about.operations.len(),
            failed: about.failed,
            attempts: latest.filter_map(|operation| self.of_attempt(*operation)).collect(),
        })
    }

    /// The answers of a cause. Those that are others for another operation say which one they are for.
    pub(super) fn evidence_of_cause(&self, cause: &CauseResult) -> Vec<Evidence> {
        let of = cause.answers_of.as_ref();
        let attempt = of.and_then(|of| self.of_attempt(of.operation));
        let differs = |check| of.is_some_and(|of| of.differing.contains(&check));
        let findings = cause.findings.iter();
        findings
            .flat_map(|finding| self.evidence(finding, attempt.as_ref().filter(|_| differs(finding.check))))
            .collect()
    }

    pub(super) fn evidence_of_other(&self, other: &OtherResult) -> Vec<Evidence> {
        let findings = other.findings.iter();
        findings
            .flat_map(|(operation, finding)| {
                let operation = operation.filter(|_| other.about.is_some());
                self.evidence(finding, operation.and_then(|at| self.of_attempt(at)).as_ref())
            })
            .collect()
    }

    /// Why an operation that failed has its cause; none where nothing fits.
    pub(super) fn reason(&self, attempt: &AttemptFact, result: &AttemptResult) -> Option<String> {
        if attempt.outcome != Outcome::Failed || self.facts.staging_of(attempt).is_some() {
            return None;
        }
        let reasons: Vec<_> = result.reasons().iter().map(|reason| self.named(reason)).collect();
        (!reasons.is_empty()).then(|| self.words.say_all(&reasons))
    }
}
