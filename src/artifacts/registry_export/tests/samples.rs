//! Real files, where they are at hand, with values read by hand.

use super::*;

const WANTED: [&str; 3] = [r"Control\Lsa", r"Control\ComputerName\ComputerName", r"Control\ProductOptions"];

fn sample(name: &str) -> Option<(Option<RegistryExport>, Vec<Gap>)> {
    let file = format!(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/samples/{}"), name);
    let Ok(bytes) = std::fs::read(file) else {
        eprintln!("skipped: {name} is not here");
        return None;
    };
    let is_read = looks_like_registry_export(&bytes[..bytes.len().min(65_536)]);
    let wanted = Wanted { registry_keys: WANTED.map(str::to_owned).into(), ..Wanted::default() };
    Some(if is_read { read(&name.into(), &bytes, &wanted) } else { (None, Vec::new()) })
}

fn value<'e>(export: &'e RegistryExport, name: &str) -> Option<(&'e RegistryData, &'e Place)> {
    let values = export.keys.iter().flat_map(|key| &key.values);
    values.rev().find(|value| value.name.eq_ignore_ascii_case(name)).map(|value| (&value.data, &value.place))
}

/// Read in an editor: the value alone was asked for, and stands in line 7.
#[test]
fn a_query_for_one_value() {
    let Some((export, gaps)) = sample("registry/reg_query_RestrictRemoteSAM_bolt_win2016.txt") else {
        return;
    };
    let export = export.unwrap();
    assert_eq!((export.format, gaps.len(), export.keys[0].complete), (ExportFormat::RegQuery, 0, false));
    let sddl = RegistryData::String("O:BAG:BAD:(A;;RC;;;BA)".to_owned());
    assert_eq!(value(&export, "RestrictRemoteSam"), Some((&sddl, &Place::Line(7))));
}

/// 22 values by hand, without RestrictRemoteSam. A command below changes one that it shows.
#[test]
fn a_query_for_the_key() {
    let Some((export, gaps)) = sample("registry/reg_query_es-ES_win11_Control_Lsa.txt") else { return };
    let export = export.unwrap();
    assert_eq!((export.keys.len(), export.keys[0].complete, export.keys_in_file), (1, true, 20));
    assert_eq!(value(&export, "restrictanonymoussam").unwrap().0, &RegistryData::Dword(1));
    assert!(matches!(value(&export, "LsaCfgFlags").unwrap().0, RegistryData::Unreadable(_)));
    assert_eq!(value(&export, "RestrictRemoteSam"), None);
    assert_eq!(gaps.len(), 1);
}

/// 19 values by hand. The file ends behind the trailer.
#[test]
fn a_list_of_the_key() {
    let Some((export, gaps)) = sample("text/get-itemproperty_Control_Lsa_full_en.txt") else { return };
    let export = export.unwrap();
    assert_eq!((export.format, gaps.len()), (ExportFormat::GetItemProperty, 0));
    assert_eq!((export.keys[0].complete, export.keys[0].values.len()), (true, 19));
    assert_eq!(value(&export, "LsaPid"), Some((&RegistryData::Dword(820), &Place::Line(16))));
}

#[test]
fn a_list_without_trailer_below_its_command() {
    let name = "text/get-itemproperty_RestrictRemoteSAM_DOCUMENTED_not_captured.txt";
    let Some((export, _)) = sample(name) else { return };
    let export = export.unwrap();
    let sddl = RegistryData::String("O:BAG:BAD:(A;;RC;;;BA)".to_owned());
    assert_eq!(value(&export, "RestrictRemoteSam"), Some((&sddl, &Place::Line(4))));
    assert!(!export.keys[0].complete);
}

#[test]
fn an_access_list_is_no_registry_evidence() {
    let Some((export, _)) = sample("text/get-acl_registry_Lsa_wrapped_sddl_en.txt") else { return };
    assert!(export.is_none());
}

#[test]
fn a_policy_file() {
    let Some((export, gaps)) = sample("registry/Group3r__5CFC9C70_Registry.pol") else { return };
    let export = export.unwrap();
    assert_eq!((export.format, export.keys.len(), gaps.len()), (ExportFormat::RegistryPolicy, 0, 0));
    assert!(export.keys_in_file > 0);
}

/// Hives are compressed among the samples. `SSPR_TRIAGE_HIVES` names a folder with them unpacked.
#[test]
fn hives() {
    let Ok(folder) = std::env::var("SSPR_TRIAGE_HIVES") else {
        eprintln!("skipped: no folder of unpacked hives is named");
        return;
    };
    let wanted = Wanted { registry_keys: WANTED.map(str::to_owned).into(), ..Wanted::default() };
    for name in
        ["mkorman90_regipy__SYSTEM", "mkorman90_regipy__SYSTEM_B", "mkorman90_regipy__corrupted_system_hive"]
    {
        let bytes = std::fs::read(format!("{folder}/{name}")).unwrap();
        assert!(looks_like_registry_export(&bytes[..65_536]));
        let start = std::time::Instant::now();
        let (export, gaps) = read(&name.into(), &bytes, &wanted);
        let export = export.unwrap();
        eprintln!("{name} in {:?}: {gaps:?}", start.elapsed());
        for key in &export.keys {
            eprintln!(
                "  {} at {}, complete {}, {} values",
                key.path,
                key.place,
                key.complete,
                key.values.len()
            );
        }
        for name in ["ComputerName", "ProductType", "LimitBlankPasswordUse", "RestrictRemoteSam"] {
            eprintln!("  {name}: {:?}", value(&export, name));
        }
    }
}
