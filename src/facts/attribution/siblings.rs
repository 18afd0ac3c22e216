//! What the files in the same folder say of one that names no machine.

use std::collections::HashMap;

use crate::artifacts::{Artifact, Content};

use super::AttributedBy;
use crate::facts::hosts::Few;
use crate::facts::machines::MachineId;

/// Machines that the files of each folder name.
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
            let named = by_folder.entry(folder(&artifact.path)).or_default();
            named.by_any_file = named.by_any_file.and(machine);
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

fn folder(path: &str) -> &str {
    path.rfind(['/', '!']).and_then(|end| path.get(..end)).unwrap_or_default()
}
