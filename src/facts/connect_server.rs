//! What exports of Entra Connect's own configuration say: its server, its connector accounts, and the
//! domain controllers that it used.

use crate::artifacts::connect_configuration::{ConnectConfiguration, Partition};
use crate::artifacts::{Artifact, Content, Located};
use crate::source::{BundlePath, Source};
use crate::words::Statement;

use super::attempts::NamedAccount;
use super::machines::{MachineId, Machines, Role};

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

/// The connector accounts that configurations and traces of the wizard name, in order of the files.
pub(super) fn accounts(artifacts: &[Artifact]) -> Vec<NamedAccount> {
    artifacts
        .iter()
        .filter_map(|artifact| match &artifact.content {
            Content::ConnectConfiguration(configuration) => Some((&artifact.path, configuration.as_ref())),
            _ => None,
        })
        .flat_map(|(path, configuration)| {
            let configured = configuration.connectors.iter().flat_map(move |connector| {
                let own = named(path, connector.login_domain.as_ref(), connector.login_user.as_ref());
                let of_partitions = connector.partitions.iter().filter_map(move |partition| {
                    named(path, partition.login_domain.as_ref(), partition.login_user.as_ref())
                });
                own.into_iter().chain(of_partitions)
            });
            let traced = configuration.connector_accounts.iter().filter_map(move |account| {
                let (domain, name) = account.value.split_once('\\')?;
                // Documents print placeholders in angle brackets.
                let plain = !account.value.contains(['<', '>']) && !name.is_empty();
                plain.then(|| NamedAccount {
                    domain: Some(domain.to_owned()),
                    name: name.to_owned(),
                    source: Source::new(path, account.place.clone()),
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
        name: user.value.clone(),
        source: Source::new(path, user.place.clone()),
    })
}
