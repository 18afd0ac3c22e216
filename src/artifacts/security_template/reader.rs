//! The lines of a template, by section.

use super::{TemplatePrivilege, TemplateSetting, TemplateValue};

/// The most lines that are kept. Exports have some 200.
const MAX_LINES: usize = 50_000;
/// The most sections. Exports have six.
const MAX_SECTIONS: usize = 1_000;
/// The most lines that are named as not following the format.
const MAX_UNREADABLE: usize = 20;

/// Sections of settings, which only templates have.
const WITH_SETTINGS: [&str; 4] = ["system access", "event audit", "registry values", "privilege rights"];
/// Other sections of templates.
const OTHERS: [&str; 12] = [
    "unicode",
    "version",
    "profile description",
    "kerberos policy",
    "group membership",
    "service general setting",
    "registry keys",
    "file security",
    "system log",
    "security log",
    "application log",
    "strings",
];

/// What the lines of a template say.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) values: Vec<TemplateValue>,
    pub(super) privileges: Vec<TemplatePrivilege>,
    pub(super) system_access: Vec<TemplateSetting>,
    /// Names in `[Event Audit]`, in lower case.
    pub(super) audited: Vec<String>,
    /// Sections in file order, in lower case.
    pub(super) sections: Vec<String>,
    /// `[Version]` has the signature.
    pub(super) signed: bool,
    /// Lines that do not follow the format, as far as they are named.
    pub(super) unreadable: Vec<u64>,
    pub(super) left_out: bool,
}

/// Name of a section in lower case, where a trimmed line begins one.
pub(super) fn section_name(line: &str) -> Option<String> {
    let name = line.strip_prefix('[')?.strip_suffix(']')?;
    Some(name.trim().to_ascii_lowercase()).filter(|name| !name.is_empty() && name.len() <= 64)
}

pub(super) fn has_settings(section: &str) -> bool {
    WITH_SETTINGS.contains(&section)
}

pub(super) fn is_known(section: &str) -> bool {
    has_settings(section) || OTHERS.contains(&section)
}

/// Reads all lines. A line without `=` is one of a section that is not read, or does not follow the format.
pub(super) fn read(text: &str) -> Lines {
    let mut lines = Lines::default();
    let mut section = String::new();
    for (number, line) in (1_u64..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with(';') {
            continue;
        }
        if let Some(name) = section_name(line) {
            if lines.sections.len() < MAX_SECTIONS {
                lines.sections.push(name.clone());
            } else {
                lines.left_out = true;
            }
            section = name;
        } else if lines.kept() >= MAX_LINES {
            lines.left_out = true;
        } else if lines.take(&section, line, number).is_none() && lines.unreadable.len() < MAX_UNREADABLE {
            lines.unreadable.push(number);
        }
    }
    lines
}

impl Lines {
    fn kept(&self) -> usize {
        self.values.len() + self.privileges.len() + self.system_access.len() + self.audited.len()
    }

    /// Takes a line; none where it does not follow the format of its section.
    fn take(&mut self, section: &str, line: &str, number: u64) -> Option<()> {
        if !has_settings(section) && section != "version" {
            return Some(());
        }
        let (name, value) = line.split_once('=')?;
        let (name, value) = (name.trim(), value.trim());
        match section {
            "registry values" => self.values.push(registry_value(name, value, number)?),
            "privilege rights" => self.privileges.push(TemplatePrivilege {
                name: name.to_owned(),
                members: members(value),
                line: number,
            }),
            "system access" => self.system_access.push(TemplateSetting {
                name: name.to_owned(),
                value: unquoted(value).to_owned(),
                line: number,
            }),
            "event audit" => self.audited.push(name.to_ascii_lowercase()),
            _ => self.signed |= name.eq_ignore_ascii_case("signature") && value.contains("$CHICAGO$"),
        }
        Some(())
    }
}

/// `TYPE,DATA`, or nothing for an empty value. A list of strings has commas of its own.
fn registry_value(key: &str, value: &str, line: u64) -> Option<TemplateValue> {
    let key = unquoted(key).to_owned();
    if value.is_empty() {
        return Some(TemplateValue { key, kind: None, data: String::new(), line });
    }
    let (kind, data) = value.split_once(',')?;
    let kind = Some(kind.trim().parse().ok()?);
    Some(TemplateValue { key, kind, data: unquoted(data.trim()).to_owned(), line })
}

/// Members of a right: SIDs with a `*`, or names of accounts, which may stand in quotes.
fn members(value: &str) -> Vec<String> {
    let members = value.split(',').map(|member| unquoted(member.trim()).trim());
    members
        .map(|member| member.strip_prefix('*').unwrap_or(member).to_owned())
        .filter(|member| !member.is_empty())
        .collect()
}

/// Takes away one quote at each side, where both are there; a quote at one side alone is left as it is.
fn unquoted(text: &str) -> &str {
    text.strip_prefix('"').and_then(|inside| inside.strip_suffix('"')).unwrap_or(text)
}
