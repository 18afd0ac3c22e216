//! Logs built by hand, sound and then damaged in one way each.

use std::sync::Arc;

use super::build::{self, CHUNK, Chunk, FILE_HEADER, log};
use crate::artifacts::Wanted;
use crate::artifacts::event_log::{
    Datum, Event, EventLog, Position, looks_like_event_log, looks_like_legacy_event_log, read,
};
use crate::source::{Gap, Place};

pub(super) fn wanted() -> Wanted {
    let events = vec![("adsync".to_owned(), 6329), ("PasswordResetService".to_owned(), 33004)];
    Wanted { events, ..Wanted::default() }
}

fn read_bytes(bytes: &[u8]) -> (EventLog, Vec<Gap>) {
    read(&Arc::from("test.evtx"), &mut &bytes[..], &wanted())
}

/// Records 1 to 4 of ADSync, of which 2 is another event, then two forwarded ones.
fn chunk() -> Chunk {
    Chunk::new(1)
        .templated("ADSync", 6329, "one\r\ntwo")
        .templated("ADSync", 904, "unwanted")
        .templated("ADSync", 6329, "three")
        .templated("ADSync", 6329, "four")
        .plain("PasswordResetService", 33004, "five")
        .plain("Other", 33004, "six")
        .sealed()
}

fn sound() -> Vec<u8> {
    log(&[chunk()], 7)
}

fn ids(log: &EventLog) -> Vec<u64> {
    let mut ids: Vec<_> = log.events.iter().map(|event| event.record_id).collect();
    ids.sort_unstable();
    ids
}

fn slack_ids(log: &EventLog) -> Vec<u64> {
    let mut ids: Vec<_> =
        log.events.iter().filter(|event| event.from_slack).map(|event| event.record_id).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn a_sound_log_gives_its_wanted_events_and_no_gap() {
    let (log, gaps) = read_bytes(&sound());
    assert_eq!(gaps, []);
    assert_eq!(ids(&log), [1001, 1003, 1004, 1005]);
    let event = log.events.iter().find(|event| event.record_id == 1001).unwrap();
    let expected = Event {
        provider: "ADSync".into(),
        id: 6329,
        record_id: 1001,
        place: Place::Record { id: 1001, offset: None },
        // The template has no time of its own, so the record header's counts: one second past.
        time: "2024-05-01T00:00:01Z".parse().unwrap(),
        computer: "dc01.contoso.example".into(),
        channel: Some("Application".into()),
        level: None,
        keywords: None,
        data: vec![Datum { name: Some("Text".into()), value: "one\r\ntwo".into() }],
        from_slack: false,
        // The template's IDs are 1000 more than the numbers of the headers.
        position: Position { number: 1, written: build::MIDNIGHT + 10_000_000 },
    };
    assert_eq!(event, &expected);
    let coverage = log.coverage;
    assert_eq!((coverage.records, coverage.lost, coverage.oldest_record_id), (6, 0, Some(1001)));
    assert_eq!(coverage.from.unwrap().to_string(), "2024-05-01T00:00:01Z");
    assert_eq!(coverage.to.unwrap().to_string(), "2024-05-01T00:00:06Z");
    assert_eq!(coverage.computers, ["dc01.contoso.example"]);
    assert_eq!(coverage.channels, ["Application"]);
}

#[test]
fn a_damaged_file_header_or_junk_before_it_costs_no_event() {
    let mut headless = sound();
    headless[..8].fill(0);
    let mut junk = vec![0x55; 512];
    junk.extend(sound());
    for (bytes, said) in [(headless, "file header is damaged"), (junk, "512 bytes stand before")] {
        assert!(looks_like_event_log(&bytes));
        let (log, gaps) = read_bytes(&bytes);
        assert_eq!(ids(&log), [1001, 1003, 1004, 1005]);
        assert!(gaps.len() == 1 && gaps[0].said().contains(said), "{gaps:?}");
    }
    let (log, gaps) = read_bytes(&sound()[FILE_HEADER..]);
    assert_eq!(ids(&log), [1001, 1003, 1004, 1005]);
    assert_eq!(gaps.len(), 1);
}

#[test]
fn a_destroyed_chunk_magic_costs_no_event() {
    let mut bytes = sound();
    bytes[FILE_HEADER..FILE_HEADER + 8].fill(0);
    let (log, gaps) = read_bytes(&bytes);
    assert_eq!((ids(&log), slack_ids(&log)), (vec![1001, 1003, 1004, 1005], vec![]));
    assert_eq!(log.coverage.lost, 0);
    assert!(gaps.len() == 1 && gaps[0].said().contains("6 records"), "{gaps:?}");
}

#[test]
fn string_and_template_tables_are_not_needed() {
    let mut bytes = sound();
    bytes[FILE_HEADER + 128..FILE_HEADER + 512].fill(0xee);
    let (log, gaps) = read_bytes(&bytes);
    assert_eq!((ids(&log), gaps), (vec![1001, 1003, 1004, 1005], vec![]));
}

#[test]
fn one_bad_record_costs_that_record() {
    let start = chunk().starts[2];
    let mut bytes = sound();
    bytes[FILE_HEADER + start] = 0;
    let (log, gaps) = read_bytes(&bytes);
    assert_eq!(ids(&log), [1001, 1004, 1005]);
    assert_eq!((log.coverage.records, log.coverage.lost), (5, 1));
    assert_eq!(gaps.len(), 1);
    assert_eq!(gaps[0].place, Place::Offset((FILE_HEADER + start) as u64));
}

#[test]
fn a_record_damaged_inside_is_counted_as_lost() {
    let start = chunk().starts[4];
    let mut bytes = sound();
    // The forwarded record's first element starts after its header and the fragment header.
    bytes[FILE_HEADER + start + 28] = 0x7f;
    let (log, gaps) = read_bytes(&bytes);
    assert_eq!(ids(&log), [1001, 1003, 1004]);
    assert_eq!(log.coverage.lost, 1);
    assert!(gaps.len() == 1 && gaps[0].said().contains("damaged inside"), "{gaps:?}");
}

#[test]
fn records_of_a_cleared_log_are_told_as_freed() {
    let mut bytes = sound();
    bytes[FILE_HEADER + 48..FILE_HEADER + 52].copy_from_slice(&512_u32.to_le_bytes());
    let (log, gaps) = read_bytes(&bytes);
    assert_eq!(slack_ids(&log), [1001, 1003, 1004, 1005]);
    assert_eq!((log.coverage.records, log.coverage.from), (0, None));
    assert!(gaps.iter().any(|gap| gap.said().contains("no records")), "{gaps:?}");
}

#[test]
fn records_behind_the_live_ones_are_freed_unless_they_continue_the_numbering() {
    let stale =
        chunk().numbered(3).templated("ADSync", 6329, "stale").numbered(2).templated("ADSync", 6329, "old");
    let (log, gaps) = read_bytes(&self::log(&[stale], 7));
    // Number 3 is also live, with the same ID and time: its copy is not told a second time.
    assert_eq!((slack_ids(&log), gaps), (vec![1002], vec![]));
    let copied_in_use = chunk().templated("ADSync", 6329, "new");
    let (log, _) = read_bytes(&self::log(&[copied_in_use], 7));
    assert_eq!((ids(&log), slack_ids(&log)), (vec![1001, 1003, 1004, 1005, 1007], vec![]));
}

#[test]
fn a_log_cut_short_says_so() {
    let second =
        || Chunk::new(7).templated("ADSync", 6329, "seven").templated("ADSync", 6329, "eight").sealed();
    let bytes = log(&[chunk(), second()], 9);
    let (log, gaps) = read_bytes(&bytes[..bytes.len() - 5]);
    assert_eq!(ids(&log), [1001, 1003, 1004, 1005, 1007]);
    assert_eq!(log.coverage.lost, 1);
    assert!(gaps.len() == 1 && gaps[0].said().contains("ends within"), "{gaps:?}");
    let (log, gaps) = read_bytes(&bytes[..FILE_HEADER + CHUNK]);
    assert_eq!((ids(&log).len(), log.coverage.lost), (4, 2));
    assert!(gaps.len() == 1 && gaps[0].said().contains("1 chunks"), "{gaps:?}");
}

#[test]
fn bytes_missing_in_the_middle_do_not_cost_the_next_chunk() {
    let second = Chunk::new(7).templated("ADSync", 6329, "seven").sealed();
    let mut bytes = log(&[chunk(), second], 8);
    bytes.drain(FILE_HEADER + CHUNK - 1000..FILE_HEADER + CHUNK - 900);
    let (log, gaps) = read_bytes(&bytes);
    assert_eq!((ids(&log), gaps), (vec![1001, 1003, 1004, 1005, 1007], vec![]));
}

#[test]
fn a_record_id_that_two_records_have_gets_its_offset() {
    let first = Chunk::new(1).templated("ADSync", 6329, "a").sealed();
    let again = Chunk::new(1).templated("ADSync", 6329, "b").sealed();
    let (log, _) = read_bytes(&log(&[first, again], 2));
    let places: Vec<_> = log.events.iter().map(|event| event.place.clone()).collect();
    let place = |offset| Place::Record { id: 1001, offset: Some(offset) };
    assert_eq!(places, [place(4096 + 512), place(4096 + 65_536 + 512)]);
}

#[test]
fn many_damaged_chunks_make_few_gaps() {
    let broken = || {
        let mut chunk = Chunk::new(1).templated("ADSync", 6329, "a").sealed();
        chunk.bytes[512] = 0;
        chunk
    };
    let chunks: Vec<Chunk> = (0..30).map(|_| broken()).collect();
    let (log, gaps) = read_bytes(&log(&chunks, 2));
    assert_eq!(log.coverage.lost, 30);
    // Twenty chunks, the count of the others, and that no record is left.
    assert_eq!(gaps.len(), 22);
    assert!(gaps.iter().any(|gap| gap.said().starts_with("10 more parts")), "{gaps:?}");
}

#[test]
fn what_fails_to_be_read_is_a_gap() {
    struct Failing(Vec<u8>);
    impl std::io::Read for Failing {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            if self.0.is_empty() {
                return Err(std::io::Error::other("checksum"));
            }
            let size = into.len().min(self.0.len());
            into[..size].copy_from_slice(&self.0[..size]);
            self.0.drain(..size);
            Ok(size)
        }
    }
    let size = sound().len() as u64;
    let (log, gaps) = read(&Arc::from("test.evtx"), &mut Failing(sound()), &wanted());
    assert_eq!(ids(&log), [1001, 1003, 1004, 1005]);
    assert!(gaps.len() == 1 && gaps[0].place == Place::Offset(size), "{gaps:?}");
}

#[test]
fn a_record_that_multiplies_its_text_is_not_kept() {
    let mut bomb = Chunk::new(1);
    bomb.repeats = 200;
    let bomb = bomb.templated("ADSync", 6329, &"x".repeat(10_000)).templated("ADSync", 6329, "small");
    let second = Chunk::new(3).templated("ADSync", 6329, "fine").sealed();
    let (log, gaps) = read_bytes(&log(&[bomb.sealed(), second], 4));
    // The second record shows its text 200 times too, and is small for all that.
    assert_eq!((ids(&log), log.coverage.lost), (vec![1002, 1003], 1));
    assert!(gaps.len() == 1 && gaps[0].said().contains("more text than"), "{gaps:?}");
}

/// A chunk whose first record shows 30 KB of text 330 times: 5 MB.
fn bombs() -> Chunk {
    let mut bombs = Chunk::new(1);
    bombs.repeats = 330;
    let bombs = bombs.templated("ADSync", 6329, &"x".repeat(15_000));
    let bombs = (0..3).fold(bombs, |chunk, _| chunk.templated("ADSync", 6329, "x")).sealed();
    assert!(bombs.bytes.len() < CHUNK, "{}", bombs.bytes.len());
    bombs
}

#[test]
fn a_log_of_bombs_is_counted_and_not_read_to_its_end() {
    let chunks = |count| (0..count).map(|_| bombs()).chain([chunk()]).collect::<Vec<_>>();
    let read = |count| read_bytes(&log(&chunks(count), 7));
    // A few cost little, and what stands behind them is read.
    let (few, gaps) = read(4);
    assert_eq!(ids(&few).iter().filter(|id| **id == 1005).count(), 1, "{gaps:?}");
    assert!(!gaps.iter().any(|gap| gap.said().contains("grow to many times")), "{gaps:?}");
    // Of many, those of later batches are only counted, and where that begins is told.
    let (many, gaps) = read(96);
    assert!(!ids(&many).contains(&1005));
    assert_eq!(many.coverage.records, 96 * 4 + 6);
    // 32 chunks are read, and then no more: 64 times three small records and a large one, and 5 wanted ones.
    assert!(many.coverage.lost >= 64 * 4, "{}", many.coverage.lost);
    assert!(gaps.iter().any(|gap| gap.said().contains("grow to many times")), "{gaps:?}");
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let chunks: Vec<Chunk> = (0..5)
        .map(|at| Chunk::new(at * 3 + 1).templated("ADSync", 6329, "a").plain("ADSync", 6329, "b").sealed())
        .collect();
    let mut bytes = log(&chunks, 12);
    bytes[FILE_HEADER + CHUNK..FILE_HEADER + CHUNK + 600].fill(0x33);
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let (log, gaps) = pool.install(|| read_bytes(&bytes));
        (log.events, log.coverage, gaps)
    };
    let alone = with(1);
    assert!(alone.0.len() >= 8 && !alone.2.is_empty());
    assert_eq!(with(3), alone);
}

#[test]
fn logs_are_known_by_content() {
    assert!(looks_like_event_log(&sound()));
    assert!(!looks_like_event_log(b"regf"));
    assert!(looks_like_legacy_event_log(b"\x30\0\0\0LfLe\x01\0\0\0"));
    assert!(!looks_like_legacy_event_log(b"LfLe"));
    assert!(!looks_like_event_log(b"\x30\0\0\0LfLe\x01\0\0\0"));
}
