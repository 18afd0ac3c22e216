//! Words: what the report says to people, apart from the judgement, in each language.
//!
//! Rules, diagnosis and readers produce [`Statement`]s: a key and named values. The catalogue of a
//! [`Language`] turns them into sentences. Keys and identifiers are never translated; catalogues are data
//! (`en.toml`, `ja.toml`) and have the same keys, by test.

mod catalogue;
mod language;
pub mod lines;
mod read_back;
pub mod stand_in;

pub(crate) use catalogue::put;
pub use catalogue::{Catalogue, fill};
pub use language::{Language, UnknownLanguage};
pub use read_back::read_back;

/// Something to be said: a key of the catalogue, and the values that stand in its sentence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Statement {
    /// Key in the catalogue, such as `remote-sam.controller-denies.yes`.
    pub key: String,
    /// Values for the `{name}` places of the sentence. Text from the bundle stays as written here;
    /// renderers escape.
    pub values: Vec<(&'static str, String)>,
}

impl Statement {
    /// A statement without values.
    pub fn new(key: impl Into<String>) -> Self {
        Statement { key: key.into(), values: Vec::new() }
    }

    /// Adds a value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.values.push((name, value.into()));
        self
    }
}

impl From<Statement> for Vec<Statement> {
    fn from(statement: Statement) -> Self {
        vec![statement]
    }
}

#[cfg(test)]
mod tests;
