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

#[test]
fn dump() {
    for name in std::env::var("DUMP").unwrap_or_default().split(',').filter(|name| !name.is_empty()) {
        println!("=== {name} {:#?}", sample(name));
    }
}
