//! The restriction on remote calls to SAM: what registry, policy and events say of each machine, and
//! what was in force at a given time.
//!
//! The registry value decides; it outlives the policy that wrote it. The SAM server says in events which
//! descriptor it uses. A policy report says what was last written, and says nothing by its silence.
//! Only the machine that receives a call enforces its restriction ([MS-SAMR] 3.1.1.11).

mod disagreements;
mod in_force;
mod seen;

use jiff::Timestamp;

use crate::artifacts::security_template::TemplateKind;
use crate::artifacts::{Artifact, Content};
use crate::knowledge::events::EventKind;
use crate::security_descriptor::{SecurityDescriptor, Sid};
use crate::source::{Place, Source};
use crate::words::stand_in;

use super::attribution::Attributed;
use super::machines::{MachineId, Machines};
use super::{Contradiction, KnownEventAt, KnownEvents};

pub use in_force::{AuditState, Basis, InForce};

use disagreements::disagreements;
use seen::{InReport, lacks_key, policy_in, template_setting, value_in};

/// What was seen of the restriction, machine by machine.
#[derive(Debug, Clone, Default)]
pub struct SamRestrictions {
    /// Machines of which something was seen, in order of machine; files without a machine come last,
    /// each on its own.
    pub seen: Vec<Restriction>,
    /// GPOs that define the setting, from reports that name no machine, and simulations: they show that
    /// the setting exists, not that it was applied.
    pub not_applied: Vec<PolicySeen>,
    /// Reports without a computer half, which can show nothing.
    pub unelevated: Vec<Source>,
    /// Registry exports that do not hold the key at all.
    pub without_key: Vec<Source>,
}

/// What was seen of one machine.
#[derive(Debug, Clone, Default)]
pub struct Restriction {
    /// The machine; none where a file could not be attributed.
    pub machine: Option<MachineId>,
    /// From registry exports.
    pub values: Vec<ValueSeen>,
    /// From Group Policy Results of the machine, defined or not.
    pub policies: Vec<PolicySeen>,
    /// Descriptors that the SAM server said it uses, in order of time.
    pub announced: Vec<Announced>,
    /// Audit-only mode turned on or off, in order of time.
    pub audit_only: Vec<AuditOnly>,
    /// Callers that were refused, in order of time.
    pub denials: Vec<Denial>,
    /// Times that the machine's System logs cover.
    pub log_spans: Vec<(Timestamp, Timestamp)>,
    /// Those of logs of which no record is lost: only in these does the absence of a record say something.
    pub whole_spans: Vec<(Timestamp, Timestamp)>,
}

/// State of the registry value `RestrictRemoteSam`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SamValue {
    /// The key is there, the value is not.
    Absent,
    /// An empty string: not enforced on a domain controller.
    Empty,
    /// A string that is no security descriptor: SAM falls back to its default.
    Malformed(String),
    /// A security descriptor.
    Descriptor {
        /// As written.
        text: String,
        /// Read.
        descriptor: SecurityDescriptor,
    },
    /// Of another type than REG_SZ, unreadable, or spelled as no document shows it: nobody documents what SAM
    /// makes of it.
    Unusable(String),
}

impl SamValue {
    /// Reads a value's text.
    pub fn of_text(text: &str) -> SamValue {
        let bare = text.trim().trim_matches('"').trim();
        if bare.is_empty() {
            return SamValue::Empty;
        }
        match SecurityDescriptor::from_sddl(bare) {
            Ok(descriptor) => SamValue::Descriptor { text: bare.to_owned(), descriptor },
            // Tags in lower case: whether Windows takes them is not documented.
            Err(_) if SecurityDescriptor::from_sddl(&bare.to_uppercase()).is_ok() => {
                SamValue::Unusable(bare.to_owned())
            }
            Err(_) => SamValue::Malformed(bare.to_owned()),
        }
    }

    /// As a reader would write it.
    pub fn shown(&self) -> String {
        match self {
            SamValue::Absent => stand_in::ABSENT.to_owned(),
            SamValue::Empty => stand_in::EMPTY.to_owned(),
            SamValue::Malformed(text) | SamValue::Descriptor { text, .. } | SamValue::Unusable(text) => {
                text.clone()
            }
        }
    }
}

/// The value in one registry export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueSeen {
    /// Its state.
    pub value: SamValue,
    /// `RestrictRemoteSamAuditOnlyMode` is there and not 0; none where the file does not show it.
    pub audit_only: Option<bool>,
    /// Place of the value, or of the key where the value is absent.
    pub source: Source,
    /// Place of the audit-only value.
    pub audit_source: Option<Source>,
    /// It can carry a proof: the machine is certain, and so is the control set.
    pub firm: bool,
    /// The machine is certain.
    pub machine_is_firm: bool,
    /// The file shows what a machine has, and was not made for import.
    pub is_export: bool,
}

/// The setting in one policy report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicySeen {
    /// What the policy sets; none where the report has a computer half and does not have the setting.
    pub value: Option<SamValue>,
    /// Name of the winning GPO.
    pub gpo: Option<String>,
    /// The row, or the report.
    pub source: Source,
    /// A simulation.
    pub simulated: bool,
    /// When a report of a machine was made, where it says so.
    pub time: Option<Timestamp>,
}

/// An event with the descriptor that the SAM server uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    /// When it said so.
    pub time: Timestamp,
    /// The registry's value, as the event implies it.
    pub value: SamValue,
    /// Where it stands.
    pub source: Source,
}

/// Audit-only mode at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditOnly {
    /// When.
    pub time: Timestamp,
    /// On or off.
    pub on: bool,
    /// Where it stands.
    pub source: Source,
}

/// A caller that the SAM server refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// When.
    pub time: Timestamp,
    /// SID of the caller; none for a count of refusals.
    pub caller: Option<Sid>,
    /// Network address of the caller, as written.
    pub address: Option<String>,
    /// Where it stands.
    pub source: Source,
}

pub(super) fn gather(
    artifacts: &[Artifact],
    files: &[Attributed],
    machines: &Machines,
    events: &KnownEvents<'_>,
    contradictions: &mut Vec<Contradiction>,
) -> SamRestrictions {
    let mut found = SamRestrictions::default();
    let mut loose: Vec<Restriction> = Vec::new();
    let mut seen: Vec<Restriction> =
        machines.iter().map(|(id, _)| Restriction { machine: Some(id), ..Restriction::default() }).collect();
    for (artifact, file) in artifacts.iter().zip(files) {
        let of_machine =
            seen.iter_mut().find(|restriction| file.machine.is_some() && restriction.machine == file.machine);
        take_file(artifact, file, of_machine, &mut found, &mut loose);
    }
    for at in &events.events {
        let machine = machines.find(&at.event.computer);
        if let Some(restriction) = seen.iter_mut().find(|restriction| restriction.machine == machine) {
            take_event(at, restriction);
        }
    }
    for restriction in &seen {
        disagreements(restriction, machines, contradictions);
    }
    seen.extend(loose);
    found.seen = seen.into_iter().filter(Restriction::has_anything).collect();
    found
}

/// What one file says, to its machine's restriction, or to what belongs to no machine.
fn take_file(
    artifact: &Artifact,
    file: &Attributed,
    of_machine: Option<&mut Restriction>,
    found: &mut SamRestrictions,
    loose: &mut Vec<Restriction>,
) {
    match &artifact.content {
        Content::RegistryExport(export) => {
            let firm = file.by.is_some_and(super::attribution::AttributedBy::is_firm);
            match value_in(&artifact.path, export, firm) {
                Some(value) => match of_machine {
                    Some(restriction) => restriction.values.push(value),
                    None => loose.push(Restriction { values: vec![value], ..Restriction::default() }),
                },
                None if lacks_key(export) => {
                    found.without_key.push(Source::new(&artifact.path, Place::File));
                }
                None => {}
            }
        }
        Content::PolicyReport(report) => match policy_in(&artifact.path, report) {
            InReport::Applied(policy) => {
                if let Some(restriction) = of_machine {
                    restriction.policies.push(policy);
                } else if policy.value.is_some() {
                    found.not_applied.push(policy);
                }
            }
            InReport::NotApplied(policy) => found.not_applied.push(policy),
            InReport::Unelevated(source) => found.unelevated.push(source),
            InReport::Nothing => {}
        },
        Content::SecurityTemplate(template) => {
            // What a machine's database defines was applied to it; what a GPO's template sets may be.
            let of_machine = of_machine.filter(|_| template.kind == TemplateKind::ExportOfMachine);
            if let Some(policy) = template_setting(&artifact.path, template) {
                match of_machine {
                    Some(restriction) => restriction.policies.push(policy),
                    None => found.not_applied.push(policy),
                }
            }
        }
        Content::EventLog(log) => {
            if let (Some(restriction), Some(from), Some(to)) =
                (of_machine, log.coverage.from, log.coverage.to)
                && log.coverage.channels.iter().any(|channel| channel.eq_ignore_ascii_case("System"))
            {
                restriction.log_spans.push((from, to));
                if log.coverage.lost == 0 {
                    restriction.whole_spans.push((from, to));
                }
            }
        }
        Content::ConnectConfiguration(_)
        | Content::AuditLog(_)
        | Content::PasswordPolicy(_)
        | Content::ControllerDiagnostics(_)
        | Content::DirectoryObjects(_)
        | Content::AccessControlLists(_)
        | Content::NotUsed { .. } => {}
    }
}

impl Restriction {
    fn has_anything(&self) -> bool {
        !(self.values.is_empty()
            && self.policies.is_empty()
            && self.announced.is_empty()
            && self.audit_only.is_empty()
            && self.denials.is_empty())
    }
}

fn take_event(at: &KnownEventAt<'_>, restriction: &mut Restriction) {
    // Records from slack may be stale; none of them decides what was in force.
    if at.event.from_slack {
        return;
    }
    let (time, source) = (at.event.time, at.source.clone());
    let announced = |value: SamValue| Announced { time, value, source: at.source.clone() };
    match at.kind {
        EventKind::SamDefaultDescriptor => restriction.announced.push(announced(SamValue::Absent)),
        EventKind::SamRegistryDescriptor => {
            let text = at.value("Registry SD String", 0).unwrap_or_default();
            restriction.announced.push(announced(SamValue::of_text(text)));
        }
        EventKind::SamMalformedDescriptor => {
            let text = at.value("Malformed SD String", 0).unwrap_or_default();
            restriction.announced.push(announced(SamValue::Malformed(text.to_owned())));
        }
        EventKind::SamCallDenied => restriction.denials.push(Denial {
            time,
            caller: at.value("Client SID", 0).and_then(Sid::parse),
            address: at.value("Client Network Address", 1).map(str::to_owned),
            source,
        }),
        EventKind::SamDenialsCounted => {
            restriction.denials.push(Denial { time, caller: None, address: None, source });
        }
        EventKind::SamAuditOnlyOn | EventKind::SamAuditedCall => {
            restriction.audit_only.push(AuditOnly { time, on: true, source });
        }
        EventKind::SamAuditOnlyOff => restriction.audit_only.push(AuditOnly { time, on: false, source }),
        _ => {}
    }
}
