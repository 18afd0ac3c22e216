//! Whether a domain controller may be the one that took the call: its domain against those of the connector
//! account and of the user. A read-only one takes no part: Entra Connect needs one that can be written to
//! (<https://learn.microsoft.com/en-us/entra/identity/hybrid/connect/how-to-connect-install-prerequisites>).
//!
//! Whether the engine asks a controller of the account's domain or of the user's is not documented, so a
//! controller proves or clears only where both, as far as they are known, are its own.

use crate::facts::connector::Connector;
use crate::facts::machines::MachineId;
use crate::facts::{Attempt, Facts};

/// How a domain controller stands to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Nothing shows that the call went to another domain.
    Here,
    /// Another one may have taken the call: this one is of another domain than the account or the user, or
    /// read-only, or none of those that the connector uses, or the Connect server itself.
    Doubtful,
    /// It is of another domain tree than the account.
    Elsewhere,
}

pub(super) fn reach(
    facts: &Facts,
    controller: MachineId,
    attempt: Option<&Attempt>,
    connector: Option<&Connector>,
) -> Reach {
    let Some(own) = domain(facts.machines.name(controller)) else { return Reach::Here };
    let homes = homes(facts, connector);
    let related = |home: &String| below(&own, home) || below(home, &own);
    if !homes.is_empty() && !homes.iter().any(related) {
        return Reach::Elsewhere;
    }
    let of_account = if homes.is_empty() {
        !is_of_other_netbios(facts, controller, connector)
    } else {
        homes.contains(&own)
    };
    let of_user = !attempt.is_some_and(|attempt| facts.user_may_be_outside(attempt, &own));
    let may_write = !facts.machines.get(controller).is_some_and(|machine| machine.read_only);
    if of_account && of_user && may_write { Reach::Here } else { Reach::Doubtful }
}

/// DNS names that the account's domain may have. A NetBIOS name need not be part of a DNS name: it says
/// something only where a machine in the bundle has it as the first label of its domain.
fn homes(facts: &Facts, connector: Option<&Connector>) -> Vec<String> {
    let Some(connector) = connector else { return Vec::new() };
    if let Some(dns) = connector.dns_domain() {
        return vec![dns];
    }
    let Some(netbios) = connector.account.domain.as_deref().map(str::to_lowercase) else { return Vec::new() };
    let domains = facts.machines.iter().filter_map(|(_, machine)| domain(&machine.name));
    domains.filter(|domain| domain.split('.').next() == Some(netbios.as_str())).collect()
}

/// The account's domain and the controller's have NetBIOS names that differ.
fn is_of_other_netbios(facts: &Facts, controller: MachineId, connector: Option<&Connector>) -> bool {
    let of_controller = facts.machines.get(controller).and_then(|machine| machine.netbios_domain.as_deref());
    let of_account = connector.and_then(|connector| connector.account.domain.as_deref());
    of_controller.zip(of_account).is_some_and(|(one, other)| !one.eq_ignore_ascii_case(other))
}

fn domain(name: &str) -> Option<String> {
    name.split_once('.').map(|(_, domain)| domain.to_lowercase())
}

/// Whether a domain is another one, or below it.
fn below(a: &str, b: &str) -> bool {
    a.strip_suffix(b).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}
