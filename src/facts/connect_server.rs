//! What exports of Entra Connect's own configuration say: its server, its connector accounts, the forests
//! that they serve, the domain controllers that it used, and whether it is in staging mode.
//!
//! A server in staging mode writes no password back. Its old log and its configuration are those of another
//! installation, and decide nothing for the server that is active.

use std::collections::BTreeMap;

use crate::artifacts::connect_configuration::{AdConnector, ConnectConfiguration, Partition};
use crate::artifacts::{Artifact, Content, Located};
use crate::source::{BundlePath, Source};
use crate::words::Statement;

use super::attempts::{Attempt, NamedAccount};
use super::attribution::Attributed;
use super::connector::Connectors;
use super::directory::{Directory, domain_of};
use super::machines::{MachineId, Machines, Role};

/// A Connect server that is in staging mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagingServer {
    /// The server.
    pub machine: MachineId,
    /// Where its configuration says so.
    pub source: Source,
}

/// A connector account as a configuration or a trace of the wizard has it.
#[derive(Debug, Clone)]
pub struct ConfiguredAccount {
    /// The account.
    pub account: NamedAccount,
    /// The server whose configuration it is, where that is known.
    pub server: Option<MachineId>,
    /// DNS names of the domains that the connector serves, in lower case; none where the file has none.
    pub domains: Vec<String>,
    /// Domain controllers that the connector last used, or is told to prefer.
    pub controllers: Vec<String>,
}

/// The machine that a configuration names as its server; the controllers that it names become known.
pub(super) fn machine_of(
    path: &BundlePath,
    configuration: &ConnectConfiguration,
    machines: &mut Machines,
) -> Option<MachineId> {
    let partitions = configuration.connectors.iter().flat_map(|connector| &connector.partitions);
    for controller in partitions.flat_map(controllers) {
        if let Some(id) = machines.known_as(&controller.value) {
            let source = Source::new(path, controller.place.clone());
            machines.show(id, Role::DomainController, Statement::new("machine.connector-uses"), Some(source));
        }
    }
    let server = configuration.server.as_ref()?;
    let id = machines.known_as(&server.value)?;
    let source = Source::new(path, server.place.clone());
    machines.show(id, Role::ConnectServer, Statement::new("machine.configuration-of-connect"), Some(source));
    Some(id)
}

fn controllers(partition: &Partition) -> impl Iterator<Item = &Located<String>> {
    partition.last_dc.iter().chain(&partition.preferred_dcs)
}

fn names<'l>(controllers: impl Iterator<Item = &'l Located<String>>) -> Vec<String> {
    controllers.map(|controller| controller.value.clone()).collect()
}

/// Servers of the exports of `Get-ADSyncServerConfiguration`, by the folder that holds one: only its metaverse
/// file names the server.
#[derive(Debug, Default)]
pub(super) struct ExportFolders<'a> {
    /// The server of each folder; none where its files name several.
    by_folder: BTreeMap<&'a str, Option<MachineId>>,
}

impl<'a> ExportFolders<'a> {
    pub(super) fn of(artifacts: &'a [Artifact], by_content: &[Option<MachineId>]) -> Self {
        let mut folders = ExportFolders::default();
        for (artifact, machine) in artifacts.iter().zip(by_content) {
            if let (Content::ConnectConfiguration(_), Some(machine)) = (&artifact.content, machine) {
                let server = folders.by_folder.entry(export_folder(&artifact.path)).or_insert(Some(*machine));
                if *server != Some(*machine) {
                    *server = None;
                }
            }
        }
        folders
    }

    /// The server of the export that a file is part of.
    pub(super) fn server(&self, path: &str) -> Option<MachineId> {
        self.by_folder.get(export_folder(path)).copied().flatten()
    }
}

/// The folder of an export: that of the file, or the one above the export's own folders.
fn export_folder(path: &str) -> &str {
    const OWN: [&str; 3] = ["Connectors", "GlobalSettings", "SynchronizationRules"];
    let parent = |path: &str| path.rfind(['/', '!']).unwrap_or(0);
    let folder = path.get(..parent(path)).unwrap_or_default();
    let name = folder.rsplit(['/', '!']).next().unwrap_or_default();
    if OWN.iter().any(|own| own.eq_ignore_ascii_case(name)) {
        folder.get(..parent(folder)).unwrap_or_default()
    } else {
        folder
    }
}

fn configurations<'a>(
    artifacts: &'a [Artifact],
    files: &'a [Attributed],
) -> impl Iterator<Item = (&'a BundlePath, &'a ConnectConfiguration, Option<MachineId>)> {
    artifacts.iter().zip(files).filter_map(|(artifact, file)| match &artifact.content {
        Content::ConnectConfiguration(configuration) => {
            Some((&artifact.path, configuration.as_ref(), file.machine))
        }
        _ => None,
    })
}

/// The servers that are in staging mode, each once. A server of which one file says so and another does not
/// was exported before and after a change, and is none.
pub(super) fn in_staging_mode(artifacts: &[Artifact], files: &[Attributed]) -> Vec<StagingServer> {
    let said: Vec<(MachineId, bool, Source)> = configurations(artifacts, files)
        .filter_map(|(path, configuration, machine)| {
            let staging = configuration.staging_mode.as_ref()?;
            Some((machine?, staging.value, Source::new(path, staging.place.clone())))
        })
        .collect();
    let mut servers: Vec<StagingServer> = Vec::new();
    for (machine, on, source) in &said {
        let disputed = said.iter().any(|(other, also, _)| other == machine && also != on);
        if *on && !disputed && !servers.iter().any(|server| server.machine == *machine) {
            servers.push(StagingServer { machine: *machine, source: source.clone() });
        }
    }
    servers
}

/// The connector accounts that configurations and traces of the wizard name, in order of the files. Those of a
/// server in staging mode are left out.
pub(super) fn accounts(
    artifacts: &[Artifact],
    files: &[Attributed],
    staging: &[StagingServer],
) -> Vec<ConfiguredAccount> {
    configurations(artifacts, files)
        .filter(|(_, _, server)| !staging.iter().any(|own| Some(own.machine) == *server))
        .flat_map(|(path, configuration, server)| {
            let configured = configuration.connectors.iter().flat_map(move |connector| {
                let own = named(path, connector.login_domain.as_ref(), connector.login_user.as_ref());
                let of_partitions = connector.partitions.iter().filter_map(move |partition| {
                    let account =
                        named(path, partition.login_domain.as_ref(), partition.login_user.as_ref())?;
                    Some(ConfiguredAccount {
                        account,
                        server,
                        domains: domain(partition).into_iter().collect(),
                        controllers: names(controllers(partition)),
                    })
                });
                let own = own.map(|account| ConfiguredAccount {
                    account,
                    server,
                    domains: domains(connector),
                    controllers: names(connector.partitions.iter().flat_map(controllers)),
                });
                own.into_iter().chain(of_partitions)
            });
            let traced = configuration.connector_accounts.iter().filter_map(move |account| {
                let (domain, name) = account.value.split_once('\\')?;
                // Documents print placeholders in angle brackets.
                let plain = !account.value.contains(['<', '>']) && !name.is_empty();
                let source = Source::new(path, account.place.clone());
                let account = NamedAccount {
                    other_domain_name: None,
                    domain: Some(domain.to_owned()),
                    name: name.to_owned(),
                    source,
                };
                plain.then(|| ConfiguredAccount {
                    account,
                    server,
                    domains: Vec::new(),
                    controllers: Vec::new(),
                })
            });
            configured.chain(traced)
        })
        .collect()
}

fn named(
    path: &BundlePath,
    domain: Option<&Located<String>>,
    user: Option<&Located<String>>,
) -> Option<NamedAccount> {
    let user = user.filter(|user| !user.value.trim().is_empty())?;
    Some(NamedAccount {
        domain: domain.map(|domain| domain.value.clone()),
        other_domain_name: None,
        name: user.value.clone(),
        source: Source::new(path, user.place.clone()),
    })
}

/// The domains that a connector serves under its own account.
fn domains(connector: &AdConnector) -> Vec<String> {
    let of_partitions = connector.partitions.iter().filter(|partition| partition.login_user.is_none());
    let mut domains: Vec<String> = of_partitions.filter_map(domain).collect();
    domains.extend(connector.forest.iter().map(|forest| forest.value.to_lowercase()));
    domains.sort();
    domains.dedup();
    domains
}

fn domain(partition: &Partition) -> Option<String> {
    partition.dn.as_ref().map(|dn| domain_of(&dn.value)).filter(|domain| !domain.is_empty())
}

/// DNS and NetBIOS names of the same domain, as connectors pair them, in lower case.
pub(super) fn domain_names(artifacts: &[Artifact], files: &[Attributed]) -> Vec<(String, String)> {
    configurations(artifacts, files)
        .flat_map(|(_, configuration, _)| &configuration.connectors)
        .filter_map(|connector| {
            let (forest, netbios) = (connector.forest.as_ref()?, connector.netbios.as_ref()?);
            Some((forest.value.to_lowercase(), netbios.value.to_lowercase()))
        })
        .collect()
}

/// Gives an operation whose events name no account the one of the connector that serves its user's domain, where
/// there is exactly one.
pub(super) fn resolve(
    attempts: &mut [Attempt],
    configured: &[ConfiguredAccount],
    connectors: &Connectors,
    directory: &Directory,
    machines: &Machines,
) {
    if connectors.accounts.len() < 2 {
        return;
    }
    for attempt in attempts.iter_mut().filter(|attempt| attempt.connector.is_none()) {
        let Some(user) = directory.target_of(attempt) else { continue };
        let [name] = user.names.as_slice() else { continue };
        let domain = domain_of(name);
        let server = attempt.server().and_then(|server| machines.find(server));
        let mut serving = configured.iter().filter(|configured| {
            (configured.server.is_none() || configured.server == server)
                && configured.domains.contains(&domain)
        });
        let Some(first) = serving.next() else { continue };
        if serving.all(|other| other.account.name.eq_ignore_ascii_case(&first.account.name)) {
            attempt.connector = Some(first.account.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_one_export_have_one_folder() {
        for (path, expected) in [
            ("aadc01/Connectors/Connector_{1}.xml", "aadc01"),
            ("case.zip!cfg/GlobalSettings/MV.xml", "case.zip!cfg"),
            ("case.zip!connectors/Connector_{1}.xml", "case.zip"),
            ("aadc01/MV.xml", "aadc01"),
            ("MV.xml", ""),
            ("GlobalSettings/MV.xml", ""),
        ] {
            assert_eq!(export_folder(path), expected, "{path}");
        }
    }
}
