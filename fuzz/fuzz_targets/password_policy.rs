//! Texts about the password policy of a domain.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sspr_triage::artifacts::password_policy;

fuzz_target!(|bytes: &[u8]| {
    let _ = password_policy::looks_like_password_policy(bytes);
    let _ = password_policy::read(&"file".into(), bytes);
});
