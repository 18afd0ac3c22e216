//! What leads a reader astray that looks for names and numbers in bytes, each in a log built by hand.

use std::sync::Arc;

use super::build::{CHUNK, Chunk, FILE_HEADER, log};
use crate::artifacts::Wanted;
use crate::artifacts::event_log::{EventLog, read};

const SAM: &str = "{0D4FDC09-8C27-494A-BDA0-505E4FD8ADAE}";

fn wanted(provider: &str, id: u16) -> Wanted {
    let guids = vec![(SAM.to_lowercase(), "Microsoft-Windows-Directory-Services-SAM".to_owned())];
    Wanted { events: vec![(provider.to_owned(), id)], provider_guids: guids, ..Wanted::default() }
}

fn read_all(chunks: &[Chunk], wanted: &Wanted) -> EventLog {
    let (log, gaps) = read(&Arc::from("test.evtx"), &mut &log(chunks, 100)[..], wanted);
    assert_eq!(gaps, []);
    log
}

fn record_ids(log: &EventLog) -> Vec<u64> {
    log.events.iter().map(|event| event.record_id).collect()
}

#[test]
fn a_provider_is_known_in_any_case_by_its_guid_and_by_its_former_name() {
    let renamed = [("Name", "Microsoft-Azure-ADSync"), ("EventSourceName", "ADSync")];
    let chunk = Chunk::new(1)
        .plain("ADSYNC", 6329, "in capitals")
        .plain_of(&renamed, &[], 6329, "by a provider that took the source over")
        .plain_of(&[("Guid", SAM)], &[], 6329, "by a provider without a name")
        .plain("ADSync2", 6329, "by another, whose name begins alike")
        .sealed();
    let log = read_all(&[chunk], &wanted("ADSync", 6329));
    assert_eq!(record_ids(&log), [1001, 1002]);
    let sam = "Microsoft-Windows-Directory-Services-SAM";
    let chunk =
        Chunk::new(1).plain_of(&[("Guid", SAM)], &[], 16962, "").plain_of(&[], &[], 16962, "").sealed();
    let log = read_all(&[chunk], &wanted(sam, 16962));
    assert_eq!((record_ids(&log), log.events[0].provider.as_str()), (vec![1001], sam));
}

#[test]
fn the_event_id_is_without_its_qualifiers() {
    let chunk = Chunk::new(1).plain_of(&[("Name", "ADSync")], &[("Qualifiers", "49152")], 6329, "").sealed();
    let log = read_all(&[chunk], &wanted("ADSync", 6329));
    assert_eq!((record_ids(&log), log.events[0].id), (vec![1001], 6329));
}

#[test]
fn a_name_in_what_another_event_says_is_no_event_of_that_name() {
    let chunk = Chunk::new(1)
        .plain("Sysmon", 6329, "ADSync")
        .templated("Microsoft-Windows-Security-Auditing", 6329, "C:\\Program Files\\ADSync")
        .sealed();
    assert_eq!(record_ids(&read_all(&[chunk], &wanted("ADSync", 6329))), [0; 0]);
}

#[test]
fn a_value_takes_the_bytes_that_its_size_says_even_if_it_is_none() {
    let mut chunk = Chunk::new(1);
    chunk.sized_null = true;
    let chunk = chunk.templated("ADSync", 6329, "one").templated("ADSync", 904, "two");
    let log = read_all(&[chunk.sealed()], &wanted("ADSync", 6329));
    assert_eq!(record_ids(&log), [1001]);
    // The second record is not rendered: its number comes from the value table.
    assert_eq!(log.coverage.oldest_record_id, Some(1001));
    let mut chunk = Chunk::new(5);
    chunk.sized_null = true;
    let log = read_all(&[chunk.templated("ADSync", 904, "two").sealed()], &wanted("ADSync", 6329));
    assert_eq!((record_ids(&log), log.coverage.oldest_record_id), (vec![], Some(1005)));
}

#[test]
fn a_freed_record_whose_template_was_written_over_is_not_taken_for_what_it_says() {
    // The template of both records now has the record ID where the event ID was: rendered by it, the freed
    // record is event 1002, and by its own value table event 6329.
    let chunk = Chunk::new(5).templated("ADSync", 904, "live").sealed();
    let mut chunk = chunk.numbered(2).templated("ADSync", 6329, "freed");
    let event_id = memchr::memmem::find(&chunk.bytes, &[0x0e, 3, 0, 0x06]).unwrap();
    let record_id = memchr::memmem::find(&chunk.bytes, &[0x0e, 10, 0, 0x0a]).unwrap();
    chunk.bytes[event_id..event_id + 4].copy_from_slice(&[0x0e, 10, 0, 0x0a]);
    chunk.bytes[record_id..record_id + 4].copy_from_slice(&[0x0e, 3, 0, 0x06]);
    let both = Wanted {
        events: vec![("ADSync".to_owned(), 6329), ("ADSync".to_owned(), 1002)],
        ..Wanted::default()
    };
    let (log, _) = read(&Arc::from("test.evtx"), &mut &super::build::log(&[chunk], 6)[..], &both);
    assert_eq!(record_ids(&log), [0; 0]);
}

#[test]
fn space_that_was_set_aside_and_not_used_is_no_damage() {
    let mut bytes = log(&[Chunk::new(1).templated("ADSync", 6329, "one").sealed()], 2);
    bytes.resize(FILE_HEADER + 4 * CHUNK, 0);
    let (log, gaps) = read(&Arc::from("test.evtx"), &mut &bytes[..], &wanted("ADSync", 6329));
    assert_eq!((record_ids(&log), gaps, log.coverage.records), (vec![1001], vec![], 1));
}

#[test]
fn a_log_that_began_again_at_its_start_is_in_order_of_time() {
    let newer = Chunk::new(3).templated("ADSync", 6329, "newer").sealed();
    let older = Chunk::new(1).templated("ADSync", 6329, "older").templated("ADSync", 6329, "old").sealed();
    let log = read_all(&[newer, older], &wanted("ADSync", 6329));
    assert_eq!(record_ids(&log), [1001, 1002, 1003]);
    assert_eq!(log.coverage.oldest_record_id, Some(1001));
}
