//! Real files, where they are at hand: each is read without a panic, and by the reader of its kind.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test may panic; the switch for tests does not reach shared functions"
)]

use std::path::{Path, PathBuf};

use sspr_triage::words::Language;
use sspr_triage::{Options, analyze};

fn samples() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/samples");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: there is no folder with samples beside the project");
    None
}

#[test]
fn every_sample_is_read_and_none_breaks_its_reader() {
    let Some(folder) = samples() else { return };
    let report = analyze(&[&folder], &Options::default()).unwrap().report(Language::English);
    let broken: Vec<&str> = report
        .gaps
        .iter()
        .filter(|gap| gap.reason.contains("reader of this kind of file broke"))
        .map(|gap| gap.path.as_str())
        .collect();
    assert_eq!(broken, [] as [&str; 0]);
    let of_kind = |kind: &str| report.artifacts.iter().filter(|artifact| artifact.kind == kind).count();
    // 32 logs; six reports, of which one is of a GPO; four exports.
    assert_eq!(of_kind("event-log"), 32);
    assert!(of_kind("group-policy-results") >= 5);
    assert!(of_kind("gpo-report") >= 1);
    assert_eq!(of_kind("registry-export"), 4);
    assert_eq!(report.verdict.cause, "undetermined");
}
