//! Many bundles in one run: one row of flat columns for each, in the order given, whatever the number of
//! threads. `docs/batch.md` describes the columns.
//!
//! This room makes rows and keeps order; finding the bundles and writing the rows is the program's.

mod in_order;
mod name;

use sha2::{Digest, Sha256};

use serde::{Deserialize, Serialize};

use crate::diagnosis::State;
use crate::report::Report;
use crate::words::{Catalogue, Language, Statement};

pub use in_order::in_order;
pub use name::{file_name, names};

/// Version of the row's shape.
pub const SCHEMA: &str = "sspr-triage/batch/1";

/// What stands for a text, such as that of a run's options: the start of its SHA-256.
pub fn digest(text: &str) -> String {
    Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// What a bundle's row says. Keys and their order are public interface, version 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// The bundle: its path below the folder that all bundles of the run share.
    pub bundle: String,
    /// What the row was made from, and with what.
    #[serde(flatten)]
    pub key: Key,
    /// Bytes of the bundle; none where it could not be opened.
    pub bytes: Option<u64>,
    /// Why there is no answer: the bundle could not be opened, or nothing in it could be used.
    pub error: Option<String>,
    /// The answer; nulls where the bundle could not be opened.
    #[serde(flatten)]
    pub answer: Answer,
    /// The bundle's full report, by its path below the output folder, where reports were asked for.
    pub report: Option<String>,
}

/// What decides whether a row still holds: the same bundle, read by the same program with the same options.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    /// SHA-256 of the bundle, as in the report's `bundle.inputs`; none where it could not be opened.
    pub sha256: Option<String>,
    /// Version of the program.
    pub version: String,
    /// SHA-256 of its built-in tables.
    pub knowledge: String,
    /// What stands for the options of the run.
    pub options: String,
}

/// The answer of a report, in columns.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The report's `verdict.cause`.
    pub cause: Option<String>,
    /// How sure.
    pub state: Option<State>,
    /// The verdict in one sentence.
    pub summary: Option<String>,
    /// State of cause 1.
    pub protected_account: Option<State>,
    /// State of cause 2.
    pub connector_permissions: Option<State>,
    /// State of cause 3.
    pub remote_sam: Option<State>,
    /// The most certain other diagnosis.
    pub other: Option<String>,
    /// Its state.
    pub other_state: Option<State>,
    /// Operations on passwords.
    pub attempts: Option<u64>,
    /// Those that failed.
    pub failed: Option<u64>,
    /// Time of the first failure, UTC.
    pub first_failure: Option<String>,
    /// Time of the last failure, UTC.
    pub last_failure: Option<String>,
    /// Error code of the last failure that has one.
    pub code: Option<String>,
    /// What to collect first.
    pub collect_next: Option<String>,
    /// Files of the bundle.
    pub files: Option<u64>,
    /// Files that disagree.
    pub contradictions: Option<u64>,
    /// What could not be read.
    pub gaps: Option<u64>,
}

impl Row {
    /// The row of a bundle that was analysed, with the path of its full report, where that was written.
    /// `key.sha256` is taken from the report. `usable` is [`crate::Analysis::usable`].
    pub fn of(bundle: &str, key: &Key, (report, usable): (&Report, bool), written: Option<String>) -> Row {
        let input = report.bundle.inputs.first();
        let words = Catalogue::of(report.language);
        let why = || {
            let none = Statement::new("gap.bundle.no-file");
            let gap = report.gaps.first().map_or_else(|| words.say(&none), |gap| gap.reason.clone());
            words.say(&Statement::new("batch.nothing-usable").with("gap", gap))
        };
        Row {
            schema: SCHEMA.to_owned(),
            bundle: bundle.to_owned(),
            key: Key { sha256: input.map(|input| input.sha256.clone()), ..key.clone() },
            bytes: input.map(|input| input.bytes),
            error: (!usable).then(why),
            answer: Answer::of(report),
            report: written,
        }
    }

    /// The row of a bundle that could not be analysed: why, in a language.
    pub fn failed(bundle: &str, key: &Key, error: &Statement, language: Language) -> Row {
        Row {
            schema: SCHEMA.to_owned(),
            bundle: bundle.to_owned(),
            key: Key { sha256: None, ..key.clone() },
            bytes: None,
            error: Some(Catalogue::of(language).say(error)),
            answer: Answer::default(),
            report: None,
        }
    }

    /// The row as one line of JSON, with its line end.
    ///
    /// # Errors
    /// None is known for this model; the serializer's own error is passed on.
    pub fn line(&self) -> Result<String, serde_json::Error> {
        let mut line = crate::report::json::without_terminal_controls(serde_json::to_string(self)?);
        line.push('\n');
        Ok(line)
    }
}

impl Answer {
    fn of(report: &Report) -> Answer {
        let state = |id: &str| report.causes.iter().find(|cause| cause.id == id).map(|cause| cause.state);
        let other = report.other_diagnoses.first();
        let failures: Vec<_> = report.attempts.iter().filter(|attempt| attempt.result == "failed").collect();
        let count = |number: usize| u64::try_from(number).ok();
        Answer {
            cause: Some(report.verdict.cause.clone()),
            state: Some(report.verdict.state),
            summary: Some(report.verdict.summary.clone()),
            protected_account: state("protected-account"),
            connector_permissions: state("connector-permissions"),
            remote_sam: state("remote-sam"),
            other: other.map(|other| other.id.clone()),
            other_state: other.map(|other| other.state),
            attempts: count(report.attempts.len()),
            failed: count(failures.len()),
            first_failure: failures.first().map(|attempt| attempt.time.clone()),
            last_failure: failures.last().map(|attempt| attempt.time.clone()),
            code: failures.iter().rev().find_map(|attempt| attempt.code.clone()),
            collect_next: report.collect_next.first().map(|next| next.artifact.clone()),
            files: count(report.artifacts.len()),
            contradictions: count(report.contradictions.len()),
            gaps: count(report.gaps.len()),
        }
    }
}
