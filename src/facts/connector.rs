//! The AD DS connector accounts: their names, and the SIDs that belong to them.
//!
//! The engine names accounts, descriptors and the SAM server's events name SIDs. A pair comes from
//! Security events, which have both.

use crate::security_descriptor::Sid;
use crate::source::Source;
use crate::words::Statement;

use super::account_events::{AccountEvents, AccountName};
use super::attempts::{self, Attempt, NamedAccount};
use super::connect_server::ConfiguredAccount;
use super::directory::{Directory, DirectoryUser, domain_of};
use super::machines::{MachineId, Machines, same_host};
use super::{Contradiction, KnownEvents};

/// All connector accounts of the bundle.
#[derive(Debug, Clone, Default)]
pub struct Connectors {
    /// One for each account, in order of their first naming.
    pub accounts: Vec<Connector>,
    pub(super) contradictions: Vec<Contradiction>,
}

/// One connector account.
#[derive(Debug, Clone)]
pub struct Connector {
    /// Its name, as first named.
    pub account: NamedAccount,
    /// Only the log or the configuration of this Connect server names it: others may have another account.
    pub only_of: Option<String>,
    /// The engine's own events name it. One that only other files name may be an older installation's.
    pub named_by_engine: bool,
    /// Its SID, with the event that pairs the two.
    pub sid: Option<(Sid, Source)>,
    /// It is in a protected group: SDProp wrote the protected accounts' descriptor onto it, or an export
    /// lists such a group.
    pub protected: Option<Source>,
    /// The account's own object, where one export shows it.
    pub object: Option<DirectoryUser>,
    /// The domain controllers that the connector's configuration names: the last used and the preferred ones.
    pub uses: Vec<MachineId>,
}

impl Connectors {
    /// The only account of the bundle.
    pub fn only(&self) -> Option<&Connector> {
        match self.accounts.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// The account that an operation used: the one that its events name, or else the only one of its server.
    pub fn of(&self, attempt: &Attempt) -> Option<&Connector> {
        match &attempt.connector {
            Some(named) => self.accounts.iter().find(|connector| same_account(&connector.account, named)),
            None => {
                let is_of = |server: &String| attempt.server().is_none_or(|of| same_host(of, server));
                let mut own =
                    self.accounts.iter().filter(|account| account.only_of.as_ref().is_none_or(is_of));
                own.next().filter(|_| own.next().is_none())
            }
        }
    }
}

/// Names that Entra Connect gives to accounts that it creates in the forest
/// (<https://learn.microsoft.com/en-us/entra/identity/hybrid/connect/reference-connect-accounts-permissions>).
const EXPRESS_PREFIX: &str = "MSOL_";

impl Connector {
    fn of(account: NamedAccount) -> Self {
        Connector {
            account,
            only_of: None,
            named_by_engine: false,
            sid: None,
            protected: None,
            object: None,
            uses: Vec::new(),
        }
    }

    /// The DNS name of its domain in lower case, where some event or file has it.
    pub fn dns_domain(&self) -> Option<String> {
        let names = [self.account.domain.as_deref(), self.account.other_domain_name.as_deref()];
        names.into_iter().flatten().find(|name| name.contains('.')).map(str::to_lowercase)
    }

    /// Entra Connect created the account and gave it its rights.
    pub fn is_express(&self) -> bool {
        is_express(&self.account.name)
    }
}

fn is_express(name: &str) -> bool {
    name.get(..EXPRESS_PREFIX.len()).is_some_and(|prefix| prefix.eq_ignore_ascii_case(EXPRESS_PREFIX))
}

/// What configurations say of connector accounts.
#[derive(Debug)]
pub(super) struct Configured<'a> {
    pub(super) accounts: &'a [ConfiguredAccount],
    /// DNS and NetBIOS names of the same domain, in lower case.
    pub(super) domain_names: &'a [(String, String)],
    pub(super) machines: &'a Machines,
}

impl Configured<'_> {
    fn other_name(&self, domain: Option<&str>) -> Option<String> {
        let domain = domain?.to_lowercase();
        self.domain_names.iter().find_map(|(dns, netbios)| match domain.as_str() {
            name if name == dns => Some(netbios.clone()),
            name if name == netbios => Some(dns.clone()),
            _ => None,
        })
    }
}

pub(super) fn gather(
    events: &KnownEvents<'_>,
    attempts: &[Attempt],
    account_events: &AccountEvents,
    configured: &Configured<'_>,
    directory: &Directory,
) -> Connectors {
    let mut connectors = Connectors::default();
    let of_events = attempts
        .iter()
        .filter_map(|attempt| Some((attempt.connector.clone()?, attempt.server().map(str::to_owned))))
        .chain(attempts::signed_in(&events.sign_ins));
    let of_files = configured.accounts.iter().map(|of| {
        let server = of.server.map(|server| configured.machines.name(server).to_owned());
        (of.account.clone(), server)
    });
    for (mut account, only_of) in of_events.chain(of_files) {
        account.other_domain_name = configured.other_name(account.domain.as_deref());
        match connectors.accounts.iter_mut().find(|have| same_account(&have.account, &account)) {
            Some(have) => {
                let same =
                    have.only_of.as_deref().zip(only_of.as_deref()).is_some_and(|(a, b)| same_host(a, b));
                have.only_of = have.only_of.take().filter(|_| same);
                // The engine's own line has the NetBIOS name, which Security events have too.
                if is_dns(&have.account) && !is_dns(&account) {
                    let dns = have.account.domain.take();
                    have.account = account;
                    have.account.other_domain_name = have.account.other_domain_name.take().or(dns);
                } else if is_dns(&account) && !is_dns(&have.account) {
                    have.account.other_domain_name = have.account.other_domain_name.take().or(account.domain);
                }
            }
            None => connectors.accounts.push(Connector { only_of, ..Connector::of(account) }),
        }
    }
    if connectors.accounts.is_empty() {
        for set in &account_events.password_sets {
            if is_express(&set.caller.name) {
                let account = NamedAccount {
                    domain: Some(set.caller.domain.clone()),
                    other_domain_name: None,
                    name: set.caller.name.clone(),
                    source: set.source.clone(),
                };
                if !connectors.accounts.iter().any(|have| same_account(&have.account, &account)) {
                    connectors.accounts.push(Connector::of(account));
                }
            }
        }
    }
    for of in configured.accounts {
        let used = of.controllers.iter().filter_map(|name| configured.machines.find(name));
        if let Some(have) =
            connectors.accounts.iter_mut().find(|have| same_account(&have.account, &of.account))
        {
            have.uses.extend(used);
        }
    }
    // An account that only a Security log names may be an older installation's: its SID proves nothing.
    let is_named = |account: &NamedAccount| events_name(events, attempts, account);
    for connector in connectors.accounts.iter_mut().filter(|connector| is_named(&connector.account)) {
        connector.named_by_engine = true;
        pair(connector, account_events, directory, &mut connectors.contradictions);
    }
    connectors
}

/// Whether the engine itself names the account.
fn events_name(events: &KnownEvents<'_>, attempts: &[Attempt], account: &NamedAccount) -> bool {
    attempts
        .iter()
        .filter_map(|attempt| attempt.connector.as_ref())
        .chain(events.sign_ins.iter().map(|sign_in| &sign_in.account))
        .any(|named| same_account(named, account))
}

/// Finds the SID of an account. Two SIDs for one name are no pair.
fn pair(
    connector: &mut Connector,
    events: &AccountEvents,
    directory: &Directory,
    contradictions: &mut Vec<Contradiction>,
) {
    let callers = events.password_sets.iter().map(|set| (&set.caller, &set.source));
    let targets = events
        .password_sets
        .iter()
        .map(|set| (&set.target, &set.source))
        .chain(events.restamps.iter().map(|restamp| (&restamp.target, &restamp.source)));
    let mut pairs: Vec<(Sid, Source)> = Vec::new();
    for (account, source) in callers.chain(targets) {
        if is_same(account, &connector.account)
            && let Some(sid) = &account.sid
            && !pairs.iter().any(|(have, _)| have == sid)
        {
            pairs.push((sid.clone(), source.clone()));
        }
    }
    let objects: Vec<&DirectoryUser> =
        directory.users.iter().filter(|user| is_object_of(user, &connector.account)).collect();
    for (sid, source) in objects.iter().flat_map(|user| user.sids.iter().zip(&user.sources)) {
        if !pairs.iter().any(|(have, _)| have == sid) {
            pairs.push((sid.clone(), source.clone()));
        }
    }
    match pairs.as_slice() {
        [one] => connector.sid = Some(one.clone()),
        [] => {}
        several => contradictions.push(Contradiction {
            text: Statement::new("contradiction.several-sids").with("account", connector.account.full()),
            sources: several.iter().map(|(_, source)| source.clone()).collect(),
        }),
    }
    connector.protected = events
        .restamps
        .iter()
        .find(|restamp| is_same(&restamp.target, &connector.account))
        .map(|restamp| restamp.source.clone());
    if let ([object], Some(_)) = (objects.as_slice(), &connector.sid) {
        let listed = object.groups.protected.first().map(|membership| membership.source.clone());
        connector.protected = connector.protected.take().or(listed);
        connector.object = Some((*object).clone());
    }
    // The export of a group names members that have no export of their own.
    if connector.protected.is_none() && connector.object.is_none() {
        let mut members = directory.members.iter();
        connector.protected =
            members.find(|(name, _)| is_name_of(name, &connector.account)).map(|(_, source)| source.clone());
    }
}

/// Whether a distinguished name's own part is the account's name, in the account's domain. Accounts are made with
/// their account name there.
fn is_name_of(dn: &str, named: &NamedAccount) -> bool {
    let own = dn.split(',').next().and_then(|part| part.split_once('='));
    own.is_some_and(|(key, value)| {
        key.trim().eq_ignore_ascii_case("CN") && value.trim().eq_ignore_ascii_case(&named.name)
    }) && (is_express(&named.name) || in_domain(named, Some(&domain_of(dn))))
}

/// Whether an export's object is the account that the engine names.
fn is_object_of(user: &DirectoryUser, named: &NamedAccount) -> bool {
    user.is_one_object()
        && user.account_names.iter().any(|(domain, name)| {
            name.eq_ignore_ascii_case(&named.name)
                && (is_express(&named.name) || (domain.is_some() && in_domain(named, domain.as_deref())))
        })
}

fn is_dns(account: &NamedAccount) -> bool {
    account.domain.as_deref().is_some_and(|domain| domain.contains('.'))
}

/// Whether a Security event's account is the one that the engine names. Express accounts carry a name
/// that stands for one installation; others must agree in their domain.
pub fn is_same(account: &AccountName, named: &NamedAccount) -> bool {
    account.name.eq_ignore_ascii_case(&named.name)
        && (is_express(&named.name) || in_domain(named, Some(&account.domain)))
}

fn same_account(a: &NamedAccount, b: &NamedAccount) -> bool {
    a.name.eq_ignore_ascii_case(&b.name)
        && (is_express(&a.name) || in_domain(a, b.domain.as_deref()) || in_domain(b, a.domain.as_deref()))
}

/// Whether a domain is the account's, by either of the domain's names. Where both have a DNS name, that decides.
fn in_domain(account: &NamedAccount, domain: Option<&str>) -> bool {
    let of_account = [account.domain.as_deref(), account.other_domain_name.as_deref()];
    let dns = of_account.into_iter().flatten().find(|name| name.contains('.'));
    if let (Some(dns), Some(domain)) = (dns, domain.filter(|domain| domain.contains('.'))) {
        return dns.eq_ignore_ascii_case(domain);
    }
    domains_agree(account.domain.as_deref(), domain)
        || account.other_domain_name.as_deref().is_some_and(|other| domains_agree(Some(other), domain))
}

/// `CONTOSO` and `contoso.example` agree: a NetBIOS name is, by default, the first label.
pub(super) fn domains_agree(a: Option<&str>, b: Option<&str>) -> bool {
    let label = |domain: &str| domain.split('.').next().unwrap_or_default().to_lowercase();
    match (a, b) {
        (Some(a), Some(b)) if a.contains('.') && b.contains('.') => a.eq_ignore_ascii_case(b),
        (Some(a), Some(b)) => label(a) == label(b),
        _ => true,
    }
}
