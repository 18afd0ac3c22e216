//! Exports as a whole, one quirk in each.

mod console;
mod samples;

use super::*;

const HEADER: &str = "Windows Registry Editor Version 5.00\r\n\r\n";
const LSA: &str = "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa]\r\n";

fn wanted() -> Wanted {
    let registry_keys = vec![r"Control\Lsa".to_owned(), r"Control\ComputerName\ComputerName".to_owned()];
    Wanted { registry_keys, ..Wanted::default() }
}

fn read_bytes(bytes: &[u8]) -> (RegistryExport, Vec<Gap>) {
    let (export, gaps) = read(&"a.reg".into(), bytes, &wanted());
    (export.unwrap(), gaps)
}

/// An export of the one key Lsa with these lines in it.
fn lsa(lines: &str) -> (RegistryExport, Vec<Gap>) {
    read_bytes(format!("{HEADER}{LSA}{lines}").as_bytes())
}

/// The values of an export that has no gap.
fn values(lines: &str) -> Vec<(String, RegistryData, u64)> {
    let (export, gaps) = lsa(lines);
    assert_eq!(gaps, []);
    let values = export.keys.into_iter().flat_map(|key| key.values);
    values
        .map(|value| match value.place {
            Place::Line(line) => (value.name, value.data, line),
            place => panic!("{place}"),
        })
        .collect()
}

/// The data of the only value.
fn only(lines: &str) -> RegistryData {
    let values = values(lines);
    assert_eq!(values.len(), 1, "{values:?}");
    values.into_iter().next().unwrap().1
}

/// The data of the only value, and the only gap.
fn broken(lines: &str) -> (RegistryData, Place, String) {
    let (export, gaps) = lsa(lines);
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    let gap = gaps.into_iter().next().unwrap();
    (export.keys[0].values[0].data.clone(), gap.place.clone(), gap.said())
}

fn string(text: &str) -> RegistryData {
    RegistryData::String(text.to_owned())
}

#[test]
fn a_security_descriptor_is_a_plain_string() {
    assert_eq!(
        values(
            "\"RestrictRemoteSAM\"=\"O:BAG:BAD:(A;;RC;;;BA)\"\r\n\"LimitBlankPasswordUse\"=dword:00000001\r\n\r\n"
        ),
        [
            ("RestrictRemoteSAM".to_owned(), string("O:BAG:BAD:(A;;RC;;;BA)"), 4),
            ("LimitBlankPasswordUse".to_owned(), RegistryData::Dword(1), 5),
        ]
    );
}

#[test]
fn absent_empty_malformed_and_not_exported_differ() {
    let data = |text: &str| {
        let (export, _) = read_bytes(text.as_bytes());
        export.keys.first().map(|key| key.values.first().map(|value| value.data.clone()))
    };
    let in_lsa = |lines: &str| data(&format!("{HEADER}{LSA}{lines}"));
    assert_eq!(data(&format!("{HEADER}[HKEY_LOCAL_MACHINE\\SYSTEM]\r\n")), None);
    assert_eq!(in_lsa(""), Some(None));
    assert_eq!(in_lsa("\"RestrictRemoteSam\"=\"\"\r\n"), Some(Some(string(""))));
    assert_eq!(in_lsa("\"RestrictRemoteSam\"=O:BA\r\n"), Some(Some(RegistryData::Unreadable("O:BA".into()))));
}

#[test]
fn strings_have_escapes_and_go_on_over_lines() {
    assert_eq!(only("\"a\"=\"C:\\\\x \\\"q\\\"\"\r\n"), string("C:\\x \"q\""));
    assert_eq!(
        values("\"a\"=\"one\r\n[HKEY_LOCAL_MACHINE\\X]\r\ntwo\"\r\n\"b\"=\"c\"\r\n"),
        [
            ("a".to_owned(), string("one\r\n[HKEY_LOCAL_MACHINE\\X]\r\ntwo"), 4),
            ("b".to_owned(), string("c"), 7),
        ]
    );
}

#[test]
fn bytes_go_on_behind_backslashes() {
    let data = RegistryData::Binary(vec![1, 2, 3, 0xAB]);
    for lines in [
        "\"a\"=hex:01,02,\\\r\n  03,ab\r\n",
        "\"a\"=hex:01,02,\\  \r\n\t03,\\\r\n; note\r\n\r\nAB\r\n",
        "\"a\"=hex:01,\\;note\n02,03,AB\n",
    ] {
        assert_eq!(only(lines), data, "{lines}");
    }
}

#[test]
fn typed_bytes_are_read_by_their_type() {
    assert_eq!(only("\"a\"=hex(1):4f,00,3a,00,00,00\r\n"), string("O:"));
    assert_eq!(only("\"a\"=hex(2):25,00,00,00\r\n"), RegistryData::ExpandString("%".into()));
    assert_eq!(only("\"a\"=hex(4):01,00,00,00\r\n"), RegistryData::Dword(1));
    assert_eq!(
        only("\"a\"=hex(7):61,00,00,00,62,00,00,00,00,00\r\n"),
        RegistryData::MultiString(vec!["a".into(), "b".into()])
    );
    assert_eq!(only("\"a\"=hex(b):01,00,00,00,00,00,00,00\r\n"), RegistryData::Qword(1));
    assert_eq!(only("\"a\"=hex(0):\r\n"), RegistryData::Other { kind: 0, bytes: vec![] });
}

#[test]
fn case_spaces_comments_and_line_ends_are_free() {
    assert_eq!(
        values("; note\n\n  \"a\"  =  DWORD:0000000A ; ten\n;\"b\"=dword:1\n@=\"default\"\n\"a\"=-\n"),
        [
            ("a".to_owned(), RegistryData::Dword(10), 6),
            (String::new(), string("default"), 8),
            ("a".to_owned(), RegistryData::Deleted, 9),
        ]
    );
}

#[test]
fn keys_are_found_below_any_control_set() {
    let text = "REGEDIT4\n\n[hklm\\system\\ControlSet004\\control\\LSA]\n\"a\"=dword:1\n\
                [HKEY_LOCAL_MACHINE\\OFFLINE\\ControlSet001\\Control\\Lsa]\n\
                [-HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa]\n\
                [HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\Kerberos]\n\"b\"=dword:2\n\
                [HKEY_LOCAL_MACHINE\\SOFTWARE\\[x]]\n";
    let (export, gaps) = read_bytes(text.as_bytes());
    assert_eq!(gaps, []);
    assert_eq!((export.format, export.keys_in_file), (ExportFormat::Regedit4, 5));
    let keys: Vec<_> = export
        .keys
        .iter()
        .map(|key| {
            let key_at = key.place.clone();
            (key.control_set.as_str(), key.wanted.as_str(), key.deleted, key_at, key.values.len())
        })
        .collect();
    assert_eq!(
        keys,
        [
            ("ControlSet004", r"Control\Lsa", false, Place::Line(3), 1),
            ("ControlSet001", r"Control\Lsa", false, Place::Line(5), 0),
            ("CurrentControlSet", r"Control\Lsa", true, Place::Line(6), 0),
        ]
    );
}

#[test]
fn every_encoding_is_read() {
    let text = format!("{HEADER}{LSA}\"名前\"=\"値\"\r\n\r\n");
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let marked = [&[0xFF, 0xFE], little.as_slice()].concat();
    let utf8 = [&[0xEF, 0xBB, 0xBF], text.as_bytes()].concat();
    for bytes in [little, big, marked, utf8, text.into_bytes()] {
        assert!(looks_like_registry_export(&bytes));
        let (export, gaps) = read_bytes(&bytes);
        assert_eq!(gaps, []);
        assert_eq!(
            export.keys[0].values[0],
            RegistryValue { name: "名前".into(), data: string("値"), place: Place::Line(4) }
        );
    }
}

#[test]
fn regedit4_is_in_the_code_page() {
    let text = "REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa]\r\n\
                \"説明\"=\"これはイベントログの設定です\"\r\n\"b\"=hex(2):93,fa,96,7b,00\r\n";
    let (bytes, _, _) = encoding_rs::SHIFT_JIS.encode(text);
    let (export, gaps) = read_bytes(&bytes);
    assert_eq!(gaps, []);
    let data: Vec<_> = export.keys[0].values.iter().map(|value| value.data.clone()).collect();
    assert_eq!(data, [string("これはイベントログの設定です"), RegistryData::ExpandString("日本".into())]);
}

#[test]
fn data_outside_the_format_is_unreadable_with_its_line() {
    for data in ["dword:xyz", "1", "hex(1):4f,00,3a", "hex:0g", "\"a\" b\"", ""] {
        let (read, place, reason) = broken(&format!("\"a\"={data}\r\n"));
        assert_eq!((read, place), (RegistryData::Unreadable(data.into()), Place::Line(4)), "{data}");
        assert!(reason.contains("does not follow the format"), "{reason}");
    }
}

#[test]
fn a_missing_quote_loses_its_value_only() {
    let (export, gaps) = lsa("\"a\"=\"O:BA\r\n\"b\"=dword:00000002\r\n");
    let values = &export.keys[0].values;
    assert_eq!(values[0].data, RegistryData::Unreadable("\"O:BA".into()));
    assert_eq!((values[1].name.as_str(), &values[1].data), ("b", &RegistryData::Dword(2)));
    assert_eq!(gaps.len(), 1);
}

#[test]
fn bytes_that_stop_at_another_line_lose_their_value_only() {
    let (export, gaps) = lsa("\"a\"=hex:01,\\\r\n\"b\"=dword:00000002\r\n");
    assert_eq!(export.keys[0].values[0].data, RegistryData::Unreadable("hex:01,\\".into()));
    assert_eq!(export.keys[0].values[1].data, RegistryData::Dword(2));
    assert_eq!(gaps.len(), 1);
}

#[test]
fn a_file_that_is_cut_says_so() {
    for end in [
        "\"a\"=\"O:BA",
        "\"a\"=\"O:BA\r\n",
        "\"a\"=hex:01,\\",
        "\"a\"=hex:01,",
        "\"a\"=hex:01,0",
        "\"a\"=dword:00",
    ] {
        let (export, gaps) = lsa(end);
        let value = &export.keys[0].values[0];
        assert!(matches!(value.data, RegistryData::Unreadable(_)), "{end}: {value:?}");
        assert!(gaps.iter().any(|gap| gap.said().contains("ends in the middle")), "{end}: {gaps:?}");
    }
    for end in ["\"Restr", "\"Restr\"", "[HKEY_LOCAL"] {
        let (export, gaps) = lsa(end);
        assert_eq!(export.keys[0].values, []);
        assert!(gaps[0].said().contains("ends in the middle"), "{end}: {gaps:?}");
    }
}

#[test]
fn an_export_without_its_last_line_end_may_be_cut() {
    let utf16 = |text: String| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let cut = format!("{HEADER}{LSA}\"a\"=dword:00000001");
    for bytes in [utf16(cut.clone()), cut.clone().into_bytes()] {
        let (export, gaps) = read_bytes(&bytes);
        assert_eq!(export.keys[0].values.len(), 1);
        assert!(gaps.len() == 1 && gaps[0].said().contains("may have been cut short"), "{gaps:?}");
    }
    for end in ["\r\n", "\r\n\r\n", "\n"] {
        let (_, gaps) = read_bytes(&utf16(format!("{cut}{end}")));
        assert_eq!(gaps, [], "{end:?}");
    }
}

#[test]
fn lines_that_follow_no_rule_are_one_gap() {
    let (export, gaps) = lsa("rubbish\r\n\"a\"=dword:00000001\r\nmore\r\n");
    assert_eq!(export.keys[0].values.len(), 1);
    assert_eq!(gaps.len(), 1);
    assert_eq!(gaps[0].place, Place::Line(4));
    assert!(gaps[0].said().starts_with("2 lines"), "{}", gaps[0].said());
}

#[test]
fn values_below_an_unreadable_or_deleted_key_belong_to_no_key() {
    let (export, gaps) = lsa("[HKEY_LOCAL_MACHINE\\X\r\n\"a\"=dword:00000001\r\n");
    assert_eq!(export.keys[0].values, []);
    assert!(gaps.len() == 1 && gaps[0].said().starts_with("2 lines"), "{gaps:?}");
    let deleted = LSA.replace('[', "[-");
    let (export, gaps) = lsa(&format!("{deleted}\"a\"=dword:00000001\r\n"));
    assert!(export.keys[1].deleted && export.keys[1].values.is_empty());
    assert_eq!(gaps[0].place, Place::Line(5));
}

#[test]
fn other_files_are_not_exports() {
    for bytes in [&b""[..], b"REGEDIT", b"Windows Registry Editor", b"\xFF\xFE", b"[HKEY_LOCAL_MACHINE]"] {
        assert!(!looks_like_registry_export(bytes), "{bytes:?}");
        let (export, gaps) = read(&"a.reg".into(), bytes, &wanted());
        assert!(export.is_none() && gaps.len() == 1);
    }
}

#[test]
fn many_unreadable_values_give_a_bounded_number_of_gaps() {
    let (export, gaps) = lsa(&"\"a\"=\"\r\n".repeat(20_000));
    // All of one name: seven, and the last.
    let values = &export.keys[0].values;
    assert_eq!((values.len(), &values[7].place), (8, &Place::Line(20_003)));
    assert!(gaps.len() < 60, "{}", gaps.len());
}

/// An export of Lsa, of which one value is asked for.
fn one_of(lines: &str) -> (RegistryExport, Vec<Gap>) {
    let wanted = Wanted { registry_values: vec!["RestrictRemoteSam".to_owned()], ..wanted() };
    let (export, gaps) = read(&"a.reg".into(), format!("{HEADER}{LSA}{lines}").as_bytes(), &wanted);
    (export.unwrap(), gaps)
}

#[test]
fn only_values_that_are_asked_for_are_kept() {
    let (export, gaps) = one_of("\"a\"=dword:00000001\r\n\"restrictremotesam\"=\"O:BA\"\r\n\"b\"=\"c\"\r\n");
    let key = &export.keys[0];
    let value =
        RegistryValue { name: "restrictremotesam".into(), data: string("O:BA"), place: Place::Line(5) };
    assert_eq!((key.values.as_slice(), key.complete, gaps.len()), (&[value][..], true, 0));
}

#[test]
fn damage_of_other_values_is_not_forgotten() {
    let (export, gaps) = one_of(&"\"a\"=\"\r\n".repeat(1_000));
    assert_eq!(export.keys[0].values.len(), 20);
    assert!(export.keys[0].values.iter().all(|value| matches!(value.data, RegistryData::Unreadable(_))));
    // Fifty of them, their number, and the last one, behind which no quote closes.
    assert_eq!(gaps.len(), 52);
}

#[test]
fn a_file_with_a_key_a_thousand_times_is_not_used() {
    let key = format!("{LSA}\"RestrictRemoteSam\"=\"O:BA\"\r\n");
    // One more key stands at the start of the file.
    let (export, gaps) = one_of(&key.repeat(999));
    assert_eq!((export.keys.len(), gaps.len()), (1_000, 0));
    let (export, gaps) = one_of(&key.repeat(5_000));
    assert_eq!((export.keys, gaps.len()), (vec![], 1));
    assert_eq!(gaps[0].place, Place::Line(4 + 2 * 999));
    assert_eq!(export.keys_in_file, 5_001);
}

/// Keys counted by hand in each file.
#[test]
fn real_exports_are_read() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/samples/registry/");
    for (name, keys) in [
        ("clong_DetectionLab__TaskManager.reg", 1),
        ("jebr__folder_settings.reg", 3),
        ("js1016__fiddler-per-machine.reg", 3),
        ("velociraptor__init.reg", 9),
    ] {
        let Ok(bytes) = std::fs::read(format!("{folder}{name}")) else {
            eprintln!("skipped: {name} is not here");
            continue;
        };
        let (export, gaps) = read_bytes(&bytes);
        assert_eq!(export.keys_in_file, keys, "{name}");
        assert_eq!(gaps, [], "{name}");
    }
}

#[test]
fn damage_anywhere_is_survived() {
    let text = format!(
        "{HEADER}{LSA}\"a\"=\"x\\\"y\r\nz\"\r\n@=hex(7):61,00,\\\r\n  00,00\r\n\"b\"=dword:00000001\r\n; c\r\n\r\n"
    );
    let mut random = 1u32;
    let mut next = |below: usize| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 8) as usize % below
    };
    for _ in 0..20_000 {
        let mut bytes = text.clone().into_bytes();
        for _ in 0..3 {
            let at = next(bytes.len());
            bytes[at] = b"\"\\\r\n[];@=,-\0\xE9a"[next(14)];
        }
        bytes.truncate(next(2 * text.len()));
        let (export, gaps) = read(&"a.reg".into(), &bytes, &wanted());
        assert!(export.is_some() || !gaps.is_empty());
        let unreadable = |value: &RegistryValue| matches!(value.data, RegistryData::Unreadable(_));
        if export.is_some_and(|export| export.keys.iter().flat_map(|key| &key.values).any(unreadable)) {
            assert!(!gaps.is_empty());
        }
    }
}
