//! The event ID where it stands, in records built by hand.

use memchr::memmem;

use super::build::Chunk;
use crate::artifacts::event_log::slots::{SlotReader, Slots, holds_its_values};
use crate::artifacts::event_log::walk::walk;

fn slots(chunk: &[u8]) -> Vec<Slots> {
    let mut reader = SlotReader::new(chunk);
    walk(chunk).records.iter().map(|record| reader.read(record)).collect()
}

fn chunk() -> Vec<u8> {
    let chunk = Chunk::new(1).templated("ADSync", 6329, "one").templated("ADSync", 904, "two");
    chunk.plain("ADSync", 6329, "three").sealed().bytes
}

#[test]
fn a_template_record_says_its_ids_and_a_forwarded_one_does_not() {
    let definition = slots(&chunk())[0].definition;
    let first = Slots { event_id: Some(6329), record_id: Some(1001), definition };
    let second = Slots { event_id: Some(904), record_id: Some(1002), definition };
    assert_eq!(slots(&chunk()), [first, second, Slots::default()]);
}

#[test]
fn a_template_that_uses_value_3_otherwise_is_left_to_the_renderer() {
    let mut chunk = chunk();
    let substitution = memmem::find(&chunk, &[0x0e, 3, 0, 0x06]).unwrap();
    chunk[substitution + 3] = 0x08;
    assert_eq!(slots(&chunk), [Slots::default(); 3]);
}

#[test]
fn a_value_of_another_type_or_beyond_the_record_is_not_read() {
    // The value table of the second record: its definition is 24 + 4 + 2 + 4 bytes before it, in the
    // first record. Descriptor 3 follows the count and three others.
    let sound = chunk();
    let second = walk(&sound).records[1].offset;
    let table = second + 24 + 4 + 2 + 4 + 4;
    assert_eq!(sound[table..table + 4], 11_u32.to_le_bytes());
    let mut other_type = sound.clone();
    other_type[table + 4 + 3 * 4 + 2] = 0x01;
    let read = slots(&other_type)[1];
    assert_eq!((read.event_id, read.record_id), (None, Some(1002)));
    let mut many = sound.clone();
    many[table..table + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(slots(&many)[1], Slots::default());
    let mut wide = sound;
    wide[table + 4..table + 6].copy_from_slice(&u16::MAX.to_le_bytes());
    let read = slots(&wide)[1];
    assert_eq!((read.event_id, read.record_id), (None, None));
}

/// Where the descriptor of a value stands in the second record of [`chunk`].
fn descriptor(chunk: &[u8], slot: usize) -> usize {
    walk(chunk).records[1].offset + 24 + 4 + 2 + 4 + 4 + 4 + 4 * slot
}

#[test]
fn a_size_that_contradicts_its_type_is_left_to_the_renderer() {
    // Value 0 is an unsigned byte, which is said to be two bytes long: by its type the event ID stands where
    // the record has it, and by its size one byte behind.
    let mut chunk = chunk();
    let first = descriptor(&chunk, 0);
    chunk[first..first + 4].copy_from_slice(&[2, 0, 0x04, 0]);
    let read = slots(&chunk)[1];
    assert_eq!((read.event_id, read.record_id), (None, None));
}

#[test]
fn a_text_that_runs_into_the_next_record_is_not_this_records() {
    let sound = chunk();
    let second = |chunk: &[u8]| holds_its_values(chunk, &walk(chunk).records[1]);
    assert!(walk(&sound).records.iter().all(|record| holds_its_values(&sound, record)));
    // Value 7 is the text. Its record ends with the values, up to seven bytes of padding and its size.
    let text = descriptor(&sound, 7);
    assert_eq!(sound[text..text + 4], [6, 0, 0x01, 0]);
    let mut longer = sound.clone();
    longer[text] = 6 + 8;
    assert!(!second(&longer));
    // A number takes what its type takes, whatever is said of its size.
    let mut number = sound;
    let id = descriptor(&number, 3);
    number[id] = 200;
    assert!(second(&number));
}
