//! Which sections of a page's remedy fit what was found, with the values of the case.

use crate::facts::access_lists::domain_dn;
use crate::facts::directory::{DirectoryUser, domain_of};
use crate::facts::machines::{MachineId, Role};
use crate::facts::{Attempt, Facts};
use crate::knowledge::connector_rights::required_rights;
use crate::knowledge::pages::Values;
use crate::rules::{Answer, CauseId, Finding, OtherFinding};
use crate::words::Statement;

use super::{AttemptResult, CauseResult, State};

/// Sections of a page, in the order in which they fit, and the values for their places.
#[derive(Debug, Clone)]
pub struct RemedyPlan {
    /// Id of the page.
    pub page: String,
    /// Ids of its sections; empty for all of them.
    pub sections: Vec<&'static str>,
    /// Why in this order, in words.
    pub fit: Option<Statement>,
    /// Values for the places of the steps.
    pub values: Values,
}

/// The failed operation that gives a cause its highest state; of several, the latest.
pub(super) fn loudest<'f>(
    cause: CauseId,
    facts: &'f Facts,
    results: &[AttemptResult],
) -> Option<&'f Attempt> {
    let failed = facts.attempts.iter().zip(results).filter(|(at, _)| facts.counts_as_failed(at));
    let state = |result: &AttemptResult| {
        result.causes.iter().find(|(of, _, _)| *of == cause).map(|(_, tier, _)| tier.state)
    };
    failed.max_by_key(|(_, result)| state(result)).map(|(attempt, _)| attempt)
}

pub(super) fn for_cause(
    result: &CauseResult,
    facts: &Facts,
    results: &[AttemptResult],
) -> Option<RemedyPlan> {
    if result.state < State::Possible {
        return None;
    }
    let denied = denied(result);
    let (sections, fit): (Vec<&'static str>, Option<&str>) = match result.cause {
        CauseId::ProtectedAccount => for_protected_account(&result.reason.key),
        CauseId::ConnectorPermissions => {
            // The call for user information fails before any right on the user is asked for.
            match result.reason.key.rsplit('.').next().unwrap_or_default() {
                "reads-missing" | "call-refused" | "sam-server-unreadable" | "read-group-emptied" => (
                    vec!["read-access", "preferred-domain-controller"],
                    Some("fit.connector-permissions.reads"),
                ),
                // No grant helps behind an entry that denies.
                _ if denied.is_some() => {
                    (vec!["remove-deny", "grant-permissions"], Some("fit.connector-permissions.denied"))
                }
                "inheritance" => (vec!["grant-permissions"], Some("fit.connector-permissions.inheritance")),
                _ => {
                    let sections = vec!["grant-permissions", "preferred-domain-controller"];
                    (sections, Some("fit.connector-permissions.rights"))
                }
            }
        }
        CauseId::RemoteSam => match (value_outlives_policy(facts), gpo(result).is_some()) {
            (true, _) => (vec!["solution-2", "solution-1", "verify"], Some("fit.remote-sam.value-only")),
            (false, true) => (vec!["solution-1", "solution-2", "verify"], Some("fit.remote-sam.policy")),
            (false, false) => (vec!["solution-1", "solution-2", "verify"], Some("fit.remote-sam.unknown")),
        },
    };
    let mut values = Values::default();
    let mut fit = fit.map(Statement::new);
    if let Some((trustee, right)) = denied {
        values = values.with("denied_trustee", trustee).with("denied_right", right);
        fit = fit.map(|fit| fit.with("right", right));
    }
    if let Some(gpo) = gpo(result) {
        values = values.with("gpo", gpo);
    }
    let machine =
        result.reason.values.iter().find(|(name, _)| *name == "machine").map(|(_, machine)| machine);
    if let Some(machine) = machine.filter(|machine| may_be_controller(facts, machine)) {
        values = values.with("controller", machine);
    }
    let attempt = loudest(result.cause, facts, results);
    Some(RemedyPlan {
        page: result.cause.id().to_owned(),
        sections,
        fit,
        values: self::values(values, facts, attempt),
    })
}

/// An administrator of today is helped otherwise than one of yesterday.
fn for_protected_account(reason: &str) -> (Vec<&'static str>, Option<&'static str>) {
    match reason.rsplit('.').next().unwrap_or_default() {
        "protected-now" | "protected-now-no-trace" | "list-inherits" => {
            (vec!["by-design"], Some("fit.protected-account.now"))
        }
        "formerly-protected" => (vec!["formerly-protected"], Some("fit.protected-account.formerly")),
        "admin-count" | "admin-count-alone" | "admin-count-no-trace" => {
            (vec!["formerly-protected", "by-design"], Some("fit.protected-account.now-or-formerly"))
        }
        _ => (vec!["by-design", "formerly-protected"], None),
    }
}

/// The entry that denies a right which a reset needs: its trustee, and the right. What keeps a user from changing
/// the own password is no such entry.
fn denied(result: &CauseResult) -> Option<(&str, &str)> {
    let denies = |finding: &&Finding| match (finding.check, finding.answer) {
        ("connector-right-missing", Answer::Yes) | ("connector-right", Answer::No) => {
            finding.text.key.contains("-denied")
        }
        _ => false,
    };
    result.findings.iter().filter(denies).find_map(|finding| {
        let value = |wanted: &str| {
            finding.text.values.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.as_str())
        };
        let right = value("right").filter(|right| required_rights().any(|needed| needed.said == *right))?;
        Some((value("trustee")?, right))
    })
}

/// Whether a machine that is known by name may be a domain controller: a Connect server is one only where that
/// is shown.
fn may_be_controller(facts: &Facts, name: &str) -> bool {
    facts.machines.find(name).is_some_and(|id| {
        let is = |role| facts.machines.is(id, role);
        is(Role::DomainController) || !(is(Role::Member) || is(Role::ConnectServer))
    })
}

/// Whether a domain controller has the value although no policy defines it. Of another machine that says nothing:
/// its value restricts calls to itself alone.
fn value_outlives_policy(facts: &Facts) -> bool {
    let outlived = |text: &Statement| text.key == "contradiction.value-outlives-policy";
    let mut outlived = facts.contradictions.iter().filter(|contradiction| outlived(&contradiction.text));
    outlived.any(|contradiction| {
        let machine = contradiction.text.values.iter().find(|(name, _)| *name == "machine");
        machine.is_some_and(|(_, machine)| may_be_controller(facts, machine))
    })
}

/// The policy that sets the restriction, but not that of a Connect server, which need not reach a controller.
fn gpo(result: &CauseResult) -> Option<&str> {
    let told = result.findings.iter().filter(|finding| finding.check != "connect-server-denies-connector");
    let values = told.flat_map(|finding| &finding.text.values);
    values.clone().find(|(name, _)| *name == "gpo").map(|(_, gpo)| gpo.as_str())
}

pub(super) fn for_other(other: &OtherFinding, attempt: &Attempt, facts: &Facts) -> RemedyPlan {
    let young = other.more.iter().find(|finding| finding.text.key.ends_with(".yes-too-young"));
    let fit = young.map(|finding| {
        let mut fit = Statement::new("fit.password-policy.too-young");
        fit.values.clone_from(&finding.text.values);
        fit
    });
    RemedyPlan { values: values(Values::default(), facts, Some(attempt)), fit, ..for_page(&other.id) }
}

pub(super) fn for_page(id: &str) -> RemedyPlan {
    RemedyPlan { page: id.to_owned(), sections: Vec::new(), fit: None, values: Values::default() }
}

/// Adds what the facts know: the account, the servers, the user.
pub(super) fn values(mut values: Values, facts: &Facts, attempt: Option<&Attempt>) -> Values {
    let connector = match attempt {
        Some(attempt) => facts.connector_of(attempt),
        None => facts.connectors.only(),
    };
    if let Some(connector) = connector {
        values = values
            .with("connector_account", connector.account.full())
            .with("connector_name", connector.account.name.clone());
        if let Some(domain) = &connector.account.domain {
            values = values.with("connector_domain", domain.clone());
        }
        if let Some((sid, _)) = &connector.sid {
            values = values.with("connector_sid", sid.as_str());
        }
    }
    let user = attempt.and_then(|attempt| facts.directory.target_of(attempt));
    let domain = user.and_then(DirectoryUser::dn).and_then(domain_dn);
    // A controller that cannot be written to, or of another domain than the user, is none to work on.
    let fits = |id: &MachineId| {
        !facts.machines.is(*id, Role::DomainController)
            || (can_be_written(facts, *id) && domain.is_none_or(|dn| may_be_of(facts.machines.name(*id), dn)))
    };
    let only = |role: Role| {
        let mut machines = facts.machines.with_role(role).filter(fits);
        match (machines.next(), machines.next()) {
            (Some(one), None) => Some(facts.machines.name(one).to_owned()),
            _ => None,
        }
    };
    if let Some(server) =
        attempt.and_then(|attempt| attempt.server().map(str::to_owned)).or_else(|| only(Role::ConnectServer))
    {
        values = values.with("connect_server", server);
    }
    if let Some(controller) = only(Role::DomainController) {
        values = values.with("controller", controller);
    }
    if let Some(user) = attempt.and_then(|attempt| attempt.user.clone()) {
        values = values.with("user", user);
    }
    match domain {
        Some(domain) => of_domain(values, facts, attempt, domain),
        None => values,
    }
}

/// Whether a domain controller is none of those that only read.
fn can_be_written(facts: &Facts, controller: MachineId) -> bool {
    facts.machines.get(controller).is_some_and(|machine| !machine.read_only)
}

/// Whether a machine's name is of a domain, or says nothing of one.
fn may_be_of(machine: &str, domain: &str) -> bool {
    machine.split_once('.').is_none_or(|(_, suffix)| suffix == domain_of(domain))
}

/// Adds the user's domain, and its controllers that Entra Connect could be sent to.
fn of_domain(values: Values, facts: &Facts, attempt: Option<&Attempt>, domain: &str) -> Values {
    let answers = |name: &str| {
        let health = &facts.replication;
        let mut troubled = health.unreached.iter().chain(&health.stale);
        !troubled.any(|one| facts.machines.find(&one.controller) == facts.machines.find(name))
    };
    let server = attempt.and_then(Attempt::server).and_then(|server| facts.machines.find(server));
    let others: Vec<&str> = facts
        .machines
        .with_role(Role::DomainController)
        .filter(|id| Some(*id) != server && !facts.machines.is(*id, Role::ConnectServer))
        .filter(|id| can_be_written(facts, *id))
        .map(|id| facts.machines.name(id))
        .filter(|name| name.contains('.') && may_be_of(name, domain) && answers(name))
        .collect();
    let values = values.with("domain_dn", domain);
    if others.is_empty() { values } else { values.with("other_controllers", others.join(", ")) }
}
