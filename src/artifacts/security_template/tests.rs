//! Synthetic templates with one quirk each. Expected values are worked out by hand.

use super::*;

const SAM: &str = r"MACHINE\System\CurrentControlSet\Control\Lsa\RestrictRemoteSAM";

/// What an export always has, with more lines of registry values.
fn export(values: &str) -> String {
    let audit: String = [
        "SystemEvents",
        "LogonEvents",
        "ObjectAccess",
        "PrivilegeUse",
        "PolicyChange",
        "AccountManage",
        "ProcessTracking",
        "DSAccess",
        "AccountLogon",
    ]
    .map(|category| format!("Audit{category} = 0\r\n"))
    .concat();
    format!(
        "[Unicode]\r\nUnicode=yes\r\n[System Access]\r\nMinimumPasswordAge = 1\r\n\
         RequireLogonToChangePassword = 0\r\nForceLogoffWhenHourExpire = 0\r\n\
         NewAdministratorName = \"Root\"\r\nNewGuestName = \"Guest\"\r\n[Event Audit]\r\n{audit}\
         [Registry Values]\r\n\
         MACHINE\\Software\\Microsoft\\Windows NT\\CurrentVersion\\Setup\\RecoveryConsole\\SecurityLevel=4,0\r\n\
         MACHINE\\Software\\Microsoft\\Windows NT\\CurrentVersion\\Setup\\RecoveryConsole\\SetCommand=4,0\r\n\
         {values}[Privilege Rights]\r\nSeBackupPrivilege = *S-1-5-32-544,Backup Operators\r\n\
         [Version]\r\nsignature=\"$CHICAGO$\"\r\nRevision=1\r\n"
    )
}

fn sam(data: &str) -> String {
    format!("{SAM}={data}\r\n")
}

fn read_bytes(bytes: &[u8]) -> (SecurityTemplate, Vec<Gap>) {
    assert!(looks_like_security_template(bytes));
    let (template, gaps) = read(&BundlePath::from("secpol.inf"), bytes);
    (template.expect("a template"), gaps)
}

fn kind_of(text: &str) -> TemplateKind {
    read_bytes(text.as_bytes()).0.kind
}

#[test]
fn an_export_says_what_is_not_there() {
    let (template, gaps) = read_bytes(export("").as_bytes());
    assert_eq!((template.kind, gaps), (TemplateKind::ExportOfMachine, Vec::new()));
    assert_eq!(template.value(SAM), None);
    let right = TemplatePrivilege {
        name: "SeBackupPrivilege".into(),
        members: vec!["S-1-5-32-544".into(), "Backup Operators".into()],
        line: 23,
    };
    assert_eq!(template.privileges, [right]);
    let name = &template.system_access[3];
    assert_eq!((name.name.as_str(), name.value.as_str(), name.line), ("NewAdministratorName", "Root", 7));
}

#[test]
fn encodings_and_line_ends_do_not_count() {
    let text = export(&sam("1,\"O:BAG:BAD:(A;;RC;;;BA)\""));
    let marked = format!("\u{FEFF}{text}");
    let utf16: Vec<u8> = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [utf16, marked.into_bytes(), text.replace('\r', "").into_bytes()] {
        let (template, gaps) = read_bytes(&bytes);
        assert_eq!((template.kind, gaps), (TemplateKind::ExportOfMachine, Vec::new()));
        let value = template.value(SAM).expect("the value");
        let expected = (Some(1), "O:BAG:BAD:(A;;RC;;;BA)", 22);
        assert_eq!((value.kind, value.data.as_str(), value.line), expected);
    }
}

#[test]
fn quotes_may_be_missing_and_data_may_be_empty() {
    for (written, kind, data) in [
        ("1,O:BAG:BAD:(A;;RC;;;BA)", Some(1), "O:BAG:BAD:(A;;RC;;;BA)"),
        ("1, \"O:BAG:BAD:(A;;RC;;;BA)\"", Some(1), "O:BAG:BAD:(A;;RC;;;BA)"),
        ("1,\"\"", Some(1), ""),
        ("7,a,b", Some(7), "a,b"),
        ("1,\"half", Some(1), "\"half"),
        ("", None, ""),
    ] {
        let (template, gaps) = read_bytes(export(&sam(written)).as_bytes());
        let value = template.value(&SAM.to_lowercase()).expect("the value");
        assert_eq!((value.kind, value.data.as_str(), gaps.len()), (kind, data, 0), "{written}");
    }
}

#[test]
fn of_duplicates_the_last_counts() {
    let twice = sam("1,\"O:BAG:BAD:(A;;RC;;;WD)\"") + &sam("1,\"O:BAG:BAD:(A;;RC;;;BA)\"");
    let template = read_bytes(export(&twice).as_bytes()).0;
    assert_eq!(template.values.len(), 4);
    assert_eq!(template.value(SAM).map(|value| value.line), Some(23));
}

#[test]
fn other_values_of_the_key_are_other_values() {
    let template = read_bytes(export(&format!("{SAM}AuditOnlyMode=4,1\r\n")).as_bytes()).0;
    assert_eq!(template.value(SAM), None);
}

#[test]
fn a_part_of_what_exports_hold_is_no_export() {
    let whole = export("");
    for part in [
        "RequireLogonToChangePassword = 0\r\n",
        "AuditDSAccess = 0\r\n",
        "MACHINE\\Software\\Microsoft\\Windows NT\\CurrentVersion\\Setup\\RecoveryConsole\\SetCommand=4,0\r\n",
    ] {
        assert_eq!(kind_of(&whole.replace(part, "")), TemplateKind::OfGpo, "{part}");
    }
    assert_eq!(kind_of(&whole.replace("[Event Audit]", "[Other]")), TemplateKind::OfGpo);
    let nobody = whole.replace("[Version]", "SeTcbPrivilege =\r\n[Version]");
    assert_eq!(kind_of(&nobody), TemplateKind::OfGpo);
    let described = whole.replace("[Unicode]", "[Profile Description]\r\nDescription=x\r\n[Unicode]");
    assert_eq!(kind_of(&described), TemplateKind::OfGpo);
}

#[test]
fn what_cannot_be_told_is_unknown() {
    let rights = "[Unicode]\r\nUnicode=yes\r\n[Privilege Rights]\r\nSeBackupPrivilege = *S-1-5-32-544\r\n\
                  [Version]\r\nsignature=\"$CHICAGO$\"\r\nRevision=1\r\n";
    assert_eq!(kind_of(rights), TemplateKind::Unknown);
    // Registry values come last, so nothing shows that they are all there.
    let (before, values) = export("")
        .split_once("[Registry Values]")
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .expect("a section");
    let (values, after) = values.split_once("[Privilege Rights]").expect("a section");
    let last = format!("{before}[Privilege Rights]{after}[Registry Values]{values}");
    assert_eq!(kind_of(&last), TemplateKind::Unknown);
    assert_eq!(kind_of(&(export("") + &export(""))), TemplateKind::Unknown);
}

#[test]
fn a_cut_export_never_says_what_is_not_there() {
    let whole = export(&sam("1,\"O:BAG:BAD:(A;;RC;;;BA)\""));
    for end in (40..whole.len()).filter(|&end| looks_like_security_template(&whole.as_bytes()[..end])) {
        let (template, gaps) = read_bytes(&whole.as_bytes()[..end]);
        let has_value = template.value(SAM).is_some_and(|value| value.data == "O:BAG:BAD:(A;;RC;;;BA)");
        assert!(template.kind == TemplateKind::Unknown || has_value, "cut at {end}");
        assert!(!gaps.is_empty() || has_value, "cut at {end}");
    }
}

#[test]
fn damage_is_named_and_makes_the_kind_unknown() {
    let (template, gaps) = read_bytes(export(&sam("no type")).as_bytes());
    assert_eq!(template.kind, TemplateKind::Unknown);
    assert_eq!(gaps.iter().map(|gap| &gap.place).collect::<Vec<_>>(), [&Place::Line(22)]);
    let (template, gaps) = read_bytes(export("").replace("Root", "R\0ot").as_bytes());
    assert_eq!((template.kind, gaps.len()), (TemplateKind::Unknown, 1));
}

#[test]
fn drivers_and_settings_of_programs_are_no_templates() {
    for text in [
        "[Version]\r\nSignature=\"$CHICAGO$\"\r\nClass=Net\r\n[Manufacturer]\r\n",
        "[Registry]\r\na=1\r\n",
        "text\r\n[Registry Values]\r\n",
        "[.ShellClassInfo]\r\nIconResource=a\r\n",
        "",
    ] {
        assert!(!looks_like_security_template(text.as_bytes()), "{text}");
    }
}
