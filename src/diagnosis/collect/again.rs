//! Why an artifact is asked for again although the bundle has one: it is damaged, of another machine, or
//! does not show what it is asked for.

use crate::facts::machines::Role;
use crate::facts::{Attempt, Facts, LogFact};
use crate::rules::{Answer, Need};
use crate::source::Source;
use crate::words::Statement;

use super::super::AttemptResult;

fn again(reason: &str) -> Statement {
    Statement::new(format!("collect-again.{reason}"))
}

/// Of the log of the Connect server, where no failure was found.
pub(super) fn without_failure(facts: &Facts) -> Option<Statement> {
    // What is in the log of a server in staging mode is of an earlier time.
    let of_staging = |log: &LogFact| facts.staging.iter().any(|server| Some(server.machine) == log.machine);
    let log = facts.logs.iter().find(|log| log.has_writeback && !of_staging(log))?;
    Some(lossy(log).unwrap_or_else(|| {
        let time = |time: Option<jiff::Timestamp>| time.map_or_else(String::new, |time| time.to_string());
        again("log-without-failure")
            .with("path", log.path.to_string())
            .with("from", time(log.coverage.from))
            .with("to", time(log.coverage.to))
    }))
}

fn lossy(log: &LogFact) -> Option<Statement> {
    let lost = log.coverage.lost;
    (lost > 0)
        .then(|| again("log-damaged").with("path", log.path.to_string()).with("count", lost.to_string()))
}

/// The reason for one failure, where there is one.
pub(super) fn reason(
    facts: &Facts,
    attempt: &Attempt,
    result: &AttemptResult,
    need: &Need,
) -> Option<Statement> {
    match need.artifact {
        "connect-application-log" => {
            let id = facts.machines.find(&attempt.computer);
            let log =
                facts.logs.iter().find(|log| log.has_writeback && (log.machine == id || id.is_none()))?;
            Some(lossy(log).unwrap_or_else(|| again("log-without-trace").with("path", log.path.to_string())))
        }
        "controller-lsa-key" => of_key(facts, need),
        "controller-system-log" => Some(again("log-for-value")),
        _ => of_directory(facts, attempt, result, need),
    }
}

/// Exports of the registry, and reports that could have spared them.
fn of_key(facts: &Facts, need: &Need) -> Option<Statement> {
    let name = |id| facts.machines.name(id).to_owned();
    let asked = need.machine.as_deref().and_then(|machine| facts.machines.find(machine));
    let exported = || facts.restrictions.seen.iter().filter(|seen| !seen.values.is_empty());
    let path = |seen: &crate::facts::sam_restriction::Restriction| {
        seen.values.first().map(|value| value.source.path.to_string()).unwrap_or_default()
    };
    // Of an export that shows too little for a value there is its machine alone.
    let of_asked =
        facts.files.iter().find(|file| asked.is_some() && file.machine == asked && file.is_registry_export);
    let uncertain = exported().find(|seen| asked.is_some() && seen.machine == asked).map(path);
    if let Some(path) = uncertain.or_else(|| of_asked.map(|file| file.path.to_string())) {
        return Some(again("key-uncertain").with("path", path));
    }
    if let Some(seen) = exported().find(|seen| seen.machine.is_none()) {
        return Some(again("key-without-machine").with("path", path(seen)));
    }
    if let Some(source) = facts.restrictions.without_key.first() {
        return Some(again("key-missing").with("path", source.path.to_string()));
    }
    if let Some(source) = facts.restrictions.unelevated.first() {
        return Some(again("report-not-elevated").with("path", source.path.to_string()));
    }
    exported().find_map(|seen| {
        let id = seen.machine.filter(|id| !facts.machines.is(*id, Role::DomainController))?;
        Some(again("key-of-another-machine").with("path", path(seen)).with("machine", name(id)))
    })
}

/// Exports of the directory: the check that needs them says what they lack.
fn of_directory(facts: &Facts, attempt: &Attempt, result: &AttemptResult, need: &Need) -> Option<Statement> {
    const REASONS: [(&str, &str); 9] = [
        ("target-user", "mended"),
        ("target-user", "disputed"),
        ("target-user", "groups"),
        ("target-user", "not-stamped"),
        ("target-permissions", "mended"),
        ("target-permissions", "disputed"),
        ("target-permissions", "not-whole"),
        ("target-permissions", "unnamed"),
        ("connector-account", "membership"),
    ];
    let asking = || {
        let findings = result.causes.iter().flat_map(|(_, _, findings)| findings.iter());
        findings.filter(|finding| finding.answer == Answer::Unknown && finding.needs.contains(need))
    };
    REASONS.iter().filter(|(artifact, _)| *artifact == need.artifact).find_map(|(artifact, variant)| {
        let end = format!("unknown-{variant}");
        let finding = asking().find(|finding| finding.text.key.ends_with(&end))?;
        let of_user = || facts.directory.target_of(attempt).and_then(|user| user.sources.first());
        // The finding is evidenced by the later success; what may be stale is the export.
        let export = match *variant {
            "mended" => export(facts, attempt, artifact),
            _ => finding.sources.first().or_else(of_user),
        };
        let path = export?.path.to_string();
        let text = again(&format!("{artifact}-{variant}")).with("path", path);
        Some(match finding.sources.first().filter(|_| *variant == "mended") {
            Some(success) => text.with("success", success.path.to_string()),
            None => text,
        })
    })
}

/// Where an artifact of the operation's user stands: its access list, or what shows the user.
fn export<'f>(facts: &'f Facts, attempt: &Attempt, artifact: &str) -> Option<&'f Source> {
    let user = facts.directory.target_of(attempt)?;
    match artifact {
        "target-permissions" => user.descriptors.first().map(|list| &list.source),
        _ => user.sources.first(),
    }
}
