//! Event logs, and what stands around their events.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

use sspr_triage::artifacts::{Wanted, event_log};
use sspr_triage::wanted;

static WANTED: LazyLock<Wanted> = LazyLock::new(wanted);

fuzz_target!(|bytes: &[u8]| {
    let _ = event_log::looks_like_event_log(bytes);
    let mut content = bytes;
    let (log, _) = event_log::read(&"file".into(), &mut content, &WANTED);
    let all: Vec<_> = log.events.iter().map(|event| event.position).collect();
    let _ = event_log::around(&mut &*bytes, &all, &all, 3);
});
