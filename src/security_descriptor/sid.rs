//! SIDs, and the trustees that SDDL names by two letters. It does not know who is a member of what.

use std::borrow::Cow;
use std::fmt;

use super::alias;

/// Most sub-authorities that a SID holds ([MS-DTYP] 2.4.2.2).
const MAX_SUB_AUTHORITIES: usize = 15;

/// First identifier authority that the string form writes in hexadecimal ([MS-DTYP] 2.4.2.1).
const FIRST_HEX_AUTHORITY: u64 = 1 << 32;

/// First identifier authority that does not fit into the 6 bytes of the binary form.
const AUTHORITY_LIMIT: u64 = 1 << 48;

/// A security identifier in its string form, `S-1-5-21-…-1105`: canonical (decimal, no leading zeros,
/// upper-case S). An identifier authority of 2^32 or more is hexadecimal, as Windows writes it.
///
/// The constants are from
/// <https://learn.microsoft.com/windows-server/identity/ad-ds/manage/understand-security-identifiers>.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sid(Cow<'static, str>);

/// Whom an ACE is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trustee {
    /// A SID, from the text or from an alias that means the same SID everywhere (`BA`, `WD`, `AU`).
    Sid(Sid),
    /// An alias relative to a domain (`DA` is `<domain>-512`).
    DomainRelative {
        /// The two letters, upper case.
        alias: String,
        /// The relative identifier.
        rid: u32,
        /// The domain is the forest's root domain (`EA`, `SA`, `RO`, `EK`).
        forest_root: bool,
    },
    /// A name as a text shows it, of an account or group whose SID the text does not have
    /// (`CONTOSO\Helpdesk`).
    Named(String),
}

impl Sid {
    /// Everyone, `WD`.
    pub const EVERYONE: Sid = Sid::fixed("S-1-1-0");
    /// CREATOR OWNER, `CO`: a placeholder that inheritance replaces, in no token.
    pub const CREATOR_OWNER: Sid = Sid::fixed("S-1-3-0");
    /// CREATOR GROUP, `CG`: a placeholder that inheritance replaces, in no token.
    pub const CREATOR_GROUP: Sid = Sid::fixed("S-1-3-1");
    /// OWNER RIGHTS, `OW`: stands for the owner of the object.
    pub const OWNER_RIGHTS: Sid = Sid::fixed("S-1-3-4");
    /// NT AUTHORITY\NETWORK, `NU`: in the token of every network logon.
    pub const NETWORK: Sid = Sid::fixed("S-1-5-2");
    /// NT AUTHORITY\INTERACTIVE, `IU`.
    pub const INTERACTIVE: Sid = Sid::fixed("S-1-5-4");
    /// NT AUTHORITY\ANONYMOUS LOGON, `AN`.
    pub const ANONYMOUS: Sid = Sid::fixed("S-1-5-7");
    /// NT AUTHORITY\Authenticated Users, `AU`.
    pub const AUTHENTICATED_USERS: Sid = Sid::fixed("S-1-5-11");
    /// NT AUTHORITY\SYSTEM, `SY`.
    pub const LOCAL_SYSTEM: Sid = Sid::fixed("S-1-5-18");
    /// BUILTIN\Administrators, `BA`. On a domain controller: the domain's Administrators.
    pub const ADMINISTRATORS: Sid = Sid::fixed("S-1-5-32-544");
    /// BUILTIN\Users, `BU`.
    pub const USERS: Sid = Sid::fixed("S-1-5-32-545");
    /// BUILTIN\Guests, `BG`.
    pub const GUESTS: Sid = Sid::fixed("S-1-5-32-546");
    /// BUILTIN\Pre-Windows 2000 Compatible Access, `RU`.
    pub const PRE_WINDOWS_2000: Sid = Sid::fixed("S-1-5-32-554");

    /// `text` has to be canonical.
    pub(super) const fn fixed(text: &'static str) -> Sid {
        Sid(Cow::Borrowed(text))
    }

    /// Reads the string form: `S` in either case, numbers in decimal or, with `0x`, hexadecimal, 1 to 15
    /// sub-authorities. `None` for anything else, also for a number out of range.
    pub fn parse(text: &str) -> Option<Sid> {
        let mut parts = text.split('-');
        if !parts.next()?.eq_ignore_ascii_case("S") || parts.next()? != "1" {
            return None;
        }
        let authority = number(parts.next()?).filter(|n| *n < AUTHORITY_LIMIT)?;
        let subs = parts
            .take(MAX_SUB_AUTHORITIES.saturating_add(1))
            .map(|part| number(part).and_then(|n| u32::try_from(n).ok()))
            .collect::<Option<Vec<u32>>>()?;
        if subs.is_empty() || subs.len() > MAX_SUB_AUTHORITIES {
            return None;
        }
        let mut canonical = if authority < FIRST_HEX_AUTHORITY {
            format!("S-1-{authority}")
        } else {
            format!("S-1-0x{authority:X}")
        };
        for sub in subs {
            canonical.push('-');
            canonical.push_str(&sub.to_string());
        }
        Some(Sid(Cow::Owned(canonical)))
    }

    /// Reads the binary form ([MS-DTYP] 2.4.2.2), which has to take all of `bytes`.
    pub fn from_bytes(bytes: &[u8]) -> Option<Sid> {
        super::binary::parse_sid(bytes)
    }

    /// The string form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `<domain>-<rid>` of an account SID (`S-1-5-21-a-b-c-rid`) taken apart: the domain's SID and the RID.
    /// `None` for SIDs of another shape, among them a domain's own.
    pub fn domain_and_rid(&self) -> Option<(Sid, u32)> {
        let rest = self.as_str().strip_prefix("S-1-5-21-")?;
        if rest.split('-').count() != 4 {
            return None;
        }
        let (domain, rid) = self.as_str().rsplit_once('-')?;
        Some((Sid(Cow::Owned(domain.to_owned())), rid.parse().ok()?))
    }

    /// The name that Windows shows in English for a SID that means the same everywhere, or for a relative
    /// identifier that every domain has: `BUILTIN\Administrators`, `Domain Admins`.
    pub fn well_known_name(&self) -> Option<&'static str> {
        alias::name_of_sid(self.as_str()).or_else(|| {
            let (_, rid) = self.domain_and_rid()?;
            alias::name_of_rid(rid)
        })
    }
}

impl Trustee {
    /// Reads a SID string or one of the two-letter aliases, either in any case.
    pub fn parse(text: &str) -> Option<Trustee> {
        alias::trustee(text).or_else(|| Sid::parse(text).map(Trustee::Sid))
    }

    /// The trustee that a text names in English: a SID, a principal that is the same everywhere
    /// (`NT AUTHORITY\SELF`), or a domain's own group (`CONTOSO\Domain Admins`). All else stays a name.
    ///
    /// Domain Users stay a name too: of which domain they are decides who is a member.
    pub fn from_name(name: &str) -> Trustee {
        let name = name.trim();
        let relative = || match name.split_once('\\') {
            Some((domain, group)) if !alias::is_authority(domain) => alias::trustee_of_group(group),
            _ => None,
        };
        let sid = Sid::parse(name).or_else(|| alias::sid_of_name(name)).map(Trustee::Sid);
        sid.or_else(relative).unwrap_or_else(|| Trustee::Named(name.to_owned()))
    }

    /// The English name of a trustee that every domain has; see [`Sid::well_known_name`].
    pub fn well_known_name(&self) -> Option<&'static str> {
        match self {
            Trustee::Sid(sid) => sid.well_known_name(),
            Trustee::DomainRelative { rid, .. } => alias::name_of_rid(*rid),
            Trustee::Named(_) => None,
        }
    }
}

impl From<Sid> for Trustee {
    fn from(sid: Sid) -> Self {
        Trustee::Sid(sid)
    }
}

/// A number of a SID's string form.
fn number(text: &str) -> Option<u64> {
    let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let (digits, radix) = hex.map_or((text, 10), |digits| (digits, 16));
    // `from_str_radix` would take a sign as well.
    if digits.starts_with('+') {
        return None;
    }
    u64::from_str_radix(digits, radix).ok()
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name where there is one, and always what the descriptor says: `BUILTIN\Administrators
/// (S-1-5-32-544)`, `Domain Admins (DA, RID 512 of the domain)`, `S-1-5-21-…-1105`.
impl fmt::Display for Trustee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trustee::Sid(sid) => match sid.well_known_name() {
                Some(name) => write!(f, "{name} ({sid})"),
                None => sid.fmt(f),
            },
            Trustee::DomainRelative { alias, rid, forest_root } => {
                let domain = if *forest_root { "forest root domain" } else { "domain" };
                match alias::name_of_rid(*rid) {
                    Some(name) => write!(f, "{name} ({alias}, RID {rid} of the {domain})"),
                    None => write!(f, "{alias} (RID {rid} of the {domain})"),
                }
            }
            Trustee::Named(name) => f.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> Option<String> {
        Sid::parse(text).map(|sid| sid.to_string())
    }

    #[test]
    fn canonical_form() {
        for (text, expected) in [
            ("S-1-1-0", "S-1-1-0"),
            ("s-1-5-32-544", "S-1-5-32-544"),
            ("S-1-05-032-0544", "S-1-5-32-544"),
            ("S-1-0x5-32-544", "S-1-5-32-544"),
            ("S-1-5-21-0x1-0x2-0x3-513", "S-1-5-21-1-2-3-513"),
            ("S-1-5-21-1-2-3-4294967295", "S-1-5-21-1-2-3-4294967295"),
            // 5,000,000,000 is 0x12A05F200, which needs more than 32 bits.
            ("S-1-5000000000-30-40", "S-1-0x12A05F200-30-40"),
            ("S-1-4294967295-1", "S-1-4294967295-1"),
            ("S-1-0xFFFFFFFFFFFF-1", "S-1-0xFFFFFFFFFFFF-1"),
            ("S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15", "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15"),
        ] {
            assert_eq!(canonical(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn refused() {
        for text in [
            "",
            "S",
            "S-1",
            "S-1-5",
            "S-1-5-",
            "S-2-5-18",
            "X-1-5-18",
            "S-1-5-4294967296",
            "S-1-5--18",
            "S-1-5-+18",
            "S-1-5-0x",
            "S-1-5-0x+1",
            "S-1-5-18 ",
            " S-1-5-18",
            "S-1-5-1f",
            "S-1-0x1000000000000-1",
            "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16",
            "S-1-5-１８",
        ] {
            assert_eq!(canonical(text), None, "{text}");
        }
    }

    #[test]
    fn constants_are_canonical() {
        for sid in [
            Sid::EVERYONE,
            Sid::CREATOR_OWNER,
            Sid::CREATOR_GROUP,
            Sid::OWNER_RIGHTS,
            Sid::NETWORK,
            Sid::INTERACTIVE,
            Sid::ANONYMOUS,
            Sid::AUTHENTICATED_USERS,
            Sid::LOCAL_SYSTEM,
            Sid::ADMINISTRATORS,
            Sid::USERS,
            Sid::GUESTS,
            Sid::PRE_WINDOWS_2000,
        ] {
            assert_eq!(Sid::parse(sid.as_str()), Some(sid));
        }
    }

    #[test]
    fn an_account_sid_is_a_domain_and_a_rid() {
        let split = |text: &str| Sid::parse(text).and_then(|sid| sid.domain_and_rid());
        assert_eq!(split("S-1-5-21-1-2-3-1105"), Some((Sid::fixed("S-1-5-21-1-2-3"), 1105)));
        for text in
            ["S-1-5-21-1-2-3", "S-1-5-32-544", "S-1-5-21-1-2-3-4-5", "S-1-15-21-1-2-3-4", "S-1-5-210-1-2-3-4"]
        {
            assert_eq!(split(text), None, "{text}");
        }
    }

    #[test]
    fn names() {
        for (text, expected) in [
            ("BA", r"BUILTIN\Administrators (S-1-5-32-544)"),
            ("S-1-5-11", r"NT AUTHORITY\Authenticated Users (S-1-5-11)"),
            ("WD", "Everyone (S-1-1-0)"),
            ("da", "Domain Admins (DA, RID 512 of the domain)"),
            ("EA", "Enterprise Admins (EA, RID 519 of the forest root domain)"),
            ("S-1-5-21-1-2-3-512", "Domain Admins (S-1-5-21-1-2-3-512)"),
            ("S-1-5-21-1-2-3-1105", "S-1-5-21-1-2-3-1105"),
        ] {
            assert_eq!(Trustee::parse(text).map(|trustee| trustee.to_string()).as_deref(), Some(expected));
        }
    }

    #[test]
    fn names_of_texts() {
        let domain = |alias: &str| Trustee::parse(alias).unwrap();
        let named = |name: &str| Trustee::Named(name.to_owned());
        for (name, expected) in [
            ("Everyone", Trustee::Sid(Sid::EVERYONE)),
            ("nt authority\\authenticated users", Trustee::Sid(Sid::AUTHENTICATED_USERS)),
            ("BUILTIN\\Pre-Windows 2000 Compatible Access", Trustee::Sid(Sid::PRE_WINDOWS_2000)),
            (" S-1-5-18 ", Trustee::Sid(Sid::LOCAL_SYSTEM)),
            ("CONTOSO\\Domain Admins", domain("DA")),
            ("CONTOSO\\Enterprise Admins", domain("EA")),
            ("CONTOSO\\Domain Users", named("CONTOSO\\Domain Users")),
            ("BUILTIN\\Domain Admins", named("BUILTIN\\Domain Admins")),
            ("CONTOSO\\Administrators", named("CONTOSO\\Administrators")),
            ("Domain Admins", named("Domain Admins")),
            ("CONTOSO\\Helpdesk", named("CONTOSO\\Helpdesk")),
            ("VORDEFINIERT\\Administratoren", named("VORDEFINIERT\\Administratoren")),
        ] {
            assert_eq!(Trustee::from_name(name), expected, "{name}");
        }
    }
}
