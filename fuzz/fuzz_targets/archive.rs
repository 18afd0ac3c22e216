//! Archives and archives in archives: every member is read to its end, and counted against small budgets.

#![no_main]

use libfuzzer_sys::fuzz_target;

use sspr_triage::bundle::{Limits, Member, read_in_memory};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { file_bytes: 1 << 20, total_bytes: 4 << 20, entries: 200, ratio: 1_000, depth: 3, ..Limits::default() };
    let read = |member: Member<'_>| {
        let mut text = Vec::new();
        let _ = member.content.read_to_end(&mut text);
        text.len() as u64
    };
    let bundle = read_in_memory("upload.zip", bytes.to_vec(), &limits, read);
    assert!(bundle.members.len() as u64 <= limits.entries);
    let total: u64 = bundle.members.iter().map(|member| member.read).sum();
    // A tar's members are cut at the total, each with what it had in hand.
    assert!(total <= 2 * limits.total_bytes, "{total}");
    for member in &bundle.members {
        assert!(member.bytes <= limits.file_bytes && member.read <= member.bytes);
        // A name may have exclamation marks, so that of them only the first is sure to be ours.
        let inside = member.path.strip_prefix("upload.zip!").unwrap_or_default();
        assert!(!inside.split('/').any(|part| part == ".."), "{}", member.path);
    }
});
