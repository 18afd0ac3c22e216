//! What the events of one operation say to all three causes.

use jiff::SignedDuration;

use crate::facts::account_events::{AccountName, PasswordSet};
use crate::facts::connector::is_same;
use crate::facts::writeback_text::SamCall;
use crate::facts::{Attempt, CloudSays, Facts, Outcome};

use super::{Answer, CauseId, Finding, OtherFinding, Weight, check};

/// Answers that several causes share; each cause takes them over with its own weight.
#[derive(Debug, Clone, Default)]
pub(super) struct Shared {
    pub(super) findings: Vec<Finding>,
}

impl Shared {
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
        other_diagnosis_explains(other),
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

fn other_diagnosis_explains(other: Option<&OtherFinding>) -> Finding {
    match other.filter(|other| other.explains) {
        Some(other) => Finding::new("other-diagnosis-explains", Weight::RulesOut, Answer::Yes)
            .with("diagnosis", other.id.clone())
            .at_all(&other.finding.sources),
        None => Finding::new("other-diagnosis-explains", Weight::RulesOut, Answer::No),
    }
}

/// The controller's clock and the Connect server's may differ, and the set takes a moment.
const PASSWORD_SET_WINDOW: SignedDuration = SignedDuration::from_secs(30);

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
            && is_user(facts, &set.target, user)
    })
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
        None => Finding::new("connector-set-password", Weight::RulesOut, Answer::Unknown)
            .needing("controller-security-log", None),
    }
}

fn sam_call_refused(attempt: &Attempt) -> Finding {
    let finding = |answer| Finding::new("sam-call-refused", Weight::Supports, answer);
    match &attempt.trace {
        None => finding(Answer::Unknown).needing("connect-application-log", attempt.server()),
        Some(trace) => {
            let answer = match (&trace.text.sam_call, attempt.trace_ambiguous || trace.from_slack) {
                (SamCall::Refused, false) => finding(Answer::Yes),
                (SamCall::Refused, true) => finding(Answer::Unknown).variant("ambiguous"),
                _ => finding(Answer::No),
            };
            let account = attempt.connector.as_ref().map_or_else(
                || "the connector account".to_owned(),
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

/// The engine got as far as setting the password, and the directory refused.
fn password_set_refused(attempt: &Attempt) -> Finding {
    let finding = |answer| Finding::new("password-set-refused", Weight::Supports, answer);
    let Some(trace) = &attempt.trace else {
        return finding(Answer::Unknown).needing("connect-application-log", attempt.server());
    };
    let reached = trace.text.sam_call == SamCall::NotMentioned
        && trace.text.codes.iter().any(|code| code == ACCESS_DENIED_CODE);
    let answer = match (reached, attempt.trace_ambiguous || trace.from_slack) {
        (true, false) => Answer::Yes,
        (true, true) => Answer::Unknown,
        (false, _) => Answer::No,
    };
    finding(answer).at(&trace.source).at_all(attempt.error.as_ref().map(|(_, source)| source))
}

fn no_engine_trace(attempt: &Attempt) -> Finding {
    let refused = attempt.outcome == Outcome::Failed && attempt.trace.is_none();
    let answer = if refused { Answer::Yes } else { Answer::No };
    let finding = Finding::new("no-engine-trace", Weight::Context, answer)
        .at_all(attempt.error.as_ref().map(|(_, source)| source));
    if refused { finding.needing("connect-application-log", attempt.server()) } else { finding }
}
