//! What stands beside the verdict.

use crate::facts::Facts;
use crate::facts::sam_restriction::SamValue;
use crate::rules::{Answer, CauseId, Findings};
use crate::words::Statement;

use super::{Verdict, VerdictCause};

/// What stands beside the verdict: what hides a cause, and what will bring one back.
pub(super) fn warnings(facts: &Facts, verdict: &Verdict, machines: &Findings) -> Vec<Statement> {
    let mut warnings = Vec::new();
    for connector in facts.connectors.accounts.iter().filter(|connector| connector.protected.is_some()) {
        warnings
            .push(Statement::new("warning.connector-is-protected").with("account", connector.account.full()));
    }
    for server in &facts.staging {
        warnings.push(
            Statement::new("warning.server-in-staging-mode")
                .with("machine", facts.machines.name(server.machine))
                .with("path", server.source.path.to_string()),
        );
    }
    warnings.extend(of_replication(facts));
    let latent =
        machines.causes.iter().find(|(cause, _)| *cause == CauseId::RemoteSam).and_then(|(_, findings)| {
            findings.iter().find(|finding| {
                finding.check == "controller-denies-connector" && finding.answer == Answer::Yes
            })
        });
    if let Some(finding) = latent
        && verdict.cause != VerdictCause::Cause(CauseId::RemoteSam)
    {
        let mut warning = Statement::new("warning.restriction-is-latent");
        warning.values.clone_from(&finding.text.values);
        warnings.push(warning);
    }
    for policy in &facts.restrictions.not_applied {
        let key = if policy.simulated {
            "warning.simulation-is-no-evidence"
        } else {
            "warning.gpo-defines-setting"
        };
        warnings.push(
            Statement::new(key)
                .with("path", policy.source.path.to_string())
                .with("value", policy.value.as_ref().map(SamValue::shown).unwrap_or_default()),
        );
    }
    for source in &facts.restrictions.unelevated {
        warnings.push(Statement::new("warning.report-not-elevated").with("path", source.path.to_string()));
    }
    for source in &facts.restrictions.without_key {
        warnings.push(Statement::new("warning.export-without-key").with("path", source.path.to_string()));
    }
    warnings
}

/// Controllers that do not get changes: what was granted or cleaned up may not have reached them.
fn of_replication(facts: &Facts) -> Option<Statement> {
    const SHOWN: usize = 5;
    let health = &facts.replication;
    let mut names: Vec<&str> =
        health.unreached.iter().chain(&health.stale).map(|trouble| trouble.controller.as_str()).collect();
    names.sort_unstable();
    let more = names.len() > SHOWN;
    names.truncate(SHOWN);
    let mut machines = names.join(", ");
    if more {
        machines.push_str(", \u{2026}");
    }
    let any = facts.attempts.iter().any(|attempt| facts.counts_as_failed(attempt)) && !names.is_empty();
    any.then(|| Statement::new("warning.replication-fails").with("machine", machines))
}
