//! How each machine stands to the connector account's calls to SAM at the time of a failure.

mod answers;
mod reach;
mod reports;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::facts::connector::Connector;
use crate::facts::connector_access::connector_access;
use crate::facts::machines::{MachineId, Role};
use crate::facts::sam_restriction::{Basis, Denial, InForce, PolicySeen, Restriction, SamValue};
use crate::facts::{Attempt, Facts};
use crate::rules::later;
use crate::security_descriptor::{Access, Trustee};
use crate::source::Source;
use crate::words::stand_in;

use reach::{Reach, reach};

/// All machines' stances at one time.
#[derive(Debug)]
pub(super) struct Survey {
    stances: Vec<Stance>,
    /// Domain controllers of which nothing is known but that they exist.
    unseen: Vec<String>,
    denials: Vec<NearDenial>,
    time: Option<Timestamp>,
    account: String,
    unelevated: Vec<Source>,
    gpo_defining: Option<PolicySeen>,
    reports: Vec<reports::ReportOf>,
    /// Where every machine that may be a controller has a System log with SAM's own events that runs over
    /// the failure: those events.
    logs_of_all: Vec<Source>,
}

/// A refused caller, with what limits what it says of the failure.
#[derive(Debug)]
struct NearDenial {
    machine: Option<String>,
    /// The machine is known to be a domain controller.
    of_controller: bool,
    /// The descriptor in use changed between the two.
    changed: bool,
    denial: Denial,
}

/// One machine's stance.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own about the machine")]
struct Stance {
    standing: Standing,
    machine: Option<String>,
    effect: Effect,
    firm: bool,
    /// Whether it may be the one that took the call.
    reach: Reach,
    in_force: Option<InForce>,
    /// Audit-only mode is known to be off.
    audit_off: bool,
    sources: Vec<Source>,
    undecided: Vec<Trustee>,
    /// A refusal that the value cannot have led to.
    refused_although: Option<Denial>,
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
        None => facts.connectors.only(),
    };
    let time = attempt.map(|attempt| attempt.time);
    let later = attempt.is_some_and(|attempt| later::call_through(facts, attempt).is_some());
    let stances: Vec<Stance> = facts
        .restrictions
        .seen
        .iter()
        .filter_map(|restriction| stance(facts, restriction, connector, attempt, later))
        .collect();
    let known: BTreeSet<&str> = stances
        .iter()
        .filter(|stance| stance.standing == Standing::Controller)
        .filter_map(|stance| stance.machine.as_deref())
        .collect();
    let unseen = facts
        .machines
        .may_be_controllers()
        .map(|id| facts.machines.name(id).to_owned())
        .filter(|name| !known.contains(name.as_str()))
        .collect();
    let denials = denials(facts, connector, attempt);
    Survey {
        stances,
        unseen,
        denials,
        time,
        account: connector.map_or_else(|| stand_in::CONNECTOR_ACCOUNT.to_owned(), |c| c.account.full()),
        unelevated: facts.restrictions.unelevated.clone(),
        gpo_defining: facts
            .restrictions
            .not_applied
            .iter()
            .find(|policy| keeps_out(policy, connector))
            .cloned(),
        reports: reports::of_controllers(facts, connector),
        logs_of_all: time.map(|time| logs_of_all(facts, time)).unwrap_or_default(),
    }
}

/// The SAM server's events in System logs that run over a time, one for each machine that may be a domain
/// controller; none where one of them has no such log.
fn logs_of_all(facts: &Facts, time: Timestamp) -> Vec<Source> {
    let of = |id: MachineId| {
        let restriction = facts.restrictions.seen.iter().find(|seen| seen.machine == Some(id))?;
        restriction.announced.first().filter(|_| restriction.logs_sam_over(time))
    };
    let said: Option<Vec<Source>> =
        facts.machines.may_be_controllers().map(|id| of(id).map(|said| said.source.clone())).collect();
    said.unwrap_or_default()
}

/// Refused callers of machines that may be domain controllers.
fn denials(facts: &Facts, connector: Option<&Connector>, attempt: Option<&Attempt>) -> Vec<NearDenial> {
    let time = attempt.map(|attempt| attempt.time);
    facts
        .restrictions
        .seen
        .iter()
        .filter(|restriction| {
            let standing = standing(facts, restriction, connector, time);
            matches!(standing, Some(Standing::Controller | Standing::Unplaced))
        })
        .flat_map(|restriction| {
            let machine = restriction.machine.map(|id| facts.machines.name(id).to_owned());
            let is_controller = standing(facts, restriction, connector, time) == Some(Standing::Controller);
            let here =
                restriction.machine.is_none_or(|id| reach(facts, id, attempt, connector) == Reach::Here);
            restriction.denials.iter().map(move |denial| {
                // A controller of another domain may have refused another call than this one.
                let at_once = time.is_some_and(|time| is_same_moment(denial.time, time));
                // Another descriptor was taken into use between the failure and the refusal.
                let changed = time.is_some_and(|time| {
                    let (first, last) = (denial.time.min(time), denial.time.max(time));
                    restriction.announced.iter().any(|said| first < said.time && said.time <= last)
                });
                NearDenial {
                    machine: machine.clone(),
                    of_controller: is_controller && (here || at_once),
                    changed,
                    denial: denial.clone(),
                }
            })
        })
        .collect()
}

/// Whether a policy's setting keeps the account out wherever it is applied. A simulation applies nowhere.
fn keeps_out(policy: &PolicySeen, connector: Option<&Connector>) -> bool {
    let Some(SamValue::Descriptor { descriptor, .. }) = &policy.value else { return false };
    !policy.simulated && connector_access(descriptor, connector).access != Access::Granted
}

/// The part that a machine plays in a failure. A machine whose role nothing shows, and which refused the
/// account itself in the very moment of the failure, is the one that the engine called. A refusal of a caller
/// whose SID nobody can name places nothing: scanners call every server.
fn standing(
    facts: &Facts,
    restriction: &Restriction,
    connector: Option<&Connector>,
    time: Option<Timestamp>,
) -> Option<Standing> {
    let own = connector.and_then(|connector| connector.sid.as_ref()).map(|(sid, _)| sid);
    let at_once = |denial: &Denial| {
        own.is_some()
            && denial.caller.as_ref() == own
            && time.is_some_and(|time| is_same_moment(denial.time, time))
    };
    match shown_standing(facts, restriction.machine)? {
        Standing::Unplaced if restriction.machine.is_some() && restriction.denials.iter().any(at_once) => {
            Some(Standing::Controller)
        }
        shown => Some(shown),
    }
}

/// Clocks in a domain agree within seconds, and the trace is written when the call returns.
const SAME_MOMENT: SignedDuration = SignedDuration::from_secs(10);

fn is_same_moment(one: Timestamp, other: Timestamp) -> bool {
    one.duration_since(other).abs() <= SAME_MOMENT
}

fn shown_standing(facts: &Facts, machine: Option<MachineId>) -> Option<Standing> {
    let Some(id) = machine else { return Some(Standing::Unplaced) };
    let is = |role| facts.machines.is(id, role);
    let no_controller = is(Role::Member) || is(Role::Workstation);
    if is(Role::DomainController) && !no_controller {
        Some(Standing::Controller)
    } else if is(Role::ConnectServer) {
        Some(Standing::ConnectServer)
    } else if is(Role::DomainController) {
        // It was promoted or demoted, or its name was given anew: what it was at the failure is not known.
        Some(Standing::Unplaced)
    } else if no_controller {
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
    attempt: Option<&Attempt>,
    later: bool,
) -> Option<Stance> {
    let time = attempt.map(|attempt| attempt.time);
    let standing = standing(facts, restriction, connector, time)?;
    let at = time.unwrap_or(Timestamp::MAX);
    let machine = restriction.machine.map(|id| facts.machines.name(id).to_owned());
    let in_force = restriction.at(at);
    let audit = restriction.audit_only_at(at);
    let reach = restriction.machine.map_or(Reach::Here, |id| reach(facts, id, attempt, connector));
    if let Some(audit) = audit.as_ref().filter(|audit| audit.on) {
        let (firm, sources) = (audit.firm && !later && reach == Reach::Here, vec![audit.source.clone()]);
        let (effect, undecided) = (Effect::AuditOnly, Vec::new());
        return Some(Stance {
            standing,
            machine,
            effect,
            firm,
            reach,
            in_force,
            audit_off: false,
            sources,
            undecided,
            refused_although: None,
        });
    }
    let audit_off = audit.is_some();
    let in_force = in_force?;
    let (effect, undecided) = effect_of(&in_force.value, connector);
    // An undated export describes the machine at the failure, unless something changed since. A later success
    // shows such a change, or that another controller took one of the two calls.
    let changed = later && in_force.basis == Basis::Registry;
    let keeps_out = matches!(effect, Effect::Denies | Effect::MayDeny);
    let reach = match reach {
        Reach::Here if keeps_out && uses_others(restriction, connector) => Reach::Doubtful,
        // Calls of a machine to itself were seen to be let through (of one build of Windows).
        Reach::Here if keeps_out && is_own_server(facts, restriction, attempt) => Reach::Doubtful,
        reach => reach,
    };
    // A machine that only logs refuses nobody.
    let shows_mode = audit_off || in_force.basis != Basis::Registry || !keeps_out;
    let own = connector.and_then(|connector| connector.sid.as_ref()).map(|(sid, _)| sid);
    let lets_in = effect == Effect::LetsIn;
    let refused_although =
        restriction.refused_although(&in_force.value, own, at).filter(|_| lets_in).cloned();
    let firm = in_force.firm && shows_mode && reach == Reach::Here && !changed && refused_although.is_none();
    let sources = in_force.sources.clone();
    Some(Stance {
        standing,
        machine,
        effect,
        firm,
        reach,
        in_force: Some(in_force),
        audit_off,
        sources,
        undecided,
        refused_although,
    })
}

/// What a value does to the account, and the trustees of whom that depends.
fn effect_of(value: &SamValue, connector: Option<&Connector>) -> (Effect, Vec<Trustee>) {
    match value {
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
    }
}

/// The controller is the Connect server that made the call.
fn is_own_server(facts: &Facts, restriction: &Restriction, attempt: Option<&Attempt>) -> bool {
    let server = attempt.and_then(Attempt::server).and_then(|server| facts.machines.find(server));
    server.is_some() && server == restriction.machine
}

/// The connector's configuration names the controllers that it uses, and this one is not among them.
fn uses_others(restriction: &Restriction, connector: Option<&Connector>) -> bool {
    let uses = connector.map_or(&[][..], |connector| connector.uses.as_slice());
    !uses.is_empty() && restriction.machine.is_some_and(|id| !uses.contains(&id))
}
