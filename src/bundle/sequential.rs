//! Archives that can only be read from their start to their end: gzip and tar.

use std::io::{self, BufReader, Read};

use flate2::read::MultiGzDecoder;

use super::archive_kind::ArchiveKind;
use super::budget::{self, Allowance};
use super::counted::Peeked;
use super::failure::{cannot_open, cause, unreadable_member};
use super::member_name::UniqueNames;
use super::opening::{LINK, Opening, UPLOAD_AGAIN, hashed_bytes};
use super::origin::{Origin, Part};
use super::store::Store;
use super::tar_archive::{TarKind, TarReader};
use super::{Member, too_many_entries};
use crate::source::{BundlePath, Place};
use crate::words::Statement;

/// Bytes that a tar may have beside its files: headers, names and padding.
const TAR_OVERHEAD: u64 = 64 << 20;

const NOT_A_PLAIN_FILE: &str = "gap.bundle.no-plain-file";

impl<T: Send, F: Fn(Member<'_>) -> T + Sync> Opening<'_, T, F> {
    /// Reads a gzip or tar archive from its start to its end.
    pub(super) fn read_stream(&mut self, path: &BundlePath, store: &Store, kind: ArchiveKind, nesting: u32) {
        let opened = store.open().and_then(|handle| Ok((handle.size()?, handle)));
        let (size, mut handle) = match opened {
            Ok(opened) => opened,
            Err(error) => return self.lose(path, Place::File, cannot_open(&error)),
        };
        let origin = Origin::Store(store.clone());
        self.read_stream_of(path, &mut handle, kind, (size, nesting), Some(origin));
    }

    /// The same out of a stream, of which given are its bytes, the archives around it, and where it can be read
    /// again.
    pub(super) fn read_stream_of(
        &mut self,
        path: &BundlePath,
        stream: &mut (dyn Read + Send),
        kind: ArchiveKind,
        (size, nesting): (u64, u32),
        origin: Option<Origin>,
    ) {
        let mut stream = BufReader::new(stream);
        let origin = |unzipped| origin.map(|of| Around { of, unzipped });
        if kind == ArchiveKind::Tar {
            return self.read_tar(path, &mut stream, (size, nesting), origin(false).as_ref());
        }
        let origin = origin(true);
        let mut unzipped = MultiGzDecoder::new(stream);
        let mut head = Vec::new();
        // Damage shows again, with its gap, where the stream goes on.
        let first = unzipped.by_ref().take(ArchiveKind::HEAD).read_to_end(&mut head);
        let mut stream =
            io::Cursor::new(head.clone()).chain(Resumed { stream: unzipped, error: first.err() });
        if ArchiveKind::of(&head) == Some(ArchiveKind::Tar) {
            self.read_tar(path, &mut stream, (size, nesting), origin.as_ref());
        } else {
            self.read_gzipped_file(path, &mut stream, (size, nesting), origin.as_ref());
        }
    }

    /// Reads the one file of a gzip archive.
    fn read_gzipped_file(
        &mut self,
        path: &BundlePath,
        stream: &mut (dyn Read + Send),
        (compressed, nesting): (u64, u32),
        around: Option<&Around>,
    ) {
        if !self.budget.take_entry() {
            return self.gaps.push(too_many_entries(path, self.limits));
        }
        let name = path.rsplit(['/', '!']).next().unwrap_or_default();
        let stem = name.len().checked_sub(3).and_then(|end| name.split_at_checked(end));
        let name = match stem {
            Some((stem, gz)) if gz.eq_ignore_ascii_case(".gz") && !stem.trim_matches('.').is_empty() => stem,
            _ => "content",
        };
        let inside: BundlePath = format!("{path}!{name}").into();
        let allowance = self.budget.undeclared(compressed);
        let again = |bytes| around.map(|around| around.part(0, bytes));
        let spent = self.read_sequential(&inside, stream, (allowance, None), nesting, again);
        self.budget.spend(spent);
    }

    /// Reads a tar, whose members can only be had one after the other.
    fn read_tar(
        &mut self,
        path: &BundlePath,
        stream: &mut (dyn Read + Send),
        (compressed, nesting): (u64, u32),
        around: Option<&Around>,
    ) {
        let allowance = self.budget.stream(compressed);
        let mut stream = Bounded { stream, left: allowance.bytes.saturating_add(TAR_OVERHEAD), cut: false };
        let read = self.read_tar_members(path, &mut TarReader::new(&mut stream), nesting, around);
        if stream.cut {
            let why = budget::reason(allowance.bound, self.limits);
            self.lose(path, Place::File, [Statement::new("gap.bundle.rest-of-archive"), why]);
        } else if let Err(error) = read {
            let reason =
                [Statement::new("gap.bundle.tar-damaged"), cause(&error), Statement::new(UPLOAD_AGAIN)];
            self.lose(path, Place::File, reason);
        }
    }

    fn read_tar_members(
        &mut self,
        path: &BundlePath,
        tar: &mut TarReader<'_>,
        nesting: u32,
        around: Option<&Around>,
    ) -> io::Result<()> {
        let mut names = UniqueNames::default();
        while let Some(member) = tar.next()? {
            if !self.budget.take_entry() {
                self.gaps.push(too_many_entries(path, self.limits));
                break;
            }
            if member.kind == TarKind::Folder {
                continue;
            }
            let inside = self.path_inside(path, &member.name, &mut names);
            match member.kind {
                TarKind::Link => self.lose(&inside, Place::File, Statement::new(LINK)),
                TarKind::File => match self.budget.admit(member.bytes, None) {
                    Some(allowance) => {
                        let at = tar.position();
                        let again = |bytes| around.map(|around| around.part(at, bytes));
                        let sizes = (allowance, Some(member.bytes));
                        self.read_sequential(&inside, &mut tar.content(), sizes, nesting, again);
                    }
                    None => self.lose_to_total(&inside),
                },
                TarKind::Folder | TarKind::Other => {
                    self.lose(&inside, Place::File, Statement::new(NOT_A_PLAIN_FILE));
                }
            }
        }
        Ok(())
    }

    /// Reads a file out of a stream; returns the bytes read. Given are its allowance and its declared size, the
    /// archives around the one around it, and where it can be read again.
    pub(super) fn read_sequential(
        &mut self,
        path: &BundlePath,
        stream: &mut (dyn Read + Send),
        (allowance, declared): (Allowance, Option<u64>),
        nesting: u32,
        again: impl FnOnce(u64) -> Option<Origin>,
    ) -> u64 {
        if !self.is_wanted(path) {
            return 0;
        }
        let peeked = Peeked::new(stream, allowance, hashed_bytes(self.limits, declared.unwrap_or(0)));
        let Some(kind) = ArchiveKind::of(peeked.head()) else {
            return match peeked.hand_to(path, &self.next_round()) {
                Ok((member, end)) => {
                    let bytes = member.bytes;
                    self.gaps.extend(self.gap_at_end(path, bytes, declared, end));
                    self.members.push(member);
                    bytes
                }
                Err(error) => {
                    self.lose(path, Place::File, unreadable_member(&error));
                    0
                }
            };
        };
        if self.refuses(path, kind, nesting.saturating_add(1)) {
            return peeked.head().len() as u64;
        }
        let most = declared.unwrap_or(u64::MAX).min(allowance.bytes);
        self.read_inner(path, peeked, kind, (most, nesting), again)
    }
}

/// The archive that a stream is of, to read a part of it again.
struct Around {
    of: Origin,
    /// It is a gzip, and its parts are those of what it holds.
    unzipped: bool,
}

impl Around {
    fn part(&self, at: u64, bytes: u64) -> Origin {
        self.of.part(Part { unzipped: self.unzipped, at, bytes })
    }
}

/// A stream that goes on where its first bytes were looked at, with the error that showed there.
struct Resumed<R> {
    stream: R,
    error: Option<io::Error>,
}

impl<R: Read> Read for Resumed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.error.take().map_or_else(|| self.stream.read(buffer), Err)
    }
}

/// A stream that ends at a number of bytes, and tells.
struct Bounded<'s> {
    stream: &'s mut (dyn Read + Send),
    left: u64,
    cut: bool,
}

impl Read for Bounded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        self.cut |= most == 0 && !buffer.is_empty();
        let read = self.stream.read(buffer.get_mut(..most).unwrap_or_default())?;
        self.left = self.left.saturating_sub(read as u64);
        Ok(read)
    }
}
