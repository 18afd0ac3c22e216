//! The fast way against a full decode: what the `evtx` crate finds by its own walk over every record is what
//! the walk and the value tables find, in the logs of the cases and in thousands of damaged ones, read as a
//! stream and by place.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use evtx::{EvtxParser, ParserSettings, SerializedEvtxRecord};
use rayon::prelude::*;
use walkdir::WalkDir;

use super::mutants::Numbers;
use super::samples::{Key, key_of_event, key_of_parts};
use crate::artifacts::Wanted;
use crate::artifacts::event_log::event_xml::{self, EventParts};
use crate::artifacts::event_log::selection::Selection;
use crate::artifacts::event_log::{EventLog, InLog, Position, around, read, read_disk};
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

/// The numbers in the headers of all records that the crate decodes, sorted.
fn numbers(log: Vec<u8>) -> Vec<u64> {
    let Ok(parser) = EvtxParser::from_buffer(log) else { return Vec::new() };
    let mut parser = parser.with_configuration(ParserSettings::default().num_threads(1));
    let mut numbers: Vec<u64> = parser.records().flatten().map(|record| record.event_record_id).collect();
    numbers.sort_unstable();
    numbers
}

/// The neighbours of every so many events, against those by their place among all numbers.
fn assert_neighbours(log: &[u8], read: &EventLog, every: usize, count: usize) {
    let numbers = numbers(log.to_vec());
    let live = read.events.iter().filter(|event| !event.from_slack);
    let asked: Vec<Position> = live.step_by(every).map(|event| event.position).collect();
    let mut expected = BTreeSet::new();
    for position in &asked {
        let at = numbers.binary_search(&position.number).unwrap();
        expected.extend(&numbers[at.saturating_sub(count)..(at + count + 1).min(numbers.len())]);
    }
    let found = around(&mut &log[..], &asked, &[], count);
    let number = |record: &InLog| match record {
        InLog::Asked(position) => position.number,
        InLog::Beside(neighbour) => neighbour.position.number,
    };
    let parts: Vec<Vec<u64>> = found.parts.iter().map(|part| part.iter().map(number).collect()).collect();
    assert_eq!(parts.concat(), expected.into_iter().collect::<Vec<u64>>());
    assert_eq!(found.not_found, 0);
    // A part has no hole, and between two parts there is one.
    let at = |number: &u64| numbers.binary_search(number).unwrap();
    for part in &parts {
        assert!(part.windows(2).all(|two| at(&two[1]) == at(&two[0]) + 1), "{part:?}");
    }
    for two in parts.windows(2) {
        assert!(at(two[1].first().unwrap()) > at(two[0].last().unwrap()) + 1, "{two:?}");
    }
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
            assert_neighbours(&log, &read, 7, 2);
            assert_neighbours(&log, &read, 40, 3);
            whole += 1;
        } else {
            assert!(expected.is_subset(&found));
        }
    }
    assert!(whole > 50, "{whole} logs without damage");
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

/// One chunk of live records, one after another to the free space.
fn is_sound(log: &[u8]) -> bool {
    let (read, gaps) = read(&Arc::from("test.evtx"), &mut &log[..], &Wanted::default());
    log.len() <= 4096 + 65_536 && gaps.is_empty() && read.coverage.records > 0
}

/// Every wanted record as the crate decodes it. What its content lacks comes from the record's header, and
/// whose it is by the same rule.
fn decode_wanted(log: Vec<u8>, selection: &Selection) -> (BTreeSet<Key>, u64) {
    let settings = ParserSettings::default().num_threads(1).indent(false);
    let mut parser = EvtxParser::from_buffer(log).unwrap().with_configuration(settings);
    let mut decoded = 0;
    let key = |record: SerializedEvtxRecord<String>| {
        let parts = event_xml::parse(record.data.as_bytes())?;
        decoded += 1;
        let (provider, id) = (selection.provider(&parts)?.to_owned(), parts.id?);
        let record_id = parts.record_id.unwrap_or(record.event_record_id);
        key_of_parts(&EventParts {
            provider: Some(provider),
            id: Some(id),
            record_id: Some(record_id),
            ..parts
        })
    };
    let keys = parser.records().flatten().filter_map(key).collect();
    (keys, decoded)
}

/// What the crate finds is found, or told as lost; and nothing is found that the crate does not find.
///
/// Told and not found are records that the crate renders with text of the record behind them.
#[test]
fn damaged_records_give_what_a_full_decode_gives() {
    let seeds: Vec<Vec<u8>> = logs().into_iter().filter(|log| is_sound(log)).collect();
    let compared: Vec<[usize; 3]> =
        (0..MUTANTS).into_par_iter().map(|number| compare(&seeds, number)).collect();
    let [found, told, changed] =
        [0, 1, 2].map(|column| compared.iter().map(|one| one[column]).sum::<usize>());
    assert!(found > 20 * MUTANTS, "{found} found");
    assert!(changed > MUTANTS * 9 / 10, "{changed} changed");
    assert!(told < MUTANTS / 15, "{told} told and not found");
}

/// The damaged chunk as the second of a log. What is like a record of the sound one before it is not rendered,
/// where the log is read as a stream.
fn behind(sound: &[u8], damaged: &[u8]) -> Vec<u8> {
    let mut log = sound.to_vec();
    log.resize(4096 + 65_536, 0);
    log.extend_from_slice(&damaged[4096..]);
    log
}

/// How many events of one mutant both ways find, how many only the crate, and whether it differs from its seed.
fn compare(seeds: &[Vec<u8>], number: usize) -> [usize; 3] {
    let seed = &seeds[(number * 7) % seeds.len()];
    let wanted = wanted(&kinds(&decode_fully(seed.clone())));
    let mut numbers = Numbers(0x5bd1_e995_1234_5677 ^ (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut mutant = seed.clone();
    for _ in 0..=numbers.below(3) {
        damage(&mut mutant, &mut numbers);
    }
    if number.is_multiple_of(2) {
        mutant = behind(seed, &mutant);
    }
    let selection = Selection::of(&wanted);
    let (expected, decoded) = decode_wanted(mutant.clone(), &selection);
    let (read, gaps) = read_both_ways(&mutant, &wanted);
    let found = keys(&read);
    let missing: Vec<_> = expected.difference(&found).collect();
    assert!(missing.len() as u64 <= read.coverage.lost, "mutant {number}: {missing:?}");
    assert!(missing.is_empty() || !gaps.is_empty(), "mutant {number}: {missing:?}");
    if decoded == read.coverage.records {
        let made_up: Vec<_> = found.difference(&expected).collect();
        assert!(made_up.is_empty(), "mutant {number} made up: {made_up:?}");
    }
    [found.len(), missing.len(), usize::from(!mutant.ends_with(&seed[4096..]))]
}
