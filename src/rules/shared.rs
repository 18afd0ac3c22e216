//! What the events of one operation say to all three causes.

use jiff::SignedDuration;

use crate::facts::account_events::{AccountName, PasswordSet};
use crate::facts::connector::is_same;
use crate::facts::directory::DirectoryUser;
use crate::facts::writeback_text::SamCall;
use crate::facts::{Attempt, CloudSays, Facts, Outcome};
use crate::source::{Place, Source};
use crate::words::stand_in;

use super::{Answer, CauseId, Finding, OtherFinding, Weight, check};

/// Answers that several causes share; each cause takes them over with its own weight.
#[derive(Debug, Clone, Default)]
pub(super) struct Shared {
    pub(super) findings: Vec<Finding>,
}

impl Shared {
    /// The answer of one check; that nothing can tell, where it was not asked.
    pub(super) fn answer(&self, check: &str) -> Answer {
        let finding = self.findings.iter().find(|finding| finding.check == check);
        finding.map_or(Answer::Unknown, |finding| finding.answer)
    }

    /// The answers for one cause, with the weights that the register gives them there.
    pub(super) fn weighed(&self, cause: CauseId) -> Vec<Finding> {
        let weigh = |finding: &Finding| {
            let (_, weight) = check(finding.check)?.asked_by.iter().find(|(by, _)| *by == cause)?;
            Some(Finding { weight: *weight, ..finding.clone() })
        };
        self.findings.iter().filter_map(weigh).collect()
    }
}

/// Code of "the management agent credentials were denied access".
pub(super) const ACCESS_DENIED_CODE: &str = "80230626";

pub(super) fn findings(facts: &Facts, attempt: &Attempt, other: Option<&OtherFinding>) -> Shared {
    let findings = vec![
        operation_succeeded(attempt),
        other_diagnosis_explains(attempt, other),
        connector_set_password(facts, attempt),
        sam_call_refused(attempt),
        password_set_refused(attempt),
        no_engine_trace(attempt),
        audit_log_names_on_premises(attempt),
    ];
    Shared { findings }
}

fn operation_succeeded(attempt: &Attempt) -> Finding {
    let answer = match attempt.outcome {
        Outcome::Succeeded => Answer::Yes,
        Outcome::Failed => Answer::No,
        Outcome::Unknown => Answer::Unknown,
    };
    Finding::new("operation-succeeded", Weight::RulesOut, answer).at_all(attempt.events.last())
}

fn other_diagnosis_explains(attempt: &Attempt, other: Option<&OtherFinding>) -> Finding {
    let finding = |answer| Finding::new("other-diagnosis-explains", Weight::RulesOut, answer);
    let silent = attempt.code.is_none() && attempt.trace.is_none() && attempt.outcome != Outcome::Succeeded;
    match other {
        Some(other) if other.explains => {
            finding(Answer::Yes).with("diagnosis", other.id.clone()).at_all(&other.finding.sources)
        }
        Some(other) => finding(Answer::Unknown)
            .variant("fits")
            .with("diagnosis", other.id.clone())
            .at_all(&other.finding.sources),
        None if silent => finding(Answer::Unknown).needing("connect-application-log", attempt.server()),
        None => finding(Answer::No),
    }
}

/// The controller's clock and the Connect server's may differ, and the set takes a moment.
pub(super) const PASSWORD_SET_WINDOW: SignedDuration = SignedDuration::from_secs(30);

/// The password set by the connector account that belongs to an operation.
pub(super) fn password_set_of<'f>(facts: &'f Facts, attempt: &Attempt) -> Option<&'f PasswordSet> {
    let connector = facts.connectors.of(attempt)?;
    let user = attempt.user.as_deref()?;
    // A set near another operation of the same user may belong to that one.
    let alone = !facts.attempts.iter().any(|other| {
        other.time != attempt.time
            && other.user.as_deref().is_some_and(|other| other.eq_ignore_ascii_case(user))
            && other.time.duration_since(attempt.time).abs() <= PASSWORD_SET_WINDOW * 2
    });
    facts.account_events.password_sets.iter().find(|set| {
        alone
            && set.time.duration_since(attempt.time).abs() <= PASSWORD_SET_WINDOW
            && is_same(&set.caller, &connector.account)
            && is_target(facts, attempt, &set.target)
    })
}

/// Whether a Security event's account is the user of an operation: by the SID, where an export shows the user's,
/// and else by the name.
pub(super) fn is_target(facts: &Facts, attempt: &Attempt, account: &AccountName) -> bool {
    let own = facts.directory.target_of(attempt).and_then(DirectoryUser::sid);
    match (own, &account.sid) {
        (Some(own), Some(sid)) => own == sid,
        _ => attempt.user.as_deref().is_some_and(|user| is_user(facts, account, user)),
    }
}

/// Whether a Security event's account is the user of a principal name. sAMAccountName holds the first 20
/// characters of what most directories use as the name's first part; the suffix need not be the domain's
/// name, and counts only where the events are of several domains.
pub(super) fn is_user(facts: &Facts, account: &AccountName, user: &str) -> bool {
    let (name, suffix) = user.split_once('@').unwrap_or((user, ""));
    let cut: String = name.chars().take(20).collect();
    if !account.name.eq_ignore_ascii_case(name) && !account.name.eq_ignore_ascii_case(&cut) {
        return false;
    }
    let events = &facts.account_events;
    let targets = events.password_sets.iter().map(|set| &set.target);
    let mut targets = targets.chain(events.restamps.iter().map(|restamp| &restamp.target));
    let label = |domain: &str| domain.split('.').next().unwrap_or_default().to_lowercase();
    targets.all(|other| label(&other.domain) == label(&account.domain))
        || label(&account.domain) == label(suffix)
}

fn connector_set_password(facts: &Facts, attempt: &Attempt) -> Finding {
    match password_set_of(facts, attempt) {
        Some(set) => {
            let finding = Finding::new("connector-set-password", Weight::RulesOut, Answer::Yes)
                .with("account", set.caller.name.clone())
                .with("user", set.target.name.clone())
                .at(&set.source);
            if set.succeeded { finding } else { finding.variant("refused-by-policy") }
        }
        // An audit that is off writes nothing, and a caller without the right leaves nothing either.
        None => match logs_without_set(facts, attempt) {
            Some(logs) => Finding::new("connector-set-password", Weight::RulesOut, Answer::No).at_all(&logs),
            None => Finding::new("connector-set-password", Weight::RulesOut, Answer::Unknown)
                .needing("controller-security-log", None),
        },
    }
}

/// Security logs of every machine that may be a domain controller, where they could have shown a set by the
/// connector account at that time, and show none: they run on over it, and audit refused sets too.
fn logs_without_set(facts: &Facts, attempt: &Attempt) -> Option<Vec<Source>> {
    let connector = facts.connectors.of(attempt)?;
    attempt.user.as_deref()?;
    let near = |set: &PasswordSet| set.time.duration_since(attempt.time).abs() <= PASSWORD_SET_WINDOW;
    // The target of an event may have another name than the user's principal name has.
    let sets = &facts.account_events.password_sets;
    if sets.iter().any(|set| near(set) && is_same(&set.caller, &connector.account)) {
        return None;
    }
    let from = attempt.time.saturating_sub(PASSWORD_SET_WINDOW).ok()?;
    let to = attempt.time.saturating_add(PASSWORD_SET_WINDOW).ok()?;
    let mut logs = Vec::new();
    for machine in facts.machines.may_be_controllers() {
        let log = facts
            .log_over(machine, "Security", from, to)
            .find(|log| sets.iter().any(|set| !set.succeeded && set.source.path == log.path))?;
        logs.push(Source::new(&log.path, Place::File));
    }
    (!logs.is_empty()).then_some(logs)
}

fn sam_call_refused(attempt: &Attempt) -> Finding {
    let finding = |answer| Finding::new("sam-call-refused", Weight::Supports, answer);
    match &attempt.trace {
        None => finding(Answer::Unknown).needing("connect-application-log", attempt.server()),
        Some(trace) => {
            let answer = match (&trace.text.sam_call, attempt.is_trace_doubtful()) {
                (SamCall::Refused, false) => finding(Answer::Yes),
                (SamCall::Refused, true) => finding(Answer::Unknown).variant("ambiguous"),
                (SamCall::Unclear, false) => finding(Answer::Unknown).variant("unclear"),
                (_, false) => finding(Answer::No),
                // It rules out no more than it shows.
                (_, true) => finding(Answer::Unknown).variant("other-ambiguous"),
            };
            let account = attempt.connector.as_ref().map_or_else(
                || stand_in::CONNECTOR_ACCOUNT.to_owned(),
                super::super::facts::attempts::NamedAccount::full,
            );
            answer.with("account", account).at(&trace.source)
        }
    }
}

/// The cloud's own record of the same operation. It says that the failure is one of SSPR_0029, and not why.
fn audit_log_names_on_premises(attempt: &Attempt) -> Finding {
    let finding = |answer| Finding::new("audit-log-names-on-premises", Weight::Context, answer);
    match &attempt.cloud {
        None => finding(Answer::Unknown),
        Some(row) => {
            let answer = if row.says == CloudSays::AdminAction { Answer::Yes } else { Answer::No };
            let reason = if row.reason.is_empty() { "no reason" } else { row.reason.as_str() };
            let reason: String = reason.chars().take(120).collect();
            finding(answer).with("reason", reason).at(&row.source)
        }
    }
}

/// The operation's trace gets past the call for user information, and ends with the set refused.
pub(super) fn reached_set(attempt: &Attempt) -> bool {
    attempt.trace.as_ref().is_some_and(|trace| {
        trace.text.sam_call == SamCall::NotMentioned
            && trace.text.codes.iter().any(|code| code == ACCESS_DENIED_CODE)
    })
}

/// The engine got as far as setting the password, and the directory refused.
fn password_set_refused(attempt: &Attempt) -> Finding {
    let finding = |answer| Finding::new("password-set-refused", Weight::Supports, answer);
    let Some(trace) = &attempt.trace else {
        return finding(Answer::Unknown).needing("connect-application-log", attempt.server());
    };
    let finding = match (reached_set(attempt), attempt.is_trace_doubtful()) {
        (true, false) => finding(Answer::Yes),
        (_, false) if trace.text.sam_call == SamCall::Unclear => finding(Answer::Unknown).variant("unclear"),
        (false, false) => finding(Answer::No),
        (_, true) => finding(Answer::Unknown).variant("ambiguous"),
    };
    finding.at(&trace.source).at_all(attempt.error.as_ref().map(|(_, source)| source))
}

fn no_engine_trace(attempt: &Attempt) -> Finding {
    let finding = |answer| Finding::new("no-engine-trace", Weight::Context, answer);
    let finding = match (attempt.outcome, &attempt.trace) {
        (Outcome::Succeeded, _) => return finding(Answer::No).variant("succeeded"),
        (Outcome::Unknown, None) => return finding(Answer::Unknown).variant("no-end"),
        (_, Some(trace)) if attempt.trace_ambiguous => {
            return finding(Answer::Unknown).at(&trace.source);
        }
        (_, Some(trace)) if trace.from_slack => finding(Answer::Yes)
            .variant("slack")
            .at(&trace.source)
            .needing("connect-application-log", attempt.server()),
        (_, Some(_)) => finding(Answer::No),
        (_, None) => finding(Answer::Yes).needing("connect-application-log", attempt.server()),
    };
    finding.at_all(attempt.error.as_ref().map(|(_, source)| source))
}
