//! Rendering a few records of a chunk as XML, with the `evtx` crate.
//!
//! The crate walks a chunk as its header says, and refuses all of it for one bad pointer. So it never
//! sees the chunk as it came, but a copy with a plain header of our own, no string and template tables
//! (names and templates are then read where they stand), and only the wanted records marked as such.

use std::sync::Arc;

use evtx::{EvtxChunk, EvtxChunkHeader, ParserSettings};

use super::walk::{CHUNK_HEADER_SIZE, CHUNK_MAGIC, RECORD_HEADER_SIZE, RECORD_MAGIC, RecordAt};

/// The settings that every record is rendered with. ANSI strings are read as Windows-1252: no log
/// says which code page its writer had.
pub(super) fn settings() -> Arc<ParserSettings> {
    Arc::new(ParserSettings::default().num_threads(1).indent(false))
}

/// How many records of one chunk get a second try. A chunk made to need more is made to waste time.
const RETRIES_MAX: usize = 32;

/// Renders the wanted records of a chunk, which are in order of offset, and hands each one's XML to
/// `take`. A record that cannot be rendered is not handed over.
pub(super) fn render(
    chunk: &[u8],
    wanted: &[RecordAt],
    settings: &Arc<ParserSettings>,
    mut take: impl FnMut(&RecordAt, &[u8]),
) {
    let done = render_together(chunk, wanted, settings, &mut take);
    let missing = wanted.iter().zip(done).filter(|(_, done)| !done).map(|(record, _)| record);
    // A record may have been hidden by what stands before it, or have found the crate's budget for
    // one chunk spent.
    if wanted.len() > 1 {
        for record in missing.take(RETRIES_MAX) {
            render_together(chunk, std::slice::from_ref(record), settings, &mut take);
        }
    }
}

/// Renders records from one copy of the chunk, and says of each whether it could be.
fn render_together(
    chunk: &[u8],
    wanted: &[RecordAt],
    settings: &Arc<ParserSettings>,
    take: &mut impl FnMut(&RecordAt, &[u8]),
) -> Vec<bool> {
    let mut done = vec![false; wanted.len()];
    render_copy(&copy_with(chunk, wanted), settings, |offset, xml| {
        let Ok(place) = wanted.binary_search_by_key(&offset, |record| record.offset) else { return };
        if let (Some(record), Some(done)) = (wanted.get(place), done.get_mut(place)) {
            *done = true;
            take(record, xml);
        }
    });
    done
}

/// A copy of the chunk in which no records but the wanted ones begin.
fn copy_with(chunk: &[u8], wanted: &[RecordAt]) -> Vec<u8> {
    let mut copy = chunk.to_vec();
    if let Some(header) = copy.get_mut(..CHUNK_HEADER_SIZE) {
        header.fill(0);
    }
    let length = u32::try_from(chunk.len()).unwrap_or(u32::MAX).to_le_bytes();
    put(&mut copy, 0, CHUNK_MAGIC);
    put(&mut copy, 32, &u64::MAX.to_le_bytes());
    put(&mut copy, 40, &128_u32.to_le_bytes());
    put(&mut copy, 44, &length);
    put(&mut copy, 48, &length);
    for at in memchr::memmem::find_iter(chunk.get(CHUNK_HEADER_SIZE..).unwrap_or_default(), RECORD_MAGIC) {
        let at = at + CHUNK_HEADER_SIZE;
        // Inside a wanted record the same four bytes are content.
        let before = wanted.partition_point(|record| record.offset <= at).checked_sub(1);
        let inside = before.and_then(|before| wanted.get(before)).is_some_and(|record| at < record.end());
        if !inside {
            put(&mut copy, at, &[0; 4]);
        }
    }
    for record in wanted {
        let size = u32::try_from(record.size).unwrap_or(u32::MAX).to_le_bytes();
        put(&mut copy, record.end().saturating_sub(4), &size);
    }
    copy
}

fn put(copy: &mut [u8], at: usize, bytes: &[u8]) {
    if let Some(place) = at.checked_add(bytes.len()).and_then(|end| copy.get_mut(at..end)) {
        place.copy_from_slice(bytes);
    }
}

/// Renders every record that the crate finds, each with its offset in the chunk.
fn render_copy(copy: &[u8], settings: &Arc<ParserSettings>, mut take: impl FnMut(usize, &[u8])) {
    let Ok(header) = EvtxChunkHeader::from_bytes(copy) else { return };
    let Ok(mut chunk) = EvtxChunk::new(copy, &header, Arc::clone(settings)) else { return };
    for record in chunk.iter().flatten() {
        let content = usize::try_from(record.binxml_offset).unwrap_or(usize::MAX);
        let offset = content.saturating_sub(RECORD_HEADER_SIZE);
        if let Ok(xml) = record.into_xml_bytes() {
            take(offset, &xml.data);
        }
    }
}
