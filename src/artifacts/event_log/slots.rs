//! The event ID where it stands: in the values of the record's outer template instance.
//!
//! Windows writes every event that it logs itself as an instance of a template, with a table of values.
//! In all 58,946 template records of the logs that this was measured on, value 3 is the event ID and
//! value 10 the `EventRecordID`. The template is asked whether it uses value 3 as an unsigned 16-bit
//! number, and whatever does not answer as expected is left to the renderer.
//! Binary XML: <https://learn.microsoft.com/openspecs/windows_protocols/ms-even6/c73573ae-1c90-43a2-a65f-ad7501155956>

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::bytes::{u16_at, u32_at, u64_at};
use super::walk::{RECORD_HEADER_SIZE, RecordAt};

const FRAGMENT_HEADER: u8 = 0x0f;
const TEMPLATE_INSTANCE: u8 = 0x0c;
/// Next definition, GUID, size of the definition's binary XML.
pub(super) const DEFINITION_HEADER_SIZE: usize = 24;
const UINT16: u8 = 0x06;
pub(super) const UINT64: u8 = 0x0a;
pub(super) const BINARY_XML: u8 = 0x21;
/// Templates in values of templates. Real records have one in their outermost one.
pub(super) const NESTED_MAX: u8 = 3;
/// Template definitions remembered of a chunk. Real chunks have a few dozen.
const DEFINITIONS: usize = 64;
/// The event ID is the second element of a definition: after the provider, whose names are short.
const SYSTEM_MAX: usize = 4096;
const EVENT_ID_SLOT: usize = 3;
pub(super) const RECORD_ID_SLOT: usize = 10;

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
    /// The layout of the record before.
    layout: Option<(Head, Layout)>,
}

impl<'a> SlotReader<'a> {
    pub(super) fn new(chunk: &'a [u8]) -> Self {
        SlotReader { chunk, definitions: [None; DEFINITIONS], layout: None }
    }

    /// The values that stand in a record.
    pub(super) fn read(&mut self, record: &RecordAt) -> Slots {
        self.values(record).unwrap_or_default()
    }

    fn values(&mut self, record: &RecordAt) -> Option<Slots> {
        let bytes = self.chunk.get(..record.end())?;
        let (definition, table) = template_instance(bytes, record.offset.checked_add(RECORD_HEADER_SIZE)?)?;
        if !self.is_usual(definition) {
            return None;
        }
        let table = ValueTable::at(bytes, table)?;
        let layout = self.layout(table.head()?);
        let first = table.first_value()?;
        let event_id = layout.event_id.and_then(|at| u16_at(bytes, first + at));
        let record_id = layout.record_id.and_then(|at| u64_at(bytes, first + at));
        Some(Slots { event_id, record_id, definition: Some(definition) })
    }

    fn layout(&mut self, head: &Head) -> Layout {
        match self.layout {
            Some((known, layout)) if known == *head => layout,
            _ => {
                let layout = Layout::of(head);
                self.layout = Some((*head, layout));
                layout
            }
        }
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

/// Whether all values of a record stand in it, as far as its tables can be read. Where one is said to be larger
/// than the record, the renderer reads on, and text of the next record would pass for this one's.
pub(super) fn holds_its_values(chunk: &[u8], record: &RecordAt) -> bool {
    let content = chunk.get(..record.end().saturating_sub(4)).unwrap_or_default();
    values_fit(content, record.offset.saturating_add(RECORD_HEADER_SIZE), NESTED_MAX)
}

fn values_fit(content: &[u8], fragment: usize, nested: u8) -> bool {
    let table = template_instance(content, fragment).and_then(|(_, table)| ValueTable::at(content, table));
    let Some((mut at, table)) = table.and_then(|table| Some((table.first_value()?, table))) else {
        return true;
    };
    table.descriptors().all(|(size, kind)| {
        let start = at;
        at = at.saturating_add(size_of(kind).unwrap_or(size));
        let value = content.get(..at);
        value.is_some_and(|value| kind != BINARY_XML || nested == 0 || values_fit(value, start, nested - 1))
    })
}

/// The template instance that stands at a place, behind a fragment header or not: where its definition is,
/// and where its table of values.
pub(super) fn template_instance(bytes: &[u8], fragment: usize) -> Option<(usize, usize)> {
    let mut at = fragment;
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
    Some((definition, table))
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
    // An optional substitution, and a plain one.
    static SUBSTITUTIONS: LazyLock<[Finder<'_>; 2]> =
        LazyLock::new(|| [&[0x0e, 3, 0, UINT16], &[0x0d, 3, 0, UINT16]].map(Finder::new));
    let system = system_of(chunk, definition);
    SUBSTITUTIONS.iter().any(|token| token.find(system).is_some())
}

/// The size of the values of a type, where all have the same. Readers go by it, and not by the size that
/// stands in front of the value, so where the two differ only rendering can tell.
pub(super) fn size_of(kind: u8) -> Option<usize> {
    match kind {
        0x03 | 0x04 => Some(1),
        0x05 | UINT16 => Some(2),
        0x07 | 0x08 | 0x0b | 0x0d | 0x14 => Some(4),
        0x09 | UINT64 | 0x0c | 0x11 | 0x15 => Some(8),
        0x0f | 0x12 => Some(16),
        _ => None,
    }
}

/// A count, then a size and a type for each value, then the values, packed.
pub(super) struct ValueTable<'a> {
    bytes: &'a [u8],
    pub(super) count: usize,
    descriptors: usize,
}

impl<'a> ValueTable<'a> {
    pub(super) fn at(bytes: &'a [u8], at: usize) -> Option<Self> {
        let count = usize::try_from(u32_at(bytes, at)?).ok()?;
        let table = ValueTable { bytes, count, descriptors: at.checked_add(4)? };
        (table.first_value()? <= bytes.len()).then_some(table)
    }

    pub(super) fn first_value(&self) -> Option<usize> {
        self.descriptors.checked_add(self.count.checked_mul(4)?)
    }

    /// Size and type of each value.
    pub(super) fn descriptors(&self) -> impl Iterator<Item = (usize, u8)> + use<'a> {
        let bytes = self.bytes.get(self.descriptors..).unwrap_or_default();
        let descriptors = bytes.chunks_exact(4).take(self.count);
        descriptors.filter_map(|one| Some((usize::from(u16_at(one, 0)?), *one.get(2)?)))
    }

    /// The descriptors up to that of the record ID.
    fn head(&self) -> Option<&'a Head> {
        self.bytes.get(self.descriptors..)?.first_chunk().filter(|_| self.count > RECORD_ID_SLOT)
    }
}

/// Size and type of the values up to the `EventRecordID`.
type Head = [u8; 4 * (RECORD_ID_SLOT + 1)];

/// Where the values asked for stand, counted from the first value. It follows from the descriptors, which
/// are the same in nearly every record of a chunk.
#[derive(Debug, Clone, Copy)]
struct Layout {
    event_id: Option<usize>,
    record_id: Option<usize>,
}

impl Layout {
    fn of(head: &Head) -> Self {
        Layout {
            event_id: offset(head, EVENT_ID_SLOT, UINT16),
            record_id: offset(head, RECORD_ID_SLOT, UINT64),
        }
    }
}

/// Where a value starts, if it has the type asked for, and it and all before it the size of their type.
fn offset(head: &Head, slot: usize, kind: u8) -> Option<usize> {
    let mut at = 0;
    for (number, descriptor) in head.chunks_exact(4).enumerate() {
        let (size, of) = (usize::from(u16_at(descriptor, 0)?), *descriptor.get(2)?);
        if size_of(of).is_some_and(|fixed| fixed != size) {
            return None;
        }
        if number == slot {
            return (of == kind).then_some(at);
        }
        at += size;
    }
    None
}
