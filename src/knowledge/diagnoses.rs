//! Known diagnoses outside the three causes, and the codes that tell them.

use std::sync::LazyLock;

use serde::Deserialize;

/// One known diagnosis.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownDiagnosis {
    /// Its id, the name of its page.
    pub id: String,
    /// Error codes of the engine: eight hexadecimal digits, lower case.
    #[serde(default)]
    pub codes: Vec<String>,
    /// Win32 error codes of the call for user information.
    #[serde(default)]
    pub win32: Vec<u32>,
    /// Parts of the engine's trace, in lower case.
    #[serde(default)]
    pub traces: Vec<String>,
    /// PasswordResetService event IDs that say as much without a code.
    #[serde(default)]
    pub events: Vec<u16>,
    /// What such an event is worth without a code.
    #[serde(default)]
    pub events_alone: EventsAlone,
    /// Where that is documented.
    pub source: String,
}

/// What an event without a code is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventsAlone {
    /// Its documentation names this diagnosis and no other.
    Confirmed,
    /// It fits this diagnosis among others.
    #[default]
    Possible,
}

pub(super) const TABLE: &str = include_str!("diagnoses.toml");

/// The diagnoses, in the order in which they are tried.
pub fn known_diagnoses() -> &'static [KnownDiagnosis] {
    #[derive(Deserialize)]
    struct Table {
        diagnosis: Vec<KnownDiagnosis>,
    }
    // A test reads the built-in table, so an error cannot reach a user.
    static DIAGNOSES: LazyLock<Vec<KnownDiagnosis>> =
        LazyLock::new(|| toml::from_str::<Table>(TABLE).map(|table| table.diagnosis).unwrap_or_default());
    &DIAGNOSES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_read_and_has_a_source() {
        assert_eq!(known_diagnoses().len(), TABLE.matches("[[diagnosis]]").count());
        for diagnosis in known_diagnoses() {
            assert!(diagnosis.source.starts_with("https://"), "{}", diagnosis.id);
            assert!(diagnosis.codes.iter().all(|code| code.len() == 8 && *code == code.to_lowercase()));
        }
    }
}
