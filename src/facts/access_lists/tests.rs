//! Tests of lists made from what `dsacls` and PowerShell show, on made-up text.

use std::sync::Arc;

use super::*;
use crate::artifacts::access_control_list;
use crate::security_descriptor::object_access::{CONTROL_ACCESS, WRITE_PROPERTY};
use crate::security_descriptor::{Membership, Sid, Trustee, Wanted, check_object_access};

const USER: &str = "bf967aba-0de6-11d0-a285-00aa003049e2";
const RESET: Wanted<'_> = Wanted {
    mask: CONTROL_ACCESS,
    object_type: Some("00299570-246d-11d0-a768-00aa006e0529"),
    property_set: None,
};
const PWD_LAST_SET: Wanted<'_> = Wanted {
    mask: WRITE_PROPERTY,
    object_type: Some("bf967a0a-0de6-11d0-a285-00aa003049e2"),
    property_set: Some("4c164200-20c0-11d0-a768-00aa006e0529"),
};
const LOCKOUT_TIME: Wanted<'_> = Wanted {
    mask: WRITE_PROPERTY,
    object_type: Some("28630ebf-41d5-11d1-a9c1-0000f80367c1"),
    property_set: None,
};

/// The account is CONTOSO\svc, and everybody; of CONTOSO\Helpdesk nobody knows.
fn account(trustee: &Trustee) -> Membership {
    match trustee {
        Trustee::Named(name) if name == r"CONTOSO\svc" => Membership::Member,
        Trustee::Named(_) => Membership::Unknown,
        Trustee::Sid(sid) if [Sid::EVERYONE, Sid::AUTHENTICATED_USERS].contains(sid) => Membership::Member,
        _ => Membership::NotMember,
    }
}

fn lists(text: &str) -> AccessLists {
    let path: Arc<str> = Arc::from("acl.txt");
    let (read, _) = access_control_list::read(&path, text.as_bytes());
    let content = Content::AccessControlLists(read.expect("an access list"));
    gather(&[Artifact { path, bytes: 0, sha256: None, content }])
}

const DN: &str = "CN=Ai,OU=Staff,DC=contoso,DC=example";

/// The output of `dsacls` with these entries on the object.
fn dsacls(entries: &str) -> String {
    format!(
        "C:\\>dsacls \"{DN}\"\nOwner: CONTOSO\\Domain Admins\nGroup: CONTOSO\\Domain Admins\n\nAccess list:\n\
         Effective Permissions on this object are:\n{entries}\nPermissions inherited to subobjects are:\n\
         Inherited to all subobjects\n\nThe command completed successfully\n"
    )
}

fn asked(text: &str, wanted: &Wanted<'_>) -> (Access, Option<usize>) {
    let lists = lists(text);
    let decision =
        lists.of(DN)[0].decide(|descriptor| check_object_access(descriptor, wanted, USER, &account));
    (decision.access, decision.ace)
}

fn entry(line: &str, below: &str) -> String {
    let (verb, rest) = line.split_once(' ').unwrap();
    let (trustee, right) = rest.split_once('|').unwrap();
    let head = format!("{:<38}{right}\n", format!("{verb} {trustee}"));
    if below.is_empty() { head } else { format!("{head}{:38}{below}\n", "") }
}

#[test]
fn what_dsacls_shows_decides() {
    use Access::{Denied, Granted, Unknown};
    let admins = entry("Allow CONTOSO\\Domain Admins|FULL CONTROL", "");
    let reset = entry("Allow CONTOSO\\svc|Reset Password   <Inherited from parent>", "");
    let deny = entry("Deny Everyone|Reset Password", "");
    let inherited_deny = entry("Deny Everyone|Reset Password   <Inherited from parent>", "");
    let own = entry("Allow CONTOSO\\svc|Reset Password", "");
    let change = entry("Allow Everyone|Change Password", "");
    let helpdesk = entry("Allow CONTOSO\\Helpdesk|Reset Password", "");
    let helpdesk_reads =
        entry("Allow CONTOSO\\Helpdesk|SPECIAL ACCESS for Group Membership", "READ PROPERTY");
    let strange = entry("Allow NT AUTHORITY\\Authenticated Users|Kennwort zuruecksetzen", "");
    let strange_of_admins = entry("Allow CONTOSO\\Domain Admins|Kennwort zuruecksetzen", "");
    let all_rights = entry("Allow CONTOSO\\svc|SPECIAL ACCESS", "CONTROL ACCESS");
    let same = |text: &str| text.to_owned();
    for (entries, expected) in [
        (admins.clone() + &reset, (Granted, Some(1))),
        (admins.clone() + &change, (Denied, None)),
        (admins.clone(), (Denied, None)),
        (all_rights, (Granted, Some(0))),
        // Whatever the order in which the tool shows them, an entry of the object comes before inherited ones.
        (deny.clone() + &reset, (Denied, Some(0))),
        (reset.clone() + &deny, (Unknown, None)),
        (own.clone() + &inherited_deny, (Granted, Some(0))),
        (inherited_deny + &own, (Unknown, None)),
        // Nobody knows who is in the group; where it only reads, that does not matter.
        (admins.clone() + &helpdesk, (Unknown, None)),
        (admins.clone() + &helpdesk_reads, (Denied, None)),
        // A right in another language may be any.
        (admins + &strange, (Unknown, None)),
        (same(&strange_of_admins), (Denied, None)),
    ] {
        assert_eq!(asked(&dsacls(&entries), &RESET), expected, "{entries}");
    }
}

#[test]
fn properties_and_property_sets_by_name() {
    use Access::{Denied, Granted};
    let write =
        |what: &str| dsacls(&entry(&format!("Allow CONTOSO\\svc|SPECIAL ACCESS{what}"), "WRITE PROPERTY"));
    for (what, lockout, pwd) in [
        (" for lockoutTime", Granted, Denied),
        (" for pwdLastSet", Denied, Granted),
        (" for Account Restrictions", Denied, Granted),
        (" for telephoneNumber", Denied, Denied),
        (" for Web Information", Denied, Denied),
        ("", Granted, Granted),
        (" for Kontobeschraenkungen 2", Access::Unknown, Access::Unknown),
    ] {
        assert_eq!(asked(&write(what), &LOCKOUT_TIME).0, lockout, "{what}");
        assert_eq!(asked(&write(what), &PWD_LAST_SET).0, pwd, "{what}");
    }
}

#[test]
fn a_list_that_is_not_whole_decides_nothing() {
    let reset = entry("Allow CONTOSO\\svc|Reset Password", "");
    let whole = dsacls(&reset);
    assert_eq!(asked(&whole, &RESET).0, Access::Granted);
    let cut = whole.replace("The command completed successfully\n", "");
    let flowed = whole.replace("                     Reset", " Reset");
    for text in [cut, flowed] {
        assert_eq!(lists(&text).of(DN)[0].shown, Shown::Partly, "{text}");
        assert_eq!(asked(&text, &RESET), (Access::Unknown, None), "{text}");
    }
}

#[test]
fn a_list_without_its_objects_name_is_kept_apart() {
    let text = dsacls(&entry("Allow CONTOSO\\svc|Reset Password", ""));
    let (_, without) = text.split_once('\n').unwrap();
    let lists = lists(without);
    assert!(lists.of(DN).is_empty());
    assert_eq!(lists.unnamed.len(), 1);
}

#[test]
fn names_of_objects_and_of_what_is_above_them() {
    let lists = lists(&dsacls(&entry("Allow Everyone|Change Password", "")));
    assert_eq!(lists.of("cn=ai, ou=Staff ,DC=CONTOSO,dc=example").len(), 1);
    assert_eq!(domain_dn(DN), Some("DC=contoso,DC=example"));
    assert_eq!(domain_dn("CN=x"), None);
    assert_eq!(domain_dn(""), None);
    assert_eq!(domain_dn("DC=a, DC=b"), Some("DC=a, DC=b"));
    assert_eq!(domain_dn("DC=a,CN=b,DC=c"), Some("DC=c"));
    // A forged name costs no more than its length.
    let forged = format!("{}CN=x,DC=y", "DC=a,".repeat(400_000));
    assert_eq!(domain_dn(&forged), Some("DC=y"));
    assert_eq!(containers_above(&forged).count(), MOST_CONTAINERS);
    let above: Vec<&str> = containers_above("CN=A\\,B,OU=Staff,DC=contoso,DC=example").collect();
    assert_eq!(above, ["OU=Staff,DC=contoso,DC=example", "DC=contoso,DC=example"]);
}

#[test]
fn what_is_handed_down_keeps_its_place() {
    let sddl = "D:(OA;CIIO;CR;00299570-246d-11d0-a768-00aa006e0529;4828cc14-1437-45bc-9b07-ad6f015e5f28;WD)\
                (OA;;CR;00299570-246d-11d0-a768-00aa006e0529;;WD)\
                (OA;CIIO;CR;00299570-246d-11d0-a768-00aa006e0529;bf967aba-0de6-11d0-a285-00aa003049e2;WD)";
    let source = Source::new(&Arc::from("x"), Place::Line(1));
    let list = AccessList::of_descriptor(SecurityDescriptor::from_sddl(sddl).unwrap(), source);
    let ask = |list: &AccessList| {
        let decision = list.decide(|descriptor| check_object_access(descriptor, &RESET, USER, &account));
        (decision.access, decision.ace)
    };
    assert_eq!(ask(&list), (Access::Granted, Some(1)), "on the container itself");
    assert_eq!(ask(&list.handed_down(USER)), (Access::Granted, Some(2)), "on a user below");
}

#[test]
fn a_list_longer_than_windows_can_hold_says_nothing() {
    let sddl = |count: usize| format!("D:{}", "(A;;GA;;;WD)".repeat(count));
    let list = |count: usize| {
        let source = Source::new(&Arc::from("x"), Place::Line(1));
        AccessList::of_descriptor(SecurityDescriptor::from_sddl(&sddl(count)).unwrap(), source).shown
    };
    assert_eq!(list(MOST_ENTRIES), Shown::Descriptor);
    assert_eq!(list(MOST_ENTRIES + 1), Shown::Partly);
}
