//! What stands below the answer: attempts, files, what was not read, and what made the report.

use super::canvas::Canvas;
use crate::report::Report;
use crate::report::model::{ArtifactEntry, Attempt};
use crate::report::phrases;
use crate::report::times::to_the_millisecond;

/// Most failed attempts that are shown.
const ATTEMPTS: usize = 10;
/// Most files that are shown.
const FILES: usize = 5;
/// Most gaps that are shown.
const GAPS: usize = 3;
/// Characters of a hash that are shown.
const HASH: usize = 12;

/// How the attempts ended, and the latest failures.
pub(super) fn attempts(canvas: &mut Canvas, report: &Report) {
    if report.attempts.is_empty() {
        return canvas.heading(&canvas.word("attempts-none"));
    }
    let counts = ["failed", "succeeded", "unknown"].map(|result| {
        let count = report.attempts.iter().filter(|attempt| attempt.result == result).count();
        (count > 0).then(|| canvas.words(&format!("attempts-{result}"), &[("count", count.to_string())]))
    });
    let counts: Vec<String> = counts.into_iter().flatten().collect();
    let counts = canvas.phrases().list(&counts);
    canvas.heading(&canvas.words("attempts", &[("counts", counts)]));
    let failed: Vec<_> = report.attempts.iter().filter(|attempt| attempt.result == "failed").collect();
    let shown = shown(&failed);
    let hidden = failed.len().saturating_sub(shown.len());
    if hidden > 0 {
        canvas.paragraph(2, &canvas.words("attempts-more", &[("count", hidden.to_string())]));
    }
    let differs = shown.iter().any(|attempt| !is_of_verdict(report, attempt));
    for attempt in shown {
        one_attempt(canvas, report, attempt, differs);
    }
}

/// The latest failures; an older one too, where it is the latest with its cause.
fn shown<'a>(failed: &[&'a Attempt]) -> Vec<&'a Attempt> {
    let kind = |attempt: &Attempt| (attempt.cause.clone(), attempt.diagnosis.clone(), attempt.state);
    let latest = failed.len().saturating_sub(ATTEMPTS);
    let mut seen = Vec::new();
    let mut shown: Vec<&Attempt> = Vec::new();
    for (at, attempt) in failed.iter().enumerate().rev() {
        let kind = kind(attempt);
        if at >= latest || !seen.contains(&kind) {
            shown.push(attempt);
        }
        if !seen.contains(&kind) {
            seen.push(kind);
        }
    }
    shown.reverse();
    shown
}

/// The attempt has the answer of the verdict.
fn is_of_verdict(report: &Report, attempt: &Attempt) -> bool {
    let verdict = &report.verdict;
    (&attempt.cause, &attempt.diagnosis, attempt.state) == (&verdict.cause, &verdict.diagnosis, verdict.state)
}

/// One attempt. Where not all have the answer of the verdict, each has its own beside it.
fn one_attempt(canvas: &mut Canvas, report: &Report, attempt: &Attempt, with_outcome: bool) {
    let parts: Vec<String> = std::iter::once(canvas.word(&format!("operation.{}", attempt.operation)))
        .chain(attempt.user.iter().chain(&attempt.code).cloned())
        .collect();
    let mut line = format!("{}  {}", to_the_millisecond(&attempt.time), canvas.phrases().list(&parts));
    if with_outcome {
        line.push_str(&format!(": {}", outcome(canvas, report, attempt)));
    }
    canvas.item(2, &line);
}

/// What is made of an attempt: its cause, and how sure.
fn outcome(canvas: &Canvas, report: &Report, attempt: &Attempt) -> String {
    let state = canvas.state_name(attempt.state);
    let diagnosis = attempt.diagnosis.as_deref().and_then(|id| phrases::diagnosis(report, id));
    match (attempt.cause.as_str(), diagnosis) {
        ("undetermined", _) => canvas.phrases().without_cause(report, attempt),
        (_, Some(other)) => format!("{} ({state})", other.title),
        (cause, None) => {
            let short = canvas.phrases().short(report, cause);
            format!("{} ({state})", short.unwrap_or_else(|| canvas.word(&format!("cause.{cause}"))))
        }
    }
}

/// The files, with the machine that each speaks for.
pub(super) fn files(canvas: &mut Canvas, report: &Report) {
    canvas.heading(&canvas.words("files", &[("count", report.artifacts.len().to_string())]));
    for artifact in report.artifacts.iter().take(FILES) {
        canvas.item(2, &one_file(canvas, artifact));
    }
    let more = report.artifacts.len().saturating_sub(FILES);
    if more > 0 {
        canvas.paragraph(2, &canvas.words("files-more", &[("count", more.to_string())]));
    }
}

fn one_file(canvas: &Canvas, artifact: &ArtifactEntry) -> String {
    let mut about = vec![artifact.kind.clone()];
    about.extend(artifact.machine.clone());
    if let Some(coverage) = &artifact.coverage {
        about.push(canvas.words("file-records", &[("count", coverage.records.to_string())]));
        if let (Some(from), Some(to)) = (&coverage.from, &coverage.to) {
            about.push(canvas.words("file-range", &[("from", day(from)), ("to", day(to))]));
        }
        if coverage.lost > 0 {
            about.push(canvas.words("file-lost", &[("count", coverage.lost.to_string())]));
        }
    }
    format!("{}: {}", artifact.path, about.join(", "))
}

/// The day of a time.
fn day(time: &str) -> String {
    time.split('T').next().unwrap_or_default().to_owned()
}

/// What was not read, where there is any.
pub(super) fn gaps(canvas: &mut Canvas, report: &Report) {
    if report.gaps.is_empty() {
        return;
    }
    canvas.heading(&canvas.words("gaps", &[("count", report.gaps.len().to_string())]));
    for gap in report.gaps.iter().take(GAPS) {
        canvas.item(2, &format!("{}, {}: {}", gap.path, gap.place, gap.reason));
    }
    let more = report.gaps.len().saturating_sub(GAPS);
    if more > 0 {
        canvas.paragraph(2, &canvas.words("gaps-more", &[("count", more.to_string())]));
    }
}

/// Which tool made the report, and from what.
pub(super) fn made_by(canvas: &mut Canvas, report: &Report) {
    let short = |hash: &str| hash.chars().take(HASH).collect::<String>();
    let tool = &report.tool;
    let values = [
        ("name", tool.name.clone()),
        ("version", tool.version.clone()),
        ("knowledge", short(&tool.knowledge)),
    ];
    canvas.gap();
    canvas.paragraph(0, &canvas.words("made-by", &values));
    for input in &report.bundle.inputs {
        let values = [("path", input.path.clone()), ("sha256", short(&input.sha256))];
        canvas.paragraph(0, &canvas.words("input", &values));
    }
    let not_hashed = report.artifacts.iter().filter(|artifact| artifact.sha256.is_none()).count();
    if not_hashed > 0 {
        canvas.paragraph(0, &canvas.words("not-hashed", &[("count", not_hashed.to_string())]));
    }
}
