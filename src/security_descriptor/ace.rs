//! One ACE of an SDDL text ([MS-DTYP] 2.5.1.1, `ace`, `conditional-ace` and `resource-attribute-ace`).
//! Conditions are kept as text and not evaluated.

use super::cursor::Cursor;
use super::{Ace, AceKind, SddlError, Trustee, rights};

/// Which of the two lists is read. Audit entries belong into the system list only.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Discretionary,
    System,
}

/// What stands in the seventh field of an ACE type.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extra {
    /// There is no seventh field.
    None,
    /// A condition or a resource attribute in parentheses.
    Parentheses,
}

/// An ACE type: letters, what it does in a discretionary list, its seventh field.
type Type = (&'static str, Option<AceKind>, Extra);

const TYPES: &[Type] = &[
    ("A", Some(AceKind::Allow), Extra::None),
    ("D", Some(AceKind::Deny), Extra::None),
    ("OA", Some(AceKind::Allow), Extra::None),
    ("OD", Some(AceKind::Deny), Extra::None),
    ("XA", Some(AceKind::Conditional { allow: true }), Extra::Parentheses),
    ("XD", Some(AceKind::Conditional { allow: false }), Extra::Parentheses),
    ("ZA", Some(AceKind::Conditional { allow: true }), Extra::Parentheses),
    ("AU", None, Extra::None),
    ("AL", None, Extra::None),
    ("OU", None, Extra::None),
    ("OL", None, Extra::None),
    ("ML", None, Extra::None),
    ("SP", None, Extra::None),
    ("XU", None, Extra::Parentheses),
    ("RA", None, Extra::Parentheses),
];

/// Reads one ACE, from its opening to its closing parenthesis.
///
/// `None` for an entry of the system list, which the access check does not need.
pub(super) fn read(cursor: &mut Cursor<'_>, list: List) -> Result<Option<Ace>, SddlError> {
    let start = cursor.at();
    if !cursor.eat(b'(') {
        return Err(cursor.error("an entry in parentheses was expected"));
    }
    let (kind, extra) = field(cursor, |text| ace_type(text, list))?;
    separator(cursor)?;
    let flags = field(cursor, rights::flags)?;
    separator(cursor)?;
    let mask = field(cursor, rights::mask)?;
    separator(cursor)?;
    let object_type = field(cursor, guid)?;
    separator(cursor)?;
    let inherited_object_type = field(cursor, guid)?;
    separator(cursor)?;
    let trustee = field(cursor, trustee)?;
    if extra == Extra::Parentheses {
        separator(cursor)?;
        cursor.skip_spaces();
        balanced(cursor)?;
        cursor.skip_spaces();
    }
    if !cursor.eat(b')') {
        return Err(cursor.error("a closing parenthesis was expected"));
    }
    let text = cursor.since(start).to_owned();
    Ok(kind.map(|kind| Ace { kind, flags, mask, object_type, inherited_object_type, trustee, text }))
}

/// Reads a field and what it means. Windows goes over spaces in front of a field; so does this.
fn field<T>(
    cursor: &mut Cursor<'_>,
    meaning: impl FnOnce(&str) -> Result<T, &'static str>,
) -> Result<T, SddlError> {
    cursor.skip_spaces();
    let at = cursor.at();
    meaning(cursor.take_until(&[';', '(', ')'])).map_err(|reason| SddlError { at, reason })
}

fn separator(cursor: &mut Cursor<'_>) -> Result<(), SddlError> {
    if cursor.eat(b';') { Ok(()) } else { Err(cursor.error("a semicolon and a further field were expected")) }
}

fn ace_type(text: &str, list: List) -> Result<(Option<AceKind>, Extra), &'static str> {
    let (_, kind, extra) = TYPES
        .iter()
        .find(|(letters, ..)| letters.eq_ignore_ascii_case(text))
        .ok_or("an entry type (as A or D) was expected")?;
    match list {
        List::System => Ok((None, *extra)),
        List::Discretionary if kind.is_some() => Ok((*kind, *extra)),
        List::Discretionary => Err("this entry type belongs into the system list (S:), not here"),
    }
}

/// A GUID in lower case, or nothing.
fn guid(text: &str) -> Result<Option<String>, &'static str> {
    const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];
    if text.is_empty() {
        return Ok(None);
    }
    let right_lengths = text.split('-').map(str::len).eq(GROUPS);
    if right_lengths && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit()) {
        Ok(Some(text.to_ascii_lowercase()))
    } else {
        Err("a GUID or nothing was expected")
    }
}

/// A trustee. Windows takes spaces after an alias, but not after a SID.
fn trustee(text: &str) -> Result<Trustee, &'static str> {
    let alias = text.trim_ascii_end();
    let text = if alias.len() == 2 { alias } else { text };
    Trustee::parse(text).ok_or("a SID or a two-letter alias was expected")
}

/// Goes over an expression in balanced parentheses. Those in quotes do not count.
fn balanced(cursor: &mut Cursor<'_>) -> Result<(), SddlError> {
    if cursor.peek() != Some(b'(') {
        return Err(cursor.error("an expression in parentheses was expected"));
    }
    let mut depth = 0_usize;
    let mut quoted = false;
    while let Some(byte) = cursor.peek() {
        cursor.skip(1);
        match byte {
            b'"' => quoted = !quoted,
            b'(' if !quoted => depth = depth.saturating_add(1),
            b')' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return Ok(());
        }
    }
    Err(cursor.error("the parentheses of the expression are not closed"))
}
