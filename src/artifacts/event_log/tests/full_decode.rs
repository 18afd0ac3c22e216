//! The fast way against a full decode: what the `evtx` crate finds by its own walk over every record is what
//! the walk and the value tables find, in the logs of the cases and in thousands of damaged ones, read as a
//! stream and by place.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use evtx::{EvtxParser, ParserSettings};
use walkdir::WalkDir;

use super::samples::{Key, key_of_event, key_of_parts};
use crate::artifacts::Wanted;
use crate::artifacts::event_log::event_xml::{self, EventParts};
use crate::artifacts::event_log::{EventLog, read, read_disk};
use crate::bundle::DiskContent;
use crate::source::Gap;

const MUTANTS: usize = 3_000;

/// The logs of the cases, each content once.
fn logs() -> BTreeSet<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases");
    let files = WalkDir::new(folder).sort_by_file_name().into_iter().flatten();
    let logs = files.filter(|file| file.path().extension().is_some_and(|extension| extension == "evtx"));
    logs.map(|file| fs::read(file.path()).unwrap()).collect()
}

/// Every record that the crate decodes.
fn decode_fully(log: Vec<u8>) -> Vec<EventParts> {
    let settings = ParserSettings::default().num_threads(1).indent(false);
    let Ok(parser) = EvtxParser::from_buffer(log) else { return Vec::new() };
    let mut parser = parser.with_configuration(settings);
    let records = parser.records().flatten();
    records.filter_map(|record| event_xml::parse(record.data.as_bytes())).collect()
}

fn kinds(all: &[EventParts]) -> BTreeSet<(String, u16)> {
    all.iter().filter_map(|parts| Some((parts.provider.clone()?, parts.id?))).collect()
}

/// Reads a log both ways, which have to agree.
fn read_both_ways(log: &[u8], wanted: &Wanted) -> (EventLog, Vec<Gap>) {
    let path = Arc::from("test.evtx");
    let streamed = read(&path, &mut &log[..], wanted);
    let mut file = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut file, log).unwrap();
    let disk = DiskContent::new(file, log.len() as u64);
    let placed = read_disk(&path, &mut &log[..], &disk, wanted);
    assert_eq!(
        (&placed.0.events, &placed.0.coverage, &placed.1),
        (&streamed.0.events, &streamed.0.coverage, &streamed.1)
    );
    streamed
}

fn wanted(kinds: &BTreeSet<(String, u16)>) -> Wanted {
    Wanted { events: kinds.iter().cloned().collect(), ..Wanted::default() }
}

fn keys(log: &EventLog) -> BTreeSet<Key> {
    log.events.iter().map(key_of_event).collect()
}

#[test]
fn every_log_of_the_cases_gives_what_a_full_decode_gives() {
    let logs = logs();
    assert!(logs.len() > 50, "{} logs", logs.len());
    let mut whole = 0;
    for log in logs {
        let all = decode_fully(log.clone());
        let expected: BTreeSet<Key> = all.iter().filter_map(key_of_parts).collect();
        let (read, gaps) = read_both_ways(&log, &wanted(&kinds(&all)));
        let found = keys(&read);
        if gaps.is_empty() {
            assert_eq!(found, expected);
            assert_eq!(read.coverage.records, all.len() as u64);
            whole += 1;
        } else {
            assert!(expected.is_subset(&found));
        }
    }
    assert!(whole > 50, "{whole} logs without damage");
}

/// Xorshift: the same numbers on every machine.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % limit.max(1)
    }
}

/// Damages the content of records, and leaves the headers of file, chunk and records alone: with those the
/// two walks part ways, and only ours goes on.
fn damage(log: &mut [u8], numbers: &mut Numbers) {
    const RECORDS: usize = 4096 + 512;
    let free = 4096 + u32::from_le_bytes(log[4096 + 48..4096 + 52].try_into().unwrap()) as usize;
    let mut starts = Vec::new();
    let mut at = RECORDS;
    while at + 28 < free.min(log.len()) {
        let size = u32::from_le_bytes(log[at + 4..at + 8].try_into().unwrap()) as usize;
        starts.push((at + 24, at + size - 4));
        at += size;
    }
    let (from, to) = starts[numbers.below(starts.len())];
    let at = from + numbers.below(to - from);
    match numbers.below(4) {
        0 => log[at] ^= 1 << numbers.below(8),
        1 => log[at] = [0, 1, 3, 6, 0x0c, 0x0e, 0x0f, 0x2a, 0xff][numbers.below(9)],
        2 => log[at] = log[from + numbers.below(to - from)],
        _ => {
            let size = numbers.below(16).min(to - at);
            let source = from + numbers.below(to - from - size);
            log.copy_within(source..source + size, at);
        }
    }
}

/// Only what the crate decodes is compared, and of that what is still a wanted event: the damage may make
/// another event of one.
#[test]
fn damaged_records_give_what_a_full_decode_gives() {
    let seeds: Vec<Vec<u8>> = logs().into_iter().filter(|log| log.len() <= 4096 + 65_536).collect();
    let mut numbers = Numbers(0x5bd1_e995_1234_5677);
    let (mut compared, mut changed) = (0, 0);
    for number in 0..MUTANTS {
        let seed = &seeds[(number * 7) % seeds.len()];
        let wanted_kinds = kinds(&decode_fully(seed.clone()));
        let wanted_kinds: BTreeSet<(String, u16)> =
            wanted_kinds.into_iter().map(|(name, id)| (name.to_ascii_lowercase(), id)).collect();
        let mut mutant = seed.clone();
        for _ in 0..=numbers.below(3) {
            damage(&mut mutant, &mut numbers);
        }
        let all = decode_fully(mutant.clone());
        let is_wanted = |parts: &&EventParts| {
            let kind = parts.provider.as_ref().map(|name| name.to_ascii_lowercase()).zip(parts.id);
            kind.is_some_and(|kind| wanted_kinds.contains(&kind))
        };
        let expected: BTreeSet<Key> = all.iter().filter(is_wanted).filter_map(key_of_parts).collect();
        let (read, _) = read_both_ways(&mutant, &wanted(&wanted_kinds));
        let found = keys(&read);
        let missing: Vec<_> = expected.difference(&found).collect();
        assert!(missing.is_empty(), "mutant {number}: {missing:?}");
        if all.len() as u64 == read.coverage.records && read.coverage.lost == 0 {
            assert_eq!(found, expected, "mutant {number}: nothing is made up either");
        }
        compared += expected.len();
        changed += usize::from(all.len() as u64 != read.coverage.records || mutant != *seed);
    }
    assert!(compared > 20 * MUTANTS && changed > MUTANTS / 2, "{compared} compared, {changed} changed");
}
