//! `diff`: what changed between two bundles, or two reports, of the same customer.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use sspr_triage::comparison;
use sspr_triage::report::model::SCHEMA;
use sspr_triage::report::{Report, json};
use sspr_triage::words::{Language, Statement};

use super::NOTHING_USABLE;
use super::analyze::analyzed;
use super::console::Console;
use super::failure::Failure;
use super::limits::LimitArgs;
use super::output::{text_options, unbroken, write_to};
use super::own_input;

/// Arguments of `diff`.
#[derive(Debug, Args)]
pub(super) struct Diff {
    /// Before the change: a bundle, or a report in JSON
    before: PathBuf,
    /// After it
    after: PathBuf,
    /// Shape of the comparison
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write the comparison to a file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    limits: LimitArgs,
}

/// Shapes of the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

impl Diff {
    /// Compares and writes what differs.
    pub(super) fn run(&self, console: Console) -> anyhow::Result<u8> {
        let inputs = self.limits.inputs(&[self.before.clone(), self.after.clone()]);
        own_input::refuse(self.output.as_deref(), &inputs)?;
        let spoken = match self.format {
            Format::Text => console.for_people(),
            Format::Json => console.for_programs(),
        };
        let before = self.report(&self.before, spoken, console)?;
        let after = self.report(&self.after, spoken, console)?;
        let comparison = comparison::compare(&before, &after, spoken);
        let rendered = match self.format {
            Format::Text => comparison::render(&comparison, &text_options(self.output.is_none())),
            Format::Json => comparison::json(&comparison)?,
        };
        write_to(&rendered, self.output.as_deref())?;
        Ok(if comparison.unreadable.is_some() { NOTHING_USABLE } else { 0 })
    }

    /// A report that was written before, or that of a bundle.
    fn report(&self, path: &Path, spoken: Language, console: Console) -> anyhow::Result<Report> {
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
            return read_report(path);
        }
        Ok(analyzed(&[path.to_owned()], &self.limits, console)?.report(spoken))
    }
}

/// A report from a file.
///
/// # Errors
/// The file cannot be read, or is no report of this version.
pub(super) fn read_report(path: &Path) -> anyhow::Result<Report> {
    let bytes = std::fs::read(path).map_err(|error| Failure::cannot_read(path, &error))?;
    let bytes = in_utf_8(bytes);
    let no_report = |error: serde_json::Error| {
        let what = Statement::new("program.no-report").with("path", unbroken(&path.display().to_string()));
        Failure::of(vec![what, what_it_is(&bytes, &error), Statement::new("program.no-report-instead")])
    };
    Ok(json::read(&bytes).map_err(no_report)?)
}

/// A text in UTF-8. Windows PowerShell writes what it redirects in UTF-16, with a byte order mark.
fn in_utf_8(bytes: Vec<u8>) -> Vec<u8> {
    let unit: fn([u8; 2]) -> u16 = match bytes.as_slice() {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return bytes.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec).unwrap_or(bytes),
    };
    let units = bytes.as_chunks().0.iter().map(|pair| unit(*pair)).skip(1);
    char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect::<String>()
        .into_bytes()
}

/// What a file is that is no report of this version.
fn what_it_is(bytes: &[u8], error: &serde_json::Error) -> Statement {
    let at = |key| {
        let at = Statement::new(key).with("line", error.line().to_string());
        at.with("column", error.column().to_string())
    };
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(bytes) else {
        let is_begun = bytes.trim_ascii_start().starts_with(b"{");
        return if is_begun { at("program.no-report-cut") } else { Statement::new("program.no-report-text") };
    };
    match value.get("schema").and_then(serde_json::Value::as_str) {
        Some(schema) if schema != SCHEMA => Statement::new("program.no-report-schema")
            .with("schema", format!("{schema:?}"))
            .with("wanted", SCHEMA),
        Some(_) => at("program.no-report-damaged"),
        None => Statement::new("program.no-report-json"),
    }
}
