//! One file in, one reading out: the kind is told by content, and a reader that panics costs that file
//! alone.

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::bundle::Member;
use crate::source::{BundlePath, Gap, Place};

use super::{
    Content, Reading, Wanted, access_control_list, directory_objects, event_log, policy_report,
    registry_export, unused,
};

/// Longest text that is held in memory to be read. Reports and exports of a whole machine are a few
/// megabytes; what is longer is read up to here, and the gap says so.
const TEXT_BYTES: u64 = 256 << 20;

/// Reads one file.
pub fn read(member: Member<'_>, wanted: &Wanted) -> Reading {
    let Member { path, head, content } = member;
    let read = catch_unwind(AssertUnwindSafe(|| read_as_its_kind(path, head, content, wanted)));
    read.unwrap_or_else(|_| Reading {
        content: Content::NotUsed { looks_like: unused::looks_like(head) },
        gaps: vec![Gap::new(
            path,
            Place::File,
            "The reader of this kind of file broke on its content, so nothing of it was used. Please report \
             this as a fault of sspr-triage, and export the file anew.",
        )],
    })
}

fn read_as_its_kind(path: &BundlePath, head: &[u8], content: &mut dyn Read, wanted: &Wanted) -> Reading {
    if event_log::looks_like_event_log(head) {
        let (log, gaps) = event_log::read(path, content, wanted);
        return Reading { content: Content::EventLog(log), gaps };
    }
    let Some(reader) = TextKind::of(head) else {
        return Reading {
            content: Content::NotUsed { looks_like: unused::looks_like(head) },
            gaps: Vec::new(),
        };
    };
    let (text, mut gaps) = held(path, content);
    let (read, more) = reader.read(path, &text, wanted);
    gaps.extend(more);
    let content = read.unwrap_or(Content::NotUsed { looks_like: unused::looks_like(head) });
    Reading { content, gaps }
}

/// Kinds that are read from memory, each told by its own content. Those with a header of their own come
/// before those that only their words tell.
#[derive(Clone, Copy)]
enum TextKind {
    PolicyReport,
    RegistryExport,
    AccessControlLists,
    DirectoryObjects,
}

impl TextKind {
    fn of(head: &[u8]) -> Option<Self> {
        type Known = (TextKind, fn(&[u8]) -> bool);
        let kinds: [Known; 4] = [
            (Self::PolicyReport, policy_report::looks_like_policy_report),
            (Self::RegistryExport, registry_export::looks_like_registry_export),
            (Self::AccessControlLists, access_control_list::looks_like_access_control_lists),
            (Self::DirectoryObjects, directory_objects::looks_like_directory_objects),
        ];
        kinds.into_iter().find(|(_, looks_like)| looks_like(head)).map(|(kind, _)| kind)
    }

    fn read(self, path: &BundlePath, text: &[u8], wanted: &Wanted) -> (Option<Content>, Vec<Gap>) {
        match self {
            Self::PolicyReport => {
                let (report, gaps) = policy_report::read(path, text);
                (report.map(Content::PolicyReport), gaps)
            }
            Self::RegistryExport => {
                let (export, gaps) = registry_export::read(path, text, wanted);
                (export.map(Content::RegistryExport), gaps)
            }
            Self::AccessControlLists => {
                let (lists, gaps) = access_control_list::read(path, text);
                (lists.map(Content::AccessControlLists), gaps)
            }
            Self::DirectoryObjects => {
                let (objects, gaps) = directory_objects::read(path, text);
                (objects.map(Content::DirectoryObjects), gaps)
            }
        }
    }
}

fn held(path: &BundlePath, content: &mut dyn Read) -> (Vec<u8>, Vec<Gap>) {
    let mut bytes = Vec::new();
    let read = content.take(TEXT_BYTES).read_to_end(&mut bytes);
    let mut gaps = Vec::new();
    if let Err(error) = read {
        let reason = format!("The file could not be read to its end ({error}). Please send it again.");
        gaps.push(Gap::new(path, Place::Offset(bytes.len() as u64), reason));
    } else if bytes.len() as u64 == TEXT_BYTES {
        let reason = "The file is longer than 256 MiB and was read up to there. Please export only the part that is \
                      asked for.";
        gaps.push(Gap::new(path, Place::Offset(TEXT_BYTES), reason));
    }
    (bytes, gaps)
}
