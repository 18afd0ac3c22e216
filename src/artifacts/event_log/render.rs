//! Rendering a few records of a chunk as XML, with the `evtx` crate.
//!
//! The crate walks a chunk as its header says, and refuses all of it for one bad pointer. So it never
//! sees the chunk's header, but a plain one of our own, without string and template tables (names and
//! templates are then read where they stand). In an undamaged chunk what stands between the wanted records
//! is made one empty record, and put back afterwards; of any other chunk it sees a copy in which no records
//! but the wanted ones begin.

use std::ops::ControlFlow;
use std::sync::Arc;

use evtx::err::EvtxError;
use evtx::{EvtxChunk, EvtxChunkHeader, ParserSettings};

use super::walk::{CHUNK_HEADER_SIZE, CHUNK_MAGIC, RECORD_HEADER_SIZE, RECORD_MAGIC, RecordAt};

/// The settings that every record is rendered with. ANSI strings are read as Windows-1252: no log
/// says which code page its writer had.
pub(super) fn settings() -> Arc<ParserSettings> {
    Arc::new(ParserSettings::default().num_threads(1).indent(false))
}

/// The token of binary XML that ends a fragment.
const END_OF_FRAGMENT: u8 = 0;

/// How many records of one chunk get a second try. A chunk made to need more is made to waste time.
const RETRIES_MAX: usize = 32;
/// Work done for one chunk. A chunk holds some hundred records of 64 KiB in all; those of real logs take
/// less than 3 MiB.
const CHUNK_WORK_MAX: u64 = 6 << 20;
/// Work that a record is charged for which the crate gave up, at 16 MiB of text or at 2^18 nodes.
const GIVEN_UP_WORK: u64 = 16 << 20;

/// Renders the wanted records of a chunk, which are in order of offset, and hands each one's XML to
/// `take`. A record that cannot be rendered is not handed over. Up to `line_end` the chunk's records are known
/// to stand one after another from its header on. The chunk is afterwards as it was before.
///
/// Returns the work that it took: bytes of text, and bytes of memory for the trees that the text was
/// rendered from, failed records' included. It is a measure that a clock would not give: the same on
/// every machine. A chunk that takes too much is left where that shows.
pub(super) fn render(
    chunk: &mut [u8],
    line_end: usize,
    wanted: &[RecordAt],
    settings: &Arc<ParserSettings>,
    mut take: impl FnMut(&RecordAt, &[u8]),
) -> u64 {
    let mut work = 0_u64;
    let mut take = |step: Step<'_>| {
        work = work.saturating_add(step.work);
        if let Some((record, xml)) = step.rendered {
            take(record, xml);
        }
        if work > CHUNK_WORK_MAX { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let needed = wanted.last().map_or(0, RecordAt::end);
    let (done, flow) = if needed <= line_end {
        let blanks = Blanks::between(chunk, wanted);
        let rendered = render_marked(chunk, wanted, settings, &mut take);
        blanks.undo(chunk);
        rendered
    } else {
        // A record refers only to what stands before it, so that the rest of the chunk need not be copied.
        let copy = copy_with(chunk.get(..needed).unwrap_or(chunk), wanted);
        render_marked(&copy, wanted, settings, &mut take)
    };
    let missing = wanted.iter().zip(done).filter(|(_, done)| !done).map(|(record, _)| record);
    // A record may have been hidden by what stands before it, or have found the crate's budget for
    // one chunk spent, or refer to what stands behind it.
    if flow.is_continue() {
        for record in missing.take(RETRIES_MAX) {
            let one = std::slice::from_ref(record);
            if render_marked(&copy_with(chunk, one), one, settings, &mut take).1.is_break() {
                break;
            }
        }
    }
    work
}

/// What trying one record took, and what came of it.
struct Step<'a> {
    work: u64,
    rendered: Option<(&'a RecordAt, &'a [u8])>,
}

/// Renders the records that are marked in a chunk, and says of each whether it could be, and whether to go
/// on.
fn render_marked(
    marked: &[u8],
    wanted: &[RecordAt],
    settings: &Arc<ParserSettings>,
    take: &mut impl FnMut(Step<'_>) -> ControlFlow<()>,
) -> (Vec<bool>, ControlFlow<()>) {
    let mut done = vec![false; wanted.len()];
    let end = wanted.last().map_or(0, RecordAt::end);
    let flow = render_to(marked, end, settings, |work, rendered| {
        let place = |offset| wanted.binary_search_by_key(&offset, |record: &RecordAt| record.offset).ok();
        let rendered = rendered.and_then(|(offset, xml)| {
            let place = place(offset)?;
            *done.get_mut(place)? = true;
            Some((wanted.get(place)?, xml))
        });
        take(Step { work, rendered })
    });
    (done, flow)
}

/// What was written over in a chunk, to put it back.
struct Blanks(Vec<(usize, [u8; 4], u8)>);

impl Blanks {
    /// Makes one record without content of all that stands before and between the wanted records. Definitions
    /// in it stay as they are: written over is the size of a record and the first byte of its content.
    fn between(chunk: &mut [u8], wanted: &[RecordAt]) -> Blanks {
        let mut blanks = Blanks(Vec::new());
        let mut at = CHUNK_HEADER_SIZE;
        for record in wanted {
            if record.offset > at {
                blanks.add(chunk, at, record.offset - at);
            }
            at = record.end();
        }
        blanks
    }

    fn add(&mut self, chunk: &mut [u8], at: usize, size: usize) {
        let Some(header) = chunk.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<25>()) else { return };
        let [_, _, _, _, a, b, c, d, .., first] = header;
        self.0.push((at, [*a, *b, *c, *d], *first));
        [*a, *b, *c, *d] = u32::try_from(size).unwrap_or(u32::MAX).to_le_bytes();
        *first = END_OF_FRAGMENT;
    }

    fn undo(self, chunk: &mut [u8]) {
        for (at, size, first) in self.0 {
            put(chunk, at + 4, &size);
            put(chunk, at + RECORD_HEADER_SIZE, &[first]);
        }
    }
}

/// The header that the crate is given: records up to `end`, and no tables.
fn header(end: usize) -> Option<EvtxChunkHeader> {
    let mut header = [0; CHUNK_HEADER_SIZE];
    let length = u32::try_from(end).unwrap_or(u32::MAX).to_le_bytes();
    put(&mut header, 0, CHUNK_MAGIC);
    put(&mut header, 32, &u64::MAX.to_le_bytes());
    put(&mut header, 40, &128_u32.to_le_bytes());
    put(&mut header, 44, &length);
    put(&mut header, 48, &length);
    EvtxChunkHeader::from_bytes(&header).ok()
}

/// A copy of the chunk in which no records but the wanted ones begin.
fn copy_with(chunk: &[u8], wanted: &[RecordAt]) -> Vec<u8> {
    let mut copy = chunk.to_vec();
    if let Some(header) = copy.get_mut(..CHUNK_HEADER_SIZE) {
        header.fill(0);
    }
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

fn put(to: &mut [u8], at: usize, bytes: &[u8]) {
    if let Some(place) = at.checked_add(bytes.len()).and_then(|end| to.get_mut(at..end)) {
        place.copy_from_slice(bytes);
    }
}

/// Tries every record that the crate finds before `end`, and hands over what the record took, and of one that
/// could be rendered its offset in the chunk and its XML, as long as `take` goes on.
fn render_to(
    chunk: &[u8],
    end: usize,
    settings: &Arc<ParserSettings>,
    mut take: impl FnMut(u64, Option<(usize, &[u8])>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    const GO_ON: ControlFlow<()> = ControlFlow::Continue(());
    let Some(header) = header(end) else { return GO_ON };
    let Ok(mut chunk) = EvtxChunk::new(chunk, &header, Arc::clone(settings)) else { return GO_ON };
    let mut memory = 0;
    for record in chunk.iter() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                take(work_of(&error), None)?;
                continue;
            }
        };
        let content = usize::try_from(record.binxml_offset).unwrap_or(usize::MAX);
        let offset = content.saturating_sub(RECORD_HEADER_SIZE);
        let arena = &record.chunk.arena;
        let rendered = record.into_xml_bytes();
        let before = std::mem::replace(&mut memory, arena.allocated_bytes());
        let grown = as_u64(memory.saturating_sub(before));
        match rendered {
            Ok(xml) => take(grown.saturating_add(as_u64(xml.data.len())), Some((offset, &xml.data)))?,
            Err(error) => take(grown.saturating_add(work_of(&error)), None)?,
        }
    }
    GO_ON
}

/// What a failed record took. Damage shows at once; only a budget of the crate is spent before it shows.
fn work_of(error: &EvtxError) -> u64 {
    let error = if let EvtxError::FailedToParseRecord { source, .. } = error { source } else { error };
    match error {
        // "record renders to more than 16 MiB", "… more than 2^18 nodes", "… spent its render budget".
        EvtxError::FailedToCreateRecordModel(why) if why.contains("renders ") || why.contains("budget") => {
            GIVEN_UP_WORK
        }
        _ => 0,
    }
}

fn as_u64(size: usize) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX)
}
