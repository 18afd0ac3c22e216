//! `diff`: what changed between two bundles, or two reports, of the same customer.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use sspr_triage::comparison;
use sspr_triage::report::{Report, json};

use super::analyze::analyzed;
use super::language::LanguageArg;
use super::limits::LimitArgs;
use super::output::{text_options, write};

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
    pub(super) fn run(&self, language: LanguageArg) -> anyhow::Result<u8> {
        let of_output = match self.format {
            Format::Text => language.for_people(),
            Format::Json => language.for_programs(),
        };
        let report = |path: &Path| -> anyhow::Result<Report> {
            match read_where_report(path) {
                Some(report) => report,
                None => Ok(analyzed(&[path.to_owned()], &self.limits, language)?.report(of_output)),
            }
        };
        let comparison = comparison::compare(&report(&self.before)?, &report(&self.after)?, of_output);
        let rendered = match self.format {
            Format::Text => comparison::render(&comparison, &text_options(true)),
            Format::Json => comparison::json(&comparison)?,
        };
        write(&rendered)?;
        Ok(0)
    }
}

/// A report that was written before; none where the path is of a bundle.
fn read_where_report(path: &Path) -> Option<anyhow::Result<Report>> {
    let is_report = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    is_report.then(|| read_report(path))
}

/// A report from a file.
///
/// # Errors
/// The file cannot be read, or is no report of this version.
pub(super) fn read_report(path: &Path) -> anyhow::Result<Report> {
    use anyhow::Context;
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    json::read(&bytes).with_context(|| format!("{} is no report of sspr-triage in JSON", path.display()))
}
