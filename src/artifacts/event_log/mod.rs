//! Windows event logs (`.evtx`): the wanted events, and what the log covers.
//!
//! This is not a general log parser: records that nobody wants are counted from their headers and
//! never rendered.

use jiff::Timestamp;

use crate::source::Place;

/// What one log file says.
#[derive(Debug, Clone, Default)]
pub struct EventLog {
    /// The wanted events, in order of time, then record ID.
    pub events: Vec<Event>,
    /// What the log as a whole covers.
    pub coverage: Coverage,
}

/// One event, as its XML has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// `Provider/@Name`; where that is absent, the name that belongs to its GUID.
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
    /// `Keywords`, as a number; Security events carry success (bit 53) and failure (bit 52) here.
    pub keywords: Option<u64>,
    /// The values of `EventData` or `UserData`, in order, with their names where they have one.
    pub data: Vec<Datum>,
    /// The record stands in space that the log had freed: it may be stale, and never proves alone.
    pub from_slack: bool,
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
