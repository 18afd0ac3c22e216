//! `check`: every case under a folder gets the answer that it expects.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use sspr_triage::Options;
use sspr_triage::case_check::{self, CaseResult};
use sspr_triage::report::junit;
use sspr_triage::report::terminal::terminal_safe;

use super::limits::LimitArgs;
use super::output::{say, write_to};
use super::{NOT_AS_EXPECTED, USAGE};

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Folder with cases at any depth
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Shape of the results
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write the results to a file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    limits: LimitArgs,
}

/// Shapes of the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line for each case
    Text,
    /// JUnit XML, a test for each case
    Junit,
}

impl Check {
    /// Runs the cases and writes what became of each.
    pub(super) fn run(&self) -> anyhow::Result<u8> {
        let options = Options { limits: self.limits.limits(), stated: Vec::new() };
        let results = match case_check::check(&self.folder, &options) {
            Ok(results) => results,
            Err(error) => {
                say(&format!("sspr-triage: {error}\n"));
                return Ok(USAGE);
            }
        };
        let rendered = match self.format {
            Format::Text => lines(&results),
            Format::Junit => junit::render(&[case_check::suite(&results)])?,
        };
        write_to(&rendered, self.output.as_deref())?;
        let differing = results.iter().any(|result| !result.differences.is_empty());
        Ok(if differing { NOT_AS_EXPECTED } else { 0 })
    }
}

fn lines(results: &[CaseResult]) -> String {
    let mut lines = String::new();
    for result in results {
        let word = if result.differences.is_empty() { "ok" } else { "DIFFERS" };
        lines.push_str(&format!("{word:<8} {}\n", terminal_safe(&result.name)));
        for difference in &result.differences {
            lines.push_str(&format!("         {}\n", terminal_safe(difference)));
        }
    }
    let differing = results.iter().filter(|result| !result.differences.is_empty()).count();
    let cases = if results.len() == 1 { "case" } else { "cases" };
    lines.push_str(&format!("{} {cases}, {differing} not as expected\n", results.len()));
    lines
}
