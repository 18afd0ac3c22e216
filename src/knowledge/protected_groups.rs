//! The groups whose members Active Directory protects (AdminSDHolder), as found by SID or by English name.
//!
//! It does not know who is a member, and Cert Publishers is not in it: Windows Server 2003 RTM was the last
//! version that protected it.

use std::sync::LazyLock;

use crate::security_descriptor::{Sid, Trustee};

/// Where a group's SID comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The same SID in every domain (`S-1-5-32-544`).
    Builtin,
    /// A relative identifier of each domain.
    Domain,
    /// A relative identifier of the forest's root domain.
    Root,
}

/// One protected group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProtectedGroup {
    identifier: &'static str,
    /// English name.
    pub name: &'static str,
    /// Where its SID comes from.
    pub scope: Scope,
    /// A directory may be set up not to protect it (`dSHeuristics`), so that membership alone proves nothing.
    pub may_be_excluded: bool,
    /// Its bit in the 16th character of `dSHeuristics`, which leaves it out of protection
    /// (<https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-adts/50097362-ede5-40fa-973e-8d65e782e384>).
    pub exclusion_bit: Option<u8>,
}

/// Accounts that are protected themselves, by relative identifier in each domain
/// (<https://learn.microsoft.com/en-us/windows-server/identity/ad-ds/plan/security-best-practices/appendix-c--protected-accounts-and-groups-in-active-directory>).
const ACCOUNTS: [(u32, &str); 2] = [(500, "Administrator"), (502, "krbtgt")];

/// The built-in account that a SID of a domain is of, if that account is protected whatever its groups.
pub fn account_by_sid(sid: &Sid) -> Option<&'static str> {
    let (_, rid) = sid.domain_and_rid()?;
    ACCOUNTS.iter().find(|(of, _)| *of == rid).map(|(_, name)| *name)
}

pub(super) const TABLE: &str = include_str!("protected_groups.tsv");

fn groups() -> &'static [ProtectedGroup] {
    static GROUPS: LazyLock<Vec<ProtectedGroup>> =
        LazyLock::new(|| super::rows(TABLE).filter_map(parse_row).collect());
    &GROUPS
}

fn parse_row(columns: Vec<&'static str>) -> Option<ProtectedGroup> {
    let [identifier, name, scope, note, _source] = columns.try_into().ok()?;
    let scope = match scope {
        "builtin" => Scope::Builtin,
        "domain" => Scope::Domain,
        "root" => Scope::Root,
        _ => return None,
    };
    let exclusion_bit = note.strip_prefix("excluded-by-").and_then(|bit| bit.parse().ok());
    let may_be_excluded = exclusion_bit.is_some();
    Some(ProtectedGroup { identifier, name, scope, may_be_excluded, exclusion_bit })
}

/// The protected group that a SID is of.
pub fn by_sid(sid: &Sid) -> Option<&'static ProtectedGroup> {
    match sid.domain_and_rid() {
        Some((_, rid)) => by_rid(rid),
        None => groups().iter().find(|group| group.identifier == sid.as_str()),
    }
}

/// The protected group that a relative identifier is of, in any domain. `primaryGroupID` holds such a one.
pub fn by_rid(rid: u32) -> Option<&'static ProtectedGroup> {
    groups().iter().find(|group| group.identifier.parse() == Ok(rid))
}

/// The protected group of an English name, wherever it stands: any group elsewhere may carry the same one.
pub fn by_name(name: &str) -> Option<&'static ProtectedGroup> {
    groups().iter().find(|group| group.name.eq_ignore_ascii_case(name.trim()))
}

/// The protected group that an entry of an access list is for.
pub fn by_trustee(trustee: &Trustee) -> Option<&'static ProtectedGroup> {
    match trustee {
        Trustee::Sid(sid) => by_sid(sid),
        Trustee::DomainRelative { rid, .. } => by_rid(*rid),
        Trustee::Named(_) => None,
    }
}

/// The protected group that a distinguished name is of, and the rest of the name, which is its domain's.
///
/// Only names in the containers where these groups are created count (`CN=Builtin`, `CN=Users`): any group
/// elsewhere may carry the same name.
pub fn by_dn(dn: &str) -> Option<(&'static ProtectedGroup, &str)> {
    let (first, rest) = dn.split_once(',')?;
    let (container, domain) = rest.split_once(',')?;
    let name = value_of(first, "CN")?;
    let container = value_of(container, "CN")?;
    value_of(domain.split(',').next()?, "DC")?;
    let group = groups().iter().find(|group| group.name.eq_ignore_ascii_case(name))?;
    let expected = if group.scope == Scope::Builtin { "Builtin" } else { "Users" };
    container.eq_ignore_ascii_case(expected).then(|| (group, domain.trim()))
}

fn value_of<'t>(component: &'t str, name: &str) -> Option<&'t str> {
    let (key, value) = component.split_once('=')?;
    key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_has_a_source() {
        assert_eq!(groups().len(), TABLE.lines().count() - 1);
        assert!(
            crate::knowledge::rows(TABLE)
                .all(|row| row.last().is_some_and(|source| source.starts_with("https://")))
        );
    }

    #[test]
    fn four_groups_may_be_left_out() {
        let bits: Vec<_> =
            groups().iter().filter_map(|group| Some((group.name, group.exclusion_bit?))).collect();
        let expected = [
            ("Account Operators", 1),
            ("Server Operators", 2),
            ("Print Operators", 4),
            ("Backup Operators", 8),
        ];
        assert_eq!(bits, expected);
    }

    #[test]
    fn two_accounts_are_protected_themselves() {
        let account = |text| account_by_sid(&Sid::parse(text).unwrap());
        assert_eq!(account("S-1-5-21-1-2-3-500"), Some("Administrator"));
        assert_eq!(account("S-1-5-21-1-2-3-502"), Some("krbtgt"));
        for other in ["S-1-5-21-1-2-3-501", "S-1-5-21-1-2-3-1500", "S-1-5-32-500"] {
            assert_eq!(account(other), None, "{other}");
        }
    }

    #[test]
    fn a_group_is_found_by_sid_and_by_its_name_in_its_own_container() {
        let name = |group: Option<&ProtectedGroup>| group.map(|group| group.name);
        let sid = |text| Sid::parse(text).unwrap();
        assert_eq!(name(by_sid(&sid("S-1-5-21-1-2-3-512"))), Some("Domain Admins"));
        assert_eq!(name(by_sid(&sid("S-1-5-32-551"))), Some("Backup Operators"));
        // Protected Users and Group Policy Creator Owners sound alike and are not protected.
        assert_eq!(name(by_sid(&sid("S-1-5-21-1-2-3-525"))), None);
        assert_eq!(name(by_sid(&sid("S-1-5-21-1-2-3-520"))), None);
        for (dn, expected) in [
            ("CN=Domain Admins,CN=Users,DC=contoso,DC=example", Some("Domain Admins")),
            ("cn=administrators, cn=builtin, dc=contoso,dc=example", Some("Administrators")),
            ("CN=Domain Admins,OU=Old,DC=contoso,DC=example", None),
            ("CN=Administrators,CN=Users,DC=contoso,DC=example", None),
            ("CN=Domain Admins,CN=Users,OU=Copy,DC=contoso,DC=example", None),
            ("CN=Domain Admins Readers,CN=Users,DC=contoso,DC=example", None),
            ("Domain Admins", None),
        ] {
            assert_eq!(name(by_dn(dn).map(|(group, _)| group)), expected, "{dn}");
        }
    }
}
