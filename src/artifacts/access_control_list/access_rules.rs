//! One rule (`ActiveDirectoryAccessRule`) by its properties, whether a list or XML wrote them.
//! <https://learn.microsoft.com/dotnet/api/system.directoryservices.activedirectoryaccessrule>

use super::{AclEntry, AppliesTo, Scope};

/// A GUID that stands for none.
const NO_GUID: &str = "00000000-0000-0000-0000-000000000000";

/// Whether the properties are those of a rule on a directory object.
pub(super) fn is_rule(has: &dyn Fn(&str) -> bool) -> bool {
    ["ActiveDirectoryRights", "AccessControlType", "IdentityReference"].iter().all(|name| has(name))
}

/// The rule as an entry; `None` where a property that it needs is missing or says something unknown.
pub(super) fn entry(value: &dyn Fn(&str) -> Option<String>, line: u64) -> Option<AclEntry> {
    let allow = match value("AccessControlType")?.as_str() {
        "Allow" => true,
        "Deny" => false,
        _ => return None,
    };
    let scope = match value("InheritanceType")?.as_str() {
        "None" => Scope::ThisObject,
        "All" | "SelfAndChildren" => Scope::ThisAndChildren,
        "Descendents" | "Children" => Scope::ChildrenOnly,
        _ => return None,
    };
    let guid = |name: &str| value(name).filter(|guid| !guid.is_empty() && guid != NO_GUID);
    let inherited = match value("IsInherited")?.to_ascii_lowercase().as_str() {
        "true" => true,
        "false" => false,
        _ => return None,
    };
    Some(AclEntry {
        allow,
        trustee: value("IdentityReference")?,
        rights: value("ActiveDirectoryRights")?.split(',').map(|right| right.trim().to_owned()).collect(),
        for_object: guid("ObjectType"),
        inherited,
        inherited_from: None,
        applies_to: AppliesTo { scope, class: guid("InheritedObjectType") },
        line,
    })
}
