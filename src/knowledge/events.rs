//! The events that mean something here: provider, ID, and what kind of statement each is.

use std::sync::LazyLock;

/// What an event states, whatever its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// A self-service reset arrived.
    ResetStarted,
    /// A self-service reset was written to the directory.
    ResetSucceeded,
    /// A self-service reset was refused.
    ResetFailed,
    /// A password change arrived.
    ChangeStarted,
    /// A change was written.
    ChangeSucceeded,
    /// A change was refused.
    ChangeFailed,
    /// A reset by an administrator arrived.
    AdminResetStarted,
    /// A reset by an administrator was written.
    AdminResetSucceeded,
    /// A reset by an administrator was refused.
    AdminResetFailed,
    /// The error of an operation (33001 to 33009).
    OperationError,
    /// The synchronization engine's trace of a failed password set (6329).
    EngineTrace,
    /// The synchronization engine signs in as the AD DS connector account.
    ConnectorSignIn,
    /// The writeback service lives.
    ServiceSeen,
    /// The writeback service cannot reach the cloud, or stopped.
    ServiceTrouble,
    /// SAM uses its built-in descriptor.
    SamDefaultDescriptor,
    /// SAM uses the registry's descriptor.
    SamRegistryDescriptor,
    /// SAM could not use the registry's descriptor.
    SamMalformedDescriptor,
    /// SAM refused a remote caller.
    SamCallDenied,
    /// Audit-only mode was turned on.
    SamAuditOnlyOn,
    /// Audit-only mode was turned off.
    SamAuditOnlyOff,
    /// SAM would have refused a caller, had audit-only mode been off.
    SamAuditedCall,
    /// SAM counted refusals in a throttling window.
    SamDenialsCounted,
    /// Somebody tried to set an account's password, with the right to (4724).
    PasswordSetAttempt,
    /// SDProp wrote the AdminSDHolder descriptor onto an account (4780).
    ProtectedAclRestamped,
}

/// One row of the catalogue.
#[derive(Debug, Clone)]
pub struct KnownEvent {
    /// Provider name, as registered.
    pub provider: &'static str,
    /// Event ID.
    pub id: u16,
    /// What it states.
    pub kind: EventKind,
    /// Microsoft's name of the event.
    pub name: &'static str,
    /// Where that is documented.
    pub source: &'static str,
}

/// `Microsoft-Windows-Directory-Services-SAM`, which may be logged by its GUID alone.
pub const SAM_PROVIDER_GUID: &str = "{0d4fdc09-8c27-494a-bda0-505e4fd8adae}";

pub(super) const TABLE: &str = include_str!("events.tsv");

/// The catalogue, in the table's order.
pub fn known_events() -> &'static [KnownEvent] {
    static EVENTS: LazyLock<Vec<KnownEvent>> =
        LazyLock::new(|| super::rows(TABLE).filter_map(parse_row).collect());
    &EVENTS
}

/// Looks an event up by provider (ASCII case does not count) **and** ID: IDs alone collide.
pub fn known_event(provider: &str, id: u16) -> Option<&'static KnownEvent> {
    known_events().iter().find(|event| event.id == id && event.provider.eq_ignore_ascii_case(provider))
}

fn parse_row(columns: Vec<&'static str>) -> Option<KnownEvent> {
    let [provider, id, kind, name, source] = columns.try_into().ok()?;
    Some(KnownEvent { provider, id: id.parse().ok()?, kind: kind_of(kind)?, name, source })
}

fn kind_of(word: &str) -> Option<EventKind> {
    use EventKind::{
        AdminResetFailed, AdminResetStarted, AdminResetSucceeded, ChangeFailed, ChangeStarted,
        ChangeSucceeded, ConnectorSignIn, EngineTrace, OperationError, PasswordSetAttempt,
        ProtectedAclRestamped, ResetFailed, ResetStarted, ResetSucceeded, SamAuditOnlyOff, SamAuditOnlyOn,
        SamAuditedCall, SamCallDenied, SamDefaultDescriptor, SamDenialsCounted, SamMalformedDescriptor,
        SamRegistryDescriptor, ServiceSeen, ServiceTrouble,
    };
    Some(match word {
        "reset-started" => ResetStarted,
        "reset-succeeded" => ResetSucceeded,
        "reset-failed" => ResetFailed,
        "change-started" => ChangeStarted,
        "change-succeeded" => ChangeSucceeded,
        "change-failed" => ChangeFailed,
        "admin-reset-started" => AdminResetStarted,
        "admin-reset-succeeded" => AdminResetSucceeded,
        "admin-reset-failed" => AdminResetFailed,
        "operation-error" => OperationError,
        "engine-trace" => EngineTrace,
        "connector-sign-in" => ConnectorSignIn,
        "service-seen" => ServiceSeen,
        "service-trouble" => ServiceTrouble,
        "sam-default-descriptor" => SamDefaultDescriptor,
        "sam-registry-descriptor" => SamRegistryDescriptor,
        "sam-malformed-descriptor" => SamMalformedDescriptor,
        "sam-call-denied" => SamCallDenied,
        "sam-audit-only-on" => SamAuditOnlyOn,
        "sam-audit-only-off" => SamAuditOnlyOff,
        "sam-audited-call" => SamAuditedCall,
        "sam-denials-counted" => SamDenialsCounted,
        "password-set-attempt" => PasswordSetAttempt,
        "protected-acl-restamped" => ProtectedAclRestamped,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_has_a_source() {
        assert_eq!(known_events().len(), TABLE.lines().count() - 1);
        for event in known_events() {
            assert!(event.source.starts_with("https://"), "{} {}", event.provider, event.id);
        }
    }

    #[test]
    fn an_id_of_another_provider_is_not_known() {
        assert!(known_event("ADSync", 6329).is_some());
        assert!(known_event("adsync", 6329).is_some());
        assert!(known_event("VSS", 6329).is_none());
        assert!(known_event("MSSQLSERVER", 33004).is_none());
    }
}
