//! The register of checks: every id that a finding may carry, and the causes that ask it.

use super::{CauseId, Weight};

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
    Check { id: "inheritance-disabled", asked_by: &[(ConnectorPermissions, Supports)] },
    Check { id: "connector-right-missing", asked_by: &[(ConnectorPermissions, Proves)] },
    Check {
        id: "connector-has-rights",
        asked_by: &[(ProtectedAccount, RulesOut), (ConnectorPermissions, RulesOut)],
    },
    Check { id: "target-restamped", asked_by: &[(ProtectedAccount, Supports)] },
    Check { id: "privileged-target-refused", asked_by: &[(ProtectedAccount, Supports)] },
    Check { id: "change-works-reset-fails", asked_by: &[(ProtectedAccount, Supports)] },
    Check { id: "sam-restriction-cleared", asked_by: &[(ConnectorPermissions, Supports)] },
    Check { id: "many-users-refused", asked_by: &[(ConnectorPermissions, Supports)] },
    Check { id: "connect-on-domain-controller", asked_by: &[(ConnectorPermissions, Context)] },
    Check { id: "custom-connector-account", asked_by: &[(ConnectorPermissions, Context)] },
    // Asked by the diagnosis of the password policy alone.
    Check { id: "minimum-password-age", asked_by: &[] },
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
