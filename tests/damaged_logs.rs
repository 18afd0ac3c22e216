//! A sound log, damaged in every way that uploads come with: what is physically there is found.
//!
//! A record counts as intact where all of its bytes stand in the damaged file, one after another. How many
//! of these our reader finds is compared with the same log read by the `evtx` crate, with and without its
//! recovery of freed records. With `WRITE_DAMAGED=<folder>` the files are written there, each with the IDs of
//! its intact records, so that `fixtures/damaged-logs.py` can ask other readers.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::print_stderr,
    reason = "a test may panic; the switch for tests does not reach shared functions"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use evtx::{EvtxParser, ParserSettings};
use sspr_triage::artifacts::Wanted;
use sspr_triage::artifacts::event_log::{self, EventLog};

const LOG: &str = "fixtures/cases/trust/log-out-of-order/bundle/aadc01/Application.evtx";
const FILE_HEADER: usize = 4096;
const CHUNK: usize = 65_536;

/// A record of the sound log.
struct Record {
    id: u64,
    provider: String,
    event: u16,
    /// Its bytes.
    bytes: Vec<u8>,
    /// Where it starts in the file.
    at: usize,
}

/// The records of a log as the `evtx` crate reads them, with their bytes.
fn records(log: &[u8]) -> Vec<Record> {
    let settings = ParserSettings::new().num_threads(1).separate_json_attributes(true);
    let mut parser = EvtxParser::from_buffer(log.to_vec()).unwrap().with_configuration(settings.clone());
    let mut found = Vec::new();
    for chunk in 0..(log.len() - FILE_HEADER) / CHUNK {
        let start = FILE_HEADER + chunk * CHUNK;
        let bytes = &log[start..start + CHUNK];
        if !bytes.starts_with(b"ElfChnk") {
            continue;
        }
        let free = u32::from_le_bytes(bytes[48..52].try_into().unwrap()) as usize;
        let mut at = 512;
        while at < free {
            let size = u32::from_le_bytes(bytes[at + 4..at + 8].try_into().unwrap()) as usize;
            let number = u64::from_le_bytes(bytes[at + 8..at + 16].try_into().unwrap());
            let bytes = bytes[at..at + size].to_vec();
            found.push((number, Record { id: 0, provider: String::new(), event: 0, bytes, at: start + at }));
            at += size;
        }
    }
    found.sort_by_key(|(number, _)| *number);
    let read: Vec<_> = parser.records_json_value().map(Result::unwrap).collect();
    assert_eq!(read.len(), found.len());
    let named = found.into_iter().map(|(number, record)| {
        let json = read.iter().find(|json| json.event_record_id == number).unwrap();
        let system = &json.data["Event"]["System"];
        let provider = system["Provider_attributes"]["Name"].as_str().unwrap().to_owned();
        let event = system["EventID"].as_u64().unwrap() as u16;
        Record { id: system["EventRecordID"].as_u64().unwrap(), provider, event, ..record }
    });
    named.collect()
}

/// What readers find, by `EventRecordID`.
#[derive(Default)]
struct Found {
    live: BTreeSet<u64>,
    freed: BTreeSet<u64>,
}

impl Found {
    fn all(&self) -> BTreeSet<u64> {
        self.live.union(&self.freed).copied().collect()
    }
}

fn by_us(bytes: &[u8], wanted: &Wanted) -> (Found, EventLog, usize) {
    let (log, gaps) = event_log::read(&"a.evtx".into(), &mut &*bytes, wanted);
    let mut found = Found::default();
    for event in &log.events {
        if event.from_slack { &mut found.freed } else { &mut found.live }.insert(event.record_id);
    }
    (found, log, gaps.len())
}

fn by_the_crate(bytes: &[u8], recover: bool) -> Option<BTreeSet<u64>> {
    let settings =
        ParserSettings::new().num_threads(1).separate_json_attributes(true).recover_records(recover);
    let mut parser = EvtxParser::from_buffer(bytes.to_vec()).ok()?.with_configuration(settings);
    let ids = parser.records_json_value().flatten();
    Some(ids.filter_map(|record| record.data["Event"]["System"]["EventRecordID"].as_u64()).collect())
}

/// One way to damage a log.
struct Damage {
    name: &'static str,
    bytes: Vec<u8>,
    /// Intact records that cannot be read, because what they refer to is gone.
    orphaned: usize,
    /// All that is found stands in freed space.
    freed: bool,
}

fn put(bytes: &mut [u8], at: usize, with: &[u8]) {
    bytes[at..at + with.len()].copy_from_slice(with);
}

/// Every kind of damage.
fn damages(log: &[u8], records: &[Record]) -> Vec<Damage> {
    let chunk = |number: usize| FILE_HEADER + number * CHUNK;
    let chunks: Vec<usize> =
        (0..(log.len() - FILE_HEADER) / CHUNK).map(chunk).filter(|at| log[*at] == b'E').collect();
    let last = *chunks.last().unwrap();
    let of = |start: usize| records.iter().filter(move |record| (start..start + CHUNK).contains(&record.at));
    let mut offsets: Vec<usize> = of(chunks[1]).map(|record| record.at).collect();
    offsets.sort_unstable();
    let middle = offsets[offsets.len() / 2];
    let mut all = Vec::new();
    let mut add = |name, change: &dyn Fn(&mut Vec<u8>), orphaned, freed| {
        let mut bytes = log.to_vec();
        change(&mut bytes);
        all.push(Damage { name, bytes, orphaned, freed });
    };
    add("none", &|_| (), 0, false);
    add("truncated in the last chunk", &|log| log.truncate(last + 9_000), 0, false);
    add("truncated in the first chunk", &|log| log.truncate(FILE_HEADER + 9_000), 0, false);
    add("file magic gone", &|log| log[..8].fill(0), 0, false);
    add("file header gone", &|log| log[..FILE_HEADER].fill(0), 0, false);
    add("file header cut off", &|log| drop(log.drain(..FILE_HEADER)), 0, false);
    add(
        "dirty, no chunks counted",
        &|log| {
            put(log, 120, &[1]);
            put(log, 42, &[0, 0]);
        },
        0,
        false,
    );
    add("512 bytes before the header", &|log| drop(log.splice(..0, [0xcc; 512])), 0, false);
    add("513 bytes before the header", &|log| drop(log.splice(..0, [0xcc; 513])), 0, false);
    add("first chunk's magic gone", &|log| log[chunks[0]..chunks[0] + 8].fill(0), 0, false);
    add("all chunks' magic gone", &|log| chunks.iter().for_each(|at| log[*at..at + 8].fill(0)), 0, false);
    add("a chunk's header gone", &|log| log[chunks[1]..chunks[1] + 512].fill(0), 0, false);
    add(
        "string pointer out of range",
        &|log| put(log, chunks[0] + 128, &0x7fff_ffff_u32.to_le_bytes()),
        0,
        false,
    );
    add(
        "template pointer out of range",
        &|log| put(log, chunks[0] + 384, &0x7fff_ffff_u32.to_le_bytes()),
        0,
        false,
    );
    add("string and template tables gone", &|log| log[chunks[0] + 128..chunks[0] + 512].fill(0), 0, false);
    add(
        "string and template tables full of ones",
        &|log| log[chunks[0] + 128..chunks[0] + 512].fill(0xff),
        0,
        false,
    );
    add("checksums wrong", &|log| chunks.iter().for_each(|at| log[at + 52..at + 56].fill(0x55)), 0, false);
    add(
        "free space before the records end",
        &|log| put(log, chunks[0] + 48, &9_000_u32.to_le_bytes()),
        0,
        false,
    );
    add("free space beyond the chunk", &|log| put(log, chunks[0] + 48, &u32::MAX.to_le_bytes()), 0, false);
    add("a record's magic gone", &|log| log[middle..middle + 4].fill(0), 0, false);
    add("a record's size is 0", &|log| log[middle + 4..middle + 8].fill(0), 0, false);
    add("a record's size is huge", &|log| log[middle + 4..middle + 8].fill(0xff), 0, false);
    add("a sector overwritten with zeros", &|log| log[middle..middle + 512].fill(0), 0, false);
    add("a cluster overwritten with ones", &|log| log[middle..middle + 4096].fill(0xff), 0, false);
    add(
        "second half of a chunk overwritten",
        &|log| log[chunks[1] + CHUNK / 2..chunks[1] + CHUNK].fill(0xff),
        0,
        false,
    );
    add(
        "a chunk overwritten with another's start",
        &|log| {
            let start = log[last..last + 20_000].to_vec();
            put(log, chunks[0], &start);
        },
        6,
        false,
    );
    add(
        "100 bytes missing behind the records of a chunk",
        &|log| {
            drop(log.drain(chunks[0] + CHUNK - 100..chunks[0] + CHUNK));
        },
        0,
        false,
    );
    add(
        "cleared: chunk headers say that they are empty",
        &|log| {
            for at in &chunks {
                put(log, at + 44, &512_u32.to_le_bytes());
                put(log, at + 48, &512_u32.to_le_bytes());
            }
        },
        0,
        true,
    );
    all
}

#[test]
fn what_is_physically_there_is_found_and_more_than_the_crate_finds() {
    let log = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(LOG)).unwrap();
    let records = records(&log);
    let pairs: BTreeSet<(String, u16)> =
        records.iter().map(|record| (record.provider.clone(), record.event)).collect();
    let wanted = Wanted { events: pairs.into_iter().collect(), ..Wanted::default() };
    let mut table = String::new();
    let mut faults = Vec::new();
    for damage in damages(&log, &records) {
        let is_there = |record: &&Record| memchr::memmem::find(&damage.bytes, &record.bytes).is_some();
        let intact: BTreeSet<u64> = records.iter().filter(is_there).map(|record| record.id).collect();
        let (found, read, gaps) = by_us(&damage.bytes, &wanted);
        let all = found.all();
        let ours = all.intersection(&intact).count();
        let crates = by_the_crate(&damage.bytes, false).map(|ids| ids.intersection(&intact).count());
        let recovered = by_the_crate(&damage.bytes, true).map(|ids| ids.intersection(&intact).count());
        let best = crates.max(recovered).unwrap_or(0);
        let text = |count: Option<usize>| count.map_or("refused".to_owned(), |count| count.to_string());
        table.push_str(&format!(
            "{} | {} | {} | {} | {} | {} | {} | {}\n",
            damage.name,
            intact.len(),
            ours,
            found.freed.len(),
            read.coverage.lost,
            gaps,
            text(crates),
            text(recovered),
        ));
        if ours + damage.orphaned != intact.len() {
            let missing: Vec<_> = intact.difference(&all).take(5).collect();
            faults.push(format!("{}: {ours} of {} found, without {missing:?}", damage.name, intact.len()));
        }
        if ours < best {
            faults.push(format!("{}: {ours} found, and {best} by the evtx crate", damage.name));
        }
        // What is read as live is what the log says; what was freed is told as such.
        if damage.freed && !found.live.is_empty() {
            faults.push(format!("{}: freed records are told as live", damage.name));
        }
        // Whatever is not there any more is counted.
        let gone = (records.len() - intact.len()) as u64;
        if gone > 0 && (gaps == 0 || read.coverage.lost == 0) {
            faults.push(format!("{}: {gone} records are gone, and nothing says so", damage.name));
        }
        if let Some(folder) = std::env::var_os("WRITE_DAMAGED") {
            let folder = Path::new(&folder);
            fs::write(folder.join(format!("{}.evtx", damage.name)), &damage.bytes).unwrap();
            let ids: Vec<String> = intact.iter().map(u64::to_string).collect();
            fs::write(folder.join(format!("{}.ids", damage.name)), format!("{ours}\n{}", ids.join("\n")))
                .unwrap();
        }
    }
    eprintln!(
        "damage | intact | found | of these freed | lost, as told | gaps | evtx | evtx with recovery\n{table}"
    );
    assert!(faults.is_empty(), "{table}\n{}", faults.join("\n"));
}
