//! Thousands of damaged logs, always the same ones: no panic, no endless loop, no memory that the file
//! did not bring.

use std::sync::Arc;

use super::build::{Chunk, FILE_HEADER, log};
use super::damaged::wanted;
use crate::artifacts::event_log::{Position, around, read};

/// Xorshift: the same numbers on every machine.
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % limit.max(1)
    }
}

fn mutate(bytes: &mut Vec<u8>, numbers: &mut Numbers) {
    // Nearly all of the file header is padding, so most hits are meant for the chunk.
    let start = if numbers.below(10) == 0 { 0 } else { FILE_HEADER };
    let at = start + numbers.below(bytes.len() - start);
    let sizes = [0, 1, 23, 27, 28, 0x7fff_ffff, 0xffff_fff0, u32::MAX];
    match numbers.below(5) {
        0 => bytes[at] ^= 1 << numbers.below(8),
        1 => bytes[at] = [0, 0x2a, 0x0c, 0x0f, 0xff][numbers.below(5)],
        2 => {
            let lie = sizes[numbers.below(sizes.len())].to_le_bytes();
            let end = (at + 4).min(bytes.len());
            bytes[at..end].copy_from_slice(&lie[..end - at]);
        }
        3 if numbers.below(4) == 0 => bytes.truncate(at.max(FILE_HEADER + 1)),
        _ => {
            let from = FILE_HEADER + numbers.below(bytes.len() - FILE_HEADER);
            let size = numbers.below(64).min(bytes.len() - at.max(from));
            bytes.copy_within(from..from + size, at);
        }
    }
}

#[test]
fn no_damage_makes_the_reader_panic_or_hang() {
    let chunk = Chunk::new(1).templated("ADSync", 6329, "one").templated("ADSync", 6329, "two");
    let chunk = chunk.plain("PasswordResetService", 33004, "three").templated("ADSync", 6329, "four");
    let chunk = chunk.sealed().numbered(2).templated("ADSync", 6329, "stale");
    let sound = log(&[chunk], 5);
    let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
    let wanted = wanted();
    let mut intact = 0;
    for _ in 0..2000 {
        let mut bytes = sound.clone();
        let more = numbers.below(4);
        for _ in 0..=more {
            mutate(&mut bytes, &mut numbers);
        }
        let (log, gaps) = read(&Arc::from("mutant.evtx"), &mut &bytes[..], &wanted);
        assert!(log.events.len() <= 10 && gaps.len() <= 30);
        let live = log.events.iter().filter(|event| !event.from_slack).count();
        let of = |freed: bool| -> Vec<Position> {
            log.events.iter().filter(|event| event.from_slack == freed).map(|event| event.position).collect()
        };
        // What was found once is found again, whatever stands around it.
        let found = around(&mut &bytes[..], &of(false), &of(true), 2);
        assert_eq!(found.not_found, 0);
        // After one damage, less than everything is only allowed with a reason.
        let complete = log.coverage.records >= 4 || !gaps.is_empty();
        assert!(more > 0 || complete, "{:?}", log.coverage);
        intact += usize::from(live == 4);
    }
    // The damage hits, but what it does not hit is still read.
    assert!((200..2000).contains(&intact), "{intact}");
}
