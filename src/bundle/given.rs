//! The PATHs of the command line: what each is, what it is called in the report, and its hash.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::budget::Budget;
use super::counted;
use super::folder::{self, DiskFile};
use super::member_name::UniqueNames;
use super::{Input, OpenError, ReadMember};
use crate::source::{BundlePath, Gap};

/// A PATH that can be opened.
#[derive(Debug)]
pub(super) struct Given {
    location: PathBuf,
    label: String,
    kind: GivenKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum GivenKind {
    Folder,
    File { bytes: u64 },
}

/// Opens every PATH once, so that a wrong one is told before anything is read.
pub(super) fn open(paths: &[impl AsRef<Path>]) -> Result<Vec<Given>, OpenError> {
    let mut names = UniqueNames::default();
    let open = |path: &Path, names: &mut UniqueNames| {
        let kind = kind_of(path)?;
        Ok(Given { location: path.to_owned(), label: names.name(last_component(path)), kind })
    };
    paths
        .iter()
        .map(AsRef::as_ref)
        .map(|path| {
            open(path, &mut names).map_err(|source| OpenError::Unreadable { path: path.to_owned(), source })
        })
        .collect()
}

fn kind_of(path: &Path) -> io::Result<GivenKind> {
    let metadata = fs::metadata(path)?;
    if metadata.is_dir() {
        fs::read_dir(path)?;
        Ok(GivenKind::Folder)
    } else if metadata.is_file() {
        File::open(path)?;
        Ok(GivenKind::File { bytes: metadata.len() })
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "it is neither a file nor a folder"))
    }
}

/// `.` and `..` have no name of their own, and the root of a drive has none at all.
fn last_component(path: &Path) -> String {
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    name(path).or_else(|| name(&path.canonicalize().ok()?)).unwrap_or_else(|| "bundle".to_owned())
}

impl Given {
    /// The files of this PATH. Of several PATHs, each is named in the path of its files.
    pub(super) fn files(
        &self,
        input: usize,
        several: bool,
        budget: &mut Budget,
        gaps: &mut Vec<Gap>,
    ) -> Vec<DiskFile> {
        let (label, location) = (&self.label, &self.location);
        match self.kind {
            GivenKind::Folder => {
                let prefix = several.then_some(label.as_str());
                folder::files(location, label, prefix, input, budget, gaps)
            }
            GivenKind::File { bytes } if budget.take_entry() => {
                let path = label.as_str().into();
                let (below, location) = (label.clone(), location.clone());
                vec![DiskFile { path, below, location, bytes, input, hashed: true }]
            }
            GivenKind::File { .. } => {
                gaps.push(super::too_many_entries(&label.as_str().into(), budget.limits()));
                Vec::new()
            }
        }
    }
}

/// What stands for a file in the hash of its folder.
pub(super) fn digest(sha256: Option<&str>, bytes: u64) -> String {
    sha256.map_or_else(|| format!("size:{bytes}"), str::to_owned)
}

/// What the report says of each PATH: `files` are all files on the disk, in order of path, `archives` the
/// digests of those that are archives.
pub(super) fn inputs<T>(
    given: &[Given],
    files: &[DiskFile],
    archives: HashMap<BundlePath, String>,
    members: &[ReadMember<T>],
) -> Vec<Input> {
    let mut hashes = archives;
    hashes.extend(members.iter().map(|m| (m.path.clone(), digest(m.sha256.as_deref(), m.bytes))));
    given
        .iter()
        .enumerate()
        .map(|(input, path)| {
            let own = || files.iter().filter(|file| file.input == input);
            let hashed = || own().filter_map(|file| Some((file, hashes.get(&file.path)?)));
            let sha256 = match path.kind {
                GivenKind::File { .. } => hashed().map(|(_, hash)| hash.as_str()).collect(),
                GivenKind::Folder => {
                    let mut lines: Vec<_> = hashed().map(|(file, hash)| (&file.below, hash)).collect();
                    lines.sort();
                    let lines: String =
                        lines.iter().map(|(below, hash)| format!("{hash}  {below}\n")).collect();
                    counted::sha256(lines.as_bytes())
                }
            };
            let bytes = own().map(|file| file.bytes).fold(0, u64::saturating_add);
            Input { path: path.label.clone(), sha256, bytes }
        })
        .collect()
}
