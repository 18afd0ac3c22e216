//! Neighbours of records, in logs built by hand.

use super::build::{Chunk, MIDNIGHT, log};
use crate::artifacts::event_log::{Datum, InLog, Neighbour, Neighbours, Position, around, first_line};

/// Records as `build` numbers and dates them: record n is written n seconds after midnight.
fn at(number: u64) -> Position {
    Position { number, written: MIDNIGHT + number * 10_000_000 }
}

fn chunk(numbers: std::ops::RangeInclusive<u64>) -> Chunk {
    let chunk = Chunk::new(*numbers.start());
    numbers
        .fold(chunk, |chunk, n| chunk.templated("Contoso", 100, &format!("\r\n  line {n}\r\nmore")))
        .sealed()
}

fn asked(bytes: &[u8], of: &[u64], count: usize) -> Neighbours {
    let of: Vec<Position> = of.iter().copied().map(at).collect();
    around(&mut &bytes[..], &of, &[], count)
}

fn beside(found: &Neighbours) -> Vec<&Neighbour> {
    let records = found.parts.iter().flatten().filter_map(|record| match record {
        InLog::Beside(neighbour) => Some(neighbour),
        InLog::Asked(_) => None,
    });
    records.collect()
}

fn numbers(found: &Neighbours) -> Vec<u64> {
    beside(found).iter().map(|record| record.position.number).collect()
}

/// Each part as its numbers, with those that were asked about negative.
fn parts(found: &Neighbours) -> Vec<Vec<i64>> {
    let number = |record: &InLog| match record {
        InLog::Beside(neighbour) => neighbour.position.number.cast_signed(),
        InLog::Asked(position) => -position.number.cast_signed(),
    };
    found.parts.iter().map(|part| part.iter().map(number).collect()).collect()
}

#[test]
fn parts_end_where_records_between_are_left_out() {
    let bytes = log(&[chunk(1..=5), chunk(6..=20)], 21);
    assert_eq!(parts(&asked(&bytes, &[3, 9], 2)), [vec![1, 2, -3, 4, 5], vec![7, 8, -9, 10, 11]]);
    // With one more on each side nothing is left out between them.
    assert_eq!(parts(&asked(&bytes, &[3, 9], 3)), [vec![1, 2, -3, 4, 5, 6, 7, 8, -9, 10, 11, 12]]);
    assert_eq!(parts(&asked(&bytes, &[20], 1)), [vec![19, -20]]);
    // What is not there has no neighbours, and cuts those of others only where it would stand.
    assert_eq!(
        parts(&around(&mut &bytes[..], &[at(3), Position { number: 9, written: 1 }], &[], 1)),
        [vec![2, -3, 4]]
    );
}

#[test]
fn as_many_as_asked_for_on_each_side_across_chunks() {
    let bytes = log(&[chunk(1..=4), chunk(5..=9)], 10);
    assert_eq!(numbers(&asked(&bytes, &[5], 2)), [3, 4, 6, 7]);
    assert_eq!(numbers(&asked(&bytes, &[1, 9], 1)), [2, 8]);
    assert_eq!(numbers(&asked(&bytes, &[1], 100)), [2, 3, 4, 5, 6, 7, 8, 9]);
    // Those asked about are neighbours of each other, and are not told again.
    assert_eq!(numbers(&asked(&bytes, &[4, 5], 1)), [3, 6]);
    assert_eq!(numbers(&asked(&bytes, &[3, 6], 1)), [2, 4, 5, 7]);
}

#[test]
fn a_neighbour_is_told_in_brief() {
    let found = asked(&log(&[chunk(1..=3)], 4), &[2], 1);
    let first = beside(&found)[0];
    assert_eq!((first.record_id, first.id, first.provider.as_deref()), (1001, Some(100), Some("Contoso")));
    assert_eq!(first.time.unwrap().to_string(), "2024-05-01T00:00:01Z");
    assert_eq!(first.computer.as_deref(), Some("dc01.contoso.example"));
    assert_eq!(first.channel.as_deref(), Some("Application"));
    assert_eq!(first.text, "Text: line 1");
    assert!(!first.from_slack && !found.exhausting && found.not_found == 0);
}

/// A log that wrapped has its newest records before its oldest.
#[test]
fn the_order_is_that_of_the_numbers_and_not_of_the_file() {
    let bytes = log(&[chunk(7..=9), chunk(1..=6)], 10);
    assert_eq!(numbers(&asked(&bytes, &[6], 2)), [4, 5, 7, 8]);
    assert_eq!(numbers(&asked(&bytes, &[7], 1)), [6, 8]);
}

#[test]
fn what_is_not_in_the_log_is_counted() {
    let bytes = log(&[chunk(1..=3)], 4);
    let found = asked(&bytes, &[2, 77], 1);
    assert_eq!((numbers(&found), found.not_found), (vec![1, 3], 1));
    let found = around(&mut &b"no log at all"[..], &[at(1)], &[], 3);
    assert_eq!((found.parts.len(), found.not_found), (0, 1));
}

#[test]
fn live_records_have_live_neighbours_and_freed_ones_those_of_their_time() {
    let mut cleared = chunk(11..=13).numbered(1);
    for n in 1..=3 {
        cleared = cleared.templated("Contoso", 100, &format!("freed {n}"));
    }
    // A copy of a live record is left behind as well.
    let bytes = log(&[cleared.numbered(12).templated("Contoso", 100, "copy")], 14);
    assert_eq!(numbers(&asked(&bytes, &[11], 5)), [12, 13]);
    let found = around(&mut &bytes[..], &[], &[at(2)], 3);
    let freed: Vec<(u64, bool)> =
        beside(&found).iter().map(|record| (record.position.number, record.from_slack)).collect();
    assert_eq!(freed, [(1, true), (3, true), (11, false), (12, false)]);
}

#[test]
fn a_record_that_cannot_be_rendered_is_still_there() {
    let mut bytes = log(&[chunk(1..=3)], 4);
    let start = super::build::FILE_HEADER + chunk(1..=3).starts[2];
    // What follows the record's header is no binary XML any more.
    bytes[start + 24..start + 40].fill(0xff);
    let found = asked(&bytes, &[2], 1);
    let last = beside(&found)[1];
    assert_eq!((last.position.number, &last.provider, last.text.as_str()), (3, &None, ""));
    assert_eq!(last.time.unwrap().to_string(), "2024-05-01T00:00:03Z");
}

#[test]
fn the_first_line_is_short_whatever_the_event_holds() {
    let datum =
        |name: Option<&str>, value: &str| Datum { name: name.map(str::to_owned), value: value.to_owned() };
    assert_eq!(first_line(&[]), "");
    assert_eq!(first_line(&[datum(None, " \r\n"), datum(None, "\r\n two \r\nthree")]), "two");
    let named = [datum(Some("Client SID:"), "S-1-5-18"), datum(Some("empty"), ""), datum(Some("b"), "1\n2")];
    assert_eq!(first_line(&named), "Client SID: S-1-5-18, b: 1");
    let many: Vec<Datum> = (0..10_000).map(|_| datum(Some("name"), "value")).collect();
    assert!(first_line(&many).len() < 2_000);
}
