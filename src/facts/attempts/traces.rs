//! The engine's traces (6329): which failed operation each belongs to.

use jiff::{SignedDuration, Timestamp};

use crate::facts::writeback_text::{SamCall, trace_text};
use crate::facts::{KnownEventAt, KnownEvents};
use crate::knowledge::events::EventKind;

use super::{Attempt, Outcome, Trace};

/// The trace is written in the same second or so as the error; a busy server may take a little longer.
const TRACE_WINDOW: SignedDuration = SignedDuration::from_secs(10);

/// Lines of one moment may stand in either order.
const START_SLACK: SignedDuration = SignedDuration::from_secs(1);

struct FoundTrace<'e> {
    at: &'e KnownEventAt<'e>,
    trace: Trace,
}

/// Gives each trace to the failed operation that it lies nearest to, one to one: by time, then by order.
pub(super) fn join(attempts: &mut Vec<Attempt>, events: &KnownEvents<'_>) {
    let traces: Vec<FoundTrace<'_>> = events
        .of_kind(&[EventKind::EngineTrace])
        .map(|at| FoundTrace {
            at,
            trace: Trace {
                text: trace_text(&at.text()),
                time: at.event.time,
                source: at.source.clone(),
                from_slack: at.event.from_slack,
            },
        })
        .collect();
    let mut pairs: Vec<(bool, SignedDuration, bool, usize, usize)> = Vec::new();
    let by_time = by_time(attempts);
    for (t, found) in traces.iter().enumerate() {
        for a in nearest(&by_time, found.trace.time) {
            let Some(attempt) = attempts.get(a) else { continue };
            let after = found.trace.time > attempt.time;
            let apart = found.trace.time.duration_since(attempt.time).abs();
            if attempt.outcome == Outcome::Failed
                && apart <= TRACE_WINDOW
                && !is_before_start(attempt, found.trace.time)
                && attempt.computer.eq_ignore_ascii_case(&found.at.event.computer)
            {
                pairs.push((contradicts(attempt.code.as_deref(), &found.trace), apart, after, t, a));
            }
        }
    }
    // A trace whose code another failure names is that one's.
    let of_others: Vec<bool> = (0..traces.len())
        .map(|t| pairs.iter().any(|(contradicting, _, _, trace, _)| *trace == t && !contradicting))
        .collect();
    pairs.sort();
    let mut given = vec![false; traces.len()];
    for (contradicting, _, _, t, a) in pairs {
        let (Some(found), Some(attempt), Some(taken)) =
            (traces.get(t), attempts.get_mut(a), given.get_mut(t))
        else {
            continue;
        };
        if *taken {
            continue;
        }
        if attempt.trace.is_none() {
            if contradicting && of_others.get(t) == Some(&true) {
                continue;
            }
            attempt.trace = Some(found.trace.clone());
            attempt.events.push(found.trace.source.clone());
            *taken = true;
        } else if attempt.events.len() < 64 && same_kind(attempt.trace.as_ref(), &found.trace) {
            // One operation may write several traces of the same refusal.
            attempt.events.push(found.trace.source.clone());
            *taken = true;
        }
    }
    mark_ambiguous(attempts);
    for (found, taken) in traces.into_iter().zip(given) {
        if !taken && found.trace.text.of_password_set {
            attempts.push(attempt_of_trace(found));
        }
    }
}

/// The trace was written before the operation arrived, so it is another one's.
fn is_before_start(attempt: &Attempt, trace: Timestamp) -> bool {
    attempt.started < attempt.time && attempt.started.duration_since(trace) > START_SLACK
}

/// The operations by their time, each with its index.
fn by_time(attempts: &[Attempt]) -> Vec<(Timestamp, usize)> {
    let mut by_time: Vec<(Timestamp, usize)> =
        attempts.iter().enumerate().map(|(index, attempt)| (attempt.time, index)).collect();
    by_time.sort_unstable();
    by_time
}

/// The operations around a time, as many as a server may do within [`TRACE_WINDOW`]: only a log that was
/// made to waste time and memory has more of them there.
fn nearest(by_time: &[(Timestamp, usize)], time: Timestamp) -> impl Iterator<Item = usize> {
    const EACH_WAY: usize = 64;
    let at = by_time.partition_point(|(other, _)| *other < time);
    let (before, after) = by_time.split_at_checked(at).unwrap_or_default();
    let around = before.iter().rev().take(EACH_WAY).chain(after.iter().take(EACH_WAY));
    around.map(|(_, index)| *index)
}

/// A failed operation of which only the engine's trace is left.
fn attempt_of_trace(found: FoundTrace<'_>) -> Attempt {
    let attempt = Attempt::at(found.trace.time, &found.at.event.computer);
    let events = vec![found.trace.source.clone()];
    Attempt { outcome: Outcome::Failed, events, trace: Some(found.trace), ..attempt }
}

/// The error names one code of the engine, and the trace another.
fn contradicts(code: Option<&str>, trace: &Trace) -> bool {
    let of_engine = |code: &str| code.starts_with("8023");
    code.is_some_and(|code| {
        let mut named = trace.text.codes.iter().filter(|named| of_engine(named)).peekable();
        (of_engine(code) && named.peek().is_some() && named.all(|named| named != code))
            || (code != "80230626" && of_engine(code) && trace.text.sam_call != SamCall::NotMentioned)
            || (code == "80004005" && trace.text.sam_call == SamCall::NotMentioned)
    })
}

fn same_kind(have: Option<&Trace>, other: &Trace) -> bool {
    have.is_some_and(|have| kind(have) == kind(other))
}

/// What tells traces apart: the call for user information, and the last code.
fn kind(trace: &Trace) -> (SamCall, Option<String>) {
    (trace.text.sam_call.clone(), trace.text.codes.last().cloned())
}

/// A trace that lies within two failed operations may belong to either, unless their codes tell.
fn mark_ambiguous(attempts: &mut [Attempt]) {
    struct Span {
        from: Timestamp,
        to: Timestamp,
        computer: String,
        code: Option<String>,
        trace: Option<Trace>,
    }
    let slack = SignedDuration::from_secs(2);
    let spans: Vec<Option<Span>> = attempts
        .iter()
        .map(|attempt| {
            (attempt.outcome != Outcome::Succeeded).then(|| Span {
                from: attempt.started.min(attempt.time.saturating_sub(slack).unwrap_or(attempt.time)),
                to: attempt.time.saturating_add(slack).unwrap_or(attempt.time),
                computer: attempt.computer.clone(),
                code: attempt.code.clone(),
                trace: attempt.trace.clone(),
            })
        })
        .collect();
    for (index, attempt) in attempts.iter_mut().enumerate() {
        let Some(trace) = &attempt.trace else { continue };
        attempt.trace_ambiguous = spans.iter().enumerate().any(|(other, span)| {
            span.as_ref().is_some_and(|span| {
                other != index
                    && span.from <= trace.time
                    && trace.time <= span.to
                    && span.computer.eq_ignore_ascii_case(&attempt.computer)
                    && span.trace.as_ref().map(kind) != Some(kind(trace))
                    && !contradicts(span.code.as_deref(), trace)
                    && !span.trace.as_ref().is_some_and(|other| contradicts(attempt.code.as_deref(), other))
            })
        });
    }
}
