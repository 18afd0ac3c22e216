//! Cause 1: the user is, or was, in an Active Directory protected group.

use crate::facts::{Attempt, Facts, Operation, Outcome};

use super::directory::Target;
use super::shared::{Shared, is_user};
use super::{Answer, CauseId, Finding, Weight};

pub(super) fn findings(
    facts: &Facts,
    attempt: &Attempt,
    target: &Target<'_>,
    shared: &Shared,
) -> Vec<Finding> {
    let mut findings = shared.weighed(CauseId::ProtectedAccount);
    findings.extend(target.for_protected_account());
    findings.push(target_restamped(facts, attempt));
    findings.push(privileged_target_refused(attempt));
    findings.push(change_works_reset_fails(facts, attempt));
    findings
}

/// SDProp wrote the AdminSDHolder descriptor onto the user. That no such event was seen says nothing:
/// several versions of Windows do not write it
/// (<https://learn.microsoft.com/en-us/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/event-4780>).
fn target_restamped(facts: &Facts, attempt: &Attempt) -> Finding {
    let restamp = attempt.user.as_deref().and_then(|user| {
        // The nearest before the failure says most; one after it still says that the user is protected.
        let of_user =
            || facts.account_events.restamps.iter().filter(|restamp| is_user(facts, &restamp.target, user));
        of_user().rfind(|restamp| restamp.time <= attempt.time).or_else(|| of_user().next())
    });
    match restamp {
        Some(restamp) => Finding::new("target-restamped", Weight::Supports, Answer::Yes)
            .with("user", restamp.target.name.clone())
            .at(&restamp.source),
        None => Finding::new("target-restamped", Weight::Supports, Answer::Unknown)
            .with("user", attempt.user.clone().unwrap_or_else(|| "the user".to_owned()))
            .needing("controller-security-log", None),
    }
}

/// Connect refuses a cloud administrator's reset of a privileged account that is not its own.
const PRIVILEGED_SENTENCE: &str = "on a privileged account";

fn privileged_target_refused(attempt: &Attempt) -> Finding {
    let said = attempt
        .message
        .as_deref()
        .is_some_and(|message| message.to_lowercase().contains(PRIVILEGED_SENTENCE));
    let answer = if said { Answer::Yes } else { Answer::No };
    Finding::new("privileged-target-refused", Weight::Supports, answer)
        .at_all(attempt.error.as_ref().filter(|_| said).map(|(_, source)| source))
}

fn change_works_reset_fails(facts: &Facts, attempt: &Attempt) -> Finding {
    let finding = |answer| Finding::new("change-works-reset-fails", Weight::Supports, answer);
    let Some(user) = attempt.user.as_deref() else { return finding(Answer::Unknown) };
    if !matches!(attempt.operation, Operation::Reset | Operation::AdminReset) {
        return finding(Answer::Unknown);
    }
    let changed = facts.attempts.iter().find(|other| {
        other.operation == Operation::Change
            && other.outcome == Outcome::Succeeded
            && other.user.as_deref().is_some_and(|other| other.eq_ignore_ascii_case(user))
    });
    match changed {
        Some(changed) => finding(Answer::Yes).with("user", user).at_all(changed.events.last()),
        None => finding(Answer::Unknown),
    }
}
