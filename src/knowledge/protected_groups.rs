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
    Some(ProtectedGroup { identifier, name, scope, may_be_excluded: note == "may-be-excluded" })
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
