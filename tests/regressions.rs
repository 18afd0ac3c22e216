//! Inputs that once broke something, or that are made to: each is read again, and nothing breaks.
//!
//! `tests/regressions/<reader>/<file>` is given to that reader and to the whole analysis. To add one, put the
//! file there; the folders have the names of the fuzz targets, so that what a fuzzer finds can be copied.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may panic; the switch for tests does not reach shared functions"
)]

use std::fs;
use std::io::Read as _;
use std::panic::catch_unwind;
use std::path::Path;
use std::time::{Duration, Instant};

use sspr_triage::artifacts::{
    access_control_list, audit_log, connect_configuration, directory_objects, event_log, password_policy,
    policy_report, registry_export, security_template,
};
use sspr_triage::bundle::{Limits, read_in_memory};
use sspr_triage::report::terminal::terminal_safe;
use sspr_triage::report::text::{self, TextOptions};
use sspr_triage::security_descriptor::{SecurityDescriptor, Sid, Trustee};
use sspr_triage::words::Language;
use sspr_triage::{Options, analyze_in_memory, wanted};
use walkdir::WalkDir;

/// A guard against endless loops, and no measure of speed.
const LONGEST: Duration = Duration::from_secs(120);

fn read(reader: &str, bytes: &[u8]) {
    let path = "file".into();
    match reader {
        "access_control_list" => drop(access_control_list::read(&path, bytes)),
        "audit_log" => drop(audit_log::read(&path, bytes)),
        "connect_configuration" => drop(connect_configuration::read(&path, bytes)),
        "directory_objects" => drop(directory_objects::read(&path, bytes)),
        "password_policy" => drop(password_policy::read(&path, bytes)),
        "policy_report" => drop(policy_report::read(&path, bytes)),
        "security_template" => drop(security_template::read(&path, bytes)),
        "registry_export" => drop(registry_export::read(&path, bytes, &wanted())),
        "event_log" => {
            let (log, _) = event_log::read(&path, &mut &*bytes, &wanted());
            let all: Vec<_> = log.events.iter().map(|event| event.position).collect();
            drop(event_log::around(&mut &*bytes, &all, &all, 3));
        }
        "descriptor" => {
            let text = String::from_utf8_lossy(bytes);
            let _ = (SecurityDescriptor::from_bytes(bytes), SecurityDescriptor::from_sddl(&text));
            let _ = (Sid::parse(&text), Trustee::parse(&text), Sid::from_bytes(bytes));
        }
        "archive" => {
            let limits =
                Limits { file_bytes: 1 << 20, total_bytes: 4 << 20, entries: 200, ..Limits::default() };
            read_in_memory("upload.zip", bytes.to_vec(), &limits, |member| {
                std::io::copy(&mut member.content.take(u64::MAX), &mut std::io::sink()).unwrap()
            });
        }
        "pipeline" => {}
        other => panic!("tests/regressions/{other}: there is no reader of this name"),
    }
}

fn analyze(bytes: &[u8]) {
    let analysis = analyze_in_memory("upload", bytes.to_vec(), &Options::default());
    let report = analysis.report(Language::English);
    let broke = report.gaps.iter().any(|gap| gap.reason.contains("fault of sspr-triage"));
    assert!(!broke, "a reader broke");
    for line in text::render(&report, &TextOptions::default()).lines() {
        assert_eq!(terminal_safe(line), line);
    }
}

#[test]
fn no_input_of_the_past_breaks_anything() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/regressions");
    let files = WalkDir::new(&root).min_depth(2).sort_by_file_name().into_iter().map(Result::unwrap);
    let mut seen = 0;
    for file in files.filter(|entry| entry.file_type().is_file()) {
        let name = file.path().strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        let reader = name.split('/').next().unwrap().to_owned();
        let bytes = fs::read(file.path()).unwrap();
        let start = Instant::now();
        let result = catch_unwind(|| {
            read(&reader, &bytes);
            analyze(&bytes);
        });
        assert!(result.is_ok(), "{name} breaks its reader or the analysis");
        assert!(start.elapsed() < LONGEST, "{name} took {:?}", start.elapsed());
        seen += 1;
    }
    assert!(seen >= 5, "{seen} files below {}", root.display());
}
