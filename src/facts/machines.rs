//! Machines: names that mean the same one, and the roles that the evidence shows.

use std::collections::HashMap;

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
    /// NetBIOS name of its domain as a report of its policies has it, in lower case.
    pub netbios_domain: Option<String>,
    /// A report of its policies has it among the read-only domain controllers.
    pub read_only: bool,
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
    /// Positions in the list, in order, by NetBIOS name: all names of a machine have the same one.
    by_netbios: HashMap<String, Vec<usize>>,
    /// Positions of the machines whose domain is known, by their name as a whole.
    by_full_name: HashMap<String, usize>,
}

impl Machines {
    /// The machine of a name, made known if it was not. Accepts `dc01`, `DC01$`, `CONTOSO\DC01` and
    /// `dc01.contoso.example`; a name without a domain means the first machine with that host name.
    pub(super) fn known_as(&mut self, name: &str) -> Option<MachineId> {
        let name = normalised(name)?;
        if let Some(index) = self.position(&name) {
            if let Some(machine) = self.list.get_mut(index)
                && name.len() > machine.name.len()
            {
                if name.contains('.') {
                    self.by_full_name.insert(name.clone(), index);
                }
                machine.name = name;
            }
            return Some(MachineId(index));
        }
        let index = self.list.len();
        self.by_netbios.entry(netbios(&name)).or_default().push(index);
        if name.contains('.') {
            self.by_full_name.insert(name.clone(), index);
        }
        self.list.push(Machine { name, roles: Vec::new(), netbios_domain: None, read_only: false });
        Some(MachineId(index))
    }

    /// Adds a role with what shows it; the same role again adds nothing.
    pub(super) fn show(&mut self, id: MachineId, role: Role, how: Statement, source: Option<Source>) {
        if let Some(machine) = self.list.get_mut(id.0)
            && !machine.is(role)
        {
            machine.roles.push(RoleShown { role, how, source });
        }
    }

    /// Notes the NetBIOS name of a machine's domain; the first one stays.
    pub(super) fn show_domain(&mut self, id: MachineId, netbios: &str) {
        if let Some(machine) = self.list.get_mut(id.0) {
            machine.netbios_domain.get_or_insert_with(|| netbios.to_lowercase());
        }
    }

    /// Notes that a machine is a read-only domain controller.
    pub(super) fn show_read_only(&mut self, id: MachineId) {
        if let Some(machine) = self.list.get_mut(id.0) {
            machine.read_only = true;
        }
    }

    /// The machine of a name, if it is known.
    pub fn find(&self, name: &str) -> Option<MachineId> {
        let name = normalised(name)?;
        self.position(&name).map(MachineId)
    }

    /// The first machine that a normalised name can mean.
    ///
    /// A machine without a domain is the first of its NetBIOS name, because it is meant by every other name
    /// that begins alike. So all but the first are told by their whole name.
    fn position(&self, name: &str) -> Option<usize> {
        let first = *self.by_netbios.get(&netbios(name))?.first()?;
        let is_first = self.list.get(first).is_some_and(|machine| same_host(&machine.name, name));
        if is_first { Some(first) } else { self.by_full_name.get(name).copied() }
    }

    /// Whether a name without a domain stands for several machines, of different domains.
    pub(super) fn are_several(&self, name: &str) -> bool {
        normalised(name).is_some_and(|name| {
            !name.contains('.') && self.by_netbios.get(&netbios(&name)).is_some_and(|all| all.len() > 1)
        })
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

    /// Domain controllers, and machines that may be some: those whose role nothing shows.
    pub fn may_be_controllers(&self) -> impl Iterator<Item = MachineId> {
        let may = |machine: &Machine| machine.roles.is_empty() || machine.is(Role::DomainController);
        self.iter().filter(move |(_, machine)| may(machine)).map(|(id, _)| id)
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
    if a.contains('.') && b.contains('.') { a == b } else { netbios(&a) == netbios(&b) }
}

/// The NetBIOS name of a name in lower case: the first 15 characters of the host label.
fn netbios(name: &str) -> String {
    name.split('.').next().unwrap_or_default().chars().take(15).collect()
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

    /// What `find` and `known_as` say must be what looking through all machines says.
    #[test]
    fn the_index_finds_what_a_search_finds() {
        let names = [
            "dc01",
            "DC01",
            "dc01.a.example",
            "dc01.b.example",
            "dc01.c.example",
            "dc02.a.example",
            "dc02",
            "a-very-long-hos",
            "a-very-long-host-one",
            "a-very-long-host-two.a.example",
            "a.b",
            ".b",
            "b",
            "a-very-long-host-six.a.example",
            "a",
            "a-very-long-hos.a.example",
            r"A\DC02$",
            "dc01.B.example.",
        ];
        let mut random = 1u32;
        for _ in 0..500 {
            let mut machines = Machines::default();
            for _ in 0..24 {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let name = names[(random >> 8) as usize % names.len()];
                let plain = normalised(name).unwrap();
                let meant: Vec<MachineId> = machines
                    .iter()
                    .filter(|(_, machine)| same_host(&machine.name, &plain))
                    .map(|(id, _)| id)
                    .collect();
                assert_eq!(machines.find(name), meant.first().copied(), "{name}: {machines:?}");
                assert_eq!(machines.are_several(name), meant.len() > 1, "{name}: {machines:?}");
                let next = MachineId(machines.list.len());
                assert_eq!(machines.known_as(name), Some(meant.first().copied().unwrap_or(next)));
            }
        }
    }

    /// Quadratic work on so many would take hours.
    #[test]
    fn forged_names_cost_no_more_than_their_number() {
        let mut machines = Machines::default();
        for number in 0..250_000 {
            machines.known_as(&format!("dc01.forest{number}.example"));
        }
        assert_eq!(machines.iter().count(), 250_000);
        assert!(machines.are_several("dc01"));
    }

    #[test]
    fn a_netbios_name_is_cut() {
        let mut machines = Machines::default();
        let id = machines.known_as("a-very-long-host-name.contoso.example");
        assert_eq!(machines.known_as("A-VERY-LONG-HOS"), id);
    }
}
