//! Cells of a hive: keys, lists of subkeys, and values with their data.
//!
//! Offsets in a hive count from the end of the base block. Nothing in a hive is trusted: each cell is
//! checked for its bounds and its mark, and all reading draws on one budget.

use super::super::data::DataReader;
use super::super::selection::Selection;
use super::super::{RegistryData, RegistryValue};
use super::bytes::HiveBytes;
use super::{BASE_BYTES, number};
use crate::source::Place;

/// Entries of lists that are looked at in one hive. A real way to a key takes a few thousand.
const STEPS: usize = 1_000_000;
/// Bytes of data that are kept of one hive. Values of the wanted keys are a few kilobytes.
const DATA_BYTES: usize = 16 << 20;
/// Bytes of cells that are read of one hive. The way to the wanted keys takes less than a hundredth.
const READ_BYTES: usize = 64 << 20;
/// Bytes of a list that are read: it has at most 65,535 entries of eight bytes.
const LIST_BYTES: usize = 4 + 65_535 * 8;
/// Bytes of a key or a value that are read, beside the name.
const HEAD_BYTES: usize = 76;
/// Data of one segment of a big value.
const SEGMENT_BYTES: usize = 16_344;
/// Longest name of a key: 255 characters of two bytes.
const KEY_NAME_BYTES: usize = 510;
/// Values of one key that are read.
const VALUES: u32 = 100_000;

/// Damage, with the byte offset in the file where it was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lost {
    pub(super) at: u64,
}

/// A key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) name: String,
    /// Byte offset of the cell in the file.
    pub(super) at: u64,
    subkeys: u32,
    subkey_list: u32,
    values: u32,
    value_list: u32,
}

/// The cells of one hive.
pub(super) struct Cells<'b> {
    bytes: HiveBytes<'b>,
    steps: usize,
    read: usize,
    data: usize,
}

impl<'b> Cells<'b> {
    pub(super) fn new(bytes: HiveBytes<'b>) -> Self {
        Cells { bytes, steps: STEPS, read: READ_BYTES, data: DATA_BYTES }
    }

    /// The content of an allocated cell, up to a number of bytes.
    fn cell(&mut self, offset: u32, most: usize) -> Result<Vec<u8>, Lost> {
        let lost = Lost { at: place(offset) };
        self.steps = self.steps.checked_sub(1).ok_or(lost)?;
        let start = BASE_BYTES.checked_add(usize::try_from(offset).map_err(|_| lost)?).ok_or(lost)?;
        let size = self.bytes.get(start, 4).and_then(|size| number(&size, 0)).ok_or(lost)?.cast_signed();
        // An allocated cell has a negative size, which counts the size itself.
        let size = usize::try_from(size.checked_neg().ok_or(lost)?).map_err(|_| lost)?;
        if start.checked_add(size).ok_or(lost)? > self.bytes.len() {
            return Err(lost);
        }
        let length = size.checked_sub(4).ok_or(lost)?.min(most);
        self.read = self.read.checked_sub(length).ok_or(lost)?;
        self.bytes.get(start.checked_add(4).ok_or(lost)?, length).ok_or(lost)
    }

    /// A key's cell.
    pub(super) fn key(&mut self, offset: u32) -> Result<Key, Lost> {
        let lost = Lost { at: place(offset) };
        let cell = &self.cell(offset, HEAD_BYTES + KEY_NAME_BYTES)?;
        let short = |at| short_number(cell, at).ok_or(lost);
        let long = |at| number(cell, at).ok_or(lost);
        if !cell.starts_with(b"nk") {
            return Err(lost);
        }
        let length = Some(usize::from(short(72)?)).filter(|length| *length <= KEY_NAME_BYTES).ok_or(lost)?;
        let name = cell.get(76..).and_then(|rest| rest.get(..length)).ok_or(lost)?;
        Ok(Key {
            name: text(name, short(2)? & 0x20 != 0),
            at: lost.at,
            subkeys: long(20)?,
            subkey_list: long(28)?,
            values: long(36)?,
            value_list: long(40)?,
        })
    }

    /// The subkey of a name.
    pub(super) fn child(&mut self, key: &Key, name: &str) -> Result<Option<Key>, Lost> {
        if key.subkeys == 0 {
            return Ok(None);
        }
        self.in_list(key.subkey_list, name, true)
    }

    /// Looks through a list of keys. A list of lists holds no further ones of its kind. An unreadable entry
    /// counts only if the name is not found, for it may have been it.
    fn in_list(&mut self, offset: u32, name: &str, may_nest: bool) -> Result<Option<Key>, Lost> {
        let lost = Lost { at: place(offset) };
        let cell = &self.cell(offset, LIST_BYTES)?;
        let count = usize::from(short_number(cell, 2).ok_or(lost)?);
        let (entry_bytes, is_nested) = match cell.get(..2) {
            Some(b"lf" | b"lh") => (8, false),
            Some(b"li") => (4, false),
            Some(b"ri") if may_nest => (4, true),
            _ => return Err(lost),
        };
        let entries = cell.get(4..).unwrap_or_default().chunks_exact(entry_bytes).take(count);
        let mut first_lost = (entries.len() < count).then_some(lost);
        for entry in entries {
            let Some(at) = number(entry, 0) else { continue };
            let found = if is_nested {
                self.in_list(at, name, false)
            } else {
                self.key(at).map(|key| Some(key).filter(|key| key.name.eq_ignore_ascii_case(name)))
            };
            match found {
                Ok(Some(key)) => return Ok(Some(key)),
                Ok(None) => {}
                Err(lost) if self.steps == 0 => return Err(lost),
                Err(lost) => first_lost = first_lost.or(Some(lost)),
            }
        }
        first_lost.map_or(Ok(None), Err)
    }

    /// The wanted values of a key, and the first place where one cannot.
    pub(super) fn values(
        &mut self,
        key: &Key,
        wanted: Selection<'_>,
    ) -> Result<(Vec<RegistryValue>, Option<Lost>), Lost> {
        if key.values == 0 {
            return Ok((Vec::new(), None));
        }
        let lost = Lost { at: place(key.value_list) };
        let list = self.cell(key.value_list, LIST_BYTES)?;
        let (entries, _) = list.as_chunks::<4>();
        let count = usize::try_from(key.values.min(VALUES)).map_err(|_| lost)?;
        let mut first_lost = (entries.len() < count || key.values > VALUES).then_some(lost);
        let mut values = Vec::new();
        for entry in entries.iter().take(count) {
            match self.value(u32::from_le_bytes(*entry)) {
                Ok((value, damage)) => {
                    let kept = wanted.keep(&mut values, value);
                    first_lost = first_lost.or(damage).or((!kept).then_some(lost));
                }
                Err(lost) if self.steps == 0 => return Ok((values, Some(lost))),
                Err(lost) => first_lost = first_lost.or(Some(lost)),
            }
        }
        Ok((values, first_lost))
    }

    /// One value. Where its data cannot be read it is there as unreadable.
    fn value(&mut self, offset: u32) -> Result<(RegistryValue, Option<Lost>), Lost> {
        let lost = Lost { at: place(offset) };
        let cell = &self.cell(offset, HEAD_BYTES + usize::from(u16::MAX))?;
        if !cell.starts_with(b"vk") {
            return Err(lost);
        }
        let size = number(cell, 4).ok_or(lost)?;
        let at = cell.get(8..12).ok_or(lost)?;
        let kind = number(cell, 12).ok_or(lost)?;
        let is_ascii = short_number(cell, 16).ok_or(lost)? & 1 != 0;
        let length = usize::from(short_number(cell, 2).ok_or(lost)?);
        let name = cell.get(20..).and_then(|rest| rest.get(..length)).ok_or(lost)?;
        self.data = self.data.checked_sub(length).ok_or(lost)?;
        let bytes = self.data(size, at);
        let (data, damage) =
            match bytes.as_ref().ok().and_then(|bytes| DataReader::UTF_16.typed(kind, bytes.clone())) {
                Some(data) => (data, None),
                None => (
                    RegistryData::Unreadable(format!("data of type {kind}, {} bytes", size & !RESIDENT)),
                    Some(lost),
                ),
            };
        let place = Place::Offset(lost.at);
        Ok((RegistryValue { name: text(name, is_ascii), data, place }, damage))
    }

    /// Data of a value: in the value's own cell, in a cell of its own, or in several.
    fn data(&mut self, size: u32, at: &[u8]) -> Result<Vec<u8>, Lost> {
        let offset = number(at, 0).unwrap_or(u32::MAX);
        let lost = Lost { at: place(offset) };
        let length = usize::try_from(size & !RESIDENT).map_err(|_| lost)?;
        self.data = self.data.checked_sub(length).ok_or(lost)?;
        if size & RESIDENT != 0 {
            return at.get(..length).map(<[u8]>::to_vec).ok_or(lost);
        }
        if length == 0 {
            return Ok(Vec::new());
        }
        let cell = self.cell(offset, length.max(8))?;
        if length <= SEGMENT_BYTES || !cell.starts_with(b"db") {
            return cell.get(..length).map(<[u8]>::to_vec).ok_or(lost);
        }
        let count = usize::from(short_number(&cell, 2).ok_or(lost)?);
        let list = self.cell(number(&cell, 4).ok_or(lost)?, LIST_BYTES)?;
        let (entries, _) = list.as_chunks::<4>();
        let mut bytes = Vec::new();
        for entry in entries.iter().take(count) {
            let wanted = length.saturating_sub(bytes.len()).min(SEGMENT_BYTES);
            let segment = self.cell(u32::from_le_bytes(*entry), wanted)?;
            bytes.extend_from_slice(segment.get(..wanted).ok_or(lost)?);
        }
        (bytes.len() == length).then_some(bytes).ok_or(lost)
    }
}

/// Marks a size whose data stands in place of its offset.
const RESIDENT: u32 = 1 << 31;

fn place(offset: u32) -> u64 {
    (BASE_BYTES as u64).saturating_add(u64::from(offset))
}

fn short_number(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk::<2>().map(|number| u16::from_le_bytes(*number))
}

/// A name: one byte a letter, or UTF-16LE.
fn text(bytes: &[u8], is_ascii: bool) -> String {
    if is_ascii {
        return bytes.iter().copied().map(char::from).collect();
    }
    let (pairs, _) = bytes.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
    String::from_utf16_lossy(&units)
}
