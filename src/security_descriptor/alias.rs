//! The two-letter aliases of SDDL as a table. It decides nothing: who is a member is asked elsewhere.
//!
//! Aliases: [MS-DTYP] 2.5.1.1,
//! <https://learn.microsoft.com/openspecs/windows_protocols/ms-dtyp/f4296d69-1c0f-491f-9587-a960b292d070>,
//! and <https://learn.microsoft.com/windows/win32/secauthz/sid-strings>. SIDs: [MS-DTYP] 2.4.2.4.

use super::{Sid, Trustee};

/// An alias that means the same SID on every machine: letters, SID, English name.
type Fixed = (&'static str, &'static str, &'static str);

const FIXED: &[Fixed] = &[
    ("AA", "S-1-5-32-579", r"BUILTIN\Access Control Assistance Operators"),
    ("AC", "S-1-15-2-1", r"APPLICATION PACKAGE AUTHORITY\ALL APPLICATION PACKAGES"),
    ("AN", "S-1-5-7", r"NT AUTHORITY\ANONYMOUS LOGON"),
    ("AO", "S-1-5-32-548", r"BUILTIN\Account Operators"),
    ("AS", "S-1-18-1", "Authentication authority asserted identity"),
    ("AU", "S-1-5-11", r"NT AUTHORITY\Authenticated Users"),
    ("BA", "S-1-5-32-544", r"BUILTIN\Administrators"),
    ("BG", "S-1-5-32-546", r"BUILTIN\Guests"),
    ("BO", "S-1-5-32-551", r"BUILTIN\Backup Operators"),
    ("BU", "S-1-5-32-545", r"BUILTIN\Users"),
    ("CD", "S-1-5-32-574", r"BUILTIN\Certificate Service DCOM Access"),
    ("CG", "S-1-3-1", "CREATOR GROUP"),
    ("CO", "S-1-3-0", "CREATOR OWNER"),
    ("CY", "S-1-5-32-569", r"BUILTIN\Cryptographic Operators"),
    ("ED", "S-1-5-9", r"NT AUTHORITY\ENTERPRISE DOMAIN CONTROLLERS"),
    ("ER", "S-1-5-32-573", r"BUILTIN\Event Log Readers"),
    ("ES", "S-1-5-32-576", r"BUILTIN\RDS Endpoint Servers"),
    ("HA", "S-1-5-32-578", r"BUILTIN\Hyper-V Administrators"),
    ("HI", "S-1-16-12288", r"Mandatory Label\High Mandatory Level"),
    ("HO", "S-1-5-32-584", r"BUILTIN\User Mode Hardware Operators"),
    ("IS", "S-1-5-32-568", r"BUILTIN\IIS_IUSRS"),
    ("IU", "S-1-5-4", r"NT AUTHORITY\INTERACTIVE"),
    ("LS", "S-1-5-19", r"NT AUTHORITY\LOCAL SERVICE"),
    ("LU", "S-1-5-32-559", r"BUILTIN\Performance Log Users"),
    ("LW", "S-1-16-4096", r"Mandatory Label\Low Mandatory Level"),
    ("ME", "S-1-16-8192", r"Mandatory Label\Medium Mandatory Level"),
    ("MP", "S-1-16-8448", r"Mandatory Label\Medium Plus Mandatory Level"),
    ("MS", "S-1-5-32-577", r"BUILTIN\RDS Management Servers"),
    ("MU", "S-1-5-32-558", r"BUILTIN\Performance Monitor Users"),
    ("NO", "S-1-5-32-556", r"BUILTIN\Network Configuration Operators"),
    ("NS", "S-1-5-20", r"NT AUTHORITY\NETWORK SERVICE"),
    ("NU", "S-1-5-2", r"NT AUTHORITY\NETWORK"),
    ("OW", "S-1-3-4", "OWNER RIGHTS"),
    ("PO", "S-1-5-32-550", r"BUILTIN\Print Operators"),
    ("PS", "S-1-5-10", r"NT AUTHORITY\SELF"),
    ("PU", "S-1-5-32-547", r"BUILTIN\Power Users"),
    ("RA", "S-1-5-32-575", r"BUILTIN\RDS Remote Access Servers"),
    ("RC", "S-1-5-12", r"NT AUTHORITY\RESTRICTED"),
    ("RD", "S-1-5-32-555", r"BUILTIN\Remote Desktop Users"),
    ("RE", "S-1-5-32-552", r"BUILTIN\Replicator"),
    ("RM", "S-1-5-32-580", r"BUILTIN\Remote Management Users"),
    ("RU", "S-1-5-32-554", r"BUILTIN\Pre-Windows 2000 Compatible Access"),
    ("SI", "S-1-16-16384", r"Mandatory Label\System Mandatory Level"),
    ("SO", "S-1-5-32-549", r"BUILTIN\Server Operators"),
    ("SS", "S-1-18-2", "Service asserted identity"),
    ("SU", "S-1-5-6", r"NT AUTHORITY\SERVICE"),
    ("SY", "S-1-5-18", r"NT AUTHORITY\SYSTEM"),
    ("UD", "S-1-5-84-0-0-0-0-0", "USER MODE DRIVERS"),
    ("WD", "S-1-1-0", "Everyone"),
    ("WR", "S-1-5-33", r"NT AUTHORITY\WRITE RESTRICTED"),
];

/// An alias relative to a domain: letters, relative identifier, whether the domain is the forest's root,
/// English name.
type Relative = (&'static str, u32, bool, &'static str);

const RELATIVE: &[Relative] = &[
    ("RO", 498, true, "Enterprise Read-only Domain Controllers"),
    ("LA", 500, false, "Administrator"),
    ("LG", 501, false, "Guest"),
    ("DA", 512, false, "Domain Admins"),
    ("DU", 513, false, "Domain Users"),
    ("DG", 514, false, "Domain Guests"),
    ("DC", 515, false, "Domain Computers"),
    ("DD", 516, false, "Domain Controllers"),
    ("CA", 517, false, "Cert Publishers"),
    ("SA", 518, true, "Schema Admins"),
    ("EA", 519, true, "Enterprise Admins"),
    ("PA", 520, false, "Group Policy Creator Owners"),
    ("CN", 522, false, "Cloneable Domain Controllers"),
    ("AP", 525, false, "Protected Users"),
    ("KA", 526, false, "Key Admins"),
    ("EK", 527, true, "Enterprise Key Admins"),
    ("RS", 553, false, "RAS and IAS Servers"),
];

/// The trustee that two letters stand for, in any case.
pub(super) fn trustee(letters: &str) -> Option<Trustee> {
    let fixed = FIXED.iter().find(|(alias, ..)| alias.eq_ignore_ascii_case(letters));
    if let Some((_, sid, _)) = fixed {
        return Some(Trustee::Sid(Sid::fixed(sid)));
    }
    let (alias, rid, forest_root, _) =
        RELATIVE.iter().find(|(alias, ..)| alias.eq_ignore_ascii_case(letters))?;
    Some(Trustee::DomainRelative { alias: (*alias).to_owned(), rid: *rid, forest_root: *forest_root })
}

/// The English name of a SID that means the same everywhere.
pub(super) fn name_of_sid(canonical: &str) -> Option<&'static str> {
    FIXED.iter().find(|(_, sid, _)| *sid == canonical).map(|(.., name)| *name)
}

/// The SID of a principal that means the same everywhere, by its English name in any case.
pub(super) fn sid_of_name(name: &str) -> Option<Sid> {
    FIXED.iter().find(|(.., known)| known.eq_ignore_ascii_case(name)).map(|(_, sid, _)| Sid::fixed(sid))
}

/// What stands before the backslash of names that are of no domain.
pub(super) fn is_authority(domain: &str) -> bool {
    let mut authorities = FIXED.iter().filter_map(|(.., name)| name.split_once('\\'));
    authorities.any(|(authority, _)| authority.eq_ignore_ascii_case(domain))
}

/// The group that every domain has, by its English name in any case; not Domain Users.
pub(super) fn trustee_of_group(name: &str) -> Option<Trustee> {
    let (alias, ..) = RELATIVE.iter().find(|(.., known)| known.eq_ignore_ascii_case(name))?;
    if *alias == "DU" { None } else { trustee(alias) }
}

/// The English name of the account or group that has this relative identifier in every domain.
pub(super) fn name_of_rid(rid: u32) -> Option<&'static str> {
    RELATIVE.iter().find(|(_, known, ..)| *known == rid).map(|(.., name)| *name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_alias_and_no_identifier_stands_twice() {
        let aliases = FIXED.iter().map(|row| row.0).chain(RELATIVE.iter().map(|row| row.0));
        let letters: BTreeSet<&str> = aliases.clone().collect();
        assert_eq!(letters.len(), FIXED.len() + RELATIVE.len());
        assert!(letters.iter().all(|a| a.len() == 2 && a.bytes().all(|b| b.is_ascii_uppercase())));
        assert_eq!(FIXED.iter().map(|row| row.1).collect::<BTreeSet<_>>().len(), FIXED.len());
        assert_eq!(RELATIVE.iter().map(|row| row.1).collect::<BTreeSet<_>>().len(), RELATIVE.len());
    }

    #[test]
    fn every_fixed_sid_is_canonical() {
        for (alias, sid, _) in FIXED {
            assert_eq!(Sid::parse(sid), Some(Sid::fixed(sid)), "{alias}");
        }
    }

    /// The `sid-token` rule of [MS-DTYP] 2.5.1.1, whole.
    #[test]
    fn every_alias_of_the_specification_is_known() {
        let tokens = "DA DG DU ED DD DC BA BG BU LA LG AO BO PO SO AU PS CO CG SY PU WD RE IU NU SU RC WR AN SA \
                      CA RS EA PA RU LS NS RD NO MU LU IS CY OW ER RO CD AC RA ES MS UD HA CN AA RM LW ME MP HI SI";
        for token in tokens.split_whitespace() {
            assert!(trustee(token).is_some(), "{token}");
            assert_eq!(trustee(token), trustee(&token.to_lowercase()), "{token}");
        }
        assert_eq!(trustee("ZZ"), None);
        assert_eq!(trustee(""), None);
    }

    #[test]
    fn relative_aliases_carry_their_domain() {
        let relative = |alias: &str, rid, forest_root| {
            Some(Trustee::DomainRelative { alias: alias.to_owned(), rid, forest_root })
        };
        assert_eq!(trustee("DA"), relative("DA", 512, false));
        assert_eq!(trustee("ek"), relative("EK", 527, true));
        assert_eq!(trustee("BA"), Some(Trustee::Sid(Sid::ADMINISTRATORS)));
    }
}
