//! `Registry.pol`: values that a policy sets, which is not what a machine has.
//!
//! The format: <https://learn.microsoft.com/previous-versions/windows/desktop/policy/registry-policy-file-format>.

use super::data::DataReader;
use super::selection::Selection;
use super::{ExportFormat, RegistryData, RegistryExport, RegistryKey, RegistryValue};
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;

/// Signature and version.
const HEADER: [u8; 8] = *b"PReg\x01\0\0\0";
/// Longest data of a value, from the format's description.
const DATA_BYTES: usize = 0xFFFF;
/// Wanted keys that are kept of one file.
const KEYS: usize = 1_000;

pub(super) fn looks_like_policy_file(head: &[u8]) -> bool {
    head.starts_with(&HEADER)
}

/// Reads all entries. A file that breaks off is read up to there.
pub(super) fn read(path: &BundlePath, bytes: &[u8], wanted: Selection<'_>) -> (RegistryExport, Vec<Gap>) {
    let mut export = RegistryExport {
        format: ExportFormat::RegistryPolicy,
        computer: None,
        keys: Vec::new(),
        keys_in_file: 0,
    };
    let mut last = String::new();
    let mut rest = bytes.get(HEADER.len()..).unwrap_or_default();
    while !rest.is_empty() {
        let place = Place::Offset(bytes.len().saturating_sub(rest.len()) as u64);
        let Some((entry, behind)) = entry(rest) else {
            let reason = Statement::new("gap.registry.policy-file");
            return (export, vec![Gap::new(path, place, reason)]);
        };
        rest = behind;
        if !entry.key.eq_ignore_ascii_case(&last) {
            export.keys_in_file = export.keys_in_file.saturating_add(1);
            last.clone_from(&entry.key);
        }
        keep(&mut export, entry, place, wanted);
    }
    (export, Vec::new())
}

struct Entry<'b> {
    key: String,
    name: String,
    kind: u32,
    data: &'b [u8],
}

/// `[key;value;type;size;data]`, in UTF-16LE; and what follows.
fn entry(bytes: &[u8]) -> Option<(Entry<'_>, &[u8])> {
    let rest = sign(bytes, b'[')?;
    let (key, rest) = text(rest)?;
    let (name, rest) = text(sign(rest, b';')?)?;
    let (kind, rest) = sign(rest, b';')?.split_first_chunk::<4>()?;
    let (size, rest) = sign(rest, b';')?.split_first_chunk::<4>()?;
    let size = usize::try_from(u32::from_le_bytes(*size)).ok().filter(|size| *size <= DATA_BYTES)?;
    let (data, rest) = sign(rest, b';')?.split_at_checked(size)?;
    Some((Entry { key, name, kind: u32::from_le_bytes(*kind), data }, sign(rest, b']')?))
}

fn sign(bytes: &[u8], sign: u8) -> Option<&[u8]> {
    bytes.strip_prefix(&[sign, 0])
}

/// Text up to its NUL. Keys and names are shorter than 16,384 characters in Windows.
fn text(bytes: &[u8]) -> Option<(String, &[u8])> {
    let (pairs, _) = bytes.as_chunks::<2>();
    let length = pairs.iter().take(16_384).position(|pair| *pair == [0, 0])?;
    let units: Vec<u16> = pairs.iter().take(length).map(|pair| u16::from_le_bytes(*pair)).collect();
    let rest = bytes.get(length.checked_add(1)?.checked_mul(2)?..)?;
    Some((String::from_utf16_lossy(&units), rest))
}

/// Keeps an entry of a wanted key. Names such as `**del.Name` are orders to delete.
fn keep(export: &mut RegistryExport, entry: Entry<'_>, place: Place, wanted: Selection<'_>) {
    let path = format!("HKEY_LOCAL_MACHINE\\{}", entry.key);
    let Some((key, found)) = wanted.key(&path) else { return };
    let lower = entry.name.to_ascii_lowercase();
    let (name, data) = if lower.starts_with("**del.") {
        (entry.name.get("**del.".len()..).unwrap_or_default().to_owned(), RegistryData::Deleted)
    } else {
        let data = DataReader::UTF_16.typed(entry.kind, entry.data.to_vec());
        (entry.name, data.unwrap_or_else(|| RegistryData::Unreadable(format!("{:02x?}", entry.data))))
    };
    let value = RegistryValue { name, data, place: place.clone() };
    if let Some(last) = export.keys.last_mut().filter(|last| last.path.eq_ignore_ascii_case(&path)) {
        wanted.keep(&mut last.values, value);
        return;
    }
    // The machine does not have what a policy sets, so that losing some of it costs nothing.
    if export.keys.len() >= KEYS {
        return;
    }
    let control_set = key.control_set.to_owned();
    let mut values = Vec::new();
    wanted.keep(&mut values, value);
    export.keys.push(RegistryKey {
        path,
        control_set,
        wanted: found.clone(),
        deleted: false,
        complete: false,
        place,
        values,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn entry(key: &str, name: &str, kind: u8, data: &[u8]) -> Vec<u8> {
        let size = u8::try_from(data.len()).unwrap();
        let numbers = [vec![kind, 0, 0, 0, b';', 0], vec![size, 0, 0, 0, b';', 0]].concat();
        [utf16(&format!("[{key}\0;{name}\0;")), numbers, data.to_vec(), vec![b']', 0]].concat()
    }

    fn read_all(entries: &[Vec<u8>]) -> (RegistryExport, Vec<Gap>) {
        let bytes = [HEADER.to_vec(), entries.concat()].concat();
        assert!(looks_like_policy_file(&bytes));
        read(&"Registry.pol".into(), &bytes, Selection { keys: &[r"Control\Lsa".to_owned()], names: &[] })
    }

    const LSA: &str = r"System\CurrentControlSet\Control\Lsa";

    #[test]
    fn entries_of_wanted_keys_are_kept() {
        let (export, gaps) = read_all(&[
            entry(r"Software\Policies\Contoso", "a", 4, &[1, 0, 0, 0]),
            entry(LSA, "RestrictRemoteSam", 1, &utf16("O:BA]\0")),
            entry(LSA, "**del.LimitBlankPasswordUse", 1, &utf16(" \0")),
            entry(LSA, "x", 4, &[1]),
        ]);
        assert_eq!(gaps, []);
        assert_eq!(
            (export.format, export.keys_in_file, export.keys.len()),
            (ExportFormat::RegistryPolicy, 2, 1)
        );
        let key = &export.keys[0];
        assert!(!key.complete);
        let values: Vec<_> =
            key.values.iter().map(|value| (value.name.as_str(), value.data.clone())).collect();
        assert_eq!(
            values,
            [
                ("RestrictRemoteSam", RegistryData::String("O:BA]".into())),
                ("LimitBlankPasswordUse", RegistryData::Deleted),
                ("x", RegistryData::Unreadable("[01]".into())),
            ]
        );
        // 8 bytes of header; 52 of key and NUL, 4 of name and NUL, 4 of data, 8 of numbers, 12 of signs.
        assert_eq!(key.place, Place::Offset(8 + 52 + 4 + 4 + 8 + 12));
    }

    #[test]
    fn an_empty_file_is_whole_and_a_cut_one_is_not() {
        assert_eq!(read_all(&[]).1, []);
        let whole = entry(LSA, "a", 4, &[1, 0, 0, 0]);
        for cut in 1..whole.len() {
            let (export, gaps) = read_all(&[whole.clone(), whole[..cut].to_vec()]);
            assert_eq!(export.keys[0].values.len(), 1, "{cut}");
            assert_eq!(gaps.len(), 1, "{cut}");
            assert_eq!(gaps[0].place, Place::Offset(8 + whole.len() as u64));
        }
    }
}
