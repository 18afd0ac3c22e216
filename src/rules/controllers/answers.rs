//! The checks that a survey of the machines answers.

use jiff::SignedDuration;

use crate::facts::sam_restriction::{Basis, Denial, SamValue};
use crate::facts::{Attempt, Facts};
use crate::rules::{Answer, Finding, Weight};
use crate::words::stand_in;

use super::reach::Reach;
use super::{Effect, NearDenial, Stance, Standing, Survey};

/// SAM logs a refusal at most once in 15 minutes by default; clocks may differ by five.
const DENIAL_WINDOW: SignedDuration = SignedDuration::from_secs(20 * 60);

impl Survey {
    pub(super) fn of(&self, standing: Standing) -> impl Iterator<Item = &Stance> {
        self.stances.iter().filter(move |stance| stance.standing == standing)
    }

    /// Names of the controllers that were seen, for a sentence.
    pub(in crate::rules) fn controllers_named(&self) -> String {
        let names: Vec<&str> =
            self.of(Standing::Controller).filter_map(|stance| stance.machine.as_deref()).collect();
        if names.is_empty() { stand_in::CONTROLLER.to_owned() } else { names.join(", ") }
    }

    /// A controller that was seen, to collect more of.
    pub(in crate::rules) fn any_controller_name(&self) -> Option<&str> {
        self.of(Standing::Controller).find_map(|stance| stance.machine.as_deref())
    }

    fn clears(stance: &Stance) -> bool {
        stance.firm
            && match stance.effect {
                Effect::AuditOnly => true,
                Effect::LetsIn => {
                    // That a policy does not restrict says nothing of the value.
                    stance.in_force.as_ref().is_some_and(|in_force| in_force.basis != Basis::Policy)
                }
                Effect::Denies | Effect::MayDeny => false,
            }
    }

    fn all_cleared(&self) -> bool {
        self.unseen.is_empty()
            && self.of(Standing::Controller).next().is_some()
            && self.of(Standing::Controller).all(|stance| {
                Self::clears(stance)
                    || (stance.reach != Reach::Here
                        && matches!(stance.effect, Effect::LetsIn | Effect::AuditOnly))
            })
            && self.some_cleared()
            && self
                .of(Standing::Unplaced)
                .all(|stance| matches!(stance.effect, Effect::LetsIn | Effect::AuditOnly))
    }

    fn some_cleared(&self) -> bool {
        self.of(Standing::Controller).any(Self::clears)
    }

    /// A controller's own value lets the account in, however sure that is: it may be the one that took the call.
    fn some_lets_in(&self) -> bool {
        let by_policy = |stance: &Stance| {
            stance.in_force.as_ref().is_some_and(|in_force| in_force.basis == Basis::Policy)
        };
        self.of(Standing::Controller).any(|stance| match stance.effect {
            Effect::AuditOnly => stance.reach != Reach::Elsewhere,
            Effect::LetsIn => stance.reach != Reach::Elsewhere && !by_policy(stance),
            Effect::Denies | Effect::MayDeny => false,
        })
    }

    /// A domain controller's value in force does not let the account in.
    pub(in crate::rules) fn denies_connector(&self) -> Finding {
        let finding = |answer| Finding::new("controller-denies-connector", Weight::Proves, answer);
        let proof =
            self.of(Standing::Controller).find(|stance| stance.effect == Effect::Denies && stance.firm);
        match proof {
            Some(stance) if !self.some_lets_in() => self.saying(finding(Answer::Yes), stance),
            _ if self.all_cleared() => finding(Answer::No)
                .with("machine", self.controllers_named())
                .at_all(self.of(Standing::Controller).flat_map(|stance| &stance.sources)),
            _ => self.asking(finding(Answer::Unknown)),
        }
    }

    /// What is known is not enough to say that a controller refuses, and not enough to say that none does.
    pub(in crate::rules) fn may_deny_connector(&self) -> Finding {
        let finding = |answer| Finding::new("controller-may-deny-connector", Weight::Supports, answer);
        let not_by_policy = |stance: &&Stance| {
            stance.in_force.as_ref().is_none_or(|in_force| in_force.basis != Basis::Policy)
        };
        let here = |stance: &&Stance| stance.reach != Reach::Elsewhere;
        let doubtful = self.of(Standing::Controller).filter(not_by_policy).filter(here).find(|stance| {
            stance.effect == Effect::MayDeny
                || (stance.effect == Effect::Denies && (!stance.firm || self.some_lets_in()))
        });
        if let Some(stance) = doubtful {
            let variant = match (stance.effect, stance.undecided.is_empty()) {
                (Effect::MayDeny, false) => "membership",
                (Effect::MayDeny, true) => "unusable",
                _ if stance.firm => "one-of-several",
                _ if stance.in_force.as_ref().is_some_and(|in_force| !in_force.is_export) => "no-export",
                _ if stance.in_force.as_ref().is_some_and(|in_force| !in_force.machine_is_firm) => {
                    "another-machine"
                }
                _ if stance.reach == Reach::Doubtful => "another-controller",
                _ if !stance.audit_off && stance.in_force.as_ref().is_some_and(|in_force| in_force.firm) => {
                    "mode-unseen"
                }
                _ => "disputed",
            };
            return self.saying(finding(Answer::Yes).variant(variant), stance);
        }
        let unplaced = self
            .of(Standing::Unplaced)
            .filter(here)
            .find(|stance| matches!(stance.effect, Effect::Denies | Effect::MayDeny));
        if let Some(stance) = unplaced {
            return self.saying(finding(Answer::Yes).variant("unplaced"), stance);
        }
        let elsewhere = self
            .of(Standing::Controller)
            .find(|stance| stance.reach == Reach::Elsewhere && stance.effect == Effect::Denies);
        match elsewhere {
            Some(stance) => self.saying(finding(Answer::Unknown).variant("elsewhere"), stance),
            None => finding(if self.all_cleared() { Answer::No } else { Answer::Unknown }),
        }
    }

    /// The Connect server's own value or report refuses the account.
    pub(in crate::rules) fn connect_server_denies(&self) -> Finding {
        let finding = |answer| Finding::new("connect-server-denies-connector", Weight::Supports, answer);
        let denies = |stance: &&Stance| matches!(stance.effect, Effect::Denies | Effect::MayDeny);
        match self.of(Standing::ConnectServer).find(denies) {
            Some(stance) => self.saying(finding(Answer::Yes), stance),
            None if self.of(Standing::ConnectServer).next().is_some() => finding(Answer::No),
            None => finding(Answer::Unknown),
        }
    }

    /// Every controller that is known of lets the account in.
    pub(in crate::rules) fn lets_connector_in(&self) -> Finding {
        let finding = |answer| Finding::new("controller-lets-connector-in", Weight::RulesOut, answer);
        let letting: Vec<&Stance> =
            self.of(Standing::Controller).filter(|stance| stance.effect == Effect::LetsIn).collect();
        match letting.first() {
            Some(stance) if self.all_cleared() => {
                let variant = match stance.in_force.as_ref().map(|in_force| &in_force.value) {
                    Some(SamValue::Descriptor { .. }) => "granted",
                    Some(SamValue::Empty) => "empty",
                    Some(SamValue::Malformed(_)) => "malformed",
                    _ => "absent",
                };
                self.saying(finding(Answer::Yes).variant(variant), stance)
                    .at_all(letting.iter().flat_map(|stance| &stance.sources))
            }
            Some(stance) => match letting.iter().find_map(|one| Some((*one, one.refused_although.as_ref()?)))
            {
                Some((stance, denial)) => {
                    let finding =
                        self.saying(self.asking(finding(Answer::Unknown).variant("refused")), stance);
                    finding.with("time", denial.time.to_string()).at(&denial.source)
                }
                None => self.saying(self.asking(finding(Answer::Unknown).variant("not-all")), stance),
            },
            None if self
                .of(Standing::Controller)
                .any(|stance| stance.effect == Effect::Denies && stance.firm) =>
            {
                finding(Answer::No)
            }
            None => self.asking(finding(Answer::Unknown)),
        }
    }

    /// Every controller that is known of only logs, or lets the account in; and one only logs.
    pub(in crate::rules) fn audit_only_mode(&self) -> Finding {
        let finding = |answer| Finding::new("audit-only-mode", Weight::RulesOut, answer);
        match self.of(Standing::Controller).find(|stance| stance.effect == Effect::AuditOnly) {
            Some(stance) if self.all_cleared() => self.saying(finding(Answer::Yes), stance),
            Some(stance) => self.saying(finding(Answer::Unknown), stance),
            None => {
                let mut seen = self.of(Standing::Controller).peekable();
                let off = seen.peek().is_some() && seen.all(|stance| stance.audit_off);
                finding(if off { Answer::No } else { Answer::Unknown })
            }
        }
    }

    /// A controller logged that it refused the account itself.
    pub(in crate::rules) fn denial_logged_for_connector(&self, facts: &Facts, attempt: &Attempt) -> Finding {
        let finding = |answer| {
            Finding::new("denial-logged-for-connector", Weight::Proves, answer)
                .with("account", self.account.clone())
        };
        let Some((sid, paired_by)) =
            facts.connectors.of(attempt).and_then(|connector| connector.sid.as_ref())
        else {
            // The account's SID says something only where a refused caller may be it.
            let named = self.near_denials().any(|near| near.of_controller && near.denial.caller.is_some());
            let finding = finding(Answer::Unknown);
            return if named { finding.needing("connector-account", None) } else { finding };
        };
        let denied =
            self.near_denials().find(|near| near.of_controller && near.denial.caller.as_ref() == Some(sid));
        match denied.map(|near| (near.machine.as_deref(), &near.denial)) {
            Some((machine, denial)) => finding(Answer::Yes)
                .with("sid", sid.as_str())
                .with("machine", machine.unwrap_or(stand_in::MACHINE))
                .with("time", denial.time.to_string())
                .at(&denial.source)
                .at(paired_by),
            // Refusals are throttled, so that silence clears nothing.
            None if self.logs_of_all.is_empty() => finding(Answer::Unknown),
            None => finding(Answer::No).at_all(&self.logs_of_all),
        }
    }

    /// A controller logged refusals near the failure, of callers that nobody knows.
    pub(in crate::rules) fn denial_logged(&self, facts: &Facts, attempt: &Attempt) -> Finding {
        let finding = |answer| Finding::new("denial-logged", Weight::Supports, answer);
        let own =
            facts.connectors.of(attempt).and_then(|connector| connector.sid.as_ref()).map(|(sid, _)| sid);
        // A caller whose SID is known not to be the account's says nothing here.
        let may_be_own =
            |denial: &Denial| denial.caller.as_ref().is_none_or(|caller| own.is_none_or(|own| caller == own));
        let near = self.near_denials().find(|near| may_be_own(&near.denial));
        match near.map(|near| (near.machine.as_deref(), &near.denial)) {
            Some((machine, denial)) => finding(Answer::Yes)
                .with("machine", machine.unwrap_or(stand_in::MACHINE))
                .with("time", denial.time.to_string())
                .with("caller", denial.caller.as_ref().map_or(stand_in::CALLER, |sid| sid.as_str()))
                .at(&denial.source)
                .needing("connector-account", None),
            None if self.logs_of_all.is_empty() => finding(Answer::Unknown),
            None => finding(Answer::No).at_all(&self.logs_of_all),
        }
    }

    fn near_denials(&self) -> impl Iterator<Item = &NearDenial> {
        self.denials.iter().filter(|near| {
            let apart = self.time.map(|time| near.denial.time.duration_since(time).abs());
            apart.is_some_and(|apart| apart <= DENIAL_WINDOW) && !near.changed
        })
    }

    pub(super) fn saying(&self, finding: Finding, stance: &Stance) -> Finding {
        let value = stance.in_force.as_ref().map_or_else(String::new, |in_force| in_force.value.shown());
        let undecided: Vec<String> = stance.undecided.iter().map(ToString::to_string).collect();
        let mut finding = finding
            .with("machine", stance.machine.clone().unwrap_or_else(|| stand_in::UNNAMED_MACHINE.into()))
            .with("value", value)
            .with("account", self.account.clone())
            .with("trustees", undecided.join(", "))
            .at_all(&stance.sources);
        if let Some(gpo) = stance.in_force.as_ref().and_then(|in_force| in_force.gpo.clone()) {
            finding = finding.with("gpo", gpo);
        }
        finding
    }

    /// What would tell how the controllers stand: the key of each one that is not settled. Of a value that
    /// is there, what it still lacks.
    fn asking(&self, finding: Finding) -> Finding {
        /// Names of machines that nothing shows to be controllers can be many.
        const NAMED: usize = 8;
        let mut here =
            self.of(Standing::Controller).filter(|stance| stance.reach != Reach::Elsewhere).peekable();
        if self.unseen.is_empty() && here.peek().is_none() {
            return finding.needing("controller-lsa-key", None);
        }
        let finding = self
            .unseen
            .iter()
            .take(NAMED)
            .fold(finding, |finding, name| finding.needing("controller-lsa-key", Some(name)));
        here.filter(|stance| !stance.firm || stance.effect == Effect::MayDeny).fold(finding, Self::asking_of)
    }

    fn asking_of(finding: Finding, stance: &Stance) -> Finding {
        let machine = stance.machine.as_deref();
        match stance.in_force.as_ref().filter(|in_force| in_force.basis != Basis::Policy) {
            // The value is known, and names groups: whether the account is in them is what is open.
            Some(_) if !stance.undecided.is_empty() => finding.needing("connector-account", None),
            // Part of the key was asked for, and not whether the machine only logs.
            Some(in_force) if in_force.basis == Basis::Registry && !stance.audit_off => {
                finding.needing("controller-lsa-key", machine)
            }
            // The export is sound; something changed after the failure, or nobody documents what SAM makes
            // of the value. The log says what was in force.
            Some(in_force) if in_force.firm || stance.effect == Effect::MayDeny => {
                finding.needing("controller-system-log", machine)
            }
            _ => finding.needing("controller-lsa-key", machine),
        }
    }
}
