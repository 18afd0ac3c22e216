//! Reading one chunk: what its record headers cover, the wanted events in it, and what was lost.

use super::bytes::{is_blank, is_plausible_time, plausible_time};
use super::event_xml::{self, EventParts};
use super::likeness::{self, Own};
use super::render;
use super::repeats::{Rendered, Repeats, Seen};
use super::selection::Selection;
use super::slots::{SlotReader, Slots, holds_its_values};
use super::walk::{CHUNK_SIZE, RecordAt, has_its_checksum, walk};
use super::{Event, Position};
use crate::source::Place;

/// Text that one record can hold. A record is under 64 KiB of UTF-16, so no more than half as much
/// again in UTF-8; what a template multiplies beyond that was made to fill memory.
const RECORD_TEXT_MAX: usize = 2 * CHUNK_SIZE;
/// The same for all records of a chunk, which share its 64 KiB. Ten times over, for templates that
/// repeat a text.
const CHUNK_TEXT_MAX: usize = 10 * RECORD_TEXT_MAX;
/// Records of one chunk whose forms are kept. Where more are new, they are no repeats.
const FORMS_MAX: usize = 4;

/// A wanted event with its place in the file.
#[derive(Debug)]
pub(super) struct Found {
    /// Without its place and position, so that copies of a record are alike.
    pub(super) event: Event,
    pub(super) offset: u64,
    pub(super) position: Position,
    /// One event of this kind is kept of each computer.
    pub(super) seen_once: bool,
    /// The form of its record, where it was rendered and others may be like it.
    pub(super) form: Option<Box<[u8]>>,
}

/// What was read of one chunk.
#[derive(Debug, Default)]
pub(super) struct ChunkReading {
    pub(super) offset: u64,
    pub(super) found: Vec<Found>,
    /// Live records.
    pub(super) records: u64,
    /// Times of the oldest and newest live record, as `FILETIME`.
    pub(super) times: Option<(u64, u64)>,
    /// Smallest `EventRecordID` of a live record.
    pub(super) oldest_record_id: Option<u64>,
    /// Largest number in a live record's header.
    pub(super) newest_number: Option<u64>,
    pub(super) damage: Damage,
    /// Work that rendering took beyond what a chunk of a real log takes.
    pub(super) excess: u64,
}

/// What is wrong with a chunk.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Damage {
    /// The chunk holds bytes, and no record can be found in them.
    pub(super) unreadable: bool,
    pub(super) header_damaged: bool,
    pub(super) truncated: bool,
    /// Where in the file the first record should stand that does not.
    pub(super) broken_at: Option<u64>,
    /// Records that stand there whole by their headers, may be wanted, and cannot be rendered.
    pub(super) unrendered: u64,
    /// Records whose text is larger than a record can be.
    pub(super) oversized: u64,
    /// Records that may be wanted and were not tried, because the log had taken too much work before.
    pub(super) untried: u64,
    /// Live records lost, as far as that can be counted.
    pub(super) lost: u64,
}

/// Work of rendering that chunks of real logs stay below, as [`render::render`] counts it.
pub(super) const USUAL_WORK: u64 = 3 << 20;

/// How a chunk is read.
#[derive(Clone, Copy)]
pub(super) struct Way<'w> {
    pub(super) selection: &'w Selection,
    /// Events of which no more are kept of the same computer: what only repeats one is not rendered.
    pub(super) seen: &'w [Seen],
    /// Events that others may be like, which are then not rendered.
    pub(super) rendered: &'w Rendered,
    /// Without it, records are only counted.
    pub(super) rendering: bool,
}

/// A record that may hold a wanted event.
struct Candidate {
    record: RecordAt,
    values: Slots,
    /// Its form and what is its own, where others may be like it.
    form: Option<(Box<[u8]>, Own)>,
}

/// Reads what stands in a slot that starts at `offset` of the file.
pub(super) fn read_chunk(offset: u64, bytes: &mut [u8], way: Way<'_>) -> ChunkReading {
    let Way { selection, seen, rendered, rendering } = way;
    let mut reading = ChunkReading { offset, ..ChunkReading::default() };
    if is_blank(bytes) {
        // Preallocated, not used yet.
        return reading;
    }
    let walk = walk(bytes);
    let damage = &mut reading.damage;
    damage.header_damaged = walk.header_damaged;
    damage.unreadable = walk.header_damaged && walk.records.is_empty();
    damage.truncated = walk.truncated;
    damage.broken_at = walk.broken_at.map(|at| offset.saturating_add(as_u64(at)));
    damage.lost = walk.lost.max(u64::from(damage.unreadable));
    let mut slots = SlotReader::new(bytes);
    let mut repeats = Repeats::new(bytes, seen);
    let mut wanted = Vec::new();
    for record in &walk.records {
        let values = slots.read(record);
        reading.cover(record, &values);
        let is_wanted = values.event_id.is_none_or(|id| selection.has_id(id));
        if is_wanted && (record.slack || !repeats.is_repeat(&values)) {
            wanted.push(Candidate { record: *record, values, form: None });
        }
    }
    wanted.sort_by_key(|candidate| candidate.record.offset);
    if rendering {
        reading.leave_out(bytes, &mut wanted);
        let text = reading.take_alike(bytes, walk.line_end(), &mut wanted, rendered);
        reading.render(bytes, walk.line_end(), wanted, selection, text);
        reading.found.sort_by_key(|found| found.offset);
    } else {
        let live = wanted.iter().filter(|candidate| !candidate.record.slack);
        reading.damage.untried = as_u64(live.count());
        reading.damage.lost = reading.damage.lost.saturating_add(reading.damage.untried);
    }
    reading
}

/// The parts of the first live record of a chunk that can be rendered, and the work beyond the usual that it took
/// to find it.
pub(super) fn first_record(bytes: &mut [u8], selection: &Selection) -> (Option<EventParts>, u64) {
    const TRIES: usize = 4;
    let walk = walk(bytes);
    let (mut parts, mut work) = (None, 0_u64);
    for record in walk.records.iter().filter(|record| !record.slack).take(TRIES) {
        let took = render::render(
            bytes,
            walk.line_end(),
            std::slice::from_ref(record),
            &selection.settings,
            |_, xml| {
                parts = event_xml::parse(xml);
            },
        );
        work = work.saturating_add(took);
        if parts.is_some() {
            break;
        }
    }
    (parts, work.saturating_sub(USUAL_WORK))
}

impl ChunkReading {
    /// Counts a live record into what the chunk covers.
    fn cover(&mut self, record: &RecordAt, values: &Slots) {
        if record.slack {
            return;
        }
        self.records += 1;
        self.newest_number = self.newest_number.max(Some(record.number));
        if is_plausible_time(record.written) {
            let time = record.written;
            let (from, to) = self.times.unwrap_or((time, time));
            self.times = Some((from.min(time), to.max(time)));
        }
        self.see_record_id(values.record_id);
    }

    fn see_record_id(&mut self, id: Option<u64>) {
        self.oldest_record_id = match (self.oldest_record_id, id) {
            (Some(oldest), Some(id)) => Some(oldest.min(id)),
            (oldest, id) => oldest.or(id),
        };
    }

    /// Takes out the records whose values do not end where they do. They count as not rendered.
    fn leave_out(&mut self, bytes: &[u8], wanted: &mut Vec<Candidate>) {
        wanted.retain(|Candidate { record, .. }| {
            let whole = holds_its_values(bytes, record);
            self.damage.unrendered += u64::from(!whole && !record.slack);
            whole
        });
        self.damage.lost = self.damage.lost.saturating_add(self.damage.unrendered);
    }

    /// Takes the events that are known without rendering out of the candidates, and returns the size of their
    /// text.
    ///
    /// What a damaged record is rendered as can depend on which others are rendered with it. So of a damaged chunk
    /// either all events are known or none is.
    fn take_alike(
        &mut self,
        bytes: &[u8],
        line_end: usize,
        wanted: &mut Vec<Candidate>,
        rendered: &Rendered,
    ) -> usize {
        let (mut text, mut forms) = (0_usize, 0);
        let mut form = Vec::new();
        let mut known = |candidate: &mut Candidate| {
            let record = &candidate.record;
            if record.slack || record.end() > line_end || candidate.values.event_id.is_none() {
                return None;
            }
            let own = likeness::form_of(bytes, record, &mut form)?;
            let event = rendered.like(&form, own);
            let event = event.filter(|event| text.saturating_add(size(event)) <= CHUNK_TEXT_MAX);
            match &event {
                Some(event) => text = text.saturating_add(size(event)),
                None if forms < FORMS_MAX => {
                    forms += 1;
                    candidate.form = Some((form.as_slice().into(), own));
                }
                None => {}
            }
            event
        };
        let known: Vec<Option<Event>> = wanted.iter_mut().map(&mut known).collect();
        if known.iter().all(Option::is_none) || (known.contains(&None) && !has_its_checksum(bytes)) {
            return 0;
        }
        let mut known = known.into_iter();
        wanted.retain(|Candidate { record, .. }| {
            let Some(event) = known.next().flatten() else { return true };
            self.see_record_id(Some(event.record_id));
            self.found.push(Found {
                event,
                offset: self.offset.saturating_add(as_u64(record.offset)),
                position: record.position(),
                seen_once: false,
                form: None,
            });
            false
        });
        text
    }

    fn render(
        &mut self,
        bytes: &mut [u8],
        line_end: usize,
        mut wanted: Vec<Candidate>,
        selection: &Selection,
        mut text: usize,
    ) {
        if wanted.is_empty() {
            return;
        }
        let records: Vec<RecordAt> = wanted.iter().map(|candidate| candidate.record).collect();
        let mut rendered = vec![false; wanted.len()];
        let work = render::render(bytes, line_end, &records, &selection.settings, |record, xml| {
            let place = records.binary_search_by_key(&record.offset, |record| record.offset);
            let Some((place, candidate)) = place.ok().and_then(|at| Some((at, wanted.get_mut(at)?))) else {
                return;
            };
            if xml.len() > 2 * RECORD_TEXT_MAX {
                self.damage.oversized += 1;
            } else {
                let taken =
                    event_xml::parse(xml).and_then(|parts| self.take(candidate, parts, selection, text));
                let Some(size) = taken else { return };
                text = text.saturating_add(size);
            }
            if let Some(rendered) = rendered.get_mut(place) {
                *rendered = true;
            }
        });
        self.excess = work.saturating_sub(USUAL_WORK);
        // What cannot be rendered in freed space is only what was to be expected there.
        let unrendered = records.iter().zip(rendered).filter(|(record, done)| !record.slack && !done);
        let unrendered = as_u64(unrendered.count());
        self.damage.unrendered = self.damage.unrendered.saturating_add(unrendered);
        self.damage.lost = self.damage.lost.saturating_add(unrendered).saturating_add(self.damage.oversized);
    }

    /// Keeps an event if it is wanted, and returns the size of the text kept; none where the record is
    /// no event.
    fn take(
        &mut self,
        candidate: &mut Candidate,
        parts: EventParts,
        selection: &Selection,
        text: usize,
    ) -> Option<usize> {
        let Candidate { record, values, form } = candidate;
        let id = parts.id?;
        let form = form.take().filter(|(_, own)| own.is_of(&parts)).map(|(form, _)| form);
        if !record.slack {
            self.see_record_id(parts.record_id);
        }
        // The template that a record in freed space points to may have been overwritten by another.
        let stale = record.slack && values.event_id.is_some_and(|value| value != id);
        let Some(provider) = selection.provider(&parts).filter(|_| !stale) else { return Some(0) };
        let provider = provider.to_owned();
        let event = event(record, provider, parts)?;
        let size = size(&event);
        if size > RECORD_TEXT_MAX || text.saturating_add(size) > CHUNK_TEXT_MAX {
            self.damage.oversized += 1;
            return Some(0);
        }
        let seen_once = selection.is_seen_once(&event.provider, event.id);
        self.found.push(Found {
            event,
            offset: self.offset.saturating_add(as_u64(record.offset)),
            position: record.position(),
            seen_once,
            form: form.filter(|_| !seen_once),
        });
        Some(size)
    }
}

/// The event of a record. What its content lacks comes from the record's header.
fn event(record: &RecordAt, provider: String, parts: EventParts) -> Option<Event> {
    let record_id = parts.record_id.unwrap_or(record.number);
    Some(Event {
        provider,
        id: parts.id?,
        record_id,
        place: Place::Record { id: record_id, offset: None },
        time: parts.time.or_else(|| plausible_time(record.written))?,
        computer: parts.computer.unwrap_or_default(),
        channel: parts.channel,
        level: parts.level,
        keywords: parts.keywords,
        data: parts.data,
        from_slack: record.slack,
        position: Position::default(),
    })
}

fn size(event: &Event) -> usize {
    let data = event.data.iter();
    let data = data.map(|datum| datum.value.len() + datum.name.as_ref().map_or(0, String::len));
    data.sum::<usize>() + event.provider.len() + event.computer.len()
}

fn as_u64(size: usize) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX)
}
