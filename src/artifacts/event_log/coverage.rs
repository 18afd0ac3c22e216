//! Adding up the chunks of a log: its events in order, what it covers, what is missing.

use std::cmp::Ordering;
use std::collections::{HashMap, VecDeque};

use super::bytes::plausible_time;
use super::chunk::{ChunkReading, Damage, Found};
use super::event_xml::EventParts;
use super::repeats::{Rendered, Seen};
use super::{Coverage, Event};
use crate::artifacts::kept::LOG_BYTES;
use crate::source::Place;

/// Computers and channels kept of one file, each. A log that collects those of others names hundreds.
const NAMES_MAX: usize = 1_000;
/// Events remembered of which one of each computer is kept: a log of a collector names some servers.
const SEEN_MAX: usize = 256;

/// Work of rendering, in bytes, that a file may take beyond what real logs do: about a second. What it is
/// counted in is the same on every machine, so the same log always ends at the same chunk.
pub(super) const EXCESS_MAX: u64 = 64 << 20;

/// The chunks read so far.
#[derive(Debug, Default)]
pub(super) struct Total {
    found: VecDeque<Found>,
    /// Signs of life that were the oldest events.
    once: Vec<Found>,
    /// Memory of all these.
    bytes: usize,
    /// Events of which no more are kept of the same computer.
    pub(super) seen: Vec<Seen>,
    /// Events that others may be like.
    pub(super) rendered: Rendered,
    /// Wanted events that were not kept.
    pub(super) dropped: u64,
    coverage: Coverage,
    computers: Names,
    channels: Names,
    /// Largest number in a record's header.
    pub(super) newest_number: Option<u64>,
    /// Damaged chunks, each with its offset and what it still gave.
    pub(super) damaged: Vec<(u64, u64, Damage)>,
    /// Damaged chunks beyond those.
    pub(super) more_damaged: u64,
    /// Work of rendering beyond what the chunks of a real log take.
    pub(super) excess: u64,
    /// Records are only counted, for what other logs took.
    pub(super) counting: bool,
}

impl Total {
    /// Adds a chunk.
    pub(super) fn add(&mut self, chunk: ChunkReading) {
        const DAMAGED_MAX: usize = 20;
        let coverage = &mut self.coverage;
        coverage.records = coverage.records.saturating_add(chunk.records);
        coverage.lost = coverage.lost.saturating_add(chunk.damage.lost);
        let times = chunk.times.map(|(from, to)| (plausible_time(from), plausible_time(to)));
        if let Some((Some(from), Some(to))) = times {
            coverage.from = Some(coverage.from.map_or(from, |oldest| oldest.min(from)));
            coverage.to = coverage.to.max(Some(to));
        }
        let ids = [coverage.oldest_record_id, chunk.oldest_record_id];
        coverage.oldest_record_id = ids.into_iter().flatten().min();
        self.newest_number = self.newest_number.max(chunk.newest_number);
        if chunk.damage != Damage::default() {
            if self.damaged.len() < DAMAGED_MAX {
                self.damaged.push((chunk.offset, chunk.records, chunk.damage));
            } else {
                self.more_damaged += 1;
            }
        }
        self.excess = self.excess.saturating_add(chunk.excess);
        chunk.found.into_iter().for_each(|found| self.keep(found));
    }

    /// Whether the file has taken more work than any real one.
    pub(super) fn is_exhausting(&self) -> bool {
        self.excess > EXCESS_MAX
    }

    /// Whether records are only counted from here on.
    pub(super) fn is_counting(&self) -> bool {
        self.counting || self.is_exhausting()
    }

    fn keep(&mut self, mut found: Found) {
        let event = &found.event;
        if let Some(form) = found.form.take() {
            self.rendered.add(form, event);
        }
        if found.seen_once {
            if self.seen.iter().any(|seen| seen.is(event)) {
                return;
            }
            if !event.from_slack && self.seen.len() < SEEN_MAX {
                self.seen.push(Seen::of(event));
            }
        }
        self.bytes = self.bytes.saturating_add(event.bytes());
        if !event.from_slack {
            self.computers.note(&event.computer);
            event.channel.iter().for_each(|channel| self.channels.note(channel));
        }
        self.found.push_back(found);
        // The oldest are those that matter least, but for signs of life, of which there are few.
        while self.bytes > LOG_BYTES {
            let Some(oldest) = self.found.pop_front() else { return };
            if oldest.seen_once && self.once.len() < SEEN_MAX {
                self.once.push(oldest);
            } else {
                self.bytes = self.bytes.saturating_sub(oldest.event.bytes());
                self.dropped += 1;
            }
        }
    }

    /// Notes the computer and channel of a record that nobody wanted.
    pub(super) fn note_record(&mut self, parts: &EventParts) {
        parts.computer.iter().for_each(|computer| self.computers.note(computer));
        parts.channel.iter().for_each(|channel| self.channels.note(channel));
    }

    /// Counts records that the file as a whole proves to be missing.
    pub(super) fn lose(&mut self, records: u64) {
        self.coverage.lost = self.coverage.lost.saturating_add(records);
    }

    pub(super) fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// Whether the log names more computers than are kept.
    pub(super) fn has_more_computers(&self) -> bool {
        self.computers.more
    }

    /// The events in order, each once, and the coverage.
    pub(super) fn finish(mut self) -> (Vec<Event>, Coverage) {
        self.coverage.computers = self.computers.spelled();
        self.coverage.channels = self.channels.spelled();
        let mut found = self.once;
        found.extend(self.found);
        (in_order(found), self.coverage)
    }
}

/// Names of computers or channels. The same name in other letter case is the same one; the first spelling
/// stays.
#[derive(Debug, Default)]
struct Names {
    /// By the name in lower case.
    spellings: HashMap<String, String>,
    /// More came than are kept.
    more: bool,
}

impl Names {
    fn note(&mut self, name: &str) {
        let key = name.to_ascii_lowercase();
        if name.is_empty() || self.spellings.contains_key(&key) {
            return;
        }
        if self.spellings.len() < NAMES_MAX {
            self.spellings.insert(key, name.to_owned());
        } else {
            self.more = true;
        }
    }

    /// In order.
    fn spelled(self) -> Vec<String> {
        let mut names: Vec<String> = self.spellings.into_values().collect();
        names.sort();
        names
    }
}

fn by_time(a: &Found, b: &Found) -> Ordering {
    let key = |found: &Found| (found.event.time, found.event.record_id, found.offset);
    key(a).cmp(&key(b))
}

/// Orders events by time, record ID and offset, drops what is there twice, and adds the offset to the
/// places that would not be unique without it.
fn in_order(mut found: Vec<Found>) -> Vec<Event> {
    found.sort_by(by_time);
    let same = |a: &Found, b: &Found| (a.event.time, a.event.record_id) == (b.event.time, b.event.record_id);
    let keep: Vec<bool> = found.chunk_by(same).flat_map(each_once).collect();
    let mut keep = keep.into_iter();
    found.retain(|_| keep.next().unwrap_or(true));
    let mut uses: HashMap<u64, u32> = HashMap::new();
    for found in &found {
        *uses.entry(found.event.record_id).or_default() += 1;
    }
    let placed = found.into_iter().map(|Found { event, offset, position, .. }| {
        let id = event.record_id;
        let offset = (uses.get(&id) > Some(&1)).then_some(offset);
        Event { place: Place::Record { id, offset }, position, ..event }
    });
    placed.collect()
}

/// Which of the events with the same time and record ID to keep: every live one that differs, or where
/// none is live, every one from freed space that differs. Windows leaves copies of live records in
/// freed space, and the copy may be damaged.
fn each_once(group: &[Found]) -> Vec<bool> {
    /// Only a file made to waste time has more that differ.
    const LOOK_BACK: usize = 16;
    let live = group.iter().any(|found| !found.event.from_slack);
    let mut kept: Vec<&Event> = Vec::new();
    let keep = group.iter().map(|Found { event, .. }| {
        let keep =
            event.from_slack != live && !kept.iter().rev().take(LOOK_BACK).any(|known| *known == event);
        if keep {
            kept.push(event);
        }
        keep
    });
    keep.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifacts::event_log::Position;

    fn found(seconds: i64, record_id: u64, offset: u64, from_slack: bool, computer: &str) -> Found {
        let event = Event {
            provider: "ADSync".into(),
            id: 6329,
            record_id,
            place: Place::Record { id: record_id, offset: None },
            time: jiff::Timestamp::from_second(seconds).unwrap(),
            computer: computer.into(),
            channel: Some("Application".into()),
            level: None,
            keywords: None,
            data: Vec::new(),
            from_slack,
            position: Position::default(),
        };
        let position = Position { number: record_id, written: 0 };
        Found { event, offset, position, seen_once: false, form: None }
    }

    fn places(found: Vec<Found>) -> Vec<(u64, Option<u64>)> {
        let events = in_order(found);
        let places = events.iter().map(|event| match event.place {
            Place::Record { id, offset } => (id, offset),
            _ => panic!("an event stands in a record"),
        });
        places.collect()
    }

    #[test]
    fn events_come_by_time_then_record_id() {
        let events =
            vec![found(20, 1, 100, false, "a"), found(10, 3, 200, false, "a"), found(10, 2, 300, false, "a")];
        assert_eq!(places(events), [(2, None), (3, None), (1, None)]);
    }

    #[test]
    fn a_record_id_used_twice_is_told_apart_by_offset() {
        let events =
            vec![found(20, 7, 100, false, "a"), found(10, 7, 200, false, "b"), found(30, 8, 300, false, "a")];
        assert_eq!(places(events), [(7, Some(200)), (7, Some(100)), (8, None)]);
    }

    #[test]
    fn copies_are_dropped_and_a_live_record_wins() {
        let events = vec![
            found(10, 7, 100, true, "a"),
            found(10, 7, 200, false, "a"),
            found(10, 7, 300, false, "a"),
            found(20, 8, 400, true, "a"),
            found(20, 8, 500, true, "a"),
        ];
        let events = in_order(events);
        let kept: Vec<_> = events.iter().map(|event| (event.record_id, event.from_slack)).collect();
        assert_eq!(kept, [(7, false), (8, true)]);
    }

    #[test]
    fn names_are_noted_once_whatever_their_case() {
        let mut total = Total::default();
        for (offset, computer) in [(1, "dc02"), (2, "DC02"), (3, ""), (4, "dc01")] {
            let events = vec![found(10, offset, offset, false, computer)];
            total.add(ChunkReading { found: events, ..ChunkReading::default() });
        }
        let (_, coverage) = total.finish();
        assert_eq!(coverage.computers, ["dc01", "dc02"]);
        assert_eq!(coverage.channels, ["Application"]);
    }

    #[test]
    fn a_thousand_computers_are_kept() {
        let mut total = Total::default();
        for number in 0..1_500 {
            // Each one twice, which does not count.
            let events =
                (0..2).map(|_| found(10, number, number, false, &format!("pc{}", number % 1_000))).collect();
            total.add(ChunkReading { found: events, ..ChunkReading::default() });
        }
        assert!(!total.has_more_computers());
        total.add(ChunkReading { found: vec![found(10, 1, 1, false, "pc1000")], ..ChunkReading::default() });
        assert!(total.has_more_computers());
        assert_eq!(total.finish().1.computers.len(), 1_000);
    }
}
