//! The GPOs that the computer half lists: which were applied, which denied and why.
//!
//! Found by shape: the one `he0h` whose `he1h` headings have GPOs (`he2`) directly below, applied first,
//! denied second, in every report read so far and in every language.

use super::GpoEntry;
use super::document::Document;
use super::sections::{Section, rows, tables};

/// Words for denied GPOs, from real reports: they count only where a heading stands alone.
const DENIED: [&str; 3] = ["Denied GPOs", "Отклоненные объекты групповой политики", "已拒绝的 GPO"];

/// Reads the GPO list of one half of a report.
pub(super) fn read(document: &Document<'_>, half: &Section) -> Vec<GpoEntry> {
    let lists = half.below.iter().rev().find(|section| {
        let is_list =
            |list: &Section| list.level == "he1h" && list.below.iter().all(|gpo| gpo.level == "he2");
        section.level == "he0h" && !section.below.is_empty() && section.below.iter().all(is_list)
    });
    let lists = lists.map(|section| section.below.as_slice()).unwrap_or_default();
    let entries = lists.iter().enumerate().flat_map(|(position, list)| {
        let applied = position == 0 && !DENIED.contains(&list.title.as_str());
        list.below.iter().map(move |gpo| entry(document, gpo, applied))
    });
    entries.collect()
}

/// Rows: link, extensions, enforced, disabled, filters, revision, WMI filter; denied GPOs have an eighth,
/// the reason.
fn entry(document: &Document<'_>, gpo: &Section, applied: bool) -> GpoEntry {
    let table = gpo.body.and_then(|body| tables(document, body).into_iter().next());
    let rows: Vec<_> = table.into_iter().flat_map(|table| rows(document, table)).take(8).collect();
    let value = |row: usize| {
        let text = rows.get(row).and_then(|cells| cells.get(1)).map(|&cell| document.text(cell))?;
        Some(text).filter(|text| !text.is_empty())
    };
    let (name, guid) = name_and_guid(&gpo.title);
    GpoEntry { name, guid, applied, link: value(0), denied_reason: if applied { None } else { value(7) } }
}

/// Takes apart `NAME [{GUID}]`. The local policy has `[LocalGPO]`, or nothing in Windows 8.
fn name_and_guid(title: &str) -> (String, Option<String>) {
    let Some((name, identifier)) = title.strip_suffix(']').and_then(|title| title.rsplit_once('[')) else {
        return (title.to_owned(), None);
    };
    let name = name.trim_end().to_owned();
    if identifier.eq_ignore_ascii_case("LocalGPO") {
        (name, None)
    } else if is_guid(identifier) {
        (name, Some(identifier.to_ascii_uppercase()))
    } else {
        (title.to_owned(), None)
    }
}

fn is_guid(text: &str) -> bool {
    text.len() == 38
        && text.bytes().enumerate().all(|(at, b)| match at {
            0 => b == b'{',
            37 => b == b'}',
            9 | 14 | 19 | 24 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart_from_identifiers() {
        let guid = "{6AC1786C-016F-11D2-945F-00C04FB984F9}";
        for (title, name, expected) in [
            (format!("Servers [new] [{}]", guid.to_lowercase()), "Servers [new]", Some(guid)),
            ("Local Group Policy [LocalGPO]".into(), "Local Group Policy", None),
            ("Local Group Policy".into(), "Local Group Policy", None),
            ("Servers [new]".into(), "Servers [new]", None),
        ] {
            assert_eq!(name_and_guid(&title), (name.to_owned(), expected.map(str::to_owned)));
        }
    }
}
