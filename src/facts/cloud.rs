//! What the cloud saw: rows of the Entra audit log about operations on passwords, joined to the operations
//! that the Connect server logged.
//!
//! A row is joined by user and time, never by time alone. A failure that needs an administrator on-premises,
//! and that no log of a Connect server shows, is an operation of its own. A success says that the password was
//! written, whatever server did it.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use crate::artifacts::audit_log::{AuditRow, Outcome as AuditOutcome};
use crate::artifacts::{Artifact, Content};
use crate::knowledge::audit_reasons::{ReasonClass, reason_class};
use crate::source::Source;
use crate::words::{Statement, stand_in};

use super::attempts::{Attempt, Operation, Outcome};
use super::{Contradiction, LogFact, Machines};

/// What the audit log says of one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudRow {
    /// When; none where the export's zone or order of day and month is not known.
    pub time: Option<Timestamp>,
    /// User principal name, in lower case.
    pub user: String,
    /// What was done to the password.
    pub operation: Operation,
    /// What it says of the on-premises side.
    pub says: CloudSays,
    /// The status reason as written.
    pub reason: String,
    /// The row.
    pub source: Source,
}

/// What a row says of the on-premises side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloudSays {
    /// The password was written.
    Written,
    /// An administrator has to act on-premises: SSPR_0029.
    AdminAction,
    /// The on-premises service was not reached: SSPR_0030.
    Connectivity,
    /// It failed for a reason that is not about the on-premises side.
    OtherFailure,
}

/// Successes of the audit log that no Connect server's log shows: of each user, the latest of a reset and the
/// latest of a change.
#[derive(Debug, Clone, Default)]
pub struct CloudSuccesses {
    by_user: HashMap<String, Vec<CloudRow>>,
}

impl CloudSuccesses {
    /// A success of the same user that came after an operation, or may have: a row without a known time may
    /// be later. A change rests on the old password, and says nothing of a reset.
    pub fn after(&self, attempt: &Attempt) -> Option<&CloudRow> {
        let rows = self.by_user.get(&attempt.user.as_deref()?.to_lowercase())?;
        rows.iter().find(|row| {
            (row.operation != Operation::Change || attempt.operation == Operation::Change)
                && row.time.is_none_or(|time| time > attempt.time)
        })
    }

    fn take(&mut self, row: CloudRow) {
        let rows = self.by_user.entry(row.user.clone()).or_default();
        let same_kind = |have: &&mut CloudRow| {
            (have.operation == Operation::Change) == (row.operation == Operation::Change)
        };
        match rows.iter_mut().find(same_kind) {
            // A row without a time may be the latest of all.
            Some(have) if have.time.is_some() && row.time.is_none_or(|time| Some(time) > have.time) => {
                *have = row;
            }
            Some(_) => {}
            None => rows.push(row),
        }
    }
}

/// The cloud's clock and the server's agree within seconds; the row is written when the whole flow ends.
const JOIN_WINDOW: SignedDuration = SignedDuration::from_secs(120);
/// Operations of one user near a row that are compared with it.
const NEIGHBOURS: usize = 16;
/// Operations that only the audit log shows. Exports of a whole tenant have many, and each is examined.
const MOST_ALONE: usize = 2_000;

/// Joins the rows to the operations, and adds the failures that only the cloud saw. Operations stay in order
/// of time.
pub(super) fn join(artifacts: &[Artifact], attempts: &mut Vec<Attempt>) -> CloudSuccesses {
    let mut by_user: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, attempt) in attempts.iter().enumerate() {
        if let Some(user) = &attempt.user {
            by_user.entry(user.to_lowercase()).or_default().push(index);
        }
    }
    let mut successes = CloudSuccesses::default();
    let mut alone = Vec::new();
    for row in rows(artifacts) {
        let near = by_user.get(&row.user).and_then(|own| nearest(&row, own, attempts));
        match near.and_then(|index| attempts.get_mut(index)) {
            Some(attempt) => {
                if attempt.outcome == Outcome::Unknown {
                    attempt.outcome =
                        if row.says == CloudSays::Written { Outcome::Succeeded } else { Outcome::Failed };
                }
                attempt.events.push(row.source.clone());
                attempt.cloud = Some(row);
            }
            None => match row.says {
                CloudSays::Written => successes.take(row),
                CloudSays::AdminAction | CloudSays::Connectivity => alone.push(row),
                CloudSays::OtherFailure => {}
            },
        }
    }
    // The latest are those that the customer asks about.
    let skipped = alone.len().saturating_sub(MOST_ALONE);
    attempts.extend(alone.into_iter().skip(skipped).filter_map(attempt_of));
    attempts.sort_by(|a, b| (a.time, &a.user, &a.tracking_id).cmp(&(b.time, &b.user, &b.tracking_id)));
    successes
}

/// The rows about operations on passwords in order of time, each operation once.
fn rows(artifacts: &[Artifact]) -> Vec<CloudRow> {
    let mut rows: Vec<(CloudRow, Option<String>)> = artifacts
        .iter()
        .filter_map(|artifact| match &artifact.content {
            Content::AuditLog(log) => Some((artifact, log)),
            _ => None,
        })
        .flat_map(|(artifact, log)| {
            log.rows.iter().filter_map(|row| {
                let source = Source::new(&artifact.path, row.place.clone());
                Some((cloud_row(row, source)?, row.correlation_id.clone()))
            })
        })
        .collect();
    rows.sort_by(|(a, _), (b, _)| (a.time, &a.user, &a.source).cmp(&(b.time, &b.user, &b.source)));
    // The steps of one flow share its correlation ID, and the same log may be there as JSON and as CSV.
    let mut seen: HashMap<(String, String), CloudSays> = HashMap::new();
    let mut at: HashMap<(Option<Timestamp>, String), CloudSays> = HashMap::new();
    rows.into_iter()
        .filter(|(row, correlation)| {
            let of_flow = correlation
                .clone()
                .is_some_and(|id| seen.insert((row.user.clone(), id), row.says) == Some(row.says));
            let of_moment =
                row.time.is_some() && at.insert((row.time, row.user.clone()), row.says) == Some(row.says);
            !of_flow && !of_moment
        })
        .map(|(row, _)| row)
        .collect()
}

fn cloud_row(row: &AuditRow, source: Source) -> Option<CloudRow> {
    let (operation, is_step) = operation_of(&row.activity)?;
    let reason = row.reason.clone().unwrap_or_default();
    let says = match (reason_class(&reason), row.outcome) {
        (Some(ReasonClass::Written), _) => CloudSays::Written,
        (_, AuditOutcome::Success) if !is_step => CloudSays::Written,
        (_, AuditOutcome::Success) => return None,
        (Some(ReasonClass::AdminAction), _) => CloudSays::AdminAction,
        (Some(ReasonClass::Connectivity), _) => CloudSays::Connectivity,
        (None, AuditOutcome::Failure) if !is_step => CloudSays::OtherFailure,
        (None, _) => return None,
    };
    let user = row.target_upn.as_deref()?.to_lowercase();
    Some(CloudRow { time: row.time, user, operation, says, reason, source })
}

/// What an activity does to a password, and whether it is a step of a flow rather than its end. Unlocking and
/// registering are none.
fn operation_of(activity: &str) -> Option<(Operation, bool)> {
    let activity = activity.to_lowercase();
    let has = |word: &str| activity.contains(word);
    if has("flow activity progress") {
        Some((Operation::Reset, true))
    } else if has("reset password") && has("by admin") {
        Some((Operation::AdminReset, false))
    } else if has("reset password") && has("self-service") {
        Some((Operation::Reset, false))
    } else if has("change password") {
        Some((Operation::Change, false))
    } else {
        None
    }
}

/// The operation of the row's user that lies nearest to it and may be the same one.
fn nearest(row: &CloudRow, own: &[usize], attempts: &[Attempt]) -> Option<usize> {
    let time = row.time?;
    let at = |index: &usize| attempts.get(*index).map_or(Timestamp::MIN, |attempt| attempt.time);
    let from = time.saturating_sub(JOIN_WINDOW).unwrap_or(Timestamp::MIN);
    let first = own.partition_point(|index| at(index) < from);
    let near = own.iter().skip(first).take(NEIGHBOURS).copied().filter(|index| {
        attempts.get(*index).is_some_and(|attempt| {
            attempt.time.duration_since(time).abs() <= JOIN_WINDOW
                && attempt.cloud.is_none()
                && may_be_same(row, attempt)
        })
    });
    near.min_by_key(|index| at(index).duration_since(time).abs())
}

fn may_be_same(row: &CloudRow, attempt: &Attempt) -> bool {
    let operation = attempt.operation == row.operation || attempt.operation == Operation::Unknown;
    let outcome = match attempt.outcome {
        Outcome::Unknown => row.says != CloudSays::OtherFailure,
        Outcome::Succeeded => row.says == CloudSays::Written,
        Outcome::Failed => row.says != CloudSays::Written,
    };
    operation && outcome
}

/// A failed operation of which only the cloud's row is there.
fn attempt_of(row: CloudRow) -> Option<Attempt> {
    // The cloud does not say which server it asked.
    let attempt = Attempt::at(row.time?, "");
    Some(Attempt {
        operation: row.operation,
        user: Some(row.user.clone()),
        outcome: Outcome::Failed,
        events: vec![row.source.clone()],
        cloud: Some(row),
        ..attempt
    })
}

/// Failures of the audit log that a Connect server's log covers and does not have.
pub(super) fn not_in_logs(attempts: &[Attempt], logs: &[LogFact], machines: &Machines) -> Vec<Contradiction> {
    /// One is enough to see that another server did the work; a few show that it is no accident.
    const SHOWN: usize = 3;
    let covering = |time: Timestamp| {
        logs.iter().find(|log| {
            log.has_writeback
                && log.coverage.lost == 0
                && log.coverage.from.is_some_and(|from| from <= time)
                && log.coverage.to.is_some_and(|to| time <= to)
        })
    };
    let unseen = attempts.iter().filter(|attempt| attempt.server().is_none());
    unseen
        .filter_map(|attempt| {
            let row = attempt.cloud.as_ref().filter(|row| row.says == CloudSays::AdminAction)?;
            let log = covering(attempt.time)?;
            let machine = log.machine.map_or(stand_in::SERVER, |id| machines.name(id));
            Some(Contradiction {
                text: Statement::new("contradiction.failure-not-in-log")
                    .with("user", row.user.clone())
                    .with("time", attempt.time.to_string())
                    .with("machine", machine),
                sources: vec![row.source.clone(), Source::new(&log.path, crate::source::Place::File)],
            })
        })
        .take(SHOWN)
        .collect()
}
