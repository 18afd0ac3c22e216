//! Tests of users of the directory: what is shown, what is joined, and what is taken as whole.

use super::*;
use crate::artifacts::{Artifact, Content, directory_objects};
use crate::facts::Contradiction;
use std::sync::Arc;

fn directory(texts: &[&str]) -> (Directory, Vec<Contradiction>) {
    let artifacts: Vec<Artifact> = texts
        .iter()
        .enumerate()
        .map(|(index, text)| {
            let path: Arc<str> = Arc::from(format!("{index}.txt"));
            let (read, _) = directory_objects::read(&path, text.as_bytes());
            Artifact { path, bytes: 0, sha256: None, content: Content::DirectoryObjects(read.unwrap()) }
        })
        .collect();
    let mut contradictions = Vec::new();
    let directory = gather(&artifacts, &mut contradictions);
    (directory, contradictions)
}

const USER: &str = "
DistinguishedName : CN=Megan,OU=Staff,DC=contoso,DC=example
ObjectClass       : user
ObjectGUID        : 7eb0b581-31da-4bc0-a91b-918b7283 2da2
SamAccountName    : megan
SID               : S-1-5-21-1-2-3-1105
UserPrincipalName : Megan@contoso.example
";

fn user(extra: &str) -> String {
    format!("{}{extra}\n", USER.trim_end().replace("7283 2da2", "72832da2") + "\n")
}

#[test]
fn admin_count_is_set_unset_or_not_shown() {
    for (line, expected) in [
        ("adminCount        : 1", "Set"),
        ("adminCount        : 0", "Unset"),
        ("adminCount        : \nprimaryGroupID    : 513", "Unset"),
        // Get-ADUser | Format-List adminCount, without -Properties: never fetched.
        ("adminCount        : ", "NotShown"),
        ("adminCount        : \nprimaryGroupID    : ", "NotShown"),
        ("adminCount        : 11", "NotShown"),
        ("", "NotShown"),
    ] {
        let (directory, _) = directory(&[&user(line)]);
        let shown = format!("{:?}", directory.users[0].admin_count);
        assert!(shown.starts_with(expected), "{line}: {shown}");
    }
}

#[test]
fn texts_are_joined_by_sid_and_disagree() {
    let whoami = "
User Name     SID
============= ===================
contoso\\megan S-1-5-21-1-2-3-1105

Group Name             Type             SID                 Attributes
====================== ================ =================== ==========
BUILTIN\\Administrators Alias            S-1-5-32-544        Group used for deny only
CONTOSO\\Domain Admins  Group            S-1-5-21-1-2-3-512  Enabled group
"
    .replace("\\\\", "\\");
    let (set, unset) = (user("adminCount        : 1"), user("adminCount        : 0"));
    let (joined, none) = directory(&[&set, &whoami]);
    assert_eq!(joined.users.len(), 1);
    // The workstation's own Administrators do not count.
    let names: Vec<&str> = joined.users[0].groups.protected.iter().map(|one| one.group.name).collect();
    assert_eq!(names, ["Domain Admins"]);
    assert!(none.is_empty() && !joined.users[0].groups.complete);
    let (disputed, contradictions) = directory(&[&set, &unset]);
    assert!(matches!(disputed.users[0].admin_count, AdminCount::Disputed(..)));
    assert_eq!(contradictions.len(), 1);
}

#[test]
fn a_list_is_whole_only_with_the_primary_group_and_without_dots() {
    for (lines, complete) in [
        ("adminCount        : \nMemberOf          : {}\nprimaryGroupID    : 513", true),
        ("adminCount        : \nMemberOf          : {}", false),
        (
            "adminCount        : \nMemberOf          : {CN=a,DC=contoso,DC=example...}\nprimaryGroupID    : 513",
            false,
        ),
        ("adminCount        : \nprimaryGroupID    : 513", false),
        ("MemberOf          : {}\nprimaryGroupID    : 513", false),
    ] {
        let (directory, _) = directory(&[&user(lines)]);
        assert_eq!(directory.users[0].is_shown_unprotected(), complete, "{lines}");
    }
}

#[test]
fn the_last_list_of_a_file_may_be_cut() {
    let entry = "dn: CN=Megan,DC=contoso,DC=example\nadminCount: 0\nprimaryGroupID: 513\nmemberOf: CN=Staff,DC=contoso,DC=example\n";
    for (text, whole) in [
        (entry.to_owned(), false),
        (format!("{entry}objectSid: S-1-5-21-1-2-3-1105\n"), true),
        (format!("{entry}\ndn: CN=Other,DC=contoso,DC=example\nadminCount: 0\n"), true),
    ] {
        let (directory, _) = directory(&[&text]);
        assert_eq!(directory.users[0].groups.complete, whole, "{text}");
    }
}

#[test]
fn a_user_is_found_by_name_or_anchor_and_never_when_there_are_two() {
    // The first 16 bytes are those of 7eb0b582-31da-4bc0-a91b-918b72832da2, little-endian.
    let anchor = "grWwftoxwEupG5GLcoMtog==";
    assert_eq!(guid_of_anchor(anchor).as_deref(), Some("7eb0b582-31da-4bc0-a91b-918b72832da2"));
    let object = |upn: &str, sid: u32, guid: &str| {
        format!(
            "dn: CN={sid},DC=contoso,DC=example\nobjectSid: S-1-5-21-1-2-3-{sid}\nobjectGUID: {guid}\nuserPrincipalName: {upn}\n\n"
        )
    };
    let (own, other) = ("7eb0b582-31da-4bc0-a91b-918b72832da2", "7eb0b582-31da-4bc0-a91b-918b72832da3");
    for (objects, found) in [
        (vec![object("megan@contoso.example", 1, own)], Some("S-1-5-21-1-2-3-1")),
        // The name has passed to another object.
        (vec![object("megan@contoso.example", 1, other)], None),
        (vec![object("megan@corp.example", 1, own)], Some("S-1-5-21-1-2-3-1")),
        (vec![object("megan.adm@contoso.example", 1, other)], None),
        // One by name, another by anchor.
        (vec![object("megan@contoso.example", 1, other), object("x@contoso.example", 2, own)], None),
        // Two of one name, as in two forests.
        (vec![object("megan@contoso.example", 1, other), object("megan@contoso.example", 2, own)], None),
    ] {
        let text = objects.concat();
        let (directory, _) = directory(&[&text]);
        let target = directory.target(Some("Megan@contoso.example"), Some(anchor));
        assert_eq!(target.and_then(DirectoryUser::sid).map(Sid::as_str), found, "{text}");
    }
}
