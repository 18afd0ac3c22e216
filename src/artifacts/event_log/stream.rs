//! Chunks out of a stream: one slot of 64 KiB after another, found again where the file lost step.
//!
//! A sound log has a header of 4096 bytes, then chunks without a space between. Uploads come with
//! something in front, with bytes missing in the middle, with the header gone, or cut short. Chunks that stand
//! in line are taken a block at a time, which is what inflaters are fast at; only one block and one slot are held
//! here, whatever the size of the file.

use std::collections::VecDeque;
use std::io::{self, Read};

use memchr::memmem;

use super::bytes::{is_blank, u16_at, u32_at, u64_at};
use super::walk::{CHUNK_HEADER_SIZE, CHUNK_MAGIC, CHUNK_SIZE, RECORD_MAGIC};

pub(super) const FILE_MAGIC: &[u8; 8] = b"ElfFile\0";
const FILE_HEADER_SIZE: usize = 4096;
const DIRTY: u32 = 1;
/// Bytes that are taken out of the stream at once.
const BLOCK_SIZE: usize = 16 * CHUNK_SIZE;
/// How often chunks are looked for out of step. A file that needs more was made to waste time.
const SEARCHES_MAX: u32 = 1000;

/// What the file header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileHeader {
    /// Number of the record that would be written next.
    pub(super) next_record: u64,
    /// How many chunks hold records; out of date in a log that was copied in use.
    pub(super) chunks: u64,
    /// The log was not closed.
    pub(super) dirty: bool,
}

impl FileHeader {
    fn of(bytes: &[u8]) -> Option<FileHeader> {
        let next_record = u64_at(bytes, 24)?;
        let chunks = u64::from(u16_at(bytes, 42)?);
        let dirty = u32_at(bytes, 120)? & DIRTY != 0;
        bytes.starts_with(FILE_MAGIC).then_some(FileHeader { next_record, chunks, dirty })
    }
}

/// The bytes where a chunk stands or should stand: 64 KiB, or less at the end and before lost bytes.
#[derive(Debug)]
struct Slot {
    /// Offset in the file.
    offset: u64,
    bytes: Vec<u8>,
}

/// Slots that stand in line: each of 64 KiB, but for the last.
#[derive(Debug)]
pub(super) struct Block {
    bytes: Vec<u8>,
    /// Offset in the file.
    offset: u64,
    filled: usize,
}

impl Block {
    /// Each slot with its offset in the file.
    pub(super) fn slots(&mut self) -> impl Iterator<Item = (u64, &mut [u8])> {
        let bytes = self.bytes.get_mut(..self.filled).unwrap_or_default();
        (self.offset..).step_by(CHUNK_SIZE).zip(bytes.chunks_mut(CHUNK_SIZE))
    }
}

/// Hands out the slots of a log in order.
pub(super) struct Slots<'a> {
    content: &'a mut dyn Read,
    /// Bytes that were read and put back.
    waiting: VecDeque<u8>,
    /// What the file header says; none where it is damaged.
    pub(super) header: Option<FileHeader>,
    /// Bytes before the log's header.
    pub(super) junk: u64,
    /// The slot to hand out next, and its offset.
    ahead: Vec<u8>,
    ahead_at: u64,
    /// Memory of blocks.
    spare: Vec<Vec<u8>>,
    searches: u32,
    /// How many bytes came out of the stream.
    pub(super) read: u64,
    /// Why and where reading ended early, if it did.
    pub(super) failed: Option<(u64, io::Error)>,
}

impl<'a> Slots<'a> {
    /// Reads the file header, and finds the first chunk.
    pub(super) fn open(content: &'a mut dyn Read) -> Slots<'a> {
        let mut slots = Slots {
            content,
            waiting: VecDeque::new(),
            header: None,
            junk: 0,
            ahead: Vec::new(),
            ahead_at: 0,
            spare: Vec::new(),
            searches: 0,
            read: 0,
            failed: None,
        };
        let mut start = Vec::new();
        slots.fill(&mut start, FILE_HEADER_SIZE + CHUNK_SIZE);
        slots.settle(&start);
        slots.fill_ahead();
        slots
    }

    /// Goes on at a slot that was not taken yet, with another stream that starts there.
    pub(super) fn resume(self, at: u64, content: &mut dyn Read) -> Slots<'_> {
        let Slots { header, junk, .. } = self;
        let mut slots = Slots {
            content,
            waiting: VecDeque::new(),
            header,
            junk,
            ahead: Vec::new(),
            ahead_at: at,
            spare: Vec::new(),
            searches: 0,
            read: at,
            failed: None,
        };
        slots.fill_ahead();
        slots
    }

    /// Where the next slot starts.
    pub(super) fn position(&self) -> u64 {
        self.ahead_at
    }

    /// Whether there is no slot left.
    pub(super) fn is_at_end(&self) -> bool {
        self.ahead.is_empty()
    }

    /// Decides from the first bytes where the log and its chunks start.
    fn settle(&mut self, start: &[u8]) {
        let magic = memmem::find(start, FILE_MAGIC);
        let first_chunk = find_chunk(start, 0);
        // The name of the format may also stand in the text of a record, behind the first chunk.
        let magic = magic.filter(|magic| first_chunk.is_none_or(|chunk| *magic < chunk));
        let (junk, chunks_at) = match (magic, first_chunk) {
            (Some(at), chunk) => (at, (at + FILE_HEADER_SIZE).min(chunk.unwrap_or(usize::MAX))),
            (None, Some(chunk)) => (chunk.saturating_sub(FILE_HEADER_SIZE), chunk),
            (None, None) => (0, FILE_HEADER_SIZE),
        };
        self.header = magic.and_then(|at| FileHeader::of(start.get(at..)?));
        self.junk = as_u64(junk);
        self.ahead_at = as_u64(chunks_at);
        // What is left of these bytes is read again, before the rest.
        self.unread(start.get(chunks_at..).unwrap_or_default().to_vec());
    }

    /// The next slots that stand in line; none at the end.
    pub(super) fn next_block(&mut self) -> Option<Block> {
        if self.ahead.is_empty() {
            return None;
        }
        if !self.waiting.is_empty() {
            // The line was lost here, and is taken up slot by slot.
            return self.next().map(|Slot { offset, bytes }| Block { filled: bytes.len(), bytes, offset });
        }
        let mut bytes = self.spare.pop().unwrap_or_default();
        bytes.resize(BLOCK_SIZE, 0);
        let filled = self.fill_block(&mut bytes);
        // The last is held back, until it is known to be followed by one in step.
        let behind = |slot: usize| filled.min((slot + 1) * CHUNK_SIZE);
        let slots = filled.div_ceil(CHUNK_SIZE);
        let in_line = (1..slots)
            .take_while(|slot| in_step(bytes.get(slot * CHUNK_SIZE..behind(*slot)).unwrap_or_default()));
        let in_line = in_line.count();
        let taken = if filled < BLOCK_SIZE && in_line + 1 == slots { filled } else { in_line * CHUNK_SIZE };
        let rest = bytes.get(taken..filled).unwrap_or_default();
        let (ahead, waiting) = rest.split_at(rest.len().min(CHUNK_SIZE));
        self.ahead.clear();
        self.ahead.extend_from_slice(ahead);
        self.unread(waiting.to_vec());
        if taken == 0 {
            self.spare.push(bytes);
            return self.next().map(|Slot { offset, bytes }| Block { filled: bytes.len(), bytes, offset });
        }
        let offset = self.ahead_at;
        self.ahead_at = offset.saturating_add(as_u64(taken));
        Some(Block { bytes, offset, filled: taken })
    }

    /// Fills a block with the slot ahead and what follows it.
    fn fill_block(&mut self, block: &mut [u8]) -> usize {
        let mut filled = self.ahead.len();
        if let Some(start) = block.get_mut(..filled) {
            start.copy_from_slice(&self.ahead);
        }
        while filled < block.len() && self.failed.is_none() {
            match self.content.read(block.get_mut(filled..).unwrap_or_default()) {
                Ok(0) => break,
                Ok(read) => {
                    filled += read;
                    self.read = self.read.saturating_add(as_u64(read));
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => self.failed = Some((self.read, error)),
            }
        }
        filled
    }

    /// The next slot; none at the end.
    fn next(&mut self) -> Option<Slot> {
        if self.ahead.is_empty() {
            return None;
        }
        let mut bytes = std::mem::take(&mut self.ahead);
        let offset = self.ahead_at;
        self.fill_ahead();
        if !in_step(&self.ahead) && self.searches < SEARCHES_MAX {
            self.searches += 1;
            self.find_step(&mut bytes);
        }
        self.ahead_at = offset.saturating_add(as_u64(bytes.len()));
        Some(Slot { offset, bytes })
    }

    /// Takes the memory of a block back, to be used again.
    pub(super) fn recycle(&mut self, block: Block) {
        self.spare.push(block.bytes);
    }

    /// Looks for a chunk that starts inside the current slot or the one ahead. Bytes that are out of
    /// step stay a slot of their own: records in them can still be whole.
    fn find_step(&mut self, current: &mut Vec<u8>) {
        let seam = current.len();
        current.append(&mut self.ahead);
        let at = find_chunk(current, CHUNK_MAGIC.len()).unwrap_or(usize::MAX);
        if at < seam {
            self.unread(current.split_off(at));
            self.fill_ahead();
        } else {
            if at < current.len() {
                self.unread(current.split_off(at));
            }
            self.ahead.extend(current.drain(seam..));
        }
    }

    /// Puts bytes back, to be read before the rest.
    fn unread(&mut self, bytes: Vec<u8>) {
        let mut waiting = VecDeque::from(bytes);
        waiting.append(&mut self.waiting);
        self.waiting = waiting;
    }

    fn fill_ahead(&mut self) {
        let mut ahead = std::mem::take(&mut self.ahead);
        self.fill(&mut ahead, CHUNK_SIZE);
        self.ahead = ahead;
    }

    /// Reads until there are `size` bytes, or no more to be had.
    fn fill(&mut self, bytes: &mut Vec<u8>, size: usize) {
        let missing = size.saturating_sub(bytes.len());
        bytes.extend(self.waiting.drain(..missing.min(self.waiting.len())));
        let missing = size.saturating_sub(bytes.len());
        if missing == 0 || self.failed.is_some() {
            return;
        }
        bytes.reserve_exact(missing);
        let before = bytes.len();
        let result = (&mut *self.content).take(as_u64(missing)).read_to_end(bytes);
        self.read += as_u64(bytes.len() - before);
        self.failed = result.err().map(|error| (self.read, error));
    }
}

/// Whether a slot can be where it stands: it is at the end of the file, starts as a chunk, has never
/// been used, or holds a first record where a chunk without a header would.
pub(super) fn in_step(slot: &[u8]) -> bool {
    let first_record = slot.get(CHUNK_HEADER_SIZE..);
    slot.starts_with(CHUNK_MAGIC)
        || first_record.is_some_and(|record| record.starts_with(RECORD_MAGIC))
        || is_blank(slot)
}

/// Where the first chunk header stands at or after `from`.
fn find_chunk(bytes: &[u8], from: usize) -> Option<usize> {
    let hits = memmem::find_iter(bytes.get(from..)?, CHUNK_MAGIC).map(|hit| hit.saturating_add(from));
    hits.into_iter().find(|at| {
        let header_size = u32_at(bytes, at.saturating_add(40));
        let free = u32_at(bytes, at.saturating_add(48)).and_then(|free| usize::try_from(free).ok());
        header_size == Some(128) && free.is_some_and(|free| free <= CHUNK_SIZE)
    })
}

fn as_u64(size: usize) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX)
}
