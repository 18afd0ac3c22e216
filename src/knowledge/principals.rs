//! Principals that mean the same everywhere, and what the AD DS connector account is to each when it
//! calls a domain controller over the network.

use std::sync::LazyLock;

use crate::security_descriptor::Trustee;

/// What the connector account is to a principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectorIs {
    /// In its token, for any domain account that calls over the network.
    Member,
    /// An administrators' group: not a member, unless something shows that it is. A member would not
    /// have been refused in the first place.
    NotUnlessShown,
    /// Never in the token of such a call.
    Other,
}

struct Principal {
    trustee: &'static str,
    connector: ConnectorIs,
}

pub(super) const TABLE: &str = include_str!("principals.tsv");

fn principals() -> &'static [Principal] {
    static PRINCIPALS: LazyLock<Vec<Principal>> =
        LazyLock::new(|| super::rows(TABLE).filter_map(parse_row).collect());
    &PRINCIPALS
}

fn parse_row(columns: Vec<&'static str>) -> Option<Principal> {
    let [trustee, _name, connector, _source] = columns.try_into().ok()?;
    let connector = match connector {
        "member" => ConnectorIs::Member,
        "administrators" => ConnectorIs::NotUnlessShown,
        "other" => ConnectorIs::Other,
        _ => return None,
    };
    Some(Principal { trustee, connector })
}

/// What the connector account is to a trustee; `None` where that depends on the directory.
///
/// RIDs of a domain's own groups: 512 Domain Admins, 513 Domain Users, 515 Domain Computers, 516 Domain
/// Controllers, 519 Enterprise Admins
/// (<https://learn.microsoft.com/en-us/windows-server/identity/ad-ds/manage/understand-security-identifiers>).
pub fn connector_is(trustee: &Trustee) -> Option<ConnectorIs> {
    let key = match trustee {
        Trustee::DomainRelative { alias, .. } => alias.as_str(),
        Trustee::Named(_) => return None,
        Trustee::Sid(sid) => match sid.domain_and_rid() {
            Some((_, 512)) => "DA",
            Some((_, 515)) => "DC",
            Some((_, 516)) => "DD",
            Some((_, 519)) => "EA",
            // Domain Users of which domain? Only of its own is the account a member.
            Some(_) => return None,
            None => sid.as_str(),
        },
    };
    principals().iter().find(|principal| principal.trustee == key).map(|principal| principal.connector)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_has_a_source() {
        assert_eq!(principals().len(), TABLE.lines().count() - 1);
        assert!(
            crate::knowledge::rows(TABLE)
                .all(|row| row.last().is_some_and(|source| source.starts_with("https://")))
        );
    }
}
