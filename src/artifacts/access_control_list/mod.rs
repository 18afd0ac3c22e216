//! Access control lists of directory objects, as `dsacls` and `Get-Acl` show them.
//!
//! It says what a text says of an object's entries, as written. Where the text has the descriptor itself
//! (SDDL), that is kept and the entries are left out: the descriptor is exact, and the shown entries are
//! not. Who gets what is not decided here.

mod access_rules;
mod clixml;
mod dsacls;
mod get_acl;

use crate::artifacts::text_stream::TextStream;
use crate::artifacts::{held_text, kept, text_encoding};
use crate::security_descriptor::SecurityDescriptor;
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;

/// Most objects and most entries of one file.
const MAX_OBJECTS: usize = 10_000;
const MAX_ENTRIES: usize = 50_000;
/// Most gaps of one file.
const MAX_GAPS: usize = 20;

/// What a file says of access control lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessControlLists {
    /// What wrote the text.
    pub format: AclFormat,
    /// The objects, in file order.
    pub objects: Vec<ObjectAcl>,
}

/// What wrote a text about access control lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AclFormat {
    /// `dsacls`.
    Dsacls,
    /// `Get-Acl` as a list, or the list of its `Access` property.
    GetAclList,
    /// `Get-Acl | Export-Clixml`.
    Clixml,
    /// One SDDL text and nothing else.
    SddlText,
}

/// The list of one object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ObjectAcl {
    /// The distinguished name, where the text names the object by one. `dsacls` does not; the command above
    /// its output may.
    pub object: Option<String>,
    /// The path as `Get-Acl` writes it, of an object of the directory or of another provider.
    pub path: Option<String>,
    /// The owner as written.
    pub owner: Option<String>,
    /// The list does not inherit from the parent. `None` where the text does not say.
    pub protected: Option<bool>,
    /// The entries as shown, in file order. Empty where the descriptor is there.
    pub entries: Vec<AclEntry>,
    /// The descriptor, where SDDL is there.
    pub descriptor: Option<SecurityDescriptor>,
    /// The entries are all that the object has. False where the text was cut, re-flowed or has lines that
    /// were not understood, so that an entry that is not here may still exist.
    pub trustworthy: bool,
    /// Line where the object begins, counted from 1; 0 in XML, whose lines mean nothing to a reader.
    pub line: u64,
}

/// An entry as a text shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AclEntry {
    /// It allows; else it denies.
    pub allow: bool,
    /// Whom it is for, as written.
    pub trustee: String,
    /// Rights as written: `Reset Password`, `WRITE PROPERTY`, `FULL CONTROL`, `ExtendedRight`.
    pub rights: Vec<String>,
    /// The property, property set, extended right or class that it is for, as written: a display name, an
    /// LDAP name or a GUID.
    pub for_object: Option<String>,
    /// It was inherited.
    pub inherited: bool,
    /// Where it was inherited from, as written (`parent`).
    pub inherited_from: Option<String>,
    /// To which objects it applies.
    pub applies_to: AppliesTo,
    /// Line where it begins, counted from 1; 0 in XML.
    pub line: u64,
}

/// To which objects an entry applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliesTo {
    /// This object, those below it, or both. `dsacls` shows an entry for both twice, once for each.
    pub scope: Scope,
    /// The class of objects below it that inherit the entry, as written: an LDAP name or a GUID. `None`: all.
    pub class: Option<String>,
}

/// Where an entry has effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The object itself.
    ThisObject,
    /// Objects below it.
    ChildrenOnly,
    /// Both.
    ThisAndChildren,
}

/// Whether a file begins like one of the formats.
pub fn looks_like_access_control_lists(head: &[u8]) -> bool {
    format_of(&text_encoding::decode(head).text).is_some()
}

/// Reads access control lists. Without one of the formats there is nothing to return.
pub fn read(path: &BundlePath, bytes: &[u8]) -> (Option<AccessControlLists>, Vec<Gap>) {
    let mut content = bytes;
    read_text(path, TextStream::new(&mut content))
}

/// The same of a text that is still to be read. That of `dsacls` is read line by line, and the others as a
/// whole.
pub(super) fn read_text(
    path: &BundlePath,
    mut text: TextStream<'_>,
) -> (Option<AccessControlLists>, Vec<Gap>) {
    let Some(format) = format_of(text.start()) else { return (None, Vec::new()) };
    let mut gaps = Gaps { path, gaps: Vec::new() };
    let (mut objects, damaged) = if format == AclFormat::Dsacls {
        let objects = dsacls::read(&mut text);
        gaps.gaps.extend(held_text::unreadable(path, &text));
        gaps.gaps.extend(held_text::long_line(path, &text));
        (objects, text.damaged())
    } else {
        let (held, lost) = held_text::hold(path, text);
        gaps.gaps.extend(lost);
        let text = held.decoded.text.as_str();
        let objects = match format {
            AclFormat::GetAclList => get_acl::read(text, &mut gaps),
            AclFormat::Clixml => clixml::read(text, &mut gaps),
            AclFormat::SddlText => sddl_text(text).into_iter().collect(),
            AclFormat::Dsacls => Vec::new(),
        };
        (objects, held.decoded.damaged)
    };
    if objects.len() > MAX_OBJECTS {
        gaps.add(0, Statement::new("gap.access-control-list.too-many"));
        objects.truncate(MAX_OBJECTS);
    }
    if damaged {
        gaps.add(0, Statement::new("gap.access-control-list.no-text"));
    }
    for object in objects.iter().filter(|object| !object.trustworthy) {
        gaps.add(object.line, Statement::new("gap.access-control-list.not-whole"));
    }
    gaps.gaps.sort();
    (Some(AccessControlLists { format, objects }), gaps.gaps)
}

/// A format and whether a text begins like it.
type Known = (AclFormat, fn(&str) -> bool);

fn format_of(text: &str) -> Option<AclFormat> {
    let formats: [Known; 4] = [
        (AclFormat::Clixml, clixml::looks_like),
        (AclFormat::SddlText, |text| sddl_text(text).is_some()),
        (AclFormat::Dsacls, dsacls::looks_like),
        (AclFormat::GetAclList, get_acl::looks_like),
    ];
    formats.into_iter().find(|(_, looks_like)| looks_like(text)).map(|(format, _)| format)
}

/// The descriptor of a text that is nothing but SDDL, perhaps wrapped by a console.
fn sddl_text(text: &str) -> Option<ObjectAcl> {
    let line = (1_u64..).zip(text.lines()).find(|(_, line)| !line.trim().is_empty())?.0;
    let start = text.trim_start().trim_start_matches('"');
    if !start.starts_with("O:") && !start.starts_with("D:") {
        return None;
    }
    let descriptor = SecurityDescriptor::from_sddl(&text.lines().map(str::trim).collect::<String>()).ok()?;
    descriptor.dacl.as_ref()?;
    Some(ObjectAcl { line, ..ObjectAcl::of_descriptor(descriptor) })
}

impl AclEntry {
    fn bytes(&self) -> usize {
        let texts = [&self.for_object, &self.inherited_from, &self.applies_to.class];
        let texts = kept::bytes_of(texts.into_iter().flatten()).saturating_add(kept::bytes_of(&self.rights));
        texts.saturating_add(kept::bytes_of([&self.trustee])).saturating_add(size_of::<AclEntry>())
    }
}

impl ObjectAcl {
    /// Memory that it takes, in bytes, near enough. A descriptor is no longer than its text was.
    pub(super) fn bytes(&self) -> usize {
        let texts = kept::bytes_of([&self.object, &self.path, &self.owner].into_iter().flatten());
        let entries: usize = self.entries.iter().map(AclEntry::bytes).sum();
        let descriptor = self.descriptor.as_ref().and_then(|descriptor| descriptor.dacl.as_ref());
        let descriptor = descriptor.map_or(0, |dacl| dacl.aces.len().saturating_mul(200));
        texts.saturating_add(entries).saturating_add(descriptor).saturating_add(size_of::<ObjectAcl>())
    }

    fn of_descriptor(descriptor: SecurityDescriptor) -> Self {
        ObjectAcl {
            owner: descriptor.owner.as_ref().map(ToString::to_string),
            protected: descriptor.dacl.as_ref().map(|dacl| dacl.protected),
            trustworthy: descriptor.dacl.is_some(),
            descriptor: Some(descriptor),
            ..ObjectAcl::default()
        }
    }
}

/// The distinguished name in a path of the `ActiveDirectory` provider:
/// `Microsoft.ActiveDirectory.Management.dll\ActiveDirectory:://RootDSE/DC=contoso,DC=example`.
fn dn_of_path(path: &str) -> Option<&str> {
    let (_, rest) = path.split_once("ActiveDirectory:")?;
    let name = rest.trim_start_matches([':', '/']);
    // A server may stand before the name.
    let name = match name.split_once('/') {
        Some((server, name)) if !server.contains('=') => name,
        _ => name,
    };
    is_dn(name).then_some(name)
}

/// Whether a text looks like a distinguished name of a domain.
fn is_dn(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    ["CN=", "OU=", "DC="].iter().any(|start| upper.starts_with(start)) && upper.contains("DC=")
}

/// Gaps of a file that is being read.
struct Gaps<'p> {
    path: &'p BundlePath,
    gaps: Vec<Gap>,
}

impl Gaps<'_> {
    /// Line 0 stands for the file.
    fn add(&mut self, line: u64, reason: impl Into<Vec<Statement>>) {
        if self.gaps.len() < MAX_GAPS {
            let place = if line == 0 { Place::File } else { Place::Line(line) };
            self.gaps.push(Gap::new(self.path, place, reason));
        }
    }
}

#[cfg(test)]
mod tests;
