//! Real logs that are not part of the project: skipped where they are absent.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use evtx::{EvtxParser, ParserSettings};

use crate::artifacts::Wanted;
use crate::artifacts::event_log::event_xml::{self, EventParts};
use crate::artifacts::event_log::{Datum, Event, EventLog, read, read_disk};
use crate::bundle::DiskContent;
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
    let name = Arc::from(name.as_ref());
    let streamed = read(&name, &mut File::open(path).unwrap(), &wanted);
    // A large file of the disk is read by place, which gives the same.
    let file = File::open(path).unwrap();
    let disk = DiskContent::new(File::open(path).unwrap(), file.metadata().unwrap().len());
    let placed = read_disk(&name, &mut &file, &disk, &wanted);
    assert_eq!((&placed.0.events, &placed.0.coverage), (&streamed.0.events, &streamed.0.coverage));
    assert_eq!(placed.1, streamed.1);
    streamed
}

/// Every record of a log, rendered by the crate from its own walk.
fn decode_fully(path: &Path) -> Vec<EventParts> {
    let settings = ParserSettings::default().num_threads(1).indent(false);
    let mut parser = EvtxParser::from_path(path).unwrap().with_configuration(settings);
    let records = parser.records().flatten();
    records.filter_map(|record| event_xml::parse(record.data.as_bytes())).collect()
}

/// What identifies an event, and all that it says.
pub(super) type Key = (String, u16, u64, String, Vec<(Option<String>, String)>);

fn values(data: &[Datum]) -> Vec<(Option<String>, String)> {
    data.iter().map(|datum| (datum.name.clone(), datum.value.clone())).collect()
}

pub(super) fn key_of_parts(parts: &EventParts) -> Option<Key> {
    let computer = parts.computer.clone().unwrap_or_default();
    Some((parts.provider.clone()?, parts.id?, parts.record_id?, computer, values(&parts.data)))
}

pub(super) fn key_of_event(event: &Event) -> Key {
    (event.provider.clone(), event.id, event.record_id, event.computer.clone(), values(&event.data))
}

/// The three most common and the three rarest kinds of event in a log.
fn some_kinds(all: &[EventParts]) -> Vec<(String, u16)> {
    let mut counts: BTreeMap<(String, u16), usize> = BTreeMap::new();
    for parts in all {
        if let (Some(provider), Some(id)) = (&parts.provider, parts.id) {
            *counts.entry((provider.clone(), id)).or_default() += 1;
        }
    }
    let mut kinds: Vec<_> = counts.into_iter().collect();
    kinds.sort_by_key(|(_, count)| *count);
    let rare = kinds.iter().take(3);
    let common = kinds.iter().rev().take(3);
    rare.chain(common).map(|(kind, _)| kind.clone()).collect()
}

/// What the walk and the value tables find is what rendering every record finds. Damaged logs may give
/// more than the crate finds by itself, and the crate also takes torn records, which are told as freed.
#[test]
fn finds_what_a_full_decode_finds() {
    for path in samples() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let all = decode_fully(&path);
        let kinds = some_kinds(&all);
        let wanted: Vec<_> = kinds.iter().map(|(provider, id)| (provider.as_str(), *id)).collect();
        let (log, gaps) = read_file(&path, &wanted);
        let is_wanted = |key: &Key| kinds.contains(&(key.0.clone(), key.1));
        let expected: BTreeSet<Key> = all.iter().filter_map(key_of_parts).filter(is_wanted).collect();
        let live: BTreeSet<Key> =
            log.events.iter().filter(|event| !event.from_slack).map(key_of_event).collect();
        let found: BTreeSet<Key> = log.events.iter().map(key_of_event).collect();
        assert!(!expected.is_empty(), "{name}");
        let missing: Vec<_> = expected.difference(&found).collect();
        assert!(missing.is_empty(), "{name}: {missing:?}");
        let damaged = ["corrupt_", "dirty_", "truncated_"].iter().any(|start| name.starts_with(start));
        if !damaged {
            assert_eq!(live, expected, "{name}");
            assert_eq!(log.coverage.records, u64::try_from(all.len()).unwrap(), "{name}");
            assert_eq!((log.coverage.lost, gaps), (0, vec![]), "{name}");
        }
    }
}

fn sam_defaults(name: &str) -> Option<Vec<Event>> {
    let (log, _) = read_file(&folder()?.join(name), &[(SAM, 16962)]);
    Some(log.events.into_iter().filter(|event| !event.from_slack).collect())
}

#[test]
fn finds_the_default_descriptors_of_the_sam_logs() {
    let logs = [
        ("sam16962x29_fakenevtx_System.evtx", 29),
        ("sam16962x3_system.evtx", 3),
        ("sam16962x3_16403_2-vss_7-System.evtx", 3),
    ];
    for (name, count) in logs {
        let Some(events) = sam_defaults(name) else { return };
        assert_eq!(events.len(), count, "{name}");
        for event in events {
            assert_eq!((event.provider.as_str(), event.id), (SAM, 16962));
            assert_eq!(event.channel.as_deref(), Some("System"));
            let name = Some("Default SD String:".to_owned());
            assert_eq!(event.data, [Datum { name, value: "O:SYG:SYD:(A;;RC;;;BA)".to_owned() }]);
        }
    }
}

#[test]
fn a_truncated_log_gives_what_is_there_and_says_what_is_not() {
    let Some(folder) = folder() else { return };
    let path = folder.join("truncated_plaso_System2_200000b.evtx");
    let (log, gaps) = read_file(&path, &[]);
    // The chunks hold records 1 to 104, 105 to 194, and 195 to 284, of which the last is cut off.
    assert_eq!(log.coverage.records, 283);
    // The file header says that record 10549 would have been next.
    assert!(log.coverage.lost >= 10_548 - 283, "{}", log.coverage.lost);
    assert!(gaps.iter().any(|gap| gap.said().contains("93 chunks")), "{gaps:?}");
    assert!(gaps.iter().any(|gap| gap.said().contains("ends within")), "{gaps:?}");
}

#[test]
fn a_bad_string_table_costs_no_record() {
    let Some(folder) = folder() else { return };
    let path = folder.join("corrupt_security_bad_string_cache.evtx");
    let (log, gaps) = read_file(&path, &[]);
    // The last chunk's header gives 2261 as its last record.
    assert_eq!((log.coverage.records, log.coverage.lost, gaps), (2261, 0, vec![]));
}

#[test]
fn damage_is_a_gap() {
    let Some(folder) = folder() else { return };
    for name in
        ["corrupt_bad_chunk_magic.evtx", "corrupt_zero_data_size_event.evtx", "dirty_vss0_RdpCoreTS.evtx"]
    {
        let (log, gaps) = read_file(&folder.join(name), &[]);
        assert!(!gaps.is_empty() && log.coverage.lost > 0, "{name}");
    }
}

#[test]
fn classic_and_forwarded_events_have_unnamed_strings_in_order() {
    let Some(folder) = folder() else { return };
    let read = |name, provider, id| read_file(&folder.join(name), &[(provider, id)]).0.events.remove(0);
    let unnamed = |event: &Event| -> Vec<String> {
        event.data.iter().filter(|datum| datum.name.is_none()).map(|datum| datum.value.clone()).collect()
    };
    let classic = read("netlogon5805_classic.evtx", "netlogon", 5805);
    assert_eq!((classic.provider.as_str(), classic.record_id), ("NETLOGON", 63221));
    // Bit 55 marks a classic event.
    assert_eq!(classic.keywords, Some(1 << 55));
    assert_eq!(unnamed(&classic), ["01566S-WIN16-IR", "%%5"]);
    // The name of a forwarded event's source is its own, and so is its time.
    let forwarded = read("forwarded_notemplate_MSExchange_wec.evtx", "MSExchange CmdletLogs", 1);
    assert_eq!((forwarded.record_id, forwarded.computer.as_str()), (3229, "WEC.ave.local"));
    assert_eq!(unnamed(&forwarded)[0], "Set-Mailbox");
    assert_eq!(unnamed(&forwarded).len(), forwarded.data.len());
}
