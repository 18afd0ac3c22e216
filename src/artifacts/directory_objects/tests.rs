//! Tests of all formats on made-up text, and on real files where they are.

use std::sync::Arc;

use super::*;
use crate::security_descriptor::Sid;

fn read_text(text: &str) -> DirectoryObjects {
    assert!(looks_like_directory_objects(text.as_bytes()), "{text}");
    let (objects, gaps) = read(&Arc::from("x.txt"), text.as_bytes());
    assert_eq!(gaps, [], "{text}");
    objects.unwrap()
}

/// A SID and a GUID in bytes: S-1-5-21-1-2-3-512, and 00112233-4455-6677-8899-aabbccddeeff with its first
/// three groups little-endian.
const SID_BASE64: &str = "AQUAAAAAAAUVAAAAAQAAAAIAAAADAAAAAAIAAA==";
const GUID_BASE64: &str = "MyIRAFVEd2aImaq7zN3u/w==";

#[test]
fn ldif() {
    let text = format!(
        "version: 1\r\n\r\n# a comment\r\n  of two lines\r\ndn: CN=Sakura\\, Ai,OU=Staff,DC=contoso,DC=exa\r\n mple\r\n\
         changetype: add\r\nobjectClass: top\r\nobjectClass: user\r\nadminCount: 1\r\n\
         memberOf: CN=Domain Admins,CN=Users,DC=contoso,DC=example\r\nmemberOf:: Q049566h55CGLERDPWE=\r\n\
         nTSecurityDescriptor:: AQAEkAAAAAAAAAAAAAAAABQAAAACAAgAAAAAAA==\r\n\
         cn: not kept\r\nobjectSid:: {SID_BASE64}\r\nobjectGUID:: {GUID_BASE64}\r\n\r\n\
         dn: CN=b,DC=a\r\nchangetype: modify\r\nreplace: adminCount\r\nadminCount: 1\r\n-\r\n\r\n\
         dn:: Q049566h55CGLERDPWE=\r\nmember;range=0-1: CN=x,DC=a\r\nmember;range=0-1: CN=y,DC=a\r\n\r\n\
         search: 2\r\nresult: 0 Success\r\n"
    );
    let read = read_text(&text);
    assert_eq!(read.format, DirectoryFormat::Ldif);
    let [user, group] = read.objects.as_slice() else { panic!("{read:?}") };
    assert_eq!(user.line, 5);
    assert_eq!(user.dn(), Some("CN=Sakura\\, Ai,OU=Staff,DC=contoso,DC=example"));
    assert_eq!(
        (user.text("ADMINCOUNT"), user.attribute("adminCount").map(|a| a.line)),
        (Some("1"), Some(10))
    );
    assert_eq!(user.sid().unwrap().as_str(), "S-1-5-21-1-2-3-512");
    assert_eq!(user.guid().as_deref(), Some("00112233-4455-6677-8899-aabbccddeeff"));
    assert_eq!(
        user.member_of(),
        Some((vec!["CN=Domain Admins,CN=Users,DC=contoso,DC=example", "CN=管理,DC=a"], true))
    );
    assert!(user.attribute("cn").is_none());
    // Control 0x9004 (self-relative, a protected list), and at byte 20 a list without entries.
    let dacl = user.security_descriptor().unwrap().unwrap().dacl.unwrap();
    assert!(dacl.protected && dacl.aces.is_empty());
    assert_eq!(group.dn(), Some("CN=管理,DC=a"));
    assert_eq!(group.attribute("member").map(|a| (a.values.len(), a.complete)), Some((2, false)));
}

#[test]
fn damaged_base64_is_a_gap() {
    let text = "dn: CN=a,DC=b\nobjectSid:: AQU*\nadminCount: 1\n";
    let (read, gaps) = read(&Arc::from("x.ldf"), text.as_bytes());
    let object = &read.unwrap().objects[0];
    assert_eq!((object.sid(), object.attribute("objectSid").map(|a| a.complete)), (None, Some(false)));
    assert_eq!(object.text("adminCount"), Some("1"));
    assert_eq!(gaps.iter().map(|gap| gap.place.clone()).collect::<Vec<_>>(), [Place::Line(2)]);
}

#[test]
fn base64_is_decoded() {
    for (text, bytes) in
        [("", Some(&b""[..])), ("Zg==", Some(b"f")), ("Zm8=", Some(b"fo")), ("Zm9v", Some(b"foo"))]
    {
        assert_eq!(ldif::base64(text).as_deref(), bytes);
    }
    for text in ["Z", "Zg", "Zg=", "Z===", "Zm9v=", "Zg==Zg=="] {
        assert_eq!(ldif::base64(text), None, "{text}");
    }
}

#[test]
fn csvde() {
    let text = "DN,objectClass,adminCount,memberOf,objectSid,cn\r\n\
                \"CN=A\\, B,OU=o,DC=x\",user,1,\"CN=Domain Admins,DC=x;CN=g,DC=x\",X'010500000000000515000000010000000200000003000000f4010000',\"a \"\"b\"\"\"\r\n\
                \"CN=c,DC=x\",user,,,,\r\n";
    let read = read_text(text);
    assert_eq!(read.format, DirectoryFormat::Csv);
    let [a, c] = read.objects.as_slice() else { panic!("{read:?}") };
    assert_eq!((a.dn(), a.text("adminCount"), a.line), (Some("CN=A\\, B,OU=o,DC=x"), Some("1"), 2));
    assert_eq!(a.sid().unwrap().as_str(), "S-1-5-21-1-2-3-500");
    assert_eq!(a.member_of(), Some((vec!["CN=Domain Admins,DC=x", "CN=g,DC=x"], true)));
    assert_eq!((c.dn(), c.text("adminCount")), (Some("CN=c,DC=x"), None));
    assert_eq!(c.attribute("adminCount").map(|a| (a.values.len(), a.complete)), Some((0, true)));
}

#[test]
fn export_csv() {
    let text = "#TYPE Microsoft.ActiveDirectory.Management.ADUser\r\n\
                \"DistinguishedName\";\"adminCount\";\"MemberOf\";\"SID\"\r\n\
                \"CN=a\r\nb,DC=x\";\"1\";\"Microsoft.ActiveDirectory.Management.ADPropertyValueCollection\";\"S-1-5-21-1-2-3-1106\"\r\n\
                \"CN=z,DC=x\";\"\";\"CN=g,DC=x, CN=h,DC=x\";\"S-1-5-21-1-2-3-1107\"\r\n";
    let read = read_text(text);
    let [a, z] = read.objects.as_slice() else { panic!("{read:?}") };
    assert_eq!((a.line, z.line), (3, 5));
    assert_eq!(a.member_of(), Some((vec![], false)));
    assert_eq!(a.sid().unwrap().as_str(), "S-1-5-21-1-2-3-1106");
    assert_eq!(z.member_of(), Some((vec!["CN=g,DC=x", "CN=h,DC=x"], true)));
}

#[test]
fn a_row_of_other_length_is_a_gap() {
    let text = "dn,adminCount\nCN=a,DC=x,1\n\"CN=b,DC=x\",1\n";
    let (read, gaps) = read(&Arc::from("x.csv"), text.as_bytes());
    assert_eq!(read.unwrap().objects.len(), 1);
    assert_eq!(gaps.iter().map(|gap| gap.place.clone()).collect::<Vec<_>>(), [Place::Line(2)]);
}

#[test]
fn lists() {
    let text = "PS C:\\> Get-ADUser a -Properties adminCount, memberOf\r\n\r\n\
                adminCount        :\r\n\
                DistinguishedName : CN=a,DC=x\r\n\
                MemberOf          : {CN=g,DC=x, CN=Domain\r\n\
                \x20                   Admins,DC=x...}\r\n\
                ObjectGUID        : 00112233-4455-6677-8899-aabbccddeeff\r\n\
                nTSecurityDescriptor : System.DirectoryServices.ActiveDirectorySecurity\r\n\r\n\
                DistinguishedName : CN=b,DC=x\r\n\
                MemberOf          : {}\r\n\
                SID               : S-1-5-21-1-2-3-1108\r\n\
                SamAccountName    : b\r\n";
    let read = read_text(text);
    assert_eq!(read.format, DirectoryFormat::PropertyList);
    // The property with another column ends the first list.
    let [a, b] = read.objects.as_slice() else { panic!("{read:?}") };
    assert_eq!((a.line, a.dn()), (3, Some("CN=a,DC=x")));
    assert_eq!(a.attribute("adminCount").map(|a| (a.values.len(), a.complete)), Some((0, true)));
    assert_eq!(a.member_of(), Some((vec!["CN=g,DC=x", "CN=Domain Admins,DC=x"], false)));
    assert_eq!(a.guid().as_deref(), Some("00112233-4455-6677-8899-aabbccddeeff"));
    assert_eq!(b.member_of(), Some((vec![], true)));
    assert_eq!(b.sid().unwrap().as_str(), "S-1-5-21-1-2-3-1108");
}

#[test]
fn whoami_in_any_language() {
    let text = "\nBENUTZERINFORMATIONEN\n---------------------\n\n\
                Benutzername SID\n============ ====================\ncontoso\\ai   S-1-5-21-1-2-3-1105\n\n\
                Gruppenname                  Typ   SID                Attribute\n\
                ============================ ===== ================== =========\n\
                Jeder                        Typ   S-1-1-0            Obligatorische Gruppe\n\
                CONTOSO\\Domänen-Admins       Grupp S-1-5-21-1-2-3-512 Gruppe nur zum Verweigern\n\
                Verbindliche Beschriftung\\x  Bez.  S-1-16-8192        \n\n";
    let read = read_text(text);
    assert_eq!(read.format, DirectoryFormat::WhoAmI);
    let [user] = read.objects.as_slice() else { panic!("{read:?}") };
    assert_eq!(
        (user.text("name"), user.sid().unwrap().as_str()),
        (Some("contoso\\ai"), "S-1-5-21-1-2-3-1105")
    );
    let (groups, complete) = user.token_groups().unwrap();
    assert_eq!(groups.iter().map(Sid::as_str).collect::<Vec<_>>(), ["S-1-1-0", "S-1-5-21-1-2-3-512"]);
    assert!(complete);
    assert_eq!(user.member_of().unwrap().0, ["Jeder", "CONTOSO\\Domänen-Admins"]);
}

#[test]
fn net_user_in_japanese() {
    let text = "ユーザー名                              ai\r\n\
                フル ネーム                             Sakura Ai\r\n\
                アカウント有効                          Yes\r\n\
                アカウントの期限                        なし\r\n\
                パスワードの期限                        なし\r\n\
                最終ログオン日時                        2026/11/22 10:00:00\r\n\
                \r\n\
                ローカル グループ メンバーシップ        *Administrators\r\n\
                グローバル グループ メンバーシップ      *Domain Users         *Group Policy Creator\r\n\
                コマンドは正常に終了しました。\r\n";
    let read = read_text(text);
    assert_eq!(read.format, DirectoryFormat::NetUser);
    assert_eq!(read.objects[0].text("sAMAccountName"), Some("ai"));
    assert_eq!(
        read.objects[0].member_of(),
        Some((vec!["Administrators", "Domain Users", "Group Policy Creator"], false))
    );
    let (bytes, _, _) = encoding_rs::SHIFT_JIS.encode(text);
    let (again, _) = super::read(&Arc::from("x.txt"), &bytes);
    assert_eq!(again.unwrap(), read);
}

#[test]
fn net_localgroup() {
    let ruler = "-".repeat(79);
    let head = format!(
        "Alias name     Pre-Windows 2000 Compatible Access\nComment        x\n\nMembers\n\n{ruler}\n"
    );
    let whole = format!(
        "{head}NT AUTHORITY\\Authenticated Users\nCONTOSO\\ai\nThe command completed successfully.\n\n"
    );
    let read = read_text(&whole);
    assert_eq!(read.format, DirectoryFormat::NetGroup);
    let group = &read.objects[0];
    assert_eq!(group.text("name"), Some("Pre-Windows 2000 Compatible Access"));
    let member = group.attribute("member").unwrap();
    assert_eq!(member.texts().collect::<Vec<_>>(), ["NT AUTHORITY\\Authenticated Users", "CONTOSO\\ai"]);
    assert!(member.complete);
    let empty = read_text(&format!("{head}The command completed successfully.\n"));
    assert_eq!(empty.objects[0].attribute("member").map(|a| (a.values.len(), a.complete)), Some((0, true)));
    let cut = read_text(&format!("{head}CONTOSO\\ai\n"));
    assert_eq!(cut.objects[0].attribute("member").map(|a| (a.values.len(), a.complete)), Some((1, false)));
}

#[test]
fn other_text_is_not_taken() {
    for text in [
        "",
        "Name : x\nStatus : Running\n",
        "Name            : a\nSID             : S-1-5-21-1-2-3-1001\nEnabled         : True\n",
        "dn: hello\n",
        "userPrincipalName,displayName,mail\na@contoso.example,A,a@contoso.example\n",
        "From: a\nTo: b\nSubject: adminCount : 1\n",
        "Host Name:  *x\nOS:  *y\n",
        "=== ===\nnothing here\n",
        "\nUser accounts for \\\\DC01\n\n----------------------------------------------------------------------------\nAdministrator            Guest\n",
    ] {
        assert!(!looks_like_directory_objects(text.as_bytes()), "{text}");
    }
}

#[test]
fn any_bytes_are_survived() {
    use proptest::prelude::{ProptestConfig, any, proptest};
    proptest!(ProptestConfig::with_cases(300), |(
        start in 0_usize..6,
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        text in "[ =:;,{}\\\\\"'*.\\nXxCDN0-9S-]{0,200}",
    )| {
        let starts = [
            "dn: CN=a,DC=b\n",
            "dn,adminCount,memberOf\n",
            "DistinguishedName : x\nadminCount : 1\n",
            "= =\nx S-1-5-18\n",
            "Alias name  x\n----------------------------------------------------------------------\n",
            "a  *b\na  *b\na  b\na  b\na  b\na  b\na  b\n",
        ];
        let mut input = starts[start].as_bytes().to_vec();
        input.extend(text.as_bytes());
        let _ = read(&Arc::from("x"), &input);
        input.extend(&bytes);
        let _ = read(&Arc::from("x"), &input);
    });
}

fn sample(name: &str) -> Option<DirectoryObjects> {
    let path = format!(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/samples/text/{}"), name);
    let Ok(bytes) = std::fs::read(path) else {
        eprintln!("skipped: {name} is not here");
        return None;
    };
    assert!(looks_like_directory_objects(&bytes), "{name}");
    let (objects, gaps) = read(&Arc::from(name), &bytes);
    assert_eq!(gaps, [], "{name}");
    objects
}

#[test]
fn real_get_aduser() {
    let Some(read) = sample("get-aduser_SQLService_adminCount_en.txt") else { return };
    let [user] = read.objects.as_slice() else { panic!("{read:?}") };
    assert_eq!((read.format, user.line), (DirectoryFormat::PropertyList, 4));
    assert_eq!(user.dn(), Some("CN=SQL Service,CN=Users,DC=CONTROLLER,DC=local"));
    assert_eq!((user.text("adminCount"), user.text("samaccountname")), (Some("1"), Some("SQLService")));
    assert_eq!(user.sid().unwrap().domain_and_rid().unwrap().1, 1107);
    assert_eq!(user.guid().as_deref(), Some("1c3f20d7-c383-466a-9a67-92a774650cb8"));
    let (groups, complete) = user.member_of().unwrap();
    assert!(!complete);
    let names: Vec<&str> = groups.iter().filter_map(|dn| dn.split(',').next()).collect();
    assert_eq!(
        names,
        ["CN=Group Policy Creator Owners", "CN=Domain Admins", "CN=Enterprise Admins", "CN=Schema Admins"]
    );
    assert!(groups.iter().all(|dn| dn.ends_with(",OU=Groups,DC=CONTROLLER,DC=local")));
    let descriptor = user.attribute("nTSecurityDescriptor").unwrap();
    assert_eq!((descriptor.values.len(), descriptor.complete), (0, false));
    assert_eq!(
        (user.text("primaryGroupID"), user.text("CannotChangePassword")),
        (Some("513"), Some("False"))
    );
}

#[test]
fn real_ldapsearch() {
    let Some(read) = sample("ldapsearch_AD_users_megabank.ldif") else { return };
    let [user] = read.objects.as_slice() else { panic!("{read:?}") };
    assert_eq!((read.format, user.line), (DirectoryFormat::Ldif, 2));
    assert_eq!(user.dn(), Some("CN=Ray O'Leary,OU=Toronto,OU=MegaBank Users,DC=MEGABANK,DC=LOCAL"));
    // Bytes 73 03 5a 17 | 93 68 ae 32 | f4 69 8d d4 | 36 0a 00 00, little-endian.
    assert_eq!(user.sid().unwrap().as_str(), "S-1-5-21-391775091-850290835-3566037492-2614");
    // dc 31 5b e2 | 24 ea | 0e 4a | 8b 21 21 bd d9 53 6b 1f
    assert_eq!(user.guid().as_deref(), Some("e25b31dc-ea24-4a0e-8b21-21bdd9536b1f"));
    assert_eq!(user.consistency_guid(), user.guid());
    assert_eq!(user.member_of(), Some((vec!["CN=HelpDesk,OU=Groups,DC=MEGABANK,DC=LOCAL"], true)));
    assert!(user.attribute("adminCount").is_none());
}

#[test]
fn real_net_user() {
    if let Some(read) = sample("net_user_en_domain_admin_truncated_groups.txt") {
        let [user] = read.objects.as_slice() else { panic!("{read:?}") };
        assert_eq!(
            (read.format, user.text("sAMAccountName")),
            (DirectoryFormat::NetUser, Some("jules.cesar"))
        );
        let (groups, complete) = user.member_of().unwrap();
        assert!(!complete);
        assert_eq!(
            groups,
            [
                "Administrators",
                "Domain Users",
                "Domain Admins",
                "Group Policy Creator",
                "Schema Admins",
                "Enterprise Admins"
            ]
        );
    }
    if let Some(read) = sample("net_user_de_oem850_mojibake.txt") {
        let [user] = read.objects.as_slice() else { panic!("{read:?}") };
        assert_eq!(
            (read.format, user.text("sAMAccountName"), user.line),
            (DirectoryFormat::NetUser, None, 15)
        );
        assert_eq!(user.member_of(), Some((vec!["Benutzer", "Remotedesktopbenutzer", "Kein"], false)));
    }
}

#[test]
fn real_whoami() {
    let Some(read) = sample("whoami_all_en_2008.txt") else { return };
    let [user] = read.objects.as_slice() else { panic!("{read:?}") };
    assert_eq!((read.format, user.text("name")), (DirectoryFormat::WhoAmI, Some("lab\\johndoe")));
    assert_eq!(user.sid().unwrap().domain_and_rid().unwrap().1, 1001);
    let (sids, complete) = user.token_groups().unwrap();
    assert!(complete);
    // Nine rows, one of them the integrity level; the groups for deny only are kept.
    assert_eq!(sids.len(), 8);
    assert!(sids.iter().any(|sid| sid.as_str() == "S-1-5-32-544"));
    assert_eq!(user.member_of().unwrap().0[3], "BUILTIN\\Pre-Windows 2000 Compatible Access");
}

#[test]
fn other_samples_are_not_taken() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/samples");
    let Ok(folders) = std::fs::read_dir(folder) else {
        eprintln!("skipped: the samples are not here");
        return;
    };
    let mine = ["get-aduser", "ldapsearch", "net_user", "whoami"];
    for file in
        folders.flatten().filter_map(|folder| std::fs::read_dir(folder.path()).ok()).flatten().flatten()
    {
        let name = file.file_name().to_string_lossy().into_owned();
        let mut bytes = std::fs::read(file.path()).unwrap();
        bytes.truncate(64 << 10);
        assert_eq!(
            looks_like_directory_objects(&bytes),
            mine.iter().any(|start| name.starts_with(start)),
            "{name}"
        );
    }
}
