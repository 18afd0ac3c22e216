//! What stands in a sentence for a name that is not known. These values are keys of the catalogue's section
//! `stand-in`, so that each language has its own words for them.

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
/// A registry value that is not there, as facts show it too.
pub const ABSENT: &str = "(absent)";
/// A registry value that is empty, as facts show it too.
pub const EMPTY: &str = "(empty)";

/// The key of the words for such a value; none for a value that is a name itself.
pub(super) fn key(value: &str) -> Option<&str> {
    match value {
        ABSENT => Some("stand-in.absent"),
        EMPTY => Some("stand-in.empty"),
        _ => value.starts_with("stand-in.").then_some(value),
    }
}
