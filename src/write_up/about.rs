//! Which operations the conclusions of a report are about, and why each operation has its cause.

use crate::diagnosis::{About, AttemptResult, CauseResult, OtherResult, State, VerdictCause};
use crate::facts::{Attempt as AttemptFact, Outcome};
use crate::report::model::{About as AboutEntry, Evidence, OfAttempt};

use crate::words::Statement;

use super::Writer;

/// Most operations that a conclusion names.
const NAMED: usize = 10;

/// Rungs of which the sentences of all causes say the same, so that one is enough.
const SHARED_RUNGS: [&str; 3] = ["set-refused", "no-trace", "nothing"];

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

    /// The causes that remain possible for an operation that failed and has none.
    pub(super) fn open(&self, attempt: &AttemptFact, result: &AttemptResult) -> Vec<String> {
        let counts = attempt.outcome == Outcome::Failed && self.facts.staging_of(attempt).is_none();
        if !counts || result.cause != VerdictCause::Undetermined {
            return Vec::new();
        }
        let open = result.causes.iter().filter(|(_, tier, _)| tier.state >= State::Possible);
        open.map(|(cause, ..)| cause.id().to_owned()).collect()
    }

    /// Why an operation that failed has its cause; none where nothing fits.
    pub(super) fn reason(&self, attempt: &AttemptFact, result: &AttemptResult) -> Option<String> {
        if attempt.outcome != Outcome::Failed || self.facts.staging_of(attempt).is_some() {
            return None;
        }
        let reasons: Vec<_> = once_each(result.reasons()).iter().map(|reason| self.named(reason)).collect();
        (!reasons.is_empty()).then(|| self.words.say_all(&reasons))
    }
}

/// The reasons, without those that only say again, of another cause, what one before said.
fn once_each(mut reasons: Vec<Statement>) -> Vec<Statement> {
    let mut said: Vec<&'static str> = Vec::new();
    reasons.retain(|reason| {
        let rung = reason.key.rsplit('.').next().unwrap_or_default();
        let Some(shared) = SHARED_RUNGS.into_iter().find(|shared| *shared == rung) else { return true };
        let is_new = !said.contains(&shared);
        said.push(shared);
        is_new
    });
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_causes_have_in_common_is_said_once() {
        let left = |keys: &[&str]| -> Vec<String> {
            let reasons = keys.iter().map(|key| Statement::new(format!("reason.{key}"))).collect();
            once_each(reasons).into_iter().map(|reason| reason.key).collect()
        };
        let both = ["protected-account.set-refused", "connector-permissions.set-refused"];
        assert_eq!(left(&both), ["reason.protected-account.set-refused"]);
        let three =
            ["protected-account.no-trace", "connector-permissions.no-trace", "remote-sam.denial-logged"];
        assert_eq!(left(&three), ["reason.protected-account.no-trace", "reason.remote-sam.denial-logged"]);
        let different = ["connector-permissions.call-refused", "remote-sam.call-refused"];
        assert_eq!(left(&different).len(), 2, "one is of read rights, the other of the restriction");
    }

    /// The table names sentences that there are, of two causes at least.
    #[test]
    fn rungs_that_causes_share_are_in_the_catalogue() {
        let words = crate::words::Catalogue::of(crate::words::Language::English);
        for rung in SHARED_RUNGS {
            let causes = ["protected-account", "connector-permissions", "remote-sam"];
            let have = causes.iter().filter(|cause| words.has(&format!("reason.{cause}.{rung}")));
            assert!(have.count() > 1, "{rung}");
        }
    }
}
