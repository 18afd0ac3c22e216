//! The restriction on remote calls to SAM: what registry, policy and events say of each machine, and
//! what was in force at a given time.
//!
//! The registry value decides; it outlives the policy that wrote it. The SAM server says in events which
//! descriptor it uses. A policy report says what was last written, and says nothing by its silence.
//! Only the machine that receives a call enforces its restriction ([MS-SAMR] 3.1.1.11).

use jiff::Timestamp;

use crate::artifacts::policy_report::{ComputerHalf, PolicyReport, ReportKind};
use crate::artifacts::registry_export::{RegistryData, RegistryExport, RegistryKey};
use crate::artifacts::{Artifact, Content};
use crate::knowledge::events::EventKind;
use crate::knowledge::policies::{AUDIT_ONLY_MODE, LSA_KEY, RESTRICT_REMOTE_SAM, is_sam_policy};
use crate::security_descriptor::{READ_CONTROL, SecurityDescriptor, Sid};
use crate::source::{BundlePath, Place, Source};
use crate::words::Statement;

use super::attribution::Attributed;
use super::machines::{MachineId, Machines};
use super::{Contradiction, KnownEventAt, KnownEvents};

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
    /// Of another type than REG_SZ, or unreadable: nobody documents what SAM makes of it.
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
            Err(_) => SamValue::Malformed(bare.to_owned()),
        }
    }

    /// As a reader would write it.
    pub fn shown(&self) -> String {
        match self {
            SamValue::Absent => "(absent)".to_owned(),
            SamValue::Empty => "(empty)".to_owned(),
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
    /// `RestrictRemoteSamAuditOnlyMode` is there and not 0.
    pub audit_only: bool,
    /// Place of the value, or of the key where the value is absent.
    pub source: Source,
    /// Place of the audit-only value.
    pub audit_source: Option<Source>,
    /// The file's attribution can carry a proof.
    pub firm: bool,
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

/// What was in force at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    /// The value.
    pub value: SamValue,
    /// What says so.
    pub basis: Basis,
    /// It can prove or clear: the machine is certain, the time fits, and nothing disagrees.
    pub firm: bool,
    /// Audit-only mode: on, off, or unknown.
    pub audit_only: Option<bool>,
    /// Places, the deciding one first.
    pub sources: Vec<Source>,
    /// Where audit-only mode stands, where it is on.
    pub audit_source: Option<Source>,
    /// Winning GPO, where a policy report names it.
    pub gpo: Option<String>,
}

/// What a statement on the value rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The SAM server's own events.
    Announced,
    /// A registry export.
    Registry,
    /// A Group Policy Results report.
    Policy,
}

impl Restriction {
    /// What was in force at a time; none where nothing says so.
    pub fn at(&self, time: Timestamp) -> Option<InForce> {
        let mut in_force = self.value_at(time)?;
        (in_force.audit_only, in_force.audit_source) = self.audit_only_at(time);
        in_force.gpo = self.policies.iter().find(|policy| policy.value.is_some()).and_then(|p| p.gpo.clone());
        Some(in_force)
    }

    fn value_at(&self, time: Timestamp) -> Option<InForce> {
        let before = self.announced.iter().rev().find(|announced| announced.time <= time);
        let after = self.announced.iter().find(|announced| announced.time > time);
        let defined = self.policies.iter().find(|policy| policy.value.is_some());
        let one_value = self.values.windows(2).all(|pair| matches!(pair, [a, b] if a.value == b.value));
        match (before, self.values.first()) {
            (Some(said), value) => {
                let covered = self.log_spans.iter().any(|(from, to)| *from <= said.time && time <= *to);
                // A later announcement of the export's value dates the export: it was taken after a change.
                let changed_since =
                    |value: &ValueSeen| after.is_some_and(|after| same(&after.value, &value.value));
                let agrees =
                    value.is_none_or(|value| same(&value.value, &said.value) || changed_since(value));
                let mut sources = vec![said.source.clone()];
                sources.extend(value.map(|value| value.source.clone()));
                Some(InForce::of(
                    said.value.clone(),
                    Basis::Announced,
                    covered && agrees && one_value,
                    sources,
                ))
            }
            (None, Some(seen)) => {
                let contradicted = defined.is_some_and(|policy| {
                    seen.value == SamValue::Absent
                        || !policy.value.as_ref().is_some_and(|v| same(v, &seen.value))
                });
                // An announcement after the failure of another value than the export's dates neither.
                let changed = after.is_some_and(|after| !same(&after.value, &seen.value));
                let corroborated =
                    defined.is_some_and(|policy| policy.value.as_ref().is_some_and(|v| same(v, &seen.value)));
                let firm = (seen.firm || corroborated) && one_value && !contradicted && !changed;
                if contradicted && seen.value == SamValue::Absent {
                    // The policy will write the value again: what stood at the failure is not certain.
                    return defined.map(|policy| InForce::of_policy(policy, vec![seen.source.clone()]));
                }
                let agreeing = defined.filter(|_| corroborated).map(|policy| policy.source.clone());
                let sources = std::iter::once(seen.source.clone()).chain(agreeing).collect();
                Some(InForce::of(seen.value.clone(), Basis::Registry, firm, sources))
            }
            (None, None) => defined.map(|policy| InForce::of_policy(policy, Vec::new())),
        }
    }

    /// Audit-only mode at a time (none: unknown), and where it was seen to be on.
    pub fn audit_only_at(&self, time: Timestamp) -> (Option<bool>, Option<Source>) {
        if let Some(said) = self.audit_only.iter().rev().find(|said| said.time <= time) {
            return (Some(said.on), said.on.then(|| said.source.clone()));
        }
        match self.values.iter().find(|value| value.firm).or(self.values.first()) {
            Some(value) => (Some(value.audit_only), value.audit_source.clone().filter(|_| value.audit_only)),
            None => (None, None),
        }
    }
}

impl InForce {
    fn of(value: SamValue, basis: Basis, firm: bool, sources: Vec<Source>) -> Self {
        InForce { value, basis, firm, audit_only: None, sources, audit_source: None, gpo: None }
    }

    fn of_policy(policy: &PolicySeen, more: Vec<Source>) -> Self {
        let value = policy.value.clone().unwrap_or(SamValue::Absent);
        let sources = std::iter::once(policy.source.clone()).chain(more).collect();
        InForce::of(value, Basis::Policy, false, sources)
    }
}

/// Whether two values restrict alike. What the SAM server announces as its default may be an absent, an
/// empty or a malformed value.
fn same(a: &SamValue, b: &SamValue) -> bool {
    use SamValue::{Absent, Descriptor, Empty, Malformed};
    match (a, b) {
        (Descriptor { descriptor: a, .. }, Descriptor { descriptor: b, .. }) => a == b,
        (Absent | Empty | Malformed(_), Absent | Empty | Malformed(_)) => true,
        _ => a == b,
    }
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
        match &artifact.content {
            Content::RegistryExport(export) => {
                let firm = file.by.is_some_and(super::attribution::AttributedBy::is_firm);
                match value_in(&artifact.path, export, firm) {
                    Some(value) => match of_machine {
                        Some(restriction) => restriction.values.push(value),
                        None => loose.push(Restriction { values: vec![value], ..Restriction::default() }),
                    },
                    None => found.without_key.push(Source::new(&artifact.path, Place::File)),
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
            Content::EventLog(log) => {
                if let (Some(restriction), Some(from), Some(to)) =
                    (of_machine, log.coverage.from, log.coverage.to)
                    && log.coverage.channels.iter().any(|channel| channel.eq_ignore_ascii_case("System"))
                {
                    restriction.log_spans.push((from, to));
                }
            }
            Content::DirectoryObjects(_) | Content::AccessControlLists(_) | Content::NotUsed { .. } => {}
        }
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

impl Restriction {
    fn has_anything(&self) -> bool {
        !(self.values.is_empty()
            && self.policies.is_empty()
            && self.announced.is_empty()
            && self.audit_only.is_empty()
            && self.denials.is_empty())
    }
}

/// The value in an export: the current control set where the export has it, else the first numbered one.
fn value_in(path: &BundlePath, export: &RegistryExport, firm: bool) -> Option<ValueSeen> {
    let keys = || export.keys.iter().filter(|key| key.wanted.eq_ignore_ascii_case(LSA_KEY) && !key.deleted);
    let current = keys().find(|key| key.control_set.eq_ignore_ascii_case("CurrentControlSet"));
    let chosen = current.or_else(|| keys().min_by_key(|key| key.control_set.to_lowercase()))?;
    let parts: Vec<&RegistryKey> =
        keys().filter(|key| key.control_set.eq_ignore_ascii_case(&chosen.control_set)).collect();
    let last = |name: &str| {
        parts.iter().flat_map(|key| &key.values).rfind(|value| value.name.eq_ignore_ascii_case(name))
    };
    let value = last(RESTRICT_REMOTE_SAM);
    let audit = last(AUDIT_ONLY_MODE);
    let state = match value.map(|value| &value.data) {
        None => SamValue::Absent,
        Some(RegistryData::String(text)) => SamValue::of_text(text),
        // A file that deletes the value is a script for import, and shows nothing of the machine.
        Some(RegistryData::Deleted) => return None,
        Some(RegistryData::Unreadable(text)) => SamValue::Unusable(text.clone()),
        Some(other) => SamValue::Unusable(format!("{other:?}")),
    };
    let place = |line: u64| Source::new(path, Place::Line(line));
    Some(ValueSeen {
        value: state,
        audit_only: audit.is_some_and(|audit| matches!(audit.data, RegistryData::Dword(mode) if mode != 0)),
        source: place(value.map_or(chosen.line, |value| value.line)),
        audit_source: audit.map(|audit| place(audit.line)),
        firm,
    })
}

enum InReport {
    Applied(PolicySeen),
    NotApplied(PolicySeen),
    Unelevated(Source),
    Nothing,
}

fn policy_in(path: &BundlePath, report: &PolicyReport) -> InReport {
    let row = setting_row(path, report);
    match (report.kind, row) {
        (ReportKind::Results, Some(policy)) => InReport::Applied(policy),
        (ReportKind::Results, None) => match report.computer_half {
            ComputerHalf::Present => InReport::Applied(PolicySeen {
                value: None,
                gpo: None,
                source: Source::new(path, Place::File),
                simulated: false,
            }),
            ComputerHalf::NotAvailable => InReport::Unelevated(Source::new(path, Place::File)),
            ComputerHalf::Missing => InReport::Nothing,
        },
        (kind, Some(policy)) => {
            InReport::NotApplied(PolicySeen { simulated: kind == ReportKind::Modeling, ..policy })
        }
        (_, None) => InReport::Nothing,
    }
}

/// The setting's row: by its name in a known language, or else by the shape of its value.
fn setting_row(path: &BundlePath, report: &PolicyReport) -> Option<PolicySeen> {
    let options = &report.security_options;
    let by_name = options.iter().find(|row| is_sam_policy(&row.name));
    let row = by_name.or_else(|| options.iter().find(|row| restricts_reading_only(&row.value)));
    if let Some(row) = row {
        return Some(PolicySeen {
            value: Some(SamValue::of_text(&row.value)),
            gpo: row.winning_gpo.clone(),
            source: Source::new(path, row.place.clone()),
            simulated: false,
        });
    }
    let setting = report.registry_settings.iter().find(|setting| {
        let in_key = setting.key.trim_end_matches('\\').to_lowercase().ends_with(r"control\lsa");
        in_key && setting.value_name.eq_ignore_ascii_case(RESTRICT_REMOTE_SAM)
    })?;
    Some(PolicySeen {
        value: setting.data.as_deref().map(SamValue::of_text),
        gpo: setting.winning_gpo.clone(),
        source: Source::new(path, setting.place.clone()),
        simulated: false,
    })
}

/// Security descriptors among Security Options are this policy's, whose ACEs hold READ_CONTROL alone,
/// and those of DCOM, whose ACEs hold other rights.
fn restricts_reading_only(value: &str) -> bool {
    match SamValue::of_text(value) {
        SamValue::Descriptor { descriptor, .. } => descriptor.dacl.is_some_and(|dacl| {
            !dacl.aces.is_empty() && dacl.aces.iter().all(|ace| ace.mask == READ_CONTROL)
        }),
        _ => false,
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

/// Where the files of one machine disagree, and why they may.
fn disagreements(restriction: &Restriction, machines: &Machines, into: &mut Vec<Contradiction>) {
    let Some(machine) = restriction.machine else { return };
    let name = machines.name(machine);
    let mut note = |key: &str, values: [&SamValue; 2], sources: [&Source; 2]| {
        let [first, second] = values;
        into.push(Contradiction {
            text: Statement::new(key)
                .with("machine", name)
                .with("first", first.shown())
                .with("second", second.shown()),
            sources: sources.into_iter().cloned().collect(),
        });
    };
    if let [first, rest @ ..] = restriction.values.as_slice() {
        for other in rest.iter().filter(|other| other.value != first.value) {
            note(
                "contradiction.exports-differ",
                [&first.value, &other.value],
                [&first.source, &other.source],
            );
        }
        for policy in &restriction.policies {
            let sources = [&first.source, &policy.source];
            match &policy.value {
                None if first.value != SamValue::Absent => {
                    note("contradiction.value-outlives-policy", [&first.value, &SamValue::Absent], sources);
                }
                Some(value) if first.value == SamValue::Absent => {
                    note("contradiction.policy-without-value", [&first.value, value], sources);
                }
                Some(value) if !same(value, &first.value) => {
                    note("contradiction.value-differs-from-policy", [&first.value, value], sources);
                }
                _ => {}
            }
        }
        if let Some(last) = restriction.announced.last()
            && !same(&last.value, &first.value)
        {
            note(
                "contradiction.value-differs-from-event",
                [&first.value, &last.value],
                [&first.source, &last.source],
            );
        }
    }
}
