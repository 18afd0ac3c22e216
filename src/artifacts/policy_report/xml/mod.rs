//! Reports in XML: `gpresult /x`, Get-GPResultantSetOfPolicy, Get-GPOReport (one GPO or `-All`), and the
//! `gpreport.xml` of GPO backups.
//!
//! Names of settings and SIDs are the same in every language here, and rows carry the registry value that
//! they set. GPOs are known by GUID, because they are renamed. The elements:
//! <https://learn.microsoft.com/powershell/module/grouppolicy/get-gpresultantsetofpolicy>.

mod parts;
mod reading;
#[cfg(test)]
mod real_reports;
mod rows;
mod scan;
#[cfg(test)]
mod tests;

use quick_xml::NsReader;
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;

use super::PolicyReport;
use crate::artifacts::text_encoding::Decoded;
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;
use reading::Reading;
use scan::{Ending, POLICY};

/// The largest report that is read, in bytes. The reports of all GPOs of a large domain have some 50 MB.
const MAX_BYTES: usize = 128 << 20;

/// What to ask for in place of a report that cannot be used.
const ASK_AGAIN: &str = "gap.ask.policy-xml";

/// Whether the head of a text looks like one of the reports: by its root, or by the first element in a root
/// that has no namespace.
pub(super) fn looks_like(head: &str) -> bool {
    if !head.trim_start().starts_with('<') {
        return false;
    }
    let mut reader = NsReader::from_str(head);
    reader.resolver_mut().set_max_namespace_bindings(64);
    let mut in_wrapper = false;
    while let Ok((namespace, event)) = reader.read_resolved_event() {
        let start = match event {
            Event::Start(start) | Event::Empty(start) => start,
            Event::Eof => return false,
            _ => continue,
        };
        let ResolveResult::Bound(namespace) = namespace else {
            if std::mem::replace(&mut in_wrapper, true) {
                return false;
            }
            continue;
        };
        let local = start.local_name().into_inner();
        return matches!(
            (namespace.0.strip_prefix(POLICY), local, in_wrapper),
            (Some("Rsop"), "Rsop", false) | (Some("Settings"), "GPO", _)
        );
    }
    false
}

/// Reads a report.
pub(super) fn read(path: &BundlePath, decoded: &Decoded) -> (Option<PolicyReport>, Vec<Gap>) {
    let gap = |reason: &str| Gap::new(path, Place::File, [Statement::new(reason), Statement::new(ASK_AGAIN)]);
    if decoded.text.len() > MAX_BYTES {
        return (None, vec![gap("gap.policy-report.xml-too-large")]);
    }
    let mut reading = Reading::new();
    let (ending, too_large) = scan::scan(&decoded.text, &mut reading);
    let damaged = decoded.damaged || decoded.text.contains(['\0', char::REPLACEMENT_CHARACTER]);
    let mut gaps = Vec::new();
    match ending {
        Ending::Whole => {}
        Ending::Cut => {
            gaps.push(gap("gap.policy-report.cut"));
        }
        Ending::Broken { line } => gaps.push(Gap::new(
            path,
            Place::Line(line),
            [Statement::new("gap.policy-report.no-xml"), Statement::new(ASK_AGAIN)],
        )),
    }
    if damaged {
        gaps.push(gap("gap.policy-report.no-text"));
    }
    let (report, reasons) = reading.finish(ending, damaged, too_large);
    gaps.extend(reasons.into_iter().map(gap));
    (Some(report), gaps)
}
