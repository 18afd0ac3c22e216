//! Tiers: what the answers of a cause's checks add up to.
//!
//! Each cause has a ladder, read from the top; the first rung whose conditions all hold is its state.
//! This is the one place where the conditions of `confirmed` stand. No rung that confirms rests on a
//! fact that is only inferred or reported for one build.

mod connector_permissions;
mod protected_account;

use crate::rules::{Answer, CauseId, Finding};

use super::State;

/// One rung.
#[derive(Debug)]
pub struct Tier {
    /// The state that it gives.
    pub state: State,
    /// What must hold, all of it.
    pub all: &'static [Condition],
    /// Key of the reason's sentence, below `reason.<cause>`.
    pub reason: &'static str,
}

/// A condition on one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// The check answers yes.
    Yes(&'static str),
    /// It answers no.
    No(&'static str),
    /// It was asked, and nothing can tell.
    Unknown(&'static str),
    /// It does not answer yes.
    NotYes(&'static str),
}

use Condition::{No, NotYes, Unknown, Yes};
use State::{Confirmed, Likely, Possible, RuledOut, Undetermined};

const fn tier(state: State, all: &'static [Condition], reason: &'static str) -> Tier {
    Tier { state, all, reason }
}

/// Cause 3.
const REMOTE_SAM: &[Tier] = &[
    tier(RuledOut, &[Yes("operation-succeeded")], "succeeded"),
    tier(RuledOut, &[Yes("other-diagnosis-explains")], "other"),
    tier(
        Confirmed,
        &[Yes("sam-call-refused"), Yes("controller-denies-connector"), NotYes("connector-set-password")],
        "value-denies",
    ),
    tier(
        Confirmed,
        &[
            Yes("sam-call-refused"),
            Yes("denial-logged-for-connector"),
            NotYes("controller-lets-connector-in"),
            NotYes("audit-only-mode"),
            NotYes("connector-set-password"),
        ],
        "denial-logged-for-connector",
    ),
    tier(RuledOut, &[Yes("connector-set-password")], "connector-has-rights"),
    tier(Likely, &[Yes("sam-call-refused"), Yes("denial-logged-for-connector")], "disputed"),
    tier(RuledOut, &[Yes("controller-lets-connector-in")], "let-in"),
    tier(RuledOut, &[Yes("audit-only-mode")], "audit-only"),
    // Of two failures at once, one may have got past the call: its trace would have to be told apart.
    tier(
        Likely,
        &[Unknown("sam-call-refused"), Yes("no-engine-trace"), Yes("controller-denies-connector")],
        "value-denies-no-trace",
    ),
    tier(
        Likely,
        &[Unknown("sam-call-refused"), Yes("no-engine-trace"), Yes("denial-logged-for-connector")],
        "denial-logged-no-trace",
    ),
    tier(Likely, &[Yes("sam-call-refused"), Yes("controller-may-deny-connector")], "may-deny"),
    tier(Likely, &[Yes("sam-call-refused"), Yes("policy-denies-connector")], "policy-denies"),
    tier(Likely, &[Yes("sam-call-refused"), Yes("connect-server-denies-connector")], "connect-server-denies"),
    tier(Likely, &[Yes("sam-call-refused"), Yes("denial-logged")], "denial-logged"),
    tier(Possible, &[Yes("sam-call-refused")], "call-refused"),
    tier(Possible, &[Yes("password-set-refused"), Yes("controller-denies-connector")], "latent"),
    tier(RuledOut, &[No("sam-call-refused"), Yes("password-set-refused")], "set-reached"),
    tier(RuledOut, &[No("sam-call-refused")], "not-refused"),
    tier(Possible, &[Yes("no-engine-trace")], "no-trace"),
    tier(Possible, &[Unknown("sam-call-refused"), No("operation-succeeded")], "no-trace"),
    tier(Possible, &[Yes("controller-denies-connector")], "latent"),
    tier(Possible, &[Yes("policy-denies-connector")], "latent"),
    tier(Undetermined, &[], "nothing"),
];

/// The ladder of a cause.
pub fn ladder(cause: CauseId) -> &'static [Tier] {
    match cause {
        CauseId::ProtectedAccount => protected_account::LADDER,
        CauseId::ConnectorPermissions => connector_permissions::LADDER,
        CauseId::RemoteSam => REMOTE_SAM,
    }
}

/// The rung on which the answers stand.
pub fn rung(cause: CauseId, findings: &[Finding]) -> &'static Tier {
    rung_where(cause, |check| {
        findings.iter().find(|finding| finding.check == check).map(|finding| finding.answer)
    })
}

/// The rung on which answers would stand; none for a check that was not asked.
pub(super) fn rung_where(cause: CauseId, answer: impl Fn(&str) -> Option<Answer>) -> &'static Tier {
    static NOTHING: Tier = tier(Undetermined, &[], "nothing");
    let holds = |condition: &Condition| condition.holds(answer(condition.check()));
    ladder(cause).iter().find(|tier| tier.all.iter().all(holds)).unwrap_or(&NOTHING)
}

/// Values that the answers of a rung's conditions name: the machine, the account, the value.
pub(super) fn tier_values(tier: &Tier, findings: &[Finding]) -> Vec<(&'static str, String)> {
    let mut values: Vec<(&'static str, String)> = Vec::new();
    // The last condition is the one that tells this rung from those below it.
    for condition in tier.all.iter().rev() {
        for finding in findings.iter().filter(|finding| finding.check == condition.check()) {
            for value in &finding.text.values {
                if !values.iter().any(|(name, _)| *name == value.0) {
                    values.push(value.clone());
                }
            }
        }
    }
    values
}

impl Condition {
    /// The check that it asks.
    pub fn check(self) -> &'static str {
        match self {
            Yes(check) | No(check) | Unknown(check) | NotYes(check) => check,
        }
    }

    /// Whether it holds, given its check's answer. A check that was not asked holds only for [`NotYes`].
    pub fn holds(self, answer: Option<Answer>) -> bool {
        match self {
            Yes(_) => answer == Some(Answer::Yes),
            No(_) => answer == Some(Answer::No),
            Unknown(_) => answer == Some(Answer::Unknown),
            NotYes(_) => answer != Some(Answer::Yes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::check;

    #[test]
    fn every_condition_asks_a_registered_check_of_its_cause() {
        for cause in CauseId::ALL {
            for tier in ladder(cause) {
                for condition in tier.all {
                    let check = check(condition.check()).unwrap_or_else(|| panic!("{condition:?}"));
                    assert!(check.asked_by.iter().any(|(by, _)| *by == cause), "{cause:?} {condition:?}");
                }
            }
        }
    }

    /// What is only seen, told or inferred makes a cause likely at most.
    #[test]
    fn every_answer_that_confirms_is_documented() {
        for cause in CauseId::ALL {
            for tier in ladder(cause).iter().filter(|tier| tier.state == Confirmed) {
                for condition in tier.all {
                    if let Yes(check) | No(check) = condition {
                        assert!(crate::rules::source(check).is_some(), "{cause:?} {condition:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn only_the_failures_own_trace_and_a_proof_confirm() {
        for cause in CauseId::ALL {
            for tier in ladder(cause).iter().filter(|tier| tier.state == Confirmed) {
                let proves = |condition: &Condition| {
                    matches!(condition, Yes(id) if check(id).is_some_and(|check| {
                        check.asked_by.contains(&(cause, crate::rules::Weight::Proves))
                    }))
                };
                assert!(tier.all.iter().any(proves), "{:?}", tier.all);
                let traces = [Yes("sam-call-refused"), Yes("password-set-refused")];
                assert!(traces.iter().any(|trace| tier.all.contains(trace)), "{:?}", tier.all);
            }
        }
    }
}
