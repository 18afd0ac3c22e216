//! The bytes of a hive, by place: in memory, on the disk, or packed in memory.
//!
//! A hive of an archive comes as a stream, and is read back and forth. It is packed block by block while it
//! comes, for most of a hive is names and zeros, so that one of 200 MiB takes less memory than its tenth.

use std::cell::{Cell, RefCell};
use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use crate::bundle::DiskContent;

/// Bytes of a block.
const BLOCK_BYTES: usize = 64 << 10;
/// Blocks that are held unpacked.
const UNPACKED: usize = 8;
/// Blocks of one hive that are unpacked, again and again: 1 GiB. The way to the wanted keys takes some twenty.
const UNPACKINGS: u32 = 16 << 10;

/// The bytes of a hive.
#[derive(Debug)]
pub(in crate::artifacts) enum HiveBytes<'b> {
    /// All of them.
    Held(&'b [u8]),
    /// A large file of the disk.
    Disk(&'b DiskContent),
    /// Packed.
    Packed(&'b PackedBytes),
}

impl HiveBytes<'_> {
    /// Number of bytes.
    pub(super) fn len(&self) -> usize {
        match self {
            HiveBytes::Held(bytes) => bytes.len(),
            HiveBytes::Disk(disk) => usize::try_from(disk.bytes()).unwrap_or(usize::MAX),
            HiveBytes::Packed(packed) => packed.bytes,
        }
    }

    /// Bytes at a place; `None` where the hive has them not, or they cannot be read.
    pub(super) fn get(&self, at: usize, length: usize) -> Option<Vec<u8>> {
        let end = at.checked_add(length).filter(|end| *end <= self.len())?;
        match self {
            HiveBytes::Held(bytes) => bytes.get(at..end).map(<[u8]>::to_vec),
            HiveBytes::Disk(disk) => {
                let mut bytes = vec![0; length];
                let read = disk.read_at(at as u64, &mut bytes).ok()?;
                (read == length).then_some(bytes)
            }
            HiveBytes::Packed(packed) => packed.get(at, length),
        }
    }
}

/// Bytes that are packed in blocks.
#[derive(Debug)]
pub(in crate::artifacts) struct PackedBytes {
    blocks: Vec<Box<[u8]>>,
    bytes: usize,
    /// Blocks that are unpacked, by number, the last one used at the end.
    unpacked: RefCell<Vec<(usize, Vec<u8>)>>,
    left: Cell<u32>,
}

/// What became of a stream that was to be packed.
pub(in crate::artifacts) struct Packing {
    /// What was packed of it.
    pub(in crate::artifacts) packed: PackedBytes,
    /// There was more than fits into the memory for it.
    pub(in crate::artifacts) more: bool,
    /// It could not be read any further.
    pub(in crate::artifacts) failed: Option<std::io::Error>,
}

impl PackedBytes {
    /// Packs a stream, as long as it fits into `most` bytes.
    pub(in crate::artifacts) fn of(content: &mut dyn Read, most: usize) -> Packing {
        let packed = PackedBytes {
            blocks: Vec::new(),
            bytes: 0,
            unpacked: RefCell::default(),
            left: Cell::new(UNPACKINGS),
        };
        let mut packing = Packing { packed, more: false, failed: None };
        let (mut used, mut block) = (0_usize, Vec::with_capacity(BLOCK_BYTES));
        loop {
            block.clear();
            let read = Read::take(&mut *content, BLOCK_BYTES as u64).read_to_end(&mut block);
            packing.failed = read.err();
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
            let written = encoder.write_all(&block).and_then(|()| encoder.finish());
            let written = written.unwrap_or_default().into_boxed_slice();
            used = used.saturating_add(written.len());
            if used > most {
                packing.more = true;
                return packing;
            }
            packing.packed.bytes = packing.packed.bytes.saturating_add(block.len());
            packing.packed.blocks.push(written);
            if block.len() < BLOCK_BYTES || packing.failed.is_some() {
                return packing;
            }
        }
    }

    /// Number of bytes, unpacked.
    pub(in crate::artifacts) fn bytes(&self) -> usize {
        self.bytes
    }

    fn get(&self, at: usize, length: usize) -> Option<Vec<u8>> {
        let mut bytes = Vec::with_capacity(length);
        while bytes.len() < length {
            let place = at.checked_add(bytes.len())?;
            let wanted = length.saturating_sub(bytes.len());
            self.with_block(place / BLOCK_BYTES, |block| {
                let rest = block.get(place % BLOCK_BYTES..)?;
                bytes.extend_from_slice(rest.get(..wanted).unwrap_or(rest));
                (!rest.is_empty()).then_some(())
            })?;
        }
        Some(bytes)
    }

    fn with_block<R>(&self, number: usize, read: impl FnOnce(&[u8]) -> Option<R>) -> Option<R> {
        let mut unpacked = self.unpacked.try_borrow_mut().ok()?;
        let known = unpacked.iter().position(|(have, _)| *have == number);
        let block = match known {
            Some(known) => unpacked.remove(known),
            None => {
                self.left.set(self.left.get().checked_sub(1)?);
                let mut block = Vec::with_capacity(BLOCK_BYTES);
                let packed: &[u8] = self.blocks.get(number)?;
                DeflateDecoder::new(packed).take(BLOCK_BYTES as u64).read_to_end(&mut block).ok()?;
                if unpacked.len() >= UNPACKED {
                    unpacked.remove(0);
                }
                (number, block)
            }
        };
        let result = read(&block.1);
        unpacked.push(block);
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes() -> Vec<u8> {
        (0..200_000_u32).flat_map(|number| (number / 3).to_le_bytes()).collect()
    }

    #[test]
    fn packed_bytes_are_the_same() {
        let bytes = bytes();
        let packing = PackedBytes::of(&mut bytes.as_slice(), 1 << 20);
        assert!(!packing.more && packing.failed.is_none());
        let packed = HiveBytes::Packed(&packing.packed);
        assert_eq!(packed.len(), 800_000);
        for (at, length) in [(0, 4), (65_530, 20), (700_000, 100_000), (799_999, 1), (3, 700_000)] {
            assert_eq!(packed.get(at, length).as_deref(), bytes.get(at..at + length), "{at}");
        }
        assert_eq!(packed.get(799_999, 2), None);
        assert_eq!(packed.get(usize::MAX, 2), None);
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let bytes = bytes();
        let packing = PackedBytes::of(&mut bytes.as_slice(), 1 << 10);
        assert!(packing.more);
    }

    #[test]
    fn unpacking_has_an_end() {
        let bytes = bytes();
        let packing = PackedBytes::of(&mut bytes.as_slice(), 1 << 20);
        packing.packed.left.set(1);
        let packed = HiveBytes::Packed(&packing.packed);
        assert_eq!(packed.get(0, 4).map(|bytes| bytes.len()), Some(4));
        assert_eq!(packed.get(100, 4).map(|bytes| bytes.len()), Some(4), "the block is at hand");
        assert_eq!(packed.get(70_000, 4), None);
    }
}
