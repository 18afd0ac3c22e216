//! Cause 1: the user is, or was, in an Active Directory protected group.

use jiff::SignedDuration;

use crate::facts::{Attempt, Facts, Operation, Outcome};
use crate::source::{Place, Source};
use crate::words::stand_in;

use super::directory::Target;
use super::shared::{ACCESS_DENIED_CODE, Shared, is_target};
use super::{Answer, CauseId, Finding, Weight};

pub(super) fn findings(
    facts: &Facts,
    attempt: &Attempt,
    target: &Target<'_>,
    shared: &Shared,
) -> Vec<Finding> {
    let mut findings = shared.weighed(CauseId::ProtectedAccount);
    findings.extend(target.for_protected_account());
    findings.push(target_named_in_group(facts, attempt));
    findings.push(target_restamped(facts, attempt));
    findings.push(privileged_target_refused(attempt));
    findings.push(change_works_reset_fails(facts, attempt));
    findings
}

/// Whether `net user` or `net group` names the user and a protected group together. The user's account name is
/// that of its object, or else the first part of its principal name, which need not be the same.
fn target_named_in_group(facts: &Facts, attempt: &Attempt) -> Finding {
    let finding = |answer| {
        Finding::new("target-named-in-group", Weight::Supports, answer)
            .with("user", attempt.user.clone().unwrap_or_else(|| stand_in::USER.to_owned()))
    };
    let user = facts.directory.target_of(attempt);
    let names: Vec<String> = match user.map(|user| user.account_names.as_slice()) {
        Some(own @ [_, ..]) => own.iter().map(|(_, name)| name.clone()).collect(),
        _ => {
            let first = attempt.user.as_deref().and_then(|user| user.split('@').next()).unwrap_or_default();
            // sAMAccountName of a user has at most 20 characters.
            vec![first.chars().take(20).collect()]
        }
    };
    let listed: Vec<_> = names.iter().filter_map(|name| facts.directory.listed.account(name)).collect();
    if let Some((group, source)) = listed.iter().find_map(|account| account.protected.as_ref()) {
        return finding(Answer::Yes).with("group", group.name).at(source);
    }
    match listed.iter().find_map(|account| account.free.as_ref()) {
        Some(source) => finding(Answer::No).at(source),
        None => finding(Answer::Unknown),
    }
}

/// SDProp wrote the AdminSDHolder descriptor onto the user. That no such event was seen clears nobody:
/// several versions of Windows do not write it
/// (<https://learn.microsoft.com/en-us/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/event-4780>),
/// and it is written only where the access list differed.
fn target_restamped(facts: &Facts, attempt: &Attempt) -> Finding {
    let finding = |answer| {
        Finding::new("target-restamped", Weight::Supports, answer)
            .with("user", attempt.user.clone().unwrap_or_else(|| stand_in::USER.to_owned()))
    };
    // The nearest before the failure says most; one after it still says that the user is protected.
    let restamps = &facts.account_events.restamps;
    let of_user = || restamps.iter().filter(|restamp| is_target(facts, attempt, &restamp.target));
    let restamp = of_user().rfind(|restamp| restamp.time <= attempt.time).or_else(|| of_user().next());
    match (restamp, log_of_others_only(facts, attempt)) {
        (Some(restamp), _) => Finding::new("target-restamped", Weight::Supports, Answer::Yes)
            .with("user", restamp.target.name.clone())
            .at(&restamp.source),
        (None, Some(log)) => finding(Answer::No).at(&log),
        (None, None) => finding(Answer::Unknown).needing("controller-security-log", None),
    }
}

/// The task runs at least this often
/// (<https://learn.microsoft.com/en-us/windows-server/identity/ad-ds/plan/security-best-practices/appendix-c--protected-accounts-and-groups-in-active-directory>).
const TASK_INTERVAL: SignedDuration = SignedDuration::from_secs(7200);

/// A log that runs up to the failure, has the event for other accounts, and not for the user, whom an export
/// gives a SID: names of events and principal names need not agree.
fn log_of_others_only(facts: &Facts, attempt: &Attempt) -> Option<Source> {
    let sid = facts.directory.target_of(attempt)?.sid()?;
    let restamps = &facts.account_events.restamps;
    if restamps.iter().any(|restamp| restamp.target.sid.as_ref().is_none_or(|have| have == sid)) {
        return None;
    }
    let from = attempt.time.saturating_sub(TASK_INTERVAL).ok()?;
    let log = facts.machines.may_be_controllers().find_map(|machine| {
        let mut logs = facts.log_over(machine, "Security", from, attempt.time);
        logs.find(|log| restamps.iter().any(|restamp| restamp.source.path == log.path))
    })?;
    Some(Source::new(&log.path, Place::File))
}

/// Connect refuses a cloud administrator's reset of a privileged account that is not its own.
const PRIVILEGED_SENTENCE: &str = "on a privileged account";

fn privileged_target_refused(attempt: &Attempt) -> Finding {
    let finding = |answer| Finding::new("privileged-target-refused", Weight::Supports, answer);
    match (&attempt.message, attempt.outcome) {
        (Some(message), _) if message.to_lowercase().contains(PRIVILEGED_SENTENCE) => {
            finding(Answer::Yes).at_all(attempt.error.as_ref().map(|(_, source)| source))
        }
        (Some(_), _) | (None, Outcome::Succeeded) => finding(Answer::No),
        (None, _) => finding(Answer::Unknown).needing("connect-application-log", attempt.server()),
    }
}

fn change_works_reset_fails(facts: &Facts, attempt: &Attempt) -> Finding {
    let finding = |answer| Finding::new("change-works-reset-fails", Weight::Supports, answer);
    let Some(user) = attempt.user.as_deref() else { return finding(Answer::Unknown) };
    match attempt.operation {
        Operation::Change => return finding(Answer::No).variant("is-change"),
        Operation::Unknown => return finding(Answer::Unknown),
        Operation::Reset | Operation::AdminReset => {}
    }
    let changes = || {
        facts.attempts.iter().filter(|other| {
            other.operation == Operation::Change
                && other.user.as_deref().is_some_and(|other| other.eq_ignore_ascii_case(user))
        })
    };
    let refused = |change: &&Attempt| {
        change.outcome == Outcome::Failed && change.code.as_deref() == Some(ACCESS_DENIED_CODE)
    };
    match (changes().find(|change| change.outcome == Outcome::Succeeded), changes().find(refused)) {
        (Some(changed), _) => finding(Answer::Yes).with("user", user).at_all(changed.events.last()),
        (None, Some(refused)) => finding(Answer::No).at_all(refused.error.as_ref().map(|(_, at)| at)),
        (None, None) => finding(Answer::Unknown),
    }
}
