//! Files of Entra Connect itself, and traces of its wizard.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sspr_triage::artifacts::connect_configuration;

fuzz_target!(|bytes: &[u8]| {
    let _ = connect_configuration::looks_like_connect_configuration(bytes);
    let _ = connect_configuration::read(&"file".into(), bytes);
});
