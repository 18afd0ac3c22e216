//! Artifacts: what each file of a bundle says, as written, each statement with its place.
//!
//! Kinds are told apart by content, never by name. A reader returns what it could read plus the
//! [`Gap`]s that it could not, in one value: a damaged file is a gap, never an error. This room does
//! not know what an artifact means for any cause.

pub mod access_control_list;
pub mod audit_log;
pub mod connect_configuration;
pub mod controller_diagnostics;
pub mod directory_objects;
mod effort;
pub mod event_log;
mod held_text;
mod kept;
mod located;
pub mod password_policy;
pub mod policy_report;
mod property_list;
mod read;
pub mod registry_export;
pub mod security_template;
pub mod text_encoding;
mod text_stream;
pub mod unused;

use crate::source::{BundlePath, Gap};
use crate::words::Statement;
pub use access_control_list::AccessControlLists;
pub use audit_log::AuditLog;
pub use connect_configuration::ConnectConfiguration;
pub use controller_diagnostics::ControllerDiagnostics;
pub use directory_objects::DirectoryObjects;
pub use effort::Effort;
pub use event_log::EventLog;
pub use kept::{Kept, Shared};
pub use located::Located;
pub use password_policy::PasswordPolicy;
pub use policy_report::PolicyReport;
pub use read::{read, read_around, read_event_log};
pub use registry_export::RegistryExport;
pub use security_template::SecurityTemplate;

/// What a caller wants kept of each file. All else is counted, not kept, so that memory stays bounded.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Events, as (provider name, event ID). Provider names compare ASCII-case-insensitively.
    pub events: Vec<(String, u16)>,
    /// Those of the events of which the first of each computer in a log says all: signs of life, which some
    /// logs hold by the hundred thousand.
    pub seen_once: Vec<(String, u16)>,
    /// GUIDs of providers that may be logged without a name, as `{8-4-4-4-12}` lower case, with the name.
    pub provider_guids: Vec<(String, String)>,
    /// Registry keys below `HKEY_LOCAL_MACHINE\SYSTEM\<control set>\`, such as `Control\Lsa`. Compared
    /// ASCII-case-insensitively; subkeys of a wanted key are not wanted.
    pub registry_keys: Vec<String>,
    /// Names of values that are kept of these keys; with none, all are. Compared ASCII-case-insensitively.
    /// Of other names, only some whose data cannot be read are kept, because they show damage.
    pub registry_values: Vec<String>,
}

/// One file of the bundle, read.
#[derive(Debug, Clone)]
pub struct Artifact {
    /// Path inside the bundle.
    pub path: BundlePath,
    /// Size in bytes, uncompressed.
    pub bytes: u64,
    /// SHA-256 of the bytes, in lower-case hexadecimal; none of a large file, unless it is asked for.
    pub sha256: Option<String>,
    /// What the file says.
    pub content: Content,
}

/// What a file says, by kind.
#[derive(Debug, Clone)]
#[allow(clippy::large_enum_variant, reason = "there is one for each file, and few files")]
pub enum Content {
    /// A Windows event log (`.evtx`).
    EventLog(EventLog),
    /// A Group Policy report in HTML, XML or console text.
    PolicyReport(PolicyReport),
    /// Registry evidence: a `.reg` file, console text, a hive or a Registry.pol file.
    RegistryExport(RegistryExport),
    /// A file of Entra Connect's own configuration, or a trace of its wizard.
    ConnectConfiguration(Box<ConnectConfiguration>),
    /// An export of the Entra audit log.
    AuditLog(AuditLog),
    /// The text of `net accounts` or `Get-ADDefaultDomainPasswordPolicy`.
    PasswordPolicy(PasswordPolicy),
    /// The text of `dcdiag` or `repadmin /replsummary`.
    ControllerDiagnostics(ControllerDiagnostics),
    /// A security template (`secedit /export`, `GptTmpl.inf`).
    SecurityTemplate(SecurityTemplate),
    /// Directory objects: LDIF, CSV, or console output about accounts and groups.
    DirectoryObjects(DirectoryObjects),
    /// Access control lists of directory objects, of `dsacls` or `Get-Acl`.
    AccessControlLists(AccessControlLists),
    /// A file of a kind that no reader takes, with what it seems to be.
    NotUsed {
        /// What the content looks like: `empty`, `png`, `plain-text`.
        looks_like: &'static str,
    },
}

impl Content {
    /// Whether the file says anything at all: a log without a record and a file that no reader takes do not.
    pub fn says_something(&self) -> bool {
        match self {
            Content::EventLog(log) => log.coverage.records > 0 || !log.events.is_empty(),
            Content::NotUsed { .. } => false,
            _ => true,
        }
    }

    /// What the file is, where nothing in it is used for the diagnosis.
    pub fn not_used(&self) -> Option<Statement> {
        let what = match self {
            Content::NotUsed { looks_like } => looks_like,
            Content::AuditLog(log) if log.rows.is_empty() => "audit-log",
            _ => return None,
        };
        Some(Statement::new(format!("not-used.{what}")))
    }

    /// The word of the report for the kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Content::EventLog(_) => "event-log",
            Content::PolicyReport(report) => match report.kind {
                policy_report::ReportKind::Results => "group-policy-results",
                policy_report::ReportKind::Modeling => "group-policy-modeling",
                policy_report::ReportKind::GpoReport => "gpo-report",
            },
            Content::RegistryExport(export) => export.format.kind(),
            Content::ConnectConfiguration(configuration) => match configuration.file {
                connect_configuration::ConfigurationFile::WizardTrace => "connect-trace",
                _ => "connect-configuration",
            },
            Content::AuditLog(_) => "audit-log",
            Content::PasswordPolicy(_) => "password-policy",
            Content::ControllerDiagnostics(_) => "controller-diagnostics",
            Content::SecurityTemplate(_) => "security-template",
            Content::DirectoryObjects(_) => "directory-objects",
            Content::AccessControlLists(_) => "access-control-list",
            Content::NotUsed { .. } => "not-used",
        }
    }
}

/// A file's reading: what it says, and what was lost of it.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What the file says.
    pub content: Content,
    /// What could not be read of it.
    pub gaps: Vec<Gap>,
}
