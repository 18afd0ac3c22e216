//! The bundle: opens an upload (folders, files, archives in archives) within budgets, in memory, and
//! hands every file to a reader. It knows archives and nothing of the formats inside.

use std::io::Read;
use std::path::{Path, PathBuf};

use crate::source::{BundlePath, Gap};

/// Budgets for one upload.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of one file, uncompressed.
    pub file_bytes: u64,
    /// Bytes of all files together, uncompressed.
    pub total_bytes: u64,
    /// Files and folders, archives' members included.
    pub entries: u64,
    /// Uncompressed bytes for each compressed byte of an archive member.
    pub ratio: u64,
    /// Archives inside archives.
    pub depth: u32,
}

/// One file of the upload, open for reading.
pub struct Member<'a> {
    /// Path inside the upload.
    pub path: &'a BundlePath,
    /// The first bytes (up to 64 KiB), which `content` gives again.
    pub head: &'a [u8],
    /// The whole content, from its first byte. Ends early where a budget ends; the gap is the bundle's.
    pub content: &'a mut (dyn Read + Send),
}

/// What a reader made of one member, with what the bundle knows of it.
#[derive(Debug)]
pub struct ReadMember<T> {
    /// Path inside the upload.
    pub path: BundlePath,
    /// Size in bytes, uncompressed.
    pub bytes: u64,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
    /// What the reader returned.
    pub read: T,
}

/// One PATH of the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Its last component.
    pub path: String,
    /// Of a file: the SHA-256 of its bytes. Of a folder: the SHA-256 of the lines
    /// `<sha256 of the file>  <path below the folder>\n`, sorted by path.
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
        source: std::io::Error,
    },
}

impl Default for Limits {
    fn default() -> Self {
        Limits { file_bytes: 8 << 30, total_bytes: 32 << 30, entries: 100_000, ratio: 1_000, depth: 8 }
    }
}

/// Opens the upload and reads every file in it, in parallel.
///
/// `read` is called once for each file that is not an archive. Results come in order of path, whatever
/// the order of reading.
pub fn read<T: Send>(
    paths: &[impl AsRef<Path>],
    limits: &Limits,
    read: impl Fn(Member<'_>) -> T + Sync,
) -> Result<Bundle<T>, OpenError> {
    let _ = (paths, limits, &read);
    unimplemented!()
}
