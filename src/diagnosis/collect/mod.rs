//! What to collect next: the fewest and cheapest artifacts that decide what is still open, never written by
//! hand.
//!
//! Each failure is asked for itself ([`plan`]): which artifacts change its verdict in a world that the answers
//! at hand still allow ([`worlds`])? Failures that stand alike are asked for once, by the latest of them.

mod again;
pub mod plan;
pub mod worlds;

use crate::facts::machines::Role;
use crate::facts::{Attempt, Facts};
use crate::knowledge::collect::{Collectable, Machine, collectable, position};
use crate::knowledge::pages::Values;
use crate::rules::{CauseId, Need};
use crate::words::Statement;

use super::{AttemptResult, State, Verdict, VerdictCause, remedy};
use plan::{Asked, Open};

/// One artifact to collect.
#[derive(Debug, Clone)]
pub struct Collect {
    /// What, and how.
    pub artifact: &'static Collectable,
    /// The machine, where its name is known.
    pub machine: Option<String>,
    /// The machine in words.
    pub place: Statement,
    /// The user whose object it is, where the artifact is of one.
    pub user: Option<String>,
    /// The connector account, where the artifact is of it.
    pub account: Option<String>,
    /// Values for the places of the command.
    pub values: Values,
    /// Causes and checks that it decides.
    pub decides: Vec<String>,
    /// Why it is asked for although the bundle has one.
    pub again: Option<Statement>,
}

/// The artifacts that would decide a cause.
pub(super) fn of_cause(collect: &[Collect], cause: CauseId) -> Vec<Need> {
    let deciding = collect.iter().filter(|one| one.decides.iter().any(|id| id == cause.id()));
    deciding.map(|one| Need { artifact: &one.artifact.id, machine: one.machine.clone() }).collect()
}

/// What to collect next, in the order of the table.
pub(super) fn next(verdict: &Verdict, facts: &Facts, results: &[AttemptResult]) -> Vec<Collect> {
    let failed = facts.attempts.iter().any(|attempt| facts.counts_as_failed(attempt));
    if !failed {
        return if verdict.cause == VerdictCause::NoFailure { Vec::new() } else { failures_first(facts) };
    }
    let mut all: Vec<Collect> = Vec::new();
    for (attempt, result) in open(verdict, facts, results) {
        for asked in Open::of(result).fewest() {
            let Some(collect) = collect(facts, attempt, result, asked) else { continue };
            let same = |have: &&mut Collect| {
                have.artifact.id == collect.artifact.id
                    && have.machine == collect.machine
                    && have.user == collect.user
                    && have.account == collect.account
            };
            match all.iter_mut().find(same) {
                Some(have) => {
                    let new = collect.decides.into_iter().filter(|id| !have.decides.contains(id));
                    let new: Vec<String> = new.collect();
                    have.decides.extend(new);
                }
                None => all.push(collect),
            }
        }
    }
    all.sort_by_key(|one| (position(&one.artifact.id), one.machine.clone(), one.user.clone()));
    all
}

/// The failures that are worth asking for: of those that stand alike, the latest. Where the verdict is
/// confirmed, only those that its cause cannot explain.
fn open<'a>(
    verdict: &Verdict,
    facts: &'a Facts,
    results: &'a [AttemptResult],
) -> Vec<(&'a Attempt, &'a AttemptResult)> {
    let mut seen: Vec<Vec<&str>> = Vec::new();
    let mut open = Vec::new();
    for (attempt, result) in facts.attempts.iter().zip(results).rev() {
        let explained = match (verdict.cause, verdict.state) {
            (VerdictCause::Cause(cause), State::Confirmed) => {
                result.cause == VerdictCause::Cause(cause) || Open::of(result).may_be(cause)
            }
            _ => false,
        };
        if !facts.counts_as_failed(attempt) || result.state == State::Confirmed || explained {
            continue;
        }
        let alike: Vec<&str> = result.causes.iter().map(|(_, tier, _)| tier.reason).collect();
        if !seen.contains(&alike) {
            seen.push(alike);
            open.push((attempt, result));
        }
    }
    open
}

/// Without a failure there is nothing to separate: the log that shows failures comes first.
fn failures_first(facts: &Facts) -> Vec<Collect> {
    const LOG: &str = "connect-application-log";
    let Some(artifact) = collectable(LOG) else { return Vec::new() };
    // What is encrypted may be that log: its password comes first.
    if facts.has_encrypted && !facts.logs.iter().any(|log| log.has_writeback) {
        return Vec::new();
    }
    let staging = |id| facts.staging.iter().any(|server| server.machine == id);
    let active = facts.machines.with_role(Role::ConnectServer).filter(|id| !staging(*id));
    let mut active = active.map(|id| facts.machines.name(id));
    let machine = match (active.next(), active.next()) {
        (Some(one), None) => Some(one.to_owned()),
        _ => None,
    };
    let place = if machine.is_none() && !facts.staging.is_empty() {
        Statement::new("collect-where.active-connect-server")
    } else {
        place(artifact, machine.as_deref(), None)
    };
    vec![Collect {
        artifact,
        place,
        machine,
        user: None,
        account: None,
        values: Values::default(),
        decides: CauseId::ALL.iter().map(|cause| cause.id().to_owned()).collect(),
        again: again::without_failure(facts),
    }]
}

fn collect(facts: &Facts, attempt: &Attempt, result: &AttemptResult, asked: Asked) -> Option<Collect> {
    let artifact = collectable(asked.need.artifact)?;
    let connector = facts.connector_of(attempt);
    let domain = connector.and_then(|connector| connector.account.domain.as_deref());
    let named = asked.need.machine.clone().filter(|name| !name.is_empty());
    let machine = named.or_else(|| match artifact.machine {
        Machine::ConnectServer => attempt.server().map(str::to_owned),
        Machine::Controller => a_controller(facts, domain),
    });
    let takes = |placeholder: &str| artifact.command.contains(placeholder);
    let values = remedy::values(Values::default(), facts, Some(attempt));
    Some(Collect {
        place: place(artifact, machine.as_deref(), domain),
        user: attempt.user.clone().filter(|_| takes("{user}")),
        account: connector.map(|one| one.account.full()).filter(|_| takes("{connector_name}")),
        again: again::reason(facts, attempt, result, &asked.need),
        artifact,
        machine,
        values,
        decides: asked.decides,
    })
}

/// A controller that is known, and is of the connector account's domain as far as names tell.
fn a_controller(facts: &Facts, domain: Option<&str>) -> Option<String> {
    let of_domain = |name: &&str| match (name.split_once('.'), domain) {
        (Some((_, dns)), Some(domain)) => {
            dns.eq_ignore_ascii_case(domain)
                || dns.split('.').next().is_some_and(|label| label.eq_ignore_ascii_case(domain))
        }
        _ => true,
    };
    let controllers = facts.machines.with_role(Role::DomainController).map(|id| facts.machines.name(id));
    controllers.filter(|name| !name.is_empty()).find(of_domain).map(str::to_owned)
}

fn place(artifact: &Collectable, machine: Option<&str>, domain: Option<&str>) -> Statement {
    match (machine, artifact.machine, domain) {
        (Some(machine), _, _) => Statement::new("collect-where.named").with("machine", machine),
        (None, Machine::ConnectServer, _) => Statement::new("collect-where.connect-server"),
        (None, Machine::Controller, Some(domain)) => {
            Statement::new("collect-where.controller-of-domain").with("domain", domain)
        }
        (None, Machine::Controller, None) => Statement::new("collect-where.controller"),
    }
}
