//! The event ID where it stands: in the values of the record's outer template instance.
//!
//! Windows writes every event that it logs itself as an instance of a template, with a table of values.
//! In all 58,946 template records of the logs that this was measured on, value 3 is the event ID and
//! value 10 the `EventRecordID`. The template is asked whether it uses value 3 as an unsigned 16-bit
//! number, and whatever does not answer as expected is left to the renderer.
//! Binary XML: <https://learn.microsoft.com/openspecs/windows_protocols/ms-even6/c73573ae-1c90-43a2-a65f-ad7501155956>

use memchr::memmem;

use super::bytes::{u16_at, u32_at, u64_at};
use super::walk::{RECORD_HEADER_SIZE, RecordAt};

const FRAGMENT_HEADER: u8 = 0x0f;
const TEMPLATE_INSTANCE: u8 = 0x0c;
/// Next definition, GUID, size of the definition's binary XML.
const DEFINITION_HEADER_SIZE: usize = 24;
const UINT16: u8 = 0x06;
const UINT64: u8 = 0x0a;
/// Template definitions remembered of a chunk. Real chunks have a few dozen.
const DEFINITIONS: usize = 64;
/// The event ID is the second element of a definition: after the provider, whose names are short.
const SYSTEM_MAX: usize = 4096;
const EVENT_ID_SLOT: usize = 3;
const RECORD_ID_SLOT: usize = 10;

/// What a record's value table says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Slots {
    /// `EventID`; none where only rendering can tell.
    pub(super) event_id: Option<u16>,
    /// `EventRecordID`.
    pub(super) record_id: Option<u64>,
    /// Where the template definition stands in the chunk.
    pub(super) definition: Option<usize>,
}

/// Reads value tables of one chunk.
pub(super) struct SlotReader<'a> {
    chunk: &'a [u8],
    /// The template definitions last seen, by their offset: whether value 3 is the event ID. Each has one
    /// place; a chunk with so many that they push each other out is only slower.
    definitions: [Option<(usize, bool)>; DEFINITIONS],
}

impl<'a> SlotReader<'a> {
    pub(super) fn new(chunk: &'a [u8]) -> Self {
        SlotReader { chunk, definitions: [None; DEFINITIONS] }
    }

    /// The values that stand in a record.
    pub(super) fn read(&mut self, record: &RecordAt) -> Slots {
        self.values(record).unwrap_or_default()
    }

    fn values(&mut self, record: &RecordAt) -> Option<Slots> {
        let bytes = self.chunk.get(..record.end())?;
        let mut at = record.offset.checked_add(RECORD_HEADER_SIZE)?;
        if *bytes.get(at)? == FRAGMENT_HEADER {
            at += 4;
        }
        if *bytes.get(at)? != TEMPLATE_INSTANCE {
            return None;
        }
        let definition = usize::try_from(u32_at(bytes, at + 6)?).ok()?;
        let mut table = at + 10;
        if definition == table {
            let size = usize::try_from(u32_at(bytes, table + 20)?).ok()?;
            table = table.checked_add(DEFINITION_HEADER_SIZE)?.checked_add(size)?;
        }
        if !self.is_usual(definition) {
            return None;
        }
        let table = ValueTable::at(bytes, table)?;
        let event_id = table.value(EVENT_ID_SLOT, UINT16, 2).and_then(|at| u16_at(bytes, at));
        let record_id = table.value(RECORD_ID_SLOT, UINT64, 8).and_then(|at| u64_at(bytes, at));
        Some(Slots { event_id, record_id, definition: Some(definition) })
    }

    /// Whether a template definition substitutes value 3 as an unsigned 16-bit number.
    fn is_usual(&mut self, definition: usize) -> bool {
        // Definitions start at any byte, but have at least some hundred bytes each.
        let place = self.definitions.get_mut((definition / 64) % DEFINITIONS);
        match place {
            Some(Some((known, usual))) if *known == definition => *usual,
            place => {
                let usual = substitutes_event_id(self.chunk, definition);
                if let Some(place) = place {
                    *place = Some((definition, usual));
                }
                usual
            }
        }
    }
}

/// The binary XML of a template definition, as far as the `System` element can reach.
pub(super) fn system_of(chunk: &[u8], definition: usize) -> &[u8] {
    let size = definition.checked_add(20).and_then(|at| u32_at(chunk, at));
    let size = size.and_then(|size| usize::try_from(size).ok()).unwrap_or(0);
    let start = definition.saturating_add(DEFINITION_HEADER_SIZE);
    let body = chunk.get(start..start.saturating_add(size)).unwrap_or_default();
    body.get(..SYSTEM_MAX).unwrap_or(body)
}

fn substitutes_event_id(chunk: &[u8], definition: usize) -> bool {
    let system = system_of(chunk, definition);
    let substitutions: [[u8; 4]; 2] = [[0x0e, 3, 0, UINT16], [0x0d, 3, 0, UINT16]];
    substitutions.iter().any(|token| memmem::find(system, token).is_some())
}

/// A count, then a size and a type for each value, then the values, packed.
struct ValueTable<'a> {
    bytes: &'a [u8],
    count: usize,
    descriptors: usize,
}

impl<'a> ValueTable<'a> {
    fn at(bytes: &'a [u8], at: usize) -> Option<Self> {
        let count = usize::try_from(u32_at(bytes, at)?).ok()?;
        let table = ValueTable { bytes, count, descriptors: at.checked_add(4)? };
        (table.first_value()? <= bytes.len()).then_some(table)
    }

    fn first_value(&self) -> Option<usize> {
        self.descriptors.checked_add(self.count.checked_mul(4)?)
    }

    /// Where a value stands, if it has the type and size asked for.
    fn value(&self, slot: usize, kind: u8, size: usize) -> Option<usize> {
        let descriptor = |slot: usize| self.descriptors + slot * 4;
        let sizes = (0..slot).map(|slot| u16_at(self.bytes, descriptor(slot)).map(usize::from));
        let before = sizes.sum::<Option<usize>>()?;
        let fits = slot < self.count
            && *self.bytes.get(descriptor(slot) + 2)? == kind
            && usize::from(u16_at(self.bytes, descriptor(slot))?) == size;
        if fits { self.first_value()?.checked_add(before) } else { None }
    }
}
