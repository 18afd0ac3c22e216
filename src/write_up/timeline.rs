//! The timeline: what happened when, on which machine, and when logs would have shown it.

use jiff::Timestamp;

use crate::artifacts::policy_report::ReportKind;
use crate::artifacts::{Artifact, Content};
use crate::facts::Attempt;
use crate::facts::Outcome;
use crate::facts::account_events::AccountName;
use crate::facts::machines::MachineId;
use crate::facts::sam_restriction::{Restriction, SamValue};
use crate::report::model::{CoveredTime, LeftOut, Timeline, TimelineEntry, TimelineKind};
use crate::source::{Place, Source};
use crate::words::Statement;

use super::{Writer, operation};

/// Entries of one kind that are kept from either end. What matters is how something began and how it is
/// now; a log may hold a hundred thousand of the same.
const KEPT_OF_EACH_END: usize = 100;

/// One thing that happened, before it is put in words.
struct Happened<'a> {
    time: Timestamp,
    machine: Option<MachineId>,
    kind: TimelineKind,
    text: Statement,
    tracking_id: Option<&'a str>,
    source: Source,
}

/// What happened, in order of time, and what logs cover.
pub(super) fn timeline(writer: &Writer<'_>, artifacts: &[Artifact]) -> Timeline {
    let mut happened = Vec::new();
    for attempt in &writer.facts.attempts {
        of_attempt(writer, attempt, &mut happened);
    }
    for restriction in &writer.facts.restrictions.seen {
        of_restriction(writer, restriction, &mut happened);
    }
    of_accounts(writer, &mut happened);
    for trouble in &writer.facts.service_trouble {
        let text = Statement::new("timeline.service-trouble").with("id", trouble.id.to_string());
        happened.push(Happened {
            time: trouble.time,
            machine: writer.machine_of(&trouble.source),
            kind: TimelineKind::ServiceTrouble,
            text,
            tracking_id: None,
            source: trouble.source.clone(),
        });
    }
    of_policy(writer, artifacts, &mut happened);
    happened.sort_by(|a, b| (a.time, a.kind, &a.source).cmp(&(b.time, b.kind, &b.source)));
    let left_out = leave_out(&mut happened);
    Timeline {
        entries: happened.into_iter().map(|happened| entry(writer, happened)).collect(),
        left_out,
        coverage: coverage(writer),
    }
}

fn entry(writer: &Writer<'_>, happened: Happened<'_>) -> TimelineEntry {
    TimelineEntry {
        time: happened.time.to_string(),
        machine: happened.machine.map(|id| writer.facts.machines.name(id).to_owned()),
        kind: happened.kind,
        text: writer.words.say(&happened.text),
        tracking_id: happened.tracking_id.map(str::to_owned),
        source: writer.source(&happened.source),
    }
}

/// An attempt, and the engine's trace of it.
fn of_attempt<'a>(writer: &Writer<'_>, attempt: &'a Attempt, into: &mut Vec<Happened<'a>>) {
    let machine = writer.facts.machines.find(&attempt.computer);
    let tracking_id = attempt.tracking_id.as_deref();
    let kind = match attempt.outcome {
        Outcome::Failed => TimelineKind::AttemptFailed,
        Outcome::Succeeded => TimelineKind::AttemptSucceeded,
        Outcome::Unknown => TimelineKind::AttemptOpen,
    };
    let text = match &attempt.user {
        Some(user) => {
            let key = format!("timeline.{}.{}", kind.word(), operation(attempt.operation));
            Statement::new(key).with("user", user)
        }
        None => Statement::new(format!("timeline.{}.nobody", kind.word())),
    };
    let deciding = attempt.error.as_ref().map(|(_, source)| source).or(attempt.events.last());
    if let Some(source) = deciding {
        let source = source.clone();
        into.push(Happened { time: attempt.time, machine, kind, text, tracking_id, source });
    }
    if let Some(trace) = &attempt.trace {
        let text = match trace.text.codes.as_slice() {
            [] => Statement::new("timeline.engine-error.plain"),
            codes => Statement::new("timeline.engine-error.codes")
                .with("codes", codes.iter().map(|code| format!("0x{code}")).collect::<Vec<_>>().join(", ")),
        };
        into.push(Happened {
            time: trace.time,
            machine,
            kind: TimelineKind::EngineError,
            text,
            tracking_id,
            source: trace.source.clone(),
        });
    }
}

/// What the SAM server of a machine said.
fn of_restriction(writer: &Writer<'_>, seen: &Restriction, into: &mut Vec<Happened<'_>>) {
    let machine = seen.machine;
    let mut note = |time: Timestamp, kind: TimelineKind, text: Statement, source: &Source| {
        into.push(Happened { time, machine, kind, text, tracking_id: None, source: source.clone() });
    };
    for announced in &seen.announced {
        let text = match &announced.value {
            SamValue::Absent => Statement::new("timeline.sam-restriction.default"),
            SamValue::Malformed(_) => Statement::new("timeline.sam-restriction.malformed"),
            SamValue::Empty | SamValue::Descriptor { .. } | SamValue::Unusable(_) => {
                Statement::new("timeline.sam-restriction.value").with("value", announced.value.shown())
            }
        };
        note(announced.time, TimelineKind::SamRestriction, text, &announced.source);
    }
    for mode in &seen.audit_only {
        let key = if mode.on { "timeline.sam-audit-only.on" } else { "timeline.sam-audit-only.off" };
        note(mode.time, TimelineKind::SamAuditOnly, Statement::new(key), &mode.source);
    }
    for denial in &seen.denials {
        let text = match &denial.caller {
            Some(sid) => Statement::new("timeline.sam-denied.caller").with("caller", account_of(writer, sid)),
            None => Statement::new("timeline.sam-denied.counted"),
        };
        note(denial.time, TimelineKind::SamDenied, text, &denial.source);
    }
}

/// The connector account's name beside its SID; of others, the SID.
fn account_of(writer: &Writer<'_>, sid: &crate::security_descriptor::Sid) -> String {
    let accounts = &writer.facts.connectors.accounts;
    let known = accounts.iter().find(|connector| connector.sid.as_ref().is_some_and(|(own, _)| own == sid));
    match known {
        Some(connector) => format!("{} ({})", connector.account.full(), sid.as_str()),
        None => sid.as_str().to_owned(),
    }
}

/// Passwords that were set, and accounts that got the protected accounts' access list.
fn of_accounts(writer: &Writer<'_>, into: &mut Vec<Happened<'_>>) {
    for set in &writer.facts.account_events.password_sets {
        let key = if set.succeeded { "timeline.password-set.done" } else { "timeline.password-set.policy" };
        into.push(Happened {
            time: set.time,
            machine: writer.machine_of(&set.source),
            kind: TimelineKind::PasswordSet,
            text: Statement::new(key).with("account", name(&set.caller)).with("user", name(&set.target)),
            tracking_id: None,
            source: set.source.clone(),
        });
    }
    for restamp in &writer.facts.account_events.restamps {
        into.push(Happened {
            time: restamp.time,
            machine: writer.machine_of(&restamp.source),
            kind: TimelineKind::ProtectedStamped,
            text: Statement::new("timeline.protected-stamped").with("user", name(&restamp.target)),
            tracking_id: None,
            source: restamp.source.clone(),
        });
    }
}

fn name(account: &AccountName) -> String {
    match account.domain.as_str() {
        "" => account.name.clone(),
        domain => format!("{domain}\\{}", account.name),
    }
}

/// Passes of policy processing, as reports of a machine have them.
fn of_policy(writer: &Writer<'_>, artifacts: &[Artifact], into: &mut Vec<Happened<'_>>) {
    for artifact in artifacts {
        let Content::PolicyReport(report) = &artifact.content else { continue };
        if report.kind != ReportKind::Results {
            continue;
        }
        let source = Source::new(&artifact.path, Place::File);
        into.extend(report.passes.iter().map(|pass| Happened {
            time: pass.from,
            machine: writer.machine_of(&source),
            kind: TimelineKind::PolicyApplied,
            text: match &pass.domain_controller {
                Some(server) => Statement::new("timeline.policy-applied.from").with("server", server),
                None => Statement::new("timeline.policy-applied.plain"),
            },
            tracking_id: None,
            source: source.clone(),
        }));
    }
}

/// Leaves out the middle of kinds with very many entries, and says of how many.
fn leave_out(happened: &mut Vec<Happened<'_>>) -> Vec<LeftOut> {
    let mut left_out = Vec::new();
    for kind in TimelineKind::ALL {
        let total = happened.iter().filter(|happened| happened.kind == kind).count();
        let count = total.saturating_sub(2 * KEPT_OF_EACH_END);
        if count == 0 {
            continue;
        }
        let mut number = 0;
        happened.retain(|happened| {
            if happened.kind != kind {
                return true;
            }
            number += 1;
            number <= KEPT_OF_EACH_END || number > total - KEPT_OF_EACH_END
        });
        left_out.push(LeftOut { kind, count: count as u64 });
    }
    left_out
}

/// What logs cover, by machine; logs of several machines come last.
fn coverage(writer: &Writer<'_>) -> Vec<CoveredTime> {
    let mut covered: Vec<CoveredTime> = writer
        .facts
        .logs
        .iter()
        .filter_map(|log| {
            Some(CoveredTime {
                machine: log.machine.map(|id| writer.facts.machines.name(id).to_owned()),
                path: log.path.to_string(),
                channels: log.coverage.channels.clone(),
                from: log.coverage.from?.to_string(),
                to: log.coverage.to?.to_string(),
                lost: log.coverage.lost,
            })
        })
        .collect();
    covered.sort_by(|a, b| {
        (a.machine.is_none(), &a.machine, &a.path).cmp(&(b.machine.is_none(), &b.machine, &b.path))
    });
    covered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn happened(second: i64, kind: TimelineKind) -> Happened<'static> {
        Happened {
            time: Timestamp::from_second(second).unwrap(),
            machine: None,
            kind,
            text: Statement::new("timeline.service-trouble"),
            tracking_id: None,
            source: Source::new(&"a".into(), Place::File),
        }
    }

    #[test]
    fn the_middle_of_very_many_is_left_out_and_counted() {
        let mut all: Vec<Happened<'_>> = (0..250).map(|at| happened(at, TimelineKind::SamDenied)).collect();
        all.insert(120, happened(119, TimelineKind::AttemptFailed));
        let left_out = leave_out(&mut all);
        assert_eq!(left_out, [LeftOut { kind: TimelineKind::SamDenied, count: 50 }]);
        let seconds: Vec<i64> = all.iter().map(|happened| happened.time.as_second()).collect();
        let expected: Vec<i64> = (0..100).chain([119]).chain(150..250).collect();
        assert_eq!(seconds, expected);
    }

    #[test]
    fn as_many_as_are_kept_stay() {
        let mut all: Vec<Happened<'_>> = (0..200).map(|at| happened(at, TimelineKind::SamDenied)).collect();
        assert!(leave_out(&mut all).is_empty());
        assert_eq!(all.len(), 200);
    }
}
