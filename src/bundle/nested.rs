//! Archives out of archives: gzip and tar are read as they come, a small zip is held, and a large one is read
//! in two passes.

use std::io;
use std::sync::Arc;

use super::Member;
use super::archive_kind::ArchiveKind;
use super::budget::{self, Bound};
use super::counted::{End, InMemory, Peeked};
use super::failure::unreadable_member;
use super::opening::{Admitted, Opening, Outcome, hashed_bytes};
use super::origin::{Forward, Origin, Tail};
use super::store::{Bytes, Store};
use super::zip_archive::{self, ZipMember};
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;

/// Bytes of the end of a zip that are kept: its list, of some 40,000 members.
const TAIL_BYTES: usize = 4 << 20;

impl<T: Send, F: Fn(Member<'_>) -> T + Sync> Opening<'_, T, F> {
    /// Reads an archive that is a member of a zip in a store.
    pub(super) fn read_inner_zip_member(
        &mut self,
        member: Admitted<ZipMember>,
        store: &Store,
        kind: ArchiveKind,
        nesting: u32,
    ) {
        if self.refuses(&member.path, kind, nesting.saturating_add(1)) {
            return;
        }
        let Admitted { path, declared, allowance, source } = member;
        if source.is_stored() && declared > self.budget.held_left() && declared <= allowance.bytes {
            return match window(store, &source) {
                Ok(inner) => self.read_archive(&path, &inner, kind, nesting.saturating_add(1)),
                Err(error) => self.lose(&path, Place::File, unreadable_member(&error)),
            };
        }
        let source = Arc::new(source);
        let origin = |bytes| Some(Origin::Store(store.clone()).member(Arc::clone(&source), bytes));
        let read = source.open(store, |stream| {
            let peeked = Peeked::new(stream, allowance, 0);
            self.read_inner(&path, peeked, kind, (declared.min(allowance.bytes), nesting), origin);
        });
        if let Err(error) = read {
            self.lose(&path, Place::File, unreadable_member(&error));
        }
    }

    /// Reads an archive out of the stream of another one; returns its bytes. Given are the most bytes that it
    /// may have, the archives around the one around it, and where it can be read again.
    pub(super) fn read_inner(
        &mut self,
        path: &BundlePath,
        peeked: Peeked<'_>,
        kind: ArchiveKind,
        (most, nesting): (u64, u32),
        origin: impl FnOnce(u64) -> Option<Origin>,
    ) -> u64 {
        if kind != ArchiveKind::Zip {
            let origin = origin(most);
            let (bytes, end) = peeked.through(|stream| {
                self.read_stream_of(path, stream, kind, (most, nesting.saturating_add(1)), origin);
            });
            self.gaps.extend(self.gap_at_end(path, bytes, None, end));
            return bytes;
        }
        match peeked.into_memory_or_tail(self.budget.held_left(), TAIL_BYTES) {
            (InMemory::Whole(bytes), end) => {
                let read = bytes.len() as u64;
                self.read_held_zip(path, bytes, end, nesting);
                read
            }
            (InMemory::Tail(tail, bytes), end) => {
                let stopped = matches!(end, End::Stopped(_));
                self.gaps.extend(self.gap_at_end(path, bytes, None, end));
                // What was cut off is not opened: its list is at its end.
                if !stopped {
                    self.read_zip_again(path, origin(bytes), &tail, nesting.saturating_add(1));
                }
                bytes
            }
        }
    }

    /// Reads a zip that is held in memory.
    fn read_held_zip(&mut self, path: &BundlePath, bytes: Vec<u8>, end: End, nesting: u32) {
        let held = bytes.len() as u64;
        let stopped = matches!(end, End::Stopped(_));
        self.gaps.extend(self.gap_at_end(path, held, None, end));
        if stopped {
            return;
        }
        self.budget.hold(held);
        let store = Store::Memory(Bytes::new(bytes));
        self.read_archive(path, &store, ArchiveKind::Zip, nesting.saturating_add(1));
        self.budget.release(held);
    }

    /// Reads the members of a zip in the order in which they stand in it, by the list at its end.
    fn read_zip_again(&mut self, path: &BundlePath, origin: Option<Origin>, tail: &Tail, nesting: u32) {
        let Some(origin) = origin.filter(|origin| self.budget.take_again(origin.cost())) else {
            let reason = budget::reason(Bound::Again, self.limits);
            return self.lose(path, Place::File, [Statement::new("gap.bundle.not-read"), reason]);
        };
        let list = zip_archive::list_in(tail.open(), || self.budget.take_entry());
        let mut members = self.admit_listed(path, list);
        members.retain(|member| {
            // Passwords would each take a pass of their own.
            let keep = !member.source.is_encrypted();
            if !keep {
                let reason = budget::reason(Bound::Again, self.limits);
                let reason = [Statement::new("gap.bundle.not-read"), reason];
                self.gaps.push(Gap::new(&member.path, Place::File, reason));
            }
            keep
        });
        members.sort_by_key(|member| member.source.place());
        let members: Vec<Admitted<Arc<ZipMember>>> = members.into_iter().map(Admitted::shared).collect();
        let mut left = members.as_slice();
        let read = origin.stream(&mut |stream| {
            let mut forward = Forward::new(stream);
            while let Some((member, rest)) = left.split_first() {
                left = rest;
                self.read_forward(member, &mut forward, &origin, nesting);
            }
        });
        if let Err(error) = read {
            for member in left {
                self.lose(&member.path, Place::File, unreadable_member(&error));
            }
        }
    }

    fn read_forward(
        &mut self,
        member: &Admitted<Arc<ZipMember>>,
        forward: &mut Forward<'_>,
        origin: &Origin,
        nesting: u32,
    ) {
        let Admitted { path, declared, allowance, source } = member;
        let opened = source.open_in(forward, |stream| {
            let peeked = Peeked::new(stream, *allowance, hashed_bytes(self.limits, *declared));
            let Some(kind) = ArchiveKind::of(peeked.head()) else {
                return peeked
                    .hand_to(path, &self.next_round())
                    .map(|(read, end)| Some(Outcome::Read(read, end)));
            };
            if !self.refuses(path, kind, nesting.saturating_add(1)) {
                let again = |bytes| Some(origin.member(Arc::clone(source), bytes));
                self.read_inner(path, peeked, kind, ((*declared).min(allowance.bytes), nesting), again);
            }
            Ok(None)
        });
        match opened.flatten() {
            Ok(Some(outcome)) => self.keep(path, *declared, outcome),
            Ok(None) => {}
            Err(error) => self.lose(path, Place::File, unreadable_member(&error)),
        }
    }
}

/// A member that stands in an archive as it is.
fn window(store: &Store, member: &ZipMember) -> io::Result<Store> {
    let at = member.content_place(store)?;
    Ok(Store::Window { of: Arc::new(store.clone()), at, bytes: member.declared() })
}
