//! Records that are like one rendered before.

use std::sync::Arc;

use memchr::memmem;

use super::build::{Chunk, MIDNIGHT, log};
use crate::artifacts::Wanted;
use crate::artifacts::event_log::chunk::{Way, read_chunk};
use crate::artifacts::event_log::likeness::{Own, form_of};
use crate::artifacts::event_log::repeats::Rendered;
use crate::artifacts::event_log::selection::Selection;
use crate::artifacts::event_log::walk::walk;
use crate::artifacts::event_log::{Event, read};

fn wanted() -> Wanted {
    Wanted { events: vec![("ADSync".to_owned(), 405), ("Other".to_owned(), 405)], ..Wanted::default() }
}

/// The form of the record of that number in its chunk, and what is its own.
fn form(chunk: &[u8], record: usize) -> Option<(Vec<u8>, Own)> {
    let mut form = Vec::new();
    let own = form_of(chunk, &walk(chunk).records[record], &mut form)?;
    Some((form, own))
}

fn sign_ins() -> Vec<u8> {
    Chunk::new(1).templated("ADSync", 405, "as A").templated("ADSync", 405, "as A").sealed().bytes
}

/// Records are written as many seconds after midnight as their number says.
fn own(number: u64) -> Own {
    Own { time: MIDNIGHT + number * 10_000_000, record_id: 1000 + number }
}

#[test]
fn a_form_is_the_same_wherever_the_record_stands() {
    let chunk = sign_ins();
    let (first, of_first) = form(&chunk, 0).unwrap();
    let (second, of_second) = form(&chunk, 1).unwrap();
    // The definition stands elsewhere, behind a record of another kind.
    let later = Chunk::new(7).plain("ADSync", 904, "moves it").templated("ADSync", 405, "as A").sealed();
    let (third, of_third) = form(&later.bytes, 1).unwrap();
    assert!(first == second && first == third);
    assert_eq!((of_first, of_second, of_third), (own(1), own(2), own(8)));
    assert_eq!(form(&later.bytes, 0), None);
}

#[test]
fn another_text_id_provider_or_definition_is_another_form() {
    let known = form(&sign_ins(), 0).unwrap().0;
    let mut repeating = Chunk::new(1);
    repeating.repeats = 2;
    let others = [
        Chunk::new(1).templated("ADSync", 405, "as B"),
        Chunk::new(1).templated("ADSync", 406, "as A"),
        Chunk::new(1).templated("Other1", 405, "as A"),
        repeating.templated("ADSync", 405, "as A"),
    ];
    for other in others {
        assert_ne!(form(&other.sealed().bytes, 0).unwrap().0, known);
    }
}

#[test]
fn what_only_rendering_can_tell_has_no_form() {
    let sound = sign_ins();
    let with = |from: &[u8], to: &[u8]| {
        let mut chunk = sound.clone();
        let at = memmem::find(&chunk, from).unwrap();
        chunk[at..at + to.len()].copy_from_slice(to);
        chunk
    };
    let name = |name: &str| -> Vec<u8> { name.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    // The record ID in the text, a time that is no attribute of that name, and a token that no template has.
    assert_eq!(form(&with(&[0x0e, 7, 0, 0x01], &[0x0e, 10, 0, 0x0a]), 0), None);
    assert_eq!(form(&with(&name("SystemTime"), &name("SystemTale")), 0), None);
    assert_eq!(form(&with(&[0x0e, 7, 0, 0x01], &[0x0c, 7, 0, 0x01]), 0), None);
    // A size that is not that of its type.
    assert_eq!(form(&with(&[2, 0, 0x06, 0], &[3, 0, 0x06, 0]), 0), None);
    let long = "a long text".repeat(200);
    assert_eq!(form(&Chunk::new(1).templated("ADSync", 405, &long).sealed().bytes, 0), None);
}

fn one_event() -> Event {
    let (log, _) = read(
        &Arc::from("test.evtx"),
        &mut &log(&[Chunk::new(1).templated("ADSync", 405, "as A").sealed()], 2)[..],
        &wanted(),
    );
    log.events[0].clone()
}

#[test]
fn a_live_record_like_one_rendered_before_is_not_rendered_again() {
    let mut known = one_event();
    known.data[0].value = "from memory".to_owned();
    let mut rendered = Rendered::default();
    rendered.add(form(&sign_ins(), 0).unwrap().0.into(), &known);
    let selection = Selection::of(&wanted());
    let way = Way { selection: &selection, seen: &[], rendered: &rendered, rendering: true };
    let mut chunk = Chunk::new(3)
        .templated("ADSync", 405, "as A")
        .templated("ADSync", 405, "as B")
        .sealed()
        .numbered(3)
        .templated("ADSync", 405, "as A");
    let reading = read_chunk(4096, &mut chunk.bytes, way);
    let found: Vec<_> = reading.found.iter().map(|found| &found.event).collect();
    let said: Vec<_> = found.iter().map(|event| (event.record_id, event.data[0].value.as_str())).collect();
    assert_eq!(said, [(1003, "from memory"), (1004, "as B"), (1003, "as A")]);
    assert!(found[2].from_slack);
    assert_eq!(found[0].time.to_string(), "2024-05-01T00:00:03Z");
    assert_eq!(reading.oldest_record_id, Some(1003));
    // Of a damaged chunk with another one it is rendered, too.
    let mut damaged = chunk.bytes.clone();
    damaged[52] ^= 1;
    let reading = read_chunk(4096, &mut damaged, way);
    assert!(reading.found.iter().all(|found| found.event.data[0].value != "from memory"));
    // Where the line of records is broken, it is rendered.
    let mut broken = Chunk::new(3).templated("ADSync", 405, "as A").templated("ADSync", 405, "as A").sealed();
    let first = broken.starts[0];
    broken.bytes[first..first + 4].fill(0);
    let reading = read_chunk(4096, &mut broken.bytes, way);
    assert!(reading.found.iter().all(|found| found.event.data[0].value == "as A"), "{:?}", reading.found);
}

#[test]
fn a_log_of_repeats_gives_every_event_with_its_own_time() {
    let chunks: Vec<Chunk> = (0..40)
        .map(|number| {
            let chunk = Chunk::new(1 + 3 * number).templated("ADSync", 405, "as A");
            let text = if number % 5 == 0 { "as B" } else { "as A" };
            chunk.templated("ADSync", 405, text).plain("ADSync", 405, "as A").sealed()
        })
        .collect();
    let (log, gaps) = read(&Arc::from("test.evtx"), &mut &log(&chunks, 121)[..], &wanted());
    assert_eq!((log.events.len(), gaps), (120, vec![]));
    let number = |event: &Event| event.position.number;
    let templated = log.events.iter().filter(|event| number(event) % 3 != 0);
    for event in templated {
        let seconds = event.time.as_second() - 1_714_521_600;
        assert_eq!(u64::try_from(seconds).unwrap(), number(event));
        assert_eq!(event.record_id, 1000 + number(event));
        let is_b = number(event) % 3 == 2 && (number(event) / 3) % 5 == 0;
        assert_eq!(event.data[0].value, if is_b { "as B" } else { "as A" });
    }
}
