//! A log of any size, out of a small one that the fixtures' writer gave.

use std::io::Write;

use memchr::memmem;

/// The description of the small log.
pub const CHATTER: &str = include_str!("chatter.evtx.toml");

const FILE_HEADER: usize = 4096;
const CHUNK: usize = 65_536;

/// Writes a log of about `size` bytes by repeating the chunks of `small`, whose records are numbered
/// without a break, in their headers as in their values.
pub fn write(small: &[u8], size: u64, to: &mut impl Write) {
    let chunks: Vec<&[u8]> = small[FILE_HEADER..].chunks(CHUNK).collect();
    let count = size / CHUNK as u64;
    let mut next = u64_at(chunks[0], 8);
    let mut body = Vec::new();
    let last = next_after(&chunks, count, next);
    to.write_all(&header(&small[..FILE_HEADER], count, last)).expect("a writable file");
    for number in 0..count {
        body.clear();
        body.extend_from_slice(chunks[number as usize % chunks.len()]);
        next = renumber(&mut body, next);
        to.write_all(&body).expect("a writable file");
    }
}

fn next_after(chunks: &[&[u8]], count: u64, first: u64) -> u64 {
    let records = |chunk: &[u8]| u64_at(chunk, 16) - u64_at(chunk, 8) + 1;
    (0..count).map(|number| records(chunks[number as usize % chunks.len()])).sum::<u64>() + first
}

fn header(small: &[u8], chunks: u64, next: u64) -> Vec<u8> {
    let mut bytes = small.to_vec();
    bytes[16..24].copy_from_slice(&(chunks - 1).to_le_bytes());
    bytes[24..32].copy_from_slice(&next.to_le_bytes());
    bytes[42..44].copy_from_slice(&u16::try_from(chunks).unwrap_or(u16::MAX).to_le_bytes());
    let checksum = crc32fast::hash(&bytes[..120]);
    bytes[124..128].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

/// Numbers the records of a chunk from `next` on, and returns the number after them.
fn renumber(chunk: &mut [u8], next: u64) -> u64 {
    let first = u64_at(chunk, 8);
    let last = u64_at(chunk, 16);
    for (at, number) in [(8, first), (16, last), (24, first), (32, last)] {
        put(chunk, at, number - first + next);
    }
    let free = u32_at(chunk, 48) as usize;
    let mut at = 512;
    while at < free {
        let end = at + u32_at(chunk, at + 4) as usize;
        let number = u64_at(chunk, at + 8);
        // The number is large enough to stand in no other value of the record.
        let value = memmem::find(&chunk[at + 24..end], &number.to_le_bytes()).expect("an EventRecordID");
        put(chunk, at + 8, number - first + next);
        put(chunk, at + 24 + value, number - first + next);
        at = end;
    }
    let checksum = crc32fast::hash(&chunk[512..free]);
    chunk[52..56].copy_from_slice(&checksum.to_le_bytes());
    let mut of_header = crc32fast::Hasher::new();
    of_header.update(&chunk[..120]);
    of_header.update(&chunk[128..512]);
    chunk[124..128].copy_from_slice(&of_header.finalize().to_le_bytes());
    last - first + next + 1
}

fn put(bytes: &mut [u8], at: usize, number: u64) {
    bytes[at..at + 8].copy_from_slice(&number.to_le_bytes());
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}
