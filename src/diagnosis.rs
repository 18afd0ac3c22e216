//! placeholder

use serde::{Deserialize, Serialize};

/// How sure a diagnosis is: a tier derived from the evidence, never a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// A check that rules it out holds, and its evidence is valid for the failure in question.
    RuledOut,
    /// Nothing at hand speaks for or against.
    Undetermined,
    /// Consistent, not separated from another cause.
    Possible,
    /// All that is at hand points here, and one named thing is missing that could overturn it.
    Likely,
    /// A check that proves it holds, and no valid evidence contradicts.
    Confirmed,
}

/// Answer of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// It holds.
    Yes,
    /// It does not hold, and the evidence could have shown it.
    No,
    /// Nothing at hand can tell.
    Unknown,
}

/// What a yes of a check is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// Proves the cause.
    Proves,
    /// Speaks for the cause.
    Supports,
    /// Rules the cause out.
    RulesOut,
    /// Worth knowing.
    Context,
}
