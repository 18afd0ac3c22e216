//! Registry exports (`.reg`): version 5.00 and REGEDIT4.
//!
//! Only wanted keys keep their values. A value that is not in [`RegistryKey::values`] is not in the
//! export, one that is there as [`RegistryData::Unreadable`] is in the export with data nobody can
//! tell, and a key that is not in [`RegistryExport::keys`] was not exported; these are different facts.
//! The format: <https://learn.microsoft.com/troubleshoot/windows-server/performance/windows-registry-advanced-users>.

mod data;
mod key_path;
mod lines;
mod reader;

use crate::artifacts::{Wanted, text_encoding};
use crate::source::{BundlePath, Gap, Place};

/// Bytes that the header line needs, in the widest encoding, with room for empty lines before it.
const HEADER_BYTES: usize = 256;

/// What one export says.
#[derive(Debug, Clone)]
pub struct RegistryExport {
    /// The header line's format.
    pub format: ExportFormat,
    /// Keys that the export names, wanted ones with their values, in file order. A key may come twice.
    pub keys: Vec<RegistryKey>,
    /// Number of keys in the file, wanted or not.
    pub keys_in_file: u64,
    /// The file ends inside a wanted key, or may do so: a value that is not there may have been cut off.
    pub may_be_cut: bool,
}

/// Version of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// `Windows Registry Editor Version 5.00`.
    Version5,
    /// `REGEDIT4`.
    Regedit4,
}

/// One wanted key of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryKey {
    /// Full path as written (`HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Control\Lsa`).
    pub path: String,
    /// The control set in the path, as written: `CurrentControlSet` or `ControlSet001`.
    pub control_set: String,
    /// The path below the control set, as the caller of the reader spelled it in
    /// [`Wanted::registry_keys`](crate::artifacts::Wanted::registry_keys).
    pub wanted: String,
    /// The line `[-KEY]` deletes the key when it is imported.
    pub deleted: bool,
    /// Line of the key, counted from 1.
    pub line: u64,
    /// Its values, in file order. A name may come twice; the last one counts.
    pub values: Vec<RegistryValue>,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryValue {
    /// Name; empty for the default value `@`.
    pub name: String,
    /// Data.
    pub data: RegistryData,
    /// Line of the value's name, counted from 1.
    pub line: u64,
}

/// Data of a value, by type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegistryData {
    /// REG_SZ, without the terminating NUL.
    String(String),
    /// REG_EXPAND_SZ, not expanded.
    ExpandString(String),
    /// REG_MULTI_SZ.
    MultiString(Vec<String>),
    /// REG_DWORD.
    Dword(u32),
    /// REG_QWORD.
    Qword(u64),
    /// REG_BINARY.
    Binary(Vec<u8>),
    /// Any other type number, with its bytes.
    Other {
        /// Type number.
        kind: u32,
        /// Raw bytes.
        bytes: Vec<u8>,
    },
    /// `"Name"=-`: deletes the value when it is imported.
    Deleted,
    /// The text after `=` does not follow the grammar.
    Unreadable(String),
}

/// Whether a file begins with the header line of an export, in any encoding.
pub fn looks_like_registry_export(head: &[u8]) -> bool {
    let head = head.get(..HEADER_BYTES).unwrap_or(head);
    ExportFormat::of(&text_encoding::decode(head).text).is_some()
}

/// Reads an export. Gaps name what does not follow the format; without the header line there is no
/// export to return.
pub fn read(path: &BundlePath, bytes: &[u8], wanted: &Wanted) -> (Option<RegistryExport>, Vec<Gap>) {
    let decoded = text_encoding::decode(bytes);
    let Some(format) = ExportFormat::of(&decoded.text) else {
        let reason = "It does not begin with the header line of a registry export, so it was not read. \
             Ask for a file that reg export wrote.";
        return (None, vec![Gap::new(path, Place::File, reason)]);
    };
    let (export, mut gaps) = reader::read(path, &decoded, format, &wanted.registry_keys);
    if decoded.damaged {
        let reason = format!(
            "Some bytes are no text in the encoding {} and stand as U+FFFD. Ask for the export again, as \
             reg export wrote it.",
            decoded.encoding.name()
        );
        gaps.push(Gap::new(path, Place::File, reason));
    }
    gaps.sort();
    (Some(export), gaps)
}

impl ExportFormat {
    /// The format that the header line names.
    fn of(text: &str) -> Option<Self> {
        let header = text.trim_start().lines().next()?.trim_end();
        [("Windows Registry Editor Version 5.00", Self::Version5), ("REGEDIT4", Self::Regedit4)]
            .into_iter()
            .find_map(|(line, format)| header.eq_ignore_ascii_case(line).then_some(format))
    }
}

#[cfg(test)]
mod tests;
