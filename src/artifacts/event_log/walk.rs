//! Walking the records of one chunk by their headers: where each stands, its number and time.
//!
//! Nothing of a record's content is looked at here. A chunk is at most 64 KiB: 512 bytes of header,
//! then records one after another up to the free space, then whatever stood there before (slack).
//! Layout: <https://github.com/libyal/libevtx/blob/main/documentation/Windows%20XML%20Event%20Log%20(EVTX).asciidoc>

use memchr::memmem;

use super::Position;
use super::bytes::{is_blank, is_plausible_time, u32_at, u64_at};

pub(super) const CHUNK_SIZE: usize = 65_536;
pub(super) const CHUNK_HEADER_SIZE: usize = 512;
pub(super) const CHUNK_MAGIC: &[u8; 8] = b"ElfChnk\0";
pub(super) const RECORD_HEADER_SIZE: usize = 24;
pub(super) const RECORD_MAGIC: &[u8; 4] = b"\x2a\x2a\0\0";

/// The smallest record: its header and the repeated size.
const RECORD_SIZE_MIN: usize = RECORD_HEADER_SIZE + 4;
/// More records than that do not fit into a chunk.
const RECORDS_MAX: u64 = ((CHUNK_SIZE - CHUNK_HEADER_SIZE) / RECORD_SIZE_MIN) as u64;

/// A record that stands in a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RecordAt {
    /// Offset of the record in the chunk.
    pub(super) offset: usize,
    /// Size of the record, header and repeated size included.
    pub(super) size: usize,
    /// Number in the record's header. Exports renumber it.
    pub(super) number: u64,
    /// Time written, as `FILETIME`.
    pub(super) written: u64,
    /// The record stands in freed space.
    pub(super) slack: bool,
}

impl RecordAt {
    pub(super) fn end(&self) -> usize {
        self.offset.saturating_add(self.size)
    }

    pub(super) fn position(&self) -> Position {
        Position { number: self.number, written: self.written }
    }
}

/// The records of a chunk, and what was seen of damage on the way.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// Live and slack records, each kind in order of offset.
    pub(super) records: Vec<RecordAt>,
    /// The first place where a live record should stand and cannot be read.
    pub(super) broken_at: Option<usize>,
    /// The chunk has no intact header.
    pub(super) header_damaged: bool,
    /// The chunk ends before its live records do.
    pub(super) truncated: bool,
    /// Live records that the numbering proves to be missing.
    pub(super) lost: u64,
}

impl Walk {
    /// Where the live records stop standing one after another, counted from the chunk's header on.
    pub(super) fn line_end(&self) -> usize {
        let ends = self.records.iter().scan(CHUNK_HEADER_SIZE, |end, record| {
            let follows = !record.slack && record.offset == *end;
            follows.then(|| std::mem::replace(end, record.end()));
            follows.then_some(*end)
        });
        ends.last().unwrap_or(CHUNK_HEADER_SIZE)
    }
}

/// What a chunk header says of the records after it.
struct Header {
    intact: bool,
    /// First and last record number, where they make sense.
    numbers: Option<(u64, u64)>,
    /// Where the free space starts, where that makes sense.
    free: Option<usize>,
}

impl Header {
    fn of(chunk: &[u8]) -> Header {
        let number = |at| u64_at(chunk, at).unwrap_or(0);
        let (first, last) = (number(24), number(32));
        let sensible = first > 0 && last >= first && last - first < RECORDS_MAX;
        let free = u32_at(chunk, 48).and_then(|free| usize::try_from(free).ok());
        let free = free.filter(|free| (CHUNK_HEADER_SIZE..=CHUNK_SIZE).contains(free));
        let intact = chunk.starts_with(CHUNK_MAGIC) && free.is_some();
        Header { intact, numbers: sensible.then_some((first, last)), free }
    }
}

impl Header {
    /// How many records the header says there are.
    fn said(&self) -> usize {
        let said = self.numbers.map_or(0, |(first, last)| last - first + 1);
        usize::try_from(said).unwrap_or(0)
    }
}

/// Whether the records of a chunk are those that its checksum was made of.
pub(super) fn has_its_checksum(chunk: &[u8]) -> bool {
    let records = Header::of(chunk).free.and_then(|free| chunk.get(CHUNK_HEADER_SIZE..free));
    records.is_some_and(|records| u32_at(chunk, 52) == Some(evtx::checksum_ieee(records)))
}

/// Finds every record that is physically intact in a chunk, or in what is left of one.
pub(super) fn walk(chunk: &[u8]) -> Walk {
    let header = Header::of(chunk);
    let mut walker = Walker {
        chunk,
        newest: header.numbers.map(|(first, _)| first - 1),
        found: Walk {
            header_damaged: !header.intact,
            records: Vec::with_capacity(header.said()),
            ..Walk::default()
        },
    };
    let end = walker.live(&header);
    let end = walker.continued(end);
    walker.slack(end);
    walker.count_lost(&header);
    walker.found
}

struct Walker<'a> {
    chunk: &'a [u8],
    /// The largest number of a live record so far; before the first, the one that precedes it.
    newest: Option<u64>,
    found: Walk,
}

impl Walker<'_> {
    /// Walks the live records, and returns where they end.
    fn live(&mut self, header: &Header) -> usize {
        let live_end = header.free.unwrap_or(CHUNK_SIZE);
        let end = live_end.min(self.chunk.len());
        let last = header.numbers.map(|(_, last)| last);
        let mut at = CHUNK_HEADER_SIZE;
        while at < end {
            if let Some(record) = self.chained(at, end) {
                at = record.end();
                self.push_live(record);
                if last == Some(record.number) {
                    return at;
                }
                continue;
            }
            if header.free.is_none() {
                // Nothing says how far the live records go: they go as far as the chain does.
                return at;
            }
            let next = self.next_intact(at.saturating_add(1), end);
            self.push_torn(at, next.map_or(end, |next| next.offset), header);
            let Some(record) = next else {
                if self.chunk.len() >= live_end && !self.is_blank_end(at, end, last) {
                    self.found.broken_at.get_or_insert(at);
                }
                break;
            };
            self.found.broken_at.get_or_insert(at);
            at = record.end();
            self.push_resynchronized(record, header);
        }
        self.found.truncated = self.chunk.len() < live_end && self.newest < last;
        at.min(self.chunk.len())
    }

    /// Whether the live area only seems to go on: zeros up to a free space that starts later than it
    /// should are no records, as long as none is missing.
    fn is_blank_end(&self, at: usize, end: usize, last: Option<u64>) -> bool {
        let blank = self.chunk.get(at..end).is_none_or(is_blank);
        blank && last.is_none_or(|last| self.newest >= Some(last))
    }

    /// Takes a record whose end was overwritten, unless an intact one stands in it. It is told like one
    /// in freed space, because its last values may be another record's.
    fn push_torn(&mut self, at: usize, until: usize, header: &Header) {
        let own = |record: &RecordAt| {
            header.numbers.is_some_and(|(first, last)| (first..=last).contains(&record.number))
        };
        if let Some(record) = record_at(self.chunk, at)
            && record.end() <= until
            && own(&record)
            && is_plausible_time(record.written)
        {
            self.found.records.push(RecordAt { slack: true, ..record });
        }
    }

    /// The record at `at`, as the successor of an intact one: its own size must be believable, or
    /// what follows it must be.
    fn chained(&self, at: usize, end: usize) -> Option<RecordAt> {
        let record = record_at(self.chunk, at)?;
        let followed = record.end() == end || starts_record(self.chunk, record.end());
        (record.end() <= end && (closes(self.chunk, &record) || followed)).then_some(record)
    }

    /// The next record at or after `from` that has both sizes and a time, and ends by `until`.
    fn next_intact(&self, from: usize, until: usize) -> Option<RecordAt> {
        let mut from = from;
        loop {
            let hit = memmem::find(self.chunk.get(from..until)?, RECORD_MAGIC)?;
            let at = from.saturating_add(hit);
            match record_at(self.chunk, at) {
                Some(record) if record.end() <= until && self.is_intact(&record) => return Some(record),
                _ => from = at.saturating_add(1),
            }
        }
    }

    fn is_intact(&self, record: &RecordAt) -> bool {
        closes(self.chunk, record) && is_plausible_time(record.written)
    }

    fn push_live(&mut self, record: RecordAt) {
        self.newest = self.newest.max(Some(record.number));
        self.found.records.push(record);
    }

    /// Takes a record found behind damage. One whose number cannot be this chunk's is of an earlier
    /// use of the space.
    fn push_resynchronized(&mut self, record: RecordAt, header: &Header) {
        let own = match header.numbers {
            Some((first, last)) => (first..=last).contains(&record.number),
            None => true,
        };
        if own && self.newest.is_none_or(|newest| record.number > newest) {
            self.push_live(record);
        } else {
            self.found.records.push(RecordAt { slack: true, ..record });
        }
    }

    /// Walks on past the end that the header gives, while the numbering continues without a break: a
    /// log that was copied in use has headers older than its records. Space freed earlier holds
    /// smaller numbers, so it cannot pass for a continuation.
    fn continued(&mut self, end: usize) -> usize {
        let mut at = end;
        if self.found.records.iter().all(|record| record.slack) {
            return at;
        }
        while let Some(record) = record_at(self.chunk, at) {
            let next = self.newest.and_then(|newest| newest.checked_add(1));
            if Some(record.number) != next || !self.is_intact(&record) {
                break;
            }
            at = record.end();
            self.push_live(record);
        }
        at
    }

    fn slack(&mut self, end: usize) {
        let mut at = end.max(CHUNK_HEADER_SIZE);
        while let Some(record) = self.next_intact(at, self.chunk.len()) {
            at = record.end();
            self.found.records.push(RecordAt { slack: true, ..record });
        }
    }

    /// Counts what is missing, but only where something was seen to be broken: numbering alone proves
    /// nothing.
    fn count_lost(&mut self, header: &Header) {
        if self.found.broken_at.is_none() && !self.found.truncated {
            return;
        }
        let live = self.found.records.iter().filter(|record| !record.slack);
        let walked = u64::try_from(live.count()).unwrap_or(u64::MAX);
        let said = header.numbers.map_or(0, |(first, last)| last - first + 1);
        self.found.lost = said.saturating_sub(walked).max(1);
    }
}

fn starts_record(chunk: &[u8], at: usize) -> bool {
    chunk.get(at..).is_some_and(|rest| rest.starts_with(RECORD_MAGIC))
}

/// The record whose header stands at `at`, if it lies in the chunk as a whole.
fn record_at(chunk: &[u8], at: usize) -> Option<RecordAt> {
    if !starts_record(chunk, at) {
        return None;
    }
    let size = usize::try_from(u32_at(chunk, at.checked_add(4)?)?).ok()?;
    let number = u64_at(chunk, at.checked_add(8)?)?;
    let written = u64_at(chunk, at.checked_add(16)?)?;
    let fits = size >= RECORD_SIZE_MIN && at.checked_add(size)? <= chunk.len();
    fits.then_some(RecordAt { offset: at, size, number, written, slack: false })
}

/// A record repeats its size in its last four bytes.
fn closes(chunk: &[u8], record: &RecordAt) -> bool {
    let repeated = u32_at(chunk, record.end().saturating_sub(4));
    repeated.and_then(|size| usize::try_from(size).ok()) == Some(record.size)
}
