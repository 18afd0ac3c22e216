//! SDDL, the text form of security descriptors ([MS-DTYP] 2.5.1). It reads the text and judges nothing.
//!
//! Where the specification is silent it follows what Windows is known to take: the tags `O: G: D: S:` in
//! upper case only, everything else in any case, spaces between parts and in front of fields. It is stricter
//! than Windows with numbers: one that does not fit is an error, where Windows takes the largest number.

use super::ace::{self, List};
use super::cursor::Cursor;
use super::{Ace, Dacl, SecurityDescriptor, Trustee};

/// The text does not follow the grammar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a security descriptor in SDDL, from byte {at}: {reason}")]
pub struct SddlError {
    /// Byte offset in the text, after quotes and the white space around it were taken off.
    pub at: usize,
    /// What was expected there.
    pub reason: &'static str,
}

/// Most entries of an ACL: its size is at most 65,535 bytes, 8 of them its header, and an ACE with the
/// shortest SID takes 16 ([MS-DTYP] 2.4.4, 2.4.5). It bounds the memory that a hostile text costs.
const MAX_ACES: usize = (0xFFFF - 8) / 16;

/// An ACL as written, of either kind.
enum Acl {
    /// `NO_ACCESS_CONTROL`.
    Null,
    Entries(Dacl),
}

/// The four parts, each where it has been read.
#[derive(Default)]
struct Parts {
    owner: Option<Trustee>,
    group: Option<Trustee>,
    dacl: Option<Acl>,
    sacl: Option<Acl>,
}

/// See [`SecurityDescriptor::from_sddl`].
pub(super) fn parse(text: &str) -> Result<SecurityDescriptor, SddlError> {
    let mut cursor = Cursor::new(unquoted(text));
    let mut parts = Parts::default();
    if cursor.rest().is_empty() {
        return Err(cursor.error("the text is empty"));
    }
    while !cursor.rest().is_empty() {
        read_part(&mut cursor, &mut parts)?;
        cursor.skip_spaces();
    }
    let dacl = match parts.dacl {
        Some(Acl::Entries(dacl)) => Some(dacl),
        Some(Acl::Null) | None => None,
    };
    Ok(SecurityDescriptor { owner: parts.owner, group: parts.group, dacl })
}

/// Takes off white space and one pair of quotes.
fn unquoted(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).map_or(text, str::trim)
}

fn read_part(cursor: &mut Cursor<'_>, parts: &mut Parts) -> Result<(), SddlError> {
    let start = cursor.at();
    let tag = cursor.peek().filter(|_| cursor.peek_second() == Some(b':'));
    let Some(tag @ (b'O' | b'G' | b'D' | b'S')) = tag else {
        return Err(cursor.error("O:, G:, D: or S: was expected"));
    };
    cursor.skip(2);
    let first = match tag {
        b'O' => parts.owner.replace(read_trustee(cursor)?).is_none(),
        b'G' => parts.group.replace(read_trustee(cursor)?).is_none(),
        b'D' => parts.dacl.replace(read_acl(cursor, List::Discretionary)?).is_none(),
        _ => parts.sacl.replace(read_acl(cursor, List::System)?).is_none(),
    };
    if first { Ok(()) } else { Err(SddlError { at: start, reason: "this part stands a second time" }) }
}

/// Reads an owner or a group. It ends where the next part starts, which is one letter in front of the next
/// colon: in `O:S-1-5-32-544D:` the `D` is a tag and not a digit.
fn read_trustee(cursor: &mut Cursor<'_>) -> Result<Trustee, SddlError> {
    cursor.skip_spaces();
    let rest = cursor.rest();
    let text = match rest.find(':') {
        Some(colon) => colon.checked_sub(1).and_then(|end| rest.get(..end)).unwrap_or_default(),
        None => rest,
    };
    let trustee = Trustee::parse(text.trim_ascii_end());
    let trustee = trustee.ok_or_else(|| cursor.error("a SID or a two-letter alias was expected"))?;
    cursor.skip(text.len());
    Ok(trustee)
}

fn read_acl(cursor: &mut Cursor<'_>, list: List) -> Result<Acl, SddlError> {
    let mut acl = Dacl::default();
    let mut null = false;
    loop {
        cursor.skip_spaces();
        if cursor.peek() == Some(b'(') || at_end_of_part(cursor) {
            break;
        } else if cursor.eat_word("NO_ACCESS_CONTROL") {
            null = true;
        } else if cursor.eat_word("P") {
            acl.protected = true;
        } else if !cursor.eat_word("AI") && !cursor.eat_word("AR") {
            return Err(
                cursor.error("flags of the list (P, AI, AR), an entry or the next part were expected")
            );
        }
    }
    if !null {
        acl.aces = read_aces(cursor, list)?;
        return Ok(Acl::Entries(acl));
    }
    if cursor.peek() == Some(b'(') {
        return Err(cursor.error("no entries were expected after NO_ACCESS_CONTROL"));
    }
    Ok(Acl::Null)
}

fn at_end_of_part(cursor: &Cursor<'_>) -> bool {
    cursor.peek().is_none() || cursor.peek_second() == Some(b':')
}

fn read_aces(cursor: &mut Cursor<'_>, list: List) -> Result<Vec<Ace>, SddlError> {
    let mut aces = Vec::new();
    let mut read = 0_usize;
    while cursor.peek() == Some(b'(') {
        if read == MAX_ACES {
            return Err(cursor.error("more entries than a list can hold"));
        }
        aces.extend(ace::read(cursor, list)?);
        read = read.saturating_add(1);
        cursor.skip_spaces();
    }
    Ok(aces)
}

#[cfg(test)]
mod tests;
