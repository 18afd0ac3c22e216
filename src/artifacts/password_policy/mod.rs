//! The text of `net accounts` and of `Get-ADDefaultDomainPasswordPolicy`: how old a password must be.
//!
//! A password that is younger cannot be reset by its user, which shows as 80230619 and not as one of the
//! causes. Fine-grained policies take precedence over this one and are not in these texts.
//! <https://learn.microsoft.com/powershell/module/activedirectory/get-addefaultdomainpasswordpolicy>.

use crate::artifacts::{Located, text_encoding};
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;

/// What one text says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordPolicy {
    /// The command that wrote it.
    pub command: PolicyCommand,
    /// Distinguished name of the domain. `net accounts` does not name it.
    pub domain: Option<Located<String>>,
    /// Role of the computer, as written: `PRIMARY` is a domain controller. Of any other computer,
    /// `net accounts` without `/domain` shows what holds for its local accounts only.
    pub computer_role: Option<Located<String>>,
    /// Minimum password age in days, a part of a day counted as a whole one; 0 is none.
    pub minimum_age_days: Option<Located<u32>>,
}

/// The commands whose text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyCommand {
    /// `net accounts`, in English or German.
    NetAccounts,
    /// `Get-ADDefaultDomainPasswordPolicy`, whose names are English everywhere.
    DefaultDomainPasswordPolicy,
}

/// Beginnings of the lines of `net accounts`, in English and in German.
const MINIMUM_AGE: [&str; 2] = ["Minimum password age (days)", "Minimales Kennwortalter (Tage)"];
const MAXIMUM_AGE: [&str; 2] = ["Maximum password age (days)", "Maximales Kennwortalter (Tage)"];
const ROLE: [&str; 2] = ["Computer role", "Computerrolle"];

impl PolicyCommand {
    fn of(text: &str) -> Option<Self> {
        let has = |names: &[&str]| text.lines().any(|line| value(line, names).is_some());
        let all = |names: &[&str]| names.iter().all(|name| has(&[*name]));
        if all(&["MinPasswordAge", "LockoutObservationWindow", "DistinguishedName"]) && !has(&["Precedence"])
        {
            Some(Self::DefaultDomainPasswordPolicy)
        } else {
            // `samba-tool` and `chage` write the first line, and not the role.
            (has(&MINIMUM_AGE) && has(&MAXIMUM_AGE) && has(&ROLE)).then_some(Self::NetAccounts)
        }
    }
}

/// Whether a file is the text of one of the commands, in any encoding. Both are short.
pub fn looks_like_password_policy(head: &[u8]) -> bool {
    PolicyCommand::of(&text_encoding::decode(head).text).is_some()
}

/// Reads a text. Gaps name what could not be read.
pub fn read(path: &BundlePath, bytes: &[u8]) -> (Option<PasswordPolicy>, Vec<Gap>) {
    read_text(path, &text_encoding::decode(bytes).text)
}

/// The same of a text that is decoded.
pub(super) fn read_text(path: &BundlePath, text: &str) -> (Option<PasswordPolicy>, Vec<Gap>) {
    let Some(command) = PolicyCommand::of(text) else {
        let reason = Statement::new("gap.password-policy.other");
        return (None, vec![Gap::new(path, Place::File, reason)]);
    };
    let (ages, domain, role): (&[&str], &[&str], &[&str]) = match command {
        PolicyCommand::NetAccounts => (&MINIMUM_AGE, &[], &ROLE),
        PolicyCommand::DefaultDomainPasswordPolicy => (&["MinPasswordAge"], &["DistinguishedName"], &[]),
    };
    let mut gaps = Vec::new();
    let policy = PasswordPolicy {
        command,
        domain: only(path, text, domain, &mut gaps),
        computer_role: only(path, text, role, &mut gaps),
        minimum_age_days: only(path, text, ages, &mut gaps).and_then(|age| {
            let days = days(&age.value);
            if days.is_none() {
                let reason = Statement::new("gap.password-policy.age");
                gaps.push(Gap::new(path, age.place.clone(), reason));
            }
            Some(Located::new(days?, age.place))
        }),
    };
    (Some(policy), gaps)
}

/// The value of the one line of a name. Several that differ are of several domains, and none is taken.
fn only(path: &BundlePath, text: &str, names: &[&str], gaps: &mut Vec<Gap>) -> Option<Located<String>> {
    let lines = (1..).zip(text.lines());
    let mut values = lines.filter_map(|(number, line)| Some((number, value(line, names)?)));
    let (number, first) = values.next()?;
    if let Some((other, _)) = values.find(|(_, other)| *other != first) {
        let reason = Statement::new("gap.password-policy.twice");
        gaps.push(Gap::new(path, Place::Line(other), reason));
        return None;
    }
    let kept: String = first.chars().take(1024).collect();
    (!kept.is_empty()).then(|| Located::new(kept, Place::Line(number)))
}

/// The value of a line `name : value`, if it has one of these names.
fn value<'l>(line: &'l str, names: &[&str]) -> Option<&'l str> {
    let (name, value) = line.split_once(':')?;
    names.contains(&name.trim()).then_some(value.trim())
}

/// `1`, or `1.00:00:00` as PowerShell writes a span of time.
fn days(text: &str) -> Option<u32> {
    if let Ok(days) = text.parse() {
        return Some(days);
    }
    let (days, time) = text.split_once('.').unwrap_or(("0", text));
    let parts: Vec<u32> = time.split(':').map(str::parse).collect::<Result<_, _>>().ok()?;
    let [hours @ 0..24, minutes @ 0..60, seconds @ 0..60] = parts[..] else { return None };
    let part = u32::from(hours != 0 || minutes != 0 || seconds != 0);
    days.parse::<u32>().ok()?.checked_add(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOMAIN: &str = "\r\nComplexityEnabled           : True\r\nDistinguishedName           : DC=contoso,DC=example\r\n\
        LockoutObservationWindow    : 00:30:00\r\nMaxPasswordAge              : 42.00:00:00\r\n\
        MinPasswordAge              : 1.00:00:00\r\n";

    const ACCOUNTS: &str = "Force user logoff how long after time expires?:       Never\r\n\
        Minimum password age (days):                          2\r\n\
        Maximum password age (days):                          42\r\n\
        Computer role:                                        PRIMARY\r\n";

    fn clean(text: &str) -> PasswordPolicy {
        let (read, gaps) = read(&"a".into(), text.as_bytes());
        assert_eq!(gaps, []);
        read.unwrap()
    }

    #[test]
    fn powershell_names_the_domain() {
        let policy = clean(DOMAIN);
        assert_eq!(policy.command, PolicyCommand::DefaultDomainPasswordPolicy);
        assert_eq!(policy.minimum_age_days, Some(Located::new(1, Place::Line(6))));
        assert_eq!(policy.domain, Some(Located::new("DC=contoso,DC=example".to_owned(), Place::Line(3))));
    }

    #[test]
    fn net_accounts_names_the_role() {
        let policy = clean(ACCOUNTS);
        assert_eq!(policy.command, PolicyCommand::NetAccounts);
        assert_eq!(policy.minimum_age_days, Some(Located::new(2, Place::Line(2))));
        assert_eq!(policy.computer_role, Some(Located::new("PRIMARY".to_owned(), Place::Line(4))));
    }

    #[test]
    fn spans_of_time_count_in_days() {
        for (text, expected) in [
            ("0", Some(0)),
            ("00:00:00", Some(0)),
            ("1.00:00:00", Some(1)),
            ("12:00:00", Some(1)),
            ("998.00:00:01", Some(999)),
            ("42:00:00", None),
            ("1.00:60:00", None),
            ("4294967295.00:00:01", None),
            ("-1.00:00:00", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(days(text), expected, "{text}");
        }
    }

    #[test]
    fn two_domains_in_one_text_are_none() {
        let other = DOMAIN.replace("1.00:00:00", "3.00:00:00");
        let (read, gaps) = read(&"a".into(), format!("{DOMAIN}{other}").as_bytes());
        assert_eq!(read.unwrap().minimum_age_days, None);
        assert_eq!(gaps.iter().map(|gap| &gap.place).collect::<Vec<_>>(), [&Place::Line(12)]);
    }

    #[test]
    fn other_policies_are_not_taken() {
        let fine = format!("{DOMAIN}Precedence                  : 1\r\n");
        let samba = "Minimum password age (days): 1\nMaximum password age (days): 42\n";
        for other in [fine.as_str(), samba, ""] {
            assert!(!looks_like_password_policy(other.as_bytes()), "{other}");
            assert_eq!(read(&"a".into(), other.as_bytes()).0, None);
        }
    }
}
