//! The verdict on the bundle.

use crate::facts::{Facts, Outcome};
use crate::rules::CauseId;
use crate::words::Statement;

use super::tiers::tier_values;
use super::{AttemptResult, State, Verdict, VerdictCause};

/// The cause of the most failed operations; of the latest, where as many have another.
pub(super) fn verdict(facts: &Facts, attempts: &[AttemptResult]) -> Verdict {
    let failed: Vec<(usize, &AttemptResult)> = facts
        .attempts
        .iter()
        .zip(attempts)
        .enumerate()
        .filter(|(_, (attempt, _))| facts.counts_as_failed(attempt))
        .map(|(index, (_, result))| (index, result))
        .collect();
    if failed.is_empty() {
        return nothing_failed(facts);
    }
    let decided: Vec<&(usize, &AttemptResult)> =
        failed.iter().filter(|(_, result)| result.cause != VerdictCause::Undetermined).collect();
    // Different diagnoses outside the three causes are different answers.
    let same = |a: &AttemptResult, b: &AttemptResult| {
        let id = |result: &AttemptResult| result.other.as_ref().map(|other| other.id.clone());
        a.cause == b.cause && (a.cause != VerdictCause::Other || id(a) == id(b))
    };
    let mut tally: Vec<(usize, usize, &AttemptResult, State)> = Vec::new();
    for (index, result) in decided {
        match tally.iter_mut().find(|(_, _, have, _)| same(have, result)) {
            Some((count, latest, _, state)) => {
                *count += 1;
                *latest = *index;
                *state = (*state).max(result.state);
            }
            None => tally.push((1, *index, result, result.state)),
        }
    }
    let winner = tally.into_iter().max_by_key(|(count, latest, _, _)| (*count, *latest));
    let (count, cause, state) = match winner {
        Some((count, _, result, state)) => (count, result.cause, state),
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
        .find(|result| winner.is_some_and(|(_, _, have, _)| same(have, result)) && result.state == state);
    if let Some(result) = of_cause {
        summary.values.extend(values_of(result, cause));
    }
    let other = match cause {
        VerdictCause::Other => of_cause.and_then(|result| Some(result.other.as_ref()?.id.clone())),
        _ => None,
    };
    Verdict { cause, state, other, summary }
}

/// Which causes an undecided bundle leaves open.
fn undetermined_key(failed: &[(usize, &AttemptResult)]) -> String {
    let mut open: Vec<String> = failed
        .iter()
        .filter(|(_, result)| result.cause == VerdictCause::Undetermined)
        .map(|(_, result)| open_causes(result))
        .collect();
    open.sort();
    open.dedup();
    match open.as_slice() {
        [] => "summary.undetermined.nothing".to_owned(),
        [none] if none.is_empty() => "summary.undetermined.none-fits".to_owned(),
        [one] => format!("summary.undetermined.open-{one}"),
        _ => "summary.undetermined.open-mixed".to_owned(),
    }
}

/// The numbers of the causes that one operation leaves open.
fn open_causes(result: &AttemptResult) -> String {
    let open = result.causes.iter().filter(|(_, tier, _)| tier.state >= State::Possible);
    open.map(|(cause, _, _)| match cause {
        CauseId::ProtectedAccount => '1',
        CauseId::ConnectorPermissions => '2',
        CauseId::RemoteSam => '3',
    })
    .collect()
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

/// Logs that would show a failure cover operations, and none failed; or no log could show one.
fn nothing_failed(facts: &Facts) -> Verdict {
    let count = |outcome: Outcome| {
        let of_active = facts.attempts.iter().filter(|attempt| facts.staging_of(attempt).is_none());
        of_active.filter(|attempt| attempt.outcome == outcome).count()
    };
    let (succeeded, unknown) = (count(Outcome::Succeeded), count(Outcome::Unknown));
    let writeback: Vec<_> = facts.logs.iter().filter(|log| log.has_writeback).collect();
    let undetermined = |key: &str| Verdict {
        cause: VerdictCause::Undetermined,
        state: State::Undetermined,
        other: None,
        summary: Statement::new(key),
    };
    let of_staging = facts.attempts.iter().find_map(|attempt| facts.staging_of(attempt));
    if succeeded == 0 {
        return if let Some(server) = of_staging {
            let summary = Statement::new("summary.undetermined.staging-only")
                .with("machine", facts.machines.name(server.machine));
            Verdict { cause: VerdictCause::Undetermined, state: State::Undetermined, other: None, summary }
        } else if writeback.is_empty() && facts.has_encrypted {
            undetermined("summary.undetermined.encrypted")
        } else if writeback.is_empty() {
            undetermined("summary.undetermined.no-log")
        } else if unknown > 0 {
            undetermined("summary.undetermined.no-end")
        } else if facts.service_trouble.is_empty() {
            undetermined("summary.undetermined.no-attempt")
        } else {
            undetermined("summary.undetermined.service-trouble")
        };
    }
    if unknown > 0 {
        return Verdict {
            cause: VerdictCause::NoFailure,
            state: State::Likely,
            other: None,
            summary: Statement::new("summary.no-failure.open-end")
                .with("count", succeeded.to_string())
                .with("open", unknown.to_string()),
        };
    }
    let whole = writeback.iter().all(|log| log.coverage.lost == 0);
    let state = if whole { State::Confirmed } else { State::Likely };
    Verdict {
        cause: VerdictCause::NoFailure,
        state,
        other: None,
        summary: Statement::new(format!("summary.no-failure.{}", state.word()))
            .with("count", succeeded.to_string()),
    }
}
