//! Who holds the user right "Impersonate a client after authentication" on a machine.
//!
//! The engine signs in as the connector account and impersonates it; Microsoft lists four principals that
//! have to hold the right on the Connect server
//! (<https://learn.microsoft.com/en-us/troubleshoot/entra/entra-id/user-prov-sync/password-writeback-access-rights-permissions>).

use crate::artifacts::policy_report::ReportKind;
use crate::artifacts::security_template::TemplateKind;
use crate::artifacts::{Artifact, Content};
use crate::security_descriptor::{Sid, Trustee};
use crate::source::{Place, Source};

use super::attribution::Attributed;
use super::machines::MachineId;

/// Holders of the right on one machine, as one text shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RightHolders {
    /// The machine that the text speaks for.
    pub machine: MachineId,
    /// Those of [`REQUIRED`] that do not hold it, by name.
    pub missing: Vec<&'static str>,
    /// A holder is a name that nobody can resolve, and may be one of those.
    pub unresolved: bool,
    /// Where it stands.
    pub source: Source,
}

/// The right, the same in every language.
const RIGHT: &str = "SeImpersonatePrivilege";

/// Those that have to hold it: SID, name, and the short form in which exports write a name.
pub const REQUIRED: [(&str, &str, &str); 4] = [
    ("S-1-5-32-544", "BUILTIN\\Administrators", "Administrators"),
    ("S-1-5-19", "NT AUTHORITY\\LOCAL SERVICE", "LOCAL SERVICE"),
    ("S-1-5-20", "NT AUTHORITY\\NETWORK SERVICE", "NETWORK SERVICE"),
    ("S-1-5-6", "NT AUTHORITY\\SERVICE", "SERVICE"),
];

pub(super) fn gather(artifacts: &[Artifact], files: &[Attributed]) -> Vec<RightHolders> {
    let mut seen = Vec::new();
    for (artifact, file) in artifacts.iter().zip(files) {
        let Some(machine) = file.machine else { continue };
        match &artifact.content {
            // A GPO's own template, and a file that may be cut, say nothing of a machine.
            Content::SecurityTemplate(template) if template.kind == TemplateKind::ExportOfMachine => {
                let right = template.privileges.iter().rfind(|right| right.name.eq_ignore_ascii_case(RIGHT));
                seen.extend(right.map(|right| {
                    let source = Source::new(&artifact.path, Place::Line(right.line));
                    holders(machine, &right.members, source)
                }));
            }
            Content::PolicyReport(report) if report.kind == ReportKind::Results => {
                let right = report.user_rights.iter().find(|right| right.name.eq_ignore_ascii_case(RIGHT));
                seen.extend(right.map(|right| {
                    let source = Source::new(&artifact.path, right.place.clone());
                    holders(machine, &right.members, source)
                }));
            }
            _ => {}
        }
    }
    seen
}

fn holders(machine: MachineId, members: &[String], source: Source) -> RightHolders {
    let known = |member: &String| match Trustee::from_name(member) {
        Trustee::Sid(sid) => Some(sid),
        _ => {
            let short = REQUIRED.iter().find(|(.., short)| short.eq_ignore_ascii_case(member.trim()));
            short.and_then(|(sid, ..)| Sid::parse(sid))
        }
    };
    let sids: Vec<Option<Sid>> = members.iter().map(known).collect();
    let has = |wanted: &str| sids.iter().flatten().any(|sid| sid.as_str() == wanted);
    RightHolders {
        machine,
        missing: REQUIRED.iter().filter(|(sid, ..)| !has(sid)).map(|(_, name, _)| *name).collect(),
        unresolved: sids.iter().any(Option::is_none),
        source,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::facts::machines::Machines;

    #[test]
    fn names_and_sids_of_holders() {
        let machine = Machines::default().known_as("aadc01").unwrap();
        let of = |members: &[&str]| {
            let members: Vec<String> = members.iter().map(|member| (*member).to_owned()).collect();
            let source = Source::new(&Arc::from("x"), Place::File);
            let holders = holders(machine, &members, source);
            (holders.missing, holders.unresolved)
        };
        let all = ["S-1-5-32-544", "S-1-5-19", "S-1-5-20", "S-1-5-6"];
        assert_eq!(of(&all), (vec![], false));
        assert_eq!(
            of(&["BUILTIN\\Administrators", "LOCAL SERVICE", "NETWORK SERVICE", "SERVICE"]),
            (vec![], false)
        );
        assert_eq!(of(&all[..3]), (vec!["NT AUTHORITY\\SERVICE"], false));
        assert!(of(&["S-1-5-32-544", "S-1-5-19", "S-1-5-20", "DIENST"]).1);
    }
}
