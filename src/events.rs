//! The events of a bundle, as a timeline: what the logs hold of the events that knowledge gives a meaning to,
//! narrowed down by filters, each on request with the records around it in its log.
//!
//! It reads logs and nothing else, and judges nothing. The records around an event are only known once it is
//! chosen, so that the logs that have one are read a second time, and only those.

mod context;
mod filter;
mod row;
mod rows;
mod text;
mod when;

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;

use crate::artifacts::event_log::Event;
use crate::artifacts::{self, Artifact, Content, Effort, Wanted};
use crate::bundle::{self, Limits, OpenError};
use crate::facts;
use crate::knowledge::events::known_events;
use crate::progress::Progress;
use crate::source::{BundlePath, Gap};

pub use row::Row;
pub use rows::{csv, jsonl};
pub use text::table;
pub use when::{NotATime, since, until};

/// Version of the shape of a row.
pub const SCHEMA: &str = "sspr-triage/events/1";
/// The most records on each side of an event.
pub const CONTEXT_MAX: usize = 50;
/// Events whose neighbours are read, so that memory stays bounded; those of the others are left out, and counted.
const WITH_CONTEXT_MAX: usize = 1_000;

/// Which events to list. An empty list asks for all; of one that is not, an event has to meet one entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// The first time that counts.
    pub since: Option<Timestamp>,
    /// The first time that does not count any more.
    pub before: Option<Timestamp>,
    /// Names of users: principal names, account names, object ids, SIDs or distinguished names.
    pub users: Vec<String>,
    /// Tracking ids of operations.
    pub tracking_ids: Vec<String>,
    /// Event IDs.
    pub ids: Vec<u16>,
    /// Providers.
    pub providers: Vec<String>,
    /// How many records to show on each side of an event, at most [`CONTEXT_MAX`].
    pub context: usize,
}

/// The events that were asked for.
#[derive(Debug, Default)]
pub struct Timeline {
    /// In order of the first event in each: time, file, record.
    pub blocks: Vec<Block>,
    /// At least one log could be used.
    pub usable: bool,
    /// How many records were asked for on each side of an event.
    pub context: usize,
    /// Events without neighbours, because too many were asked for.
    pub without_context: usize,
    /// The logs that were read, in order of path.
    pub logs: Vec<LogRead>,
    /// What could not be opened or read: in all of the upload, and in its logs.
    pub gaps: Vec<Gap>,
}

/// A log that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRead {
    /// The log.
    pub path: BundlePath,
    /// Its size.
    pub bytes: u64,
    /// Records walked.
    pub records: u64,
}

impl Timeline {
    /// How many events were found.
    pub fn found(&self) -> usize {
        self.blocks.iter().flat_map(|block| &block.rows).filter(|row| row.asked_for).count()
    }
}

/// Records of one log without a hole; one event, where no neighbours were asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The log.
    pub path: BundlePath,
    /// In the order of the log.
    pub rows: Vec<Row>,
}

/// An event and where it stands.
#[derive(Debug)]
struct Found {
    path: BundlePath,
    event: Event,
}

/// Lists the events of an upload: several paths are one bundle.
///
/// # Errors
/// A path that does not exist or cannot be opened. All that is wrong inside the upload is a gap instead.
pub fn list(paths: &[impl AsRef<Path>], limits: &Limits, query: &Query) -> Result<Timeline, OpenError> {
    list_counting(paths, limits, query, &Progress::default())
}

/// As [`list`], counting the bytes of the files on the disk as they are read for the first time.
///
/// # Errors
/// As those of [`list`].
pub fn list_counting(
    paths: &[impl AsRef<Path>],
    limits: &Limits,
    query: &Query,
    progress: &Progress,
) -> Result<Timeline, OpenError> {
    let (wanted, effort) = (wanted(query), Effort::default());
    // Nothing is hashed: nobody asks which bytes the events come from.
    let unhashed = Limits { hashed_bytes: 0, ..limits.clone() };
    let read = |member: bundle::Member<'_>| artifacts::read_event_log(member, &wanted, &effort);
    let read = bundle::read_counting(paths, &unhashed, progress, read)?;
    let mut timeline =
        Timeline { gaps: read.gaps, context: query.context.min(CONTEXT_MAX), ..Timeline::default() };
    let mut logs = Vec::new();
    for member in read.members {
        let Some((log, gaps)) = member.read else { continue };
        timeline.gaps.extend(gaps);
        timeline.usable |= log.coverage.records > 0 || !log.events.is_empty();
        let records = log.coverage.records;
        timeline.logs.push(LogRead { path: member.path.clone(), bytes: member.bytes, records });
        let content = Content::EventLog(log);
        logs.push(Artifact { path: member.path, bytes: member.bytes, sha256: None, content });
    }
    // Traces name nobody, so that only what is joined to an operation tells whose they are.
    let operations = if query.users.is_empty() { Vec::new() } else { facts::operations(&logs) };
    let mut found = filter::chosen(found(logs), query, &operations);
    found.sort_by(|a, b| order(a).cmp(&order(b)));
    let as_row = |event: Event| Row::of_event(event, &wanted);
    if timeline.context == 0 {
        let block = |Found { path, event }| Block { path, rows: vec![as_row(event)] };
        timeline.blocks = found.into_iter().map(block).collect();
    } else {
        context::add(&mut timeline, found, paths, limits, as_row)?;
    }
    timeline.gaps.sort();
    timeline.gaps.dedup();
    Ok(timeline)
}

/// All events of the logs.
fn found(logs: Vec<Artifact>) -> Vec<Found> {
    let mut all = Vec::new();
    for Artifact { path, content, .. } in logs {
        if let Content::EventLog(log) = content {
            all.extend(log.events.into_iter().map(|event| Found { path: path.clone(), event }));
        }
    }
    all
}

/// Time, file, and the record in it.
fn order(found: &Found) -> (Timestamp, &BundlePath, u64, &crate::source::Place) {
    (found.event.time, &found.path, found.event.record_id, &found.event.place)
}

/// What the readers are to keep. A sign of life is kept once of each computer, unless it is asked for by its ID.
fn wanted(query: &Query) -> Wanted {
    let mut wanted = crate::wanted();
    wanted.seen_once.retain(|(_, id)| !query.ids.contains(id));
    wanted
}

/// Whether the catalogue has an event of that ID.
pub fn is_known(id: u16) -> bool {
    known_events().iter().any(|event| event.id == id)
}

/// Events by the log that they stand in.
fn by_log(found: &[Found]) -> BTreeMap<BundlePath, Vec<&Event>> {
    let mut logs: BTreeMap<BundlePath, Vec<&Event>> = BTreeMap::new();
    for Found { path, event } in found {
        logs.entry(path.clone()).or_default().push(event);
    }
    logs
}

#[cfg(test)]
mod tests;
