//! Cause 2: the AD DS connector account lacks rights in Active Directory.

use std::collections::BTreeSet;

use crate::facts::directory::DirectoryUser;
use crate::facts::machines::Role;
use crate::facts::{Attempt, Facts, Operation, Outcome};
use crate::words::stand_in;

use super::controllers::Survey;
use super::directory::Target;
use super::read_access;
use super::shared::{ACCESS_DENIED_CODE, Shared, is_user, reached_set};
use super::{Answer, CauseId, Finding, Weight};

pub(super) fn findings(
    facts: &Facts,
    attempt: &Attempt,
    target: &Target<'_>,
    survey: &Survey,
    shared: &Shared,
) -> Vec<Finding> {
    let mut findings = shared.weighed(CauseId::ConnectorPermissions);
    findings.extend(target.for_connector_permissions());
    findings.push(sam_restriction_cleared(survey, shared));
    findings.extend(read_access::findings(facts, attempt));
    findings.push(many_users_refused(facts));
    findings.push(connect_on_domain_controller(facts, attempt));
    findings.push(custom_connector_account(facts, attempt));
    let restriction = [survey.denies_connector(), survey.denial_logged_for_connector(facts, attempt)];
    findings.extend(restriction.map(|finding| Finding { weight: Weight::Context, ..finding }));
    findings
}

/// With the restriction out of the way, a refused call means that NetUserGetInfo lacks its reads
/// (<https://learn.microsoft.com/en-us/troubleshoot/windows-server/identity/netuser-netgroup-fails-with-access-denied>).
/// Of an operation whose call was not refused it means nothing.
fn sam_restriction_cleared(survey: &Survey, shared: &Shared) -> Finding {
    let refused = shared.answer("sam-call-refused");
    let [lets_in, audit] = [survey.lets_connector_in(), survey.audit_only_mode()];
    let clearing = [&lets_in, &audit].into_iter().find(|finding| finding.answer == Answer::Yes);
    match clearing {
        Some(clearing) => {
            let finding = |weight| Finding::new("sam-restriction-cleared", weight, Answer::Yes);
            let finding = match refused {
                Answer::Yes => finding(Weight::Supports).variant("refused"),
                Answer::No | Answer::Unknown => finding(Weight::Context),
            };
            finding
                .with("machine", survey.controllers_named())
                .at_all(&clearing.sources)
                .needing("net-user-read-access", survey.any_controller_name())
        }
        None => Finding {
            needs: lets_in.needs,
            ..Finding::new("sam-restriction-cleared", Weight::Supports, lets_in.answer)
        },
    }
}

/// So many that a few administrators who try their own accounts do not make it up.
const MANY: usize = 3;

fn many_users_refused(facts: &Facts) -> Finding {
    let finding = |answer| Finding::new("many-users-refused", Weight::Supports, answer);
    let refused = |attempt: &&Attempt| {
        facts.counts_as_failed(attempt) && !attempt.is_trace_doubtful() && reached_set(attempt)
    };
    // At which step these were refused, nobody knows.
    let open = |attempt: &&Attempt| {
        facts.counts_as_failed(attempt)
            && attempt.code.as_deref() == Some(ACCESS_DENIED_CODE)
            && (attempt.trace.is_none() || attempt.is_trace_doubtful())
    };
    let users = users_of(facts, refused);
    let with_open = users_of(facts, |attempt| refused(attempt) || open(attempt));
    let reset_works = facts.attempts.iter().find(|attempt| {
        attempt.outcome == Outcome::Succeeded
            && matches!(attempt.operation, Operation::Reset | Operation::AdminReset)
            && facts.staging_of(attempt).is_none()
    });
    match reset_works {
        Some(works) => finding(Answer::No).variant("some-succeed").at_all(works.events.last()),
        None if users.len() >= MANY => finding(Answer::Yes).with("count", users.len().to_string()).at_all(
            facts.attempts.iter().filter(refused).take(4).filter_map(|attempt| attempt.events.first()),
        ),
        None if with_open.len() >= MANY => finding(Answer::Unknown)
            .with("count", with_open.len().to_string())
            .needing("connect-application-log", None),
        None => finding(Answer::No),
    }
}

/// Users of some operations, but those who are refused for their own sake: administrators.
fn users_of(facts: &Facts, wanted: impl Fn(&&Attempt) -> bool) -> BTreeSet<String> {
    facts
        .attempts
        .iter()
        .filter(wanted)
        .filter(|attempt| !facts.directory.target_of(attempt).is_some_and(DirectoryUser::is_shown_protected))
        .filter_map(|attempt| attempt.user.as_deref())
        .filter(|user| !facts.account_events.restamps.iter().any(|at| is_user(facts, &at.target, user)))
        .map(str::to_lowercase)
        .collect()
}

fn connect_on_domain_controller(facts: &Facts, attempt: &Attempt) -> Finding {
    let finding = |answer| {
        Finding::new("connect-on-domain-controller", Weight::Context, answer)
            .with("machine", attempt.server().unwrap_or(stand_in::CONNECT_SERVER))
    };
    let Some(machine) = facts.machines.find(&attempt.computer).and_then(|id| facts.machines.get(id)) else {
        return finding(Answer::Unknown);
    };
    let shown = machine.roles.iter().find(|shown| shown.role == Role::DomainController);
    match shown {
        Some(shown) => finding(Answer::Yes).at_all(&shown.source),
        None if machine.is(Role::Member) => finding(Answer::No),
        None => finding(Answer::Unknown),
    }
}

fn custom_connector_account(facts: &Facts, attempt: &Attempt) -> Finding {
    let finding = |answer| Finding::new("custom-connector-account", Weight::Context, answer);
    match facts.connectors.of(attempt) {
        None => finding(Answer::Unknown),
        Some(connector) => {
            let answer = if connector.is_express() { Answer::No } else { Answer::Yes };
            finding(answer).with("account", connector.account.full()).at(&connector.account.source)
        }
    }
}
