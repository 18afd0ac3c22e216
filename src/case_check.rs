//! Case check: every case under a folder must get the answer that its `case.toml` expects.
//!
//! A case is a folder with `bundle/`, as a customer would send it, and `case.toml`. The format is
//! described in `docs/check.md`. This room compares; it does not judge.

mod form;
mod known_values;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Deserialize;

use crate::bundle::OpenError;
use crate::progress::Progress;
use crate::report::Report;
use crate::report::junit;
use crate::report::model::Attempt;
use crate::words::{Catalogue, Language, Statement, stand_in};
use crate::{Options, analyze};

/// What a case expects.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Where the bundle comes from.
    pub origin: String,
    /// Why the answer must be this one.
    pub why: String,
    /// The answer.
    pub expect: Expected,
}

/// The answer that a case expects. What is left out is not compared.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Expected {
    /// `verdict.cause`.
    pub cause: String,
    /// `verdict.state`.
    pub state: String,
    /// States of the three causes, by id.
    #[serde(default)]
    pub causes: BTreeMap<String, String>,
    /// States of other diagnoses, by id.
    #[serde(default)]
    pub other: BTreeMap<String, String>,
    /// All operations, in order of time.
    pub attempts: Option<Vec<ExpectedAttempt>>,
    /// Answers of checks, by id: `yes`, `no` or `unknown`. `remote-sam/audit-only-mode` means the check as that
    /// cause asks it; without a cause, all causes that ask it must have that answer.
    #[serde(default)]
    pub checks: BTreeMap<String, String>,
    /// Evidence that must be there.
    #[serde(default)]
    pub evidence: Vec<ExpectedEvidence>,
    /// Number of gaps.
    pub gaps: Option<usize>,
    /// Number of contradictions.
    pub contradictions: Option<usize>,
    /// Artifacts of `collect_next`, in order.
    pub collect: Option<Vec<String>>,
    /// Exit code of `analyze`: 0, or 3 where nothing could be used.
    pub exit: Option<u8>,
}

/// One operation. What is left out is not compared.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedAttempt {
    /// User principal name.
    pub user: Option<String>,
    /// `reset`, `change`, `admin-reset` or `unknown`.
    pub operation: Option<String>,
    /// `failed`, `succeeded` or `unknown`.
    pub result: Option<String>,
    /// Error code.
    pub code: Option<String>,
    /// Cause.
    pub cause: Option<String>,
    /// State.
    pub state: Option<String>,
}

/// One piece of evidence. What is left out is not compared.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedEvidence {
    /// Id of the check.
    pub check: Option<String>,
    /// Its answer; `yes` where left out.
    pub answer: Option<String>,
    /// Path in the bundle.
    pub path: Option<String>,
    /// Place in the file.
    pub place: Option<String>,
}

impl ExpectedEvidence {
    /// What to say where it is not in the report.
    fn is_missing(&self) -> Statement {
        let parts =
            [("check", &self.check), ("answer", &self.answer), ("path", &self.path), ("place", &self.place)];
        let given = parts.into_iter().filter_map(|(key, value)| Some((key, value.as_ref()?)));
        let given: Vec<String> = given.map(|(key, value)| format!("{key} = {value:?}")).collect();
        Statement::new("case-result.evidence").with("evidence", given.join(", "))
    }
}

/// What became of one case.
#[derive(Debug, Clone)]
pub struct CaseResult {
    /// Path of the case below the folder, with `/`.
    pub name: String,
    /// How the answer differs from the expected one, a line each; empty where it does not.
    pub differences: Vec<Statement>,
    /// The report, where one was made.
    pub report: Option<Report>,
}

impl CaseResult {
    /// How the answer differs, in a language.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let words = Catalogue::of(language);
        self.differences.iter().map(|difference| words.say(difference)).collect()
    }
}

/// No case could be found.
#[derive(Debug, thiserror::Error)]
#[error("no case.toml under {}", path.display())]
pub struct NoCases {
    /// The folder that was searched.
    pub path: PathBuf,
}

/// Runs all cases under a folder, in parallel; results come in order of name.
///
/// A folder that cannot be read is a result too, with that as its difference: a case in it must not pass
/// by not being seen. A `case.toml` inside a case's bundle is the customer's and no case.
///
/// # Errors
/// There is no case under the folder.
pub fn check(folder: &Path, options: &Options) -> Result<Vec<CaseResult>, NoCases> {
    check_counting(folder, options, &Progress::default())
}

/// As [`check`], counting the cases as they are done.
///
/// # Errors
/// As those of [`check`].
pub fn check_counting(
    folder: &Path,
    options: &Options,
    progress: &Progress,
) -> Result<Vec<CaseResult>, NoCases> {
    let (mut cases, mut unread) = (Vec::new(), Vec::new());
    for entry in walkdir::WalkDir::new(folder).into_iter().filter_entry(|entry| !is_bundle(entry.path())) {
        match entry {
            Ok(entry) if entry.file_type().is_file() && entry.file_name() == "case.toml" => {
                cases.extend(entry.path().parent().map(Path::to_owned));
            }
            Ok(_) => {}
            Err(error) => unread.extend(error.path().map(|path| CaseResult {
                name: name(folder, path),
                differences: vec![Statement::new("case-result.unread").with("error", error.to_string())],
                report: None,
            })),
        }
    }
    if cases.is_empty() {
        return Err(NoCases { path: folder.to_owned() });
    }
    cases.sort();
    progress.add_known(cases.len() as u64);
    let result = |case: &PathBuf| {
        let result = run(folder, case, options);
        progress.add_done(1);
        result
    };
    let mut results: Vec<CaseResult> = cases.par_iter().map(result).collect();
    results.append(&mut unread);
    Ok(results)
}

/// The results as a suite of tests, its texts in a language: a case is a test, and its folder the class.
pub fn suite(results: &[CaseResult], language: Language) -> junit::Suite {
    let case = |result: &CaseResult| {
        let (class, name) = result.name.rsplit_once('/').unwrap_or(("cases", &result.name));
        let lines = result.lines(language);
        let outcome = match lines.first() {
            None => junit::Outcome::Passed,
            Some(first) => junit::Outcome::Failed { message: first.clone(), text: lines.join("\n") },
        };
        junit::Case { class: class.to_owned(), name: name.to_owned(), outcome }
    };
    junit::Suite { name: "cases".to_owned(), cases: results.iter().map(case).collect() }
}

/// The bundle of a case.
fn is_bundle(path: &Path) -> bool {
    path.ends_with("bundle") && path.with_file_name("case.toml").is_file()
}

/// Path of a case below the folder, with `/` on every system.
fn name(folder: &Path, case: &Path) -> String {
    let below = case.strip_prefix(folder).unwrap_or(case);
    let parts: Vec<String> =
        below.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

fn run(folder: &Path, case: &Path, options: &Options) -> CaseResult {
    let name = name(folder, case);
    let differing = |differences| CaseResult { name: name.clone(), differences, report: None };
    let failed = |what: &str, error: String| differing(vec![Statement::new(what).with("error", error)]);
    let text = match std::fs::read_to_string(case.join("case.toml")) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            return differing(vec![Statement::new("case-result.toml-not-utf-8")]);
        }
        Err(error) => return failed("case-result.toml-unread", error.to_string()),
    };
    let expected: Case = match toml::from_str(&text) {
        Ok(expected) => expected,
        Err(error) => return differing(vec![form::misfit(&text, &error)]),
    };
    let unknown = known_values::unknown(&expected.expect);
    if !unknown.is_empty() {
        return differing(unknown);
    }
    match analyze(&[case.join("bundle")], options) {
        Ok(analysis) => {
            let exit = if analysis.usable { 0 } else { 3 };
            let report = analysis.report(Language::English);
            let differences = compare(&expected.expect, &report, exit);
            CaseResult { name, differences, report: Some(report) }
        }
        Err(OpenError::Unreadable { source, .. }) if source.kind() == ErrorKind::NotFound => {
            differing(vec![Statement::new("case-result.bundle-missing")])
        }
        Err(OpenError::Unreadable { source, .. }) => failed("case-result.bundle-unread", source.to_string()),
    }
}

/// What was expected and what was found, where the two differ.
fn differ(key: &str, what: (&'static str, &str), expected: &str, found: &str) -> Option<Statement> {
    (expected != found)
        .then(|| Statement::new(key).with(what.0, what.1).with("expected", expected).with("found", found))
}

fn compare(expected: &Expected, report: &Report, exit: u8) -> Vec<Statement> {
    let mut differences = Vec::new();
    let found = [&report.verdict.cause, report.verdict.state.word()];
    for ((what, expected), found) in
        [("cause", &expected.cause), ("state", &expected.state)].iter().zip(found)
    {
        differences.extend(differ("case-result.verdict", ("what", what), expected, found));
    }
    for (id, state) in &expected.causes {
        let found = report.causes.iter().find(|cause| cause.id == *id);
        let found = found.map_or(stand_in::NO_SUCH_CAUSE, |cause| cause.state.word());
        differences.extend(differ("case-result.cause", ("id", id), state, found));
    }
    for (id, state) in &expected.other {
        let found = report.other_diagnoses.iter().find(|other| other.id == *id);
        let found = found.map_or("none", |other| other.state.word());
        differences.extend(differ("case-result.other-diagnosis", ("id", id), state, found));
    }
    let attempts = expected.attempts.as_ref().map(Vec::len);
    for (what, expected, found) in [
        ("gaps", expected.gaps, report.gaps.len()),
        ("contradictions", expected.contradictions, report.contradictions.len()),
        ("exit", expected.exit.map(usize::from), usize::from(exit)),
        ("attempts", attempts, report.attempts.len()),
    ] {
        let differs = |expected: usize| {
            differ("case-result.number", ("what", what), &expected.to_string(), &found.to_string())
        };
        differences.extend(expected.and_then(differs));
    }
    if let Some(collect) = &expected.collect {
        let found: Vec<&str> = report.collect_next.iter().map(|next| next.artifact.as_str()).collect();
        differences.extend(differ(
            "case-result.number",
            ("what", "collect"),
            &collect.join(", "),
            &found.join(", "),
        ));
    }
    for (index, (expected, found)) in expected.attempts.iter().flatten().zip(&report.attempts).enumerate() {
        compare_attempt(index + 1, expected, found, &mut differences);
    }
    for (check, answer) in &expected.checks {
        let found = answers_of(check, report);
        let found = if found.is_empty() { stand_in::NOT_ASKED.to_owned() } else { found.join(", ") };
        differences.extend(differ("case-result.check", ("id", check), answer, &found));
    }
    let missing = expected.evidence.iter().filter(|evidence| !has_evidence(evidence, report));
    differences.extend(missing.map(ExpectedEvidence::is_missing));
    differences
}

fn compare_attempt(
    number: usize,
    expected: &ExpectedAttempt,
    found: &Attempt,
    differences: &mut Vec<Statement>,
) {
    let pairs = [
        ("user", &expected.user, found.user.as_deref()),
        ("operation", &expected.operation, Some(found.operation.as_str())),
        ("result", &expected.result, Some(found.result.as_str())),
        ("code", &expected.code, found.code.as_deref()),
        ("cause", &expected.cause, Some(found.cause.as_str())),
        ("state", &expected.state, Some(found.state.word())),
    ];
    for (what, expected, found) in pairs {
        let Some(expected) = expected else { continue };
        let found = found.unwrap_or("none");
        let differs = differ("case-result.attempt", ("what", what), expected, found);
        differences.extend(differs.map(|differs| differs.with("number", number.to_string())));
    }
}

/// The different answers that a report has for a check, or for `cause/check`.
fn answers_of(check: &str, report: &Report) -> Vec<&'static str> {
    let (by, id) = check.split_once('/').map_or((None, check), |(by, id)| (Some(by), id));
    let causes = report.causes.iter().map(|cause| (cause.id.as_str(), &cause.evidence));
    let others = report.other_diagnoses.iter().map(|other| (other.id.as_str(), &other.evidence));
    let asked = causes.chain(others).filter(|(cause, _)| by.is_none_or(|by| by == *cause));
    let evidence = asked.flat_map(|(_, evidence)| evidence).filter(|evidence| evidence.check == id);
    let mut answers: Vec<&str> = evidence.map(|evidence| evidence.answer.word()).collect();
    answers.sort_unstable();
    answers.dedup();
    answers
}

fn has_evidence(expected: &ExpectedEvidence, report: &Report) -> bool {
    let causes = report.causes.iter().flat_map(|cause| &cause.evidence);
    let others = report.other_diagnoses.iter().flat_map(|other| &other.evidence);
    causes.chain(others).any(|evidence| {
        let source = evidence.source.as_ref();
        let is = |expected: &Option<String>, found: Option<&str>| {
            expected.as_deref().is_none_or(|expected| Some(expected) == found)
        };
        is(&expected.check, Some(evidence.check.as_str()))
            && evidence.answer.word() == expected.answer.as_deref().unwrap_or("yes")
            && is(&expected.path, source.map(|source| source.path.as_str()))
            && is(&expected.place, source.map(|source| source.place.as_str()))
    })
}
