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
    /// the only Domain Admins on an object of that domain. Where the two differ, the label may be the name of a
    /// trusted domain, and nothing is known.
    pub(super) fn of_domain(&self, dns: &str) -> Option<&str> {
        let by_label = self.all.iter().find(|prefix| is_default_of(prefix, dns));
        let by_admins = self.of_admins.first().filter(|_| self.of_admins.len() == 1 && self.is_in(dns));
        match (by_label, by_admins) {
            (Some(label), Some(admins)) if label != admins => None,
            (label, admins) => label.or(admins).map(String::as_str),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_two_signs_contradict_is_not_known() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let of = |all: &[&str], of_admins: &[&str], domain: &str| {
            let (all, of_admins) = (names(all), names(of_admins));
            let prefixes = Prefixes { all, of_admins, domain: Some(domain.to_owned()) };
            prefixes.of_domain("contoso.example").map(str::to_owned)
        };
        let here = "dc=contoso,dc=example";
        assert_eq!(of(&["contoso", "nt authority"], &["contoso"], here).as_deref(), Some("contoso"));
        assert_eq!(of(&["corp"], &["corp"], here).as_deref(), Some("corp"));
        // A trusted domain has the name that this one would have by default.
        assert_eq!(of(&["contoso", "corp"], &["corp"], here), None);
        // On an object of another domain its Domain Admins say nothing of this one.
        assert_eq!(of(&["contoso", "corp"], &["corp"], "dc=fabrikam,dc=example").as_deref(), Some("contoso"));
    }
}
