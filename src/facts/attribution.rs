//! Attribution: which machine each file speaks for, and how that is known.
//!
//! Content comes first, then what the user states, then a known host's name in the path, then the
//! files in the same folder. How a file was attributed limits what it can prove.

mod siblings;

use crate::artifacts::event_log::Event;
use crate::artifacts::policy_report::{ComputerHalf, PolicyReport, ReportKind};
use crate::artifacts::registry_export::{ExportFormat, RegistryData, RegistryExport};
use crate::artifacts::{Artifact, Content, EventLog};
use crate::knowledge::events::{EventKind, known_event};
use crate::knowledge::policies::{COMPUTER_NAME, COMPUTER_NAME_KEY, PRODUCT_OPTIONS_KEY, PRODUCT_TYPE};
use crate::source::{BundlePath, Place, Source};
use crate::words::Statement;

use super::hosts::Hosts;
use super::machines::{MachineId, Machines, Role, same_host};
use super::{connect_server, replication};
use siblings::Siblings;

/// What the user says of files that do not name their machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// Path inside the bundle: a file, or a folder or archive above it.
    pub path: String,
    /// Name of the machine.
    pub machine: String,
}

impl Stated {
    /// Whether it speaks of a file: of itself, or of a folder or archive above it.
    pub(crate) fn is_of(&self, path: &str) -> bool {
        path.strip_prefix(self.path.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '!']))
    }
}

/// A file, and the machine that it speaks for.
#[derive(Debug, Clone)]
pub struct Attributed {
    /// The file.
    pub path: BundlePath,
    /// The machine, where one could be told.
    pub machine: Option<MachineId>,
    /// How.
    pub by: Option<AttributedBy>,
    /// It is an export of the registry.
    pub is_registry_export: bool,
}

/// How a file was attributed, surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AttributedBy {
    /// The file names its machine.
    Content,
    /// The user said so.
    Stated,
    /// A known host's name is in the path.
    Path,
    /// A folder or an archive has its name, and files of other machines are in there too: too weak to prove or
    /// to clear anything by itself.
    MixedPath,
    /// All files in the same folder and below it that name a machine name this one.
    Siblings,
    /// The folder has files of several machines, and the one Group Policy report in it is of this one:
    /// too weak to prove or to clear anything by itself.
    MixedSiblings,
}

impl AttributedBy {
    /// The word of the report.
    pub fn word(self) -> &'static str {
        match self {
            AttributedBy::Content => "content",
            AttributedBy::Stated => "stated",
            AttributedBy::Path | AttributedBy::MixedPath => "path",
            AttributedBy::Siblings | AttributedBy::MixedSiblings => "siblings",
        }
    }

    /// Whether the file can prove or clear something about the machine.
    pub fn is_firm(self) -> bool {
        !matches!(self, AttributedBy::MixedPath | AttributedBy::MixedSiblings)
    }
}

/// Finds the machines, their roles, and the machine of each file.
pub(super) fn attribute(artifacts: &[Artifact], stated: &[Stated]) -> (Machines, Vec<Attributed>) {
    let mut machines = Machines::default();
    // Reports with bare names come late and registry exports last: a bare name means one of the machines that the
    // others name in full.
    let turn = |artifact: &Artifact| match &artifact.content {
        Content::RegistryExport(_) => 2,
        Content::PolicyReport(report) if report.computer_fqdn.is_none() => 1,
        _ => 0,
    };
    let mut by_content: Vec<Option<MachineId>> = vec![None; artifacts.len()];
    for now in 0..=2 {
        let of_turn = artifacts.iter().zip(&mut by_content).filter(|(artifact, _)| turn(artifact) == now);
        for (artifact, machine) in of_turn {
            *machine = machine_in(artifact, &mut machines);
        }
    }
    let siblings = Siblings::of(artifacts, &by_content);
    let exports = connect_server::ExportFolders::of(artifacts, &by_content);
    // All that the user says comes before the paths, so that the order of files does not matter.
    let asks = |artifact: &Artifact, content: &Option<MachineId>| {
        let kind = matches!(artifact.content, Content::RegistryExport(_) | Content::SecurityTemplate(_));
        kind && content.is_none()
    };
    let said: Vec<Option<MachineId>> = artifacts
        .iter()
        .zip(&by_content)
        .map(|(artifact, content)| {
            asks(artifact, content).then(|| stated_machine(&artifact.path, stated, &mut machines)).flatten()
        })
        .collect();
    let hosts = Hosts::of(&machines);
    let files = artifacts
        .iter()
        .zip(by_content.iter().zip(said))
        .map(|(artifact, (content, said))| {
            let found = match (content, &artifact.content) {
                (Some(machine), _) => Some((*machine, AttributedBy::Content)),
                (None, Content::RegistryExport(_) | Content::SecurityTemplate(_)) => said
                    .map(|machine| (machine, AttributedBy::Stated))
                    .or_else(|| by_path(&artifact.path, &hosts, &siblings))
                    .or_else(|| siblings.of_file(&artifact.path)),
                (None, Content::ConnectConfiguration(_)) => {
                    exports.server(&artifact.path).map(|id| (id, AttributedBy::Siblings))
                }
                (None, _) => None,
            };
            Attributed {
                path: artifact.path.clone(),
                machine: found.map(|(machine, _)| machine),
                by: found.map(|(_, by)| by),
                is_registry_export: matches!(artifact.content, Content::RegistryExport(_)),
            }
        })
        .collect();
    (machines, files)
}

/// The machine of a host's name in a path. That of the file is the file's own; that of a folder is of all in it.
fn by_path(path: &str, hosts: &Hosts, siblings: &Siblings<'_>) -> Option<(MachineId, AttributedBy)> {
    let (machine, named) = hosts.in_path(path)?;
    let mixed = named != path && siblings.are_of_others(named, machine);
    Some((machine, if mixed { AttributedBy::MixedPath } else { AttributedBy::Path }))
}

fn machine_in(artifact: &Artifact, machines: &mut Machines) -> Option<MachineId> {
    match &artifact.content {
        Content::EventLog(log) => machine_of_log(&artifact.path, log, machines),
        Content::PolicyReport(report) => machine_of_report(&artifact.path, report, machines),
        Content::RegistryExport(export) => machine_of_export(&artifact.path, export, machines),
        Content::ConnectConfiguration(read) => connect_server::machine_of(&artifact.path, read, machines),
        Content::ControllerDiagnostics(_) => {
            replication::name_controllers(artifact, machines);
            None
        }
        Content::AuditLog(_)
        | Content::PasswordPolicy(_)
        | Content::SecurityTemplate(_)
        | Content::DirectoryObjects(_)
        | Content::AccessControlLists(_)
        | Content::NotUsed { .. } => None,
    }
}

fn machine_of_log(path: &BundlePath, log: &EventLog, machines: &mut Machines) -> Option<MachineId> {
    for computer in &log.coverage.computers {
        machines.known_as(computer);
    }
    // Events that say the same of the same computer stand one after another by thousands.
    let same = |a: &Event, b: &Event| {
        (&a.computer, &a.provider, a.id, &a.data) == (&b.computer, &b.provider, b.id, &b.data)
    };
    for event in log.events.chunk_by(same).filter_map(<[_]>::first) {
        let (Some(id), Some(known)) =
            (machines.known_as(&event.computer), known_event(&event.provider, event.id))
        else {
            continue;
        };
        let source = || Some(Source::new(path, event.place.clone()));
        let value = |name: &str| {
            let datum = event.data.iter().find(|datum| datum.name.as_deref() == Some(name));
            datum.map(|datum| datum.value.trim())
        };
        match known.kind {
            EventKind::ProtectedAclRestamped => {
                let how = Statement::new("machine.logs-protected-acl");
                machines.show(id, Role::DomainController, how, source());
            }
            EventKind::PasswordSetAttempt => {
                // An account of the machine itself has the machine's NetBIOS name as its domain.
                let is_host = |domain: &str| same_host(domain, machines.name(id));
                if value("TargetDomainName").is_some_and(|domain| !domain.is_empty() && !is_host(domain)) {
                    let how = Statement::new("machine.sets-domain-passwords");
                    machines.show(id, Role::DomainController, how, source());
                }
            }
            EventKind::SamDefaultDescriptor => {
                let descriptor = event.data.first().map(|datum| datum.value.trim());
                let (role, key) = if descriptor.unwrap_or_default().is_empty() {
                    (Role::DomainController, "machine.default-descriptor-empty")
                } else {
                    (Role::Member, "machine.default-descriptor-set")
                };
                machines.show(id, role, Statement::new(key), source());
            }
            kind if is_of_connect_server(kind) => {
                machines.show(id, Role::ConnectServer, Statement::new("machine.runs-connect"), source());
            }
            _ => {}
        }
    }
    match log.coverage.computers.as_slice() {
        [computer] => machines.find(computer),
        _ => None,
    }
}

fn is_of_connect_server(kind: EventKind) -> bool {
    use EventKind::{
        PasswordSetAttempt, ProtectedAclRestamped, SamAuditOnlyOff, SamAuditOnlyOn, SamAuditedCall,
        SamCallDenied, SamDefaultDescriptor, SamDenialsCounted, SamMalformedDescriptor,
        SamRegistryDescriptor,
    };
    !matches!(
        kind,
        SamDefaultDescriptor
            | SamRegistryDescriptor
            | SamMalformedDescriptor
            | SamCallDenied
            | SamAuditOnlyOn
            | SamAuditOnlyOff
            | SamAuditedCall
            | SamDenialsCounted
            | PasswordSetAttempt
            | ProtectedAclRestamped
    )
}

fn machine_of_report(path: &BundlePath, report: &PolicyReport, machines: &mut Machines) -> Option<MachineId> {
    let whole = || Some(Source::new(path, Place::File));
    for pass in &report.passes {
        if let Some(id) = pass.domain_controller.as_deref().and_then(|name| machines.known_as(name)) {
            machines.show(id, Role::DomainController, Statement::new("machine.serves-policy"), whole());
        }
    }
    if let Some(id) = report.applied_from.as_deref().and_then(|name| machines.known_as(name)) {
        machines.show(id, Role::DomainController, Statement::new("machine.serves-policy"), whole());
    }
    if report.kind != ReportKind::Results {
        return None;
    }
    let name = report.computer_fqdn.clone().or_else(|| name_in_domain(report, machines))?;
    let id = machines.known_as(&name)?;
    if let Some((netbios, _)) = report.computer.as_deref().and_then(|computer| computer.split_once('\\')) {
        machines.show_domain(id, netbios);
    }
    if let Some((role, key)) = report.os_configuration.as_deref().and_then(role_in_words) {
        machines.show(id, role, Statement::new(key), whole());
    }
    if report.computer_groups.iter().any(|group| is_read_only_group(group)) {
        machines.show_read_only(id);
    }
    if matches!(report.computer_half, ComputerHalf::Present | ComputerHalf::SummaryOnly) {
        let in_controllers_unit = report.organizational_unit.as_deref().is_some_and(|unit| {
            unit.rsplit(['/', '\\']).any(|part| part.eq_ignore_ascii_case("Domain Controllers"))
        });
        if in_controllers_unit || report.computer_groups.iter().any(|group| is_controllers_group(group)) {
            machines.show(
                id,
                Role::DomainController,
                Statement::new("machine.report-of-controller"),
                whole(),
            );
        } else if report.organizational_unit.is_some() {
            machines.show(id, Role::Member, Statement::new("machine.report-of-member"), whole());
        }
    }
    Some(id)
}

/// The bare name of a report's computer; with the report's domain, where another domain has a machine of the name.
fn name_in_domain(report: &PolicyReport, machines: &Machines) -> Option<String> {
    let bare = report.computer.as_deref()?;
    let known = machines.find(bare).map(|id| machines.name(id)).and_then(|name| name.split_once('.'));
    let domain = report.domain.as_deref().filter(|domain| domain.contains('.')).map(str::to_lowercase);
    let host = bare.rsplit('\\').next().unwrap_or(bare);
    match (known, domain) {
        (Some((_, of_known)), Some(domain)) if of_known != domain => Some(format!("{host}.{domain}")),
        _ => Some(bare.to_owned()),
    }
}

/// The role that console text of gpresult names, in English.
fn role_in_words(words: &str) -> Option<(Role, &'static str)> {
    match words {
        "Primary Domain Controller" | "Additional/Backup Domain Controller" => {
            Some((Role::DomainController, "machine.report-of-controller"))
        }
        "Member Server" => Some((Role::Member, "machine.report-of-member")),
        "Member Workstation" => Some((Role::Workstation, "machine.report-of-member")),
        _ => None,
    }
}

/// `Domain Controllers` by its English name or by its RID 516, or Enterprise Domain Controllers.
fn is_controllers_group(group: &str) -> bool {
    let name = group.rsplit('\\').next().unwrap_or(group).trim();
    name.eq_ignore_ascii_case("Domain Controllers")
        || (name.starts_with("S-1-5-21-") && name.ends_with("-516"))
        || name == "S-1-5-9"
}

/// `Read-only Domain Controllers` by its English name or by its RID 521.
fn is_read_only_group(group: &str) -> bool {
    let name = group.rsplit('\\').next().unwrap_or(group).trim();
    name.eq_ignore_ascii_case("Read-only Domain Controllers")
        || (name.starts_with("S-1-5-21-") && name.ends_with("-521"))
}

fn machine_of_export(
    path: &BundlePath,
    export: &RegistryExport,
    machines: &mut Machines,
) -> Option<MachineId> {
    let value = |key: &str, name: &str| {
        let keys = export.keys.iter().filter(|have| have.wanted.eq_ignore_ascii_case(key) && !have.deleted);
        let value = keys.flat_map(|key| &key.values).find(|value| value.name.eq_ignore_ascii_case(name))?;
        match &value.data {
            RegistryData::String(text) => Some((text.clone(), Source::new(path, value.place.clone()))),
            _ => None,
        }
    };
    if export.format == ExportFormat::RegistryPolicy {
        return None;
    }
    let name = value(COMPUTER_NAME_KEY, COMPUTER_NAME).map(|(name, _)| name).or(export.computer.clone())?;
    if machines.are_several(&name) {
        return None;
    }
    let id = machines.known_as(&name)?;
    if let Some((product, source)) = value(PRODUCT_OPTIONS_KEY, PRODUCT_TYPE) {
        let role = match product.to_lowercase().as_str() {
            "lanmannt" => Some(Role::DomainController),
            "servernt" => Some(Role::Member),
            "winnt" => Some(Role::Workstation),
            _ => None,
        };
        if let Some(role) = role {
            machines.show(
                id,
                role,
                Statement::new("machine.product-type").with("type", product),
                Some(source),
            );
        }
    }
    Some(id)
}

fn stated_machine(path: &str, stated: &[Stated], machines: &mut Machines) -> Option<MachineId> {
    // The longest path is the nearest statement.
    let nearest = stated.iter().filter(|at| at.is_of(path)).max_by_key(|at| at.path.len())?;
    machines.known_as(&nearest.machine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_statement_holds() {
        let mut machines = Machines::default();
        let stated = [
            Stated { path: "case.zip".into(), machine: "aadc01".into() },
            Stated { path: "case.zip!dc".into(), machine: "dc01".into() },
        ];
        let dc = stated_machine("case.zip!dc/Lsa.reg", &stated, &mut machines);
        assert_eq!(dc, machines.find("dc01"));
        assert_eq!(stated_machine("case.zip2/Lsa.reg", &stated, &mut machines), None);
    }
}
