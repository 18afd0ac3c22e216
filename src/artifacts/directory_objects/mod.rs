//! Directory objects, as exports and console output show them: LDIF, CSV, lists of `Get-ADUser`, `whoami`,
//! `net user`, `net localgroup`.
//!
//! One type for all. It says what the text says of each object, as written, and whether a value is all that
//! the directory holds ([`Attribute::complete`]); who is protected or a member is not decided here.
//! Only attributes that matter to the case are kept.

mod collect;
mod csv;
mod distinguished_name;
mod ldif;
mod lists;
mod net;
mod object;
mod whoami;

use crate::artifacts::text_stream::TextStream;
use crate::artifacts::{held_text, text_encoding};
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;
use collect::Collector;

/// What a file says of directory objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryObjects {
    /// What wrote the text.
    pub format: DirectoryFormat,
    /// The objects, in file order. The same object may come twice.
    pub objects: Vec<DirectoryObject>,
}

/// What wrote a text about directory objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectoryFormat {
    /// LDIF (RFC 2849), of `ldifde` or `ldapsearch`.
    Ldif,
    /// CSV, of `csvde` or `Export-Csv`.
    Csv,
    /// `Get-ADUser`, `Get-ADObject` and others as a list.
    PropertyList,
    /// `whoami /all`, `/groups` or `/user`. The object is the user; `name` is `DOMAIN\user`, `tokenGroups`
    /// are the SIDs of the token's groups (nested ones, and those used for deny only, too), `memberOf` their
    /// names in the same order.
    WhoAmI,
    /// `net user`. `memberOf` are names of groups, cut after 21 characters, never the primary group's only
    /// list and never nested ones: it is never complete.
    NetUser,
    /// `net localgroup` or `net group` with the name of a group. `member` are its members.
    NetGroup,
}

/// One object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryObject {
    /// Its attributes, in file order.
    pub attributes: Vec<Attribute>,
    /// Line where it begins, counted from 1.
    pub line: u64,
}

/// One attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Name as written, without options (`;range=0-1499`).
    pub name: String,
    /// Values. None at all: the text names the attribute and shows that it has no value.
    pub values: Vec<AttributeValue>,
    /// Line of the name, counted from 1.
    pub line: u64,
    /// The values are all that the object has, and whole. False where the list was cut with `...`, where
    /// names were cut, where a wrapped line may have been joined wrongly, or where a value was unreadable.
    pub complete: bool,
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttributeValue {
    /// Text.
    Text(String),
    /// Bytes, of an attribute with binary syntax.
    Bytes(Vec<u8>),
}

/// A source anchor that is a GUID in base64, as text in lower case. Other anchors give nothing.
pub fn guid_of_anchor(base64: &str) -> Option<String> {
    let bytes = ldif::base64(base64.trim())?;
    let bytes: &[u8; 16] = bytes.as_slice().try_into().ok()?;
    Some(crate::security_descriptor::binary::guid_text(bytes))
}

/// Whether a file begins like one of the formats. Text with colons is not enough.
pub fn looks_like_directory_objects(head: &[u8]) -> bool {
    format_of(&text_encoding::decode(head).text).is_some()
}

/// Reads a text about directory objects. Without one of the formats there is nothing to return.
pub fn read(path: &BundlePath, bytes: &[u8]) -> (Option<DirectoryObjects>, Vec<Gap>) {
    let mut content = bytes;
    read_text(path, TextStream::new(&mut content))
}

/// The same of a text that is still to be read. Exports are read line by line, and what consoles show as a
/// whole.
pub(super) fn read_text(path: &BundlePath, mut text: TextStream<'_>) -> (Option<DirectoryObjects>, Vec<Gap>) {
    let Some(format) = format_of(text.start()) else { return (None, Vec::new()) };
    let mut collector = Collector::new(path);
    let (mut lost, encoding, damaged) = match format {
        DirectoryFormat::Ldif | DirectoryFormat::Csv => {
            if format == DirectoryFormat::Ldif {
                ldif::read(&mut text, &mut collector);
            } else {
                csv::read(&mut text, &mut collector);
            }
            let lost =
                held_text::unreadable(path, &text).into_iter().chain(held_text::long_line(path, &text));
            (lost.collect(), text.encoding(), text.damaged())
        }
        format => {
            let (held, lost) = held_text::hold_console(path, text);
            read_held(&held.decoded.text, format, &mut collector);
            (lost, held.decoded.encoding, held.decoded.damaged)
        }
    };
    let (objects, mut gaps) = collector.finish();
    gaps.append(&mut lost);
    if damaged {
        let reason = Statement::new("gap.directory-objects.encoding").with("encoding", encoding.name());
        gaps.push(Gap::new(path, Place::File, reason));
    }
    gaps.sort();
    (Some(DirectoryObjects { format, objects }), gaps)
}

fn read_held(text: &str, format: DirectoryFormat, collector: &mut Collector<'_>) {
    match format {
        DirectoryFormat::PropertyList => lists::read(text, collector),
        DirectoryFormat::WhoAmI => whoami::read(text, collector),
        DirectoryFormat::NetUser => net::read_user(text, collector),
        DirectoryFormat::NetGroup => net::read_group(text, collector),
        DirectoryFormat::Ldif | DirectoryFormat::Csv => {}
    }
}

/// A format and whether a text begins like it.
type Known = (DirectoryFormat, fn(&str) -> bool);

fn format_of(text: &str) -> Option<DirectoryFormat> {
    let formats: [Known; 6] = [
        (DirectoryFormat::Ldif, ldif::looks_like),
        (DirectoryFormat::Csv, csv::looks_like),
        (DirectoryFormat::WhoAmI, whoami::looks_like),
        (DirectoryFormat::NetUser, net::looks_like_user),
        (DirectoryFormat::NetGroup, net::looks_like_group),
        (DirectoryFormat::PropertyList, lists::looks_like),
    ];
    formats.into_iter().find(|(_, looks_like)| looks_like(text)).map(|(format, _)| format)
}

#[cfg(test)]
mod tests;
