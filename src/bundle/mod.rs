//! The bundle: opens an upload (folders, files, archives in archives) within budgets, in memory, and
//! hands every file to a reader. It knows archives and nothing of the formats inside.

mod archive_kind;
mod budget;
mod counted;
mod disk;
mod failure;
mod folder;
mod given;
mod in_memory;
mod member_name;
mod nested;
mod opening;
mod origin;
mod passwords;
mod sequential;
mod store;
mod tar_archive;
mod zip_archive;
mod zip_headers;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use self::archive_kind::ArchiveKind;
use self::budget::Budget;
pub use self::disk::DiskContent;
use self::folder::DiskFile;
use self::opening::Opening;
use self::store::Store;
use crate::progress::{Piece, Progress};
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;

pub use self::failure::{Unread, cause};
pub use self::in_memory::read_in_memory;
pub use self::passwords::Passwords;

/// How an upload is opened: budgets, and passwords.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of one file, uncompressed.
    pub file_bytes: u64,
    /// Bytes of all files together, uncompressed.
    pub total_bytes: u64,
    /// Files and folders, archives' members included.
    pub entries: u64,
    /// Uncompressed bytes for each compressed byte of an archive member. Below 4 MiB none is enforced.
    pub ratio: u64,
    /// Archives inside archives: 0 opens archives, and none inside them.
    pub depth: u32,
    /// Bytes that zip archives inside archives may hold in memory at one time. A larger one is read in two
    /// passes over the archive around it.
    pub held_bytes: u64,
    /// Bytes of the largest file that is hashed where it is one of several: below a folder, or in an
    /// archive. A file that is given by itself is hashed whatever its size.
    pub hashed_bytes: u64,
    /// Passwords for encrypted members of zip archives.
    pub passwords: Passwords,
}

/// One file of the upload, open for reading.
pub struct Member<'a> {
    /// Path inside the upload.
    pub path: &'a BundlePath,
    /// The first bytes (up to 64 KiB), which `content` gives again.
    pub head: &'a [u8],
    /// The whole content, from its first byte. Ends early where a budget ends; the gap is the bundle's.
    pub content: &'a mut (dyn Read + Send),
    /// The same content by place, where it is a large file of the disk: several threads may read it at
    /// once. What cannot be read this way is the reader's to tell.
    pub on_disk: Option<&'a DiskContent>,
    /// Counts up with each round of files. Those of a round are read side by side, and those of the next only
    /// when all of them are read; the upload alone decides which are of the same round.
    pub round: u64,
}

/// What a reader made of one member, with what the bundle knows of it.
#[derive(Debug)]
pub struct ReadMember<T> {
    /// Path inside the upload.
    pub path: BundlePath,
    /// Size in bytes, uncompressed. Where a gap says that reading ended early, the bytes read.
    pub bytes: u64,
    /// SHA-256 of these bytes, lower-case hexadecimal; none of a file larger than [`Limits::hashed_bytes`].
    pub sha256: Option<String>,
    /// What the reader returned.
    pub read: T,
}

/// One PATH of the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Its last component. Of several PATHs, the later one with the same has ` (2)` behind it.
    pub path: String,
    /// Of a file: the SHA-256 of its bytes. Of a folder: the SHA-256 of the lines
    /// `<sha256 of the file>  <path below the folder>\n`, sorted by path, for all files that were
    /// opened. A file larger than [`Limits::hashed_bytes`] has `size:<bytes>` in place of the hash. An
    /// archive counts by its own bytes. Where a limit ended the reading of a file, of the
    /// bytes read; empty where a file was not opened at all. A gap tells of either.
    pub sha256: String,
    /// Size of the file, or of all files below the folder.
    pub bytes: u64,
}

/// An upload, read.
#[derive(Debug)]
pub struct Bundle<T> {
    /// The PATHs, as given.
    pub inputs: Vec<Input>,
    /// All files, in order of their path.
    pub members: Vec<ReadMember<T>>,
    /// What was left out, in order of path and place.
    pub gaps: Vec<Gap>,
}

/// The upload could not be opened at all.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A PATH does not exist or cannot be read.
    #[error("cannot open {path}: {source}", path = .path.display())]
    Unreadable {
        /// The PATH as given.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            file_bytes: 8 << 30,
            total_bytes: 32 << 30,
            entries: 100_000,
            ratio: 1_000,
            depth: 8,
            held_bytes: 16 << 20,
            hashed_bytes: 64 << 20,
            passwords: Passwords::default(),
        }
    }
}

/// Opens the upload and reads every file in it, in parallel.
///
/// `read` is called once for each file that is not an archive. Results come in order of path, whatever
/// the order of reading. Where a file ends early, because of damage or a limit, `read` sees an end of
/// the file, and the gap is in [`Bundle::gaps`].
///
/// # Errors
/// A PATH that does not exist or cannot be opened. Anything below it that cannot is a gap.
pub fn read<T: Send>(
    paths: &[impl AsRef<Path>],
    limits: &Limits,
    read: impl Fn(Member<'_>) -> T + Sync,
) -> Result<Bundle<T>, OpenError> {
    read_counting(paths, limits, &Progress::default(), read)
}

/// As [`read`], counting the bytes of the files on the disk as they are read.
///
/// # Errors
/// As those of [`read`].
pub fn read_counting<T: Send>(
    paths: &[impl AsRef<Path>],
    limits: &Limits,
    progress: &Progress,
    read: impl Fn(Member<'_>) -> T + Sync,
) -> Result<Bundle<T>, OpenError> {
    let given = given::open(paths)?;
    let mut opening = Opening::new(&read, limits, progress.clone());
    let mut files = Vec::new();
    for (input, path) in given.iter().enumerate() {
        files.extend(path.files(input, given.len() > 1, &mut opening.budget, &mut opening.gaps));
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let (archives, plain) = archives_apart(&files, &mut opening.gaps);
    let to_read = archives.iter().map(|(file, _)| file).chain(&plain);
    progress.add_known(to_read.map(|file| file.bytes).fold(0, u64::saturating_add));
    opening.read_files(plain);
    let (hashes, ()) = rayon::join(
        || archives.par_iter().map(|(file, _)| digest_of(file)).collect::<Vec<_>>(),
        || {
            for (file, kind) in &archives {
                let store = Store::on_disk(&file.location, Piece::new(progress, file.bytes));
                opening.read_archive(&file.path, &store, *kind, 0);
            }
        },
    );
    let digests =
        archives.iter().zip(hashes).filter_map(|((file, _), hash)| Some((file.path.clone(), hash?)));
    let inputs = given::inputs(&given, &files, digests.collect(), &opening.members);
    let Opening { mut members, mut gaps, .. } = opening;
    members.sort_by(|a, b| a.path.cmp(&b.path));
    gaps.sort();
    gaps.dedup();
    Ok(Bundle { inputs, members, gaps })
}

/// Reads some files of an upload again, by the paths that [`read`] gave them. Nothing is hashed, and what is
/// not read is not opened; a file that is not among the result cannot be read any more.
///
/// # Errors
/// A PATH that does not exist or cannot be opened.
pub fn read_again<T: Send>(
    paths: &[impl AsRef<Path>],
    limits: &Limits,
    only: &BTreeSet<BundlePath>,
    read: impl Fn(Member<'_>) -> T + Sync,
) -> Result<Vec<ReadMember<T>>, OpenError> {
    let limits = Limits { hashed_bytes: 0, ..limits.clone() };
    let given = given::open(paths)?;
    let mut opening = Opening::new(&read, &limits, Progress::default());
    opening.only = Some(only);
    let mut files = Vec::new();
    for (input, path) in given.iter().enumerate() {
        files.extend(path.files(input, given.len() > 1, &mut opening.budget, &mut opening.gaps));
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let (archives, plain) = archives_apart(&files, &mut opening.gaps);
    opening.read_files(plain);
    for (file, kind) in &archives {
        let store = Store::on_disk(&file.location, Piece::new(&Progress::default(), 0));
        opening.read_archive(&file.path, &store, *kind, 0);
    }
    let mut members = opening.members;
    members.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(members)
}

/// What [`read`] would say of the PATHs, for whoever asks only whether a bundle is still the same: files are
/// hashed, and not read for anything else.
///
/// # Errors
/// A PATH that does not exist or cannot be opened.
pub fn inputs(paths: &[impl AsRef<Path>], limits: &Limits) -> Result<Vec<Input>, OpenError> {
    let given = given::open(paths)?;
    let (mut budget, mut gaps) = (Budget::new(limits), Vec::new());
    let mut files = Vec::new();
    for (input, path) in given.iter().enumerate() {
        files.extend(path.files(input, given.len() > 1, &mut budget, &mut gaps));
    }
    let digests = files.par_iter().filter_map(|file| Some((file.path.clone(), digest_of(file)?))).collect();
    Ok(given::inputs::<()>(&given, &files, digests, &[]))
}

/// Tells archives from other files by their first bytes. A file that cannot be opened is a gap.
fn archives_apart<'f>(
    files: &'f [DiskFile],
    gaps: &mut Vec<Gap>,
) -> (Vec<(&'f DiskFile, ArchiveKind)>, Vec<&'f DiskFile>) {
    let kinds: Vec<_> = files.par_iter().map(|file| kind_of(&file.location)).collect();
    let (mut archives, mut plain) = (Vec::new(), Vec::new());
    for (file, kind) in files.iter().zip(kinds) {
        match kind {
            Ok(Some(kind)) => archives.push((file, kind)),
            Ok(None) => plain.push(file),
            Err(error) => gaps.push(Gap::new(&file.path, Place::File, failure::cannot_open(&error))),
        }
    }
    (archives, plain)
}

fn kind_of(location: &Path) -> io::Result<Option<ArchiveKind>> {
    let mut head = Vec::new();
    File::open(location)?.take(ArchiveKind::HEAD).read_to_end(&mut head)?;
    Ok(ArchiveKind::of(&head))
}

/// What stands for a file in the hash of its PATH.
fn digest_of(file: &DiskFile) -> Option<String> {
    if !file.hashed {
        return Some(given::digest(None, file.bytes));
    }
    counted::sha256_of(File::open(&file.location).ok()?).ok().map(|(hash, _)| hash)
}

/// The gap of a folder or archive of which no more entries are read.
fn too_many_entries(path: &BundlePath, limits: &Limits) -> Gap {
    let reason = Statement::new("gap.bundle.too-many-entries").with("limit", limits.entries.to_string());
    Gap::new(path, Place::File, reason)
}

#[cfg(test)]
mod tests;
