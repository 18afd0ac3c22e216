//! Which elements of a report are read, by their paths.

use super::scan::Name;

/// An element that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// `Rsop/ReadTime`, or `GPO/ReadTime`.
    ReadTime,
    /// `Rsop/DataType`.
    DataType,
    /// `Rsop/ComputerResults` itself.
    ComputerHalf,
    /// `Rsop/UserResults` itself.
    UserHalf,
    /// `GPO` itself, in a report of what GPOs set.
    Gpo,
    /// `GPO/Name`.
    GpoName,
    /// Identity of the computer: name, domain, organizational unit.
    ComputerName,
    Domain,
    OrganizationalUnit,
    /// A group of the computer.
    Group,
    /// A GPO of the computer's list.
    ListedGpo,
    /// What became of one client-side extension.
    ExtensionStatus,
    /// One policy processing pass, itself.
    Pass,
    /// An event of a pass.
    Event,
    /// Rows of the computer's security settings.
    SecurityOption,
    UserRight,
    Account,
    /// A registry value of preferences.
    Preference,
    /// A registry value of "Extra Registry Settings".
    ExtraSetting,
}

/// What the element at the end of a path is.
pub(super) fn part(path: &[Name]) -> Option<Part> {
    let path = match path {
        [root, ..] if root.is("Rsop", "Rsop") || root.is("Settings", "GPO") => path,
        // The wrapper of many GPOs.
        [_, inside @ ..] => inside,
        [] => return None,
    };
    match path {
        [root, inside @ ..] if root.is("Rsop", "Rsop") => of_results(inside),
        [gpo] if gpo.is("Settings", "GPO") => Some(Part::Gpo),
        [gpo, last] if gpo.is("Settings", "GPO") && last.namespace == "Settings" => match last.local.as_str()
        {
            "Name" => Some(Part::GpoName),
            "ReadTime" => Some(Part::ReadTime),
            _ => None,
        },
        [gpo, half, inside @ ..] if gpo.is("Settings", "GPO") && half.is("Settings", "Computer") => {
            setting(inside)
        }
        _ => None,
    }
}

/// What stands below `Rsop`.
fn of_results(path: &[Name]) -> Option<Part> {
    let first = path.first().filter(|first| first.namespace == "Rsop")?;
    match (first.local.as_str(), path) {
        ("ReadTime", [_]) => Some(Part::ReadTime),
        ("DataType", [_]) => Some(Part::DataType),
        ("UserResults", [_]) => Some(Part::UserHalf),
        ("ComputerResults", [_]) => Some(Part::ComputerHalf),
        ("ComputerResults", [_, last]) if last.namespace == "Rsop" => match last.local.as_str() {
            "Name" => Some(Part::ComputerName),
            "Domain" => Some(Part::Domain),
            "SOM" => Some(Part::OrganizationalUnit),
            "SecurityGroup" => Some(Part::Group),
            "GPO" => Some(Part::ListedGpo),
            "ExtensionStatus" => Some(Part::ExtensionStatus),
            _ => None,
        },
        ("ComputerResults", [_, events, pass, inside @ ..])
            if events.local == "EventsDetails" && pass.local == "SinglePassEventsDetails" =>
        {
            match inside {
                [] => Some(Part::Pass),
                [_, event] if event.local == "EventXml" => Some(Part::Event),
                _ => None,
            }
        }
        ("ComputerResults", [_, inside @ ..]) => setting(inside),
        _ => None,
    }
}

/// What stands below the computer half as a setting: `ExtensionData/Extension/...`.
fn setting(path: &[Name]) -> Option<Part> {
    let [data, extension, inside @ .., last] = path else { return None };
    if data.local != "ExtensionData" || !extension.is("Settings", "Extension") {
        return None;
    }
    match (last.namespace.as_str(), last.local.as_str(), inside.len()) {
        ("Settings/Security", "SecurityOptions", 0) => Some(Part::SecurityOption),
        ("Settings/Security", "UserRightsAssignment", 0) => Some(Part::UserRight),
        ("Settings/Security", "Account", 0) => Some(Part::Account),
        ("Settings/Registry", "RegistrySetting", 0) => Some(Part::ExtraSetting),
        // Items may stand in collections.
        ("Settings/Windows/Registry", "Registry", 1..) => Some(Part::Preference),
        _ => None,
    }
}
