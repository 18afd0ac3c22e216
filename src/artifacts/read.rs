//! One file in, one reading out: the kind is told by content, and a reader that panics costs that file
//! alone.

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::bundle::Member;
use crate::source::{BundlePath, Gap, Place};

use super::{Content, Reading, Wanted, event_log, policy_report, registry_export, security_template, unused};

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
    let Some(kind) = text_kind(head) else {
        return Reading {
            content: Content::NotUsed { looks_like: unused::looks_like(head) },
            gaps: Vec::new(),
        };
    };
    let (text, mut gaps) = held(path, content);
    let (read, more) = match kind {
        TextKind::PolicyReport => {
            let (report, gaps) = policy_report::read(path, &text);
            (report.map(Content::PolicyReport), gaps)
        }
        TextKind::RegistryExport => {
            let (export, gaps) = registry_export::read(path, &text, wanted);
            (export.map(Content::RegistryExport), gaps)
        }
        TextKind::SecurityTemplate => {
            let (template, gaps) = security_template::read(path, &text);
            (template.map(Content::SecurityTemplate), gaps)
        }
    };
    gaps.extend(more);
    let content = read.unwrap_or(Content::NotUsed { looks_like: unused::looks_like(head) });
    Reading { content, gaps }
}

/// Kinds of text that are held in memory to be read.
#[derive(Debug, Clone, Copy)]
enum TextKind {
    PolicyReport,
    RegistryExport,
    SecurityTemplate,
}

fn text_kind(head: &[u8]) -> Option<TextKind> {
    if registry_export::looks_like_registry_export(head) {
        Some(TextKind::RegistryExport)
    } else if security_template::looks_like_security_template(head) {
        Some(TextKind::SecurityTemplate)
    } else if policy_report::looks_like_policy_report(head) {
        Some(TextKind::PolicyReport)
    } else {
        None
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
