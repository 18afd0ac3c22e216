//! Rows of a report, each from its element.

use super::scan::Element;
use crate::artifacts::policy_report::document::shortened;
use crate::artifacts::policy_report::{AccountPolicy, GpoEntry, RegistrySetting, SecurityOption, UserRight};
use crate::source::Place;

/// Identifier of the GPO that a row of results names; its name is put in its place when all are known.
fn winner(row: &Element) -> Option<String> {
    row.child("GPO")?.text_of("Identifier").map(shortened)
}

/// The line of one element of a row, or of the row.
fn line(row: &Element, local: &str) -> Place {
    Place::Line(row.child(local).map_or(row.line, |child| child.line))
}

/// The value of a row, by type. Several strings are put together as HTML reports do.
fn value(row: &Element) -> String {
    let single =
        ["SettingString", "SettingNumber", "SettingBoolean"].into_iter().find_map(|kind| row.child(kind));
    if let Some(value) = single {
        return value.text.clone();
    }
    let strings = row.child("SettingStrings").map(|list| list.inside.as_slice()).unwrap_or_default();
    strings.iter().map(|value| value.text.as_str()).collect::<Vec<_>>().join(", ")
}

/// A row of Security Options.
pub(super) fn security_option(row: &Element) -> SecurityOption {
    let key_name = row.text_of("KeyName").map(str::to_owned);
    let shown = row.child("Display").and_then(|display| display.text_of("Name"));
    let name = shown.or(key_name.as_deref()).or_else(|| row.text_of("SystemAccessPolicyName"));
    SecurityOption {
        name: name.unwrap_or_default().to_owned(),
        value: value(row),
        winning_gpo: winner(row),
        place: line(row, if key_name.is_some() { "KeyName" } else { "SystemAccessPolicyName" }),
        key_name,
    }
}

/// A user right. A member without a SID keeps its name.
pub(super) fn user_right(row: &Element) -> UserRight {
    let members = row.inside.iter().filter(|child| child.local == "Member");
    UserRight {
        name: row.text_of("Name").unwrap_or_default().to_owned(),
        members: members.filter_map(sid_or_name).collect(),
        winning_gpo: winner(row),
        place: line(row, "Name"),
    }
}

/// The SID of an account, or its name where it has none.
pub(super) fn sid_or_name(account: &Element) -> Option<String> {
    account.text_of("SID").or_else(|| account.text_of("Name")).map(str::to_owned)
}

/// An account policy.
pub(super) fn account_policy(row: &Element) -> AccountPolicy {
    AccountPolicy {
        name: row.text_of("Name").unwrap_or_default().to_owned(),
        value: value(row),
        winning_gpo: winner(row),
        place: line(row, "Name"),
    }
}

/// A registry value of preferences. One that deletes the value has no data.
pub(super) fn preference(row: &Element) -> Option<RegistrySetting> {
    let properties = row.child("Properties")?;
    let deletes = properties.attribute("action") == Some("D");
    let attribute = |name: &str| properties.attribute(name).unwrap_or_default();
    Some(RegistrySetting {
        key: format!("{}\\{}", attribute("hive"), attribute("key")),
        value_name: attribute("name").to_owned(),
        data: properties.attribute("value").filter(|_| !deletes).map(str::to_owned),
        winning_gpo: winner(row),
        place: line(row, "Properties"),
    })
}

/// A row of "Extra Registry Settings"; none where it names a key alone.
pub(super) fn extra_setting(row: &Element) -> Option<RegistrySetting> {
    let value = row.child("Value")?;
    Some(RegistrySetting {
        key: row.text_of("KeyPath")?.to_owned(),
        value_name: value.text_of("Name")?.to_owned(),
        data: value.inside.iter().find(|data| data.local != "Name").map(|data| data.text.clone()),
        winning_gpo: winner(row),
        place: line(row, "KeyPath"),
    })
}

/// A GPO of the computer's list, and its identifier: a GUID, or `LocalGPO`.
///
/// Whether it was applied follows from what Windows checks: access, filter, state, and whether it holds
/// anything for the computer (a version of 0 in both places is an empty one).
pub(super) fn listed_gpo(row: &Element) -> (GpoEntry, String) {
    let identifier = row.child("Path").and_then(|path| path.text_of("Identifier")).unwrap_or_default();
    let is =
        |local: &str, value: &str| row.text_of(local).is_some_and(|text| text.eq_ignore_ascii_case(value));
    let links: Vec<&Element> = row.inside.iter().filter(|child| child.local == "Link").collect();
    let linked = links.is_empty()
        || links
            .iter()
            .any(|link| link.text_of("Enabled").is_none_or(|text| !text.eq_ignore_ascii_case("false")));
    let reason = [
        (is("AccessDenied", "true"), "AccessDenied"),
        (is("FilterAllowed", "false"), "FilterDenied"),
        (is("Enabled", "false"), "Disabled"),
        (!linked, "LinkDisabled"),
        (is("IsValid", "false"), "NotValid"),
        (is("VersionDirectory", "0") && is("VersionSysvol", "0"), "Empty"),
    ]
    .into_iter()
    .find_map(|(denies, reason)| denies.then_some(reason));
    let entry = GpoEntry {
        name: row.text_of("Name").map(shortened).unwrap_or_default(),
        guid: identifier.starts_with('{').then(|| shortened(&identifier.to_ascii_uppercase())),
        applied: reason.is_none(),
        link: links.first().and_then(|link| link.text_of("SOMPath")).map(str::to_owned),
        denied_reason: reason.map(str::to_owned),
    };
    (entry, shortened(identifier))
}
