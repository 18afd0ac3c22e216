//! What domain controllers' Security logs say of accounts: passwords that were set (4724), and
//! AdminSDHolder descriptors written onto accounts (4780).

use jiff::Timestamp;

use crate::knowledge::events::EventKind;
use crate::security_descriptor::Sid;
use crate::source::Source;

use super::{KnownEventAt, KnownEvents};

/// Account events of all domain controllers, in order of time.
#[derive(Debug, Clone, Default)]
pub struct AccountEvents {
    /// Attempts to set a password that the caller had the right to make.
    pub password_sets: Vec<PasswordSet>,
    /// Accounts that got the protected accounts' descriptor.
    pub restamps: Vec<Restamp>,
}

/// One 4724: written only where the caller had the right to set the password. A failure means that the
/// password did not meet the policy
/// (<https://learn.microsoft.com/en-us/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/event-4724>).
#[derive(Debug, Clone)]
pub struct PasswordSet {
    /// When.
    pub time: Timestamp,
    /// Who set it.
    pub caller: AccountName,
    /// Whose password.
    pub target: AccountName,
    /// The audit says success; false for failure.
    pub succeeded: bool,
    /// Where it stands.
    pub source: Source,
}

/// One 4780.
#[derive(Debug, Clone)]
pub struct Restamp {
    /// When.
    pub time: Timestamp,
    /// The account.
    pub target: AccountName,
    /// Where it stands.
    pub source: Source,
}

/// An account as Security events name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountName {
    /// sAMAccountName.
    pub name: String,
    /// NetBIOS name of the domain.
    pub domain: String,
    /// SID, where the event has one.
    pub sid: Option<Sid>,
}

/// The bit of a Security event's keywords that marks an audit failure.
const AUDIT_FAILURE: u64 = 0x0010_0000_0000_0000;

pub(super) fn gather(events: &KnownEvents<'_>) -> AccountEvents {
    let password_sets = events
        .of_kind(&[EventKind::PasswordSetAttempt])
        .filter(|at| !at.event.from_slack)
        .filter_map(|at| {
            Some(PasswordSet {
                time: at.event.time,
                caller: account(at, ["SubjectUserName", "SubjectDomainName", "SubjectUserSid"], [4, 5, 3])?,
                target: account(at, ["TargetUserName", "TargetDomainName", "TargetSid"], [0, 1, 2])?,
                succeeded: at.event.keywords.is_none_or(|keywords| keywords & AUDIT_FAILURE == 0),
                source: at.source.clone(),
            })
        })
        .collect();
    let restamps = events
        .of_kind(&[EventKind::ProtectedAclRestamped])
        .filter(|at| !at.event.from_slack)
        .filter_map(|at| {
            let target = account(at, ["TargetUserName", "TargetDomainName", "TargetSid"], [0, 1, 2])?;
            Some(Restamp { time: at.event.time, target, source: at.source.clone() })
        })
        .collect();
    AccountEvents { password_sets, restamps }
}

fn account(at: &KnownEventAt<'_>, names: [&str; 3], positions: [usize; 3]) -> Option<AccountName> {
    let [name, domain, sid] = names;
    let [name_at, domain_at, sid_at] = positions;
    let name = at.value(name, name_at).filter(|name| !name.is_empty())?;
    Some(AccountName {
        name: name.to_owned(),
        domain: at.value(domain, domain_at).unwrap_or_default().to_owned(),
        sid: at.value(sid, sid_at).and_then(Sid::parse),
    })
}
