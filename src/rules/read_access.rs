//! Whether the connector account may read what NetUserGetInfo reads: the root of the domain, the container
//! Builtin and the SAM server's object; and whether it can be impersonated on the Connect server
//! (<https://learn.microsoft.com/en-us/troubleshoot/windows-server/identity/netuser-netgroup-fails-with-access-denied>).

use crate::facts::access_lists::{AccessList, dn_key, domain_dn};
use crate::facts::connector::Connector;
use crate::facts::connector_access::connector_reads;
use crate::facts::directory::domain_of;
use crate::facts::machines::Role;
use crate::facts::{Attempt, Facts, ReadGroup};
use crate::security_descriptor::object_access::{LIST_CONTENTS, READ_PROPERTY};
use crate::security_descriptor::{Access, Membership, READ_CONTROL};
use crate::source::Source;
use crate::words::stand_in;

use super::{Answer, Finding, Weight, later};

/// The SAM server's object. Microsoft names what is read of it: its contents, all its properties and its
/// permissions.
const SAM_SERVER: &str = "CN=Server,CN=System";
const READS_OF_SAM_SERVER: [u32; 3] = [LIST_CONTENTS, READ_PROPERTY, READ_CONTROL];
const BUILTIN: &str = "CN=Builtin";

/// What files show of the reads, in the domain of one operation.
struct Reads<'f> {
    facts: &'f Facts,
    connector: Option<&'f Connector>,
    account: String,
    domain: Option<String>,
    /// The domain is the user's own, or else no domain controller of another one was seen.
    is_served: bool,
    /// A later call that went through: what the files show may have been mended since.
    mended: Option<Source>,
}

pub(super) fn findings(facts: &Facts, attempt: &Attempt) -> Vec<Finding> {
    let connector = facts.connectors.of(attempt);
    let domain = domain(facts, attempt);
    let reads = Reads {
        facts,
        connector,
        is_served: domain.as_deref().is_some_and(|domain| is_served(facts, attempt, domain)),
        account: connector.map_or_else(|| stand_in::CONNECTOR_ACCOUNT.to_owned(), |one| one.account.full()),
        domain,
        mended: later::call_through(facts, attempt),
    };
    vec![
        reads.sam_server_unreadable(),
        reads.domain_unreadable(),
        reads.read_group_emptied(),
        impersonation_right_reduced(facts, attempt),
    ]
}

/// The domain whose controllers served the call: the user's, or else the only one whose objects were seen.
fn domain(facts: &Facts, attempt: &Attempt) -> Option<String> {
    let user = facts.directory.target_of(attempt).and_then(|user| user.dn());
    if let Some(domain) = user.and_then(domain_dn) {
        return Some(dn_key(domain));
    }
    let lists = &facts.directory.lists;
    let mut seen: Vec<&str> = lists.domains_with(SAM_SERVER).chain(lists.domains_with(BUILTIN)).collect();
    seen.extend(facts.read_groups.iter().filter_map(|group| group.domain.as_deref()));
    seen.sort_unstable();
    seen.dedup();
    match seen.as_slice() {
        [one] => Some((*one).to_owned()),
        _ => None,
    }
}

/// Whether the call went to a controller of the domain, as far as the files tell: it is the account's own where
/// its DNS name is known, and that of the user's object, or no domain controller of another one was seen.
fn is_served(facts: &Facts, attempt: &Attempt, domain: &str) -> bool {
    let of_account = facts.connectors.of(attempt).and_then(Connector::dns_domain);
    let dns = domain_of(domain);
    if of_account.is_some_and(|account| dns != account) || facts.user_may_be_outside(attempt, &dns) {
        return false;
    }
    if facts.directory.target_of(attempt).and_then(|user| user.dn()).is_some() {
        return true;
    }
    let mut controllers = facts.machines.with_role(Role::DomainController);
    let is_of_domain = |id| facts.machines.name(id).split_once('.').is_some_and(|(_, suffix)| suffix == dns);
    controllers.all(is_of_domain)
}

impl Reads<'_> {
    fn finding(&self, check: &'static str, weight: Weight, answer: Answer) -> Finding {
        let finding = Finding::new(check, weight, answer).with("account", self.account.clone());
        if answer == Answer::Unknown { finding.needing("net-user-read-access", None) } else { finding }
    }

    fn groups(&self) -> impl Iterator<Item = &ReadGroup> {
        // A list that names no domain may be of any domain whose controllers were seen.
        let domain = self.domain.as_deref().map(domain_of);
        let mut controllers = self.facts.machines.with_role(Role::DomainController);
        let several = controllers.any(|id| {
            let suffix = self.facts.machines.name(id).split_once('.').map(|(_, suffix)| suffix);
            suffix.is_some_and(|suffix| domain.as_deref().is_some_and(|domain| suffix != domain))
        });
        let of_domain = move |group: &&ReadGroup| match &group.domain {
            None => !several,
            domain => *domain == self.domain,
        };
        self.facts.read_groups.iter().filter(of_domain)
    }

    /// Whether the account is in Pre-Windows 2000 Compatible Access; texts that disagree say nothing.
    fn in_read_group(&self) -> Membership {
        let mut seen: Vec<Membership> = self.groups().map(|group| group.account).collect();
        seen.dedup();
        match seen.as_slice() {
            [one] => *one,
            _ => Membership::Unknown,
        }
    }

    /// Whether the account may read an object of the domain.
    fn access(&self, dn: &str, mask: u32) -> Option<(Access, &AccessList)> {
        let connector = self.connector?;
        let lists = self.facts.directory.lists.of(dn);
        let first = lists.first()?;
        // Without its SID an entry for the account itself would be taken for a stranger's; that only leaves
        // the answer open.
        let of = |list: &AccessList| connector_reads(list, mask, connector, self.in_read_group()).access;
        let access = of(first);
        let agreed = lists.iter().all(|list| of(list) == access);
        Some((if agreed { access } else { Access::Unknown }, first))
    }

    fn sam_server_unreadable(&self) -> Finding {
        const CHECK: &str = "sam-server-unreadable";
        let finding = |answer| self.finding(CHECK, Weight::Proves, answer);
        if self.mended.is_some() {
            return finding(Answer::Unknown).variant("mended").at_all(&self.mended);
        }
        let Some(domain) = &self.domain else { return finding(Answer::Unknown) };
        let object = format!("{SAM_SERVER},{domain}");
        let seen: Vec<(Access, &AccessList)> =
            READS_OF_SAM_SERVER.iter().filter_map(|right| self.access(&object, *right)).collect();
        let Some((_, list)) = seen.first() else { return finding(Answer::Unknown) };
        let all = |wanted| seen.iter().all(|(access, _)| *access == wanted);
        let any = |wanted| seen.iter().any(|(access, _)| *access == wanted);
        let finding = match () {
            // Another domain of the forest may be the one that served the call.
            () if all(Access::Denied) && self.is_served => finding(Answer::Yes),
            () if all(Access::Granted) => finding(Answer::No),
            // Microsoft lists the three together; that one of them alone is missing is not known to refuse.
            () if any(Access::Denied) && any(Access::Granted) => finding(Answer::Unknown).variant("in-part"),
            () => finding(Answer::Unknown).variant("open"),
        };
        finding.at(&list.source)
    }

    /// Which properties are read of these two is not documented, so this proves nothing.
    fn domain_unreadable(&self) -> Finding {
        const CHECK: &str = "domain-unreadable";
        let finding = |answer| self.finding(CHECK, Weight::Supports, answer);
        let Some(domain) = self.domain.as_ref().filter(|_| self.mended.is_none()) else {
            return finding(Answer::Unknown);
        };
        let objects = [domain.clone(), format!("{BUILTIN},{domain}")];
        let seen: Vec<(&String, Access, &AccessList)> = objects
            .iter()
            .filter_map(|dn| self.access(dn, READ_PROPERTY).map(|(access, list)| (dn, access, list)))
            .collect();
        if let Some((dn, _, list)) = seen.iter().find(|(_, access, _)| *access == Access::Denied) {
            return finding(Answer::Yes).with("object", (*dn).clone()).at(&list.source);
        }
        let readable = seen.len() == objects.len() && seen.iter().all(|(_, a, _)| *a == Access::Granted);
        let answer = if readable { Answer::No } else { Answer::Unknown };
        finding(answer).at_all(seen.iter().map(|(.., list)| &list.source))
    }

    fn read_group_emptied(&self) -> Finding {
        const CHECK: &str = "read-group-emptied";
        let finding = |answer| self.finding(CHECK, Weight::Supports, answer);
        let sources = || self.groups().map(|group| &group.source);
        if self.mended.is_some() {
            return finding(Answer::Unknown).variant("mended").at_all(&self.mended);
        }
        match (self.in_read_group(), sources().next()) {
            (Membership::NotMember, _) => finding(Answer::Yes).at_all(sources()),
            (Membership::Member, _) => finding(Answer::No).at_all(sources()),
            (Membership::Unknown, Some(_)) => finding(Answer::Unknown).variant("open").at_all(sources()),
            (Membership::Unknown, None) => finding(Answer::Unknown),
        }
    }
}

/// Microsoft lists who has to hold the right on the Connect server; which failure comes of its absence is
/// not documented, so this only supports.
fn impersonation_right_reduced(facts: &Facts, attempt: &Attempt) -> Finding {
    const CHECK: &str = "impersonation-right-reduced";
    let finding =
        |answer| Finding::new(CHECK, Weight::Supports, answer).with("machine", attempt.computer.clone());
    let server = facts.machines.find(&attempt.computer);
    let mut seen = facts.impersonation.iter().filter(|holders| Some(holders.machine) == server).peekable();
    if seen.peek().is_none() {
        return finding(Answer::Unknown);
    }
    let all: Vec<_> = seen.collect();
    let sources = || all.iter().map(|holders| &holders.source);
    match all.iter().find(|holders| !holders.missing.is_empty()) {
        None => finding(Answer::No).at_all(sources()),
        Some(lacking) if all.iter().all(|have| have.missing == lacking.missing && !have.unresolved) => {
            finding(Answer::Yes).with("missing", lacking.missing.join(", ")).at_all(sources())
        }
        Some(_) => finding(Answer::Unknown).variant("open").at_all(sources()),
    }
}
