//! An upload that is one file in memory, for callers that hold no disk: a service, a fuzzer, a test.

use super::archive_kind::ArchiveKind;
use super::opening::Opening;
use super::store::{Bytes, Store};
use super::{Bundle, Input, Limits, Member, counted, too_many_entries};
use crate::progress::Progress;
use crate::source::BundlePath;

/// Reads an upload of one file, an archive or not, as [`super::read`] does one of the disk. Nothing of it
/// can fail: there is no path to open.
pub fn read_in_memory<T: Send>(
    name: &str,
    bytes: Vec<u8>,
    limits: &Limits,
    read: impl Fn(Member<'_>) -> T + Sync,
) -> Bundle<T> {
    let path: BundlePath = name.into();
    let size = bytes.len() as u64;
    let input = Input { path: name.to_owned(), sha256: counted::sha256(&bytes), bytes: size };
    let mut opening = Opening::new(&read, limits, Progress::default());
    if !opening.budget.take_entry() {
        opening.gaps.push(too_many_entries(&path, limits));
    } else if let Some(kind) = ArchiveKind::of(&bytes) {
        opening.read_archive(&path, &Store::Memory(Bytes::new(bytes)), kind, 0);
    } else if let Some(allowance) = opening.budget.admit(size, None) {
        opening.read_sequential(&path, &mut bytes.as_slice(), (allowance, Some(size)), 0, |_| None);
    } else {
        opening.lose_to_total(&path);
    }
    let Opening { mut members, mut gaps, .. } = opening;
    members.sort_by(|a, b| a.path.cmp(&b.path));
    gaps.sort();
    gaps.dedup();
    Bundle { inputs: vec![input], members, gaps }
}
