//! Security templates.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sspr_triage::artifacts::security_template;

fuzz_target!(|bytes: &[u8]| {
    let _ = security_template::looks_like_security_template(bytes);
    let _ = security_template::read(&"file".into(), bytes);
});
