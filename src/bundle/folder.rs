//! Folders: every file below, without following links.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::budget::Budget;
use super::failure::cannot_open;
use super::member_name::UniqueNames;
use super::too_many_entries;
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;

/// A file on the disk.
#[derive(Debug)]
pub(super) struct DiskFile {
    /// Path inside the upload.
    pub(super) path: BundlePath,
    /// Path below its PATH of the command line; of a file that was given itself, its name.
    pub(super) below: String,
    /// Where it is.
    pub(super) location: PathBuf,
    /// Size in bytes.
    pub(super) bytes: u64,
    /// Which PATH of the command line it belongs to.
    pub(super) input: usize,
    /// Its SHA-256 is wanted.
    pub(super) hashed: bool,
}

/// The files below a folder, in order of their path, and what is not read.
pub(super) fn files(
    root: &Path,
    label: &str,
    prefix: Option<&str>,
    input: usize,
    budget: &mut Budget,
    gaps: &mut Vec<Gap>,
) -> Vec<DiskFile> {
    let mut files = Vec::new();
    let mut names = UniqueNames::default();
    let path_of = |below: &str| -> BundlePath {
        match (prefix, below) {
            (_, "") => label.into(),
            (Some(prefix), below) => format!("{prefix}/{below}").into(),
            (None, below) => below.into(),
        }
    };
    for entry in WalkDir::new(root).min_depth(1).sort_by_file_name() {
        if !budget.take_entry() {
            gaps.push(too_many_entries(&label.into(), budget.limits()));
            break;
        }
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = path_of(&error.path().map(|path| below(root, path)).unwrap_or_default());
                gaps.push(Gap::new(&path, Place::File, unreadable(&error)));
                continue;
            }
        };
        if entry.file_type().is_dir() {
            continue;
        }
        let below = names.name(below(root, entry.path()));
        let path = path_of(&below);
        match (entry.file_type().is_file(), entry.metadata()) {
            (true, Ok(metadata)) => {
                let location = entry.into_path();
                let bytes = metadata.len();
                let hashed = bytes <= budget.limits().hashed_bytes;
                files.push(DiskFile { path, below, location, bytes, input, hashed });
            }
            (true, Err(error)) => gaps.push(Gap::new(&path, Place::File, unreadable(&error))),
            (false, _) => gaps.push(Gap::new(&path, Place::File, not_a_file(entry.path_is_symlink()))),
        }
    }
    files
}

/// The path below a folder, with `/` on every system.
fn below(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(Path::new(""));
    let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

fn unreadable(error: &walkdir::Error) -> Vec<Statement> {
    match error.io_error() {
        Some(error) => cannot_open(error),
        None => vec![Statement::new("gap.bundle.cannot-walk")],
    }
}

fn not_a_file(link: bool) -> Statement {
    Statement::new(if link { "gap.bundle.link-on-disk" } else { "gap.bundle.no-plain-file-on-disk" })
}
