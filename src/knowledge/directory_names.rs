//! Names by which `dsacls` and PowerShell show what an entry of an access list gives, and for what.
//!
//! Names are English. A name that is not here may be one of another language, so it means nothing certain;
//! only LDAP names are the same in every language.

use std::sync::LazyLock;

use crate::security_descriptor::access_mask;

/// What a name of a right means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RightNamed {
    /// Rights of the access mask, for what the entry says besides.
    Mask(u32),
    /// An extended right that password writeback needs, by its GUID.
    Extended(&'static str),
    /// A right that password writeback does not need.
    Other,
}

/// What a name of a property, property set or class means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetNamed {
    /// It matters to password writeback: its GUID.
    Guid(&'static str),
    /// It is something else.
    Other,
}

pub(super) const TABLE: &str = include_str!("directory_names.tsv");

enum Kind {
    Right(RightNamed),
    Target(TargetNamed),
}

fn names() -> &'static [(&'static str, Kind)] {
    static NAMES: LazyLock<Vec<(&'static str, Kind)>> =
        LazyLock::new(|| super::rows(TABLE).filter_map(parse_row).collect());
    &NAMES
}

fn parse_row(columns: Vec<&'static str>) -> Option<(&'static str, Kind)> {
    let [name, kind, means, _source] = columns.try_into().ok()?;
    let kind = match (kind, means) {
        ("mask", letters) => Kind::Right(RightNamed::Mask(access_mask(letters)?)),
        ("right", guid) => Kind::Right(RightNamed::Extended(guid)),
        ("other-right", _) => Kind::Right(RightNamed::Other),
        ("target", "") => Kind::Target(TargetNamed::Other),
        ("target", guid) => Kind::Target(TargetNamed::Guid(guid)),
        _ => return None,
    };
    Some((name, kind))
}

/// The right of a name, in any case; `None` for a name that is not known.
pub fn right_named(name: &str) -> Option<RightNamed> {
    names().iter().find_map(|(known, kind)| match kind {
        Kind::Right(right) if known.eq_ignore_ascii_case(name) => Some(*right),
        _ => None,
    })
}

/// What an entry is for, by name in any case; `None` for a name that may mean anything. An unknown LDAP
/// name, such as `telephoneNumber`, means something else than the known ones.
pub fn target_named(name: &str) -> Option<TargetNamed> {
    let known = names().iter().find_map(|(known, kind)| match kind {
        Kind::Target(target) if known.eq_ignore_ascii_case(name) => Some(*target),
        _ => None,
    });
    let is_ldap_name = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    known.or_else(|| is_ldap_name.then_some(TargetNamed::Other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_has_a_source() {
        assert_eq!(names().len(), TABLE.lines().count() - 1);
        assert!(
            crate::knowledge::rows(TABLE)
                .all(|row| row.last().is_some_and(|source| source.starts_with("https://")))
        );
    }

    #[test]
    fn names_of_both_tools() {
        assert_eq!(right_named("WRITE PROPERTY"), Some(RightNamed::Mask(0x20)));
        assert_eq!(right_named("writeproperty"), Some(RightNamed::Mask(0x20)));
        let reset = "00299570-246d-11d0-a768-00aa006e0529";
        assert_eq!(right_named("reset password"), Some(RightNamed::Extended(reset)));
        assert_eq!(right_named("Send As"), Some(RightNamed::Other));
        assert_eq!(right_named("Kennwort zurücksetzen"), None);
        let set = "4c164200-20c0-11d0-a768-00aa006e0529";
        assert_eq!(target_named("Account Restrictions"), Some(TargetNamed::Guid(set)));
        assert_eq!(target_named("telephoneNumber"), Some(TargetNamed::Other));
        assert_eq!(target_named("Kontobeschränkungen"), None);
    }
}
