//! Artifacts that can be collected, what each costs, and the commands that collect them.

use std::sync::LazyLock;

use serde::Deserialize;

/// One artifact that can be collected.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Collectable {
    /// Its id.
    pub id: String,
    /// What the customer and the engineer spend on it, to be compared and not to be added up: of two
    /// artifacts that decide the same, the cheaper one is asked for.
    pub cost: u32,
    /// Machine to collect it on.
    pub machine: Machine,
    /// Needs an elevated console.
    pub elevated: bool,
    /// Command for Windows PowerShell, with `{name}` places.
    pub command: String,
    /// Where the command is documented.
    pub source: String,
}

/// Machine that an artifact is collected on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Machine {
    /// A domain controller.
    Controller,
    /// The server that runs Entra Connect.
    ConnectServer,
}

pub(super) const TABLE: &str = include_str!("collect.toml");

/// All of them, in the order of the report's list.
pub fn collectables() -> &'static [Collectable] {
    #[derive(Deserialize)]
    struct Table {
        artifact: Vec<Collectable>,
    }
    // A test reads the built-in table, so an error cannot reach a user.
    static ALL: LazyLock<Vec<Collectable>> =
        LazyLock::new(|| toml::from_str::<Table>(TABLE).map(|table| table.artifact).unwrap_or_default());
    &ALL
}

/// An artifact by its id.
pub fn collectable(id: &str) -> Option<&'static Collectable> {
    collectables().iter().find(|have| have.id == id)
}

/// Place of an artifact in the report's list.
pub fn position(id: &str) -> usize {
    collectables().iter().position(|have| have.id == id).unwrap_or(usize::MAX)
}

/// What an artifact costs.
pub fn cost(id: &str) -> u32 {
    collectable(id).map_or(u32::MAX, |have| have.cost)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_entry_is_read_and_has_a_source() {
        assert_eq!(collectables().len(), TABLE.matches("[[artifact]]").count());
        assert!(collectables().iter().all(|artifact| artifact.source.starts_with("https://")));
    }

    /// Two of the same cost would leave it to chance which one is asked for.
    #[test]
    fn no_two_cost_the_same() {
        let costs: BTreeSet<u32> = collectables().iter().map(|artifact| artifact.cost).collect();
        assert_eq!(costs.len(), collectables().len());
    }

    /// The commands are for Windows PowerShell: nothing of the command prompt is in them.
    #[test]
    fn commands_are_of_one_shell() {
        for artifact in collectables() {
            assert!(!artifact.command.contains('%') && !artifact.command.contains("&&"), "{}", artifact.id);
        }
    }
}
