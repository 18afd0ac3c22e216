//! How each machine stands to the connector account's calls to SAM at the time of a failure.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::facts::connector::Connector;
use crate::facts::connector_access::connector_access;
use crate::facts::machines::{MachineId, Role};
use crate::facts::sam_restriction::{Basis, Denial, InForce, PolicySeen, Restriction, SamValue};
use crate::facts::{Attempt, Facts, Outcome};
use crate::security_descriptor::{Access, Trustee};
use crate::source::Source;

use super::{Answer, Finding, Weight};

/// All machines' stances at one time.
#[derive(Debug)]
pub(super) struct Survey {
    stances: Vec<Stance>,
    /// Domain controllers of which nothing is known but that they exist.
    unseen: Vec<String>,
    denials: Vec<(Option<String>, bool, Denial)>,
    time: Option<Timestamp>,
    account: String,
    unelevated: Vec<Source>,
    gpo_defining: Option<PolicySeen>,
}

/// One machine's stance.
#[derive(Debug)]
struct Stance {
    standing: Standing,
    machine: Option<String>,
    effect: Effect,
    firm: bool,
    in_force: Option<InForce>,
    sources: Vec<Source>,
    undecided: Vec<Trustee>,
}

/// Which part a machine plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// A domain controller: it receives the calls.
    Controller,
    /// The Connect server, which makes them: its own value is a hint on the policy's scope.
    ConnectServer,
    /// No role is known, or a file names no machine.
    Unplaced,
}

/// What the restriction does to the connector account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Denies,
    MayDeny,
    LetsIn,
    AuditOnly,
}

/// Surveys the machines, at the time of a failure or at any time.
pub(super) fn survey(facts: &Facts, attempt: Option<&Attempt>) -> Survey {
    let connector = match attempt {
        Some(attempt) => facts.connectors.of(attempt),
        None => facts.connectors.accounts.first(),
    };
    let time = attempt.map(|attempt| attempt.time);
    let later_success = attempt.is_some_and(|attempt| succeeded_later(facts, attempt));
    let stances: Vec<Stance> = facts
        .restrictions
        .seen
        .iter()
        .filter_map(|restriction| stance(facts, restriction, connector, time, later_success))
        .collect();
    let known: BTreeSet<&str> = stances
        .iter()
        .filter(|stance| stance.standing == Standing::Controller)
        .filter_map(|stance| stance.machine.as_deref())
        .collect();
    let controllers = facts.machines.with_role(Role::DomainController).map(|id| facts.machines.name(id));
    let unseen = controllers.filter(|name| !known.contains(name)).map(str::to_owned).collect();
    let denials = facts
        .restrictions
        .seen
        .iter()
        .filter(|restriction| standing(facts, restriction.machine) != Some(Standing::ConnectServer))
        .flat_map(|restriction| {
            let machine = restriction.machine.map(|id| facts.machines.name(id).to_owned());
            restriction.denials.iter().map(move |denial| {
                let cleared_since = time.is_some_and(|time| {
                    restriction.announced.iter().any(|said| denial.time < said.time && said.time <= time)
                });
                (machine.clone(), cleared_since, denial.clone())
            })
        })
        .collect();
    Survey {
        stances,
        unseen,
        denials,
        time,
        account: connector.map_or_else(|| "the connector account".to_owned(), |c| c.account.full()),
        unelevated: facts.restrictions.unelevated.clone(),
        gpo_defining: facts
            .restrictions
            .not_applied
            .iter()
            .find(|policy| keeps_out(policy, connector))
            .cloned(),
    }
}

/// A GPO report, whose setting would keep the account out wherever it is applied. A simulation is none.
fn keeps_out(policy: &PolicySeen, connector: Option<&Connector>) -> bool {
    let Some(SamValue::Descriptor { descriptor, .. }) = &policy.value else { return false };
    !policy.simulated && connector_access(descriptor, connector).access != Access::Granted
}

fn succeeded_later(facts: &Facts, attempt: &Attempt) -> bool {
    facts.attempts.iter().any(|other| {
        other.outcome == Outcome::Succeeded
            && other.time > attempt.time
            && match (&other.user, &attempt.user) {
                (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
                _ => false,
            }
    })
}

fn standing(facts: &Facts, machine: Option<MachineId>) -> Option<Standing> {
    let Some(id) = machine else { return Some(Standing::Unplaced) };
    if facts.machines.is(id, Role::DomainController) {
        Some(Standing::Controller)
    } else if facts.machines.is(id, Role::ConnectServer) {
        Some(Standing::ConnectServer)
    } else if facts.machines.is(id, Role::Member) || facts.machines.is(id, Role::Workstation) {
        // It neither makes nor receives these calls.
        None
    } else {
        Some(Standing::Unplaced)
    }
}

fn stance(
    facts: &Facts,
    restriction: &Restriction,
    connector: Option<&Connector>,
    time: Option<Timestamp>,
    later_success: bool,
) -> Option<Stance> {
    let standing = standing(facts, restriction.machine)?;
    let at = time.unwrap_or(Timestamp::MAX);
    let machine = restriction.machine.map(|id| facts.machines.name(id).to_owned());
    let in_force = restriction.at(at);
    let (audit_only, audit_source) = restriction.audit_only_at(at);
    if audit_only == Some(true) {
        let firm = in_force.as_ref().is_none_or(|in_force| in_force.firm) && !later_success;
        let sources = audit_source.into_iter().collect();
        let undecided = Vec::new();
        return Some(Stance {
            standing,
            machine,
            effect: Effect::AuditOnly,
            firm,
            in_force,
            sources,
            undecided,
        });
    }
    let in_force = in_force?;
    let (effect, undecided) = match &in_force.value {
        SamValue::Absent | SamValue::Empty | SamValue::Malformed(_) => (Effect::LetsIn, Vec::new()),
        SamValue::Unusable(_) => (Effect::MayDeny, Vec::new()),
        SamValue::Descriptor { descriptor, .. } => {
            let decision = connector_access(descriptor, connector);
            let effect = match decision.access {
                Access::Granted => Effect::LetsIn,
                Access::Denied => Effect::Denies,
                Access::Unknown => Effect::MayDeny,
            };
            (effect, decision.undecided)
        }
    };
    // An undated export describes the machine at the failure, unless something changed since: the same
    // user's later success is such a change.
    let firm = in_force.firm && !(later_success && in_force.basis == Basis::Registry);
    let sources = in_force.sources.clone();
    Some(Stance { standing, machine, effect, firm, in_force: Some(in_force), sources, undecided })
}

/// SAM logs a refusal at most once in 15 minutes by default; clocks may differ by five.
const DENIAL_WINDOW: SignedDuration = SignedDuration::from_secs(20 * 60);

impl Survey {
    fn of(&self, standing: Standing) -> impl Iterator<Item = &Stance> {
        self.stances.iter().filter(move |stance| stance.standing == standing)
    }

    /// Names of the controllers that were seen, for a sentence.
    pub(super) fn controllers_named(&self) -> String {
        let names: Vec<&str> =
            self.of(Standing::Controller).filter_map(|stance| stance.machine.as_deref()).collect();
        if names.is_empty() { "the domain controller".to_owned() } else { names.join(", ") }
    }

    /// A controller that was seen, to collect more of.
    pub(super) fn any_controller_name(&self) -> Option<&str> {
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
            && self.of(Standing::Controller).all(Self::clears)
            && self
                .of(Standing::Unplaced)
                .all(|stance| matches!(stance.effect, Effect::LetsIn | Effect::AuditOnly))
    }

    fn some_cleared(&self) -> bool {
        self.of(Standing::Controller).any(Self::clears)
    }

    /// A domain controller's value in force does not let the account in.
    pub(super) fn denies_connector(&self) -> Finding {
        let finding = |answer| Finding::new("controller-denies-connector", Weight::Proves, answer);
        let proof =
            self.of(Standing::Controller).find(|stance| stance.effect == Effect::Denies && stance.firm);
        match proof {
            Some(stance) if !self.some_cleared() => self.saying(finding(Answer::Yes), stance),
            _ if self.all_cleared() => finding(Answer::No)
                .with("machine", self.controllers_named())
                .at_all(self.of(Standing::Controller).flat_map(|stance| &stance.sources)),
            _ => self.asking(finding(Answer::Unknown)),
        }
    }

    /// What is known is not enough to say that a controller refuses, and not enough to say that none does.
    pub(super) fn may_deny_connector(&self) -> Finding {
        let finding = |answer| Finding::new("controller-may-deny-connector", Weight::Supports, answer);
        let not_by_policy = |stance: &&Stance| {
            stance.in_force.as_ref().is_none_or(|in_force| in_force.basis != Basis::Policy)
        };
        let doubtful = self.of(Standing::Controller).filter(not_by_policy).find(|stance| {
            stance.effect == Effect::MayDeny
                || (stance.effect == Effect::Denies && (!stance.firm || self.some_cleared()))
        });
        if let Some(stance) = doubtful {
            let variant = match (stance.effect, stance.undecided.is_empty()) {
                (Effect::MayDeny, false) => "membership",
                (Effect::MayDeny, true) => "unusable",
                _ if stance.firm => "one-of-several",
                _ => "disputed",
            };
            return self.saying(finding(Answer::Yes).variant(variant), stance);
        }
        let unplaced = self
            .of(Standing::Unplaced)
            .find(|stance| matches!(stance.effect, Effect::Denies | Effect::MayDeny));
        match unplaced {
            Some(stance) => self.saying(finding(Answer::Yes).variant("unplaced"), stance),
            None => finding(if self.all_cleared() { Answer::No } else { Answer::Unknown }),
        }
    }

    /// A Group Policy Results report of a controller defines the setting; the value was not seen, or
    /// disagrees.
    pub(super) fn policy_denies_connector(&self) -> Finding {
        let finding = |answer| Finding::new("policy-denies-connector", Weight::Supports, answer);
        let by_policy = self.of(Standing::Controller).find(|stance| {
            matches!(stance.effect, Effect::Denies | Effect::MayDeny)
                && stance.in_force.as_ref().is_some_and(|in_force| in_force.basis == Basis::Policy)
        });
        match by_policy {
            Some(stance) => {
                let finding = self.saying(finding(Answer::Yes), stance);
                finding.needing("controller-lsa-key", stance.machine.as_deref())
            }
            None => {
                if let Some(policy) = &self.gpo_defining {
                    return finding(Answer::Yes)
                        .variant("gpo")
                        .with("path", policy.source.path.to_string())
                        .with("value", policy.value.as_ref().map(SamValue::shown).unwrap_or_default())
                        .with("account", self.account.clone())
                        .at(&policy.source)
                        .needing("controller-lsa-key", None);
                }
                let finding = finding(Answer::Unknown);
                if self.unelevated.is_empty() {
                    finding
                } else {
                    finding
                        .variant("unelevated")
                        .at_all(&self.unelevated)
                        .needing("controller-policy-report", self.unseen.first().map(String::as_str))
                }
            }
        }
    }

    /// The Connect server's own value or report refuses the account.
    pub(super) fn connect_server_denies(&self) -> Finding {
        let finding = |answer| Finding::new("connect-server-denies-connector", Weight::Supports, answer);
        let denies = |stance: &&Stance| matches!(stance.effect, Effect::Denies | Effect::MayDeny);
        match self.of(Standing::ConnectServer).find(denies) {
            Some(stance) => self.saying(finding(Answer::Yes), stance),
            None if self.of(Standing::ConnectServer).next().is_some() => finding(Answer::No),
            None => finding(Answer::Unknown),
        }
    }

    /// Every controller that is known of lets the account in.
    pub(super) fn lets_connector_in(&self) -> Finding {
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
            Some(stance) => self.saying(self.asking(finding(Answer::Unknown).variant("not-all")), stance),
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
    pub(super) fn audit_only_mode(&self) -> Finding {
        let finding = |answer| Finding::new("audit-only-mode", Weight::RulesOut, answer);
        match self.of(Standing::Controller).find(|stance| stance.effect == Effect::AuditOnly) {
            Some(stance) if self.all_cleared() => self.saying(finding(Answer::Yes), stance),
            Some(stance) => self.saying(finding(Answer::Unknown), stance),
            None => {
                let seen = self.of(Standing::Controller).filter_map(|stance| stance.in_force.as_ref());
                let off = |in_force: &InForce| in_force.audit_only == Some(false);
                let mut seen = seen.peekable();
                let answer =
                    if seen.peek().is_some() && seen.all(off) { Answer::No } else { Answer::Unknown };
                finding(answer)
            }
        }
    }

    /// A controller logged that it refused the account itself.
    pub(super) fn denial_logged_for_connector(&self, facts: &Facts, attempt: &Attempt) -> Finding {
        let finding = |answer| {
            Finding::new("denial-logged-for-connector", Weight::Proves, answer)
                .with("account", self.account.clone())
        };
        let Some((sid, paired_by)) =
            facts.connectors.of(attempt).and_then(|connector| connector.sid.as_ref())
        else {
            return finding(Answer::Unknown).needing("connector-account", None);
        };
        let denied = self.near_denials().find(|(_, denial)| denial.caller.as_ref() == Some(sid));
        match denied {
            Some((machine, denial)) => finding(Answer::Yes)
                .with("sid", sid.as_str())
                .with("machine", machine.unwrap_or("a machine"))
                .with("time", denial.time.to_string())
                .at(&denial.source)
                .at(paired_by),
            // Refusals are throttled, so silence says nothing.
            None => finding(Answer::Unknown),
        }
    }

    /// A controller logged refusals near the failure, of callers that nobody knows.
    pub(super) fn denial_logged(&self, facts: &Facts, attempt: &Attempt) -> Finding {
        let finding = |answer| Finding::new("denial-logged", Weight::Supports, answer);
        let own =
            facts.connectors.of(attempt).and_then(|connector| connector.sid.as_ref()).map(|(sid, _)| sid);
        // A caller whose SID is known not to be the account's says nothing here.
        let unknown = |denial: &Denial| denial.caller.is_none() || own.is_none();
        match self.near_denials().find(|(_, denial)| unknown(denial)) {
            Some((machine, denial)) => finding(Answer::Yes)
                .with("machine", machine.unwrap_or("a machine"))
                .with("time", denial.time.to_string())
                .with("caller", denial.caller.as_ref().map_or("an unnamed caller", |sid| sid.as_str()))
                .at(&denial.source)
                .needing("connector-account", None),
            None => finding(Answer::Unknown),
        }
    }

    fn near_denials(&self) -> impl Iterator<Item = (Option<&str>, &Denial)> {
        self.denials.iter().filter_map(|(machine, cleared_since, denial)| {
            let near = self.time.is_some_and(|time| denial.time.duration_since(time).abs() <= DENIAL_WINDOW);
            (near && !cleared_since).then_some((machine.as_deref(), denial))
        })
    }

    fn saying(&self, finding: Finding, stance: &Stance) -> Finding {
        let value = stance.in_force.as_ref().map_or_else(String::new, |in_force| in_force.value.shown());
        let undecided: Vec<String> = stance.undecided.iter().map(ToString::to_string).collect();
        let mut finding = finding
            .with(
                "machine",
                stance.machine.clone().unwrap_or_else(|| "a machine that the file does not name".into()),
            )
            .with("value", value)
            .with("account", self.account.clone())
            .with("trustees", undecided.join(", "))
            .at_all(&stance.sources);
        if let Some(gpo) = stance.in_force.as_ref().and_then(|in_force| in_force.gpo.clone()) {
            finding = finding.with("gpo", gpo);
        }
        if !stance.undecided.is_empty() {
            finding = finding.needing("connector-account", None);
        }
        finding
    }

    /// What would tell how the controllers stand.
    fn asking(&self, finding: Finding) -> Finding {
        let unclear =
            self.of(Standing::Controller).filter(|stance| !stance.firm || stance.effect == Effect::MayDeny);
        let named: Vec<&str> = self
            .unseen
            .iter()
            .map(String::as_str)
            .chain(unclear.filter_map(|stance| stance.machine.as_deref()))
            .collect();
        if named.is_empty() {
            return finding.needing("controller-lsa-key", None).needing("controller-policy-report", None);
        }
        named.into_iter().fold(finding, |finding, name| finding.needing("controller-lsa-key", Some(name)))
    }
}
