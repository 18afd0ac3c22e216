//! Tests of all formats on made-up text, and on real files where they are.

use std::sync::Arc;

use super::*;

fn read_text(text: &str) -> (AccessControlLists, Vec<Gap>) {
    assert!(looks_like_access_control_lists(text.as_bytes()), "{text}");
    let (lists, gaps) = read(&Arc::from("x.txt"), text.as_bytes());
    (lists.unwrap(), gaps)
}

const DSACLS: &str = r#"C:\>dsacls "CN=Ai,OU=Staff,DC=contoso,DC=example"
Owner: CONTOSO\Domain Admins
Group: CONTOSO\Domain Admins

Access list:
{This object is protected from inheriting permissions from the parent}
Effective Permissions on this object are:
Allow CONTOSO\Domain Admins           FULL CONTROL
Allow BUILTIN\Pre-Windows 2000 Compatible Access
                                      SPECIAL ACCESS for Group Membership   <Inherited from parent>
                                      READ PROPERTY
Allow CONTOSO\MSOL_0123456789ab       Reset Password   <Inherited from parent>
Allow CONTOSO\MSOL_0123456789ab       SPECIAL ACCESS for lockoutTime   <Inherited from parent>
                                      READ PERMISSONS
                                      WRITE PROPERTY
Allow CONTOSO\abcdefghijklmnopqrstuvw SPECIAL ACCESS
                                      LIST CONTENTS
Deny Everyone                         Change Password

Permissions inherited to subobjects are:
Inherited to all subobjects
Allow CONTOSO\Domain Admins           FULL CONTROL
Inherited to user
Allow CONTOSO\MSOL_0123456789ab       Reset Password
The command completed successfully
"#;

#[test]
fn dsacls() {
    let (lists, gaps) = read_text(DSACLS);
    assert_eq!((lists.format, gaps), (AclFormat::Dsacls, vec![]));
    let [object] = lists.objects.as_slice() else { panic!("{lists:?}") };
    assert_eq!(object.object.as_deref(), Some("CN=Ai,OU=Staff,DC=contoso,DC=example"));
    assert_eq!(object.owner.as_deref(), Some("CONTOSO\\Domain Admins"));
    assert_eq!((object.protected, object.trustworthy, object.line), (Some(true), true, 2));
    let msol = "CONTOSO\\MSOL_0123456789ab";
    let shown: Vec<_> = object
        .entries
        .iter()
        .map(|e| {
            let class = e.applies_to.class.as_deref();
            (e.allow, e.trustee.as_str(), e.rights.join("|"), e.for_object.as_deref(), e.inherited, class)
        })
        .collect();
    let right = str::to_owned;
    assert_eq!(
        shown,
        [
            (true, "CONTOSO\\Domain Admins", right("FULL CONTROL"), None, false, None),
            (
                true,
                "BUILTIN\\Pre-Windows 2000 Compatible Access",
                right("READ PROPERTY"),
                Some("Group Membership"),
                true,
                None
            ),
            (true, msol, right("Reset Password"), None, true, None),
            (true, msol, right("READ PERMISSONS|WRITE PROPERTY"), Some("lockoutTime"), true, None),
            (true, "CONTOSO\\abcdefghijklmnopqrstuvw", right("LIST CONTENTS"), None, false, None),
            (false, "Everyone", right("Change Password"), None, false, None),
            (true, "CONTOSO\\Domain Admins", right("FULL CONTROL"), None, false, None),
            (true, msol, right("Reset Password"), None, false, Some("user")),
        ]
    );
    assert_eq!(object.entries[2].inherited_from.as_deref(), Some("parent"));
    let scopes: Vec<Scope> = object.entries.iter().map(|entry| entry.applies_to.scope).collect();
    assert_eq!(scopes[..6], [Scope::ThisObject; 6]);
    assert_eq!(scopes[6..], [Scope::ChildrenOnly; 2]);
    assert_eq!(object.entries[2].line, 12);
}

#[test]
fn a_list_that_was_cut_or_changed_is_not_trusted() {
    let cut = DSACLS.replace("The command completed successfully\n", "");
    let strange = DSACLS.replace("LIST CONTENTS", "INHALT AUFLISTEN");
    let flowed = DSACLS.replace("Domain Admins           FULL", "Domain Admins FULL");
    for text in [cut, strange, flowed] {
        let (lists, gaps) = read_text(&text);
        assert!(!lists.objects[0].trustworthy, "{text}");
        assert_eq!(gaps.len(), 1);
    }
    let twice = format!(
        "{DSACLS}{}",
        DSACLS.replace("{This object is protected from inheriting permissions from the parent}\n", "")
    );
    let (lists, _) = read_text(&twice);
    let protected: Vec<_> =
        lists.objects.iter().map(|object| (object.protected, object.trustworthy)).collect();
    assert_eq!(protected, [(Some(true), true), (Some(false), true)]);
}

#[test]
fn get_acl() {
    let text = "Path   : Microsoft.ActiveDirectory.Management.dll\\ActiveDirectory:://RootDSE/CN=Ai,DC=contoso,DC=example\r\n\
                Owner  : CONTOSO\\Domain Admins\r\nGroup  : CONTOSO\\Domain Admins\r\n\
                Access : NT AUTHORITY\\SELF Allow\r\n         Everyone Deny\r\nAudit  :\r\n\
                Sddl   : O:DAG:DAD:PAI(OA;CIID;CR;00299570-246d-11d0-a768-00aa006e0529;bf967aba-0de6-11d0-a285-00aa003049e2;S-1-5-21-1\r\n\
                \x20        -2-3-1105)S:AI\r\n";
    let (lists, gaps) = read_text(text);
    assert_eq!((lists.format, gaps), (AclFormat::GetAclList, vec![]));
    let [object] = lists.objects.as_slice() else { panic!("{lists:?}") };
    assert_eq!(object.object.as_deref(), Some("CN=Ai,DC=contoso,DC=example"));
    assert_eq!((object.protected, object.trustworthy), (Some(true), true));
    assert_eq!(object.owner.as_deref(), Some("CONTOSO\\Domain Admins"));
    let dacl = object.descriptor.as_ref().unwrap().dacl.as_ref().unwrap();
    assert_eq!(dacl.aces.len(), 1);
    assert_eq!(dacl.aces[0].trustee.to_string(), "S-1-5-21-1-2-3-1105");
    let (lists, gaps) = read_text(&text.replace(";CR;", ";QQ;"));
    assert!(lists.objects[0].descriptor.is_none() && !lists.objects[0].trustworthy);
    assert_eq!(gaps.len(), 2);
}

const RULE: &str = "ActiveDirectoryRights : ReadProperty, WriteProperty\n\
                    InheritanceType       : Descendents\n\
                    ObjectType            : 28630ebf-41d5-11d1-a9c1-0000f80367c1\n\
                    InheritedObjectType   : bf967aba-0de6-11d0-a285-00aa003049e2\n\
                    ObjectFlags           : ObjectAceTypePresent, InheritedObjectAceTypePresent\n\
                    AccessControlType     : Allow\n\
                    IdentityReference     : CONTOSO\\MSOL_0123456789ab\n\
                    IsInherited           : False\n\
                    InheritanceFlags      : ContainerInherit\n\
                    PropagationFlags      : InheritOnly\n\n";

#[test]
fn lists_of_rules() {
    let other = RULE
        .replace("Allow", "Deny")
        .replace("Descendents", "None")
        .replace("bf967aba-0de6-11d0-a285-00aa003049e2", "00000000-0000-0000-0000-000000000000");
    let (lists, gaps) = read_text(&format!("{RULE}{other}"));
    assert_eq!(gaps, []);
    let [object] = lists.objects.as_slice() else { panic!("{lists:?}") };
    let [first, second] = object.entries.as_slice() else { panic!("{lists:?}") };
    assert_eq!(first.rights, ["ReadProperty", "WriteProperty"]);
    assert_eq!(first.for_object.as_deref(), Some("28630ebf-41d5-11d1-a9c1-0000f80367c1"));
    assert_eq!(first.applies_to.class.as_deref(), Some("bf967aba-0de6-11d0-a285-00aa003049e2"));
    assert_eq!((first.allow, first.applies_to.scope, first.line), (true, Scope::ChildrenOnly, 1));
    assert_eq!((second.allow, second.applies_to.scope, second.line), (false, Scope::ThisObject, 12));
    assert_eq!(second.applies_to.class, None);
    assert!(object.trustworthy && object.object.is_none());
    let (lists, _) = read_text(&format!("{RULE}{}", RULE.replace(": Allow", ": Zulassen")));
    assert!(!lists.objects[0].trustworthy);
}

/// A rule in XML; the second time an account stands, it is only named by its number.
fn xml_rule(account: &str) -> String {
    format!(
        "<Obj RefId=\"3\"><ToString>System.DirectoryServices.ActiveDirectoryAccessRule</ToString><Props>\
         <Obj N=\"ActiveDirectoryRights\" RefId=\"4\"><ToString>ExtendedRight</ToString><I32>256</I32></Obj>\
         <Obj N=\"InheritanceType\" RefId=\"5\"><ToString>All</ToString><I32>1</I32></Obj>\
         <G N=\"ObjectType\">00299570-246d-11d0-a768-00aa006e0529</G>\
         <G N=\"InheritedObjectType\">00000000-0000-0000-0000-000000000000</G>\
         <Obj N=\"AccessControlType\" RefId=\"6\"><ToString>Allow</ToString><I32>0</I32></Obj>{account}\
         <B N=\"IsInherited\">true</B></Props></Obj>"
    )
}

#[test]
fn clixml() {
    let account = "<Obj N=\"IdentityReference\" RefId=\"7\"><ToString>A&amp;B\\MSOL_x005F_x0041_</ToString><Props><S N=\"Value\">x</S></Props></Obj>";
    let rules = format!("{}{}", xml_rule(account), xml_rule("<Ref N=\"IdentityReference\" RefId=\"7\" />"));
    let sddl = "O:DAG:DAD:AI(A;;RC;;;AU)";
    let object = |sddl: &str| {
        format!(
            "<?xml version=\"1.0\"?>\r\n<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><Obj RefId=\"0\">\
             <TN RefId=\"0\"><T>System.DirectoryServices.ActiveDirectorySecurity</T></TN><ToString>x</ToString>\
             <Props><B N=\"AreAccessRulesProtected\">true</B></Props><MS>\
             <S N=\"PSPath\">Microsoft.ActiveDirectory.Management.dll\\ActiveDirectory:://RootDSE/DC=contoso,DC=example</S>\
             <S N=\"Owner\">CONTOSO\\a</S><Obj N=\"Access\" RefId=\"2\"><IE>{rules}</IE></Obj>{sddl}</MS></Obj></Objs>"
        )
    };
    let (lists, gaps) = read_text(&object(""));
    assert_eq!((lists.format, gaps), (AclFormat::Clixml, vec![]));
    let [acl] = lists.objects.as_slice() else { panic!("{lists:?}") };
    assert_eq!(acl.object.as_deref(), Some("DC=contoso,DC=example"));
    assert_eq!(
        (acl.owner.as_deref(), acl.protected, acl.trustworthy),
        (Some("CONTOSO\\a"), Some(true), true)
    );
    let trustees: Vec<&str> = acl.entries.iter().map(|entry| entry.trustee.as_str()).collect();
    assert_eq!(trustees, ["A&B\\MSOL_x0041_"; 2]);
    assert_eq!(acl.entries[1].rights, ["ExtendedRight"]);
    assert_eq!(acl.entries[1].applies_to, AppliesTo { scope: Scope::ThisAndChildren, class: None });
    assert!(acl.entries[1].inherited);

    let (lists, gaps) = read_text(&object(&format!("<S N=\"Sddl\">{sddl}</S>")));
    assert_eq!((lists.objects.len(), gaps), (1, vec![]));
    let acl = &lists.objects[0];
    assert_eq!((acl.protected, acl.entries.len()), (Some(false), 0), "the descriptor is exact");
    assert_eq!(acl.descriptor, SecurityDescriptor::from_sddl(sddl).ok());

    let whole = object("");
    let cut: String = whole.chars().take(whole.chars().count() - 60).collect();
    let (lists, gaps) = read_text(&cut);
    assert!(lists.objects.iter().all(|object| !object.trustworthy), "{lists:?}");
    assert!(!gaps.is_empty());
}

#[test]
fn sddl_alone() {
    let (lists, gaps) = read_text("\r\n  O:DAG:DAD:AI(A;;RC;;;S-1-5-21-1-2-\r\n3-1105)\r\n");
    assert_eq!((lists.format, gaps), (AclFormat::SddlText, vec![]));
    assert_eq!((lists.objects[0].protected, lists.objects[0].line), (Some(false), 2));
}

#[test]
fn names_in_paths() {
    for (path, name) in [
        ("Microsoft.ActiveDirectory.Management.dll\\ActiveDirectory:://RootDSE/DC=a", Some("DC=a")),
        ("ActiveDirectory::DC=a", Some("DC=a")),
        ("ActiveDirectory:://RootDSE/CN=a/b,DC=c", Some("CN=a/b,DC=c")),
        ("Microsoft.PowerShell.Core\\Registry::HKEY_LOCAL_MACHINE\\DC=a", None),
    ] {
        assert_eq!(dn_of_path(path), name, "{path}");
    }
}

#[test]
fn other_text_is_not_taken() {
    for text in [
        "",
        "Allow me to say FULL CONTROL\n",
        "O: my own note\n",
        "Allow CONTOSO\\a to have SPECIAL ACCESS for a day\n",
        "Path : C:\\x\nOwner : me\n",
        "<Objs Version=\"1.1.0.1\"><S>x</S></Objs>",
        "O:BAG:BA",
    ] {
        assert!(!looks_like_access_control_lists(text.as_bytes()), "{text}");
    }
}

#[test]
fn any_text_is_survived() {
    use proptest::prelude::{ProptestConfig, proptest};
    proptest!(ProptestConfig::with_cases(300), |(cut in 0_usize..1500, insert in "[ <>&;:()A-Dx_/\"=\\n]{0,40}")| {
        let xml = format!("<Objs Version=\"1\"><Obj><T>ActiveDirectorySecurity</T>{}</Obj></Objs>", xml_rule(""));
        for text in [DSACLS, RULE, xml.as_str()] {
            let at = text.char_indices().map(|(at, _)| at).nth(cut).unwrap_or(text.len());
            let (before, after) = text.split_at(at);
            let _ = read(&Arc::from("x"), format!("{before}{insert}{after}").as_bytes());
            let _ = read(&Arc::from("x"), format!("{before}{insert}").as_bytes());
        }
    });
}

fn sample(name: &str) -> Option<AccessControlLists> {
    let path = format!(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/samples/text/{}"), name);
    match std::fs::read(path) {
        Ok(bytes) => {
            assert!(looks_like_access_control_lists(&bytes), "{name}");
            read(&Arc::from(name), &bytes).0
        }
        Err(_) => {
            eprintln!("skipped: {name} is not here");
            None
        }
    }
}

#[test]
fn real_dsacls() {
    if let Some(lists) = sample("dsacls_deleted_objects_en.txt") {
        let [object] = lists.objects.as_slice() else { panic!("{lists:?}") };
        assert_eq!(object.owner.as_deref(), Some("Contoso\\Domain Admins"));
        assert_eq!((object.protected, object.trustworthy), (Some(true), false), "the page re-flowed it");
        let shown: Vec<_> =
            object.entries.iter().map(|entry| (entry.trustee.as_str(), entry.rights.len())).collect();
        assert_eq!(shown, [("BUILTIN\\Administrators", 2), ("NT AUTHORITY\\SYSTEM", 10)]);
    }
    if let Some(lists) = sample("dsacls_new_OU_special_access_for_en.txt") {
        let [object] = lists.objects.as_slice() else { panic!("{lists:?}") };
        assert!(!object.trustworthy, "an excerpt");
        let shown: Vec<_> = object
            .entries
            .iter()
            .map(|entry| (entry.trustee.as_str(), entry.for_object.as_deref()))
            .collect();
        assert_eq!(
            shown,
            [
                ("BUILTIN\\Account Operators", Some("computer")),
                ("BUILTIN\\Print Operators", Some("printQueue"))
            ]
        );
        assert_eq!(object.entries[1].rights, ["CREATE CHILD", "DELETE CHILD"]);
    }
}

#[test]
fn real_get_acl() {
    let Some(lists) = sample("get-acl_registry_Lsa_wrapped_sddl_en.txt") else { return };
    let [object] = lists.objects.as_slice() else { panic!("{lists:?}") };
    assert_eq!((object.object.as_deref(), object.protected, object.trustworthy), (None, Some(true), true));
    assert!(object.path.as_deref().is_some_and(|path| path.ends_with("\\Control\\Lsa")));
    let aces = &object.descriptor.as_ref().unwrap().dacl.as_ref().unwrap().aces;
    assert_eq!(aces.len(), 6);
    assert!(aces[5].trustee.to_string().ends_with("-3232135806-4053264122-3456934681"));
}

#[test]
fn more_entries_than_are_kept_leave_a_list_that_is_not_whole() {
    let mut text = String::from("Owner: CONTOSO\\Domain Admins\r\nAccess list:\r\n");
    for number in 0..MAX_ENTRIES + 5 {
        text += &format!("Allow CONTOSO\\a{number:07}              FULL CONTROL\r\n");
    }
    text += "The command completed successfully\r\n";
    let (read, gaps) = read(&"dsacls.txt".into(), text.as_bytes());
    let read = read.unwrap();
    assert_eq!((read.objects.len(), gaps.len()), (1, 1));
    let object = &read.objects[0];
    assert!(!object.trustworthy && object.entries.len() > 10_000 && object.entries.len() <= MAX_ENTRIES);
    assert_eq!(object.owner.as_deref(), Some("CONTOSO\\Domain Admins"));
}
