//! Artifacts that can be collected, and the commands that collect them.

use std::sync::LazyLock;

use serde::Deserialize;

/// One artifact that can be collected.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Collectable {
    /// Its id.
    pub id: String,
    /// Machine to collect it on, with `{name}` places.
    pub r#where: String,
    /// Needs an elevated console.
    pub elevated: bool,
    /// Command, with `{name}` places.
    pub command: String,
    /// Where the command is documented.
    pub source: String,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_read_and_has_a_source() {
        assert_eq!(collectables().len(), TABLE.matches("[[artifact]]").count());
        assert!(collectables().iter().all(|artifact| artifact.source.starts_with("https://")));
    }
}
