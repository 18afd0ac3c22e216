//! Access control lists of `dsacls` and `Get-Acl`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sspr_triage::artifacts::access_control_list;

fuzz_target!(|bytes: &[u8]| {
    let _ = access_control_list::looks_like_access_control_lists(bytes);
    let _ = access_control_list::read(&"file".into(), bytes);
});
