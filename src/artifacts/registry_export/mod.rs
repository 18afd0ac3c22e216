//! Registry evidence: exports (`.reg`), console text of `reg query` and `Get-ItemProperty`, offline hives,
//! and Registry.pol files. All of them are read into one type.
//!
//! Only wanted keys keep values, and of them only wanted ones. A wanted value that is not in
//! [`RegistryKey::values`] is not in the registry if the key is [complete](RegistryKey::complete), and
//! unknown otherwise; one that is there as
//! [`RegistryData::Unreadable`] exists with data nobody can tell; one that is there as
//! [`RegistryData::Absent`] was asked for and not found; and a key that is not in
//! [`RegistryExport::keys`] was not in the file. These are different facts.
//! The format of exports:
//! <https://learn.microsoft.com/troubleshoot/windows-server/performance/windows-registry-advanced-users>.

mod commands;
mod console;
mod data;
mod hive;
mod item_properties;
mod key_path;
mod lines;
mod policy_file;
mod reader;
mod reg_query;
mod selection;
mod streamed_lines;

pub(super) use self::hive::bytes::{HiveBytes, PackedBytes, Packing};
use self::selection::Selection;
use crate::artifacts::text_stream::TextStream;
use crate::artifacts::{Wanted, held_text, kept, text_encoding};
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;

/// Bytes that the header line needs, in the widest encoding, with room for empty lines before it.
const HEADER_BYTES: usize = 256;

/// What one export says.
#[derive(Debug, Clone)]
pub struct RegistryExport {
    /// The file's format.
    pub format: ExportFormat,
    /// The machine that console text names: by a remote path (`\\\\dc01\\HKLM`), a remote prompt
    /// (`[dc01]: PS`) or `PSComputerName`. Other formats do not say.
    pub computer: Option<String>,
    /// Keys that the export names, wanted ones with their values, in file order. A key may come twice.
    pub keys: Vec<RegistryKey>,
    /// Number of keys in the file, wanted or not. In a hive, which is not read as a whole, those found.
    pub keys_in_file: u64,
}

/// Format of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// `Windows Registry Editor Version 5.00`.
    Version5,
    /// `REGEDIT4`.
    Regedit4,
    /// Console text of `reg query`.
    RegQuery,
    /// Console text of PowerShell's `Get-ItemProperty`, as a list.
    GetItemProperty,
    /// A hive: a copied file, or one that `reg save` wrote.
    Hive,
    /// `Registry.pol`: what a policy sets, and not what the machine has.
    RegistryPolicy,
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
    /// The file shows all values of the key, so that one that is not here is absent. False where a
    /// command asked for single values, or where some could not be read.
    pub complete: bool,
    /// Line of the key, or byte offset of its cell in a hive.
    pub place: Place,
    /// Its wanted values, in file order, and some of other names that cannot be read. A name may come
    /// twice; the last one counts. Of a name that comes more often than eight times, seven and the last
    /// one are here.
    pub values: Vec<RegistryValue>,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryValue {
    /// Name; empty for the default value `@`.
    pub name: String,
    /// Data.
    pub data: RegistryData,
    /// Line of the value's name, or byte offset of its cell in a hive.
    pub place: Place,
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
    /// The text after `=` does not follow the grammar, or a hive's cells do not hold together.
    Unreadable(String),
    /// A list as PowerShell shows it (`{0, 48, 0...}`), which tells neither its type nor all of it.
    Shown(String),
    /// Asked for by name, and not there.
    Absent,
}

/// Whether a file holds registry evidence of any format, by its first bytes.
pub fn looks_like_registry_export(head: &[u8]) -> bool {
    looks_like_reg_file(head)
        || hive::looks_like_hive(head)
        || policy_file::looks_like_policy_file(head)
        || console::looks_like_console(head)
}

/// Whether a file is a hive, which is longer than any text.
pub(super) fn looks_like_hive(head: &[u8]) -> bool {
    hive::looks_like_hive(head)
}

/// Whether a file is no text: a hive or a Registry.pol.
pub(super) fn is_binary(head: &[u8]) -> bool {
    hive::looks_like_hive(head) || policy_file::looks_like_policy_file(head)
}

fn looks_like_reg_file(head: &[u8]) -> bool {
    let head = head.get(..HEADER_BYTES).unwrap_or(head);
    ExportFormat::of(&text_encoding::decode(head).text).is_some()
}

/// Reads registry evidence of any format. Without anything of such a format there is nothing to return.
pub fn read(path: &BundlePath, bytes: &[u8], wanted: &Wanted) -> (Option<RegistryExport>, Vec<Gap>) {
    if hive::looks_like_hive(bytes) {
        let (export, gaps) = hive::read(path, HiveBytes::Held(bytes), Selection::of(wanted));
        return (Some(export), gaps);
    }
    if policy_file::looks_like_policy_file(bytes) {
        let (export, gaps) = policy_file::read(path, bytes, Selection::of(wanted));
        return (Some(export), gaps);
    }
    let mut content = bytes;
    read_text(path, TextStream::new(&mut content), wanted)
}

/// Reads an export or console text that is still to be read. An export is read line by line, and console
/// text as a whole.
pub(super) fn read_text(
    path: &BundlePath,
    mut text: TextStream<'_>,
    wanted: &Wanted,
) -> (Option<RegistryExport>, Vec<Gap>) {
    if let Some(format) = ExportFormat::of(text.start()) {
        return read_reg_file(path, text, format, wanted);
    }
    let (held, lost) = held_text::hold_console(path, text);
    let (export, mut gaps) = console::read(path, &held.decoded.text, Selection::of(wanted));
    gaps.extend(lost);
    gaps.sort();
    (export, gaps)
}

/// Reads a hive by place.
pub(super) fn read_hive(
    path: &BundlePath,
    bytes: HiveBytes<'_>,
    wanted: &Wanted,
) -> (Option<RegistryExport>, Vec<Gap>) {
    let (export, gaps) = hive::read(path, bytes, Selection::of(wanted));
    (Some(export), gaps)
}

/// Reads a `.reg` file. Gaps name what does not follow the format.
fn read_reg_file(
    path: &BundlePath,
    mut text: TextStream<'_>,
    format: ExportFormat,
    wanted: &Wanted,
) -> (Option<RegistryExport>, Vec<Gap>) {
    let (export, mut gaps) = reader::read(path, &mut text, format, Selection::of(wanted));
    gaps.extend(held_text::unreadable(path, &text));
    if text.damaged() {
        let reason = Statement::new("gap.registry.encoding").with("encoding", text.encoding().name());
        gaps.push(Gap::new(path, Place::File, reason));
    }
    gaps.sort();
    (Some(export), gaps)
}

impl RegistryExport {
    /// Memory that it takes, in bytes, near enough.
    pub(super) fn bytes(&self) -> usize {
        self.keys
            .iter()
            .map(|key| key.values.iter().map(RegistryValue::bytes).sum::<usize>().saturating_add(400))
            .sum()
    }
}

impl RegistryValue {
    fn bytes(&self) -> usize {
        let data = match &self.data {
            RegistryData::String(text)
            | RegistryData::ExpandString(text)
            | RegistryData::Unreadable(text)
            | RegistryData::Shown(text) => text.len(),
            RegistryData::MultiString(texts) => kept::bytes_of(texts),
            RegistryData::Binary(bytes) | RegistryData::Other { bytes, .. } => bytes.len(),
            RegistryData::Dword(_)
            | RegistryData::Qword(_)
            | RegistryData::Deleted
            | RegistryData::Absent => 0,
        };
        data.saturating_add(self.name.len()).saturating_add(size_of::<RegistryValue>())
    }
}

impl ExportFormat {
    /// The word of the report for the format.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Version5 | Self::Regedit4 => "registry-export",
            Self::RegQuery => "registry-query",
            Self::GetItemProperty => "registry-properties",
            Self::Hive => "registry-hive",
            Self::RegistryPolicy => "registry-policy",
        }
    }

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
