//! Whose settings a template holds, and whether it is whole.
//!
//! Nothing in the file names its origin, so it is told by what `secedit /export` always writes: three real
//! exports agree on it, and two real `GptTmpl.inf` lack it.
//!
//! - An export has `[System Access]`, `[Event Audit]` and `[Registry Values]` together: they are one area of
//!   the command (`SECURITYPOLICY`). `[System Access]` has `RequireLogonToChangePassword` and
//!   `ForceLogoffWhenHourExpire`, `[Event Audit]` all nine categories, and `[Registry Values]` the two values
//!   of the recovery console. It lists no right that nobody holds, and has no `[Profile Description]`.
//! - A file that has one of these sections and lacks another, or has one in part, is no export: a GPO, or a
//!   template for one.
//! - All else, such as a file of rights alone (`/areas USER_RIGHTS`), cannot be told.
//!
//! A file that has it all is taken for an export only where `[Version]` or `[Privilege Rights]` comes last,
//! as in the real exports; the real `GptTmpl.inf` end with other sections. An export that somebody imported
//! into a GPO and that Windows wrote in the same order could not be told from an export of a machine.

use super::TemplateKind;
use super::reader::Lines;

/// Categories of `[Event Audit]`.
const AUDITED: [&str; 9] = [
    "auditsystemevents",
    "auditlogonevents",
    "auditobjectaccess",
    "auditprivilegeuse",
    "auditpolicychange",
    "auditaccountmanage",
    "auditprocesstracking",
    "auditdsaccess",
    "auditaccountlogon",
];

/// Settings of `[System Access]` that every export has.
const ACCESS: [&str; 5] = [
    "MinimumPasswordAge",
    "RequireLogonToChangePassword",
    "ForceLogoffWhenHourExpire",
    "NewAdministratorName",
    "NewGuestName",
];

/// Ends of the paths of `[Registry Values]` that every export has.
const VALUES: [&str; 2] = [r"\setup\recoveryconsole\securitylevel", r"\setup\recoveryconsole\setcommand"];

/// Whether the file has an end: the signature, and a line end behind its last line. A file that was cut may
/// lack any setting.
pub(super) fn is_whole(lines: &Lines, text: &str) -> bool {
    lines.signed && text.ends_with('\n')
}

/// The kind. A file that is not whole, or has lines that could not be read, is of unknown kind.
pub(super) fn of(lines: &Lines, sure: bool) -> TemplateKind {
    if !sure {
        return TemplateKind::Unknown;
    }
    let has = |section: &str| lines.sections.iter().any(|have| have == section);
    let policy = [has("system access"), has("event audit"), has("registry values")];
    let described = has("profile description");
    let grants_to_nobody = lines.privileges.iter().any(|right| right.members.is_empty());
    let all_there =
        policy == [true; 3] && access_is_full(lines) && audit_is_full(lines) && values_are_full(lines);
    let no_export = described || grants_to_nobody || (policy != [false; 3] && !all_there);
    if no_export {
        TemplateKind::OfGpo
    } else if all_there && ends_as_an_export(lines) {
        TemplateKind::ExportOfMachine
    } else {
        TemplateKind::Unknown
    }
}

fn access_is_full(lines: &Lines) -> bool {
    ACCESS.iter().all(|name| lines.system_access.iter().any(|have| have.name.eq_ignore_ascii_case(name)))
}

fn audit_is_full(lines: &Lines) -> bool {
    AUDITED.iter().all(|category| lines.audited.iter().any(|have| have == category))
}

fn values_are_full(lines: &Lines) -> bool {
    VALUES.iter().all(|end| lines.values.iter().any(|have| have.key.to_ascii_lowercase().ends_with(end)))
}

/// Another section stands behind `[Registry Values]`, which shows that it was not cut, and `[Version]` or the
/// rights come last.
fn ends_as_an_export(lines: &Lines) -> bool {
    let twice = |section: &String| lines.sections.iter().filter(|have| *have == section).count() > 1;
    !lines.sections.iter().any(twice)
        && lines.sections.last().is_some_and(|last| last == "version" || last == "privilege rights")
}
