//! Security templates: what `secedit /export` writes, and `GptTmpl.inf` of a GPO.
//!
//! A policy that is not defined has no line. What that means depends on whose file it is, and nothing in the
//! file says so: [`TemplateKind`] is told by what an export always holds. Values are as written;
//! what one means is not asked here. The command:
//! <https://learn.microsoft.com/windows-server/administration/windows-commands/secedit-export>.

mod kind;
mod reader;
#[cfg(test)]
mod real_tests;
#[cfg(test)]
mod tests;

use crate::artifacts::text_encoding::{self, Decoded};
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;

/// What one template says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityTemplate {
    /// Whose settings they are.
    pub kind: TemplateKind,
    /// Lines of `[Registry Values]`, in file order. A key may come twice; the last one counts.
    pub values: Vec<TemplateValue>,
    /// Lines of `[Privilege Rights]`, in file order.
    pub privileges: Vec<TemplatePrivilege>,
    /// Lines of `[System Access]`, in file order.
    pub system_access: Vec<TemplateSetting>,
}

/// Whose settings a template holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TemplateKind {
    /// An export of a machine's security database, whole: what has no line is not defined in it.
    ExportOfMachine,
    /// What a GPO, or a template for one, sets: it cannot be an export.
    OfGpo,
    /// It cannot be told, or the file is not whole: nothing may be concluded from what is not there, and
    /// nothing about a machine from what is.
    Unknown,
}

/// A line of `[Registry Values]`: `MACHINE\System\...\NoLMHash=4,1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateValue {
    /// Path of the value, as written.
    pub key: String,
    /// Number of the registry type: 1 is REG_SZ, 2 REG_EXPAND_SZ, 3 REG_BINARY, 4 REG_DWORD, 7 REG_MULTI_SZ.
    /// None where nothing stands behind the `=`, as exports write some empty values.
    pub kind: Option<u32>,
    /// Data, as written, but for the quotes around a string.
    pub data: String,
    /// Line, counted from 1.
    pub line: u64,
}

/// A line of `[Privilege Rights]`: `SeBackupPrivilege = *S-1-5-32-544`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplatePrivilege {
    /// Name of the right.
    pub name: String,
    /// SIDs without their `*`, or names of accounts. Empty where nobody holds the right.
    pub members: Vec<String>,
    /// Line, counted from 1.
    pub line: u64,
}

/// A line of `[System Access]`: `MinimumPasswordAge = 1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateSetting {
    /// Name.
    pub name: String,
    /// Value, as written, but for the quotes around a string.
    pub value: String,
    /// Line, counted from 1.
    pub line: u64,
}

impl SecurityTemplate {
    /// The last line of `[Registry Values]` for a path such as
    /// `MACHINE\System\CurrentControlSet\Control\Lsa\NoLMHash`, ASCII-case-insensitively.
    pub fn value(&self, key: &str) -> Option<&TemplateValue> {
        self.values.iter().rfind(|value| value.key.eq_ignore_ascii_case(key))
    }
}

/// The largest template that is read, in bytes. Exports have some 20 KB.
const MAX_BYTES: usize = 16 << 20;

/// What to ask for in place of a template that cannot be used.
const ASK_FOR: &str = "gap.ask.security-template";

/// Bytes that tell a template.
const HEAD_BYTES: usize = 64 << 10;

/// Whether a file looks like a template, from its first bytes (up to 64 KiB), in any encoding: it begins
/// with a section of one, and has a section of settings or the signature.
pub fn looks_like_security_template(head: &[u8]) -> bool {
    let text = text_encoding::decode(head.get(..HEAD_BYTES).unwrap_or(head)).text;
    let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with(';'));
    let begins = first.and_then(reader::section_name).is_some_and(|name| reader::is_known(&name));
    begins
        && text.lines().any(|line| {
            let signature = line.split_once('=').is_some_and(|(name, value)| {
                name.trim().eq_ignore_ascii_case("signature") && value.contains("$CHICAGO$")
            });
            // Drivers have the signature too, and a section of this name only templates have.
            let section = reader::section_name(line.trim());
            section.is_some_and(|name| reader::has_settings(&name))
                || (signature && text.contains("[Unicode]"))
        })
}

/// Reads a template. Gaps name what does not follow the format.
pub fn read(path: &BundlePath, bytes: &[u8]) -> (Option<SecurityTemplate>, Vec<Gap>) {
    read_text(path, &text_encoding::decode(bytes))
}

/// The same of a text that is decoded.
pub(super) fn read_text(path: &BundlePath, decoded: &Decoded) -> (Option<SecurityTemplate>, Vec<Gap>) {
    if decoded.text.len() > MAX_BYTES {
        let reason = [Statement::new("gap.security-template.too-large"), Statement::new(ASK_FOR)];
        return (None, vec![Gap::new(path, Place::File, reason)]);
    }
    let lines = reader::read(&decoded.text);
    let hurt = decoded.damaged || decoded.text.contains(['\0', char::REPLACEMENT_CHARACTER]);
    let whole = kind::is_whole(&lines, &decoded.text);
    let mut gaps: Vec<Gap> = lines
        .unreadable
        .iter()
        .map(|&line| {
            let reason = [Statement::new("gap.security-template.line"), Statement::new(ASK_FOR)];
            Gap::new(path, Place::Line(line), reason)
        })
        .collect();
    if hurt {
        let reason = [Statement::new("gap.security-template.no-text"), Statement::new(ASK_FOR)];
        gaps.push(Gap::new(path, Place::File, reason));
    }
    if !whole {
        let reason = [Statement::new("gap.security-template.no-end"), Statement::new(ASK_FOR)];
        gaps.push(Gap::new(path, Place::File, reason));
    }
    if lines.left_out {
        let reason = [Statement::new("gap.security-template.too-many"), Statement::new(ASK_FOR)];
        gaps.push(Gap::new(path, Place::File, reason));
    }
    let sure = !hurt && whole && gaps.is_empty();
    let template = SecurityTemplate {
        kind: kind::of(&lines, sure),
        values: lines.values,
        privileges: lines.privileges,
        system_access: lines.system_access,
    };
    gaps.sort();
    (Some(template), gaps)
}
