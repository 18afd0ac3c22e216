//! The whole way: files of a bundle in, both reports out. The input is files behind one another, each
//! after a line `=== path ===`, so that a change in one leaves the others as they are.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sspr_triage::report::json;
use sspr_triage::report::terminal::terminal_safe;
use sspr_triage::report::text::{self, TextOptions};
use sspr_triage::words::Language;
use sspr_triage::{Options, analyze_in_memory};

const LONGEST: usize = 1 << 20;

fuzz_target!(|bytes: &[u8]| {
    let analysis = analyze_in_memory("bundle.tar", tar(bytes), &Options::default());
    for language in Language::ALL {
        let report = analysis.report(language);
        let text = text::render(&report, &TextOptions::default());
        for line in text.lines() {
            assert_eq!(terminal_safe(line), line, "a terminal would act on this");
        }
        assert!(json::render(&report).is_ok());
    }
});

/// The files of the input as a tar.
fn tar(input: &[u8]) -> Vec<u8> {
    let mut tar = Vec::new();
    let input = &input[..input.len().min(LONGEST)];
    let mut at = 0;
    while let Some((name, content, next)) = file(input, at) {
        let mut header = [0; 512];
        let name = &name[..name.len().min(99)];
        header[..name.len()].copy_from_slice(name);
        header[100..108].copy_from_slice(b"0000644\0");
        header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
        header[156] = b'0';
        header[257..263].copy_from_slice(b"ustar\0");
        header[148..156].fill(b' ');
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        tar.extend(header);
        tar.extend(content);
        tar.resize(tar.len().next_multiple_of(512), 0);
        at = next;
    }
    tar.extend([0; 1024]);
    tar
}

/// The file that starts at or after a place: its path, its content, and where the next one starts.
fn file(input: &[u8], from: usize) -> Option<(&[u8], &[u8], usize)> {
    let start = from + find(&input[from..], b"=== ")? + 4;
    let end = start + find(&input[start..], b" ===\n")?;
    let content = end + 5;
    let next = find(&input[content..], b"\n=== ").map_or(input.len(), |at| content + at + 1);
    Some((&input[start..end], &input[content..next], next))
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}
