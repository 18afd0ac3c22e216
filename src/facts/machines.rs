//! Machines: names that mean the same one, and the roles that the evidence shows.

use crate::source::Source;
use crate::words::Statement;

/// Index of a machine in [`Machines`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MachineId(usize);

/// One machine.
#[derive(Debug, Clone)]
pub struct Machine {
    /// The longest of its names, lower case: fully qualified where any file has it so.
    pub name: String,
    /// Roles that something shows, in the order in which they were found.
    pub roles: Vec<RoleShown>,
}

/// A role, and what shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleShown {
    /// The role.
    pub role: Role,
    /// How it is known, in words.
    pub how: Statement,
    /// Where that stands.
    pub source: Option<Source>,
}

/// What a machine is in the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// A domain controller.
    DomainController,
    /// The server that runs Microsoft Entra Connect.
    ConnectServer,
    /// A server that is no domain controller.
    Member,
    /// A client.
    Workstation,
}

impl Machine {
    /// Whether it has been shown to have a role.
    pub fn is(&self, role: Role) -> bool {
        self.roles.iter().any(|shown| shown.role == role)
    }
}

/// All machines of the bundle.
#[derive(Debug, Clone, Default)]
pub struct Machines {
    list: Vec<Machine>,
}

impl Machines {
    /// The machine of a name, made known if it was not. Accepts `dc01`, `DC01$`, `CONTOSO\DC01` and
    /// `dc01.contoso.example`; a name without a domain means the first machine with that host name.
    pub(super) fn known_as(&mut self, name: &str) -> Option<MachineId> {
        let name = normalised(name)?;
        if let Some(index) = self.list.iter().position(|machine| same_host(&machine.name, &name)) {
            if let Some(machine) = self.list.get_mut(index)
                && name.len() > machine.name.len()
            {
                machine.name = name;
            }
            return Some(MachineId(index));
        }
        self.list.push(Machine { name, roles: Vec::new() });
        Some(MachineId(self.list.len() - 1))
    }

    /// Adds a role with what shows it; the same role again adds nothing.
    pub(super) fn show(&mut self, id: MachineId, role: Role, how: Statement, source: Option<Source>) {
        if let Some(machine) = self.list.get_mut(id.0)
            && !machine.is(role)
        {
            machine.roles.push(RoleShown { role, how, source });
        }
    }

    /// The machine of a name, if it is known.
    pub fn find(&self, name: &str) -> Option<MachineId> {
        let name = normalised(name)?;
        self.list.iter().position(|machine| same_host(&machine.name, &name)).map(MachineId)
    }

    /// Whether a name without a domain stands for several machines, of different domains.
    pub(super) fn are_several(&self, name: &str) -> bool {
        normalised(name)
            .is_some_and(|name| self.list.iter().filter(|have| same_host(&have.name, &name)).count() > 1)
    }

    /// A machine.
    pub fn get(&self, id: MachineId) -> Option<&Machine> {
        self.list.get(id.0)
    }

    /// Name of a machine.
    pub fn name(&self, id: MachineId) -> &str {
        self.get(id).map_or("", |machine| machine.name.as_str())
    }

    /// Whether a machine has been shown to have a role.
    pub fn is(&self, id: MachineId, role: Role) -> bool {
        self.get(id).is_some_and(|machine| machine.is(role))
    }

    /// All machines with a role, in the order in which they were found.
    pub fn with_role(&self, role: Role) -> impl Iterator<Item = MachineId> {
        self.iter().filter(move |(_, machine)| machine.is(role)).map(|(id, _)| id)
    }

    /// All machines.
    pub fn iter(&self) -> impl Iterator<Item = (MachineId, &Machine)> {
        self.list.iter().enumerate().map(|(index, machine)| (MachineId(index), machine))
    }
}

/// Host name without account domain, dollar sign and trailing dot, lower case.
fn normalised(name: &str) -> Option<String> {
    let name = name.rsplit('\\').next().unwrap_or(name);
    let name = name.trim().trim_end_matches(['$', '.']).to_lowercase();
    (!name.is_empty()).then_some(name)
}

/// Names mean the same machine when their host labels agree and no domain contradicts. A NetBIOS name
/// is the first 15 characters of the host label.
pub(super) fn same_host(a: &str, b: &str) -> bool {
    let (a, b) = (a.to_lowercase(), b.to_lowercase());
    let (a, b) = (a.as_str(), b.as_str());
    let split = |name: &str| match name.split_once('.') {
        Some((host, domain)) => (host.to_owned(), Some(domain.to_owned())),
        None => (name.to_owned(), None),
    };
    let ((host_a, domain_a), (host_b, domain_b)) = (split(a), split(b));
    let netbios = |host: &str| host.chars().take(15).collect::<String>();
    match (domain_a, domain_b) {
        (Some(a), Some(b)) => host_a == host_b && a == b,
        _ => netbios(&host_a) == netbios(&host_b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_machine_has_many_names() {
        let mut machines = Machines::default();
        let id = machines.known_as(r"CONTOSO\DC01").unwrap();
        assert_eq!(machines.known_as("dc01.contoso.example"), Some(id));
        assert_eq!(machines.known_as("DC01$"), Some(id));
        assert_eq!(machines.name(id), "dc01.contoso.example");
        assert_ne!(machines.known_as("dc01.fabrikam.example"), Some(id));
        assert_eq!(machines.known_as(" "), None);
    }

    #[test]
    fn a_netbios_name_is_cut() {
        let mut machines = Machines::default();
        let id = machines.known_as("a-very-long-host-name.contoso.example");
        assert_eq!(machines.known_as("A-VERY-LONG-HOS"), id);
    }
}
