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
use crate::artifacts::event_log::{EventLog, read, read_disk};
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
