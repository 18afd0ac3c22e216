//! Writes a large event log, the same one at every run:
//! `cargo run --release --example make-log -- FILE MIB [DESCRIPTION]`.
//!
//! It is made from `chatter.evtx.toml`, or another description, with the writer of the fixtures. What that gives is repeated chunk
//! by chunk to the size asked for, with numbers that go on and checksums that are right.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cast_possible_truncation,
    reason = "a builder of test data fails loudly, and its sizes are those of the descriptions"
)]
#![allow(unreachable_pub, dead_code, unused_imports, reason = "the modules of an example have no outside")]

#[path = "../tests/fixtures/event_log/mod.rs"]
mod event_log;
#[path = "large_log.rs"]
mod large_log;

use std::fs::File;
use std::io::{BufWriter, Write};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().expect("the file to write");
    let mib: u64 = arguments.next().and_then(|text| text.parse().ok()).expect("its size in MiB");
    let description = arguments.next().map_or_else(
        || large_log::CHATTER.to_owned(),
        |path| std::fs::read_to_string(path).expect("a readable description"),
    );
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path).expect("a writable file"));
    large_log::write(&event_log::build(&description).expect("a valid description"), mib << 20, &mut file);
    file.flush().expect("a writable file");
}
