//! sspr-triage: reads a support bundle offline and says which cause is behind SSPR_0029, with evidence
//! that a reader can open, what it ruled out, what is missing, and the remedy.
//!
//! The rooms stand in the order in which data flows through them; none knows the next one. Below them
//! are four that know nothing of the others: [`source`] (places), [`security_descriptor`], [`words`] and
//! [`progress`].
//!
//! ```text
//! bundle -> artifacts -> facts -> rules (findings) -> diagnosis -> write_up -> report
//!                          ^        ^         ^
//!                          '-- knowledge -----'
//! ```
//!
//! The library is a few total, pure steps between two that can fail: opening the upload, and writing
//! the report, which is the caller's. It opens no connection, reads no clock and writes no file.

#![cfg_attr(
    test,
    allow(
        clippy::string_slice,
        clippy::too_many_lines,
        clippy::needless_pass_by_value,
        clippy::cast_possible_truncation,
        unused_qualifications,
        reason = "a test may panic and may spell things out; clippy has no in-tests switch for these"
    )
)]

pub mod progress;
pub mod security_descriptor;
pub mod source;
pub mod words;

pub mod knowledge;

pub mod bundle;

pub mod artifacts;

pub mod facts;

pub mod rules;

pub mod diagnosis;

pub mod report;

pub mod write_up;

pub mod batch;
pub mod case_check;
pub mod collect_script;
pub mod comparison;
pub mod events;
pub mod explain;
pub mod why;

use std::path::Path;

use artifacts::{Artifact, Content, Effort, Kept, Reading, Shared, Wanted};
use bundle::{Bundle, Input, Limits, Member, OpenError, Unread};
use diagnosis::Diagnosis;
use facts::{Facts, Stated};
use progress::Progress;
use report::Report;
use source::Gap;
use words::{Catalogue, Language, Statement};
use write_up::{Provenance, write_up};

/// How to analyse an upload.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Budgets.
    pub limits: Limits,
    /// What the user says of files that do not name their machine.
    pub stated: Vec<Stated>,
}

/// An upload of which every file was read, and nothing was concluded yet.
#[derive(Debug)]
pub struct Upload(Bundle<Shared>);

/// One file of an upload, for a caller that lists what was read.
#[derive(Debug, Clone, Copy)]
pub struct FileRead<'u> {
    /// Path inside the upload.
    pub path: &'u source::BundlePath,
    /// The word of the report for its kind, such as `event-log`.
    pub kind: &'static str,
    /// Size in bytes, uncompressed.
    pub bytes: u64,
    /// Of an event log, its records; none of other kinds.
    pub records: Option<u64>,
}

impl Upload {
    /// The files that were read, in order of path.
    pub fn files(&self) -> impl Iterator<Item = FileRead<'_>> {
        self.0.members.iter().map(|member| {
            let (kind, records) = member.read.about();
            FileRead { path: &member.path, kind, bytes: member.bytes, records }
        })
    }
}

/// A finished analysis. It is written up in as many languages as are asked for; what was found is the
/// same in all.
#[derive(Debug)]
pub struct Analysis {
    /// At least one file could be used. Without one the report says what to ask for, and decides nothing.
    pub usable: bool,
    /// Paths in [`Options::stated`] that nothing in the upload has.
    pub unknown_statements: Vec<String>,
    /// Those that gave no file its machine, because its files name it themselves or need none.
    pub unused_statements: Vec<String>,
    inputs: Vec<Input>,
    artifacts: Vec<Artifact>,
    gaps: Vec<Gap>,
    facts: Facts,
    /// What the report's judgement is written from.
    pub diagnosis: Diagnosis,
}

impl Analysis {
    /// The report in a language. Only its sentences differ from those in another.
    pub fn report(&self, language: Language) -> Report {
        let provenance = Provenance { inputs: &self.inputs, artifacts: &self.artifacts, gaps: &self.gaps };
        write_up(&provenance, &self.facts, &self.diagnosis, Catalogue::of(language))
    }
}

/// Analyses an upload: several paths are one bundle.
///
/// # Errors
/// A path that does not exist or cannot be opened. All that is wrong inside the upload is a gap of the
/// report instead.
pub fn analyze(paths: &[impl AsRef<Path>], options: &Options) -> Result<Analysis, OpenError> {
    Ok(conclude(read(paths, options, &Progress::default())?, options))
}

/// The first half of [`analyze`], and the one that takes time: reads every file of an upload, and counts
/// their bytes on the disk.
///
/// # Errors
/// As those of [`analyze`].
pub fn read(paths: &[impl AsRef<Path>], options: &Options, progress: &Progress) -> Result<Upload, OpenError> {
    let (wanted, kept, effort) = (wanted(), Kept::default(), Effort::default());
    let read = |member: Member<'_>| kept.keep(member.path, artifacts::read(member, &wanted, &effort));
    bundle::read_counting(paths, &options.limits, progress, read).map(Upload)
}

/// Analyses an upload of one file that is in memory: an archive, or a file by itself. `name` is what the
/// report calls it.
pub fn analyze_in_memory(name: &str, bytes: Vec<u8>, options: &Options) -> Analysis {
    let (wanted, kept, effort) = (wanted(), Kept::default(), Effort::default());
    let read = |member: Member<'_>| kept.keep(member.path, artifacts::read(member, &wanted, &effort));
    let bundle = bundle::read_in_memory(name, bytes, &options.limits, read);
    conclude(Upload(bundle), options)
}

/// Gaps from which on files that no reader takes are only counted.
const MOST_GAPS: usize = 5_000;

/// The second half of [`analyze`]: what the files of an upload say together.
pub fn conclude(upload: Upload, options: &Options) -> Analysis {
    let Upload(Bundle { inputs, members, mut gaps }) = upload;
    let mut artifacts = Vec::new();
    let mut more = (None, 0_u64);
    for member in members {
        let Reading { content, gaps: lost } = member.read.take();
        gaps.extend(lost);
        if let Some(what) = content.not_used() {
            if gaps.len() >= MOST_GAPS && matches!(content, Content::NotUsed { .. }) {
                more = (more.0.or(Some(member.path)), more.1.saturating_add(1));
                continue;
            }
            gaps.push(Gap::new(&member.path, source::Place::File, what));
        }
        artifacts.push(Artifact { path: member.path, bytes: member.bytes, sha256: member.sha256, content });
    }
    if let (Some(first), count) = more {
        let reason = Statement::new("gap.bundle.more-not-used").with("count", count.to_string());
        gaps.push(Gap::new(&first, source::Place::File, reason));
    }
    if artifacts.is_empty() && gaps.is_empty() {
        let empty = |input: &Input| {
            Gap::new(&input.path.as_str().into(), source::Place::File, Statement::new("gap.bundle.no-file"))
        };
        gaps.extend(inputs.iter().map(empty));
    }
    gaps.sort();
    gaps.dedup();
    let usable = artifacts.iter().any(|artifact| artifact.content.says_something());
    let has_encrypted = gaps.iter().any(|gap| Unread::of(gap) == Unread::Encrypted);
    let facts = facts::establish(&artifacts, &options.stated, has_encrypted);
    let is_there = |at: &&Stated| {
        artifacts.iter().any(|file| at.is_of(&file.path)) || gaps.iter().any(|gap| at.is_of(&gap.path))
    };
    let (there, not_there): (Vec<&Stated>, Vec<&Stated>) = options.stated.iter().partition(is_there);
    let unknown_statements = not_there.into_iter().map(|at| at.path.clone()).collect();
    let unused_statements = unused_statements(&facts, &there);
    let diagnosis = diagnosis::diagnose(&facts);
    Analysis { usable, unknown_statements, unused_statements, inputs, artifacts, gaps, facts, diagnosis }
}

fn unused_statements(facts: &Facts, stated: &[&Stated]) -> Vec<String> {
    let used = |at: &&&Stated| {
        let stated =
            facts.files.iter().filter(|file| file.by == Some(facts::attribution::AttributedBy::Stated));
        stated.into_iter().any(|file| at.is_of(&file.path))
    };
    stated.iter().filter(|at| !used(at)).map(|at| at.path.clone()).collect()
}

/// What the readers are to keep: the events and registry keys that knowledge gives a meaning to.
pub fn wanted() -> Wanted {
    use knowledge::events::{EventKind, SAM_PROVIDER_GUID, known_events};
    use knowledge::policies;
    let seen = known_events().iter().filter(|event| event.kind == EventKind::ServiceSeen);
    Wanted {
        events: known_events().iter().map(|event| (event.provider.to_owned(), event.id)).collect(),
        seen_once: seen.map(|event| (event.provider.to_owned(), event.id)).collect(),
        provider_guids: vec![(
            SAM_PROVIDER_GUID.to_owned(),
            "Microsoft-Windows-Directory-Services-SAM".to_owned(),
        )],
        registry_keys: [policies::LSA_KEY, policies::COMPUTER_NAME_KEY, policies::PRODUCT_OPTIONS_KEY]
            .map(str::to_owned)
            .to_vec(),
        registry_values: policies::VALUE_NAMES.map(str::to_owned).to_vec(),
    }
}
