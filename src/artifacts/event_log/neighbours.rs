//! Records around some records of a log, whatever they are: a second look at a log whose events are known.
//!
//! A log is read from its first chunk to its last, and keeps its order only by the numbers in the records'
//! headers: the oldest records of a log that wrapped stand in its middle. So nothing is known to be a neighbour
//! before the end. Between every two records that neighbours are asked of, only the nearest are kept, so that
//! memory is bounded by what is asked for and not by the log.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use jiff::Timestamp;

use super::bytes::plausible_time;
use super::chunk::USUAL_WORK;
use super::coverage::EXCESS_MAX;
use super::event_xml::{self, EventParts};
use super::selection::Selection;
use super::slots::SlotReader;
use super::stream::Slots;
use super::walk::{RecordAt, walk};
use super::{Datum, Position, render};
use crate::artifacts::Wanted;

/// Letters kept of a neighbour's text.
const TEXT_MAX: usize = 200;
/// Letters kept of a name in it.
const NAME_MAX: usize = 256;

/// One record beside another one, in brief.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour {
    /// What tells it from all others of its log.
    pub position: Position,
    /// `EventRecordID`; of a record that cannot be rendered, what its header says.
    pub record_id: u64,
    /// `TimeCreated/@SystemTime`, otherwise the time in the header, UTC; none where neither makes sense.
    pub time: Option<Timestamp>,
    /// `Provider/@Name`, otherwise its source's name or its GUID; none where the record cannot be rendered.
    pub provider: Option<String>,
    /// `EventID`; none where the record cannot be rendered and has it in no usual place.
    pub id: Option<u16>,
    /// `Level`.
    pub level: Option<u8>,
    /// `Computer`, as written.
    pub computer: Option<String>,
    /// `Channel`.
    pub channel: Option<String>,
    /// The first line of what it says, at most 200 letters.
    pub text: String,
    /// It stands in space that the log had freed.
    pub from_slack: bool,
}

/// The records around others.
#[derive(Debug, Default)]
pub struct Neighbours {
    /// Parts of the log without a hole, each in the order of the log.
    pub parts: Vec<Vec<InLog>>,
    /// Records asked about that do not stand in the log.
    pub not_found: usize,
    /// The log took so much work to render that the last of its neighbours were not rendered.
    pub exhausting: bool,
}

/// A record of a part of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InLog {
    /// One that was asked about.
    Asked(Position),
    /// One beside it.
    Beside(Neighbour),
}

/// Reads the records around some of a log: `count` before and `count` after each.
///
/// The neighbours of `live` records are live ones, in the order of their numbers. Those of `freed` records are
/// live and freed ones in the order of the times written, for what a log was before it was cleared has numbers
/// of its own.
pub fn around(content: &mut dyn Read, live: &[Position], freed: &[Position], count: usize) -> Neighbours {
    let mut searches = [Search::new(live, false, count), Search::new(freed, true, count)];
    let selection = Selection::of(&Wanted::default());
    let mut slots = Slots::open(content);
    while let Some(mut block) = slots.next_block() {
        for (_, slot) in block.slots() {
            for search in searches.iter_mut().filter(|search| !search.order.is_empty()) {
                search.read(slot, &selection);
            }
        }
        slots.recycle(block);
    }
    let mut all = Neighbours::default();
    for search in searches {
        let Neighbours { parts, not_found, exhausting } = search.finish();
        all.parts.extend(parts);
        all.not_found = all.not_found.saturating_add(not_found);
        all.exhausting |= exhausting;
    }
    all
}

/// Where a record stands in the order asked for.
type Key = (u64, u64);

/// What is kept between two records that are asked about: the nearest to either.
#[derive(Debug, Default, Clone)]
struct Between {
    behind: BTreeSet<Key>,
    ahead: BTreeSet<Key>,
    /// There are more, which are near to neither.
    hole: bool,
}

struct Search {
    /// The records asked about, in order, each with whether it was seen.
    of: BTreeMap<Key, (Position, bool)>,
    /// The same in a form that is quick to search.
    order: Vec<Key>,
    freed: bool,
    count: usize,
    /// One more than there are records asked about.
    between: Vec<Between>,
    /// What is kept, rendered.
    kept: BTreeMap<Key, Neighbour>,
    excess: u64,
}

impl Search {
    fn new(of: &[Position], freed: bool, count: usize) -> Self {
        let of: BTreeMap<Key, (Position, bool)> =
            of.iter().map(|position| (key(*position, freed), (*position, false))).collect();
        let order: Vec<Key> = of.keys().copied().collect();
        let between = vec![Between::default(); order.len().saturating_add(1)];
        Search { of, order, freed, count, between, kept: BTreeMap::new(), excess: 0 }
    }

    fn read(&mut self, slot: &mut [u8], selection: &Selection) {
        let walk = walk(slot);
        let (records, line_end) = (&walk.records, walk.line_end());
        let freed = self.freed;
        let mut near = Vec::new();
        for record in records.iter().filter(|record| freed || !record.slack) {
            let key = key(record.position(), self.freed);
            if let Some((_, seen)) = self.of.get_mut(&key) {
                *seen = true;
            } else if self.offer(key) {
                near.push((key, *record));
            }
        }
        // Some of these were pushed out by others. Of copies of a record the live one counts.
        near.retain(|(key, record)| {
            let is_better = self.kept.get(key).is_none_or(|kept| kept.from_slack && !record.slack);
            is_better && self.is_near(*key)
        });
        near.sort_by_key(|(key, record)| (*key, record.slack, record.offset));
        near.dedup_by_key(|(key, _)| *key);
        near.sort_by_key(|(_, record)| record.offset);
        self.render(slot, line_end, &near, selection);
    }

    /// The place between the records asked about that a key falls in.
    fn place(&self, key: Key) -> usize {
        self.order.partition_point(|asked| *asked < key)
    }

    /// Whether a record is among the nearest so far.
    fn offer(&mut self, key: Key) -> bool {
        let (place, last) = (self.place(key), self.order.len());
        let count = self.count;
        let Some(between) = self.between.get_mut(place) else { return false };
        let mut pushed_out = Vec::new();
        if place > 0 && between.behind.insert(key) && between.behind.len() > count {
            pushed_out.extend(between.behind.pop_last());
        }
        if place < last && between.ahead.insert(key) && between.ahead.len() > count {
            pushed_out.extend(between.ahead.pop_first());
        }
        let is_near = |key: &Key| between.behind.contains(key) || between.ahead.contains(key);
        for key in pushed_out {
            if !is_near(&key) {
                between.hole = true;
                self.kept.remove(&key);
            }
        }
        self.is_near(key)
    }

    fn is_near(&self, key: Key) -> bool {
        let between = self.between.get(self.place(key));
        between.is_some_and(|between| between.behind.contains(&key) || between.ahead.contains(&key))
    }

    fn render(&mut self, slot: &mut [u8], line_end: usize, near: &[(Key, RecordAt)], selection: &Selection) {
        if near.is_empty() {
            return;
        }
        let mut slots = SlotReader::new(slot);
        for (key, record) in near {
            let values = slots.read(record);
            self.kept.insert(*key, unrendered(record, values.event_id, values.record_id));
        }
        if self.is_exhausting() {
            return;
        }
        let records: Vec<RecordAt> = near.iter().map(|(_, record)| *record).collect();
        let work = render::render(slot, line_end, &records, &selection.settings, |record, xml| {
            let key = key(record.position(), self.freed);
            if let (Some(kept), Some(parts)) = (self.kept.get_mut(&key), event_xml::parse(xml)) {
                kept.fill(parts);
            }
        });
        self.excess = self.excess.saturating_add(work.saturating_sub(USUAL_WORK));
    }

    fn is_exhausting(&self) -> bool {
        self.excess > EXCESS_MAX
    }

    fn finish(mut self) -> Neighbours {
        let exhausting = self.is_exhausting();
        let not_found = self.of.values().filter(|(_, seen)| !*seen).count();
        let mut parts = Vec::new();
        let mut part = Vec::new();
        for (place, between) in std::mem::take(&mut self.between).into_iter().enumerate() {
            let asked = |place: Option<usize>| self.of.get(self.order.get(place?)?).copied();
            let is_in_log = |asked: Option<(Position, bool)>| asked.is_some_and(|(_, seen)| seen);
            let Between { behind, ahead, hole } = between;
            if is_in_log(asked(place.checked_sub(1))) {
                part.extend(behind.iter().filter_map(|key| self.kept.remove(key)).map(InLog::Beside));
            }
            if hole {
                parts.push(std::mem::take(&mut part));
            }
            if is_in_log(asked(Some(place))) {
                part.extend(ahead.iter().filter_map(|key| self.kept.remove(key)).map(InLog::Beside));
                part.extend(asked(Some(place)).map(|(position, _)| InLog::Asked(position)));
            }
        }
        parts.push(part);
        parts.retain(|part| part.iter().any(|record| matches!(record, InLog::Asked(_))));
        Neighbours { parts, not_found, exhausting }
    }
}

fn key(position: Position, freed: bool) -> Key {
    let Position { number, written } = position;
    if freed { (written, number) } else { (number, written) }
}

fn unrendered(record: &RecordAt, id: Option<u16>, record_id: Option<u64>) -> Neighbour {
    Neighbour {
        position: record.position(),
        record_id: record_id.unwrap_or(record.number),
        time: plausible_time(record.written),
        provider: None,
        id,
        level: None,
        computer: None,
        channel: None,
        text: String::new(),
        from_slack: record.slack,
    }
}

impl Neighbour {
    fn fill(&mut self, parts: EventParts) {
        let name = |name: String| clipped(&name, NAME_MAX);
        self.record_id = parts.record_id.unwrap_or(self.record_id);
        self.time = parts.time.or(self.time);
        self.provider = parts.provider.or(parts.source).or(parts.guid).map(name);
        self.id = parts.id.or(self.id);
        self.level = parts.level;
        self.computer = parts.computer.map(name);
        self.channel = parts.channel.map(name);
        self.text = clipped(&first_line(&parts.data), TEXT_MAX);
    }
}

/// The first line of what an event says: of unnamed values, the first that is not blank; of named ones, the
/// first line of each.
pub fn first_line(data: &[Datum]) -> String {
    let line = |value: &str| value.lines().map(str::trim).find(|line| !line.is_empty()).map(str::to_owned);
    if data.iter().all(|datum| datum.name.is_none()) {
        return data.iter().find_map(|datum| line(&datum.value)).unwrap_or_default();
    }
    let mut text = String::new();
    for Datum { name, value } in data {
        let Some(value) = line(value) else { continue };
        if text.len() > 4 * TEXT_MAX {
            break;
        }
        if !text.is_empty() {
            text.push_str(", ");
        }
        if let Some(name) = name {
            text.push_str(name.trim_end().trim_end_matches(':'));
            text.push_str(": ");
        }
        text.push_str(&value);
    }
    text
}

fn clipped(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{} [...]", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
