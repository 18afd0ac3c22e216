//! The group Pre-Windows 2000 Compatible Access (S-1-5-32-554), through which a default directory lets
//! everybody read what NetUserGetInfo reads
//! (<https://learn.microsoft.com/en-us/troubleshoot/windows-server/identity/netuser-netgroup-fails-with-access-denied>).

use crate::artifacts::directory_objects::{Attribute, DirectoryFormat, DirectoryObject};
use crate::artifacts::{Artifact, Content};
use crate::knowledge::principals::{ConnectorIs, connector_is};
use crate::security_descriptor::{Membership, Sid, Trustee};
use crate::source::{Place, Source};

use super::access_lists::{dn_key, domain_dn};

/// What one text shows of the group's members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadGroup {
    /// Distinguished name of the group's domain, in lower case, where the text has it.
    pub domain: Option<String>,
    /// Whether an account of the domain is in it, as every one is where Authenticated Users are.
    pub account: Membership,
    /// Where the members stand.
    pub source: Source,
}

/// English name, which `net localgroup` and distinguished names show.
const NAME: &str = "Pre-Windows 2000 Compatible Access";

pub(super) fn gather(artifacts: &[Artifact]) -> Vec<ReadGroup> {
    let mut groups = Vec::new();
    for artifact in artifacts {
        let Content::DirectoryObjects(read) = &artifact.content else { continue };
        for object in &read.objects {
            let members = object.attribute("member").or_else(|| object.attribute("Members"));
            let (true, Some(members)) = (is_group(object), members) else { continue };
            // A list over several lines at the end of an LDIF file may have gone on.
            let last = read.objects.last().is_some_and(|last| std::ptr::eq(last, object));
            let cut = read.format == DirectoryFormat::Ldif
                && last
                && object.attributes.iter().all(|attribute| attribute.line <= members.line);
            groups.push(ReadGroup {
                domain: object.dn().and_then(domain_dn).map(dn_key),
                account: account_in(members, members.complete && !cut),
                source: Source::new(&artifact.path, Place::Line(members.line)),
            });
        }
    }
    groups
}

fn is_group(object: &DirectoryObject) -> bool {
    let by_sid = object.sid().is_some_and(|sid| sid == Sid::PRE_WINDOWS_2000);
    let prefix = format!("cn={NAME},cn=builtin,dc=").to_lowercase();
    let by_dn = object.dn().is_some_and(|dn| dn_key(dn).starts_with(&prefix));
    let by_name = object.dn().is_none()
        && object.text("name").is_some_and(|name| name.trim().eq_ignore_ascii_case(NAME));
    by_sid || by_dn || by_name
}

/// Whether an account of the domain is in the group. A member that nobody knows may be a group with it.
fn account_in(members: &Attribute, complete: bool) -> Membership {
    let mut doubtful = !complete || members.texts().count() < members.values.len();
    for member in members.texts() {
        match connector_is(&trustee_of(member)) {
            Some(ConnectorIs::Member) => return Membership::Member,
            Some(ConnectorIs::Other | ConnectorIs::NotUnlessShown) => {}
            None => doubtful = true,
        }
    }
    if doubtful { Membership::Unknown } else { Membership::NotMember }
}

/// A member by name, or by a distinguished name: `CN=S-1-5-11,CN=ForeignSecurityPrincipals,DC=contoso,…`.
fn trustee_of(member: &str) -> Trustee {
    let by_dn = member.split_once('=').filter(|(key, _)| key.trim().eq_ignore_ascii_case("CN"));
    let Some((_, rest)) = by_dn else { return Trustee::from_name(member) };
    let name = rest.split(',').next().unwrap_or_default().trim();
    Sid::parse(name).map_or_else(|| Trustee::Named(member.to_owned()), Trustee::Sid)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::artifacts::directory_objects;

    fn group(text: &str) -> Vec<ReadGroup> {
        let path: Arc<str> = Arc::from("x.txt");
        let (read, _) = directory_objects::read(&path, text.as_bytes());
        let content = Content::DirectoryObjects(read.unwrap());
        gather(&[Artifact { path, bytes: 0, sha256: None, content }])
    }

    #[test]
    fn members_of_ldif() {
        let ldif = |members: &str| {
            format!(
                "dn: CN=Pre-Windows 2000 Compatible Access,CN=Builtin,DC=contoso,DC=example\n\
                 objectClass: group\n{members}cn: x\nsAMAccountName: Pre-Windows 2000 Compatible Access\n\n"
            )
        };
        let fsp =
            |sid: &str| format!("member: CN={sid},CN=ForeignSecurityPrincipals,DC=contoso,DC=example\n");
        for (members, expected) in [
            (fsp("S-1-5-11"), Membership::Member),
            (fsp("S-1-1-0"), Membership::Member),
            (fsp("S-1-5-7"), Membership::NotMember),
            (fsp("S-1-5-21-1-2-3-1105"), Membership::Unknown),
            ("member: CN=Helpdesk,OU=Groups,DC=contoso,DC=example\n".to_owned(), Membership::Unknown),
            (fsp("S-1-5-7") + &fsp("S-1-5-11"), Membership::Member),
        ] {
            let groups = group(&ldif(&members));
            assert_eq!(groups.len(), 1, "{members}");
            assert_eq!(groups[0].account, expected, "{members}");
            assert_eq!(groups[0].domain.as_deref(), Some("dc=contoso,dc=example"));
        }
        // Without the attribute nobody knows whether it was asked for.
        assert_eq!(group(&ldif("")), []);
    }

    #[test]
    fn members_of_net_localgroup() {
        let text = |members: &str, end: &str| {
            format!(
                "Alias name     Pre-Windows 2000 Compatible Access\nComment        x\n\nMembers\n\n{}\n{members}{end}",
                "-".repeat(79)
            )
        };
        let end = "The command completed successfully.\n\n";
        let one = |text: &str| group(text)[0].account;
        assert_eq!(one(&text("NT AUTHORITY\\Authenticated Users\n", end)), Membership::Member);
        assert_eq!(one(&text("NT AUTHORITY\\ANONYMOUS LOGON\n", end)), Membership::NotMember);
        assert_eq!(one(&text("", end)), Membership::NotMember);
        assert_eq!(one(&text("NT AUTHORITY\\ANONYMOUS LOGON\n", "")), Membership::Unknown, "it was cut");
        assert_eq!(one(&text("NT-AUTORITÄT\\Authentifizierte Benutzer\n", end)), Membership::Unknown);
        assert_eq!(group(&text("", end).replace("Pre-Windows 2000 Compatible Access", "Users")), []);
    }
}
