//! What a record says but for its time and its number: whatever chunk it stands in, the same for all records
//! of the same content.
//!
//! Services write the same thing again and again. A record is rendered from its template definitions and its
//! values, so where both are those of a record that was rendered before, its event is known: only the time and
//! the record ID differ, which stand in values of their own. Definitions cannot be compared as they stand:
//! they refer to names by place in the chunk, and the first that uses a name holds it. So the form of a record
//! has the names themselves.
//! Binary XML: <https://learn.microsoft.com/openspecs/windows_protocols/ms-even6/c73573ae-1c90-43a2-a65f-ad7501155956>

use super::bytes::{plausible_time, u16_at, u32_at, u64_at};
use super::event_xml::EventParts;
use super::slots::{
    BINARY_XML, DEFINITION_HEADER_SIZE, NESTED_MAX, RECORD_ID_SLOT, UINT64, ValueTable, size_of,
    template_instance,
};
use super::walk::{RECORD_HEADER_SIZE, RecordAt};

/// A larger record is not compared with others, but rendered.
pub(super) const FORM_MAX: usize = 2048;
const TIME_SLOT: usize = 6;
const FILETIME: u8 = 0x11;
const STRING: u8 = 1;

/// The two values that differ from record to record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Own {
    /// `TimeCreated/@SystemTime`, as `FILETIME`.
    pub(super) time: u64,
    /// `EventRecordID`.
    pub(super) record_id: u64,
}

impl Own {
    /// Whether rendering shows both where they should be.
    pub(super) fn is_of(self, parts: &EventParts) -> bool {
        parts.time.is_some()
            && parts.time == plausible_time(self.time)
            && parts.record_id == Some(self.record_id)
    }
}

/// Writes the form of a record, and returns what is its own. None where it is larger than usual, or not built
/// as Windows builds events: then only rendering can tell.
pub(super) fn form_of(chunk: &[u8], record: &RecordAt, form: &mut Vec<u8>) -> Option<Own> {
    form.clear();
    let content = chunk.get(..record.end().checked_sub(4)?)?;
    let mut writer = Writer { form, own: [None; 2], own_substitutions: [0; 2] };
    writer.instance(content, record.offset.checked_add(RECORD_HEADER_SIZE)?, 0)?;
    let [Some(time), Some(record_id)] = writer.own else { return None };
    (writer.own_substitutions == [1, 1]).then_some(Own { time, record_id })
}

struct Writer<'f> {
    form: &'f mut Vec<u8>,
    /// Time and record ID.
    own: [Option<u64>; 2],
    /// How often the outer definition substitutes each, where it should.
    own_substitutions: [u8; 2],
}

impl Writer<'_> {
    /// A template instance that is all that its content holds from a place on.
    fn instance(&mut self, content: &[u8], fragment: usize, depth: u8) -> Option<()> {
        let (definition, table) = template_instance(content, fragment)?;
        self.definition(content, definition, depth == 0)?;
        let table = ValueTable::at(content, table)?;
        let mut at = table.first_value()?;
        self.put(&table.count.to_le_bytes())?;
        for (number, (size, kind)) in table.descriptors().enumerate() {
            let start = at;
            at = at.checked_add(size)?;
            let value = content.get(start..at)?;
            if size_of(kind).is_some_and(|fixed| fixed != size) {
                return None;
            }
            self.put(&[kind])?;
            // The size of a nested instance depends on whether its definition and names stand in it.
            if kind != BINARY_XML || size == 0 {
                self.put(&u16::try_from(size).ok()?.to_le_bytes())?;
            }
            match (depth, number, kind) {
                (0, TIME_SLOT, FILETIME) => self.own[0] = u64_at(value, 0),
                (0, RECORD_ID_SLOT, UINT64) => self.own[1] = u64_at(value, 0),
                (_, _, BINARY_XML) if size > 0 => {
                    if depth >= NESTED_MAX {
                        return None;
                    }
                    self.instance(content.get(..at)?, start, depth + 1)?;
                }
                _ => self.put(value)?,
            }
        }
        // Behind the values a fragment ends.
        content.get(at).is_none_or(|next| *next == 0).then_some(())
    }

    /// The tokens of a template definition, without sizes, and with names instead of their places.
    fn definition(&mut self, chunk: &[u8], definition: usize, outer: bool) -> Option<()> {
        let size = usize::try_from(u32_at(chunk, definition.checked_add(20)?)?).ok()?;
        let mut at = definition.checked_add(DEFINITION_HEADER_SIZE)?;
        let body = chunk.get(..at.checked_add(size)?)?;
        let mut name: &[u8] = &[];
        loop {
            let token = *body.get(at)?;
            self.put(&[token])?;
            at += 1;
            match token {
                0 => return Some(()),
                // An element: what it depends on, its size, its name, the size of its attributes.
                0x01 | 0x41 => {
                    self.copy(body, &mut at, 2)?;
                    at += 4;
                    name = self.name(body, &mut at)?;
                    at += if token == 0x41 { 4 } else { 0 };
                }
                0x02..=0x04 => {}
                0x05 | 0x45 if body.get(at) == Some(&STRING) => {
                    let letters = usize::from(u16_at(body, at + 1)?);
                    self.copy(body, &mut at, 3 + 2 * letters)?;
                }
                0x06 | 0x46 => name = self.name(body, &mut at)?,
                0x0d | 0x0e => {
                    if outer {
                        self.count_own(u16_at(body, at)?, name)?;
                    }
                    self.copy(body, &mut at, 3)?;
                }
                0x0f => self.copy(body, &mut at, 3)?,
                _ => return None,
            }
        }
    }

    /// A time or a record ID that is used for anything else is not the record's own only.
    fn count_own(&mut self, slot: u16, name: &[u8]) -> Option<()> {
        let (own, expected) = match usize::from(slot) {
            TIME_SLOT => (0, "SystemTime"),
            RECORD_ID_SLOT => (1, "EventRecordID"),
            _ => return Some(()),
        };
        let count = self.own_substitutions.get_mut(own)?;
        *count = count.checked_add(1)?;
        name.iter().copied().eq(expected.encode_utf16().flat_map(u16::to_le_bytes)).then_some(())
    }

    /// A name, which stands at another place, or right here where it is used first.
    fn name<'c>(&mut self, body: &'c [u8], at: &mut usize) -> Option<&'c [u8]> {
        let place = usize::try_from(u32_at(body, *at)?).ok()?;
        *at += 4;
        let letters = usize::from(u16_at(body, place.checked_add(6)?)?);
        let start = place + 8;
        let name = body.get(start..start + 2 * letters)?;
        if place == *at {
            *at += 10 + 2 * letters;
        }
        self.put(&u16::try_from(letters).ok()?.to_le_bytes())?;
        self.put(name)?;
        Some(name)
    }

    fn copy(&mut self, body: &[u8], at: &mut usize, size: usize) -> Option<()> {
        let end = at.checked_add(size)?;
        self.put(body.get(*at..end)?)?;
        *at = end;
        Some(())
    }

    fn put(&mut self, bytes: &[u8]) -> Option<()> {
        self.form.extend_from_slice(bytes);
        (self.form.len() <= FORM_MAX).then_some(())
    }
}
