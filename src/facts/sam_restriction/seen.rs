//! What one file says of the restriction: a registry export's value, a policy report's row.

use jiff::Timestamp;

use crate::artifacts::SecurityTemplate;
use crate::artifacts::policy_report::{ComputerHalf, PolicyReport, ReportKind, SecurityOption};
use crate::artifacts::registry_export::{ExportFormat, RegistryData, RegistryExport, RegistryKey};
use crate::knowledge::policies::{
    AUDIT_ONLY_MODE, KEPT_BY_WINDOWS, LSA_KEY, RESTRICT_REMOTE_SAM, is_sam_policy,
};
use crate::security_descriptor::READ_CONTROL;
use crate::source::{BundlePath, Place, Source};

use super::{PolicySeen, SamValue, ValueSeen};

/// The file has no key that could hold the value. A policy file is not asked for one.
pub(super) fn lacks_key(export: &RegistryExport) -> bool {
    export.format != ExportFormat::RegistryPolicy
        && !export.keys.iter().any(|key| key.wanted.eq_ignore_ascii_case(LSA_KEY))
}

/// The setting in a security template; none where it has no line for it.
pub(super) fn template_setting(path: &BundlePath, template: &SecurityTemplate) -> Option<PolicySeen> {
    let key = format!(r"MACHINE\System\CurrentControlSet\{LSA_KEY}\{RESTRICT_REMOTE_SAM}");
    let value = template.value(&key)?;
    Some(PolicySeen {
        value: Some(SamValue::of_text(&value.data)),
        gpo: None,
        source: Source::new(path, Place::Line(value.line)),
        simulated: false,
        time: None,
    })
}

/// The value in an export: the current control set where the export has it, else the first numbered one.
pub(super) fn value_in(
    path: &BundlePath,
    export: &RegistryExport,
    machine_is_firm: bool,
) -> Option<ValueSeen> {
    // What a policy sets is not what the machine has.
    if export.format == ExportFormat::RegistryPolicy {
        return None;
    }
    let keys = || export.keys.iter().filter(|key| key.wanted.eq_ignore_ascii_case(LSA_KEY) && !key.deleted);
    let current = keys().find(|key| key.control_set.eq_ignore_ascii_case("CurrentControlSet"));
    let chosen = current.or_else(|| keys().min_by_key(|key| key.control_set.to_lowercase()))?;
    let parts: Vec<&RegistryKey> =
        keys().filter(|key| key.control_set.eq_ignore_ascii_case(&chosen.control_set)).collect();
    let last = |name: &str| {
        parts.iter().flat_map(|key| &key.values).rfind(|value| value.name.eq_ignore_ascii_case(name))
    };
    let value = last(RESTRICT_REMOTE_SAM);
    let audit = last(AUDIT_ONLY_MODE);
    // An export has each key once: a file with more is put together of several, or made for import.
    let is_export = is_from_machine(export.format) || (parts.len() == 1 && has_kept_values(&parts));
    let whole = is_export && parts.iter().any(|key| key.complete);
    let state = match value.map(|value| &value.data) {
        // Where not all values were asked for, silence says nothing.
        None if !whole => return None,
        None | Some(RegistryData::Absent) => SamValue::Absent,
        // A policy's text may be quoted; quotes in the registry itself are part of the value.
        Some(RegistryData::String(text)) if text.trim_start().starts_with('"') => {
            SamValue::Unusable(text.clone())
        }
        Some(RegistryData::String(text)) => SamValue::of_text(text),
        // A file that deletes the value is a script for import, and shows nothing of the machine.
        Some(RegistryData::Deleted) => return None,
        Some(RegistryData::Unreadable(text)) => SamValue::Unusable(text.clone()),
        Some(other) => SamValue::Unusable(format!("{other:?}")),
    };
    // Which numbered set is the current one, a file does not say. A key with a value that is cut short is no
    // whole export.
    let of_set = |key: &&RegistryKey| !key.control_set.eq_ignore_ascii_case(&chosen.control_set);
    let undecided = current.is_none() && keys().any(|key| of_set(&key));
    let values = || parts.iter().flat_map(|key| &key.values);
    let partial = values().any(|value| matches!(value.data, RegistryData::Unreadable(_)));
    let firm = is_export && machine_is_firm && !undecided && !(partial && state == SamValue::Absent);
    let place = |place: &Place| Source::new(path, place.clone());
    Some(ValueSeen {
        value: state,
        audit_only: match audit.map(|audit| &audit.data) {
            Some(RegistryData::Dword(mode)) => Some(*mode != 0),
            Some(RegistryData::Absent) => Some(false),
            // What SAM makes of another type is not documented, and a deleted value is no value of the machine.
            Some(_) => None,
            None => whole.then_some(false),
        },
        source: place(value.map_or(&chosen.place, |value| &value.place)),
        audit_source: audit.map(|audit| place(&audit.place)),
        firm,
        machine_is_firm,
        is_export,
    })
}

/// A tool that shows the machine's registry wrote the text; a `.reg` file may have been made for import.
fn is_from_machine(format: ExportFormat) -> bool {
    !matches!(format, ExportFormat::Version5 | ExportFormat::Regedit4)
}

/// Whether the key has what Windows keeps there, as every export of it has.
fn has_kept_values(parts: &[&RegistryKey]) -> bool {
    let mut values = parts.iter().flat_map(|key| &key.values);
    values.any(|value| KEPT_BY_WINDOWS.iter().any(|kept| value.name.eq_ignore_ascii_case(kept)))
}

/// What a policy report has of the setting.
pub(super) enum InReport {
    Applied(PolicySeen),
    NotApplied(PolicySeen),
    Unelevated(Source),
    Nothing,
}

pub(super) fn policy_in(path: &BundlePath, report: &PolicyReport) -> InReport {
    let row = setting_row(path, report);
    match (report.kind, row) {
        (ReportKind::Results, Some(policy)) => InReport::Applied(PolicySeen { time: time(report), ..policy }),
        (ReportKind::Results, None) => match report.computer_half {
            ComputerHalf::Present => InReport::Applied(PolicySeen {
                value: None,
                gpo: None,
                source: Source::new(path, Place::File),
                simulated: false,
                time: time(report),
            }),
            ComputerHalf::NotAvailable => InReport::Unelevated(Source::new(path, Place::File)),
            // Names and groups without settings cannot show what is not set.
            ComputerHalf::SummaryOnly | ComputerHalf::Missing => InReport::Nothing,
        },
        (kind, Some(policy)) => {
            InReport::NotApplied(PolicySeen { simulated: kind == ReportKind::Modeling, ..policy })
        }
        (_, None) => InReport::Nothing,
    }
}

/// When a report was made, as far as it says so in UTC: it is not older than the last pass that it shows.
fn time(report: &PolicyReport) -> Option<Timestamp> {
    report.read_time.or_else(|| report.passes.iter().map(|pass| pass.to).max())
}

/// The setting's row: by its key, by its name in a known language, or else by the shape of its
/// value.
fn setting_row(path: &BundlePath, report: &PolicyReport) -> Option<PolicySeen> {
    let options = &report.security_options;
    let has_key = |row: &&SecurityOption| {
        let value_name = row.key_name.as_deref().and_then(|key| key.rsplit('\\').next());
        value_name.is_some_and(|name| name.eq_ignore_ascii_case(RESTRICT_REMOTE_SAM))
    };
    let by_key = options.iter().find(has_key);
    let row = by_key
        .or_else(|| options.iter().find(|row| is_sam_policy(&row.name)))
        .or_else(|| options.iter().find(|row| restricts_reading_only(&row.value)));
    if let Some(row) = row {
        return Some(PolicySeen {
            value: Some(SamValue::of_text(&row.value)),
            gpo: row.winning_gpo.clone(),
            source: Source::new(path, row.place.clone()),
            simulated: false,
            time: None,
        });
    }
    let setting = report.registry_settings.iter().find(|setting| {
        let in_key = setting.key.trim_end_matches('\\').to_lowercase().ends_with(r"control\lsa");
        in_key && setting.value_name.eq_ignore_ascii_case(RESTRICT_REMOTE_SAM)
    })?;
    Some(PolicySeen {
        value: setting.data.as_deref().map(SamValue::of_text),
        gpo: setting.winning_gpo.clone(),
        source: Source::new(path, setting.place.clone()),
        simulated: false,
        time: None,
    })
}

/// Security descriptors among Security Options are this policy's, whose ACEs hold READ_CONTROL alone,
/// and those of DCOM, whose ACEs hold other rights.
fn restricts_reading_only(value: &str) -> bool {
    match SamValue::of_text(value) {
        SamValue::Descriptor { descriptor, .. } => descriptor.dacl.is_some_and(|dacl| {
            !dacl.aces.is_empty() && dacl.aces.iter().all(|ace| ace.mask == READ_CONTROL)
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifacts::registry_export::RegistryValue;

    fn seen(format: ExportFormat, complete: bool, data: Option<RegistryData>) -> Option<ValueSeen> {
        let place = Place::Line(3);
        let name = RESTRICT_REMOTE_SAM.to_owned();
        let values =
            data.map(|data| RegistryValue { name, data, place: place.clone() }).into_iter().collect();
        let key = RegistryKey {
            path: r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Lsa".to_owned(),
            control_set: "CurrentControlSet".to_owned(),
            wanted: LSA_KEY.to_owned(),
            deleted: false,
            complete,
            place,
            values,
        };
        let export = RegistryExport { format, computer: None, keys: vec![key], keys_in_file: 1 };
        value_in(&"lsa.txt".into(), &export, true)
    }

    #[test]
    fn silence_counts_only_where_all_values_are_shown() {
        let (query, absent) = (ExportFormat::RegQuery, Some(RegistryData::Absent));
        assert_eq!(seen(query, true, None).map(|seen| seen.value), Some(SamValue::Absent));
        assert_eq!(seen(query, false, None), None);
        assert_eq!(seen(query, false, absent.clone()).map(|seen| seen.value), Some(SamValue::Absent));
        // The other value was not asked for.
        assert_eq!(seen(query, false, absent.clone()).and_then(|seen| seen.audit_only), None);
        assert_eq!(seen(query, true, absent.clone()).and_then(|seen| seen.audit_only), Some(false));
        assert_eq!(seen(ExportFormat::RegistryPolicy, true, absent), None);
    }
}
