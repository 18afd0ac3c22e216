//! Exports of the Entra audit log: JSON and CSV.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sspr_triage::artifacts::audit_log;

fuzz_target!(|bytes: &[u8]| {
    let _ = audit_log::looks_like_audit_log(bytes);
    let _ = audit_log::read(&"file".into(), bytes);
});
