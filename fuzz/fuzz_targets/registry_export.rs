//! Registry exports: `.reg`, console text, hives and Registry.pol files, told apart by content.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

use sspr_triage::artifacts::{Wanted, registry_export};
use sspr_triage::wanted;

static WANTED: LazyLock<Wanted> = LazyLock::new(wanted);

fuzz_target!(|bytes: &[u8]| {
    let _ = registry_export::looks_like_registry_export(bytes);
    let _ = registry_export::read(&"file".into(), bytes, &WANTED);
});
