//! Registry exports (`.reg`): version 5.00 and REGEDIT4.

/// What one export says.
#[derive(Debug, Clone)]
pub struct RegistryExport {
    /// The header line's format.
    pub format: ExportFormat,
    /// Keys that the export names, wanted ones with their values, in file order. A key may come twice.
    pub keys: Vec<RegistryKey>,
    /// Number of keys in the file, wanted or not.
    pub keys_in_file: u64,
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
