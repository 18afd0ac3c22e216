//! Known diagnoses outside the three causes, told from the events of one operation.

use jiff::{SignedDuration, Timestamp};

use crate::facts::writeback_text::SamCall;
use crate::facts::{Attempt, CloudSays, Facts, Outcome};
use crate::knowledge::diagnoses::{EventsAlone, KnownDiagnosis, known_diagnoses};
use crate::source::Source;
use crate::words::stand_in;

use super::shared::{ACCESS_DENIED_CODE, password_set_of};
use super::{Answer, Finding, Weight};

/// A known diagnosis of one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherFinding {
    /// Its id.
    pub id: String,
    /// It explains the operation, and so rules the three causes out; false where it only fits.
    pub explains: bool,
    /// What tells it.
    pub finding: Finding,
    /// What else was asked about it, and decides nothing.
    pub more: Vec<Finding>,
}

/// The first known diagnosis that the operation's events tell.
pub(super) fn diagnose(facts: &Facts, attempt: &Attempt) -> Option<OtherFinding> {
    if attempt.outcome != Outcome::Failed {
        return None;
    }
    let told = known_diagnoses().iter().find_map(|known| tell(known, attempt));
    let told = told.or_else(|| refused_by_policy(facts, attempt)).or_else(|| not_reached(attempt));
    told.map(|other| match other.id.as_str() {
        PASSWORD_POLICY => OtherFinding { more: vec![minimum_password_age(facts, attempt)], ..other },
        "domain-controller-unreachable" | "rpc-unavailable" => {
            OtherFinding { more: vec![controller_not_reached(facts)], ..other }
        }
        _ => other,
    })
}

fn tell(known: &KnownDiagnosis, attempt: &Attempt) -> Option<OtherFinding> {
    let (explains, code, source) = match_codes(known, attempt).or_else(|| match_event(known, attempt))?;
    let answer = if explains { Answer::Yes } else { Answer::Unknown };
    let mut finding = Finding::new("other-diagnosis-explains", Weight::Proves, answer)
        .with("diagnosis", known.id.clone())
        .with("code", code)
        .at(&source)
        .at_all(attempt.error.as_ref().map(|(_, source)| source))
        .at_all(attempt.trace.as_ref().map(|trace| &trace.source));
    finding.check = code_check(&known.id);
    finding.text.key = format!("other.{}", known.id);
    Some(OtherFinding { id: known.id.clone(), explains, finding, more: Vec::new() })
}

/// The id of a diagnosis' only check. The table is built in, so the set of ids is small and fixed.
fn code_check(id: &str) -> &'static str {
    static IDS: std::sync::LazyLock<Vec<(String, &'static str)>> = std::sync::LazyLock::new(|| {
        known_diagnoses()
            .iter()
            .map(|known| (known.id.clone(), &*Box::leak(format!("{}-code", known.id).into_boxed_str())))
            .collect()
    });
    IDS.iter().find(|(have, _)| have == id).map_or("other-diagnosis-explains", |(_, check)| check)
}

/// "Unspecified error" names nothing: a sentence of the trace tells more, codes of several tries do not.
const UNSPECIFIC_CODE: &str = "80004005";

fn match_codes(known: &KnownDiagnosis, attempt: &Attempt) -> Option<(bool, String, Source)> {
    let trace = attempt.trace.as_ref();
    if let Some(trace) = trace
        && let SamCall::Failed { code: Some(code), text } = &trace.text.sam_call
        && known.win32.contains(code)
    {
        let certain = !attempt.is_trace_doubtful();
        if !named_by_error(attempt) {
            return Some((certain, text.clone(), trace.source.clone()));
        }
    }
    let in_error = attempt.code.as_ref().filter(|code| known.codes.contains(code));
    if let (Some(code), Some((_, source))) = (in_error, &attempt.error) {
        return Some((true, format!("0x{code}"), source.clone()));
    }
    // The error event's own code comes first: a trace may carry codes of several tries. A refused call
    // for user information is the business of the three causes, whatever codes follow it.
    if trace.is_some_and(|trace| matches!(trace.text.sam_call, SamCall::Refused | SamCall::Unclear)) {
        return None;
    }
    let unspecific = attempt.code.as_deref() == Some(UNSPECIFIC_CODE);
    if !unspecific && attempt.code.as_deref().is_some_and(|code| code != ACCESS_DENIED_CODE) {
        return None;
    }
    let trace = trace?;
    // Beside a refused set, another code is that of an earlier try.
    let refused = trace.text.codes.iter().any(|code| code == ACCESS_DENIED_CODE);
    let certain = !attempt.is_trace_doubtful() && !refused;
    let mut codes = trace.text.codes.iter().filter(|_| !unspecific);
    let code = codes.find(|code| known.codes.contains(code)).map(|code| format!("0x{code}"));
    let sentence = known.traces.iter().find(|sentence| trace.text.lower.contains(sentence.as_str())).cloned();
    let code = code.or(sentence)?;
    Some((certain, code, trace.source.clone()))
}

/// The error event's own code tells a diagnosis; a trace beside it may be another operation's.
fn named_by_error(attempt: &Attempt) -> bool {
    attempt.code.as_ref().is_some_and(|code| known_diagnoses().iter().any(|known| known.codes.contains(code)))
}

fn match_event(known: &KnownDiagnosis, attempt: &Attempt) -> Option<(bool, String, Source)> {
    let (id, source) = attempt.error.as_ref()?;
    let told = attempt.code.is_none() && known.events.contains(id);
    told.then(|| (known.events_alone == EventsAlone::Confirmed, stand_in::event(id), source.clone()))
}

/// The connector account had the right to set the password, and the set failed: the password did not
/// meet the policy, whatever the engine made of it
/// (<https://learn.microsoft.com/en-us/troubleshoot/entra/entra-id/user-prov-sync/password-writeback-not-compliant-on-premises-ad-pwd-policy>).
fn refused_by_policy(facts: &Facts, attempt: &Attempt) -> Option<OtherFinding> {
    let set = password_set_of(facts, attempt).filter(|set| !set.succeeded)?;
    let mut finding = Finding::new("other-diagnosis-explains", Weight::Supports, Answer::Yes)
        .with("diagnosis", PASSWORD_POLICY)
        .with("code", stand_in::event(4724))
        .at(&set.source);
    finding.check = code_check(PASSWORD_POLICY);
    finding.text.key = format!("other.{PASSWORD_POLICY}");
    Some(OtherFinding { id: PASSWORD_POLICY.to_owned(), explains: false, finding, more: Vec::new() })
}

/// A password that is younger than the domain's minimum age cannot be reset by its user. A fine-grained policy
/// may say otherwise for the user, so that this explains a refusal and proves none.
fn minimum_password_age(facts: &Facts, attempt: &Attempt) -> Finding {
    let finding = |answer| Finding::new("minimum-password-age", Weight::Context, answer);
    let sources = || facts.minimum_ages.seen.iter().map(|seen| &seen.source);
    match facts.minimum_ages.days() {
        None if facts.minimum_ages.seen.is_empty() => finding(Answer::Unknown),
        None => finding(Answer::Unknown).variant("disputed").at_all(sources()),
        Some(0) => finding(Answer::No).at_all(sources()),
        Some(days) => {
            let finding = finding(Answer::Yes).with("days", days.to_string());
            match set_within(facts, attempt, days) {
                Some((time, source)) => {
                    finding.variant("too-young").with("time", time.to_string()).at(source).at_all(sources())
                }
                None => finding.at_all(sources()),
            }
        }
    }
}

/// What tests of the domain controllers found, at a time that they do not tell.
fn controller_not_reached(facts: &Facts) -> Finding {
    let finding = |answer| Finding::new("controller-not-reached", Weight::Context, answer);
    let health = &facts.replication;
    match health.unreached.as_slice() {
        [] if health.reached.is_empty() => finding(Answer::Unknown),
        [] => finding(Answer::No).at_all(health.reached.iter().take(3)),
        all => {
            let names: Vec<&str> = all.iter().take(3).map(|one| one.controller.as_str()).collect();
            finding(Answer::Yes)
                .with("machine", names.join(", "))
                .at_all(all.iter().take(3).map(|one| &one.source))
        }
    }
}

/// The latest time before an operation when the same user's password was written, if that is fewer days ago.
fn set_within<'f>(facts: &'f Facts, attempt: &Attempt, days: u32) -> Option<(Timestamp, &'f Source)> {
    let user = attempt.user.as_deref()?;
    let span = SignedDuration::from_hours(i64::from(days).saturating_mul(24));
    let earlier = facts.attempts.iter().rev().find(|other| {
        other.outcome == Outcome::Succeeded
            && other.time < attempt.time
            && other.user.as_deref().is_some_and(|other| other.eq_ignore_ascii_case(user))
    })?;
    let young = attempt.time.duration_since(earlier.time) < span;
    Some((earlier.time, earlier.events.last()?)).filter(|_| young)
}

/// The cloud could not reach the on-premises service, and no log of a Connect server has the operation.
fn not_reached(attempt: &Attempt) -> Option<OtherFinding> {
    let row = attempt.cloud.as_ref().filter(|row| row.says == CloudSays::Connectivity)?;
    if attempt.server().is_some() {
        return None;
    }
    let mut finding = Finding::new("other-diagnosis-explains", Weight::Supports, Answer::Yes)
        .with("diagnosis", SERVICE_CONNECTIVITY)
        .with("count", "1")
        .at(&row.source);
    finding.check = "service-connectivity-code";
    finding.text.key = format!("other.{SERVICE_CONNECTIVITY}");
    Some(OtherFinding { id: SERVICE_CONNECTIVITY.to_owned(), explains: false, finding, more: Vec::new() })
}

/// Id of the diagnosis that a refused set with the right to it is, too.
const PASSWORD_POLICY: &str = "password-policy";
/// It has no code of the engine: the operation never reached it.
const SERVICE_CONNECTIVITY: &str = "service-connectivity";
