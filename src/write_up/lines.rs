//! What a line or a row says that is evidence, as far as its reader kept it: names and values as they stand there.

use crate::artifacts::Content;
use crate::artifacts::access_control_list::{AccessControlLists, AclEntry};
use crate::artifacts::directory_objects::{Attribute, AttributeValue, DirectoryFormat, DirectoryObjects};
use crate::artifacts::policy_report::PolicyReport;
use crate::artifacts::registry_export::{ExportFormat, RegistryData, RegistryExport};
use crate::artifacts::security_template::SecurityTemplate;
use crate::source::Place;

/// Most values of one attribute.
const MOST_VALUES: usize = 20;

/// What stands at a line or a row; none where nothing of it was kept.
pub(super) fn words(content: &Content, place: &Place) -> Option<String> {
    match (content, place) {
        (Content::PolicyReport(report), Place::Row { .. } | Place::Line(_)) => row(report, place),
        (Content::RegistryExport(export), Place::Line(_)) => of_registry(export, place),
        (Content::SecurityTemplate(template), Place::Line(line)) => of_template(template, *line),
        (Content::DirectoryObjects(objects), Place::Line(line)) => of_directory(objects, *line),
        (Content::AccessControlLists(lists), Place::Line(line)) => of_list(lists, *line),
        _ => None,
    }
}

/// The cells of a row.
fn row(report: &PolicyReport, place: &Place) -> Option<String> {
    let PolicyReport { security_options, user_rights, account_policies, registry_settings, .. } = report;
    let cells = |name: &str, value: &str, gpo: &Option<String>| {
        let cells = [Some(name), Some(value), gpo.as_deref()];
        cells.into_iter().flatten().collect::<Vec<_>>().join(" | ")
    };
    let option = || {
        let row = security_options.iter().find(|row| row.place == *place)?;
        Some(cells(&row.name, &row.value, &row.winning_gpo))
    };
    let setting = || {
        let row = registry_settings.iter().find(|row| row.place == *place)?;
        let name = format!("{}\\{}", row.key, row.value_name);
        Some(cells(&name, row.data.as_deref()?, &row.winning_gpo))
    };
    let account = || {
        let row = account_policies.iter().find(|row| row.place == *place)?;
        Some(cells(&row.name, &row.value, &row.winning_gpo))
    };
    let right = || {
        let row = user_rights.iter().find(|row| row.place == *place)?;
        Some(cells(&row.name, &first(&row.members).join(", "), &row.winning_gpo))
    };
    option().or_else(setting).or_else(account).or_else(right)
}

/// A value below its key, or the key alone, as the format writes them. Where `Get-ItemProperty` found nothing, it
/// writes no key.
fn of_registry(export: &RegistryExport, place: &Place) -> Option<String> {
    for key in &export.keys {
        if key.place == *place && export.format != ExportFormat::GetItemProperty {
            return Some(key_line(export.format, &key.path));
        }
        if let Some(value) = key.values.iter().find(|value| value.place == *place) {
            let line = value_line(export.format, &value.name, &value.data)?;
            return Some(format!("{}\n{line}", key_line(export.format, &key.path)));
        }
    }
    None
}

fn key_line(format: ExportFormat, path: &str) -> String {
    match format {
        ExportFormat::Version5 | ExportFormat::Regedit4 => format!("[{path}]"),
        _ => path.to_owned(),
    }
}

fn value_line(format: ExportFormat, name: &str, data: &RegistryData) -> Option<String> {
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    let line = match (format, data) {
        (_, RegistryData::Unreadable(text) | RegistryData::Shown(text)) => format!("{name}: {text}"),
        (ExportFormat::Version5 | ExportFormat::Regedit4, data) => {
            let data = match data {
                RegistryData::String(text) => format!("\"{}\"", escaped(text)),
                RegistryData::Dword(number) => format!("dword:{number:08x}"),
                RegistryData::Deleted => "-".to_owned(),
                _ => return None,
            };
            format!("\"{}\"={data}", escaped(name))
        }
        (ExportFormat::RegQuery, RegistryData::String(text)) => format!("    {name}    REG_SZ    {text}"),
        (ExportFormat::RegQuery, RegistryData::Dword(number)) => {
            format!("    {name}    REG_DWORD    {number:#x}")
        }
        (ExportFormat::GetItemProperty, RegistryData::String(text)) => format!("{name} : {text}"),
        (ExportFormat::GetItemProperty, RegistryData::Dword(number)) => format!("{name} : {number}"),
        _ => return None,
    };
    Some(line)
}

fn of_template(template: &SecurityTemplate, line: u64) -> Option<String> {
    let value = || {
        let value = template.values.iter().find(|value| value.line == line)?;
        let kind = value.kind.map(|kind| format!("{kind},")).unwrap_or_default();
        Some(format!("{}={kind}{}", value.key, value.data))
    };
    let privilege = || {
        let right = template.privileges.iter().find(|right| right.line == line)?;
        Some(format!("{} = {}", right.name, first(&right.members).join(",")))
    };
    let setting = || {
        let setting = template.system_access.iter().find(|setting| setting.line == line)?;
        Some(format!("{} = {}", setting.name, setting.value))
    };
    value().or_else(privilege).or_else(setting)
}

/// The attribute that begins in a line, with its values, of texts that have a line for each. Tables have too many in
/// one, and the console's own words for groups are not names of attributes.
fn of_directory(objects: &DirectoryObjects, line: u64) -> Option<String> {
    if !matches!(objects.format, DirectoryFormat::Ldif | DirectoryFormat::PropertyList) {
        return None;
    }
    let attributes = objects.objects.iter().flat_map(|object| &object.attributes);
    let mut here = attributes.filter(|attribute| attribute.line == line);
    match (here.next(), here.next()) {
        (Some(attribute), None) => of_attribute(attribute),
        _ => None,
    }
}

fn of_attribute(attribute: &Attribute) -> Option<String> {
    let text = |value: &AttributeValue| match value {
        AttributeValue::Text(text) => Some(text.clone()),
        AttributeValue::Bytes(_) => None,
    };
    let values: Option<Vec<String>> = attribute.values.iter().take(MOST_VALUES).map(text).collect();
    let cut = if attribute.values.len() > MOST_VALUES { "\n[...]" } else { "" };
    Some(format!("{}: {}{cut}", attribute.name, values?.join("\n")).trim_end().to_owned())
}

/// The entry of a list that stands in a line.
fn of_list(lists: &AccessControlLists, line: u64) -> Option<String> {
    let entry = lists.objects.iter().flat_map(|object| &object.entries).find(|entry| entry.line == line)?;
    let AclEntry { allow, trustee, rights, for_object, .. } = entry;
    let what = if *allow { "Allow" } else { "Deny" };
    let parts = [what, trustee].into_iter().chain(first(rights).iter().map(String::as_str));
    Some(parts.chain(for_object.as_deref()).collect::<Vec<_>>().join(" | "))
}

fn first(all: &[String]) -> &[String] {
    all.get(..MOST_VALUES).unwrap_or(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifacts::registry_export::{RegistryKey, RegistryValue};

    fn export(format: ExportFormat, data: RegistryData) -> Content {
        let value = RegistryValue { name: "RestrictRemoteSam".into(), data, place: Place::Line(7) };
        let key = RegistryKey {
            path: "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa".into(),
            control_set: "CurrentControlSet".into(),
            wanted: "Control\\Lsa".into(),
            deleted: false,
            complete: true,
            place: Place::Line(3),
            values: vec![value],
        };
        Content::RegistryExport(RegistryExport { format, computer: None, keys: vec![key], keys_in_file: 1 })
    }

    #[test]
    fn a_value_of_the_registry_stands_as_its_format_writes_it() {
        const KEY: &str = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa";
        let text = || RegistryData::String("O:BAG:BAD:(A;;RC;;;BA)".into());
        for (format, data, said) in [
            (
                ExportFormat::Version5,
                text(),
                format!("[{KEY}]\n\"RestrictRemoteSam\"=\"O:BAG:BAD:(A;;RC;;;BA)\""),
            ),
            (
                ExportFormat::Regedit4,
                RegistryData::Dword(16),
                format!("[{KEY}]\n\"RestrictRemoteSam\"=dword:00000010"),
            ),
            (
                ExportFormat::RegQuery,
                text(),
                format!("{KEY}\n    RestrictRemoteSam    REG_SZ    O:BAG:BAD:(A;;RC;;;BA)"),
            ),
            (ExportFormat::GetItemProperty, RegistryData::Dword(1), format!("{KEY}\nRestrictRemoteSam : 1")),
        ] {
            assert_eq!(words(&export(format, data), &Place::Line(7)), Some(said));
        }
        let binary = export(ExportFormat::Version5, RegistryData::Binary(vec![1]));
        assert_eq!(words(&binary, &Place::Line(7)), None, "bytes are not shown as text");
        assert_eq!(
            words(&binary, &Place::Line(3)),
            Some(format!("[{KEY}]")),
            "what has no value has its key"
        );
        assert_eq!(words(&export(ExportFormat::GetItemProperty, text()), &Place::Line(3)), None);
        assert_eq!(words(&binary, &Place::Line(4)), None);
    }

    #[test]
    fn an_attribute_stands_there_with_its_first_values() {
        let attribute = |name: &str, values: &[&str], line| Attribute {
            name: name.into(),
            values: values.iter().map(|text| AttributeValue::Text((*text).into())).collect(),
            line,
            complete: true,
        };
        let many: Vec<String> = (0..30).map(|number| format!("CN={number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let attributes = vec![
            attribute("adminCount", &["1"], 4),
            attribute("whenChanged", &[], 5),
            attribute("memberOf", &many, 6),
            attribute("cn", &["a"], 40),
            attribute("sn", &["b"], 40),
        ];
        let of = |format| {
            let attributes = attributes.clone();
            let object = crate::artifacts::directory_objects::DirectoryObject { attributes, line: 1 };
            Content::DirectoryObjects(DirectoryObjects { format, objects: vec![object] })
        };
        let at = |line| words(&of(DirectoryFormat::Ldif), &Place::Line(line));
        assert_eq!(at(4).as_deref(), Some("adminCount: 1"));
        assert_eq!(at(5).as_deref(), Some("whenChanged:"));
        let groups = at(6).unwrap();
        assert!(
            groups.starts_with("memberOf: CN=0\nCN=1\n") && groups.ends_with("\nCN=19\n[...]"),
            "{groups}"
        );
        assert_eq!(at(40), None, "a row of a table");
        assert_eq!(words(&of(DirectoryFormat::NetUser), &Place::Line(4)), None);
    }
}
