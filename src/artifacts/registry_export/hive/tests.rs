//! Hives as a whole, made with another author's writer.

use regf::{HiveBuilder, KeyTreeNode};

use super::super::{RegistryData, RegistryValue};
use super::*;

const SDDL: &str = "O:BAG:BAD:(A;;RC;;;BA)";
const WANTED: [&str; 3] = [r"Control\Lsa", r"Control\ComputerName\ComputerName", r"Control\ProductOptions"];

fn read_hive(bytes: &[u8]) -> (RegistryExport, Vec<Gap>) {
    read(&"SYSTEM".into(), HiveBytes::Held(bytes), Selection { keys: &WANTED.map(str::to_owned), names: &[] })
}

/// A machine whose second control set is current.
fn system() -> HiveBuilder {
    let mut hive = HiveBuilder::new_with_name("ROOT").unwrap();
    for (set, sddl) in [("ControlSet001", "O:BA"), ("ControlSet002", SDDL)] {
        let lsa = format!(r"{set}\Control\Lsa");
        hive.create_key(&lsa).unwrap();
        hive.create_key(&format!(r"{lsa}\Kerberos")).unwrap();
        hive.add_value_string(&lsa, Some("RestrictRemoteSam"), sddl).unwrap();
        hive.add_value_dword(&lsa, Some("LimitBlankPasswordUse"), 1).unwrap();
        hive.add_value_binary(&lsa, Some("Big"), &vec![7; 40_000]).unwrap();
        let name = format!(r"{set}\Control\ComputerName\ComputerName");
        hive.create_key(&name).unwrap();
        hive.add_value_string(&name, Some("ComputerName"), "DC01").unwrap();
        let product = format!(r"{set}\Control\ProductOptions");
        hive.create_key(&product).unwrap();
        hive.add_value_string(&product, Some("ProductType"), "LanmanNT").unwrap();
    }
    hive.create_key("Select").unwrap();
    hive.add_value_dword("Select", Some("Current"), 2).unwrap();
    hive
}

/// A hive whose root is a key of its own, as `reg save` writes it.
fn saved(root: &str) -> HiveBuilder {
    let mut hive = HiveBuilder::new_with_name(root).unwrap();
    hive.add_value_string("", Some("RestrictRemoteSam"), SDDL).unwrap();
    hive
}

fn find<'e>(export: &'e RegistryExport, wanted: &str, name: &str) -> &'e RegistryValue {
    let key = export.keys.iter().find(|key| key.wanted == wanted).unwrap();
    key.values.iter().find(|value| value.name == name).unwrap()
}

#[test]
fn the_current_control_set_is_read() {
    let bytes = system().build().unwrap();
    assert!(looks_like_hive(&bytes));
    let (export, gaps) = read_hive(&bytes);
    assert_eq!(gaps, []);
    assert_eq!(export.keys.len(), 3);
    let lsa = &export.keys[0];
    assert_eq!(lsa.path, r"HKEY_LOCAL_MACHINE\SYSTEM\ControlSet002\Control\Lsa");
    assert_eq!((lsa.control_set.as_str(), lsa.complete, lsa.values.len()), ("ControlSet002", true, 3));
    let string = |text: &str| RegistryData::String(text.to_owned());
    assert_eq!(find(&export, r"Control\Lsa", "RestrictRemoteSam").data, string(SDDL));
    assert_eq!(find(&export, r"Control\Lsa", "LimitBlankPasswordUse").data, RegistryData::Dword(1));
    assert_eq!(find(&export, r"Control\Lsa", "Big").data, RegistryData::Binary(vec![7; 40_000]));
    assert_eq!(find(&export, r"Control\ProductOptions", "ProductType").data, string("LanmanNT"));
    let name = find(&export, r"Control\ComputerName\ComputerName", "ComputerName");
    assert_eq!(name.data, string("DC01"));
    // The place is the cell: a size, and the mark of a value.
    let Place::Offset(at) = name.place else { panic!("{name:?}") };
    assert_eq!(&bytes[at as usize + 4..at as usize + 6], b"vk");
}

#[test]
fn a_saved_key_is_known_by_its_name() {
    let (export, gaps) = read_hive(&saved("Lsa").build().unwrap());
    assert_eq!(gaps, []);
    assert_eq!(export.keys[0].path, r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Lsa");
    assert!(export.keys[0].complete);
    assert_eq!(export.keys[0].values[0].data, RegistryData::String(SDDL.to_owned()));
    let (export, _) = read_hive(&saved("Software").build().unwrap());
    assert_eq!(export.keys, []);
    let mut control = saved("control");
    control.create_key("LSA").unwrap();
    control.add_value_dword("LSA", Some("a"), 1).unwrap();
    let (export, _) = read_hive(&control.build().unwrap());
    assert_eq!(export.keys[0].values[0].data, RegistryData::Dword(1));
}

#[test]
fn a_control_set_may_be_the_root() {
    let mut hive = HiveBuilder::new_with_name("ControlSet003").unwrap();
    hive.create_key(r"Control\Lsa").unwrap();
    let (export, gaps) = read_hive(&hive.build().unwrap());
    assert_eq!(gaps, []);
    assert_eq!((export.keys[0].control_set.as_str(), export.keys[0].complete), ("ControlSet003", true));
}

#[test]
fn a_key_is_found_among_many() {
    let mut hive = system();
    for number in 0..100 {
        hive.create_key(&format!(r"ControlSet002\Control\Key{number}")).unwrap();
    }
    let (export, gaps) = read_hive(&hive.build().unwrap());
    assert_eq!((export.keys.len(), gaps.len()), (3, 0));
}

/// Gives the base block the checksum of its content.
fn summed(mut bytes: Vec<u8>) -> Vec<u8> {
    let sum = bytes[..508].chunks(4).fold(0, |sum, word| sum ^ u32::from_le_bytes(word.try_into().unwrap()));
    bytes[508..512].copy_from_slice(&sum.to_le_bytes());
    bytes
}

#[test]
fn a_hive_that_was_copied_in_use_shows_nothing_by_silence() {
    let mut bytes = system().build().unwrap();
    bytes[4] ^= 3;
    let (export, gaps) = read_hive(&summed(bytes.clone()));
    assert!(gaps.len() == 1 && gaps[0].said().contains("copied while in use"), "{gaps:?}");
    assert_eq!(
        find(&export, r"Control\Lsa", "RestrictRemoteSam").data,
        RegistryData::String(SDDL.to_owned())
    );
    assert!(export.keys.iter().all(|key| !key.complete));
    let (export, gaps) = read_hive(&bytes);
    assert!(gaps.len() == 1 && gaps[0].said().contains("checksum"), "{gaps:?}");
    assert!(export.keys.iter().all(|key| !key.complete));
}

#[test]
fn a_log_is_no_hive() {
    let mut bytes = system().build().unwrap();
    bytes[28] = 6;
    assert!(!looks_like_hive(&bytes));
}

#[test]
fn a_damaged_value_is_a_gap_and_leaves_the_others() {
    let bytes = system().build().unwrap();
    let (export, _) = read_hive(&bytes);
    let value = find(&export, r"Control\Lsa", "LimitBlankPasswordUse");
    let Place::Offset(at) = value.place else { panic!("{value:?}") };
    let mut broken = bytes.clone();
    broken[at as usize + 4] = b'x';
    let (export, gaps) = read_hive(&broken);
    assert!(!export.keys[0].complete);
    assert_eq!(export.keys[0].values.len(), 2);
    assert_eq!((gaps.len(), &gaps[0].place), (1, &Place::Offset(at)));
    // A string of an odd number of bytes, and data outside the file.
    let value = find(&export, r"Control\Lsa", "RestrictRemoteSam");
    let Place::Offset(at) = value.place else { panic!("{value:?}") };
    for (field, byte) in [(8, 1), (15, 0x7F)] {
        let mut broken = bytes.clone();
        broken[at as usize + field] = byte;
        let (export, gaps) = read_hive(&broken);
        let value = find(&export, r"Control\Lsa", "RestrictRemoteSam");
        assert!(matches!(value.data, RegistryData::Unreadable(_)), "{value:?}");
        assert_eq!(gaps.len(), 1);
    }
}

#[test]
fn a_hive_that_is_cut_is_a_gap() {
    let bytes = system().build().unwrap();
    for length in [30, 40, 600, 4096, 4200] {
        let (export, gaps) = read_hive(&bytes[..length]);
        assert_eq!(export.keys, [], "{length}");
        assert!(!gaps.is_empty(), "{length}");
    }
}

/// A hive in which the root's list is a list of lists that holds the root's list of two keys 2,000 times.
#[test]
fn lists_of_lists_are_read_and_bounded() {
    let mut root = KeyTreeNode::new("ROOT");
    root.children.push(KeyTreeNode::new("Key1"));
    root.children.push(KeyTreeNode::new("Key2"));
    let mut bytes = HiveBuilder::from_tree(root).unwrap().build().unwrap();
    let at = BASE_BYTES + number(&bytes, 36).unwrap() as usize;
    let own = bytes[at + 4 + 28..at + 4 + 32].to_vec();
    let list = u32::try_from(bytes.len() - BASE_BYTES).unwrap();
    bytes[at + 4 + 28..at + 4 + 32].copy_from_slice(&list.to_le_bytes());
    bytes.extend((-8008_i32).to_le_bytes());
    bytes.extend(*b"ri\xD0\x07");
    bytes.extend(own.repeat(2_000));
    let mut cells = Cells::new(HiveBytes::Held(&bytes));
    let key = cells.key(number(&bytes, 36).unwrap()).unwrap();
    assert_eq!(cells.child(&key, "key2").unwrap().unwrap().name, "Key2");
    assert_eq!(cells.child(&key, "Key3"), Ok(None));
    // One list and its two keys 2,000 times: 6,000 steps each time, until nothing is left.
    let ends = (0..200).find(|_| cells.child(&key, "Key3").is_err());
    assert_eq!(ends, Some(165));
    // A list of lists among the lists is damage, and no loop.
    let last = bytes.len() - 4;
    bytes[last..].copy_from_slice(&list.to_le_bytes());
    let mut cells = Cells::new(HiveBytes::Held(&bytes));
    assert!(cells.child(&key, "Key3").is_err());
}

#[test]
fn damage_anywhere_is_survived() {
    let bytes = system().build().unwrap();
    let mut random = 1u32;
    let mut next = |below: usize| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 8) as usize % below
    };
    let (mut values_found, mut silent_losses) = (0, 0);
    for _ in 0..5_000 {
        let mut mutant = bytes.clone();
        for _ in 0..1 + next(8) {
            // Most of the structure stands in front of the big data.
            let area = if next(4) == 0 { mutant.len() } else { 4096 + 6_000 };
            let at = next(area.min(mutant.len()));
            mutant[at] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF, b'r', b'l'][next(8)];
        }
        if next(10) == 0 {
            mutant.truncate(next(bytes.len()));
        }
        let (export, gaps) = read_hive(&mutant);
        let lsa = export.keys.iter().find(|key| key.wanted == WANTED[0]);
        values_found += usize::from(lsa.is_some_and(|key| key.values.len() == 3));
        // A value that is gone without a word would clear a machine.
        silent_losses += usize::from(gaps.is_empty() && lsa.is_some_and(|key| key.values.len() < 3));
    }
    assert!(values_found > 1_000, "{values_found}");
    eprintln!("{values_found} whole, {silent_losses} silent losses");
}
