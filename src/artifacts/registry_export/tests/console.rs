//! Console text as a whole, one quirk in each.

use super::*;

const KEY: &str = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Lsa";
const SDDL: &str = "O:BAG:BAD:(A;;RC;;;BA)";

fn wanted() -> Wanted {
    let registry_keys = vec![r"Control\Lsa".to_owned(), r"Control\ComputerName\ComputerName".to_owned()];
    Wanted { registry_keys, ..Wanted::default() }
}

fn read_text(text: &str) -> (RegistryExport, Vec<Gap>) {
    assert!(looks_like_registry_export(text.as_bytes()), "{text}");
    let (export, gaps) = read(&"lsa.txt".into(), text.as_bytes(), &wanted());
    (export.unwrap(), gaps)
}

/// Whether the keys are complete, and all values with their lines, of a text without a gap.
fn values(text: &str) -> (Vec<bool>, Vec<(String, RegistryData, Place)>) {
    let (export, gaps) = read_text(text);
    assert_eq!(gaps, [], "{text}");
    let complete = export.keys.iter().map(|key| key.complete).collect();
    let values = export.keys.into_iter().flat_map(|key| key.values);
    (complete, values.map(|value| (value.name, value.data, value.place)).collect())
}

fn sam(data: RegistryData, line: u64) -> Vec<(String, RegistryData, Place)> {
    vec![("RestrictRemoteSam".to_owned(), data, Place::Line(line))]
}

fn string(text: &str) -> RegistryData {
    RegistryData::String(text.to_owned())
}

#[test]
fn a_query_for_one_value_shows_no_other() {
    for (text, line) in [
        (format!("\r\n{KEY}\r\n    RestrictRemoteSam    REG_SZ    {SDDL}\r\n\r\n"), 3),
        (
            format!(
                "C:\\>reg query {KEY} /v RestrictRemoteSam\n\n{KEY}\n\tRestrictRemoteSam\tREG_SZ\t{SDDL}\n"
            ),
            4,
        ),
        (format!("STDOUT:\n\n    {KEY}\n        RestrictRemoteSam    REG_SZ    {SDDL}\n"), 4),
    ] {
        assert_eq!(values(&text), (vec![false], sam(string(SDDL), line)), "{text}");
    }
}

#[test]
fn a_query_for_a_key_shows_all_values() {
    let asked = format!("C:\\>reg query {KEY}\r\n\r\n");
    let shown =
        format!("{KEY}\r\n    Security Packages    REG_MULTI_SZ    a\\0b\r\n    x    REG_DWORD    0x1f\r\n");
    let all = |line: u64| {
        let packages = RegistryData::MultiString(vec!["a".into(), "b".into()]);
        vec![
            ("Security Packages".to_owned(), packages, Place::Line(line)),
            ("x".to_owned(), RegistryData::Dword(0x1F), Place::Line(line + 1)),
        ]
    };
    assert_eq!(values(&format!("{asked}{shown}\r\n")), (vec![true], all(4)));
    // The subkeys below show that the key was listed as a whole, unless a search found them.
    let subkeys = format!("\r\n{KEY}\\Kerberos\r\n{KEY}\\MSV1_0\r\n");
    assert_eq!(values(&format!("{shown}{subkeys}")), (vec![true], all(2)));
    assert_eq!(values(&format!("{shown}{subkeys}\r\nEnd of search: 3 match(es) found.\r\n")).0, [false]);
    // Neither a command line nor subkeys.
    assert_eq!(values(&format!("{shown}\r\n")).0, [false]);
    // Nothing behind the last value, so that there may have been more.
    assert_eq!(values(&format!("{asked}{shown}")).0, [false]);
}

#[test]
fn a_key_that_is_only_named_shows_nothing() {
    let control = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control";
    let text =
        format!("C:\\>reg query {control}\n\n{control}\n    a    REG_SZ    b\n\n{KEY}\n{control}\\Nls\n");
    assert_eq!(read_text(&text).0.keys, []);
}

#[test]
fn types_of_reg_query() {
    let text = format!(
        "{KEY}\n    a    REG_BINARY    0030AB\n    b    REG_QWORD    0x100000000\n    c REG_SZ d    REG_SZ    e f\n    \
         g    REG_SZ    \n    (Default)    REG_EXPAND_SZ    %x%\n    h    REG_NONE    \n\n"
    );
    let data: Vec<_> = values(&text).1.into_iter().map(|(name, data, _)| (name, data)).collect();
    assert_eq!(data.len(), 6);
    assert_eq!(data[0].1, RegistryData::Binary(vec![0, 0x30, 0xAB]));
    assert_eq!(data[1].1, RegistryData::Qword(1 << 32));
    assert_eq!(data[3], ("g".to_owned(), string("")));
    assert_eq!(data[4], (String::new(), RegistryData::ExpandString("%x%".into())));
    assert_eq!(data[5].1, RegistryData::Other { kind: 0, bytes: vec![] });
}

#[test]
fn a_line_that_the_console_broke_is_joined_and_another_is_not() {
    let sid = "S-1-5-21-1004336348-1177238915-682003330-1001";
    let long = format!("    RestrictRemoteSam    REG_SZ    O:BAG:BAD:(A;;RC;;;BA)(A;;RC;;;{sid})");
    let (first, second) = long.split_at(80);
    let joined = format!("O:BAG:BAD:(A;;RC;;;BA)(A;;RC;;;{sid})");
    assert_eq!(values(&format!("{KEY}\n{first}\n{second}\n\n")).1, sam(string(&joined), 2));
    let (first, second) = long.split_at(50);
    let (export, gaps) = read_text(&format!("{KEY}\n{first}\n{second}\n\n"));
    assert!(matches!(export.keys[0].values[0].data, RegistryData::Unreadable(_)));
    assert_eq!((gaps.len(), &gaps[0].place), (1, &Place::Line(2)));
}

#[test]
fn a_text_that_stops_inside_a_value_says_so() {
    let (_, gaps) = read_text(&format!("{KEY}\n    RestrictRemoteSam    REG_SZ    O:BAG:BAD:(A;;RC;;;BA)"));
    assert!(gaps.len() == 1 && gaps[0].said().contains("may have been cut short"), "{gaps:?}");
}

#[test]
fn a_value_that_was_not_found_is_absent_only_with_its_name() {
    let command = "C:\\>reg query \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa\" /v RestrictRemoteSam";
    for message in [
        "ERROR: The system was unable to find the specified registry key or value.",
        "エラー: 指定されたレジストリ キーまたは値が見つかりませんでした。",
        "FEHLER: Das System konnte den angegebenen Registrierungsschlüssel oder -wert nicht finden.",
    ] {
        let text = format!("{command}\r\n{message}\r\n\r\nC:\\>");
        assert_eq!(values(&text), (vec![false], sam(RegistryData::Absent, 2)), "{message}");
        assert!(!looks_like_registry_export(message.as_bytes()));
    }
    // Not allowed, and not found by another command.
    assert!(!looks_like_registry_export(format!("{command}\r\nERROR: Access is denied.\r\n").as_bytes()));
    let other = "C:\\>reg query HKLM\\X /v y\r\nERROR: The system was unable to find the specified registry key or value.";
    let text = format!("{command}\r\nERROR: Access is denied.\r\n{other}\r\n");
    assert_eq!(read_text(&text).0.keys, []);
}

#[test]
fn later_outputs_replace_earlier_ones() {
    let command = format!("C:\\>reg query {KEY}\n\n");
    let text = format!(
        "{command}{KEY}\n    RestrictRemoteSam    REG_SZ    {SDDL}\n\n{command}{KEY}\n    x    REG_DWORD    0x1\n\n"
    );
    let (complete, values) = values(&text);
    assert_eq!((complete, values.len(), values[0].0.as_str()), (vec![true], 1, "x"));
}

#[test]
fn a_command_that_changes_a_value_leaves_it_unknown() {
    let shown = format!("C:\\>reg query {KEY}\n\n{KEY}\n    RestrictRemoteSam    REG_SZ    {SDDL}\n\n");
    let (export, gaps) = read_text(&format!("{shown}C:\\>reg delete {KEY} /v restrictremotesam /f\nok\n"));
    assert!(
        matches!(&export.keys[0].values[..], [value] if matches!(value.data, RegistryData::Unreadable(_)))
    );
    assert_eq!((gaps.len(), &gaps[0].place), (1, &Place::Line(6)));
    let (export, gaps) =
        read_text(&format!("{shown}C:\\>reg add HKLM\\SOFTWARE\\Contoso /v RestrictRemoteSam\n"));
    assert_eq!(export.keys[0].values[0].data, string(SDDL));
    assert_eq!(gaps, []);
}

#[test]
fn remote_machines_are_named_and_not_mixed() {
    let shown = format!("{KEY}\n    RestrictRemoteSam    REG_SZ    {SDDL}\n\n");
    let remote = format!("C:\\>reg query \\\\dc01\\HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa\n\n{shown}");
    assert_eq!(read_text(&remote).0.computer.as_deref(), Some("dc01"));
    let prompt = format!("[dc02]: PS C:\\> reg query {KEY}\n\n{shown}");
    assert_eq!(read_text(&prompt).0.computer.as_deref(), Some("dc02"));
    assert_eq!(read_text(&shown).0.computer, None);
    let (export, gaps) = read_text(&format!("{shown}{remote}"));
    assert_eq!((export.keys.len(), gaps.len()), (0, 1));
    assert!(gaps[0].said().contains("more than one machine"));
}

const TRAILER: &str = "PSPath            : Microsoft.PowerShell.Core\\Registry::HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentContro\n                    \
                       lSet\\Control\\Lsa\nPSParentPath      : Microsoft.PowerShell.Core\\Registry::HKEY_LOCAL_MACHINE\\SYSTEM\n\
                       PSChildName       : Lsa\nPSDrive           : HKLM\nPSProvider        : Microsoft.PowerShell.Core\\Registry\n";

#[test]
fn a_list_names_its_key_and_broken_lines_are_joined() {
    let list = format!(
        "\nRestrictRemoteSam : O:BAG:BAD:(A;;RC;;;BA)(A;;RC;;;S-1-5-21-1004336348-11772\n                    \
         38915-682003330-1001)\n{TRAILER}\n"
    );
    let sddl = "O:BAG:BAD:(A;;RC;;;BA)(A;;RC;;;S-1-5-21-1004336348-1177238915-682003330-1001)";
    assert_eq!(values(&list), (vec![false], sam(string(sddl), 2)));
    assert_eq!(read_text(&list).0.format, ExportFormat::GetItemProperty);
    let utf16: Vec<u8> = list.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (export, gaps) = read(&"lsa.txt".into(), &[&[0xFF, 0xFE], utf16.as_slice()].concat(), &wanted());
    assert_eq!((export.unwrap().keys[0].values[0].data.clone(), gaps.len()), (string(sddl), 0));
}

#[test]
fn a_list_is_whole_if_nothing_was_selected() {
    let list = format!("\nLsaPid            : 820\nBounds            : {{0, 48, 0, 0...}}\n{TRAILER}\n");
    let path = r"HKLM:\SYSTEM\CurrentControlSet\Control\Lsa";
    let (complete, shown) = values(&format!("PS C:\\> Get-ItemProperty {path}\n{list}"));
    assert_eq!(complete, [true]);
    assert_eq!(shown[0], ("LsaPid".to_owned(), RegistryData::Dword(820), Place::Line(3)));
    assert_eq!(shown[1].1, RegistryData::Shown("{0, 48, 0, 0...}".into()));
    for command in ["-Name LsaPid,Bounds", "| Select-Object *", "LsaPid"] {
        let (complete, _) = values(&format!("PS C:\\> Get-ItemProperty {path} {command}\n{list}"));
        assert_eq!(complete, [false], "{command}");
    }
    // Without the command line only a list as long as no selection is.
    assert_eq!(values(&list).0, [false]);
    let names = ["a", "b", "c", "d", "e", "f", "g"].map(|name| format!("{name:17} : 0\n")).concat();
    assert_eq!(values(&format!("\n{names}{}", list.trim_start())).0, [true]);
}

#[test]
fn numbers_are_signed_and_text_is_text() {
    let list = format!(
        "\na                 : -1\nb                 : 4294967296\nc                 : \nd                 : +1\n{TRAILER}\n"
    );
    let data: Vec<_> = values(&list).1.into_iter().map(|(_, data, _)| data).collect();
    let expected = [RegistryData::Dword(u32::MAX), RegistryData::Qword(1 << 32), string(""), string("+1")];
    assert_eq!(data, expected);
}

#[test]
fn other_objects_of_the_registry_are_no_values() {
    let acl =
        format!("\n{TRAILER}Owner             : BUILTIN\\Administrators\nSddl              : O:SYG:SY\n\n");
    assert_eq!(read_text(&acl).0.keys, []);
}

#[test]
fn an_error_of_windows_powershell_is_absence_in_every_language() {
    for (text, path) in [
        ("Get-ItemProperty : Property RestrictRemoteSam does not exist at path ", "."),
        ("Get-ItemProperty : プロパティ RestrictRemoteSam はパス ", " に存在しません。"),
    ] {
        let id = "System.Management.Automation.PSArgumentException,Microsoft.PowerShell.Commands.GetItemPropertyCommand";
        let (key, rest) = KEY.split_at(40);
        let error = format!(
            "{text}{key}\n{rest}{path}\nAt line:1 char:1\n+ Get-ItemProperty HKLM:\\SYSTEM\\CurrentControlSet\\Con ...\n\
             + ~~~~~~~~~\n    + CategoryInfo          : InvalidArgument: (RestrictRemoteSam:String) [Get-ItemProp\n   \
             erty], PSArgumentException\n    + FullyQualifiedErrorId : {id}\n \n"
        );
        let (complete, found) = values(&error);
        assert_eq!((complete, found), (vec![false], sam(RegistryData::Absent, 6)), "{text}");
        let denied = error.replace("PSArgumentException", "SecurityException");
        let (export, _) = read(&"lsa.txt".into(), denied.as_bytes(), &wanted());
        assert!(export.is_none_or(|export| export.keys.is_empty()));
    }
}

#[test]
fn an_error_of_powershell_7_is_absence() {
    let text = format!(
        "PS C:\\> Get-ItemProperty HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Lsa -Name RestrictRemoteSam\n\
         Get-ItemProperty: Property RestrictRemoteSam does not exist at path {KEY}.\nPS C:\\> \n"
    );
    let (export, gaps) = read(&"lsa.txt".into(), text.as_bytes(), &wanted());
    assert_eq!(gaps, []);
    let values: Vec<_> = export.unwrap().keys.into_iter().flat_map(|key| key.values).collect();
    assert_eq!(values.len(), 1);
    assert_eq!((values[0].name.as_str(), &values[0].data), ("RestrictRemoteSam", &RegistryData::Absent));
    // The path of a subkey is another key.
    let other = text.replace("Lsa.\n", "Lsa\\Kerberos.\n");
    let (export, _) = read(&"lsa.txt".into(), other.as_bytes(), &wanted());
    assert!(export.is_none_or(|export| export.keys.is_empty()));
}

#[test]
fn scripts_and_prose_are_not_output() {
    for text in [
        "reg query HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa /v RestrictRemoteSam",
        "Get-ItemProperty -Path HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Lsa",
        "The value is a REG_SZ below HKEY_LOCAL_MACHINE.",
        "",
    ] {
        assert!(!looks_like_registry_export(text.as_bytes()), "{text}");
    }
}

#[test]
fn damage_anywhere_is_survived() {
    let text = format!(
        "C:\\>reg query {KEY}\n\n{KEY}\n    RestrictRemoteSam    REG_SZ    {SDDL}\n\n{KEY}\\X\n\nC:\\>\n\
         \nRestrictRemoteSam : {SDDL}\n{TRAILER}\n"
    );
    let mut random = 1u32;
    let mut next = |below: usize| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 8) as usize % below
    };
    for _ in 0..5_000 {
        let mut bytes = text.clone().into_bytes();
        for _ in 0..4 {
            let at = next(bytes.len());
            bytes[at] = b"\n :\\/>\0\xE9{|\"[H"[next(12)];
        }
        bytes.truncate(next(2 * text.len()));
        let (export, gaps) = read(&"lsa.txt".into(), &bytes, &wanted());
        assert!(export.is_some() || !gaps.is_empty());
    }
}
