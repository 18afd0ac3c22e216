//! The chunks of a log on several threads: by place where the log is a large file of the disk, and one
//! step behind the stream where it is inflated on the way.
//!
//! Chunks are added up in the order of the file, so that both ways and any number of threads give the same.

use std::cell::RefCell;
use std::io::{self, Read};
use std::panic::resume_unwind;
use std::sync::mpsc;
use std::thread;

use rayon::prelude::*;

use super::chunk::{self, ChunkReading, Way};
use super::coverage::Total;
use super::gaps::{self, FileFacts};
use super::selection::Selection;
use super::stream::{Block, Slots, in_step};
use super::walk::CHUNK_SIZE;
use super::{EventLog, NAMING_TRIES};
use crate::bundle::{DiskContent, cause};
use crate::source::{BundlePath, Gap};

/// Bytes that a thread reads of the disk at once: few enough to stay in its cache while they are read.
const PIECE: usize = 4 * CHUNK_SIZE;
/// Pieces that are read before their readings are added up.
const ROUND: u64 = 32;

/// The chunks of a log so far, added up.
#[derive(Debug, Default)]
pub(super) struct Sum {
    total: Total,
    /// Slots of chunks, used or not.
    slots: u64,
    naming: Naming,
}

/// One record of every log says whose it is, wanted or not: that of the first chunk that has one.
#[derive(Debug)]
struct Naming {
    /// Chunks that may still be tried; none once a record has said it.
    tries: usize,
}

impl Default for Naming {
    fn default() -> Self {
        Naming { tries: NAMING_TRIES }
    }
}

impl Sum {
    /// One that only counts records.
    pub(super) fn counting() -> Self {
        let mut sum = Sum::default();
        sum.total.counting = true;
        sum
    }

    /// How the next chunks are read.
    fn way<'w>(&'w self, selection: &'w Selection) -> Way<'w> {
        let Total { seen, rendered, .. } = &self.total;
        Way { selection, seen, rendered, rendering: !self.total.is_counting() }
    }

    fn add(&mut self, reading: ChunkReading) {
        self.slots += 1;
        self.total.add(reading);
    }

    /// Tries a chunk with records for whose the log is.
    fn name(&mut self, chunk: &mut [u8], selection: &Selection) {
        let Some(left) = self.naming.tries.checked_sub(1).filter(|_| !self.total.is_counting()) else {
            return;
        };
        self.naming.tries = left;
        let (parts, excess) = chunk::first_record(chunk, selection);
        self.total.excess = self.total.excess.saturating_add(excess);
        if let Some(parts) = parts {
            self.total.note_record(&parts);
            self.naming.tries = 0;
        }
    }

    fn read(&mut self, block: &mut Block, selection: &Selection) {
        for (offset, slot) in block.slots() {
            let reading = chunk::read_chunk(offset, slot, self.way(selection));
            if reading.records > 0 {
                self.name(slot, selection);
            }
            self.add(reading);
        }
    }

    /// What the log says, with what the file as a whole shows.
    fn finish(mut self, path: &BundlePath, slots: &mut Slots<'_>) -> (EventLog, Vec<Gap>) {
        let failed = slots.failed.take().map(|(at, error)| (at, cause(&error)));
        let file = FileFacts { header: slots.header, junk: slots.junk, slots: self.slots, failed };
        self.total.lose(file.missing_records(self.total.newest_number));
        let gaps = gaps::gaps(path, &file, &self.total);
        let excess = self.total.excess;
        let (events, coverage) = self.total.finish();
        (EventLog { events, coverage, excess }, gaps)
    }
}

/// Reads what is left of a stream, and finishes the log. Where that is more than a block, another thread reads
/// the chunks while this one takes the next block out of the stream: three are held.
///
/// It does not wait for the pool of the caller: a thread of a pool that waits takes on other work, such as
/// another log, and would hold both in memory.
pub(super) fn read_stream(
    path: &BundlePath,
    mut slots: Slots<'_>,
    mut sum: Sum,
    selection: &Selection,
) -> (EventLog, Vec<Gap>) {
    if let Some(mut first) = slots.next_block() {
        sum.read(&mut first, selection);
        slots.recycle(first);
    }
    if !slots.is_at_end() {
        sum = read_beside(&mut slots, sum, selection);
    }
    sum.finish(path, &mut slots)
}

fn read_beside(slots: &mut Slots<'_>, mut sum: Sum, selection: &Selection) -> Sum {
    let (filled, to_read) = mpsc::sync_channel::<Block>(1);
    let (emptied, to_fill) = mpsc::channel();
    thread::scope(|scope| {
        let reader = scope.spawn(move || {
            for mut block in to_read {
                sum.read(&mut block, selection);
                // Nobody fills it any more where the stream has ended.
                let _ = emptied.send(block);
            }
            sum
        });
        loop {
            to_fill.try_iter().for_each(|block| slots.recycle(block));
            let Some(block) = slots.next_block() else { break };
            // The reader goes away before its time only where it broke.
            if filled.send(block).is_err() {
                break;
            }
        }
        drop(filled);
        reader.join().unwrap_or_else(|broken| resume_unwind(broken))
    })
}

/// Reads the chunks that stand in line from a place on, and says where the line ends: at the end of the
/// file, or one chunk before the first that is out of step, so that the stream can look for it.
pub(super) fn read_in_line(disk: &DiskContent, from: u64, selection: &Selection) -> (Sum, u64) {
    let piece = u64::try_from(PIECE).unwrap_or(u64::MAX);
    let mut sum = Sum::default();
    let mut last: Option<ChunkReading> = None;
    let mut with_records = Vec::new();
    let mut at = from;
    let mut in_line = true;
    while in_line && at < disk.bytes() {
        let places = (0..ROUND).map(|number| at.saturating_add(number.saturating_mul(piece)));
        let places: Vec<u64> = places.take_while(|place| *place < disk.bytes()).collect();
        let way = sum.way(selection);
        let pieces: Vec<Piece> = places.into_par_iter().map(|place| read_piece(disk, place, way)).collect();
        for Piece { readings, whole } in pieces {
            for reading in readings {
                if reading.records > 0 && with_records.len() < NAMING_TRIES {
                    with_records.push(reading.offset);
                }
                last.replace(reading).into_iter().for_each(|reading| sum.add(reading));
            }
            in_line = whole;
            if !in_line {
                break;
            }
        }
        at = at.saturating_add(ROUND.saturating_mul(piece));
    }
    let end = match last {
        Some(reading) if in_line => {
            sum.add(reading);
            disk.bytes()
        }
        Some(reading) => reading.offset,
        None => from,
    };
    name(&mut sum, disk, with_records.into_iter().take_while(|place| *place < end), selection);
    (sum, end)
}

/// Lets the first record that can be rendered say whose log it is.
fn name(sum: &mut Sum, disk: &DiskContent, places: impl Iterator<Item = u64>, selection: &Selection) {
    let mut chunk = vec![0; CHUNK_SIZE];
    for place in places {
        if sum.naming.tries > 0
            && let Ok(filled) = disk.read_at(place, &mut chunk)
        {
            sum.name(chunk.get_mut(..filled).unwrap_or_default(), selection);
        }
    }
}

/// A few chunks, read.
struct Piece {
    readings: Vec<ChunkReading>,
    /// All of them could be read, and stood in step.
    whole: bool,
}

fn read_piece(disk: &DiskContent, place: u64, way: Way<'_>) -> Piece {
    thread_local! {
        static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    }
    BUFFER.with_borrow_mut(|buffer| {
        buffer.resize(PIECE, 0);
        let Ok(filled) = disk.read_at(place, buffer) else {
            return Piece { readings: Vec::new(), whole: false };
        };
        let chunks = buffer.get_mut(..filled).unwrap_or_default().chunks_mut(CHUNK_SIZE);
        let mut piece = Piece { readings: Vec::with_capacity(chunks.len()), whole: true };
        for (chunk, offset) in chunks.zip((place..).step_by(CHUNK_SIZE)) {
            if !in_step(chunk) {
                piece.whole = false;
                break;
            }
            piece.readings.push(chunk::read_chunk(offset, chunk, way));
        }
        piece
    })
}

/// A file of the disk from a place on, as a stream.
pub(super) struct From<'d> {
    disk: &'d DiskContent,
    at: u64,
}

impl<'d> From<'d> {
    pub(super) fn new(disk: &'d DiskContent, at: u64) -> Self {
        From { disk, at }
    }
}

impl Read for From<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.disk.read_at(self.at, buffer)?;
        self.at = self.at.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        Ok(read)
    }
}
