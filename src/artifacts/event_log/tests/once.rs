//! Events of which one of each computer is kept.

use std::sync::Arc;

use memchr::memmem;

use super::build::{Chunk, log};
use crate::artifacts::Wanted;
use crate::artifacts::event_log::read;

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A chunk of another computer, whose name is as long.
fn of_dc02(mut chunk: Chunk) -> Chunk {
    while let Some(at) = memmem::find(&chunk.bytes, &utf16("dc01")) {
        chunk.bytes[at..at + 8].copy_from_slice(&utf16("dc02"));
    }
    chunk
}

fn signs_of_life(first: u64) -> Chunk {
    Chunk::new(first)
        .templated("ADSync", 904, "alive")
        .templated("ADSync", 904, "alive")
        .plain("ADSync", 904, "alive")
}

#[test]
fn the_first_of_each_computer_is_kept_and_all_are_counted() {
    let chunks = [
        signs_of_life(1).sealed(),
        signs_of_life(4).templated("ADSync", 6329, "a failure").sealed(),
        of_dc02(signs_of_life(8).sealed()),
        Chunk::new(11).templated("Other", 904, "another provider's").sealed(),
    ];
    let events = vec![("ADSync".to_owned(), 904), ("ADSync".to_owned(), 6329), ("Other".to_owned(), 904)];
    let wanted = Wanted { events, seen_once: vec![("adsync".to_owned(), 904)], ..Wanted::default() };
    let (log, gaps) = read(&Arc::from("test.evtx"), &mut &log(&chunks, 12)[..], &wanted);
    let kept: Vec<_> = log.events.iter().map(|event| (event.record_id, event.computer.as_str())).collect();
    let (dc01, dc02) = ("dc01.contoso.example", "dc02.contoso.example");
    assert_eq!(kept, [(1001, dc01), (1007, dc01), (1008, dc02), (1011, dc01)]);
    assert_eq!((log.coverage.records, log.coverage.lost, gaps), (11, 0, vec![]));
}
