//! The rights that the AD DS connector account needs for password writeback, as the access check asks for
//! them.
//!
//! Optional ones are listed in Microsoft's documents too, but everybody has them in a default directory, or
//! they are not on the user's own object; they decide nothing.

use std::sync::LazyLock;

use crate::security_descriptor::Wanted;
use crate::security_descriptor::object_access::{CONTROL_ACCESS, WRITE_PROPERTY};
use crate::words::stand_in;

/// `schemaIDGUID` of the class `user`
/// (<https://learn.microsoft.com/en-us/windows/win32/adschema/c-user>).
pub const USER_CLASS: &str = "bf967aba-0de6-11d0-a285-00aa003049e2";
/// `schemaIDGUID` of the class `inetOrgPerson`
/// (<https://learn.microsoft.com/en-us/windows/win32/adschema/c-inetorgperson>).
pub const INET_ORG_PERSON_CLASS: &str = "4828cc14-1437-45bc-9b07-ad6f015e5f28";

/// One right on the user's object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectorRight {
    /// Its name in Microsoft's documents.
    pub name: &'static str,
    /// What stands for it in a sentence, so that each language has its own words for it.
    pub said: &'static str,
    /// What the access check asks for.
    pub wanted: Wanted<'static>,
    /// A reset cannot do without it.
    pub required: bool,
    /// It is asked of the root of the domain, and not of the user's object.
    pub of_domain: bool,
}

pub(super) const TABLE: &str = include_str!("connector_rights.tsv");

/// The rights that a reset needs on the user's object.
pub fn required_rights() -> impl Iterator<Item = &'static ConnectorRight> {
    rights().iter().filter(|right| right.required)
}

/// All of them, optional ones too.
pub fn rights() -> &'static [ConnectorRight] {
    static RIGHTS: LazyLock<Vec<ConnectorRight>> =
        LazyLock::new(|| super::rows(TABLE).filter_map(parse_row).collect());
    &RIGHTS
}

/// What stands for a right in a sentence.
fn said(name: &str) -> Option<&'static str> {
    Some(match name {
        "Reset password" => stand_in::RESET_PASSWORD,
        "Change password" => stand_in::CHANGE_PASSWORD,
        "Write lockoutTime" => stand_in::WRITE_LOCKOUT_TIME,
        "Write pwdLastSet" => stand_in::WRITE_PWD_LAST_SET,
        "Unexpire password" => stand_in::UNEXPIRE_PASSWORD,
        _ => return None,
    })
}

fn parse_row(columns: Vec<&'static str>) -> Option<ConnectorRight> {
    let [name, kind, guid, set, letters, need, _source] = columns.try_into().ok()?;
    let mask = match letters {
        "CR" => CONTROL_ACCESS,
        "WP" => WRITE_PROPERTY,
        _ => return None,
    };
    let property_set = Some(set).filter(|set| !set.is_empty());
    let wanted = Wanted { mask, object_type: Some(guid), property_set };
    let of_domain = kind == "extended-right-of-domain";
    Some(ConnectorRight { name, said: said(name)?, wanted, required: need == "required", of_domain })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Catalogue, Language};

    #[test]
    fn every_row_is_read_and_three_rights_are_required() {
        assert_eq!(rights().len(), TABLE.lines().count() - 1);
        let names: Vec<&str> = required_rights().map(|right| right.name).collect();
        assert_eq!(names, ["Reset password", "Write lockoutTime", "Write pwdLastSet"]);
        // In English a sentence has the name itself; in another language the name stands behind the words.
        for right in rights() {
            let said = |language| Catalogue::of(language).template(right.said).unwrap().to_owned();
            assert_eq!(said(Language::English), right.name);
            let japanese = said(Language::Japanese);
            let name = right.name.strip_prefix("Write ").unwrap_or(right.name);
            assert!(!japanese.is_ascii() && japanese.contains(name), "{japanese}");
        }
    }
}
