//! What to collect next: derived from the checks that could not tell, never written by hand.

use std::collections::BTreeMap;

use crate::facts::machines::Role;
use crate::facts::{Attempt, Facts};
use crate::knowledge::collect::{Collectable, collectables};
use crate::knowledge::pages::Values;
use crate::rules::{Answer, CauseId, Need};

use super::{AttemptResult, CauseResult, State, Verdict, VerdictCause, remedy, tiers};

/// One artifact to collect.
#[derive(Debug, Clone)]
pub struct Collect {
    /// What, and how.
    pub artifact: &'static Collectable,
    /// Values for its places.
    pub values: Values,
    /// Causes and checks that it decides.
    pub decides: Vec<String>,
}

/// The artifacts that could lift a cause to another rung: those that would answer what is unknown on the
/// rungs that no answer at hand excludes.
pub(super) fn missing(result: &CauseResult) -> Vec<Need> {
    if !matches!(result.state, State::Possible | State::Likely) {
        return Vec::new();
    }
    let here = tiers::rung(result.cause, &result.findings);
    let reachable = |tier: &&tiers::Tier| {
        tier.state != result.state && tier.all.iter().all(|condition| condition.may_hold(&result.findings))
    };
    let above = tiers::ladder(result.cause).iter().filter(reachable);
    let asked: Vec<&str> =
        above.flat_map(|tier| tier.all).chain(here.all).map(|condition| condition.check()).collect();
    let open = result.findings.iter().filter(|finding| {
        let unknown = finding.answer == Answer::Unknown && asked.contains(&finding.check);
        let here = here.all.iter().any(|condition| condition.check() == finding.check);
        unknown || here
    });
    let mut needs: Vec<Need> = open.flat_map(|finding| finding.needs.clone()).collect();
    needs.sort_by_key(|need| (position(need.artifact), need.machine.clone()));
    needs.dedup();
    needs
}

fn position(artifact: &str) -> usize {
    collectables().iter().position(|have| have.id == artifact).unwrap_or(usize::MAX)
}

/// The fewest artifacts that separate what is still open, cheapest first.
pub(super) fn next(
    verdict: &Verdict,
    causes: &[CauseResult],
    facts: &Facts,
    results: &[AttemptResult],
) -> Vec<Collect> {
    let mut wanted: BTreeMap<(usize, Option<String>), Vec<String>> = BTreeMap::new();
    let failed = facts.attempts.iter().any(|attempt| facts.counts_as_failed(attempt));
    if !failed && verdict.cause != VerdictCause::NoFailure {
        let all = CauseId::ALL.iter().map(|cause| cause.id().to_owned()).collect();
        wanted.insert((position("connect-application-log"), None), all);
    }
    for cause in causes {
        for need in &cause.missing {
            let decides = wanted.entry((position(need.artifact), need.machine.clone())).or_default();
            let checks = cause
                .findings
                .iter()
                .filter(|finding| finding.needs.contains(need))
                .map(|finding| finding.check.to_owned());
            for id in std::iter::once(cause.cause.id().to_owned()).chain(checks) {
                if !decides.contains(&id) {
                    decides.push(id);
                }
            }
        }
    }
    // A named machine says it better than "every domain controller".
    let named: Vec<usize> =
        wanted.keys().filter(|(_, machine)| machine.is_some()).map(|(artifact, _)| *artifact).collect();
    wanted.retain(|(artifact, machine), _| machine.is_some() || !named.contains(artifact));
    wanted
        .into_iter()
        .filter_map(|((artifact, machine), decides)| {
            let artifact = collectables().get(artifact)?;
            // Of the operation that the artifact would decide: the user to look at is that one's.
            let leading = match verdict.cause {
                VerdictCause::Cause(cause) => Some(cause),
                _ => None,
            };
            let asking = |cause: &&CauseResult| decides.iter().any(|id| id == cause.cause.id());
            let cause = causes.iter().filter(asking).max_by_key(|cause| Some(cause.cause) == leading);
            let attempt = match cause {
                Some(cause) => remedy::loudest(cause.cause, facts, results),
                None => facts.attempts.iter().rfind(|attempt| facts.counts_as_failed(attempt)),
            };
            let values = values(facts, machine, artifact, attempt);
            Some(Collect { artifact, values, decides })
        })
        .collect()
}

fn values(
    facts: &Facts,
    machine: Option<String>,
    artifact: &Collectable,
    attempt: Option<&Attempt>,
) -> Values {
    let base = Values::default();
    let base = match machine {
        Some(machine) if artifact.r#where.contains("{connect_server}") => {
            base.with("connect_server", machine)
        }
        Some(machine) => base.with("controller", machine),
        None => base,
    };
    let controllers: Vec<&str> =
        facts.machines.with_role(Role::DomainController).map(|id| facts.machines.name(id)).collect();
    let base = if controllers.is_empty() { base } else { base.with("controller", controllers.join(", ")) };
    remedy::values(base, facts, attempt)
}
