//! Group Policy reports: HTML, XML and console text, told apart by content.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sspr_triage::artifacts::policy_report;

fuzz_target!(|bytes: &[u8]| {
    let _ = policy_report::looks_like_policy_report(bytes);
    let _ = policy_report::read(&"file".into(), bytes);
});
