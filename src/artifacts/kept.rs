//! What all files of a bundle together may say: a budget in bytes of memory.
//!
//! A file says what it says up to a bound, and so do all files together, as long as they fit: those that say
//! little first, and logs before exports, then in order of path. So one large export costs no other file its
//! place. What a file beyond that said is let go, and the report names the file. Which files these are does not
//! depend on the order in which they were read.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Content, Reading};
use crate::source::{BundlePath, Place};

/// Memory for what one file says, in bytes: some ten thousand events, or users.
pub(super) const FILE_BYTES: usize = 14 << 20;
/// Memory for the wanted events of one log, in bytes: some thousands. Facts are made of each.
pub(super) const LOG_BYTES: usize = 7 << 20;
/// Memory for what all files say, in bytes.
const ALL_BYTES: usize = 18 << 20;
/// Readings up to this size are small.
const SMALL_BYTES: usize = 64 << 10;
/// Failures stand in logs, so that a log counts as one that is so many times smaller.
const LOG_WORTH: usize = 16;
/// What a file that says anything takes beside that, in bytes.
const READING_BYTES: usize = 1 << 10;
/// What a file is whose content was let go: a sentence of the catalogue, as of files that no reader takes.
const LEFT_OUT: &str = "left-out";
/// What the memory of a string costs beside its bytes.
pub(super) const STRING_BYTES: usize = 40;

/// What the files of a bundle say, as long as it fits.
#[derive(Debug)]
pub struct Kept {
    most: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Readings that are kept, with their size.
    readings: BTreeMap<Rank, (usize, Shared)>,
    /// Their sizes together.
    bytes: usize,
    /// From here on nothing is kept.
    end: Option<Rank>,
}

/// The order in which readings are kept: by how often their size doubles [`SMALL_BYTES`], then by path.
type Rank = (u32, BundlePath);

/// A reading that may still be let go, or one that takes no memory.
#[derive(Debug, Clone)]
pub struct Shared(Says);

#[derive(Debug, Clone)]
enum Says {
    /// A file that no reader takes, of which there may be a hundred thousand.
    Nothing(&'static str),
    Something(Arc<Mutex<Reading>>),
}

impl Default for Kept {
    fn default() -> Self {
        Kept::up_to(ALL_BYTES)
    }
}

impl Kept {
    fn up_to(most: usize) -> Self {
        Kept { most, state: Mutex::default() }
    }

    /// Keeps what a file says. Files come in any order, and each once.
    pub fn keep(&self, path: &BundlePath, reading: Reading) -> Shared {
        let bytes = reading.content.bytes().saturating_add(READING_BYTES);
        if let (Content::NotUsed { looks_like }, true) = (&reading.content, reading.gaps.is_empty()) {
            return Shared(Says::Nothing(looks_like));
        }
        let size = match reading.content {
            Content::EventLog(_) => bytes / LOG_WORTH,
            _ => bytes,
        };
        let size = (size / SMALL_BYTES).checked_ilog2().map_or(0, |doubled| doubled.saturating_add(1));
        let shared = Shared(Says::Something(Arc::new(Mutex::new(reading))));
        let rank = (size, Arc::clone(path));
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.end.as_ref().is_some_and(|end| rank >= *end) {
            shared.let_go();
            return shared;
        }
        state.bytes = state.bytes.saturating_add(bytes);
        state.readings.insert(rank, (bytes, shared.clone()));
        while state.bytes > self.most {
            let Some((last, (bytes, reading))) = state.readings.pop_last() else { break };
            state.bytes = state.bytes.saturating_sub(bytes);
            state.end = Some(last);
            reading.let_go();
        }
        shared
    }
}

impl Shared {
    /// Lets go of what the file says, which then counts as not read.
    fn let_go(&self) {
        if let Says::Something(reading) = &self.0 {
            let mut reading = reading.lock().unwrap_or_else(PoisonError::into_inner);
            *reading = Reading { content: Content::NotUsed { looks_like: LEFT_OUT }, gaps: Vec::new() };
        }
    }

    /// The kind of the file, and of an event log how many records it has.
    pub fn about(&self) -> (&'static str, Option<u64>) {
        match &self.0 {
            Says::Nothing(looks_like) => (looks_like, None),
            Says::Something(reading) => {
                let reading = reading.lock().unwrap_or_else(PoisonError::into_inner);
                let records = match &reading.content {
                    Content::EventLog(log) => Some(log.coverage.records),
                    _ => None,
                };
                (reading.content.kind(), records)
            }
        }
    }

    /// The reading, once all files are read.
    pub fn take(self) -> Reading {
        let nothing = |looks_like| Reading { content: Content::NotUsed { looks_like }, gaps: Vec::new() };
        match self.0 {
            Says::Nothing(looks_like) => nothing(looks_like),
            Says::Something(reading) => {
                let mut reading = reading.lock().unwrap_or_else(PoisonError::into_inner);
                std::mem::replace(&mut *reading, nothing(LEFT_OUT))
            }
        }
    }
}

impl Content {
    /// Memory for what the file says, in bytes, near enough; 0 of what is always small.
    fn bytes(&self) -> usize {
        match self {
            Content::EventLog(log) => log.events.iter().map(super::event_log::Event::bytes).sum(),
            Content::AuditLog(log) => log.rows.iter().map(super::audit_log::AuditRow::bytes).sum(),
            Content::DirectoryObjects(read) => {
                read.objects.iter().map(super::directory_objects::DirectoryObject::bytes).sum()
            }
            Content::AccessControlLists(read) => {
                read.objects.iter().map(super::access_control_list::ObjectAcl::bytes).sum()
            }
            Content::PolicyReport(report) => report.bytes(),
            Content::RegistryExport(export) => export.bytes(),
            Content::ConnectConfiguration(_)
            | Content::PasswordPolicy(_)
            | Content::ControllerDiagnostics(_)
            | Content::SecurityTemplate(_)
            | Content::NotUsed { .. } => 0,
        }
    }
}

/// Memory of strings.
pub(super) fn bytes_of<'t>(texts: impl IntoIterator<Item = &'t String>) -> usize {
    texts.into_iter().map(|text| text.capacity().saturating_add(STRING_BYTES)).sum()
}

/// Memory of a place.
pub(super) fn bytes_of_place(place: &Place) -> usize {
    match place {
        Place::Row { section, name } => bytes_of(section.iter()).saturating_add(bytes_of([name])),
        Place::File | Place::Line(_) | Place::Record { .. } | Place::Offset(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifacts::directory_objects::{self, DirectoryObjects};

    /// A reading of some objects of about a hundred bytes.
    fn reading(objects: usize) -> Reading {
        let text = "dn: CN=a,DC=contoso,DC=example\n\n".repeat(objects);
        let (read, gaps) = directory_objects::read(&"a".into(), text.as_bytes());
        Reading { content: Content::DirectoryObjects(read.unwrap()), gaps }
    }

    fn kept(order: &[&str]) -> Vec<(String, bool)> {
        let sizes = BTreeMap::from([("a", 1), ("b", 2), ("c", 4), ("d", 1), ("e", 0)]);
        let size = |count| reading(count).content.bytes() + READING_BYTES;
        // a and b fit; c does not by a byte, so that d is not kept either, though it would fit.
        let kept = Kept::up_to(size(1) + size(2) + size(4) - 1);
        let shared: Vec<_> = order
            .iter()
            .map(|path| {
                let reading = match sizes[path] {
                    0 => Reading { content: Content::NotUsed { looks_like: "empty" }, gaps: Vec::new() },
                    count => reading(count),
                };
                ((*path).to_owned(), kept.keep(&(*path).into(), reading))
            })
            .collect();
        let mut all: Vec<_> = shared
            .into_iter()
            .map(|(path, shared)| {
                let left_out = matches!(shared.take().content, Content::NotUsed { looks_like: LEFT_OUT });
                (path, !left_out)
            })
            .collect();
        all.sort();
        all
    }

    #[test]
    fn what_is_kept_does_not_depend_on_the_order_of_reading() {
        let expected = [("a", true), ("b", true), ("c", false), ("d", false), ("e", true)]
            .map(|(p, k)| (p.to_owned(), k));
        for order in [["a", "b", "c", "d", "e"], ["e", "d", "c", "b", "a"], ["d", "a", "e", "c", "b"]] {
            assert_eq!(kept(&order), expected, "{order:?}");
        }
    }

    #[test]
    fn a_large_export_costs_no_other_file_its_place() {
        let large = reading(2_000);
        let kept = Kept::up_to(large.content.bytes());
        let shared = [("a", large), ("b", reading(1)), ("c", reading(10))]
            .map(|(path, reading)| kept.keep(&path.into(), reading));
        let left_out =
            shared.map(|shared| matches!(shared.take().content, Content::NotUsed { looks_like: LEFT_OUT }));
        assert_eq!(left_out, [true, false, false]);
    }

    #[test]
    fn an_object_takes_the_memory_of_its_texts() {
        let Content::DirectoryObjects(DirectoryObjects { objects, .. }) = reading(1).content else {
            panic!("an object")
        };
        // The object, its one attribute with name and value, and their texts.
        assert!((100..400).contains(&objects[0].bytes()), "{}", objects[0].bytes());
    }
}
