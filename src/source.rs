//! Places: where in a bundle something stands, so that a reader can open it.
//!
//! A [`Source`] names a file by its path inside the upload and a [`Place`] in it. A [`Gap`] names a
//! place that could not be read, with the reason. This room knows no format.

use std::sync::Arc;

use crate::words::Statement;

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
        /// Headings, outermost first; all rows below them share them.
        section: Arc<[String]>,
        /// First cell.
        name: String,
    },
    /// A byte offset, for binary files and for damage.
    Offset(u64),
}

impl Place {
    /// The headings and the first cell of a row, as they stand in the report; none of other places.
    pub fn row(&self) -> Option<String> {
        let Place::Row { section, name } = self else { return None };
        let row: Vec<&str> = section.iter().chain([name]).map(String::as_str).collect();
        Some(row.join(" > "))
    }

    /// The place in words; of a row, its headings and first cell as they stand in the report.
    pub fn in_words(&self) -> Statement {
        match self {
            Place::File => Statement::new("place.file"),
            Place::Line(line) => Statement::new("place.line").with("line", line.to_string()),
            Place::Record { id, offset: None } => Statement::new("place.record").with("id", id.to_string()),
            Place::Record { id, offset: Some(offset) } => Statement::new("place.record-at")
                .with("id", id.to_string())
                .with("offset", offset.to_string()),
            Place::Row { .. } => Statement::new("place.row").with("row", self.row().unwrap_or_default()),
            Place::Offset(offset) => Statement::new("place.offset").with("offset", offset.to_string()),
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
    /// What is wrong with it, and what to ask for instead, sentence by sentence.
    pub reason: Vec<Statement>,
}

impl Gap {
    /// Names what was lost, and why.
    pub fn new(path: &BundlePath, place: Place, reason: impl Into<Vec<Statement>>) -> Self {
        Gap { path: Arc::clone(path), place, reason: reason.into() }
    }
}

#[cfg(test)]
impl Gap {
    /// The reason in English.
    pub(crate) fn said(&self) -> String {
        crate::words::Catalogue::of(crate::words::Language::English).say_all(&self.reason)
    }
}

#[cfg(test)]
impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&crate::words::Catalogue::of(crate::words::Language::English).say(&self.in_words()))
    }
}
