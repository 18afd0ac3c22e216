//! `diff`: what changed between two bundles, or two reports, of the same customer.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use sspr_triage::comparison;
use sspr_triage::report::{Report, json};
use sspr_triage::words::Language;

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
        let spoken = match self.format {
            Format::Text => language.for_people(),
            Format::Json => language.for_programs(),
        };
        let before = self.report(&self.before, spoken, language)?;
        let after = self.report(&self.after, spoken, language)?;
        let comparison = comparison::compare(&before, &after, spoken);
        let rendered = match self.format {
            Format::Text => comparison::render(&comparison, &text_options(true)),
            Format::Json => comparison::json(&comparison)?,
        };
        write(&rendered)?;
        Ok(0)
    }

    /// A report that was written before, or that of a bundle.
    fn report(&self, path: &Path, spoken: Language, language: LanguageArg) -> anyhow::Result<Report> {
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
            return read_report(path);
        }
        Ok(analyzed(&[path.to_owned()], &self.limits, language)?.report(spoken))
    }
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
