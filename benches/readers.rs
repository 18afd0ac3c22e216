//! Each reader by itself, and the whole way from a bundle to its report: `cargo bench`.
//!
//! Inputs are generated, the same ones at every run. `whole-process.py` measures the program from start to
//! exit on large ones.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cast_possible_truncation,
    reason = "a builder of test data fails loudly, and its sizes are those of the descriptions"
)]
#![allow(unreachable_pub, dead_code, unused_imports, reason = "the modules of a benchmark have no outside")]

#[path = "../tests/fixtures/event_log/mod.rs"]
mod event_log;
mod large_log;
#[path = "../tests/fixtures/policy_report/mod.rs"]
mod policy_report;

use std::fmt::Write;
use std::path::Path;

use divan::Bencher;
use divan::counter::BytesCount;
use sspr_triage::artifacts::{self, Effort};
use sspr_triage::bundle::Member;
use sspr_triage::report::{json, text};
use sspr_triage::words::Language;
use sspr_triage::{Options, analyze};

fn main() {
    divan::main();
}

/// Reads bytes as the reader of their kind does.
fn read(bencher: Bencher<'_, '_>, bytes: &[u8], kind: &str) {
    let (path, wanted) = ("input".into(), sspr_triage::wanted());
    let head = &bytes[..bytes.len().min(64 << 10)];
    bencher.counter(BytesCount::of_slice(bytes)).bench_local(|| {
        let mut content = bytes;
        let member = Member { path: &path, head, content: &mut content, on_disk: None, round: 0 };
        let reading = artifacts::read(member, &wanted, &Effort::default());
        assert_eq!(reading.content.kind(), kind);
        reading
    });
}

/// 16 MiB of a Connect server's log.
fn chatter() -> Vec<u8> {
    let small = event_log::build(large_log::CHATTER).expect("a valid description");
    let mut log = Vec::new();
    large_log::write(&small, 16 << 20, &mut log);
    log
}

/// A report of about 3 MB, in UTF-16 as Windows writes it.
fn long_report() -> Vec<u8> {
    let mut description = String::from("computer = 'CONTOSO\\DC01'\ndomain = \"contoso.example\"\n");
    for number in 0..9_400 {
        let _ = write!(
            description,
            "[[security_options]]\ngroup = \"Other\"\nname = \"Contoso setting {number} of the baseline for servers\"\n\
             value = \"Enabled, with a value that takes its place {number}\"\ngpo = \"Contoso Baseline - Servers\"\n"
        );
    }
    let report = policy_report::build(&description).expect("a valid description");
    assert!((2_900_000..3_100_000).contains(&report.len()), "{} bytes", report.len());
    report
}

#[divan::bench]
fn event_log_of_chatter(bencher: Bencher<'_, '_>) {
    read(bencher, &chatter(), "event-log");
}

#[divan::bench]
fn policy_report_of_3_mb(bencher: Bencher<'_, '_>) {
    read(bencher, &long_report(), "group-policy-results");
}

#[divan::bench]
fn registry_export_of_4_mb(bencher: Bencher<'_, '_>) {
    let mut text = String::from("Windows Registry Editor Version 5.00\r\n\r\n");
    for number in 0..20_000 {
        let _ = write!(
            text,
            "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\contoso{number}]\r\n\"Start\"=dword:00000002\r\n\r\n"
        );
    }
    let bytes: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    read(bencher, &bytes, "registry-export");
}

#[divan::bench]
fn directory_objects_of_1_mb(bencher: Bencher<'_, '_>) {
    let mut text = String::new();
    for number in 0..4_000 {
        let _ = write!(
            text,
            "dn: CN=Sample {number},OU=Staff,DC=contoso,DC=example\r\nchangetype: add\r\nobjectClass: user\r\n\
             sAMAccountName: sample{number}\r\nuserPrincipalName: sample{number}@contoso.example\r\nadminCount: 0\r\n\r\n"
        );
    }
    read(bencher, text.as_bytes(), "directory-objects");
}

/// From a folder to both reports.
#[divan::bench(args = ["remote-sam/denied-in-system-log", "mixed/four-users-three-causes", "remote-sam/archive-in-archive"])]
fn bundle_to_reports(bencher: Bencher<'_, '_>, case: &str) {
    let bundle = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases").join(case).join("bundle");
    bencher.bench_local(|| {
        let report = analyze(&[&bundle], &Options::default()).expect("a bundle").report(Language::English);
        let json = json::render(&report).expect("a report");
        (json, text::render(&report, &text::TextOptions::default()))
    });
}
