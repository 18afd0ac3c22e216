//! The report as a value: what every renderer shows, and what the JSON report serialises.
//!
//! The keys and their order are public interface, version 1; `docs/report.schema.json` describes them.

mod timeline;

use serde::{Deserialize, Serialize};

pub use timeline::{CoveredTime, LeftOut, Timeline, TimelineEntry, TimelineKind};

use crate::diagnosis::{Answer, State, Weight};
use crate::words::Language;

/// Version of the JSON report's shape.
pub const SCHEMA: &str = "sspr-triage/report/1";

/// The whole report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// The language of all sentences. Keys, ids and what stands in the files are in none.
    pub language: Language,
    /// Which tool made it.
    pub tool: Tool,
    /// What it read.
    pub bundle: BundleInputs,
    /// The answer.
    pub verdict: Verdict,
    /// The article's three causes, always all three, in its order.
    pub causes: Vec<Cause>,
    /// Known diagnoses outside the three causes that something speaks for.
    pub other_diagnoses: Vec<OtherDiagnosis>,
    /// Operations on passwords, in order of time.
    pub attempts: Vec<Attempt>,
    /// What happened when, on which machine, and when logs would have shown it.
    pub timeline: Timeline,
    /// What was established, in order of what it is of.
    pub facts: Vec<FactEntry>,
    /// Artifacts that disagree.
    pub contradictions: Vec<Contradiction>,
    /// What to collect next, most useful first.
    pub collect_next: Vec<CollectNext>,
    /// Machines of the bundle.
    pub machines: Vec<Machine>,
    /// Files of the bundle, by path.
    pub artifacts: Vec<ArtifactEntry>,
    /// What could not be read.
    pub gaps: Vec<GapEntry>,
    /// Warnings that stand beside the verdict: configurations that hide a cause, or will bring it back.
    pub warnings: Vec<String>,
}

/// The tool and its knowledge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tool {
    /// `sspr-triage`.
    pub name: String,
    /// Version of the crate.
    pub version: String,
    /// SHA-256 of the built-in tables.
    pub knowledge: String,
}

/// What the command line named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BundleInputs {
    /// One entry for each PATH.
    pub inputs: Vec<InputEntry>,
}

/// One PATH.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InputEntry {
    /// Its last component.
    pub path: String,
    /// SHA-256 of a file; of a folder, of its sorted `<sha256>  <path>` lines, in which a file that was not
    /// hashed has `size:<bytes>` for the hash.
    pub sha256: String,
    /// Bytes.
    pub bytes: u64,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// `protected-account`, `connector-permissions`, `remote-sam`, `other`, `undetermined` or `no-failure`.
    pub cause: String,
    /// How sure.
    pub state: State,
    /// Id of the known diagnosis, where the cause is `other`.
    #[serde(default)]
    pub diagnosis: Option<String>,
    /// One sentence.
    pub summary: String,
}

/// The failed operations that a conclusion is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// How many they are.
    pub count: usize,
    /// How many failed in all.
    pub failed: usize,
    /// The latest of them, in order of time.
    pub attempts: Vec<OfAttempt>,
}

/// An operation, as a reader knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfAttempt {
    /// UTC, RFC 3339.
    pub time: String,
    /// User principal name.
    pub user: Option<String>,
}

/// One of the three causes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cause {
    /// Its id.
    pub id: String,
    /// What the evidence makes of it.
    pub state: State,
    /// One sentence: why.
    pub reason: String,
    /// The failed operations that the state and the reason are about; null where it is all of them.
    #[serde(default)]
    pub about: Option<About>,
    /// The checks, and where each answer stands.
    pub evidence: Vec<Evidence>,
    /// What is missing to decide, in words.
    pub missing: Vec<String>,
    /// What to do, in order. Empty where the cause is ruled out or undetermined.
    pub remedy: Vec<Step>,
}

/// A known diagnosis outside the three causes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OtherDiagnosis {
    /// Its id.
    pub id: String,
    /// What people call it.
    #[serde(default)]
    pub title: String,
    /// How sure.
    pub state: State,
    /// One sentence: why.
    pub reason: String,
    /// The failed operations that it is about; null where it is all of them.
    #[serde(default)]
    pub about: Option<About>,
    /// The checks, and where each answer stands.
    pub evidence: Vec<Evidence>,
    /// What to do, in order.
    pub remedy: Vec<Step>,
}

/// One answer of one check, at one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Id of the check.
    pub check: String,
    /// What a yes is worth.
    pub weight: Weight,
    /// The answer.
    pub answer: Answer,
    /// The answer in a sentence.
    pub text: String,
    /// The operation that it is the answer for, where other failed operations have another one.
    #[serde(default)]
    pub attempt: Option<OfAttempt>,
    /// It says nothing of why the operation failed, such as a right that the account has: short reports leave it
    /// out.
    #[serde(default)]
    pub aside: bool,
    /// Where it stands; null for an answer that rests on something absent from the whole bundle.
    pub source: Option<SourceEntry>,
    /// What stands there itself, or the beginning of it: the text of a record, the names and values of a line or a
    /// row; null where nothing of it was kept.
    #[serde(default)]
    pub words: Option<String>,
}

/// A place that a reader can open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceEntry {
    /// Path inside the upload.
    pub path: String,
    /// Place in the file.
    pub place: String,
    /// `EventRecordID`, where the place is a record of a log.
    pub record: Option<u64>,
    /// Line, counted from 1, where the place is one.
    pub line: Option<u64>,
    /// The machine that the file speaks for, where known.
    pub machine: Option<String>,
}

/// One step of a remedy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What to do.
    pub step: String,
    /// The command, where there is one.
    pub command: Option<String>,
    /// On which machine or in which console.
    pub r#where: Option<String>,
    /// Title of the section of the remedy that the step belongs to. Sections are different ways out, or
    /// follow one another, as their titles say; the steps of one are done in order.
    pub section: Option<String>,
    /// It is nothing to do: it says when the section fits, or what to beware of.
    pub note: bool,
}

/// One operation on a password.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// UTC, RFC 3339.
    pub time: String,
    /// `reset`, `change`, `admin-reset` or `unknown`.
    pub operation: String,
    /// User principal name.
    pub user: Option<String>,
    /// TrackingId of the events.
    pub tracking_id: Option<String>,
    /// The AD DS connector account that the events name.
    pub connector_account: Option<String>,
    /// `failed`, `succeeded` or `unknown`.
    pub result: String,
    /// Error code of the synchronization engine, `0x80230626`.
    pub code: Option<String>,
    /// As [`Verdict::cause`].
    pub cause: String,
    /// How sure.
    pub state: State,
    /// Id of the known diagnosis, where the cause is `other`.
    #[serde(default)]
    pub diagnosis: Option<String>,
    /// Why, in a sentence or more; null where it did not fail.
    #[serde(default)]
    pub reason: Option<String>,
    /// Ids of the causes that remain possible for it, where its cause is undetermined.
    #[serde(default)]
    pub open: Vec<String>,
    /// It ran on a server in staging mode, which writes no password back, and so decides nothing.
    #[serde(default)]
    pub staging: bool,
    /// The events of the operation.
    pub events: Vec<SourceEntry>,
}

/// Something that was established.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FactEntry {
    /// A machine, an account, a user, or a file that names none.
    pub subject: String,
    /// Id of the fact, such as `sam-registry-value`.
    pub fact: String,
    /// Its value, as the bundle has it: `(absent)`, `(empty)`, `-` for not set, `true`.
    pub value: String,
    /// What belongs to it: the winning GPO of a policy, the time of an announced descriptor.
    pub detail: Option<String>,
    /// Where it stands.
    pub sources: Vec<SourceEntry>,
}

/// Artifacts that disagree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contradiction {
    /// How, and the likely reason.
    pub text: String,
    /// The places that disagree.
    pub sources: Vec<SourceEntry>,
}

/// One artifact to collect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CollectNext {
    /// Id of the artifact.
    pub artifact: String,
    /// Command that collects it.
    pub command: String,
    /// Machine to run it on.
    pub r#where: String,
    /// It needs an elevated console.
    pub elevated: bool,
    /// What the command is written for: `powershell` or `cmd`.
    #[serde(default)]
    pub shell: String,
    /// Command that makes the folder that it writes to, where it is missing, in either shell.
    #[serde(default)]
    pub prepare: String,
    /// What the command writes on the machine, and what is to be sent back: files, or a folder.
    #[serde(default)]
    pub files: Vec<String>,
    /// Causes and checks that it decides.
    pub decides: Vec<String>,
    /// What it would show.
    pub why: String,
    /// The question that it answers.
    pub question: String,
    /// What a yes means.
    pub yes: String,
    /// What a no means.
    pub no: String,
    /// Why it is asked for although the bundle has one; null where it has none.
    pub again: Option<String>,
    /// Name of the machine, where it is known.
    pub machine: Option<String>,
    /// User principal name of the user whose object it is, where it is of one and the name is known.
    pub user: Option<String>,
    /// The connector account, where the artifact is of it and its name is known.
    pub account: Option<String>,
}

/// One machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// Host name, or fully qualified name.
    pub name: String,
    /// `domain-controller`, `connect-server`, `member`, `workstation` or `unknown`.
    pub role: String,
    /// How the role is known.
    pub how: String,
}

/// One file of the bundle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArtifactEntry {
    /// Path inside the upload.
    pub path: String,
    /// Kind, told by content.
    pub kind: String,
    /// The machine that it speaks for.
    pub machine: Option<String>,
    /// How that is known: `content`, `path`, `siblings`, `stated`.
    pub attributed_by: Option<String>,
    /// Bytes, uncompressed.
    pub bytes: u64,
    /// What a log covers.
    pub coverage: Option<CoverageEntry>,
    /// SHA-256 of the file; none of one larger than 64 MiB below a folder or in an archive, unless
    /// `--hash-all` asked for it.
    pub sha256: Option<String>,
}

/// What a log covers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CoverageEntry {
    /// Oldest record, UTC.
    pub from: Option<String>,
    /// Newest record, UTC.
    pub to: Option<String>,
    /// Records walked.
    pub records: u64,
    /// Records lost, at least.
    pub lost: u64,
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GapEntry {
    /// Path inside the upload.
    pub path: String,
    /// Place in the file.
    pub place: String,
    /// `encrypted`, `empty`, or `unread` for all else.
    #[serde(default)]
    pub kind: String,
    /// What is wrong, and what to ask for instead.
    pub reason: String,
}
