//! Inflates all members of a zip to nowhere, with the library that the program uses: what its time on an
//! archive is measured against. `cargo run --release --example inflate -- ZIP`.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a program for measuring fails loudly")]

use std::fs::File;
use std::io::{BufReader, Read};

use zip::ZipArchive;

fn main() {
    let path = std::env::args().nth(1).expect("a zip archive");
    let mut archive =
        ZipArchive::new(BufReader::new(File::open(path).expect("a readable file"))).expect("a zip archive");
    let mut buffer = vec![0; 256 << 10];
    for index in 0..archive.len() {
        let mut member = archive.by_index(index).expect("a member");
        while member.read(&mut buffer).expect("a sound member") > 0 {}
    }
}
