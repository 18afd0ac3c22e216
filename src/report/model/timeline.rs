//! The timeline of the report: what happened when, and when logs would have shown it.

use serde::{Deserialize, Serialize};

use super::SourceEntry;

/// What happened when, and when logs would have shown it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Timeline {
    /// What happened, in order of time.
    pub entries: Vec<TimelineEntry>,
    /// Of kinds with very many entries, how many in the middle are left out.
    pub left_out: Vec<LeftOut>,
    /// Times that logs cover, by machine.
    pub coverage: Vec<CoveredTime>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimelineEntry {
    /// UTC, RFC 3339.
    pub time: String,
    /// The machine that it happened on, where known.
    pub machine: Option<String>,
    /// `attempt-failed`, `sam-denied` and others; the schema has them all.
    pub kind: TimelineKind,
    /// What happened, in a sentence.
    pub text: String,
    /// TrackingId of the operation that it belongs to, as written.
    pub tracking_id: Option<String>,
    /// Where it stands.
    pub source: SourceEntry,
}

/// What kind of thing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimelineKind {
    /// An operation on a password failed.
    AttemptFailed,
    /// An operation on a password was written to Active Directory.
    AttemptSucceeded,
    /// An operation on a password began, and its end is not known.
    AttemptOpen,
    /// The synchronization engine's trace of a failed password set.
    EngineError,
    /// The writeback service stopped, or had trouble with the cloud.
    ServiceTrouble,
    /// SAM said which access list it uses for remote calls; it does so when a machine starts and when the
    /// value changes.
    SamRestriction,
    /// SAM's audit-only mode was turned on or off, or let a call through.
    SamAuditOnly,
    /// SAM refused a remote call.
    SamDenied,
    /// Group Policy was applied to a machine.
    PolicyApplied,
    /// Somebody with the right to do so set an account's password, or tried to.
    PasswordSet,
    /// An account got the access list of protected accounts.
    ProtectedStamped,
}

impl TimelineKind {
    /// All of them.
    pub const ALL: [TimelineKind; 11] = [
        TimelineKind::AttemptFailed,
        TimelineKind::AttemptSucceeded,
        TimelineKind::AttemptOpen,
        TimelineKind::EngineError,
        TimelineKind::ServiceTrouble,
        TimelineKind::SamRestriction,
        TimelineKind::SamAuditOnly,
        TimelineKind::SamDenied,
        TimelineKind::PolicyApplied,
        TimelineKind::PasswordSet,
        TimelineKind::ProtectedStamped,
    ];

    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            TimelineKind::AttemptFailed => "attempt-failed",
            TimelineKind::AttemptSucceeded => "attempt-succeeded",
            TimelineKind::AttemptOpen => "attempt-open",
            TimelineKind::EngineError => "engine-error",
            TimelineKind::ServiceTrouble => "service-trouble",
            TimelineKind::SamRestriction => "sam-restriction",
            TimelineKind::SamAuditOnly => "sam-audit-only",
            TimelineKind::SamDenied => "sam-denied",
            TimelineKind::PolicyApplied => "policy-applied",
            TimelineKind::PasswordSet => "password-set",
            TimelineKind::ProtectedStamped => "protected-stamped",
        }
    }
}

/// Entries of one kind that are left out of a timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The kind.
    pub kind: TimelineKind,
    /// How many.
    pub count: u64,
}

/// The time that one log covers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CoveredTime {
    /// The machine whose events the log holds; none where it holds those of several.
    pub machine: Option<String>,
    /// Path of the log inside the upload.
    pub path: String,
    /// Channels that its records name, such as `System`.
    pub channels: Vec<String>,
    /// Oldest record, UTC.
    pub from: String,
    /// Newest record, UTC.
    pub to: String,
    /// Records lost between the two, at least; it is not known when they were written.
    pub lost: u64,
}
