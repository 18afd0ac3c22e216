//! The way through an upload: which file is opened when, and what becomes of it.
//!
//! Only one thread opens archives and draws on the budget; the files of one folder or one zip archive
//! are then read in parallel. So the same files are read, whatever the number of threads.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::sync::Arc;

use rayon::prelude::*;

use super::archive_kind::ArchiveKind;
use super::budget::{self, Allowance, Bound, Budget};
use super::counted::{End, Peeked};
use super::disk;
use super::failure::{cannot_open, cause, unreadable_member};
use super::folder::DiskFile;
use super::member_name::{self, UniqueNames};
use super::store::Store;
use super::zip_archive::{self, ZipList, ZipMember};
use super::{Limits, Member, ReadMember, too_many_entries};
use crate::progress::{Piece, Progress};
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;

/// Files that are read in one round.
const FILES: usize = 256;
/// Large files of the disk that are read in one round.
const LARGE_FILES: usize = 8;

/// Advice for an archive or a file that is broken.
pub(super) const UPLOAD_AGAIN: &str = "gap.ask.upload-again";

/// An upload that is being read.
pub(super) struct Opening<'r, T, F> {
    pub(super) read: &'r F,
    pub(super) limits: &'r Limits,
    progress: Progress,
    /// The only files to hand to the reader; none for all.
    pub(super) only: Option<&'r BTreeSet<BundlePath>>,
    pub(super) budget: Budget,
    pub(super) members: Vec<ReadMember<T>>,
    pub(super) gaps: Vec<Gap>,
    /// The last round of files.
    round: u64,
}

/// What became of one file.
pub(super) enum Outcome<T> {
    /// It was read.
    Read(ReadMember<T>, End),
    /// It is an archive, and was not read.
    Archive(ArchiveKind),
    /// It was not read.
    Lost(Gap),
}

/// A file that may be read.
pub(super) struct Admitted<S> {
    /// Path inside the upload.
    pub(super) path: BundlePath,
    /// Bytes, as declared.
    pub(super) declared: u64,
    /// Bytes that may be read.
    pub(super) allowance: Allowance,
    /// Where it is.
    pub(super) source: S,
}

impl<S> Admitted<S> {
    /// The same, whose source several may hold.
    pub(super) fn shared(self) -> Admitted<Arc<S>> {
        let Admitted { path, declared, allowance, source } = self;
        Admitted { path, declared, allowance, source: Arc::new(source) }
    }
}

impl<'r, T: Send, F: Fn(Member<'_>) -> T + Sync> Opening<'r, T, F> {
    /// Nothing read yet.
    pub(super) fn new(read: &'r F, limits: &'r Limits, progress: Progress) -> Self {
        let budget = Budget::new(limits);
        let (members, gaps) = (Vec::new(), Vec::new());
        Opening { read, limits, progress, only: None, budget, members, gaps, round: 0 }
    }

    /// The reader of the next round of files.
    pub(super) fn next_round(&mut self) -> impl Fn(Member<'_>) -> T + Sync + use<'r, T, F> {
        self.round = self.round.saturating_add(1);
        let (read, round) = (self.read, self.round);
        move |member: Member<'_>| read(Member { round, ..member })
    }

    /// Whether a file is to be read, or is an archive around one that is.
    pub(super) fn is_wanted(&self, path: &BundlePath) -> bool {
        self.only.is_none_or(|only| {
            let inside = format!("{path}!");
            let after = only.range(path.clone()..).take_while(|wanted| wanted.starts_with(path.as_ref()));
            after.into_iter().any(|wanted| wanted == path || wanted.starts_with(&inside))
        })
    }

    /// Reads files of the disk that are no archives.
    pub(super) fn read_files(&mut self, files: Vec<&DiskFile>) {
        // Each counts as done when it is read, or when it turns out not to be.
        let wanted = files.into_iter().map(|file| {
            let source = (file, Arc::new(Piece::new(&self.progress, file.bytes)));
            (file.path.clone(), file.bytes, None, source)
        });
        let mut admitted = self.admit(wanted.collect());
        admitted.retain(|file| self.is_wanted(&file.path));
        let (large, small): (Vec<_>, Vec<_>) =
            admitted.into_iter().partition(|file| file.declared >= disk::LARGE_BYTES);
        // A large file takes all threads, so that there is only one at a time and memory does not grow with
        // their number; threads that it leaves idle read small ones.
        let (mut large, mut small) = (large.chunks(LARGE_FILES), small.chunks(FILES));
        loop {
            let (large, small) = match (large.next(), small.next()) {
                (None, None) => return,
                (large, small) => (large.unwrap_or_default(), small.unwrap_or_default()),
            };
            let read = self.next_round();
            let (of_large, of_small) = rayon::join(
                || large.iter().map(|file| read_large(file, &read)).collect::<Vec<_>>(),
                || small.par_iter().map(|file| read_small(file, &read)).collect::<Vec<_>>(),
            );
            for (file, outcome) in large.iter().zip(of_large).chain(small.iter().zip(of_small)) {
                self.keep(&file.path, file.declared, outcome);
            }
        }
    }

    /// Reads an archive that lies inside `nesting` others.
    pub(super) fn read_archive(&mut self, path: &BundlePath, store: &Store, kind: ArchiveKind, nesting: u32) {
        if !self.is_wanted(path) || self.refuses(path, kind, nesting) {
            return;
        }
        match kind {
            ArchiveKind::Zip => self.read_zip(path, store, nesting),
            _ => self.read_stream(path, store, kind, nesting),
        }
    }

    /// Whether an archive is not opened, for its kind or for the archives around it. That is a gap.
    pub(super) fn refuses(&mut self, path: &BundlePath, kind: ArchiveKind, nesting: u32) -> bool {
        let reason = match kind {
            ArchiveKind::NotOpened(name) => {
                Statement::new("gap.bundle.archive-not-opened").with("kind", name)
            }
            _ if self.budget.allows_nesting(nesting) => return false,
            _ => Statement::new("gap.bundle.nested")
                .with("depth", nesting.to_string())
                .with("limit", self.limits.depth.to_string()),
        };
        self.lose(path, Place::File, reason);
        true
    }

    fn read_zip(&mut self, path: &BundlePath, store: &Store, nesting: u32) {
        let list = zip_archive::list(store, || self.budget.take_entry());
        let admitted = self.admit_listed(path, list);
        let admitted = self.unlock(admitted, store);
        let (mut outcomes, mut round) = (Vec::with_capacity(admitted.len()), Vec::new());
        for members in admitted.chunks(FILES) {
            let (read, limits) = (self.next_round(), self.limits);
            let of_member = |member: &Admitted<ZipMember>| {
                read_member(member, store, hashed_bytes(limits, member.declared), &read)
            };
            members.par_iter().map(of_member).collect_into_vec(&mut round);
            outcomes.append(&mut round);
        }
        for (member, outcome) in admitted.into_iter().zip(outcomes) {
            match outcome {
                Outcome::Archive(kind) => self.read_inner_zip_member(member, store, kind, nesting),
                outcome => self.keep(&member.path, member.declared, outcome),
            }
        }
    }

    /// The members of a zip that are read, by its list.
    pub(super) fn admit_listed(&mut self, path: &BundlePath, list: ZipList) -> Vec<Admitted<ZipMember>> {
        self.note_what_is_not_listed(path, &list);
        if zip_archive::overlap(&list.members) {
            let reason = [Statement::new("gap.bundle.zip-overlap"), Statement::new(UPLOAD_AGAIN)];
            self.lose(path, Place::File, reason);
            return Vec::new();
        }
        let mut admitted = self.admit_zip_members(path, list.members);
        admitted.retain(|member| self.is_wanted(&member.path));
        admitted
    }

    fn note_what_is_not_listed(&mut self, path: &BundlePath, list: &ZipList) {
        if list.too_many {
            self.gaps.push(too_many_entries(path, self.limits));
        }
        if let Some(damage) = &list.damage {
            let then = if list.by_headers {
                let count = list.members.len().to_string();
                Statement::new("gap.bundle.zip-by-headers").with("count", count)
            } else {
                damage.clone()
            };
            let reason = [Statement::new("gap.bundle.zip-list"), then, Statement::new(UPLOAD_AGAIN)];
            self.lose(path, Place::File, reason);
        } else if list.members.is_empty() && !list.too_many {
            self.lose(
                path,
                Place::File,
                [Statement::new("gap.bundle.zip-empty"), Statement::new(UPLOAD_AGAIN)],
            );
        }
    }

    /// The members that are files, can be read, and fit the budget.
    fn admit_zip_members(&mut self, path: &BundlePath, members: Vec<ZipMember>) -> Vec<Admitted<ZipMember>> {
        let mut names = UniqueNames::default();
        let mut wanted = Vec::new();
        for member in members {
            if member.is_folder() {
                continue;
            }
            let inside = self.path_inside(path, &member.name, &mut names);
            if member.is_encrypted() && self.limits.passwords.is_empty() {
                self.lose(&inside, Place::File, Statement::new(ENCRYPTED));
            } else if member.is_encrypted() && !self.budget.take_tries(self.limits.passwords.count()) {
                self.lose(&inside, Place::File, Statement::new(UNTRIED));
            } else if member.is_link() {
                self.lose(&inside, Place::File, Statement::new(LINK));
            } else {
                wanted.push((inside, member.declared(), Some(member.compressed()), member));
            }
        }
        self.admit(wanted)
    }

    /// Finds the password of each encrypted member. One that none opens is lost.
    fn unlock(&mut self, mut members: Vec<Admitted<ZipMember>>, store: &Store) -> Vec<Admitted<ZipMember>> {
        let passwords = &self.limits.passwords;
        let open =
            |member: &mut Admitted<ZipMember>| member.source.unlock(store, passwords, member.allowance.bytes);
        let opened: Vec<bool> = members.par_iter_mut().map(open).collect();
        let mut opened = opened.into_iter();
        members.retain(|member| {
            let keep = opened.next().unwrap_or(false);
            if !keep {
                self.gaps.push(Gap::new(&member.path, Place::File, Statement::new(WRONG_PASSWORD)));
            }
            keep
        });
        members
    }

    /// Decides in order of path which files fit into the budget.
    fn admit<S>(&mut self, mut wanted: Vec<(BundlePath, u64, Option<u64>, S)>) -> Vec<Admitted<S>> {
        wanted.sort_by(|(a, ..), (b, ..)| a.cmp(b));
        let mut admitted = Vec::with_capacity(wanted.len());
        for (path, declared, compressed, source) in wanted {
            match self.budget.admit(declared, compressed) {
                Some(allowance) => admitted.push(Admitted { path, declared, allowance, source }),
                None => self.lose_to_total(&path),
            }
        }
        admitted
    }

    pub(super) fn path_inside(
        &mut self,
        archive: &BundlePath,
        name: &str,
        names: &mut UniqueNames,
    ) -> BundlePath {
        let inside = member_name::inside(name);
        let path: BundlePath = format!("{archive}!{}", names.name(inside.path)).into();
        if inside.changed {
            self.lose(&path, Place::File, Statement::new(RENAMED));
        }
        path
    }

    /// Keeps what became of a file.
    pub(super) fn keep(&mut self, path: &BundlePath, declared: u64, outcome: Outcome<T>) {
        match outcome {
            Outcome::Read(member, end) => {
                self.gaps.extend(self.gap_at_end(path, member.bytes, Some(declared), end));
                self.members.push(member);
            }
            Outcome::Lost(gap) => self.gaps.push(gap),
            Outcome::Archive(_) => {}
        }
    }

    /// The gap of a file that was not read to its end.
    pub(super) fn gap_at_end(
        &self,
        path: &BundlePath,
        bytes: u64,
        declared: Option<u64>,
        end: End,
    ) -> Option<Gap> {
        let reason = match end {
            End::Whole => {
                let declared = declared.filter(|declared| bytes < *declared)?;
                vec![
                    Statement::new("gap.bundle.ends-early")
                        .with("bytes", bytes.to_string())
                        .with("declared", declared.to_string()),
                    Statement::new(UPLOAD_AGAIN),
                ]
            }
            End::Stopped(bound) => {
                vec![
                    Statement::new("gap.bundle.first-bytes").with("bytes", bytes.to_string()),
                    budget::reason(bound, self.limits),
                ]
            }
            End::Damaged(error) => vec![
                Statement::new("gap.bundle.damaged"),
                cause(&error),
                Statement::new("gap.bundle.damaged-bytes").with("bytes", bytes.to_string()),
                Statement::new(UPLOAD_AGAIN),
            ],
        };
        Some(Gap::new(path, Place::Offset(bytes), reason))
    }

    pub(super) fn lose_to_total(&mut self, path: &BundlePath) {
        let reason = [Statement::new("gap.bundle.not-read"), budget::reason(Bound::Total, self.limits)];
        self.lose(path, Place::File, reason);
    }

    /// Notes something that was not read.
    pub(super) fn lose(&mut self, path: &BundlePath, place: Place, reason: impl Into<Vec<Statement>>) {
        self.gaps.push(Gap::new(path, place, reason));
    }
}

const ENCRYPTED: &str = "gap.bundle.encrypted";
const WRONG_PASSWORD: &str = "gap.bundle.wrong-password";
const UNTRIED: &str = "gap.bundle.password-untried";
pub(super) const LINK: &str = "gap.bundle.link";
const RENAMED: &str = "gap.bundle.renamed";

/// Up to which size a file of an archive is hashed, by what is declared for it: 0 is not at all.
pub(super) fn hashed_bytes(limits: &Limits, declared: u64) -> u64 {
    if declared > limits.hashed_bytes { 0 } else { limits.hashed_bytes }
}

/// A file of the disk, and its part of the progress.
type OfDisk<'f> = (&'f DiskFile, Arc<Piece>);

fn read_large<T: Send>(file: &Admitted<OfDisk<'_>>, read: &(impl Fn(Member<'_>) -> T + Sync)) -> Outcome<T> {
    let (on_disk, piece) = &file.source;
    let opened = File::open(&on_disk.location);
    let whole = (&file.path, file.allowance, on_disk.hashed);
    let read = opened.and_then(|open| disk::hand_to((open, Arc::clone(piece)), whole, read));
    piece.finish();
    of_disk(file, read)
}

fn read_small<T: Send>(file: &Admitted<OfDisk<'_>>, read: &(impl Fn(Member<'_>) -> T + Sync)) -> Outcome<T> {
    let (on_disk, piece) = &file.source;
    if on_disk.hashed && file.declared >= disk::HASHED_ASIDE_BYTES {
        return read_large(file, &|member: Member<'_>| read(Member { on_disk: None, ..member }));
    }
    let hashed_bytes = if on_disk.hashed { u64::MAX } else { 0 };
    let opened = File::open(&on_disk.location).and_then(|mut stream| {
        Peeked::new(&mut stream, file.allowance, hashed_bytes).hand_to(&file.path, read)
    });
    // Such a file is short, so that it is enough to count it as a whole.
    piece.finish();
    of_disk(file, opened)
}

fn of_disk<T>(file: &Admitted<OfDisk<'_>>, read: io::Result<(ReadMember<T>, End)>) -> Outcome<T> {
    match read {
        Ok((member, end)) => Outcome::Read(member, end),
        Err(error) => Outcome::Lost(Gap::new(&file.path, Place::File, cannot_open(&error))),
    }
}

fn read_member<T: Send>(
    member: &Admitted<ZipMember>,
    store: &Store,
    hashed_bytes: u64,
    read: &(impl Fn(Member<'_>) -> T + Sync),
) -> Outcome<T> {
    let opened = member.source.open(store, |stream| {
        let peeked = Peeked::new(stream, member.allowance, hashed_bytes);
        match ArchiveKind::of(peeked.head()) {
            Some(kind) => Ok(Outcome::Archive(kind)),
            None => peeked.hand_to(&member.path, read).map(|(member, end)| Outcome::Read(member, end)),
        }
    });
    opened
        .flatten()
        .unwrap_or_else(|error| Outcome::Lost(Gap::new(&member.path, Place::File, unreadable_member(&error))))
}
