//! Windows event logs (`.evtx`): the wanted events, and what the log covers.
//!
//! This is not a general log parser: records that nobody wants are counted from their headers and
//! never rendered. The file is read chunk by chunk, a few at a time; every record that is physically
//! intact is found, whatever the headers around it say.

mod bytes;
mod chunk;
mod coverage;
mod event_xml;
mod gaps;
mod likeness;
mod neighbours;
mod pace;
mod render;
mod repeats;
mod selection;
mod slots;
mod stream;
mod walk;

#[cfg(test)]
mod tests;

use std::io::Read;

use super::Wanted;
use crate::artifacts::kept;
use crate::bundle::DiskContent;
use crate::source::{BundlePath, Gap, Place};
use jiff::Timestamp;
use memchr::memmem;
pub use neighbours::{InLog, Neighbour, Neighbours, around, first_line};
use pace::Sum;
use selection::Selection;
use stream::Slots;

/// Chunks in which a record is looked for that says whose the log is. Where none of so many has one that
/// can be read, the log was made to waste time.
const NAMING_TRIES: usize = 16;

/// Whether the start of a file is that of an event log, by content: the file's magic or a chunk's
/// anywhere in it, so that a damaged header or something in front of the log does not hide it.
pub fn looks_like_event_log(head: &[u8]) -> bool {
    let has = |magic: &[u8]| memmem::find(head, magic).is_some();
    has(stream::FILE_MAGIC) || has(walk::CHUNK_MAGIC)
}

/// Whether the start of a file is that of a log in the format before Windows Vista (`.evt`), which
/// [`read`] does not take.
pub fn looks_like_legacy_event_log(head: &[u8]) -> bool {
    head.get(4..8) == Some(b"LfLe")
}

/// Reads an event log from its first byte to its last: the wanted events, what the log covers, and
/// what could not be read of it.
///
/// Memory is bounded whatever the file claims. While the stream gives the next chunks, a second thread
/// reads those before; the result does not depend on that.
pub fn read(path: &BundlePath, content: &mut dyn Read, wanted: &Wanted) -> (EventLog, Vec<Gap>) {
    let selection = Selection::of(wanted);
    pace::read_stream(path, Slots::open(content), Sum::default(), &selection)
}

/// Reads an event log of the disk as [`read`] does, on all threads of the caller's pool as far as its
/// chunks stand in line. `content` is the log from its start, and `disk` the same log by place.
pub fn read_disk(
    path: &BundlePath,
    content: &mut dyn Read,
    disk: &DiskContent,
    wanted: &Wanted,
) -> (EventLog, Vec<Gap>) {
    let selection = Selection::of(wanted);
    let start = Slots::open(content);
    let (sum, at) = pace::read_in_line(disk, start.position(), &selection);
    let mut rest = pace::From::new(disk, at);
    pace::read_stream(path, start.resume(at, &mut rest), sum, &selection)
}

/// Counts the records of an event log and tells what it covers, without reading what they say: for an upload
/// that took too much work before.
pub fn count(path: &BundlePath, content: &mut dyn Read, wanted: &Wanted) -> (EventLog, Vec<Gap>) {
    let selection = Selection::of(wanted);
    pace::read_stream(path, Slots::open(content), Sum::counting(), &selection)
}

/// What one log file says.
#[derive(Debug, Clone, Default)]
pub struct EventLog {
    /// The wanted events, in order of time, then record ID.
    pub events: Vec<Event>,
    /// What the log as a whole covers.
    pub coverage: Coverage,
    /// Work that its records took beyond what those of real logs do, in bytes of text and of memory.
    pub excess: u64,
}

/// One event, as its XML has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The name by which the event was wanted, as the event spells it: `Provider/@Name`, or
    /// `Provider/@EventSourceName` where a manifest provider stands in for a classic source. Where
    /// there is no name, the one that belongs to the GUID.
    pub provider: String,
    /// `EventID` without qualifiers.
    pub id: u16,
    /// `EventRecordID` of the event itself (exports renumber the record headers).
    pub record_id: u64,
    /// Where the record stands.
    pub place: Place,
    /// `TimeCreated/@SystemTime`, UTC.
    pub time: Timestamp,
    /// `Computer`, as written.
    pub computer: String,
    /// `Channel`, where there is one.
    pub channel: Option<String>,
    /// `Level`: 1 critical, 2 error, 3 warning, 4 information, 5 verbose, and 0 where the provider sets none.
    pub level: Option<u8>,
    /// `Keywords`, as a number; Security events carry success (bit 53) and failure (bit 52) here.
    pub keywords: Option<u64>,
    /// The values of `EventData` or `UserData`, in order, with their names where they have one.
    pub data: Vec<Datum>,
    /// The record stands in space that the log had freed: it may be stale, and never proves alone.
    pub from_slack: bool,
    /// What tells the record from all others of its log.
    pub position: Position,
}

/// What tells a record from all others of its log, by its header.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Number in the record's header: the order in which the log got its records. It is the `EventRecordID` of a
    /// log that was not filtered, and never that of an export or of a log that collects those of others.
    pub number: u64,
    /// Time written, as `FILETIME`, whether or not it makes sense.
    pub written: u64,
}

impl Event {
    /// Memory that it takes, in bytes, near enough.
    pub(super) fn bytes(&self) -> usize {
        let data = self.data.iter().map(|datum| {
            let name = kept::bytes_of(&datum.name);
            name.saturating_add(kept::bytes_of([&datum.value])).saturating_add(size_of::<Datum>())
        });
        let texts =
            kept::bytes_of([&self.provider, &self.computer]).saturating_add(kept::bytes_of(&self.channel));
        data.sum::<usize>().saturating_add(texts).saturating_add(size_of::<Event>())
    }
}

/// One value of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Datum {
    /// The `Name` attribute of `Data`, or the element's name in `UserData`.
    pub name: Option<String>,
    /// The value as text.
    pub value: String,
}

/// What a log covers, from every record header in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Time written of the oldest record.
    pub from: Option<Timestamp>,
    /// Time written of the newest record.
    pub to: Option<Timestamp>,
    /// Records that could be walked.
    pub records: u64,
    /// Records that the log says it has and that could not be read (a lower bound).
    pub lost: u64,
    /// Smallest `EventRecordID` seen: above 1 means that older records are gone from the log, or were
    /// filtered out of an export.
    pub oldest_record_id: Option<u64>,
    /// Computers that the log's records name (from wanted events and from one record of every log).
    pub computers: Vec<String>,
    /// Channels that the log's records name, likewise.
    pub channels: Vec<String>,
}
