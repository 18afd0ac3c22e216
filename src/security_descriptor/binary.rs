//! Security descriptors in their self-relative binary form ([MS-DTYP] 2.4.6), as `nTSecurityDescriptor` and
//! `objectSid` hold them. It reads the bytes and judges nothing.
//!
//! The parts may stand in any order and overlap; bytes behind the last entry of a list are slack. A size or
//! an offset that the bytes do not bear out is an error with its place, never a guess.

use super::{Ace, AceKind, Dacl, SecurityDescriptor, Sid, Trustee, rights};

/// The bytes are no security descriptor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a security descriptor in binary form, from byte {at}: {reason}")]
pub struct BinaryError {
    /// Byte offset in the descriptor.
    pub at: usize,
    /// What is wrong there.
    pub reason: &'static str,
}

/// Control bits ([MS-DTYP] 2.4.6).
const DACL_PRESENT: u16 = 0x0004;
const DACL_PROTECTED: u16 = 0x1000;
const SELF_RELATIVE: u16 = 0x8000;

/// Flags of an object ACE: which GUIDs stand in it ([MS-DTYP] 2.4.4.3).
const OBJECT_TYPE_PRESENT: u32 = 1;
const INHERITED_OBJECT_TYPE_PRESENT: u32 = 2;

/// Longest binary SID: 15 sub-authorities.
const MAX_SUB_AUTHORITIES: u8 = 15;

/// See [`SecurityDescriptor::from_bytes`].
pub(super) fn parse(bytes: &[u8]) -> Result<SecurityDescriptor, BinaryError> {
    let all = Bytes(bytes);
    if all.u8(0)? != 1 {
        return Err(error(0, "revision 1 was expected"));
    }
    let control = all.u16(2)?;
    if control & SELF_RELATIVE == 0 {
        return Err(error(2, "the descriptor is not self-relative"));
    }
    let part = |field: usize| -> Result<Option<usize>, BinaryError> {
        let offset = all.u32(field)?;
        if offset == 0 {
            return Ok(None);
        }
        usize::try_from(offset).map(Some).map_err(|_| error(field, "the offset is too large"))
    };
    let trustee = |field: usize| -> Result<Option<Trustee>, BinaryError> {
        part(field)?.map(|at| all.sid(at).map(|(sid, _)| Trustee::Sid(sid))).transpose()
    };
    let dacl = match part(16)? {
        Some(at) if control & DACL_PRESENT != 0 => Some(read_acl(&all, at, control & DACL_PROTECTED != 0)?),
        _ => None,
    };
    Ok(SecurityDescriptor { owner: trustee(4)?, group: trustee(8)?, dacl })
}

/// A SID that takes all of `bytes`.
pub(super) fn parse_sid(bytes: &[u8]) -> Option<Sid> {
    let (sid, length) = Bytes(bytes).sid(0).ok()?;
    (length == bytes.len()).then_some(sid)
}

/// A GUID in its 16 bytes, as text in lower case: the first three groups are little-endian.
pub fn guid_text(bytes: &[u8; 16]) -> String {
    let [a, b, c, d, e, f, g, h, rest @ ..] = bytes;
    let [i, j, tail @ ..] = rest;
    let tail: String = tail.iter().map(|byte| format!("{byte:02x}")).collect();
    format!(
        "{:08x}-{:04x}-{:04x}-{i:02x}{j:02x}-{tail}",
        u32::from_le_bytes([*a, *b, *c, *d]),
        u16::from_le_bytes([*e, *f]),
        u16::from_le_bytes([*g, *h])
    )
}

fn read_acl(all: &Bytes<'_>, at: usize, protected: bool) -> Result<Dacl, BinaryError> {
    if !matches!(all.u8(at)?, 2 | 4) {
        return Err(error(at, "revision 2 or 4 of a list was expected"));
    }
    let size = usize::from(all.u16(at.saturating_add(2))?);
    let count = all.u16(at.saturating_add(4))?;
    let end = at.saturating_add(size);
    if size < 8 || end > all.0.len() {
        return Err(error(at.saturating_add(2), "the size of the list does not fit"));
    }
    let mut next = at.saturating_add(8);
    let mut aces = Vec::new();
    for _ in 0..count {
        let size = usize::from(all.u16(next.saturating_add(2))?);
        let after = next.saturating_add(size);
        if size < 8 || after > end {
            return Err(error(next.saturating_add(2), "the size of the entry does not fit"));
        }
        aces.push(read_ace(all, next, after)?);
        next = after;
    }
    Ok(Dacl { protected, aces })
}

/// Reads the entry from `at` up to `end`, which its header told.
fn read_ace(all: &Bytes<'_>, at: usize, end: usize) -> Result<Ace, BinaryError> {
    let whole = Bytes(all.0.get(..end).unwrap_or(all.0));
    let (letters, kind, of_object) = match whole.u8(at)? {
        0x00 => ("A", AceKind::Allow, false),
        0x01 => ("D", AceKind::Deny, false),
        0x05 => ("OA", AceKind::Allow, true),
        0x06 => ("OD", AceKind::Deny, true),
        0x09 => ("XA", AceKind::Conditional { allow: true }, false),
        0x0A => ("XD", AceKind::Conditional { allow: false }, false),
        0x0B => ("ZA", AceKind::Conditional { allow: true }, true),
        0x0C => ("ZD", AceKind::Conditional { allow: false }, true),
        _ => return Err(error(at, "this type of entry does not belong into a discretionary list")),
    };
    let flags = whole.u8(at.saturating_add(1))?;
    let mask = whole.u32(at.saturating_add(4))?;
    let mut next = at.saturating_add(8);
    let (mut object_type, mut inherited_object_type) = (None, None);
    if of_object {
        let present = whole.u32(next)?;
        next = next.saturating_add(4);
        for (flag, place) in [
            (OBJECT_TYPE_PRESENT, &mut object_type),
            (INHERITED_OBJECT_TYPE_PRESENT, &mut inherited_object_type),
        ] {
            if present & flag != 0 {
                *place = Some(guid_text(&whole.take::<16>(next)?));
                next = next.saturating_add(16);
            }
        }
    }
    let (sid, _) = whole.sid(next)?;
    let text = format!(
        "({letters};{};{};{};{};{sid})",
        rights::flags_text(flags),
        rights::mask_text(mask),
        object_type.as_deref().unwrap_or_default(),
        inherited_object_type.as_deref().unwrap_or_default()
    );
    Ok(Ace { kind, flags, mask, object_type, inherited_object_type, trustee: Trustee::Sid(sid), text })
}

/// Bytes with checked reading.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&self, at: usize) -> Result<[u8; N], BinaryError> {
        let taken = self.0.get(at..).and_then(|rest| rest.first_chunk::<N>());
        taken.copied().ok_or_else(|| error(at.min(self.0.len()), "the bytes end here"))
    }

    fn u8(&self, at: usize) -> Result<u8, BinaryError> {
        self.take::<1>(at).map(|[byte]| byte)
    }

    fn u16(&self, at: usize) -> Result<u16, BinaryError> {
        self.take(at).map(u16::from_le_bytes)
    }

    fn u32(&self, at: usize) -> Result<u32, BinaryError> {
        self.take(at).map(u32::from_le_bytes)
    }

    /// A SID and how many bytes it takes ([MS-DTYP] 2.4.2.2).
    fn sid(&self, at: usize) -> Result<(Sid, usize), BinaryError> {
        let [revision, count, authority @ ..] = self.take::<8>(at)?;
        if revision != 1 || count == 0 || count > MAX_SUB_AUTHORITIES {
            return Err(error(at, "a SID of revision 1 with 1 to 15 sub-authorities was expected"));
        }
        let authority = authority.iter().fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
        let mut text = format!("S-1-{authority}");
        for index in 0..usize::from(count) {
            let sub = self.u32(at.saturating_add(8).saturating_add(index.saturating_mul(4)))?;
            text.push_str(&format!("-{sub}"));
        }
        let sid = Sid::parse(&text).ok_or_else(|| error(at, "a SID was expected"))?;
        Ok((sid, usize::from(count).saturating_mul(4).saturating_add(8)))
    }
}

fn error(at: usize, reason: &'static str) -> BinaryError {
    BinaryError { at, reason }
}

#[cfg(test)]
mod tests;
