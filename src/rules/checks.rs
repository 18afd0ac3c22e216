//! The register of checks: every id that a finding may carry, and the causes that ask it.

use super::{Answer, CauseId, Weight};

/// One check.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// Its id, which never changes.
    pub id: &'static str,
    /// The causes that ask it, and what a yes is worth for each.
    pub asked_by: &'static [(CauseId, Weight)],
}

use CauseId::{ConnectorPermissions, ProtectedAccount, RemoteSam};
use Weight::{Context, Proves, RulesOut, Supports};

/// All checks, in the order in which they are asked.
pub const CHECKS: &[Check] = &[
    Check {
        id: "operation-succeeded",
        asked_by: &[(ProtectedAccount, RulesOut), (ConnectorPermissions, RulesOut), (RemoteSam, RulesOut)],
    },
    Check {
        id: "other-diagnosis-explains",
        asked_by: &[(ProtectedAccount, RulesOut), (ConnectorPermissions, RulesOut), (RemoteSam, RulesOut)],
    },
    Check {
        id: "connector-set-password",
        asked_by: &[(ProtectedAccount, RulesOut), (ConnectorPermissions, RulesOut), (RemoteSam, RulesOut)],
    },
    Check {
        id: "sam-call-refused",
        asked_by: &[(ProtectedAccount, RulesOut), (ConnectorPermissions, Supports), (RemoteSam, Supports)],
    },
    Check {
        id: "password-set-refused",
        asked_by: &[(ProtectedAccount, Supports), (ConnectorPermissions, Supports), (RemoteSam, RulesOut)],
    },
    Check {
        id: "no-engine-trace",
        asked_by: &[(ProtectedAccount, Context), (ConnectorPermissions, Context), (RemoteSam, Context)],
    },
    Check {
        id: "audit-log-names-on-premises",
        asked_by: &[(ProtectedAccount, Context), (ConnectorPermissions, Context), (RemoteSam, Context)],
    },
    Check {
        id: "operation-is-change",
        asked_by: &[(ProtectedAccount, Context), (ConnectorPermissions, Context)],
    },
    Check {
        id: "target-protected-now",
        asked_by: &[(ProtectedAccount, Proves), (ConnectorPermissions, Context)],
    },
    Check {
        id: "target-admin-count",
        asked_by: &[(ProtectedAccount, Supports), (ConnectorPermissions, Context)],
    },
    Check {
        id: "target-list-protected",
        asked_by: &[(ProtectedAccount, Proves), (ConnectorPermissions, Context)],
    },
    Check {
        id: "target-not-protected",
        asked_by: &[(ProtectedAccount, RulesOut), (ConnectorPermissions, Context)],
    },
    Check {
        id: "admin-sd-holder-grants",
        asked_by: &[(ProtectedAccount, RulesOut), (ConnectorPermissions, Context)],
    },
    Check { id: "inheritance-disabled", asked_by: &[(ConnectorPermissions, Supports)] },
    Check { id: "grant-missing-above", asked_by: &[(ConnectorPermissions, Supports)] },
    Check {
        id: "connector-right-missing",
        asked_by: &[(ProtectedAccount, Context), (ConnectorPermissions, Proves)],
    },
    Check { id: "connector-right", asked_by: &[(ConnectorPermissions, Context)] },
    Check {
        id: "connector-has-rights",
        asked_by: &[(ProtectedAccount, RulesOut), (ConnectorPermissions, RulesOut)],
    },
    Check { id: "connector-may-reset", asked_by: &[(ProtectedAccount, RulesOut)] },
    Check { id: "target-named-in-group", asked_by: &[(ProtectedAccount, Supports)] },
    Check { id: "target-restamped", asked_by: &[(ProtectedAccount, Supports)] },
    Check { id: "privileged-target-refused", asked_by: &[(ProtectedAccount, Supports)] },
    Check { id: "change-works-reset-fails", asked_by: &[(ProtectedAccount, Supports)] },
    Check { id: "sam-restriction-cleared", asked_by: &[(ConnectorPermissions, Supports)] },
    Check { id: "sam-server-unreadable", asked_by: &[(ConnectorPermissions, Proves)] },
    Check { id: "domain-unreadable", asked_by: &[(ConnectorPermissions, Supports)] },
    Check { id: "read-group-emptied", asked_by: &[(ConnectorPermissions, Supports)] },
    Check { id: "impersonation-right-reduced", asked_by: &[(ConnectorPermissions, Supports)] },
    Check { id: "many-users-refused", asked_by: &[(ConnectorPermissions, Supports)] },
    Check { id: "connect-on-domain-controller", asked_by: &[(ConnectorPermissions, Context)] },
    Check { id: "custom-connector-account", asked_by: &[(ConnectorPermissions, Context)] },
    // Asked by the diagnosis of the password policy alone.
    Check { id: "minimum-password-age", asked_by: &[] },
    // Asked by the diagnoses of a controller that does not answer.
    Check { id: "controller-not-reached", asked_by: &[] },
    Check {
        id: "controller-denies-connector",
        asked_by: &[(RemoteSam, Proves), (ConnectorPermissions, Context)],
    },
    Check {
        id: "denial-logged-for-connector",
        asked_by: &[(RemoteSam, Proves), (ConnectorPermissions, Context)],
    },
    Check { id: "controller-may-deny-connector", asked_by: &[(RemoteSam, Supports)] },
    Check { id: "policy-denies-connector", asked_by: &[(RemoteSam, Supports)] },
    Check { id: "connect-server-denies-connector", asked_by: &[(RemoteSam, Supports)] },
    Check { id: "denial-logged", asked_by: &[(RemoteSam, Supports)] },
    Check { id: "controller-lets-connector-in", asked_by: &[(RemoteSam, RulesOut)] },
    Check { id: "audit-only-mode", asked_by: &[(RemoteSam, RulesOut)] },
];

/// A check by its id.
pub fn check(id: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|check| check.id == id)
}

/// What a yes of a check rests on: the page that documents it. A check that is not listed rests on what was
/// seen, told or inferred, and may make a cause likely, never confirmed.
const SOURCES: &[(&str, &str)] = &[
    ("operation-succeeded", WRITEBACK),
    ("other-diagnosis-explains", WRITEBACK),
    ("connector-set-password", EVENT_4724),
    ("sam-call-refused", ARTICLE),
    ("password-set-refused", WRITEBACK),
    ("operation-is-change", WRITEBACK),
    ("target-protected-now", PROTECTED_ACCOUNTS),
    ("target-admin-count", PROTECTED_ACCOUNTS),
    ("target-list-protected", PROTECTED_ACCOUNTS),
    ("target-not-protected", PROTECTED_ACCOUNTS),
    ("target-restamped", PROTECTED_ACCOUNTS),
    ("inheritance-disabled", RIGHTS),
    ("connector-right-missing", RIGHTS),
    ("connector-has-rights", RIGHTS),
    ("connector-may-reset", RIGHTS),
    ("grant-missing-above", RIGHTS),
    ("admin-sd-holder-grants", PROTECTED_ACCOUNTS),
    ("sam-server-unreadable", READS),
    ("domain-unreadable", READS),
    ("read-group-emptied", READS),
    ("sam-restriction-cleared", SAM_POLICY),
    ("connect-on-domain-controller", ARTICLE),
    ("custom-connector-account", ACCOUNTS),
    ("controller-denies-connector", SAM_SERVER),
    ("denial-logged-for-connector", SAM_POLICY),
    ("denial-logged", SAM_POLICY),
    ("policy-denies-connector", SAM_POLICY),
    ("controller-lets-connector-in", SAM_POLICY),
    ("audit-only-mode", SAM_POLICY),
];

const ARTICLE: &str = "https://learn.microsoft.com/en-us/troubleshoot/entra/entra-id/user-prov-sync/password-writeback-error-code-sspr-0029";
const WRITEBACK: &str =
    "https://learn.microsoft.com/en-us/entra/identity/authentication/troubleshoot-sspr-writeback";
const RIGHTS: &str =
    "https://learn.microsoft.com/en-us/entra/identity/authentication/tutorial-enable-sspr-writeback";
const READS: &str = "https://learn.microsoft.com/en-us/troubleshoot/entra/entra-id/user-prov-sync/password-writeback-access-rights-permissions";
const ACCOUNTS: &str =
    "https://learn.microsoft.com/en-us/entra/identity/hybrid/connect/reference-connect-accounts-permissions";
const PROTECTED_ACCOUNTS: &str = "https://learn.microsoft.com/en-us/windows-server/identity/ad-ds/plan/security-best-practices/appendix-c--protected-accounts-and-groups-in-active-directory";
const EVENT_4724: &str = "https://learn.microsoft.com/en-us/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/event-4724";
const SAM_POLICY: &str = "https://learn.microsoft.com/en-us/previous-versions/windows/it-pro/windows-10/security/threat-protection/security-policy-settings/network-access-restrict-clients-allowed-to-make-remote-sam-calls";
const SAM_SERVER: &str = "https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-samr/1ed7ed5b-d7b5-444f-86b8-ebe8bad1403a";

/// The page that documents what a yes of a check means; none where nothing documents it.
pub fn source(id: &str) -> Option<&'static str> {
    SOURCES.iter().find(|(check, _)| *check == id).map(|(_, source)| *source)
}

/// Answers that a check never gives, each with the reason. Every other answer of every check has a case.
pub const NEVER: &[(&str, Answer, &str)] = &[];

/// Why a check never gives an answer; none where it may.
pub fn never_answers(id: &str, answer: Answer) -> Option<&'static str> {
    NEVER.iter().find(|(check, never, _)| (*check, *never) == (id, answer)).map(|(_, _, reason)| *reason)
}
