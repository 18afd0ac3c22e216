//! Rules: questions to the facts, one file for each cause and one for the other known diagnoses.
//!
//! A rule is a list of named checks. Each answers yes, no or unknown for one failed operation, with the
//! places that say so and with what is missing to know more. What the answers add up to is not decided
//! here.

pub mod checks;
mod connector_permissions;
mod controllers;
mod directory;
mod directory_rights;
mod later;
mod other;
mod protected_account;
mod read_access;
mod remote_sam;
mod reset_grant;
mod shared;

use serde::{Deserialize, Serialize};

use crate::facts::{Attempt, Facts};
use crate::source::Source;
use crate::words::Statement;

pub use checks::{CHECKS, Check, NEVER, check, never_answers, source};
pub use other::OtherFinding;

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

impl Answer {
    /// All three.
    pub const ALL: [Answer; 3] = [Answer::Yes, Answer::No, Answer::Unknown];

    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Answer::Yes => "yes",
            Answer::No => "no",
            Answer::Unknown => "unknown",
        }
    }
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

/// The article's three causes
/// (<https://learn.microsoft.com/en-us/troubleshoot/entra/entra-id/user-prov-sync/password-writeback-error-code-sspr-0029>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CauseId {
    /// The user is, or was, in a protected group.
    ProtectedAccount,
    /// The connector account lacks rights.
    ConnectorPermissions,
    /// The domain controller refuses remote calls to SAM.
    RemoteSam,
}

impl CauseId {
    /// All three, in the article's order.
    pub const ALL: [CauseId; 3] =
        [CauseId::ProtectedAccount, CauseId::ConnectorPermissions, CauseId::RemoteSam];

    /// The id in reports.
    pub fn id(self) -> &'static str {
        match self {
            CauseId::ProtectedAccount => "protected-account",
            CauseId::ConnectorPermissions => "connector-permissions",
            CauseId::RemoteSam => "remote-sam",
        }
    }
}

/// One answer of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Id of the check.
    pub check: &'static str,
    /// What a yes is worth for this cause.
    pub weight: Weight,
    /// The answer.
    pub answer: Answer,
    /// The answer in words.
    pub text: Statement,
    /// It says nothing of why the operation failed: a right that the account has, or one that is not needed.
    pub aside: bool,
    /// Where it stands, the best place first.
    pub sources: Vec<Source>,
    /// What would answer it, where it is unknown: all of these together. Where it holds, what could still
    /// overturn it.
    pub needs: Vec<Need>,
}

/// An artifact that would answer a check.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// Id in the table of artifacts that can be collected.
    pub artifact: &'static str,
    /// The machine to collect it on, where one is known.
    pub machine: Option<String>,
}

impl Finding {
    fn new(check: &'static str, weight: Weight, answer: Answer) -> Self {
        let text = Statement::new(format!("check.{check}.{}", answer.word()));
        Finding { check, weight, answer, text, aside: false, sources: Vec::new(), needs: Vec::new() }
    }

    /// Says it in another sentence than the usual one for this answer.
    fn variant(mut self, variant: &str) -> Self {
        self.text.key = format!("{}-{variant}", self.text.key);
        self
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.text = self.text.with(name, value);
        self
    }

    fn at(mut self, source: &Source) -> Self {
        if !self.sources.contains(source) {
            self.sources.push(source.clone());
        }
        self
    }

    fn at_all<'s>(self, sources: impl IntoIterator<Item = &'s Source>) -> Self {
        sources.into_iter().fold(self, Finding::at)
    }

    fn needing(mut self, artifact: &'static str, machine: Option<&str>) -> Self {
        self.needs.push(Need { artifact, machine: machine.map(str::to_owned) });
        self
    }
}

/// All answers for one operation, or for a bundle without any failed one.
#[derive(Debug, Clone)]
pub struct Findings {
    /// Answers for each of the three causes, in the article's order.
    pub causes: Vec<(CauseId, Vec<Finding>)>,
    /// The other known diagnosis that explains the operation.
    pub other: Option<OtherFinding>,
}

/// Puts all questions to the facts, for one operation.
pub fn examine(facts: &Facts, attempt: &Attempt) -> Findings {
    let other = other::diagnose(facts, attempt);
    let shared = shared::findings(facts, attempt, other.as_ref());
    let survey = controllers::survey(facts, Some(attempt));
    let target = directory::target(facts, attempt);
    Findings {
        causes: vec![
            (CauseId::ProtectedAccount, protected_account::findings(facts, attempt, &target, &shared)),
            (
                CauseId::ConnectorPermissions,
                connector_permissions::findings(facts, attempt, &target, &survey, &shared),
            ),
            (CauseId::RemoteSam, remote_sam::findings(facts, Some(attempt), &survey, &shared)),
        ],
        other,
    }
}

/// What can be said of the machines where no operation failed: whether they would refuse.
pub fn examine_machines(facts: &Facts) -> Findings {
    let survey = controllers::survey(facts, None);
    Findings {
        causes: vec![
            (CauseId::ProtectedAccount, Vec::new()),
            (CauseId::ConnectorPermissions, Vec::new()),
            (CauseId::RemoteSam, remote_sam::findings(facts, None, &survey, &shared::Shared::default())),
        ],
        other: None,
    }
}
