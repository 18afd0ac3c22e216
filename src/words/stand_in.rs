//! What stands in a sentence for a name that is not known, or that each language has its own words for. These
//! values are keys of the catalogue's section `stand-in`.

/// An AD DS connector account that no file names.
pub const CONNECTOR_ACCOUNT: &str = "stand-in.connector-account";
/// A user whom the events do not name.
pub const USER: &str = "stand-in.user";
/// A machine that cannot be told.
pub const MACHINE: &str = "stand-in.machine";
/// A machine that the file does not name.
pub const UNNAMED_MACHINE: &str = "stand-in.unnamed-machine";
/// The Connect server, where nothing names it.
pub const CONNECT_SERVER: &str = "stand-in.connect-server";
/// A domain controller that nothing names.
pub const CONTROLLER: &str = "stand-in.controller";
/// A caller without a SID.
pub const CALLER: &str = "stand-in.caller";
/// A server that nothing names.
pub const SERVER: &str = "stand-in.server";
/// The right to reset a password.
pub const RESET_PASSWORD: &str = "stand-in.right-reset-password";
/// The right to change a password.
pub const CHANGE_PASSWORD: &str = "stand-in.right-change-password";
/// The right to write `lockoutTime`.
pub const WRITE_LOCKOUT_TIME: &str = "stand-in.right-write-lockout-time";
/// The right to write `pwdLastSet`.
pub const WRITE_PWD_LAST_SET: &str = "stand-in.right-write-pwd-last-set";
/// The right to make an expired password valid again.
pub const UNEXPIRE_PASSWORD: &str = "stand-in.right-unexpire-password";
/// A cause that does not exist.
pub const NO_SUCH_CAUSE: &str = "stand-in.no-such-cause";
/// A check that nothing called for.
pub const NOT_ASKED: &str = "stand-in.not-asked";
/// A registry value that is not there, as facts show it too.
pub const ABSENT: &str = "(absent)";
/// A registry value that is empty, as facts show it too.
pub const EMPTY: &str = "(empty)";

/// An event, where an error code would stand.
pub fn event(id: impl std::fmt::Display) -> String {
    format!("{EVENT}{id}")
}

const EVENT: &str = "event ";

/// The ID of an event that stands for a code.
pub(super) fn event_id(value: &str) -> Option<&str> {
    value.strip_prefix(EVENT).filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The key of the words for such a value; none for a value that is a name itself.
pub(super) fn key(value: &str) -> Option<&str> {
    match value {
        ABSENT => Some("stand-in.absent"),
        EMPTY => Some("stand-in.empty"),
        _ => value.starts_with("stand-in.").then_some(value),
    }
}
