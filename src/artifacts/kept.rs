//! What all files of a bundle together may say: a budget in bytes of memory.
//!
//! A file says what it says up to a bound, and so do all files together: in order of path, as long as they fit.
//! What a file beyond that said is let go, and the report names the file. Which files these are does not depend
//! on the order in which they were read.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Content, Reading};
use crate::source::{BundlePath, Place};

/// Memory for what one file says, in bytes: some ten thousand events, or users.
pub(super) const FILE_BYTES: usize = 14 << 20;
/// Memory for what all files say, in bytes.
const ALL_BYTES: usize = 24 << 20;
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
    /// Readings that are kept, by path, with their size.
    readings: BTreeMap<BundlePath, (usize, Shared)>,
    /// Their sizes together.
    bytes: usize,
    /// From this path on nothing is kept.
    end: Option<BundlePath>,
}

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
        let bytes = reading.content.bytes();
        if let (Content::NotUsed { looks_like }, true) = (&reading.content, reading.gaps.is_empty()) {
            return Shared(Says::Nothing(looks_like));
        }
        let shared = Shared(Says::Something(Arc::new(Mutex::new(reading))));
        if bytes == 0 {
            return shared;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.end.as_ref().is_some_and(|end| path >= end) {
            shared.let_go();
            return shared;
        }
        state.bytes = state.bytes.saturating_add(bytes);
        state.readings.insert(Arc::clone(path), (bytes, shared.clone()));
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

    /// Looks at what the file says.
    pub fn look<T>(&self, at: impl FnOnce(&Content) -> T) -> T {
        match &self.0 {
            Says::Nothing(looks_like) => at(&Content::NotUsed { looks_like }),
            Says::Something(reading) => at(&reading.lock().unwrap_or_else(PoisonError::into_inner).content),
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
            Content::RegistryExport(_)
            | Content::ConnectConfiguration(_)
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
        Place::Row { section, name } => bytes_of(section).saturating_add(bytes_of([name])),
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
        let one = reading(1).content.bytes();
        // a and b fit; c does not, so that d is not kept either, though it would fit.
        let kept = Kept::up_to(4 * one);
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
    fn an_object_takes_the_memory_of_its_texts() {
        let Content::DirectoryObjects(DirectoryObjects { objects, .. }) = reading(1).content else {
            panic!("an object")
        };
        // The object, its one attribute with name and value, and their texts.
        assert!((100..400).contains(&objects[0].bytes()), "{}", objects[0].bytes());
    }
}
