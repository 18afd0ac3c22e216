//! Places: where in a bundle something stands, so that a reader can open it.
//!
//! A [`Source`] names a file by its path inside the upload and a [`Place`] in it. A [`Gap`] names a
//! place that could not be read, with the reason. This room knows no format and imports nothing.

use std::fmt;
use std::sync::Arc;

/// Path of a file inside the upload. Folders are separated by `/`, an archive and its member by `!`:
/// `case.zip!logs.zip!Application.evtx`. Never absolute, never a path of the analysing machine.
pub type BundlePath = Arc<str>;

/// A place inside one file, in the terms that the reader's own tool shows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The file as a whole.
    File,
    /// A line of a text file, counted from 1.
    Line(u64),
    /// An event record: the `EventRecordID` that Event Viewer shows. `offset` is the byte offset of the
    /// record in the file, given only where the ID is not unique in it.
    Record {
        /// The `EventRecordID`.
        id: u64,
        /// Byte offset of the record in the file.
        offset: Option<u64>,
    },
    /// A row of a report: the headings above it, and the row's first cell.
    Row {
        /// Headings, outermost first.
        section: Vec<String>,
        /// First cell.
        name: String,
    },
    /// A byte offset, for binary files and for damage.
    Offset(u64),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::File => f.write_str("whole file"),
            Place::Line(line) => write!(f, "line {line}"),
            Place::Record { id, offset: None } => write!(f, "record {id}"),
            Place::Record { id, offset: Some(offset) } => write!(f, "record {id} at byte {offset}"),
            Place::Row { section, name } => {
                for heading in section {
                    write!(f, "{heading} > ")?;
                }
                f.write_str(name)
            }
            Place::Offset(offset) => write!(f, "byte {offset}"),
        }
    }
}

/// Where a piece of evidence stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source {
    /// The file.
    pub path: BundlePath,
    /// The place in it.
    pub place: Place,
}

impl Source {
    /// Names a place in a file.
    pub fn new(path: &BundlePath, place: Place) -> Self {
        Source { path: Arc::clone(path), place }
    }
}

/// Something in the upload that was not read, or not wholly.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// The file.
    pub path: BundlePath,
    /// The place in it that was lost.
    pub place: Place,
    /// What is wrong with it, and what to ask for instead: whole sentences in English.
    pub reason: String,
}

impl Gap {
    /// Names what was lost, and why.
    pub fn new(path: &BundlePath, place: Place, reason: impl Into<String>) -> Self {
        Gap { path: Arc::clone(path), place, reason: reason.into() }
    }
}
