//! Exports of directory objects: LDIF, CSV, lists, console text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sspr_triage::artifacts::directory_objects;

fuzz_target!(|bytes: &[u8]| {
    let _ = directory_objects::looks_like_directory_objects(bytes);
    let _ = directory_objects::read(&"file".into(), bytes);
});
