//! Zip archives whose list is gone: a list written anew from the headers in front of the members.
//!
//! The list stands at the end of an archive, so an upload that was cut short has none, though most of its members
//! are whole. Each has a header of its own (APPNOTE 4.3.7, <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>)
//! that says all that the list says. They are gone through one after the other from the archive's start, and never
//! looked for, so that an archive inside gives no members away.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use memchr::memmem;

use super::origin::Tail;

const LOCAL_HEADER: &[u8] = b"PK\x03\x04";
const LIST_ENTRY: &[u8] = b"PK\x01\x02";
const LIST_END: &[u8] = b"PK\x05\x06";
/// In front of what is only known when the member is written.
const DESCRIPTOR: &[u8] = b"PK\x07\x08";
/// Bit 3 of the flags: checksum and sizes follow the member.
const HAS_DESCRIPTOR: u16 = 1 << 3;
/// The extra field with sizes of eight bytes.
const ZIP64: u16 = 1;
/// Stands for a size that does not fit, or is not known.
const UNKNOWN: u32 = u32::MAX - 1;
/// Bytes of a list, as many as are kept of one that stands in its archive: some 40,000 members.
const LIST_BYTES: usize = 4 << 20;
/// Headers are read in small pieces, each after a seek that empties the buffer.
const HEADER_BUFFER_BYTES: usize = 1 << 10;
/// Bytes before a list in which its reader looks for another end of one. Here they are zero.
const SEARCHED_BYTES: usize = 128 << 10;
/// Most members of a list without zip64.
const MOST: usize = 65_535;

/// Writes the list of an archive anew; none where no member's header is found. Its place is behind the archive's
/// last byte.
///
/// # Errors
/// The archive cannot be read.
pub(super) fn relist(handle: impl Read + Seek, size: u64) -> io::Result<Option<Tail>> {
    let Ok(list_at) = u32::try_from(size) else { return Ok(None) };
    let mut reader = BufReader::with_capacity(HEADER_BUFFER_BYTES, handle);
    let (mut list, mut count, mut at) = (Vec::new(), 0_usize, 0_u64);
    while count < MOST && list.len() < LIST_BYTES {
        let Some((header, next)) = header(&mut reader, at, size)? else { break };
        header.write_to(&mut list);
        count += 1;
        at = next;
        reader.seek(SeekFrom::Start(at))?;
    }
    let (Ok(number), Ok(bytes)) = (u16::try_from(count), u32::try_from(list.len())) else { return Ok(None) };
    if number == 0 {
        return Ok(None);
    }
    let before = usize::try_from(size).unwrap_or(usize::MAX).min(SEARCHED_BYTES);
    list.splice(0..0, std::iter::repeat_n(0, before));
    list.extend_from_slice(LIST_END);
    list.extend_from_slice(&[0; 4]);
    list.extend(number.to_le_bytes().into_iter().chain(number.to_le_bytes()));
    list.extend(bytes.to_le_bytes().into_iter().chain(list_at.to_le_bytes()));
    list.extend_from_slice(&[0; 2]);
    let end = size.saturating_sub(before as u64).saturating_add(list.len() as u64);
    Ok(Some(Tail::new(list, end)))
}

/// What stands in front of a member.
struct Header {
    at: u32,
    /// Version, flags, compression, time and date, as they stand there.
    unchanged: [u8; 10],
    checksum: u32,
    compressed: u32,
    uncompressed: u32,
    name: Vec<u8>,
    /// Without sizes.
    extra: Vec<u8>,
}

impl Header {
    fn write_to(&self, list: &mut Vec<u8>) {
        list.extend_from_slice(LIST_ENTRY);
        // The version that it was made by says how to take the attributes, of which there are none.
        list.extend_from_slice(&[20, 0]);
        list.extend_from_slice(&self.unchanged);
        for number in [self.checksum, self.compressed, self.uncompressed] {
            list.extend(number.to_le_bytes());
        }
        for text in [&self.name, &self.extra] {
            list.extend(u16::try_from(text.len()).unwrap_or(0).to_le_bytes());
        }
        // No comment, the first disk, no attributes.
        list.extend_from_slice(&[0; 10]);
        list.extend(self.at.to_le_bytes());
        list.extend_from_slice(&self.name);
        list.extend_from_slice(&self.extra);
    }
}

/// The header at a place, and where the next one is; none where there is no header, or it is cut.
fn header(reader: &mut (impl Read + Seek), at: u64, size: u64) -> io::Result<Option<(Header, u64)>> {
    let mut fixed = [0; 30];
    if !fill(reader, &mut fixed)? || !fixed.starts_with(LOCAL_HEADER) {
        return Ok(None);
    }
    let [_, _, _, _, unchanged @ .., c0, c1, c2, c3, p0, p1, p2, p3, u0, u1, u2, u3, n0, n1, e0, e1] = fixed;
    let [_, _, flags_low, flags_high, ..] = unchanged;
    let (mut name, mut extra) =
        (vec![0; u16::from_le_bytes([n0, n1]).into()], vec![0; u16::from_le_bytes([e0, e1]).into()]);
    if !fill(reader, &mut name)? || !fill(reader, &mut extra)? {
        return Ok(None);
    }
    let begin = at.saturating_add((fixed.len() + name.len() + extra.len()) as u64);
    let (extra, long) = without_sizes(&extra);
    let mut sizes = Sizes {
        checksum: u32::from_le_bytes([c0, c1, c2, c3]),
        compressed: long.map_or(u32::from_le_bytes([p0, p1, p2, p3]).into(), |(_, compressed)| compressed),
        uncompressed: long.map_or(u32::from_le_bytes([u0, u1, u2, u3]).into(), |(bytes, _)| bytes),
    };
    let mut next = begin.saturating_add(sizes.compressed);
    if u16::from_le_bytes([flags_low, flags_high]) & HAS_DESCRIPTOR != 0 {
        if sizes.compressed == 0 {
            sizes = sizes_behind(reader, long.is_some())?.unwrap_or(Sizes {
                checksum: 0,
                compressed: size.saturating_sub(begin),
                uncompressed: u64::MAX,
            });
        }
        let descriptor = if long.is_some() { 24 } else { 16 };
        next = begin.saturating_add(sizes.compressed).saturating_add(descriptor);
    }
    let Ok(at) = u32::try_from(at) else { return Ok(None) };
    let short = |bytes: u64| u32::try_from(bytes).unwrap_or(UNKNOWN).min(UNKNOWN);
    let (compressed, uncompressed) = (short(sizes.compressed), short(sizes.uncompressed));
    let header = Header { at, unchanged, checksum: sizes.checksum, compressed, uncompressed, name, extra };
    Ok(Some((header, next)))
}

/// Checksum and sizes of a member.
struct Sizes {
    checksum: u32,
    compressed: u64,
    uncompressed: u64,
}

/// Fills a buffer; false where the archive ends before.
fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match reader.read_exact(buffer) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        read => read.map(|()| true),
    }
}

/// Extra fields without the one of long sizes, and these: uncompressed, then compressed.
fn without_sizes(extra: &[u8]) -> (Vec<u8>, Option<(u64, u64)>) {
    let (mut rest, mut kept, mut sizes) = (extra, Vec::new(), None);
    while let Some((&[i0, i1, l0, l1], fields)) = rest.split_first_chunk() {
        let length: usize = u16::from_le_bytes([l0, l1]).into();
        let Some((field, after)) = fields.split_at_checked(length) else { break };
        let number = |at: usize| field.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes));
        if u16::from_le_bytes([i0, i1]) == ZIP64 {
            sizes = number(0).zip(number(8));
        } else {
            kept.extend_from_slice(rest.get(..4 + length).unwrap_or_default());
        }
        rest = after;
    }
    (kept, sizes)
}

/// Checksum and sizes of a member that stand behind it, where the size is that of the bytes before; none where the
/// archive ends before.
fn sizes_behind(reader: &mut impl Read, long: bool) -> io::Result<Option<Sizes>> {
    // Pieces grow, so that of many small members little more is read than they are long.
    const LARGEST_PIECE: u64 = 1 << 20;
    let mut piece = 4 << 10;
    let width = if long { 8 } else { 4 };
    let descriptor = DESCRIPTOR.len() + 4 + 2 * width;
    let (mut bytes, mut before) = (Vec::new(), 0_u64);
    loop {
        let read = reader.by_ref().take(piece).read_to_end(&mut bytes)?;
        piece = LARGEST_PIECE.min(2 * piece);
        for found in memmem::find_iter(&bytes, DESCRIPTOR) {
            let number = |at: usize, width: usize| {
                let mut number = [0; 8];
                number.get_mut(..width)?.copy_from_slice(bytes.get(found + at..)?.get(..width)?);
                Some(u64::from_le_bytes(number))
            };
            let (checksum, compressed, uncompressed) =
                (number(4, 4), number(8, width), number(8 + width, width));
            if compressed == Some(before.saturating_add(found as u64))
                && let (Some(checksum), Some(compressed), Some(uncompressed)) =
                    (checksum.and_then(|sum| u32::try_from(sum).ok()), compressed, uncompressed)
            {
                return Ok(Some(Sizes { checksum, compressed, uncompressed }));
            }
        }
        if read == 0 {
            return Ok(None);
        }
        // One may stand across the end of the piece.
        let done = bytes.len().saturating_sub(descriptor - 1);
        bytes.drain(..done);
        before = before.saturating_add(done as u64);
    }
}
