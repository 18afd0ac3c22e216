//! What came after a failure: what exports without a date show may have been mended since.

use jiff::SignedDuration;

use crate::facts::connector::is_same;
use crate::facts::{Attempt, Facts, Operation, Outcome};
use crate::source::Source;

use super::shared::{PASSWORD_SET_WINDOW, is_target, reached_set};

/// Where a later success of the same user stands: an operation, or a password that the connector account set. A
/// change rests on the user's own password: that one succeeds says nothing of a reset.
pub(super) fn success(facts: &Facts, attempt: &Attempt) -> Option<Source> {
    let same_user = |other: &Attempt| match (&other.user, &attempt.user) {
        (Some(a), Some(b)) => a.to_lowercase() == b.to_lowercase(),
        _ => other.source_anchor.is_some() && other.source_anchor == attempt.source_anchor,
    };
    let later = facts.attempts.iter().find(|other| {
        other.outcome == Outcome::Succeeded
            && other.time > attempt.time
            && (other.operation != Operation::Change || attempt.operation == Operation::Change)
            && same_user(other)
    });
    let logged = later.and_then(|other| other.events.last().cloned());
    logged
        .or_else(|| facts.cloud_successes.after(attempt).map(|row| row.source.clone()))
        .or_else(|| set_by_connector(facts, attempt, |target| is_target(facts, attempt, target)))
}

/// Where it stands that a later call for user information went through: an operation of the same user or by the
/// same server that succeeded or got as far as the set, or a password that the connector account set.
pub(super) fn call_through(facts: &Facts, attempt: &Attempt) -> Option<Source> {
    let of_user = |other: &Attempt| match (&other.user, &attempt.user) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        _ => false,
    };
    let by_server = |other: &Attempt| {
        attempt.server().is_some() && other.computer.eq_ignore_ascii_case(&attempt.computer)
    };
    let through = |other: &Attempt| match other.outcome {
        Outcome::Succeeded => true,
        Outcome::Failed => !other.is_trace_doubtful() && reached_set(other),
        Outcome::Unknown => false,
    };
    let later = facts
        .attempts
        .iter()
        .find(|other| other.time > attempt.time && (of_user(other) || by_server(other)) && through(other));
    let logged = later.and_then(|other| other.events.last().cloned());
    logged
        .or_else(|| facts.cloud_successes.after(attempt).map(|row| row.source.clone()))
        .or_else(|| set_by_connector(facts, attempt, |_| true))
}

/// The latest password that the operation's connector account had the right to set, if that was after it.
fn set_by_connector(
    facts: &Facts,
    attempt: &Attempt,
    wanted: impl Fn(&crate::facts::account_events::AccountName) -> bool,
) -> Option<Source> {
    let connector = facts.connectors.of(attempt)?;
    let after = |apart: SignedDuration| apart > PASSWORD_SET_WINDOW;
    let sets = facts.account_events.password_sets.iter().rev();
    sets.take_while(|set| after(set.time.duration_since(attempt.time)))
        .find(|set| is_same(&set.caller, &connector.account) && wanted(&set.target))
        .map(|set| set.source.clone())
}
