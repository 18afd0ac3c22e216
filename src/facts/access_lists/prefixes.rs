//! The domains of an access list's trustees, by the NetBIOS names that stand before the backslash.

use std::collections::BTreeSet;

use crate::artifacts::access_control_list::ObjectAcl;

use super::{dn_key, domain_dn};

/// The group of every domain that the default access list of its users has an entry for.
const ADMINS: &str = "Domain Admins";
/// Longest NetBIOS name of a domain
/// (<https://learn.microsoft.com/en-us/troubleshoot/windows-server/active-directory/naming-conventions-for-computer-domain-site-ou>).
const LONGEST_NETBIOS: usize = 15;
/// Most names that are kept; a forest has far fewer domains.
const MOST: usize = 256;

/// NetBIOS names, in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Prefixes {
    all: BTreeSet<String>,
    /// Those of which Domain Admins have an entry.
    of_admins: BTreeSet<String>,
    /// The domain that the object is in, as the key of its distinguished name.
    domain: Option<String>,
}

impl Prefixes {
    pub(super) fn of(acl: &ObjectAcl) -> Self {
        let mut prefixes =
            Prefixes { domain: acl.object.as_deref().and_then(domain_dn).map(dn_key), ..Prefixes::default() };
        let trustees = acl.entries.iter().filter_map(|entry| entry.trustee.split_once('\\'));
        for (domain, name) in trustees {
            let domain = domain.trim().to_lowercase();
            if name.trim().eq_ignore_ascii_case(ADMINS) && prefixes.of_admins.len() < MOST {
                prefixes.of_admins.insert(domain.clone());
            }
            if prefixes.all.len() < MOST {
                prefixes.all.insert(domain);
            }
        }
        prefixes
    }

    /// A NetBIOS name is by default the first label of the DNS name. Where no entry has that, it is the one of
    /// the only Domain Admins on an object of that domain.
    pub(super) fn of_domain(&self, dns: &str) -> Option<&str> {
        let by_label = self.all.iter().find(|prefix| is_default_of(prefix, dns));
        by_label
            .or_else(|| self.of_admins.first().filter(|_| self.of_admins.len() == 1 && self.is_in(dns)))
            .map(String::as_str)
    }

    fn is_in(&self, dns: &str) -> bool {
        let labels: Vec<String> = dns.to_lowercase().split('.').map(|label| format!("dc={label}")).collect();
        self.domain.as_deref() == Some(labels.join(",").as_str())
    }
}

/// Whether a NetBIOS name in lower case is the default of a domain: its first label, cut where that is too long.
fn is_default_of(netbios: &str, dns: &str) -> bool {
    let label = dns.split('.').next().unwrap_or_default().to_lowercase();
    netbios == label || label.get(..LONGEST_NETBIOS) == Some(netbios)
}
