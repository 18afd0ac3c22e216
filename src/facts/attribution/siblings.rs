//! What the files in the same folder, and below it, say of one that names no machine.

use std::collections::HashMap;

use crate::artifacts::{Artifact, Content};

use super::AttributedBy;
use crate::facts::hosts::Few;
use crate::facts::machines::MachineId;

/// Machines that the files of each folder name, those below it among them: a zip or a folder that holds another
/// machine's files does not make those beside it one machine's.
pub(super) struct Siblings<'a> {
    by_folder: HashMap<&'a str, Named>,
}

/// Machines that the files of one folder name.
#[derive(Default)]
struct Named {
    by_any_file: Few,
    by_reports: Few,
}

impl<'a> Siblings<'a> {
    pub(super) fn of(artifacts: &'a [Artifact], by_content: &[Option<MachineId>]) -> Self {
        let mut by_folder: HashMap<&str, Named> = HashMap::new();
        for (artifact, machine) in artifacts.iter().zip(by_content) {
            let Some(machine) = *machine else { continue };
            for above in folders_above(&artifact.path) {
                let named = by_folder.entry(above).or_default();
                named.by_any_file = named.by_any_file.and(machine);
            }
            let named = by_folder.entry(folder(&artifact.path)).or_default();
            if matches!(artifact.content, Content::PolicyReport(_)) {
                named.by_reports = named.by_reports.and(machine);
            }
        }
        Siblings { by_folder }
    }

    pub(super) fn of_file(&self, path: &str) -> Option<(MachineId, AttributedBy)> {
        let named = self.by_folder.get(folder(path))?;
        let all = named.by_any_file.only().map(|machine| (machine, AttributedBy::Siblings));
        all.or_else(|| named.by_reports.only().map(|machine| (machine, AttributedBy::MixedSiblings)))
    }
}

impl Siblings<'_> {
    /// Whether a folder that has the name of a machine holds files of others.
    pub(super) fn are_of_others(&self, folder: &str, machine: MachineId) -> bool {
        let named = self.by_folder.get(folder).map(|named| named.by_any_file).unwrap_or_default();
        named != Few::None && named != Few::One(machine)
    }
}

/// The folders and archives that a file is in, the nearest first, up to the upload itself.
fn folders_above(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder(path)), |inner| (!inner.is_empty()).then(|| folder(inner)))
}

fn folder(path: &str) -> &str {
    path.rfind(['/', '!']).and_then(|end| path.get(..end)).unwrap_or_default()
}
