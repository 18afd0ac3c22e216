//! The fast way against a full decode: what the `evtx` crate finds by its own walk over every record is what
//! the walk and the value tables find, in the logs of the cases, read as a
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
use crate::artifacts::event_log::{EventLog, InLog, Position, around, read, read_disk};
use crate::bundle::DiskContent;
use crate::source::Gap;

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
