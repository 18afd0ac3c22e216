//! Real logs that are not part of the project: skipped where they are absent.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use evtx::{EvtxParser, ParserSettings};

use crate::artifacts::Wanted;
use crate::artifacts::event_log::event_xml::{self, EventParts};
use crate::artifacts::event_log::{EventLog, read};
use crate::source::Gap;

const SAM: &str = "Microsoft-Windows-Directory-Services-SAM";

fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/samples/evtx");
    if !folder.is_dir() {
        eprintln!("skipped: no sample logs");
        return None;
    }
    Some(folder)
}

fn samples() -> Vec<PathBuf> {
    let entries = folder().into_iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn read_file(path: &Path, events: &[(&str, u16)]) -> (EventLog, Vec<Gap>) {
    let events = events.iter().map(|(provider, id)| ((*provider).to_owned(), *id)).collect();
    let wanted = Wanted { events, ..Wanted::default() };
    let name = path.file_name().unwrap().to_string_lossy();
    read(&Arc::from(name.as_ref()), &mut File::open(path).unwrap(), &wanted)
}

/// Every record of a log, rendered by the crate from its own walk.
fn decode_fully(path: &Path) -> Vec<EventParts> {
    let settings = ParserSettings::default().num_threads(1).indent(false);
    let Ok(parser) = EvtxParser::from_path(path) else { return Vec::new() };
    let mut parser = parser.with_configuration(settings);
    parser.records_bytes_of_xml()
}

trait XmlRecords {
    fn records_bytes_of_xml(&mut self) -> Vec<EventParts>;
}

impl XmlRecords for EvtxParser<File> {
    fn records_bytes_of_xml(&mut self) -> Vec<EventParts> {
        let records = self.records().flatten();
        records.filter_map(|record| event_xml::parse(record.data.as_bytes())).collect()
    }
}

#[test]
fn table() {
    for path in samples() {
        let all = decode_fully(&path);
        let (log, gaps) = read_file(&path, &[(SAM, 16962)]);
        let live = log.events.iter().filter(|event| !event.from_slack).count();
        eprintln!(
            "{} crate {} records {} lost {} 16962 {}+{} oldest {:?} {:?}..{:?} {:?} {:?}",
            path.file_name().unwrap().to_string_lossy(),
            all.len(),
            log.coverage.records,
            log.coverage.lost,
            live,
            log.events.len() - live,
            log.coverage.oldest_record_id,
            log.coverage.from,
            log.coverage.to,
            log.coverage.computers,
            log.coverage.channels
        );
        for gap in gaps {
            eprintln!("    {} : {}", gap.place, gap.reason);
        }
    }
}
